"""The matrix as a form: what was typed, as it was typed, and the fields of a plan that it comes to."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.http import QueryDict

from goodstanding.apps.outbox.queries import Channel
from goodstanding.core.desk.escalation.plan import (
    CLIENT_ROLES,
    FALL_BACK,
    MOST_STEPS,
    Action,
    Condition,
    ContactRole,
    Kind,
    Owner,
    Plan,
)
from goodstanding.core.desk.escalation.wording import CLIENT_MESSAGE, STAFF_MESSAGE, Template
from goodstanding.core.desk.policy import ClockKind
from goodstanding.delivery import words
from goodstanding.delivery.words_of_escalation import ACTION, CONDITION, KIND, OWNER, ROLE
from goodstanding.flows import publish_plan as flow

UNIT: Final = {
    "contract": "% of promise",
    "objective": "% of objective",
    "h": "hours left",
    "min": "minutes left",
    "s": "seconds left",
}
"""What a step's amount is an amount of."""
CLIENT_MESSAGES: Final = {"": "No client message", "draft": "Client message to approve", "send": "Client message at once"}
DO: Final = {each.value: ACTION[each] for each in Action if each not in (Action.RAISE, Action.DRAFT)}
"""What is ticked; raising and the client message have a choice of their own."""
WAYS: Final = frozenset(each.value for each in Channel)
"""By what a step can tell; the name of a room may follow."""
PRIORITIES: Final = tuple(f"{family}{rank}" for family in "PS" for rank in range(1, 5))
MOST_RESOURCES: Final = 100
CHOICES: Final[Mapping[str, Mapping[str, str]]] = {
    "clock": {each.value: words.CLOCK[each] for each in ClockKind},
    "unit": UNIT,
    "condition": {each.value: CONDITION[each] for each in Condition},
    "do": DO,
    "tell": {each.value: ROLE[each] for each in ContactRole},
    "priorities": {each: each for each in PRIORITIES},
    "queue": {"": "Raise to no queue"} | {each.value: f"Raise to {KIND[each].lower()}" for each in Kind},
    "client": CLIENT_MESSAGES,
    "kind": {"": "Every kind"} | {each.value: KIND[each] for each in Kind},
    "owner": {each.value: OWNER[each] for each in Owner},
    "stands_in": {each.value: ROLE[each] for each in ContactRole if each not in CLIENT_ROLES},
}
"""What can be chosen, each with its word."""
HELP: Final = {
    "at": "Write a share such as 75, or how much is left, such as 1.",
    "do": "Say what is done: tick at least one thing, raise it, or write to the client.",
    "tell": "Tick at least one role.",
    "step": "A name has small letters, digits and hyphens; left empty, the step is named by itself.",
    "quiet_for": "Write an open time such as 30 min or 2 h.",
    "objective": "Write a percentage such as 50 %.",
    "fall_back": "Keep at least one role.",
    "call": "Write one line.",
    "title": "Write a title.",
    "url": "Write an address that begins with https://",
    "team": "Write the name of a team, 60 letters at most.",
    "subject": "Write a subject of one line.",
    "text": "Write a text of at most 8,000 letters.",
}
"""What to write where the file's own words would name codes."""
LABEL: Final = {
    "steps": "Steps",
    "queues": "Who owns what",
    "objective": "Our objective",
    "call": "Where people meet",
    "resources": "What to read",
    "fall_back": "Who stands in",
    "message": "Message to staff",
    "client_message": "Message to a client",
}
_ORDER: Final = (
    *("steps", "queues", "objective", "call", "resources", "fall_back", "message", "client_message"),
    *("step", "clock", "at", "of", "if", "quiet_for", "priorities", "do", "queue", "client_message", "tell", "by"),
    *("title", "url", "subject", "text"),
)
"""The fields as they follow each other on the page: of the plan, and within a step and the other parts."""
_PLACE: Final = re.compile(r"((?:steps|resources)\[[0-9]+\](?:\.\w+)?|queues(?:\.\w+)?|\w+(?:\.\w+)?)")
_AT: Final = re.compile(r"([0-9.]+)\s*(%|s|min|h)")
HOLDS_TOGETHER: Final = "a plan that holds together"
"""What the reader of plans expects where parts contradict each other; what it found then says it all."""


