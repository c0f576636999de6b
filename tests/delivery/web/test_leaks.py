"""What is others' appears nowhere: no page, part, search, export, filter or count tells of it (PORTAL-3)."""

import csv
import io
import re
from copy import deepcopy
from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from goodstanding.adapters.files.escalation import shipped_plan
from goodstanding.apps.documents import actions as documents
from goodstanding.apps.escalation.actions import publish_plan
from goodstanding.apps.instances import actions as instances
from goodstanding.apps.instances import queries as connected
from goodstanding.apps.outbox import leases
from goodstanding.apps.runs import actions as runs
from goodstanding.apps.tenancy import queries as tenancy
from goodstanding.apps.tenancy.roles import ALLOWED, CLIENT_ROLES, Role
from goodstanding.core.desk.events import Actor
from tests.apps.world import EVERYTHING
from tests.delivery.web.site import HTMX, Site, signed_in, text_of

pytestmark = pytest.mark.django_db

SECRET = "Zanzibar"
"""Stands in everything that is not for the reader."""
STAFF = sorted({ALLOWED[role]: role for role in Role if role not in CLIENT_ROLES | {Role.PLATFORM_ADMIN}}.values())
"""One role for each set of rights: a page knows what somebody may do, and not by which role."""
HERE = [
    "/board",
    "/tickets",
    "/tickets.csv",
    "/clients",
    "/tiers",
    "/calendars",
    "/escalation",
    "/runs",
    "/people",
    "/mail",
    "/odoo",
    "/chat",
    "/classify",
    "/outbox",
    "/outbox?q=zan",
    "/outbox.csv",
    "/channels",
    "/inbox",
    "/inbox/preferences",
    "/search?q=zan",
    "/escalation/people",
    "/escalation/people/roles",
    "/escalation/people/offices",
    "/escalation/people/absences",
]


@pytest.fixture(scope="module")
def built(once_a_module):
    """Ours, where nothing is secret, and another partner's, where everything is."""
    ours, theirs = Site(), Site(SECRET.lower(), f"{SECRET} Partner")
    ours.told("A-1", ("opened", 3, {"priority": "P1", "actor": Actor.CLIENT}), title="Ours")
    client = theirs.client(f"{SECRET} Client")
    theirs.told(
        f"{SECRET}-1",
        ("opened", 3, {"priority": "P1", "team": f"{SECRET} team"}),
        ("assigned", 2, {"assignee": f"{SECRET} Assignee", "team": f"{SECRET} team"}),
        ("staff_replied", 1, {"text": f"{SECRET} text"}),
        client=client, title=f"{SECRET} title", contact=f"{SECRET} contact",
    )  # fmt: skip
    theirs.mailbox(f"{SECRET}@example.org".lower())
    theirs.held_letter(SECRET, f"{SECRET} <{SECRET}@example.org>", SECRET)
    theirs.person(Role.AGENT, email=f"{SECRET}@example.org")
    instances.add(
        EVERYTHING, partner=theirs.partner.pk, client=None, name=f"{SECRET} desk", url=f"https://{SECRET}.example".lower(),
        database=SECRET, login=SECRET, secret=SECRET, key_name=SECRET, now=theirs.now,
    )  # fmt: skip
    documents.keep(EVERYTHING, partner=theirs.partner.pk, name=f"{SECRET}.csv", parts=[b"x"], now=theirs.now)
    runs.request(
        EVERYTHING, name="import_tickets", key="1", partner=theirs.partner.pk, params={"file": f"{SECRET}.csv"}, now=theirs.now
    )
    plan = replace(shipped_plan(), call=f"{SECRET} call")
    for whose in (None, client.public_id):
        publish_plan(EVERYTHING, partner=theirs.partner.pk, plan=plan, client=whose, now=theirs.now, note=f"{SECRET} note")
    theirs.chat(f"{SECRET} said", f"U{SECRET}", f"{SECRET} chat")
    theirs.given_up(1, subject=f"{SECRET} subject", text=f"{SECRET} text", recipient=f"{SECRET}@example.org".lower())
    kept, _ = theirs.endpoint(f"{SECRET} room", shown=f"{SECRET}.example")
    theirs.who_is_told(SECRET)
    leases.hold(f"webhook:{kept.public_id}", until=theirs.now + timedelta(days=1), said=f"{SECRET} is down", now=theirs.now)
    return ours, theirs


