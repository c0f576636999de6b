"""The work of `goodstanding measure`: find the terms, read the file with what it leaves open, measure, print."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import click

from goodstanding.core.clocks.calendar import check_zone
from goodstanding.core.commerce.holding import Unsuitable
from goodstanding.delivery import words_of_files, words_of_measurement
from goodstanding.delivery.cli import asking, typed
from goodstanding.delivery.cli.show_measurement import Showing
from goodstanding.delivery.cli.terminal import Bar, Unusable, Wrong, console, may_ask, progress
from goodstanding.flows import measure as flow
from goodstanding.flows.print_measurement import print_measurement
from goodstanding.flows.read_tickets import Told, local_zone, name_of, read

WITH_BAD_ROWS: Final = 1
BAD_SHOWN: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the command line asks for; empty texts and None are not given."""

    tickets: Path
    tier: str
    calendar: str
    zone: str = ""
    dates: str | None = None
    map_file: Path | None = None
    sheet: str = ""
    as_of: str = ""
    what_if: str = ""
    no_input: bool = False
    json_file: Path | None = None
    xlsx_file: Path | None = None
    html_file: Path | None = None

    @property
    def files(self) -> Mapping[str, Path]:
        """The files to be written, by kind."""
        given = {"json": self.json_file, "xlsx": self.xlsx_file, "html": self.html_file}
        return {kind: path for kind, path in given.items() if path is not None}


def run(asked: Asked) -> None:
    """Measure and print; ends the process with the exit codes of docs/measure.md."""
    promise = _promised(asked)
    for path in asked.files.values():
        if not path.parent.is_dir():
            raise Wrong(f"{path} cannot be written: there is no folder {path.parent}.")
    try:
        measured = _measured(asked, promise)
    except Unsuitable as error:
        raise Wrong(_unsuitable(error)) from error
    except flow.BAD_TERMS as error:
        raise Wrong(str(error)) from error
    except flow.BAD_FILE as error:
        raise Unusable(_unusable(asked, error)) from error
    out = console()
    Showing(out, measured, asked.tickets.name).show()
    for kind, path in asked.files.items():
        try:
            with progress(f"Writing {path.name}"):
                print_measurement(measured, kind, path, source=asked.tickets.name, voice=words_of_measurement)
        except OSError as error:
            raise Wrong(f"{path} cannot be written: {error.strerror or error}.") from error
        click.echo(f"Written: {path}", err=True)
    if measured.set_aside:
        sys.exit(WITH_BAD_ROWS)


def _promised(asked: Asked) -> flow.Promised:
    try:
        if asked.zone:
            check_zone(asked.zone)
        return flow.promised(tier=asked.tier, calendar=asked.calendar, what_if=asked.what_if)
    except Unsuitable as error:
        raise Wrong(_unsuitable(error)) from error
    except flow.BAD_TERMS as error:
        raise Wrong(str(error)) from error


def _measured(asked: Asked, promise: flow.Promised) -> flow.Measured:
    ask = may_ask(asked.no_input)
    told = _told(asked)
    while True:
        try:
            with progress(f"Reading {asked.tickets.name}") as bar:
                file = read(asked.tickets, told, progress=bar.tell)
                zone = promise.hours.zone or local_zone(told)
                if zone:
                    return _with_calendar(asked, promise, file, zone, bar)
        except flow.ASKS as open_question:
            question = open_question.question
            if not ask:
                raise Wrong(asking.unasked(question)) from open_question
            answer = asking.ask(question, likely=promise.hours.zone)
            told = replace(told, answers={**told.answers, name_of(question): answer})
            continue
        if not ask:
            raise Wrong(words_of_measurement.zone_needed(promise.hours.name))
        told = replace(told, zone=asking.ask_zone(promise.hours.name))


def _with_calendar(asked: Asked, promise: flow.Promised, file: Any, zone: str, bar: Bar) -> flow.Measured:
    as_of: datetime | None = None
    if asked.as_of:
        try:
            found = typed.instant(asked.as_of, zone)
        except ValueError as error:
            raise Wrong(f"--as-of: {error}") from error
        if found.repeated:
            click.echo(f"--as-of: {asked.as_of} came twice on the clocks of {zone}; the first is meant.", err=True)
        as_of = found.at
    calendar = flow.calendar_for(file, promise, zone, as_of)
    return flow.measure(file, promise, calendar, as_of=as_of, progress=bar.step("Judging tickets").tell)


def _told(asked: Asked) -> Told:
    told = Told(zone=asked.zone, dates=asked.dates or "", sheet=asked.sheet)
    if asked.map_file is None:
        return told
    try:
        text = asked.map_file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise Wrong(f"{asked.map_file} cannot be read: {error.strerror or error}.") from error
    except UnicodeDecodeError as error:
        raise Wrong(f"{asked.map_file} is not text in UTF-8.") from error
    return replace(told, map_text=text, map_name=str(asked.map_file))


def _unusable(asked: Asked, error: Exception) -> str:
    bad = getattr(error, "bad", ())
    lines = [f"{asked.tickets} cannot be measured. {words_of_files.unusable(error)}"]
    lines += [f"  {words_of_measurement.fault(row)}" for row in bad[:BAD_SHOWN]]
    if len(bad) > BAD_SHOWN:
        lines.append(f"  and {words_of_measurement.count(len(bad) - BAD_SHOWN, 'row')} more")
    return "\n".join(lines)


def _unsuitable(error: Unsuitable) -> str:
    if not error.slot:
        return f"{error.tier.name} promises nothing about tickets: measure under a support plan or a retainer."
    return (
        f"{error.tier.name} counts in the hours “{error.slot}”. A file is measured in one calendar, which fills the slot "
        "“support”: write that slot, or “always”, in the tier."
    )
