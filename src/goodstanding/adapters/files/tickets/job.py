"""The reading of one file: what was opened and recognised, and what was told about it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from goodstanding.adapters.files.tickets.asking import Reading
from goodstanding.adapters.files.tickets.cells import Coded, WordRead, coded, text
from goodstanding.adapters.files.tickets.faults import Faults
from goodstanding.adapters.files.tickets.fields import INSTANTS, Field
from goodstanding.adapters.files.tickets.instants import MISSING, read_instants
from goodstanding.adapters.files.tickets.ranks import priority_reader
from goodstanding.adapters.files.tickets.table import Table
from goodstanding.adapters.files.tickets.trouble import Fault, Note, NoteCode
from goodstanding.adapters.files.tickets.words import Meaning, plain, state_of

SKEW_SECONDS: Final = 300
"""How far before the opening a reply or a resolution may lie, as clocks of several machines disagree or minutes are cut.
Up to there it is read as the opening; beyond, something else is wrong and the row is bad."""

Seconds = NDArray[np.int64]


@dataclass
class Job:
    """One file being read into tickets: its rows by field, what is wrong with them, and what is to be said."""

    table: Table
    headers: Mapping[Field, str]
    product: str
    reading: Reading
    tell: Callable[[float], None]
    notes: list[Note] = field(default_factory=list)
    words: list[WordRead] = field(default_factory=list)
    faults: Faults = field(init=False)

    def __post_init__(self) -> None:
        self.faults = Faults(self.table, self.headers)

    @property
    def rows(self) -> int:
        """Rows that became rows."""
        return self.table.frame.height

    @property
    def source(self) -> str:
        """Under which name the events of the file are known."""
        return self.reading.source or self.product or "file"

    def raw(self, field: Field) -> pl.Series | None:
        """Return a column as the file has it, or None when it has none."""
        return self.table.frame[field.value] if field in self.headers else None

    def text(self, field: Field) -> pl.Series | None:
        """Return a column as clean text, or None."""
        raw = self.raw(field)
        return None if raw is None else text(raw)

    def texts(self, field: Field) -> pl.Series:
        """Return a column as clean text, all empty when the file has none."""
        found = self.text(field)
        return pl.repeat(None, self.rows, dtype=pl.String, eager=True) if found is None else found

    def coded(self, field: Field) -> Coded:
        """Return a column by codes of its words."""
        return coded(self.text(field), self.rows)[0]

    def instants(self, fields: tuple[Field, ...] = INSTANTS) -> Mapping[Field, Seconds]:
        """Read the columns of instants that there are; rows with one that cannot be read are set aside."""
        cells = {field: self.table.frame[field.value] for field in fields if field in self.headers}
        cleaned = {field: text(series) if series.dtype == pl.String else series for field, series in cells.items()}
        found, notes = read_instants(cleaned, self.headers, self.reading)
        self.notes += notes
        self.faults.mark_instants(found)
        return {field: instants.seconds for field, instants in found.items()}

    def numbers(self, field: Field) -> NDArray[np.float64]:
        """Read a column of plain numbers that are not negative; NaN where empty or unreadable."""
        cells = self.texts(field)
        found = cells.cast(pl.Float64, strict=False).fill_null(np.nan).to_numpy()
        told = cells.is_not_null().to_numpy()
        wrong = told & ~((found >= 0) & (found < 1e12))
        self.faults.mark(wrong, Fault.UNREADABLE_NUMBER, field)
        return np.where(wrong, np.nan, found)

    def priorities(self) -> Coded:
        """Read the priorities; rows with one that nobody explained are set aside."""
        cells = self.text(Field.PRIORITY)
        read = priority_reader(cells, self.headers.get(Field.PRIORITY, ""), self.product, self.reading.mapping)
        found, counts = coded(cells, self.rows, read)
        self.faults.mark(found.codes < 0, Fault.UNKNOWN_PRIORITY, Field.PRIORITY)
        self.words += [WordRead(Field.PRIORITY, word, read(word) or "", count) for word, count in counts.items()]
        return found

    def state(self, word: str, reason: str = "") -> Meaning | None:
        """Return what a word for a state stands for, by the map before anything known."""
        return self.reading.mapping.states.get(plain(word)) or state_of(word, self.product, reason)

    def say_word(self, field: Field, word: str, meaning: Meaning | None, count: int, *, aloud: bool) -> None:
        """Keep a word and its meaning for the preview, with a note where somebody should confirm it."""
        name = "" if meaning is None else f"{meaning.event}:{meaning.owner}" if meaning.owner else str(meaning.event)
        confirm = meaning is not None and meaning.confirm and aloud
        self.words.append(WordRead(field, word, name, count, confirm))
        if confirm:
            self.notes.append(Note(NoteCode.CONFIRM_WORD, count, self.headers.get(field, ""), (word, name)))

    def say(self, code: NoteCode, count: int, field: Field | None = None, values: tuple[str, ...] = ()) -> None:
        """Note something that happened `count` times, if it did."""
        if count:
            self.notes.append(Note(code, count, self.headers.get(field, "") if field else "", values))

    def not_before(self, opened: Seconds, at: Seconds, field: Field) -> tuple[Seconds, NDArray[np.bool_]]:
        """Return instants none of which lies before the opening, and which were moved to it; rows too far off are bad."""
        early = (at != MISSING) & (opened != MISSING) & (at < opened)
        if not early.any():
            return at, early
        self.faults.mark(early & (opened - at > SKEW_SECONDS), Fault.BEFORE_OPENING, field)
        return np.where(early, opened, at), early & (opened - at <= SKEW_SECONDS)
