"""The decision: which steps of a ticket are due, with what outcome, and when to look again (semantics.md 1.10)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeAlias

from goodstanding.core.clocks.clock import moment, moment_if, second_of
from goodstanding.core.desk.assess import Examined, examine
from goodstanding.core.desk.case import Case
from goodstanding.core.desk.course import Course, Terms
from goodstanding.core.desk.escalation.places import Place, Plans, Reason, part, places
from goodstanding.core.desk.escalation.plan import QUIET_SINCE, Condition, Goal, Plan, Step
from goodstanding.core.desk.events import Actor, Event
from goodstanding.core.desk.policy import WALL, ClockKind
from goodstanding.core.desk.reckon import FOREVER, instant_after, open_seconds

Key: TypeAlias = tuple[ClockKind, str, str]
"""A step of a clock's cycle: the kind of clock, the id of the event that started the cycle, the step's name."""


class Outcome(StrEnum):
    """What became of a step; recorded once for each clock's cycle."""

    FIRED = "fired"
    SKIPPED = "skipped"
    """Its condition did not hold when it fired, or its clock had stopped by then with time to spare."""
    OVERTAKEN = "overtaken"
    """A later step of the same clock was due by the time anybody looked; that one fired and names this one."""
    PASSED = "passed_at_change"
    """Its instant lay in the past when a change, a plan or a late event brought it; nothing was sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Firing:
    """A step that has been decided, with all that whoever carries it out needs to know.

    `due_at` is its instant, `at` when it was decided; `late_by` the time between them. `overtook` names the lower steps
    that this one stands for.
    """

    clock: ClockKind
    cycle: str
    step: Step
    version: str
    plan: Plan
    outcome: Outcome
    due_at: datetime
    at: datetime
    reason: Reason | None = None
    overtook: tuple[str, ...] = ()
    priority: str = ""
    target: timedelta | None = None
    deadline_at: datetime | None = None
    wall: bool = False
    """Whether the target counts around the clock, so that quiet hours hold nothing (requirements ESC-7)."""

    @property
    def late_by(self) -> timedelta:
        """How long after its instant it was decided."""
        return self.at - self.due_at

    @property
    def key(self) -> Key:
        """The step's name within the ticket."""
        return (self.clock, self.cycle, self.step.key)

    def for_client(self) -> "Firing":
        """Return it without what no client may hear of: the steps of our own objective that it stands for (TIER-9)."""
        own = {each.key for each in self.plan.steps if each.goal is Goal.OBJECTIVE}
        return replace(self, overtook=tuple(key for key in self.overtook if key not in own))


@dataclass(frozen=True, slots=True)
class Escalated:
    """What is due at an instant, and when time alone makes something due again; `look_at` None when nothing can come."""

    at: datetime
    firings: tuple[Firing, ...]
    look_at: datetime | None
    contract_at: datetime | None = None
    """When a step of the contract's targets comes next: of others a client may not hear."""

    @property
    def next_step_at(self) -> datetime | None:
        """When steps are to be taken next: at once where some are due and only looked at here."""
        return self.at if self.firings else self.look_at

    @property
    def since_at(self) -> datetime:
        """Up to when all is accounted for while what is due here is not taken yet: the earliest instant of it."""
        return min((each.due_at for each in self.firings if each.outcome is not Outcome.PASSED), default=self.at)


def escalate(
    case: Case,
    found: Examined,
    plans: Plans,
    recorded: Mapping[Key, Outcome],
    *,
    since: datetime | None,
    now: datetime,
) -> Escalated:
    """Decide the steps of a ticket that are due at `now` and not recorded yet (semantics.md 1.10, requirements ESC-3).

    `found` is the case examined at `now`. A step is due where its instant lies in the time its target and its plan were
    in force, by what was known then; the highest that is due fires, lower ones are overtaken. `since` is the instant up to
    which everything is accounted for: a step that turns up before it has been brought by a change and is passed. A step
    recorded as passed may still fire when a later change puts its instant into the future.

    Steps that are passed are recorded of running clocks only: of what stopped before it was known there is nothing to tell.
    """
    at = second_of(now)
    floor = -FOREVER if since is None else second_of(since)
    firings: list[Firing] = []
    ahead: list[int] = []
    promised: list[int] = []
    for course in found.courses:
        if not course.measured or course.stop <= course.span.start:
            continue
        going = course.stop > at
        owed: list[Place] = []
        for place in places(course, plans, case, at):
            told = recorded.get((course.clock, course.span.cycle, place.step.key))
            if told is not None and (told is not Outcome.PASSED or place.passed):
                continue
            if place.at > at and not place.passed:
                ahead.append(place.at)
                if place.step.goal is Goal.CONTRACT:
                    promised.append(place.at)
                continue
            reason = place.passed or _unseen(place, course, case, plans, floor)
            if reason is None:
                owed.append(place)
            elif told is None and going:
                firings.append(_firing(course, place, Outcome.PASSED, now, reason))
        firings += _taken(course, owed, found, now, at)
    return Escalated(now, tuple(firings), moment_if(min(ahead, default=None)), moment_if(min(promised, default=None)))


