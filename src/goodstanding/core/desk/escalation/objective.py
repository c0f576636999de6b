"""When the partner's own, tighter target is used up, which only its staff see (requirements TIER-9)."""

from collections.abc import Iterator
from datetime import datetime
from fractions import Fraction
from typing import Final

from goodstanding.core.clocks.clock import moment_if, second_of
from goodstanding.core.desk.assess import Examined
from goodstanding.core.desk.course import Course
from goodstanding.core.desk.escalation.places import Plans, instant
from goodstanding.core.desk.escalation.plan import Goal, Step
from goodstanding.core.desk.policy import ClockKind
from goodstanding.core.desk.verdict import ClockState

_GOING: Final = (ClockState.RUNNING, ClockState.PAUSED)
_ALL_OF_IT: Final = Step(key="objective", clock=ClockKind.RESPONSE, share=Fraction(1), goal=Goal.OBJECTIVE)


def objective_at(found: Examined, plans: Plans, *, now: datetime) -> datetime | None:
    """Return when the first clock of an open ticket that still keeps its promise uses up our objective for it.

    That may have passed. The objective is that of the plan in force at `now`; none is where no plan with steps is, where it
    is all of the target, on a clock that is waived, and while a wait goes on before it.
    """
    if not found.assessment.is_open:
        return None
    return moment_if(min(_instants(found, plans, second_of(now)), default=None))


def _instants(found: Examined, plans: Plans, at: int) -> Iterator[int]:
    for course, verdict in zip(found.courses, found.assessment.verdicts, strict=True):
        if verdict.is_open and verdict.state in _GOING and verdict.waiver is None:
            reached = _reached(course, plans, at)
            if reached is not None and reached < course.stop:
                yield reached


def _reached(course: Course, plans: Plans, at: int) -> int | None:
    terms = course.terms[-1]
    if terms.bound is None:
        return None
    spells = plans(terms.regime.client, terms.bound.id)
    plan = next((spell.plan for spell in spells if spell.start <= at < spell.end), None)
    if plan is None or not plan.steps or plan.objective == 1:
        return None
    return instant(course, terms, _ALL_OF_IT, plan.objective)
