"""Escalation plans in YAML: read, checked, written, and the matrix that ships (requirements ESC-1, ESC-2)."""

import re
from collections.abc import Mapping
from datetime import timedelta
from fractions import Fraction
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Final

from goodstanding.adapters.files.schema import problems
from goodstanding.adapters.files.tier_fields import SECONDS, percent, span
from goodstanding.adapters.files.yaml12 import Document, FileError, Problem, inline, inline_list, read, write
from goodstanding.core.desk.escalation.plan import (
    FALL_BACK,
    Action,
    Condition,
    ContactRole,
    Goal,
    Kind,
    Owner,
    Plan,
    PlanError,
    Queue,
    Resource,
    Step,
)
from goodstanding.core.desk.escalation.wording import CLIENT_MESSAGE, STAFF_MESSAGE, Template
from goodstanding.core.desk.policy import ClockKind

SCHEMA: Final = "escalation.schema.json"
_SHIPPED: Final = "escalation.yaml"
_WRITTEN: Final = {"key": "step", "condition": "if", "send": "client_message", "channels": "by"}
"""How a file calls what a step calls otherwise."""


def load_plan(source: str | Path, *, name: str = "") -> Plan:
    """Read a plan from a file, or from text, which messages call `name`; raises `FileError` with every problem."""
    return _plan(read(source, name=name))


def plan_of(fields: Mapping[str, Any], *, name: str = "") -> Plan:
    """Make a plan of fields as a file has them, such as a form collects; raises `FileError` as `load_plan` does."""
    return _plan(Document(name, fields, {}, {}))


def dump_plan(plan: Plan) -> str:
    """Write a plan as YAML; `load_plan` gives the same plan back."""
    return write(fields_of(plan))


@cache
def shipped_plan() -> Plan:
    """Return the matrix that ships."""
    text = resources.files("goodstanding.adapters.files").joinpath(_SHIPPED).read_text("utf-8")
    return load_plan(text, name=_SHIPPED)


def _plan(document: Document) -> Plan:
    found = problems(document, SCHEMA)
    if found:
        raise FileError(*found)
    data: Mapping[str, Any] = document.data
    wrong: list[Problem] = []
    steps = []
    for number, each in enumerate(data["steps"]):
        try:
            steps.append(_step(each))
        except _NotThat as error:
            wrong.append(document.problem(f"steps[{number}].{error.field}", error.expected))
    if wrong:
        raise FileError(*wrong)
    try:
        return Plan(
            steps=tuple(steps),
            objective=_share(data.get("objective", "50 %")),
            fall_back=tuple(map(ContactRole, data.get("fall_back", FALL_BACK))),
            queues=tuple(
                Queue(Kind(kind), each["team"], Owner(each.get("owner", "partner")))
                for kind, each in data.get("queues", {}).items()
            ),
            resources=tuple(
                Resource(each["title"], each["url"], Kind(each["kind"]) if "kind" in each else None)
                for each in data.get("resources", ())
            ),
            call=data.get("call", ""),
            message=Template(**data["message"]) if "message" in data else STAFF_MESSAGE,
            client_message=Template(**data["client_message"]) if "client_message" in data else CLIENT_MESSAGE,
        )
    except PlanError as error:
        raise FileError(
            *(document.problem(_written(each.field), "a plan that holds together", each.said) for each in error.faults)
        ) from None


def _written(field: str) -> str:
    where, _, part = field.rpartition(".")
    return f"{where}.{_WRITTEN.get(part, part)}" if where else part


class _NotThat(ValueError):
    """A field of a step that fits the schema and still cannot be."""

    def __init__(self, field: str, expected: str) -> None:
        super().__init__(expected)
        self.field = field
        self.expected = expected


def _step(said: Mapping[str, Any]) -> Step:
    share, left = None, None
    if said["at"].endswith("left"):
        left = _span(said["at"].removesuffix("left").strip())
    else:
        share = _share(said["at"])
    quiet = said.get("quiet_for")
    if quiet is not None and not _span(quiet):
        raise _NotThat("quiet_for", "a time longer than nothing, such as 2 h")
    return Step(
        key=said["step"],
        clock=ClockKind(said["clock"]),
        share=share,
        left=left,
        goal=Goal(said.get("of", "contract")),
        condition=Condition(said.get("if", "always")),
        quiet_for=None if quiet is None else _span(quiet),
        actions=tuple(map(Action, said["do"])),
        tell=tuple(map(ContactRole, said["tell"])),
        queue=Kind(said["queue"]) if "queue" in said else None,
        priorities=frozenset(said.get("priorities", ())),
        channels=tuple(said.get("by", ())),
        hold=said.get("quiet_hours", "hold") == "hold",
        send=said.get("client_message", "draft") == "send",
    )


def _share(text: str) -> Fraction:
    return Fraction(text) if "/" in text else Fraction(text.removesuffix("%").strip()) / 100


def _span(text: str) -> timedelta:
    count, unit = re.findall("[0-9]+|[a-z]+", text)
    return timedelta(seconds=int(count) * SECONDS[unit])


def fields_of(plan: Plan) -> dict[str, Any]:
    """Return a plan as fields for YAML, in the order of the matrix that ships."""
    fields: dict[str, Any] = {
        "objective": percent(plan.objective),
        "steps": [inline(_step_fields(step)) for step in plan.steps],
    }
    if plan.fall_back != FALL_BACK:
        fields["fall_back"] = inline_list([role.value for role in plan.fall_back])
    if plan.queues:
        fields["queues"] = {each.kind.value: inline({"team": each.team, "owner": each.owner.value}) for each in plan.queues}
    if plan.resources:
        fields["resources"] = [
            inline({"title": each.title, "url": each.url} | ({} if each.kind is None else {"kind": each.kind.value}))
            for each in plan.resources
        ]
    if plan.call:
        fields["call"] = plan.call
    for name, template, usual in (
        ("message", plan.message, STAFF_MESSAGE),
        ("client_message", plan.client_message, CLIENT_MESSAGE),
    ):
        if template != usual:
            fields[name] = {"subject": template.subject, "text": template.text}
    return fields


def _step_fields(step: Step) -> dict[str, Any]:
    at = percent(step.share) if step.share is not None else f"{span(step.left or timedelta(), ('h', 'min', 's'))} left"
    fields: dict[str, Any] = {"step": step.key, "clock": step.clock.value, "at": at}
    if step.goal is not Goal.CONTRACT:
        fields["of"] = step.goal.value
    if step.condition is not Condition.ALWAYS:
        fields["if"] = step.condition.value
    if step.quiet_for is not None:
        fields["quiet_for"] = span(step.quiet_for, ("h", "min", "s"))
    fields["do"] = inline_list([action.value for action in step.actions])
    if step.queue is not None:
        fields["queue"] = step.queue.value
    fields["tell"] = inline_list([role.value for role in step.tell])
    if step.priorities:
        fields["priorities"] = inline_list(sorted(step.priorities))
    if step.channels:
        fields["by"] = inline_list(list(step.channels))
    if not step.hold:
        fields["quiet_hours"] = "ignore"
    if step.send:
        fields["client_message"] = "send"
    return fields
