"""Clients, and what each is promised."""

from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router

from goodstanding.apps.desk import queries
from goodstanding.apps.tenancy import queries as tenancy
from goodstanding.apps.tenancy.queries import Client
from goodstanding.apps.tenancy.roles import May
from goodstanding.delivery.api.v1.door import needs
from goodstanding.delivery.api.v1.fields import After, In, Limit, Out
from goodstanding.delivery.api.v1.paging import Page, by_name
from goodstanding.delivery.api.v1.shapes import PromiseOut

router = Router(tags=["clients and terms"])


class PartAsked(In):
    """Which part of a list."""

    model_config = In.model_config | {"extra": "ignore"}

    after: After = ""
    limit: Limit = 50


class ClientOut(Out):
    """A client."""

    id: UUID
    key: str
    name: str
    zone: str
    country: str

    @classmethod
    def of(cls, client: Client) -> "ClientOut":
        """Return a client as it goes out."""
        return cls(id=client.public_id, key=client.key, name=client.name, zone=client.zone, country=client.country)


@router.get(
    "", response=Page[ClientOut], auth=needs(May.SEE_TICKETS, PartAsked), operation_id="list_clients", summary="List clients"
)
def list_clients(request: HttpRequest, asked: Query[PartAsked]) -> Page[ClientOut]:
    """The clients in reach of the key, by name."""
    shown, end = by_name(tenancy.clients(request.scope), after=asked.after, limit=asked.limit)
    return Page[ClientOut](items=[ClientOut.of(each) for each in shown], next=end)


@router.get(
    "/{uuid:client_id}/promises", response=list[PromiseOut], auth=needs(May.SEE_TERMS), operation_id="list_promises",
    summary="What a client is promised",
)  # fmt: skip
def list_promises(request: HttpRequest, client_id: UUID) -> list[PromiseOut]:
    """What a client was, is and will be promised, the newest first."""
    client = tenancy.client(request.scope, client_id)
    return [PromiseOut.of(each) for each in queries.assignments(request.scope, client=client.public_id)]
