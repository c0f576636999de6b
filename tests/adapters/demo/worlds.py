"""Worlds to test the demo with: what clients are promised by the shipped tiers, and a history of eighteen months, judged."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, cached_property
from zoneinfo import ZoneInfo

from goodstanding.adapters.demo.cast import HISTORY_DAYS
from goodstanding.adapters.demo.clients import CLIENTS
from goodstanding.adapters.demo.world import DemoTicket, happenings_between, told_at
from goodstanding.adapters.files.calendars import load_calendar
from goodstanding.adapters.files.tiers import catalogue
from goodstanding.core.clocks.calendar import Calendar
from goodstanding.core.desk.assess import assess
from goodstanding.core.desk.case import Case
from goodstanding.core.desk.events import EventKind
from goodstanding.core.desk.policy import SUPPORT, Assignment, ClockKind
from goodstanding.core.desk.verdict import Assessment, ClockState

SEED = "demo"
ROME = ZoneInfo("Europe/Rome")
YEARS = range(2024, 2030)
NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)


@cache
def calendar_of(key: str) -> Calendar:
    client = next(client for client in CLIENTS if client.key == key)
    return load_calendar(client.calendar(YEARS), YEARS, name=key)


@dataclass(frozen=True)
class Terms:
    """What clients are promised in a history that begins at an instant; usable as the world's `terms`."""

    begins: datetime

    def __call__(self, key: str, at: datetime) -> Assignment | None:
        return next((each for each in self.assignments(key) if each.in_force(at)), None)

    def assignments(self, key: str) -> tuple[Assignment, ...]:
        return _assignments(self.begins, key)


@cache
def _assignments(begins: datetime, key: str) -> tuple[Assignment, ...]:
    policies = {tier.key: tier.policy for tier in catalogue()}
    client = next(client for client in CLIENTS if client.key == key)
    return tuple(
        Assignment(
            id=f"{key}:{promise.tier}",
            client=key,
            policy=policies[promise.tier],
            slots={SUPPORT: calendar_of(key)},
            from_at=begins + timedelta(days=promise.from_day),
            until_at=None if promise.until_day is None else begins + timedelta(days=promise.until_day),
        )
        for promise in client.promises
    )


def case_of(ticket: DemoTicket, terms: Terms, *, known_at: datetime | None = None) -> Case:
    """The ticket as the desk sees it, with what was known at an instant, or with all of it."""
    events = tuple(each.event for each in ticket.happenings if known_at is None or told_at(each) <= known_at)
    return Case(
        ticket=ticket.ref,
        client=ticket.client,
        events=events,
        assignments=terms.assignments(ticket.client),
        priority=ticket.priority,
        team=ticket.team,
        kind=ticket.kind,
        tags=ticket.tags,
    )


@dataclass(frozen=True)
class History:
    """Eighteen months up to `now`, every ticket judged as it stood then."""

    now: datetime
    terms: Terms
    tickets: dict[str, DemoTicket]
    told: int
    """How many happenings were known by then."""
    seconds: float
    """Processor time of telling it."""
    judged: dict[str, Assessment]

    def open_at(self, at: datetime) -> list[Assessment]:
        """The tickets open at an instant, judged by what was known then."""
        alive = [each for each, opened, ended in self.lives if opened <= at <= ended]
        cases = [case_of(each, self.terms, known_at=at) for each in alive]
        found = [assess(case, as_of=at, explain=False) for case in cases if not plainly_over(case)]
        return [each for each in found if each is not None and each.is_open]

    @cached_property
    def lives(self) -> list[tuple[DemoTicket, datetime, datetime]]:
        """Every ticket, with when it was opened and when the last of its happenings became known."""
        return [(each, each.opened_at, told_at_last(each)) for each in self.tickets.values()]

    def compliance(self, clock: ClockKind, chosen: Callable[[DemoTicket], bool] = lambda ticket: True) -> float:
        """Percent met of the decided clocks of one kind."""
        states = [
            verdict.state
            for ref, assessment in self.judged.items()
            if chosen(self.tickets[ref])
            for verdict in assessment.of(clock)
        ]
        met, breached = states.count(ClockState.MET), states.count(ClockState.BREACHED)
        return 100 * met / (met + breached)


def plainly_over(case: Case) -> bool:
    """Whether a case has ended with nothing reopened or corrected: most have, and need no judging to be known as not open."""
    kinds = {event.kind for event in case.events}
    ends = {EventKind.RESOLVED, EventKind.CLOSED, EventKind.CANCELLED, EventKind.MERGED}
    return bool(ends & kinds) and EventKind.REOPENED not in kinds and not any(event.supersedes for event in case.events)


def told_at_last(ticket: DemoTicket) -> datetime:
    return max(map(told_at, ticket.happenings))


def workday(at: datetime) -> bool:
    """Whether an instant lies on an ordinary working day in Rome: not in August, nor around Christmas."""
    local = at.astimezone(ROME)
    return local.weekday() < 5 and local.month != 8 and (1, 7) < (local.month, local.day) < (12, 20)


def begin_of(now: datetime) -> datetime:
    return now - timedelta(days=HISTORY_DAYS)


def everything(start: datetime, end: datetime, terms: Terms, seed: str = SEED) -> list[tuple[str, str]]:
    """The names of all happenings of a spell, in the order they are yielded."""
    return [
        (ticket.ref, each.event.source_id)
        for batch in happenings_between(seed, start, end, terms)
        for ticket, told in batch
        for each in told
    ]
