"""Following a desk: which of its tickets, what its stages mean, what that makes of recent tickets, and from when on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from goodstanding.apps.instances import actions, queries
from goodstanding.apps.instances.actions import Terms
from goodstanding.apps.instances.queries import Following, Instance
from goodstanding.apps.tenancy import queries as tenancy
from goodstanding.apps.tenancy.roles import May
from goodstanding.apps.unit import NotFound
from goodstanding.core.commerce.priorities import Family, priorities
from goodstanding.delivery import words, words_of_odoo
from goodstanding.delivery.reach import reach
from goodstanding.delivery.web.desk.days import start_of_day
from goodstanding.delivery.web.frame.guard import needs
from goodstanding.delivery.web.frame.render import page, part
from goodstanding.flows.follow_tickets import PRIORITIES
from goodstanding.flows.preview_following import Preview, preview_following
from goodstanding.flows.reach_odoo import FAILURES, as_trouble
from goodstanding.flows.write_back import begin_writing_back

STAGE, PRIORITY = "stage:", "priority:"
OFFERED = priorities(Family.SUPPORT_PLAN)


@dataclass(frozen=True, slots=True)
class Choices:
    """What somebody has chosen, as the form has it."""

    desk: str
    stages: Mapping[str, Any]
    priorities: Mapping[str, str]
    teams: tuple[int, ...]
    fallback: str
    since: str
    write_back: bool


@needs(May.SET_INSTANCES)
def follow(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Choose how the tickets of a connection are followed, and begin."""
    instance = queries.instance(request.scope, public_id)
    desks = instance.account.get("desks", [])
    zone = next(each.zone for each in tenancy.partners(request.scope) if each.pk == instance.partner)
    clients = [each for each in tenancy.clients(request.scope) if each.partner == instance.partner]
    wrong = ""
    if request.method == "POST":
        chosen = _entered(request.POST, desks)
        try:
            _keep(request, instance, chosen, zone, clients)
        except (ValueError, NotFound) as refused:
            wrong = str(refused)
        else:
            return redirect("connection", public_id)
    else:
        chosen = _kept(instance, _asked_desk(request, instance, desks), zone, clients)
    seen, trouble = None, None
    if chosen.desk:
        seen, trouble = _seen(request, public_id, chosen, clients)
    context = {
        "instance": instance,
        "following": instance.following,
        "desks": desks,
        "chosen": chosen,
        "seen": seen,
        "trouble": trouble,
        "wrong": wrong,
        "clients": clients,
        "names": {each.pk: each.name for each in clients},
        "said": words_of_odoo,
        "offered": OFFERED,
        "likely": PRIORITIES,
        "STAGE": STAGE,
        "PRIORITY": PRIORITY,
        "zone_of_since": zone,
    }
    return page(request, "desk/following.html", context, here="odoo")


