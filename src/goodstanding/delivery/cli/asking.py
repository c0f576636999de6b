"""Asking what a ticket file leaves open: the choices, what each would make of the file's own values, and again if need be."""

from typing import Any
from zoneinfo import ZoneInfo

import click

from goodstanding.core.clocks.calendar import CalendarError, check_zone
from goodstanding.delivery import words_of_files
from goodstanding.delivery.cli.terminal import clean
from goodstanding.delivery.zones import every_zone
from goodstanding.flows.read_tickets import as_read_in

_SHOWN = 3


def in_words(question: Any) -> str:
    """Put a question in words, with the field that is meant where a column is asked for."""
    if question.asked == "column":
        names = ", ".join(f"“{choice.value}”" for choice in question.choices)
        return f"Which column is “{str(question.field).replace('_', ' ')}”? The file has {names}."
    return words_of_files.question(question)


def unasked(question: Any) -> str:
    """Say what is open and which option answers it for good, for where nobody can be asked."""
    values, by_map = ", ".join(choice.value for choice in question.choices), f"and give it with {question.option}."
    how = {
        "zone": f"Say it with {question.option}, for example {question.option} Europe/Rome.",
        "date_order": f"Say it with {question.option}: {values}.",
        "numbers": f"Say it in a map, “numbers:” and one of {values}, {by_map}",
        "column": f"Say it in a map, “columns: {{{question.field}: {_first(question)}}}”, {by_map}",
        "priorities": f"Say in a map what each means, “priorities: {{{_sample(question)}: P1}}”, {by_map}",
    }[str(question.asked)]
    return f"{in_words(question)} {how}"


def ask(question: Any, *, likely: str = "") -> str:
    """Ask until an answer fits, on standard error so that the report can be piped; `likely` is a zone to offer."""
    click.echo(clean(f"\n{in_words(question)}"), err=True)
    if question.asked == "zone":
        return _ask_zone(question, likely)
    for number, choice in enumerate(question.choices, start=1):
        would = _would(question.samples, choice.readings)
        said = words_of_files.choice(choice.value)
        said = said if said == choice.value else f"{choice.value}: {said}"
        click.echo(clean(f"  {number}  {said}{would}"), err=True)
    while True:
        typed = str(click.prompt("Number or name", err=True)).strip()
        if typed.isdecimal() and 1 <= int(typed) <= len(question.choices):
            return str(question.choices[int(typed) - 1].value)
        if any(choice.value == typed for choice in question.choices):
            return typed
        click.echo(clean(f"“{typed}” is none of them: type 1 to {len(question.choices)}."), err=True)


def ask_zone(of: str) -> str:
    """Ask on which clocks hours are kept."""
    click.echo(clean(f"\nOn which clocks are the hours “{of}” kept?"), err=True)
    return _zone("")


def _ask_zone(question: Any, likely: str) -> str:
    for zone in dict.fromkeys(each for each in (likely, "UTC") if each):
        click.echo(clean(f"  {zone}{_would(question.samples, as_read_in(question, zone))} in UTC"), err=True)
    return _zone(likely)


def _zone(likely: str) -> str:
    while True:
        typed = str(click.prompt("Time zone, such as Europe/Rome", default=likely or None, err=True)).strip()
        try:
            check_zone(typed)
        except CalendarError as error:
            near = [name for name in every_zone() if typed and typed.casefold() in name.casefold()][:_SHOWN]
            hint = f" Did you mean {', '.join(near)}?" if near else ""
            click.echo(clean(f"{error}.{hint}"), err=True)
            continue
        return ZoneInfo(typed).key


def _would(samples: tuple[str, ...], readings: tuple[str, ...]) -> str:
    pairs = [f"“{sample}” would be {read or 'unreadable'}" for sample, read in zip(samples, readings, strict=False)]
    return f" ({'; '.join(pairs[:_SHOWN])})" if pairs else ""


def _first(question: Any) -> str:
    return str(question.choices[0].value) if question.choices else "…"


def _sample(question: Any) -> str:
    return str(question.samples[0]) if question.samples else "…"
