"""Failures as machines read them: problem details by RFC 9457, each with a stable type, and nothing of our insides."""

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

from django.http import HttpRequest, HttpResponse

MEDIA_TYPE: Final = "application/problem+json"
_TYPES: Final = {
    400: ("unreadable", "What was sent cannot be read."),
    401: ("unauthorized", "This needs a valid API key, as in `Authorization: Bearer gs_…`."),
    403: ("forbidden", "This key, or the person it belongs to, may not do that."),
    404: ("not-found", "There is nothing here, or nothing for this key."),
    405: ("method-not-allowed", "This address does not take that method; `Allow` says which it takes."),
    409: ("conflict", "What was asked contradicts what is there."),
    413: ("too-large", "The body is larger than 1 MiB."),
    415: ("unsupported-media-type", "Send JSON, with `Content-Type: application/json`."),
    422: ("invalid", "What was sent does not fit; `errors` says what and where."),
    429: ("too-many-requests", "More was asked than may be asked at once; try again after `Retry-After` seconds."),
    500: ("broken", "Something broke on our side. What had been saved is kept; the same call may be tried again."),
}
STATUSES: Final = tuple(_TYPES)


def problem(
    status: int,
    detail: str = "",
    *,
    errors: Sequence[Mapping[str, str]] = (),
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    """Return a failure; `errors` tell of single fields, as `field` and `says`."""
    code, usual = _TYPES.get(status, ("failed", "This could not be done."))
    told: dict[str, Any] = {
        "type": f"urn:goodstanding:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail or usual,
    }
    if errors:
        told["errors"] = [dict(each) for each in errors]
    answer = HttpResponse(json.dumps(told), status=status, content_type=MEDIA_TYPE)
    answer["Cache-Control"] = "no-store"
    if status == 401:
        answer["WWW-Authenticate"] = 'Bearer realm="goodstanding"'
    for name, value in (headers or {}).items():
        answer[name] = value
    return answer


def nothing_here(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Answer for every address under /api that is none."""
    return problem(404)
