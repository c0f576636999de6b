"""Whatever kind of file it is, the same table is the same tickets; what is no table, or too much of one, is refused."""

import io
import json
import re
import struct
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from goodstanding.adapters.files.tickets import (
    Field,
    ImportMap,
    NeedsAnswer,
    NoteCode,
    Reading,
    Shape,
    Unusable,
    Why,
    read_tickets,
)
from goodstanding.adapters.files.tickets.parquet import Parquet
from goodstanding.adapters.files.tickets.workbook import Workbook
from tests.adapters.files.tickets.exports import IN_UTC, SOME, by_ref, faults, note, read, short, without_lines, written

HEADER = ("Ticket", "Client", "Priority", "Opened", "First response", "Resolved")
ROWS = (
    ("T-1", "Café Müller", "High", "2025-01-31 09:00:00", "2025-01-31 09:30:00", "2025-02-01 10:00:00"),
    ("T-2", "Acme", "Low", "2025-03-28 23:59:59", "", ""),
)
PLAIN = "\n".join(";".join(row) for row in (HEADER, *ROWS)) + "\n"


def workbook(rows: tuple[tuple[object, ...], ...], *, above: int = 0, sheet: str = "Tickets") -> bytes:
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content)
    page = book.add_worksheet(sheet)
    moment = book.add_format({"num_format": "dd/mm/yyyy hh:mm:ss"})
    for at, row in enumerate(rows):
        for place, cell in enumerate(row):
            if isinstance(cell, datetime):
                page.write_datetime(at + above, place, cell, moment)
            elif cell != "":
                page.write(at + above, place, cell)
    book.close()
    return content.getvalue()


def typed(row: tuple[str, ...]) -> tuple[object, ...]:
    return (*row[:3], *(datetime.fromisoformat(cell) if cell else "" for cell in row[3:]))


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
def test_delimited_text_is_read_in_any_dress(tmp_path: Path, separator: str, encoding: str, line_break: str) -> None:
    dressed = PLAIN.replace(";", separator).replace("\n", line_break).encode(encoding)

    found = read(tmp_path, dressed)

    assert without_lines(found) == without_lines(read(tmp_path, PLAIN))
    assert by_ref(found)["T-1"].client == "Café Müller"


def test_text_that_is_not_utf8_is_read_as_windows_text_and_said_so(tmp_path: Path) -> None:
    found = read(tmp_path, PLAIN.encode("cp1252"))

    assert by_ref(found)["T-1"].client == "Café Müller"
    assert note(found, NoteCode.NOT_UTF8) is not None


def test_a_first_line_that_declares_the_separator_is_followed(tmp_path: Path) -> None:
    found = read(tmp_path, f"sep=;\n{PLAIN}T-3;;;x;;\n")

    assert faults(found.bad) == [(5, "Opened", "x", "unreadable_instant")]
    assert found.count == 2


def test_a_workbook_with_typed_dates_is_the_same_table(tmp_path: Path) -> None:
    found = read(tmp_path, workbook((HEADER, *map(typed, ROWS))))

    assert without_lines(found) == without_lines(read(tmp_path, PLAIN))


def test_rows_of_a_workbook_keep_their_numbers_under_titles_and_over_gaps(tmp_path: Path) -> None:
    rows = (("Report of January",), (), HEADER, (), ("T-9", "Acme", "High", "never"), typed(ROWS[0]))

    found = read(tmp_path, workbook(rows, above=1))

    assert faults(found.bad) == [(6, "Opened", "never", "unreadable_instant")]
    assert by_ref(found)["T-1"].line == 7


def test_numbers_in_a_workbook_are_names_and_spreadsheet_days(tmp_path: Path) -> None:
    rows = (HEADER, (1001, "Acme", "High", 45688.375, "2025-01-31 09:30", datetime(2025, 2, 1, 10, 0)))

    found = read(tmp_path, workbook(rows))

    assert short(by_ref(found)["1001"])[0] == ("2025-01-31 09:00", "opened")


def test_without_a_name_the_first_sheet_with_a_table_is_read(tmp_path: Path) -> None:
    book = io.BytesIO()
    with xlsxwriter.Workbook(book, {"in_memory": True}) as pages:
        pages.add_worksheet("Cover").write(0, 0, "Tickets of March")
        pages.add_worksheet("Empty")
        pages.add_worksheet("Header only").write_row(0, 0, ("Ticket", "Opened at"))
        page = pages.add_worksheet("Tickets")
        page.write_row(0, 0, ("Ticket", "Opened at", "Resolved at"))
        page.write_row(1, 0, ("A-1", "2025-01-01 09:00", "2025-01-01 10:00"))

    found = read(tmp_path, book.getvalue(), Reading(zone="UTC"))

    assert [ticket.ref for ticket in found.tickets()] == ["A-1"]


