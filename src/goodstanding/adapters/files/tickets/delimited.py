"""Delimited text: comma, semicolon, tab or bar, in whatever encoding spreadsheets save it."""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from goodstanding.adapters.files.tickets.fields import Field
from goodstanding.adapters.files.tickets.records import Records, records_of
from goodstanding.adapters.files.tickets.table import Table, Tell, check_columns, check_rows, cut
from goodstanding.adapters.files.tickets.trouble import BadRow, Fault, Note, NoteCode, Unusable, Why

SEPARATORS: Final = ",;\t|"
_SAMPLE: Final = 1 << 20
_LOOKED_AT: Final = 50
_CHUNK: Final = 50_000


class Delimited:
    """Delimited text whose encoding, separator and header are known."""

    def __init__(self, raw: bytes) -> None:
        self._data, self._notes = _as_utf8(raw)
        sample = self._data[:_SAMPLE].decode(errors="ignore")
        declared = sample[:6].casefold()
        # A first line `sep=;` tells spreadsheets the separator.
        self._skip = 1 if declared.startswith("sep=") and sample[5:6] in ("\r", "\n") else 0
        self._separator = sample[4] if self._skip and sample[4] in SEPARATORS else _separator(sample)
        try:
            header = next((row for row in islice(self._rows(sample), self._skip, None) if row), [])
        except csv.Error as error:
            raise Unusable(Why.NOT_A_TABLE) from error
        self.names = check_columns(tuple(name.strip() for name in header))

    def _rows(self, text: str) -> Iterator[list[str]]:
        return csv.reader(io.StringIO(text, newline=""), delimiter=self._separator)

    def load(self, wanted: Mapping[Field, int], tell: Tell) -> Table:
        """Read the wanted columns of all records that have as many fields as the header."""
        records = records_of(self._data, self._separator)
        tell(0.3)
        at = self._skip
        while at < len(records.fields) and not records.fields[at]:
            at += 1
        check_rows(len(records.fields) - at - 1)
        data, self._data = self._data, b""
        found = _parsed(data, records, at + 1, self._separator, len(self.names), wanted) if records.clean else None
        if found is None:
            stray = Note(NoteCode.STRAY_QUOTES)
            found = _by_rows(data, self._separator, self._skip, len(self.names), wanted)
            return replace(found, notes=(*self._notes, stray))
        return replace(found, notes=self._notes)


def _as_utf8(raw: bytes) -> tuple[bytes, tuple[Note, ...]]:
    """Return the text in UTF-8 without its mark, and what was noticed; raises `Unusable` for what is no text."""
    notes: tuple[Note, ...] = ()
    start = raw[:4096]
    if raw.startswith(b"\xef\xbb\xbf"):
        raw = raw[3:]
    elif raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raw = _decoded(raw, "utf-16").encode()
    elif start[1::2].count(0) > len(start) // 4:
        raw = _decoded(raw, "utf-16-le").encode()
    elif start[0::2].count(0) > len(start) // 4:
        raw = _decoded(raw, "utf-16-be").encode()
    elif sum(byte < 32 and byte not in b"\t\n\r\f" for byte in start) > len(start) // 10:
        raise Unusable(Why.NOT_A_TABLE)
    if not raw.isascii():
        try:
            raw.decode()
        except UnicodeDecodeError:
            raw = raw.decode("cp1252", errors="replace").encode()
            notes = (Note(NoteCode.NOT_UTF8),)
    if b"\n" not in raw[:_SAMPLE] and b"\r" in raw[:_SAMPLE]:
        raw = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if not raw.strip():
        raise Unusable(Why.EMPTY)
    return raw, notes


def _decoded(raw: bytes, encoding: str) -> str:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise Unusable(Why.NOT_A_TABLE) from error


def _separator(sample: str) -> str:
    """Return the separator that cuts most of the first records into as many fields as the header, the more the better."""

    def merit(separator: str) -> tuple[float, int]:
        try:
            rows = list(islice(csv.reader(io.StringIO(sample, newline=""), delimiter=separator), _LOOKED_AT))
        except csv.Error:
            return 0.0, 0
        # The sample may end within a record.
        sizes = [len(row) for row in (rows[:-1] if len(rows) > 2 else rows) if row]
        if not sizes or sizes[0] < 2:
            return 0.0, 0
        return Counter(sizes)[sizes[0]] / len(sizes), sizes[0]

    merits = {separator: merit(separator) for separator in SEPARATORS}
    best = max(SEPARATORS, key=lambda separator: merits[separator])
    return best if merits[best][1] else SEPARATORS[0]


