"""Decide about a client message that waits: send it as it is or edited, or drop it."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from goodstanding.apps.desk import queries as desk
from goodstanding.apps.escalation import actions, queries
from goodstanding.apps.escalation.values import DraftRow, DraftState
from goodstanding.apps.outbox import actions as outbox
from goodstanding.apps.outbox import queries as outgoing
from goodstanding.apps.outbox.queries import Message
from goodstanding.apps.tenancy.roles import May
from goodstanding.apps.tenancy.scope import Scope
from goodstanding.apps.unit import together
from goodstanding.flows.carry_out import client_message


def send_draft(scope: Scope, public_id: UUID, *, subject: str, text: str, now: datetime) -> DraftRow:
    """Send a client message; it goes out once, whoever else decides about it at the same time.

    Raises `NotFound` outside the scope, and `Conflict` for one that is decided already or lacks subject, text or address.
    """
    with together():
        written = queries.draft(scope, public_id).text
        found = actions.decide_draft(scope, public_id, state=DraftState.SENT, subject=subject, text=text, now=now)
        ticket = desk.standing(scope, found.ticket)
        good_until = found.good_until if found.text.split() == written.split() else None
        messages = [client_message(ticket, public_id, to, found.subject, found.text, good_until, now) for to in found.to]
        outbox.put(scope, messages, now=now)
    return found


def drop_draft(scope: Scope, public_id: UUID, *, now: datetime) -> DraftRow:
    """Put a client message away without sending it; raises as `send_draft`."""
    scope.demand(May.APPROVE)
    with together():
        return actions.decide_draft(scope, public_id, state=DraftState.DROPPED, now=now)


def letters_of(scope: Scope, drafts: Iterable[DraftRow]) -> dict[UUID, tuple[Message, ...]]:
    """Return what went out of client messages about one ticket, by the message; nothing to whoever may not see the outbox."""
    sent = [each for each in drafts if each.state is DraftState.SENT]
    if not sent or May.SEE_OUTBOX not in scope.may:
        return {}
    written = outgoing.of_ticket(scope, sent[0].ticket)
    # A person's message is named by the draft, one that a rule sent by its step.
    return {
        draft.public_id: tuple(
            each for each in written if each.key.startswith((f"client:{draft.public_id}:", f"client:{draft.fired}:"))
        )
        for draft in sent
    }
