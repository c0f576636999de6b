"""Who gets what: every address, every role, whatever the object, and nothing of others' anywhere (PORTAL-3)."""

from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from itertools import count
from urllib.parse import quote
from uuid import uuid4

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection as db
from django.test import Client
from django.urls import get_resolver, reverse

from goodstanding.apps.escalation.models import Absence, Draft, Holding, Office, Turn
from goodstanding.apps.instances import actions as instances
from goodstanding.apps.tenancy import actions as tenancy
from goodstanding.apps.tenancy import models
from goodstanding.apps.tenancy.roles import May, Role
from tests.apps.world import EVERYTHING
from tests.databases import few
from tests.delivery.web.site import HTMX, TICKETS, Site, signed_in, text_of
from tests.odoos import HERE

pytestmark = pytest.mark.django_db

EVERYBODY = frozenset(Role)
OF_CLIENTS = frozenset({Role.CLIENT_ADMIN, Role.CLIENT_VIEWER})
STAFF = EVERYBODY - OF_CLIENTS
ADMINS = frozenset({Role.PLATFORM_ADMIN, Role.PARTNER_ADMIN})
MANAGERS = ADMINS | {Role.MANAGER}
LEADS = MANAGERS | {Role.TEAM_LEAD}
SORTERS = LEADS | {Role.AGENT}
HOSTS = MANAGERS | {Role.HOSTING}
APPROVERS = LEADS | {Role.ACCOUNT_MANAGER}

TELLERS = STAFF - {Role.FINANCE, Role.PARTNER_MANAGER, Role.EXECUTIVE}
"""Staff who open tickets and tell what happened to them; a client's administrators do so for their own client."""
ASKERS = TELLERS | {Role.CLIENT_ADMIN}

VARIED = (Role.PLATFORM_ADMIN, Role.PARTNER_ADMIN, Role.AGENT, Role.CLIENT_VIEWER, Role.EXECUTIVE)
ROLES = few([*VARIED, *(role for role in Role if role not in VARIED)], len(VARIED))
"""Who tries each address: everybody, and where another database is asked again one of each reach."""
TOLD = {"turn": Turn, "holding": Holding, "absence": Absence, "office": Office}

SIGN_IN = "/account/sign-in"
OWN, OTHER_CLIENT, OTHER_PARTNER = "own", "other client", "other partner"


@dataclass(frozen=True)
class Route:
    """Who may use an address, and what it then answers; None where it does not take the method."""

    who: frozenset
    needs: May
    get: int | None = 200
    post: int | None = None
    of: str = ""
    """What its id names; every role is tried with one of its own, of another client and of another partner."""


