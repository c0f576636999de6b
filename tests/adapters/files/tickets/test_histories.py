"""Logs and lists of events: the order of the file changes nothing, and a ticket with a bad row is left out whole."""

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodstanding.adapters.files.tickets import Fault, NoteCode, Reading, Shape, TicketFile, Unusable, Why
from goodstanding.core.desk.events import Actor, EventKind, PauseOwner, in_order
from goodstanding.core.desk.policy import ClockKind
from goodstanding.core.desk.timeline import timeline
from tests.adapters.files.tickets.exports import FEW, IN_UTC, by_ref, faults, note, read, short, utc, without_lines

LOG = "ticket,updated,state,priority,team,assignee,client,opened\n"
EVENTS = "ticket,at,event,actor,public,owner,priority,team,assignee,client,reason,into\n"


def log_row(
    ref: str, minute: int, state: str, priority: str = "High", team: str = "", assignee: str = "", client: str = "Acme"
) -> str:
    at = f"2025-01-{1 + minute // 1440:02}T{minute // 60 % 24:02}:{minute % 60:02}Z"
    return f"{ref},{at},{state},{priority},{team},{assignee},{client},2025-01-01T00:00Z\n"


STEPS = st.tuples(
    st.sampled_from(["A", "B", "C"]),
    st.integers(0, 6),
    st.sampled_from(
        ["New", "In Progress", "Awaiting customer", "On hold", "Awaiting vendor", "Resolved", "Closed", "Cancelled"]
    ),
    st.sampled_from(["High", "Low", ""]),
    st.sampled_from(["Desk", "Network", ""]),
    st.sampled_from(["Ann", ""]),
    st.sampled_from(["Acme", "Globex"]),
)
HAPPENINGS = st.tuples(
    st.sampled_from(["A", "B"]),
    st.integers(0, 6),
    st.sampled_from(
        ["client_replied", "staff_replied", "assigned", "waiting", "resumed", "resolved", "reopened", "closed", "note"]
    ),
)


def shuffled(rows: list[str], seed: int) -> str:
    mixed = list(rows)
    random.Random(seed).shuffle(mixed)
    return "".join(mixed)


def read_log(folder: Path, rows: str) -> TicketFile:
    return read(folder, LOG + rows, Reading(mapping=AS_LOG))


AS_LOG = IN_UTC.mapping.__class__(shape=Shape.UPDATES)
AS_EVENTS = IN_UTC.mapping.__class__(shape=Shape.EVENTS)


@pytest.mark.proves("CLOCK-2")
@FEW
@given(st.lists(STEPS, min_size=1, max_size=25), st.integers(0, 2**20))
def test_a_shuffled_log_tells_the_same_tickets(
    tmp_path: Path, steps: list[tuple[str, int, str, str, str, str, str]], seed: int
) -> None:
    rows = [log_row(*step) for step in steps]

    straight, mixed = read_log(tmp_path, "".join(rows)), read_log(tmp_path, shuffled(rows, seed))

    assert without_lines(straight) == without_lines(mixed)
    assert straight.newest == mixed.newest
    assert {(each.code, each.count) for each in straight.notes} == {(each.code, each.count) for each in mixed.notes}


@pytest.mark.proves("CLOCK-2")
@FEW
@given(st.lists(HAPPENINGS, min_size=1, max_size=25), st.integers(0, 2**20))
def test_shuffled_events_tell_the_same_tickets(tmp_path: Path, steps: list[tuple[str, int, str]], seed: int) -> None:
    rows = [f"{ref},2025-01-01T00:00Z,opened,,,,P1,,,,,\n" for ref in ("A", "B")]
    rows += [f"{ref},2025-01-01T00:{minute:02}Z,{kind},,,customer,,,,,,\n" for ref, minute, kind in steps]
    reading = Reading(mapping=AS_EVENTS)

    straight, mixed = read(tmp_path, EVENTS + "".join(rows), reading), read(tmp_path, EVENTS + shuffled(rows, seed), reading)

    assert without_lines(straight) == without_lines(mixed)


