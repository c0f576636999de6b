"""Nothing that can be written into an address or a form breaks a page, and nothing of it is taken for markup."""

from itertools import cycle
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.test import Client
from django.urls import reverse

from goodstanding.apps.instances import actions as instances
from goodstanding.apps.tenancy.roles import Role
from goodstanding.flows.connect_odoo import connect_odoo
from goodstanding.flows.follow_tickets import follow_tickets
from tests.apps.world import EVERYTHING
from tests.databases import few
from tests.delivery.web.site import HTMX, Site, text_of
from tests.odoos import ADDRESS, HERE, KEY, desk

pytestmark = pytest.mark.django_db

MARKUP = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'`{{ 1234 * 4321 }}{% raw %}${1234*4321}"
HOSTILE = {
    "a large number": "9" * 22,
    "no letter": "a\0b",
    "half a pair": "\udcff",
    "a long text": "x" * 10_000,
    "the first day": "0001-01-01",
    "the last day": "9999-12-31",
    "a page that was never given": f"{'9' * 18}.{'9' * 18}",
    "nothing": "",
    "a word": "x",
    "a sign": "-1",
    "a number no machine reads": "9" * 5_000,
    "digits of another script": "٣",
    "a fraction": "1.5",
    "a page of the board": ".",
    "a day that is none": "9999-99-99",
    "an identity": "00000000-0000-0000-0000-000000000000",
    "a text longer than a query bears": "%_\\" * 20_000,
    "quotes and markup": f"'; DROP TABLE desk_standing; --\"{MARKUP}",
    "a path": "../../../../etc/passwd",
    "a header": "x\r\nSet-Cookie: a=b",
    "a zone that is none": "Europe/Atlantis",
}
DECIDED_BY_A_DATABASE = 7
"""The first of them are what SQLite keeps and PostgreSQL may refuse."""
MEANT_FOR = {
    "number": ("a sign", "a number no machine reads", "digits of another script", "a fraction"),
    "day": ("the first day", "the last day", "a day that is none"),
    "place": ("a page that was never given", "a page of the board"),
    "identity": ("an identity",),
    "search": ("a text longer than a query bears",),
    "line": ("a header", "a path"),
    "zone": ("a zone that is none",),
    "name": ("a word",),
}
"""What only fields of one kind take for more than a text. The rest of what is hostile is meant for every field."""
READ_AS = {
    "number": {"users", "partner", "weeks", "s0-amount", "s0-quiet_for", "objective", "seen", "all_to", "team", "page", "text"},
    "day": {"from", "until", "effective_from", "from_time", "until_time", "since", "text"},
    "place": {"after", "page"},
    "identity": {
        "client", "tier", "calendar", "version", "whose", "person", "deputy", "holder", "then2", "office", "fallback",
    },
    "search": {"q"},
    "line": {"next", "address", "r0-url", "database", "map", "sheet", "name", "email", "login", "key_name", "message-subject"},
    "zone": {"zone", "client_zone"},
    "name": {"name", "email", "login", "role", "act", "mode", "key_name", "customer", "skills", "desk", "text"},
}  # fmt: skip
AT_ONCE = 8
FIELDS = {
    "/board": ("client", "team", "assignee", "priority", "state", "after"),
    "/tickets": ("client", "q", "is", "breached", "priority", "from", "until", "page"),
    "/tickets.csv": ("client", "q", "is", "breached", "priority", "from", "until", "page"),
    "/outbox": ("state", "channel", "client", "q", "page"),
    "/outbox.csv": ("state", "channel", "client", "q"),
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


def tries(fields, typed=()):
    """What is written into which fields: alone what is meant for a field, and what is meant for others into several at once."""
    values = dict(few(HOSTILE.items(), DECIDED_BY_A_DATABASE))
    kinds = {kind: [name for name in names if name in values] for kind, names in MEANT_FOR.items()}
    for_all = [name for name in values if not any(name in names for names in kinds.values())]
    for name in for_all:
        # Who leaves a field empty that is so anyway has left nothing out.
        alone = [field for field in fields if name != "nothing" or dict(typed).get(field)]
        yield from ({field: name} for field in alone)
    for kind, names in kinds.items():
        yield from ({field: name} for field in fields if field in READ_AS[kind] for name in names)
        # Where nothing is searched, a very long text is a long one.
        others = [field for field in fields if field not in READ_AS[kind]] if names and kind != "search" else []
        for start in range(0, len(others), AT_ONCE):
            yield dict(zip(others[start : start + AT_ONCE], cycle(names)))


@pytest.fixture(scope="module")
def built(once_a_module):
    made = Site()
    made.told("A-1", ("opened", 1, {"priority": "P1"}))
    return made


def refused_or_shown(answer):
    return answer.status_code in (200, 302, 400, 404, 422)


def unescaped(page):
    """What of the markup came through as markup."""
    return [each for each in ("<script>alert", "<img src=x", "5332114", "onerror=alert(1)>") if each in page]


@pytest.mark.parametrize(("address", "options"), [*((address, {}) for address in FIELDS), ("/board", HTMX), ("/search", HTMX)])
def test_an_address_with_anything_in_it_is_answered_and_escaped_on_the_page(site, address, options):
    browser = site.browser(Role.PARTNER_ADMIN)
    broken = []

    for written in (dict.fromkeys(FIELDS[address], "nothing"), *tries(FIELDS[address])):
        sent = {field: HOSTILE[name].encode("utf-8", "surrogateescape") for field, name in written.items()}
        answer = browser.get(address, sent, follow="quotes and markup" in written.values(), **options)
        found = unescaped(text_of(answer))
        if not refused_or_shown(answer) or found:
            broken.append((written, answer.status_code, found))

    assert broken == []


@pytest.mark.parametrize("address", few((each for each in FIELDS if each not in ("/board", "/search")), 1))
def test_what_stands_in_an_address_is_escaped_where_a_part_is_asked_for(site, address):
    browser = site.browser(Role.PARTNER_ADMIN)

    for field in FIELDS[address]:
        answer = browser.get(address, {field: MARKUP}, follow=True, **HTMX)

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
def test_a_form_with_anything_in_it_is_answered(site, form):
    browser = site.browser(Role.PARTNER_ADMIN)
    address, filled_in = address_of(site, form), body(site, form)
    broken, led_to = [], set()

    for written in ({}, *tries(FORMS[form], filled_in.items())):
        # As a browser sends it: the test client would take bytes for a list of numbers.
        sent = urlencode(filled_in | {field: HOSTILE[name] for field, name in written.items()}, errors="surrogateescape")
        answer = browser.post(address, sent, content_type="application/x-www-form-urlencoded")
        found = unescaped(text_of(answer))
        if not refused_or_shown(answer) or found:
            broken.append((written, answer.status_code, found))
        if answer.status_code == 302:
            led_to.add(answer["Location"])
    # What was kept of it is shown where each of them led.
    for there in led_to:
        shown = browser.get(there, follow=True)
        if not refused_or_shown(shown) or unescaped(text_of(shown)):
            broken.append((there, shown.status_code, unescaped(text_of(shown))))

    assert broken == []


@pytest.mark.parametrize("form", FORMS)
def test_an_empty_form_is_answered(site, form):
    browser = site.browser(Role.PARTNER_ADMIN)

    answer = browser.post(address_of(site, form), {}, follow=True)

    assert refused_or_shown(answer)


@pytest.mark.parametrize("name", ["a\0b.csv", "x" * 400 + ".csv", "../../etc/passwd", MARKUP, "\u202egnp.exe", "文件.csv"])
def test_a_file_of_any_name_is_kept_and_shown(site, name):
    browser = site.browser(Role.TEAM_LEAD)
    file = SimpleUploadedFile("x", b"colour\nred\n")
    file.name = file._name = name

    answer = browser.post("/import", {"file": file}, follow=True)

    assert answer.status_code == 200
    assert "<img src=x" not in text_of(answer)


def test_what_people_outside_wrote_is_text_wherever_it_is_shown():
    site = Site("umbria", "Umbria Sistemi")
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


def test_what_an_odoo_says_is_text_wherever_it_is_shown(site):
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


def test_a_request_without_a_host_of_ours_is_refused(site):
    answer = site.browser(Role.AGENT).get("/board", headers={"Host": "evil.example"})

    assert answer.status_code == 400


def test_the_page_to_come_back_to_is_never_elsewhere(site, client):
    from goodstanding.apps.tenancy import actions

    person = site.person(Role.AGENT, email="agent@example.org")
    actions.set_password(EVERYTHING, person, "a long enough password")
    given = {"login": "agent@example.org", "password": "a long enough password"}

    for there in ("https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"):
        answer = client.post("/account/sign-in", given | {"next": there})

        assert (answer.status_code, answer["Location"]) == (302, "/")
        client.logout()


@pytest.mark.parametrize("address", ["/account/sign-in", "/feedback/none", "/import", "/nowhere"])
@pytest.mark.parametrize("role", [None, Role.AGENT])
def test_what_is_larger_than_a_form_is_read_from_nobody_who_has_no_file_to_give(site, address, role, settings):
    settings.FILE_UPLOAD_HANDLERS = ["tests.delivery.web.test_hostile.Refusing"]
    browser = Client() if role is None else site.browser(role)

    answer = browser.post(address, {"file": SimpleUploadedFile("large.csv", b"x" * (3 << 20))})

    assert answer.status_code == 413
    assert "Nothing of it was kept" in text_of(answer)


def test_a_file_to_import_is_larger_than_a_form(site):
    answer = site.browser(Role.TEAM_LEAD).post("/import", {"file": SimpleUploadedFile("large.csv", b"x" * (3 << 20))})

    assert answer.status_code == 302


class Refusing(FileUploadHandler):
    """Finds that a file is read that should not be."""

    def receive_data_chunk(self, raw_data, start):
        raise AssertionError("the file is read")

    def file_complete(self, file_size):
        raise AssertionError("the file is read")
