"""Odoo: the connections there are, and one of them: how it stands, what its account can read, and what is changed about it."""

from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from goodstanding.apps.desk import queries as desk
from goodstanding.apps.instances import actions, queries
from goodstanding.apps.instances.queries import Instance
from goodstanding.apps.tenancy import queries as tenancy
from goodstanding.apps.tenancy.roles import May
from goodstanding.apps.unit import NotFound
from goodstanding.delivery import words, words_of_odoo
from goodstanding.delivery.reach import reach
from goodstanding.delivery.web.frame.guard import needs
from goodstanding.delivery.web.frame.render import page, part
from goodstanding.flows import connect_odoo
from goodstanding.flows.name_customer import set_up_customer
from goodstanding.flows.reach_odoo import FAILURES, as_trouble

LONGEST = {"name": 200, "address": 300, "database": 120, "login": 200, "secret": 500, "key_name": 200}
"""Letters of each field of a connection."""
LONGEST_CUSTOMER = 300
HELD_SHOWN = 20
"""Customers that wait to be named at once; the next come as these are done."""


@needs(May.SEE_INSTANCES)
def connections(request: HttpRequest) -> HttpResponse:
    """Every connection, those in trouble first."""
    counts = queries.counts_by_following(request.scope)
    found = [
        (each, words_of_odoo.standing(each), counts.get(each.following.pk, (0, 0)) if each.following else (0, 0))
        for each in queries.instances(request.scope)
    ]
    context = {
        "connections": sorted(found, key=lambda row: row[1].said == ""),
        "title": _title(found),
        "said": words_of_odoo,
    }
    if request.htmx:
        return part(request, "desk/odoo.html", "live", context)
    return page(request, "desk/odoo.html", context, here="odoo")


def _title(found: Sequence[tuple[Instance, words_of_odoo.Standing, tuple[int, int]]]) -> str:
    waiting = sum(held for _, _, (_, held) in found)
    pressed = [
        (number := sum(bool(standing.said) for _, standing, _ in found), f"{number} in trouble"),
        (waiting, f"{words.count(waiting, 'ticket')} waiting for a client"),
    ]
    return ", ".join([words.count(len(found), "Odoo connection"), *(said for number, said in pressed if number)])


