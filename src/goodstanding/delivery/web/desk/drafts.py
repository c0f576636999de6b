"""The approvals inbox: messages to clients that wait for somebody to send, edit or drop them (requirements ESC-4)."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from goodstanding.apps.escalation import actions, queries
from goodstanding.apps.escalation.values import DraftState, Obstacle
from goodstanding.apps.tenancy.roles import May
from goodstanding.apps.unit import Conflict
from goodstanding.delivery import words, words_of_outbox
from goodstanding.delivery.outgoing import missing
from goodstanding.delivery.web.frame.guard import needs
from goodstanding.delivery.web.frame.render import page
from goodstanding.flows.decide_draft import drop_draft, letters_of, send_draft

DECIDED_SHOWN = 30


@needs(May.APPROVE)
def drafts(request: HttpRequest) -> HttpResponse:
    """What waits, the oldest first, what came too late for its ticket, and what was decided last."""
    waiting = queries.drafts(request.scope, state=DraftState.WAITING)
    late = [each for each in waiting if each.obstacle(request.now) in (Obstacle.OVER, Obstacle.MOVED)]
    asked = [each for each in waiting if each not in late]
    sent = queries.drafts(request.scope, state=DraftState.SENT)
    dropped = queries.drafts(request.scope, state=DraftState.DROPPED)
    decided = sorted((*sent, *dropped), key=lambda each: each.decided_at or each.written_at, reverse=True)
    context = {
        "title": f"{words.count(len(asked), 'message')} to approve" if asked else "Nothing to approve",
        "asked": asked,
        "late": late,
        "decided": decided[:DECIDED_SHOWN],
        "missing": missing(),
    }
    return page(request, "desk/drafts.html", context, here="drafts")


@needs(May.APPROVE)
@require_POST
def drop_late(request: HttpRequest) -> HttpResponse:
    """Drop every message that came too late for its ticket."""
    count = 0
    for each in queries.drafts(request.scope, state=DraftState.WAITING):
        if each.obstacle(request.now) in (Obstacle.OVER, Obstacle.MOVED):
            try:
                drop_draft(request.scope, each.public_id, now=request.now)
            except Conflict:
                # Somebody else decided about it just now.
                continue
            count += 1
    messages.success(request, f"{words.count(count, 'message')} dropped; nobody was written to. Each can be put back below.")
    return redirect("drafts")


@needs(May.APPROVE)
def draft(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One message, to be read, edited, and sent or dropped; what was dropped can be put back."""
    found = queries.draft(request.scope, public_id)
    subject, text, wrong = found.subject, found.text, ""
    if request.method == "POST":
        subject, text = request.POST.get("subject", subject), request.POST.get("text", text)
        try:
            if "back" in request.POST:
                actions.restore_draft(request.scope, public_id)
                messages.success(request, f"The message about {found.ref} waits again.")
                return redirect("draft", public_id)
            if "drop" in request.POST:
                drop_draft(request.scope, public_id, now=request.now)
                messages.success(
                    request, f"The message about {found.ref} is dropped; nobody was written to. It can be put back."
                )
            else:
                send_draft(request.scope, public_id, subject=subject, text=text, now=request.now)
                messages.success(request, f"The message about {found.ref} goes to {', '.join(found.to_names)}.{_waits()}")
            return redirect("drafts")
        except Conflict as error:
            wrong = f"Not done: {error}."
            found = queries.draft(request.scope, public_id)
    context = {
        "draft": found,
        "subject": subject,
        "text": text,
        "wrong": wrong,
        "lost": wrong and found.state != DraftState.WAITING and text.split() != found.text.split(),
        "letters": letters_of(request.scope, [found]).get(public_id, ()),
        "says": words_of_outbox,
        "missing": missing(),
    }
    return page(request, "desk/draft.html", context, here="drafts", status=409 if wrong else 200)


def _waits() -> str:
    return " It waits in the outbox: no mail server is set up yet." if missing() else ""
