"""Who is told: contact roles with deputies, offices, the on-call rota, and never nobody (requirements ESC-7, ESC-8)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import TypeAlias

from goodstanding.core.clocks.calendar import Calendar
from goodstanding.core.clocks.clock import clock_of, moment, second_of
from goodstanding.core.clocks.intervals import Interval, intersect, subtract, union
from goodstanding.core.desk.escalation.plan import CLIENT_ROLES, FALL_BACK, ContactRole, Kind

To: TypeAlias = int | str
"""A person by id, or somebody at a client by address."""


@dataclass(frozen=True, slots=True)
class Office:
    """A place with working hours in its own zone; outside them its people have quiet hours."""

    id: int
    name: str
    hours: Calendar


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody of the partner's staff; without an office they have no quiet hours."""

    id: int
    name: str
    email: str
    zone: str = ""
    office: int | None = None
    skills: frozenset[Kind] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """A contact role and who holds it: for one client, for one team, or where both are None for everything."""

    role: ContactRole
    to: To
    client: str | None = None
    team: str | None = None
    deputy: To | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """A spell on call; the deputy steps in where the person is away."""

    person: int
    deputy: int | None
    from_at: datetime
    until_at: datetime


@dataclass(frozen=True, slots=True)
class Absence:
    """A spell in which somebody is away."""

    person: int
    from_at: datetime
    until_at: datetime


class Why(StrEnum):
    """Why somebody is told."""

    ASSIGNEE = "assignee"
    HOLDER = "holder"
    DEPUTY = "deputy"
    ON_CALL = "on_call"
    FALL_BACK = "fall_back"
    LAST_RESORT = "last_resort"


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody who is told, in which role, why them, and from when on; None is at once."""

    to: To
    role: ContactRole
    why: Why
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Concern:
    """What decides who is told of a step: whose ticket it is, and whether its target counts around the clock."""

    client: str
    team: str | None = None
    assignee: str | None = None
    wall: bool = False
    hold: bool = True


@dataclass(frozen=True, kw_only=True)
class Roster:
    """Everybody who can be told, at one partner."""

    people: Mapping[int, Person] = field(default_factory=dict)
    holders: Sequence[Holder] = ()
    offices: Mapping[int, Office] = field(default_factory=dict)
    turns: Sequence[Turn] = ()
    absences: Sequence[Absence] = ()
    last_resort: Sequence[int] = ()
    """Who answers for the partner as a whole: told where no role leads to anybody."""

    @cached_property
    def away(self) -> Mapping[int, tuple[Interval, ...]]:
        """When people are away, by person: epoch seconds, in order and without overlap."""
        found: dict[int, list[Interval]] = {}
        for each in self.absences:
            found.setdefault(each.person, []).append((second_of(each.from_at), second_of(each.until_at)))
        return {person: union(spells) for person, spells in found.items()}

    def named(self, name: str) -> int | None:
        """Return the person of a name or e-mail address, in any capitals; None for a stranger, or for two of one name."""
        wanted = " ".join(name.split()).casefold()
        found = [each.id for each in self.people.values() if wanted in (each.name.casefold(), each.email.casefold())]
        return found[0] if len(found) == 1 else None

    def is_away(self, to: To, at: datetime) -> bool:
        """Whether somebody is away at an instant; whom the roster does not know is taken to be there."""
        second = second_of(at)
        return isinstance(to, int) and any(start <= second < end for start, end in self.away.get(to, ()))

    def is_at_work(self, to: To, at: datetime) -> bool:
        """Whether it is somebody's working time; without an office it always is."""
        office = self._office(to)
        return office is None or clock_of(office.hours).is_open(second_of(at))

    def on_call(self, at: datetime) -> tuple[int, ...]:
        """Return who is on call at an instant, the deputy of whoever is away."""
        called = (
            next((each for each in (turn.person, turn.deputy) if each is not None and not self.is_away(each, at)), None)
            for turn in self.turns
            if turn.from_at <= at < turn.until_at
        )
        return tuple(dict.fromkeys(each for each in called if each is not None))

    def free_from(self, to: To, at: datetime) -> datetime | None:
        """Return when somebody's quiet hours end; None where they have none at `at`."""
        office = self._office(to)
        if office is None or clock_of(office.hours).is_open(second_of(at)):
            return None
        return moment(clock_of(office.hours).next_opening(second_of(at)))

    def _office(self, to: To) -> Office | None:
        person = self.people.get(to) if isinstance(to, int) else None
        return None if person is None or person.office is None else self.offices.get(person.office)


