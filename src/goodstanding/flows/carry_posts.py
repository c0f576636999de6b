"""Carry messages to endpoints: rooms of Slack and Teams, telephones, and systems that take signed webhooks."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from goodstanding.adapters.chat.saying import slack_body, teams_body
from goodstanding.adapters.outbound.message import Answer, Ask, Sender
from goodstanding.adapters.outbound.service_address import NoAddress
from goodstanding.adapters.outbound.service_answer import Later, NotTaken
from goodstanding.adapters.outbound.short import send_short
from goodstanding.adapters.outbound.signature import read_secret, sign
from goodstanding.adapters.outbound.steady import retry_after
from goodstanding.adapters.outbound.trouble import Trouble
from goodstanding.apps.outbox import queries
from goodstanding.apps.outbox.queries import Channel, Endpoint, Load
from goodstanding.apps.tenancy.scope import Scope
from goodstanding.apps.tickets import queries as tickets
from goodstanding.apps.unit.sealed import SealBroken
from goodstanding.core.clocks.clock import second_of
from goodstanding.flows.audience import Audience
from goodstanding.flows.close_endpoint import close_endpoint
from goodstanding.flows.deliver_messages import Concern, Failed
from goodstanding.flows.send_questions import Written

GONE: Final = 410
_OF_THE_MESSAGE: Final = frozenset({400, 413, 415, 422})
"""What an endpoint says of this message and not of itself."""
_LATER: Final = frozenset({429, 503})
"""With these a server may say when it wants to be asked again."""
_SCOPE: Final = Scope.everything("to send to endpoints")
_JSON: Final = {"Content-Type": "application/json"}

_NAMED: Final = 100
"""More tickets than a short message has room for."""

Say = Callable[[Load], Written]
"""Puts a message, and all that is folded into it, in the words of a room."""
SayShort = Callable[[Load, Mapping[UUID, str]], Written]
"""Puts it in those of a telephone, given the references of tickets."""


class PostCarrier:
    """Hands messages to endpoints by a sender that is guarded and asks each host as often as it can bear."""

    def __init__(self, sender: Sender, *, say: Say, say_short: SayShort, clock: Callable[[], datetime]) -> None:
        self._sender, self._say, self._say_short, self._clock = sender, say, say_short, clock
        self._endpoints: dict[UUID, Endpoint] = {}
        self._audience = Audience()
        self._refs: dict[UUID, str] = {}

    def begin(self, loads: Sequence[Load]) -> None:
        """Look up where these go, and how the tickets are called that a telephone is told of together."""
        wanted = {UUID(each.message.address) for each in loads if each.message.address}
        self._endpoints = queries.endpoints_by_id(_SCOPE, wanted)
        self._audience.look_up(loads)
        lists = [each.every[:_NAMED] for each in loads if each.parts and each.message.channel is Channel.SMS]
        about = {each.ticket for every in lists for each in every if each.ticket is not None}
        pks = tickets.pks_by_public_id(_SCOPE, about) if about else {}
        known = tickets.tickets_by_pk(_SCOPE, pks.values()) if pks else {}
        self._refs = {public_id: known[pk].ref for public_id, pk in pks.items() if pk in known}

    def carry(self, load: Load) -> str:
        """Hand a message over and return the name of where it went; raises `Failed`."""
        message = load.message
        if message.person is not None:
            self._audience.person(load)
        if not message.address:
            raise Failed("No telephone is set up for this person.", Concern.RECIPIENT)
        found = self._endpoints.get(UUID(message.address))
        # An endpoint of another partner is none, whoever names it.
        if found is None or found.partner != message.partner or found.channel is not message.channel:
            raise Failed("This endpoint is not there.", Concern.RECIPIENT)
        if found.client is not None and any(each.client != found.client for each in load.every):
            raise Failed(f"“{found.name}” is told of {found.client_name} alone.", Concern.RECIPIENT, address=found.shown)
        if not found.is_on:
            raise Failed(f"“{found.name}” is switched off.", Concern.RECIPIENT, address=found.shown)
        try:
            self._send(found, load)
        except SealBroken as error:
            said = f"The address of “{found.name}” cannot be opened: its key is not at hand."
            raise Failed(said, Concern.WAY, address=found.shown) from error
        except NoAddress as refused:
            self._close(found, f"{refused.said} {refused.advice}".strip())
            raise Failed(f"{refused.said} It was switched off.", Concern.RECIPIENT, address=found.shown) from refused
        except NotTaken as refused:
            raise Failed(refused.said, Concern.RECIPIENT, address=found.shown, answered=True) from refused
        except Later as later:
            raise Failed(later.said, Concern.WAY, address=found.shown, asked=later.asked) from later
        except Trouble as trouble:
            raise Failed(trouble.said, Concern.WAY, address=found.shown) from trouble
        return f"{found.name}, {found.shown}"

    def give_up(self, route: str, *, since: datetime, now: datetime) -> None:
        """Switch an endpoint off that has taken nothing for as long as anything is tried."""
        public_id = UUID(route.partition(":")[2])
        close_endpoint(public_id, because=f"It has taken nothing since {since:%d %B %Y, %H:%M} UTC.", now=now)

    def end(self) -> None:
        """Nothing is open: connections are the sender's own."""

    def _send(self, endpoint: Endpoint, load: Load) -> None:
        address = endpoint.address.open()
        if endpoint.channel is Channel.SMS:
            short = self._say_short(load, self._refs)
            return send_short(self._sender, address, subject=short.subject, text=short.text)
        written = self._say(load)
        if endpoint.channel is Channel.SLACK:
            return self._post(endpoint, Ask("POST", address, _JSON, slack_body(written.subject, written.text)))
        if endpoint.channel is Channel.TEAMS:
            return self._post(endpoint, Ask("POST", address, _JSON, teams_body(written.subject, written.text)))
        now, body = self._clock(), webhook_body(load)
        secrets = [read_secret(each.open()) for each in endpoint.secrets(now)]
        signed = sign(secrets, message=f"msg_{load.message.public_id.hex}", sent_at=now, body=body)
        return self._post(endpoint, Ask("POST", address, _JSON | signed, body))

    def _post(self, endpoint: Endpoint, ask: Ask) -> None:
        answer = self._sender.send(ask)
        if 200 <= answer.status < 300:
            return
        if answer.status == GONE:
            self._close(endpoint, "It answered that it is gone for good (410).")
            raise Failed("It is gone for good (410) and was switched off.", Concern.RECIPIENT, address=endpoint.shown)
        about = Concern.MESSAGE if answer.status in _OF_THE_MESSAGE else Concern.WAY
        asked = timedelta(seconds=retry_after(answer)) if answer.status in _LATER else timedelta()
        raise Failed(_refused(endpoint, answer), about, address=endpoint.shown, asked=asked)

    def _close(self, endpoint: Endpoint, because: str) -> None:
        """Switch an endpoint off, by which nothing will arrive until somebody changes it, and ask it no more in this turn."""
        close_endpoint(endpoint.public_id, because=because, now=self._clock())
        self._endpoints[endpoint.public_id] = replace(endpoint, is_on=False)


def webhook_body(load: Load) -> bytes:
    """Return what a system is told as JSON: the message, and all that is folded into it (docs/delivery.md)."""
    told: dict[str, Any] = _told(load.message)
    if load.parts:
        told["messages"] = [_told(each) for each in load.every]
    return json.dumps({"type": load.message.kind, "data": told}, ensure_ascii=False, separators=(",", ":")).encode()


def _told(message: queries.Message) -> dict[str, Any]:
    return dict(message.details) | {
        "id": str(message.public_id),
        "kind": message.kind,
        "ticket": None if message.ticket is None else str(message.ticket),
        "client": message.client_name or None,
        "subject": message.subject,
        "text": message.text,
        "written_at": f"{message.written_at:%Y-%m-%dT%H:%M:%SZ}",
        "written_at_seconds": second_of(message.written_at),
    }


def _refused(endpoint: Endpoint, answer: Answer) -> str:
    return f"“{endpoint.name}” does not take it: it answered {answer.status}."
