"""What holds for every address under /api: failures are problems, bodies have a limit, reads have a tag."""

import hashlib
from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified

from goodstanding.delivery.api.problems import MEDIA_TYPE, problem

LARGEST: Final = 1 << 20
"""Bytes of a body."""
_BODIES: Final = frozenset({"POST", "PUT", "PATCH"})
_FORMS: Final = "/api/v1/chat/slack/"
"""Where forms come in: Slack sends its commands as such."""


class ApiMiddleware:
    """Stands before all other middleware, so that their failures too reach machines as problems and not as pages."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith("/api/") and request.path_info != "/api":
            return self.answer(request)
        refused = _refused(request)
        answer = refused or self.answer(request)
        if answer.status_code >= 400 and answer["Content-Type"] != MEDIA_TYPE:
            kept = {name: answer[name] for name in ("Allow", "Retry-After") if name in answer}
            answer = problem(answer.status_code, headers=kept)
        return _tagged(request, answer) if request.method == "GET" and answer.status_code == 200 else answer


def _refused(request: HttpRequest) -> HttpResponse | None:
    """Refuse what need not be looked at: a body that is too large or is no JSON, and characters that no text has."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > LARGEST:
        return problem(413 if length.isdecimal() else 400)
    taken = {"application/json"}
    if request.path_info.startswith(_FORMS):
        taken.add("application/x-www-form-urlencoded")
    if request.method in _BODIES and length != "0" and request.content_type not in taken:
        return problem(415)
    if "\0" in request.path_info or any("\0" in value for _, values in request.GET.lists() for value in values):
        return problem(422, "A parameter holds a character that no text has.")
    return None


def _tagged(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """Give a read its tag; what has not changed since need not travel again."""
    tag = f'"{hashlib.blake2b(answer.content, digest_size=16).hexdigest()}"'
    given = [each.strip().removeprefix("W/") for each in request.headers.get("If-None-Match", "").split(",")]
    tagged = HttpResponseNotModified() if tag in given or given == ["*"] else answer
    tagged["ETag"] = tag
    tagged["Cache-Control"] = "private, no-cache"
    tagged["Vary"] = "Authorization"
    return tagged
