"""What a ticket file was read as: tickets, one by one or as columns, and all that is worth saying about them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray

from goodstanding.adapters.files.tickets.cells import Coded, WordRead
from goodstanding.adapters.files.tickets.fields import Field, Shape
from goodstanding.adapters.files.tickets.instants import MISSING
from goodstanding.adapters.files.tickets.trouble import BadRow, Note
from goodstanding.core.clocks.clock import moment
from goodstanding.core.desk.events import Actor, Event, EventKind
from goodstanding.core.desk.policy import ClockKind

_SLICE = 16_384


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedTicket:
    """A ticket with its events, as a case takes them.

    `priority` and `team` are what it began with; the rest is what the file says last. `tier` names the tier in the
    file's words, empty where it does not. `line` is the first line that tells of the ticket.
    """

    ref: str
    title: str = ""
    client: str = ""
    contact: str = ""
    priority: str = ""
    team: str | None = None
    kind: str | None = None
    tags: frozenset[str] = frozenset()
    assignee: str | None = None
    tier: str = ""
    events: tuple[Event, ...] = ()
    line: int = 0


class Tickets(Protocol):
    """Tickets that can be gone through, more than once."""

    def tickets(self) -> Iterator[ImportedTicket]:
        """Yield every ticket."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketColumns:
    """Tickets as columns of equal length, for bulk work; row by row the same as `tickets`.

    Instants are epoch seconds, `MISSING` (-1) where there is none, never before `opened`. `resolved` is the resolution,
    or the closing of a ticket without one. `reopened` lies after it or is missing, `resolved_again` is the closing after
    that. `cancelled` tickets were called off then and have no resolution. `refs` and the other series are text, null
    where empty.
    """

    source: str
    refs: pl.Series
    titles: pl.Series
    contacts: pl.Series
    tags: pl.Series
    lines: NDArray[np.int32]
    opened: NDArray[np.int64]
    first_response: NDArray[np.int64]
    resolved: NDArray[np.int64]
    reopened: NDArray[np.int64]
    resolved_again: NDArray[np.int64]
    cancelled: NDArray[np.int64]
    priority: Coded
    client: Coded
    tier: Coded
    team: Coded
    kind: Coded
    assignee: Coded
    state: Coded

    def __len__(self) -> int:
        """Return the number of tickets."""
        return len(self.opened)

    def tickets(self) -> Iterator[ImportedTicket]:
        """Yield every ticket in the order of the file."""
        for start in range(0, len(self), _SLICE):
            yield from self._slice(slice(start, start + _SLICE))

    def _slice(self, rows: slice) -> Iterator[ImportedTicket]:
        instants = (self.opened, self.first_response, self.resolved, self.reopened, self.resolved_again, self.cancelled)
        codes = (self.priority, self.client, self.tier, self.team, self.kind, self.assignee, self.state)
        for ref, title, contact, tags, line, times, words in zip(
            self.refs[rows],
            self.titles[rows],
            self.contacts[rows],
            self.tags[rows],
            self.lines[rows].tolist(),
            zip(*(column[rows].tolist() for column in instants), strict=True),
            zip(*([coded.names[code] for code in coded.codes[rows].tolist()] for coded in codes), strict=True),
            strict=True,
        ):
            priority, client, tier, team, kind, assignee, state = words
            yield ImportedTicket(
                ref=ref,
                title=title or "",
                client=client,
                contact=contact or "",
                priority=priority,
                team=team or None,
                kind=kind or None,
                tags=tags_of(tags),
                assignee=assignee or None,
                tier=tier,
                events=tuple(self._events(ref, times, priority, team or None, assignee or None, state)),
                line=line,
            )

    def _events(
        self, ref: str, times: tuple[int, ...], priority: str, team: str | None, assignee: str | None, state: str
    ) -> Iterator[Event]:
        opened, responded, resolved, reopened, again, cancelled = times
        source = self.source
        yield Event(
            at=moment(opened),
            kind=EventKind.OPENED,
            source=source,
            source_id=f"{ref}:opened",
            priority=priority or None,
            team=team,
            assignee=assignee,
        )
        if responded != MISSING:
            kind = EventKind.STAFF_REPLIED
            yield Event(
                at=moment(responded), kind=kind, source=source, source_id=f"{ref}:{kind}", actor=Actor.STAFF, public=True
            )
        for at, kind, name in (
            (resolved, EventKind.RESOLVED, "resolved"),
            (reopened, EventKind.REOPENED, "reopened"),
            (again, EventKind.RESOLVED, "resolved:2"),
        ):
            if at != MISSING:
                yield Event(at=moment(at), kind=kind, source=source, source_id=f"{ref}:{name}")
        if cancelled != MISSING:
            kind = EventKind.CANCELLED
            yield Event(at=moment(cancelled), kind=kind, source=source, source_id=f"{ref}:{kind}", reason=state or None)


def tags_of(cell: str | None) -> frozenset[str]:
    """Return the labels of a cell, separated by commas, semicolons or bars."""
    if not cell:
        return frozenset()
    return frozenset(tag.strip() for tag in cell.replace(";", ",").replace("|", ",").split(",") if tag.strip())


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketFile:
    """A ticket file, read.

    `rows` counts the file's rows, bad ones included. `mapping` gives the header of each field that was used, `words` what
    the file's words were read as. `bad` lists every row that was set aside, `left_out` the tickets that were left out
    whole because of one. `newest` is the latest instant in the file. `unmeasured` are the clocks whose stop no column
    tells: neither passes nor breaches. `columns` is there for a list of tickets only.
    """

    shape: Shape
    product: str
    rows: int
    mapping: Mapping[Field, str]
    words: tuple[WordRead, ...]
    notes: tuple[Note, ...]
    bad: tuple[BadRow, ...]
    left_out: tuple[str, ...]
    newest: datetime
    unmeasured: frozenset[ClockKind]
    count: int
    """Tickets that can be measured."""
    columns: TicketColumns | None
    contents: Tickets = field(repr=False)

    def tickets(self) -> Iterator[ImportedTicket]:
        """Yield every ticket that can be measured: a list in the order of the file, histories in the order of their names."""
        return self.contents.tickets()
