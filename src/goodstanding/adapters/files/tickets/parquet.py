"""Parquet: typed columns, read after their pages have been weighed."""

import struct
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import polars as pl

from goodstanding.adapters.files.tickets.fields import Field
from goodstanding.adapters.files.tickets.limits import MAX_ROWS, MAX_UNPACKED_BYTES
from goodstanding.adapters.files.tickets.table import Table, Tell, check_columns, check_rows
from goodstanding.adapters.files.tickets.thrift import ThriftError, read_struct
from goodstanding.adapters.files.tickets.trouble import Unusable, Why

MAGIC: Final = b"PAR1"
_MOST_PAGES: Final = 1_000_000
_MOST_VALUES: Final = 10 * MAX_ROWS
"""Of a column, which may hold a list in a row: a page of a few bytes can claim any number of equal values."""


class Parquet:
    """A Parquet file; columns with anything but single values and lists of text are passed over."""

    def __init__(self, raw: bytes, limit: int = MAX_UNPACKED_BYTES) -> None:
        self._raw = raw
        self._limit = limit
        self._footer = _footer(raw)
        check_rows(_number(self._footer, 3))
        try:
            schema = pl.read_parquet_schema(raw)
        except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
            raise Unusable(Why.NOT_A_TABLE) from error
        self._columns = [name for name, kind in schema.items() if not kind.is_nested() or kind == pl.List(pl.String)]
        self.names = check_columns(tuple(name.strip() for name in self._columns))

    def load(self, wanted: Mapping[Field, int], tell: Tell) -> Table:
        """Read the wanted columns; a row's line is its number, counted from 1."""
        columns = [self._columns[place] for place in wanted.values()]
        raw, self._raw = self._raw, b""
        _weigh(raw, self._footer, set(columns), self._limit)
        try:
            frame = pl.read_parquet(raw, columns=sorted(set(columns)))
        except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
            raise Unusable(Why.NOT_A_TABLE) from error
        tell(0.9)
        chosen = [_plain(frame[name]).alias(field.value) for field, name in zip(wanted, columns, strict=True)]
        return Table(pl.DataFrame(chosen), np.arange(1, frame.height + 1, dtype=np.int32))


def _plain(cells: pl.Series) -> pl.Series:
    kind = cells.dtype
    if isinstance(kind, pl.List):
        return cells.list.join(", ")
    if isinstance(kind, pl.Categorical | pl.Enum):
        return cells.cast(pl.String)
    return cells


def _footer(raw: bytes) -> Mapping[int, Any]:
    """Return the file's own description (`FileMetaData` of the Thrift definitions of Apache Parquet)."""
    if len(raw) < 12 or raw[-4:] != MAGIC:
        raise Unusable(Why.NOT_A_TABLE)
    (length,) = struct.unpack("<I", raw[-8:-4])
    try:
        footer, _ = read_struct(raw, len(raw) - 8 - length)
        _number(footer, 3)
    except ThriftError as error:
        raise Unusable(Why.NOT_A_TABLE) from error
    return footer


def _weigh(raw: bytes, footer: Mapping[int, Any], columns: set[str], limit: int) -> None:
    """Refuse a file whose pages of these columns unpack to more than they may.

    The sizes are those in the header of every page, by which the reader makes room; the footer only says where the pages
    are, and what it says of sizes is not believed.
    """
    total = 0
    try:
        for group in footer.get(4, []):
            for chunk in group[1]:
                column = chunk[3]
                if column[3][0].decode() in columns:
                    total += _weight(raw, column)
                if total > limit:
                    raise Unusable(Why.UNPACKS_TOO_LARGE, limit=limit)
    except (ThriftError, KeyError, TypeError, AttributeError, IndexError, UnicodeDecodeError) as error:
        raise Unusable(Why.NOT_A_TABLE) from error


def _weight(raw: bytes, column: Mapping[int, Any]) -> int:
    """Add up the unpacked sizes of a column chunk's pages."""
    data, dictionary = _number(column, 9), column.get(11)
    at = min(data, dictionary) if isinstance(dictionary, int) and dictionary > 0 else data
    end = at + _number(column, 7)
    total = values = 0
    for _ in range(_MOST_PAGES):
        if at >= end:
            return total
        page, at = read_struct(raw, at)
        packed, unpacked = _number(page, 3), _number(page, 2)
        values += _number(page.get(5) or page.get(8) or {1: 0}, 1)
        if packed < 0 or unpacked < 0 or values > _MOST_VALUES:
            raise ThriftError
        total += unpacked
        at += packed
    raise ThriftError


def _number(fields: Mapping[int, Any], key: int) -> int:
    value = fields.get(key)
    if not isinstance(value, int):
        raise ThriftError
    return value
