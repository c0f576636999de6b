"""Reading a ticket export: from a file to tickets, whatever kind of file and whatever shape."""

from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import polars as pl

from goodstanding.adapters.files.tickets.asking import Reading, valid_zone
from goodstanding.adapters.files.tickets.delimited import Delimited
from goodstanding.adapters.files.tickets.events import read_events
from goodstanding.adapters.files.tickets.fields import MINUTES, OF_EVENTS, Field, Shape
from goodstanding.adapters.files.tickets.job import Job
from goodstanding.adapters.files.tickets.jsonlines import JsonLines
from goodstanding.adapters.files.tickets.limits import MAX_FILE_BYTES
from goodstanding.adapters.files.tickets.listed import list_tickets
from goodstanding.adapters.files.tickets.parquet import MAGIC, Parquet
from goodstanding.adapters.files.tickets.recognise import Recognised, recognise
from goodstanding.adapters.files.tickets.table import Source, Table
from goodstanding.adapters.files.tickets.ticketfile import TicketFile
from goodstanding.adapters.files.tickets.trouble import Note, NoteCode, Unusable, Why
from goodstanding.adapters.files.tickets.updates import read_updates
from goodstanding.adapters.files.tickets.words import plain
from goodstanding.adapters.files.tickets.workbook import Workbook

Progress = Callable[[int, int], None]
"""Told how much of how much is done; what is done never falls."""

REPEATED: Final = 0.2
"""From this share of rows that tell of a ticket again, a table with states and update times is a log and no list."""
_TOTAL: Final = 100
_OPENED, _LOADED = 10, 50
_READERS: Final = {Shape.TICKETS: list_tickets, Shape.EVENTS: read_events, Shape.UPDATES: read_updates}
_NEEDED: Final = {
    Shape.TICKETS: (Field.TICKET, Field.OPENED),
    Shape.EVENTS: (Field.TICKET, Field.AT, Field.EVENT),
    Shape.UPDATES: (Field.TICKET, Field.UPDATED, Field.STATE),
}
_OF_LISTS: Final = frozenset({Field.RESOLVED, Field.CLOSED, Field.REOPENED, *MINUTES})
_NOT_USED: Final[Mapping[Shape, frozenset[Field]]] = {
    Shape.TICKETS: OF_EVENTS | {Field.SEQUENCE, Field.REASON},
    Shape.EVENTS: _OF_LISTS | {Field.STATE, Field.UPDATED, Field.FIRST_RESPONSE},
    Shape.UPDATES: OF_EVENTS | _OF_LISTS,
}
"""Fields that a shape has no use for: what a log tells by its rows beats what stands beside them."""


def _silent(done: int, total: int) -> None:
    """Tell nobody."""


def read_tickets(path: Path, reading: Reading | None = None, *, progress: Progress = _silent) -> TicketFile:
    """Read a ticket export: delimited text, a workbook (.xlsx), JSON Lines or Parquet, told apart by what is in it.

    The shape (a list of tickets, of events, or an audit log), the product and the columns are recognised; `reading` says
    what the file leaves open. Every row is either read whole or reported bad, and the rest is measured. Raises
    `NeedsAnswer` for what the file leaves open, `Unusable` for a file that cannot be measured, and `FileError` when the
    map of `reading` names a column that is not there.
    """
    told = reading or Reading()
    if told.local_zone is not None:
        try:
            valid_zone(told.local_zone)
        except ValueError as error:
            raise Unusable(Why.UNKNOWN_ZONE, wanted=(told.local_zone,)) from error
    progress(0, _TOTAL)
    source = _open(_bytes(path), told.sheet or told.mapping.sheet)
    found = recognise(source.names, told.mapping)
    found = _without_shadows(found, told.mapping.shape)
    _check_any(found, source.names)
    progress(_OPENED, _TOTAL)

    def loading(share: float) -> None:
        progress(_OPENED + int(share * (_LOADED - _OPENED)), _TOTAL)

    def working(share: float) -> None:
        progress(_LOADED + int(share * (_TOTAL - _LOADED)), _TOTAL)

    table = source.load(found.places, loading)
    table = _without_empty(table)
    shape = told.mapping.shape or _shape(table, found)
    _check(shape, found, source.names)
    progress(_LOADED, _TOTAL)
    headers = {field: source.names[place] for field, place in found.places.items() if field not in _NOT_USED[shape]}
    job = Job(table, headers, found.product, told, working, notes=list(table.notes))
    if found.unused:
        job.notes.append(Note(NoteCode.COLUMNS_NOT_USED, len(found.unused), values=found.unused))
    job.notes += _headers_told_twice(headers, source.names)
    result = _READERS[shape](job)
    progress(_TOTAL, _TOTAL)
    return result