def reach(
    roster: Roster,
    roles: Iterable[ContactRole],
    concern: Concern,
    *,
    now: datetime,
    fall_back: Sequence[ContactRole] = FALL_BACK,
) -> tuple[Recipient, ...]:
    """Return who is told for each of the roles, each person once; empty only where the partner has nobody at all.

    A role is held for the client, else for the team, else in general. Whoever is away when they would hear of it, at once or
    when their quiet hours end, is stood in for by the deputy; a role that then leads to nobody by the next one of the chain,
    else by the nearest before it who leads people, by whoever is on call, and at last by who answers for the partner. Quiet
    hours hold a message until the recipient's office opens, but for a target that counts around the clock: that is told at
    once, and beside those who are not at work to whoever is on call (requirements ESC-7).
    Client roles have no fall-back: a message to a client reaches a client or is an error on the step.
    """
    found: dict[To, Recipient] = {}
    held = concern.hold and not concern.wall
    there = _Presence(roster, now, held)
    for role in roles:
        told = _of_role(roster, role, concern, there) or (
            [] if role in CLIENT_ROLES else _instead(roster, role, concern, fall_back, there)
        )
        if concern.wall and role not in CLIENT_ROLES and not any(roster.is_at_work(each.to, now) for each in told):
            told = [*told, *(Recipient(person, role, Why.ON_CALL) for person in roster.on_call(now))]
        for each in told:
            found.setdefault(each.to, each)
    return tuple(Recipient(each.to, each.role, each.why, there.free_from(each.to)) for each in found.values())


@dataclass(frozen=True, slots=True)
class _Presence:
    """Who is there to be told: not away at the instant at which they would hear of it."""

    roster: Roster
    now: datetime
    held: bool
    """Whether quiet hours hold what is told."""

    def free_from(self, to: To) -> datetime | None:
        return self.roster.free_from(to, self.now) if self.held else None

    def is_there(self, to: To) -> bool:
        return not self.roster.is_away(to, self.free_from(to) or self.now)


def _of_role(roster: Roster, role: ContactRole, concern: Concern, there: _Presence) -> list[Recipient]:
    if role is ContactRole.AGENT and concern.assignee:
        person = roster.named(concern.assignee)
        if person is not None and there.is_there(person):
            return [Recipient(person, role, Why.ASSIGNEE)]
    for group in _groups(roster, role, concern):
        told = [each for holder in group for each in _present(holder, there)]
        if told:
            return told
    return []


def _groups(roster: Roster, role: ContactRole, concern: Concern) -> Iterator[list[Holder]]:
    """Yield the holders of a role, the narrowest first: of the client, of the team, in general."""
    mine = [each for each in roster.holders if each.role is role]
    yield [each for each in mine if each.client == concern.client]
    yield [each for each in mine if each.client is None and each.team is not None and each.team == concern.team]
    yield [each for each in mine if each.client is None and each.team is None]


def _present(holder: Holder, there: _Presence) -> Iterator[Recipient]:
    if there.is_there(holder.to):
        yield Recipient(holder.to, holder.role, Why.HOLDER)
    elif holder.deputy is not None and there.is_there(holder.deputy):
        yield Recipient(holder.deputy, holder.role, Why.DEPUTY)


