"""Mail: the mailboxes that tickets come in by, and the letters that wait for a person to say whose they are."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from goodstanding.apps.post import actions, queries
from goodstanding.apps.post.queries import Mailbox, MailboxSettings
from goodstanding.apps.tenancy import actions as tenancy_actions
from goodstanding.apps.tenancy import queries as tenancy
from goodstanding.apps.tenancy.roles import May
from goodstanding.apps.unit import Conflict, NotFound
from goodstanding.delivery import words, words_of_mail
from goodstanding.delivery.web.frame.guard import needs
from goodstanding.delivery.web.frame.render import page
from goodstanding.flows.read_mailboxes import look_into
from goodstanding.flows.take_letter import sort_letter

SHOWN = 100
"""Held letters on the page; the next ones come up as these are sorted."""
EXCERPT = 400
PRIORITIES = ("P1", "P2", "P3", "P4")
LONGEST = {"address": 254, "host": 253, "login": 254, "folder": 200, "move_to": 200, "checked_by": 253, "team": 60}


@needs(May.SEE_MAIL)
def mail(request: HttpRequest) -> HttpResponse:
    """The mailboxes with how their reading goes, and the letters that are held."""
    mailboxes = queries.mailboxes(request.scope)
    held = queries.held(request.scope, limit=SHOWN)
    count = queries.held_count(request.scope)
    unread = sum(bool(each.error and each.settings.is_on) for each in mailboxes)
    said = [words.count(count, "letter") + " to sort"] if count else []
    said += [words.count(unread, "mailbox", "mailboxes") + " not read"] if unread else []
    context = {
        "title": ", ".join(said) or ("Mail comes in" if mailboxes else "Mail"),
        "mailboxes": mailboxes,
        "held": held,
        "count": count,
        "clients": tenancy.clients(request.scope),
        "said": words_of_mail,
        "EXCERPT": EXCERPT,
    }
    return page(request, "desk/mail.html", context, here="mail")


@needs(May.SET_MAIL)
def write_mailbox(request: HttpRequest, public_id: UUID | None = None) -> HttpResponse:
    """Set a mailbox up, or change one; the password is only ever written."""
    known = None if public_id is None else queries.mailbox(request.scope, public_id)
    settings = known.settings if known else MailboxSettings(address="")
    wrong = ""
    if request.method == "POST":
        try:
            settings = _settings(request, known)
            secret = request.POST.get("password", "")
            if known is None:
                home = tenancy.home_partner(request.scope)
                made = actions.set_up_mailbox(
                    request.scope, partner=home.pk, settings=settings, secret=secret, now=request.now,
                    old_ones="old_ones" in request.POST,
                )  # fmt: skip
            else:
                made = actions.change_mailbox(request.scope, known.public_id, settings=settings, secret=secret, now=request.now)
        except Conflict as error:
            wrong = f"Not saved: {error}."
        else:
            messages.success(request, f"{made.address} is saved.")
            return redirect("mail")
    context = {
        "known": known,
        "settings": settings,
        "client_id": next((each.public_id for each in tenancy.clients(request.scope) if each.pk == settings.client), ""),
        "clients": tenancy.clients(request.scope),
        "priorities": PRIORITIES,
        "said": words_of_mail,
        "wrong": wrong,
    }
    return page(request, "desk/write_mailbox.html", context, here="mail")


@needs(May.SET_MAIL)
@require_POST
def try_mailbox(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Connect as the worker would, and say what was found; nothing is taken."""
    mailbox = queries.mailbox(request.scope, public_id)
    if not mailbox.settings.host:
        messages.error(request, f"{mailbox.address} is not read from a server: its letters are piped in.")
        return redirect("mail")
    found = look_into(request.scope, public_id)
    if found.waiting is None:
        messages.error(request, f"{mailbox.address}: {found.said} {found.advice}".strip())
    else:
        messages.success(request, f"{mailbox.address} can be read: {words.count(found.waiting, 'letter')} to take.")
    return redirect("mail")


@needs(May.SORT_MAIL)
@require_POST
def sort(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Say which client a held letter is from, or put it away."""
    letter = queries.letter(request.scope, public_id)
    try:
        if "discard" in request.POST:
            actions.discard(request.scope, public_id)
            messages.success(request, f"The letter of {letter.sender or 'nobody'} is put away; it is not taken again.")
            return redirect("mail")
        client = _uuid(request.POST.get("client", ""))
        if client is None:
            raise Conflict("choose the client it is from")
        took = sort_letter(request.scope, letter=public_id, client=client, remember="remember" in request.POST, now=request.now)
    except Conflict as error:
        messages.error(request, f"Not sorted: {error}.")
    else:
        name = tenancy.client(request.scope, client).name
        verb = {"opened": "opened a ticket", "continued": "opened a ticket"}.get(took.outcome, "is in its ticket")
        messages.success(request, f"The letter {verb} of {name}, as of when it came.")
    return redirect("mail")


@needs(May.SORT_MAIL)
@require_POST
def add_contact(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Note who writes for a client."""
    client = tenancy.client(request.scope, public_id)
    try:
        made = tenancy_actions.add_contact(
            request.scope, client=client.pk, address=request.POST.get("address", ""), name=request.POST.get("name", "")
        )
    except Conflict as error:
        messages.error(request, f"Not added: {error}.")
    else:
        who = f"Everybody under {made.address}" if made.address.startswith("@") else made.address
        messages.success(request, f"{who} writes for {client.name}.")
    return redirect("client", public_id)


@needs(May.SORT_MAIL)
@require_POST
def remove_contact(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Forget who writes for a client."""
    contact = tenancy.contact(request.scope, public_id)
    client = next(each for each in tenancy.clients(request.scope) if each.pk == contact.client)
    tenancy_actions.remove_contact(request.scope, public_id)
    messages.success(request, f"{contact.address} no longer writes for {client.name}; letters taken before stay.")
    return redirect("client", client.public_id)


def _settings(request: HttpRequest, known: Mailbox | None) -> MailboxSettings:
    given = {name: request.POST.get(name, "").strip() for name in LONGEST}
    for name, longest in LONGEST.items():
        if len(given[name]) > longest:
            raise Conflict(f"the {name.replace('_', ' ')} is longer than {longest} letters")
    port = request.POST.get("port", "993").strip() or "993"
    if not (port.isascii() and port.isdecimal() and len(port) < 6):
        raise Conflict("a port is a number from 1 to 65535: 993 is usual")
    security, after, priority = (request.POST.get(name, "") for name in ("security", "after", "priority"))
    client = _uuid(request.POST.get("client", ""))
    return MailboxSettings(
        **given | {"folder": given["folder"] or "INBOX", "login": given["login"] or given["address"] if given["host"] else ""},
        port=int(port),
        security=security if security in words_of_mail.SECURITY else "tls",
        after=after if after in words_of_mail.AFTER else "leave",
        priority=priority if priority in PRIORITIES else "",
        client=None if client is None else tenancy.client(request.scope, client).pk,
        is_on=known is None or "is_on" in request.POST,
    )


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError as error:
        raise NotFound("there is no such client") from error
