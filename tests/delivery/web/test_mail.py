"""The mail pages: how mailboxes stand, in words; whose held letters are; and no password anywhere."""

import re

import pytest
from django.urls import reverse

from goodstanding.apps.post import actions as post
from goodstanding.apps.post import queries
from goodstanding.apps.tenancy import queries as tenancy
from goodstanding.apps.tenancy.roles import Role
from goodstanding.apps.tickets import models as tickets
from goodstanding.core.desk.letters import Outcome
from tests.apps.world import EVERYTHING
from tests.delivery.web.site import Site, text_of

pytestmark = pytest.mark.django_db


def words(answer):
    """What a page says, without its markup."""
    return " ".join(re.sub(r"<[^>]+>", " ", text_of(answer)).split())


def box(site, **settings):
    given = {"host": "imap.adriatica.example", "login": "support"} | settings
    return site.mailbox("support@adriatica.example", **given)


FORM = {"address": "Support@Adriatica.example", "host": "imap.adriatica.example", "port": "993", "security": "tls",
        "login": "", "password": "pl4nted", "folder": "INBOX", "after": "seen", "priority": "P3"}  # fmt: skip


def test_an_empty_page_says_what_will_come_and_how():
    site = Site()

    assert "No mailbox yet" in words(site.browser(Role.MANAGER).get("/mail"))
    assert "Add a mailbox" not in words(site.browser(Role.FINANCE).get("/mail"))


def test_a_mailbox_is_set_up_by_its_form_and_its_password_never_comes_back():
    site = Site()
    browser = site.browser(Role.MANAGER)

    answer = browser.post("/mail/mailboxes/new", FORM)

    [made] = queries.mailboxes(EVERYTHING)
    pages = [browser.get("/mail"), browser.get(f"/mail/mailboxes/{made.public_id}")]
    assert answer.status_code == 302
    assert (made.address, made.settings.login, made.settings.after) == (
        "support@adriatica.example",
        "Support@Adriatica.example",
        "seen",
    )
    assert made.not_before_at is not None
    assert queries.secret_of(EVERYTHING, made.pk) == "pl4nted"
    assert not any("pl4nted" in text_of(page) for page in pages)


def test_a_form_that_is_refused_keeps_what_was_typed_but_not_the_password():
    site = Site()

    page = text_of(site.browser(Role.MANAGER).post("/mail/mailboxes/new", FORM | {"port": "70000", "team": "Second line"}))

    assert "a port is a number" in page
    assert "imap.adriatica.example" in page
    assert "pl4nted" not in page


def test_a_mailbox_that_is_sent_elsewhere_needs_its_password_anew():
    site = Site()
    made = box(site)
    browser = site.browser(Role.MANAGER)
    moved = FORM | {"host": "imap.evil.example", "password": "", "login": "support", "is_on": "on"}

    page = text_of(browser.post(f"/mail/mailboxes/{made.public_id}", moved))

    assert "type the login and the password for that server" in page
    assert queries.mailbox(EVERYTHING, made.public_id).settings.host == "imap.adriatica.example"


def test_what_keeps_a_mailbox_from_being_read_stands_there_in_plain_words():
    site = Site()
    made = box(site)
    error = "The mail server does not accept the login and password."
    post.end_reading(EVERYTHING, made.pk, now=site.now, next_look_at=site.now, error=error, advice="Check both.", failures=1)

    page = words(site.browser(Role.AGENT).get("/mail"))

    assert "1 mailbox not read" in page
    assert "support@adriatica.example : The mail server does not accept the login and password. Check both." in page


def test_trying_a_mailbox_inside_the_own_network_says_that_it_is_not_connected_to():
    site = Site()
    made = box(site, host="127.0.0.1")

    page = site.browser(Role.MANAGER).post(f"/mail/mailboxes/{made.public_id}/try", follow=True)

    assert "No connection to 127.0.0.1: it leads into a private or reserved network." in words(page)


def test_a_held_letter_is_taken_for_a_client_and_its_sender_remembered():
    site = Site()
    held = site.held_letter()
    browser = site.browser(Role.AGENT)
    before = words(browser.get("/mail"))

    page = browser.post(
        reverse("sort_letter", args=[held.public_id]), {"client": site.kestrel.public_id, "remember": "on"}, follow=True
    )

    assert "1 letter to sort" in before
    assert "Nobody knows this sender" in before
    assert "opened a ticket of Kestrel Outdoor" in words(page)
    assert [each.address for each in tenancy.contacts(EVERYTHING, client=site.kestrel.pk)] == ["pia@new.example"]
    assert tickets.Ticket.objects.get().client_id == site.kestrel.pk


def test_a_letter_is_not_taken_without_a_client():
    site = Site()
    held = site.held_letter()

    page = site.browser(Role.AGENT).post(reverse("sort_letter", args=[held.public_id]), {"client": ""}, follow=True)

    assert "Not sorted: choose the client it is from." in words(page)
    assert queries.letter(EVERYTHING, held.public_id).outcome is Outcome.HELD


def test_a_letter_that_is_put_away_is_gone_from_the_page():
    site = Site()
    held = site.held_letter()
    browser = site.browser(Role.AGENT)

    browser.post(reverse("sort_letter", args=[held.public_id]), {"discard": "1"})

    assert "Printer" not in words(browser.get("/mail"))
    assert not tickets.Ticket.objects.exists()


def test_a_held_letter_is_shown_as_text_whatever_it_holds():
    site = Site()
    site.held_letter('<img src=x onerror="alert(1)">', "Pia <pia@new.example>", "<b>Bold</b>")

    page = text_of(site.browser(Role.AGENT).get("/mail"))

    assert "<img" not in page
    assert "<b>Bold" not in page


def test_a_letter_is_not_taken_for_a_client_of_somebody_else():
    ours, theirs = Site(), Site("baltica", "Baltica ERP")
    held = ours.held_letter()

    answer = ours.browser(Role.AGENT).post(reverse("sort_letter", args=[held.public_id]), {"client": theirs.kestrel.public_id})

    assert answer.status_code == 404
    assert queries.letter(EVERYTHING, held.public_id).outcome is Outcome.HELD


def test_a_clients_page_lists_who_writes_for_it_and_changes_it():
    site = Site()
    browser = site.browser(Role.AGENT)
    address = reverse("client", args=[site.ferrante.public_id])

    added = browser.post(f"{address}/contacts", {"address": "@Ferrante.example", "name": ""}, follow=True)
    refused = browser.post(f"{address}/contacts", {"address": "@gmail.com"}, follow=True)
    [contact] = tenancy.contacts(EVERYTHING, client=site.ferrante.pk)
    removed = browser.post(reverse("remove_contact", args=[contact.public_id]), follow=True)

    assert "Everybody under @ferrante.example writes for Casa Ferrante." in words(added)
    assert "anybody can have an address under gmail.com" in words(refused)
    assert "@ferrante.example no longer writes for Casa Ferrante" in words(removed)
    assert tenancy.contacts(EVERYTHING, client=site.ferrante.pk) == ()
