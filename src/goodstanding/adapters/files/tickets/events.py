"""A list of events: one row an event, with a column that says what happened."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from goodstanding.adapters.files.tickets.fields import Field, Shape
from goodstanding.adapters.files.tickets.histories import (
    ABOUT,
    Ordered,
    Row,
    about,
    keep_after_opening,
    opening_of,
    order,
    refs_of,
    sequence_of,
)
from goodstanding.adapters.files.tickets.instants import MISSING
from goodstanding.adapters.files.tickets.job import Job, Seconds
from goodstanding.adapters.files.tickets.ticketfile import ImportedTicket, TicketFile
from goodstanding.adapters.files.tickets.trouble import Fault
from goodstanding.adapters.files.tickets.words import Meaning, actor_of, event_of, owner_of, plain, public_of
from goodstanding.core.clocks.clock import moment
from goodstanding.core.desk.events import Actor, Event, EventKind, PauseOwner
from goodstanding.core.desk.policy import ClockKind
from goodstanding.core.desk.states import ENDED, VOID

_KEYS: Final = ("event", "actor", "public", "owner")
_STOPS: Final = ENDED | {EventKind.STAFF_REPLIED}
_TURNS: Final = ENDED | {EventKind.WAITING, EventKind.RESUMED, EventKind.REOPENED}
"""Kinds that begin or end a wait, or end or reopen a ticket."""
_KINDS: Final = tuple(EventKind)
_Meanings = Mapping[tuple[str | None, ...], Meaning]


def read_events(job: Job) -> TicketFile:
    """Read a list of events.

    A ticket begins with its event `opened`, or at the opening told by a column; one without either is set aside. Who
    acted and whom a wait is for are told by columns of their own or by the word of the event. A word that is a state of work
    too, such as "open" or "in progress", ends a wait and reopens what was over (semantics.md 1.6). A clock that no kind of
    event in the file stops is not measured. Raises `Unusable` when no ticket could be read whole, and `NeedsAnswer`.
    """
    refs = refs_of(job)
    found = job.instants((Field.AT, Field.OPENED))
    at = found[Field.AT]
    job.faults.mark(at == MISSING, Fault.MISSING, Field.AT)
    job.tell(0.4)
    cells, meanings = _meanings(job)
    kinds = cells["happened"].fill_null(-1).to_numpy()
    priority = job.priorities()
    opened = _openings(job, refs, found, kinds)
    stops = np.isin(kinds, [_KINDS.index(kind) for kind in _STOPS])
    counted = keep_after_opening(job, opened, at, stops, Field.AT)
    for kind, field in ((EventKind.PRIORITY_CHANGED, Field.PRIORITY), (EventKind.CLIENT_CHANGED, Field.CLIENT)):
        nothing = priority.codes == 0 if field is Field.PRIORITY else job.texts(field).is_null().to_numpy()
        job.faults.mark((kinds == _KINDS.index(kind)) & nothing, Fault.MISSING, field)
    job.tell(0.7)
    columns = {
        "sequence": pl.Series(sequence_of(job)),
        **{name: cells[name] for name in ("happened", *_KEYS)},
        "priority": priority.texts(),
        "reason": job.texts(Field.REASON),
        "into": job.texts(Field.INTO),
        **{field.value: job.texts(field) for field in ABOUT},
    }
    ordered = order(job, refs, at, counted, opened, columns, ("sequence", "happened"))
    job.tell(1.0)
    return TicketFile(
        shape=Shape.EVENTS,
        product=job.product,
        rows=job.rows + len(job.table.bad),
        mapping=job.headers,
        words=tuple(job.words),
        notes=tuple(job.notes),
        bad=job.faults.bad_rows(),
        left_out=ordered.left_out,
        newest=moment(ordered.newest),
        unmeasured=_unmeasured({_KINDS[code] for code in ordered.frame["happened"].unique()}),
        count=ordered.frame["ref"].n_unique(),
        columns=None,
        contents=Happenings(
            ordered,
            meanings,
            job.source,
            sequenced=Field.SEQUENCE in job.headers,
            priorities_told=_KINDS.index(EventKind.PRIORITY_CHANGED) in ordered.frame["happened"],
        ),
    )


def _meanings(job: Job) -> tuple[pl.DataFrame, _Meanings]:
    """Return the kind of event of each row beside the words that tell it, and what those words mean together.

    Rows without an event, or with one that nobody explained, are set aside.
    """
    cells = pl.DataFrame({name: job.texts(Field(name)) for name in _KEYS})
    several = cells.group_by(_KEYS).len("count").sort(_KEYS)
    meanings: dict[tuple[str | None, ...], Meaning] = {}
    kinds: list[int | None] = []
    said: Counter[tuple[str, Meaning | None]] = Counter()
    for event, actor, public, owner, count in several.iter_rows():
        meaning = None if event is None else _meaning(job, event, actor, public, owner)
        if event is not None:
            # Who acted is not said: a word that comes to the same from several sides is named once.
            said[event, None if meaning is None else replace(meaning, actor=None, public=None)] += count
        if meaning is not None:
            meanings[event, actor, public, owner] = meaning
        kinds.append(None if meaning is None else _KINDS.index(meaning.event))
    for (event, meaning), count in said.items():
        job.say_word(Field.EVENT, event, meaning, count, aloud=True)
    read = several.with_columns(pl.Series("happened", kinds, dtype=pl.Int8))
    found = cells.join(read, on=_KEYS, how="left", nulls_equal=True, maintain_order="left")
    empty = found["event"].is_null().to_numpy()
    job.faults.mark(empty, Fault.MISSING, Field.EVENT)
    job.faults.mark(found["happened"].is_null().to_numpy() & ~empty, Fault.UNKNOWN_EVENT, Field.EVENT)
    return found, meanings


def _meaning(job: Job, event: str, actor: str | None, public: str | None, owner: str | None) -> Meaning | None:
    who = actor_of(actor) if actor else None
    seen = public_of(public) if public else None
    meaning = job.reading.mapping.events.get(plain(event)) or event_of(event, who, seen)
    if meaning is None:
        return None
    if meaning.event is EventKind.WAITING:
        told = owner_of(owner) if owner else None
        return replace(meaning, owner=told or meaning.owner, confirm=meaning.confirm and told is None)
    return replace(meaning, actor=meaning.actor or who, public=meaning.public if seen is None else seen)


def _openings(job: Job, refs: pl.Series, found: Mapping[Field, Seconds], kinds: NDArray[np.int8]) -> Seconds:
    """Return the opening of each row's ticket; tickets without one are set aside, named at their first line."""
    at = found[Field.AT]
    opened, _ = opening_of(refs, at, (kinds == _KINDS.index(EventKind.OPENED)) & (at != MISSING))
    if Field.OPENED in found:
        told, _ = opening_of(refs, found[Field.OPENED], found[Field.OPENED] != MISSING)
        opened = np.where(opened == MISSING, told, opened)
    first = refs.is_first_distinct().to_numpy()
    job.faults.mark((opened == MISSING) & first & refs.is_not_null().to_numpy(), Fault.NO_OPENING, Field.EVENT)
    return opened


