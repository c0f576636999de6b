"""The ticket page says what Odoo says of its SLA beside the verdict by contract, to staff, in words where they differ."""

import html
import re
from datetime import timedelta

import pytest
from django.urls import reverse

from goodstanding.apps.desk import queries
from goodstanding.apps.desk.values import TicketFilter
from goodstanding.apps.tenancy.roles import CLIENT_ROLES, Role
from tests.apps.world import EVERYTHING
from tests.delivery.web.site import Site, text_of
from tests.flows.odoo_desk import Desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def site():
    return Site()


@pytest.fixture
def desk(site):
    return Desk(site, now=site.now - timedelta(minutes=3))


def page(site, ref="HT00001", role=Role.AGENT):
    rows, _ = queries.ticket_list(EVERYTHING, TicketFilter(text=ref), now=site.now, limit=1)
    return html.unescape(text_of(site.browser(role).get(reverse("ticket", args=[rows[0].public_id]))))


def words_of(page):
    """The section as plain text; a cell ends with a bar."""
    section = re.search(r'<section class="card" aria-labelledby="beside">.*?</section>', page, re.DOTALL)
    if section is None:
        return ""
    return " ".join(re.sub(r"<[^>]+>", " ", section[0].replace("</td>", " | ")).split())


def test_it_is_told_next_to_our_verdict_with_both_ways_of_measuring(site, desk):
    ticket = desk.open(1)
    desk.bind(ticket, desk.promise(4, "Done", waits_in=["Waiting for customer"]), 1)
    desk.look()

    told = words_of(page(site))

    assert "What Odoo says" in told
    assert "Four hours On track By contract the resolution is on track too." in told
    assert "Odoo allows 4 h, the contract 8 h." in told
    assert "Counts Standard 40 hours/week | “Always”, UTC |" in told
    assert "Stops at stage “Done” | the resolution |" in told
    assert "Waits in “Waiting for customer” | has not |" in told
    assert "Used 1 h 30 min, as of" in told


def test_where_they_disagree_the_difference_is_said_in_words(site, desk):
    ticket = desk.open(2)
    desk.reply(ticket, 1.9)
    desk.bind(ticket, desk.promise(2, "In progress"), 2, "In progress", due_in=1, allows=2.0)
    desk.look()

    told = words_of(page(site))

    assert "Four hours Missed By contract the first response is met." in told
    assert "Odoo stops at the stage “In progress”, the contract at the first answer to the client." in told


def test_the_same_time_in_other_hours_names_both_calendars(site, desk):
    ticket = desk.open(1)
    desk.bind(ticket, desk.promise(8, "Done"), 1, allows=8.0, due_in=70)
    desk.look()

    told = words_of(page(site))

    assert "Both allow 8 h, but Odoo counts the hours of “Standard 40 hours/week”, the contract “Always”, UTC." in told


def test_a_contract_that_waits_where_odoo_does_not_is_told_as_that(site, desk):
    ticket = desk.open(6)
    desk.move(ticket, 5, "Waiting for customer")
    desk.bind(ticket, desk.promise(8, "Done"), 6, allows=8.0)
    desk.look()

    told = words_of(page(site))

    assert "Four hours Missed By contract the resolution is paused." in told
    assert "Odoo never waits, the contract was paused waiting on client." in told


def test_without_a_promise_there_is_nothing_to_hold_it_against(site, desk):
    site.client("Nobody Known", promised=False)
    ticket = desk.open(1, "Nobody Known")
    desk.bind(ticket, desk.promise(4, "Done"), 1)
    desk.look()

    assert "By contract the resolution is not covered: there is nothing to hold it against." in words_of(page(site))


@pytest.mark.parametrize("role", sorted(CLIENT_ROLES))
def test_a_client_is_told_what_it_was_promised_and_nothing_of_odoos_own_sla(site, desk, role):
    ticket = desk.open(1)
    desk.bind(ticket, desk.promise(4, "Done", name="Among ourselves"), 1)
    desk.look()

    told = page(site, role=role)

    assert "Among ourselves" not in told
    assert "What Odoo says" not in told


def test_a_ticket_without_any_has_no_such_part(site, desk):
    desk.open(1)
    desk.look()

    assert words_of(page(site)) == ""
