"""The formulas of the key figures, over any selection and period (semantics.md 1.16, requirements KPI-1)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np

from goodstanding.core.desk.columns import CODE_OF, MISSING, Flags, Longs
from goodstanding.core.desk.events import PauseOwner
from goodstanding.core.desk.policy import ClockKind
from goodstanding.core.desk.verdict import ClockState
from goodstanding.core.figures.facts import KIND_CODE, OWNERS, ClockFacts, Facts
from goodstanding.core.figures.numbers import NOTHING, Rating, Share, Spread, spread_of_sorted

DAY: Final = 86_400
REOPEN_DAYS: Final = 7
"""A resolution is final when this many days have passed without a reopening."""
ESCALATED_FROM: Final = Fraction(3, 4)
AT_RISK_FROM: Final = Fraction(3, 4)
EARLY_UP_TO: Final = Fraction(1, 2)


@dataclass(frozen=True, slots=True)
class Period:
    """From an epoch second to another, the second not included; None is open."""

    start: int | None = None
    end: int | None = None

    def holds(self, instants: Longs) -> Flags:
        """Which of the instants lie in the period; `MISSING` never does."""
        inside: Flags = instants != MISSING
        if self.start is not None:
            inside &= instants >= self.start
        if self.end is not None:
            inside &= instants < self.end
        return inside


ALL_TIME: Final = Period()


@dataclass(frozen=True, slots=True)
class Compliance:
    """Decided clocks of one kind, and every clock that was not decided, by what became of it.

    Nothing leaves silently: all the clocks of the period are met, breached, waived or in `left_out`.
    """

    met: int
    breached: int
    waived_met: int
    waived_breached: int
    left_out: Mapping[ClockState, int]

    @property
    def rate(self) -> Share:
        """Met of decided, waived clocks out of both."""
        return Share(self.met, self.met + self.breached)

    @property
    def rate_without_waivers(self) -> Share:
        """Met of decided as if nothing had been waived (requirements CLOCK-8)."""
        return Share(self.met + self.waived_met, self.met + self.breached + self.waived_met + self.waived_breached)

    @property
    def clocks(self) -> int:
        """All clocks of the period."""
        return self.met + self.breached + self.waived_met + self.waived_breached + sum(self.left_out.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The key figures of a selection over a period; each carries what it is made of."""

    opened: int
    resolved: int
    compliance: Mapping[ClockKind, Compliance]
    tickets: Share
    """Ticket compliance: no breached clock, of those with a decided clock; waived clocks do not count."""
    tickets_without_waivers: Share
    elapsed: Mapping[ClockKind, Spread]
    """Open seconds of the clocks that stopped in the period."""
    to_respond: Spread
    """Wall seconds from opening to the first response (MTTA)."""
    to_restore: Spread
    """Wall seconds from opening to the last resolution, incidents only (MTTR)."""
    first_contact: Share
    first_contact_provisional: int
    """Of the resolutions counted, how many are younger than the days that make them final."""
    first_contact_unknown: int
    """Resolutions left out because the source does not tell the replies."""
    reopened: Share
    escalated: Share
    at_risk: Share
    """Open clocks at or past the share of their target, of all open clocks, at the instant the facts were taken."""
    early: Mapping[ClockKind, Share]
    paused: Mapping[PauseOwner, Share]
    """Open time taken out by waits on each, of all open time of the resolution clocks, in seconds."""
    satisfaction: Rating


def figures(facts: Facts, *, period: Period = ALL_TIME, tickets: Flags | None = None) -> Figures:
    """Return the figures of `tickets` (a mask over the tickets; None for all) in a period.

    A clock counts once: in the period of its breach, else of its stop; a clock still open counts as left out of every
    period that it began before. Resolutions count in the period of the first one. Every formula is in semantics.md 1.16.
    """
    chosen = np.ones(len(facts.tickets), dtype=np.bool_) if tickets is None else tickets
    clocks = facts.clocks
    mine = chosen[clocks.ticket]
    moment = _moment(clocks)
    inside = mine & (period.holds(moment) | ((moment == MISSING) & _begun(clocks.start, period)))
    stopped = mine & period.holds(clocks.stop)
    by_kind = {kind: clocks.kind == code for kind, code in KIND_CODE.items()}
    resolved = chosen & period.holds(facts.tickets.first_resolved)
    opened = chosen & period.holds(facts.tickets.opened)
    known = resolved & (facts.tickets.replies != MISSING)
    again = _reopened_soon(facts)
    young = facts.as_of < facts.tickets.first_resolved + REOPEN_DAYS * DAY
    return Figures(
        opened=_count(opened),
        resolved=_count(resolved),
        compliance={kind: _compliance(clocks, inside & of_kind) for kind, of_kind in by_kind.items()},
        tickets=_ticket_compliance(clocks, inside & ~clocks.waived),
        tickets_without_waivers=_ticket_compliance(clocks, inside),
        elapsed={kind: _spread(clocks.elapsed[stopped & of_kind & _timed(clocks)]) for kind, of_kind in by_kind.items()},
        to_respond=_to_respond(facts, stopped & by_kind[ClockKind.RESPONSE] & _timed(clocks)),
        to_restore=_to_restore(facts, chosen & facts.tickets.incident & period.holds(facts.tickets.last_resolved)),
        first_contact=Share(_count(known & (facts.tickets.replies == 1) & ~again), _count(known)),
        first_contact_provisional=_count(known & ~again & young),
        first_contact_unknown=_count(resolved & ~known),
        reopened=Share(_count(resolved & again), _count(resolved)),
        escalated=Share(_tickets(clocks, opened[clocks.ticket] & used_at_least(clocks, ESCALATED_FROM)), _count(opened)),
        at_risk=_at_risk(clocks, mine),
        early={kind: _early(clocks, inside & of_kind & ~clocks.waived) for kind, of_kind in by_kind.items()},
        paused=_paused(clocks, inside & by_kind[ClockKind.RESOLUTION]),
        satisfaction=_satisfaction(facts.tickets.rating, resolved),
    )


