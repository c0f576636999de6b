"""Take a webhook in: only what is signed, each message once, whatever the order they come in."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from goodstanding.adapters.outbound.signature import NotSigned, read_secret, verify
from goodstanding.apps.doors import actions, queries
from goodstanding.apps.doors.queries import Endpoint
from goodstanding.apps.unit import NotFound, together
from goodstanding.flows.admit import spend
from goodstanding.flows.open_ticket import Opened, Opening, open_ticket


@dataclass(frozen=True, slots=True)
class Received:
    """What came of a message: the tickets it told of; `again` says that it had come before, and nothing was done."""

    message: str
    tickets: tuple[Opened, ...]
    again: bool = False


def take_webhook(
    endpoint: UUID,
    *,
    headers: Mapping[str, str],
    body: bytes,
    read: Callable[[Endpoint], Sequence[Opening]],
    per_endpoint: int,
    per_partner: int,
    now: datetime,
) -> Received | None:
    """Take in what another system tells of tickets; None where there is no such endpoint or the message is not to be trusted.

    `read` turns the body into tickets once it is known to be genuine, and may raise. Raises `TooMany`, `NotFound` for a
    client that is not the endpoint's, and `NotYet`.
    """
    found = queries.endpoint_called(endpoint)
    if found is None:
        return None
    try:
        message = verify([read_secret(each.open()) for each in found.secrets(now)], headers, body, now=now)
    except NotSigned:
        return None
    spend(found, per_key=per_endpoint, per_partner=per_partner, now=now)
    openings = read(found)
    for each in openings:
        _check_clients(found, each)
    with together():
        first = actions.take_receipt(found.scope, found.pk, message=message, now=now)
        opened = tuple(open_ticket(found.scope, each, now=now) for each in openings) if first else ()
        actions.note_use(found.scope, found, now=now)
    return Received(message, opened, again=not first)


def _check_clients(endpoint: Endpoint, opening: Opening) -> None:
    """Keep an endpoint of one client to that client's tickets, also where an event would move one elsewhere."""
    named = {opening.client, *(each.client for each in opening.tellings if each.client is not None)}
    if endpoint.client_id is not None and named != {endpoint.client_id}:
        raise NotFound("there is no such client")