ROUTES = {
    "start": Route(EVERYBODY, May.SEE_TICKETS, get=302),
    "board": Route(STAFF, May.SEE_BOARD),
    "tickets": Route(EVERYBODY, May.SEE_TICKETS),
    "export_tickets": Route(EVERYBODY, May.SEE_TICKETS),
    "ticket": Route(EVERYBODY, May.SEE_TICKETS, of="ticket"),
    "file": Route(EVERYBODY, May.SEE_TICKETS, of="file"),
    "new_ticket": Route(ASKERS, May.ASK, post=302),
    "act": Route(ASKERS, May.ASK, get=None, post=302, of="ticket"),
    "feedback": Route(STAFF, May.SEE_BOARD),
    "set_feedback": Route(MANAGERS | {Role.CUSTOMER_SUCCESS}, May.SET_FEEDBACK, get=None, post=302),
    "waive": Route(LEADS, May.WAIVE, get=None, post=302, of="ticket"),
    "search": Route(EVERYBODY, May.SEE_TICKETS, get=302),
    "clients": Route(STAFF, May.SEE_TERMS),
    "add_client": Route(MANAGERS, May.SET_TERMS, get=None, post=302),
    "client": Route(STAFF, May.SEE_TERMS, of="client"),
    "assign": Route(MANAGERS, May.SET_TERMS, get=None, post=302, of="client"),
    "tiers": Route(STAFF, May.SEE_TERMS),
    "new_tier": Route(MANAGERS, May.SET_TERMS, post=200),
    "tier": Route(STAFF, May.SEE_TERMS, of="tier"),
    "write_tier": Route(MANAGERS, May.SET_TERMS, post=200, of="tier"),
    "calendars": Route(STAFF, May.SEE_TERMS),
    "new_calendar": Route(MANAGERS, May.SET_TERMS, post=200),
    "calendar": Route(STAFF, May.SEE_TERMS, of="calendar"),
    "write_calendar": Route(MANAGERS, May.SET_TERMS, post=200, of="calendar"),
    "classify": Route(EVERYBODY, May.SEE_TICKETS),
    "import": Route(LEADS, May.IMPORT, post=302),
    "preview": Route(LEADS, May.IMPORT, post=302, of="document"),
    "runs": Route(STAFF, May.SEE_RUNS),
    "run": Route(STAFF, May.SEE_RUNS, of="run"),
    "retry_run": Route(LEADS, May.IMPORT, get=None, post=302, of="run"),
    "mail": Route(STAFF, May.SEE_MAIL),
    "new_mailbox": Route(MANAGERS, May.SET_MAIL, post=200),
    "mailbox": Route(MANAGERS, May.SET_MAIL, post=302, of="mailbox"),
    "try_mailbox": Route(MANAGERS, May.SET_MAIL, get=None, post=302, of="mailbox"),
    "sort_letter": Route(SORTERS, May.SORT_MAIL, get=None, post=302, of="letter"),
    "add_contact": Route(SORTERS, May.SORT_MAIL, get=None, post=302, of="client"),
    "remove_contact": Route(SORTERS, May.SORT_MAIL, get=None, post=302, of="contact"),
    "odoo": Route(STAFF, May.SEE_INSTANCES),
    "connect": Route(HOSTS, May.SET_INSTANCES, post=200),
    "connection": Route(STAFF, May.SEE_INSTANCES, of="connection"),
    "examine": Route(HOSTS, May.SET_INSTANCES, get=None, post=302, of="connection"),
    "change_access": Route(HOSTS, May.SET_INSTANCES, get=None, post=302, of="connection"),
    "rename": Route(HOSTS, May.SET_INSTANCES, get=None, post=302, of="connection"),
    "remove": Route(HOSTS, May.SET_INSTANCES, get=None, post=302, of="connection"),
    "name_customer": Route(HOSTS, May.SET_INSTANCES, get=None, post=302, of="connection"),
    "read_again": Route(HOSTS, May.SET_INSTANCES, get=None, post=302, of="connection"),
    "following": Route(HOSTS, May.SET_INSTANCES, post=302, of="connection"),
    "preview_following": Route(HOSTS, May.SET_INSTANCES, of="connection"),
    "switch_following": Route(HOSTS, May.SET_INSTANCES, get=None, post=302, of="connection"),
    "people": Route(STAFF, May.SEE_PEOPLE),
    "add_person": Route(ADMINS, May.SET_PEOPLE, get=None, post=302),
    "keys": Route(ADMINS, May.MANAGE_KEYS),
    "add_key": Route(ADMINS, May.MANAGE_KEYS, get=None, post=302),
    "revoke_key": Route(ADMINS, May.MANAGE_KEYS, get=None, post=302, of="key"),
    "hooks": Route(ADMINS, May.MANAGE_KEYS),
    "add_hook": Route(ADMINS, May.MANAGE_KEYS, get=None, post=302),
    "rotate_hook": Route(ADMINS, May.MANAGE_KEYS, get=None, post=302, of="hook"),
    "revoke_hook": Route(ADMINS, May.MANAGE_KEYS, get=None, post=302, of="hook"),
    "journal": Route(ADMINS, May.SEE_JOURNAL),
    "export_journal": Route(ADMINS, May.SEE_JOURNAL),
    "chat": Route(STAFF, May.SEE_MAIL),
    "connect_chat": Route(MANAGERS, May.SET_MAIL, get=None, post=302),
    "agree_channel": Route(MANAGERS, May.SET_MAIL, get=None, post=302, of="workspace"),
    "change_chat_secret": Route(MANAGERS, May.SET_MAIL, get=None, post=302, of="workspace"),
    "switch_channel": Route(MANAGERS, May.SET_MAIL, get=None, post=302, of="channel"),
    "sort_post": Route(SORTERS, May.SORT_MAIL, get=None, post=302, of="post"),
    "discard_post": Route(SORTERS, May.SORT_MAIL, get=None, post=302, of="post"),
    "forget_sender": Route(SORTERS, May.SORT_MAIL, get=None, post=302, of="sender"),
    "export_outbox": Route(STAFF, May.SEE_OUTBOX),
    "outbox": Route(STAFF, May.SEE_OUTBOX),
    "send_all_again": Route(LEADS | {Role.HOSTING}, May.SEND_AGAIN, get=None, post=302),
    "outbox_message": Route(STAFF, May.SEE_OUTBOX, of="message"),
    "send_again": Route(LEADS | {Role.HOSTING}, May.SEND_AGAIN, get=None, post=302, of="message"),
    "channels": Route(STAFF, May.SEE_OUTBOX),
    "add_channel": Route(HOSTS, May.SET_CHANNELS, get=None, post=302),
    "try_own_channel": Route(STAFF, May.SEE_OUTBOX, get=None, post=302),
    "try_channel": Route(HOSTS, May.SET_CHANNELS, get=None, post=302, of="endpoint"),
    "rotate_channel": Route(HOSTS, May.SET_CHANNELS, get=None, post=302, of="endpoint"),
    "move_channel": Route(HOSTS, May.SET_CHANNELS, get=None, post=302, of="endpoint"),
    "switch_endpoint": Route(HOSTS, May.SET_CHANNELS, get=None, post=302, of="endpoint"),
    "inbox": Route(EVERYBODY, May.SEE_TICKETS),
    "read_inbox": Route(EVERYBODY, May.SEE_TICKETS, get=None, post=302),
    "preferences": Route(EVERYBODY, May.SEE_TICKETS, post=302),
    "escalation": Route(STAFF, May.SEE_TERMS),
    "export_plan": Route(STAFF, May.SEE_TERMS, of="plan"),
    "write_plan": Route(MANAGERS, May.SET_ESCALATION, post=200),
    "rehearsal": Route(MANAGERS, May.SET_ESCALATION, of="rehearsal"),
    "drafts": Route(APPROVERS, May.APPROVE),
    "drop_late": Route(APPROVERS, May.APPROVE, get=None, post=302),
    "draft": Route(APPROVERS, May.APPROVE, post=302, of="draft"),
    "rota": Route(STAFF, May.SEE_TERMS),
    "plan_turns": Route(LEADS, May.SET_ROTA, get=None, post=302),
    "turn": Route(LEADS, May.SET_ROTA, post=302, of="turn"),
    "remove_turn": Route(LEADS, May.SET_ROTA, get=None, post=302, of="turn"),
    "contact_roles": Route(STAFF, May.SEE_TERMS),
    "give_role": Route(MANAGERS, May.SET_ESCALATION, get=None, post=302),
    "holding": Route(MANAGERS, May.SET_ESCALATION, post=302, of="holding"),
    "release_role": Route(MANAGERS, May.SET_ESCALATION, get=None, post=302, of="holding"),
    "offices": Route(STAFF, May.SEE_TERMS),
    "add_office": Route(LEADS, May.SET_ROTA, get=None, post=302),
    "change_office": Route(LEADS, May.SET_ROTA, get=None, post=302, of="office"),
    "remove_office": Route(LEADS, May.SET_ROTA, get=None, post=302, of="office"),
    "seat": Route(LEADS, May.SET_ROTA, get=None, post=302),
    "absences": Route(STAFF, May.SEE_TERMS),
    "add_absence": Route(LEADS, May.SET_ROTA, get=None, post=302),
    "remove_absence": Route(LEADS, May.SET_ROTA, get=None, post=302, of="absence"),
    "put_back": Route(LEADS, May.SET_ROTA, get=None, post=302),
    "place": Route(EVERYBODY, May.SEE_TICKETS, get=None, post=302),
}

