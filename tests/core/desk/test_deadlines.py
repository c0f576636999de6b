"""Deadlines and states of running, met and breached clocks (semantics.md 1.2, 1.3)."""

from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction

import pytest

from goodstanding.core.clocks.calendar import Closure
from goodstanding.core.clocks.presets import ALWAYS
from goodstanding.core.desk.assess import assess
from goodstanding.core.desk.board import pressing
from goodstanding.core.desk.policy import Policy
from goodstanding.core.desk.verdict import Cause, ClockState, Reckoning
from tests.core.desk.stories import OFFICE, bound, case, event, hours, judged, opened, reply, rome, rule, verdict, waiting


@pytest.mark.proves("CLOCK-3")
def test_a_running_clock_shows_target_elapsed_remaining_and_deadline():
    told = case(opened("2 09:00"))

    found = verdict(told, "2 11:30", "response")

    assert found.state is ClockState.RUNNING
    assert (hours(found.target), hours(found.elapsed), hours(found.remaining)) == (4, 2.5, 1.5)
    assert found.deadline_at == rome("2 13:00")
    assert found.at_risk_at == rome("2 12:00")
    assert found.used == Fraction(5, 8)


@pytest.mark.proves("CLOCK-3")
def test_a_deadline_used_up_exactly_at_closing_is_closing_time():
    friday_afternoon = case(opened("3 14:00", "P3"))

    found = verdict(friday_afternoon, "3 15:00", "response")

    assert found.deadline_at == rome("3 18:00")


@pytest.mark.proves("CLOCK-3")
def test_a_second_more_than_the_day_holds_falls_on_the_next_opening():
    told = case(opened("3 14:00:01", "P3"))

    assert verdict(told, "3 15:00", "response").deadline_at == rome("7 09:00:01")


@pytest.mark.proves("CLOCK-3", "CLOCK-8")
def test_a_reply_after_closing_to_a_deadline_at_closing_is_late_though_no_service_time_passed():
    told = case(opened("2 14:00"), reply("2 20:00"))

    found = verdict(told, "3 12:00", "response")

    assert found.state is ClockState.BREACHED
    assert found.elapsed == found.target
    assert found.breach.at == rome("2 18:00")
    assert found.late_by == timedelta(hours=2)


def test_a_reply_on_the_second_of_the_deadline_is_in_time():
    told = case(opened("2 09:00"), reply("2 13:00"))

    assert verdict(told, "3 12:00", "response").state is ClockState.MET


def test_a_reply_a_second_after_the_deadline_is_late():
    told = case(opened("2 09:00"), reply("2 14:00:01"))

    assert verdict(told, "3 12:00", "response").state is ClockState.BREACHED


def test_an_open_clock_is_breached_a_second_after_its_deadline_and_not_on_it():
    told = case(opened("2 09:00"))

    on_it, after_it = verdict(told, "2 13:00", "response"), verdict(told, "2 13:00:01", "response")

    assert on_it.state is ClockState.RUNNING
    assert after_it.state is ClockState.BREACHED
    assert after_it.breach.at == rome("2 13:00")


def test_elapsed_time_is_service_time_so_a_reply_on_a_closed_day_took_none():
    saturday = case(opened("4 10:00"), reply("6 12:00"))

    found = verdict(saturday, "7 12:00", "response")

    assert found.elapsed == timedelta()
    assert found.state is ClockState.MET


def test_wall_time_and_service_hours_stand_side_by_side_by_priority():
    policy = Policy(
        name="mixed", rules=(rule("response", "1 h", slot="always", priority="P1"), rule("response", "1 h", priority="P3"))
    )
    friday_evening = "3 18:30"

    at_once = verdict(case(opened(friday_evening, "P1"), policy=policy), friday_evening, "response")
    on_tuesday = verdict(case(opened(friday_evening, "P3"), policy=policy), friday_evening, "response")

    assert at_once.deadline_at == rome("3 19:30")
    assert on_tuesday.deadline_at == rome("7 10:00")


def test_a_target_of_no_clock_is_an_answer_of_its_own():
    batched = Policy(name="light", rules=(rule("response", None, priority="S4"),))

    found = verdict(case(opened("2 09:00", "S4"), policy=batched), "9 09:00", "response")

    assert found.state is ClockState.NONE
    assert found.target is None
    assert found.rule.name == "response, priority S4"


@pytest.mark.proves("TIER-4")
def test_a_ticket_that_no_rule_fits_is_not_covered():
    told = case(opened("2 09:00", "P9"))

    found = verdict(told, "9 09:00", "response")

    assert found.state is ClockState.NOT_COVERED
    assert found.deadline_at is None


def test_a_client_without_an_assignment_is_not_covered():
    told = case(opened("2 09:00"), assignments=())

    assert verdict(told, "9 09:00").state is ClockState.NOT_COVERED


def test_a_clock_whose_stop_nobody_recorded_is_neither_met_nor_breached():
    told = case(opened("2 09:00"), event("resolved", "9 09:00"), unmeasured=frozenset({"response"}))

    found = verdict(told, "9 10:00", "response")

    assert found.state is ClockState.NOT_MEASURED
    assert found.breach is None


def test_service_that_ends_stops_its_running_clocks():
    ending = bound(until_at=rome("2 12:00"))
    told = case(opened("2 09:00"), assignments=(ending,))

    before, after = verdict(told, "2 11:59", "response"), verdict(told, "8 12:00", "response")

    assert before.state is ClockState.RUNNING
    assert after.state is ClockState.ENDED
    assert after.elapsed == timedelta(hours=3)


