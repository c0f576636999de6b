"""Writing messages, each once."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from goodstanding.apps.outbox import models
from goodstanding.apps.outbox.queries import TO_PEOPLE, Channel, NewMessage, State
from goodstanding.apps.tenancy.scope import Scope
from goodstanding.apps.unit import Conflict, NotFound
from goodstanding.apps.unit.bulk import insert_new
from goodstanding.core.clocks.clock import second_of
from goodstanding.core.desk.contacts import is_address

LONGEST_SUBJECT: Final = 300
_COLUMNS: Final = ("public_id", "partner", "client", "ticket", "key", "kind", "channel", "person", "address", "route", "fold",
                   "subject", "text", "html", "written_at", "state", "due_at", "claim", "tries", "error")  # fmt: skip


def put(scope: Scope, messages: Iterable[NewMessage], *, now: datetime) -> int:
    """Write messages that are not written yet; return how many were new. Within the caller's transaction.

    Raises `NotFound` for a partner outside the scope and `Conflict` for a recipient that the channel cannot have.
    """
    return insert_new(models.Message, _COLUMNS, [_row(scope, each, now) for each in messages])


def _row(scope: Scope, message: NewMessage, now: datetime) -> tuple[Any, ...]:
    if scope.partners is not None and message.partner not in scope.partners:
        raise NotFound("there is no such partner")
    person, address = _recipient(message)
    at = second_of(message.written_at)
    due = at if message.not_before is None else max(at, second_of(message.not_before))
    return (
        uuid.uuid4(), message.partner, message.client, message.ticket, message.key, message.kind, message.channel.value,
        person, address, message.channel.route(address), message.fold, " ".join(message.subject.split())[:LONGEST_SUBJECT],
        _clean(message.text), _clean(message.html), at, State.WAITING.value, max(due, second_of(now)), "", 0, "",
    )  # fmt: skip


def _recipient(message: NewMessage) -> tuple[int | None, str]:
    """The person, or the address, that a message goes to."""
    to = message.recipient
    if isinstance(to, int):
        if message.channel not in TO_PEOPLE:
            raise Conflict(f"nobody has an address of their own at {message.channel}: it goes to an endpoint")
        return to, ""
    if message.channel is Channel.EMAIL and is_address(to.strip()):
        return None, to.strip()
    if message.channel in (Channel.EMAIL, Channel.INBOX):
        raise Conflict(f"{to!r} is nobody that {message.channel} reaches")
    try:
        return None, str(uuid.UUID(to))
    except ValueError:
        raise Conflict(f"{to!r} is no endpoint") from None


def _clean(text: str) -> str:
    # PostgreSQL keeps no NUL.
    return text.replace("\0", "")
