"""Our own targets are seen by staff and by nobody else: no page, list, export or API tells a client of them (TIER-9, KPI-2)."""

import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from goodstanding.adapters.files.escalation import shipped_plan
from goodstanding.apps.desk import queries
from goodstanding.apps.desk.values import BoardFilter, TicketFilter
from goodstanding.apps.escalation.actions import publish_plan
from goodstanding.apps.tenancy.roles import Role
from goodstanding.flows.reassess import reassess
from tests.apps.world import EVERYTHING
from tests.delivery.api.callers import caller
from tests.delivery.web.site import HTMX, Site, text_of

pytestmark = pytest.mark.django_db

P1, P3 = {"priority": "P1"}, {"priority": "P3"}


@pytest.fixture(scope="module")
def site(once_a_module):
    """Tickets under the matrix that ships, whose objective is half of the target; P3 is answered within 4 h."""
    site = Site()
    publish_plan(EVERYTHING, partner=site.partner.pk, plan=shipped_plan(), now=site.now - timedelta(days=9))
    waits = ("opened", 40, P3), ("staff_replied", 39), ("waiting", 1, {"owner": "customer"})
    site.take(
        site.incoming("PASSED", ("opened", 2.5, P3)),
        site.incoming("AHEAD", ("opened", 1, P3)),
        site.incoming("BROKEN", ("opened", 2, P1)),
        site.incoming("WAITS", *waits),
        site.incoming("CLOSED", ("opened", 2.5, P3), ("resolved", 0.1)),
    )
    return site


def rows(page):
    """The rows of a board: whether each bears the mark, by reference."""
    found = re.findall(r'<tr id="r.*?</tr>', page, re.DOTALL)
    marked = {re.search(r'class="ref">([^<]+)<', row).group(1): re.search(r'class="goal"[^>]*>', row) for row in found}
    return {ref: mark is not None and " hidden" not in mark.group(0) for ref, mark in marked.items()}


@pytest.mark.proves("TIER-9", "KPI-2")
def test_staff_see_on_the_board_which_tickets_are_past_our_own_target_and_still_keep_the_contract_s(site):
    page = text_of(site.browser(Role.AGENT).get("/board", **HTMX))

    assert rows(page) == {"PASSED": True, "AHEAD": False, "BROKEN": False, "WAITS": True}
    due = f"{site.now - timedelta(hours=0.5):%Y-%m-%dT%H:%M:%SZ}"
    assert f'data-objective="{due}"' in page
    assert 'href="#s-objective"/></svg><span class="word">Objective passed</span>' in page


@pytest.mark.proves("TIER-9")
def test_the_board_can_be_asked_for_them_alone_and_its_other_tabs_leave_that_again(site):
    browser = site.browser(Role.AGENT)

    page = text_of(browser.get("/board?objective=passed"))
    nothing = text_of(browser.get("/board?objective=passed&priority=P2"))

    assert rows(page).keys() == {"PASSED", "WAITS"}
    assert re.search(r'id="tab-objective" href="/board\?objective=passed" aria-current="true">.*?class="count">2<', page)
    assert re.search(r'id="tab-all" href="/board">', page)
    assert "of 4 open tickets" in page
    assert "Nothing fits this filter" in nothing


@pytest.mark.proves("TIER-9")
def test_the_list_and_the_page_of_a_ticket_show_it_to_staff(site):
    browser = site.browser(Role.TEAM_LEAD)

    listed = text_of(browser.get("/tickets"))
    past, ahead = (text_of(browser.get(f"/tickets/{site.find(ref)}")) for ref in ("PASSED", "AHEAD"))

    assert listed.count(">Objective passed<") == 2
    assert re.search(r">Objective passed</span></span> <time[^>]*>3\d min ago<", past)
    assert re.search(r"<span>our objective <time[^>]*>in 5\d min<", ahead)
    assert "Objective passed" not in ahead


OF_CLIENTS = [Role.CLIENT_ADMIN, Role.CLIENT_VIEWER]
SEEN = ("/tickets", "/tickets?objective=passed", "/tickets.csv", "/search?q=PASSED", "/board", "/")


@pytest.mark.proves("TIER-9", "PORTAL-3")
@pytest.mark.parametrize("role", OF_CLIENTS)
def test_a_client_is_told_of_no_objective_on_any_page_or_export(site, role):
    browser = site.browser(role)

    told = {address: text_of(browser.get(address, follow=True)) for address in (*SEEN, f"/tickets/{site.find('PASSED')}")}
    drawn = {address: re.sub(r'<symbol id="s-objective".*?</symbol>', "", text) for address, text in told.items()}

    assert [address for address, text in drawn.items() if "objective" in text.lower().replace("?objective=passed", "")] == []
    assert "PASSED" in drawn["/tickets"]


@pytest.mark.proves("TIER-9")
@pytest.mark.parametrize("role", [*OF_CLIENTS, Role.PARTNER_ADMIN])
def test_the_api_tells_nobody_of_an_objective(site, role):
    api = caller(site, role)

    answers = [api.get("/tickets"), api.get(f"/tickets/{site.find('PASSED')}")]

    assert [each.status_code for each in answers] == [200, 200]
    assert not any("objective" in json.dumps(each.json()).lower() for each in answers)


@pytest.mark.proves("TIER-9", "PORTAL-3")
def test_no_question_of_a_client_s_is_answered_with_an_objective(site):
    scope = site.scope(Role.CLIENT_ADMIN, client=site.ferrante)

    board = queries.board(scope, BoardFilter(), now=site.now)
    asked = queries.board(scope, BoardFilter(objective_passed=True), now=site.now)
    listed, _ = queries.ticket_list(scope, TicketFilter(), now=site.now)

    assert {(row.objective_at, row.objective_passed) for row in board.rows} == {(None, False)}
    assert asked.rows == ()
    assert queries.board_counts(scope, BoardFilter(), now=site.now).objective_passed == 0
    assert not any(row.objective_passed for row in listed)
    assert queries.standing(scope, site.find("PASSED")).objective_at is None


def test_without_a_plan_there_is_no_mark_and_the_board_asks_as_often_with_one():
    site = Site("baltica", "Baltica ERP")
    pk = queries.standing(EVERYTHING, site.told("T1", ("opened", 2.5, P3))).pk
    browser = site.browser(Role.AGENT)
    browser.get("/board")
    with CaptureQueriesContext(connection) as before:
        without = text_of(browser.get("/board", **HTMX))
    plain = replace(shipped_plan(), steps=())
    publish_plan(EVERYTHING, partner=site.partner.pk, plan=shipped_plan(), now=site.now - timedelta(days=1))
    reassess(EVERYTHING, [pk], now=site.now)

    with CaptureQueriesContext(connection) as after:
        marked = text_of(browser.get("/board", **HTMX))
    publish_plan(EVERYTHING, partner=site.partner.pk, plan=plain, now=site.now)
    reassess(EVERYTHING, [pk], now=site.now)

    assert "Objective passed" not in without
    assert rows(marked) == {"T1": True}
    assert len(after) == len(before)
    assert rows(text_of(browser.get("/board", **HTMX))) == {"T1": False}