KEY = {"uidb36": "1", "key": "set-password"}
ACCOUNT = {
    # address: what somebody who is not signed in is answered, and what somebody who is.
    "account_login": (200, 302),
    "account_logout": (302, 200),
    "account_signup": (200, 302),
    "account_change_password": (302, 200),
    "account_inactive": (200, 200),
    "account_reset_password": (200, 200),
    "account_reset_password_done": (200, 200),
    "account_reset_password_from_key": (200, 200),
    "account_reset_password_from_key_done": (200, 200),
    "account_reauthenticate": (302, 200),
}


ANYBODYS = {"rate", "stop_asking"}
"""Pages whose address is the permission (tests/delivery/web/test_rating.py)."""


def patterns(resolver=None):
    """Every address of the pages by name; those of the API have a table of their own (tests/delivery/api)."""
    found = {}
    for each in (resolver or get_resolver()).url_patterns:
        if str(each.pattern).lstrip("^").startswith("api"):
            continue
        found |= patterns(each) if hasattr(each, "url_patterns") else {each.name: each}
    return found


def connection(site):
    """A connection whose tickets are followed, to an Odoo that nothing reaches."""
    made = instances.add(
        EVERYTHING, partner=site.partner.pk, client=None, name="Our desk", url="https://odoo.invalid", database="desk",
        login="auditor", secret="hush", key_name="", now=site.now,
    )  # fmt: skip
    kept = {
        "known": {"version": "18.0", "database": "desk", "interface": "jsonrpc", "uid": 2}, "login": "auditor",
        "administrator": False, "companies": [1, 1], "findings": [], "desks": ["oca"], "seen": {},
        "barred": {"tickets": [], "health": []}, "readable": {"tickets": ["helpdesk.ticket"], "health": []},
    }  # fmt: skip
    instances.keep_account(
        EVERYTHING, made.public_id, version="18.0", database="desk", account=kept, key_expires_at=None, now=site.now
    )
    terms = instances.Terms(desk="oca", stages={}, priorities={}, teams=(), client_fallback=None, since=None, write_back=False)
    instances.follow(EVERYTHING, made.public_id, terms, on=True, now=site.now)
    return made


