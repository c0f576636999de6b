"""A list of tickets: one row a ticket, its instants side by side."""

from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from goodstanding.adapters.files.tickets.cells import Coded, coded
from goodstanding.adapters.files.tickets.fields import MINUTES, Field, Shape
from goodstanding.adapters.files.tickets.instants import MISSING
from goodstanding.adapters.files.tickets.job import Job, Seconds
from goodstanding.adapters.files.tickets.ticketfile import TicketColumns, TicketFile
from goodstanding.adapters.files.tickets.trouble import Fault, NoteCode, Unusable, Why
from goodstanding.adapters.files.tickets.words import Meaning
from goodstanding.core.clocks.clock import moment
from goodstanding.core.desk.events import EventKind
from goodstanding.core.desk.policy import ClockKind
from goodstanding.core.desk.states import ENDED, VOID

_FROM_MINUTES: Final = dict(zip(MINUTES, (Field.FIRST_RESPONSE, Field.RESOLVED), strict=True))
_NO_MEANING: Final = Meaning(EventKind.NOTED)


def list_tickets(job: Job) -> TicketFile:
    """Read a list of tickets.

    A ticket without a resolution is resolved by its closing. Its state is asked only what no instant tells: whether it
    was called off, and whether it is over though no column says since when, which makes the row bad. Raises `Unusable`
    when no row could be read, and `NeedsAnswer`.
    """
    refs = _refs(job)
    at = _instants(job)
    job.tell(0.6)
    opened, end = at[Field.OPENED], at[Field.RESOLVED]
    closed, reopened = at[Field.CLOSED], at[Field.REOPENED]
    job.faults.mark(opened == MISSING, Fault.MISSING, Field.OPENED)
    priority = job.priorities()
    job.tell(0.75)
    moved = np.zeros(job.rows, dtype=np.bool_)
    for field in (Field.FIRST_RESPONSE, Field.RESOLVED, Field.CLOSED, Field.REOPENED):
        at[field], clamped = job.not_before(opened, at[field], field)
        moved |= clamped
    end, closed, reopened = at[Field.RESOLVED], at[Field.CLOSED], at[Field.REOPENED]
    resolved = np.where(end == MISSING, closed, end)
    state, cancelled = _states(job, at, resolved)
    resolved = np.where(cancelled != MISSING, MISSING, resolved)
    good = job.faults.good
    if not good.any():
        raise Unusable(Why.NO_TICKETS, bad=job.faults.bad_rows())
    job.say(NoteCode.CLAMPED_TO_OPENING, int((moved & good).sum()))
    unplaced = (reopened != MISSING) & ((resolved == MISSING) | (reopened <= resolved))
    job.say(NoteCode.REOPENING_UNPLACED, int((unplaced & good).sum()), Field.REOPENED)
    reopened = np.where(unplaced, MISSING, reopened)
    again = np.where((reopened != MISSING) & (closed > reopened), closed, MISSING)
    newest = max(int(column[good].max()) for column in (*at.values(), opened))
    job.tell(0.9)
    columns = TicketColumns(
        source=job.source,
        refs=refs.filter(good),
        titles=job.texts(Field.TITLE).filter(good),
        contacts=job.texts(Field.CONTACT).filter(good),
        tags=job.texts(Field.TAGS).filter(good),
        lines=job.table.lines[good],
        opened=opened[good],
        first_response=at[Field.FIRST_RESPONSE][good],
        resolved=resolved[good],
        reopened=reopened[good],
        resolved_again=again[good],
        cancelled=cancelled[good],
        priority=priority.take(good),
        client=job.coded(Field.CLIENT).take(good),
        tier=job.coded(Field.TIER).take(good),
        team=job.coded(Field.TEAM).take(good),
        kind=job.coded(Field.KIND).take(good),
        assignee=job.coded(Field.ASSIGNEE).take(good),
        state=state.take(good),
    )
    job.tell(1.0)
    return TicketFile(
        shape=Shape.TICKETS,
        product=job.product,
        rows=job.rows + len(job.table.bad),
        mapping=job.headers,
        words=tuple(job.words),
        notes=tuple(job.notes),
        bad=job.faults.bad_rows(),
        left_out=(),
        newest=moment(newest),
        unmeasured=_unmeasured(job),
        count=len(columns),
        columns=columns,
        contents=columns,
    )


