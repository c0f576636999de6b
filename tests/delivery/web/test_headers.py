"""What a browser is told with every page, and that no page holds what it is told to refuse."""

import re
from html.parser import HTMLParser

import pytest
from django.test import Client
from django.urls import reverse

from goodstanding.apps.runs import actions as runs
from goodstanding.apps.tenancy import actions as tenancy
from goodstanding.apps.tenancy.roles import Role
from goodstanding.flows.publish_tier import publish_catalogue
from tests.apps.world import EVERYTHING, LONG_AGO
from tests.delivery.web.site import HTMX, Site, text_of

pytestmark = pytest.mark.django_db


class Markup(HTMLParser):
    """Collects what the policy forbids, and where addresses lead."""

    def __init__(self):
        super().__init__()
        self.forbidden, self.addresses, self.inside = [], [], ""

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.inside = tag if tag in ("script", "style") else ""
        if tag == "style" or (tag == "script" and not given.get("src")) or tag in ("iframe", "object", "embed", "base"):
            self.forbidden.append(tag)
        for name, value in given.items():
            if name == "style" or name.startswith(("on", "hx-on")):
                self.forbidden.append(f"{tag} {name}")
            if name in ("src", "href", "action", "hx-get", "hx-post", "xlink:href", "formaction", "poster", "srcset", "data"):
                self.addresses.append(value or "")

    def handle_endtag(self, tag):
        self.inside = ""

    def handle_data(self, data):
        if self.inside and data.strip():
            self.forbidden.append(f"{self.inside}: {data.strip()[:40]}")


def read(page):
    found = Markup()
    found.feed(page)
    return found


@pytest.fixture(scope="module")
def built(once_a_module):
    """A site with something of every kind, so that every branch of a page is drawn."""
    made = Site()
    publish_catalogue(EVERYTHING, partner=made.partner.pk, effective_from=LONG_AGO, now=made.now)
    made.told(
        "A-1",
        ("opened", 30, {"priority": "P1"}),
        ("staff_replied", 29),
        ("waiting", 20, {"owner": "customer"}),
        ("resumed", 10),
        ("resolved", 5),
        ("reopened", 4),
    )
    made.told("A-2", ("opened", 1, {"priority": "P3"}), tags=frozenset({"print"}), kind="incident", contact="Ann")
    return made


@pytest.fixture(scope="module")
def answers(built):
    """Every answer with its page, asked for once: what each test looks at stands in all of them."""
    return [(address, answer, text_of(answer)) for address, answer in every_answer(built)]


def addresses(site):
    failed = site.run()
    runs.claim(failed.pk, worker="a", now=site.now)
    runs.fail(failed.pk, worker="a", now=site.now, error="out of memory", again=False)
    working = site.run(file="x.csv")
    runs.claim(working.pk, worker="a", now=site.now)
    runs.progress(working.pk, worker="a", now=site.now, done=1, total=3, stage="Reading")
    tier = next(each for each in site_tiers(site) if each.key == "platinum")
    return [
        "/board", "/board?state=breached", "/board?client=00000000-0000-0000-0000-000000000000", "/tickets", "/tickets?q=none",
        "/clients", reverse("client", args=[site.ferrante.public_id]), "/tiers", reverse("tier", args=[tier.tier]),
        reverse("write_tier", args=[tier.tier]), "/tiers/new", "/calendars",
        reverse("calendar", args=[site.calendar.calendar]), reverse("write_calendar", args=[site.calendar.calendar]),
        "/calendars/new", "/classify", "/classify?hit=all&way_round=none&users=3", "/import",
        reverse("preview", args=[site.document().public_id]), "/runs", reverse("run", args=[failed.public_id]),
        reverse("run", args=[working.public_id]), "/people", reverse("ticket", args=[site.find("A-1")]),
        reverse("ticket", args=[site.find("A-2")]),
    ]  # fmt: skip


def site_tiers(site):
    from goodstanding.apps.desk import queries

    return queries.tiers(site.scope())


STRANGERS = [
    "/account/sign-in",
    "/account/sign-up",
    "/account/inactive",
    "/account/password/reset",
    "/account/password/reset/done",
    "/account/password/reset/key/1-set-password",
    "/account/password/reset/key/done",
]


def every_answer(site):
    browser = site.browser(Role.PARTNER_ADMIN)
    client = site.browser(Role.CLIENT_VIEWER)
    yield from ((address, browser.get(address)) for address in addresses(site))
    yield from ((address, browser.get(address, **HTMX)) for address in ("/board", "/runs", "/search?q=a"))
    yield from ((address, client.get(address)) for address in ("/tickets", reverse("ticket", args=[site.find("A-1")])))
    yield from ((address, Client().get(address)) for address in STRANGERS)
    yield "missing", browser.get("/nothing-here")
    yield "foreign", browser.get(reverse("ticket", args=["00000000-0000-4000-8000-000000000000"]))
    yield "forbidden", client.get("/board")
    yield "refused form", browser.post("/tiers/new", {"text": "key: [", "check": ""})
    yield "unreadable", browser.get("/tickets?q=%00")
    yield "not a page", browser.get("/place")