@needs(May.SET_INSTANCES)
def preview(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Tell the newest tickets by what is chosen; asked for again with every choice."""
    instance = queries.instance(request.scope, public_id)
    chosen = _entered(request.GET, instance.account.get("desks", []))
    clients = tenancy.clients(request.scope)
    seen, trouble = _seen(request, public_id, chosen, clients)
    context = {
        "seen": seen,
        "trouble": trouble,
        "names": {each.pk: each.name for each in clients},
        "said": words_of_odoo,
    }
    return part(request, "desk/following.html", "samples", context)


@needs(May.SET_INSTANCES)
@require_POST
def switch(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Stop following, or go on as before."""
    known = queries.instance(request.scope, public_id).following
    if known is None:
        raise NotFound("no tickets are followed there")
    on = request.POST.get("on") == "yes"
    actions.follow(request.scope, public_id, _terms(known), on=on, now=request.now)
    if on:
        messages.success(request, "Followed again. What happened meanwhile is read at the next look.")
    else:
        messages.success(request, "No longer followed. What was taken in stays, and its clocks go on as they stood.")
    return redirect("connection", public_id)


def _asked_desk(request: HttpRequest, instance: Instance, desks: list[str]) -> str:
    """Return the desk that is asked for, else the one that is followed, else the likeliest."""
    known = instance.following.desk if instance.following else ""
    return next((each for each in (request.GET.get("desk", ""), known) if each in desks), desks[0] if desks else "")


def _seen(
    request: HttpRequest, public_id: UUID, chosen: Choices, clients: Iterable[tenancy.Client]
) -> tuple[Preview | None, Exception | None]:
    try:
        seen = preview_following(
            request.scope,
            public_id,
            desk=chosen.desk,
            stages=chosen.stages,
            priorities=chosen.priorities,
            teams=chosen.teams,
            client_fallback=_fallback(chosen, clients),
            reach=reach(soon=True),
        )
    except FAILURES as failure:
        return None, as_trouble(failure)
    return seen, None


def _kept(instance: Instance, desk: str, zone: str, clients: list[tenancy.Client]) -> Choices:
    """Return what is chosen so far for a desk."""
    known = instance.following
    if known is None or known.desk != desk:
        return Choices(desk, {}, {}, (), "", "", write_back=False)
    fallback = next((str(each.public_id) for each in clients if each.pk == known.client_fallback), "")
    since = "" if known.since is None else words.local(known.since, zone).date().isoformat()
    return Choices(desk, known.stages, known.priorities, known.teams, fallback, since, known.write_back)


def _entered(given: QueryDict, desks: list[str]) -> Choices:
    """Read the form; raises `NotFound` for a desk that is not there."""
    if given.get("desk", "") not in desks:
        raise NotFound("there is no such desk")
    stages = {
        name.removeprefix(STAGE): said
        for name, value in given.items()
        if name.startswith(STAGE) and (said := words_of_odoo.meant_by(value)) is not None
    }
    ranks = {
        name.removeprefix(PRIORITY): value
        for name, value in given.items()
        if name.startswith(PRIORITY) and name.removeprefix(PRIORITY) in PRIORITIES and value in OFFERED
    }
    teams = tuple(int(each) for each in given.getlist("team") if each.isdecimal() and len(each) < 10)
    return Choices(
        given.get("desk", ""),
        stages,
        ranks,
        teams,
        given.get("fallback", ""),
        given.get("since", "").strip(),
        given.get("write_back") == "yes",
    )


def _keep(request: HttpRequest, instance: Instance, chosen: Choices, zone: str, clients: list[tenancy.Client]) -> None:
    """Keep what is chosen and follow by it."""
    fallback = _fallback(chosen, clients)
    if chosen.fallback and fallback is None:
        raise NotFound("there is no such client")
    terms = Terms(
        desk=chosen.desk,
        stages=chosen.stages,
        priorities=chosen.priorities,
        teams=chosen.teams,
        client_fallback=fallback,
        since=start_of_day(chosen.since, zone) if chosen.since else None,
        write_back=chosen.write_back,
    )
    known = instance.following
    begun = known is not None and known.on
    actions.follow(request.scope, instance.public_id, terms, on=True, now=request.now)
    if chosen.write_back and known is not None and not known.write_back:
        # Only what changes from now on is noted: nobody wants a note on every open ticket at once.
        begin_writing_back(request.scope, instance.public_id, say=words.standing_note)
    said = "Saved. It counts from the next look on." if begun else "The first look begins within seconds; it can be left alone."
    messages.success(request, said)


def _fallback(chosen: Choices, clients: Iterable[tenancy.Client]) -> int | None:
    return next((each.pk for each in clients if str(each.public_id) == chosen.fallback), None)


def _terms(known: Following) -> Terms:
    return Terms(
        desk=known.desk,
        stages=known.stages,
        priorities=known.priorities,
        teams=known.teams,
        client_fallback=known.client_fallback,
        since=known.since,
        write_back=known.write_back,
    )
