"""The API itself: its resources, its document (OpenAPI 3.1), and what each failure is answered with."""

from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError
from ninja.errors import ValidationError as Invalid
from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from goodstanding import __version__
from goodstanding.apps.doors.actions import OtherCall
from goodstanding.apps.unit import Conflict, Forbidden, NotFound
from goodstanding.core.clocks.clock import OutOfReach
from goodstanding.delivery.api.problems import MEDIA_TYPE, STATUSES, problem
from goodstanding.delivery.api.v1 import clients, figures, hooks, me, terms, tickets
from goodstanding.delivery.api.v1.door import NoSuchKey, NoSuchParameter
from goodstanding.delivery.api.v1.hooks import HookBody, NoClient
from goodstanding.delivery.api.v1.paging import NoSuchPlace
from goodstanding.flows.admit import TooMany
from goodstanding.flows.tell_ticket import NotYet

DESCRIPTION: Final = """\
Tickets, clocks and compliance of a partner, for machines. Every call carries an API key (`Authorization: Bearer gs_…`) and
does what the person it belongs to may do, cut to the key's scopes.

Times come in with a zone and go out in UTC, in whole seconds. Durations are whole seconds. Compliance is exact: part and
whole, and a percentage rounded down. Lists go on at `next`. Failures are problem details (RFC 9457). The guide is docs/api.md.
"""
_ALWAYS: Final = (400, 401, 403, 404, 422, 429)
_WITH_BODY: Final = (*_ALWAYS, 409, 413, 415)


class FieldProblem(BaseModel):
    """What is wrong with one field."""

    field: str
    says: str


class Problem(BaseModel):
    """Why something could not be done (RFC 9457)."""

    type: str = Field(pattern="^urn:goodstanding:problem:[a-z-]+$")
    title: str
    status: int
    detail: str
    errors: list[FieldProblem] = []


class Api(NinjaAPI):
    """NinjaAPI with a document that tells of failures too."""

    document: dict[str, Any] | None = None

    def get_openapi_schema(self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None) -> Any:
        """Return the OpenAPI document; made once."""
        if self.document is None:
            self.document = _finished(super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params))
        return self.document


def _finished(document: Any) -> Any:
    schemas = document["components"]["schemas"]
    for name, model in (("Problem", Problem), ("HookBody", HookBody)):
        found = _schema_of(model)
        schemas |= found.pop("$defs", {})
        schemas[name] = found
    for path in document["paths"].values():
        for method, operation in path.items():
            for parameter in operation["parameters"]:
                parameter["schema"] = _asked_for(parameter["schema"])
            for status in _WITH_BODY if method == "post" else _ALWAYS:
                content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
                operation["responses"].setdefault(status, {"description": _TITLES[status], "content": content})
            if operation["operationId"] == "take_webhook":
                body = {"application/json": {"schema": {"$ref": "#/components/schemas/HookBody"}}}
                operation["requestBody"] = {"required": True, "content": body}
    return document


def _asked_for(schema: dict[str, Any]) -> dict[str, Any]:
    """Left out of an address, a parameter is left out: there is no null in it."""
    kinds = [each for each in schema.get("anyOf", ()) if each != {"type": "null"}]
    return schema if len(kinds) != 1 else {**{name: each for name, each in schema.items() if name != "anyOf"}, **kinds[0]}


def _schema_of(model: Any) -> dict[str, Any]:
    return TypeAdapter(model).json_schema(ref_template="#/components/schemas/{model}")


_TITLES: Final = {status: problem(status).reason_phrase for status in STATUSES}

api = Api(
    title="Goodstanding",
    version=__version__,
    description=DESCRIPTION,
    urls_namespace="api-v1",
    docs_url=None,
    openapi_url="/openapi.json",
)
for prefix, router in (
    ("", me.router),
    ("/clients", clients.router),
    ("/tickets", tickets.router),
    ("", figures.router),
    ("", terms.router),
    ("", hooks.router),
):
    api.add_router(prefix, router)


@api.exception_handler(Invalid)
def invalid(request: HttpRequest, error: Invalid) -> HttpResponse:
    """Say of each field what is wrong with it; what was sent is not repeated."""
    return problem(422, errors=[_field(each["loc"][2 if each["loc"][0] == "body" else 1 :], each) for each in error.errors])


@api.exception_handler(ValidationError)
def invalid_message(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Say the same of a webhook's body."""
    return problem(422, errors=[_field(each["loc"], each) for each in error.errors(include_input=False, include_url=False)])


@api.exception_handler(AuthenticationError)
def stranger(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    """Ask for a key."""
    return problem(401)


@api.exception_handler(HttpError)
def refused(request: HttpRequest, error: HttpError) -> HttpResponse:
    """Say what the frame refused."""
    return problem(error.status_code)


@api.exception_handler(TooMany)
def too_many(request: HttpRequest, error: TooMany) -> HttpResponse:
    """Say when to come again, never too early."""
    return problem(429, headers={"Retry-After": str(-(-error.wait.total_seconds() // 1)).partition(".")[0]})


@api.exception_handler(NotFound)
def missing(request: HttpRequest, error: NotFound) -> HttpResponse:
    """A foreign object answers as a missing one does (architecture.md, habit 11)."""
    return problem(404)


@api.exception_handler(Http404)
def missing_too(request: HttpRequest, error: Http404) -> HttpResponse:
    """The frame's own way to say so."""
    return problem(404)


@api.exception_handler(Forbidden)
def forbidden(request: HttpRequest, error: Forbidden) -> HttpResponse:
    """Name the right that the key does not have."""
    return problem(403, f"This key, or the person it belongs to, does not have the right `{error}`.")


@api.exception_handler(PermissionDenied)
def forbidden_too(request: HttpRequest, error: PermissionDenied) -> HttpResponse:
    """Django's own way to say so."""
    return problem(403)


@api.exception_handler(OtherCall)
def other_call(request: HttpRequest, error: OtherCall) -> HttpResponse:
    """One idempotency key is for one call."""
    return problem(422, _sentence(error))


@api.exception_handler(Conflict)
def conflict(request: HttpRequest, error: Conflict) -> HttpResponse:
    """Say what stands against it."""
    return problem(409, _sentence(error))


for kind in (NoSuchPlace, NoSuchKey, NoSuchParameter, NotYet, NoClient, OutOfReach):

    @api.exception_handler(kind)
    def unfitting(request: HttpRequest, error: Exception) -> HttpResponse:
        """Say what does not fit, in the words of whoever found it."""
        return problem(422, _sentence(error))


def _field(place: Any, error: Any) -> dict[str, str]:
    return {"field": ".".join(map(str, place)), "says": error["msg"].removeprefix("Value error, ")}


def _sentence(error: Exception) -> str:
    said = str(error)
    return f"{said[:1].upper()}{said[1:]}."