def _bytes(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if size > MAX_FILE_BYTES:
            raise Unusable(Why.TOO_LARGE, limit=MAX_FILE_BYTES, size=size)
        with path.open("rb") as file:
            raw = file.read(MAX_FILE_BYTES + 1)
    except FileNotFoundError as error:
        raise Unusable(Why.NO_FILE, wanted=(str(path),)) from error
    except OSError as error:
        raise Unusable(Why.NOT_READABLE, wanted=(str(path),)) from error
    if len(raw) > MAX_FILE_BYTES:
        raise Unusable(Why.TOO_LARGE, limit=MAX_FILE_BYTES)
    if not raw:
        raise Unusable(Why.EMPTY)
    return raw


def _open(raw: bytes, sheet: str | None) -> Source:
    """Open a file by how it begins; its name may say anything."""
    if raw.startswith(b"PK\x03\x04"):
        return Workbook(raw, sheet)
    if raw.startswith(MAGIC):
        return Parquet(raw)
    if raw.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unusable(Why.OLD_WORKBOOK)
    if raw.startswith((b"%PDF", b"\x1f\x8b", b"\x89PNG")):
        raise Unusable(Why.NOT_A_TABLE)
    if raw[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return JsonLines(raw)
    return Delimited(raw)


def _headers_told_twice(headers: Mapping[Field, str], names: tuple[str, ...]) -> list[Note]:
    """Say of which columns there are several; labels come in as many columns as a ticket has, and decide nothing."""
    times = Counter(map(plain, names))
    twice = {header: times[plain(header)] for field, header in headers.items() if field is not Field.TAGS}
    return [Note(NoteCode.HEADER_TWICE, count, header) for header, count in twice.items() if count > 1]


def _without_shadows(found: Recognised, shape: Shape | None) -> Recognised:
    """Leave out minutes where a column tells the instant itself."""
    places = dict(found.places)
    for minutes, instant in ((Field.FIRST_RESPONSE_MINUTES, Field.FIRST_RESPONSE), (Field.RESOLUTION_MINUTES, Field.RESOLVED)):
        if instant in places:
            places.pop(minutes, None)
    if shape is not None:
        places = {field: place for field, place in places.items() if field not in _NOT_USED[shape]}
    return Recognised(found.product, places, found.unused)


def _without_empty(table: Table) -> Table:
    """Leave out rows of which nothing is told, as spreadsheets append them."""
    if Field.TICKET.value not in table.frame.columns or not table.frame[Field.TICKET.value].null_count():
        return table
    told = table.frame.select(pl.any_horizontal(pl.all().is_not_null())).to_series()
    return Table(table.frame.filter(told), table.lines[told.to_numpy()], table.bad, table.notes, table.suspects)


def _shape(table: Table, found: Recognised) -> Shape:
    """Tell the shape by the columns and, between a list and a log, by how often tickets come again."""
    told = {shape: all(field in found.places for field in fields) for shape, fields in _NEEDED.items()}
    if not told[Shape.EVENTS] and not told[Shape.UPDATES]:
        return Shape.TICKETS
    refs = table.frame[Field.TICKET.value]
    repeated = refs.len() - refs.n_unique() >= REPEATED * max(refs.len(), 1)
    if told[Shape.EVENTS] and (repeated or not told[Shape.TICKETS]):
        return Shape.EVENTS
    return Shape.UPDATES if told[Shape.UPDATES] and (repeated or not told[Shape.TICKETS]) else Shape.TICKETS


def _check_any(found: Recognised, names: tuple[str, ...]) -> None:
    """Refuse a table that is none of the shapes before it is read; a list of tickets is what it is compared with."""
    if not any(all(field in found.places for field in fields) for fields in _NEEDED.values()):
        _check(Shape.TICKETS, found, names)


def _check(shape: Shape, found: Recognised, names: tuple[str, ...]) -> None:
    missing = tuple(field.value for field in _NEEDED[shape] if field not in found.places)
    if missing:
        raise Unusable(Why.FIELDS_NOT_FOUND, wanted=missing, found=tuple(name for name in names if name))
