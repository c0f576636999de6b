"""Publish a calendar from its YAML: with the public holidays of the years ahead, as an immutable version."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from goodstanding.adapters.files.calendars import calendar_named, dump_calendar, load_calendar
from goodstanding.adapters.files.yaml12 import FileError, Problem
from goodstanding.apps.desk import actions
from goodstanding.apps.desk.values import CalendarVersion
from goodstanding.apps.tenancy.scope import Scope
from goodstanding.core.clocks.calendar import Calendar

YEARS_BACK: Final = 5
YEARS_AHEAD: Final = 2
"""A version holds the holidays of the years that imported histories and running deadlines reach into."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A calendar as it was read, None where it could not be, and all that is wrong in it."""

    calendar: Calendar | None
    problems: tuple[Problem, ...]


def check(text: str, *, now: datetime, name: str = "") -> Checked:
    """Read a calendar without keeping it."""
    try:
        return Checked(load_calendar(text, _years(now), name=name), ())
    except FileError as error:
        return Checked(None, error.problems)


def publish_calendar(scope: Scope, *, partner: int, name: str, text: str, now: datetime, note: str = "") -> CalendarVersion:
    """Publish a calendar as it is written; raises `FileError` where it cannot be read."""
    return actions.publish_calendar(
        scope,
        partner=partner,
        name=name,
        calendar=load_calendar(text, _years(now), name="calendar"),
        text=text,
        holidays_until=max(_years(now)),
        now=now,
        note=note,
    )


def preset_text(name: str, zone: str) -> str:
    """Write a preset in a zone as the YAML of a calendar; raises `CalendarError` for an unknown preset or zone."""
    return dump_calendar(calendar_named(name, zone))


def _years(now: datetime) -> range:
    return range(now.year - YEARS_BACK, now.year + YEARS_AHEAD + 1)