@pytest.fixture(autouse=True)
def no_odoo_answers(settings):
    settings.REACH = "tests.odoos.reach"
    HERE.odoos = {}


class Places:
    """A partner with two clients, another partner, and one thing of every kind at each."""

    def __init__(self):
        self.ours, self.theirs = Site(), Site("baltica", "Baltica ERP")
        self.objects = {}
        self.years = count(2031)
        """For turns that are moved: two of one person do not begin at the same time."""
        for site in (self.ours, self.theirs):
            ours = site.told("F-1", ("opened", 3, {"priority": "P1"}))
            others = site.told("K-1", ("opened", 2, {"priority": "P2"}), client=site.kestrel)
            mailbox, letter = site.mailbox(), site.held_letter()
            self.objects[site] = {
                "ticket": ours,
                "ticket of the other": others,
                "mailbox": mailbox.public_id,
                "letter": letter.public_id,
                "tier": site.tier.tier,
                "calendar": site.calendar.calendar,
                "document": site.document().public_id,
                "run": site.run(file="tickets.csv").public_id,
                "key": site.key()[0].public_id,
                "hook": site.hook()[0].public_id,
                "connection": connection(site).public_id,
                "file": self.a_file(site, site.ferrante),
                **site.chat(),
                "sender": site.senders(len(Role)),
                **site.outbox(),
                "draft": site.waiting_draft(ours),
                "plan": site.own_plan(),
                "rehearsal": site.rehearsal(),
                **site.who_is_told(),
            }

    @staticmethod
    def a_file(site, client):
        """A ticket of a client and a file that hangs on it."""
        ticket, files = site.letter_with_files(client)
        return ticket, files[0]

    def of(self, kind, whose):
        """The public id of something; `whose` says of which partner and client."""
        site = self.theirs if whose == OTHER_PARTNER else self.ours
        if kind == "file" and whose == OTHER_CLIENT:
            return self.a_file(site, site.kestrel)
        if kind == "ticket":
            return self.objects[site]["ticket of the other" if whose == OTHER_CLIENT else kind]
        if kind == "client":
            return (site.kestrel if whose == OTHER_CLIENT else site.ferrante).public_id
        if kind == "contact":
            # Whoever may remove it does, and the next one has to find it again.
            return tenancy.add_contact(EVERYTHING, client=site.ferrante.pk, address="@ferrante.example").public_id
        if kind == "draft":
            # Whoever may decide about it does, and the next one finds it waiting again.
            Draft.objects.filter(public_id=self.objects[site][kind]).exclude(state="waiting").update(state="waiting")
        if kind in TOLD and not TOLD[kind].objects.filter(public_id=self.objects[site][kind]).exists():
            # What somebody has removed, the next one has to find again.
            self.objects[site] |= site.who_is_told()
        if kind == "sender":
            # One that is forgotten is gone: each attempt has another.
            return self.objects[site][kind].pop()
        return self.objects[site][kind]

    def address(self, name, whose=OWN):
        kind = ROUTES[name].of
        asked = "?desk=oca" if name == "preview_following" else ""
        found = self.of(kind, whose) if kind else ()
        return reverse(name, args=found if isinstance(found, tuple) else [found]) + asked

    def body(self, name, whose):
        site = self.theirs if whose == OTHER_PARTNER else self.ours
        return {
            "new_ticket": {"client": str(site.ferrante.public_id), "title": "Labels print blank", "token": "t1"},
            "act": {"do": "staff_replied", "text": "We look at it", "token": "t2"},
            "set_feedback": {"asks_after_tickets": "1", "delay": "60"},
            "waive": {"reason": "their own outage", "clock": "response"},
            "add_client": {"name": "Nordhavn", "zone": "Europe/Oslo"},
            "assign": {"tier": site.tier.public_id, "calendar": site.calendar.public_id, "from": "2031-05-01"},
            "new_tier": {"text": "key: x", "check": ""},
            "write_tier": {"text": "key: x", "check": ""},
            "new_calendar": {"text": "zone: x", "check": ""},
            "write_calendar": {"text": "zone: x", "check": ""},
            "import": {"file": SimpleUploadedFile("tickets.csv", TICKETS)},
            "preview": {"take": "1", "client_zone": "UTC"},
            "retry_run": {},
            "new_mailbox": {"address": "support", "host": "", "port": "993"},
            "mailbox": {"address": "support@adriatica.example", "host": "", "port": "993", "is_on": "on"},
            "try_mailbox": {},
            "sort_letter": {"discard": "1"},
            "add_contact": {"address": "anna@elsewhere.example", "name": "Anna"},
            "remove_contact": {},
            "connect": {"address": "ftp://odoo.example", "login": "auditor", "secret": "hush", "connect": "1"},
            "examine": {},
            "change_access": {"login": "somebody", "secret": "hush"},
            "rename": {"name": "Another name"},
            "remove": {"name": "another name than it has"},
            "name_customer": {"customer": "Nordhavn", "client": site.ferrante.public_id},
            "read_again": {},
            "following": {"desk": "oca"},
            "switch_following": {"on": "no"},
            "add_person": {"email": "new@adriatica.example", "name": "New", "role": "agent"},
            "add_key": {"name": "Bridge", "scopes": ["see_tickets"], "days": "90"},
            "revoke_key": {},
            "add_hook": {"name": "Helpdesk", "client": str(site.ferrante.public_id)},
            "rotate_hook": {},
            "revoke_hook": {},
            "connect_chat": {"name": "Chat", "link": "https://app.slack.com/client/T1AA/C1AA", "secret": "0123456789abcdef"},
            "agree_channel": {"link": "https://app.slack.com/client/T123ABC456/C2AA", "client": ""},
            "change_chat_secret": {"secret": "0123456789abcdef"},
            "switch_channel": {"on": "0"},
            "sort_post": {"address": "pia@new.example", "client": str(site.ferrante.public_id)},
            "discard_post": {},
            "forget_sender": {},
            "send_all_again": {},
            "send_again": {},
            "add_channel": {"channel": "webhook", "name": f"Room {next(self.years)}", "address": "https://hooks.example/x"},
            "try_own_channel": {"channel": "inbox"},
            "try_channel": {},
            "rotate_channel": {},
            "move_channel": {"address": "https://hooks.example/y"},
            "switch_endpoint": {"on": "no"},
            "read_inbox": {},
            "preferences": {"escalation.email": "daily"},
            "write_plan": {"whose": "everyone", "mode": "yaml", "text": "steps: x", "act": "publish"},
            "drop_late": {},
            "draft": {"subject": "Your ticket", "text": "We are on it."},
            "plan_turns": {"person": self.of("member", whose), "from": "2031-05-05T09:00", "until": "2031-05-12T09:00"},
            "turn": {
                "person": self.of("member", whose),
                "from": f"{(year := next(self.years))}-06-05T09:00",
                "until": f"{year}-06-12T09:00",
            },
            "remove_turn": {},
            "give_role": {"role": "vp", "holder": self.of("member", whose)},
            "holding": {"holder": self.of("member", whose)},
            "release_role": {},
            "add_office": {"name": "Udine", "calendar": site.calendar.calendar},
            "change_office": {"name": "Trieste", "calendar": site.calendar.calendar},
            "remove_office": {"name": "Trieste"},
            "seat": {"person": self.of("member", whose), "office": "", "skills": ["functional"]},
            "add_absence": {"person": self.of("member", whose), "from": "2031-05-05", "until": "2031-05-12"},
            "remove_absence": {},
            "put_back": {},
            "place": {"partner": site.partner.pk},
        }[name]


