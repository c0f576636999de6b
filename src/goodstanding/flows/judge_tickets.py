"""Judge the tickets of a file under one or several tiers: as columns where they can be held, one by one where not."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce
from itertools import islice
from typing import Final

import numpy as np
import polars as pl

from goodstanding.adapters.files.schema import near
from goodstanding.adapters.files.tickets import MISSING as NOT_TOLD
from goodstanding.adapters.files.tickets import Coded, Field, ImportedTicket, Shape, TicketColumns, TicketFile
from goodstanding.adapters.files.tickets.ticketfile import tags_of
from goodstanding.core.clocks.clock import second_of
from goodstanding.core.commerce.holding import Holding
from goodstanding.core.desk.assess import assess
from goodstanding.core.desk.case import Case
from goodstanding.core.desk.columns import MISSING, Codes, Flags, Longs, TicketRows
from goodstanding.core.desk.events import EventKind
from goodstanding.core.desk.policy import ClockKind
from goodstanding.core.desk.verdict import Assessment
from goodstanding.core.figures.facts import Dimension, Facts, facts_of, joined
from goodstanding.core.figures.measurement import Tells
from goodstanding.core.figures.table import TicketTable, facts_of_table, told_by_columns

BATCH: Final = 8_192
"""Tickets judged one by one before their verdicts are packed into columns."""
UNKNOWN_TIER: Final = "unknown_tier"
"""The reason of a row whose tier is neither one that ships nor the one given."""

Tell = Callable[[int, int], None]
"""Hears how many tickets of how many are judged."""


@dataclass(frozen=True, slots=True)
class SetAside:
    """A row that was not measured: where, what stands there, and why, as the reader of the file or the tiers say it."""

    line: int
    column: str
    value: str
    reason: str
    number: int | None = None
    hint: str = ""


def tells_of(file: TicketFile) -> Tells:
    """Return what a file tells beside milestones; what no word or column of it is for is unknown, not nought."""
    meanings = {word.meaning.partition(":")[0] for word in file.words}
    listed = file.shape is Shape.TICKETS
    return Tells(
        # A log that has the client's messages has the answers to them too; a mere first response says nothing of others.
        replies=file.shape is Shape.EVENTS and ClockKind.NEXT_RESPONSE not in file.unmeasured,
        reopenings={
            Shape.TICKETS: Field.REOPENED in file.mapping,
            Shape.EVENTS: EventKind.REOPENED in meanings,
            Shape.UPDATES: True,
        }[file.shape],
        pauses=not listed and EventKind.WAITING in meanings,
    )


class Judging:
    """The tickets of a file on their way to facts, once for each side of a comparison.

    `refs`, `count`, `set_aside` and `by_rank` are known once `facts` has been asked.
    """

    def __init__(self, file: TicketFile, sides: Sequence[Holding], as_of: datetime, tell: Tell | None) -> None:
        self.file, self.sides, self.as_of, self.tell = file, sides, as_of, tell or _silent
        self.refs: list[str] = []
        self.set_aside: list[SetAside] = []
        self.count = 0
        self.by_rank: dict[str, dict[str, str]] = {}
        self.tells_replies = tells_of(file).replies

    def facts(self) -> list[Facts]:
        """Judge every ticket under each side; what columns cannot hold is judged one by one."""
        columns = self.file.columns
        if columns is None:
            return self.one_by_one(enumerate(self.known(self.file.tickets())), self.file.count)
        self.refs = columns.refs.to_list()
        good = self.rows_known(columns)
        self.count = int(good.sum())
        tables = [self.table(columns, side) for side in self.sides]
        policies = [[each.policy for each in side.assignments] for side in self.sides]
        at = second_of(self.as_of)
        held = [told_by_columns(table, of, as_of=at) for table, of in zip(tables, policies, strict=True)]
        plain = good & ~np.logical_and.reduce(held)
        found = [
            facts_of_table(
                table.take(good & ~plain),
                side.assignments,
                as_of=at,
                unmeasured=self.file.unmeasured,
                ranks=side.ranks,
            )
            for side, table in zip(self.sides, tables, strict=True)
        ]
        self.tell(self.count - int(plain.sum()), self.count)
        if plain.any():
            numbered = zip(np.flatnonzero(plain).tolist(), _rows(columns, plain).tickets(), strict=True)
            several = self.one_by_one(numbered, int(plain.sum()))
            found = [joined(one, other) for one, other in zip(found, several, strict=True)]
        return found

    def table(self, columns: TicketColumns, side: Holding) -> TicketTable:
        places = np.array([side.place(word) for word in columns.tier.names], dtype=np.int32)
        labels = any(rule.tags for each in side.assignments for rule in each.policy.rules)
        table = _table(columns, places[columns.tier.codes], labels=labels)
        width = len(table.priority.names) + 1
        pairs = np.bincount((table.terms + 1) * width + table.priority.codes + 1, minlength=(len(side.tiers) + 1) * width)
        for place, counts in enumerate(pairs.reshape(-1, width)[1:, 1:].tolist()):
            told = (name for name, tickets in zip(table.priority.names, counts, strict=True) if tickets)
            self.say_renamed(side, place, told)
        return table

    def one_by_one(self, numbered: Iterable[tuple[int, ImportedTicket]], total: int) -> list[Facts]:
        """Judge tickets by their events."""
        parts: list[list[Facts]] = [[] for _ in self.sides]
        before, done, all_of_them = max(self.count - total, 0), 0, iter(numbered)
        while batch := list(islice(all_of_them, BATCH)):
            for side, found in zip(self.sides, parts, strict=True):
                judged = [(number, self.judged(ticket, side)) for number, ticket in batch]
                kept = [(number, each) for number, each in judged if each is not None]
                found.append(facts_of([each for _, each in kept], as_of=self.as_of, sources=[number for number, _ in kept]))
            done += len(batch)
            self.tell(before + done, before + total)
        nothing = facts_of((), as_of=self.as_of)
        return [reduce(joined, each) if each else nothing for each in parts]

    def judged(self, ticket: ImportedTicket, side: Holding) -> Assessment | None:
        case = Case(
            ticket=ticket.ref,
            client=ticket.client,
            events=ticket.events,
            priority=ticket.priority,
            team=ticket.team,
            kind=ticket.kind,
            tags=ticket.tags,
            unmeasured=self.file.unmeasured,
        )
        named = {event.priority or "" for event in ticket.events}
        for tier in (ticket.tier, *(event.tier for event in ticket.events if event.tier)):
            self.say_renamed(side, side.place(tier), named)
        found = assess(side.bound(case, ticket.tier), as_of=self.as_of, explain=False)
        # One known reply is not the number of replies.
        return found if found is None or self.tells_replies else replace(found, replies_at_resolution=None)

    def say_renamed(self, side: Holding, place: int, names: Iterable[str]) -> None:
        ranks = side.ranks[place]
        read = {name: ranks[name] for name in names if name in ranks}
        if read:
            self.by_rank.setdefault(side.tiers[place].name, {}).update(read)

    def known(self, tickets: Iterable[ImportedTicket]) -> Iterator[ImportedTicket]:
        """Pass on tickets whose tiers are known, counted and named; set the others aside."""
        for ticket in tickets:
            words = (ticket.tier, *(event.tier for event in ticket.events))
            unknown = next((word for word in words if self.sides[0].place(word) < 0), None)
            if unknown is not None:
                self.unknown_tier(ticket.line, unknown)
                continue
            self.refs.append(ticket.ref)
            self.count += 1
            yield ticket

    def rows_known(self, columns: TicketColumns) -> Flags:
        names = columns.tier.names
        known = np.array([self.sides[0].place(word) >= 0 for word in names], dtype=np.bool_)[columns.tier.codes]
        for row in np.flatnonzero(~known).tolist():
            self.unknown_tier(int(columns.lines[row]), names[columns.tier.codes[row]])
        return known

    def unknown_tier(self, line: int, word: str) -> None:
        hint = near(word, [name for tier in self.sides[0].tiers for name in (tier.key, tier.name)])
        self.set_aside.append(SetAside(line, self.file.mapping.get(Field.TIER, ""), word, UNKNOWN_TIER, hint=hint))


def _silent(done: int, total: int) -> None:
    """Tell nobody."""


def _table(columns: TicketColumns, places: Codes, *, labels: bool) -> TicketTable:
    """Return the rows as core judges them; labels are told apart only where a rule asks for them."""
    codes: Codes = np.zeros(len(columns), dtype=np.int32)
    sets: tuple[frozenset[str], ...] = (frozenset(),)
    if labels:
        told = columns.tags.fill_null("")
        words = told.unique().sort()
        codes = told.cast(pl.Enum(words)).to_physical().cast(pl.Int32).to_numpy()
        sets = tuple(tags_of(word) for word in words)
    return TicketTable(
        rows=TicketRows(*map(_instants, (columns.opened, columns.first_response, columns.resolved, columns.cancelled))),
        reopened=_instants(columns.reopened),
        resolved_again=_instants(columns.resolved_again),
        source=np.arange(len(columns), dtype=np.int64),
        terms=places,
        client=_dimension(columns.client),
        priority=_dimension(columns.priority),
        team=_dimension(columns.team),
        agent=_dimension(columns.assignee),
        kind=_dimension(columns.kind),
        labels=codes,
        label_sets=sets,
    )


def _instants(column: Longs) -> Longs:
    """What stands for “not told” is the reader's own affair; core has its own."""
    return column if NOT_TOLD == MISSING else np.where(column == NOT_TOLD, MISSING, column)


def _dimension(coded: Coded) -> Dimension:
    """The reader's code 0 is the empty text, core's -1 is none."""
    return Dimension(coded.codes - np.int32(1), coded.names[1:])


def _rows(columns: TicketColumns, chosen: Flags) -> TicketColumns:
    mask = pl.Series(chosen)
    series = {name: getattr(columns, name).filter(mask) for name in ("refs", "titles", "contacts", "tags")}
    instants = ("lines", "opened", "first_response", "resolved", "reopened", "resolved_again", "cancelled")
    arrays = {name: getattr(columns, name)[chosen] for name in instants}
    words = ("priority", "client", "tier", "team", "kind", "assignee", "state")
    return replace(columns, **series, **arrays, **{name: getattr(columns, name).take(chosen) for name in words})
