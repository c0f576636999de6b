"""The outbox: what was told to whom, how it went, and having it sent again."""

from collections.abc import Mapping
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from goodstanding.apps.outbox import actions, queries
from goodstanding.apps.outbox.queries import Channel, Message, OutboxFilter, State
from goodstanding.apps.tenancy import queries as tenancy
from goodstanding.apps.tenancy.roles import May
from goodstanding.apps.unit import Conflict
from goodstanding.delivery import words, words_of_outbox
from goodstanding.delivery.outgoing import missing
from goodstanding.delivery.web.desk.sheet import sheet
from goodstanding.delivery.web.frame.guard import needs
from goodstanding.delivery.web.frame.render import page, part

HEAD = ("Written", "State", "Sent", "By", "To", "Client", "About", "Subject", "Tries", "Error", "Ticket", "Message")
LISTED = (State.DEAD, State.WAITING, State.SENT)


@needs(May.SEE_OUTBOX)
def outbox(request: HttpRequest) -> HttpResponse:
    """Messages of the partner, what was given up first, then the newest."""
    wanted = wanted_of(request)
    number = page_of(request.GET.get("page", ""))
    rows, more = queries.outbox(request.scope, wanted, page=number)
    counts, names = queries.counts(request.scope), queries.endpoint_names(request.scope)
    context = {
        "rows": rows,
        "counts": counts,
        "wanted": wanted,
        "filtered": wanted != OutboxFilter(),
        "title": title(counts),
        "names": names,
        "ways": [(way, _way_named(way.name, names)) for way in queries.ways(request.scope)],
        "missing": missing(),
        "clients": tenancy.clients(request.scope),
        "states": [(state.value, words_of_outbox.STATE[state][1]) for state in LISTED],
        "channels": [(channel.value, name) for channel, name in words_of_outbox.CHANNEL.items()],
        "number": number,
        "before": address(wanted, number - 1) if number > 1 else "",
        "after": address(wanted, number + 1) if more else "",
        "export": address(wanted, 1, at="export_outbox"),
        "says": words_of_outbox,
    }
    return page(request, "desk/outbox.html", context, here="outbox")


@needs(May.SEE_OUTBOX)
def export_outbox(request: HttpRequest) -> StreamingHttpResponse:
    """The messages that the filter lists as CSV, all of them, with those that went with another."""
    names = queries.endpoint_names(request.scope)
    return sheet("outbox.csv", HEAD, (_cells(each, names) for each in queries.every_message(request.scope, wanted_of(request))))


def _cells(message: Message, names: Mapping[str, str]) -> list[str]:
    return [
        words.iso(message.written_at),
        words_of_outbox.STATE[message.state][1],
        words.iso(message.sent_at) if message.sent_at is not None else "",
        words_of_outbox.CHANNEL[message.channel],
        names.get(message.recipient, message.recipient),
        message.client_name,
        words_of_outbox.group(message.kind.partition(".")[0]),
        message.subject,
        str(message.tries),
        message.error,
        str(message.ticket or ""),
        str(message.public_id),
    ]


@needs(May.SEE_OUTBOX)
def message(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One message with every attempt to deliver it, and what went with it."""
    found = queries.message(request.scope, public_id)
    way = next((each for each in queries.ways(request.scope) if each.name == found.route), None)
    number = page_of(request.GET.get("page", ""))
    parts, more = queries.parts_of(request.scope, found, page=number)
    there = reverse("outbox_message", args=[public_id])
    context = {
        "message": found,
        "waits": words_of_outbox.waits(found, way, request.now),
        "leader": queries.leader_of(request.scope, found),
        "parts": parts,
        "number": number,
        "itself": f"{there}?page={number}" if number > 1 else there,
        "before": f"{there}?page={number - 1}" if number > 1 else "",
        "after": f"{there}?page={number + 1}" if more else "",
        "attempts": queries.attempts(request.scope, found),
        "names": queries.endpoint_names(request.scope),
        "says": words_of_outbox,
    }
    if request.htmx:
        return part(request, "desk/outbox_message.html", "live", context)
    return page(request, "desk/outbox_message.html", context, here="outbox")


@needs(May.SEND_AGAIN)
@require_POST
def send_again(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Have a message tried again that was given up."""
    try:
        actions.send_again(request.scope, public_id, now=request.now)
    except Conflict as error:
        messages.error(request, f"Not sent again: {error}.")
    else:
        messages.success(request, "It is sent again within seconds.")
    return redirect("outbox_message", public_id)


@needs(May.SEND_AGAIN)
@require_POST
def send_all_again(request: HttpRequest) -> HttpResponse:
    """Have everything tried again that was given up, of one channel or all."""
    channel = _one_of(Channel, request.POST.get("channel", ""))
    number = actions.send_all_again(request.scope, channel, now=request.now)
    messages.success(request, f"{words.count(number, 'message')} {'is' if number == 1 else 'are'} sent again.")
    return redirect("outbox")


def wanted_of(request: HttpRequest) -> OutboxFilter:
    """Read the filter from the address; what makes no sense there is left out rather than refused."""
    asked = request.GET
    try:
        client = UUID(asked.get("client", ""))
    except ValueError:
        client = None
    return OutboxFilter(
        state=_one_of(State, asked.get("state", "")),
        channel=_one_of(Channel, asked.get("channel", "")),
        client=client,
        text=asked.get("q", "").strip()[:200],
    )


def address(wanted: OutboxFilter, number: int, *, at: str = "outbox") -> str:
    """Return the list's own address under a filter, or that of its export."""
    asked = {
        "state": wanted.state, "channel": wanted.channel, "client": wanted.client, "q": wanted.text,
        "page": number if number > 1 else "",
    }  # fmt: skip
    query = urlencode({key: str(value) for key, value in asked.items() if value})
    return f"{reverse(at)}?{query}" if query else reverse(at)


def title(counts: dict[State, int]) -> str:
    """Say how messages stand, what needs somebody first."""
    if counts[State.DEAD]:
        return f"{words.count(counts[State.DEAD], 'message')} could not be delivered"
    if counts[State.WAITING]:
        return f"{words.count(counts[State.WAITING], 'message')} {'waits' if counts[State.WAITING] == 1 else 'wait'}"
    return "Every message was delivered" if counts[State.SENT] else "No messages yet"


def _way_named(route: str, names: Mapping[str, str]) -> str:
    channel, _, endpoint = route.partition(":")
    return f"“{names[endpoint]}”" if endpoint else words_of_outbox.CHANNEL[Channel(channel)]


def page_of(text: str) -> int:
    """Read the number of a page from an address; what makes no sense there is the first."""
    return max(1, int(text)) if text.isdecimal() and len(text) < 6 else 1


def _one_of(kind: type, text: str) -> object:
    try:
        return kind(text)
    except ValueError:
        return None
