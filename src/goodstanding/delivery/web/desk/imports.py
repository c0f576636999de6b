"""Import: give a file, see what would be taken, answer what it leaves open, take it."""

from collections.abc import Mapping
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from goodstanding.apps.desk import queries as desk
from goodstanding.apps.documents import actions as documents
from goodstanding.apps.documents import queries as kept
from goodstanding.apps.tenancy import queries as tenancy
from goodstanding.apps.tenancy.roles import May
from goodstanding.apps.unit import Conflict
from goodstanding.core.clocks.calendar import CalendarError
from goodstanding.delivery import words_of_files
from goodstanding.delivery.web.frame.guard import needs
from goodstanding.delivery.web.frame.render import page
from goodstanding.delivery.zones import every_zone
from goodstanding.flows import import_tickets
from goodstanding.flows.read_tickets import Told, name_of

LARGEST = 1 << 30
"""Bytes of an upload; a larger history is imported by the command line."""
ANSWER = "answer:"


@needs(May.IMPORT)
def start(request: HttpRequest) -> HttpResponse:
    """Take a file, and go on to its preview."""
    if request.method == "POST":
        file = request.FILES.get("file")
        if file is None:
            messages.error(request, "Choose a file first.")
        elif file.size > LARGEST:
            messages.error(request, f"{file.name} is larger than 1 GiB: import it with “goodstanding import” on the server.")
        else:
            home = tenancy.home_partner(request.scope)
            document = documents.keep(
                request.scope, partner=home.pk, name=file.name or "tickets", parts=file.chunks(), now=request.now
            )
            return redirect("preview", document.public_id)
    return page(request, "desk/import.html", {}, here="import")


@needs(May.IMPORT)
def preview(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show what would be taken, ask what the file leaves open, and hand it to the worker."""
    document = kept.document(request.scope, public_id)
    home = next(each for each in tenancy.partners(request.scope) if each.pk == document.partner)
    given = request.POST
    told = told_of(given)
    terms = terms_of(given, home.zone)
    seen, wrong = None, ""
    try:
        seen = import_tickets.preview(request.scope, document=public_id, told=told)
    except import_tickets.FINAL as error:
        wrong = words_of_files.unusable(error)
    if seen is not None and seen.file is not None and "take" in given:
        try:
            run = import_tickets.request(
                request.scope, partner=home.pk, document=public_id, told=told, terms=terms, now=request.now
            )
        except (CalendarError, Conflict) as error:
            wrong = f"Not taken: {error}."
        else:
            return redirect("run", run.public_id)
    context = {
        "document": document,
        "told": told,
        "terms": terms,
        "seen": seen,
        "wrong": wrong,
        "said": words_of_files,
        "ask": name_of(seen.question) if seen and seen.question else "",
        "ANSWER": ANSWER,
        "tiers": [each for each in desk.tiers(request.scope) if each.measures_tickets],
        "calendars": desk.calendars(request.scope),
        "clients": tenancy.clients(request.scope),
        "zones": every_zone(),
    }
    return page(request, "desk/preview.html", context, here="import")


def told_of(given: Mapping[str, str]) -> Told:
    """Read what the form says about the file."""
    return Told(
        zone=given.get("zone", "").strip(),
        dates=given.get("dates", ""),
        sheet=given.get("sheet", "").strip(),
        map_text=given.get("map", ""),
        answers={name.removeprefix(ANSWER): value for name, value in given.items() if name.startswith(ANSWER) and value},
    )


def terms_of(given: Mapping[str, str], zone: str) -> import_tickets.Terms:
    """Read what new clients are to be set up with."""
    one = given.get("all_to", "")
    return import_tickets.Terms(
        zone=given.get("client_zone", "") or given.get("zone", "") or zone,
        all_to=int(one) if one.isdecimal() and len(one) < 19 else None,
        tier_version=given.get("tier", ""),
        calendar_version=given.get("calendar", ""),
    )
