"""Clocks as columns: whole histories judged at once, with the answers of the plain assessment."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
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

_BLOCK: Final = 1 << 16
"""Rows judged at a time, so that what lies between input and answer stays in the processor's cache."""

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

    def rows(self, chosen: slice) -> "SpanColumns":
        """Return a run of the rows, without copying them."""
        pauses = self.pauses
        if pauses is not None:
            stop = None if chosen.stop is None else chosen.stop + 1
            pauses = Pauses(pauses.first[slice(chosen.start, stop)], pauses.start, pauses.end)
        columns = (self.start[chosen], self.stop[chosen], self.void[chosen], self.rule[chosen])
        return SpanColumns(*columns, pauses)


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

    def rows(self, chosen: slice) -> "VerdictColumns":
        """Return a run of the rows, without copying them."""
        columns = (self.elapsed[chosen], self.target[chosen], self.deadline[chosen], self.breached[chosen])
        return VerdictColumns(self.state[chosen], *columns)

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


def judge(
    spans: SpanColumns, rules: Sequence[ColumnRule], *, as_of: int, measured: bool = True, deadlines: bool = True
) -> VerdictColumns:
    """Judge many clocks at once; the plain `assess` is the oracle of every row.

    For clocks judged by one rule from start to stop, under service that does not end: what changed its priority, tier or
    client on the way is for the plain assessment.

    With `measured` False the source does not tell what stops these clocks: none is met or breached. Without `deadlines`
    only breached clocks get one, which saves the half of the work that a report has no use for. Raises `OutOfReach` as
    the clocks do, and `PolicyError` for a rule that is not there.
    """
    _check_rules(spans.rule, rules)
    count = len(spans)
    found = VerdictColumns(np.empty(count, dtype=np.uint8), *(np.empty(count, dtype=np.int64) for _ in range(4)))
    for begin in range(0, count, _BLOCK):
        rows = slice(begin, begin + _BLOCK)
        _judge_block(spans.rows(rows), rules, found.rows(rows), as_of=as_of, deadlines=deadlines)
    if not measured:
        found.state[:] = CODE_OF[ClockState.NOT_MEASURED]
        found.breached[:] = MISSING
    return found


def _judge_block(spans: SpanColumns, rules: Sequence[ColumnRule], into: VerdictColumns, *, as_of: int, deadlines: bool) -> None:
    uncovered = spans.rule < 0
    running = spans.stop == MISSING
    end = np.where(running, as_of, spans.stop)
    # What nobody promised is counted in wall time.
    np.maximum(end - spans.start, 0, out=into.elapsed)
    into.target[:] = MISSING
    into.deadline[:] = MISSING
    for calendar, rows in _by_calendar(spans.rule, rules):
        clock = clock_of(calendar)
        paused = _Paused(clock, spans, rows, end)
        elapsed = paused.elapsed()
        amount = _amounts(clock, rules, spans.rule[rows], paused.start)
        promised = amount != MISSING
        wanted = np.flatnonzero(promised if deadlines else promised & (elapsed >= amount))
        deadline = np.full(len(elapsed), MISSING, dtype=np.int64)
        deadline[wanted] = paused.instant_after(wanted, amount[wanted])
        into.elapsed[rows], into.target[rows], into.deadline[rows] = elapsed, amount, deadline
    breached = (into.deadline != MISSING) & (into.deadline < end)
    into.breached[:] = np.where(breached, into.deadline, MISSING)
    if not deadlines:
        into.deadline[:] = into.breached
    state = into.state
    state[:] = CODE_OF[ClockState.MET]
    if running.any():
        state[running] = CODE_OF[ClockState.RUNNING]
        if spans.pauses is not None:
            state[running & _paused_now(spans.pauses)] = CODE_OF[ClockState.PAUSED]
    state[into.target == MISSING] = CODE_OF[ClockState.NONE]
    state[uncovered] = CODE_OF[ClockState.NOT_COVERED]
    state[spans.void] = CODE_OF[ClockState.CANCELLED]
    state[breached] = CODE_OF[ClockState.BREACHED]


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


def _check_rules(codes: Codes, rules: Sequence[ColumnRule]) -> None:
    if len(codes) and int(codes.max()) >= len(rules):
        raise PolicyError(f"a span points at rule {int(codes.max())}, but there are {len(rules)}")


