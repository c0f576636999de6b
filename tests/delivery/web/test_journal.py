"""Administrators read the journal, narrow it down and take it along as a file that no spreadsheet takes for a program."""

import csv
import html
import io
import re
from datetime import timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from goodstanding.apps.journal import actions, queries
from goodstanding.apps.journal.values import Act, Change
from goodstanding.apps.tenancy import actions as tenancy
from goodstanding.apps.tenancy.roles import Role
from tests.apps.world import EVERYTHING
from tests.delivery.web.site import Site, signed_in, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def site():
    return Site()


@pytest.fixture
def browser(site):
    return site.browser(Role.PARTNER_ADMIN)


def put(site, act, name, *changes, days=0, scope=EVERYTHING):
    at = site.now - timedelta(days=days)
    actions.record(scope, act, partner=site.partner.pk, thing=uuid4(), name=name, changes=changes, now=at)


def filled(site):
    put(site, Act.KEY_MADE, "Old key", Change("may", "", "see_tickets"), days=9)
    put(site, Act.ACCESS_CHANGED, "Our desk", Change("login", "reader", "other"), Change("secret", "", "new"), days=3)
    put(site, Act.HOOK_REVOKED, "Helpdesk")


def names(page):
    return re.findall(r'<td class="lines what">[^<]*<b>(.*?)</b>', page)


def page(browser, **asked):
    return html.unescape(text_of(browser.get(reverse("journal"), asked)))


def test_it_is_empty_until_something_is_done_and_then_says_who_what_and_what_changed(site, browser):
    empty = page(browser)
    filled(site)

    told = page(browser)

    assert "Nothing yet" in empty
    assert "Export CSV" not in empty
    assert names(told) == ["Helpdesk", "Our desk", "Old key"]
    assert "changed the access to the Odoo <b>Our desk</b>" in told
    assert "login: reader → other<br>secret: new" in told


def test_what_is_done_on_the_pages_stands_in_it_under_the_persons_name(site):
    admin = tenancy.set_up_person(
        EVERYTHING, email="ada@adriatica.example", name="Ada Bianchi", role=Role.PARTNER_ADMIN, partner=site.partner.pk
    )
    browser = signed_in(admin)
    browser.post(reverse("add_key"), {"name": "Bridge", "scopes": ["see_tickets"], "days": "90"})
    browser.post(reverse("add_hook"), {"name": "Helpdesk", "client": ""})

    told = page(browser)

    assert "Ada Bianchi <ada@adriatica.example>" in told
    assert names(told) == ["Helpdesk", "Bridge"]
    assert "may: Read tickets, clients and compliance<br>ends: " in told
    assert "whsec_" not in told
    assert "gs_" not in told


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"about": "key"}, ["Old key"]),
        ({"about": "connection"}, ["Our desk"]),
        ({"q": "DESK"}, ["Helpdesk", "Our desk"]),
        ({"q": "to test"}, ["Helpdesk", "Our desk", "Old key"]),
        ({"q": "nobody at all"}, []),
        ({"about": "nonsense", "from": "never", "until": "0001-01-01"}, ["Helpdesk", "Our desk", "Old key"]),
    ],
)
def test_a_filter_shows_what_it_says_and_keeps_to_the_export(site, browser, asked, found):
    filled(site)

    told = page(browser, **asked)

    assert names(told) == found
    assert ("Nothing fits this filter" in told) is (found == [])
    assert [row["what"].rpartition("the ")[2] for row in exported(browser, **asked)] == [
        {"Helpdesk": "webhook Helpdesk", "Our desk": "Odoo Our desk", "Old key": "API key Old key"}[each] for each in found
    ]


def test_days_are_those_of_the_readers_zone_and_the_last_one_is_whole(site, browser):
    filled(site)
    day = (site.now - timedelta(days=3)).astimezone(ZoneInfo(site.partner.zone)).date().isoformat()

    assert names(page(browser, **{"from": day, "until": day})) == ["Our desk"]
    assert names(page(browser, **{"from": day})) == ["Helpdesk", "Our desk"]
    assert names(page(browser, until=day)) == ["Our desk", "Old key"]


def exported(browser, **asked):
    answer = browser.get(reverse("export_journal"), asked)
    assert answer["Content-Disposition"] == 'attachment; filename="journal.csv"'
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_the_export_has_everything_and_no_formulas(site, browser):
    filled(site)
    put(site, Act.CONNECTION_RENAMED, "=HYPERLINK(1)", Change("=cmd|' /C calc'!A0", "", "+1"))
    for number in range(queries.PAGE):
        put(site, Act.KEY_MADE, f"Key {number}")

    rows = exported(browser)

    assert len(rows) == queries.PAGE + 4
    hostile = next(row for row in rows if "HYPERLINK" in row["what"])
    assert hostile["what"] == "renamed the Odoo =HYPERLINK(1)"
    assert hostile["changes"].startswith("'=cmd")
    assert all(not cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())


def test_older_entries_are_on_the_next_page_with_the_filter_kept(site, browser):
    for number in range(queries.PAGE + 1):
        put(site, Act.KEY_MADE, f"Key {number}")

    first = page(browser, about="key")
    second = page(browser, about="key", page="2")

    assert '<a class="button" href="/settings/journal?about=key&page=2" rel="next">Older</a>' in first
    assert names(second) == ["Key 0"]
    assert '<a class="button" href="/settings/journal?about=key" rel="prev">Newer</a>' in second


def test_another_partners_journal_is_not_in_it(site, browser):
    other = Site("baltica", "Baltica ERP")
    filled(other)

    assert "Nothing yet" in page(browser)
    assert exported(browser) == []


def test_names_are_text_wherever_they_come_from(site, browser):
    put(site, Act.CONNECTION_RENAMED, "<script>alert(1)</script>", Change("name", "<b>a</b>", "<i>b</i>"))

    raw = text_of(browser.get(reverse("journal")))

    assert "<script>alert(1)" not in raw
    assert "<i>b</i>" not in raw
