"""A comparison: one history under two promises, side by side (requirements CLOCK-9)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Final

import numpy as np

from goodstanding.core.desk.columns import CODE_OF, Longs
from goodstanding.core.desk.policy import ClockKind
from goodstanding.core.desk.verdict import ClockState
from goodstanding.core.figures.facts import KIND_CODE, Facts
from goodstanding.core.figures.figures import Compliance
from goodstanding.core.figures.measurement import Measurement, Row


class Outcome(StrEnum):
    """What a ticket's clocks come to together."""

    UNDECIDED = "undecided"
    """None of its clocks is decided."""
    MET = "met"
    BREACHED = "breached"


OUTCOMES: Final = tuple(Outcome)


@dataclass(frozen=True, slots=True)
class Compared:
    """The clocks of one kind and priority under both promises; None where one of them has no such clocks."""

    name: str | None
    clock: ClockKind
    before: Compliance | None
    after: Compliance | None

    @property
    def difference(self) -> Fraction | None:
        """By how much the share of met clocks changes; None unless both have decided clocks."""
        before = None if self.before is None else self.before.rate.value
        after = None if self.after is None else self.after.rate.value
        return None if before is None or after is None else after - before


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One history under two promises, side by side."""

    before: Measurement
    after: Measurement
    by_priority: tuple[Compared, ...]
    totals: tuple[Compared, ...]
    changed: Mapping[tuple[Outcome, Outcome], int]
    """Tickets by their outcome before and after, where the two differ."""

    @property
    def worse(self) -> int:
        """Tickets that were met and would be breached."""
        return self.changed.get((Outcome.MET, Outcome.BREACHED), 0)

    @property
    def better(self) -> int:
        """Tickets that were breached and would be met."""
        return self.changed.get((Outcome.BREACHED, Outcome.MET), 0)


def comparison(
    before: tuple[Facts, Measurement], after: tuple[Facts, Measurement], *, rows: Mapping[str, str] | None = None
) -> Comparison:
    """Compare two measurements of the same tickets.

    `rows` says in which row each priority stands, which puts those of two families side by side by rank; such a report
    says so (requirements TIER-3).
    """
    named = rows or {}
    old, new = (facts for facts, _ in (before, after))
    sides = [_by_row(each.by_priority, named) for _, each in (before, after)]
    keys = sorted({key for side in sides for key in side}, key=lambda key: (key[0] is None, key[0] or "", KIND_CODE[key[1]]))
    totals = [{each.clock: each.compliance for each in found.totals.clocks} for _, found in (before, after)]
    kinds = [clock for clock in ClockKind if any(clock in side for side in totals)]
    return Comparison(
        before=before[1],
        after=after[1],
        by_priority=tuple(Compared(*key, sides[0].get(key), sides[1].get(key)) for key in keys),
        totals=tuple(Compared(None, clock, totals[0].get(clock), totals[1].get(clock)) for clock in kinds),
        changed=_changed(old, new),
    )


def _by_row(rows: Sequence[Row], named: Mapping[str, str]) -> dict[tuple[str | None, ClockKind], Compliance]:
    found: dict[tuple[str | None, ClockKind], Compliance] = {}
    for row in rows:
        name = None if row.name is None else named.get(row.name, row.name)
        for group in row.clocks:
            known = found.get((name, group.clock))
            found[name, group.clock] = group.compliance if known is None else _together(known, group.compliance)
    return found


def _together(one: Compliance, other: Compliance) -> Compliance:
    return Compliance(
        one.met + other.met,
        one.breached + other.breached,
        one.waived_met + other.waived_met,
        one.waived_breached + other.waived_breached,
        {
            state: one.left_out.get(state, 0) + other.left_out.get(state, 0)
            for state in ClockState
            if state in one.left_out or state in other.left_out
        },
    )


def _changed(old: Facts, new: Facts) -> Mapping[tuple[Outcome, Outcome], int]:
    sources = 1 + max(int(each.tickets.source.max(initial=-1)) for each in (old, new))
    pairs = _outcomes(old, sources) * len(OUTCOMES) + _outcomes(new, sources)
    counts = np.bincount(pairs, minlength=len(OUTCOMES) ** 2).reshape(len(OUTCOMES), len(OUTCOMES))
    return {
        (was, now): int(counts[a, b])
        for a, was in enumerate(OUTCOMES)
        for b, now in enumerate(OUTCOMES)
        if was is not now and counts[a, b]
    }


def _outcomes(facts: Facts, sources: int) -> Longs:
    """What each ticket of the source came to, as positions in `OUTCOMES`; waived clocks do not count."""
    clocks = facts.clocks
    found = np.zeros(sources, dtype=np.int64)
    source = facts.tickets.source[clocks.ticket]
    for state, outcome in ((ClockState.MET, Outcome.MET), (ClockState.BREACHED, Outcome.BREACHED)):
        # Breached comes last and stays: one broken promise is enough.
        found[source[(clocks.state == CODE_OF[state]) & ~clocks.waived]] = OUTCOMES.index(outcome)
    return found
