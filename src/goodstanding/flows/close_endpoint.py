"""Close an endpoint that takes nothing any more, and tell those who can set it up again."""

from datetime import datetime
from typing import Final
from uuid import UUID

from goodstanding.apps.outbox import actions, queries
from goodstanding.apps.outbox.queries import Channel, NewMessage
from goodstanding.apps.tenancy import queries as tenancy
from goodstanding.apps.tenancy.roles import May
from goodstanding.apps.tenancy.scope import Scope
from goodstanding.apps.unit import together

_SCOPE: Final = Scope.everything("to close an endpoint")


def close_endpoint(public_id: UUID, *, because: str, now: datetime) -> bool:
    """Switch it off and write to all who may switch it on again, in one transaction; return whether this call did it."""
    found = queries.endpoints_by_id(_SCOPE, [public_id]).get(public_id)
    if found is None:
        return False
    with together():
        if not actions.close_endpoint(_SCOPE, public_id, because=because, now=now):
            return False
        people = tenancy.people_who(_SCOPE, partner=found.partner, may=May.SET_CHANNELS)
        actions.put(
            _SCOPE,
            (
                NewMessage(
                    key=f"endpoint {public_id} closed {now:%Y%m%dT%H%M%S} {person} {channel}",
                    partner=found.partner,
                    client=None,
                    ticket=None,
                    kind="channels.closed",
                    channel=channel,
                    recipient=person,
                    subject=f"“{found.name}” was switched off",
                    text=(
                        f"Nothing is sent to “{found.name}” ({found.shown}) any more. {because}\n\n"
                        "What waited for it was given up and can be sent again from the outbox, once it is switched on."
                    ),
                    written_at=now,
                )
                for person in people
                for channel in (Channel.INBOX, Channel.EMAIL)
            ),
            now=now,
        )
    return True
