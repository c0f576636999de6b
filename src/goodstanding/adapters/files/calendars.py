"""Calendars of service hours in YAML: read with the public holidays of a country, and written (requirements TIER-5)."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, Final
from zoneinfo import available_timezones

from goodstanding.adapters.files.holidays import UnknownPlace, UnknownYear, public_holidays
from goodstanding.adapters.files.schema import near, problems
from goodstanding.adapters.files.yaml12 import Document, FileError, Problem, inline, inline_list, read, write
from goodstanding.core.clocks.calendar import (
    DAY,
    WEEKDAYS,
    Calendar,
    CalendarError,
    Closure,
    Opening,
    check_zone,
    clock_face,
    parse_hours,
    week_of,
)
from goodstanding.core.clocks.intervals import Interval
from goodstanding.core.clocks.presets import OPEN_ON_HOLIDAYS, PRESETS, preset

SCHEMA: Final = "calendar.schema.json"

_YEARS: Final = range(1970, 2100)
"""The years that clocks count in."""
_LONGEST: Final = timedelta(days=1100)
"""Three years; a calendar walks every day of its closures, so a slip of the pen must not make it walk a century."""
_HOURS: Final = "hours such as 09:00-17:30, at most until 24:00"


def load_calendar(source: str | Path, years: Iterable[int], *, name: str = "") -> Calendar:
    """Read a calendar from a file, or from text, which messages call `name`; public holidays are those of `years`.

    The dates found are the calendar's own from then on: store them, since another version of the library may name others.
    In `closed`, the `to` of dates is included and the `to` of local times is not; both are in the calendar's zone. Raises
    `FileError` with every problem found.
    """
    document = read(source, name=name)
    found = problems(document, SCHEMA)
    if found:
        raise FileError(*found)
    file = _CalendarFile(document, sorted(set(years)))
    calendar = file.calendar()
    if calendar is None:
        raise FileError(*sorted(file.problems, key=lambda each: each.line))
    return calendar


def calendar_named(name: str, zone: str) -> Calendar:
    """Return the preset `business`, `extended`, `18/7` or `24/7` in a zone, without holidays; raises `CalendarError`."""
    if name not in PRESETS:
        hint = near(name, [*PRESETS])
        raise CalendarError(
            f"{name!r} names no support hours: use {', '.join(PRESETS)}{f' ({hint})' if hint else ''}", field="preset"
        )
    return preset(name, zone)


class _CalendarFile:
    """Turns a document that fits the schema into a calendar, and notes what the schema cannot see."""

    def __init__(self, document: Document, years: list[int]) -> None:
        self.document = document
        self.data: Mapping[str, Any] = document.data
        self.years = years
        self.problems: list[Problem] = []

    def calendar(self) -> Calendar | None:
        try:
            check_zone(self.data["zone"])
        except CalendarError as error:
            close = near(self.data["zone"], available_timezones())
            self.refuse("zone", "a time zone such as Europe/Rome, or UTC", hint=close or _reason(error))
        week = self.week()
        holidays = self.holidays()
        closed = self.closed()
        opened = self.opened()
        if self.problems:
            return None
        try:
            names = {on: name for on, name in holidays.items() if name}
            return Calendar(self.data["zone"], week, frozenset(holidays), closed, opened, names)
        except CalendarError as error:
            self.refuse(error.field, "hours that can be", found=str(error))
            return None

    def refuse(self, field: str, expected: str, *, found: str | None = None, hint: str = "") -> None:
        self.problems.append(self.document.problem(field, expected, found, hint=hint))

    def week(self) -> tuple[tuple[Interval, ...], ...]:
        hours = PRESETS[self.data["preset"]] if "preset" in self.data else self.data["week"]
        read_well = [self.spans(f"week.{day}") for day in self.data.get("week", ())]
        if not all(spans is not None for spans in read_well):
            return week_of({})
        try:
            return week_of(hours)
        except CalendarError as error:
            self.refuse(error.field, "hours that do not overlap", found=str(error))
            return week_of({})

    def spans(self, field: str) -> tuple[Interval, ...] | None:
        found = []
        for number, text in enumerate(self.document.at(field)):
            try:
                found.append(parse_hours(text))
            except CalendarError as error:
                self.refuse(f"{field}[{number}]", _HOURS, hint=_reason(error))
        return tuple(found) if len(found) == len(self.document.at(field)) else None

    def holidays(self) -> dict[date, str]:
        said = self.data.get("holidays", {})
        if said and self.data.get("preset") in OPEN_ON_HOLIDAYS:
            hint = f"{self.data['preset']} works on holidays too; for hours that do not, write them under week"
            self.refuse("holidays", "no holidays with this preset", hint=hint)
            return {}
        found = self.of_country(said)
        skipped: set[date] = set()
        for number, entry in enumerate(said.get("skip", ())):
            field = f"holidays.skip[{number}]"
            on = self.day(field, entry)
            if on is None:
                continue
            if on in skipped:
                self.refuse(field, "each date once")
            elif found is not None and on not in found and on.year in self.years:
                self.refuse(field, f"a public holiday of {said['country']}")
            skipped.add(on)
        added: dict[date, str] = {}
        for number, entry in enumerate(said.get("add", ())):
            field = f"holidays.add[{number}]"
            said_of_it = entry if isinstance(entry, dict) else {"date": entry}
            on = self.day(field, said_of_it["date"])
            if on is None:
                continue
            if on in added or on in skipped:
                self.refuse(field, "each date once, in add or in skip", found=str(on))
            added[on] = said_of_it.get("name", "")
        kept = {on: name for on, name in (found or {}).items() if on not in skipped}
        return dict(sorted((kept | added).items()))

    def of_country(self, said: Mapping[str, Any]) -> dict[date, str] | None:
        """The holidays of the country, or None when it is not known which those are."""
        if "country" not in said:
            return {}
        try:
            if not self.years:
                raise ValueError("the holidays of a country need the years to look them up for")
            return public_holidays(said["country"], said.get("subdivision"), self.years)
        except UnknownPlace as error:
            self.refuse(f"holidays.{error.field}", error.expected, hint=f"near: {', '.join(error.near)}" if error.near else "")
        except UnknownYear as error:
            self.refuse("holidays.country", "a country whose holidays are known", hint=str(error))
        return None

    def closed(self) -> tuple[Closure, ...]:
        found = []
        for number, entry in enumerate(self.data.get("closed", ())):
            closure = self.closure(f"closed[{number}]", entry if isinstance(entry, dict) else {"from": entry, "to": entry})
            if closure is not None:
                found.append(closure)
        return tuple(found)

    def closure(self, field: str, said: Mapping[str, str]) -> Closure | None:
        name = said.get("name", "")
        timed = [len(said[end]) > len("2026-12-24") for end in ("from", "to")]
        if timed == [False, False]:
            first, last = (self.day(f"{field}.{end}", said[end]) for end in ("from", "to"))
            if first is None or last is None:
                return None
            if first > last:
                self.refuse(field, "the earlier date first", found=f"from {first} to {last}")
                return None
            if last - first >= _LONGEST:
                self.refuse(field, f"at most {_LONGEST.days} days", found=f"from {first} to {last}")
                return None
            return Closure.of_days(first, last, name)
        if timed != [True, True]:
            self.refuse(field, "two dates or two local times", found=f"from {said['from']} to {said['to']}")
            return None
        start, end = (self.moment(f"{field}.{end}", said[end]) for end in ("from", "to"))
        if start is None or end is None:
            return None
        if start >= end:
            self.refuse(field, "the earlier time first", found=f"from {start} to {end}")
            return None
        if end - start > _LONGEST:
            self.refuse(field, f"at most {_LONGEST.days} days", found=f"from {start} to {end}")
            return None
        return Closure(start, end, name)

    def opened(self) -> tuple[Opening, ...]:
        found = []
        for number, entry in enumerate(self.data.get("open", ())):
            field = f"open[{number}]"
            on, hours = self.day(f"{field}.date", entry["date"]), self.spans(f"{field}.hours")
            if on is None or hours is None:
                continue
            for (_, end), (start, _) in pairwise(sorted(hours)):
                if start < end:
                    self.refuse(f"{field}.hours", "hours that do not overlap", found=f"{clock_face(start)} twice")
            found.append(Opening(on, hours))
        return tuple(found)

    def day(self, field: str, text: str) -> date | None:
        try:
            on = date.fromisoformat(text)
        except ValueError:
            self.refuse(field, "a date that is in the calendar", found=repr(text))
            return None
        if on.year not in _YEARS:
            self.refuse(field, f"a date from {_YEARS.start} to {_YEARS.stop - 1}", found=repr(text))
            return None
        return on

    def moment(self, field: str, text: str) -> datetime | None:
        day, clock = re.split("[ T]", text)
        on = self.day(field, day)
        hours, minutes, seconds = (int(part) for part in f"{clock}:00".split(":")[:3])
        total = hours * 3600 + minutes * 60 + seconds
        if minutes > 59 or seconds > 59 or total > DAY:
            self.refuse(field, "a time of day from 00:00 to 24:00")
            return None
        return None if on is None else datetime.combine(on, time()) + timedelta(seconds=total)


def _reason(error: CalendarError) -> str:
    """What an error says after it has named the value, which the problem already shows."""
    return str(error).partition(": ")[2]


def dump_calendar(calendar: Calendar) -> str:
    """Write a calendar as YAML; `load_calendar` gives the same calendar back, whatever years it is asked for.

    Holidays are written as the dates they are, with their names: the country they came from is no longer known.
    """
    fields: dict[str, Any] = {"zone": calendar.zone}
    named = next((name for name in PRESETS if week_of(PRESETS[name]) == calendar.week), None)
    if named is not None and not (calendar.holidays and named in OPEN_ON_HOLIDAYS):
        fields["preset"] = named
    else:
        fields["week"] = {
            day: inline_list([_written(span) for span in spans])
            for day, spans in zip(WEEKDAYS, calendar.week, strict=True)
            if spans
        }
    if calendar.holidays:
        names = calendar.holiday_names
        fields["holidays"] = {
            "add": [inline({"date": on, "name": names[on]}) if names.get(on) else on for on in sorted(calendar.holidays)]
        }
    if calendar.closed:
        fields["closed"] = [_closure_field(closure) for closure in calendar.closed]
    if calendar.open:
        fields["open"] = [
            inline({"date": opening.on, "hours": inline_list([_written(span) for span in opening.hours])})
            for opening in calendar.open
        ]
    return write(fields)


def _closure_field(closure: Closure) -> Any:
    name = {"name": closure.name} if closure.name else {}
    if not closure.whole_days:
        start, end = (str(moment).removesuffix(":00") for moment in (closure.start, closure.end))
        return inline({"from": start, "to": end, **name})
    first, last = closure.start.date(), closure.end.date() - timedelta(days=1)
    return first if first == last and not name else inline({"from": first, "to": last, **name})


def _written(span: Interval) -> str:
    start, end = span
    return f"{clock_face(start)}-{clock_face(end if end <= DAY else end - DAY)}"
