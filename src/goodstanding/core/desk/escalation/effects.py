"""What a step that fires does: who is told, who gets the ticket, which queue it goes to, and what a client may expect."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Final

from goodstanding.core.clocks.clock import moment, moment_if, second_of
from goodstanding.core.desk.assess import Examined
from goodstanding.core.desk.course import Course
from goodstanding.core.desk.escalation.people import Concern, Recipient, Roster, To, Why, reach, senior_for
from goodstanding.core.desk.escalation.places import part
from goodstanding.core.desk.escalation.plan import CLIENT_ROLES, Action, ContactRole, Kind, Queue, Resource
from goodstanding.core.desk.escalation.steps import Firing
from goodstanding.core.desk.reckon import instant_after, open_seconds

_AGAIN: Final = Fraction(1, 2)
"""After the deadline a client is told to expect the ticket by the next half of the target."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The ticket a step fires for, as far as it decides what is done."""

    client: str
    zone: str
    team: str | None = None
    assignee: str | None = None
    kind: str | None = None
    contact: str = ""
    """The address of whoever wrote it; empty where none is known."""
    signs_in_as: int | None = None
    """Who of the client's people signs in with that address; None where nobody does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """What a step does. `give_to` is a person by id; `missing` are roles that lead to nobody, an error to be shown."""

    recipients: tuple[Recipient, ...]
    missing: tuple[ContactRole, ...] = ()
    give_to: int | None = None
    raise_to: Queue | None = None
    resources: tuple[Resource, ...] = ()
    call: str = ""
    client_to: tuple[To, ...] = ()
    """Whom a client message goes to, where the step drafts one; empty with a draft is an error to be shown."""
    drafts: bool = False


def effects_of(firing: Firing, subject: Subject, roster: Roster, *, load: Mapping[int, int], now: datetime) -> Effects:
    """Return what a step that has fired does (requirements ESC-2, ESC-4, ESC-6 to ESC-8).

    `load` is how many open tickets each person has. Where a ticket is given to somebody, they are told beside the roles. A
    client message goes to whoever wrote the ticket and to the client roles of the step; where neither is known, to the
    client's IT lead.
    """
    step, plan = firing.step, firing.plan
    concern = Concern(client=subject.client, team=subject.team, assignee=subject.assignee, wall=firing.wall, hold=step.hold)
    kind = Kind(subject.kind) if subject.kind in set(Kind) else None
    staff = [role for role in step.tell if role not in CLIENT_ROLES]
    told = reach(roster, staff, concern, now=now, fall_back=plan.fall_back)
    give_to = None
    if Action.REASSIGN in step.actions:
        give_to = senior_for(roster, concern, kind=kind, zone=subject.zone, load=load, now=now)
        if give_to is not None and all(each.to != give_to for each in told):
            held = None if firing.wall or not step.hold else roster.free_from(give_to, now)
            told = (*told, Recipient(give_to, ContactRole.SENIOR_AGENT, Why.HOLDER, held))
    client_to: tuple[To, ...] = ()
    drafts = Action.DRAFT in step.actions
    if drafts:
        of_client = [role for role in step.tell if role in CLIENT_ROLES]
        if not subject.contact and not of_client:
            of_client = [ContactRole.CLIENT_IT_LEAD]
        # Whoever wrote it may hold such a role too: one mailbox gets one message.
        known = [each.to for each in reach(roster, of_client, concern, now=now) if each.to != subject.signs_in_as]
        client_to = tuple(dict.fromkeys([*([subject.contact] if subject.contact else []), *known]))
    return Effects(
        recipients=told,
        missing=() if told else tuple(staff),
        give_to=give_to,
        raise_to=plan.queue(step.queue) if Action.RAISE in step.actions else None,
        resources=tuple(each for each in plan.resources if each.kind in (None, kind)) if Action.SUGGEST in step.actions else (),
        call=plan.call if Action.CALL in step.actions else "",
        client_to=client_to,
        drafts=drafts,
    )


def course_of(found: Examined, firing: Firing) -> Course:
    """Return the course of the clock that a step fired for."""
    return next(each for each in found.courses if (each.clock, each.span.cycle) == (firing.clock, firing.cycle))


def expected_at(course: Course, *, now: datetime) -> datetime | None:
    """Return by when a clock's promise is to be expected now: its deadline, or past that the next half of its target.

    Counted in open time from the deadline, so a client is told a time that comes from the clock (requirements ESC-4). None
    while it is paused or promises nothing.
    """
    terms = course.terms[-1]
    if terms.deadline is None or not terms.target:
        return None
    at = second_of(now)
    if terms.deadline > at:
        return moment(terms.deadline)
    half = part(terms.target, _AGAIN)
    so_far = open_seconds(terms.clock, terms.deadline, at, terms.cut)
    return moment_if(instant_after(terms.clock, terms.deadline, (so_far // half + 1) * half, terms.cut))
