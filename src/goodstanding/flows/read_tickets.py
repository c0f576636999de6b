"""Read a ticket file with the answers its questions were given."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, cast, get_args

from goodstanding.adapters.files.parts import as_file
from goodstanding.adapters.files.tickets import (
    Asked,
    DateOrder,
    FileError,
    ImportMap,
    NeedsAnswer,
    Question,
    Reading,
    TicketFile,
    answered,
    as_read,
    read_map,
    read_tickets,
)

_QUESTIONS_AT_MOST: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is known about a file beside the file: options, the text of a map, and answers by the name of the question."""

    zone: str = ""
    dates: str = ""
    sheet: str = ""
    map_text: str = ""
    map_name: str = "map"
    answers: Mapping[str, str] = field(default_factory=dict)


def name_of(question: Question) -> str:
    """Return the name under which a question's answer is kept."""
    return f"{question.asked}:{question.column}"


def read(path: Path, told: Told, *, progress: Callable[[int, int], None] | None = None) -> TicketFile:
    """Read the file; raises `NeedsAnswer` for the first question without an answer, and as the adapter does.

    An answer that is none raises `ValueError`, a map that cannot be read `FileError`.
    """
    reading = _reading(told)
    for _ in range(_QUESTIONS_AT_MOST):
        try:
            return read_tickets(path, reading, **({"progress": progress} if progress else {}))
        except NeedsAnswer as asking:
            answer = told.answers.get(name_of(asking.question))
            if answer is None:
                raise
            reading = answered(reading, asking.question, answer)
    raise ValueError(f"the file asks more than {_QUESTIONS_AT_MOST} questions")


def local_zone(told: Told) -> str:
    """Return the zone in which times without one are read, by option, map or answer; empty while nobody has said it."""
    answers = (answer for name, answer in told.answers.items() if name.startswith(f"{Asked.ZONE}:"))
    return _reading(told).local_zone or next(answers, "")


def _reading(told: Told) -> Reading:
    return Reading(
        zone=told.zone or None,
        date_order=cast(DateOrder, told.dates) if told.dates in get_args(DateOrder) else None,
        sheet=told.sheet or None,
        mapping=_map(told),
    )


def _map(told: Told) -> ImportMap:
    """Read the map's text under the name its problems should have, wherever it is kept meanwhile."""
    if not told.map_text.strip():
        return ImportMap()
    with as_file([told.map_text.encode("utf-8", "surrogatepass")]) as path:
        try:
            found = read_map(path)
        except FileError as error:
            raise FileError(*(replace(problem, path=told.map_name) for problem in error.problems)) from error
    return replace(found, path=told.map_name)


def as_read_in(question: Question, zone: str) -> tuple[str, ...]:
    """Return what a zone would make of the samples of a question about it: instants in UTC, empty where none is.

    Raises `ValueError` for a zone that does not exist.
    """
    return as_read(question, zone).readings
