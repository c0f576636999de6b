"""A measurement: what a history comes to under the promises it is held to, split every way a report shows it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

import numpy as np

from goodstanding.core.clocks.clock import moment
from goodstanding.core.desk.columns import CODE_OF, MISSING, Codes, Longs
from goodstanding.core.desk.events import PauseOwner
from goodstanding.core.desk.policy import ClockKind, Target
from goodstanding.core.desk.verdict import ClockState
from goodstanding.core.figures.breakdown import Group, Prepared, by_month, by_ticket, prepare, split
from goodstanding.core.figures.facts import KINDS, Dimension, Facts
from goodstanding.core.figures.figures import Compliance, Figures, figures
from goodstanding.core.figures.numbers import Rating, Share, Spread


@dataclass(frozen=True, slots=True)
class Tells:
    """What a source tells beside the milestones; a figure that needs what it does not tell is no data, never zero."""

    replies: bool = False
    """Every public reply, and not the first one only."""
    reopenings: bool = False
    pauses: bool = False
    ratings: bool = False


@dataclass(frozen=True, slots=True)
class PrintedTarget:
    """A target of a tier as its table prints it and as it was counted (requirements TIER-1)."""

    tier: str
    name: str
    printed: str
    read_as: str
    prefilled_from: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One group of a split with its clocks by kind; name None gathers what has none."""

    name: str | None
    clocks: tuple[Group, ...]

    @property
    def rate(self) -> Share:
        """Met of decided over all kinds of clock, which only serves to put rows in order."""
        met = sum(each.compliance.met for each in self.clocks)
        return Share(met, met + self.breached)

    @property
    def breached(self) -> int:
        """Breached clocks of all kinds."""
        return sum(each.compliance.breached for each in self.clocks)

    def of(self, clock: ClockKind) -> Group | None:
        """Return the clocks of one kind, or None where the group has none."""
        return next((each for each in self.clocks if each.clock is clock), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class BreachedClock:
    """A broken promise as a report lists it; `late_by` is wall time from the deadline to the stop, or so far."""

    ref: str
    client: str | None
    priority: str | None
    tier: str | None
    clock: ClockKind
    promised: Target | None
    elapsed: timedelta
    """Open time used up to the stop, or so far."""
    deadline_at: datetime
    """The deadline that passed; for a breach by reclassification, the change."""
    stopped_at: datetime | None
    late_by: timedelta


@dataclass(frozen=True, slots=True, eq=False)
class Breaches:
    """Every breach, the latest first, kept as columns because there may be a million."""

    refs: Sequence[str]
    source: Longs
    client: Dimension
    priority: Dimension
    tier: Dimension
    clock: Codes
    promise: Codes
    promises: tuple[Target, ...]
    elapsed: Longs
    deadline: Longs
    stop: Longs
    as_of: int

    def __len__(self) -> int:
        return len(self.source)

    def __iter__(self) -> Iterator[BreachedClock]:
        return self.rows()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Breaches) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]  # compared by content, like a list

    def rows(self, most: int | None = None) -> Iterator[BreachedClock]:
        """Yield the breaches, at most `most` of them."""
        for source, client, priority, tier, clock, promise, elapsed, deadline, stop in zip(
            *(
                column[:most].tolist()
                for column in (
                    self.source, self.client.codes, self.priority.codes, self.tier.codes,
                    self.clock, self.promise, self.elapsed, self.deadline, self.stop,
                )
            ),
            strict=True,
        ):  # fmt: skip
            stopped = None if stop == MISSING else moment(stop)
            yield BreachedClock(
                ref=self.refs[source],
                client=None if client < 0 else self.client.names[client],
                priority=None if priority < 0 else self.priority.names[priority],
                tier=None if tier < 0 else self.tier.names[tier],
                clock=KINDS[clock],
                promised=None if promise < 0 else self.promises[promise],
                elapsed=timedelta(seconds=elapsed),
                deadline_at=moment(deadline),
                stopped_at=stopped,
                late_by=timedelta(seconds=(self.as_of if stop == MISSING else stop) - deadline),
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """All that is said of a history as it stood at `as_of`; exact throughout, rounding is for those who print it."""

    as_of: datetime
    zone: str
    """Whose months the clocks are counted in."""
    tickets: int
    totals: Row
    by_priority: tuple[Row, ...]
    by_tier: tuple[Row, ...]
    by_client: tuple[Row, ...]
    """The lowest share of met clocks first; of equal ones, the one with more breaches."""
    by_month: tuple[Row, ...]
    """In order; the row without a name holds clocks that are still open."""
    figures: Figures
    tells: Tells
    breaches: Breaches
    readings: tuple[PrintedTarget, ...]
    unmeasured: frozenset[ClockKind] = frozenset()

    @property
    def to_respond(self) -> Spread | None:
        """Wall seconds to the first response; None where the source does not tell responses."""
        return None if ClockKind.RESPONSE in self.unmeasured else self.figures.to_respond

    @property
    def to_restore(self) -> Spread | None:
        """Wall seconds to the last resolution; None where the source does not tell resolutions."""
        return None if ClockKind.RESOLUTION in self.unmeasured else self.figures.to_restore

    @property
    def first_contact(self) -> Share | None:
        """Resolved by one reply and not reopened, of those resolved; None where the source cannot tell."""
        known = self.tells.replies and self.tells.reopenings and ClockKind.RESOLUTION not in self.unmeasured
        return self.figures.first_contact if known else None

    @property
    def reopened(self) -> Share | None:
        """Reopened within the days of `REOPEN_DAYS`, of those resolved; None where the source cannot tell."""
        known = self.tells.reopenings and ClockKind.RESOLUTION not in self.unmeasured
        return self.figures.reopened if known else None

    @property
    def escalated(self) -> Share | None:
        """Tickets that reached three quarters of a target, of those opened; None where no clock with a target is measured."""
        return self.figures.escalated if self._targeted else None

    @property
    def at_risk(self) -> Share | None:
        """Open clocks past three quarters of their target, of the open ones; None where no clock with a target is measured."""
        return self.figures.at_risk if self._targeted else None

    @property
    def paused(self) -> Mapping[PauseOwner, Share] | None:
        """Open time taken out by waits; None where the source does not tell them."""
        return self.figures.paused if self.tells.pauses else None

    @property
    def satisfaction(self) -> Rating | None:
        """The mean rating; None where the source has none."""
        return self.figures.satisfaction if self.tells.ratings else None

    @property
    def _targeted(self) -> bool:
        untargeted = {ClockState.NONE, ClockState.NOT_COVERED, ClockState.NOT_MEASURED}
        return any(each.compliance.clocks > _sum(each.compliance, untargeted) for each in self.totals.clocks)


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """A figure by name; None where the source does not tell what it is made of: no data, never zero."""

    name: str
    value: Share | Spread | Rating | None


def key_figures(found: Measurement) -> tuple[KeyFigure, ...]:
    """Return the key figures in the order in which reports show them (requirements KPI-1).

    `early_…` is one figure a kind of clock, `paused_…` one a party that was waited on; uptime no ticket file tells.
    """
    told = found.figures
    early = [
        KeyFigure(f"early_{group.clock}", told.early[group.clock])
        for group in found.totals.clocks
        if group.compliance.met + group.compliance.breached
    ]
    paused = [KeyFigure("paused", None)]
    if found.paused is not None:
        paused = [KeyFigure(f"paused_{owner}", share) for owner, share in found.paused.items()]
    return (
        KeyFigure("ticket_compliance", told.tickets),
        KeyFigure("to_respond", found.to_respond),
        KeyFigure("to_restore", found.to_restore),
        KeyFigure("first_contact", found.first_contact),
        KeyFigure("reopened", found.reopened),
        KeyFigure("escalated", found.escalated),
        KeyFigure("at_risk", found.at_risk),
        *early,
        *paused,
        KeyFigure("satisfaction", found.satisfaction),
        KeyFigure("uptime", None),
    )


def measurement(
    facts: Facts,
    refs: Sequence[str],
    *,
    zone: str,
    readings: Sequence[PrintedTarget] = (),
    tells: Tells = Tells(),
    unmeasured: frozenset[ClockKind] = frozenset(),
    tiers: Mapping[str, str] | None = None,
) -> Measurement:
    """Return what the facts come to; months are those of `zone`, `refs` are by the `source` of tickets.

    `tiers` names assignments as reports call them. Every formula is in semantics.md 1.16.
    """
    assignments = facts.tickets.dimensions["assignment"]
    named = Dimension(assignments.codes, tuple((tiers or {}).get(each, each) for each in assignments.names))
    everything = np.zeros(len(facts.clocks), dtype=np.int32)
    prepared = prepare(facts)
    return Measurement(
        as_of=moment(facts.as_of),
        zone=zone,
        tickets=int(np.count_nonzero(np.bincount(facts.tickets.source))),
        totals=(_rows(prepared, everything, ("",)) or (Row("", ()),))[0],
        by_priority=_in_order(_rows(prepared, *by_ticket(facts, "priority"))),
        by_tier=_in_order(_rows(prepared, named.codes[facts.clocks.ticket], named.names)),
        by_client=tuple(sorted(_rows(prepared, *by_ticket(facts, "client")), key=_worst_first)),
        by_month=_in_order(_rows(prepared, *by_month(facts, zone))),
        figures=figures(facts),
        tells=tells,
        breaches=_breaches(facts, refs, named),
        readings=tuple(readings),
        unmeasured=unmeasured,
    )


def _rows(prepared: Prepared, codes: Codes, names: Sequence[str]) -> tuple[Row, ...]:
    rows: dict[str | None, list[Group]] = {}
    for groups in split(prepared, codes, names).values():
        for group in groups:
            rows.setdefault(group.name, []).append(group)
    return tuple(Row(name, tuple(groups)) for name, groups in rows.items())


def _in_order(rows: Sequence[Row]) -> tuple[Row, ...]:
    return tuple(sorted(rows, key=lambda row: (row.name is None, row.name or "")))


def _worst_first(row: Row) -> tuple[bool, Fraction, int, bool, str]:
    rate = row.rate.value
    return (rate is None, rate or Fraction(), -row.breached, row.name is None, row.name or "")


def _sum(compliance: Compliance, states: set[ClockState]) -> int:
    return sum(count for state, count in compliance.left_out.items() if state in states)


def _breaches(facts: Facts, refs: Sequence[str], tier: Dimension) -> Breaches:
    clocks, tickets = facts.clocks, facts.tickets
    rows = np.flatnonzero(clocks.state == CODE_OF[ClockState.BREACHED])
    # The latest first; of one second by the order of the source, then by clock.
    order = np.lexsort((clocks.start[rows], clocks.kind[rows], tickets.source[clocks.ticket[rows]], -clocks.breached[rows]))
    rows = rows[order]
    of = clocks.ticket[rows]
    dimensions = tickets.dimensions
    return Breaches(
        refs=refs,
        source=tickets.source[of],
        client=dimensions["client"].take(of),
        priority=dimensions["priority"].take(of),
        tier=tier.take(of),
        clock=clocks.kind[rows].astype(np.int32),
        promise=clocks.promise[rows],
        promises=facts.promises,
        elapsed=clocks.elapsed[rows],
        deadline=clocks.breached[rows],
        stop=clocks.stop[rows],
        as_of=facts.as_of,
    )
