"""Clients are asked once, by one mail, when it is time, and never more often than they were promised (CLOCK-10)."""

import re
from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest

from goodstanding.apps.feedback import actions, models, queries
from goodstanding.apps.feedback.queries import Kind, Terms
from goodstanding.apps.tenancy import actions as tenancy
from goodstanding.apps.tenancy.roles import Role
from goodstanding.core.desk.events import Actor
from goodstanding.delivery import words_of_feedback
from goodstanding.flows.ask_clients import ask_after_tickets, ask_to_recommend
from goodstanding.flows.send_questions import Outgoing, send_questions
from goodstanding.flows.take_letter import take_letter
from tests.adapters.mail.smtpserver import loopback, posting
from tests.apps.world import EVERYTHING, NOW, World

pytestmark = pytest.mark.django_db

SOON = NOW + timedelta(hours=1, minutes=1)
ROSA = {"contact": "Rosa Ferrante <Rosa@ferrante.example>"}
OPENED = ("opened", 5, {"priority": "P3", "actor": Actor.CLIENT})


class Crash(BaseException):
    """The process is gone."""


@pytest.fixture(scope="module")
def world(once_a_module):
    made = World()
    asks(made)
    return made


def asks(world, **fields):
    """Let the partner ask from long before the tickets of these tests."""
    terms = Terms(partner=world.partner.pk, **({"asks_after_tickets": True} | fields))
    return actions.set_terms(EVERYTHING, terms, now=NOW - timedelta(days=2))


def resolved(world, ref="T-1", **fields):
    world.take(world.incoming(ref, OPENED, ("staff_replied", 2), ("resolved", 1), **({"title": "Labels"} | ROSA | fields)))


@pytest.fixture
def post(tmp_path):
    with posting(tmp_path, "plain") as (postman, server, _):
        by = Outgoing(
            server=server, mail_from="desk@adriatica.example", address="https://desk.example", key=b"k" * 32, allow=loopback
        )
        yield postman, by


def deliver(by, now=SOON, step=lambda _: None):
    return send_questions(by, say=words_of_feedback.written, clock=lambda: now, step=step)


def letters(postman):
    return [message_from_bytes(content, policy=default) for _, _, content, _ in postman.letters]


@pytest.mark.proves("CLOCK-10")
def test_a_resolved_ticket_asks_its_contact_once_by_a_mail_with_five_links(world, post):
    postman, by = post
    resolved(world)

    made = [ask_after_tickets(now=SOON), ask_after_tickets(now=SOON)]
    sent = [deliver(by).mails, deliver(by).mails]

    (letter,) = letters(postman)
    assert (made, sent) == ([1, 0], [1, 0])
    assert letter["To"] == "rosa@ferrante.example"
    assert letter["From"] == "Adriatica Sistemi <desk@adriatica.example>"
    assert letter["Subject"] == "Resolved: T-1 Labels"
    for body in ("plain", "html"):
        links = re.findall(r"https://desk\.example/feedback/([\w-]+)\?score=(\d)", letter.get_body((body,)).get_content())
        assert [score for _, score in links] == ["1", "2", "3", "4", "5"]
        assert len({token for token, _ in links}) == 1


def test_an_answer_to_the_mail_finds_the_ticket_it_asked_about(world, post):
    postman, by = post
    resolved(world)
    ask_after_tickets(now=SOON)
    deliver(by)
    tenancy.add_contact(EVERYTHING, client=world.ferrante.pk, address="rosa@ferrante.example", name="Rosa")
    (asked,) = letters(postman)
    answer = (
        f"From: rosa@ferrante.example\r\nTo: desk@adriatica.example\r\nSubject: Re: hm\r\nMessage-ID: <1@x.example>\r\n"
        f"In-Reply-To: {asked['Message-ID']}\r\nDate: Wed, 18 Nov 2026 13:05:00 +0000\r\n\r\nIt is back again.\r\n"
    )

    took = take_letter(EVERYTHING, partner=world.partner.pk, mailbox=None, message=answer.encode(), now=SOON)

    assert took.letter.ticket == models.Question.objects.get().ticket_id


def test_nobody_is_asked_before_the_delay_is_over_or_where_it_is_off(world):
    resolved(world)
    asks(world, delay=timedelta(hours=4))
    early = ask_after_tickets(now=NOW + timedelta(hours=2))
    asks(world, asks_after_tickets=False)
    off = ask_after_tickets(now=NOW + timedelta(hours=4))

    assert (early, off, ask_to_recommend(now=SOON)) == (0, 0, 0)


def test_what_was_resolved_before_asking_was_switched_on_is_not_asked_about():
    world = World("boreal", "Boreal")
    resolved(world)
    actions.set_terms(EVERYTHING, Terms(partner=world.partner.pk, asks_after_tickets=True), now=NOW)

    assert ask_after_tickets(now=SOON) == 0


@pytest.mark.parametrize("contact", ["", "Rosa", "a@b.example, c@d.example", "agent1@adriatica.example", "x@y"])
def test_who_has_no_address_of_a_client_is_not_asked(world, contact):
    world.person(Role.AGENT, email="agent1@adriatica.example")
    resolved(world, contact=contact)

    assert ask_after_tickets(now=SOON) == 0


