"""Who is let in: an API key, what it may do, and what it has left of what it may ask."""

import hashlib
import re
from collections.abc import Callable
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja.security import HttpBearer

from goodstanding.apps.doors.queries import Answer, Caller
from goodstanding.apps.tenancy.roles import May
from goodstanding.delivery.api.v1.fields import In, Out
from goodstanding.flows.admit import admit
from goodstanding.flows.answer_once import answer_once

_NAME: Final = r"^[\x21-\x7e]{1,200}$"
REPEATABLE: Final[dict[str, Any]] = {
    "parameters": [
        {
            "in": "header",
            "name": "Idempotency-Key",
            "required": False,
            "description": "A name of your own for this call: sent again within 24 hours, it is done once and answered alike.",
            "schema": {"type": "string", "pattern": _NAME},
        }
    ]
}
"""What the document says of a call that may be repeated without harm."""


class NoSuchKey(ValueError):
    """An idempotency key that cannot be one."""


class NoSuchParameter(ValueError):
    """A parameter that this address does not know."""


class Bearer(HttpBearer):
    """`Authorization: Bearer gs_…`"""

    def __init__(self, may: May, asked: type[In] | None) -> None:
        super().__init__()
        self.may = may
        fields = asked.model_fields if asked else {}
        self.parameters = frozenset(field.alias or name for name, field in fields.items())

    def authenticate(self, request: HttpRequest, token: str) -> Caller | None:
        """Let a key in that may do this; cookies count for nothing here."""
        found = admit(token, per_key=settings.API_KEY_PER_MINUTE, per_partner=settings.API_PARTNER_PER_MINUTE, now=request.now)
        if found is not None:
            found.scope.demand(self.may)
            request.scope = found.scope
            refuse_unknown(request, self.parameters)
        return found


def needs(may: May, asked: type[In] | None = None) -> Bearer:
    """Let in only keys that may do this, asking with no other parameters than these."""
    return Bearer(may, asked)


def refuse_unknown(request: HttpRequest, parameters: frozenset[str] = frozenset()) -> None:
    """Refuse a parameter that is none: a misspelt filter would answer with everything. Raises `NoSuchParameter`."""
    unknown = sorted(set(request.GET) - parameters)
    if unknown:
        raise NoSuchParameter(f"there is no parameter {unknown[0][:40]!r} here")


def sees_inner(request: HttpRequest) -> bool:
    """Whether the key reads what is for staff only."""
    return request.scope.is_staff and May.SEE_BOARD in request.scope.may


def once(request: HttpRequest, work: Callable[[], tuple[int, Out]]) -> HttpResponse:
    """Answer a call that changes something; with an idempotency key once, however often it comes."""

    def answer() -> Answer:
        status, out = work()
        return Answer(status, out.model_dump_json())

    name = request.headers.get("Idempotency-Key")
    if name is None:
        return _as_json(answer())
    if not re.fullmatch(_NAME, name):
        raise NoSuchKey("an Idempotency-Key is up to 200 visible ASCII characters, without spaces")
    caller: Caller = request.auth
    return _as_json(
        answer_once(
            caller.scope,
            key=caller.key.pk,
            route=f"{request.method} {request.path_info}",
            name=name,
            digest=hashlib.sha256(request.body).hexdigest(),
            now=request.now,
            work=answer,
        )
    )


def _as_json(answer: Answer) -> HttpResponse:
    response = HttpResponse(answer.body, status=answer.status, content_type="application/json")
    response["Cache-Control"] = "no-store"
    if answer.again:
        response["Idempotency-Replayed"] = "true"
    return response


def headers_of(request: HttpRequest) -> dict[str, Any]:
    """Return the headers of a request by lower-case name."""
    return {name.lower(): value for name, value in request.headers.items()}