@pytest.fixture
def sites(built):
    """The two as they were built, whatever the tests before did with them."""
    return deepcopy(built)


@pytest.fixture(scope="module")
def asked(built):
    """Every address that somebody of ours may try."""
    _, theirs = built
    foreign = theirs.find(f"{SECRET}-1")
    client = next(each for each in theirs_clients(theirs) if each.name.startswith(SECRET))
    return [
        *HERE,
        f"/tickets?client={client.public_id}",
        f"/board?client={client.public_id}",
        reverse("ticket", args=[foreign]),
        reverse("connection", args=[connected.instances(EVERYTHING)[0].public_id]),
    ]


@pytest.fixture(scope="module")
def parts(built, asked):
    """The answers to htmx of who may do everything, and the addresses that have a part for it; the others answer a page."""
    browser = built[0].browser(Role.PARTNER_ADMIN)
    told = {address: text_of(browser.get(address, follow=True, **HTMX)) for address in asked}
    return told, [address for address, text in told.items() if "<html" not in text]


def leaks(told):
    return [address for address, text in told.items() if SECRET.lower() in text.lower().replace("/search?q=zan", "")]


@pytest.mark.proves("PORTAL-3")
@pytest.mark.parametrize("role", STAFF)
def test_nothing_of_another_partner_stands_on_any_page_or_part(sites, asked, parts, role):
    browser = sites[0].browser(role)

    told = {address: text_of(browser.get(address, follow=True)) for address in asked}
    to_htmx = {address: text_of(browser.get(address, follow=True, **HTMX)) for address in parts[1]}

    assert leaks(told) == leaks(to_htmx) == []


@pytest.mark.proves("PORTAL-3")
def test_nothing_of_another_partner_stands_in_any_answer_to_htmx(parts):
    told, with_parts = parts

    assert leaks(told) == []
    assert {"/board", "/runs", "/search?q=zan"} <= set(with_parts)


def theirs_clients(site):
    from goodstanding.apps.tenancy import queries

    return [each for each in queries.clients(EVERYTHING) if each.partner == site.partner.pk]


@pytest.mark.proves("PORTAL-3")
@pytest.mark.parametrize("role", sorted(CLIENT_ROLES))
def test_a_clients_people_see_their_own_tickets_and_nothing_of_the_partners_other_clients(role):
    site = Site("umbria", "Umbria Sistemi")
    mine = site.told("MINE-1", ("opened", 3, {"priority": "P1"}), title="Landed costs", client=site.kestrel)
    other = site.told(
        f"{SECRET}-1",
        ("opened", 3, {"priority": "P1", "team": f"{SECRET} team"}),
        ("assigned", 2, {"assignee": f"{SECRET} Assignee"}),
        title=f"{SECRET} title", client=site.client(f"{SECRET} Client"),
    )  # fmt: skip
    browser = site.browser(role, client=site.kestrel)

    told = {address: text_of(browser.get(address, follow=True)) for address in [*HERE, reverse("ticket", args=[other])]}
    found = {address: text_of(browser.get(address, **HTMX)) for address in ("/search?q=zan", "/search?q=landed")}

    assert [address for address, text in (told | found).items() if SECRET in text] == []
    assert "MINE-1" in told["/tickets"]
    assert "MINE-1" in told["/tickets.csv"]
    assert "Landed costs" in found["/search?q=landed"]
    assert "Landed costs" in text_of(browser.get(reverse("ticket", args=[mine])))
    assert "Casa Ferrante" not in "".join((told | found).values())


