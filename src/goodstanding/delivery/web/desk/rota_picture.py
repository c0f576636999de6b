"""The rota as a picture: a row for the hours that nobody covers, a row a person on call and a row an office, to one scale."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from goodstanding.core.clocks.clock import moment, second_of
from goodstanding.core.clocks.intervals import Interval, intersect
from goodstanding.core.desk.escalation.people import staffed
from goodstanding.delivery import words
from goodstanding.flows.look_ahead import Ahead

WIDTH: Final = 100.0
"""A picture is drawn in hundredths of the room it has; a day is as wide as it is long, also where clocks change."""
_THINNEST: Final = 0.15


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch: `kind` is gap, duty, stands_in, away or staffed; `title` says what it is."""

    kind: str
    x: float
    width: float
    title: str


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the picture: `kind` is gap, person or office; `says` is all of it in words."""

    kind: str
    name: str
    bars: tuple[Bar, ...]
    says: str


@dataclass(frozen=True, slots=True)
class Day:
    """A day on the clocks of the picture's zone, with where it begins and how wide it is."""

    x: float
    width: float
    number: str
    name: str
    weekend: bool


@dataclass(frozen=True, slots=True)
class Picture:
    """The days ahead."""

    lines: tuple[Line, ...]
    days: tuple[Day, ...]
    now: float

    @property
    def kinds(self) -> frozenset[str]:
        """Which kinds of stretches it shows, for a legend that explains no more than these."""
        return frozenset(bar.kind for line in self.lines for bar in line.bars)


def picture(ahead: Ahead, *, zone: str, now: datetime) -> Picture:
    """Return the picture of the days ahead on the clocks of a zone."""
    return Picture(lines=tuple(_lines(ahead, zone, now)), days=tuple(_days(ahead, zone)), now=round(_x(ahead, now), 3))


def _lines(ahead: Ahead, zone: str, now: datetime) -> Iterator[Line]:
    gaps = [_bar(ahead, "gap", start, end, "Uncovered", zone, now) for start, end in ahead.gaps]
    yield Line(
        "gap", "Uncovered", tuple(gaps), _all("Nobody is at work or on call", ahead.gaps, zone, now) or "No hour is uncovered"
    )
    roster = ahead.roster
    away = _away_within(ahead)
    on_call = dict.fromkeys(each.person for each in ahead.called)
    missing = (turn.person for turn in roster.turns if turn.person in away and turn.from_at < ahead.end)
    for person in dict.fromkeys([*on_call, *missing]):
        name = roster.people[person].name
        mine = [each for each in ahead.called if each.person == person]
        bars = [_bar(ahead, "away", start, end, "Away", zone, now) for start, end in away.get(person, ())]
        for each in mine:
            kind, what = ("stands_in", "Stands in on call") if each.as_deputy else ("duty", "On call")
            bars.append(_bar(ahead, kind, each.from_at, each.until_at, what, zone, now))
        said = [
            _all("On call", [(each.from_at, each.until_at) for each in mine if not each.as_deputy], zone, now),
            _all("Stands in on call", [(each.from_at, each.until_at) for each in mine if each.as_deputy], zone, now),
            _all("Away", away.get(person, ()), zone, now),
        ]
        yield Line("person", name, tuple(bars), ". ".join(each for each in said if each))
    for office in sorted(roster.offices.values(), key=lambda each: each.name):
        spells = _moments(staffed(roster, office, ahead.start, ahead.end))
        bars = [_bar(ahead, "staffed", start, end, f"{office.name} at work", zone, now) for start, end in spells]
        says = f"At work on {words.count(len(spells), 'stretch', 'stretches')}" if spells else "Nobody is at work here"
        yield Line("office", office.name, tuple(bars), says)


def _away_within(ahead: Ahead) -> dict[int, Sequence[tuple[datetime, datetime]]]:
    whole: Sequence[Interval] = ((second_of(ahead.start), second_of(ahead.end)),)
    found = {person: _moments(intersect(spells, whole)) for person, spells in ahead.roster.away.items()}
    return {person: spells for person, spells in found.items() if spells}


def _days(ahead: Ahead, zone: str) -> Iterator[Day]:
    clocks = ZoneInfo(zone)
    on = ahead.start.astimezone(clocks).date()
    while (begins := datetime.combine(on, time(), clocks).astimezone(UTC)) < ahead.end:
        ends = datetime.combine(on + timedelta(days=1), time(), clocks).astimezone(UTC)
        x = _x(ahead, begins)
        yield Day(round(x, 3), round(_x(ahead, ends) - x, 3), f"{on.day}", f"{on:%a} {on.day}", weekend=on.weekday() > 4)
        on += timedelta(days=1)


def _bar(ahead: Ahead, kind: str, start: datetime, end: datetime, what: str, zone: str, now: datetime) -> Bar:
    x = _x(ahead, start)
    width = max(_THINNEST, _x(ahead, end) - x)
    return Bar(kind, round(x, 3), round(width, 3), f"{what} {spell(start, end, zone, now)}")


def _x(ahead: Ahead, at: datetime) -> float:
    return WIDTH * ((at - ahead.start) / (ahead.end - ahead.start))


def _all(what: str, spells: Iterable[tuple[datetime, datetime]], zone: str, now: datetime) -> str:
    told = [spell(start, end, zone, now) for start, end in spells]
    return f"{what} {', '.join(told)}" if told else ""


def spell(start: datetime, end: datetime, zone: str, now: datetime) -> str:
    """Write a stretch of time on the clocks of a zone: `Sun 29 Nov 20:00 – Mon 30 Nov 09:00 CET`.

    A day is named once, and a year that is not this one.
    """
    first, last = words.local(start, zone), words.local(end, zone)
    if first.date() == last.date() and first.tzname() == last.tzname():
        return f"{_date(first, year=not _this_year(end, zone, now))} {first:%H:%M} – {last:%H:%M} {last.tzname()}"
    begins = f"{_date(first, year=first.year != last.year and not _this_year(start, zone, now))} {first:%H:%M}"
    if first.tzname() != last.tzname():
        begins += f" {first.tzname()}"
    return f"{begins} – {instant(end, zone, now)}"


def instant(at: datetime, zone: str, now: datetime) -> str:
    """Write an instant on the clocks of a zone, with its year where that is not this one."""
    return words.moment(at, zone, year=not _this_year(at, zone, now))


def day_of(at: datetime, zone: str, now: datetime) -> str:
    """Write the day of an instant on the clocks of a zone, with its year where that is not this one."""
    return _date(words.local(at, zone), year=not _this_year(at, zone, now))


def _this_year(at: datetime, zone: str, now: datetime) -> bool:
    return words.local(at, zone).year == words.local(now, zone).year


def _date(there: datetime, *, year: bool) -> str:
    return f"{there:%a} {there.day} {there:%b}" + (f" {there.year}" if year else "")


def _moments(spells: Iterable[Interval]) -> tuple[tuple[datetime, datetime], ...]:
    return tuple((moment(start), moment(end)) for start, end in spells)