def test_a_sheet_is_chosen_by_its_name_and_a_missing_one_lists_those_there_are(tmp_path: Path) -> None:
    book = workbook((HEADER, *map(typed, ROWS)), sheet="Export")

    chosen = read(tmp_path, book, Reading(zone="UTC", sheet="Export"))
    with pytest.raises(Unusable) as caught:
        read(tmp_path, book, Reading(zone="UTC", sheet="Sheet1"))

    assert chosen.count == 2
    assert (caught.value.why, caught.value.found) == (Why.NO_SUCH_SHEET, ("Export",))


@pytest.mark.parametrize("written_as", ["dd/mm/yyyy hh:mm:ss", "General"])
@pytest.mark.parametrize("from_1904", [False, True], ids=["1900", "1904"])
def test_a_workbook_that_counts_its_days_from_1904_tells_the_same_instants(
    tmp_path: Path, written_as: str, from_1904: bool
) -> None:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True, "date_1904": from_1904}) as book:
        page, style = book.add_worksheet(), book.add_format({"num_format": written_as})
        page.write_row(0, 0, ["ticket", "opened", "title"])
        page.write_row(1, 0, [1, "", 44_000])
        page.write_datetime(1, 1, datetime(2026, 3, 2, 9, 0, 30), style)

    found = by_ref(read(tmp_path, content.getvalue()))["1"]

    assert found.events[0].at == datetime(2026, 3, 2, 9, 0, 30, tzinfo=UTC)
    assert found.title == "44000"


def test_json_lines_are_the_same_table(tmp_path: Path) -> None:
    lines = "\n".join(json.dumps(dict(zip(HEADER, row, strict=True))) for row in ROWS)

    found = read(tmp_path, lines)

    assert without_lines(found) == without_lines(read(tmp_path, PLAIN))


def test_a_name_that_json_lines_tell_late_is_a_column_like_any_other(tmp_path: Path) -> None:
    opened = {"ticket": "open", "opened": "2025-01-31T09:00Z", "closed": None}
    over = {"ticket": "over", "opened": "2025-01-31T09:00Z", "resolved": "2025-01-31T10:00Z", "closed": "2025-02-10T10:00Z"}
    lines = [*({**opened, "ticket": f"open-{number}"} for number in range(1_200)), over]

    found = read(tmp_path, "\n".join(map(json.dumps, lines)))

    assert short(by_ref(found)["over"]) == [("2025-01-31 09:00", "opened"), ("2025-01-31 10:00", "resolved")]


def test_json_lines_may_nest_and_a_line_that_is_no_object_is_bad(tmp_path: Path) -> None:
    lines = [
        {"key": "H-1", "fields": {"summary": "a", "status": {"name": "Done"}, "priority": {"name": "High"},
         "issuetype": {"id": 1},
         "created": "2025-01-31T09:00:00.000+0000", "resolutiondate": "2025-01-31T10:00:00.000+0000", "labels": ["x", "y"]}},
        {"key": "H-2", "fields": {"summary": "b", "status": {"name": "To Do"}, "priority": None, "issuetype": {"id": 1},
         "created": "2025-01-31T09:00:00.000+0000", "resolutiondate": None, "labels": []}},
    ]  # fmt: skip

    found = read(tmp_path, "\n".join([json.dumps(lines[0]), "", "[1, 2]", '{"key": ', json.dumps(lines[1])]), Reading())

    assert [(row.line, row.reason.value) for row in found.bad] == [(3, "not_json"), (4, "not_json")]
    assert {ref: (ticket.priority, ticket.tags) for ref, ticket in by_ref(found).items()} == {
        "H-1": ("P2", {"x", "y"}),
        "H-2": ("", frozenset()),
    }


def test_what_odoo_answers_is_read_with_its_pairs_and_its_false(tmp_path: Path) -> None:
    record = {
        "ticket_ref": "00007", "name": "Down", "partner_id": [4, "Acme"], "team_id": [1, "Support"], "user_id": False,
        "stage_id": [2, "Solved"], "priority": "3", "create_date": "2025-01-31 09:00:00", "close_date": "2025-01-31 10:00:00",
        "assign_date": False, "kanban_state": "normal",
    }  # fmt: skip

    found = read(tmp_path, json.dumps(record))

    ticket = by_ref(found)["00007"]
    assert (ticket.client, ticket.team, ticket.assignee, ticket.priority) == ("Acme", "Support", None, "P1")


