"""What is said of a measurement, in the terminal and in the files it is printed to: one word for one thing."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from fractions import Fraction
from itertools import groupby
from typing import Any, Final

from goodstanding.core.clocks.calendar import WEEKDAYS, Calendar, clock_face
from goodstanding.core.desk.events import EventKind, PauseOwner
from goodstanding.core.desk.policy import ClockKind
from goodstanding.core.figures.comparison import Outcome
from goodstanding.core.figures.figures import REOPEN_DAYS, Compliance
from goodstanding.core.figures.numbers import Rating, Share, Spread
from goodstanding.delivery import words_of_files
from goodstanding.delivery.words import CLOCK, OWNER, STATE, count, duration, hours, iso, local, moment, percent, target

__all__ = [
    "CLOCK", "DIMENSION", "NAMELESS", "OUTCOME", "OWNER", "PRODUCT", "SHAPE", "STATE",
    "calendar", "count", "duration", "fault", "figure", "figure_name", "hours", "iso", "local", "meaning", "moment", "note",
    "percent", "points", "rate", "spent", "target", "undecided", "zone_needed",
]  # fmt: skip

DIMENSION: Final = {"priority": "Priority", "tier": "Tier", "client": "Client", "month": "Month"}
NAMELESS: Final = {"priority": "No priority", "tier": "No tier", "client": "No client", "month": "Still open"}
"""What the group without a name is called, by dimension."""
OUTCOME: Final = {Outcome.MET: "Met", Outcome.BREACHED: "Breached", Outcome.UNDECIDED: "Undecided"}
PRODUCT: Final = {
    "servicenow": "ServiceNow",
    "zendesk": "Zendesk",
    "freshdesk": "Freshdesk",
    "jira": "Jira",
    "odoo": "Odoo Helpdesk",
    "oca": "OCA helpdesk",
}
SHAPE: Final = {"tickets": "one row a ticket", "events": "one row an event", "updates": "one row an update"}
_FIGURES: Final = {
    "ticket_compliance": ("Tickets without a breach", "decided tickets"),
    "to_respond": ("Time to first response (MTTA), wall time", ""),
    "to_restore": ("Time to restore (MTTR), wall time", ""),
    "first_contact": ("Resolved at first contact", "resolved tickets"),
    "reopened": (f"Reopened within {REOPEN_DAYS} days", "resolved tickets"),
    "escalated": ("Reached 75 % of a target (escalation rate)", "tickets"),
    "at_risk": ("Open clocks past 75 % of their target", "open clocks"),
    "paused": ("Open time spent waiting", ""),
    "satisfaction": ("Satisfaction", ""),
    "uptime": ("Uptime", ""),
}
_EVENTS: Final = {
    EventKind.OPENED: "open",
    EventKind.PROGRESS: "being worked on",
    EventKind.WAITING: "waiting",
    EventKind.RESOLVED: "resolved",
    EventKind.CLOSED: "closed",
    EventKind.CANCELLED: "called off, not measured",
    EventKind.MERGED: "merged into another, not measured",
}


def figure_name(name: str) -> str:
    """Name a key figure: `Reopened within 7 days`."""
    if name.startswith("early_"):
        return f"{CLOCK[ClockKind(name.removeprefix('early_'))]} within half the target"
    if name.startswith("paused_"):
        return f"Open time spent {OWNER[PauseOwner(name.removeprefix('paused_'))]}"
    return _FIGURES[name][0]


def figure(name: str, value: Share | Spread | Rating | None) -> str:
    """Write a key figure with what it is made of: `4.1 % (12 of 290 resolved tickets)`; one without data says so."""
    match value:
        case Share() if value.whole == 0:
            return "no data"
        case Share() if name.startswith("paused"):
            return f"{percent(value.value)} ({spent(Fraction(value.part))} of {spent(Fraction(value.whole))})"
        case Share():
            of = _FIGURES[name][1] if name in _FIGURES else "decided clocks"
            return f"{percent(value.value)} ({value.part:,} of {value.whole:,} {of})"
        case Spread() if value.count:
            return f"mean {spent(value.mean)}, median {spent(value.median)}, 90th percentile {spent(value.p90)}"
        case Rating() if value.mean is not None:
            return f"{float(value.mean):.2f} ({value.answers.part:,} answers)"
        case _:
            return "no data"


def spent(seconds: Fraction | int | None) -> str:
    """Write an exact number of seconds in hours and minutes, to the nearest second."""
    return hours(None if seconds is None else timedelta(seconds=round(seconds)))


def points(difference: Fraction | None) -> str:
    """Write the difference of two shares in percentage points: `-12.5 points`."""
    if difference is None:
        return "no data"
    tenths = round(difference * 1000)
    sign = "-" if tenths < 0 else "+" if tenths else ""
    return f"{sign}{abs(tenths) // 10}.{abs(tenths) % 10} points"


def rate(compliance: Compliance | None) -> str:
    """Write the share of met clocks, or why there is none: `91.6 %`, `no clock`, `not covered`."""
    if compliance is None:
        return "no clock"
    if compliance.rate.whole == 0 and len(compliance.left_out) == 1:
        return STATE[next(iter(compliance.left_out))].lower()
    return percent(compliance.rate.value)


def undecided(compliance: Compliance) -> str:
    """Say what became of the clocks that are neither met nor breached: `3 on track, 1 called off`; nothing for none."""
    return ", ".join(f"{number:,} {STATE[state].lower()}" for state, number in compliance.left_out.items())


def meaning(read_as: str) -> str:
    """Say what a word of the file was read as: `P1`, `waiting on client`, `resolved`; nothing where nobody explained it."""
    event, _, owner = read_as.partition(":")
    if owner:
        return OWNER[PauseOwner(owner)]
    if not event:
        return "no meaning"
    known: Mapping[str, str] = {kind.value: said for kind, said in _EVENTS.items()}
    return known.get(event, event.replace("_", " "))


def fault(row: Any, tiers: Iterable[str] = ()) -> str:
    """Say why a row was set aside."""
    if row.reason == "unknown_tier":
        hint = f" ({row.hint})" if row.hint else ""
        known = f": use {', '.join(tiers)}" if tiers else ""
        return f"line {row.line}: {row.column} “{row.value}” is no tier that ships nor the one given{known}{hint}"
    return words_of_files.fault_of(row)


def note(told: Any) -> str:
    """Say what was noticed while reading, and of which column."""
    if told.code == "confirm_word":
        word, read_as = told.values
        return f"“{word}” is read as {meaning(read_as)}: please confirm."
    said = words_of_files.note(told)
    return said if not told.column or told.column in said else f"“{told.column}”: {said}"


def calendar(found: Calendar) -> str:
    """Say when service is given: `Mon-Fri 09:00-17:00; 24 holidays`, on the clocks of the calendar's zone."""
    week = [", ".join(f"{clock_face(start)}-{clock_face(end)}" for start, end in spans) for spans in found.week]
    said = []
    for spans, days in groupby(range(len(week)), key=lambda day: week[day]):
        listed = list(days)
        if spans:
            first, last = WEEKDAYS[listed[0]].title(), WEEKDAYS[listed[-1]].title()
            said.append(f"{first if first == last else f'{first}-{last}'} {spans}")
    years = sorted({on.year for on in found.holidays})
    span = f"{years[0]} to {years[-1]}" if len(years) > 1 else f"{years[0]}" if years else ""
    more = [
        f"{count(len(found.holidays), 'holiday')} from {span}" if years else "",
        count(len(found.closed), "closure") if found.closed else "",
        count(len(found.open), "extra opening") if found.open else "",
    ]
    return "; ".join(each for each in (" and ".join(said), *more) if each)


def zone_needed(of: str) -> str:
    """Say that nobody told on which clocks hours are kept, and how to tell."""
    return f"In which time zone are the hours “{of}” kept? Say it with --zone, for example --zone Europe/Rome."
