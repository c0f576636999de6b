"""Where the steps of a plan lie on a clock's course (semantics.md 1.10)."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from fractions import Fraction
from typing import TypeAlias

from goodstanding.core.clocks.clock import second_of
from goodstanding.core.desk.case import Case
from goodstanding.core.desk.course import Course, Terms, once_running
from goodstanding.core.desk.escalation.plan import Goal, Spell, Step
from goodstanding.core.desk.reckon import instant_after

# Instants and amounts in this file are epoch seconds and open seconds, as where clocks are judged.

Plans: TypeAlias = Callable[[str, str | None], Sequence[Spell]]
"""Which plans were in force for a client under an assignment, both by id; the assignment None where there is none."""


class Reason(StrEnum):
    """Why a step was skipped or passed."""

    RESPONDED = "responded"
    PROGRESSED = "progressed"
    ASSIGNED = "assigned"
    STOPPED = "stopped"
    CHANGED = "changed"
    """Priority, client or tier changed after the step's instant."""
    NO_PLAN = "no_plan"
    """No plan had the step when its instant came."""
    LATE_EVENT = "late_event"
    """What put the step there was told only after its instant."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a step lies on a clock's course: its instant, under which terms and which plan."""

    step: Step
    at: int
    terms: Terms
    spell: Spell
    passed: Reason | None = None
    """Why it lay in the past when it came to be there."""


def places(course: Course, plans: Plans, case: Case, upto: int) -> Iterator[Place]:
    """Yield each step of a course once: where its instant lies in the time that brought it, else where it was passed.

    Terms and plans cut the time of a clock into spells; a step counts in the first one that holds its own instant. One is
    passed when by the spell in force at `upto` it should have come before that spell began.
    """
    due: dict[str, Place] = {}
    passed: dict[str, Place] = {}
    for terms, spell in _cells(course, plans):
        start, end = max(terms.start, spell.start), min(terms.until, spell.end)
        if start <= upto:
            passed = {}
        for step in spell.plan.of(course.clock):
            if step.priorities and terms.regime.priority not in step.priorities:
                continue
            at = instant(course, terms, step, spell.plan.objective)
            if at is None or at >= course.stop or _waived(case, course, at):
                continue
            if start <= at < end:
                due.setdefault(step.key, Place(step, at, terms, spell))
            elif at < start <= upto:
                reason = Reason.NO_PLAN if terms.start < spell.start else Reason.CHANGED
                passed[step.key] = Place(step, at, terms, spell, reason)
    yield from due.values()
    yield from (place for key, place in passed.items() if key not in due)


def _cells(course: Course, plans: Plans) -> Iterator[tuple[Terms, Spell]]:
    """Yield the terms of a course with each plan in force during them, in order."""
    for terms in course.terms:
        if terms.target is not None and terms.bound is not None:
            for spell in plans(terms.regime.client, terms.bound.id):
                if max(terms.start, spell.start) < min(terms.until, spell.end):
                    yield terms, spell


def instant(course: Course, terms: Terms, step: Step, objective: Fraction) -> int | None:
    """Return the epoch second of a step: so much open time after the clock's start, counted forward around its pauses.

    Shares are rounded up to the second (semantics.md 1.10). The contract's 100 % is its deadline, also where a grace moved
    that; what lies beyond is counted on from there. None while a pause goes on before it, and for a time left that the
    target does not have.
    """
    if terms.target is None:
        return None
    spent = spent_at(step, terms.target, objective)
    if spent is None:
        return None
    start = course.span.start
    if step.breached:
        if terms.deadline is None:
            return None
        start, spent = terms.deadline, spent - terms.target
    found = instant_after(terms.clock, start, spent, terms.cut)
    return None if found is None else once_running(found, course.span.cuts)


def spent_at(step: Step, target: int, objective: Fraction) -> int | None:
    """Return how many open seconds of a clock are used up where a step lies, by its target in open seconds.

    None for a time left that the target does not have.
    """
    if step.left is not None:
        left = step.left // timedelta(seconds=1)
        return None if left >= target else target - left
    if step.share is None:
        return None
    return part(part(target, objective) if step.goal is Goal.OBJECTIVE else target, step.share)


def part(seconds: int, share: Fraction) -> int:
    """A share of an amount, rounded up to the second."""
    return -(-seconds * share.numerator // share.denominator)


def _waived(case: Case, course: Course, at: int) -> bool:
    """Whether the clock was exempt by then: nobody is called for what does not count."""
    return any(waiver.covers(course.clock, course.span.cycle) and second_of(waiver.granted_at) <= at for waiver in case.waivers)