def test_every_answer_carries_a_policy_under_which_no_foreign_or_inline_code_runs(answers):
    for address, answer, _ in answers:
        policy = dict(part.strip().partition(" ")[::2] for part in answer["Content-Security-Policy"].split(";"))

        assert policy["default-src"] == "'none'", address
        assert policy["script-src"] == "'self'", address
        assert policy["style-src"] == "'self'", address
        assert policy["frame-ancestors"] == policy["base-uri"] == "'none'", address
        assert policy["form-action"] == policy["connect-src"] == "'self'", address
        assert "unsafe" not in answer["Content-Security-Policy"], address
        assert "*" not in answer["Content-Security-Policy"], address


def test_every_answer_refuses_frames_guessing_of_types_and_telling_others_where_one_comes_from(answers):
    for address, answer, _ in answers:
        assert answer["X-Frame-Options"] == "DENY", address
        assert answer["X-Content-Type-Options"] == "nosniff", address
        assert answer["Referrer-Policy"] == "same-origin", address
        assert answer["Cross-Origin-Opener-Policy"] == "same-origin", address


def test_what_is_for_who_is_signed_in_is_kept_for_nobody_else_on_the_way(site):
    site.told("A-1", ("opened", 3, {"priority": "P1"}))
    browser = site.browser(Role.PARTNER_ADMIN)

    kept = {
        address: browser.get(address).get("Cache-Control", "")
        for address in ("/board", "/tickets", "/tickets.csv", "/outbox.csv", "/settings/journal.csv", "/nowhere")
    }

    assert all(kept[address].startswith("private") or "no-store" in kept[address] for address in kept), kept


def test_no_page_holds_code_or_style_of_its_own(answers):
    found = {address: read(page).forbidden for address, _, page in answers}

    assert {address: each for address, each in found.items() if each} == {}


def test_no_page_leads_to_another_host(answers):
    for address, _, page in answers:
        elsewhere = [each for each in read(page).addresses if re.match(r"(?:[a-z][a-z0-9+.-]*:|//|\\)", each, re.IGNORECASE)]

        assert elsewhere == [], address


def test_every_form_that_changes_something_carries_the_token(answers):
    for address, _, page in answers:
        for form in re.findall(r"<form[^>]*method=.post.*?</form>", page, re.DOTALL | re.IGNORECASE):
            assert "csrfmiddlewaretoken" in form, address


def test_cookies_are_kept_from_scripts_and_other_sites(site):
    person = site.person(Role.AGENT, email="agent@example.org")
    tenancy.set_password(EVERYTHING, person, "a long enough password")
    browser = Client()

    page = browser.get("/account/sign-in")
    answer = browser.post("/account/sign-in", {"login": "agent@example.org", "password": "a long enough password"})

    session = answer.cookies["sessionid"]
    assert (bool(session["httponly"]), session["samesite"]) == (True, "Lax")
    for cookies in (page.cookies, answer.cookies):
        assert all(each["samesite"] in ("Lax", "Strict") for each in cookies.values())


def test_signing_in_begins_a_new_session_and_signing_out_ends_it(site):
    person = site.person(Role.AGENT, email="agent@example.org")
    tenancy.set_password(EVERYTHING, person, "a long enough password")
    browser = Client()
    browser.get("/board")
    browser.post("/account/sign-in", {"login": "agent@example.org", "password": "a long enough password"})
    kept = browser.cookies["sessionid"].value
    assert browser.get("/board").status_code == 200

    browser.post("/account/sign-out")

    thief = Client()
    thief.cookies["sessionid"] = kept
    assert browser.get("/board").status_code == 302
    assert thief.get("/board").status_code == 302


def test_asking_to_sign_out_does_not_sign_out(site):
    browser = site.browser(Role.AGENT)

    browser.get("/account/sign-out")

    assert browser.get("/board").status_code == 200


def test_a_part_is_kept_apart_from_its_page_in_the_browsers_memory(site):
    browser = site.browser(Role.AGENT)

    for options in ({}, HTMX):
        assert "HX-Request" in browser.get("/board", **options)["Vary"]


def test_pages_say_in_which_language_they_are_and_what_they_are_called(answers):
    for address, _, page in answers:
        if "<html" in page:
            assert '<html lang="en">' in page, address
            assert re.search(r"<title>\s*[^<]*\w[^<]*</title>", page), address
            assert len(re.findall(r"<h1[ >]", page)) == 1, address
