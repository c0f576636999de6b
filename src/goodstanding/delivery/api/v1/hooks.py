"""Inbound webhooks: what another system tells of its tickets, signed."""

from typing import Annotated, Final
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import Field, TypeAdapter

from goodstanding.apps.doors.queries import Endpoint
from goodstanding.delivery.api.problems import problem
from goodstanding.delivery.api.v1.door import headers_of, refuse_unknown
from goodstanding.delivery.api.v1.events import Name
from goodstanding.delivery.api.v1.fields import Instant, Out
from goodstanding.delivery.api.v1.tickets import OpenTicket, opening_of
from goodstanding.flows.open_ticket import Opening
from goodstanding.flows.take_webhook import take_webhook

router = Router(tags=["webhooks"])


class HookTicket(OpenTicket):
    """A ticket with what happened to it so far. Each message says when it was opened, so that their order changes nothing."""

    client: UUID | None = Field(None, description="Needed where the endpoint is not one client's.")
    ref: Name
    opened_at: Instant


HookBody = HookTicket | Annotated[list[HookTicket], Field(min_length=1, max_length=100)]
_BODY: Final = TypeAdapter[HookBody](HookBody)
_HEADERS: Final = [
    {
        "in": "header", "name": name, "required": True, "description": text,
        "schema": {"type": "string", "minLength": 1, "maxLength": 2_000, "pattern": r"^[\x21-\x7e]+( [\x21-\x7e]+)*$"},
    }
    for name, text in (
        ("webhook-id", "The message's own id: the same one twice has one effect."),
        ("webhook-timestamp", "When it was sent, in epoch seconds; refused when that is more than 300 s away."),
        ("webhook-signature", "`v1,` and HMAC-SHA256 over `id.timestamp.body` in Base64, by the endpoint's secret."),
    )
]  # fmt: skip


class ReceivedTicket(Out):
    """A ticket that a message told of."""

    id: UUID
    ref: str
    new: bool


class ReceivedOut(Out):
    """What came of a message; `again` says that it had come before, and nothing was done."""

    message: str
    again: bool
    tickets: list[ReceivedTicket]


class NoClient(ValueError):
    """A ticket of no client, at an endpoint that is not one client's."""


@router.post(
    "/hooks/{uuid:endpoint_id}", response=ReceivedOut, operation_id="take_webhook", url_name="take_webhook",
    summary="Take a webhook in",
    openapi_extra={"parameters": _HEADERS, "security": []},
)  # fmt: skip
def hook(request: HttpRequest, endpoint_id: UUID) -> ReceivedOut | HttpResponse:
    """Tell of one ticket or several with their events. Whatever is wrong with the signature is answered alike, with 401."""

    def read(endpoint: Endpoint) -> list[Opening]:
        told = _BODY.validate_json(request.body)
        return [_opening(each, endpoint) for each in (told if isinstance(told, list) else [told])]

    refuse_unknown(request)
    found = take_webhook(
        endpoint_id,
        headers=headers_of(request),
        body=request.body,
        read=read,
        per_endpoint=settings.API_KEY_PER_MINUTE,
        per_partner=settings.API_PARTNER_PER_MINUTE,
        now=request.now,
    )
    if found is None:
        return problem(401, "There is no such endpoint, or the message is not signed by its secret, or it is too old.")
    tickets = [ReceivedTicket(id=each.ticket, ref=each.ref, new=each.new) for each in found.tickets]
    return ReceivedOut(message=found.message, again=found.again, tickets=tickets)


def _opening(ticket: HookTicket, endpoint: Endpoint) -> Opening:
    client = ticket.client or endpoint.client_id
    if client is None:
        raise NoClient("name the client: this endpoint is the partner's as a whole")
    # References are the sender's own: two systems may both have a ticket 17.
    source = f"hook.{endpoint.pk}" + (f".{ticket.source}" if ticket.source else "")
    return opening_of(ticket, client=client, source=source)
