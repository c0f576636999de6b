"""The approvals inbox: messages to clients that wait for somebody to send, edit or drop them (requirements ESC-4)."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from goodstanding.apps.escalation import queries
from goodstanding.apps.escalation.values import DraftState
from goodstanding.apps.tenancy.roles import May
from goodstanding.apps.unit import Conflict
from goodstanding.delivery import words
from goodstanding.delivery.web.frame.guard import needs
from goodstanding.delivery.web.frame.render import page
from goodstanding.flows.decide_draft import drop_draft, send_draft

DECIDED_SHOWN = 30


@needs(May.APPROVE)
def drafts(request: HttpRequest) -> HttpResponse:
    """What waits, the oldest first, and what was decided last."""
    waiting = queries.drafts(request.scope, state=DraftState.WAITING)
    sent = queries.drafts(request.scope, state=DraftState.SENT)
    dropped = queries.drafts(request.scope, state=DraftState.DROPPED)
    decided = sorted((*sent, *dropped), key=lambda each: each.decided_at or each.written_at, reverse=True)
    context = {
        "title": f"{words.count(len(waiting), 'message')} to approve" if waiting else "Nothing to approve",
        "waiting": waiting,
        "decided": decided[:DECIDED_SHOWN],
    }
    return page(request, "desk/drafts.html", context, here="drafts")


@needs(May.APPROVE)
def draft(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One message, to be read, edited, and sent or dropped."""
    found = queries.draft(request.scope, public_id)
    subject, text, wrong = found.subject, found.text, ""
    if request.method == "POST":
        subject, text = request.POST.get("subject", ""), request.POST.get("text", "")
        try:
            if "drop" in request.POST:
                drop_draft(request.scope, public_id, now=request.now)
                messages.success(request, f"The message about {found.ref} is dropped; nobody was written to.")
            else:
                send_draft(request.scope, public_id, subject=subject, text=text, now=request.now)
                messages.success(request, f"The message about {found.ref} goes to {', '.join(found.to_names)}.")
            return redirect("drafts")
        except Conflict as error:
            wrong = f"Not done: {error}."
            found = queries.draft(request.scope, public_id)
    context = {"draft": found, "subject": subject, "text": text, "wrong": wrong}
    return page(request, "desk/draft.html", context, here="drafts", status=409 if wrong else 200)
