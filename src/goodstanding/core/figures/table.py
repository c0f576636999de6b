"""Tickets told as columns, judged all at once into facts; ticket by ticket, `assess` and `facts_of` say the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from goodstanding.core.desk.columns import MISSING, Codes, Flags, Longs, SpanColumns, TicketRows, judge, rule_book, spans_of
from goodstanding.core.desk.policy import Assignment, ClockKind, Target
from goodstanding.core.figures.facts import KIND_CODE, OWNERS, ClockFacts, Dimension, Facts, TicketFacts

CLOCKS: Final = (ClockKind.RESPONSE, ClockKind.RESOLUTION)
"""The clocks that milestones side by side can tell; messages and their answers need events."""
_COUNTABLE: Final = 1 << 24
"""Up to so many possible combinations a table of counts finds those that occur faster than sorting does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketTable:
    """Tickets as rows of milestones with what chooses their targets.

    `terms` is the position of each ticket's assignment, -1 where nobody promised anything. `labels` is the position of its
    tags in `label_sets`. `source` numbers the rows.
    """

    rows: TicketRows
    source: Longs
    terms: Codes
    client: Dimension
    priority: Dimension
    team: Dimension
    agent: Dimension
    kind: Dimension
    labels: Codes
    label_sets: tuple[frozenset[str], ...]

    def __len__(self) -> int:
        return len(self.rows)

    def take(self, chosen: Flags) -> "TicketTable":
        """Return some of the rows."""
        rows = self.rows
        return TicketTable(
            rows=TicketRows(*(each[chosen] for each in (rows.opened, rows.first_response, rows.resolved, rows.cancelled))),
            source=self.source[chosen],
            terms=self.terms[chosen],
            client=self.client.take(chosen),
            priority=self.priority.take(chosen),
            team=self.team.take(chosen),
            agent=self.agent.take(chosen),
            kind=self.kind.take(chosen),
            labels=self.labels[chosen],
            label_sets=self.label_sets,
        )


def facts_of_table(
    table: TicketTable,
    assignments: Sequence[Assignment],
    *,
    as_of: int,
    unmeasured: frozenset[ClockKind] = frozenset(),
    ranks: Sequence[Mapping[str, str]] = (),
) -> Facts:
    """Judge every row that was open by `as_of`, an epoch second, under its assignment, whatever client that names.

    `ranks` renames priorities under each assignment, where the tickets speak another family's. `unmeasured` are clocks
    whose stop the table does not tell. Nothing is known here of replies, pauses and reopenings. Raises `PolicyError` and
    `OutOfReach` as the plain assessment does.
    """
    present = table.rows.opened <= as_of
    if not present.all():
        table = table.take(present)
    priority = _renamed(table, ranks)
    cases = _Combinations(table, priority, assignments)
    count = len(table)
    promises: dict[Target, int] = {}
    book = rule_book(assignments, [facts for facts in cases.found if facts[0] >= 0], CLOCKS)
    spans, verdicts, promised = [], [], []
    for clock in CLOCKS:
        rules = [book.of.get((clock, *facts), -1) for facts in cases.found]
        targets = [-1] * len(cases.found)
        for at, (number, named, team, kind, tags) in enumerate(cases.found):
            rule = None if number < 0 else assignments[number].policy.rule_for(clock, named, team=team, kind=kind, tags=tags)
            if rule is not None:
                targets[at] = promises.setdefault(rule.target, len(promises))
        mine = spans_of(table.rows, clock, np.array(rules, dtype=np.int32)[cases.of], as_of=as_of)
        spans.append(mine)
        verdicts.append(judge(mine, book.rules, as_of=as_of, measured=clock not in unmeasured))
        promised.append(np.array(targets, dtype=np.int32)[cases.of])
    solved = _solved(spans[CLOCKS.index(ClockKind.RESOLUTION)])
    none = np.full(count, MISSING, dtype=np.int64)
    tickets = TicketFacts(
        source=table.source,
        opened=table.rows.opened,
        first_resolved=solved,
        last_resolved=solved,
        reopened=none,
        replies=none,
        rating=none,
        incident=np.ones(count, dtype=np.bool_),
        dimensions={
            "client": table.client,
            "priority": priority,
            "team": table.team,
            "agent": table.agent,
            "assignment": Dimension(table.terms, tuple(each.id for each in assignments)),
        },
    )
    clocks = ClockFacts(
        ticket=np.tile(np.arange(count, dtype=np.int64), len(CLOCKS)),
        kind=np.repeat(np.array([KIND_CODE[clock] for clock in CLOCKS], dtype=np.uint8), count),
        state=np.concatenate([each.state for each in verdicts]),
        start=np.concatenate([each.start for each in spans]),
        stop=np.concatenate([each.stop for each in spans]),
        breached=np.concatenate([each.breached for each in verdicts]),
        elapsed=np.concatenate([each.elapsed for each in verdicts]),
        target=np.concatenate([each.target for each in verdicts]),
        promise=np.concatenate(promised),
        waived=np.zeros(count * len(CLOCKS), dtype=np.bool_),
        paused=np.zeros((0, len(OWNERS)), dtype=np.int64),
    )
    return Facts(tickets, clocks, as_of, tuple(promises))


