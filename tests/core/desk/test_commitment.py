"""What another desk says of a ticket is held beside the verdict: whether they agree, and what makes them differ."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodstanding.core.clocks.amounts import Amount
from goodstanding.core.desk.commitment import Commitment, Said, Why, compare
from goodstanding.core.desk.events import EventKind, PauseOwner
from goodstanding.core.desk.policy import ClockKind, Target, TargetRule
from goodstanding.core.desk.verdict import ClockState, Verdict

NOON = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def said(state=Said.RUNNING, *, clock=ClockKind.RESOLUTION, deadline_at=NOON + HOUR, hours=4, pauses=()):
    return Commitment(
        number=1, policy="Four hours", clock=clock, stage="Done", state=state, deadline_at=deadline_at,
        target=timedelta(hours=hours), consumed=HOUR, counted_at=NOON - HOUR, calendar="Standard 40 hours/week", pauses=pauses,
        written_at=NOON - HOUR,
    )  # fmt: skip


def ours(state=ClockState.RUNNING, *, clock=ClockKind.RESOLUTION, hours=4, deadline_at=NOON + HOUR, **fields):
    rule = TargetRule(clock=clock, target=Target(Amount.parse(f"{hours} h")))
    return Verdict(
        ticket="A-1", clock=clock, cycle="1", number=1, state=state, as_of=NOON, started_at=NOON - 3 * HOUR, rule=rule,
        target=timedelta(hours=hours), deadline_at=deadline_at, stopped_by=EventKind.RESOLVED, **fields,
    )  # fmt: skip


def test_one_that_runs_past_its_deadline_is_missed_though_its_desk_has_not_looked_since():
    running = said(Said.RUNNING, deadline_at=NOON)

    assert running.standing(NOON) is Said.RUNNING
    assert running.standing(NOON + timedelta(seconds=1)) is Said.MISSED


@pytest.mark.parametrize("state", [Said.MET, Said.MISSED, Said.PAUSED])
def test_one_that_does_not_run_stays_as_its_desk_keeps_it(state):
    assert said(state, deadline_at=NOON - HOUR).standing(NOON) is state


@given(deadline=st.none() | st.integers(-9, 9), state=st.sampled_from(Said))
def test_time_alone_only_ever_misses(deadline, state):
    told = said(state, deadline_at=None if deadline is None else NOON + deadline * HOUR)

    later = told.standing(NOON + 10 * HOUR)

    assert later in (state, Said.MISSED)
    assert told.standing(NOON) in (state, later)


@pytest.mark.parametrize(
    ("theirs", "state", "agrees"),
    [
        (Said.MET, ClockState.MET, True),
        (Said.MISSED, ClockState.BREACHED, True),
        (Said.RUNNING, ClockState.RUNNING, True),
        (Said.PAUSED, ClockState.PAUSED, True),
        (Said.MISSED, ClockState.MET, False),
        (Said.MET, ClockState.BREACHED, False),
        (Said.RUNNING, ClockState.PAUSED, False),
        (Said.MET, ClockState.NOT_MEASURED, None),
        (Said.MET, ClockState.NOT_COVERED, None),
        (Said.RUNNING, ClockState.CANCELLED, None),
    ],
)
def test_the_two_agree_where_they_come_to_the_same(theirs, state, agrees):
    assert compare(said(theirs), (ours(state),), as_of=NOON).agrees is agrees


def test_without_a_clock_of_its_kind_there_is_nothing_to_hold_it_against():
    found = compare(said(clock=ClockKind.RESPONSE), (ours(clock=ClockKind.RESOLUTION),), as_of=NOON)

    assert (found.verdict, found.agrees, found.why) == (None, None, ())


def test_of_several_cycles_the_last_one_counts():
    first, second = ours(ClockState.MET), ours(ClockState.RUNNING)

    assert compare(said(), (first, second), as_of=NOON).verdict is second


def test_what_is_measured_alike_differs_in_nothing():
    assert compare(said(), (ours(),), as_of=NOON).why == ()


def test_another_target_is_named_and_then_another_deadline_says_nothing_of_the_hours():
    found = compare(said(hours=8, deadline_at=NOON + 5 * HOUR), (ours(hours=4),), as_of=NOON)

    assert found.why == (Why.TARGET,)


def test_the_same_time_that_ends_at_another_moment_is_counted_in_other_hours():
    assert compare(said(deadline_at=NOON + 2 * HOUR), (ours(),), as_of=NOON).why == (Why.CALENDAR,)


def test_a_first_response_is_an_answer_for_the_contract_and_a_stage_for_the_desk():
    found = compare(said(clock=ClockKind.RESPONSE), (ours(clock=ClockKind.RESPONSE),), as_of=NOON)

    assert found.why == (Why.STOP,)


@pytest.mark.parametrize(
    ("theirs", "verdict"),
    [
        (said(pauses=("Awaiting",), state=Said.PAUSED), ours()),
        (said(), ours(ClockState.PAUSED, deadline_at=None)),
        (said(deadline_at=NOON - HOUR), ours(paused_by=((PauseOwner.CUSTOMER, HOUR),))),
    ],
)
def test_one_that_waits_while_the_other_does_not_is_told_of_pauses_and_not_of_hours(theirs, verdict):
    assert compare(theirs, (verdict,), as_of=NOON).why == (Why.PAUSES,)
