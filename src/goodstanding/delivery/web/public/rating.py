"""The page behind a link in a mail: give a score, say more, change it, or be asked no more.

Programs that check mail follow its links, so that opening a page keeps nothing: only its one button does. The link itself
is the permission, and no cookie is; so there is nothing that a page of somebody else's could make a browser do.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template import engines
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from goodstanding.apps.feedback.actions import LONGEST_COMMENT
from goodstanding.apps.feedback.queries import SCORES, Kind
from goodstanding.apps.unit import Conflict, NotFound
from goodstanding.core.desk.ballot import Expired, Forged
from goodstanding.delivery import words, words_of_feedback
from goodstanding.delivery.outgoing import ballot_key
from goodstanding.flows import take_rating
from goodstanding.flows.admit import TooMany
from goodstanding.flows.take_rating import Asked

View = Callable[[HttpRequest, str], HttpResponse]


def _followed(view: View) -> View:
    """Answer links that are forged, over or gone alike: who tries them learns nothing."""

    @csrf_exempt
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def answer(request: HttpRequest, token: str) -> HttpResponse:
        try:
            found = view(request, token)
        except (Forged, Expired, NotFound):
            found = _page("public/gone.html", {}, status=404)
        except TooMany as error:
            found = _page("public/wait.html", {}, status=429)
            found["Retry-After"] = str(max(1, round(error.wait.total_seconds())))
        found["Cache-Control"] = "no-store"
        found["X-Robots-Tag"] = "noindex"
        # The address is the permission: no other site is told it.
        found["Referrer-Policy"] = "no-referrer"
        return found

    return answer


@_followed
def rate(request: HttpRequest, token: str) -> HttpResponse:
    """Show the question with the score of the link chosen; keep the answer when its button is pressed."""
    typed = request.POST if request.method == "POST" else request.GET
    wrong, comment = "", typed.get("comment", "").strip()
    if request.method == "POST":
        if len(comment) > LONGEST_COMMENT:
            wrong = f"The comment has {len(comment):,} letters: at most {LONGEST_COMMENT:,} are kept."
        else:
            try:
                score = _score(typed.get("score", ""))
                take_rating.rate(token, score=-1 if score is None else score, comment=comment, **_asking(request))
                return redirect(f"{reverse('rate', args=[token])}?thanks=1")
            except Conflict:
                wrong = "Choose one of the scores first."
    found = take_rating.asked(token, **_asking(request))
    return _question(request, found, token, chosen=_score(typed.get("score", "")), comment=comment, wrong=wrong)


@_followed
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Ask the contact nothing more, when the button is pressed or the mail program does so (RFC 8058)."""
    if request.method == "POST":
        found = take_rating.stop_asking(token, **_asking(request))
        return _page("public/stopped.html", {"firm": found.partner})
    found = take_rating.asked(token, **_asking(request))
    return _page("public/stop.html", {"firm": found.partner, "address": found.question.address})


def _question(request: HttpRequest, found: Asked, token: str, *, chosen: int | None, comment: str, wrong: str) -> HttpResponse:
    question = found.question
    given = question.score
    names = words_of_feedback.SCORE if question.kind is Kind.CSAT else {}
    context = {
        "firm": found.partner,
        "title": words_of_feedback.title_of(question) if question.kind is Kind.CSAT else "",
        "asks": words_of_feedback.asks(question, found.partner),
        "scores": [(score, names.get(score, "")) for score in SCORES[question.kind]],
        "is_nps": question.kind is Kind.NPS,
        "chosen": given if chosen is None else chosen,
        "given": given,
        "comment": comment or question.comment,
        "thanks": request.method != "POST" and "thanks" in request.GET and given is not None,
        "wrong": wrong,
        "until": words.day(found.until),
        "longest": LONGEST_COMMENT,
        "stop": reverse("stop_asking", args=[token]),
    }
    return _page("public/rate.html", context)


def _asking(request: HttpRequest) -> dict[str, Any]:
    return {"key": ballot_key(), "caller": request.META.get("REMOTE_ADDR", ""), "now": request.now}


def _score(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 2 else None


def _page(template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """Return a page without the frame: nothing of the product, of other clients or of who may be signed in is on it."""
    body = engines["jinja2"].env.get_template(template).render(**context)
    return HttpResponse(body, status=status)
