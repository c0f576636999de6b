"""Tickets told as columns, judged all at once into facts; ticket by ticket, `assess` and `facts_of` say the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from goodstanding.core.desk.columns import (
    CODE_OF,
    MISSING,
    Codes,
    ColumnRule,
    Flags,
    Longs,
    Pauses,
    SpanColumns,
    TicketRows,
    VerdictColumns,
    judge,
    rule_book,
    spans_of,
)
from goodstanding.core.desk.policy import Assignment, ClockKind, Policy, ReopenMode, Target
from goodstanding.core.desk.verdict import ClockState
from goodstanding.core.figures.facts import KIND_CODE, OWNERS, ClockFacts, Dimension, Facts, TicketFacts

CLOCKS: Final = (ClockKind.RESPONSE, ClockKind.RESOLUTION)
"""The clocks that milestones side by side can tell; messages and their answers need events."""
_COUNTABLE: Final = 1 << 24
"""Up to so many possible combinations a table of counts finds those that occur faster than sorting does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketTable:
    """Tickets as rows of milestones with what chooses their targets.

    `reopened` lies after the resolution of `rows` and `resolved_again` after that; both may be `MISSING`. `terms` is the
    position of each ticket's assignment, -1 where nobody promised anything. `labels` is the position of its tags in
    `label_sets`. `source` numbers the rows.
    """

    rows: TicketRows
    reopened: Longs
    resolved_again: Longs
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
        if chosen.all():
            return self
        rows = self.rows
        return TicketTable(
            rows=TicketRows(*(each[chosen] for each in (rows.opened, rows.first_response, rows.resolved, rows.cancelled))),
            reopened=self.reopened[chosen],
            resolved_again=self.resolved_again[chosen],
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
    whose stop the table does not tell. Nothing is known here of replies and waits. Rows must be of those that
    `told_by_columns` names. Raises `PolicyError` and `OutOfReach` as the plain assessment does.
    """
    table = table.take(table.rows.opened <= as_of)
    priority = _renamed(table, ranks)
    cases = _Combinations(table, priority, assignments)
    count = len(table)
    promises: dict[Target, int] = {}
    book = rule_book(assignments, [facts for facts in cases.found if facts[0] >= 0], CLOCKS)
    again = _reopened(table, as_of)
    spans, verdicts, promised = [], [], []
    for clock in CLOCKS:
        rules = [book.of.get((clock, *facts), -1) for facts in cases.found]
        targets = [-1] * len(cases.found)
        for at, (number, named, team, kind, tags) in enumerate(cases.found):
            rule = None if number < 0 else assignments[number].policy.rule_for(clock, named, team=team, kind=kind, tags=tags)
            if rule is not None:
                targets[at] = promises.setdefault(rule.target, len(promises))
        mine = spans_of(table.rows, clock, np.array(rules, dtype=np.int32)[cases.of], as_of=as_of)
        if clock is ClockKind.RESOLUTION:
            solved = np.where(mine.void, MISSING, mine.stop)
            mine = _resumed(mine, table, again, as_of)
        spans.append(mine)
        verdicts.append(_judged(mine, book.rules, as_of=as_of, measured=clock not in unmeasured))
        promised.append(np.array(targets, dtype=np.int32)[cases.of])
    restored = np.where(spans[-1].void, MISSING, spans[-1].stop)
    none = np.full(count, MISSING, dtype=np.int64)
    tickets = TicketFacts(
        source=table.source,
        opened=table.rows.opened,
        first_resolved=solved,
        last_resolved=restored,
        reopened=np.where(again, table.reopened, MISSING),
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


def told_by_columns(table: TicketTable, policies: Sequence[Policy], *, as_of: int) -> Flags:
    """Return which rows columns can hold under the policies of their terms: all but some of those reopened by `as_of`.

    A clock that a reopening resumes is one clock with a pause. A reopening that starts a new cycle, or a ticket of its own
    because the window is over, makes clocks that a row has no place for.
    """
    again = _reopened(table, as_of)
    # How long after the resolution a reopening resumes the clock; without any promise, always.
    spells = [_resumes_within(policy) for policy in policies]
    within = np.array([*spells, _ALWAYS], dtype=np.int64)[table.terms]
    gap = np.where(again, table.reopened, 0) - np.where(again, table.rows.resolved, 0)
    sound = (table.rows.resolved != MISSING) & (table.rows.cancelled == MISSING) & (gap > 0)
    held: Flags = ~again | (sound & (gap <= within))
    return held


_ALWAYS: Final = 1 << 40
_NEVER: Final = -1


def _resumes_within(policy: Policy) -> int:
    if policy.reopening.mode is not ReopenMode.RESUME:
        return _NEVER
    window = policy.reopening.window
    return _ALWAYS if window is None else window.days * 86_400 + window.seconds


def _reopened(table: TicketTable, as_of: int) -> Flags:
    again: Flags = (table.reopened != MISSING) & (table.reopened <= as_of)
    return again


def _resumed(spans: SpanColumns, table: TicketTable, again: Flags, as_of: int) -> SpanColumns:
    """Return the resolution clocks with the time between a resolution and a reopening cut out (semantics.md 1.6)."""
    if not again.any():
        return spans
    first = np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(again)))
    pauses = Pauses(first.astype(np.int64), spans.stop[again], table.reopened[again])
    once_more = np.where(table.resolved_again > as_of, MISSING, table.resolved_again)
    return SpanColumns(spans.start, np.where(again, once_more, spans.stop), spans.void, spans.rule, pauses)


def _judged(spans: SpanColumns, rules: Sequence[ColumnRule], *, as_of: int, measured: bool) -> VerdictColumns:
    """Judge clocks whose pauses, at most one each, are the time between a resolution and a reopening."""
    found = judge(spans, rules, as_of=as_of, measured=measured)
    if spans.pauses is None:
        return found
    rows = np.flatnonzero(np.diff(spans.pauses.first))
    broken = (found.state[rows] == CODE_OF[ClockState.BREACHED]) & (found.deadline[rows] == spans.pauses.start)
    rows, resumed = rows[broken], spans.pauses.end[broken]
    # Used up to the second at the resolution, the target is passed once the clock goes on.
    late = resumed < np.where(spans.stop[rows] == MISSING, as_of, spans.stop[rows])
    state, breached = found.state.copy(), found.breached.copy()
    breached[rows] = np.where(late, resumed, MISSING)
    state[rows[~late]] = CODE_OF[ClockState.RUNNING]
    return replace(found, state=state, breached=breached)


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