@pytest.fixture(scope="module")
def built(once_a_module):
    return Places()


@pytest.fixture(scope="module")
def browsers(built):
    """Somebody of each role, signed in."""
    return {role: built.ours.browser(role) for role in ROLES}


@pytest.fixture
def places(built):
    """The places as they were built, whatever the tests before did with them."""
    return deepcopy(built)


@cache
def _tables():
    ours = [model for model in apps.get_models() if model.__module__.startswith("goodstanding.")]
    columns = {model: [field.column for field in model._meta.concrete_fields if field.name != "last_login"] for model in ours}
    return [
        (model.__name__, names, f"SELECT {', '.join(map(db.ops.quote_name, names))} FROM {model._meta.db_table} ORDER BY 1")  # noqa: S608 - names of our own tables
        for model, names in columns.items()
    ]


def kept():
    """Every row of the product's own tables."""
    found = {}
    with db.cursor() as cursor:
        for model, names, statement in _tables():
            cursor.execute(statement)
            found[model] = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return found


def kinds(route):
    if route.of in ("ticket", "client", "file"):
        return (OWN, OTHER_CLIENT, OTHER_PARTNER)
    return (OWN, OTHER_PARTNER) if route.of else (OWN,)


def expected(route, role, whose, answer):
    if role not in route.who:
        return 403
    if role is Role.PLATFORM_ADMIN:
        return answer
    if whose == OTHER_PARTNER or (whose == OTHER_CLIENT and role in OF_CLIENTS):
        return 404
    return answer


