"""The records of delimited text: the same as the csv module finds, with the line each begins on."""

import csv
import io

from hypothesis import example, given
from hypothesis import strategies as st

from goodstanding.adapters.files.tickets import Field, NoteCode
from goodstanding.adapters.files.tickets.delimited import Delimited
from goodstanding.adapters.files.tickets.records import records_of
from goodstanding.adapters.files.tickets.table import Table
from tests.adapters.files.tickets.exports import SOME

CELLS = st.text(alphabet='ab ,;"\n€', max_size=5)
ROWS = st.lists(st.lists(CELLS, min_size=1, max_size=4), max_size=12)
WANTED = {Field.TICKET: 0, Field.TITLE: 1, Field.CLIENT: 2}


def load(text: str) -> Table:
    return Delimited(text.encode()).load(WANTED, lambda share: None)


def told_by_csv(text: str) -> list[tuple[int, list[str]]]:
    """Every record below the header with its first line, blank lines left out."""
    reader = csv.reader(io.StringIO(text, newline=""))
    found, line = [], 1
    for row in reader:
        if row:
            found.append((line, row))
        line = reader.line_num + 1
    return found[1:]


@SOME
@given(ROWS, st.sampled_from(["\n", "\r\n"]), st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]), st.booleans())
@example([["a", "b\n\n", "c"], ["a"], ["a", "", "c"]], "\n", csv.QUOTE_MINIMAL, True)
def test_rows_and_lines_are_those_of_the_csv_module(rows: list[list[str]], line_break: str, quoting: int, ended: bool) -> None:
    content = io.StringIO(newline="")
    writer = csv.writer(content, lineterminator=line_break, quoting=quoting)  # type: ignore[arg-type]  # one of csv's constants
    writer.writerows([["h1", "h2", "h3"], *rows])
    text = content.getvalue() if ended else content.getvalue().removesuffix(line_break)

    table = load(text)

    expected = told_by_csv(text)
    assert [(line, [cell or "" for cell in row]) for line, row in zip(table.lines, table.frame.rows(), strict=True)] == [
        (line, row) for line, row in expected if len(row) == 3
    ]
    assert [(bad.line, bad.number) for bad in table.bad] == [(line, len(row)) for line, row in expected if len(row) != 3]
    assert table.notes == ()


@SOME
@given(st.text(alphabet='ab,"\n', max_size=60))
def test_text_with_quotes_anywhere_is_read_or_reported_line_by_line(body: str) -> None:
    text = f"h1,h2,h3\n{body}"

    table = load(text)

    lines = [*table.lines.tolist(), *(bad.line for bad in table.bad)]
    assert len(set(lines)) == len(lines)
    assert max(lines, default=0) <= text.count("\n") + 1
    if not any(note.code is NoteCode.STRAY_QUOTES for note in table.notes):
        good = [(line, row) for line, row in told_by_csv(text) if len(row) == 3]
        assert [(line, [cell or "" for cell in row]) for line, row in zip(table.lines, table.frame.rows(), strict=True)] == good


def test_records_are_the_same_wherever_the_blocks_are_cut() -> None:
    record = 'a,"b\n,""c""",d\n'
    text = (record * 400_000).encode()

    found = records_of(text, ",")

    assert found.clean
    assert set(found.fields.tolist()) == {3}
    assert found.lines.tolist() == list(range(1, 800_001, 2))
    assert found.ends.tolist() == list(range(len(record), len(text) + 1, len(record)))