@FEW
@given(st.lists(STEPS, min_size=1, max_size=25))
def test_what_a_log_tells_is_open_resolved_and_waiting_as_its_last_row_says(
    tmp_path: Path, steps: list[tuple[str, int, str, str, str, str, str]]
) -> None:
    alone = [step for place, step in enumerate(steps) if step[:2] not in [other[:2] for other in steps[:place]]]

    found = read_log(tmp_path, "".join(log_row(*step) for step in alone))

    for ref, ticket in by_ref(found).items():
        *_, last = sorted(step for step in alone if step[0] == ref)
        story = timeline(ticket.events, as_of=utc("2025-02-01 00:00"), client="Acme")
        assert story is not None
        assert story.is_open == (last[2] not in ("Resolved", "Closed", "Cancelled"))
        assert (story.waiting is not None) == (last[2] in ("Awaiting customer", "On hold", "Awaiting vendor"))
        assert (story.cancelled is not None) == (last[2] == "Cancelled")


def test_a_sequence_orders_rows_of_one_instant_and_without_one_the_course_of_work_does(tmp_path: Path) -> None:
    header = "ticket,updated,state,opened,version\n"
    rows = "A,2025-01-01T01:00Z,In Progress,2025-01-01T00:00Z,2\nA,2025-01-01T01:00Z,Resolved,2025-01-01T00:00Z,1\n"
    sequenced = read(tmp_path, header + rows, Reading(mapping=AS_LOG))
    plain = read(
        tmp_path, header.replace(",version", "") + rows.replace(",2\n", "\n").replace(",1\n", "\n"), Reading(mapping=AS_LOG)
    )

    kinds = [[event.kind.value for event in in_order(by_ref(each)["A"].events)] for each in (sequenced, plain)]

    assert kinds == [["opened", "resolved", "reopened", "progress"], ["opened", "progress", "resolved"]]
    assert note(sequenced, NoteCode.SAME_INSTANT) is None
    same = note(plain, NoteCode.SAME_INSTANT)
    assert same is not None
    assert same.count == 1


def test_a_log_without_openings_begins_with_its_first_rows(tmp_path: Path) -> None:
    rows = "ticket,updated,state\nA,2025-01-01T02:00Z,Resolved\nA,2025-01-01T01:00Z,New\n"

    found = read(tmp_path, rows)

    assert short(by_ref(found)["A"]) == [("2025-01-01 01:00", "opened"), ("2025-01-01 02:00", "resolved")]
    assert note(found, NoteCode.OPENED_FROM_FIRST_ROW) is not None


def test_what_a_log_tells_before_the_opening_counts_from_it(tmp_path: Path) -> None:
    rows = (
        "ticket,updated,state,opened\n"
        "A,2025-01-01T08:00Z,In Progress,2025-01-01T09:00Z\n"
        "A,2025-01-01T08:59Z,Awaiting customer,2025-01-01T09:00Z\n"
    )

    found = read(tmp_path, rows)

    assert short(by_ref(found)["A"]) == [
        ("2025-01-01 09:00", "opened"),
        ("2025-01-01 09:00", "progress"),
        ("2025-01-01 09:00", "waiting"),
    ]
    assert [(code, note(found, code).count) for code in (NoteCode.EARLY_UPDATES, NoteCode.CLAMPED_TO_OPENING)] == [  # type: ignore[union-attr]  # both are there
        (NoteCode.EARLY_UPDATES, 1),
        (NoteCode.CLAMPED_TO_OPENING, 1),
    ]


def test_a_ticket_whose_history_has_a_bad_row_is_left_out_whole(tmp_path: Path) -> None:
    rows = [log_row(ref, minute, state) for ref in "AB" for minute, state in enumerate(("New", "In Progress", "Resolved"))]
    rows[1] = rows[1].replace("In Progress", "Perhaps")

    found = read(tmp_path, LOG + "".join(rows))

    assert faults(found.bad) == [(3, "state", "Perhaps", "unknown_state")]
    assert (found.left_out, list(by_ref(found)), found.count) == (("A",), ["B"], 1)
    left_out = note(found, NoteCode.TICKETS_LEFT_OUT)
    assert left_out is not None
    assert (left_out.count, left_out.values) == (1, ("A",))


