"""The words every door speaks: states, clocks, durations and shares, one word for one thing."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from goodstanding.apps.desk.values import SourceStanding
from goodstanding.core.clocks.amounts import Amount, Unit
from goodstanding.core.desk.board import RowState
from goodstanding.core.desk.classify import Hit, WayRound
from goodstanding.core.desk.events import Event, EventKind, PauseOwner
from goodstanding.core.desk.policy import WALL, ClockKind, Target
from goodstanding.core.desk.verdict import Cause, ClockState, Reckoning, Verdict

STATE: Final = {
    ClockState.RUNNING: "On track",
    ClockState.PAUSED: "Paused",
    ClockState.MET: "Met",
    ClockState.BREACHED: "Breached",
    ClockState.NONE: "No clock",
    ClockState.NOT_COVERED: "Not covered",
    ClockState.NOT_MEASURED: "Not measured",
    ClockState.CANCELLED: "Called off",
    ClockState.ENDED: "Service ended",
}
ROW: Final = {
    RowState.BREACHED: "Breached",
    RowState.AT_RISK: "At risk",
    RowState.ON_TRACK: "On track",
    RowState.PAUSED: "Paused",
    RowState.NO_CLOCK: "No clock",
}
CLOCK: Final = {
    ClockKind.RESPONSE: "First response",
    ClockKind.NEXT_RESPONSE: "Next response",
    ClockKind.RESOLUTION: "Resolution",
}
OWNER: Final = {
    PauseOwner.CUSTOMER: "waiting on client",
    PauseOwner.SUPPLIER: "waiting on supplier",
    PauseOwner.AGREED_DATE: "waiting for an agreed date",
    PauseOwner.PARTNER: "waiting on us",
}
RECKONING: Final = {Reckoning.COUNTED: "Counted", Reckoning.CLOSED: "Closed", Reckoning.PAUSED: "Paused"}
EVENT: Final = {
    EventKind.OPENED: "opened the ticket",
    EventKind.CLIENT_REPLIED: "wrote",
    EventKind.STAFF_REPLIED: "replied",
    EventKind.AUTO_REPLIED: "automatic receipt",
    EventKind.NOTED: "noted",
    EventKind.PROGRESS: "worked on it",
    EventKind.ASSIGNED: "assigned it",
    EventKind.WAITING: "set it waiting",
    EventKind.RESUMED: "took it up again",
    EventKind.PRIORITY_CHANGED: "changed the priority",
    EventKind.TIER_CHANGED: "changed the tier",
    EventKind.CLIENT_CHANGED: "corrected the client",
    EventKind.RESOLVED: "resolved it",
    EventKind.REOPENED: "reopened it",
    EventKind.CLOSED: "closed it",
    EventKind.CANCELLED: "cancelled it",
    EventKind.MERGED: "merged it",
    EventKind.NO_REPLY_NEEDED: "marked that no reply is needed",
}
HIT: Final = {
    Hit.ALL: "Production is down, or nobody can work",
    Hit.CORE: "A core transaction is blocked: invoice, payment, order",
    Hit.WORKFLOW: "Another workflow is broken",
    Hit.LOOKS: "Only how something looks or reads",
    Hit.WISH: "Nothing is broken: something new or different is wanted",
}
WAY_ROUND: Final = {
    WayRound.NONE: "No: people cannot go on",
    WayRound.POOR: "A poor one: slow, by hand, or not for everybody",
    WayRound.GOOD: "Yes: people get on with it",
}
PROPOSED: Final = {
    "nothing_blocked": "nothing is blocked",
    "all_down": "everything is down and nothing gets people past it",
    "all_down_with_way_round": "everything is down, but people have a way to go on",
    "core_blocked": "a transaction that the business lives on is blocked",
    "core_with_way_round": "a core transaction is hit, but there is a way round",
    "workflow_broken": "a workflow is broken and there is no way round",
    "workflow_with_way_round": "a workflow is broken, but there is a way round",
}
UNIT: Final = {
    Unit.SECONDS: ("second", "seconds"),
    Unit.MINUTES: ("min", "min"),
    Unit.HOURS: ("h", "h"),
    Unit.BUSINESS_DAYS: ("business day", "business days"),
    Unit.WEEKS: ("week", "weeks"),
}


def cause(cause: Cause, owner: PauseOwner | None = None, detail: str = "") -> str:
    """Say why a stretch of time counts as it does."""
    if cause is Cause.WAITING:
        said = OWNER[owner] if owner else "waiting"
        return f"{said}: {detail}" if detail else said
    said = {
        Cause.SERVICE_HOURS: "service hours",
        Cause.OUTSIDE_HOURS: "outside service hours",
        Cause.HOLIDAY: "holiday",
        Cause.OWN_CLOSURE: "own closure",
        Cause.RESOLVED: "resolved, until it was reopened",
    }[cause]
    return f"{said} ({detail})" if detail else said


def event(told: Event) -> str:
    """Say what somebody did, with what it came to: `assigned it to Marta Rizzo`, `set it waiting on client`."""
    if told.kind is EventKind.WAITING:
        return f"set it {OWNER[told.owner or PauseOwner.PARTNER]}"
    said = EVENT[told.kind]
    if told.kind is EventKind.PRIORITY_CHANGED and told.priority:
        said += f" to {told.priority}"
    if told.kind is EventKind.ASSIGNED and (told.assignee or told.team):
        said += f" to {told.assignee or told.team}"
        said += f" ({told.team})" if told.assignee and told.team else ""
    return f"{said} into {told.into}" if told.into else said


def meaning(read: str) -> str:
    """Say what a word of a file is read as: a priority as it is, a state by what happened and whom it waits on."""
    kind, _, owner = read.partition(":")
    if kind == EventKind.WAITING:
        return OWNER[PauseOwner(owner)] if owner in set(PauseOwner) else "waiting"
    return kind.replace("_", " ")


def duration(length: timedelta | None, *, parts: int = 2) -> str:
    """Write a duration in its two largest units: `2 h 05 min`, `3 d 4 h`, `40 s`. Days are of 24 hours."""
    if length is None:
        return "no data"
    seconds = abs(length.days * 86_400 + length.seconds)
    sign = "-" if length < timedelta() else ""
    days, rest = divmod(seconds, 86_400)
    hours, rest = divmod(rest, 3_600)
    minutes, left = divmod(rest, 60)
    named = [(days, "d"), (hours, "h"), (minutes, "min"), (left, "s")]
    while len(named) > 1 and named[0][0] == 0:
        named.pop(0)
    shown = [f"{count} {unit}" for number, (count, unit) in enumerate(named[:parts]) if count or number == 0]
    return sign + " ".join(shown)


def hours(length: timedelta | None) -> str:
    """Write service time in hours and minutes, never days: what a day of service is differs from calendar to calendar."""
    if length is None:
        return "no data"
    seconds = abs(length.days * 86_400 + length.seconds)
    sign = "-" if length < timedelta() else ""
    whole, rest = divmod(seconds, 3_600)
    minutes, left = divmod(rest, 60)
    if whole:
        return f"{sign}{whole} h" + (f" {minutes} min" if minutes else "")
    if minutes:
        return f"{sign}{minutes} min" + (f" {left} s" if left and minutes < 10 else "")
    return f"{sign}{left} s"


def left(length: timedelta) -> str:
    """Write service time left in as few words as a glance needs: `22 h`, `8 h 30 min`, `5 min`; never more than is left."""
    whole = length // timedelta(hours=1)
    if whole >= 10:
        return f"{whole:,} h"
    return hours(length) if length < timedelta(minutes=1) else hours(length - length % timedelta(minutes=1))


def share_used(target: timedelta, open_left: timedelta | None, *, late: bool = False) -> float:
    """Return how much of a target is used up, in hundredths, for a picture of it."""
    if late or not target:
        return 100.0
    return max(0.0, min(100.0, 100 * (1 - (open_left or timedelta()) / target)))


def amount(promised: Amount) -> str:
    """Write an amount as a contract would: `15 min`, `1 business day`, `2 weeks`."""
    one, many = UNIT[promised.unit]
    return f"{promised.count} {one if promised.count == 1 else many}"


def target(promised: Target) -> str:
    """Write a target with the hours it is spent in."""
    if promised.amount is None:
        return "no clock"
    if promised.slot == WALL:
        return f"{amount(promised.amount)}, around the clock"
    return amount(promised.amount)


def amount_of(promised: Target) -> str:
    """Write a target without the hours it is spent in, which `hours_of` tells for a whole table."""
    return "no clock" if promised.amount is None else amount(promised.amount)


def hours_of(table: Iterable[tuple[str, Sequence[Any]]]) -> str:
    """Say in which hours the amounts of a tier's table count: support hours, around the clock, or which in which."""
    spent: dict[str, list[str]] = {}
    for priority, cells in table:
        slots = {cell.target.slot == WALL for cell in cells if cell is not None and cell.target.amount is not None}
        for wall in slots:
            spent.setdefault("around the clock" if wall else "in support hours", []).append(priority)
    if len(spent) < 2:
        return "".join(f"Counted {name}." for name in spent)
    return "Counted " + "; ".join(f"{', '.join(each)} {name}" for name, each in spent.items()) + "."


