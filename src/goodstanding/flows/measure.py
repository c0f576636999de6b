"""Measure a ticket file: judge every clock it tells of under a tier, and under another one, and say what it comes to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import numpy as np

from goodstanding.adapters.files.tickets import FileError, NeedsAnswer, TicketFile, Unusable
from goodstanding.core.clocks.amounts import DAYS_A_WEEK, Unit
from goodstanding.core.clocks.calendar import Calendar, CalendarError
from goodstanding.core.clocks.clock import OutOfReach, moment
from goodstanding.core.commerce.holding import Holding, Unsuitable, holding, policy_of, rows_by_rank
from goodstanding.core.commerce.tier import Tier
from goodstanding.core.figures.comparison import Comparison, comparison
from goodstanding.core.figures.facts import Facts
from goodstanding.core.figures.measurement import Measurement, PrintedTarget, measurement
from goodstanding.flows.choose_hours import Hours, hours_named
from goodstanding.flows.choose_tier import shipped, tier_named
from goodstanding.flows.judge_tickets import Judging, SetAside, Tell, tells_of

ASKS: Final = NeedsAnswer
BAD_TERMS: Final = (FileError, CalendarError, Unsuitable)
"""A tier, calendar or map that cannot be what it should be."""
BAD_FILE: Final = (Unusable, OutOfReach)
"""A ticket file that cannot be measured at all."""
WORKING_DAYS: Final = 50
"""Of a year, even where service is given on one day a week."""


@dataclass(frozen=True, slots=True)
class Promised:
    """What a file is held to: a tier in service hours, and the tier it is compared with."""

    tier: Tier
    hours: Hours
    what_if: Tier | None = None


def promised(*, tier: str, calendar: str, what_if: str = "") -> Promised:
    """Find what was named by key, name of a preset or path; raises one of `BAD_TERMS`."""
    given, other = tier_named(tier), tier_named(what_if) if what_if else None
    for each in (given, other):
        if each is not None:
            policy_of(each)
    return Promised(given, hours_named(calendar), other)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A measured file: what was read, what was set aside, and what the rest comes to."""

    file: TicketFile = field(repr=False)
    promised: Promised
    calendar: Calendar
    measurement: Measurement
    what_if: Comparison | None
    tiers: tuple[Tier, ...]
    """The tiers that tickets were held to."""
    as_of_newest: bool
    """Whether nobody said an instant, so that the newest of the file is it."""
    set_aside: tuple[SetAside, ...]
    opened_later: int
    """Tickets that did not exist yet at that instant."""
    by_rank: Mapping[str, Mapping[str, str]]
    """Priorities of another family that were read by rank, by the tier that renames them (requirements TIER-3)."""


def calendar_for(file: TicketFile, promise: Promised, zone: str, as_of: datetime | None) -> Calendar:
    """Return the service hours over the years of a file and of its deadlines; raises one of `BAD_TERMS`."""
    newest = max(file.newest, as_of) if as_of else file.newest
    oldest = _oldest(file) if promise.hours.dated else newest
    return promise.hours.calendar(zone, oldest.year - 1, newest.year + _years_ahead(promise))


def _years_ahead(promise: Promised) -> int:
    """How many years after the newest instant targets reach that count in days, with the working days a year has at least."""
    days = [0]
    for tier in (promise.tier, promise.what_if, *shipped()):
        for rule in tier.policy.rules if tier and tier.policy else ():
            amount = rule.target.amount
            if amount is not None and amount.fixed_seconds is None:
                days.append(amount.count * (DAYS_A_WEEK if amount.unit is Unit.WEEKS else 1))
    return 1 + -(-max(days) // WORKING_DAYS)


def measure(
    file: TicketFile, promise: Promised, calendar: Calendar, *, as_of: datetime | None, progress: Tell | None = None
) -> Measured:
    """Measure a file as it stood at `as_of`, else at its newest instant; months are those of the calendar's zone.

    Lists of tickets are judged as columns, their rows with a reopening and all histories one by one. Raises `OutOfReach`
    for instants beyond the years that clocks count in.
    """
    sides = [holding(promise.tier, calendar, known=shipped())]
    if promise.what_if is not None:
        sides.append(holding(promise.what_if, calendar, one=True))
    tickets = Judging(file, sides, as_of or file.newest, progress)
    facts = tickets.facts()
    found = [
        measurement(
            each,
            tickets.refs,
            zone=calendar.zone,
            readings=[target for tier in _used(side, each) for target in _printed(tier)],
            tells=tells_of(file),
            unmeasured=file.unmeasured,
            tiers={tier.key: tier.name for tier in side.tiers},
        )
        for side, each in zip(sides, facts, strict=True)
    ]
    used = [tier for side, each in zip(sides, facts, strict=True) for tier in _used(side, each)]
    told = (SetAside(row.line, row.column, row.value, row.reason.value, row.number) for row in file.bad)
    return Measured(
        file=file,
        promised=promise,
        calendar=calendar,
        measurement=found[0],
        what_if=comparison((facts[0], found[0]), (facts[1], found[1]), rows=rows_by_rank(used)) if facts[1:] else None,
        tiers=_used(sides[0], facts[0]),
        as_of_newest=as_of is None,
        set_aside=tuple(sorted((*told, *tickets.set_aside), key=lambda each: each.line)),
        opened_later=tickets.count - found[0].tickets,
        by_rank={name: dict(sorted(read.items())) for name, read in tickets.by_rank.items()},
    )


def _used(side: Holding, facts: Facts) -> tuple[Tier, ...]:
    """The tiers that tickets were held to; the given one where there is no ticket."""
    assignment = facts.tickets.dimensions["assignment"]
    counts = np.bincount(assignment.codes + 1, minlength=len(assignment.names) + 1)[1:]
    keys = {key for key, tickets in zip(assignment.names, counts.tolist(), strict=True) if tickets}
    return tuple(tier for tier in side.tiers if tier.key in keys) or side.tiers[:1]


def _printed(tier: Tier) -> list[PrintedTarget]:
    return [PrintedTarget(tier.name, each.name, each.printed, each.read_as, each.prefilled_from) for each in tier.readings]


def _oldest(file: TicketFile) -> datetime:
    if file.columns is not None:
        return moment(int(file.columns.opened.min()))
    return min(event.at for ticket in file.tickets() for event in ticket.events)
