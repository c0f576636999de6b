"""Tiers and calendars, their newest versions."""

from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router

from goodstanding.apps.desk import queries
from goodstanding.apps.tenancy.roles import May
from goodstanding.delivery.api.v1.clients import PartAsked
from goodstanding.delivery.api.v1.door import needs
from goodstanding.delivery.api.v1.fields import At, Out
from goodstanding.delivery.api.v1.paging import Page, by_name

router = Router(tags=["clients and terms"])


class TierOut(Out):
    """The newest version of a tier, and how it was written."""

    id: UUID
    key: str
    name: str
    family: str
    version: UUID
    number: int
    effective_from: At
    published_at: At
    measures_tickets: bool
    yaml: str


class CalendarOut(Out):
    """The newest version of a calendar, and how it was written."""

    id: UUID
    name: str
    version: UUID
    number: int
    zone: str
    holidays_until: int
    published_at: At
    yaml: str


@router.get(
    "/tiers", response=Page[TierOut], auth=needs(May.SEE_TERMS, PartAsked), operation_id="list_tiers", summary="List tiers"
)
def list_tiers(request: HttpRequest, asked: Query[PartAsked]) -> Page[TierOut]:
    """What clients can be promised, by name."""
    shown, end = by_name(queries.tiers(request.scope), after=asked.after, limit=asked.limit)
    items = [
        TierOut(
            id=each.tier, key=each.key, name=each.name, family=each.family, version=each.public_id, number=each.number,
            effective_from=each.effective_from, published_at=each.published_at, measures_tickets=each.measures_tickets,
            yaml=each.text,
        )
        for each in shown
    ]  # fmt: skip
    return Page[TierOut](items=items, next=end)


@router.get(
    "/calendars",
    response=Page[CalendarOut],
    auth=needs(May.SEE_TERMS, PartAsked),
    operation_id="list_calendars",
    summary="List calendars",
)
def list_calendars(request: HttpRequest, asked: Query[PartAsked]) -> Page[CalendarOut]:
    """The service hours that promises are kept in, by name."""
    shown, end = by_name(queries.calendars(request.scope), after=asked.after, limit=asked.limit)
    items = [
        CalendarOut(
            id=each.calendar, name=each.name, version=each.public_id, number=each.number, zone=each.zone,
            holidays_until=each.holidays_until, published_at=each.published_at, yaml=each.text,
        )
        for each in shown
    ]  # fmt: skip
    return Page[CalendarOut](items=items, next=end)
