"""The on-call rota as it is planned and looked at: turns that repeat, who is on call when, and what an absence leaves open."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from goodstanding.core.clocks.clock import moment, second_of
from goodstanding.core.clocks.intervals import Interval, intersect, subtract
from goodstanding.core.desk.escalation.people import Absence, Roster, Turn, uncovered
from goodstanding.core.desk.escalation.plan import Action, ContactRole, Plan, Step

MOST_WEEKS: Final = 52
"""How often a turn repeats at most."""


@dataclass(frozen=True, slots=True)
class Called:
    """Somebody on call for a spell, in their own turn or as deputy of whoever is away."""

    person: int
    from_at: datetime
    until_at: datetime
    as_deputy: bool


def repeat_weekly(
    people: Sequence[int], *, begins: datetime, ends: datetime, zone: str, weeks: int, deputy: int | None, next_deputises: bool
) -> tuple[Turn, ...]:
    """Return a turn a week for `weeks` weeks, the people in order and then from the first again.

    `begins` and `ends` are times on the wall clocks of `zone`, without a zone of their own: a turn that begins at 09:00
    does so in every week, also past a change of the clocks. A time that the clocks skip is as many minutes later; of one
    that they repeat the first counts. The deputy is `deputy`, or with `next_deputises` whoever has the next turn; nobody is
    their own.
    """
    clocks = ZoneInfo(zone)
    found = []
    for week in range(weeks):
        start, end = (
            (at + timedelta(weeks=week)).replace(tzinfo=clocks, fold=0).astimezone(UTC) for at in (begins, ends)
        )  # fmt: skip
        if end <= start:
            # A turn within the hour that the clocks skip: it lasts as long as any other.
            end = start + (ends - begins)
        person = people[week % len(people)]
        second = people[(week + 1) % len(people)] if next_deputises else deputy
        found.append(Turn(person, None if second == person else second, start, end))
    return tuple(found)


def on_call_within(roster: Roster, start: datetime, end: datetime) -> tuple[Called, ...]:
    """Return who is on call when in `[start, end)`, by when it begins: nobody while away, the deputy instead."""
    first, last = second_of(start), second_of(end)
    found: list[Called] = []
    for turn in roster.turns:
        spell: tuple[Interval, ...] = ((max(second_of(turn.from_at), first), min(second_of(turn.until_at), last)),)
        if spell[0][0] >= spell[0][1]:
            continue
        away = roster.away.get(turn.person, ())
        found += _called(turn.person, subtract(spell, away), as_deputy=False)
        if turn.deputy is not None:
            found += _called(
                turn.deputy, subtract(intersect(spell, away), roster.away.get(turn.deputy, ())), as_deputy=True
            )  # fmt: skip
    return tuple(sorted(found, key=lambda each: (each.from_at, each.person)))


def overlapping(turns: Sequence[Turn]) -> frozenset[int]:
    """Return the places in `turns` of those during which somebody else's turn runs as well: both are on call."""
    order = sorted(range(len(turns)), key=lambda place: turns[place].from_at)
    found: set[int] = set()
    running: list[int] = []
    for place in order:
        running = [each for each in running if turns[each].until_at > turns[place].from_at]
        if running:
            found.update((*running, place))
        running.append(place)
    return frozenset(found)


def left_open_by(
    roster: Roster, absence: Absence, *, now: datetime, until: datetime | None = None
) -> tuple[tuple[datetime, datetime], ...]:
    """Return the stretches from `now` on that nobody covers because of an absence, whether the roster knows it yet or not.

    With `until` no later ones than that are looked for.
    """
    start, end = max(absence.from_at, now), min(absence.until_at, until or absence.until_at)
    if end <= start:
        return ()
    others = tuple(each for each in roster.absences if each != absence)
    there = _seconds(uncovered(replace(roster, absences=others), start, end))
    gone = _seconds(uncovered(replace(roster, absences=(*others, absence)), start, end))
    return tuple((moment(a), moment(b)) for a, b in subtract(gone, there))


def roles_asked(plan: Plan) -> Mapping[ContactRole, tuple[Step, ...]]:
    """Return the contact roles that a plan needs, with the steps that ask for each.

    A step asks for those it tells; one that reassigns asks for a senior agent to give the ticket to as well.
    """
    found: dict[ContactRole, list[Step]] = {}
    for step in plan.steps:
        needed = [*step.tell, *([ContactRole.SENIOR_AGENT] if Action.REASSIGN in step.actions else [])]
        for role in dict.fromkeys(needed):
            found.setdefault(role, []).append(step)
    return {role: tuple(steps) for role, steps in found.items()}


def _called(person: int, spells: Sequence[Interval], *, as_deputy: bool) -> list[Called]:
    return [Called(person, moment(start), moment(end), as_deputy) for start, end in spells]


def _seconds(stretches: Sequence[tuple[datetime, datetime]]) -> tuple[Interval, ...]:
    return tuple((second_of(start), second_of(end)) for start, end in stretches)
