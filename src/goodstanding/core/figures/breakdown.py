"""The same figures split many ways at once: one pass over the clocks a dimension, whatever the number of groups."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

import numpy as np

from goodstanding.core.clocks.clock import moment
from goodstanding.core.desk.columns import CODE_OF, MISSING, STATES, Codes, Flags
from goodstanding.core.desk.policy import ClockKind
from goodstanding.core.desk.verdict import ClockState
from goodstanding.core.figures.facts import KIND_CODE, ClockFacts, Facts
from goodstanding.core.figures.figures import Compliance
from goodstanding.core.figures.numbers import NOTHING, Spread


@dataclass(frozen=True, slots=True)
class Group:
    """The clocks of one kind in one group."""

    name: str | None
    clock: ClockKind
    compliance: Compliance
    elapsed: Spread


def by_ticket(facts: Facts, dimension: str) -> tuple[Codes, tuple[str, ...]]:
    """Return a code for each clock by a dimension of its ticket, and the names of the codes."""
    found = facts.tickets.dimensions[dimension]
    return found.codes[facts.clocks.ticket], found.names


def by_month(facts: Facts, zone: str) -> tuple[Codes, tuple[str, ...]]:
    """Return a code for each clock by the month in `zone` that it counts in, and the months as `2026-03`.

    A clock counts in the month of its breach, else of its stop; one still open has none (semantics.md 1.16).
    """
    clocks = facts.clocks
    at = np.where(clocks.breached != MISSING, clocks.breached, clocks.stop)
    known = at[at != MISSING]
    if len(known) == 0:
        return np.full(len(at), -1, dtype=np.int32), ()
    starts = month_starts(zone, int(known.min()), int(known.max()))
    codes = np.searchsorted(np.array([second for second, _ in starts], dtype=np.int64), at, side="right") - 1
    return np.where(at == MISSING, -1, codes).astype(np.int32), tuple(name for _, name in starts)


def month_starts(zone: str, first: int, last: int) -> list[tuple[int, str]]:
    """Return when each month of `zone` begins, as epoch seconds, from the one holding `first` to the one holding `last`."""
    place = ZoneInfo(zone)
    at = moment(first).astimezone(place)
    year, month = at.year, at.month
    found = []
    while (second := int(datetime(year, month, 1, tzinfo=place).astimezone(UTC).timestamp())) <= last:
        found.append((second, f"{year}-{month:02d}"))
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return found


def breakdown(facts: Facts, codes: Codes, names: Sequence[str], clock: ClockKind) -> tuple[Group, ...]:
    """Return one group a code that has clocks of a kind, in the order of `names`; clocks of code -1 come last, unnamed.

    Each group holds what `figures` says of it alone.
    """
    clocks = facts.clocks
    mine = clocks.kind == KIND_CODE[clock]
    group = np.where(codes < 0, len(names), codes).astype(np.int64)[mine]
    state, waived = clocks.state[mine].astype(np.int64), clocks.waived[mine].astype(np.int64)
    width = 2 * len(STATES)
    counts = np.bincount(group * width + state * 2 + waived, minlength=(len(names) + 1) * width).reshape(-1, len(STATES), 2)
    spreads = _spreads(clocks, mine, group, len(names) + 1)
    labels: list[str | None] = [*names, None]
    return tuple(
        Group(name, clock, _compliance(counts[number]), spreads[number])
        for number, name in enumerate(labels)
        if counts[number].any()
    )


def _compliance(counts: np.ndarray[tuple[int, int], np.dtype[np.int64]]) -> Compliance:
    met, breached = counts[CODE_OF[ClockState.MET]], counts[CODE_OF[ClockState.BREACHED]]
    left_out: dict[ClockState, int] = {
        state: int(counts[code].sum())
        for state, code in CODE_OF.items()
        if state not in (ClockState.MET, ClockState.BREACHED) and counts[code].any()
    }
    return Compliance(int(met[0]), int(breached[0]), int(met[1]), int(breached[1]), left_out)


def _spreads(clocks: ClockFacts, mine: Flags, group: np.ndarray[tuple[int], np.dtype[np.int64]], groups: int) -> list[Spread]:
    timed = (
        (clocks.state == CODE_OF[ClockState.MET])
        | (clocks.state == CODE_OF[ClockState.BREACHED])
        | (clocks.state == CODE_OF[ClockState.NONE])
    )
    stopped = (clocks.stop != MISSING) & timed
    chosen = stopped[mine]
    seconds, of = clocks.elapsed[mine][chosen], group[chosen]
    # Group and duration in one number: a single sort puts the groups in order and the durations in order within them.
    ordered = np.sort((of << 40) | seconds)
    bounds = np.searchsorted(ordered, np.arange(groups + 1, dtype=np.int64) << 40)
    durations = ordered & ((1 << 40) - 1)
    totals = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(durations)])
    found = []
    for start, end in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
        count = end - start
        if count == 0:
            found.append(NOTHING)
            continue
        middle = Fraction(int(durations[start + (count - 1) // 2]) + int(durations[start + count // 2]), 2)
        nine_tenths = int(durations[start + -(-9 * count // 10) - 1])
        found.append(Spread(count, int(totals[end] - totals[start]), middle, nine_tenths))
    return found
