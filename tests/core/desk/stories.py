"""Words to tell ticket stories with: a week in Rome in April 2026, a gold-like policy, and events by kind."""

from datetime import UTC, date, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from goodstanding.core.clocks.amounts import Amount
from goodstanding.core.clocks.calendar import Calendar, week_of
from goodstanding.core.desk.assess import assess
from goodstanding.core.desk.case import Case
from goodstanding.core.desk.events import Actor, Event, EventKind, PauseOwner
from goodstanding.core.desk.policy import Assignment, ClockKind, Policy, Target, TargetRule
from goodstanding.core.desk.verdict import Assessment, Verdict

ROME = ZoneInfo("Europe/Rome")
WORKDAYS = ("mon", "tue", "wed", "thu", "fri")

# Easter Monday 2026 is 6 April, so Friday 3 April is followed by Tuesday 7 April.
OFFICE = Calendar(
    zone="Europe/Rome",
    week=week_of(dict.fromkeys(WORKDAYS, ("09:00-13:00", "14:00-18:00"))),
    holidays=frozenset({date(2026, 4, 6)}),
    holiday_names={date(2026, 4, 6): "Easter Monday"},
)


def rome(text: str) -> datetime:
    """Read `2 09:30` as 2 April 2026, 09:30 in Rome, in UTC; seconds may follow."""
    day, _, clock = text.partition(" ")
    hours, minutes, *seconds = (int(part) for part in clock.split(":"))
    return datetime(2026, 4, int(day), hours, minutes, *seconds, tzinfo=ROME).astimezone(UTC)


def rule(clock: str, amount: str | None, slot: str = "support", **asks: object) -> TargetRule:
    return TargetRule(clock=ClockKind(clock), target=Target(None if amount is None else Amount.parse(amount), slot), **asks)


GOLD = Policy(
    name="gold",
    rules=(
        rule("response", "1 h", priority="P1"),
        rule("response", "2 h", priority="P2"),
        rule("response", "4 h", priority="P3"),
        rule("next_response", "4 h", priority="P3"),
        rule("resolution", "4 h", priority="P1"),
        rule("resolution", "8 h", priority="P2"),
        rule("resolution", "16 h", priority="P3"),
    ),
)


def bound(policy: Policy = GOLD, **more: object) -> Assignment:
    fields = {"id": policy.name, "client": "Ferrante", "policy": policy, "slots": {"support": OFFICE}}
    return Assignment(**(fields | more))


_numbers = count(1)


def event(kind: str, when: str, **fields: object) -> Event:
    named = {"source": "test", "source_id": str(next(_numbers))}
    return Event(at=rome(when), kind=EventKind(kind), **(named | fields))


def opened(when: str, priority: str = "P3", **fields: object) -> Event:
    return event("opened", when, priority=priority, **fields)


def reply(when: str, **fields: object) -> Event:
    return event("staff_replied", when, **({"actor": Actor.STAFF, "public": True} | fields))


def client(when: str, **fields: object) -> Event:
    return event("client_replied", when, **({"actor": Actor.CLIENT, "public": True} | fields))


def waiting(when: str, owner: str = "customer", **fields: object) -> Event:
    return event("waiting", when, owner=PauseOwner(owner), **fields)


def case(*events: Event, policy: Policy = GOLD, **fields: object) -> Case:
    given = {"ticket": "T1", "client": "Ferrante", "assignments": (bound(policy),)}
    return Case(events=events, **(given | fields))


def judged(told: Case, when: str) -> Assessment:
    found = assess(told, as_of=rome(when))
    assert found is not None
    return found


def verdict(told: Case, when: str, clock: str = "resolution", cycle: int = 0) -> Verdict:
    return judged(told, when).of(ClockKind(clock))[cycle]


def hours(duration: timedelta) -> float:
    return duration / timedelta(hours=1)
