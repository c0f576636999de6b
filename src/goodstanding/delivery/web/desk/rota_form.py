"""A turn on call as it is typed: what each field says, and what is wrong with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from goodstanding.apps.escalation.values import SeatRow, SpellRow
from goodstanding.core.desk.escalation.rota import MOST_WEEKS
from goodstanding.delivery import words
from goodstanding.delivery.web.desk.days import moment_on

NEXT: Final = "next"
"""The choice of a deputy that is whoever has the next turn."""
MOST_PEOPLE: Final = 8
"""How many people can take turns in one form."""
LONG: Final = timedelta(weeks=2)
"""A turn that is longer is asked about: a year or a month is easily mistyped, and what it hides is then found late."""
LONGEST: Final = timedelta(days=366)
THEN: Final = tuple(f"then{number}" for number in range(2, MOST_PEOPLE + 1))
TYPED: Final = ("person", "deputy", "from", "until", "meant", "weeks", *THEN)


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody typed into a form, and what is wrong with it by field; under an empty name what is of no field."""

    fields: Mapping[str, str]
    wrong: Mapping[str, str] = field(default_factory=dict)


def people_typed(
    asked: Mapping[str, str], seats: Mapping[str, SeatRow], wrong: dict[str, str], names: Sequence[str]
) -> list[int]:
    """Return who takes turns, in order; a field that names nobody of the staff is told."""
    found = []
    for name in names:
        if asked[name] in seats:
            found.append(seats[asked[name]].pk)
        elif asked[name] or name == "person":
            wrong[name] = "Choose somebody from the list."
    return found


def deputy_typed(asked: Mapping[str, str], seats: Mapping[str, SeatRow], wrong: dict[str, str]) -> int | None:
    """Return the deputy; None for nobody, and where it is whoever has the next turn."""
    if asked["deputy"] in ("", NEXT):
        return None
    if asked["deputy"] not in seats:
        wrong["deputy"] = "Choose somebody from the list, or nobody."
        return None
    if asked["deputy"] == asked["person"] and not any(asked.get(name) for name in THEN):
        wrong["deputy"] = "Whoever is on call cannot be their own deputy."
    return seats[asked["deputy"]].pk


def spell_typed(
    asked: Mapping[str, str],
    zone: str,
    wrong: dict[str, str],
    *,
    now: datetime,
    kept: tuple[Mapping[str, str], SpellRow] | None = None,
) -> tuple[datetime, datetime] | None:
    """Return the spell that was typed; what was left as it stood stays that instant, whatever its second or its hour twice."""
    found: dict[str, datetime] = {}
    for name in ("from", "until"):
        if kept is not None and asked[name] == kept[0][name]:
            found[name] = kept[1].from_at if name == "from" else kept[1].until_at
            continue
        try:
            found[name] = moment_on(asked[name], zone) if asked[name] else _missing()
        except ValueError as error:
            said = str(error)
            wrong[name] = f"{said[:1].upper()}{said[1:]}."
    if len(found) < 2:
        return None
    length = _length(found["from"], found["until"], zone)
    long = f"This is {words.count(round(length / timedelta(days=1)), 'day')} long"
    moved = kept is None or any(asked[name] != kept[0][name] for name in ("from", "until"))
    if found["until"] <= found["from"]:
        wrong["until"] = "A turn ends after it begins."
    elif found["until"] <= now:
        wrong["until"] = "This is over already: only who is on call now or will be matters here."
    elif found["until"] - found["from"] > LONGEST:
        wrong["until"] = f"{long}, and a turn lasts a year at most: is the year right?"
    elif moved and length > LONG and asked["meant"] != f"{asked['from']} {asked['until']}":
        # Whoever says that it is meant says so of these very times: others are asked about again.
        wrong["meant"] = f"{long}: is that meant?"
    return found["from"], found["until"]


def _length(begins: datetime, ends: datetime, zone: str) -> timedelta:
    """Return how long a spell is on the clocks of a zone: two weeks are two weeks, also past a change of the clocks."""
    first, last = (words.local(at, zone).replace(tzinfo=None) for at in (begins, ends))
    return last - first


def _missing() -> datetime:
    raise ValueError("write a day and a time")


def weeks_typed(text: str, wrong: dict[str, str]) -> int:
    """Return for how many weeks a turn repeats; empty is one."""
    if not text:
        return 1
    weeks = int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else 0
    if not 1 <= weeks <= MOST_WEEKS:
        wrong["weeks"] = f"Write a number of weeks from 1 to {MOST_WEEKS}."
    return weeks
