"""The worker asks clients how it went, by the mail server that the environment names, and nobody where none is named."""

import re
from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest

from goodstanding.apps.feedback import actions, models
from goodstanding.apps.feedback.queries import Terms
from goodstanding.delivery.outgoing import ballot_key
from goodstanding.delivery.worker.loop import Worker
from goodstanding.flows.take_rating import asked
from tests.adapters.mail.smtpserver import posting
from tests.apps.world import EVERYTHING
from tests.delivery.web.site import Site

pytestmark = pytest.mark.django_db


@pytest.fixture
def site():
    made = Site()
    terms = Terms(partner=made.partner.pk, asks_after_tickets=True, delay=timedelta())
    actions.set_terms(EVERYTHING, terms, now=made.now - timedelta(days=1))
    made.told("A-1", ("opened", 2), ("resolved", 1), title="Labels", contact="rosa@ferrante.example")
    return made


def test_a_turn_sends_what_is_due_and_the_link_in_it_works(site, settings, tmp_path):
    with posting(tmp_path, "plain") as (postman, server, _):
        settings.SMTP_URL = f"smtp+plain://127.0.0.1:{server.port}"
        settings.MAIL_FROM, settings.ADDRESS = "desk@adriatica.example", "https://desk.example"
        settings.ALLOW_NETWORKS = "127.0.0.0/8"
        Worker().ask_clients()

    ((sender, recipients, content, _),) = postman.letters
    text = message_from_bytes(content, policy=default).get_body(("plain",)).get_content()
    (token,) = re.findall(r"https://desk\.example/feedback/([\w-]+)\?score=5", text)
    assert (sender, recipients) == ("desk@adriatica.example", ["rosa@ferrante.example"])
    assert asked(token, key=ballot_key(), caller="", now=site.now).question.ref == "A-1"


def test_without_a_mail_server_nobody_is_asked(site):
    Worker().ask_clients()

    assert models.Question.objects.count() == 0
