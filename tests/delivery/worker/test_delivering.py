"""The worker delivers what is due, from the decision to the mail server, in a thread of its own."""

from email import message_from_bytes
from email.policy import default

import pytest
from django.db import OperationalError, connection

from goodstanding.apps.outbox.models import Message
from goodstanding.apps.outbox.queries import Channel
from goodstanding.apps.tenancy.roles import Role
from goodstanding.delivery.worker.loop import TURN, Worker
from goodstanding.flows.deliver_messages import Circumstances, deliver_messages
from tests.adapters.mail.smtpserver import posting
from tests.apps.test_outbox import message, put
from tests.delivery.web.site import Site
from tests.delivery.worker.test_loop import running, until
from tests.flows.test_deliver_messages import Carrying


@pytest.fixture
def mail(settings, tmp_path):
    with posting(tmp_path, "plain") as (postman, server, _):
        settings.SMTP_URL = f"smtp+plain://127.0.0.1:{server.port}"
        settings.MAIL_FROM, settings.ADDRESS = "desk@adriatica.example", "https://desk.example"
        settings.ALLOW_NETWORKS = "127.0.0.0/8"
        yield postman


@pytest.mark.django_db
@pytest.mark.proves("ESC-5")
def test_a_turn_hands_what_is_due_to_the_mail_server_with_a_link_to_its_ticket(mail):
    site = Site()
    lead = site.person(Role.TEAM_LEAD)
    ticket = site.told("A-1", ("opened", 2), title="Labels")
    put(message(site, recipient=lead, ticket=ticket, written_at=site.now), now=site.now)

    turns = [Worker().deliver(), Worker().deliver()]

    ((_, recipients, content, _),) = mail.letters
    text = message_from_bytes(content, policy=default).get_body(("plain",)).get_content()
    assert turns == [True, False]
    assert recipients == ["team_lead1@adriatica.example"]
    assert text.split() == ["No", "reply.", f"https://desk.example/tickets/{ticket}"]


@pytest.mark.usefixtures("shared_database")
@pytest.mark.proves("ESC-5")
def test_a_worker_at_work_hands_over_what_falls_due_within_ten_seconds(mail):
    site = Site()
    with running(Worker()):
        put(message(site, written_at=site.now), now=site.now)
        arrived = until(lambda: mail.letters)

    assert arrived
    assert TURN < 10
    assert Message.objects.get().state == "sent"


@pytest.mark.usefixtures("shared_database")
def test_a_worker_told_to_stop_while_the_database_is_away_takes_its_time_to_keep_what_was_sent():
    site, carrier, waits = Site(), Carrying(), []
    put(message(site, written_at=site.now), now=site.now)
    by = Circumstances(
        clock=lambda: site.now, chance=lambda: 1.0, pause=lambda _: bool(carrier.carried), wait=waits.append
    )  # fmt: skip

    def away(execute, statement, *given):
        if carrier.carried and len(waits) < 3:
            raise OperationalError("the server closed the connection")
        return execute(statement, *given)

    with connection.execute_wrapper(away):
        deliver_messages({Channel.EMAIL: carrier}, by)

    assert len(waits) == 3
    assert min(waits) > 0
    assert Message.objects.get().state == "sent"


@pytest.mark.django_db
def test_without_a_mail_server_the_message_waits_and_says_what_is_missing(settings):
    settings.SMTP_URL = ""
    site = Site()
    put(message(site, written_at=site.now), now=site.now)

    Worker().deliver()

    kept = Message.objects.get()
    assert (kept.state, kept.tries) == ("waiting", 1)
    assert "GOODSTANDING_SMTP_URL" in kept.error