def parquet(frame: pl.DataFrame) -> bytes:
    content = io.BytesIO()
    frame.write_parquet(content)
    return content.getvalue()


def test_parquet_is_the_same_table_with_or_without_types(tmp_path: Path) -> None:
    text = pl.DataFrame([dict(zip(HEADER, row, strict=True)) for row in ROWS])
    instants = [pl.col(name).str.to_datetime("%Y-%m-%d %H:%M:%S", strict=False) for name in HEADER[3:]]
    local = text.with_columns(instants)
    aware = local.with_columns(pl.col(name).dt.replace_time_zone("UTC") for name in HEADER[3:])

    expected = without_lines(read(tmp_path, PLAIN))

    assert without_lines(read(tmp_path, parquet(text))) == expected
    assert without_lines(read(tmp_path, parquet(local))) == expected
    assert without_lines(read(tmp_path, parquet(aware), Reading())) == expected


def test_parquet_numbers_and_fractions_of_a_second_are_read(tmp_path: Path) -> None:
    opened = datetime(2025, 1, 31, 9, 0, 0, 999_999, tzinfo=UTC)
    frame = pl.DataFrame({"id": [7.0], "opened": [opened], "resolved": [1738317600]})

    found = read(tmp_path, parquet(frame), Reading())

    assert [f"{event.at.isoformat()}" for event in by_ref(found)["7"].events] == [
        "2025-01-31T09:00:00+00:00",
        "2025-01-31T10:00:00+00:00",
    ]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", Why.EMPTY),
        (b" \n\n ", Why.EMPTY),
        (bytes(range(32)) * 40, Why.NOT_A_TABLE),
        (b"%PDF-1.7 and so on", Why.NOT_A_TABLE),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 an old workbook", Why.OLD_WORKBOOK),
        (b"PK\x03\x04 no archive", Why.NOT_A_TABLE),
        (b"PAR1 no table PAR1", Why.NOT_A_TABLE),
        (b'{"unfinished": ', Why.NOT_A_TABLE),
        (",".join(f"c{number}" for number in range(2001)).encode(), Why.TOO_MANY_COLUMNS),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, content: bytes, why: Why) -> None:
    with pytest.raises(Unusable) as caught:
        read(tmp_path, content)

    assert caught.value.why is why


def test_a_file_that_is_not_there_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Unusable) as missing:
        read_tickets(tmp_path / "none.csv")
    with pytest.raises(Unusable) as folder:
        read_tickets(tmp_path)

    assert (missing.value.why, folder.value.why) == (Why.NO_FILE, Why.NOT_READABLE)


def test_a_zone_that_does_not_exist_is_refused_before_reading(tmp_path: Path) -> None:
    with pytest.raises(Unusable) as caught:
        read(tmp_path, PLAIN, Reading(zone="Europe/Atlantis"))

    assert (caught.value.why, caught.value.wanted) == (Why.UNKNOWN_ZONE, ("Europe/Atlantis",))