def _unseen(place: Place, course: Course, case: Case, plans: Plans, floor: int) -> Reason | None:
    """Why nobody could have seen the step when its instant came; None where they could."""
    if place.at < floor:
        return Reason.CHANGED
    late = [event for event in case.events if _told(event) > place.at and _matters(event, place.at)]
    if not late:
        return None
    known = replace(case, events=tuple(event for event in case.events if _told(event) <= place.at))
    then = examine(known, as_of=moment(place.at), explain=False) if known.events else None
    name = (course.clock, course.span.cycle)
    for each in then.courses if then is not None else ():
        if (each.clock, each.span.cycle) == name:
            for other in places(each, plans, known, place.at):
                if other.step.key == place.step.key and other.passed is None and other.at <= place.at:
                    return None
    return Reason.LATE_EVENT


def _told(event: Event) -> int:
    return second_of(event.at if event.received_at is None else event.received_at)


def _matters(event: Event, at: int) -> bool:
    return second_of(event.at) <= at or event.supersedes is not None


def _taken(course: Course, owed: list[Place], found: Examined, now: datetime, at: int) -> Iterable[Firing]:
    """Settle the steps of one clock that are due: skipped, overtaken, and the highest fired."""
    skipped = [(place, _untrue(place, course, found, at)) for place in owed]
    held = sorted((place for place, reason in skipped if reason is None), key=lambda place: place.at)
    top = held[-1].at if held else 0
    lower = tuple(place.step.key for place in held if place.at < top)
    for place, reason in skipped:
        if reason is not None:
            yield _firing(course, place, Outcome.SKIPPED, now, reason)
        elif place.at < top:
            yield _firing(course, place, Outcome.OVERTAKEN, now)
        else:
            yield _firing(course, place, Outcome.FIRED, now, overtook=lower)


def _untrue(place: Place, course: Course, found: Examined, at: int) -> Reason | None:
    """Why the step has nothing to say any more; None where its condition holds."""
    step, terms = place.step, place.terms
    stopped = course.stop <= at
    if step.condition is Condition.NO_RESPONSE and stopped:
        return Reason.STOPPED if course.span.void else Reason.RESPONDED
    if stopped and not step.breached:
        return Reason.STOPPED
    if step.condition is Condition.NOT_ASSIGNED and found.assessment.assignee:
        return Reason.ASSIGNED
    if step.condition in QUIET_SINCE and not _quiet(step, terms, course, found, at):
        return Reason.PROGRESSED
    return None


def _quiet(step: Step, terms: Terms, course: Course, found: Examined, at: int) -> bool:
    """Whether staff have done nothing since the share the condition looks back to, or for its own length of open time."""
    acts = [second_of(event.at) for event in found.story.events if event.actor is Actor.STAFF]
    last = max((act for act in acts if act >= course.span.start), default=None)
    if step.quiet_for is not None:
        silent = open_seconds(terms.clock, course.span.start if last is None else last, at, terms.cut)
        return silent >= step.quiet_for // timedelta(seconds=1)
    assert terms.target is not None, "a step without a target has no place"
    since = instant_after(terms.clock, course.span.start, part(terms.target, QUIET_SINCE[step.condition]), terms.cut)
    return last is None or since is None or last < since


def _firing(
    course: Course,
    place: Place,
    outcome: Outcome,
    now: datetime,
    reason: Reason | None = None,
    overtook: tuple[str, ...] = (),
) -> Firing:
    terms = place.terms
    return Firing(
        clock=course.clock,
        cycle=course.span.cycle,
        step=place.step,
        version=place.spell.version,
        plan=place.spell.plan,
        outcome=outcome,
        due_at=moment(place.at),
        at=now,
        reason=reason,
        overtook=overtook,
        priority=terms.regime.priority,
        target=None if terms.target is None else timedelta(seconds=terms.target),
        deadline_at=moment_if(terms.deadline),
        wall=terms.rule is not None and terms.rule.target.slot == WALL,
    )