@needs(May.SEE_INSTANCES)
def connection(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One connection, as it is kept: its Odoo is not asked for this page."""
    found = queries.instance(request.scope, public_id)
    following = found.following
    clients = tenancy.clients(request.scope)
    names = {each.pk: each.name for each in clients}
    held = queries.held(request.scope, following.pk) if following else ()
    context = {
        "instance": found,
        "following": following,
        "standing": words_of_odoo.standing(found),
        "key": words_of_odoo.key_end(found.key_expires_at, request.now),
        "said": words_of_odoo,
        "counts": queries.counts(request.scope, following.pk) if following else (0, 0),
        "still_open": len(desk.open_refs(request.scope, partner=found.partner, source=found.source)),
        "held": held[:HELD_SHOWN],
        "more_held": len(held) - HELD_SHOWN,
        "clients": [each for each in clients if each.partner == found.partner],
        "fallback": names.get(following.client_fallback) if following and following.client_fallback else None,
        "named": sorted((customer, names[pk]) for customer, pk in following.customers.items() if pk in names)
        if following
        else (),
    }
    if request.htmx:
        return part(request, "desk/connection.html", "live", context)
    return page(request, "desk/connection.html", context, here="odoo")


@needs(May.SET_INSTANCES)
@require_POST
def examine(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Look again at what the account can read."""
    try:
        connect_odoo.examine_again(request.scope, public_id, reach=reach(soon=True), now=request.now)
    except FAILURES as failure:
        _not_done(request, "Not examined", failure)
    else:
        messages.success(request, "Examined just now.")
    return redirect("connection", public_id)


@needs(May.SET_INSTANCES)
@sensitive_post_parameters("secret")
@require_POST
def change_access(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take other credentials where they work; the known ones stay where they do not."""
    queries.instance(request.scope, public_id)
    wrong = too_long(request)
    if wrong:
        messages.error(request, f"Not changed: {wrong}.")
        return redirect("connection", public_id)
    try:
        connect_odoo.change_access(
            request.scope,
            public_id,
            login=request.POST.get("login", "").strip(),
            secret=request.POST.get("secret", ""),
            key_name=request.POST.get("key_name", "").strip(),
            reach=reach(soon=True),
            now=request.now,
        )
    except FAILURES as failure:
        _not_done(request, "Not changed, the known credentials are kept", failure)
    else:
        messages.success(request, "The credentials work and are kept. What is followed is looked at again at once.")
    return redirect("connection", public_id)


@needs(May.SET_INSTANCES)
@require_POST
def rename(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Give a connection another name."""
    name = request.POST.get("name", "").strip()
    if not name or len(name) > LONGEST["name"]:
        messages.error(request, f"Not renamed: give it a name of at most {LONGEST['name']} letters.")
        queries.instance(request.scope, public_id)
    else:
        actions.rename(request.scope, public_id, name=name, now=request.now)
    return redirect("connection", public_id)


@needs(May.SET_INSTANCES)
@require_POST
def remove(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Remove a connection, for whoever types its name."""
    found = queries.instance(request.scope, public_id)
    if request.POST.get("name", "").strip() != found.name:
        messages.error(request, f"Not removed: type the name of the connection, “{found.name}”, to remove it.")
        return redirect("connection", public_id)
    actions.forget(request.scope, public_id, now=request.now)
    messages.success(request, f"{found.name} is removed with its credentials. The tickets that came from it stay.")
    return redirect("odoo")


@needs(May.SET_INSTANCES)
@require_POST
def name_customer(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Say which client a customer of the desk is, or set it up as a new one."""
    customer, chosen = request.POST.get("customer", ""), request.POST.get("client", "")
    if len(customer) > LONGEST_CUSTOMER:
        raise NotFound("no ticket of this customer waits")
    if "new" in request.POST:
        request.scope.demand(May.SET_TERMS)
        made = set_up_customer(request.scope, public_id, customer=customer, now=request.now)
        messages.success(
            request, f"{made.name} is set up, and its tickets are taken in at the next look. Nothing is promised to it yet."
        )
        return redirect("connection", public_id)
    client = next((each for each in tenancy.clients(request.scope) if str(each.public_id) == chosen), None)
    if client is None:
        queries.instance(request.scope, public_id)
        messages.error(request, f"Nothing is said of {customer or 'tickets without a customer'} yet: choose a client.")
        return redirect("connection", public_id)
    actions.name_customer(request.scope, public_id, customer=customer, client=client.pk, now=request.now)
    messages.success(request, f"{customer or 'What has no customer'} is {client.name}: the tickets are taken at the next look.")
    return redirect("connection", public_id)


@needs(May.SET_INSTANCES)
@require_POST
def read_again(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Let the desk be read from the beginning."""
    following = queries.instance(request.scope, public_id).following
    if following is None or not following.on:
        raise NotFound("no tickets are followed there")
    actions.read_again(request.scope, public_id, now=request.now)
    messages.success(request, "Everything is read again from the beginning. What is known is not taken twice.")
    return redirect("connection", public_id)


def too_long(request: HttpRequest) -> str:
    """Say which field of a form holds more than is kept of it."""
    return next(
        (
            f"the {name.replace('_', ' ')} has more than {most} letters"
            for name, most in LONGEST.items()
            if len(request.POST.get(name, "")) > most
        ),
        "",
    )


def _not_done(request: HttpRequest, what: str, failure: Exception) -> None:
    trouble = as_trouble(failure)
    messages.error(request, f"{what}: {trouble.said} {trouble.advice}".strip())