@dataclass(slots=True)
class Row:
    """A step as it stands in the form."""

    clock: str = ClockKind.RESOLUTION.value
    amount: str = ""
    unit: str = "contract"
    condition: str = Condition.ALWAYS.value
    quiet_for: str = ""
    do: list[str] = field(default_factory=lambda: [Action.ALERT.value])
    queue: str = ""
    tell: list[str] = field(default_factory=lambda: [ContactRole.AGENT.value])
    client: str = ""
    by: list[str] = field(default_factory=list)
    priorities: list[str] = field(default_factory=list)
    hold: bool = True
    key: str = ""
    was: str = ""
    """What was ticked before, in the order of the plan, which a form does not show and a change must not turn round."""


@dataclass(slots=True)
class Sheet:
    """A plan as it stands in the form."""

    rows: list[Row] = field(default_factory=list)
    objective: str = "50 %"
    fall_back: list[str] = field(default_factory=lambda: [each.value for each in FALL_BACK])
    queues: dict[str, tuple[str, str]] = field(default_factory=dict)
    resources: list[tuple[str, str, str]] = field(default_factory=list)
    call: str = ""
    message: Template = STAFF_MESSAGE
    client_message: Template = CLIENT_MESSAGE


def sheet_of(plan: Plan) -> Sheet:
    """Return the form of a plan."""
    said = flow.fields(plan)
    return Sheet(
        rows=[_row(each) for each in said["steps"]],
        objective=said["objective"],
        fall_back=[each.value for each in plan.fall_back],
        queues={each.kind.value: (each.team, each.owner.value) for each in plan.queues},
        resources=[(each.title, each.url, each.kind.value if each.kind else "") for each in plan.resources],
        call=plan.call,
        message=plan.message,
        client_message=plan.client_message,
    )


def _row(said: Mapping[str, Any]) -> Row:
    found = _AT.match(said["at"])
    amount, unit = found.groups() if found else ("", "%")
    actions, tell = list(said["do"]), list(said["tell"])
    client = "" if Action.DRAFT.value not in actions else "send" if said.get("client_message") == "send" else "draft"
    return Row(
        clock=said["clock"],
        amount=amount,
        unit=said.get("of", "contract") if unit == "%" else unit,
        condition=said.get("if", Condition.ALWAYS.value),
        quiet_for=said.get("quiet_for", ""),
        do=[each for each in actions if each in DO],
        queue=said.get("queue", ""),
        tell=tell,
        client=client,
        by=list(said.get("by", ())),
        priorities=list(said.get("priorities", ())),
        hold=said.get("quiet_hours", "hold") == "hold",
        key=said["step"],
        was=" ".join([*actions, *tell]),
    )


def read(posted: QueryDict) -> Sheet:
    """Read a form as it was sent; what nobody could choose there is left out, what was typed stays as it was typed."""
    places = sorted({int(found[1]) for name in posted if (found := re.fullmatch(r"s([0-9]{1,3})-clock", name))})
    resources = sorted({int(found[1]) for name in posted if (found := re.fullmatch(r"r([0-9]{1,3})-url", name))})
    return Sheet(
        rows=[_read_row(posted, f"s{place}-") for place in places[: 2 * MOST_STEPS]],
        objective=posted.get("objective", "").strip(),
        fall_back=_chosen(posted.getlist("fall_back"), "stands_in"),
        queues={
            kind.value: (posted.get(f"team-{kind}", "").strip(), _one(posted, f"owner-{kind}", "owner"))
            for kind in Kind
            if posted.get(f"team-{kind}", "").strip()
        },
        resources=[
            (
                posted.get(f"r{place}-title", "").strip(),
                posted.get(f"r{place}-url", "").strip(),
                _one(posted, f"r{place}-kind", "kind"),
            )
            for place in resources[: 2 * MOST_RESOURCES]
        ],
        call=posted.get("call", "").strip(),
        message=_template(posted, "message", STAFF_MESSAGE),
        client_message=_template(posted, "client_message", CLIENT_MESSAGE),
    )


