"""What the reports of a measurement are given: the measurement, and how the file it comes from was read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from goodstanding.core.clocks.calendar import Calendar
from goodstanding.core.figures.comparison import Comparison
from goodstanding.core.figures.measurement import Measurement


@dataclass(frozen=True, slots=True)
class WordRead:
    """A word of the file, how often it occurs, and what it was read as; `confirm` asks for a look."""

    field: str
    word: str
    meaning: str
    count: int
    confirm: bool


@dataclass(frozen=True, slots=True)
class Noticed:
    """Something worth saying about the reading, as a code with its numbers and in words."""

    code: str
    count: int
    column: str
    values: tuple[str, ...]
    said: str


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that was set aside; `said` is the whole reason in words."""

    line: int
    column: str
    value: str
    reason: str
    said: str


@dataclass(frozen=True, slots=True)
class TierUsed:
    """A tier that tickets were held to."""

    key: str
    name: str
    family: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredFile:
    """Everything a report of a measured file can say."""

    source: str
    """The file's name."""
    product: str
    shape: str
    rows: int
    columns: tuple[tuple[str, str], ...]
    """Fields, each with the header it was read from."""
    words: tuple[WordRead, ...]
    notes: tuple[Noticed, ...]
    bad: tuple[BadRow, ...]
    left_out: tuple[str, ...]
    """Tickets left out whole because a row of their history is bad."""
    newest: datetime
    as_of_newest: bool
    """Whether nobody said an instant, so that the newest of the file is it."""
    opened_later: int
    hours: str
    """The name of the service hours."""
    calendar: Calendar
    tiers: tuple[TierUsed, ...]
    by_rank: Mapping[str, Mapping[str, str]]
    """Priorities of another family that were read by rank, by tier (requirements TIER-3)."""
    measurement: Measurement
    what_if: Comparison | None = None
    what_if_tier: TierUsed | None = None