def _instead(
    roster: Roster, role: ContactRole, concern: Concern, fall_back: Sequence[ContactRole], there: _Presence
) -> list[Recipient]:
    at = fall_back.index(role) if role in fall_back else -1
    # What nobody above answers for falls to the nearest below who leads; never to whoever works on it.
    below = [each for each in reversed(fall_back[: max(at, 0)]) if each not in (ContactRole.AGENT, ContactRole.SENIOR_AGENT)]
    for other in (*fall_back[at + 1 :], *below):
        told = _of_role(roster, other, concern, there)
        if told:
            return [Recipient(each.to, role, Why.FALL_BACK) for each in told]
    called = roster.on_call(there.now)
    if called:
        return [Recipient(person, role, Why.ON_CALL) for person in called]
    present = [each for each in roster.last_resort if there.is_there(each)]
    return [Recipient(each, role, Why.LAST_RESORT) for each in present or roster.last_resort]


def senior_for(
    roster: Roster, concern: Concern, *, kind: Kind | None, zone: str, load: Mapping[int, int], now: datetime
) -> int | None:
    """Return the senior agent that a ticket is best given to; None where nobody but its assignee is left.

    Of those who hold the role for the client, else the team, else in general, and are not away: whoever is at work, has
    the skill, is in the client's zone and has fewest open tickets, in this order; then by name.
    """
    own = roster.named(concern.assignee) if concern.assignee else None
    # A ticket is given to somebody now, whenever they are told of it.
    there = _Presence(roster, now, held=False)
    for group in _groups(roster, ContactRole.SENIOR_AGENT, concern):
        able = {each.to for holder in group for each in _present(holder, there) if isinstance(each.to, int)}
        known = [roster.people[each] for each in able if each in roster.people and each != own]
        if known:
            best = min(
                known,
                key=lambda each: (
                    not roster.is_at_work(each.id, now),
                    kind is not None and kind not in each.skills,
                    each.zone != zone,
                    load.get(each.id, 0),
                    each.name,
                    each.id,
                ),
            )
            return best.id
    return None


def staffed(roster: Roster, office: Office, start: datetime, end: datetime) -> tuple[Interval, ...]:
    """Return when within `[start, end)` somebody is at work in an office: its hours, as long as not all of it are away."""
    first, last = second_of(start), second_of(end)
    present: list[Interval] = []
    for each in roster.people.values():
        if each.office == office.id:
            present += subtract(((first, last),), roster.away.get(each.id, ()))
    return intersect(clock_of(office.hours).open_within(first, last), union(present))


def uncovered(roster: Roster, start: datetime, end: datetime) -> tuple[tuple[datetime, datetime], ...]:
    """Return the stretches of `[start, end)` in which nobody is at work in an office nor on call (requirements ESC-7)."""
    first, last = second_of(start), second_of(end)
    whole = ((first, last),)
    covered: list[Interval] = []
    for turn in roster.turns:
        spell = ((max(second_of(turn.from_at), first), min(second_of(turn.until_at), last)),)
        if spell[0][0] >= spell[0][1]:
            continue
        for person in (turn.person, turn.deputy):
            if person is not None:
                covered += subtract(spell, roster.away.get(person, ()))
    for office in roster.offices.values():
        covered += staffed(roster, office, start, end)
    return tuple((moment(a), moment(b)) for a, b in subtract(whole, union(covered)))


@dataclass(frozen=True, slots=True)
class Held:
    """Which contact roles somebody holds: those for every client, and those for one, each with the client."""

    for_all: frozenset[ContactRole]
    for_one: frozenset[tuple[ContactRole, str]]

    def is_empty(self, role: ContactRole, client: str) -> bool:
        """Whether nobody holds a role for a client, so that a plan that asks for it says so beforehand (requirements ESC-8).

        The agent of a ticket is whoever has it, so that role never is.
        """
        return role is not ContactRole.AGENT and role not in self.for_all and (role, client) not in self.for_one


def held_roles(roster: Roster, *, team: str = "") -> Held:
    """Return the roles that are held for tickets of one team, or where none is named of any; asked once for all clients."""
    return Held(
        frozenset(each.role for each in roster.holders if each.client is None and (not team or each.team in (None, team))),
        frozenset((each.role, each.client) for each in roster.holders if each.client is not None),
    )
