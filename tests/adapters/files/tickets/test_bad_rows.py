"""A bad row is reported with its line, its column and the reason, and the rest is measured."""

from pathlib import Path

import pytest

from goodstanding.adapters.files.tickets import NoteCode, Reading, Unusable, Why, read_tickets
from tests.adapters.files.tickets.exports import IN_UTC, by_ref, faults, note, read, short, written

HEADER = "ticket,opened,first response,resolved,priority,status\n"
GOOD = "ok,2025-01-31 09:00,2025-01-31 09:30,2025-01-31 10:00,High,Closed\n"


@pytest.mark.parametrize(
    ("row", "column", "value", "reason"),
    [
        (",2025-01-31 09:00,,2025-01-31 10:00,High,Closed", "ticket", "", "missing"),
        ("?,2025-01-31 09:00,,2025-01-31 10:00,High,Closed", "ticket", "?", "missing"),
        ("1,,,2025-01-31 10:00,High,Closed", "opened", "", "missing"),
        ("1,yesterday,,2025-01-31 10:00,High,Closed", "opened", "yesterday", "unreadable_instant"),
        ("1,2025-02-30 09:00,,,High,Open", "opened", "2025-02-30 09:00", "unreadable_instant"),
        ("1,2025-01-31 25:00,,,High,Open", "opened", "2025-01-31 25:00", "unreadable_instant"),
        ("1,2025-01-31,,,High,Open", "opened", "2025-01-31", "no_time_of_day"),
        ("1,1969-12-31 23:59,,,High,Open", "opened", "1969-12-31 23:59", "out_of_years"),
        ("1,2025-01-31 09:00,,2100-01-01 00:00,High,Closed", "resolved", "2100-01-01 00:00", "out_of_years"),
        ("1,2025-01-31 09:00,2025-01-31 08:00,,High,Open", "first response", "2025-01-31 08:00", "before_opening"),
        ("1,2025-01-31 09:00,,2025-01-31 08:54:59,High,Closed", "resolved", "2025-01-31 08:54:59", "before_opening"),
        ("1,2025-01-31 09:00,,2025-01-31 10:00,Very,Closed", "priority", "Very", "unknown_priority"),
        ("1,2025-01-31 09:00,,,High,Closed", "status", "Closed", "ended_without_instant"),
        ("1,2025-01-31 09:00,,,High,Parked", "status", "Parked", "unknown_state"),
        ("1,2025-01-31 09:00,,,High", "", "1,2025-01-31 09:00,,,High", "field_count"),
        ("1,2025-01-31 09:00,,,High,Open,", "", "1,2025-01-31 09:00,,,High,Open,", "field_count"),
    ],
)
def test_a_bad_row_names_its_line_column_and_reason(tmp_path: Path, row: str, column: str, value: str, reason: str) -> None:
    found = read(tmp_path, f"{HEADER}{GOOD}{row}\n")

    assert faults(found.bad) == [(3, column, value, reason)]
    assert (found.rows, found.count, list(by_ref(found))) == (2, 1, ["ok"])


def test_a_local_time_that_the_clocks_skipped_is_bad_and_a_repeated_one_is_the_first(tmp_path: Path) -> None:
    rows = "gap,2025-03-30 02:30,,,High,Open\ntwice,2025-10-26 02:30,,2025-10-26 03:30,High,Closed\n"

    found = read(tmp_path, HEADER + rows, Reading(zone="Europe/Rome"))

    assert faults(found.bad) == [(2, "opened", "2025-03-30 02:30", "no_such_local_time")]
    repeated = note(found, NoteCode.REPEATED_HOUR)
    assert repeated is not None
    assert (repeated.count, repeated.column) == (1, "opened")
    assert short(by_ref(found)["twice"]) == [("2025-10-26 00:30", "opened"), ("2025-10-26 02:30", "resolved")]


def test_the_second_row_of_a_ticket_is_bad_and_names_the_line_of_the_first(tmp_path: Path) -> None:
    found = read(tmp_path, HEADER + GOOD + GOOD.replace("High", "Low"))

    assert [(row.line, row.value, row.number) for row in found.bad] == [(3, "ok", 2)]
    assert by_ref(found)["ok"].priority == "P2"


def test_lines_are_counted_within_quoted_cells_and_over_blank_lines(tmp_path: Path) -> None:
    content = 'ticket,opened,title\r\n1,2025-01-31 09:00,"two\r\nlines"\r\n\r\n2,never,"a ""quoted"" word"\r\n3,x\r\n'

    found = read(tmp_path, content)

    assert faults(found.bad) == [(5, "opened", "never", "unreadable_instant"), (6, "", "3,x", "field_count")]
    assert by_ref(found)["1"].title == "two\r\nlines"


def test_a_quote_that_nothing_closes_costs_one_row_and_not_the_rest(tmp_path: Path) -> None:
    content = 'ticket,opened,title\n1,2025-01-31 09:00,24" screen\n2,2025-01-31 09:00,"open end\n3,2025-01-31 09:00,fine\n'

    found = read(tmp_path, content)

    assert [(row.line, row.reason.value) for row in found.bad] == [(3, "stray_quote")]
    assert {ref: ticket.title for ref, ticket in by_ref(found).items()} == {"1": '24" screen', "3": "fine"}
    assert note(found, NoteCode.STRAY_QUOTES) is not None


