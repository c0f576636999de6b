"""What runs beside turns that were just planned, in sentences: other turns, and when whoever is on call is away."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import combinations
from typing import Final

from goodstanding.apps.escalation.values import SpellRow
from goodstanding.core.clocks.clock import moment, second_of
from goodstanding.core.clocks.intervals import Interval, intersect, subtract
from goodstanding.core.desk.escalation.people import Roster, Turn
from goodstanding.delivery import words
from goodstanding.delivery.web.desk.rota_picture import spell

MOST: Final = 3
"""How many absences are told one by one."""


def beside_turns(turns: Sequence[Turn], kept: Sequence[SpellRow], roster: Roster, *, zone: str, now: datetime) -> Iterator[str]:
    """Yield what whoever planned the turns should know: `kept` are all turns to come, these among them."""
    yield from _each_other(turns)
    mine = {(each.person, each.from_at) for each in turns}
    others = [each for each in kept if (each.person, each.from_at) not in mine]
    own = [each for each in others if any(one.person == each.person and _overlap(one, each) for one in turns)]
    if own:
        yield f"It overlaps with a turn of the same person, {_named(own, zone, now)}: who has two at once is told once."
    found = [each for each in others if any(one.person != each.person and _overlap(one, each) for one in turns)]
    if found:
        yield f"It overlaps with {_named(found, zone, now)}: while both are on call, both are told."
    away = [said for said in (_away(each, roster, zone, now) for each in turns) if said]
    yield from away[:MOST]
    if len(away) > MOST:
        yield f"In {words.count(len(away) - MOST, 'more turn')} whoever is on call is away for some of it."


def _each_other(turns: Sequence[Turn]) -> Iterator[str]:
    pairs = [(one, other) for one, other in combinations(turns, 2) if _overlap(one, other)]
    if any(one.person != other.person for one, other in pairs):
        yield "These turns overlap each other: while two are on call, both are told."
    if any(one.person == other.person for one, other in pairs):
        yield "These turns overlap each other: who has two of them at once is told once."


def away_for(turn: SpellRow, roster: Roster) -> str:
    """Say for how much of a turn whoever has it is away, and who stands in; empty where they are there."""
    away = _away_in(turn, roster)
    much = "all" if away == _whole(turn) else "some"
    return f"Away for {much} of it, {_stands_in(turn.deputy, away, roster)}" if away else ""


def _away(turn: Turn, roster: Roster, zone: str, now: datetime) -> str:
    away = _away_in(turn, roster)
    if not away:
        return ""
    said = ", ".join(spell(moment(start), moment(end), zone, now) for start, end in away)
    return f"{roster.people[turn.person].name} is away {said}: {_stands_in(turn.deputy, away, roster)}."


def _away_in(turn: Turn | SpellRow, roster: Roster) -> tuple[Interval, ...]:
    return intersect(_whole(turn), roster.away.get(turn.person, ()))


def _whole(turn: Turn | SpellRow) -> tuple[Interval, ...]:
    return ((second_of(turn.from_at), second_of(turn.until_at)),)


def _stands_in(deputy: int | None, away: tuple[Interval, ...], roster: Roster) -> str:
    if deputy is None or deputy not in roster.people:
        return "nobody stands in"
    name, there = roster.people[deputy].name, subtract(away, roster.away.get(deputy, ()))
    if not there:
        return f"{name}, the deputy, is away as well, so nobody stands in"
    return f"{name} stands in" + ("" if there == away else " for some of it, and is away for the rest")


def _named(found: Sequence[SpellRow], zone: str, now: datetime) -> str:
    more = f" and {words.count(len(found) - 1, 'other turn')}" if len(found) > 1 else ""
    return f"{found[0].name}, {spell(found[0].from_at, found[0].until_at, zone, now)}{more}"


def _overlap(one: Turn, other: Turn | SpellRow) -> bool:
    return one.from_at < other.until_at and other.from_at < one.until_at