def test_every_address_stands_in_the_table_with_who_may_use_it():
    assert set(patterns()) == set(ROUTES) | set(ACCOUNT) | ANYBODYS


@pytest.mark.parametrize("name", ROUTES)
def test_every_page_is_guarded_by_what_the_table_says(name):
    assert getattr(patterns()[name].callback, "needs", None) is ROUTES[name].needs


@pytest.mark.proves("PORTAL-3")
@pytest.mark.parametrize("name", [name for name, route in ROUTES.items() if route.get is not None])
def test_a_page_is_shown_to_whom_it_may_be_and_to_nobody_else(places, browsers, name):
    route = ROUTES[name]
    answers, wanted = {}, {}

    for whose in kinds(route):
        for role, browser in browsers.items():
            answer = browser.get(places.address(name, whose))
            answers[role.value, whose] = answer.status_code
            wanted[role.value, whose] = expected(route, role, whose, route.get)

    assert answers == wanted


@pytest.mark.proves("PORTAL-3")
@pytest.mark.parametrize("name", [name for name, route in ROUTES.items() if route.post is not None])
def test_a_change_is_made_for_whom_it_may_be_and_what_is_refused_changes_nothing(places, browsers, name):
    route = ROUTES[name]
    wanted = {(role, whose): expected(route, role, whose, route.post) for role in ROLES for whose in kinds(route)}
    refused = {(role, whose): places.address(name, whose) for (role, whose), answer in wanted.items() if answer in (403, 404)}
    answers, before = {}, kept()

    for (role, whose), address in refused.items():
        answers[role, whose] = browsers[role].post(address, places.body(name, whose)).status_code
    assert kept() == before

    for role, whose in wanted.keys() - refused.keys():
        # The address is asked for each time: what somebody has taken away is there again for the next one.
        answer = browsers[role].post(places.address(name, whose), places.body(name, whose))
        answers[role, whose] = answer.status_code
    assert answers == wanted


