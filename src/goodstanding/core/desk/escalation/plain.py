"""Plans as plain data, for whoever stores them: what goes in comes out equal."""

from collections.abc import Mapping
from datetime import timedelta
from fractions import Fraction
from typing import Any

from goodstanding.core.desk.escalation.plan import (
    Action,
    Condition,
    ContactRole,
    Goal,
    Kind,
    Owner,
    Plan,
    Queue,
    Resource,
    Step,
)
from goodstanding.core.desk.escalation.wording import Template
from goodstanding.core.desk.policy import ClockKind


def plan_to_plain(plan: Plan) -> dict[str, Any]:
    """Return a plan as JSON-ready data: strings, whole numbers, lists and dictionaries."""
    return {
        "steps": [step_to_plain(step) for step in plan.steps],
        "objective": _pair(plan.objective),
        "fall_back": [role.value for role in plan.fall_back],
        "queues": [[queue.kind.value, queue.team, queue.owner.value] for queue in plan.queues],
        "resources": [[each.title, each.url, None if each.kind is None else each.kind.value] for each in plan.resources],
        "call": plan.call,
        "message": [plan.message.subject, plan.message.text],
        "client_message": [plan.client_message.subject, plan.client_message.text],
    }


def plan_from_plain(data: Mapping[str, Any]) -> Plan:
    """Return the plan that `plan_to_plain` made the data of; raises `PlanError` where it cannot be."""
    return Plan(
        steps=tuple(step_from_plain(step) for step in data["steps"]),
        objective=Fraction(*data["objective"]),
        fall_back=tuple(map(ContactRole, data["fall_back"])),
        queues=tuple(Queue(Kind(kind), team, Owner(owner)) for kind, team, owner in data["queues"]),
        resources=tuple(Resource(title, url, None if kind is None else Kind(kind)) for title, url, kind in data["resources"]),
        call=data["call"],
        message=Template(*data["message"]),
        client_message=Template(*data["client_message"]),
    )


def step_to_plain(step: Step) -> dict[str, Any]:
    """Return a step as JSON-ready data."""
    return {
        "key": step.key,
        "clock": step.clock.value,
        "share": None if step.share is None else _pair(step.share),
        "left_seconds": _seconds(step.left),
        "goal": step.goal.value,
        "condition": step.condition.value,
        "quiet_for_seconds": _seconds(step.quiet_for),
        "actions": [action.value for action in step.actions],
        "tell": [role.value for role in step.tell],
        "queue": None if step.queue is None else step.queue.value,
        "priorities": sorted(step.priorities),
        "channels": list(step.channels),
        "hold": step.hold,
        "send": step.send,
    }


def step_from_plain(data: Mapping[str, Any]) -> Step:
    """Return the step that `step_to_plain` made the data of."""
    return Step(
        key=data["key"],
        clock=ClockKind(data["clock"]),
        share=None if data["share"] is None else Fraction(*data["share"]),
        left=_span(data["left_seconds"]),
        goal=Goal(data["goal"]),
        condition=Condition(data["condition"]),
        quiet_for=_span(data["quiet_for_seconds"]),
        actions=tuple(map(Action, data["actions"])),
        tell=tuple(map(ContactRole, data["tell"])),
        queue=None if data["queue"] is None else Kind(data["queue"]),
        priorities=frozenset(data["priorities"]),
        channels=tuple(data["channels"]),
        hold=data["hold"],
        send=data["send"],
    )


def _pair(share: Fraction) -> list[int]:
    return [share.numerator, share.denominator]


def _seconds(span: timedelta | None) -> int | None:
    return None if span is None else span // timedelta(seconds=1)


def _span(seconds: int | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)
