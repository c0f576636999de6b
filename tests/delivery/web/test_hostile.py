"""Nothing that can be written into an address or a form breaks a page, and nothing of it is taken for markup."""

from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from goodstanding.apps.instances import actions as instances
from goodstanding.apps.tenancy.roles import Role
from goodstanding.flows.connect_odoo import connect_odoo
from goodstanding.flows.follow_tickets import follow_tickets
from tests.apps.world import EVERYTHING
from tests.delivery.web.site import HTMX, Site, text_of
from tests.odoos import ADDRESS, HERE, KEY, desk

pytestmark = pytest.mark.django_db

MARKUP = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'`{{ 1234 * 4321 }}{% raw %}${1234*4321}"
HOSTILE = {
    "nothing": "",
    "a word": "x",
    "a sign": "-1",
    "a large number": "9" * 22,
    "a number no machine reads": "9" * 5_000,
    "digits of another script": "٣",
    "a fraction": "1.5",
    "a page of the board": ".",
    "a page that was never given": f"{'9' * 18}.{'9' * 18}",
    "a day that is none": "9999-99-99",
    "the first day": "0001-01-01",
    "the last day": "9999-12-31",
    "an identity": "00000000-0000-0000-0000-000000000000",
    "no letter": "a\0b",
    "a long text": "x" * 10_000,
    "a text longer than a query bears": "%_\\" * 20_000,
    "quotes": "'; DROP TABLE desk_standing; --\"",
    "markup": MARKUP,
    "a path": "../../../../etc/passwd",
    "a header": "x\r\nSet-Cookie: a=b",
    "half a pair": "\udcff",
    "a zone that is none": "Europe/Atlantis",
}
FIELDS = {
    "/board": ("client", "team", "assignee", "priority", "state", "after"),
    "/tickets": ("client", "q", "is", "breached", "priority", "from", "until", "page"),
    "/tickets.csv": ("client", "q", "is", "breached", "priority", "from", "until", "page"),
    "/search": ("q",),
    "/classify": ("hit", "way_round", "users"),
    "/calendars/new": ("preset", "zone"),
    "/escalation": ("tier", "client", "version"),
    "/escalation/change": ("tier", "client", "version"),
    "/account/sign-in": ("next",),
    "/escalation/people": ("from", "until"),
    "/escalation/people/roles": ("client", "team", "role"),
}
FORMS = {
    "/clients/add": {"name": "Nordhavn", "zone": "Europe/Oslo"},
    "/people/add": {"email": "new@example.org", "name": "New", "role": "agent", "client": ""},
    "/place": {"partner": "1"},
    "/tiers/new": {"text": "key: x", "effective_from": "2031-01-01", "note": "", "publish": ""},
    "/calendars/new": {"name": "Office", "text": "zone: UTC\nweek: {mon: ['09:00-17:00']}\n", "note": "", "publish": ""},
    "/escalation/change": {
        "whose": "everyone",
        "seen": "",
        "mode": "table",
        "act": "publish",
        "note": "",
        "objective": "50 %",
        "call": "",
        "fall_back": "manager",
        "add_role": "vp",
        "s0-clock": "resolution",
        "s0-amount": "50",
        "s0-unit": "contract",
        "s0-condition": "always",
        "s0-quiet_for": "",
        "s0-do": "alert",
        "s0-tell": "agent",
        "s0-queue": "",
        "s0-client": "",
        "s0-key": "",
        "s0-was": "",
        "team-development": "",
        "r0-title": "Manual",
        "r0-url": "https://manual.example",
        "message-subject": "Look",
        "message-text": "Now",
        "text": "steps: []",
    },
    "assign": {"tier": "", "calendar": "", "from": "2031-01-01"},
    "waive": {"clock": "", "reason": "their own outage"},
    "preview": {
        "zone": "UTC",
        "dates": "",
        "sheet": "",
        "map": "",
        "all_to": "",
        "tier": "",
        "calendar": "",
        "client_zone": "",
    },
    "/odoo/connect": {
        "address": ADDRESS,
        "database": "",
        "login": "auditor",
        "secret": KEY,
        "key_name": "",
        "client": "",
        "try": "",
    },
    "/escalation/people/turns/add": {
        "person": "",
        "deputy": "",
        "from": "2031-05-05T09:00",
        "until": "2031-05-12T09:00",
        "weeks": "2",
        "then2": "",
    },
    "/escalation/people/roles/give": {"role": "vp", "holder": "", "deputy": "", "client": "", "team": ""},
    "/escalation/people/offices/add": {"name": "Trieste", "calendar": ""},
    "/escalation/people/seats": {"person": "", "office": "", "skills": "functional"},
    "/escalation/people/absences/add": {
        "person": "",
        "from": "2031-05-05",
        "from_time": "09:00",
        "until": "2031-05-06",
        "until_time": "12:00",
    },
    "rename": {"name": "Desk"},
    "change_access": {"login": "auditor", "secret": KEY, "key_name": ""},
    "name_customer": {"customer": "Nordhavn", "client": ""},
    "following": {
        "desk": "oca",
        "stage:New": "opened",
        "priority:0": "P4",
        "team": "",
        "since": "",
        "fallback": "",
        "write_back": "",
    },
}


