"""Which clock runs when people write to each other (semantics.md 1.11; section 2, rows 16 to 18, 20, 21, 47)."""

import pytest

from goodstanding.core.desk.events import Actor, EventKind
from goodstanding.core.desk.policy import ClockKind
from goodstanding.core.desk.verdict import ClockState
from tests.core.desk.stories import case, client, event, hours, judged, opened, reply, rome, verdict


@pytest.mark.proves("CLOCK-2")
@pytest.mark.parametrize(
    "answer",
    [
        event("auto_replied", "2 09:01", actor=Actor.SYSTEM, public=True),
        event("noted", "2 09:30", actor=Actor.STAFF),
        reply("2 09:30", public=False),
        reply("2 09:30", actor=Actor.SYSTEM),
        event("assigned", "2 09:30", actor=Actor.STAFF, assignee="Marta Rizzo"),
        event("progress", "2 09:30", actor=Actor.STAFF),
    ],
    ids=["receipt", "note", "private reply", "reply by a machine", "assignment", "progress"],
)
def test_only_a_public_reply_by_a_person_of_staff_is_a_first_response(answer):
    told = case(opened("2 09:00"), answer)

    assert verdict(told, "2 12:00", "response").state is ClockState.RUNNING


def test_a_resolution_without_any_reply_stops_the_response_clock():
    told = case(opened("2 09:00"), event("resolved", "2 11:00"))

    found = verdict(told, "3 12:00", "response")

    assert found.state is ClockState.MET
    assert found.stopped_by is EventKind.RESOLVED


def test_a_ticket_resolved_too_late_and_never_answered_breaks_the_response_promise():
    told = case(opened("2 09:00"), event("resolved", "2 16:00"))

    assert verdict(told, "3 12:00", "response").state is ClockState.BREACHED


@pytest.mark.proves("CLOCK-3")
def test_a_next_response_is_owed_from_the_oldest_unanswered_message():
    told = case(opened("2 09:00"), reply("2 10:00"), client("2 11:00"), client("2 12:00"))

    found = verdict(told, "2 12:30", "next_response")

    assert found.started_at == rome("2 11:00")
    assert found.deadline_at == rome("2 16:00")


def test_messages_before_the_first_response_start_no_next_response():
    told = case(opened("2 09:00"), client("2 09:30"), reply("2 10:00"))

    assert judged(told, "2 12:00").of(ClockKind.NEXT_RESPONSE) == ()


def test_an_answered_message_owes_nothing_more():
    told = case(opened("2 09:00"), reply("2 10:00"), client("2 11:00"), reply("2 11:20"))

    found = verdict(told, "9 12:00", "next_response")

    assert found.state is ClockState.MET
    assert hours(found.elapsed) == pytest.approx(1 / 3)


def test_each_exchange_is_a_clock_of_its_own():
    told = case(opened("2 09:00"), reply("2 10:00"), client("2 11:00"), reply("2 12:00"), client("2 15:00"), reply("3 12:00"))

    first, second = judged(told, "9 12:00").of(ClockKind.NEXT_RESPONSE)

    assert (first.state, second.state) == (ClockState.MET, ClockState.BREACHED)
    assert first.cycle != second.cycle


@pytest.mark.proves("CLOCK-3")
def test_a_thank_you_after_the_resolution_owes_no_reply():
    told = case(opened("2 09:00"), reply("2 10:00"), event("resolved", "2 11:00"), client("2 11:05"))

    found = judged(told, "9 12:00")

    assert found.of(ClockKind.NEXT_RESPONSE) == ()
    assert found.look_at is None


def test_the_resolution_stops_a_message_that_waits_for_its_answer():
    told = case(opened("2 09:00"), reply("2 10:00"), client("2 11:00"), event("resolved", "2 12:00"))

    found = verdict(told, "9 12:00", "next_response")

    assert (found.state, found.stopped_by) == (ClockState.MET, EventKind.RESOLVED)


def test_a_message_that_reopens_is_answered_from_the_reopening():
    told = case(
        opened("2 09:00"),
        reply("2 10:00"),
        event("resolved", "2 11:00"),
        client("2 17:00"),
        event("reopened", "3 09:30"),
    )

    found = verdict(told, "3 10:00", "next_response")

    assert found.started_at == rome("3 09:30")
    assert found.state is ClockState.RUNNING


def test_no_reply_needed_calls_the_clock_off():
    told = case(opened("2 09:00"), reply("2 10:00"), client("2 11:00"), event("no_reply_needed", "2 11:10"))

    found = verdict(told, "9 12:00", "next_response")

    assert (found.state, found.stopped_by) == (ClockState.CANCELLED, EventKind.NO_REPLY_NEEDED)


def test_no_reply_needed_after_the_breach_does_not_undo_it():
    told = case(opened("2 09:00"), reply("2 10:00"), client("2 11:00"), event("no_reply_needed", "3 11:10"))

    assert verdict(told, "9 12:00", "next_response").state is ClockState.BREACHED


def test_a_merge_calls_off_every_clock_and_says_where_the_ticket_went():
    told = case(opened("2 09:00"), event("merged", "2 09:30", into="T7"))

    found = judged(told, "9 12:00")

    assert [each.state for each in found.verdicts] == [ClockState.CANCELLED, ClockState.CANCELLED]
    assert {each.detail for each in found.verdicts} == {"T7"}
    assert found.merged_into == "T7"
    assert found.look_at is None


def test_a_merge_after_the_breach_leaves_the_breach():
    told = case(opened("2 09:00", "P1"), event("merged", "2 11:30", into="T7"))

    assert verdict(told, "9 12:00", "response").state is ClockState.BREACHED


def test_nothing_happens_to_a_cancelled_ticket_any_more():
    told = case(opened("2 09:00"), event("cancelled", "2 09:30"), reply("2 10:00"), event("reopened", "2 11:00"))

    found = judged(told, "9 12:00")

    assert not found.is_open
    assert {each.state for each in found.verdicts} == {ClockState.CANCELLED}


@pytest.mark.proves("CLOCK-2")
def test_a_ticket_created_closed_never_runs():
    told = case(event("closed", "2 09:00"), opened("2 09:00"))

    found = judged(told, "9 12:00")

    assert {each.state for each in found.verdicts} == {ClockState.MET}
    assert found.look_at is None


def test_closing_without_resolving_resolves():
    told = case(opened("2 09:00"), event("closed", "2 12:00"))

    assert verdict(told, "3 09:00").stopped_at == rome("2 12:00")


def test_closing_after_resolving_changes_nothing():
    told = case(opened("2 09:00"), event("resolved", "2 12:00"), event("closed", "9 12:00"))

    assert verdict(told, "9 13:00").stopped_at == rome("2 12:00")


def test_a_ticket_whose_opening_nobody_recorded_begins_with_its_first_event():
    told = case(event("progress", "2 09:00"), reply("2 10:00"), priority="P3")

    assert verdict(told, "2 12:00", "response").started_at == rome("2 09:00")


def test_a_reply_recorded_before_the_opening_took_no_time():
    told = case(opened("2 09:00"), reply("2 08:58"))

    found = verdict(told, "2 12:00", "response")

    assert (found.state, hours(found.elapsed)) == (ClockState.MET, 0)