def _unmeasured(kinds: set[EventKind]) -> frozenset[ClockKind]:
    found = set()
    if EventKind.STAFF_REPLIED not in kinds:
        found |= {ClockKind.RESPONSE, ClockKind.NEXT_RESPONSE}
    if EventKind.CLIENT_REPLIED not in kinds:
        found.add(ClockKind.NEXT_RESPONSE)
    if not kinds & ENDED:
        found.add(ClockKind.RESOLUTION)
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class Happenings:
    """The tickets of a list of events."""

    rows: Ordered
    meanings: _Meanings
    source: str
    sequenced: bool
    """Whether the source has an order of its own; else kinds of event order themselves within a second."""
    priorities_told: bool
    """Whether some event of the file tells a change of priority; else the rows between which it differs do."""

    def tickets(self) -> Iterator[ImportedTicket]:
        """Yield every ticket in the order of their names."""
        for ref, rows in self.rows.tickets():
            events = tuple(self._events(ref, rows))
            opening = next((event for event in events if event.kind is EventKind.OPENED), None)
            yield about(ref, rows, events, priority=(opening.priority if opening else None) or "")

    def _events(self, ref: str, rows: list[Row]) -> Iterator[Event]:
        if not any(_KINDS[row["happened"]] is EventKind.OPENED for row in rows):
            first = rows[0]
            yield Event(
                at=moment(first["opened"]),
                kind=EventKind.OPENED,
                source=self.source,
                source_id=f"{ref}:opened",
                sequence=0,
                priority=first["priority"] or None,
                team=first["team"],
                assignee=first["assignee"],
            )
        second, position = MISSING, 0
        was, priority = EventKind.OPENED, rows[0]["priority"]
        for row, meaning in zip(rows, self._read(rows), strict=True):
            position = position + 1 if row["at"] == second else 1
            second = row["at"]
            if meaning.state and (was is EventKind.WAITING or was in ENDED):
                left = EventKind.RESUMED if was is EventKind.WAITING else EventKind.REOPENED
                yield self._event(ref, row, position, Meaning(left))
            yield self._event(ref, row, position, meaning)
            if not self.priorities_told and row["priority"] not in ("", priority):
                priority = row["priority"]
                if meaning.event is not EventKind.OPENED:
                    yield self._event(ref, row, position, Meaning(EventKind.PRIORITY_CHANGED))
            if meaning.state or meaning.event in _TURNS:
                was = meaning.event

    def _read(self, rows: list[Row]) -> list[Meaning]:
        """Return what each row of a ticket means; what called it off and was not the end of it only closed it."""
        meanings = [self.meanings[tuple(row[name] for name in _KEYS)] for row in rows]
        going = [meaning.state or meaning.event is EventKind.REOPENED for meaning in meanings]
        called_off_from = len(going) - going[::-1].index(True) if True in going else 0
        return [
            Meaning(EventKind.CLOSED, actor=meaning.actor) if meaning.event in VOID and number < called_off_from else meaning
            for number, meaning in enumerate(meanings)
        ]

    def _event(self, ref: str, row: Row, position: int, meaning: Meaning) -> Event:
        kind = meaning.event
        begins = kind in (EventKind.OPENED, EventKind.ASSIGNED)
        waits = kind is EventKind.WAITING
        return Event(
            at=moment(row["at"]),
            kind=kind,
            source=self.source,
            source_id=f"{ref}:{row['told_at']}.{position}:{kind}",
            actor=meaning.actor or _USUAL_ACTOR.get(kind, Actor.SYSTEM),
            public=meaning.public if meaning.public is not None else kind in _USUALLY_PUBLIC,
            sequence=row["sequence"] if self.sequenced else None,
            priority=(row["priority"] or None) if kind in (EventKind.OPENED, EventKind.PRIORITY_CHANGED) else None,
            client=row["client"] if kind is EventKind.CLIENT_CHANGED else None,
            tier=row["tier"] if kind is EventKind.TIER_CHANGED else None,
            team=row["team"] if begins else None,
            assignee=row["assignee"] if begins else None,
            owner=(meaning.owner or PauseOwner.PARTNER) if waits else None,
            reason=row["reason"] or (row["event"] if waits else None),
            into=row["into"] if kind is EventKind.MERGED else None,
        )


_USUAL_ACTOR: Final = {EventKind.STAFF_REPLIED: Actor.STAFF, EventKind.CLIENT_REPLIED: Actor.CLIENT}
_USUALLY_PUBLIC: Final = frozenset(_USUAL_ACTOR)