def test_what_lies_a_little_before_the_opening_is_read_as_the_opening(tmp_path: Path) -> None:
    row = "1,2025-01-31 09:00:00,2025-01-31 08:55:00,2025-01-31 10:00,High,Closed\n"

    found = read(tmp_path, HEADER + row)

    clamped = note(found, NoteCode.CLAMPED_TO_OPENING)
    assert clamped is not None
    assert clamped.count == 1
    assert short(by_ref(found)["1"])[1] == ("2025-01-31 09:00", "staff_replied")


def test_rows_without_any_cell_are_no_rows(tmp_path: Path) -> None:
    found = read(tmp_path, f"{HEADER}{GOOD},,,,,\n")

    assert (found.rows, found.bad) == (1, ())


def test_a_state_nobody_explained_is_no_matter_where_an_instant_tells_the_end(tmp_path: Path) -> None:
    found = read(tmp_path, HEADER + GOOD.replace("Closed", "Verified"))

    unknown = note(found, NoteCode.UNKNOWN_STATES)
    assert unknown is not None
    assert (unknown.count, unknown.values) == (1, ("Verified",))
    assert found.count == 1


def test_a_resolution_of_a_ticket_whose_state_is_open_is_kept_and_noted(tmp_path: Path) -> None:
    found = read(tmp_path, HEADER + GOOD.replace("Closed", "In Progress"))

    noted = note(found, NoteCode.RESOLVED_THOUGH_OPEN)
    assert noted is not None
    assert noted.count == 1
    assert short(by_ref(found)["ok"])[-1] == ("2025-01-31 10:00", "resolved")


def test_tickets_that_wait_since_nobody_knows_when_are_counted_and_not_paused(tmp_path: Path) -> None:
    found = read(tmp_path, HEADER + "1,2025-01-31 09:00,,,High,Awaiting customer\n")

    waiting = note(found, NoteCode.WAITING_UNPLACED)
    assert waiting is not None
    assert waiting.count == 1
    assert short(by_ref(found)["1"]) == [("2025-01-31 09:00", "opened")]


def test_an_empty_priority_is_allowed(tmp_path: Path) -> None:
    found = read(tmp_path, HEADER + GOOD.replace("High", ""))

    assert (found.bad, by_ref(found)["ok"].priority) == ((), "")


def test_a_dropped_ticket_is_left_out_of_the_clocks_only_with_a_word_to_confirm(tmp_path: Path) -> None:
    found = read(tmp_path, HEADER + GOOD.replace("Closed", "Spam"))

    confirm = note(found, NoteCode.CONFIRM_WORD)
    assert confirm is not None
    assert confirm.values == ("Spam", "cancelled")
    assert short(by_ref(found)["ok"])[-1] == ("2025-01-31 10:00", "cancelled")


@pytest.mark.parametrize(
    ("reopened", "off"), [("", "2025-01-31 10:00"), ("2025-02-01 09:00", "2025-02-03 10:00")], ids=["at-once", "reopened"]
)
def test_a_ticket_called_off_after_its_resolution_had_ended_by_then_unless_it_was_reopened(
    tmp_path: Path, reopened: str, off: str
) -> None:
    content = (
        "ticket,opened,resolved,reopened,closed,status\n"
        f"A,2025-01-31 09:00,2025-01-31 10:00,{reopened},2025-02-03 10:00,Cancelled\n"
    )

    assert short(by_ref(read(tmp_path, content))["A"])[-1] == (off, "cancelled")


def test_a_closing_after_a_reopening_resolves_again(tmp_path: Path) -> None:
    content = (
        "ticket,opened,resolved,reopened,closed\n"
        "1,2025-01-01 09:00,2025-01-01 10:00,2025-01-02 09:00,2025-01-03 09:00\n"
        "2,2025-01-01 09:00,2025-01-01 10:00,2025-01-01 09:30,2025-01-03 09:00\n"
    )

    found = read(tmp_path, content)

    tickets = by_ref(found)
    assert [kind for _, kind in short(tickets["1"])] == ["opened", "resolved", "reopened", "resolved"]
    assert [kind for _, kind in short(tickets["2"])] == ["opened", "resolved"]
    assert note(found, NoteCode.REOPENING_UNPLACED) is not None


def test_a_file_whose_rows_are_all_bad_cannot_be_used_and_says_why_for_each(tmp_path: Path) -> None:
    with pytest.raises(Unusable) as caught:
        read(tmp_path, "ticket,opened\n1,never\n2,never\n")

    assert caught.value.why is Why.NO_TICKETS
    assert [row.line for row in caught.value.bad] == [2, 3]


def test_a_file_without_an_opening_names_what_it_looked_for_and_what_there_is(tmp_path: Path) -> None:
    with pytest.raises(Unusable) as caught:
        read_tickets(written(tmp_path, "ticket,colour\n1,red\n"), IN_UTC)

    assert (caught.value.why, caught.value.wanted, caught.value.found) == (
        Why.FIELDS_NOT_FOUND,
        ("opened",),
        ("ticket", "colour"),
    )


def test_a_row_without_a_ticket_and_a_repeated_ticket_are_both_bad(tmp_path: Path) -> None:
    found = read(tmp_path, HEADER + GOOD + GOOD.replace("ok", "") + GOOD)

    assert [(row.line, row.reason.value, row.number) for row in found.bad] == [(3, "missing", None), (4, "duplicate_ticket", 2)]