def refused_or_shown(answer):
    return answer.status_code in (200, 302, 400, 404, 422)


def unescaped(page):
    """What of the markup came through as markup."""
    return [each for each in ("<script>alert", "<img src=x", "5332114", "onerror=alert(1)>") if each in page]


@pytest.mark.parametrize(("address", "options"), [*((address, {}) for address in FIELDS), ("/board", HTMX), ("/search", HTMX)])
def test_an_address_with_anything_in_it_is_answered(address, options):
    site = Site()
    site.told("A-1", ("opened", 1, {"priority": "P1"}))
    browser = site.browser(Role.PARTNER_ADMIN)
    broken = []

    for field in FIELDS[address]:
        for name, value in HOSTILE.items():
            answer = browser.get(address, {field: value.encode("utf-8", "surrogateescape")}, **options)
            text_of(answer)
            if not refused_or_shown(answer):
                broken.append((field, name, answer.status_code))

    assert broken == []


@pytest.mark.parametrize("address", FIELDS)
def test_what_stands_in_an_address_is_escaped_on_the_page(address):
    site = Site()
    site.told("A-1", ("opened", 1, {"priority": "P1"}))
    browser = site.browser(Role.PARTNER_ADMIN)

    for field in FIELDS[address]:
        for options in ({}, HTMX):
            answer = browser.get(address, {field: MARKUP}, follow=True, **options)

            assert refused_or_shown(answer)
            assert unescaped(text_of(answer)) == []


def body(site, address):
    """A form as it is filled in, with what only the site knows."""
    found = dict(FORMS[address])
    if address == "assign":
        found |= {"tier": site.tier.public_id, "calendar": site.calendar.public_id}
    if address.startswith("/escalation"):
        member = site.who_is_told()["member"]
        known = {"person": member, "holder": member, "then2": member, "calendar": site.calendar.calendar}
        found |= {name: value for name, value in known.items() if name in found}
    return found


def connection(site):
    """An Odoo that answers, connected and followed."""
    HERE.odoos = {ADDRESS: desk(site.now, tickets=1)}
    made = connect_odoo(
        EVERYTHING, partner=site.partner.pk, client=None, name="Desk", address=ADDRESS, login="auditor", secret=KEY,
        database="", key_name="", reach=HERE.reach, now=site.now,
    )  # fmt: skip
    terms = instances.Terms(desk="oca", stages={}, priorities={}, teams=(), client_fallback=None, since=None, write_back=False)
    instances.follow(EVERYTHING, made.public_id, terms, on=True, now=site.now)
    return made.public_id


@pytest.fixture(autouse=True)
def odoos_in_memory(settings):
    settings.REACH = "tests.odoos.reach"
    HERE.odoos = {}


def address_of(site, name):
    if name in ("rename", "change_access", "name_customer", "following"):
        return reverse(name, args=[connection(site)])
    return {
        "assign": lambda: reverse("assign", args=[site.ferrante.public_id]),
        "waive": lambda: reverse("waive", args=[site.find("A-1")]),
        "preview": lambda: reverse("preview", args=[site.document().public_id]),
    }.get(name, lambda: name)()


