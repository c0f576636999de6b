"""An audit log: one row an update, with the state after it. What happened is what differs between two rows."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

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
from goodstanding.adapters.files.tickets.job import Job
from goodstanding.adapters.files.tickets.ticketfile import ImportedTicket, TicketFile
from goodstanding.adapters.files.tickets.trouble import Fault, NoteCode
from goodstanding.adapters.files.tickets.words import Meaning
from goodstanding.core.clocks.clock import moment
from goodstanding.core.desk.events import Actor, Event, EventKind
from goodstanding.core.desk.policy import ClockKind
from goodstanding.core.desk.states import ENDED, STATE_KINDS, VOID, entered

_COURSE: Final = {kind: step for step, kind in enumerate(STATE_KINDS)}
"""The course of work: what orders two states of one instant where the source has no order of its own."""
_Meanings = Mapping[tuple[str, str | None], Meaning]


def read_updates(job: Job) -> TicketFile:
    """Read an audit log.

    A ticket begins at its opening, told by a column or, where there is none, with its first row. Every row's state is
    compared with the one before: a wait begins and ends, a ticket is resolved, closed, and reopened when it leaves such a
    state; so are team, assignee, priority and client. The first response is known only where a column tells it. Raises
    `Unusable` when no ticket could be read whole, and `NeedsAnswer`.
    """
    refs = refs_of(job)
    found = job.instants((Field.UPDATED, Field.OPENED, Field.FIRST_RESPONSE))
    at = found[Field.UPDATED]
    job.faults.mark(at == MISSING, Fault.MISSING, Field.UPDATED)
    job.tell(0.4)
    states, meanings = _states(job)
    priority = job.priorities()
    if Field.OPENED in found:
        opened, several = opening_of(refs, found[Field.OPENED], found[Field.OPENED] != MISSING)
        job.faults.mark(opened == MISSING, Fault.MISSING, Field.OPENED)
        job.say(NoteCode.OPENINGS_DIFFER, several, Field.OPENED)
    else:
        opened, _ = opening_of(refs, at, at != MISSING)
        job.say(NoteCode.OPENED_FROM_FIRST_ROW, 1)
    counted = keep_after_opening(job, opened, at, states["ended"].to_numpy(), Field.UPDATED)
    replied = found.get(Field.FIRST_RESPONSE, np.full(job.rows, MISSING, dtype=np.int64))
    replied, moved = job.not_before(opened, replied, Field.FIRST_RESPONSE)
    job.say(NoteCode.CLAMPED_TO_OPENING, int((moved & job.faults.good).sum()), Field.FIRST_RESPONSE)
    job.tell(0.7)
    columns = {
        "sequence": pl.Series(sequence_of(job)),
        "course": states["course"],
        "state": states["state"],
        "reason": states["reason"],
        "priority": priority.texts(),
        "replied": pl.Series(replied),
        **{field.value: job.texts(field) for field in ABOUT},
    }
    ordered = order(job, refs, at, counted, opened, columns, ("sequence", "course"))
    job.tell(1.0)
    unmeasured = {ClockKind.NEXT_RESPONSE}
    if Field.FIRST_RESPONSE not in job.headers:
        unmeasured.add(ClockKind.RESPONSE)
    return TicketFile(
        shape=Shape.UPDATES,
        product=job.product,
        rows=job.rows + len(job.table.bad),
        mapping=job.headers,
        words=tuple(job.words),
        notes=tuple(job.notes),
        bad=job.faults.bad_rows(),
        left_out=ordered.left_out,
        newest=moment(ordered.newest),
        unmeasured=frozenset(unmeasured),
        count=ordered.frame["ref"].n_unique(),
        columns=None,
        contents=Updates(ordered, meanings, job.source),
    )


def _states(job: Job) -> tuple[pl.DataFrame, _Meanings]:
    """Return the state of each row, with its step in the course of work and whether it ends the ticket; and the meanings.

    Rows without a state, or with one that nobody explained, are set aside.
    """
    cells = pl.DataFrame({"state": job.texts(Field.STATE), "reason": job.texts(Field.REASON)})
    pairs = cells.group_by("state", "reason").len("count").sort("state", "reason")
    meanings: dict[tuple[str, str | None], Meaning] = {}
    steps: list[int | None] = []
    ends: list[bool] = []
    said: Counter[tuple[str, Meaning | None]] = Counter()
    for state, reason, count in pairs.iter_rows():
        meaning = None if state is None else job.state(state, reason or "")
        if meaning is not None:
            meanings[state, reason] = meaning
        if state is not None:
            told = reason is not None and meaning != job.state(state)
            said[f"{state}: {reason}" if told else state, meaning] += count
        steps.append(None if meaning is None else _COURSE[meaning.event])
        ends.append(meaning is not None and meaning.event in ENDED)
    for (name, meaning), count in said.items():
        job.say_word(Field.STATE, name, meaning, count, aloud=True)
    read = pairs.with_columns(pl.Series("course", steps, dtype=pl.Int8), pl.Series("ended", ends, dtype=pl.Boolean))
    found = cells.join(read, on=["state", "reason"], how="left", nulls_equal=True, maintain_order="left")
    empty = found["state"].is_null().to_numpy()
    job.faults.mark(empty, Fault.MISSING, Field.STATE)
    job.faults.mark(found["course"].is_null().to_numpy() & ~empty, Fault.UNKNOWN_STATE, Field.STATE)
    return found, meanings


@dataclass(frozen=True, slots=True)
class Updates:
    """The tickets of an audit log."""

    rows: Ordered
    meanings: _Meanings
    source: str

    def tickets(self) -> Iterator[ImportedTicket]:
        """Yield every ticket in the order of their names."""
        for ref, rows in self.rows.tickets():
            walk = _Walk(ref, rows, self.meanings, self.source)
            for row in rows:
                walk.step(row)
            yield about(ref, rows, tuple(walk.events), priority=walk.first_priority)


class _Walk:
    """Goes through the rows of a ticket and tells what happened between them."""

    def __init__(self, ref: str, rows: list[Row], meanings: _Meanings, source: str) -> None:
        self.ref = ref
        self.source = source
        self.meanings = meanings
        first = rows[0]
        # Called off for good only by states that nothing follows: what went on was closed and reopened.
        lasting = [meanings[row["state"], row["reason"]].event not in VOID for row in rows]
        self.called_off_from = len(lasting) - lasting[::-1].index(True) if True in lasting else 0
        self.number = 0
        self.first_priority: str = first["priority"]
        self.known = {name: first[name] for name in ("priority", "team", "assignee", "client")}
        self.state = Meaning(EventKind.OPENED)
        self.told: tuple[str, str | None] = ("", None)
        self.second = MISSING
        self.position = 0
        self.events = [
            Event(
                at=moment(first["opened"]),
                kind=EventKind.OPENED,
                source=source,
                source_id=f"{ref}:opened",
                sequence=0,
                priority=first["priority"] or None,
                team=first["team"],
                assignee=first["assignee"],
            )
        ]
        replies = [row["replied"] for row in rows if row["replied"] != MISSING]
        if replies:
            kind = EventKind.STAFF_REPLIED
            self.events.append(
                Event(
                    at=moment(min(replies)), kind=kind, source=source, source_id=f"{ref}:{kind}", actor=Actor.STAFF, public=True
                )
            )

    def step(self, row: Row) -> None:
        """Take the next row."""
        self.position = self.position + 1 if row["at"] == self.second else 1
        self.second = row["at"]
        self.changes(row)
        told = (row["state"], row["reason"])
        meaning = self.meanings[told]
        if told != self.told and (meaning != self.state or meaning.event is EventKind.WAITING):
            self.enter(row, meaning)
        self.state, self.told = meaning, told
        self.number += 1

    def changes(self, row: Row) -> None:
        """Tell what else than the state differs from the rows before; what became empty changes nothing."""
        new = {name: row[name] for name, known in self.known.items() if row[name] and row[name] != known}
        before, self.known = self.known, {**self.known, **new}
        if "priority" in new:
            self.tell(row, EventKind.PRIORITY_CHANGED, priority=new["priority"])
        if "team" in new or "assignee" in new:
            self.tell(row, EventKind.ASSIGNED, team=new.get("team"), assignee=new.get("assignee"))
        if "client" in new and before["client"]:
            self.tell(row, EventKind.CLIENT_CHANGED, client=new["client"])

    def enter(self, row: Row, meaning: Meaning) -> None:
        """Tell what entering a state means, coming from the one before."""
        for kind in entered(self.state.event, meaning.event):
            if kind is EventKind.WAITING:
                self.tell(row, kind, owner=meaning.owner, reason=row["reason"] or row["state"])
            elif kind in VOID and self.number < self.called_off_from:
                self.tell(row, EventKind.CLOSED)
            elif kind in VOID:
                self.tell(row, kind, reason=row["state"])
            else:
                self.tell(row, kind)

    def tell(self, row: Row, kind: EventKind, **fields: object) -> None:
        """Add an event of this row."""
        self.events.append(
            Event(
                at=moment(row["at"]),
                kind=kind,
                source=self.source,
                source_id=f"{self.ref}:{row['told_at']}.{self.position}:{kind}",
                sequence=self.position,
                **fields,  # type: ignore[arg-type]  # the callers above name fields of an event
            )
        )
