"""Who calls: the key, what it is good for, and where."""

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from ninja import Router

from goodstanding.apps.doors.queries import Caller
from goodstanding.apps.tenancy import queries as tenancy
from goodstanding.apps.tenancy.roles import May
from goodstanding.delivery.api.v1.door import needs
from goodstanding.delivery.api.v1.fields import At, Out

router = Router(tags=["key"])


class KeyOut(Out):
    """An API key; `scopes` is what it can do now, which is no more than its person may do now."""

    id: UUID
    name: str
    prefix: str
    scopes: list[May]
    expires_at: At
    calls_a_minute: int


class PartnerOut(Out):
    """The partner that the key works at."""

    id: UUID
    key: str
    name: str
    zone: str


class Me(Out):
    """Who calls."""

    key: KeyOut
    person: str
    partner: PartnerOut


@router.get("/me", response=Me, auth=needs(May.SEE_TICKETS), operation_id="get_me", summary="Who calls")
def me(request: HttpRequest) -> Me:
    """The key that this was asked with."""
    caller: Caller = request.auth
    key, partner = caller.key, tenancy.partner(caller.scope, caller.key.partner)
    return Me(
        key=KeyOut(
            id=key.public_id,
            name=key.name,
            prefix=key.prefix,
            scopes=sorted(caller.scope.may),
            expires_at=key.expires_at,
            calls_a_minute=settings.API_KEY_PER_MINUTE,
        ),
        person=key.person_name,
        partner=PartnerOut(id=partner.public_id, key=partner.key, name=partner.name, zone=partner.zone),
    )
