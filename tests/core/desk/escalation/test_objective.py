"""When our own target is used up: of clocks that run and keep the contract's, by the plan in force (requirements TIER-9)."""

from dataclasses import replace
from fractions import Fraction

import pytest

from goodstanding.core.desk.assess import examine
from goodstanding.core.desk.board import RowState, objective_passed
from goodstanding.core.desk.case import Waiver
from goodstanding.core.desk.escalation.objective import objective_at
from goodstanding.core.desk.escalation.plan import Plan
from goodstanding.core.desk.policy import ClockKind
from tests.core.desk.escalation.matrices import RESPONSES, always, objective, published, step, version, watch
from tests.core.desk.stories import GOLD, case, event, opened, reply, rome, waiting

HALF = replace(RESPONSES, objective=Fraction(1, 2))
OPENED = opened("2 09:00")
REPLIED = reply("2 10:00")


def passed_at(*events, plans=None, now="2 12:00", **more):
    told = case(*events, policy=GOLD, **more)
    found = examine(told, as_of=rome(now), explain=False)
    return objective_at(found, plans or always(HALF), now=rome(now))


def half_of(clock, *events):
    """The instant of a step at half of a target, as the engine reckons it."""
    plan = Plan(steps=(step(f"{clock}-50", "50 %"),))
    ticket = watch(case(*events, policy=GOLD), plan)
    ticket.at("2 09:01")
    return ticket.look_at


@pytest.mark.proves("TIER-9")
def test_the_first_running_clock_counts_and_one_that_has_stopped_no_more():
    assert passed_at(OPENED) == half_of("response", OPENED)
    assert passed_at(OPENED, REPLIED) == half_of("resolution", OPENED)


@pytest.mark.parametrize(
    "plans",
    [
        published(),
        published(version(HALF, "2 13:00")),
        published(version(HALF), version(None, "2 10:00")),
        always(Plan(steps=())),
        always(replace(HALF, objective=Fraction(1))),
    ],
    ids=["no plan", "a plan to come", "one taken back", "no steps", "the whole target"],
)
@pytest.mark.proves("TIER-9")
def test_without_a_tighter_target_in_force_there_is_none(plans):
    assert passed_at(OPENED, plans=plans) is None


def test_the_plan_in_force_now_counts():
    tight = replace(HALF, objective=Fraction(1, 8))

    assert passed_at(OPENED, plans=published(version(HALF), version(tight, "2 11:00"))) < passed_at(OPENED)


def test_of_what_is_waived_closed_or_broken_nothing_is_said():
    waived = Waiver(reason="agreed", author="Davide", granted_at=rome("2 10:00"))
    resolved = event("resolved", "2 11:00")

    assert passed_at(OPENED, waivers=(waived,)) is None
    assert passed_at(OPENED, resolved) is None
    assert passed_at(OPENED, now="30 12:00") is None


def test_a_wait_holds_it_and_what_had_passed_before_it_stays():
    early, late = waiting("2 11:00"), waiting("3 10:00")

    assert passed_at(OPENED, REPLIED, early) is None
    assert passed_at(OPENED, REPLIED, late, now="3 17:00") == passed_at(OPENED, REPLIED)


@pytest.mark.proves("KPI-2")
def test_the_mark_comes_the_second_after_and_yields_to_a_breach():
    at = rome("2 12:00")

    assert not objective_passed(now=at, objective_at=at, state=RowState.ON_TRACK)
    assert objective_passed(now=rome("2 12:01"), objective_at=at, state=RowState.PAUSED)
    assert not objective_passed(now=rome("2 12:01"), objective_at=at, state=RowState.BREACHED)
    assert not objective_passed(now=at, objective_at=None, state=RowState.ON_TRACK)


@pytest.mark.proves("TIER-9", "ESC-4")
def test_when_a_client_hears_again_is_told_by_steps_of_the_contract_alone():
    plan = Plan(steps=(objective("resolution-o", "50 %"), step("resolution-50", "50 %")))
    told = case(OPENED, policy=GOLD)
    ticket = watch(told, plan)

    found = ticket.look(rome("2 09:01"))

    assert found.look_at < found.contract_at == half_of("resolution", OPENED)
    assert {each.clock for each in plan.steps} == {ClockKind.RESOLUTION}
