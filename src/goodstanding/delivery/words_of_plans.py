"""The words of escalation plans: a step as a row of the matrix, and what a version changes."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Final

from goodstanding.apps.outbox.queries import Channel, Endpoint
from goodstanding.core.desk.escalation.changes import changes_of
from goodstanding.core.desk.escalation.places import spent_at
from goodstanding.core.desk.escalation.plan import Action, ContactRole, Plan, Queue, Resource, Step
from goodstanding.core.desk.policy import Target
from goodstanding.delivery import words, words_of_escalation
from goodstanding.delivery.words_of_escalation import ACTION, KIND, OWNER, ROLE, at_of, by, condition_of, name_of

TO_EACH: Final = (Channel.EMAIL, Channel.INBOX, Channel.SMS)
"""Ways that reach each person by themselves."""
TO_ALL: Final = (Channel.SLACK, Channel.TEAMS, Channel.WEBHOOK)
"""Ways that are told once for all."""
HOLD: Final = {True: "hold it", False: "do not hold it"}
OWN_CHOICE: Final = "As each person chose"
PART: Final = {
    "objective": "our objective",
    "fall_back": "who is told in the place of an empty role",
    "queues": "the queues",
    "resources": "what to read",
    "call": "where people meet",
    "message": "the message to staff",
    "client_message": "the message to clients",
}


def do_of(step: Step) -> str:
    """Say what a step does: `Raise to a queue (development), draft a client message`."""
    queue = f" ({KIND[step.queue].lower()})" if step.queue is not None else ""
    return _sentence([ACTION[each] + (queue if each is Action.RAISE else "") for each in step.actions])


def tell_of(step: Step) -> str:
    """Say whom a step tells: `Agent, team lead`."""
    return _sentence([ROLE[each] for each in step.tell])


def ways_of(step: Step) -> str:
    """Say by what ways a step tells, each by its name: `E-mail, Slack`."""
    return ", ".join(map(by, step.channels)) or OWN_CHOICE


def ways_offered(endpoints: Iterable[Endpoint], chosen: Iterable[str]) -> dict[str, str]:
    """Return the ways that a step can tell by, each with its words: those chosen already first, as they were chosen.

    Of a room that is not set up it is said so: mail and inbox stand in for it.
    """
    known = [each for each in endpoints if each.person is None]
    rooms = {f"{each.channel}/{each.name}": by(f"{each.channel}/{each.name}") for each in known}
    there = {each.channel for each in known}
    plain = {each.value: by(each.value) for each in TO_EACH}
    plain |= {each.value: f"{by(each.value)}{'' if each in there else ', not set up yet'}" for each in TO_ALL}
    offered = plain | rooms
    return {each: offered.get(each) or f"{by(each)}, not set up yet" for each in chosen} | offered


def client_of(step: Step) -> str:
    """Say what becomes of a step's message to the client; empty where it drafts none."""
    if Action.DRAFT not in step.actions:
        return ""
    return "Sent at once" if step.send else "Waits for approval"


def priorities_of(step: Step) -> str:
    """Say for which priorities a step is."""
    return ", ".join(sorted(step.priorities))


def comes(step: Step, target: Target | None, plan: Plan) -> str:
    """Say when a step comes under a target: `after 2 h of 4 h`; of days, whose length varies, `of 2 business days`."""
    if target is None or target.amount is None:
        return "never: no target"
    of = f"of {words.target(target)}"
    seconds = target.amount.fixed_seconds
    if seconds is None:
        return of
    spent = spent_at(step, seconds, plan.objective)
    if spent is None:
        return f"never: the target is {words.target(target)}"
    return f"after {words.hours(timedelta(seconds=spent))} {of}"


def changed(before: Plan | None, after: Plan | None) -> list[str]:
    """Say what a version changes against the one before it, a line each; `before` None where there was none."""
    if after is None:
        return ["taken back: the next wider plan applies"]
    if before is None:
        return [f"{words.count(len(after.steps), 'step')}, the first version"]
    found = changes_of(before, after)
    said = [f"new: {name_of(step)}" for step in found.added]
    said += [f"gone: {name_of(step)}" for step in found.removed]
    said += [f"{name_of(old)}: {', '.join(_step_changes(old, new))}" for old, new in found.changed]
    said += ["steps in another order"] if found.moved else []
    return said + [_part(name, before, after) for name in found.parts]


def _step_changes(old: Step, new: Step) -> Iterator[str]:
    for name, say in (
        ("clock", lambda step: words.CLOCK[step.clock].lower()),
        ("at", at_of),
        ("if", condition_of),
        ("does", lambda step: do_of(step).lower()),
        ("tells", lambda step: tell_of(step).lower()),
        ("by", lambda step: ways_of(step).lower()),
        ("for", lambda step: priorities_of(step) or "every priority"),
        ("quiet hours", lambda step: HOLD[step.hold]),
        ("client message", lambda step: client_of(step).lower() or "none"),
    ):
        was, is_now = say(old), say(new)
        if was != is_now:
            yield f"{name} {was} → {is_now}"


def _part(name: str, before: Plan, after: Plan) -> str:
    if name == "objective":
        return f"our objective {words_of_escalation.share(before.objective)} → {words_of_escalation.share(after.objective)}"
    if name == "call":
        return f"people meet at {after.call}" if after.call else "no call is opened"
    return f"{PART[name]} changed"


def queue_of(queue: Queue) -> str:
    """Say who looks after a kind of support."""
    return f"{queue.team}, owned by the {OWNER[queue.owner]}"


def resource_kind(resource: Resource) -> str:
    """Say for which kind of support something is to be read."""
    return KIND[resource.kind] if resource.kind is not None else "Every kind"


def roles(plan: Plan) -> list[ContactRole]:
    """Return the roles that a plan's steps tell, in the order of the roles."""
    asked = {role for step in plan.steps for role in step.tell}
    return [role for role in ContactRole if role in asked]


def _sentence(said: list[str]) -> str:
    """Put names in a row, with a capital at the beginning alone but for what is always written in capitals."""
    return ", ".join(each if place == 0 or each.isupper() else each[:1].lower() + each[1:] for place, each in enumerate(said))
