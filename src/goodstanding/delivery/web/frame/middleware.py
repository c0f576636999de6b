"""Who asks: every request gets its caller and its scope here, and every failure of access its answer."""

from collections.abc import Callable
from datetime import UTC, datetime

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from goodstanding.apps.tenancy import queries
from goodstanding.apps.tenancy.roles import May
from goodstanding.apps.tenancy.scope import Scope
from goodstanding.apps.unit import Forbidden, NotFound
from goodstanding.delivery.web.frame.failures import too_large

PLACE = "place"
"""The key under which the session keeps the partner that somebody with several has chosen."""


class ProxyMiddleware:
    """Puts the caller's own address in the place of the operator's proxy, else all callers would share one allowance.

    Each proxy adds whom it was asked by at the end of the header; what stands before that, anybody can have written.
    """

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        passed_on = [each.strip() for each in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
        if settings.PROXIES and len(passed_on) >= settings.PROXIES and passed_on[-settings.PROXIES]:
            request.META["REMOTE_ADDR"] = passed_on[-settings.PROXIES]
        return self.answer(request)


class ScopeMiddleware:
    """Puts `request.scope` and `request.now` on every request.

    The scope is read afresh each time, so that a role taken away is gone with the next request.
    """

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.now = datetime.now(UTC)
        request.scope = Scope.nothing()
        known = request.user.is_authenticated
        if known:
            request.scope = queries.scope_of_person(request.user.pk, at=request.session.get(PLACE))
        answer = too_large(request) if _is_flood(request) else self.answer(request)
        if known:
            # Content networks keep what ends in .csv for everybody, whatever cookies it varies by, unless they are told.
            answer.headers.setdefault("Cache-Control", "private, no-cache")
        return answer

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """A foreign object answers as a missing one does (architecture.md, habit 11)."""
        if isinstance(exception, NotFound):
            raise Http404(str(exception)) from exception
        if isinstance(exception, Forbidden):
            raise PermissionDenied(str(exception)) from exception


def _is_flood(request: HttpRequest) -> bool:
    """Whether more comes than a form holds from somebody who has no file to give here.

    Looked at before anything reads what was sent: Django limits fields by itself but writes files to the disk, however large
    and whoever sends them.
    """
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length.isdecimal() and int(length) <= settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        return False
    return not (request.path_info == reverse("import") and May.IMPORT in request.scope.may)