@pytest.mark.parametrize("name", ROUTES)
def test_who_is_not_signed_in_is_asked_to_and_comes_back_to_the_page(places, name):
    route = ROUTES[name]
    addresses = {whose: places.address(name, whose) for whose in kinds(route)}
    before = kept()

    for whose, address in addresses.items():
        answer = Client().get(address) if route.get else Client().post(address, places.body(name, whose))

        assert answer.status_code == 302
        assert answer["Location"] == f"{SIGN_IN}?next={quote(address)}"
    assert kept() == before


@pytest.mark.parametrize("name", [name for name, route in ROUTES.items() if route.post and route.get])
def test_nobody_changes_anything_without_signing_in(places, name):
    before = kept()

    answer = Client().post(places.address(name), places.body(name, OWN))

    assert (answer.status_code, answer["Location"].split("?")[0]) == (302, SIGN_IN)
    assert kept() == before


@pytest.mark.parametrize("name", [name for name, route in ROUTES.items() if route.get is None])
def test_what_only_changes_things_cannot_be_asked_for_as_a_page(places, browsers, name):
    route = ROUTES[name]
    address = places.address(name)
    before = kept()

    answers = {role: browser.get(address).status_code for role, browser in browsers.items()}

    assert answers == {role: 405 if role in route.who else 403 for role in ROLES}
    assert kept() == before


@pytest.mark.parametrize("name", [name for name, route in ROUTES.items() if route.post is not None])
def test_a_change_that_no_page_of_ours_asked_for_is_refused(places, name):
    browser = places.ours.browser(Role.PARTNER_ADMIN, enforce_csrf_checks=True)
    address = places.address(name)
    before = kept()

    answer = browser.post(address, places.body(name, OWN))

    assert answer.status_code == 403
    assert kept() == before


@pytest.mark.parametrize("name", [name for name in ACCOUNT if name != "account_inactive"])
def test_forms_of_the_account_are_refused_too_when_no_page_of_ours_asked(name):
    address = reverse(name, kwargs=KEY if "key" in name and "done" not in name else {})

    answer = Client(enforce_csrf_checks=True).post(address, {"login": "a@b.example", "password": "x"})

    assert answer.status_code == 403


@pytest.mark.proves("PORTAL-3")
@pytest.mark.parametrize("name", sorted(ANYBODYS))
def test_a_page_whose_address_is_the_permission_answers_everybody_alike_and_nobody_without_it(places, browsers, name):
    address = reverse(name, args=["a-guess"])
    before = kept()
    everybody = [Client(), *browsers.values()]

    answers = {each.status_code for browser in everybody for each in (browser.get(address), browser.post(address))}

    assert answers == {404}
    assert kept() | {"Allowance": []} == before | {"Allowance": []}


@pytest.mark.parametrize("name", ACCOUNT)
def test_pages_of_the_account_answer_strangers_and_people_as_the_table_says(places, name):
    address = reverse(name, kwargs=KEY if name == "account_reset_password_from_key" else {})
    person = places.ours.person(Role.AGENT)
    tenancy.set_password(EVERYTHING, person, "a long enough password")

    answers = Client().get(address).status_code, signed_in(person).get(address).status_code

    assert answers == ACCOUNT[name]


def test_nobody_signs_up_by_themselves():
    before = kept()

    page = Client().get("/account/sign-up")
    answer = Client().post("/account/sign-up", {"email": "new@adriatica.example", "password1": "a long enough password"})

    assert "By invitation" in text_of(page)
    assert "By invitation" in text_of(answer)
    assert kept() == before


@pytest.mark.proves("PORTAL-3")
def test_a_role_taken_away_is_refused_at_the_next_request(places):
    person = places.ours.person(Role.MANAGER)
    browser = signed_in(person)
    mine = [name for name, route in ROUTES.items() if route.get == 200 and Role.MANAGER in route.who]
    before = {name: browser.get(places.address(name)).status_code for name in mine}

    models.Membership.objects.filter(person_id=person).delete()

    after = {name: browser.get(places.address(name)).status_code for name in before}
    assert set(before.values()) == {200}
    assert set(after.values()) == {403}


def test_a_role_that_shrinks_shrinks_with_the_next_request(places):
    person = places.ours.person(Role.MANAGER)
    browser = signed_in(person)
    assert browser.get("/import").status_code == 200

    models.Membership.objects.filter(person_id=person).update(role=Role.AGENT)

    assert browser.get("/import").status_code == 403
    assert browser.get("/board").status_code == 200


