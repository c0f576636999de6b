"""Set up where messages go: the address is read as it will be asked, and a first message can be sent to try it."""

import uuid
from datetime import datetime
from uuid import UUID

from goodstanding.adapters.outbound.address import read_address
from goodstanding.adapters.outbound.allowed import Allowed
from goodstanding.adapters.outbound.short import read_service
from goodstanding.adapters.outbound.trouble import Refused
from goodstanding.apps.outbox import actions, queries
from goodstanding.apps.outbox.queries import Channel, Endpoint, Message, NewMessage
from goodstanding.apps.tenancy.roles import May
from goodstanding.apps.tenancy.scope import Scope
from goodstanding.apps.unit import Conflict


def set_up_endpoint(
    scope: Scope,
    *,
    partner: int,
    channel: Channel,
    name: str,
    address: str,
    person: int | None,
    client: UUID | None = None,
    networks: str,
    http: bool,
    now: datetime,
) -> tuple[Endpoint, str]:
    """Keep an endpoint; return it with the secret it signs with, which is shown this once and empty where it signs nothing.

    With a client it is told of that client's tickets alone. `networks` and `http` are what the operator allows beside the
    public internet. Raises `Conflict` with a sentence for whoever typed the address, and `NotFound` for a client outside the
    scope.
    """
    shown = _read(channel, address.strip(), networks, http=http)
    return actions.add_endpoint(
        scope, partner=partner, channel=channel, name=name, address=address.strip(), shown=shown, person=person,
        client=client, now=now,
    )  # fmt: skip


def change_address(scope: Scope, public_id: UUID, *, address: str, networks: str, http: bool) -> Endpoint:
    """Give an endpoint another address; raises as `set_up_endpoint` does, and `NotFound`."""
    known = queries.endpoint(scope, public_id)
    shown = _read(known.channel, address.strip(), networks, http=http)
    return actions.move_endpoint(scope, public_id, address=address.strip(), shown=shown)


def try_endpoint(scope: Scope, public_id: UUID, *, now: datetime) -> Message:
    """Write a message to an endpoint that says what it is; it goes the way that all others go. Raises `NotFound`."""
    scope.demand(May.SET_CHANNELS)
    found = queries.endpoint(scope, public_id)
    return _written(scope, found.partner, found.channel, str(public_id), found.name, now, client=found.client)


def try_own(scope: Scope, *, partner: int, channel: Channel, now: datetime) -> Message:
    """Write a message to whoever asks, by a channel that reaches people."""
    scope.demand(May.SEE_OUTBOX)
    if scope.person is None:
        raise Conflict("nobody is signed in")
    return _written(scope, partner, channel, scope.person, str(channel), now)


def _written(
    scope: Scope,
    partner: int,
    channel: Channel,
    recipient: int | str,
    name: str,
    now: datetime,
    *,
    client: int | None = None,
) -> Message:
    key = f"test {uuid.uuid4()}"
    actions.put(
        scope,
        [
            NewMessage(
                key=key, partner=partner, client=client, ticket=None, kind="test", channel=channel, recipient=recipient,
                subject="This is a test", written_at=now,
                text=f"Somebody tries whether messages arrive by “{name}”. If you read this, they do.",
            )
        ],
        now=now,
    )  # fmt: skip
    return queries.message_by_key(scope, partner=partner, key=key)


def _read(channel: Channel, address: str, networks: str, *, http: bool) -> str:
    try:
        allowed = Allowed.parse(networks, http=http)
        return read_service(address, allowed) if channel is Channel.SMS else read_address(address, allowed).shown
    except Refused as refused:
        raise Conflict(f"{refused.said} {refused.advice}".strip().rstrip(".")) from refused