def test_each_resolution_is_asked_about_once_and_a_corrected_time_is_no_new_one(world, post):
    postman, by = post
    resolved(world)
    ask_after_tickets(now=SOON)
    deliver(by)
    pk = models.Question.objects.get().ticket_id
    world.take(world.incoming("T-1", *[OPENED] * 3, ("resolved", 0.5, {"supersedes": "2"})))
    corrected = ask_after_tickets(now=SOON)

    world.take(world.incoming("T-1", *[OPENED] * 4, ("reopened", 0.2), ("resolved", 0.1)))
    again = ask_after_tickets(now=SOON)
    deliver(by)

    assert (corrected, again) == (0, 1)
    assert {each["Message-ID"] for each in letters(postman)} == {
        letters(postman)[0]["Message-ID"],
        letters(postman)[1]["Message-ID"],
    }
    assert list(models.Question.objects.filter(ticket_id=pk).order_by("cycle").values_list("cycle", flat=True)) == [0, 1]


def test_a_ticket_reopened_before_the_mail_went_out_is_not_called_resolved(world, post):
    postman, by = post
    resolved(world)
    ask_after_tickets(now=SOON)
    world.take(world.incoming("T-1", *[OPENED] * 3, ("reopened", 0.2)))

    deliver(by)

    assert postman.letters == []
    assert queries.due(SOON + timedelta(days=1)) == ()


@pytest.mark.proves("CLOCK-10")
@pytest.mark.parametrize("step", ["claimed", "named", "sent", "kept"])
def test_killed_at_any_step_the_mail_goes_out_once_or_again_as_the_same_letter(world, post, step):
    postman, by = post
    resolved(world)
    ask_after_tickets(now=SOON)

    def kill(at):
        if at == step:
            raise Crash

    with pytest.raises(Crash):
        deliver(by, step=kill)
    at_once = deliver(by)
    after_the_lease = deliver(by, now=SOON + actions.LEASE)

    assert at_once.mails == 0
    assert after_the_lease.mails == (0 if step == "kept" else 1)
    assert len(postman.letters) == (2 if step == "sent" else 1)
    assert len({each["Message-ID"] for each in letters(postman)}) == 1
    assert len({content for _, _, content, _ in postman.letters if step != "sent"}) <= 1
    assert models.Question.objects.get().sent_at is not None


def test_a_server_that_is_busy_is_tried_again_later_and_an_address_that_is_none_never(world, post):
    postman, by = post
    resolved(world)
    ask_after_tickets(now=SOON)
    postman.refuses["RCPT"] = "450 greylisted"
    busy = deliver(by)
    postman.refuses["RCPT"] = "550 nobody here"
    deliver(by, now=SOON + timedelta(minutes=1))
    postman.refuses.clear()

    deliver(by, now=SOON + timedelta(days=1))

    assert busy.trouble.again
    assert postman.letters == []
    (told,) = queries.undelivered(EVERYTHING)
    assert (told.tries, "takes no mail for this address" in told.error) == (2, True)


def test_who_does_not_want_to_be_asked_is_not(world, post):
    postman, by = post
    resolved(world)
    ask_after_tickets(now=SOON)
    actions.refuse(EVERYTHING, partner=world.partner.pk, address="rosa@ferrante.example", now=SOON)
    resolved(world, ref="T-2")

    deliver(by)

    assert (ask_after_tickets(now=SOON), postman.letters) == (0, [])


def test_a_title_with_line_ends_breaks_no_header_and_no_page(world, post):
    postman, by = post
    resolved(world, title="Labels\r\nBcc: all@world.example\n<script>alert(1)</script>")
    ask_after_tickets(now=SOON)

    deliver(by)

    (letter,) = letters(postman)
    assert letter["Bcc"] is None
    assert letter["Subject"] == "Resolved: T-1 Labels Bcc: all@world.example <script>alert(1)</script>"
    assert "<script>" not in letter.get_body(("html",)).get_content()


@pytest.mark.proves("CLOCK-10")
def test_a_contact_is_asked_to_recommend_at_most_twice_in_any_year(world):
    asks(world, asks_to_recommend=True)
    tenancy.add_contact(EVERYTHING, client=world.ferrante.pk, address="rosa@ferrante.example", name="Rosa")
    tenancy.add_contact(EVERYTHING, client=world.ferrante.pk, address="@ferrante.example", name="")
    asked = []

    for day in range(0, 800, 5):
        now = NOW + timedelta(days=day)
        if ask_to_recommend(now=now):
            asked.append(day)
        # Whoever calls, and without a turn: the statement itself does not do it.
        actions.ask_to_recommend(
            EVERYTHING, partner=world.partner.pk, client=world.ferrante.pk, address="rosa@ferrante.example", now=now
        )

    assert len(asked) > 4
    assert max(sum(start <= day < start + 365 for day in asked) for start in range(800)) == 2
    assert models.Question.objects.filter(kind=Kind.NPS).count() == len(asked)


def test_only_one_worker_has_the_turn_to_look_through_the_contacts(world):
    asks(world, asks_to_recommend=True)

    assert [actions.take_turn(world.partner.pk, now=NOW) for _ in range(2)] == [True, False]


def test_figures_count_the_last_answer_of_each_contact_within_a_year(world):
    for number, (address, day, score) in enumerate(
        [
            ("a@x.example", 500, 0),
            ("a@x.example", 250, 3),
            ("a@x.example", 10, 10),
            ("b@x.example", 10, 6),
            ("c@x.example", 10, None),
        ]
    ):
        models.Question.objects.create(
            partner_id=world.partner.pk, client_id=world.ferrante.pk, kind="nps", address=address, cycle=number,
            asked_at=int((NOW - timedelta(days=day)).timestamp()), sent_at=1, score=score,
            answered_at=None if score is None else int((NOW - timedelta(days=day)).timestamp()),
        )  # fmt: skip

    found = queries.recommendations(EVERYTHING, now=NOW, client=world.ferrante.pk)

    assert (found.asked, sorted(found.scores)) == (3, [6, 10])
