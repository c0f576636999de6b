"""The doors of chats, asked as Slack and Teams ask: signed, in their shapes, and answered in them (CLOCK-1)."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client, override_settings

from goodstanding.apps.chat import actions as chats
from goodstanding.apps.chat import models
from goodstanding.apps.tenancy import actions as tenancy
from goodstanding.apps.tickets import models as tickets_kept
from goodstanding.core.desk.posts import Service
from goodstanding.flows.agree_channel import connect_chat
from tests.adapters.chat.said import (
    SLACK_SECRET,
    TEAMS_CHANNEL,
    TEAMS_SECRET,
    TENANT,
    activity,
    body_of,
    command,
    envelope,
    message,
    slack_headers,
    teams_headers,
)
from tests.apps.world import EVERYTHING
from tests.delivery.web.site import Site, text_of

pytestmark = pytest.mark.django_db

FORM = "application/x-www-form-urlencoded"
LINKS = {
    Service.SLACK: "https://app.slack.com/client/T123ABC456/C123ABC456",
    Service.TEAMS: f"https://teams.microsoft.com/l/channel/{TEAMS_CHANNEL}/Support?tenantId={TENANT}",
}


class Chats(Site):
    """A site with a channel of each service, and Anna of Casa Ferrante known in both."""

    def __init__(self):
        super().__init__()
        tenancy.add_contact(EVERYTHING, client=self.ferrante.pk, address="anna@ferrante.example", name="Anna")
        self.at = {}
        for service, secret, who in ((Service.SLACK, SLACK_SECRET, "U1"), (Service.TEAMS, TEAMS_SECRET, "aad-anna")):
            self.at[service], _ = connect_chat(
                EVERYTHING, partner=self.partner.pk, name=service, link=LINKS[service], secret=secret,
                client=self.ferrante.public_id, now=self.now,
            )  # fmt: skip
            chats.know_sender(
                EVERYTHING, partner=self.partner.pk, service=service, sender=who, name="", address="anna@ferrante.example"
            )

    def post(self, service, told, content_type="application/json", headers=None, at=None):
        body = body_of(told)
        if headers is None:
            headers = slack_headers(body, at or self.now) if service is Service.SLACK else teams_headers(body)
        # With the checks of forms on: no page of ours sends these.
        browser = Client(raise_request_exception=False, enforce_csrf_checks=True)
        return browser.post(
            f"/api/v1/chat/{service}/{self.at[service].public_id}", body, content_type=content_type, headers=headers
        )

    def slack(self, told, **more):
        return self.post(Service.SLACK, told, **more)

    def teams(self, told, **more):
        return self.post(Service.TEAMS, told, **more)


def now_ts():
    return f"{datetime.now(UTC).timestamp() - 5:.6f}"


def saying(**fields):
    seconds_ago = fields.pop("seconds_ago", 5)
    return activity(at=(datetime.now(UTC) - timedelta(seconds=seconds_ago)).isoformat(), **fields)


def test_slacks_challenge_is_answered_with_itself_and_only_when_it_is_signed():
    site = Chats()
    told = {"token": "x", "challenge": "3eZbrw1aB", "type": "url_verification"}

    answer, unsigned = site.slack(told), site.slack(told, headers={})

    assert (answer.status_code, text_of(answer)) == (200, "3eZbrw1aB")
    assert unsigned.status_code == 401


@pytest.mark.proves("CLOCK-1")
def test_a_message_of_slack_opens_a_ticket_and_its_retry_opens_none():
    site = Chats()
    told = envelope(message(ts=now_ts()))

    first, again = site.slack(told), site.slack(told)

    assert [(each.status_code, text_of(each)) for each in (first, again)] == [(200, "")] * 2
    assert tickets_kept.Ticket.objects.get().title == "It prints nothing."


def test_a_command_of_slack_is_a_form_and_whoever_typed_it_is_answered():
    site = Chats()

    answer = site.slack(command(), content_type=FORM)

    assert answer.json() == {"response_type": "ephemeral", "text": "Ticket T-1001 opened"}


@pytest.mark.proves("CLOCK-1")
def test_teams_is_answered_with_a_message_that_names_the_ticket():
    site = Chats()

    first = site.teams(saying(number="1"))
    reply = site.teams(saying(number="2", thread="1", text="<at>Service desk</at> And?"))
    again = site.teams(saying(number="1"))
    stranger = site.teams(saying(number="3", who="Pia"))

    assert [each.json()["text"] for each in (first, reply, again)] == [
        "Ticket T-1001 opened", "Added to ticket T-1001", "Ticket T-1001 opened",
    ]  # fmt: skip
    assert first.json()["type"] == "message"
    assert "who you write for" in stranger.json()["text"]
    assert tickets_kept.Ticket.objects.count() == 1


@pytest.mark.proves("CLOCK-1")
@pytest.mark.parametrize("seconds", [301, -310])
def test_what_is_too_old_or_from_the_future_is_refused(seconds):
    site = Chats()

    slack = site.slack(envelope(message()), at=datetime.now(UTC) - timedelta(seconds=seconds))
    teams = site.teams(saying(seconds_ago=seconds))

    assert (slack.status_code, teams.status_code) == (401, 401)
    assert models.Post.objects.count() == 0


@pytest.mark.proves("CLOCK-1")
@pytest.mark.parametrize("service", Service)
def test_what_was_changed_on_its_way_or_signed_with_another_secret_is_refused(service):
    site = Chats()
    told = envelope(message(ts=now_ts())) if service is Service.SLACK else saying()
    body = body_of(told)
    signed = slack_headers(body, site.now) if service is Service.SLACK else teams_headers(body)
    other = (
        slack_headers(body, site.now, "x" * 32) if service is Service.SLACK else teams_headers(body, "eHh4eHh4eHh4eHh4eHh4eHg=")
    )

    answers = [
        site.post(service, body.replace(b"nothing", b"everything"), headers=signed),
        site.post(service, body, headers=other),
        site.post(service, body, headers={}),
        Client().post(f"/api/v1/chat/{service}/{site.partner.public_id}", body, "application/json", headers=signed),
    ]

    assert {each.status_code for each in answers} == {401}
    assert {each["Content-Type"] for each in answers} == {"application/problem+json"}
    assert models.Post.objects.count() == 0


def test_an_address_of_one_service_takes_nothing_of_the_other_and_one_without_a_secret_nothing_at_all():
    site = Chats()
    body = body_of(saying())
    models.Workspace.objects.filter(service=Service.SLACK).update(secret=None)

    crossed = Client().post(
        f"/api/v1/chat/teams/{site.at[Service.SLACK].public_id}", body, "application/json", headers=teams_headers(body)
    )

    assert crossed.status_code == 401
    assert site.slack(envelope(message(ts=now_ts()))).status_code == 401


@pytest.mark.parametrize("fields", [{"channel": "C999"}, {}])
def test_what_is_said_where_nothing_was_agreed_on_is_not_kept(fields):
    site = Chats()
    if not fields:
        chats.switch(EVERYTHING, models.Channel.objects.get(workspace__service="slack").public_id, on=False)

    answer = site.slack(envelope(message(ts=now_ts(), **fields)))
    elsewhere = site.slack(envelope(message(ts=now_ts()), team_id="T999"))

    assert (answer.status_code, elsewhere.status_code) == (200, 200)
    assert models.Post.objects.count() == 0


def test_what_is_signed_and_no_message_is_refused_without_a_crash():
    site = Chats()

    answers = [site.slack(each) for each in (b"[" * 100_000, envelope(message(ts="x")), b"\xff")]

    assert {each.status_code for each in answers} == {422}
    assert site.slack(envelope({"type": "reaction_added"})).status_code == 200


def test_other_bodies_and_methods_are_refused():
    site = Chats()
    address = f"/api/v1/chat/slack/{site.at[Service.SLACK].public_id}"

    assert Client().get(address).status_code == 405
    assert site.slack(b"x", content_type="text/plain").status_code == 415
    assert site.teams(command(), content_type=FORM).status_code == 415


def test_a_workspace_that_says_too_much_is_told_when_to_come_again():
    site = Chats()

    with override_settings(API_KEY_PER_MINUTE=1):
        answers = [site.slack(envelope(message(ts=now_ts()))) for _ in range(2)]

    assert [each.status_code for each in answers] == [200, 429]
    assert int(answers[1]["Retry-After"]) >= 1