@pytest.mark.proves("PORTAL-3")
def test_a_clients_people_are_led_to_their_tickets_and_offered_no_page_that_is_not_theirs():
    site = Site("umbria", "Umbria Sistemi")
    browser = site.browser(Role.CLIENT_VIEWER)

    start = browser.get("/", follow=True)

    page = text_of(start)
    assert start.redirect_chain == [("/tickets", 302)]
    for address in ("/board", "/clients", "/tiers", "/calendars", "/import", "/runs", "/people", "/odoo", "/chat"):
        assert f'href="{address}"' not in page
    assert 'href="/tickets"' in page


@pytest.mark.proves("PORTAL-3")
def test_inner_notes_and_reasons_among_staff_are_not_in_what_the_client_receives():
    site = Site("umbria", "Umbria Sistemi")
    ticket = site.told(
        "A-1",
        ("opened", 9, {"priority": "P1", "actor": Actor.CLIENT, "text": "It does not print"}),
        ("noted", 8, {"public": False, "text": f"{SECRET}: they have not paid"}),
        ("staff_replied", 7, {"public": False, "text": f"{SECRET}: ask Jonas"}),
        ("staff_replied", 6, {"text": "We look at it"}),
        ("waiting", 5, {"public": False, "owner": "customer", "reason": f"{SECRET}: they stall"}),
        ("resumed", 3, {"public": False}),
        ("waiting", 2, {"owner": "customer", "reason": "a sample document"}),
    )

    client = text_of(site.browser(Role.CLIENT_ADMIN).get(reverse("ticket", args=[ticket])))
    staff = text_of(site.browser(Role.AGENT).get(reverse("ticket", args=[ticket])))

    assert SECRET not in client
    assert "We look at it" in client
    assert "a sample document" in client
    for said in ("they have not paid", "ask Jonas", "they stall"):
        assert f"{SECRET}: {said}" in staff


@pytest.mark.proves("PORTAL-3")
def test_who_answers_among_staff_for_a_breach_is_not_in_what_the_client_receives():
    site = Site("umbria", "Umbria Sistemi")
    ticket = site.told(
        "A-1",
        ("opened", 9, {"priority": "P1", "actor": Actor.CLIENT}),
        ("assigned", 8.9, {"public": False, "assignee": SECRET}),
        ("assigned", 1, {"public": False, "assignee": "Marta Rizzo"}),
    )
    address = reverse("ticket", args=[ticket])

    client = text_of(site.browser(Role.CLIENT_ADMIN).get(address))
    staff = text_of(site.browser(Role.AGENT).get(address))

    assert "breached" in client
    assert SECRET not in client
    assert f"{SECRET} was responsible at the breach" in staff


def test_who_may_not_waive_or_see_terms_is_offered_neither_on_the_ticket_page():
    site = Site("umbria", "Umbria Sistemi")
    address = reverse("ticket", args=[site.told("A-1", ("opened", 9, {"priority": "P1"}))])

    client = text_of(site.browser(Role.CLIENT_ADMIN).get(address))
    agent = text_of(site.browser(Role.AGENT).get(address))
    lead = text_of(site.browser(Role.TEAM_LEAD).get(address))

    assert f"{address}/waive" not in client
    assert f"{address}/waive" not in agent
    assert f'action="{address}/waive"' in lead
    assert f"/clients/{site.ferrante.public_id}" not in client


@pytest.mark.proves("PORTAL-3")
@pytest.mark.parametrize("htmx", [False, True])
def test_a_filter_by_a_foreign_client_counts_nothing_and_looks_like_one_by_a_client_that_never_was(sites, htmx):
    ours, theirs = sites
    browser = ours.browser(Role.PARTNER_ADMIN)
    missing = "00000000-0000-4000-8000-000000000000"
    options = HTMX if htmx else {}

    for address in ("/board", "/tickets", "/tickets.csv"):
        foreign = text_of(browser.get(f"{address}?client={theirs.ferrante.public_id}", **options))
        nobody = text_of(browser.get(f"{address}?client={missing}", **options))

        assert without_what_differs(foreign, str(theirs.ferrante.public_id)) == without_what_differs(nobody, missing)
        assert "A-1" not in foreign


