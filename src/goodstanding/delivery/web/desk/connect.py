"""Connect an Odoo: try an address and credentials, see what they lead to, keep them."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django_htmx.http import HttpResponseClientRedirect

from goodstanding.apps.instances.queries import Instance
from goodstanding.apps.tenancy import queries as tenancy
from goodstanding.apps.tenancy.roles import May
from goodstanding.apps.unit import Conflict, NotFound
from goodstanding.delivery import words_of_odoo
from goodstanding.delivery.reach import reach
from goodstanding.delivery.web.desk.odoo import too_long
from goodstanding.delivery.web.frame.guard import needs
from goodstanding.delivery.web.frame.render import page, part
from goodstanding.flows import connect_odoo
from goodstanding.flows.connect_odoo import Tried
from goodstanding.flows.reach_odoo import FAILURES, as_trouble


@dataclass(frozen=True, slots=True)
class Entered:
    """What somebody has entered, but for the secret: that is never given back."""

    address: str
    database: str
    login: str
    key_name: str
    name: str
    client: str

    @classmethod
    def of(cls, given: Mapping[str, str]) -> "Entered":
        """Read the form."""
        return cls(*(given.get(name, "").strip() for name in cls.__slots__))


@needs(May.SET_INSTANCES)
@sensitive_post_parameters("secret")
def connect(request: HttpRequest) -> HttpResponse:
    """Try what was entered as often as somebody likes, then keep it. By htmx the form stays as it is, its secret too."""
    entered = Entered.of(request.POST)
    tried, wrong, advice = None, too_long(request), ""
    if request.method == "POST" and not wrong:
        try:
            if "connect" in request.POST:
                return _go(request, _connected(request, entered))
            tried = _tried(request, entered)
        except FAILURES as failure:
            trouble = as_trouble(failure)
            wrong, advice = trouble.said, trouble.advice
        except (Conflict, NotFound) as refused:
            wrong = str(refused)
    context = {
        "entered": entered,
        "asked": request.method == "POST",
        "tried": tried,
        "wrong": wrong[:1].upper() + wrong[1:],
        "advice": advice,
        "key": words_of_odoo.key_end(tried.key.expires_at, request.now) if tried and tried.key else None,
        "clients": _own_clients(request),
        "said": words_of_odoo,
    }
    if request.htmx:
        return part(request, "desk/connect.html", "found", context)
    return page(request, "desk/connect.html", context, here="odoo")


def _tried(request: HttpRequest, entered: Entered) -> Tried:
    return connect_odoo.try_odoo(
        entered.address,
        entered.login,
        request.POST.get("secret", ""),
        database=entered.database,
        key_name=entered.key_name,
        reach=reach(soon=True),
        now=request.now,
    )


def _connected(request: HttpRequest, entered: Entered) -> Instance:
    client = None
    if entered.client:
        client = next((each.pk for each in _own_clients(request) if str(each.public_id) == entered.client), None)
        if client is None:
            raise NotFound("there is no such client")
    return connect_odoo.connect_odoo(
        request.scope,
        partner=tenancy.home_partner(request.scope).pk,
        client=client,
        name=entered.name,
        address=entered.address,
        login=entered.login,
        secret=request.POST.get("secret", ""),
        database=entered.database,
        key_name=entered.key_name,
        reach=reach(soon=True),
        now=request.now,
    )


def _go(request: HttpRequest, made: Instance) -> HttpResponse:
    messages.success(request, f"{made.name} is connected. Its credentials are kept sealed and shown to nobody.")
    address = reverse("connection", args=[made.public_id])
    return HttpResponseClientRedirect(address) if request.htmx else redirect(address)


def _own_clients(request: HttpRequest) -> list[tenancy.Client]:
    home = tenancy.home_partner(request.scope)
    return [each for each in tenancy.clients(request.scope) if each.partner == home.pk]
