"""Words for stories of escalation: steps, plans in force, and looks at a ticket one after the other."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction

from goodstanding.core.clocks.clock import second_of
from goodstanding.core.desk.assess import examine
from goodstanding.core.desk.case import Case
from goodstanding.core.desk.escalation.force import in_force
from goodstanding.core.desk.escalation.plan import Condition, Goal, Kind, Plan, PlanVersion, Queue, Step
from goodstanding.core.desk.escalation.steps import Escalated, Firing, Outcome, escalate
from goodstanding.core.desk.policy import ClockKind
from tests.core.desk.stories import rome

QUEUES = tuple(Queue(kind, kind.value) for kind in Kind)


def step(key: str, at: str, condition: str = "always", **more: object) -> Step:
    """A step such as `step("resolution-75", "75 %")`: its clock is the first part of its name."""
    clock = ClockKind(key.split("-", maxsplit=1)[0].replace("next", "next_response"))
    given: dict[str, object] = {}
    if at.endswith("left"):
        given["left"] = timedelta(minutes=int(at.split(maxsplit=1)[0]))
    else:
        given["share"] = Fraction(at.removesuffix("%").strip()) / 100
    return Step(key=key, clock=clock, condition=Condition(condition), **(given | more))


SHARES = Plan(steps=tuple(step(f"resolution-{share}", f"{share} %") for share in (50, 75, 100, 150)))
RESPONSES = Plan(
    steps=(
        step("response-50", "50 %", "no_response"),
        step("response-75", "75 %", "no_response"),
        step("response-100", "100 %"),
    )
)


def objective(key: str, at: str, **more: object) -> Step:
    return step(key, at, goal=Goal.OBJECTIVE, **more)


def version(plan: Plan | None, when: str = "1 00:00", **more: object) -> PlanVersion:
    return PlanVersion(**({"id": when, "from_at": rome(when), "plan": plan} | more))


def always(plan: Plan):
    """The plan for every client from the first of the month on."""
    return published(version(plan))


def published(*versions: PlanVersion):
    return lambda client, assignment: in_force(versions, client=client, tier=assignment)


class Watch:
    """A ticket under watch: each look decides by what is known by then and remembers what it decided, as the worker does."""

    def __init__(self, told: Case, plans) -> None:
        self.told = told
        self.plans = plans
        self.recorded = {}
        self.since: datetime | None = None
        self.firings: list[Firing] = []
        self.look_at: datetime | None = None

    def at(self, when: str | datetime) -> dict[str, str]:
        """Look at an instant; return the outcomes by step, in the order of their instants."""
        now = rome(when) if isinstance(when, str) else when
        found = self.look(now)
        self.firings += found.firings
        self.recorded |= {each.key: each.outcome for each in found.firings}
        self.since, self.look_at = now, found.look_at
        return {each.step.key: each.outcome.value for each in sorted(found.firings, key=lambda each: each.due_at)}

    def look(self, now: datetime) -> Escalated:
        known = replace(self.told, events=tuple(event for event in self.told.events if learned(event) <= second_of(now)))
        found = examine(known, as_of=now, explain=False) if known.events else None
        if found is None:
            return Escalated(now, (), None)
        return escalate(known, found, self.plans, self.recorded, since=self.since, now=now)

    def learn(self, now: datetime) -> None:
        """Judge the ticket anew after something was learned of it, as whoever told it does: nothing fires."""
        found = self.look(now)
        self.since, self.look_at = found.since_at, found.next_step_at

    def fired(self) -> list[str]:
        return [each.step.key for each in self.firings if each.outcome is Outcome.FIRED]

    def one(self, key: str) -> Firing:
        return next(each for each in self.firings if each.step.key == key)


def learned(event) -> int:
    return second_of(event.received_at or event.at)


def watch(told: Case, plan: Plan = SHARES) -> Watch:
    return Watch(told, always(plan))


def keys(firings: Iterable[Firing]) -> list[str]:
    return [each.step.key for each in firings]
