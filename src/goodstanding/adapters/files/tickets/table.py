"""What every kind of file is read as: columns by field, the line of each row, and the rows that never became one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray

from goodstanding.adapters.files.tickets.fields import Field
from goodstanding.adapters.files.tickets.limits import MAX_COLUMNS, MAX_ROWS
from goodstanding.adapters.files.tickets.trouble import BadRow, Note, Unusable, Why

Tell = Callable[[float], None]
"""Says which share of a step is done, 0 to 1."""

SHOWN: Final = 200
"""Characters of a bad value that are kept."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of a file: one column a field, named by it, as text where the file has no types of its own.

    `lines` is the physical line each row begins on; `bad` are records that could not become rows, and `suspects` all
    that stands in them: if a ticket's name is among it, a row of that ticket is missing.
    """

    frame: pl.DataFrame
    lines: NDArray[np.int32]
    bad: tuple[BadRow, ...] = ()
    notes: tuple[Note, ...] = ()
    suspects: frozenset[str] = frozenset()


class Source(Protocol):
    """An opened file: its headers are known, its rows are read once, for the columns that are wanted."""

    @property
    def names(self) -> tuple[str, ...]:
        """The headers in the order of the file; the same one may come twice."""

    def load(self, wanted: Mapping[Field, int], tell: Tell) -> Table:
        """Read the columns at these places; raises `Unusable`."""


def check_columns(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the headers, if there are any and no more than a table may have (raises `Unusable`)."""
    if len(names) > MAX_COLUMNS:
        raise Unusable(Why.TOO_MANY_COLUMNS, limit=MAX_COLUMNS, size=len(names))
    if not any(names):
        raise Unusable(Why.EMPTY)
    return names


def check_rows(count: int) -> int:
    """Return the number of rows, if it is no more than a table may have (raises `Unusable`)."""
    if count > MAX_ROWS:
        raise Unusable(Why.TOO_MANY_ROWS, limit=MAX_ROWS, size=count)
    return count


def cut(value: str) -> str:
    """Return a value short enough to be shown."""
    return value if len(value) <= SHOWN else value[: SHOWN - 1] + "…"
