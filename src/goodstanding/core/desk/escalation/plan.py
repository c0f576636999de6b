"""The escalation plan: at which share of which clock what is done, under which condition, and who is told."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from typing import Final

from goodstanding.core.desk.escalation.wording import CLIENT_MESSAGE, PLACEHOLDERS, STAFF_MESSAGE, Template
from goodstanding.core.desk.policy import ClockKind


class Goal(StrEnum):
    """Whose target a step is a share of."""

    CONTRACT = "contract"
    OBJECTIVE = "objective"
    """The partner's own, tighter target, which only its staff see (requirements TIER-9)."""


class Condition(StrEnum):
    """What must hold when a step fires; where it does not, the step is skipped, and that is recorded."""

    ALWAYS = "always"
    NO_RESPONSE = "no_response"
    """The clock waits for a reply that has not been given."""
    NO_PROGRESS = "no_progress"
    """No staff event since the clock was at 25 % of its target, or for a time of its own (requirements ESC-2)."""
    STALLED = "stalled"
    """No staff event since the clock was at 50 % of its target (requirements ESC-2)."""
    NOT_ASSIGNED = "not_assigned"


QUIET_SINCE: Final = {Condition.NO_PROGRESS: Fraction(1, 4), Condition.STALLED: Fraction(1, 2)}
"""The share of the target from which on staff have to have been silent."""


class Action(StrEnum):
    """What a step does."""

    ALERT = "alert"
    SUGGEST = "suggest"
    REASSIGN = "reassign"
    RAISE = "raise"
    NOTIFY = "notify"
    DRAFT = "draft"
    CALL = "call"


class ContactRole(StrEnum):
    """Who is told or asked; these stand beside the access roles (requirements ESC-8)."""

    AGENT = "agent"
    SENIOR_AGENT = "senior_agent"
    TEAM_LEAD = "team_lead"
    SUPPORT_LEAD = "support_lead"
    ENGINEERING_LEAD = "engineering_lead"
    MANAGER = "manager"
    SERVICE_MANAGER = "service_manager"
    ACCOUNT_MANAGER = "account_manager"
    DIRECTOR = "director"
    VP = "vp"
    CLIENT_IT_LEAD = "client_it_lead"
    CLIENT_PROCUREMENT = "client_procurement"
    CLIENT_EXECUTIVE = "client_executive"


CLIENT_ROLES: Final = frozenset({ContactRole.CLIENT_IT_LEAD, ContactRole.CLIENT_PROCUREMENT, ContactRole.CLIENT_EXECUTIVE})
"""Roles that people of the client hold; what goes to them is a client message."""


class Kind(StrEnum):
    """The kinds of support, each with a queue that owns it (requirements ESC-6)."""

    APPLICATION = "application"
    FUNCTIONAL = "functional"
    DEVELOPMENT = "development"
    INFRASTRUCTURE = "infrastructure"


class Owner(StrEnum):
    """Who owns a kind of support."""

    PARTNER = "partner"
    PLATFORM = "platform"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in a plan: `field` names where, such as `steps[2].at`, and `said` what to write instead."""

    field: str
    said: str


class PlanError(ValueError):
    """A plan that cannot be, with everything that is wrong in it: whoever mends it wants to know at once."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(each.said for each in faults))
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One row of the matrix. `key` is its name for good: under it a clock's cycle takes the step once.

    Exactly one of `share` and `left` is set: the share of the target that is used up, or the open time left of it.
    `quiet_for` belongs to the condition `no_progress`: the clock's open time without a staff event. `priorities` empty
    means every priority. `hold` lets quiet hours delay its messages; `send` lets its client message go without approval.
    """

    key: str
    clock: ClockKind
    share: Fraction | None = None
    left: timedelta | None = None
    goal: Goal = Goal.CONTRACT
    condition: Condition = Condition.ALWAYS
    quiet_for: timedelta | None = None
    actions: tuple[Action, ...] = (Action.ALERT,)
    tell: tuple[ContactRole, ...] = (ContactRole.AGENT,)
    queue: Kind | None = None
    priorities: frozenset[str] = frozenset()
    channels: tuple[str, ...] = ()
    """By what it tells: `email`, `sms` and `inbox` reach each of its people, `slack`, `teams` and `webhook` are told once
    for all of them, and so is an endpoint by its name, such as `slack/On call` or `sms/Pager`. Empty is mail and inbox."""
    hold: bool = True
    send: bool = False

    @property
    def breached(self) -> bool:
        """Whether it lies at or after the contract's deadline."""
        return self.goal is Goal.CONTRACT and self.share is not None and self.share >= 1


