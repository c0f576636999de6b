"""A plan that is published is what is escalated by from then on (requirements ESC-2; semantics.md 1.8)."""

from dataclasses import replace

import pytest

from goodstanding.adapters.files.escalation import load_plan, shipped_plan
from goodstanding.apps.escalation import queries
from goodstanding.apps.journal import queries as journal
from goodstanding.apps.journal.values import Act, JournalFilter
from goodstanding.apps.tenancy.roles import Role
from goodstanding.apps.unit import Conflict
from goodstanding.flows.publish_plan import Reach, plan_of_client, publish_plan, reach
from goodstanding.flows.rehearse_plan import Asked
from goodstanding.flows.work import work
from tests.apps.world import EVERYTHING
from tests.flows.test_escalate import Desk, after, next_step

pytestmark = pytest.mark.django_db

TIGHTER = load_plan("steps:\n  - {step: response-20, clock: response, at: 20 %, do: [notify], tell: [team_lead]}\n")


@pytest.fixture
def house():
    return Desk()


def publish(house, plan, hours, **more):
    return publish_plan(EVERYTHING, partner=house.partner.pk, plan=plan, now=after(hours), **more)


def work_off(hours):
    while work(worker="w", clock=lambda: after(hours)):
        pass


def test_a_plan_reaches_the_clients_and_open_tickets_that_have_none_narrower(house):
    for client, ref in ((house.ferrante, "A-1"), (house.kestrel, "B-1"), (house.kestrel, "B-2")):
        house.take(house.incoming(ref, ("opened", 1, {"priority": "P3"}), client=client))
    partner, now = house.partner.pk, after(1)
    everyone, its_tier = Asked(partner=partner, plan=TIGHTER), Asked(partner=partner, plan=TIGHTER, tier=house.tier.tier)
    mine = Asked(partner=partner, plan=None, client=house.kestrel.public_id)

    at_first = reach(EVERYTHING, everyone, now=now)
    own = publish(house, TIGHTER, 0.5, client=house.kestrel.public_id)

    assert (at_first.clients - reach(EVERYTHING, everyone, now=now).clients) == 1
    assert (at_first.tickets, reach(EVERYTHING, everyone, now=now).tickets) == (3, 1)
    assert reach(EVERYTHING, its_tier, now=now).tickets == 1
    assert reach(EVERYTHING, replace(mine, plan=TIGHTER), now=now) == Reach(1, 2)
    before, without = plan_of_client(EVERYTHING, mine, client=house.kestrel.pk, now=now)
    assert before == str(own.pk)
    assert without == str(queries.plan_rows(EVERYTHING)[-1].pk)


@pytest.mark.proves("ESC-2")
def test_a_tighter_step_is_picked_up_by_tickets_that_are_open_already(house):
    pk = house.open()
    before = next_step(pk)

    publish(house, TIGHTER, 0.1)
    work_off(0.1)
    moved = next_step(pk)
    house.sweep(0.2)

    assert (before, moved) == (after(0.5), after(0.2))
    assert house.outcomes(pk) == {"response-20": "fired"}
    assert [each.recipient for each in house.messages(pk)] == ["Marta Bressan"]


def test_a_step_that_a_plan_puts_into_the_past_is_passed_and_tells_nobody(house):
    pk = house.open()

    publish(house, TIGHTER, 0.3)
    work_off(0.3)
    house.sweep(0.3)

    assert house.outcomes(pk) == {"response-20": "passed_at_change"}
    assert house.messages(pk) == []


@pytest.mark.proves("ESC-2")
def test_a_tier_s_and_a_client_s_own_plan_stand_before_the_common_one_until_taken_back(house):
    tier, client = house.tier.tier, house.ferrante.public_id
    silent = load_plan("steps: []\n")
    mine, theirs = house.open("A-1"), house.open("A-2", client=house.kestrel)

    publish(house, TIGHTER, 0.05, tier=tier)
    publish(house, silent, 0.06, client=client)
    work_off(0.06)
    own = next_step(mine), next_step(theirs)
    publish(house, None, 0.1, client=client)
    work_off(0.1)
    of_tier = next_step(mine)
    publish(house, None, 0.15, tier=tier)
    work_off(0.15)

    assert own == (None, after(0.2))
    assert of_tier == after(0.2)
    assert (next_step(mine), next_step(theirs)) == (after(0.5), after(0.5))


def test_who_has_not_seen_the_newest_version_publishes_nothing(house):
    publish(house, TIGHTER, 1, after=1)

    with pytest.raises(Conflict, match="meanwhile"):
        publish(house, shipped_plan(), 2, after=1)

    assert [each.number for each in queries.plan_rows(EVERYTHING)] == [2, 1]
    assert publish(house, shipped_plan(), 2, after=2).number == 3


def test_the_journal_tells_who_published_what(house):
    admin = house.scope(Role.PARTNER_ADMIN)
    publish_plan(admin, partner=house.partner.pk, plan=TIGHTER, now=after(1), note="Quicker")
    publish_plan(admin, partner=house.partner.pk, plan=TIGHTER, client=house.ferrante.public_id, now=after(2))
    publish_plan(admin, partner=house.partner.pk, plan=None, client=house.ferrante.public_id, now=after(3))

    entries, _ = journal.entries(admin, JournalFilter())

    back, own, common = entries[:3]
    assert [each.act for each in (back, own, common)] == [Act.PLAN_TAKEN_BACK, Act.PLAN_PUBLISHED, Act.PLAN_PUBLISHED]
    assert [each.name for each in (back, own, common)] == ["Casa Ferrante", "Casa Ferrante", "common"]
    told = {each.what: (each.before, each.after) for each in common.changes}
    assert told["version"] == ("1", "2")
    assert told["why"] == ("", "Quicker")
    assert told["steps added"] == ("", "response-20")
