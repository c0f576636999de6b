"""The doors of chats: Slack and Microsoft Teams tell what was said, signed, in their own shapes, and are answered in them."""

from collections.abc import Callable
from typing import Final
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from goodstanding.core.desk.letters import Outcome
from goodstanding.core.desk.posts import Service
from goodstanding.delivery.api.problems import problem
from goodstanding.flows.admit import TooMany
from goodstanding.flows.take_post import BAD_POST, Heard, hear

_SAYS: Final = {
    Outcome.OPENED: "Ticket {ref} opened",
    Outcome.CONTINUED: "Ticket {ref} opened; it follows one that was over",
    Outcome.REOPENED: "Ticket {ref} reopened",
    Outcome.CLIENT_REPLIED: "Added to ticket {ref}",
    Outcome.STAFF_REPLIED: "Added to ticket {ref}",
    Outcome.NOTED: "Noted on ticket {ref}",
}
_HELD: Final = "Thank you. Somebody will first look at who you write for; your message counts from now."
_ELSEWHERE: Final = "This channel is not connected to the service desk."
_NOTHING: Final = "Seen. No ticket was opened."


@csrf_exempt
@require_POST
def slack(request: HttpRequest, workspace: UUID) -> HttpResponse:
    """Take in an event or a slash command; whoever typed a command is answered, events are answered with nothing."""

    def answer(heard: Heard) -> HttpResponse:
        if heard.challenge:
            return HttpResponse(heard.challenge, content_type="text/plain; charset=utf-8")
        if request.content_type == "application/json":
            return HttpResponse(b"", content_type="text/plain")
        return JsonResponse({"response_type": "ephemeral", "text": _says(heard)})

    return _door(request, Service.SLACK, workspace, answer)


@csrf_exempt
@require_POST
def teams(request: HttpRequest, workspace: UUID) -> HttpResponse:
    """Take in a message that mentions the webhook; the answer stands under it in the channel."""
    return _door(request, Service.TEAMS, workspace, lambda heard: JsonResponse({"type": "message", "text": _says(heard)}))


def _door(request: HttpRequest, service: Service, workspace: UUID, answer: Callable[[Heard], HttpResponse]) -> HttpResponse:
    try:
        heard = hear(
            service,
            workspace,
            headers={name.lower(): value for name, value in request.headers.items()},
            body=request.body,
            content_type=request.content_type or "",
            per_workspace=settings.API_KEY_PER_MINUTE,
            per_partner=settings.API_PARTNER_PER_MINUTE,
            now=request.now,
        )
    except TooMany as error:
        return problem(429, headers={"Retry-After": str(int(error.wait.total_seconds()) + 1)})
    except BAD_POST as error:
        return problem(422, str(error))
    if heard is None:
        return problem(401, "There is no such address, or the message is not signed by its secret, or it is too old.")
    told = answer(heard)
    told["Cache-Control"] = "no-store"
    return told


def _says(heard: Heard) -> str:
    if heard.elsewhere:
        return _ELSEWHERE
    if heard.outcome is Outcome.HELD:
        return _HELD
    return _SAYS[heard.outcome].format(ref=heard.ref) if heard.outcome in _SAYS and heard.ref else _NOTHING