def _solved(resolution: SpanColumns) -> Longs:
    """When tickets were resolved; a clock that was called off resolved nothing."""
    return np.where(resolution.void, MISSING, resolution.stop)


def _renamed(table: TicketTable, ranks: Sequence[Mapping[str, str]]) -> Dimension:
    """The priorities as the tier of each ticket calls them."""
    if not any(ranks):
        return table.priority
    names: dict[str, int] = {}
    width = len(table.priority.names) + 1
    # One row a tier and one for no tier, last; one column a priority and one for none, last: -1 finds both by itself.
    read = np.full((len(ranks) + 1, width), -1, dtype=np.int32)
    for row, renaming in enumerate((*ranks, {})):
        for code, name in enumerate(table.priority.names):
            read[row, code] = names.setdefault(renaming.get(name, name), len(names))
    return Dimension(read[table.terms, table.priority.codes], tuple(names))


class _Combinations:
    """The combinations of facts that choose targets, each once, and which one each ticket has."""

    def __init__(self, table: TicketTable, priority: Dimension, assignments: Sequence[Assignment]) -> None:
        # What no rule asks about would only multiply the combinations.
        asked = {name for each in assignments for rule in each.policy.rules for name, _ in rule.asks}
        columns = [(priority.codes + 1, len(priority.names) + 1)]
        if team := "team" in asked:
            columns.append((table.team.codes + 1, len(table.team.names) + 1))
        if kind := "kind" in asked:
            columns.append((table.kind.codes + 1, len(table.kind.names) + 1))
        if tags := "tag" in asked:
            columns.append((table.labels, len(table.label_sets)))
        self.of, possible = table.terms.astype(np.int64) + 1, len(assignments) + 1
        for codes, size in columns:
            self.of, possible = _distinct(self.of * size + codes, possible * size)
        one = np.zeros(possible, dtype=np.int64)
        one[self.of] = np.arange(len(table))
        self.found = [
            (
                int(table.terms[row]),
                _name(priority, row) or "",
                _name(table.team, row) if team else None,
                _name(table.kind, row) if kind else None,
                table.label_sets[table.labels[row]] if tags else frozenset(),
            )
            for row in (one.tolist() if len(table) else ())
        ]


def _distinct(codes: Longs, possible: int) -> tuple[Longs, int]:
    """Return the position of each code among those that occur, and how many occur."""
    if possible > max(_COUNTABLE, len(codes)):
        seen, of = np.unique(codes, return_inverse=True)
        return of, len(seen)
    seen = np.flatnonzero(np.bincount(codes, minlength=1))
    place = np.zeros(possible, dtype=np.int64)
    place[seen] = np.arange(len(seen))
    return place[codes], len(seen)


def _name(dimension: Dimension, row: int) -> str | None:
    code = int(dimension.codes[row])
    return None if code < 0 else dimension.names[code]
