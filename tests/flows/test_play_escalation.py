"""The demo shows escalation: people in their roles, a rota, and the steps that its last weeks have brought."""

from datetime import UTC, datetime, timedelta

import pytest

from goodstanding.apps.escalation import models, queries
from goodstanding.apps.escalation.values import DraftState
from goodstanding.apps.outbox.models import Message
from goodstanding.apps.tenancy import queries as tenancy
from goodstanding.core.desk.escalation.people import uncovered
from goodstanding.core.desk.escalation.rota import on_call_within
from goodstanding.delivery.words_of_escalation import sayer
from goodstanding.flows import play_demo, play_escalation
from goodstanding.flows.escalate import begin, escalate
from tests.apps.world import EVERYTHING

NOW = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
SAY = sayer("https://desk.example")

pytestmark = pytest.mark.django_db


def test_the_demo_has_roles_a_rota_and_a_trail_and_goes_on_from_there():
    play_demo.set_up(now=NOW, days=20, days_in_odoo=1)
    play_escalation.set_up(say=SAY, now=NOW)
    partner = tenancy.partner_by_key(EVERYTHING, "boravento").pk

    trail = models.Fired.objects.exclude(outcome="passed_at_change")
    recorded, messages = trail.count(), Message.objects.count()
    play_escalation.set_up(say=SAY, now=NOW)
    escalate(now=NOW, say=SAY)

    assert recorded > 50
    assert {row.outcome for row in trail} == {"fired", "skipped"}
    assert not trail.filter(at__gt=int(NOW.timestamp())).exists()
    assert (trail.count(), Message.objects.count()) == (recorded, messages)
    assert all(each.to for each in queries.drafts(EVERYTHING, state=DraftState.WAITING))
    assert begin(now=NOW) == 0
    roster = queries.roster(EVERYTHING, partner=partner, now=NOW)
    assert len(roster.offices) == 3
    assert len(roster.turns) >= 4
    soon = on_call_within(roster, NOW, NOW + timedelta(days=14))
    assert {each.as_deputy for each in soon} == {True, False}
    gaps = uncovered(roster, NOW, NOW + timedelta(weeks=4))
    assert gaps[0][0] < NOW + timedelta(days=14)
    assert timedelta() < sum((end - start for start, end in gaps), timedelta()) < timedelta(hours=13)
    later = NOW + timedelta(hours=3)
    assert escalate(now=later, say=SAY).recorded > 0