def test_a_row_without_a_ticket_leaves_out_the_ticket_above_it_as_merged_cells_name_it_once(tmp_path: Path) -> None:
    rows = (
        "ticket,time,event\n"
        "A,2025-01-01 09:00,opened\n"
        ",2025-01-01 09:30,first response\n"
        ",2025-01-01 10:00,resolved\n"
        "B,2025-01-01 11:00,opened\n"
        "B,2025-01-01 12:00,resolved\n"
    )

    found = read(tmp_path, rows)

    assert [(bad.line, bad.reason.value) for bad in found.bad] == [(3, "missing"), (4, "missing")]
    assert (found.left_out, [ticket.ref for ticket in found.tickets()]) == (("A",), ["B"])


def test_a_row_that_never_became_one_leaves_out_the_ticket_it_names(tmp_path: Path) -> None:
    rows = [log_row(ref, minute, state) for ref in "AB" for minute, state in enumerate(("New", "In Progress", "Resolved"))]

    found = read(tmp_path, LOG + "".join(rows) + "B,2025-01-01T00:05Z,In Progress\n")

    assert [(row.line, row.reason) for row in found.bad] == [(8, Fault.FIELD_COUNT)]
    assert (found.left_out, list(by_ref(found))) == (("B",), ["A"])


def test_rows_that_repeat_another_word_for_word_are_dropped(tmp_path: Path) -> None:
    rows = [log_row("A", minute, state) for minute, state in enumerate(("New", "In Progress", "Resolved"))]

    found = read(tmp_path, LOG + "".join(rows * 2))

    copies = note(found, NoteCode.EXACT_COPIES)
    assert copies is not None
    assert copies.count == 3
    assert [kind for _, kind in short(by_ref(found)["A"])] == ["opened", "progress", "resolved"]


def test_a_few_repeated_tickets_do_not_make_a_list_a_log(tmp_path: Path) -> None:
    rows = [f"{number},2025-01-01T09:00Z,Open,2025-01-02T09:00Z\n" for number in (1, 2, 3, 4, 5, 6, 6)]

    found = read(tmp_path, "ticket,opened,state,updated\n" + "".join(rows))

    assert found.shape is Shape.TICKETS
    assert [(row.line, row.reason, row.number) for row in found.bad] == [(8, Fault.DUPLICATE_TICKET, 7)]


def test_a_state_left_for_good_is_cancelled_and_one_that_goes_on_was_only_closed(tmp_path: Path) -> None:
    states = ("New", "Cancelled", "In Progress", "Cancelled")

    found = read(tmp_path, LOG + "".join(log_row("A", minute, state) for minute, state in enumerate(states)))

    assert [kind for _, kind in short(by_ref(found)["A"])] == ["opened", "closed", "reopened", "progress", "cancelled"]


def test_events_are_read_with_actors_owners_and_reasons(tmp_path: Path) -> None:
    rows = (
        "A,2025-01-01T00:00Z,created,client,,,Urgent,Desk,,Acme,,\n"
        "A,2025-01-01T00:01Z,comment,agent,private,,,,,,,\n"
        "A,2025-01-01T00:02Z,comment,agent,public,,,,,,,\n"
        "A,2025-01-01T00:03Z,waiting,,,customer,,,,,needs a log,\n"
        "A,2025-01-01T00:04Z,comment,customer,,,,,,,,\n"
        "A,2025-01-01T00:05Z,assigned,,,,,Network,Ann,,,\n"
        "A,2025-01-01T00:06Z,priority_changed,,,,Low,,,,,\n"
        "A,2025-01-01T00:07Z,merged,,,,,,,,,B\n"
    )

    found = read(tmp_path, EVENTS + rows)

    events = by_ref(found)["A"].events
    assert found.shape is Shape.EVENTS
    assert [event.kind.value for event in events] == [
        "opened", "noted", "staff_replied", "waiting", "client_replied", "assigned", "priority_changed", "merged",
    ]  # fmt: skip
    assert (events[0].priority, events[0].team, events[0].actor) == ("P1", "Desk", Actor.CLIENT)
    assert (events[2].actor, events[2].public) == (Actor.STAFF, True)
    assert (events[3].owner, events[3].reason) == (PauseOwner.CUSTOMER, "needs a log")
    assert (events[5].team, events[5].assignee, events[6].priority, events[7].into) == ("Network", "Ann", "P4", "B")
    assert found.unmeasured == frozenset()


