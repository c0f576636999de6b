"""Workbooks (.xlsx): one sheet as text, after its real size has been counted."""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from typing import Final

import fastexcel
import numpy as np
import polars as pl

from goodstanding.adapters.files.tickets.fields import INSTANTS, Field
from goodstanding.adapters.files.tickets.limits import MAX_CELLS, MAX_UNPACKED_BYTES, MIB
from goodstanding.adapters.files.tickets.table import Table, Tell, check_columns, check_rows
from goodstanding.adapters.files.tickets.trouble import Unusable, Why

_PIECE: Final = 1 << 20
_CELL_TAGS: Final = tuple(opening + closing for opening in (b"<c", b":c") for closing in (b" ", b">", b"/"))
_TO_SPACES: Final = bytes.maketrans(b"\t\r\n", b"   ")
_USUAL_CELL = re.compile(rb'<c r="([A-Z]{1,7})([0-9]{1,10})"(?: s="[0-9]*+")?(?: t="[a-zA-Z]*+")?/?>')
"""A cell as nearly every program writes it. What is written otherwise is looked at as a whole and more slowly."""
_NO_TAGS = re.compile(rb"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)|<\?.*?(?:\?>|\Z)", re.DOTALL)
_ROW_OR_CELL = re.compile(rb"""<(?:[\w.\-]+:)?(row|c)(?=[\s/>])((?:[^<>"']++|"[^"]*+"|'[^']*+')*+)>""")
_PLACE = re.compile(rb"""\sr\s*+=\s*+["']([A-Za-z]{0,7})([0-9]{1,10})["']""")
_FROM_1904 = re.compile(rb"""<(?:[\w.\-]+:)?workbookPr\s[^<>]*?\bdate1904\s*=\s*["'](?:1|true|on)["']""")
_DAYS_TO_1904: Final = 1_462
_SERIALS_BELOW: Final = 100_000
"""Larger numbers are no days of a spreadsheet, which reach this one in the year 2173."""
_UNUSUAL_BYTES: Final = 128 * MIB
"""Of a part whose cells are written otherwise than usual."""
_LOCAL_HEADER: Final = 30
_HEADER_LOOKED_FOR: Final = 20
"""Rows among which the header is looked for; titles of reports stand above it."""


class Workbook:
    """A sheet of a workbook, every cell as text: dates as `2025-01-31 14:33:00`, numbers plainly.

    The header is the first row with at least two filled cells. `sheet` names the sheet; when None it is the first one with
    a row below such a header, since reports begin with a cover. In a workbook that counts its days from 1904, bare numbers
    among the instants are told as everywhere else, from 1900; cells formatted as dates the reader places by itself.
    """

    def __init__(
        self, raw: bytes, sheet: str | None = None, *, limit: int = MAX_UNPACKED_BYTES, cells: int = MAX_CELLS
    ) -> None:
        _weigh(raw, limit, cells)
        self._from_1904 = _FROM_1904.search(_beginning(raw, "xl/workbook.xml")) is not None
        try:
            reader = fastexcel.read_excel(raw)
            if sheet is not None and sheet not in reader.sheet_names:
                raise Unusable(Why.NO_SUCH_SHEET, wanted=(sheet,), found=tuple(reader.sheet_names))
            several = reader.sheet_names if sheet is None else [sheet]
            frame = _as_text(reader, several[0])
            if not _is_table(frame):
                frame = next(filter(_is_table, (_as_text(reader, name) for name in several[1:])), frame)
        except (fastexcel.FastExcelError, pl.exceptions.PolarsError) as error:
            raise Unusable(Why.NOT_A_TABLE) from error
        if not frame.width:
            raise Unusable(Why.EMPTY)
        check_rows(frame.height)
        filled = _filled(frame)
        if not any(filled):
            raise Unusable(Why.EMPTY)
        header = _header(filled)
        self._header = filled.index(max(filled)) if header is None else header
        self._frame = frame
        self.names = check_columns(tuple((name or "").strip() for name in frame.row(self._header)))

    def load(self, wanted: Mapping[Field, int], tell: Tell) -> Table:
        """Read the wanted columns below the header; rows without any cell are no rows."""
        below = self._frame.slice(self._header + 1)
        filled = below.select(pl.any_horizontal(pl.all().is_not_null())).to_series().to_numpy()
        columns = {field: below.to_series(place) for field, place in wanted.items()}
        if self._from_1904:
            columns |= {field: _since_1900(cells) for field, cells in columns.items() if field in INSTANTS}
        chosen = below.select(cells.alias(field.value) for field, cells in columns.items())
        tell(1.0)
        return Table(chosen.filter(filled), (np.flatnonzero(filled) + self._header + 2).astype(np.int32))


def _since_1900(cells: pl.Series) -> pl.Series:
    """Return cells with the day numbers among them counted from 1900 instead of 1904."""
    numbers = cells.cast(pl.Float64, strict=False)
    days = ((numbers >= 0) & (numbers < _SERIALS_BELOW)).fill_null(value=False)
    return (numbers + _DAYS_TO_1904).cast(pl.String).zip_with(days, cells) if days.any() else cells


