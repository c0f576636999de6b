"""The words of escalation: what a step is called, why it came, and what placeholders in its messages stand for."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Final

from goodstanding.apps.outbox.queries import Channel
from goodstanding.core.desk.contacts import address_in
from goodstanding.core.desk.escalation.people import Why
from goodstanding.core.desk.escalation.places import Reason
from goodstanding.core.desk.escalation.plan import Action, Condition, ContactRole, Goal, Kind, Owner, Step
from goodstanding.core.desk.escalation.steps import Outcome
from goodstanding.delivery import words, words_of_outbox
from goodstanding.flows.carry_out import Say, Told

ROLE: Final = {
    ContactRole.AGENT: "Agent",
    ContactRole.SENIOR_AGENT: "Senior agent",
    ContactRole.TEAM_LEAD: "Team lead",
    ContactRole.SUPPORT_LEAD: "Support lead",
    ContactRole.ENGINEERING_LEAD: "Engineering lead",
    ContactRole.MANAGER: "Manager",
    ContactRole.SERVICE_MANAGER: "Service manager",
    ContactRole.ACCOUNT_MANAGER: "Account manager",
    ContactRole.DIRECTOR: "Director",
    ContactRole.VP: "VP",
    ContactRole.CLIENT_IT_LEAD: "Client's IT lead",
    ContactRole.CLIENT_PROCUREMENT: "Client's procurement",
    ContactRole.CLIENT_EXECUTIVE: "Client's executive",
}
ACTION: Final = {
    Action.ALERT: "Alert",
    Action.SUGGEST: "Suggest what to read",
    Action.REASSIGN: "Reassign to a senior",
    Action.RAISE: "Raise to a queue",
    Action.NOTIFY: "Notify",
    Action.DRAFT: "Draft a client message",
    Action.CALL: "Open a call",
}
CONDITION: Final = {
    Condition.ALWAYS: "always",
    Condition.NO_RESPONSE: "no response yet",
    Condition.NO_PROGRESS: "no progress",
    Condition.STALLED: "stalled",
    Condition.NOT_ASSIGNED: "not assigned",
}
GOAL: Final = {Goal.CONTRACT: "the contract", Goal.OBJECTIVE: "our objective"}
KIND: Final = {
    Kind.APPLICATION: "Application",
    Kind.FUNCTIONAL: "Functional",
    Kind.DEVELOPMENT: "Development",
    Kind.INFRASTRUCTURE: "Infrastructure",
}
OWNER: Final = {Owner.PARTNER: "partner", Owner.PLATFORM: "platform"}
OUTCOME: Final = {
    Outcome.FIRED: "Fired",
    Outcome.SKIPPED: "Skipped",
    Outcome.OVERTAKEN: "Overtaken",
    Outcome.PASSED: "Passed at change",
}
REASON: Final = {
    Reason.RESPONDED: "somebody had answered by then",
    Reason.PROGRESSED: "somebody had worked on it",
    Reason.ASSIGNED: "it was assigned by then",
    Reason.STOPPED: "the clock had stopped by then",
    Reason.CHANGED: "a change put it into the past",
    Reason.NO_PLAN: "no plan had this step when its time came",
    Reason.LATE_EVENT: "what put it there was told only later",
}
WHY: Final = {
    Why.ASSIGNEE: "the ticket is theirs",
    Why.HOLDER: "holds the role",
    Why.DEPUTY: "as deputy",
    Why.ON_CALL: "on call",
    Why.FALL_BACK: "nobody holds the role",
    Why.LAST_RESORT: "answers for the partner",
}
LATE: Final = timedelta(minutes=1)
"""From when on a step is said to be late."""


def share(part: Fraction) -> str:
    """Write a share of a target: `75 %`, `37.5 %`."""
    hundredths = part * 100
    return f"{hundredths.numerator if hundredths.denominator == 1 else float(hundredths):g} %"


def at_of(step: Step) -> str:
    """Say where on its clock a step lies: `75 %`, `1 h left`, `100 % of our objective`."""
    if step.share is None:
        return f"{words.hours(step.left)} left"
    return share(step.share) + (" of our objective" if step.goal is Goal.OBJECTIVE else "")


def condition_of(step: Step) -> str:
    """Say under which condition a step fires: `no progress for 4 h`."""
    return CONDITION[step.condition] + (f" for {words.hours(step.quiet_for)}" if step.quiet_for is not None else "")


def name_of(step: Step) -> str:
    """Name a step for people: `Resolution at 75 %`."""
    clock = words.CLOCK[step.clock]
    return f"{clock} with {at_of(step)}" if step.share is None else f"{clock} at {at_of(step)}"


def happened(step: Step) -> str:
    """Say what a step means in as few words as a subject takes: `75 % of first response used`, `Resolution breached`."""
    clock = words.CLOCK[step.clock]
    if step.share is None:
        return f"{clock}: {words.hours(step.left)} left"
    if step.goal is Goal.OBJECTIVE:
        return f"{share(step.share)} of our objective for {clock.lower()} used"
    if step.share == 1:
        return f"{clock} breached"
    return f"{share(step.share)} of {clock.lower()} used"


def sayer(address: str) -> Say:
    """Return what puts a step in words; `address` is where people reach the product, empty where that is not known."""

    def say(told: Told) -> Mapping[str, str]:
        ticket, judged, firing = told.ticket, told.found.assessment, told.firing
        zone = ticket.zone
        return {
            "ticket": ticket.ref,
            "title": ticket.title,
            "client": ticket.client_name,
            "contact": _greeted(told),
            "priority": judged.priority or "none",
            "assignee": judged.assignee or "nobody",
            "step": happened(firing.step),
            "why": _why(told),
            "level": str(firing.plan.levels[firing.step.key]),
            "promise": _promise(told),
            "progress": _progress(judged.last_staff_act_at, zone),
            "done": ", ".join(_done(told)) or "told you",
            "told": ", ".join(f"{name} ({within(role)})" for name, role in told.told) or "nobody",
            "resources": _resources(told),
            "link": f"{address}/tickets/{ticket.public_id}" if address else "",
            "expected": words.moment(told.expected_at, zone, year=True) if told.expected_at else "as soon as we can go on",
            "next_contact": _next_contact(told),
            "account_manager": told.account_manager or "the service desk",
        }

    return say


def _greeted(told: Told) -> str:
    """Whom a message to the client greets: whoever wrote the ticket, where it goes to them, else the client as a whole."""
    name = told.ticket.contact.partition("<")[0].strip(' "')
    return name if name and address_in(told.ticket.contact) in told.effects.client_to else told.ticket.client_name


def within(role: ContactRole) -> str:
    """Name a role within a sentence: `team lead`, `client's IT lead`, `VP`."""
    name = ROLE[role]
    return name if name[:2].isupper() else name[0].lower() + name[1:]


def by(way: str) -> str:
    """Say by what a step tells: `Slack`, `“On call” (Slack)`."""
    channel, _, name = way.partition("/")
    called = words_of_outbox.CHANNEL[Channel(channel)]
    return f"“{name}” ({called})" if name else called


def late(length: timedelta) -> str:
    """Say that a step came late, and by how much; empty where it came in time."""
    return f"{words.duration(length)} late" if length >= LATE else ""


def _why(told: Told) -> str:
    firing, zone = told.firing, told.ticket.zone
    clock = words.CLOCK[firing.clock].lower()
    if firing.deadline_at is None:
        due = f"The clock for {clock} is stopped by a wait."
    elif firing.deadline_at > firing.at:
        due = f"The promise for {clock} breaks at {words.moment(firing.deadline_at, zone)}."
    else:
        due = f"The promise for {clock} broke at {words.moment(firing.deadline_at, zone)}."
    said = [f"{happened(firing.step)}.", due]
    if firing.step.condition in (Condition.NO_PROGRESS, Condition.STALLED):
        said.append(f"{_progress(told.found.assessment.last_staff_act_at, zone)}.")
    if late(firing.late_by):
        said.append(f"This comes {late(firing.late_by)}: it was due at {words.moment(firing.due_at, zone)}.")
    if firing.overtook:
        lower = [happened(step) for step in firing.plan.steps if step.key in firing.overtook]
        said.append(f"It stands also for: {', '.join(lower)}.")
    return " ".join(said)


def _promise(told: Told) -> str:
    firing = told.firing
    due = words.moment(firing.deadline_at, told.ticket.zone) if firing.deadline_at else "open, while the ticket waits"
    return f"{words.CLOCK[firing.clock]} within {words.hours(firing.target)}, {due}"


def _progress(at: datetime | None, zone: str) -> str:
    return "Nobody has worked on it yet" if at is None else f"Last worked on {words.moment(at, zone)}"


def _done(told: Told) -> list[str]:
    does, said = told.effects, []
    if told.given_to:
        said.append(f"gave it to {told.given_to}" if told.moved else f"please give it to {told.given_to}: it lives elsewhere")
    if does.raise_to is not None:
        queue = f"{does.raise_to.team} (owned by the {OWNER[does.raise_to.owner]})"
        said.append(f"raised it to {queue}" if told.moved else f"please raise it to {queue}: it lives elsewhere")
    if does.call:
        said.append(f"opened a call at {does.call}")
    if does.drafts:
        sent = told.firing.step.send and does.client_to
        said.append("wrote to the client" if sent else "drafted a message to the client, which waits for approval")
    return said


def _resources(told: Told) -> str:
    if not told.effects.resources:
        return ""
    return "\nThis may help:\n" + "\n".join(f"- {each.title}: {each.url}" for each in told.effects.resources) + "\n"


def _next_contact(told: Told) -> str:
    ahead = [each for each in (told.next_at, told.expected_at) if each is not None and each > told.firing.at]
    return words.moment(min(ahead), told.ticket.zone, year=True) if ahead else "when there is news"
