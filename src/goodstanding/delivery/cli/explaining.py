"""The work of `goodstanding deadline`: read what was typed, find the deadline, tell it day by day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table

from goodstanding.core.clocks.amounts import Amount, AmountError
from goodstanding.core.clocks.calendar import CalendarError, check_zone
from goodstanding.core.desk.deadline import DatedShare, DeadlineExplained
from goodstanding.core.desk.policy import WALL
from goodstanding.delivery import words, words_of_measurement
from goodstanding.delivery.cli import typed
from goodstanding.delivery.cli.terminal import Wrong, console, styled
from goodstanding.flows import deadline as flow
from goodstanding.flows.choose_hours import Hours, hours_named

_NARROW = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the command line asks for."""

    calendar: str
    start: str
    target: str
    pauses: tuple[str, ...] = ()
    zone: str = ""
    wall: bool = False
    json_file: Path | None = None


def run(asked: Asked) -> None:
    """Explain the deadline; ends the process with exit code 2 where something typed is wrong."""
    hours, zone = _hours(asked)
    start = _instant("--start", asked.start, zone)
    pauses = [_pause(text, zone) for text in asked.pauses]
    try:
        amount = Amount.parse(asked.target)
    except AmountError as error:
        raise Wrong(f"--target: {error}") from error
    try:
        found = flow.deadline(hours, zone, amount=amount, wall=asked.wall, start=start, pauses=pauses)
    except (*flow.BAD_TERMS, flow.OUT_OF_REACH) as error:
        raise Wrong(str(error)) from error
    _tell(console(), found, hours)
    if asked.json_file is not None:
        try:
            flow.print_deadline(found, asked.json_file, hours=hours.name)
        except OSError as error:
            raise Wrong(f"{asked.json_file} cannot be written: {error.strerror or error}.") from error
        click.echo(f"Written: {asked.json_file}", err=True)


def _hours(asked: Asked) -> tuple[Hours, str]:
    try:
        hours = hours_named(asked.calendar)
        if asked.zone:
            check_zone(asked.zone)
    except (*flow.BAD_TERMS, CalendarError) as error:
        raise Wrong(str(error)) from error
    if hours.zone and asked.zone and asked.zone != hours.zone:
        raise Wrong(f"--zone {asked.zone} contradicts {hours.name}, which is kept in {hours.zone}.")
    zone = hours.zone or asked.zone
    if not zone:
        raise Wrong(
            f"In which time zone are the hours “{hours.name}” kept? Say it with --zone, for example --zone Europe/Rome."
        )
    return hours, zone


def _instant(option: str, text: str, zone: str) -> datetime:
    try:
        found = typed.instant(text, zone)
    except ValueError as error:
        raise Wrong(f"{option}: {error}") from error
    _say_repeated(text, found, zone)
    return found.at


def _pause(text: str, zone: str) -> tuple[datetime, datetime | None]:
    try:
        start, end = typed.pause(text, zone)
    except ValueError as error:
        raise Wrong(f"--pause: {error}") from error
    for each in (start, end):
        if each is not None:
            _say_repeated(text, each, zone)
    return start.at, None if end is None else end.at


def _say_repeated(text: str, found: typed.Typed, zone: str) -> None:
    if found.repeated:
        there = words.moment(found.at, zone, year=True)
        click.echo(f"{text} came twice on the clocks of {zone}; the first is meant, {there}.", err=True)


def _tell(out: Console, found: DeadlineExplained, hours: Hours) -> None:
    zone = found.calendar.zone
    if found.deadline_at is not None:
        said = f"Due {words.moment(found.deadline_at, zone, year=True)} ({words.moment(found.deadline_at, 'UTC', year=True)})"
    else:
        since = words.moment(found.paused_since, zone, year=True)
        said = f"No deadline: paused since {since}, {words.hours(found.left)} left"
    out.print(styled(said, "bold"))
    spent = "wall time" if found.target.slot == WALL else f"service hours, {words_of_measurement.calendar(found.calendar)}"
    start = words.moment(found.start_at, zone, year=True)
    asked = words.amount(found.target.amount) if found.target.amount else ""
    out.print(styled(f"{asked} from {start}: {words.hours(found.target_for)} of {spent} ({hours.name}, {zone})"))
    out.print()
    rows = [
        (
            f"{day.on:%a} {day.on.day} {day.on:%b} {day.on.year}",
            words.hours(day.counted_for) if day.counted_for else "-",
            words.hours(day.paused_for) if day.paused_for else "-",
            words.hours(day.left),
            _at_once(found) or _why(day, zone),
        )
        for day in found.days
    ]
    if out.width < _NARROW:
        for on, counted, paused, left, why in rows:
            out.print(styled(on, "bold"))
            more = f", paused {paused}" if paused != "-" else ""
            out.print(Padding(styled(f"counted {counted}{more}, {left} left: {why}"), (0, 0, 0, 2)))
        return
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    for head in ("Date", "Counted", "Paused", "Left"):
        table.add_column(head, no_wrap=True, justify="left" if head == "Date" else "right")
    table.add_column("Why", overflow="fold")
    for row in rows:
        table.add_row(*(styled(cell) for cell in row))
    out.print(table)


def _at_once(found: DeadlineExplained) -> str:
    """Say why nothing was counted where the clock never ran, whatever the hours; empty where it did."""
    if found.paused_since == found.start_at:
        return "paused from the start"
    return "nothing to wait for" if found.deadline_at == found.start_at else ""


def _why(day: DatedShare, zone: str) -> str:
    if day.closed is not None:
        return f"closed: {words.cause(day.closed, detail=day.detail)}"
    said = []
    if day.counted:
        said.append(f"counted {_spells(day.counted, zone)}")
    if day.paused:
        said.append(f"paused {_spells(day.paused, zone)}")
    said += [f"own closure{f' ({name})' if name else ''}" for name in day.closures]
    return "; ".join(said) or "outside service hours"


def _spells(spells: Iterable[tuple[datetime, datetime]], zone: str) -> str:
    place = ZoneInfo(zone)
    return ", ".join(f"{_face(a, a, place)}-{_face(b, a, place)}" for a, b in spells)


def _face(at: datetime, begin: datetime, place: ZoneInfo) -> str:
    """Write the time of day; midnight at the end of a spell is 24:00."""
    there = at.astimezone(place)
    if at != begin and (there.hour, there.minute, there.second) == (0, 0, 0):
        return "24:00"
    return f"{there:%H:%M}" + (f":{there:%S}" if there.second else "")
