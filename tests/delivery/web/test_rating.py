"""The page behind a link in a mail: only its button counts, an answer can be changed, and it tells nothing (CLOCK-10)."""

import html
from datetime import timedelta

import pytest
from django.test import Client

from goodstanding.apps.feedback import actions, models, queries
from goodstanding.core.desk.ballot import sign
from goodstanding.core.desk.events import Actor
from goodstanding.delivery.outgoing import ballot_key
from goodstanding.flows.send_questions import GOOD_FOR
from goodstanding.flows.take_rating import PER_QUESTION
from tests.apps.world import EVERYTHING
from tests.delivery.web.site import Site, text_of

pytestmark = pytest.mark.django_db

STRICT = {"enforce_csrf_checks": True}
SECRET = "Zanzibar"


class Sent:
    """A question that was sent about a ticket, and its link."""

    def __init__(self, ago=timedelta(), kind="csat"):
        self.site = Site()
        opened = {"priority": "P1", "actor": Actor.CLIENT, "text": SECRET}
        self.ticket = self.site.told(
            "A-1", ("opened", 3, opened), ("staff_replied", 2, {"text": SECRET}), ("resolved", 1),
            title="Labels <b>blank</b>", contact="rosa@ferrante.example",
        )  # fmt: skip
        at = self.site.now - ago
        self.row = models.Question.objects.create(
            partner_id=self.site.partner.pk, client_id=self.site.ferrante.pk, kind=kind, address="rosa@ferrante.example",
            ticket_id=_pk(self.ticket) if kind == "csat" else None, asked_at=int(at.timestamp()), sent_at=int(at.timestamp()),
        )  # fmt: skip
        until = self.question.asked_at + GOOD_FOR
        self.link = f"/feedback/{sign(self.question.public_id, until=until, key=ballot_key())}"

    @property
    def question(self):
        return queries.question(EVERYTHING, self.row.public_id)


def _pk(ticket):
    from goodstanding.apps.desk import queries as desk

    return desk.standing(EVERYTHING, ticket).pk


@pytest.mark.proves("CLOCK-10")
def test_a_program_that_follows_links_gives_no_answer_and_a_person_one_with_one_button():
    sent = Sent()
    browser = Client(**STRICT)

    for score in (1, 2, 3, 4, 5):
        page = text_of(browser.get(f"{sent.link}?score={score}"))
        assert f'value="{score}" required checked' in page
        browser.head(f"{sent.link}?score={score}")
    looked = sent.question.score
    thanks = browser.post(sent.link, {"score": "4", "comment": "Quick"}, follow=True)

    assert looked is None
    assert (sent.question.score, sent.question.comment) == (4, "Quick")
    assert "Thank you." in text_of(thanks)


def test_an_answer_can_be_changed_until_the_link_ends_and_counts_once():
    sent = Sent(ago=GOOD_FOR - timedelta(minutes=5))

    for score in ("2", "5"):
        Client().post(sent.link, {"score": score})

    assert queries.answers(EVERYTHING, since=sent.site.now - timedelta(days=90)) == queries.Answers(1, (5,))
    assert "You answered 5 of 5" in text_of(Client().get(sent.link))


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("how", ["expired", "tampered", "nonsense", "of another server"])
def test_a_link_that_is_not_good_looks_the_same_whatever_is_wrong_with_it_and_changes_nothing(method, how):
    sent = Sent(ago=GOOD_FOR + timedelta(minutes=1) if how == "expired" else timedelta())
    link = {
        "expired": sent.link,
        "tampered": sent.link[:-1] + ("A" if sent.link[-1] != "A" else "B"),
        "nonsense": "/feedback/x",
        "of another server": f"/feedback/{sign(sent.row.public_id, until=sent.site.now + GOOD_FOR, key=b'other')}",
    }[how]

    answer = getattr(Client(), method)(link, {"score": "1"})

    assert answer.status_code == 404
    assert text_of(answer) == text_of(Client().get("/feedback/anything"))
    assert sent.question.score is None


@pytest.mark.parametrize("score", ["", "0", "6", "-1", "1.5", "x", "９", "99999"])
def test_what_is_no_score_is_asked_for_again_and_the_comment_is_kept(score):
    sent = Sent()

    page = text_of(Client().post(sent.link, {"score": score, "comment": "Very <kind>"}))

    assert "Choose one of the scores" in page
    assert "Very &lt;kind&gt;</textarea>" in page
    assert sent.question.score is None