def test_an_account_that_is_closed_is_out_with_the_next_request(places):
    person = places.ours.person(Role.MANAGER)
    browser = signed_in(person)
    assert browser.get("/board").status_code == 200

    get_user_model().objects.filter(pk=person).update(is_active=False)

    answer = browser.get("/board")
    assert (answer.status_code, answer["Location"]) == (302, f"{SIGN_IN}?next=/board")


@pytest.mark.parametrize("kind", ["ticket", "client", "tier", "calendar", "document", "run", "mailbox"])
def test_a_foreign_object_answers_as_one_that_never_was(places, kind):
    browser = places.ours.browser(Role.PARTNER_ADMIN)
    name = next(name for name, route in ROUTES.items() if route.of == kind and route.get)

    foreign = browser.get(places.address(name, OTHER_PARTNER))
    missing = browser.get(reverse(name, args=[uuid4()]))

    assert (foreign.status_code, missing.status_code) == (404, 404)
    assert _without_clock(foreign) == _without_clock(missing)


def _without_clock(answer):
    """A page without what differs from one request to the next: the server's time and the masked token."""
    text = text_of(answer)
    lines = [line for line in text.splitlines() if "csrf" not in line.lower() and "server-now" not in line]
    return "\n".join(lines)


@pytest.mark.proves("PORTAL-3")
def test_the_switcher_leads_nobody_to_a_partner_they_do_not_belong_to(places):
    browser = places.ours.browser(Role.PARTNER_ADMIN)

    answer = browser.post("/place", {"partner": places.theirs.partner.pk})

    assert answer.status_code == 404
    assert "Adriatica Sistemi" in text_of(browser.get("/clients"))
    assert browser.get(places.address("ticket", OTHER_PARTNER)).status_code == 404


@pytest.mark.parametrize("chosen", ["", "0", "-1", "x", "9" * 30, "9" * 5000, "1.5", "null"])
def test_the_switcher_does_not_trip_over_a_partner_that_is_none(places, chosen):
    for role in (Role.AGENT, Role.PLATFORM_ADMIN):
        browser = places.ours.browser(role)
        answer = browser.post("/place", {"partner": chosen})

        assert answer.status_code == 404
        assert browser.get("/board").status_code == 200


def test_somebody_with_two_partners_sees_one_at_a_time_with_the_rights_they_have_there(places):
    person = places.ours.person(Role.PARTNER_ADMIN, email="both@example.org")
    places.theirs.person(Role.AGENT, email="both@example.org")
    browser = signed_in(person)
    before = browser.get("/import").status_code, browser.get(places.address("ticket", OTHER_PARTNER)).status_code

    browser.post("/place", {"partner": places.theirs.partner.pk})

    after = browser.get("/import").status_code, browser.get(places.address("ticket", OTHER_PARTNER)).status_code
    assert (before, after) == ((200, 404), (403, 200))
    assert browser.get(places.address("ticket", OWN)).status_code == 404


def test_a_session_that_names_a_foreign_partner_is_of_no_use(places):
    browser = places.ours.browser(Role.PARTNER_ADMIN)
    session = browser.session
    session["place"] = places.theirs.partner.pk
    session.save()

    answer = browser.get("/tickets")

    assert browser.get(places.address("ticket", OTHER_PARTNER)).status_code == 404
    assert "Baltica" not in text_of(answer)


def test_the_platform_works_at_the_partner_it_has_chosen(places):
    browser = places.ours.browser(Role.PLATFORM_ADMIN)

    browser.post("/place", {"partner": places.theirs.partner.pk})

    assert browser.get(places.address("ticket", OTHER_PARTNER)).status_code == 200
    assert browser.get(places.address("ticket", OWN)).status_code == 404


def test_somebody_signed_in_without_any_role_is_shown_nothing(places):
    person = get_user_model().objects.create(email="nobody@example.org", name="Nobody")
    browser = signed_in(person.pk)

    answers = {name: browser.get(places.address(name)).status_code for name, route in ROUTES.items() if route.get}

    assert set(answers.values()) == {403}


def test_a_fragment_asked_for_after_the_session_ended_sends_the_whole_page_to_sign_in():
    answer = Client().get("/board?team=x", **HTMX)

    assert answer["HX-Redirect"] == f"{SIGN_IN}?next=/board%3Fteam%3Dx"
    assert text_of(answer) == ""
