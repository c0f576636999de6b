"""Writing messages, each once."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet

from goodstanding.apps.outbox import models, queries
from goodstanding.apps.outbox.queries import TO_PEOPLE, Channel, Message, NewMessage, State
from goodstanding.apps.tenancy.roles import May
from goodstanding.apps.tenancy.scope import Scope
from goodstanding.apps.unit import Conflict, NotFound, together
from goodstanding.apps.unit.bulk import insert_new
from goodstanding.core.clocks.clock import second_if, second_of
from goodstanding.core.desk.contacts import is_address

LONGEST_SUBJECT: Final = 300
_COLUMNS: Final = ("public_id", "partner", "client", "ticket", "key", "kind", "channel", "person", "address", "route", "fold",
                   "subject", "text", "html", "written_at", "state", "due_at", "since_at", "claim", "parts",
                   "tries", "losses", "error")  # fmt: skip


def put(scope: Scope, messages: Iterable[NewMessage], *, now: datetime) -> int:
    """Write messages that are not written yet; return how many were new. Within the caller's transaction.

    Raises `NotFound` for a partner outside the scope and `Conflict` for a recipient that the channel cannot have.
    """
    return insert_new(models.Message, _COLUMNS, [_row(scope, each, now) for each in messages])


def send_again(scope: Scope, public_id: UUID, *, now: datetime) -> Message:
    """Have a message that was given up tried again, with all that is folded into it.

    Raises `NotFound` outside the scope, and `Conflict` for one that was not given up.
    """
    scope.demand(May.SEND_AGAIN)
    known = queries.message(scope, public_id)
    if _send_again(models.Message.objects.filter(pk=known.leader or known.pk), now) == 0:
        raise Conflict("only what was given up can be sent again")
    return queries.message(scope, public_id)


def _send_again(leaders: "QuerySet[models.Message]", now: datetime) -> int:
    at = second_of(now)
    with together():
        pks = list(leaders.filter(state=State.DEAD, leader=None).values_list("pk", flat=True))
        parts = models.Message.objects.filter(leader_id__in=pks, state=State.DEAD)
        parts.update(state=State.FOLDED, error="")
        again = models.Message.objects.filter(pk__in=pks, state=State.DEAD)
        return again.update(state=State.WAITING, due_at=at, since_at=at, tries=0, losses=0, claim="", error="")


def _row(scope: Scope, message: NewMessage, now: datetime) -> tuple[Any, ...]:
    if scope.partners is not None and message.partner not in scope.partners:
        raise NotFound("there is no such partner")
    person, address = _recipient(message)
    at = second_of(message.written_at)
    due = max(at, second_of(now), second_if(message.not_before) or 0)
    return (
        uuid.uuid4(), message.partner, message.client, message.ticket, message.key, message.kind, message.channel.value,
        person, address, message.channel.route(address), message.fold, " ".join(message.subject.split())[:LONGEST_SUBJECT],
        _clean(message.text), _clean(message.html), at, State.WAITING.value, due, due, "", 0, 0, 0, "",
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