def test_an_event_called_like_a_state_of_work_ends_a_wait_and_reopens_what_was_over(tmp_path: Path) -> None:
    happened = ("Open", "Waiting on customer", "Open", "Solved", "In progress", "Waiting on customer", "In progress", "Solved")
    rows = "".join(f"A,2025-01-01T0{hour}:00Z,{word}\n" for hour, word in enumerate(happened))

    found = read(tmp_path, "ticket,time,activity\n" + rows)

    assert short(by_ref(found)["A"]) == [
        ("2025-01-01 00:00", "opened"),
        ("2025-01-01 01:00", "waiting"),
        ("2025-01-01 02:00", "resumed"),
        ("2025-01-01 02:00", "opened"),
        ("2025-01-01 03:00", "resolved"),
        ("2025-01-01 04:00", "reopened"),
        ("2025-01-01 04:00", "progress"),
        ("2025-01-01 05:00", "waiting"),
        ("2025-01-01 06:00", "resumed"),
        ("2025-01-01 06:00", "progress"),
        ("2025-01-01 07:00", "resolved"),
    ]
    story = timeline(by_ref(found)["A"].events, as_of=utc("2025-01-02 00:00"), client="Acme")
    assert story is not None
    assert [(wait.end or 0) - wait.start for wait in story.waits] == [3600, 3600]
    assert (len(story.resolved), len(story.reopened)) == (2, 1)


def test_priorities_that_differ_between_rows_are_changes_where_no_event_tells_any(tmp_path: Path) -> None:
    rows = "ticket,at,event,priority\nA,2025-01-01T01:00Z,opened,P3\nA,2025-01-01T02:00Z,{},P1\nA,2025-01-01T03:00Z,note,{}\n"

    differing = by_ref(read(tmp_path, rows.format("assigned", "")))["A"]
    told = by_ref(read(tmp_path, rows.format("priority_changed", "P3")))["A"]

    changes = [
        [(f"{event.at:%H:%M}", event.priority) for event in ticket.events if event.kind is EventKind.PRIORITY_CHANGED]
        for ticket in (differing, told)
    ]
    assert changes == [[("02:00", "P1")], [("02:00", "P1")]]
    assert differing.priority == told.priority == "P3"


@pytest.mark.parametrize("again", ["reopened", "In progress"])
def test_what_was_called_off_and_went_on_was_only_closed_in_a_list_of_events_too(tmp_path: Path, again: str) -> None:
    happened = ("opened", "cancelled", again, "resolved")
    rows = "".join(f"A,2025-01-01T0{hour}:00Z,{word}\n" for hour, word in enumerate(happened))

    found = by_ref(read(tmp_path, "ticket,time,event\n" + rows))["A"]

    kinds = [event.kind.value for event in found.events if event.kind is not EventKind.PROGRESS]
    assert kinds == ["opened", "closed", "reopened", "resolved"]
    story = timeline(found.events, as_of=utc("2025-01-02 00:00"), client="Acme")
    assert story is not None
    assert (story.cancelled, len(story.resolved)) == (None, 2)


def test_a_column_may_tell_the_opening_of_a_list_of_events(tmp_path: Path) -> None:
    rows = (
        "ticket,at,event,opened,priority\n"
        "A,2025-01-01T02:00Z,first response,2025-01-01T01:00Z,High\n"
        "A,2025-01-01T03:00Z,resolved,,\n"
    )

    found = read(tmp_path, rows)

    assert short(by_ref(found)["A"]) == [
        ("2025-01-01 01:00", "opened"),
        ("2025-01-01 02:00", "staff_replied"),
        ("2025-01-01 03:00", "resolved"),
    ]
    assert by_ref(found)["A"].priority == "P2"


def test_a_log_may_tell_the_first_response_beside_its_states(tmp_path: Path) -> None:
    rows = (
        "ticket,updated,state,opened,first response\n"
        "A,2025-01-01T01:00Z,New,2025-01-01T01:00Z,\n"
        "A,2025-01-01T03:00Z,Resolved,2025-01-01T01:00Z,2025-01-01T02:00Z\n"
    )

    found = read(tmp_path, rows)

    assert [kind for _, kind in short(by_ref(found)["A"])] == ["opened", "staff_replied", "resolved"]
    assert found.unmeasured == {ClockKind.NEXT_RESPONSE}


