"""What the reader was told, and what it asks instead of guessing."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final, Literal, cast, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from goodstanding.adapters.files.tickets.fields import Field, Shape
from goodstanding.adapters.files.tickets.words import Meaning

DateOrder = Literal["dmy", "mdy", "ymd"]
"""How a date written in numbers is to be read; ISO dates never ask."""
NumberUnit = Literal["seconds", "milliseconds", "excel"]
"""What a bare number is as an instant: since 1970 in UTC, or days of a spreadsheet in local time."""

DATE_ORDERS: Final[tuple[DateOrder, ...]] = get_args(DateOrder)
NUMBER_UNITS: Final[tuple[NumberUnit, ...]] = get_args(NumberUnit)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportMap:
    """What a person said about columns and words of a file; it beats everything recognised.

    `columns` gives the header of a field, None where the file does not have it. `states`, `events` and `priorities` are
    keyed by the words of the file in any case; a priority is P1 to P4, S1 to S4, or empty for none. `path` and `lines`
    say where each was written, for messages.
    """

    columns: Mapping[Field, str | None] = field(default_factory=dict)
    states: Mapping[str, Meaning] = field(default_factory=dict)
    events: Mapping[str, Meaning] = field(default_factory=dict)
    priorities: Mapping[str, str] = field(default_factory=dict)
    dates: DateOrder | None = None
    numbers: NumberUnit | None = None
    zone: str | None = None
    shape: Shape | None = None
    sheet: str | None = None
    path: str = ""
    lines: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the user said about a file, by option or in answer to a question; an option beats the map.

    `source` is the name under which events are known everywhere; empty, it is the recognised product or `file`.
    """

    zone: str | None = None
    date_order: DateOrder | None = None
    numbers: NumberUnit | None = None
    sheet: str | None = None
    mapping: ImportMap = field(default_factory=ImportMap)
    source: str = ""

    @property
    def local_zone(self) -> str | None:
        """The zone of times written without one."""
        return self.zone or self.mapping.zone

    @property
    def dates(self) -> DateOrder | None:
        """The order of dates written in numbers."""
        return self.date_order or self.mapping.dates

    @property
    def unit(self) -> NumberUnit | None:
        """What bare numbers are as instants."""
        return self.numbers or self.mapping.numbers


class Asked(StrEnum):
    """What is asked about."""

    DATE_ORDER = "date_order"
    ZONE = "zone"
    NUMBERS = "numbers"
    COLUMN = "column"
    """Which of several columns a field is."""
    PRIORITIES = "priorities"
    """Whether the lowest or the highest number is the most urgent."""


OPTIONS: Final[Mapping[Asked, str]] = {
    Asked.DATE_ORDER: "--dates",
    Asked.ZONE: "--zone",
    Asked.NUMBERS: "--map",
    Asked.COLUMN: "--map",
    Asked.PRIORITIES: "--map",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """A possible answer and what it would make of the question's samples, one for one; empty where it could not be."""

    value: str
    readings: tuple[str, ...] = ()
    priorities: Mapping[str, str] = field(default_factory=dict)
    """Of a question about priorities, what the answer means for every word."""


@dataclass(frozen=True, slots=True)
class Question:
    """Something the file leaves open: about which column, with values from it, and the answers there are.

    A question about the zone has no choices: any IANA name answers it; `local` then holds the samples as seconds of the
    local clock since 1970, for `as_read`.
    """

    asked: Asked
    column: str
    samples: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    field: Field | None = None
    local: tuple[int, ...] = ()

    @property
    def option(self) -> str:
        """The option of the command line that answers it for good."""
        return OPTIONS[self.asked]


class NeedsAnswer(Exception):
    """The file can be read in several ways; `question` says what to ask, `answered` takes the answer."""

    def __init__(self, question: Question) -> None:
        self.question = question
        super().__init__(f"{question.asked} of {question.column!r}: answer with {question.option}")


def answered(reading: Reading, question: Question, value: str) -> Reading:
    """Return the reading with the question answered; raises `ValueError` for an answer that is none."""
    if question.asked is Asked.ZONE:
        return replace(reading, zone=valid_zone(value))
    choice = next((choice for choice in question.choices if choice.value == value), None)
    if choice is None:
        raise ValueError(f"{value!r} is none of {', '.join(choice.value for choice in question.choices)}")
    known = reading.mapping
    match question.asked:
        case Asked.DATE_ORDER:
            return replace(reading, date_order=cast(DateOrder, value))
        case Asked.NUMBERS:
            return replace(reading, numbers=cast(NumberUnit, value))
        case Asked.PRIORITIES:
            return replace(reading, mapping=replace(known, priorities={**choice.priorities, **known.priorities}))
        case _:
            columns = {question.field: value} if question.field is not None else {}
            return replace(reading, mapping=replace(known, columns={**known.columns, **columns}))


def valid_zone(name: str) -> str:
    """Return the name of a zone that exists; raises `ValueError` for any other."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"{name!r} is no time zone; write one like Europe/Rome") from error
    return name