def lies(step: Step, objective: Fraction) -> tuple[int, int, Fraction]:
    """Return what steps are sorted by: their clock, and where they lie on it whatever its target is.

    How a share compares with a time left hangs on the target; only that a time left is before the deadline is always so,
    and there those stand.
    """
    clock = [*ClockKind].index(step.clock)
    if step.left is not None:
        return clock, 1, -Fraction(step.left // timedelta(seconds=1))
    share = (step.share or Fraction()) * (objective if step.goal is Goal.OBJECTIVE else 1)
    return clock, 0 if share < 1 else 2, share


@dataclass(frozen=True, slots=True)
class Queue:
    """Who looks after a kind of support: a team, and whose team it is."""

    kind: Kind
    team: str
    owner: Owner = Owner.PARTNER


@dataclass(frozen=True, slots=True)
class Resource:
    """Something to read that may help with a kind of support; of every kind where none is named."""

    title: str
    url: str
    kind: Kind | None = None


FALL_BACK: Final = (
    ContactRole.AGENT,
    ContactRole.SENIOR_AGENT,
    ContactRole.TEAM_LEAD,
    ContactRole.ENGINEERING_LEAD,
    ContactRole.SUPPORT_LEAD,
    ContactRole.SERVICE_MANAGER,
    ContactRole.ACCOUNT_MANAGER,
    ContactRole.MANAGER,
    ContactRole.DIRECTOR,
    ContactRole.VP,
)
"""Who is told in the place of a role that nobody holds: the next role in this row that somebody does."""

MOST_STEPS: Final = 60
_KEY: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_UNKEPT: Final = re.compile("[\0\ud800-\udfff]")
"""What no database keeps as text: a plan that holds it would stop the worker at its first message."""
_URL: Final = re.compile(r"https?://\S+")
_CHANNEL: Final = re.compile(r"email|inbox|(?:sms|slack|teams|webhook)(?:/\S(?:.{0,118}\S)?)?")


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A version of a matrix. Immutable: a change makes another version (semantics.md 1.8).

    `objective` is the share of the contract's target that the partner holds itself to. Raises `PlanError` where its parts
    contradict each other.
    """

    steps: tuple[Step, ...]
    objective: Fraction = Fraction(1, 2)
    fall_back: tuple[ContactRole, ...] = FALL_BACK
    queues: tuple[Queue, ...] = ()
    resources: tuple[Resource, ...] = ()
    call: str = ""
    """Where people meet when a step opens a call: an address or a telephone number."""
    message: Template = STAFF_MESSAGE
    client_message: Template = CLIENT_MESSAGE

    def __post_init__(self) -> None:
        faults = tuple(self._faults())
        if faults:
            raise PlanError(faults)

    def _faults(self) -> Iterator[Fault]:
        if len(self.steps) > MOST_STEPS:
            yield Fault("steps", f"a plan has at most {MOST_STEPS} steps")
        if not 0 < self.objective <= 1:
            yield Fault("objective", "the objective is a share of the target above 0 % and at most 100 %")
        for where, text in self._texts():
            if _UNKEPT.search(text):
                yield Fault(where, "a text holds a character that cannot be kept: write it anew without it")
        seen: set[str] = set()
        for number, step in enumerate(self.steps):
            for part, said in _faults_of(step, self):
                yield Fault(f"steps[{number}].{part}", said)
            if step.key in seen:
                yield Fault(f"steps[{number}].key", f"two steps are named {step.key}: each needs a name of its own")
            seen.add(step.key)
        for kind, count in Counter(queue.kind for queue in self.queues).items():
            if count > 1:
                yield Fault("queues", f"{kind} has two queues: one of them has to own it")
        for number, each in enumerate(self.resources):
            if not _URL.fullmatch(each.url) or not each.title.strip():
                yield Fault(f"resources[{number}]", "something to read has a title and an address that begins with https://")
        for name, template in (("message", self.message), ("client_message", self.client_message)):
            known = ", ".join(sorted(PLACEHOLDERS))
            for unknown in sorted(template.names - PLACEHOLDERS.keys()):
                yield Fault(name, f"there is no placeholder {{{unknown}}}: use {known}")

    def _texts(self) -> Iterator[tuple[str, str]]:
        """Yield every text of the plan that is free, with its field."""
        yield "call", self.call
        for name, template in (("message", self.message), ("client_message", self.client_message)):
            yield name, template.subject + template.text
        for queue in self.queues:
            yield "queues", queue.team
        for number, each in enumerate(self.resources):
            yield f"resources[{number}]", each.title + each.url
        for number, step in enumerate(self.steps):
            for text in (*step.channels, *step.priorities):
                yield f"steps[{number}]", text

    def of(self, clock: ClockKind) -> tuple[Step, ...]:
        """Return the steps of one kind of clock, in the order of the matrix."""
        return tuple(step for step in self.steps if step.clock is clock)

    def in_time(self) -> tuple[Step, ...]:
        """Return the steps clock by clock as time comes to them, however the matrix was written."""
        return tuple(sorted(self.steps, key=lambda step: lies(step, self.objective)))

    @cached_property
    def levels(self) -> Mapping[str, int]:
        """The place in time of each step among those of its clock, counted from 1: the escalation level that people read.

        Clients read it too, so steps of the objective are not counted: theirs is 0. Every message of a step tells it.
        """
        counted: Counter[ClockKind] = Counter()
        found = {}
        for step in self.in_time():
            if step.goal is Goal.CONTRACT:
                counted[step.clock] += 1
            found[step.key] = counted[step.clock] if step.goal is Goal.CONTRACT else 0
        return found

    def queue(self, kind: Kind | None) -> Queue | None:
        """Return the queue that owns a kind of support, or None where the plan names none."""
        return next((queue for queue in self.queues if queue.kind is kind), None)


def _faults_of(step: Step, plan: Plan) -> Iterator[tuple[str, str]]:
    """Yield what is wrong in a step, by the part of it."""
    if not _KEY.fullmatch(step.key) or len(step.key) > 60:
        yield "key", "a step's name has small letters, digits and hyphens, 60 at most"
    if (step.share is None) == (step.left is None):
        yield "at", "a step has a share of the target, such as 75 %, or a time left of it, such as 1 h left: one of them"
    if step.share is not None and not 0 < step.share <= 10:
        yield "at", "a share lies above 0 % and is at most 1000 %"
    if step.left is not None and (step.left <= timedelta() or step.left % timedelta(seconds=1)):
        yield "at", "a time left is longer than nothing and a whole number of seconds"
    if step.left is not None and step.goal is Goal.OBJECTIVE:
        yield "at", "a time left is counted to the contract's deadline: give a share of the objective instead"
    if step.condition is Condition.NO_RESPONSE and step.clock is ClockKind.RESOLUTION:
        yield "condition", "“no response” belongs to a response clock: ask for no progress on a resolution clock"
    if step.quiet_for is not None and (step.condition is not Condition.NO_PROGRESS or step.quiet_for <= timedelta()):
        yield "condition", "only “no progress” takes a time, longer than nothing"
    since = None if step.quiet_for is not None else QUIET_SINCE.get(step.condition)
    reached = None if step.share is None else step.share * (plan.objective if step.goal is Goal.OBJECTIVE else 1)
    if since is not None and reached is not None and 0 < reached <= since:
        yield "condition", f"{step.condition.replace('_', ' ')} looks back to {since * 100} %: the step has to come later"
    if not step.actions or len(set(step.actions)) != len(step.actions):
        yield "do", "a step does something, each thing once"
    if len(set(step.tell)) != len(step.tell):
        yield "tell", "each role is told once"
    if not step.tell:
        yield "tell", "a step tells somebody: name at least one role"
    if len(set(step.channels)) != len(step.channels) or not all(map(_CHANNEL.fullmatch, step.channels)):
        yield "channels", "a step tells by channels such as email, slack or slack/On call, each once"
    if (Action.RAISE in step.actions) != (step.queue is not None):
        yield "queue", "a step that raises names the kind of support it raises to, and no other step does"
    if step.queue is not None and plan.queue(step.queue) is None:
        yield "queue", f"no queue owns {step.queue}: add it to the queues first"
    if Action.CALL in step.actions and not plan.call.strip():
        yield "do", "a step that opens a call needs the plan to say where people meet"
    to_client = sorted(CLIENT_ROLES.intersection(step.tell))
    if step.goal is Goal.OBJECTIVE and (to_client or Action.DRAFT in step.actions):
        yield "tell", "an internal objective is seen by staff only: a client is told of contract targets"
    elif to_client and Action.DRAFT not in step.actions:
        yield "tell", f"{to_client[0].replace('_', ' ')} is told by a client message: let the step draft one"
    if step.send and Action.DRAFT not in step.actions:
        yield "send", "only a step that drafts a client message can send one"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanVersion:
    """A plan from an instant on, for every client, those of one tier, or one client; `plan` None takes it back."""

    id: str
    from_at: datetime
    plan: Plan | None
    tier: str | None = None
    client: str | None = None


@dataclass(frozen=True, slots=True)
class Spell:
    """A plan while it was in force: from `start` until `end`, epoch seconds, the end not included."""

    start: int
    end: int
    version: str
    plan: Plan
