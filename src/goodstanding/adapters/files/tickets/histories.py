"""Histories: several rows a ticket, put in order whatever order the file has them in, and left out whole where one is bad."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from goodstanding.adapters.files.tickets.fields import Field
from goodstanding.adapters.files.tickets.instants import MISSING
from goodstanding.adapters.files.tickets.job import SKEW_SECONDS, Job, Seconds
from goodstanding.adapters.files.tickets.ticketfile import ImportedTicket, tags_of
from goodstanding.adapters.files.tickets.trouble import Fault, NoteCode, Unusable, Why
from goodstanding.core.desk.events import Event

ABOUT: Final = (Field.TITLE, Field.CONTACT, Field.KIND, Field.TAGS, Field.TIER, Field.CLIENT, Field.TEAM, Field.ASSIGNEE)
"""What any row may tell about its ticket."""
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Ordered:
    """The rows of all whole tickets, sorted by ticket and by what happened first; `at` is never before `opened`.

    Columns are those given to `order`, and `opened`, `at` in epoch seconds, `line`.
    """

    frame: pl.DataFrame
    left_out: tuple[str, ...]
    newest: int

    def tickets(self) -> Iterator[tuple[str, list[Row]]]:
        """Yield every ticket's name and its rows in order."""
        for ref, rows in groupby(self.frame.iter_rows(named=True), key=itemgetter("ref")):
            yield ref, list(rows)


def refs_of(job: Job) -> pl.Series:
    """Return the ticket of each row; rows without one are set aside."""
    refs = job.texts(Field.TICKET).alias("ref")
    job.faults.mark(refs.is_null().to_numpy(), Fault.MISSING, Field.TICKET)
    return refs


def sequence_of(job: Job) -> Seconds:
    """Return the source's own order of rows, 0 where it has none."""
    numbers = job.numbers(Field.SEQUENCE)
    return np.where(np.isfinite(numbers), numbers, 0).astype(np.int64)


def opening_of(refs: pl.Series, told: Seconds, known: NDArray[np.bool_]) -> tuple[Seconds, int]:
    """Return for each row the earliest of the known openings of its ticket, and how many tickets tell several.

    `MISSING` where the ticket has none.
    """
    openings = pl.DataFrame({"ref": refs, "opened": pl.Series(told)}).filter(pl.Series(known) & refs.is_not_null())
    earliest = openings.group_by("ref").agg(pl.col("opened").min(), pl.col("opened").n_unique().alias("several"))
    of_rows = pl.DataFrame({"ref": refs}).join(earliest, on="ref", how="left", maintain_order="left")
    opened = of_rows["opened"].fill_null(MISSING).to_numpy().astype(np.int64)
    return opened, int((earliest["several"] > 1).sum())


def keep_after_opening(job: Job, opened: Seconds, at: Seconds, stops: NDArray[np.bool_], field: Field) -> Seconds:
    """Return when rows count from: never before the opening.

    What stops a clock before the opening by more than skewed clocks explain is bad; anything else, such as a state or an
    assignment known before an opening that was dated later, counts from the opening.
    """
    early = (at != MISSING) & (opened != MISSING) & (at < opened)
    far = early & (opened - at > SKEW_SECONDS)
    job.faults.mark(far & stops, Fault.BEFORE_OPENING, field)
    good = job.faults.good
    job.say(NoteCode.CLAMPED_TO_OPENING, int((early & ~far & good).sum()), field)
    job.say(NoteCode.EARLY_UPDATES, int((far & good).sum()), field)
    return np.where(early, opened, at)


def order(
    job: Job,
    refs: pl.Series,
    at: Seconds,
    counted: Seconds,
    opened: Seconds,
    columns: Mapping[str, pl.Series],
    by: Sequence[str],
) -> Ordered:
    """Leave out tickets with a bad row, drop exact copies, and sort the rest.

    `at` is when the row says that it happened, `counted` the same but never before `opened`. Rows go by ticket, `at`,
    then the columns of `by`, then by all they say, so that the order of the file changes nothing. Raises `Unusable` when
    no ticket is whole.
    """
    frame = pl.DataFrame(
        {
            "ref": refs,
            "told_at": pl.Series(at),
            "at": pl.Series(counted),
            "opened": pl.Series(opened),
            **columns,
            "line": pl.Series(job.table.lines),
        }
    )
    good = pl.Series(job.faults.good)
    # A row without a ticket stands where merged cells name it once: it is one of the ticket above it, if of any.
    told = refs.forward_fill().filter(~good).drop_nulls()
    broken = set(told) | (job.table.suspects & set(refs.drop_nulls().unique()) if job.table.suspects else set())
    left_out = tuple(sorted(broken))
    frame = frame.filter(good & ~refs.is_in(list(left_out)))
    if not frame.height:
        raise Unusable(Why.NO_TICKETS, bad=job.faults.bad_rows())
    job.say(NoteCode.TICKETS_LEFT_OUT, len(left_out), values=left_out[:20])
    said = [name for name in frame.columns if name != "line"]
    whole = frame.sort("line").unique(subset=said, keep="first", maintain_order=True)
    job.say(NoteCode.EXACT_COPIES, frame.height - whole.height)
    first = ["ref", "told_at", *by]
    rest = [name for name in said if name not in first]
    whole = whole.sort([*first, *rest], nulls_last=False)
    keys = whole.select("ref", "told_at", *(["sequence"] if Field.SEQUENCE in job.headers else []))
    job.say(NoteCode.SAME_INSTANT, int((keys == keys.shift(1)).select(pl.all_horizontal(pl.all())).to_series().sum()))
    return Ordered(whole, left_out, int(whole["told_at"].max()))  # type: ignore[arg-type]  # polars types a maximum as any value


def about(ref: str, rows: list[Row], events: tuple[Event, ...], *, priority: str) -> ImportedTicket:
    """Return a ticket with what its rows say of it: the client, tier and team it began with, of the rest the last word."""

    def first(field: Field) -> str | None:
        return next((row[field] for row in rows if row[field]), None)

    def last(field: Field) -> str | None:
        return next((row[field] for row in reversed(rows) if row[field]), None)

    return ImportedTicket(
        ref=ref,
        title=last(Field.TITLE) or "",
        client=first(Field.CLIENT) or "",
        contact=last(Field.CONTACT) or "",
        priority=priority,
        team=rows[0][Field.TEAM],
        kind=last(Field.KIND),
        tags=tags_of(last(Field.TAGS)),
        assignee=last(Field.ASSIGNEE),
        tier=first(Field.TIER) or "",
        events=events,
        line=min(row["line"] for row in rows),
    )