def _by_calendar(codes: Codes, rules: Sequence[ColumnRule]) -> Iterator[tuple[Calendar, slice | Longs]]:
    """Yield each calendar that judges some spans, with their rows; all rows as a slice, which costs no copies."""
    calendars: dict[Calendar, int] = {}
    of_rule = np.array([calendars.setdefault(rule.calendar, len(calendars)) for rule in rules] + [-1], dtype=np.int16)
    of_row = of_rule[codes]
    for calendar, number in calendars.items():
        rows = np.flatnonzero(of_row == number)
        if len(rows):
            yield calendar, slice(None) if len(rows) == len(codes) else rows


def _amounts(clock: WorkingClock, rules: Sequence[ColumnRule], codes: Codes, start: Longs) -> Longs:
    """Return the open seconds that each span is promised, `MISSING` where its rule promises no clock."""
    fixed = np.array([_fixed(rule) for rule in rules], dtype=np.int64)
    amounts = fixed[codes]
    for number, rule in enumerate(rules):
        if rule.count is not None and fixed[number] == MISSING:
            rows = np.flatnonzero(codes == number)
            days = rule.count * (DAYS_A_WEEK if rule.unit is Unit.WEEKS else 1)
            amounts[rows] = bulk.business_day_seconds(clock, start[rows], days)
    return amounts


def _fixed(rule: ColumnRule) -> int:
    """Return the seconds of a rule whose amount is the same from any start, else `MISSING`."""
    if rule.count is None:
        return int(MISSING)
    seconds = {Unit.SECONDS: 1, Unit.MINUTES: 60, Unit.HOURS: 3600}.get(rule.unit)
    if seconds is None and rule.wall:
        seconds = 86_400 * (7 if rule.unit is Unit.WEEKS else 1)
    return int(MISSING) if seconds is None else rule.count * seconds


def _paused_now(pauses: Pauses) -> Flags:
    last = pauses.first[1:] - 1
    some = last >= pauses.first[:-1]
    found = np.zeros(len(last), dtype=np.bool_)
    found[some] = pauses.end[last[some]] >= FOREVER
    return found


class _Paused:
    """Open time of the clocks of one calendar with their pauses cut out."""

    def __init__(self, clock: WorkingClock, spans: SpanColumns, rows: slice | Longs, end: Longs) -> None:
        self.clock = clock
        self.start = spans.start[rows]
        self.until = np.maximum(end[rows], self.start)
        self.pauses = spans.pauses
        if self.pauses is not None:
            self.first = self.pauses.first[:-1][rows]
            self.many = self.pauses.first[1:][rows] - self.first

    def elapsed(self) -> Longs:
        """The twin of `reckon.open_seconds`."""
        counted = bulk.seconds_between(self.clock, self.start, self.until)
        if self.pauses is None:
            return counted
        # Every pause of these clocks at once: each knows its clock, and a running total sums those of one clock.
        of = np.repeat(np.arange(len(self.many)), self.many)
        before = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(self.many)])
        place = np.arange(len(of)) + (self.first - before[:-1])[of]
        start, until = self.start[of], self.until[of]
        begin = np.clip(self.pauses.start[place], start, until)
        lost = bulk.seconds_between(self.clock, begin, np.clip(self.pauses.end[place], begin, until))
        total = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(lost)])
        counted -= total[before[1:]] - total[before[:-1]]
        return counted

    def instant_after(self, rows: Longs, amount: Longs) -> Longs:
        """The twin of `reckon.instant_after`, of some of the clocks; pauses are taken one rank at a time.

        `MISSING` where a pause that has not ended begins first.
        """
        cursor, left = self.start[rows], amount.copy()
        if self.pauses is None:
            return bulk.seconds_after(self.clock, cursor, left)
        done = left == 0
        found = np.where(done, cursor, MISSING)
        first, many = self.first[rows], self.many[rows]
        for rank in range(int(many.max(initial=0))):
            ahead = np.flatnonzero(~done & (many > rank))
            begin, end = self.pauses.start[first[ahead] + rank], self.pauses.end[first[ahead] + rank]
            later = end > cursor[ahead]
            ahead, begin, end = ahead[later], begin[later], end[later]
            available = bulk.seconds_between(self.clock, cursor[ahead], np.maximum(begin, cursor[ahead]))
            within = (left[ahead] <= available) & (begin > cursor[ahead])
            met = ahead[within]
            done[met] = True
            found[met] = bulk.seconds_after(self.clock, cursor[met], left[met])
            on = ahead[~within]
            left[on] -= available[~within]
            cursor[on] = end[~within]
            done[on[end[~within] >= FOREVER]] = True
        rest = np.flatnonzero(~done)
        found[rest] = bulk.seconds_after(self.clock, cursor[rest], left[rest])
        return found