@pytest.mark.parametrize("form", FORMS)
def test_a_form_with_anything_in_it_is_answered(form):
    site = Site()
    site.told("A-1", ("opened", 1, {"priority": "P1"}))
    browser = site.browser(Role.PARTNER_ADMIN)
    address = address_of(site, form)
    broken, led_to = [], set()

    for field in FORMS[form]:
        filled_in = body(site, form)
        for name, value in HOSTILE.items():
            # As a browser sends it: the test client would take bytes for a list of numbers.
            sent = urlencode(filled_in | {field: value}, errors="surrogateescape")
            answer = browser.post(address, sent, content_type="application/x-www-form-urlencoded")
            if not refused_or_shown(answer) or unescaped(text_of(answer)):
                broken.append((field, name, answer.status_code, unescaped(text_of(answer))))
            if answer.status_code == 302:
                led_to.add(answer["Location"])
    # What was kept of it is shown where each of them led.
    for there in led_to:
        shown = browser.get(there, follow=True)
        if not refused_or_shown(shown) or unescaped(text_of(shown)):
            broken.append((there, shown.status_code, unescaped(text_of(shown))))

    assert broken == []


@pytest.mark.parametrize("form", FORMS)
def test_an_empty_form_is_answered(form):
    site = Site()
    site.told("A-1", ("opened", 1, {"priority": "P1"}))
    browser = site.browser(Role.PARTNER_ADMIN)

    answer = browser.post(address_of(site, form), {}, follow=True)

    assert refused_or_shown(answer)


@pytest.mark.parametrize("name", ["a\0b.csv", "x" * 400 + ".csv", "../../etc/passwd", MARKUP, "\u202egnp.exe", "文件.csv"])
def test_a_file_of_any_name_is_kept_and_shown(name):
    site = Site()
    browser = site.browser(Role.TEAM_LEAD)
    file = SimpleUploadedFile("x", b"colour\nred\n")
    file.name = file._name = name

    answer = browser.post("/import", {"file": file}, follow=True)

    assert answer.status_code == 200
    assert "<img src=x" not in text_of(answer)


def test_what_people_outside_wrote_is_text_wherever_it_is_shown():
    site = Site()
    ticket = site.told(
        MARKUP[:110],
        ("opened", 9, {"priority": MARKUP, "team": MARKUP, "text": MARKUP}),
        ("assigned", 8, {"assignee": MARKUP, "team": MARKUP}),
        ("waiting", 7, {"owner": "customer", "reason": MARKUP}),
        ("resumed", 6),
        ("noted", 5, {"public": False, "text": MARKUP}),
        title=MARKUP, priority=MARKUP, team=MARKUP, kind=MARKUP, tags=frozenset({MARKUP}), contact=MARKUP,
        client=site.client(MARKUP),
    )  # fmt: skip
    browser = site.browser(Role.PARTNER_ADMIN)

    for address in (
        "/board", "/tickets", "/clients", "/import", "/search?q=script", reverse("ticket", args=[ticket]), "/people",
    ):  # fmt: skip
        for options in ({}, HTMX):
            assert unescaped(text_of(browser.get(address, follow=True, **options))) == []


def test_what_an_odoo_says_is_text_wherever_it_is_shown():
    site = Site()
    public_id = connection(site)
    odoo = HERE.odoos[ADDRESS]
    customer = odoo.create("res.partner", {"name": MARKUP}, at=site.now)
    stage = odoo.create("helpdesk.ticket.stage", {"name": MARKUP, "sequence": 7}, at=site.now)
    odoo.create("helpdesk.ticket.team", {"name": MARKUP}, at=site.now)
    values = {"number": "HT9", "name": MARKUP, "partner_id": customer, "stage_id": stage, "priority": "1"}
    odoo.create("helpdesk.ticket", values, at=site.now, by="admin")
    follow_tickets(public_id, reach=HERE.reach, clock=lambda: site.now)
    browser = site.browser(Role.PARTNER_ADMIN)

    told = [text_of(browser.get(reverse(name, args=[public_id]))) for name in ("connection", "following")]

    assert [unescaped(page) for page in told] == [[], []]
    assert all("alert(1)" in page for page in told)


def test_a_request_without_a_host_of_ours_is_refused():
    site = Site()

    answer = site.browser(Role.AGENT).get("/board", headers={"Host": "evil.example"})

    assert answer.status_code == 400


def test_the_page_to_come_back_to_is_never_elsewhere(client):
    from goodstanding.apps.tenancy import actions

    site = Site()
    person = site.person(Role.AGENT, email="agent@example.org")
    actions.set_password(EVERYTHING, person, "a long enough password")
    given = {"login": "agent@example.org", "password": "a long enough password"}

    for there in ("https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"):
        answer = client.post("/account/sign-in", given | {"next": there})

        assert (answer.status_code, answer["Location"]) == (302, "/")
        client.logout()
