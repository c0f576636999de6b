"""The work of `goodstanding tiers classify`: ask for the facts, propose a priority, say why (requirements TIER-3)."""

from enum import StrEnum
from typing import Final, TypeVar

import click

from goodstanding.core.commerce.priorities import DEFINITIONS, Family
from goodstanding.core.desk.classify import Facts, Hit, WayRound, classify
from goodstanding.delivery.cli.terminal import Wrong, clean, console, may_ask, styled

_Choice = TypeVar("_Choice", bound=StrEnum)
_HIT: Final = {
    Hit.ALL: "production is down, or nobody can work",
    Hit.CORE: "a core transaction is blocked: invoice, payment, order",
    Hit.WORKFLOW: "another workflow is broken",
    Hit.LOOKS: "how something looks or reads; nothing is blocked",
    Hit.WISH: "a new function or a change",
}
_WAY_ROUND: Final = {WayRound.NONE: "there is none", WayRound.POOR: "a poor one", WayRound.GOOD: "a good one"}
_LETTER: Final = {Family.SUPPORT_PLAN: "P", Family.RETAINER: "S"}
_WHY: Final = {
    "nothing_blocked": "nothing that people use is blocked",
    "all_down": "everything is down, and there is no good way round",
    "all_down_with_way_round": "everything is down, but people can work another way",
    "core_blocked": "a core transaction is impossible, and there is no way round",
    "core_with_way_round": "a core transaction is blocked, and there is a way round",
    "workflow_broken": "a workflow is broken, and there is no way round",
    "workflow_with_way_round": "a workflow is broken, and there is a way round",
}
_HARMLESS: Final = (Hit.LOOKS, Hit.WISH)


def run(*, family: str, hit: str | None, way_round: str | None, users: int | None, no_input: bool) -> None:
    """Propose a priority and print it with its reason and what it means."""
    ask = may_ask(no_input)
    what = Hit(hit) if hit else _asked("What is hit?", "--hit", _HIT, ask=ask)
    way = WayRound(way_round) if way_round else WayRound.NONE
    if what not in _HARMLESS and not way_round:
        way = _asked("Is there a way round?", "--way-round", _WAY_ROUND, ask=ask)
    if users is None and what not in _HARMLESS and ask:
        users = _how_many()
    chosen = Family(family)
    facts = Facts(what, way, users)
    found = classify(facts, family=family)
    priority = found.priority(_LETTER[chosen])
    meaning = next(each for each in DEFINITIONS[chosen] if each.priority == priority)
    many = f", and {users:,} people are affected" if users is not None and users >= facts.several else ""
    out = console()
    out.print(styled(f"Proposed: {priority} {meaning.name}", "bold"))
    out.print(styled(f"Because {_WHY[found.reason]}{many}."))
    out.print(styled(f"{priority} is for {meaning.hit}; {meaning.effect}. Example: {meaning.example}."))
    out.print(styled("A person confirms it: the client proposes, triage decides."))


def _asked(question: str, option: str, choices: dict[_Choice, str], *, ask: bool) -> _Choice:
    if not ask:
        raise Wrong(f"{question} Say it with {option}: {', '.join(choices)}.")
    click.echo(question, err=True)
    listed = list(choices)
    for number, each in enumerate(listed, start=1):
        click.echo(f"  {number}  {each}: {choices[each]}", err=True)
    while True:
        typed = str(click.prompt("Number or name", err=True)).strip()
        if typed.isdecimal() and 1 <= int(typed) <= len(listed):
            return listed[int(typed) - 1]
        if typed in choices:
            return next(each for each in listed if each == typed)
        click.echo(clean(f"“{typed}” is none of them: type 1 to {len(listed)}."), err=True)


def _how_many() -> int | None:
    while True:
        typed = str(
            click.prompt("How many people are affected? Enter if nobody knows", default="", show_default=False, err=True)
        )
        if not typed.strip():
            return None
        if typed.strip().isdecimal():
            return int(typed)
        click.echo(clean(f"“{typed}” is no number of people."), err=True)
