"""Escalation on the pages: a ticket's trail, and messages to clients that a person approves (requirements ESC-3 to ESC-5)."""

from datetime import timedelta

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


def happens(site, ref, kind, fields=(), **given):
    """Let one more thing happen to an escalated ticket, half an hour ago."""
    opened = {"priority": "P1", "received_at": site.now - timedelta(hours=3.5)}
    given = {"contact": "anna@ferrante.example", "title": "Invoices"} | given
    site.take(site.incoming(ref, ("opened", 3.5, opened), (kind, 0.5, dict(fields)), **given))


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


@pytest.mark.proves("ESC-4")
@pytest.mark.parametrize("anew", [False, True])
def test_a_message_that_goes_out_as_it_was_written_is_good_until_the_time_it_names(site, anew):
    draft = queries.draft(EVERYTHING, site.draft())
    text = "It is mended." if anew else draft.text

    site.browser(Role.MANAGER).post(f"/drafts/{draft.public_id}", {"subject": draft.subject, "text": text})

    (kept,) = Message.objects.filter(kind="client.escalation").values_list("good_until", flat=True)
    assert draft.good_until is not None
    assert kept == (None if anew else second_of(draft.good_until))


def test_a_message_that_is_dropped_goes_to_nobody_and_can_be_put_back(site):
    draft = site.draft()
    browser = site.browser(Role.MANAGER)

    browser.post(f"/drafts/{draft}", {"drop": "1"})
    dropped = queries.draft(EVERYTHING, draft)
    again = browser.post(f"/drafts/{draft}", {"back": "1"}, follow=True)
    twice = browser.post(f"/drafts/{draft}", {"back": "1"})

    assert to_client() == []
    assert (dropped.state, dropped.decided_by) == (DraftState.DROPPED, "Manager")
    assert "waits again" in text_of(again)
    kept = queries.draft(EVERYTHING, draft)
    assert (kept.state, kept.decided_by, kept.decided_at) == (DraftState.WAITING, "", None)
    assert twice.status_code == 409


@pytest.mark.proves("ESC-4")
@pytest.mark.parametrize(("kind", "said"), [("resolved", "was resolved"), ("cancelled", "is over without a resolution")])
def test_a_message_about_a_ticket_that_is_over_goes_out_only_when_it_was_written_anew(site, kind, said):
    draft = queries.draft(EVERYTHING, site.draft())
    happens(site, draft.ref, kind)
    browser, address = site.browser(Role.MANAGER), f"/drafts/{draft.public_id}"

    inbox, form = text_of(browser.get("/drafts")), text_of(browser.get(address))
    as_it_was = browser.post(address, {"subject": draft.subject, "text": draft.text})

    assert "Nothing to approve" in inbox
    assert "1 message came too late" in inbox
    assert said in inbox
    assert said in form
    assert as_it_was.status_code == 409
    assert "the ticket is over" in text_of(as_it_was)
    assert to_client() == []
    browser.post(address, {"subject": draft.subject, "text": "It is mended."})
    assert to_client() == [(draft.subject, "It is mended.", "anna@ferrante.example")]


@pytest.mark.proves("ESC-4")
def test_a_message_about_a_ticket_that_is_another_client_s_now_goes_to_nobody(site):
    draft = queries.draft(EVERYTHING, site.draft())
    moved = {"client": str(site.kestrel.pk)}
    happens(site, draft.ref, "client_changed", moved, client=site.kestrel)
    browser, address = site.browser(Role.MANAGER), f"/drafts/{draft.public_id}"

    form = text_of(browser.get(address))
    answer = browser.post(address, {"subject": draft.subject, "text": "Written anew"})

    assert "belongs to Kestrel" in form
    assert ">Send</button>" not in form
    assert answer.status_code == 409
    assert "drop this message" in text_of(answer)
    assert to_client() == []


def test_what_came_too_late_is_dropped_with_one_button_and_nothing_else_is(site):
    late, waits = (queries.draft(EVERYTHING, site.draft()) for _ in range(2))
    happens(site, late.ref, "resolved")

    page = text_of(site.browser(Role.TEAM_LEAD).post("/drafts/late", follow=True))

    assert "1 message dropped" in page
    assert "1 message to approve" in page
    states = [queries.draft(EVERYTHING, each.public_id).state for each in (late, waits)]
    assert states == [DraftState.DROPPED, DraftState.WAITING]


def test_what_was_approved_is_called_sent_once_it_has_left(site):
    draft = queries.draft(EVERYTHING, site.draft())
    browser, address = site.browser(Role.MANAGER), f"/drafts/{draft.public_id}"

    def shown():
        return text_of(browser.get(f"/tickets/{draft.ticket}")), text_of(browser.get(address))

    before = text_of(browser.get(address))
    answer = text_of(browser.post(address, {"subject": draft.subject, "text": draft.text}, follow=True))
    approved = shown()
    Message.objects.filter(kind="client.escalation").update(state="dead", error="mail.example takes no mail for it.")
    failed = shown()
    Message.objects.filter(kind="client.escalation").update(state="sent")
    sent = shown()

    # No mail server is set up in tests.
    assert "No mail server is set up yet" in before
    assert "It waits in the outbox" in answer
    assert "approved (Manager," in approved[0]
    assert "waits to be delivered" in approved[0]
    assert "sent to the client" not in approved[0]
    assert "could not be delivered" in failed[0]
    assert "mail.example takes no mail for it." in failed[1]
    assert "sent to the client (Manager," in sent[0]
    assert all("Approved" in page for _, page in (approved, failed, sent))


def test_of_two_who_decide_the_second_is_told_so_and_nothing_is_sent_twice(site):
    draft = site.draft()
    said = {"subject": "About your invoices", "text": "Dear Anna"}
    site.browser(Role.MANAGER).post(f"/drafts/{draft}", said)

    second = site.browser(Role.TEAM_LEAD).post(f"/drafts/{draft}", said | {"text": "We have found the cause."})

    assert second.status_code == 409
    assert "Not done: Manager has sent this message already." in text_of(second)
    # What the second one wrote stands there to be copied: it may still have to be said.
    assert "What you wrote was not sent" in text_of(second)
    assert "We have found the cause." in text_of(second)
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
