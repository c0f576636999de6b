"""What a message of a chat becomes: its sender, its thread and how the thread's ticket stood decide, nothing else."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from goodstanding.core.desk.events import Actor, EventKind
from goodstanding.core.desk.letters import Because, Decision, On, Outcome, SenderKind, Thread, Told, client_wrote, opened_by

_NOTED: Final = Told(EventKind.NOTED, Actor.SYSTEM, False)


class Service(StrEnum):
    """The chats that messages come from."""

    SLACK = "slack"
    TEAMS = "teams"


class PostKind(StrEnum):
    """What is told of a message."""

    WRITTEN = "written"
    EDITED = "edited"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True, kw_only=True)
class PostCircumstances:
    """All that decides what a message becomes.

    `client` is the client that the sender writes for, or for staff the one that the channel is for; `channel_client` is the
    channel's, None where it is several clients'. `thread` is the ticket of its thread, as it stood when the message was
    written; `precedes` says that the message was written before what opened that ticket. `is_reply` says that it stands in a
    thread that another message began, and `asks` that it was written to us: by a mention or a command.
    """

    kind: PostKind
    sender: SenderKind
    at: datetime
    client: str | None = None
    channel_client: str | None = None
    thread: Thread | None = None
    precedes: bool = False
    is_reply: bool = False
    asks: bool = False
    bot: bool = False


def decide_post(found: PostCircumstances) -> Decision:
    """Say what a message becomes (requirements CLOCK-1; semantics.md 1.6, 1.11; docs/chat.md).

    Programs never count. Edits and deletions are notes of the message's ticket. What staff say among themselves opens
    nothing unless they ask for it. Messages come in any order: one that belongs to what has not come yet waits for it, and
    one written before what opened its thread's ticket becomes the opening.
    """
    if found.bot:
        return Decision(Outcome.IGNORED, Because.BOT)
    if found.kind is not PostKind.WRITTEN:
        because = Because.EDITED if found.kind is PostKind.EDITED else Because.DELETED
        if found.thread is None:
            return Decision(Outcome.WAITING, because)
        return Decision(Outcome.NOTED, because, (_NOTED,))
    if found.sender is SenderKind.UNKNOWN:
        return Decision(Outcome.HELD, Because.STRANGER_IN_THREAD if found.is_reply else Because.STRANGER)
    staff = found.sender is SenderKind.STAFF
    home = found.channel_client if found.thread is None else found.thread.client
    if not staff and home is not None and found.client != home:
        return Decision(Outcome.HELD, Because.OTHER_CLIENT)
    if found.thread is None or found.precedes:
        if staff and not found.asks:
            return Decision(Outcome.WAITING, Because.AMONG_STAFF)
        if found.thread is not None:
            return Decision(Outcome.OPENED, Because.EARLIER, (Told(EventKind.OPENED, opened_by(found.sender).actor, True),))
        if found.client is None:
            return Decision(Outcome.HELD, Because.NO_CLIENT)
        return Decision(Outcome.OPENED, None, (opened_by(found.sender),))
    if staff:
        return Decision(Outcome.STAFF_REPLIED, None, (Told(EventKind.STAFF_REPLIED, Actor.STAFF, True, On.THREAD),))
    return client_wrote(found.thread, found.at)
