"""The ticket page: its story, its clocks as pictures and in words, and what another tier would have made of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from goodstanding.apps.desk import queries
from goodstanding.apps.feedback import queries as feedback
from goodstanding.apps.instances import queries as instances
from goodstanding.apps.tenancy.roles import May
from goodstanding.apps.tenancy.scope import Scope
from goodstanding.apps.tickets import queries as tickets
from goodstanding.apps.tickets.queries import Happening
from goodstanding.apps.unit import Conflict, NotFound
from goodstanding.core.clocks.clock import clock_of, second_of
from goodstanding.core.clocks.presets import ALWAYS
from goodstanding.core.desk.board import objective_passed, pressing, row_state
from goodstanding.core.desk.case import Case
from goodstanding.core.desk.explain import Day, days
from goodstanding.core.desk.policy import WALL, ClockKind
from goodstanding.core.desk.verdict import Reckoning, Verdict
from goodstanding.core.figures.figures import REOPEN_DAYS
from goodstanding.core.figures.outcome import outcome_of
from goodstanding.delivery import words
from goodstanding.delivery.web.desk.commitments import beside
from goodstanding.delivery.web.desk.offered import Typed, offered
from goodstanding.delivery.web.desk.story import by_day
from goodstanding.delivery.web.desk.strip import Strip, strip
from goodstanding.delivery.web.desk.trail import trail_of
from goodstanding.delivery.web.frame.guard import needs
from goodstanding.delivery.web.frame.render import page
from goodstanding.delivery.words_of_files import size
from goodstanding.flows.explain_ticket import explain_ticket
from goodstanding.flows.ticket_files import open_file, ticket_files
from goodstanding.flows.waive_ticket import waive_ticket


@dataclass(frozen=True, slots=True)
class ClockView:
    """A clock as the page shows it."""

    verdict: Verdict
    name: str
    says: str
    state: str
    strip: Strip | None
    days: tuple[Day, ...]
    zone: str

    @property
    def promises(self) -> bool:
        """Whether it has a target, or had one that was broken."""
        return self.verdict.target is not None or self.verdict.breach is not None


@needs(May.SEE_TICKETS)
def ticket(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The page of one ticket."""
    return ticket_page(request, public_id)


def ticket_page(request: HttpRequest, public_id: UUID, *, typed: Typed | None = None) -> HttpResponse:
    """Return the page of one ticket; `typed` is what could not be recorded, with the reason, to be put right."""
    told = explain_ticket(request.scope, public_id, inner=request.scope.is_staff, now=request.now)
    standing, case, found = told.standing, told.case, told.found
    if told.trouble:
        context = {"title": f"{standing.ref} could not be judged", "text": f"Its clocks cannot be read: {told.trouble}."}
        return page(request, "frame/saying.html", context, here="tickets")
    if found is None:
        raise NotFound("this ticket has not begun yet")
    owned = Scope.everything("its standing is in scope")
    now, first = request.now, pressing(found)
    due_at = first.verdict.deadline_at if first.verdict else None
    # What can still be kept comes first.
    clocks = sorted((_view(case, verdict) for verdict in found.verdicts), key=lambda each: not each.verdict.is_open)
    bound = next((each for each in queries.assignments(owned) if str(each.pk) == found.assignment), None)
    happened = tickets.story(owned, standing.pk, inner=request.scope.is_staff)
    own = instances.commitments_of_ref(request.scope, standing.source, standing.ref)
    state = row_state(now=now, due_at=due_at, at_risk_at=first.at_risk_at, paused=first.paused)
    context = {
        "ticket": standing,
        "found": found,
        "pressing": first,
        "state": state,
        "objective_passed": objective_passed(now=now, objective_at=standing.objective_at, state=state),
        "clocks": [each for each in clocks if each.promises],
        "without": [each for each in clocks if not each.promises],
        "shown": frozenset(kind for each in clocks if each.strip for kind in each.strip.kinds),
        "files": ticket_files(standing.pk, happened),
        "size": size,
        "story": by_day(happened, found.verdicts, standing.zone, now),
        "quiet": _quiet(happened, now) if found.is_open and request.scope.is_staff else None,
        "replaced": {event.supersedes for event in case.events if event.supersedes},
        "bound": bound,
        "beside": beside(own, found.verdicts, bound, zone=standing.zone, now=now),
        "outcome": outcome_of(found),
        "rating": feedback.ratings(owned, [standing.pk]).get(standing.pk),
        "reopen_days": REOPEN_DAYS,
        "trail": trail_of(request.scope, standing.pk, standing.zone, now) if May.SEE_BOARD in request.scope.may else None,
        **offered(request, told, found, typed),
        "kinds": [
            (kind.value, words.CLOCK[kind]) for kind in ClockKind if any(each.target is not None for each in found.of(kind))
        ],
    }
    return page(request, "desk/ticket.html", context, here="tickets")


