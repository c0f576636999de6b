"""Escalation on the pages: a ticket's trail, and messages to clients that a person approves (requirements ESC-3 to ESC-5)."""

import pytest

from goodstanding.apps.desk import queries as desk
from goodstanding.apps.escalation import queries
from goodstanding.apps.escalation.models import Draft
from goodstanding.apps.escalation.values import DraftState
from goodstanding.apps.outbox.models import Message
from goodstanding.apps.tenancy.roles import Role
from goodstanding.core.clocks.clock import second_of
from tests.apps.world import EVERYTHING
from tests.delivery.web.site import Site, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def site():
    return Site()


def to_client():
    return [(each.subject, each.text, each.address) for each in Message.objects.filter(kind="client.escalation")]


@pytest.mark.proves("ESC-5")
def test_a_ticket_shows_what_became_of_its_steps_whom_they_told_and_when_the_next_one_comes(site):
    browser = site.browser(Role.MANAGER)
    ticket = site.escalated()

    shown = text_of(browser.get(f"/tickets/{ticket}"))

    assert "Resolution at 75 %" in shown
    assert "Overtaken" in shown
    assert "a later step stands for it" in shown
    assert "stands also for resolution at 75 % of our objective, resolution at 50 %" in shown
    assert "Manager for agent: answers for the partner" in shown
    assert "should be raised to development, owned by the partner" in shown
    assert "waits for approval" in shown
    assert "next step <time" in shown


def test_a_step_that_could_tell_nobody_is_an_error_to_be_seen(site):
    ticket = site.escalated()

    shown = text_of(site.browser(Role.AGENT).get(f"/tickets/{ticket}"))

    assert "Nobody told: no agent, no engineering lead" in shown


@pytest.mark.parametrize("role", [Role.CLIENT_ADMIN, Role.CLIENT_VIEWER])
def test_a_client_sees_nothing_of_it(site, role):
    ticket = site.escalated()

    shown = text_of(site.browser(role).get(f"/tickets/{ticket}"))

    assert "Escalation" not in shown
    assert "Overtaken" not in shown


@pytest.mark.proves("ESC-4")
def test_a_message_is_sent_as_it_stands_with_one_button(site):
    draft = queries.draft(EVERYTHING, site.draft())
    browser = site.browser(Role.ACCOUNT_MANAGER)

    inbox = text_of(browser.get("/drafts"))
    answer = browser.post(f"/drafts/{draft.public_id}", {"subject": draft.subject, "text": draft.text}, follow=True)

    assert "1 message to approve" in inbox
    assert draft.subject in inbox
    assert "goes to anna@ferrante.example" in text_of(answer)
    assert "Nothing to approve" in text_of(answer)
    assert to_client() == [(draft.subject, draft.text, "anna@ferrante.example")]
    kept = queries.draft(EVERYTHING, draft.public_id)
    assert (kept.state, kept.decided_by) == (DraftState.SENT, "Account_Manager")


@pytest.mark.proves("ESC-4")
def test_a_message_is_edited_and_sent_from_its_own_page(site):
    draft = site.draft()
    browser = site.browser(Role.TEAM_LEAD)

    form = browser.get(f"/drafts/{draft}")
    browser.post(f"/drafts/{draft}", {"subject": "About your\r\ninvoices", "text": "Dear Anna,\n{ticket} {{7*7}}"})

    assert b'name="text"' in form.content
    assert to_client() == [("About your invoices", "Dear Anna,\n{ticket} {{7*7}}", "anna@ferrante.example")]


@pytest.mark.proves("ESC-4")
def test_a_message_that_names_a_time_that_has_passed_goes_out_only_when_it_was_written_anew(site):
    draft = queries.draft(EVERYTHING, site.draft())
    Draft.objects.filter(pk=draft.pk).update(good_until=second_of(site.now) - 1)
    browser = site.browser(Role.MANAGER)
    address, sent = f"/drafts/{draft.public_id}", {"subject": draft.subject, "text": draft.text.replace("\n", "\r\n")}

    inbox, form = text_of(browser.get("/drafts")), text_of(browser.get(address))
    as_it_was = browser.post(address, sent)

    assert "It names a time that has passed" in inbox
    assert '<button class="button first">Send' not in inbox
    assert "It names a time that has passed" in form
    assert as_it_was.status_code == 409
    assert "write what the client can expect now" in text_of(as_it_was)
    assert to_client() == []
    browser.post(address, sent | {"text": "It takes until Friday."})
    assert to_client() == [(draft.subject, "It takes until Friday.", "anna@ferrante.example")]


def test_a_message_that_is_dropped_goes_to_nobody(site):
    draft = site.draft()

    site.browser(Role.MANAGER).post(f"/drafts/{draft}", {"drop": "1"})

    assert to_client() == []
    assert queries.draft(EVERYTHING, draft).state is DraftState.DROPPED


def test_of_two_who_decide_the_second_is_told_so_and_nothing_is_sent_twice(site):
    draft = site.draft()
    said = {"subject": "About your invoices", "text": "Dear Anna"}
    site.browser(Role.MANAGER).post(f"/drafts/{draft}", said)

    second = site.browser(Role.TEAM_LEAD).post(f"/drafts/{draft}", said)

    assert second.status_code == 409
    assert "somebody has decided about this message already" in text_of(second)
    assert len(to_client()) == 1


def test_what_lacks_a_text_or_an_address_is_not_sent_and_nothing_typed_is_lost(site):
    browser = site.browser(Role.MANAGER)
    draft = site.draft()
    nobody = desk.standing(EVERYTHING, site.escalated(contact="")).pk
    addressless = queries.drafts_of(EVERYTHING, nobody)[0].public_id

    empty = browser.post(f"/drafts/{draft}", {"subject": "Kept", "text": " "})
    lost = browser.post(f"/drafts/{addressless}", {"subject": "A", "text": "B"})

    assert "a message needs a subject and a text" in text_of(empty)
    assert b'value="Kept"' in empty.content
    assert "nobody is known to send it to" in text_of(lost)
    assert to_client() == []