def used_at_least(clocks: ClockFacts, share: Fraction) -> Flags:
    """Return which clocks used up at least that share of their target, decided in whole seconds."""
    targeted = (clocks.target != MISSING) & (clocks.state != CODE_OF[ClockState.NOT_MEASURED])
    used: Flags = targeted & (clocks.elapsed * share.denominator >= np.where(targeted, clocks.target, 0) * share.numerator)
    return used


def cause_shares(causes: Iterable[str | None]) -> tuple[Mapping[str, Share], Share]:
    """Return the share of each cause among the breaches that have one, and the share of breaches without.

    One entry a breach, None where nobody has named the cause yet (semantics.md 1.16, breach rate by cause).
    """
    listed = list(causes)
    named = [cause for cause in listed if cause is not None]
    shares = {cause: Share(named.count(cause), len(named)) for cause in sorted(set(named))}
    return shares, Share(len(listed) - len(named), len(listed))


def _moment(clocks: ClockFacts) -> Longs:
    return np.where(clocks.breached != MISSING, clocks.breached, clocks.stop)


def _begun(start: Longs, period: Period) -> Flags:
    begun: Flags = np.ones(len(start), dtype=np.bool_) if period.end is None else start < period.end
    return begun


def _is(clocks: ClockFacts, state: ClockState) -> Flags:
    same: Flags = clocks.state == CODE_OF[state]
    return same


def _timed(clocks: ClockFacts) -> Flags:
    """Clocks whose elapsed time says how long somebody took: those that ran under a promise, or under none by rule."""
    return _is(clocks, ClockState.MET) | _is(clocks, ClockState.BREACHED) | _is(clocks, ClockState.NONE)


def _count(mask: Flags) -> int:
    return int(np.count_nonzero(mask))


def _tickets(clocks: ClockFacts, mask: Flags) -> int:
    return int(np.count_nonzero(np.bincount(clocks.ticket[mask])))


def _compliance(clocks: ClockFacts, mask: Flags) -> Compliance:
    met, breached = mask & _is(clocks, ClockState.MET), mask & _is(clocks, ClockState.BREACHED)
    others = [state for state in ClockState if state not in (ClockState.MET, ClockState.BREACHED)]
    return Compliance(
        met=_count(met & ~clocks.waived),
        breached=_count(breached & ~clocks.waived),
        waived_met=_count(met & clocks.waived),
        waived_breached=_count(breached & clocks.waived),
        left_out={state: count for state in others if (count := _count(mask & _is(clocks, state)))},
    )


def _ticket_compliance(clocks: ClockFacts, mask: Flags) -> Share:
    breached = mask & _is(clocks, ClockState.BREACHED)
    decided = _tickets(clocks, breached | (mask & _is(clocks, ClockState.MET)))
    return Share(decided - _tickets(clocks, breached), decided)


def _spread(seconds: Longs) -> Spread:
    return spread_of_sorted(np.sort(seconds).tolist()) if len(seconds) else NOTHING


def _to_respond(facts: Facts, stopped: Flags) -> Spread:
    return _spread((facts.clocks.stop - facts.clocks.start)[stopped])


def _to_restore(facts: Facts, restored: Flags) -> Spread:
    return _spread((facts.tickets.last_resolved - facts.tickets.opened)[restored])


def _reopened_soon(facts: Facts) -> Flags:
    tickets = facts.tickets
    both = (tickets.reopened != MISSING) & (tickets.first_resolved != MISSING)
    soon: Flags = both & (np.where(both, tickets.reopened - tickets.first_resolved, 0) <= REOPEN_DAYS * DAY)
    return soon


def _at_risk(clocks: ClockFacts, mine: Flags) -> Share:
    targeted = clocks.target != MISSING
    going = _is(clocks, ClockState.RUNNING) | _is(clocks, ClockState.PAUSED) | _is(clocks, ClockState.BREACHED)
    running = mine & targeted & (clocks.stop == MISSING) & going
    return Share(_count(running & used_at_least(clocks, AT_RISK_FROM)), _count(running))


def _early(clocks: ClockFacts, mask: Flags) -> Share:
    decided = mask & (_is(clocks, ClockState.MET) | _is(clocks, ClockState.BREACHED))
    share = EARLY_UP_TO
    early = clocks.elapsed * share.denominator <= np.where(decided, clocks.target, 0) * share.numerator
    return Share(_count(decided & _is(clocks, ClockState.MET) & early), _count(decided))


def _paused(clocks: ClockFacts, mask: Flags) -> Mapping[PauseOwner, Share]:
    if len(clocks.paused) == 0:
        return {}
    lost = clocks.paused[mask].sum(axis=0)
    whole = int(clocks.elapsed[mask].sum()) + int(lost.sum())
    return {owner: Share(int(lost[column]), whole) for column, owner in enumerate(OWNERS) if lost[column]}


def _satisfaction(rating: Longs, asked: Flags) -> Rating:
    given = asked & (rating != MISSING)
    return Rating(int(rating[given].sum()), Share(_count(given), _count(asked)))
