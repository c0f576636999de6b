"""Reopening: the first outcome stays, the clock resumes, or a new one starts (semantics.md 1.6)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from goodstanding.core.desk.policy import ClockKind, Reopening, ReopenMode
from goodstanding.core.desk.verdict import Cause, ClockState, Reckoning
from tests.core.desk.stories import GOLD, bound, case, client, event, hours, judged, opened, reply, rome, rule, verdict


def twice_resolved(policy=GOLD, again="8 12:00"):
    return case(
        opened("2 09:00", "P2"),
        reply("2 10:00"),
        event("resolved", "2 16:00"),
        event("reopened", "8 10:00"),
        event("resolved", again),
        policy=policy,
    )


@pytest.mark.proves("CLOCK-6")
def test_a_reopened_clock_resumes_with_the_closed_time_cut_out():
    found = verdict(twice_resolved(), "9 09:00")

    assert hours(found.elapsed) == 8
    assert found.state is ClockState.MET
    assert (found.first_stopped_at, found.stopped_at) == (rome("2 16:00"), rome("8 12:00"))


@pytest.mark.proves("CLOCK-6")
def test_the_outcome_of_the_first_resolution_is_kept_when_the_resumed_clock_breaks_its_promise():
    found = verdict(twice_resolved(again="8 12:00:01"), "9 09:00")

    assert found.first_outcome is ClockState.MET
    assert found.state is ClockState.BREACHED
    assert found.breach.at == rome("8 12:00")


def test_a_breach_before_the_first_resolution_survives_the_reopening():
    told = case(
        opened("2 09:00", "P1"), event("resolved", "2 17:00"), event("reopened", "3 10:00"), event("resolved", "3 11:00")
    )

    found = verdict(told, "9 09:00")

    assert found.first_outcome is ClockState.BREACHED
    assert found.breach.at == rome("2 13:00")


def test_a_target_used_up_at_the_second_of_the_resolution_is_met_then_and_broken_by_the_reopening():
    told = case(opened("2 09:00", "P1"), event("resolved", "2 13:00"), event("reopened", "3 10:00"))

    found = verdict(told, "3 10:30")

    assert found.first_outcome is ClockState.MET
    assert found.breach.at == rome("3 10:00")
    in_that_second = judged(told, "3 10:00")
    assert in_that_second.of(ClockKind.RESOLUTION)[0].state is ClockState.RUNNING
    assert in_that_second.look_at == rome("3 10:00:01")


@pytest.mark.proves("CLOCK-6")
def test_a_new_cycle_starts_its_own_clock_and_leaves_the_first_as_it_was():
    cycles = replace(GOLD, reopening=Reopening(ReopenMode.NEW_CYCLE))

    first, second = judged(twice_resolved(cycles), "9 09:00").of(ClockKind.RESOLUTION)

    assert (first.state, hours(first.elapsed)) == (ClockState.MET, 6)
    assert (second.started_at, hours(second.elapsed)) == (rome("8 10:00"), 2)
    assert first.cycle != second.cycle


def test_a_new_cycle_never_erases_a_recorded_breach():
    cycles = replace(GOLD, reopening=Reopening(ReopenMode.NEW_CYCLE))
    told = case(opened("2 09:00", "P1"), event("resolved", "2 17:00"), event("reopened", "3 10:00"), policy=cycles)

    first, second = judged(told, "3 11:00").of(ClockKind.RESOLUTION)

    assert first.state is ClockState.BREACHED
    assert second.state is ClockState.RUNNING


@pytest.mark.proves("CLOCK-6")
def test_a_reopening_after_the_window_is_a_linked_ticket_with_clocks_of_its_own():
    windowed = replace(GOLD, reopening=Reopening(window=timedelta(days=5)))

    found = judged(twice_resolved(windowed), "9 09:00")

    assert [each.linked for each in found.of(ClockKind.RESOLUTION)] == [False, True]
    assert [each.linked for each in found.of(ClockKind.RESPONSE)] == [False, True]
    assert found.of(ClockKind.RESPONSE)[1].stopped_at == rome("8 12:00")


@pytest.mark.proves("CLOCK-6")
def test_a_reopening_within_the_window_resumes():
    windowed = replace(GOLD, reopening=Reopening(window=timedelta(days=6)))

    assert len(judged(twice_resolved(windowed), "9 09:00").of(ClockKind.RESOLUTION)) == 1


def test_a_reopening_long_after_still_resumes_where_no_window_is_set():
    told = case(opened("2 09:00"), event("resolved", "2 12:00"), event("reopened", "29 10:00"))

    found = verdict(told, "29 11:00")

    assert found.state is ClockState.RUNNING
    assert hours(found.elapsed) == 4


def test_the_time_between_resolution_and_reopening_is_named():
    stretch = next(each for each in verdict(twice_resolved(), "9 09:00").because if each.reckoning is Reckoning.PAUSED)

    assert stretch.cause is Cause.RESOLVED
    assert (stretch.start_at, stretch.end_at) == (rome("2 16:00"), rome("8 10:00"))


def test_a_priority_raised_while_resolved_changes_nothing_until_it_is_reopened():
    told = (opened("2 09:00", "P3"), event("resolved", "2 17:00"), event("priority_changed", "3 09:00", priority="P1"))

    resolved = verdict(case(*told), "3 12:00")
    again = verdict(case(*told, event("reopened", "7 09:00")), "7 10:00")

    assert (resolved.state, resolved.priority) == (ClockState.MET, "P3")
    assert again.breach.at == rome("7 09:00")
    assert again.breach.reclassified
    assert again.first_outcome is ClockState.MET


def test_a_priority_that_came_and_went_while_resolved_leaves_no_trace():
    told = case(
        opened("2 09:00", "P3"),
        event("resolved", "2 17:00"),
        event("priority_changed", "3 09:00", priority="P1"),
        event("priority_changed", "3 10:00", priority="P3"),
        event("reopened", "7 09:00"),
    )

    assert verdict(told, "7 10:00").state is ClockState.RUNNING


def test_reopening_an_open_ticket_changes_nothing():
    told = case(opened("2 09:00"), event("reopened", "2 10:00"))

    assert judged(told, "2 11:00").reopened_count == 0


def test_two_reopenings_cut_out_both_closed_times():
    told = case(
        opened("2 09:00"),
        event("resolved", "2 10:00"),
        event("reopened", "2 12:00"),
        event("resolved", "2 13:00"),
        event("reopened", "2 16:00"),
    )

    assert hours(verdict(told, "2 17:00").elapsed) == 3


@pytest.mark.proves("CLOCK-6")
@pytest.mark.parametrize("ending", ["merged", "cancelled"])
def test_the_outcome_of_the_first_resolution_is_kept_when_the_reopened_ticket_is_called_off(ending):
    told = case(opened("2 09:00"), event("resolved", "2 10:00"), event("reopened", "2 11:00"), event(ending, "2 11:30"))

    found = verdict(told, "3 09:00")

    assert found.state is ClockState.CANCELLED
    assert found.first_outcome is ClockState.MET


def test_the_outcome_of_the_first_resolution_is_kept_when_service_ends_after_the_reopening():
    told = case(
        opened("2 09:00"),
        event("resolved", "2 10:00"),
        event("reopened", "2 11:00"),
        assignments=(bound(until_at=rome("2 12:00")),),
    )

    found = verdict(told, "3 09:00")

    assert found.state is ClockState.ENDED
    assert found.first_outcome is ClockState.MET


def test_the_outcome_of_the_first_resolution_is_kept_when_the_ticket_goes_to_a_client_who_was_promised_nothing():
    told = case(
        opened("2 09:00"),
        event("resolved", "2 10:00"),
        event("reopened", "2 11:00"),
        event("client_changed", "2 12:00", client="nobody"),
    )

    found = verdict(told, "3 09:00")

    assert (found.state, found.first_outcome) == (ClockState.NOT_COVERED, ClockState.MET)


def test_a_resolution_after_the_end_of_service_has_no_outcome():
    told = case(opened("2 09:00"), event("resolved", "2 17:00"), assignments=(bound(until_at=rome("2 12:00")),))

    assert verdict(told, "3 09:00").first_outcome is None


@pytest.mark.proves("CLOCK-6")
def test_a_change_of_tier_after_a_reopening_does_not_make_it_another_reopening_and_erase_its_breach():
    cycles = replace(GOLD, reopening=Reopening(ReopenMode.NEW_CYCLE))
    told = case(
        opened("2 09:00", "P2"),
        event("resolved", "2 16:00"),
        event("reopened", "3 09:00"),
        event("tier_changed", "3 15:00", tier="cycles"),
        assignments=(bound(), bound(cycles, id="cycles", from_at=rome("30 00:00"))),
    )

    found = judged(told, "3 15:30").of(ClockKind.RESOLUTION)

    assert [(each.state, each.breach.at) for each in found] == [(ClockState.BREACHED, rome("3 11:00"))]


def renewed(*more, until="8 00:00"):
    window = replace(GOLD, reopening=Reopening(window=timedelta(days=1)))
    quick = replace(window, rules=tuple(each for each in GOLD.rules if each.clock is not ClockKind.NEXT_RESPONSE))
    quick = replace(quick, rules=(*quick.rules, rule("next_response", "1 h", priority="P3")))
    old, new = bound(window, id="old", until_at=rome(until)), bound(quick, id="new", from_at=rome("8 00:00"))
    return case(opened("2 09:00"), event("resolved", "2 10:00"), event("reopened", "8 09:00"), *more, assignments=(old, new))


@pytest.mark.proves("CLOCK-6")
def test_a_linked_ticket_runs_under_its_own_promise_though_the_one_of_the_first_ended_without_a_successor():
    told = renewed(until="3 00:00")

    found = [each for each in judged(told, "8 10:00").verdicts if each.linked]

    assert [(each.state, each.assignment) for each in found] == [(ClockState.RUNNING, "new")] * 2


@pytest.mark.proves("CLOCK-6")
def test_every_clock_of_a_linked_ticket_is_held_to_the_promise_in_force_when_it_began():
    told = renewed(reply("8 09:10"), client("8 09:30"))

    found = verdict(told, "8 10:00", "next_response")

    assert (found.assignment, hours(found.target)) == ("new", 1)
