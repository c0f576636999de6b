"""Pauses: what stops a clock, and what it costs (semantics.md 1.5; section 2, rows 1 to 4, 7, 8, 11, 26, 29)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodstanding.core.desk.assess import assess
from goodstanding.core.desk.events import PauseOwner
from goodstanding.core.desk.policy import ClockKind
from goodstanding.core.desk.verdict import Cause, ClockState, Reckoning
from tests.core.desk.stories import GOLD, case, client, event, hours, judged, opened, reply, rome, verdict, waiting


@pytest.mark.proves("CLOCK-4")
def test_waiting_on_the_client_stops_the_resolution_clock_and_shows_no_deadline():
    told = case(opened("2 09:00"), waiting("2 11:00", reason="asked for logs"))

    found = verdict(told, "3 12:00")

    assert found.state is ClockState.PAUSED
    assert hours(found.elapsed) == 2
    assert hours(found.remaining) == 14
    assert found.deadline_at is None
    assert found.paused_since == rome("2 11:00")


@pytest.mark.proves("CLOCK-4")
def test_waiting_on_the_client_never_stops_the_first_response():
    told = case(opened("2 09:00"), waiting("2 09:30"))

    found = verdict(told, "2 12:30", "response")

    assert found.state is ClockState.RUNNING
    assert found.deadline_at == rome("2 13:00")


@pytest.mark.proves("CLOCK-4")
def test_what_pauses_is_set_by_the_policy():
    generous = replace(GOLD, pauses={ClockKind.RESOLUTION: frozenset({PauseOwner.SUPPLIER})})
    events = (opened("2 09:00"), waiting("2 11:00", owner="supplier"))

    assert verdict(case(*events), "2 12:00").state is ClockState.RUNNING
    assert verdict(case(*events, policy=generous), "2 12:00").state is ClockState.PAUSED


@pytest.mark.proves("CLOCK-4")
def test_an_overnight_pause_without_service_hours_moves_no_deadline():
    through_the_night = (waiting("2 18:30"), event("resumed", "3 08:00"))

    without = verdict(case(opened("2 15:00")), "3 12:00")
    with_it = verdict(case(opened("2 15:00"), *through_the_night), "3 12:00")

    assert with_it.deadline_at == without.deadline_at
    assert with_it.elapsed == without.elapsed


def test_a_pause_costs_the_service_time_inside_it_and_is_counted_once():
    told = case(opened("2 15:00"), waiting("2 17:00"), event("resumed", "3 10:00"))

    found = verdict(told, "3 12:00")

    # Waited 17-18 and 9-10, two hours of service; 16 hours from Thursday 15:00 would end on Tuesday 7 April at 15:00.
    assert found.deadline_at == rome("7 17:00")
    assert found.paused_by == ((PauseOwner.CUSTOMER, timedelta(hours=2)),)


def test_a_ticket_opened_on_a_closed_day_and_paused_keeps_its_start():
    told = case(opened("4 10:00"), waiting("5 10:00"), event("resumed", "7 11:00"))

    found = verdict(told, "7 12:00")

    assert found.started_at == rome("4 10:00")
    assert hours(found.elapsed) == 1


def test_a_pause_over_a_weekend_is_not_counted_in_days_of_24_hours():
    told = case(opened("3 09:00", "P2"), waiting("3 17:00"), event("resumed", "7 09:00"))

    assert verdict(told, "7 09:30").deadline_at == rome("7 10:00")


def test_a_pause_that_begins_after_the_deadline_changes_nothing():
    late = (opened("2 09:00", "P1"), waiting("2 17:00"))

    found = verdict(case(*late), "3 12:00")

    assert found.state is ClockState.BREACHED
    assert found.breach.at == rome("2 13:00")
    assert found.deadline_at == rome("2 13:00")


def test_overlapping_reports_of_one_wait_are_one_pause():
    told = case(opened("2 09:00"), waiting("2 10:00"), waiting("2 10:30"), event("resumed", "2 12:00"))

    assert hours(verdict(told, "2 13:00").elapsed) == 2


def test_a_pause_of_seconds_counts_to_the_second():
    told = case(opened("2 09:00"), waiting("2 10:00:10"), event("resumed", "2 10:00:37"))

    assert verdict(told, "2 11:00").elapsed == timedelta(hours=2) - timedelta(seconds=27)


@pytest.mark.proves("CLOCK-3")
def test_a_paused_stretch_names_whom_it_waits_on_and_why():
    told = case(opened("2 09:00"), waiting("2 11:00", reason="asked for logs"), event("resumed", "2 16:00"))

    stretch = next(each for each in verdict(told, "2 17:00").because if each.reckoning is Reckoning.PAUSED)

    assert (stretch.start_at, stretch.end_at) == (rome("2 11:00"), rome("2 16:00"))
    assert (stretch.cause, stretch.owner, stretch.detail) == (Cause.WAITING, PauseOwner.CUSTOMER, "asked for logs")
    assert hours(stretch.open) == 4


def test_a_client_reply_resumes_a_ticket_that_waits_on_the_client():
    told = case(opened("2 09:00"), waiting("2 10:00"), client("2 12:00"))

    assert verdict(told, "2 13:00").state is ClockState.RUNNING


def test_a_client_reply_does_not_resume_a_ticket_that_waits_on_a_supplier():
    patient = replace(GOLD, pauses={ClockKind.RESOLUTION: frozenset({PauseOwner.SUPPLIER})})
    told = case(opened("2 09:00"), waiting("2 10:00", owner="supplier"), client("2 12:00"), policy=patient)

    assert verdict(told, "2 13:00").state is ClockState.PAUSED


def test_the_share_used_stands_still_while_paused():
    told = case(opened("2 09:00"), waiting("2 13:00"))

    assert verdict(told, "2 15:00").used == verdict(told, "9 15:00").used


def test_a_ticket_created_waiting_is_paused_from_its_first_second():
    told = case(waiting("2 09:00"), opened("2 09:00"))

    found = verdict(told, "3 12:00")

    assert found.state is ClockState.PAUSED
    assert found.elapsed == timedelta()


def test_a_new_target_reads_earlier_pauses_again():
    told = case(
        opened("2 09:00"), waiting("2 10:00"), event("resumed", "2 16:00"), event("priority_changed", "2 16:30", priority="P1")
    )

    found = verdict(told, "2 16:45")

    # 09-10 and 16:00-16:45 counted: 1 h 45 of P1's four hours.
    assert found.state is ClockState.RUNNING
    assert found.remaining == timedelta(hours=2, minutes=15)
    assert found.deadline_at == rome("3 10:00")


@given(
    waits=st.lists(st.tuples(st.integers(0, 6_000), st.integers(1, 900)), max_size=5, unique_by=lambda wait: wait[0] // 1_000),
    extra=st.tuples(st.integers(6_900, 9_000), st.integers(1, 900)),
    early=st.booleans(),
)
def test_adding_a_pause_never_brings_a_deadline_forward(waits, extra, early):
    # Each wait lies within its own stretch of a thousand minutes, so that the extra one stands beside them.
    apart = [(at // 1_000 * 1_000 + at % 100, length) for at, length in waits]
    added = (500, 300) if early and not any(at < 1_000 for at, _ in apart) else extra
    long_after = rome("2 09:00") + timedelta(days=90)

    fewer, more = (
        assess(case(opened("2 09:00"), *stories), as_of=long_after).of(ClockKind.RESOLUTION)[0]
        for stories in (spells(apart), spells([*apart, added]))
    )

    assert more.breach.at >= fewer.breach.at
    assert more.elapsed <= fewer.elapsed


def spells(waits):
    begin, minute = rome("2 09:00"), timedelta(minutes=1)
    return [
        told
        for at, length in waits
        for told in (
            replace(waiting("2 09:00"), at=begin + at * minute),
            replace(event("resumed", "2 09:00"), at=begin + (at + length) * minute),
        )
    ]


def test_resolving_ends_a_wait():
    told = case(opened("2 09:00"), waiting("2 10:00"), event("resolved", "2 12:00"))

    found = judged(told, "3 12:00")

    assert found.waiting_on is None
    assert found.of(ClockKind.RESOLUTION)[0].state is ClockState.MET
    assert hours(found.of(ClockKind.RESOLUTION)[0].elapsed) == 1


def test_a_reply_counts_although_the_ticket_waits():
    told = case(opened("2 09:00"), waiting("2 10:00"), reply("2 11:00"))

    assert verdict(told, "2 12:00", "response").stopped_at == rome("2 11:00")


def test_a_wait_that_begins_on_the_second_of_the_deadline_is_looked_at_again_when_that_has_passed():
    told = case(opened("2 09:00"), reply("2 09:10"), waiting("3 18:00"))

    assert judged(told, "3 18:00").look_at == rome("3 18:00:01")
    assert verdict(told, "3 18:00:01").state is ClockState.BREACHED