def without_what_differs(text, public_id):
    lines = text.replace(public_id, "CLIENT").splitlines()
    return [line for line in lines if "csrf" not in line.lower() and "server-now" not in line]


@pytest.mark.proves("PORTAL-3")
def test_counts_of_the_board_are_of_ones_own_tickets(sites):
    ours, _ = sites

    page = text_of(ours.browser(Role.AGENT).get("/board"))

    assert "of 1 open ticket" in page


def test_a_search_for_a_foreign_reference_leads_nowhere(sites):
    ours, _ = sites

    answer = ours.browser(Role.PARTNER_ADMIN).get(f"/search?q={SECRET}-1")

    assert answer["Location"] == f"/tickets?q={SECRET}-1"


def test_a_search_for_a_reference_of_ones_own_leads_to_the_ticket(sites):
    ours, _ = sites

    answer = ours.browser(Role.AGENT).get("/search?q=a-1")

    assert answer["Location"] == reverse("ticket", args=[ours.find("A-1")])


def test_the_export_holds_the_tickets_of_the_list_and_no_others(sites):
    ours, _ = sites
    ours.told("B-1", ("opened", 2, {"priority": "P2"}), client=ours.kestrel)

    rows = list(csv.DictReader(io.StringIO(text_of(ours.browser(Role.AGENT).get("/tickets.csv")).removeprefix("\ufeff"))))

    assert [row["ticket"] for row in rows] == ["B-1", "A-1"]


@pytest.mark.parametrize("kind", ["tier", "calendar"])
def test_a_foreign_version_is_not_shown_under_a_tier_or_calendar_of_ones_own(sites, kind):
    ours, theirs = sites
    own, foreign = (
        (site.tier, site.tier.tier) if kind == "tier" else (site.calendar, site.calendar.calendar) for site in sites
    )
    browser = ours.browser(Role.AGENT)

    page = text_of(browser.get(reverse(kind, args=[own[1]]), {"version": str(foreign[0].public_id)}))

    assert str(foreign[0].public_id) not in page
    assert str(own[0].public_id) in page
    assert theirs.partner.name not in page


@pytest.mark.proves("PORTAL-3")
@pytest.mark.parametrize("field", ["tier", "calendar"])
def test_a_client_cannot_be_promised_another_partners_terms(sites, field):
    ours, theirs = sites
    given = {"tier": ours.tier.public_id, "calendar": ours.calendar.public_id, "from": "2031-05-01"}
    address = reverse("assign", args=[ours.ferrante.public_id])
    browser = ours.browser(Role.PARTNER_ADMIN)
    foreign = theirs.tier.public_id if field == "tier" else theirs.calendar.public_id

    page = text_of(browser.post(address, given | {field: foreign}, follow=True))

    assert "Not assigned: there is no such" in page
    assert "2031" not in page.replace("2031-05-01", "")


@pytest.mark.proves("PORTAL-3")
@pytest.mark.parametrize("address", ["name_customer", "following"])
def test_tickets_of_an_odoo_are_not_given_to_another_partners_client(sites, address):
    ours, theirs = sites
    made = instances.add(
        EVERYTHING, partner=ours.partner.pk, client=None, name="Ours", url="https://ours.example", database="ours",
        login="auditor", secret="hush", key_name="", now=ours.now,
    )  # fmt: skip
    instances.keep_account(
        EVERYTHING, made.public_id, version="18.0", database="ours", account={"desks": ["oca"]}, key_expires_at=None,
        now=ours.now,
    )  # fmt: skip
    terms = instances.Terms(desk="oca", stages={}, priorities={}, teams=(), client_fallback=None, since=None, write_back=False)
    instances.follow(EVERYTHING, made.public_id, terms, on=False, now=ours.now)
    foreign = str(theirs.ferrante.public_id)

    ours.browser(Role.PARTNER_ADMIN).post(
        reverse(address, args=[made.public_id]), {"desk": "oca", "customer": "X", "client": foreign, "fallback": foreign}
    )

    kept = connected.instance(EVERYTHING, made.public_id).following
    assert (kept.customers, kept.client_fallback, kept.on) == ({}, None, False)


