"""Cells as text and as codes: cleaned the same way whatever file they come from."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from goodstanding.adapters.files.tickets.fields import Field
from goodstanding.adapters.files.tickets.words import EMPTY

_GUARD: Final = r"^'([=+\-@\t\r\x00])"
"""The apostrophe that exports put before a cell that a spreadsheet would take for a formula (metrics.md G.2, 16)."""
_UNKNOWN: Final = -1


@dataclass(frozen=True, slots=True)
class Coded:
    """A column of few different texts: a code a row, and the text of each code; code 0 is the empty one."""

    codes: NDArray[np.int32]
    names: tuple[str, ...]

    def take(self, rows: NDArray[np.bool_]) -> "Coded":
        """Return the codes of some rows, with the same texts."""
        return Coded(self.codes[rows], self.names)

    def texts(self) -> pl.Series:
        """Return the text of each row."""
        return pl.Series(self.names, dtype=pl.String).gather(self.codes.clip(0))


@dataclass(frozen=True, slots=True)
class WordRead:
    """A word of the file and what it was read as, for a preview.

    `meaning` is a priority, or an event with whom it waits on, such as `waiting:customer`; `confirm` asks for a look.
    """

    field: Field
    word: str
    meaning: str
    count: int
    confirm: bool = False


def text(cells: pl.Series) -> pl.Series:
    """Return cells of any type as text without spaces around it; empty cells and what stands for nothing are null."""
    kind = cells.dtype
    if kind.is_float():
        whole = cells.cast(pl.Int64, strict=False)
        cells = whole.cast(pl.String) if whole.cast(kind).equals(cells) else cells.cast(pl.String)
    elif kind != pl.String:
        cells = cells.cast(pl.String, strict=False)
    cells = cells.str.strip_chars()
    if cells.str.starts_with("'").any():
        cells = cells.str.replace(_GUARD, "$1")
    lengths = cells.str.len_bytes()
    nothing = (lengths <= max(map(len, EMPTY))) & cells.str.to_lowercase().is_in(list(EMPTY))
    return cells.set(nothing, None) if nothing.any() else cells


def coded(cells: pl.Series | None, length: int, read: Callable[[str], str | None] = str) -> tuple[Coded, Counter[str]]:
    """Return cells by code, and how often each word occurs.

    `cells` are of `text`; None is a column that is not there. `read` says what a word becomes; words it has nothing for
    get the code -1.
    """
    if cells is None:
        return Coded(np.zeros(length, dtype=np.int32), ("",)), Counter()
    words = cells.drop_nulls().unique().sort()
    raw = cells.cast(pl.Enum(words)).to_physical().cast(pl.Int64).fill_null(len(words)).to_numpy()
    meanings = [read(word) for word in words]
    names = ("", *sorted({meaning for meaning in meanings if meaning}))
    place = {name: code for code, name in enumerate(names)}
    table = np.array(
        [*(_UNKNOWN if meaning is None else place[meaning] for meaning in meanings), 0],
        dtype=np.int32,
    )
    counts = np.bincount(raw, minlength=len(words) + 1)
    return Coded(table[raw], names), Counter({word: int(counts[at]) for at, word in enumerate(words)})
