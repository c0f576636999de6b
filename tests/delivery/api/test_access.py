"""Who gets what by the API: every route, every role, whatever the object, with any key or none (PORTAL-3, PORTAL-4)."""

import json
from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache
from uuid import uuid4

import pytest
from django.urls import get_resolver

from goodstanding.apps.doors.queries import OFFERED
from goodstanding.apps.tenancy import models
from goodstanding.apps.tenancy.roles import May, Role
from tests.delivery.api.callers import Caller, caller, key_of, send
from tests.delivery.web.site import Site
from tests.delivery.web.test_access import EVERYBODY, LEADS, OF_CLIENTS, OTHER_CLIENT, OTHER_PARTNER, OWN, STAFF, kept

pytestmark = pytest.mark.django_db

TELLERS = LEADS | {Role.AGENT, Role.ACCOUNT_MANAGER, Role.CUSTOMER_SUCCESS, Role.HOSTING}


@dataclass(frozen=True)
class Route:
    """Who may use a route, what for, and what it then answers; `of` is what the object it is about is."""

    who: frozenset
    needs: May
    method: str = "get"
    answer: int = 200
    of: str = ""


ROUTES = {
    "get_me": Route(EVERYBODY, May.SEE_TICKETS),
    "list_clients": Route(EVERYBODY, May.SEE_TICKETS),
    "list_promises": Route(STAFF, May.SEE_TERMS, of="client"),
    "list_tickets": Route(EVERYBODY, May.SEE_TICKETS),
    "open_ticket": Route(TELLERS, May.TELL, "post", 201, of="client"),
    "get_ticket": Route(EVERYBODY, May.SEE_TICKETS, of="ticket"),
    "list_events": Route(EVERYBODY, May.SEE_TICKETS, of="ticket"),
    "tell_event": Route(TELLERS, May.TELL, "post", 201, of="ticket"),
    "waive_ticket": Route(LEADS, May.WAIVE, "post", 201, of="ticket"),
    "get_board": Route(STAFF, May.SEE_BOARD),
    "get_compliance": Route(EVERYBODY, May.SEE_TICKETS),
    "list_tiers": Route(STAFF, May.SEE_TERMS),
    "list_calendars": Route(STAFF, May.SEE_TERMS),
}
SIGNED = {"take_webhook"}
"""Routes without a key: the message itself is signed."""


@lru_cache
def document():
    """The API's own document, as anybody may read it."""
    answer = Caller().get("/openapi.json")
    assert answer.status_code == 200
    return answer.json()


def operations():
    found = {}
    for path, methods in document()["paths"].items():
        found |= {each["operationId"]: (path, method, each) for method, each in methods.items()}
    return found


class Places:
    """A partner with two clients, another partner, and tickets of each."""

    def __init__(self):
        self.ours, self.theirs = Site(), Site("baltica", "Baltica ERP")
        for site in (self.ours, self.theirs):
            site.told("F-1", ("opened", 3, {"priority": "P1"}))
            site.told("K-1", ("opened", 2, {"priority": "P2"}), client=site.kestrel)

    def of(self, kind, whose):
        site = self.theirs if whose == OTHER_PARTNER else self.ours
        if kind == "ticket":
            return site.find("K-1" if whose == OTHER_CLIENT else "F-1")
        return (site.kestrel if whose == OTHER_CLIENT else site.ferrante).public_id

    def call(self, by, name, whose):
        path, method, _ = operations()[name]
        thing = self.of(ROUTES[name].of, whose) if ROUTES[name].of else ""
        path = path.removeprefix("/api/v1").replace("{ticket_id}", str(thing)).replace("{client_id}", str(thing))
        bodies = {
            "open_ticket": {"client": str(thing), "title": "New"},
            "tell_event": {"kind": "staff_replied"},
            "waive_ticket": {"reason": "their own outage"},
        }
        return by.get(path) if method == "get" else by.post(path, bodies[name])


@pytest.fixture(scope="module")
def built(once_a_module):
    return Places()


@pytest.fixture(scope="module")
def callers(built):
    """Somebody of each role with a key."""
    return {role: caller(built.ours, role) for role in Role}


@pytest.fixture
def places(built):
    """The places as they were built, whatever the tests before did with them."""
    return deepcopy(built)


def kinds(route):
    return (OWN, OTHER_CLIENT, OTHER_PARTNER) if route.of else (OWN,)


def expected(route, role, whose):
    if role not in route.who:
        return 403
    # A key works at one partner, also a key of the platform's.
    if whose == OTHER_PARTNER or (whose == OTHER_CLIENT and role in OF_CLIENTS):
        return 404
    return route.answer


def test_every_route_stands_in_the_table_with_the_method_it_takes():
    found = operations()

    assert set(found) == set(ROUTES) | SIGNED
    assert {name: found[name][1] for name in ROUTES} == {name: route.method for name, route in ROUTES.items()}


def test_no_address_under_api_is_left_out_of_the_document():
    resolver = next(each for each in get_resolver().url_patterns if str(each.pattern) == "api/v1/")
    paths = {str(each.pattern) for each in resolver.url_patterns} - {"", "openapi.json"}

    assert len(paths) == len(document()["paths"])