def percent(share: Fraction | None, *, places: int = 1) -> str:
    """Write a share as a percentage, rounded down so that nothing looks better than it is; nothing is `no data`."""
    if share is None:
        return "no data"
    scaled = share * 100 * 10**places
    whole, rest = divmod(scaled.numerator // scaled.denominator, 10**places)
    return f"{whole}.{rest:0{places}d} %" if places else f"{whole} %"


def count(number: int, one: str, many: str = "") -> str:
    """Write a number with its noun: `1 ticket`, `12,400 tickets`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def local(at: datetime, zone: str) -> datetime:
    """Return an instant on the wall clocks of a zone."""
    return at.astimezone(ZoneInfo(zone))


@lru_cache(maxsize=4_096)
def moment(at: datetime | None, zone: str, *, year: bool = False) -> str:
    """Write an instant on the wall clocks of a zone, and which: `Tue 7 Apr 13:00 CEST`."""
    if at is None:
        return "no data"
    there = local(at, zone)
    date = f"{there:%a} {there.day} {there:%b}" + (f" {there.year}" if year else "")
    return f"{date} {there:%H:%M} {there.tzname()}"


def day(at: datetime | date, zone: str = "UTC") -> str:
    """Write a day, of an instant the one on the wall clocks of a zone: `Tue 7 Apr 2026`."""
    there = local(at, zone) if isinstance(at, datetime) else at
    return f"{there:%a} {there.day} {there:%b} {there.year}"


def days(first: date, last: date) -> str:
    """Write a stretch of whole days, both of them in it: `Tue 7 Apr 2026`, `7 – 19 Apr 2026`, `24 Dec 2026 – 6 Jan 2027`."""
    if first == last:
        return day(first)
    end = f"{last.day} {last:%b} {last.year}"
    if first.year != last.year:
        return f"{first.day} {first:%b} {first.year} – {end}"
    return f"{first.day} – {end}" if first.month == last.month else f"{first.day} {first:%b} – {end}"


def short(at: datetime | None, zone: str, now: datetime) -> str:
    """Write an instant in a column, as far as it differs from now: `13:00` of today, `7 Apr 13:00`, `7 Apr 2025`."""
    if at is None:
        return "–"
    there, here = local(at, zone), local(now, zone)
    if there.date() == here.date():
        return f"{there:%H:%M}"
    return f"{there.day} {there:%b} {there:%H:%M}" if there.year == here.year else f"{there.day} {there:%b} {there.year}"


def clock(at: datetime, zone: str) -> str:
    """Write the time of day on the wall clocks of a zone: `13:00`."""
    return f"{local(at, zone):%H:%M}"


def time_of_day(part: float) -> str:
    """Write a part of a day as the time on a clock: 0.5 is `12:00`, 1 the end of the day, `24:00`, 1.25 the next `06:00`."""
    minutes = round(part * 1_440)
    minutes -= 1_440 if minutes > 1_440 else 0
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def ago(at: datetime, now: datetime) -> str:
    """Write how long ago an instant was, or in how long it will be."""
    gap = now - at
    if abs(gap) < timedelta(seconds=45):
        return "just now"
    return f"{duration(gap, parts=1)} ago" if gap > timedelta() else f"in {duration(-gap, parts=1)}"


def countdown(at: datetime, now: datetime) -> str:
    """Write the wall time to an instant or since it, in two units: `in 1 h 55 min`, `2 h 5 min ago`."""
    gap = at - now
    return f"in {duration(gap)}" if gap >= timedelta() else f"{duration(-gap)} ago"


def iso(at: datetime) -> str:
    """Write an instant for machines, in UTC to the second."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def instant(at: datetime) -> str:
    """Write an instant for machines, in UTC to the millisecond: what a reader's clock is corrected by."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"


def clock_name(verdict: Verdict) -> str:
    """Name a clock of a ticket: `First response`, `Next response 2`."""
    return CLOCK[verdict.clock] + (f" {verdict.number}" if verdict.number > 1 else "")


def used(verdict: Verdict) -> str:
    """Say what a clock used of its target, cut so that this and what is left, as `hours` writes them, add up."""
    remaining, spent = verdict.remaining, verdict.elapsed
    if verdict.target is None or remaining is None:
        return ""
    if remaining >= timedelta(minutes=10):
        spent = verdict.target - (remaining - remaining % timedelta(minutes=1))
    return f"{hours(spent)} of {hours(verdict.target)} used"


def say(verdict: Verdict, zone: str) -> str:
    """Say in a sentence how a clock stands, what it used, and when it falls or fell due; it stays true as time passes."""
    spent = used(verdict)
    if verdict.state is ClockState.RUNNING and verdict.deadline_at is not None and verdict.remaining is not None:
        due = moment(verdict.deadline_at, zone)
        return f"Due {due}; {spent}, {hours(verdict.remaining)} of service left."
    if verdict.state is ClockState.PAUSED and verdict.remaining is not None:
        return f"Paused since {moment(verdict.paused_since, zone)}; {spent}, {hours(verdict.remaining)} of service left."
    if verdict.state is ClockState.MET and verdict.remaining is not None:
        return f"Met {moment(verdict.stopped_at, zone)}; {spent}, {hours(verdict.remaining)} to spare."
    if verdict.breach is not None:
        passed = moment(verdict.breach.at, zone)
        why = " by a change that landed past its target" if verdict.breach.reclassified else ""
        if verdict.stopped_at is not None:
            stopped = f"stopped {moment(verdict.stopped_at, zone)}, {duration(verdict.late_by)} late"
            return f"Breached {passed}{why}; {stopped}; {spent}."
        return f"Breached {passed}{why}; {spent}."
    if verdict.state is ClockState.NOT_COVERED and verdict.assignment is not None:
        return "No rule of the client's tier gives this clock a target."
    return {
        ClockState.NONE: "The tier promises no clock for this ticket.",
        ClockState.NOT_COVERED: "No promise covers this ticket.",
        ClockState.NOT_MEASURED: "The source does not say what stops this clock, so it is neither met nor breached.",
        ClockState.CANCELLED: "Called off before it was decided.",
        ClockState.ENDED: "The client's service ended while it ran.",
    }.get(verdict.state, "")


def standing_note(told: SourceStanding) -> str:
    """Say how a ticket stands, for a note in the desk it came from; nothing where there is no deadline and no breach."""
    said = [f"{CLOCK[clock].lower()} breached" for clock in dict.fromkeys(told.breached_clocks)]
    if told.due_at is not None and told.due_clock is not None and told.due_clock not in told.breached_clocks:
        said.append(f"{CLOCK[told.due_clock].lower()} due {moment(told.due_at, told.zone, year=True)}")
    return f"Service level: {', '.join(said)}." if said else ""