def _parsed(data: bytes, records: Records, first: int, separator: str, width: int, wanted: Mapping[Field, int]) -> Table | None:
    """Parse the records from the `first` on that are as wide as the header; None when the parser sees other records."""
    fields, lines = records.fields[first:], records.lines[first:]
    starts, ends = records.starts[first:], records.ends[first:]
    right = fields == width
    wrong = np.flatnonzero(~right & (fields > 0))
    records_wrong = [data[starts[at] : ends[at]].decode().strip("\r\n") for at in wrong]
    bad = tuple(
        BadRow(int(lines[at]), "", cut(record), Fault.FIELD_COUNT, int(fields[at]))
        for at, record in zip(wrong, records_wrong, strict=True)
    )
    suspects = _suspects(records_wrong, separator)
    kept = int(right.sum())
    if not kept:
        return Table(_empty(wanted), lines[:0], bad, suspects=suspects)
    body = data[starts[0] : ends[-1]] if kept == len(right) else b"".join(_runs(data, starts, ends, right))
    places = sorted(set(wanted.values()))
    try:
        frame = pl.read_csv(body, has_header=False, separator=separator, infer_schema=False, columns=places)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException):
        return None
    if frame.height != kept:
        return None
    named = dict(zip(places, frame.columns, strict=True))
    chosen = frame.select(pl.col(named[place]).alias(field.value) for field, place in wanted.items())
    return Table(chosen, lines[right], bad, suspects=suspects)


def _suspects(records: Iterable[str], separator: str) -> frozenset[str]:
    """Return all that stands in the fields of records that came out wrong."""
    return frozenset(field.strip(' "\r\n') for record in records for field in record.split(separator))


def _runs(data: bytes, starts: NDArray[np.int64], ends: NDArray[np.int64], right: NDArray[np.bool_]) -> Iterator[bytes]:
    """Yield the longest pieces of the text that hold only right records."""
    turns = np.flatnonzero(np.diff(right.astype(np.int8), prepend=0, append=0))
    for first, last in zip(turns[0::2], turns[1::2], strict=True):
        yield data[starts[first] : ends[last - 1]]


def _by_rows(data: bytes, separator: str, skip: int, width: int, wanted: Mapping[Field, int]) -> Table:
    """Read records one by one, where quotation marks stand astray.

    A mark that opens a field and is never closed would swallow all that follows; so of a record that does not come out
    right only the first line is bad, and reading goes on with the next one. Any later mark ends what such a one swallows,
    and the csv module gives up a field after 128 KiB, so little is read twice.
    """
    lines = io.StringIO(data.decode(), newline="").readlines()
    places = list(wanted.values())
    frames: list[pl.DataFrame] = []
    kept: list[list[str]] = []
    at_lines: list[int] = []
    bad: list[BadRow] = []
    wrong: list[str] = []
    at, headed = skip, False
    reader, start = csv.reader(_from(lines, at), delimiter=separator, strict=True), at
    while True:
        row: list[str] | None = None
        try:
            row = next(reader)
        except StopIteration:
            break
        except csv.Error:
            pass
        end = start + reader.line_num
        if row is not None and len(row) == width:
            if headed:
                kept.append([row[place] for place in places])
                at_lines.append(at + 1)
            headed = True
        elif row != []:
            whole = row is not None and end - at == 1
            fault, number = (Fault.FIELD_COUNT, len(row or ())) if whole else (Fault.STRAY_QUOTE, None)
            bad.append(BadRow(at + 1, "", cut(lines[at].strip("\r\n")), fault, number))
            wrong.append(lines[at])
            if not whole:
                end = at + 1
                reader, start = csv.reader(_from(lines, end), delimiter=separator, strict=True), end
        at = end
        if len(kept) >= _CHUNK:
            frames.append(_frame(kept, wanted))
            kept = []
    frames.append(_frame(kept, wanted))
    found = np.array(at_lines, dtype=np.int32)
    return Table(pl.concat(frames), found, tuple(bad), suspects=_suspects(wrong, separator))


def _from(lines: list[str], start: int) -> Iterator[str]:
    return (lines[at] for at in range(start, len(lines)))


def _frame(rows: list[list[str]], wanted: Mapping[Field, int]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={field.value: pl.String for field in wanted}, orient="row") if rows else _empty(wanted)


def _empty(wanted: Mapping[Field, int]) -> pl.DataFrame:
    return pl.DataFrame(schema={field.value: pl.String for field in wanted})
