"""Who is at work when: the partner's people in their own zones, and a rota for the hours nobody covers."""

from datetime import datetime
from functools import cache
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

from goodstanding.adapters.demo.cast import PEOPLE, Client, Person

_DESK: Final = tuple(person for person in PEOPLE if person.team)
"""The people who take tickets."""
_ZONES: Final = frozenset(person.zone for person in _DESK)
_LEAD: Final = next(person for person in PEOPLE if person.role == "team_lead")
_HOURS: Final = range(8, 19)
_WEEK: Final = 7 * 86_400


def at_work(person: Person, at: int) -> bool:
    """Whether somebody is at work at an epoch second: Monday to Friday, 8 to 19, by their own clock."""
    return _in_hours(person.zone, at)


def on_call(at: int) -> Person:
    """Return who is called when nobody is at work; it changes every week."""
    return _DESK[at // _WEEK % len(_DESK)]


def taker(dice: Random, client: Client, team: str, at: int) -> Person:
    """Return who takes a new ticket: the client's own engineer, else somebody of the team, else whoever is there."""
    there = _at_their_desks(at)
    if not there:
        return on_call(at)
    own = next((person for person in there if person.name == client.named), None)
    if own is not None and dice.random() < 0.55:
        return own
    skilled = [person for person in there if person.team == team]
    # A team that is busy passes some of its tickets on to whoever has time.
    return dice.choice(skilled if skilled and dice.random() < 0.85 else there)


def acting(assignee: Person, at: int) -> Person:
    """Return who acts on a ticket at an instant: its assignee, or whoever covers for them while they are away."""
    if at_work(assignee, at):
        return assignee
    there = _at_their_desks(at)
    if not there:
        return on_call(at)
    same = [person for person in there if person.team == assignee.team]
    return (same or there)[at // 86_400 % len(same or there)]


def dispatcher(at: int) -> Person:
    """Return who hands out tickets at an instant: the lead in working hours, later whoever is there."""
    return _LEAD if at_work(_LEAD, at) else acting(_LEAD, at)


def _at_their_desks(at: int) -> list[Person]:
    zones = {zone for zone in _ZONES if _in_hours(zone, at)}
    return [person for person in _DESK if person.zone in zones]


def _in_hours(zone: str, at: int) -> bool:
    local = datetime.fromtimestamp(at, _zone(zone))
    return local.weekday() < 5 and local.hour in _HOURS


@cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
