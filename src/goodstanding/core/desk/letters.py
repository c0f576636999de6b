"""What a letter becomes: its kind, its sender, the ticket it belongs to and how that stood decide, nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from goodstanding.core.clocks.clock import moment, second_of
from goodstanding.core.desk.case import Case, assignment_at
from goodstanding.core.desk.events import Actor, EventKind
from goodstanding.core.desk.timeline import timeline


class LetterKind(StrEnum):
    """Kinds of messages, told apart by what their headers say."""

    LETTER = "letter"
    """Written by somebody."""
    AUTO_REPLY = "auto_reply"
    """Sent by a program in answer to a letter: out of office, a receipt (RFC 3834)."""
    NOTICE = "notice"
    """Sent by a program on its own account, such as an alert."""
    BOUNCE = "bounce"
    """A report that a message was not, or not yet, delivered (RFC 3464)."""
    LIST = "list"
    """Sent to many by a list."""
    LOOP = "loop"
    """One of our own that came back."""


class SenderKind(StrEnum):
    """Who a sender is to the partner."""

    STAFF = "staff"
    CLIENT = "client"
    UNKNOWN = "unknown"


class TicketState(StrEnum):
    """How a ticket stood when a letter came."""

    OPEN = "open"
    RESOLVED = "resolved"
    CALLED_OFF = "called_off"
    """Cancelled or merged: nothing that is told of it counts any more."""


class Outcome(StrEnum):
    """What became of a letter, or of a message of a chat."""

    OPENED = "opened"
    CLIENT_REPLIED = "client_replied"
    REOPENED = "reopened"
    CONTINUED = "continued"
    """A new ticket, linked to one that is over."""
    STAFF_REPLIED = "staff_replied"
    NOTED = "noted"
    AUTO_REPLIED = "auto_replied"
    HELD = "held"
    """Kept until a person says whose it is."""
    IGNORED = "ignored"
    WAITING = "waiting"
    """Kept until what it belongs to is there; only messages of chats come before it."""
    DISCARDED = "discarded"
    """Held, and then put away by a person."""


class Because(StrEnum):
    """Why a letter or message is held or ignored, or what a note is about."""

    STRANGER = "stranger"
    STRANGER_IN_THREAD = "stranger_in_thread"
    OTHER_CLIENT = "other_client"
    UNPROVEN = "unproven"
    NO_CLIENT = "no_client"
    ALERT = "alert"
    AUTOMATIC = "automatic"
    LIST = "list"
    OWN = "own"
    UNDELIVERED = "undelivered"
    AMONG_STAFF = "among_staff"
    UNREADABLE = "unreadable"
    TOO_LARGE = "too_large"
    BOT = "bot"
    EDITED = "edited"
    DELETED = "deleted"
    EARLIER = "earlier"
    """Written before what had opened the ticket, and come after it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """The ticket a letter belongs to by what it answers, as it stood when the letter came."""

    client: str
    state: TicketState
    resolved_at: datetime | None = None
    window: timedelta | None = None
    """Within which a reply reopens it; None is always."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """All that decides what a letter becomes.

    `client` is the client that the sender writes for, or for staff the one they write about, where that is known.
    `at` is when the letter reached the mailbox. `reaches_client` says whether it went to the ticket's client as well.
    `proven` is what the mailbox's own server found about the sender; None where nobody looked.
    """

    kind: LetterKind
    sender: SenderKind
    at: datetime
    client: str | None = None
    thread: Thread | None = None
    reaches_client: bool = False
    proven: bool | None = None


class On(StrEnum):
    """The ticket an event is for."""

    THREAD = "thread"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Told:
    """An event that a letter becomes."""

    kind: EventKind
    actor: Actor
    public: bool
    on: On = On.THREAD


@dataclass(frozen=True, slots=True)
class Decision:
    """What a letter becomes, with the reason where it is not plain from the outcome."""

    outcome: Outcome
    because: Because | None = None
    events: tuple[Told, ...] = ()


_CLIENT_WROTE: Final = Told(EventKind.CLIENT_REPLIED, Actor.CLIENT, True)
_REOPENED: Final = Told(EventKind.REOPENED, Actor.CLIENT, True)
_OPENED: Final[Mapping[SenderKind, Told]] = {
    SenderKind.CLIENT: Told(EventKind.OPENED, Actor.CLIENT, True, On.NEW),
    SenderKind.STAFF: Told(EventKind.OPENED, Actor.STAFF, True, On.NEW),
}
# What programs send is nobody's act: it answers nothing, and it is no sign of life from staff.
_SYSTEM_NOTED: Final = Told(EventKind.NOTED, Actor.SYSTEM, False)
_LINKED: Final = Told(EventKind.NOTED, Actor.SYSTEM, False, On.NEW)
_AUTOMATIC: Final = Told(EventKind.AUTO_REPLIED, Actor.SYSTEM, False)


def decide(found: Circumstances) -> Decision:
    """Say what a letter becomes (requirements CLOCK-1; semantics.md 1.6, 1.11; docs/mail.md).

    What a program sent never opens, answers or reopens a ticket. Nobody writes into a ticket of a client they do not
    write for, whatever reference they quote. What nobody can place is held, never dropped.
    """
    if found.kind is LetterKind.LOOP:
        return Decision(Outcome.IGNORED, Because.OWN)
    if found.kind is LetterKind.BOUNCE:
        if found.thread is None:
            return Decision(Outcome.IGNORED, Because.UNDELIVERED)
        return Decision(Outcome.NOTED, Because.UNDELIVERED, (_SYSTEM_NOTED,))
    known = found.sender is not SenderKind.UNKNOWN
    if found.kind in (LetterKind.AUTO_REPLY, LetterKind.NOTICE):
        if known and found.thread is not None and _may_write(found, found.thread):
            return Decision(Outcome.AUTO_REPLIED, Because.AUTOMATIC, (_AUTOMATIC,))
        if known and found.kind is LetterKind.NOTICE:
            # An alert of a client's own machines may matter; only a person can tell.
            return Decision(Outcome.HELD, Because.ALERT)
        return Decision(Outcome.IGNORED, Because.AUTOMATIC)
    if found.kind is LetterKind.LIST and not known:
        return Decision(Outcome.IGNORED, Because.LIST)
    if not known:
        return Decision(Outcome.HELD, Because.STRANGER if found.thread is None else Because.STRANGER_IN_THREAD)
    if found.proven is False:
        return Decision(Outcome.HELD, Because.UNPROVEN)
    if found.thread is None:
        if found.client is None:
            return Decision(Outcome.HELD, Because.NO_CLIENT)
        return Decision(Outcome.OPENED, None, (_OPENED[found.sender],))
    if not _may_write(found, found.thread):
        return Decision(Outcome.HELD, Because.OTHER_CLIENT)
    if found.sender is SenderKind.STAFF:
        if not found.reaches_client:
            return Decision(Outcome.NOTED, Because.AMONG_STAFF, (Told(EventKind.NOTED, Actor.STAFF, False),))
        return Decision(Outcome.STAFF_REPLIED, None, (Told(EventKind.STAFF_REPLIED, Actor.STAFF, True),))
    return client_wrote(found.thread, found.at)


def opened_by(sender: SenderKind) -> Told:
    """Return the opening of a new ticket by somebody who is known; raises `KeyError` for a sender who is not."""
    return _OPENED[sender]


def _may_write(found: Circumstances, thread: Thread) -> bool:
    return found.sender is SenderKind.STAFF or found.client == thread.client


def client_wrote(thread: Thread, at: datetime) -> Decision:
    """Say what it becomes that a client wrote at an instant into a ticket of theirs (semantics.md 1.6).

    Within the window it reopens what was resolved; after it, and after a cancelling, it goes on in a new ticket.
    """
    if thread.state is TicketState.OPEN:
        return Decision(Outcome.CLIENT_REPLIED, None, (_CLIENT_WROTE,))
    late = thread.window is not None and thread.resolved_at is not None and at - thread.resolved_at > thread.window
    if thread.state is TicketState.CALLED_OFF or late:
        return Decision(Outcome.CONTINUED, None, (_OPENED[SenderKind.CLIENT], _LINKED, _SYSTEM_NOTED))
    return Decision(Outcome.REOPENED, None, (_REOPENED, _CLIENT_WROTE))


def thread_of(case: Case, at: datetime) -> Thread:
    """Return a ticket as a letter that came at `at` finds it, by the events told so far.

    A letter taken late is judged by how the ticket stood when the letter came, so that the order in which letters are read
    changes nothing (requirements CLOCK-2). The window is the one of the promise the ticket is bound to.
    """
    story = timeline(case.events, as_of=at, client=case.client, priority=case.priority, team=case.team)
    if story is None:
        return Thread(client=case.client, state=TicketState.OPEN)
    last = story.regimes[-1]
    bound = next((each for each in case.assignments if last.tier is not None and each.id == last.tier), None)
    bound = bound or assignment_at(case.assignments, last.client, moment(story.opened))
    if story.cancelled is not None:
        state = TicketState.CALLED_OFF
    else:
        state = TicketState.OPEN if story.is_open else TicketState.RESOLVED
    return Thread(
        client=last.client,
        state=state,
        resolved_at=moment(story.resolved[-1]) if story.resolved else None,
        window=bound.policy.reopening.window if bound else None,
    )


def when_it_came(told: datetime | None, now: datetime) -> datetime:
    """Return the instant that counts for a letter: what the mailbox's server said, in whole seconds and never after `now`."""
    return moment(min(second_of(told or now), second_of(now)))