def _refs(job: Job) -> pl.Series:
    refs = job.texts(Field.TICKET)
    job.faults.mark(refs.is_null().to_numpy(), Fault.MISSING, Field.TICKET)
    first = refs.is_first_distinct().to_numpy()
    again = ~first & refs.is_not_null().to_numpy()
    if again.any():
        named = refs.is_in(refs.filter(again).unique().to_list()).fill_null(value=False).to_numpy() & first
        lines = dict(zip(refs.filter(named), job.table.lines[named].tolist(), strict=True))
        numbers = np.zeros(job.rows, dtype=np.int32)
        numbers[again] = [lines[ref] for ref in refs.filter(again)]
        job.faults.mark(again, Fault.DUPLICATE_TICKET, Field.TICKET, numbers)
    return refs


def _instants(job: Job) -> dict[Field, Seconds]:
    """Read every instant of a row, those told as minutes after the opening among them; `MISSING` where there is none."""
    found = dict(job.instants())
    none = np.full(job.rows, MISSING, dtype=np.int64)
    for field in (Field.OPENED, Field.FIRST_RESPONSE, Field.RESOLVED, Field.CLOSED, Field.REOPENED):
        found.setdefault(field, none)
    for minutes, field in _FROM_MINUTES.items():
        if minutes in job.headers:
            seconds = job.numbers(minutes) * 60
            told = np.isfinite(seconds) & (found[Field.OPENED] != MISSING)
            found[field] = np.where(told, found[Field.OPENED] + np.where(told, seconds, 0).astype(np.int64), MISSING)
    return found


def _states(job: Job, at: dict[Field, Seconds], resolved: Seconds) -> tuple[Coded, Seconds]:
    """Return the states by code, and when tickets that were called off ended."""
    found, counts = coded(job.text(Field.STATE), job.rows)
    meanings = [job.state(word) if word else _NO_MEANING for word in found.names]

    def rows(flags: list[bool]) -> NDArray[np.bool_]:
        return np.asarray(np.array(flags, dtype=np.bool_)[found.codes])

    void = rows([meaning is not None and meaning.event in VOID for meaning in meanings])
    over = rows([meaning is not None and meaning.event in ENDED for meaning in meanings])
    unknown = rows([meaning is None for meaning in meanings])
    waiting = rows([meaning is not None and meaning.event is EventKind.WAITING for meaning in meanings])
    untold = resolved == MISSING
    # Where no column tells any end, only a first response that was not given yet could be judged wrongly.
    untellable = untold & (_tells_end(job) or (_tells_response(job) & (at[Field.FIRST_RESPONSE] == MISSING)))
    job.faults.mark(unknown & untellable, Fault.UNKNOWN_STATE, Field.STATE)
    job.faults.mark(over & untellable, Fault.ENDED_WITHOUT_INSTANT, Field.STATE)
    good = job.faults.good
    names = tuple(word for word, meaning in zip(found.names, meanings, strict=True) if meaning is None)
    job.say(NoteCode.UNKNOWN_STATES, int((unknown & good).sum()), Field.STATE, names)
    job.say(NoteCode.WAITING_UNPLACED, int((waiting & untold & good).sum()), Field.STATE)
    still_open = ~over & ~unknown & (found.codes != 0) & ~untold & (at[Field.REOPENED] == MISSING)
    job.say(NoteCode.RESOLVED_THOUGH_OPEN, int((still_open & good).sum()), Field.STATE)
    for word, meaning in zip(found.names, meanings, strict=True):
        if word:
            # Whom a ticket waits on pauses nothing here; only leaving tickets out must be confirmed.
            job.say_word(Field.STATE, word, meaning, counts[word], aloud=meaning is not None and meaning.event in VOID)
    closed = at[Field.CLOSED]
    # Called off after its resolution, it had ended already, unless it was reopened in between.
    off = np.where(at[Field.REOPENED] > resolved, closed, np.minimum(closed, resolved))
    return found, np.where(void, np.where(closed != MISSING, off, resolved), MISSING)


def _tells_end(job: Job) -> bool:
    return any(field in job.headers for field in (Field.RESOLVED, Field.CLOSED, Field.RESOLUTION_MINUTES))


def _tells_response(job: Job) -> bool:
    return Field.FIRST_RESPONSE in job.headers or Field.FIRST_RESPONSE_MINUTES in job.headers


def _unmeasured(job: Job) -> frozenset[ClockKind]:
    found = {ClockKind.NEXT_RESPONSE}
    if not _tells_response(job):
        found.add(ClockKind.RESPONSE)
    if not _tells_end(job):
        found.add(ClockKind.RESOLUTION)
    return frozenset(found)