@pytest.mark.proves("PORTAL-3")
def test_somebody_of_a_foreign_client_cannot_be_added(sites):
    ours, theirs = sites
    browser = ours.browser(Role.PARTNER_ADMIN)

    page = text_of(
        browser.post(
            "/people/add",
            {"email": "new@example.org", "name": "New", "role": "client_viewer", "client": str(theirs.ferrante.public_id)},
            follow=True,
        )
    )

    assert "Not added" in page
    assert "new@example.org" not in page


@pytest.mark.proves("PORTAL-3")
def test_nobody_is_made_an_administrator_of_the_platform_from_a_partners_page(sites):
    ours, _ = sites
    browser = ours.browser(Role.PARTNER_ADMIN)

    page = text_of(
        browser.post("/people/add", {"email": "new@example.org", "name": "New", "role": "platform_admin"}, follow=True)
    )

    assert "Not added" in page
    assert "new@example.org" not in page


@pytest.mark.proves("PORTAL-3")
def test_an_account_that_another_firm_gave_out_gets_no_role_and_no_link_here(sites):
    """Whoever made it up there, with an address of ours and a password of their own, would come in by it."""
    ours, theirs = sites
    theirs.browser(Role.PARTNER_ADMIN).post(
        "/people/add", {"email": "somebody@example.org", "name": "Made up", "role": "agent"}
    )
    (account,) = [each for each in tenancy.people(EVERYTHING) if each.email == "somebody@example.org"]
    browser = ours.browser(Role.PARTNER_ADMIN)

    page = text_of(
        browser.post("/people/add", {"email": "somebody@example.org", "name": "Somebody", "role": "agent"}, follow=True)
    )

    assert "/account/password/reset/key/" not in page
    assert "another firm gave out" in page
    assert "Made up" not in page
    assert not tenancy.scope_of_person_at(account.pk, ours.partner.pk).may


@pytest.mark.proves("PORTAL-3")
def test_a_link_to_choose_a_password_is_not_given_to_who_could_take_over_a_role_elsewhere(sites):
    ours, theirs = sites
    theirs.person(Role.PARTNER_ADMIN, email="somebody@example.org")
    ours.person(Role.AGENT, email="somebody@example.org")
    browser = ours.browser(Role.PARTNER_ADMIN)

    page = text_of(
        browser.post("/people/add", {"email": "somebody@example.org", "name": "Somebody", "role": "manager"}, follow=True)
    )

    assert "/account/password/reset/key/" not in page
    assert "Somebody is now Manager" in page


def test_pages_for_strangers_name_nobody(sites):
    for address in ("/account/sign-in", "/account/password/reset", "/account/inactive", "/account/sign-up"):
        page = text_of(Client().get(address))

        assert SECRET not in page
        assert "Adriatica" not in page


def test_asking_for_a_new_password_does_not_tell_whether_somebody_has_an_account(sites, settings):
    settings.SMTP_URL, settings.MAIL_FROM = "smtp+plain://127.0.0.1:9", "desk@adriatica.example"
    settings.ADDRESS = "https://desk.example"
    ours, _ = sites
    ours.person(Role.AGENT, email="known@example.org")

    known = Client().post("/account/password/reset", {"email": "known@example.org"})
    stranger = Client().post("/account/password/reset", {"email": "stranger@example.org"})

    assert (known.status_code, known["Location"]) == (stranger.status_code, stranger["Location"])


def test_signing_in_does_not_tell_whether_somebody_has_an_account(sites):
    ours, _ = sites
    person = ours.person(Role.AGENT, email="known@example.org")
    assert signed_in(person).get("/board").status_code == 200

    pages = [
        text_of(Client().post("/account/sign-in", {"login": email, "password": "wrong password"}))
        for email in ("known@example.org", "unknown@example.org")
    ]

    errors = [re.findall(r'role="alert">([^<]+)<', page) for page in pages]
    assert errors[0] == errors[1] != []