def _read_row(posted: QueryDict, name: str) -> Row:
    was = posted.get(f"{name}was", "").split()

    def ticked(which: str) -> list[str]:
        found = _chosen(posted.getlist(name + which), which)
        return sorted(found, key=lambda each: was.index(each) if each in was else len(was))

    return Row(
        clock=_one(posted, f"{name}clock", "clock"),
        amount=posted.get(f"{name}amount", "").strip(),
        unit=_one(posted, f"{name}unit", "unit"),
        condition=_one(posted, f"{name}condition", "condition"),
        quiet_for=posted.get(f"{name}quiet_for", "").strip(),
        do=ticked("do"),
        queue=_one(posted, f"{name}queue", "queue"),
        tell=ticked("tell"),
        client=_one(posted, f"{name}client", "client"),
        by=list(dict.fromkeys(each for each in posted.getlist(f"{name}by") if each.partition("/")[0] in WAYS)),
        priorities=ticked("priorities"),
        hold=posted.get(f"{name}hold") != "ignore",
        key=posted.get(f"{name}key", "").strip(),
        was=" ".join(was),
    )


def _chosen(given: Iterable[str], which: str) -> list[str]:
    known = CHOICES[which]
    return list(dict.fromkeys(each for each in given if each in known))


def _one(posted: QueryDict, name: str, which: str) -> str:
    given = posted.get(name, "")
    return given if given in CHOICES[which] else next(iter(CHOICES[which]))


def _template(posted: QueryDict, name: str, usual: Template) -> Template:
    subject, text = posted.get(f"{name}-subject", usual.subject), posted.get(f"{name}-text", usual.text)
    return Template(subject.strip(), text.replace("\r\n", "\n"))


def fields_of(sheet: Sheet) -> dict[str, Any]:
    """Return the fields of the plan that a form comes to, in order or not."""
    known = {row.key for row in sheet.rows if row.key}
    fields: dict[str, Any] = {"objective": _percent(sheet.objective), "steps": []}
    for row in sheet.rows:
        if not row.key:
            row.key = _named(row, known)
            known.add(row.key)
        fields["steps"].append(_step(row))
    if sheet.fall_back != [each.value for each in FALL_BACK]:
        fields["fall_back"] = sheet.fall_back
    if sheet.queues:
        fields["queues"] = {kind: {"team": team, "owner": owner} for kind, (team, owner) in sheet.queues.items()}
    if sheet.resources:
        fields["resources"] = [
            {"title": title, "url": url} | ({"kind": kind} if kind else {}) for title, url, kind in sheet.resources
        ]
    if sheet.call:
        fields["call"] = sheet.call
    for name, template, usual in (
        ("message", sheet.message, STAFF_MESSAGE),
        ("client_message", sheet.client_message, CLIENT_MESSAGE),
    ):
        if template != usual:
            fields[name] = {"subject": template.subject, "text": template.text}
    return fields


def _step(row: Row) -> dict[str, Any]:
    share = row.unit in ("contract", "objective")
    fields: dict[str, Any] = {
        "step": row.key,
        "clock": row.clock,
        "at": _percent(row.amount) if share else f"{row.amount} {row.unit} left",
    }
    if row.unit == "objective":
        fields["of"] = row.unit
    if row.condition != Condition.ALWAYS:
        fields["if"] = row.condition
    if row.quiet_for:
        fields["quiet_for"] = row.quiet_for
    done = [*row.do, *([Action.RAISE.value] if row.queue else []), *([Action.DRAFT.value] if row.client else [])]
    was, order = row.was.split(), [each.value for each in Action]
    fields["do"] = sorted(done, key=lambda each: (was.index(each) if each in was else len(was), order.index(each)))
    if row.queue:
        fields["queue"] = row.queue
    fields["tell"] = row.tell
    if row.priorities:
        fields["priorities"] = row.priorities
    if row.by:
        fields["by"] = row.by
    if not row.hold:
        fields["quiet_hours"] = "ignore"
    if row.client == "send":
        fields["client_message"] = "send"
    return fields


