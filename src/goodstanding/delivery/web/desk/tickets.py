"""All tickets: the list, and the search that jumps to one."""

from collections.abc import Iterator, Sequence
from datetime import date
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect

from goodstanding.apps.desk import queries
from goodstanding.apps.desk.values import TicketFilter, TicketRow
from goodstanding.apps.tenancy import queries as tenancy
from goodstanding.apps.tenancy.queries import Client
from goodstanding.apps.tenancy.roles import May
from goodstanding.core.commerce.priorities import Family, priorities
from goodstanding.delivery import words
from goodstanding.delivery.web.desk.sheet import sheet
from goodstanding.delivery.web.frame.guard import needs
from goodstanding.delivery.web.frame.render import page

EXPORTED = 100_000
"""Tickets an export holds at most; more are asked for by a narrower filter."""
HEAD = ("ticket", "title", "client", "priority", "team", "assignee", "state", "opened_at", "resolved_at", "breaches")


@needs(May.SEE_TICKETS)
def tickets(request: HttpRequest) -> HttpResponse:
    """The list of all tickets in scope, the newest first."""
    wanted = wanted_of(request)
    asked = request.GET.get("page", "")
    number = max(1, int(asked)) if asked.isdecimal() and len(asked) < 10 else 1
    rows, more = queries.ticket_list(request.scope, wanted, now=request.now, page=number)
    context = {
        "rows": rows,
        "wanted": wanted,
        "filtered": wanted != TicketFilter(),
        "title": title(wanted, tenancy.clients(request.scope)),
        "clients": tenancy.clients(request.scope),
        "priorities": [name for family in (Family.SUPPORT_PLAN, Family.RETAINER) for name in priorities(family)],
        "number": number,
        "before": address(wanted, number - 1) if number > 1 else "",
        "after": address(wanted, number + 1) if more else "",
        "export": address(wanted, 0, name="/tickets.csv"),
    }
    return page(request, "desk/tickets.html", context, here="tickets")


@needs(May.SEE_TICKETS)
def export(request: HttpRequest) -> StreamingHttpResponse:
    """The same list as CSV."""
    return sheet("tickets.csv", HEAD, _rows(request, wanted_of(request)))


@needs(May.SEE_TICKETS)
def search(request: HttpRequest) -> HttpResponse:
    """Tickets by reference or words of the title, and clients by name."""
    text = _words(request.GET.get("q", ""))
    rows, _ = queries.ticket_list(request.scope, TicketFilter(text=text), now=request.now, limit=8) if text else ([], False)
    clients = [each for each in tenancy.clients(request.scope) if text and text.casefold() in each.name.casefold()]
    if not request.htmx:
        exact = [row for row in rows if row.ref.casefold() == text.casefold()]
        if exact:
            return redirect("ticket", exact[0].public_id)
        return redirect(address(TicketFilter(text=text), 1))
    context = {"rows": rows, "clients": clients[:5] if May.SEE_TERMS in request.scope.may else [], "text": text}
    return page(request, "desk/search.html", context)


def wanted_of(request: HttpRequest) -> TicketFilter:
    """Read the filter from the address; what makes no sense there is left out rather than refused."""
    asked = request.GET
    return TicketFilter(
        client=_uuid(asked.get("client", "")),
        text=_words(asked.get("q", "")),
        is_open={"open": True, "closed": False}.get(asked.get("is", "")),
        breached={"yes": True, "no": False}.get(asked.get("breached", "")),
        priority=asked.get("priority", ""),
        opened_from=_date(asked.get("from", "")),
        opened_until=_date(asked.get("until", "")),
    )


def title(wanted: TicketFilter, clients: Sequence[Client]) -> str:
    """Say which tickets are listed."""
    said = {True: "Open tickets", False: "Closed tickets", None: "All tickets"}[wanted.is_open]
    if wanted.priority:
        said += f" of priority {wanted.priority}"
    said += {True: " with a breach", False: " without a breach", None: ""}[wanted.breached]
    said += "".join(f" of {each.name}" for each in clients if each.public_id == wanted.client)
    if wanted.text:
        said += f" named “{wanted.text}”"
    if wanted.opened_from and wanted.opened_until:
        return f"{said}, opened {words.days(wanted.opened_from, wanted.opened_until)}"
    if wanted.opened_from or wanted.opened_until:
        said += f", opened from {words.day(wanted.opened_from)}" if wanted.opened_from else ""
        said += f", opened until {words.day(wanted.opened_until)}" if wanted.opened_until else ""
    return said


def address(wanted: TicketFilter, number: int, *, name: str = "/tickets") -> str:
    """Return the list's own address under a filter."""
    asked = {
        "client": wanted.client,
        "q": wanted.text,
        "is": {True: "open", False: "closed", None: ""}[wanted.is_open],
        "breached": {True: "yes", False: "no", None: ""}[wanted.breached],
        "priority": wanted.priority,
        "from": wanted.opened_from,
        "until": wanted.opened_until,
        "page": number if number > 1 else "",
    }
    query = urlencode({key: str(value) for key, value in asked.items() if value})
    return f"{name}?{query}" if query else name


def _rows(request: HttpRequest, wanted: TicketFilter) -> Iterator[list[str]]:
    number, more = 1, True
    while more and number * queries.PAGE <= EXPORTED:
        rows, more = queries.ticket_list(request.scope, wanted, now=request.now, page=number)
        yield from map(_cells, rows)
        number += 1


def _cells(row: TicketRow) -> list[str]:
    return [
        row.ref,
        row.title,
        row.client_name,
        row.priority,
        row.team,
        row.assignee,
        words.ROW[row.state] if row.is_open else "Closed",
        words.iso(row.opened_at),
        words.iso(row.resolved_at) if row.resolved_at else "",
        str(row.breaches),
    ]


def _words(text: str) -> str:
    """What is searched for; longer than any title there is nothing to find."""
    return text.strip()[:300]


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
