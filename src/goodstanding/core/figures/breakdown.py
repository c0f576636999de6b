"""The same figures split many ways at once: one pass over the clocks a dimension, whatever the number of groups."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from goodstanding.core.clocks.clock import moment
from goodstanding.core.desk.columns import CODE_OF, MISSING, STATES, Codes
from goodstanding.core.desk.policy import ClockKind
from goodstanding.core.desk.verdict import ClockState
from goodstanding.core.figures.facts import KIND_CODE, KINDS, Facts
from goodstanding.core.figures.figures import Compliance
from goodstanding.core.figures.numbers import NOTHING, Spread

_FAR: Final = 1 << 60
_QUARTER: Final = 900
_TIMED: Final = (ClockState.MET, ClockState.BREACHED, ClockState.NONE)


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
    known = at != MISSING
    first, last = int(at.min(where=known, initial=_FAR)), int(at.max(where=known, initial=-_FAR))
    if last < first:
        return np.full(len(at), -1, dtype=np.int32), ()
    starts = month_starts(zone, first, last)
    begins = np.array([second for second, _ in starts], dtype=np.int64)
    names = tuple(name for _, name in starts)
    if (begins % _QUARTER).any():
        codes = np.searchsorted(begins, at, side="right") - 1
        return np.where(known, codes, -1).astype(np.int32), names
    # All zones of today begin their months on a quarter of an hour: a table of quarters finds them without a search.
    begun = np.zeros((last - begins[0]) // _QUARTER + 1, dtype=np.int32)
    begun[(begins[1:] - begins[0]) // _QUARTER] = 1
    codes = np.cumsum(begun, dtype=np.int32).take((np.where(known, at, begins[0]) - begins[0]) // _QUARTER)
    return np.where(known, codes, np.int32(-1)), names


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


@dataclass(frozen=True, slots=True)
class Prepared:
    """What every split of the same clocks begins with, worked out once."""

    cell: NDArray[np.int16]
    """Kind, state and waiver of each clock as one number."""
    timed: NDArray[np.int64]
    """The rows of the clocks whose elapsed time says how long somebody took."""
    durations: NDArray[np.int64]
    """Their elapsed seconds, with their kind above bit 40 and room for a group above that."""


def prepare(facts: Facts) -> Prepared:
    """Work out what the splits of these facts share."""
    clocks = facts.clocks
    cell = (clocks.kind.astype(np.int16) * len(STATES) + clocks.state) * 2 + clocks.waived
    says = np.isin(np.arange(len(STATES)), [CODE_OF[state] for state in _TIMED])
    timed = np.flatnonzero(says[clocks.state] & (clocks.stop != MISSING))
    durations = (clocks.kind[timed].astype(np.int64) << 40) | clocks.elapsed[timed]
    return Prepared(cell.astype(np.int16), timed, durations)


def split(prepared: Prepared, codes: Codes, names: Sequence[str]) -> Mapping[ClockKind, tuple[Group, ...]]:
    """Return, for each kind of clock, one group a code that has clocks of it; see `breakdown`."""
    groups = len(names) + 1
    group = codes if len(codes) == 0 or int(codes.min()) >= 0 else np.where(codes < 0, len(names), codes)
    width = len(KINDS) * len(STATES) * 2
    counted = np.bincount(group * np.int32(width) + prepared.cell, minlength=groups * width)
    counts = counted.reshape(groups, len(KINDS), len(STATES), 2)
    spreads = _spreads(prepared, group[prepared.timed], groups)
    labels: list[str | None] = [*names, None]
    return {
        kind: tuple(
            Group(name, kind, _compliance(counts[number, code]), spreads[number * len(KINDS) + code])
            for number, name in enumerate(labels)
            if counts[number, code].any()
        )
        for kind, code in KIND_CODE.items()
    }


def breakdown(facts: Facts, codes: Codes, names: Sequence[str], clock: ClockKind) -> tuple[Group, ...]:
    """Return one group a code that has clocks of a kind, in the order of `names`; clocks of code -1 come last, unnamed.

    Each group holds what `figures` says of it alone. For several splits of the same facts, `prepare` once and `split`.
    """
    return split(prepare(facts), codes, names)[clock]


def _compliance(counts: NDArray[np.int64]) -> Compliance:
    met, breached = counts[CODE_OF[ClockState.MET]], counts[CODE_OF[ClockState.BREACHED]]
    left_out: dict[ClockState, int] = {
        state: int(counts[code].sum())
        for state, code in CODE_OF.items()
        if state not in (ClockState.MET, ClockState.BREACHED) and counts[code].any()
    }
    return Compliance(int(met[0]), int(breached[0]), int(met[1]), int(breached[1]), left_out)


def _spreads(prepared: Prepared, group: Codes, groups: int) -> list[Spread]:
    """Return the spread of each group and kind, kinds innermost."""
    # Group, kind and duration in one number: a single sort puts the groups in order and the durations within them.
    ordered = (group.astype(np.int64) << 42) | prepared.durations
    ordered.sort()
    cells = groups * len(KINDS)
    edges = (np.arange(groups, dtype=np.int64)[:, None] << 42) | (np.arange(len(KINDS), dtype=np.int64) << 40)
    bounds = np.append(np.searchsorted(ordered, edges.reshape(-1)), len(ordered)).tolist()
    ordered &= (1 << 40) - 1
    found = []
    for cell in range(cells):
        start, end = bounds[cell], bounds[cell + 1]
        count = end - start
        if count == 0:
            found.append(NOTHING)
            continue
        middle = Fraction(int(ordered[start + (count - 1) // 2]) + int(ordered[start + count // 2]), 2)
        nine_tenths = int(ordered[start + -(-9 * count // 10) - 1])
        found.append(Spread(count, int(ordered[start:end].sum()), middle, nine_tenths))
    return found