def test_a_switch_of_assignment_leaves_open_tickets_alone():
    old = bound(until_at=rome("2 12:00"))
    strict = Policy(name="strict", rules=(rule("response", "15 min", priority="P3"),))
    new = bound(strict, from_at=rome("2 12:00"))
    told = case(opened("2 09:00"), assignments=(old, new))

    found = verdict(told, "2 12:30", "response")

    assert found.state is ClockState.RUNNING
    assert found.assignment == "gold"


@pytest.mark.proves("TIER-6")
def test_a_ticket_keeps_the_version_in_force_when_it_was_opened():
    second = Policy(name="gold-2", rules=(rule("response", "30 min", priority="P3"),))
    versions = (bound(until_at=rome("8 00:00")), bound(second, from_at=rome("8 00:00")))

    earlier = verdict(case(opened("7 09:00"), assignments=versions), "8 12:00", "response")
    later = verdict(case(opened("8 09:00"), assignments=versions), "8 12:00", "response")

    assert (earlier.assignment, earlier.target) == ("gold", timedelta(hours=4))
    assert (later.assignment, later.target) == ("gold-2", timedelta(minutes=30))


@pytest.mark.proves("CLOCK-3")
def test_every_stretch_of_a_clock_is_named_and_they_add_up():
    told = case(opened("3 12:00"), reply("7 10:00"))

    found = verdict(told, "9 09:00", "response")

    assert [(each.reckoning, each.start_at, each.end_at) for each in found.because] == [
        (Reckoning.COUNTED, rome("3 12:00"), rome("3 13:00")),
        (Reckoning.CLOSED, rome("3 13:00"), rome("3 14:00")),
        (Reckoning.COUNTED, rome("3 14:00"), rome("3 18:00")),
        (Reckoning.CLOSED, rome("3 18:00"), rome("7 09:00")),
        (Reckoning.COUNTED, rome("7 09:00"), rome("7 10:00")),
    ]
    assert found.because[3].cause is Cause.HOLIDAY
    assert found.because[3].detail == "2026-04-06 Easter Monday"
    assert sum((each.open for each in found.because), timedelta()) == found.elapsed


@pytest.mark.proves("CLOCK-3")
def test_a_break_and_a_night_are_not_put_down_to_a_closure_at_another_time_of_that_date():
    closed = Closure(datetime(2026, 4, 3, 16), datetime(2026, 4, 3, 18), "training")
    told = case(opened("2 17:00"), assignments=(bound(slots={"support": replace(OFFICE, closed=(closed,))}),))

    found = [each for each in verdict(told, "7 10:00").because if each.reckoning is Reckoning.CLOSED]

    assert [(each.start_at, each.cause) for each in found] == [
        (rome("2 18:00"), Cause.OUTSIDE_HOURS),
        (rome("3 13:00"), Cause.OUTSIDE_HOURS),
        (rome("3 16:00"), Cause.HOLIDAY),
    ]
    assert found[2].detail == "2026-04-03 training, 2026-04-06 Easter Monday"


def test_the_next_look_is_the_first_moment_at_which_time_changes_a_state():
    told = case(opened("2 09:00"))

    looks = [judged(told, when).look_at for when in ("2 09:00", "2 12:00", "2 13:00")]

    at_risk, deadline = rome("2 12:00"), rome("2 13:00") + timedelta(seconds=1)
    assert looks == [at_risk, deadline, deadline]


def test_nothing_is_said_of_a_ticket_before_it_exists():
    assert assess(case(opened("2 09:00")), as_of=rome("2 08:59")) is None


def test_a_ticket_under_wall_time_counts_every_second():
    policy = Policy(name="platinum", rules=(rule("response", "24 h", slot="always", priority="P3"),))
    told = case(opened("3 12:00"), policy=policy, assignments=(bound(policy, slots={"support": ALWAYS}),))

    assert verdict(told, "3 13:00", "response").deadline_at == rome("4 12:00")


def test_a_business_day_target_becomes_open_seconds_at_the_start_and_then_pauses_like_any_other():
    policy = Policy(name="days", rules=(rule("resolution", "1 bd", priority="P3"),))
    plain = case(opened("2 11:00"), policy=policy)
    paused = case(opened("2 11:00"), event("waiting", "2 12:00", owner="customer"), event("resumed", "2 15:00"), policy=policy)

    assert verdict(plain, "2 11:00").deadline_at == rome("3 11:00")
    assert verdict(plain, "2 11:00").target == timedelta(hours=8)
    # Two open hours were waited (12-13, 14-15), so the same eight hours end two open hours later.
    assert verdict(paused, "2 16:00").deadline_at == rome("3 13:00")


def test_an_open_ticket_without_a_deadline_that_waits_on_the_client_is_shown_as_paused():
    light = Policy(name="light", rules=(rule("response", "4 h", priority="S2"),))
    told = case(opened("2 09:00", "S2"), reply("2 09:30"), waiting("2 09:40"), policy=light)

    found = pressing(judged(told, "2 15:00"))

    assert (found.verdict, found.paused) == (None, True)


def test_what_presses_on_a_ticket_is_the_clock_whose_deadline_comes_first_also_when_it_has_passed():
    told = case(opened("2 09:00", "P1"))

    before, after = pressing(judged(told, "2 09:30")), pressing(judged(told, "2 12:00"))

    assert (before.verdict.clock, after.verdict.clock) == ("response", "response")
    assert after.verdict.breach.at == rome("2 10:00")


def test_nothing_presses_on_a_closed_ticket():
    told = case(opened("2 09:00", "P1"), event("resolved", "9 09:30"))

    assert pressing(judged(told, "9 12:00")).verdict is None