@pytest.mark.proves("PORTAL-3")
def test_the_page_tells_of_the_ticket_its_name_and_nothing_else():
    sent = Sent()

    answer = Client().get(sent.link)
    page = text_of(answer)

    assert "A-1 Labels &lt;b&gt;blank&lt;/b&gt;" in page
    assert "Adriatica Sistemi" in page
    for hidden in (SECRET, "Casa Ferrante", "rosa@", "Marta", "Goodstanding", str(sent.ticket)):
        assert hidden not in page
    headers = [answer[name] for name in ("Referrer-Policy", "Cache-Control", "X-Robots-Tag")]
    assert headers == ["no-referrer", "no-store", "noindex"]
    assert not answer.cookies


def test_who_does_not_want_to_be_asked_says_so_with_one_button_or_the_mail_programs_own():
    sent = Sent()
    looked = Client().get(f"{sent.link}/stop")
    before = models.Refusal.objects.count()

    one_click = Client(**STRICT).post(f"{sent.link}/stop", {"List-Unsubscribe": "One-Click"})

    assert (looked.status_code, before, one_click.status_code) == (200, 0, 200)
    assert queries.refuses(EVERYTHING, partner=sent.site.partner.pk, address="rosa@ferrante.example")


def test_a_link_tried_again_and_again_is_made_to_wait():
    sent = Sent()

    answers = [Client().get(sent.link) for _ in range(PER_QUESTION + 5)]

    assert answers[0].status_code == 200
    assert answers[-1].status_code == 429
    assert int(answers[-1]["Retry-After"]) >= 1


def test_a_question_about_the_partner_goes_from_0_to_10():
    sent = Sent(kind="nps")

    page = html.unescape(text_of(Client().get(f"{sent.link}?score=0")))
    Client().post(sent.link, {"score": "10"})

    assert "How likely are you to recommend Adriatica Sistemi" in page
    assert 'value="0" required checked' in page
    assert sent.question.score == 10


@pytest.mark.proves("CLOCK-10")
def test_what_was_answered_stands_on_the_tickets_and_the_clients_page_and_in_the_api():
    from goodstanding.apps.tenancy.roles import May, Role

    sent = Sent()
    actions.answer(EVERYTHING, sent.question, score=4, comment="Well done", now=sent.site.now)
    browser, viewer = sent.site.browser(Role.AGENT), sent.site.browser(Role.CLIENT_VIEWER)
    key = sent.site.key([May.SEE_TICKETS])[1]
    headers = {"authorization": f"Bearer {key}"}

    ticket = text_of(browser.get(f"/tickets/{sent.ticket}"))
    of_client = text_of(viewer.get(f"/tickets/{sent.ticket}"))
    client = text_of(browser.get(f"/clients/{sent.site.ferrante.public_id}"))
    feedback = text_of(browser.get("/feedback"))
    one = Client().get(f"/api/v1/tickets/{sent.ticket}", headers=headers).json()
    (row,) = Client().get("/api/v1/tickets", headers=headers).json()["items"]

    assert "4 of 5" in ticket
    assert "Resolved by one reply" in ticket
    assert "provisional" in ticket
    assert ("Well done" in ticket, "Well done" in of_client, "Well done" in feedback) == (True, False, True)
    assert "1 of 1 answered, 100.0 %" in client
    assert (one["first_contact"], one["first_contact_provisional"], one["reopened"], one["satisfaction"]) == (
        True,
        True,
        False,
        4,
    )
    assert row["satisfaction"] == 4


def test_a_page_of_a_client_without_answers_says_no_data():
    from goodstanding.apps.tenancy.roles import Role

    site = Site()

    page = text_of(site.browser(Role.AGENT).get(f"/clients/{site.kestrel.public_id}"))

    assert page.count("no data") >= 5


def test_without_a_mail_server_the_page_says_that_nothing_goes_out():
    from goodstanding.apps.tenancy.roles import Role

    page = text_of(Site().browser(Role.MANAGER).get("/feedback"))

    assert "No mail goes out: GOODSTANDING_SMTP_URL, GOODSTANDING_MAIL_FROM and GOODSTANDING_ADDRESS are not set" in page


def test_how_clients_are_asked_is_set_on_the_page_and_a_sender_that_is_none_is_refused():
    from goodstanding.apps.tenancy.roles import Role

    site = Site()
    browser = site.browser(Role.MANAGER)
    given = {"asks_after_tickets": "1", "delay": "240", "sender": "support@adriatica.example"}

    browser.post("/feedback/terms", given)
    refused = browser.post("/feedback/terms", given | {"sender": "a@b.example\r\nBcc: c@d.example"}, follow=True)

    terms = queries.terms(EVERYTHING, partner=site.partner.pk)
    assert (terms.asks_after_tickets, terms.delay, terms.sender) == (True, timedelta(hours=4), "support@adriatica.example")
    assert "Not changed: the sender is one address" in text_of(refused)