def rewritten(book: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """The same workbook with another first sheet."""
    content = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as before, zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            part = before.read(name)
            after.writestr(name, change(part) if name == "xl/worksheets/sheet1.xml" else part)
    return content.getvalue()


def unplaced(part: bytes) -> bytes:
    return re.sub(rb'<c r="[A-Z]+[0-9]+"', b"<c", part)


@pytest.mark.parametrize(
    "change",
    [
        lambda part: part.replace(b'<c r="D2"', b'<c r="XFD1048576"'),
        lambda part: part.replace(b'<c r="D2"', b'<c s="a>b" r="XFD1048576"'),
        lambda part: part.replace(b'<c r="D2"', b"<c\nr = 'XFD1048576'"),
        lambda part: part.replace(b'<c r="D2"', b'<c r="D2" r="XFD1048576"'),
        lambda part: part.replace(b'<c r="D2"', b'<!-- <c " --><c s="<" r="XFD1048576"'),
        lambda part: part.replace(b'<c r="D2"', b'<c s="' + b"x" * 1_100_000 + b'<" r="XFD1048576"'),
        lambda part: part.replace(b'<c r="D2"', b'<x:c r="XFD1048576"'),
        lambda part: unplaced(part).replace(b'<row r="2"', b'<row r="99999999"'),
    ],
)
def test_two_cells_far_apart_do_not_make_room_for_all_between_them(change: Callable[[bytes], bytes]) -> None:
    book = rewritten(workbook((HEADER, *map(typed, ROWS))), change)

    with pytest.raises(Unusable) as caught:
        Workbook(book)

    assert caught.value.why is Why.TOO_MANY_CELLS


def test_cells_that_do_not_say_their_place_are_read_where_they_stand(tmp_path: Path) -> None:
    rows = (HEADER, typed(ROWS[0]))

    found = read(tmp_path, rewritten(workbook(rows), unplaced))

    assert short(by_ref(found)["T-1"])[0] == ("2025-01-31 09:00", "opened")


def test_a_workbook_that_unpacks_to_too_much_is_refused_whatever_it_claims() -> None:
    book = rewritten(workbook((HEADER, *map(typed, ROWS))), lambda part: part + b" " * 5_000_000)
    place = book.rindex(b"PK\x01\x02", 0, book.rindex(b"xl/worksheets/sheet1.xml"))
    lying = book[: place + 24] + struct.pack("<I", 100) + book[place + 28 :]

    with pytest.raises(Unusable) as honest:
        Workbook(book, limit=1_000_000)
    with pytest.raises(Unusable) as liar:
        Workbook(lying, limit=1_000_000)

    assert (honest.value.why, honest.value.limit) == (Why.UNPACKS_TOO_LARGE, 1_000_000)
    assert liar.value.why is Why.UNPACKS_TOO_LARGE


def test_parquet_whose_pages_unpack_to_too_much_is_refused_before_they_are() -> None:
    frame = pl.DataFrame({"id": ["x" * 100_000 + str(number) for number in range(50)]})
    content = io.BytesIO()
    frame.write_parquet(content, compression="zstd", use_pyarrow=False)

    with pytest.raises(Unusable) as caught:
        Parquet(content.getvalue(), limit=1_000_000).load({Field.TICKET: 0}, lambda share: None)

    assert len(content.getvalue()) < 1_000_000
    assert caught.value.why is Why.UNPACKS_TOO_LARGE


def test_damaged_parquet_is_refused_and_never_crashes() -> None:
    whole = parquet(pl.DataFrame({"id": ["a", "b"], "opened": ["2025-01-31 09:00"] * 2}))

    refused = 0
    for place in range(4, len(whole) - 4):
        damaged = whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :]
        try:
            Parquet(damaged).load({Field.TICKET: 0}, lambda share: None)
        except Unusable:
            refused += 1

    assert refused > 0


TABLES = (
    "ticket,opened,first response,resolved,priority,status\n1,2025-01-31 09:00,,2025-01-31 10:00,High,Closed\n",
    "ticket,updated,state,opened,sequence\n1,2025-01-31 09:00,New,,1\n1,2025-01-31 10:00,On hold,2025-01-31 08:00,2\n",
    "ticket,at,event,owner\n1,2025-01-31 09:00,opened,\n1,2025-01-31 10:00,waiting,customer\n",
    '{"id": 1, "created_at": "2025-01-31T09:00:00Z"}\n',
)
PIECES = (
    ",",
    '"',
    "\n",
    "\r",
    "\x00",
    "9" * 30,
    "1e308",
    "inf",
    "-1",
    "{",
    "null",
    "'=",
    ";",
    "13/13/2025 10:00",
    "0001-01-01 00:00",
    "é",
    "",
)


@SOME
@given(
    st.sampled_from(TABLES),
    st.lists(st.tuples(st.integers(0, 200), st.integers(0, 12), st.sampled_from(PIECES)), max_size=6),
    st.sampled_from([None, *Shape]),
)
def test_whatever_is_in_a_file_it_is_read_asked_about_or_refused(
    tmp_path: Path, table: str, changes: list[tuple[int, int, str]], shape: Shape | None
) -> None:
    for place, gone, piece in changes:
        table = table[:place] + piece + table[place + gone :]

    try:
        found = read(tmp_path, table, Reading(zone="UTC", mapping=ImportMap(shape=shape)))
    except (Unusable, NeedsAnswer):
        return

    assert sum(1 for _ in found.tickets()) == found.count > 0


def test_cells_of_our_own_exports_come_back_without_the_mark_against_formulas(tmp_path: Path) -> None:
    rows = "ticket,opened,client,title\n'=1+1,2025-01-31 09:00,'@acme,'plain\n"

    found = read(tmp_path, rows)

    ticket = by_ref(found)["=1+1"]
    assert (ticket.client, ticket.title) == ("@acme", "'plain")


def test_progress_is_told_in_steps_that_never_fall_and_end_at_the_whole(tmp_path: Path) -> None:
    steps: list[tuple[int, int]] = []

    read_tickets(written(tmp_path, PLAIN), IN_UTC, progress=lambda done, total: steps.append((done, total)))

    assert steps == sorted(steps)
    assert (steps[0][0], steps[-1]) == (0, (100, 100))
    assert len(steps) > 4