def test_clocks_that_no_event_stops_are_not_measured(tmp_path: Path) -> None:
    rows = "A,2025-01-01T00:00Z,opened,,,,,,,,,\nA,2025-01-01T00:03Z,waiting on customer,,,,,,,,,\n"

    found = read(tmp_path, EVENTS + rows)

    assert found.unmeasured == {ClockKind.RESPONSE, ClockKind.NEXT_RESPONSE, ClockKind.RESOLUTION}


def test_an_event_that_waits_on_nobody_named_pauses_nothing_and_asks_for_a_look(tmp_path: Path) -> None:
    rows = "A,2025-01-01T00:00Z,opened,,,,,,,,,\nA,2025-01-01T00:03Z,waiting,,,,,,,,,\n"

    found = read(tmp_path, EVENTS + rows)

    assert by_ref(found)["A"].events[1].owner is PauseOwner.PARTNER
    confirm = note(found, NoteCode.CONFIRM_WORD)
    assert confirm is not None
    assert confirm.values == ("waiting", "waiting:partner")


@pytest.mark.parametrize(
    ("row", "column", "value", "reason"),
    [
        ("A,2025-01-01T01:00Z,danced,,,,,,,,,", "event", "danced", "unknown_event"),
        ("A,2025-01-01T01:00Z,,,,,,,,,,", "event", "", "missing"),
        ("A,,closed,,,,,,,,,", "at", "", "missing"),
        ("A,2025-01-01T01:00Z,priority_changed,,,,,,,,,", "priority", "", "missing"),
        ("A,2024-12-31T01:00Z,resolved,,,,,,,,,", "at", "2024-12-31T01:00Z", "before_opening"),
        ("C,2025-01-01T01:00Z,resolved,,,,,,,,,", "event", "resolved", "no_opening"),
    ],
)
def test_a_bad_event_is_reported_with_its_line(tmp_path: Path, row: str, column: str, value: str, reason: str) -> None:
    rows = "A,2025-01-01T00:00Z,opened,,,,,,,,,\nB,2025-01-01T00:00Z,opened,,,,,,,,,\n"

    found = read(tmp_path, f"{EVENTS}{rows}{row}\n", Reading(mapping=AS_EVENTS))

    assert faults(found.bad) == [(4, column, value, reason)]
    assert found.left_out == (row[0],)


def test_a_history_of_which_nothing_is_whole_cannot_be_used(tmp_path: Path) -> None:
    with pytest.raises(Unusable) as caught:
        read(tmp_path, "ticket,updated,state\nA,2025-01-01T02:00Z,Resolved\nA,never,New\n")

    assert (caught.value.why, len(caught.value.bad)) == (Why.NO_TICKETS, 1)


def test_histories_can_be_gone_through_more_than_once(tmp_path: Path) -> None:
    found = read(tmp_path, LOG + log_row("A", 1, "New") + log_row("A", 2, "Resolved"))

    assert list(found.tickets()) == list(found.tickets())
    assert [event.kind for ticket in found.tickets() for event in ticket.events] == [EventKind.OPENED, EventKind.RESOLVED]


def test_a_word_that_comes_to_the_same_from_several_sides_is_named_once(tmp_path: Path) -> None:
    rows = (
        "A,2025-01-01 09:00,opened,,,,High,,,Acme,,\n"
        "A,2025-01-01 10:00,comment,agent,,,High,,,Acme,,\n"
        "A,2025-01-01 11:00,comment,agent,yes,,High,,,Acme,,\n"
        "A,2025-01-01 12:00,comment,agent,no,,High,,,Acme,,\n"
        "A,2025-01-01 13:00,comment,customer,,,High,,,Acme,,\n"
    )

    found = read(tmp_path, EVENTS + rows)

    said = sorted((each.meaning, each.count) for each in found.words if each.word == "comment")
    assert said == [("client_replied", 1), ("noted", 1), ("staff_replied", 2)]