def _beginning(raw: bytes, name: str) -> bytes:
    """Return the first mebibyte of a part of the archive; `_weigh` has found the part to be there."""
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        return next(_unpacked(raw, archive.getinfo(name)), b"")


def _as_text(reader: fastexcel.ExcelReader, sheet: str) -> pl.DataFrame:
    # Every cell as text: types guessed from the first rows would empty the cells that do not have them.
    return reader.load_sheet(sheet, header_row=None, skip_rows=0, dtypes="string").to_polars()


def _filled(frame: pl.DataFrame) -> list[int]:
    """Return how many cells are filled in each of the first rows."""
    return frame.head(_HEADER_LOOKED_FOR).select(pl.sum_horizontal(pl.all().is_not_null())).to_series().to_list()


def _header(filled: list[int]) -> int | None:
    return next((row for row, count in enumerate(filled) if count > 1), None)


def _is_table(frame: pl.DataFrame) -> bool:
    header = _header(_filled(frame)) if frame.width else None
    return header is not None and frame.height > header + 1


def _weigh(raw: bytes, limit: int, cells: int) -> None:
    """Refuse a workbook that unpacks to more than it may, by unpacking it in pieces and keeping none.

    What the archive says of its own sizes is not believed. Every part is searched for its furthest cell, whatever it is
    called: the reader makes room for the whole rectangle, so that a sheet of two cells far apart would exhaust the
    machine.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, struct.error, ValueError) as error:
        raise Unusable(Why.NOT_A_TABLE) from error
    names = {entry.filename for entry in entries}
    if "xl/workbook.xml" not in names:
        raise Unusable(Why.OLD_WORKBOOK if "xl/workbook.bin" in names or "content.xml" in names else Why.NOT_A_TABLE)
    total = 0
    for entry in entries:
        extent = _Extent()
        for piece in _unpacked(raw, entry):
            total += len(piece)
            if total > limit:
                raise Unusable(Why.UNPACKS_TOO_LARGE, limit=limit)
            extent.take(piece)
        if extent.unusual:
            if extent.size > _UNUSUAL_BYTES:
                raise Unusable(Why.UNPACKS_TOO_LARGE, limit=_UNUSUAL_BYTES, size=extent.size)
            extent.follow(b"".join(_unpacked(raw, entry)))
        if extent.cells > cells:
            raise Unusable(Why.TOO_MANY_CELLS, limit=cells, size=extent.cells)


class _Extent:
    """How far the cells of a sheet reach, found in its XML."""

    def __init__(self) -> None:
        self.size = 0
        self.rows = 0
        self.columns = 0
        self.unusual = False
        self.rest = b""

    @property
    def cells(self) -> int:
        return self.rows * self.columns

    def take(self, piece: bytes) -> None:
        """Look at the next piece; every cell in it must be a usual one for the extent to be known."""
        self.size += len(piece)
        if self.unusual:
            return
        text = self.rest + piece
        # A tag may go on in the next piece. What begins none for a whole piece is no sheet.
        whole = text.rfind(b"<")
        whole = whole if whole > 0 else len(text)
        text, self.rest = text[:whole], text[whole:]
        places = _USUAL_CELL.findall(text)
        spaced = text.translate(_TO_SPACES)
        self.unusual = len(places) < sum(map(spaced.count, _CELL_TAGS)) or len(self.rest) > _PIECE
        if places:
            columns, rows = zip(*places, strict=True)
            self.reach(max(map(int, set(rows))), max(map(_column_number, set(columns))))

    def follow(self, text: bytes) -> None:
        """Go through rows and cells one by one; a cell without a place stands next to the one before."""
        row = column = 0
        for tag, attributes in _ROW_OR_CELL.findall(_NO_TAGS.sub(b"", text)):
            # Of a place told twice the reader takes the last.
            place = _PLACE.findall(attributes)[-1:]
            if tag == b"row":
                row, column = (int(place[0][1]) if place else row + 1), 0
            elif place:
                row, column = int(place[0][1]), _column_number(place[0][0])
            else:
                column += 1
            self.reach(row, column)

    def reach(self, row: int, column: int) -> None:
        self.rows, self.columns = max(self.rows, row), max(self.columns, column)


def _unpacked(raw: bytes, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield the content of an entry in pieces of at most a mebibyte, whatever size the archive claims."""
    start = entry.header_offset + _LOCAL_HEADER
    if not _LOCAL_HEADER <= start <= len(raw):
        raise Unusable(Why.NOT_A_TABLE)
    name_length, extra_length = struct.unpack("<HH", raw[start - 4 : start])
    packed = memoryview(raw)[start + name_length + extra_length :][: entry.compress_size]
    if entry.compress_type == zipfile.ZIP_STORED:
        for at in range(0, len(packed), _PIECE):
            yield bytes(packed[at : at + _PIECE])
        return
    if entry.compress_type != zipfile.ZIP_DEFLATED:
        raise Unusable(Why.NOT_A_TABLE)
    unpack = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for at in range(0, len(packed), _PIECE):
            rest: bytes | memoryview = packed[at : at + _PIECE]
            while rest:
                yield unpack.decompress(rest, _PIECE)
                rest = unpack.unconsumed_tail
    except zlib.error as error:
        raise Unusable(Why.NOT_A_TABLE) from error


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number