@needs(May.SEE_TICKETS)
@require_safe
def file(request: HttpRequest, public_id: UUID, file: UUID) -> StreamingHttpResponse:
    """Hand out a file that hung on one of the ticket's letters, to be kept and never shown: anybody may have sent it.

    Whatever its sender calls it, it goes out as bytes of no type under its name, and nothing in it may run here.
    """
    found = open_file(request.scope, public_id, file, inner=request.scope.is_staff)
    answer = StreamingHttpResponse(found.parts, content_type="application/octet-stream")
    answer["Content-Disposition"] = content_disposition_header(True, found.file.name)
    answer["Content-Length"] = str(found.file.size)
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    answer["Cache-Control"] = "private, no-store"
    return answer


@needs(May.WAIVE)
@require_POST
def waive(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Exempt the ticket's clocks, with a reason and the name of who does it."""
    clock = request.POST.get("clock", "")
    if clock not in {"", *ClockKind}:
        messages.error(request, "Not waived: choose which of the ticket's clocks.")
        return redirect("ticket", public_id)
    try:
        waive_ticket(
            request.scope,
            ticket=public_id,
            clock=ClockKind(clock) if clock else None,
            reason=request.POST.get("reason", ""),
            author=request.user.name,
            now=request.now,
        )
    except Conflict as error:
        messages.error(request, f"Not waived: {error}.")
    else:
        messages.success(request, "Waived. The breach stays in the record and no longer counts against compliance.")
    return redirect("ticket", public_id)


def _quiet(told: Iterable[Happening], now: datetime) -> timedelta | None:
    """How long nothing has happened, where that is worth saying."""
    since = now - max((each.event.at for each in told), default=now)
    return since if since > timedelta(days=1) else None


def _view(case: Case, verdict: Verdict) -> ClockView:
    calendar = ALWAYS
    bound = next((each for each in case.assignments if each.id == verdict.assignment), None)
    zone = "UTC"
    if bound is not None and verdict.rule is not None:
        calendar = bound.calendar(verdict.rule.target.slot)
        # Wall time has no zone of its own: it is read on the clocks of the client's service hours.
        zone = bound.slots["support"].zone if verdict.rule.target.slot == WALL else calendar.zone
    clock = clock_of(calendar)
    paused = [
        (second_of(each.start_at), second_of(each.end_at)) for each in verdict.because if each.reckoning is Reckoning.PAUSED
    ]
    end = verdict.because[-1].end_at if verdict.because else verdict.started_at
    if verdict.target is None:
        # Without a promise there is nothing to draw: time passes, and nothing is used up.
        says = words.say(verdict, zone)
        return ClockView(verdict, words.clock_name(verdict), says, verdict.state.value, None, (), zone)
    told = tuple(days(clock, second_of(verdict.started_at), second_of(end), paused)) if verdict.because else ()
    state = verdict.state.value
    if verdict.state == "running" and verdict.at_risk_at is not None and verdict.as_of >= verdict.at_risk_at:
        state = "at_risk"
    return ClockView(
        verdict=verdict,
        name=words.clock_name(verdict),
        says=words.say(verdict, zone),
        state=state,
        strip=strip(verdict, clock, zone=zone),
        days=told,
        zone=zone,
    )
