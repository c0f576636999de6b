"""Workers that sweep at once and are killed as they do it: every step is taken once, with its messages (requirements ESC-3)."""

from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection

from goodstanding.adapters.files.escalation import shipped_plan
from goodstanding.apps.escalation import actions
from goodstanding.apps.escalation.models import Fired, Watch
from goodstanding.apps.outbox.models import Message
from goodstanding.apps.tenancy.roles import Role
from goodstanding.core.clocks.clock import second_of
from tests.apps.world import EVERYTHING, NOW, World
from tests.flows.sweeping import address_of, sweep_and_kill

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("shared_database")]

TICKETS = 240


def with_tickets_due(tickets):
    """Tickets of which each has three steps due a quarter of an hour past the first hour; the third tells two people."""
    world = World()
    actions.publish_plan(EVERYTHING, partner=world.partner.pk, plan=shipped_plan(), now=NOW - timedelta(1))
    for role, access in (("team_lead", Role.TEAM_LEAD), ("manager", Role.MANAGER)):
        actions.hold_role(EVERYTHING, partner=world.partner.pk, role=role, person=world.person(access))
    world.take(*(world.incoming(f"A-{number}", ("opened", 0, {"priority": "P1"})) for number in range(tickets)))
    return NOW + timedelta(hours=1, minutes=15)


@pytest.mark.proves("ESC-3")
def test_four_workers_killed_at_random_take_every_step_once():
    due = with_tickets_due(TICKETS)

    killed = sweep_and_kill(address_of(connection.settings_dict), now=due, limit=8, workers=4, kills=12, seconds=0.2, seed=7)

    assert killed
    assert Counter(Fired.objects.values_list("outcome", flat=True)) == {"overtaken": 2 * TICKETS, "fired": TICKETS}
    assert Counter(Message.objects.values_list("channel", flat=True)) == {"email": 2 * TICKETS, "inbox": 2 * TICKETS}
    assert set(Counter(Message.objects.filter(channel="email").values_list("ticket", flat=True)).values()) == {2}
    assert set(Watch.objects.values_list("next_step_at", flat=True)) == {second_of(NOW + timedelta(hours=2))}
