"""Clocks as columns: whole histories judged at once, with the answers of the plain assessment."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np
from numpy.typing import NDArray

from goodstanding.core.clocks import bulk
from goodstanding.core.clocks.amounts import DAYS_A_WEEK, Unit
from goodstanding.core.clocks.calendar import Calendar
from goodstanding.core.clocks.clock import WorkingClock, clock_of
from goodstanding.core.desk.policy import WALL, Assignment, ClockKind, PolicyError
from goodstanding.core.desk.reckon import FOREVER
from goodstanding.core.desk.verdict import ClockState

Longs = NDArray[np.int64]
Codes = NDArray[np.int32]
Flags = NDArray[np.bool_]

MISSING: Final = np.iinfo(np.int64).min
"""Stands in columns of instants and amounts for what is not there."""

STATES: Final = tuple(ClockState)
CODE_OF: Final = {state: code for code, state in enumerate(STATES)}
_AT_RISK: Final = Fraction(3, 4)


@dataclass(frozen=True, slots=True)
class TicketRows:
    """The milestones of tickets, one row each, as epoch seconds or `MISSING`.

    Rows must tell the order that events would: an instant before `opened` is the opening itself.
    """

    opened: Longs
    first_response: Longs
    resolved: Longs
    cancelled: Longs

    def __len__(self) -> int:
        return len(self.opened)


@dataclass(frozen=True, slots=True)
class Pauses:
    """Pauses of many clocks: those of clock `i` are `start[first[i]:first[i + 1]]` and so `end`.

    Each clock's are sorted and free of overlap; an end of `FOREVER` has not come.
    """

    first: Longs
    start: Longs
    end: Longs


@dataclass(frozen=True, slots=True)
class SpanColumns:
    """Clocks of one kind, one row each: from `start` to `stop` (epoch seconds, `MISSING` while open).

    `void` marks those called off at their stop. `rule` points into the rules they are judged by, -1 where nothing covers
    them.
    """

    start: Longs
    stop: Longs
    void: Flags
    rule: Codes
    pauses: Pauses | None = None

    def __len__(self) -> int:
        return len(self.start)


@dataclass(frozen=True, slots=True)
class ColumnRule:
    """What a span is judged by: a calendar and an amount; `count` None promises no clock."""

    calendar: Calendar
    count: int | None
    unit: Unit = Unit.SECONDS
    wall: bool = False


@dataclass(frozen=True, slots=True)
class VerdictColumns:
    """The verdicts of `SpanColumns`, row by row; amounts in open seconds, instants in epoch seconds or `MISSING`."""

    state: NDArray[np.uint8]
    """Positions in `STATES`."""
    elapsed: Longs
    target: Longs
    deadline: Longs
    breached: Longs

    @property
    def decided(self) -> Flags:
        """Whether the clock was met or breached."""
        met: Flags = self.state == CODE_OF[ClockState.MET]
        breached: Flags = self.state == CODE_OF[ClockState.BREACHED]
        return met | breached


def spans_of(rows: TicketRows, clock: ClockKind, rule: Codes, *, as_of: int) -> SpanColumns:
    """Return the response or the resolution clocks of tickets that were open by `as_of`.

    A resolution stops the response clock too, and a cancellation calls off what still runs (semantics.md 1.11). What
    happened after `as_of` has not happened. Rows opened later must be left out before.
    """
    opened = rows.opened

    def happened(column: Longs) -> Longs:
        known = (column != MISSING) & (column <= as_of)
        return np.where(known, np.maximum(column, opened), FOREVER)

    resolved, cancelled = happened(rows.resolved), happened(rows.cancelled)
    answered = np.minimum(happened(rows.first_response), resolved) if clock is ClockKind.RESPONSE else resolved
    stop = np.minimum(answered, cancelled)
    return SpanColumns(opened, np.where(stop == FOREVER, MISSING, stop), cancelled < answered, rule)


def judge(spans: SpanColumns, rules: Sequence[ColumnRule], *, as_of: int, measured: bool = True) -> VerdictColumns:
    """Judge many clocks at once; the plain `assess` is the oracle of every row.

    For clocks judged by one rule from start to stop, under service that does not end: what changed its priority, tier or
    client on the way is for the plain assessment.

    With `measured` False the source does not tell what stops these clocks: none is met or breached. Raises
    `OutOfReach` as the clocks do.
    """
    count = len(spans)
    elapsed, target = np.zeros(count, dtype=np.int64), np.full(count, MISSING, dtype=np.int64)
    deadline = np.full(count, MISSING, dtype=np.int64)
    end = np.where(spans.stop == MISSING, as_of, spans.stop)
    uncovered = spans.rule < 0
    # What nobody promised is counted in wall time.
    elapsed[uncovered] = np.maximum(end - spans.start, 0)[uncovered]
    for number, rule in _present(spans.rule, rules):
        rows = _rows(spans.rule, number, count)
        clock = clock_of(rule.calendar)
        start, until = spans.start[rows], end[rows]
        pauses = _Paused(clock, spans.pauses, rows, start, until)
        elapsed[rows] = pauses.elapsed()
        if rule.count is not None:
            amount = _amount(clock, rule, start)
            target[rows] = amount
            deadline[rows] = pauses.instant_after(amount)
    breached = (deadline != MISSING) & (deadline < end)
    state = np.full(count, CODE_OF[ClockState.MET], dtype=np.uint8)
    running = spans.stop == MISSING
    state[running] = CODE_OF[ClockState.RUNNING]
    if spans.pauses is not None:
        state[running & _paused_now(spans.pauses)] = CODE_OF[ClockState.PAUSED]
    state[target == MISSING] = CODE_OF[ClockState.NONE]
    state[uncovered] = CODE_OF[ClockState.NOT_COVERED]
    state[spans.void] = CODE_OF[ClockState.CANCELLED]
    state[breached] = CODE_OF[ClockState.BREACHED]
    if not measured:
        state[:] = CODE_OF[ClockState.NOT_MEASURED]
        breached[:] = False
    return VerdictColumns(state, elapsed, target, deadline, np.where(breached, deadline, MISSING))


@dataclass(frozen=True, slots=True)
class RuleBook:
    """The rules of some assignments, each promise once, and where each combination of ticket facts finds its own."""

    rules: tuple[ColumnRule, ...]
    of: Mapping[tuple[ClockKind, int, str, str | None, str | None, frozenset[str]], int]


def rule_book(
    assignments: Sequence[Assignment | None],
    facts: Iterable[tuple[int, str, str | None, str | None, frozenset[str]]],
    clocks: Iterable[ClockKind] = (ClockKind.RESPONSE, ClockKind.RESOLUTION),
) -> RuleBook:
    """Return the rule of each combination of facts: number of the assignment, priority, team, kind and tags.

    A combination that nothing covers is not in the book's `of`. Raises `PolicyError` for an unfilled slot.
    """
    rules: dict[ColumnRule, int] = {}
    found: dict[tuple[ClockKind, int, str, str | None, str | None, frozenset[str]], int] = {}
    for number, priority, team, kind, tags in facts:
        bound = assignments[number]
        if bound is None:
            continue
        for clock in clocks:
            rule = bound.policy.rule_for(clock, priority, team=team, kind=kind, tags=tags)
            if rule is None:
                continue
            amount, wall = rule.target.amount, rule.target.slot == WALL
            calendar = bound.calendar(rule.target.slot)
            column = ColumnRule(calendar, None, wall=wall)
            if amount is not None:
                column = ColumnRule(calendar, amount.count, amount.unit, wall)
            found[clock, number, priority, team, kind, tags] = rules.setdefault(column, len(rules))
    return RuleBook(tuple(rules), found)


def _present(codes: Codes, rules: Sequence[ColumnRule]) -> Iterable[tuple[int, ColumnRule]]:
    used = np.bincount(codes[codes >= 0], minlength=len(rules))
    if len(used) > len(rules):
        raise PolicyError(f"a span points at rule {len(used) - 1}, but there are {len(rules)}")
    return [(number, rules[number]) for number, spans in enumerate(used) if spans]


def _rows(codes: Codes, number: int, count: int) -> slice | Longs:
    rows = np.flatnonzero(codes == number)
    return slice(None) if len(rows) == count else rows


def _amount(clock: WorkingClock, rule: ColumnRule, start: Longs) -> Longs:
    assert rule.count is not None
    fixed = {Unit.SECONDS: 1, Unit.MINUTES: 60, Unit.HOURS: 3600}.get(rule.unit)
    if rule.wall and fixed is None:
        fixed = 86_400 * (7 if rule.unit is Unit.WEEKS else 1)
    if fixed is not None:
        return np.full(len(start), rule.count * fixed, dtype=np.int64)
    return bulk.business_day_seconds(clock, start, rule.count * (DAYS_A_WEEK if rule.unit is Unit.WEEKS else 1))


def _paused_now(pauses: Pauses) -> Flags:
    last = pauses.first[1:] - 1
    some = last >= pauses.first[:-1]
    found = np.zeros(len(last), dtype=np.bool_)
    found[some] = pauses.end[last[some]] >= FOREVER
    return found


class _Paused:
    """Open time of some clocks of one calendar with their pauses cut out; pauses are taken one rank at a time."""

    def __init__(self, clock: WorkingClock, pauses: Pauses | None, rows: slice | Longs, start: Longs, until: Longs) -> None:
        self.clock, self.start, self.until = clock, start, until
        self.first = self.many = None
        if pauses is not None:
            self.pauses = pauses
            self.first = pauses.first[:-1][rows]
            self.many = pauses.first[1:][rows] - self.first

    def ranks(self) -> Iterable[tuple[Longs, Longs, Longs]]:
        """Yield, for the first, second, … pause of each clock: which clocks have one, its start and its end."""
        if self.first is None or self.many is None:
            return
        for rank in range(int(self.many.max(initial=0))):
            having = np.flatnonzero(self.many > rank)
            at = self.first[having] + rank
            yield having, self.pauses.start[at], self.pauses.end[at]

    def elapsed(self) -> Longs:
        counted = bulk.seconds_between(self.clock, self.start, np.maximum(self.until, self.start))
        for having, begin, end in self.ranks():
            start, until = self.start[having], self.until[having]
            a = np.clip(begin, start, until)
            counted[having] -= bulk.seconds_between(self.clock, a, np.clip(end, a, np.maximum(until, a)))
        return counted

    def instant_after(self, amount: Longs) -> Longs:
        """The twin of `reckon.instant_after`; `MISSING` where a pause that has not ended begins first."""
        if self.first is None:
            return bulk.seconds_after(self.clock, self.start, amount)
        cursor, left = self.start.copy(), amount.copy()
        done = left == 0
        found = np.where(done, self.start, MISSING)
        for having, begins, ends in self.ranks():
            ahead = np.flatnonzero(~done[having] & (ends > cursor[having]))
            rows, begin, end = having[ahead], begins[ahead], ends[ahead]
            available = bulk.seconds_between(self.clock, cursor[rows], np.maximum(begin, cursor[rows]))
            within = (left[rows] <= available) & (begin > cursor[rows])
            done[rows[within]] = True
            found[rows[within]] = bulk.seconds_after(self.clock, cursor[rows[within]], left[rows[within]])
            on = rows[~within]
            left[on] -= available[~within]
            cursor[on] = end[~within]
            done[on[end[~within] >= FOREVER]] = True
        rest = np.flatnonzero(~done)
        found[rest] = bulk.seconds_after(self.clock, cursor[rest], left[rest])
        return found