@pytest.mark.proves("PORTAL-3", "PORTAL-4")
@pytest.mark.parametrize("name", ROUTES)
def test_a_route_answers_whom_it_may_and_what_it_refuses_changes_nothing(places, callers, name):
    route = ROUTES[name]
    wanted = {(role, whose): expected(route, role, whose) for role in Role for whose in kinds(route)}
    refused = [each for each, answer in wanted.items() if answer >= 400]
    answers, before = {}, without_use(kept())

    for role, whose in refused:
        answer = places.call(callers[role], name, whose)
        answers[role, whose] = answer.status_code
        assert answer["Content-Type"] == "application/problem+json"
    assert without_use(kept()) == before

    for role, whose in wanted.keys() - set(refused):
        answers[role, whose] = places.call(callers[role], name, whose).status_code
    assert answers == wanted


def without_use(rows):
    """Every row but for when keys were used and what they may still ask."""
    keys = [{name: value for name, value in row.items() if name != "last_used_at"} for row in rows["Key"]]
    return {name: each for name, each in rows.items() if name not in ("Key", "Allowance")} | {"Key": keys}


@pytest.mark.proves("PORTAL-4")
@pytest.mark.parametrize("name", ROUTES)
def test_a_key_does_what_its_scopes_say_and_nothing_more(places, name):
    route = ROUTES[name]
    only = Caller(key_of(places.ours, scopes=[route.needs]))
    others = Caller(key_of(places.ours, scopes=[each for each in OFFERED if each is not route.needs]))

    assert places.call(only, name, OWN).status_code == route.answer
    assert places.call(others, name, OWN).status_code == 403


@pytest.mark.proves("PORTAL-4")
@pytest.mark.parametrize("name", ROUTES)
def test_without_a_key_that_works_nothing_is_answered_and_nothing_changes(places, name):
    before = without_use(kept())

    for key in (None, "gs_unknown", "", "x" * 5000, "Zoë"):
        answer = places.call(Caller(key and key.encode().decode("latin-1")), name, OWN)

        assert answer.status_code == 401
        assert answer["WWW-Authenticate"].startswith("Bearer")
        assert answer["Content-Type"] == "application/problem+json"
    assert without_use(kept()) == before


def test_somebody_signed_in_to_the_pages_needs_a_key_all_the_same(places):
    browser = places.ours.browser(Role.PARTNER_ADMIN)

    assert browser.get("/api/v1/tickets").status_code == 401
    assert browser.post("/api/v1/tickets", "{}", content_type="application/json").status_code == 401


@pytest.mark.proves("PORTAL-3")
def test_a_foreign_object_is_answered_as_one_that_never_was(places):
    by = caller(places.ours)

    for path in ("/tickets/{}", "/tickets/{}/events", "/clients/{}/promises"):
        kind = "client" if "clients" in path else "ticket"
        foreign, missing = (by.get(path.format(each)) for each in (places.of(kind, OTHER_PARTNER), uuid4()))
        assert (foreign.status_code, foreign.content) == (missing.status_code, missing.content) == (404, missing.content)


@pytest.mark.proves("PORTAL-3")
@pytest.mark.parametrize("path", ["/tickets", "/board", "/compliance"])
def test_a_filter_by_a_foreign_client_finds_nothing_as_one_by_a_client_that_never_was(places, path):
    by = caller(places.ours)
    period = {"until_at": "2031-01-01T00:00:00Z"} if path == "/compliance" else {}

    foreign, missing = (by.get(path, {"client": each, **period}) for each in (places.theirs.ferrante.public_id, uuid4()))

    assert foreign.json() == missing.json()


@pytest.mark.proves("PORTAL-3")
@pytest.mark.parametrize("role", sorted(OF_CLIENTS))
def test_a_clients_key_reads_its_own_tickets_and_no_word_of_the_others(places, role):
    by = caller(places.ours, role)

    told = "".join(json.dumps(by.get(path).json()) for path in ("/me", "/clients", "/tickets", "/compliance"))

    assert "F-1" in told
    for foreign in ("K-1", "Kestrel", "Baltica"):
        assert foreign not in told


@pytest.mark.proves("PORTAL-3", "PORTAL-4")
@pytest.mark.parametrize("what", ["role", "account", "other role"])
def test_a_key_ends_with_the_role_or_the_account_it_stands_on_at_its_next_call(places, what):
    site = places.ours
    by = caller(site, Role.AGENT)
    assert by.get("/tickets").status_code == 200
    person = models.Person.objects.filter(email__startswith="agent").latest("pk")

    if what == "account":
        models.Person.objects.filter(pk=person.pk).update(is_active=False)
    else:
        models.Membership.objects.filter(person=person).delete()
    if what == "other role":
        # Elsewhere a role lends no rights here.
        places.theirs.person(Role.PARTNER_ADMIN, email=person.email)

    assert by.get("/tickets").status_code == 401


@pytest.mark.proves("PORTAL-4")
def test_a_key_shrinks_with_the_role_of_its_person(places):
    site = places.ours
    by = caller(site, Role.AGENT)
    models.Membership.objects.filter(person__email__startswith="agent").update(role=Role.EXECUTIVE)

    answer = by.post("/tickets", {"client": str(site.ferrante.public_id), "title": "New"})

    assert (answer.status_code, by.get("/tickets").status_code) == (403, 200)
    assert "tell" not in by.get("/me").json()["key"]["scopes"]


def test_a_webhook_of_no_endpoint_of_a_revoked_one_and_of_a_bad_signature_are_answered_alike(places):
    site = places.ours
    hook, secret = site.hook()
    fake = type("Hook", (), {"public_id": uuid4()})

    answers = [send(fake, secret, b"[]", at=site.now), send(hook, secret, b"[]", at=site.now, signature="v1,AAAA")]

    assert {(each.status_code, each.content) for each in answers} == {(401, answers[0].content)}
