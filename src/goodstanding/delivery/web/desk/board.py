"""The live board: open tickets by time to their next breach (requirements KPI-2)."""

from dataclasses import replace
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from goodstanding.apps.desk import queries
from goodstanding.apps.desk.values import BoardCounts, BoardFilter
from goodstanding.apps.tenancy.roles import May
from goodstanding.core.desk.board import RowState
from goodstanding.delivery import words
from goodstanding.delivery.web.frame.guard import needs
from goodstanding.delivery.web.frame.render import page, part


@needs(May.SEE_TICKETS)
def start(request: HttpRequest) -> HttpResponse:
    """Send everybody to where their day begins."""
    return redirect("board" if May.SEE_BOARD in request.scope.may else "tickets")


@needs(May.SEE_BOARD)
def board(request: HttpRequest) -> HttpResponse:
    """The board, or the part of it that renews itself."""
    wanted = wanted_of(request)
    after = request.GET.get("after", "")
    counts = queries.board_counts(request.scope, wanted, now=request.now)
    every = replace(wanted, state=None, objective_passed=False)
    context = {
        "wanted": wanted,
        "page": queries.board(request.scope, wanted, now=request.now, after=after),
        "counts": counts,
        "title": title(counts),
        "tabs": [(state, words.ROW[state], counts.of(state), address(replace(every, state=state))) for state in RowState],
        "all": address(every),
        "past": address(replace(every, objective_passed=True)),
        "filtered": every != BoardFilter(),
        "here_again": address(wanted, after=after),
        "next": lambda at: address(wanted, after=at),
        "first": address(wanted) if after else "",
        "words": words,
    }
    if request.htmx:
        return part(request, "desk/board.html", "live", context)
    lately = queries.lately(request.scope, now=request.now, client=wanted.client)
    whole = {"choices": queries.board_choices(request.scope), "lately": lately}
    return page(request, "desk/board.html", context | whole, here="board")


def wanted_of(request: HttpRequest) -> BoardFilter:
    """Read the filter from the address; what makes no sense there is left out rather than refused."""
    asked = request.GET
    return BoardFilter(
        client=_uuid(asked.get("client", "")),
        team=asked.get("team", ""),
        assignee=asked.get("assignee", ""),
        priority=asked.get("priority", ""),
        state=RowState(asked["state"]) if asked.get("state") in set(RowState) else None,
        objective_passed=asked.get("objective") == "passed",
    )


def title(counts: BoardCounts) -> str:
    """Answer the question the board is opened with."""
    if counts.breached or counts.at_risk:
        parts = [(counts.breached, "breached"), (counts.at_risk, "at risk")]
        return ", ".join(f"{number:,} {word}" for number, word in parts if number)
    return "Nothing is at risk" if counts.total else "No open tickets"


def address(wanted: BoardFilter, *, after: str = "") -> str:
    """Return the board's own address under a filter."""
    asked = {
        "client": wanted.client,
        "team": wanted.team,
        "assignee": wanted.assignee,
        "priority": wanted.priority,
        "state": wanted.state,
        "objective": "passed" if wanted.objective_passed else "",
        "after": after,
    }
    query = urlencode({name: str(value) for name, value in asked.items() if value})
    return f"/board?{query}" if query else "/board"


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