def _percent(text: str) -> str:
    plain = text.replace(",", ".").removesuffix("%").strip()
    return plain if "/" in plain else f"{plain} %"


def _named(row: Row, known: Iterable[str]) -> str:
    """A name for a step that has none: of its clock and its place, and a number where that is taken."""
    parts = [row.clock, row.amount if row.unit == "contract" else f"{row.amount} {row.unit}"]
    name = re.sub(r"[^a-z0-9]+", "-", " ".join(parts).casefold()).strip("-")[:50] or "step"
    taken = set(known)
    return next(each for each in (name, *(f"{name}-{number}" for number in range(2, 999))) if each not in taken)


def change(sheet: Sheet, act: str, added: str = "") -> str:
    """Do what a button of the form asks for with a row; return the name of the field to go on at, empty for any other act.

    `added` is the role to add to those that stand in.
    """
    what, _, place = act.partition(":")
    at = int(place) if place.isdecimal() and len(place) < 4 else -1
    match what:
        case "add":
            sheet.rows.append(Row(clock=sheet.rows[-1].clock) if sheet.rows else Row())
            return f"s{len(sheet.rows) - 1}-clock"
        case "remove" | "up" | "down":
            return f"s{_moved(sheet.rows, what, at)}-clock"
        case "add-resource":
            sheet.resources.append(("", "", ""))
            return f"r{len(sheet.resources) - 1}-title"
        case "remove-resource":
            return f"r{_moved(sheet.resources, 'remove', at)}-title"
        case "add-role":
            if added in CHOICES["stands_in"] and added not in sheet.fall_back:
                sheet.fall_back.append(added)
            return "add-role"
        case "remove-role" | "up-role" | "down-role":
            return f"role-{_moved(sheet.fall_back, what.removesuffix('-role'), at)}"
    return ""


def _moved(items: list[Any], what: str, at: int) -> int:
    """Remove an item or change its place with its neighbour; return where to go on."""
    if not 0 <= at < len(items):
        return 0
    if what == "remove":
        items.pop(at)
        return min(at, max(0, len(items) - 1))
    to = at + (-1 if what == "up" else 1)
    if 0 <= to < len(items):
        items[at], items[to] = items[to], items[at]
        return to
    return at


def wrongs(problems: Sequence[flow.Problem]) -> dict[str, str]:
    """Return what is wrong by the field it is wrong in, in words for whoever fills in the form."""
    found: dict[str, list[str]] = {}
    for each in problems:
        match = _PLACE.match(each.field)
        place = match[1] if match else ""
        last = place.rpartition(".")[2]
        said = each.found if each.expected == HOLDS_TOGETHER else HELP.get(last, f"Expected {each.expected}.")
        said = _sentence(said)
        if said not in found.setdefault(place, []):
            found[place].append(said)
    return {place: " ".join(found[place]) for place in sorted(found, key=_stands)}


def _stands(place: str) -> tuple[tuple[int, int], ...]:
    """Where on the page a field stands: for each part of its name its place among its like, and the number of its row."""
    parts = (re.fullmatch(r"(\w*)(?:\[([0-9]+)\])?", part) for part in place.split("."))
    return tuple((_ORDER.index(m[1]) if m[1] in _ORDER else len(_ORDER), int(m[2] or -1)) for m in parts if m is not None)


def label_of(place: str) -> str:
    """Name a field for people: `Step 2`, `Message to staff`."""
    row = re.match(r"(steps|resources)\[([0-9]+)\]", place)
    if row:
        return f"{'Step' if row[1] == 'steps' else 'What to read'} {int(row[2]) + 1}"
    return LABEL.get(place.partition(".")[0], "The plan")


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?", "//")) else ".")
