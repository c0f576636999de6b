"""The page of chats: agreeing on a channel, saying whose a message is, and a secret that is never shown (CLOCK-1)."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from goodstanding.apps.chat import models
from goodstanding.apps.tenancy.roles import Role
from goodstanding.apps.tickets import models as tickets_kept
from goodstanding.core.desk.letters import Outcome
from tests.adapters.chat.said import (
    SLACK_SECRET,
    TEAMS_CHANNEL,
    TEAMS_SECRET,
    TENANT,
    body_of,
    envelope,
    message,
    slack_headers,
)
from tests.delivery.web.site import Site, text_of

pytestmark = pytest.mark.django_db

SLACK = "https://app.slack.com/client/T123ABC456/C123ABC456"
TEAMS = f"https://teams.microsoft.com/l/channel/{TEAMS_CHANNEL}/Support?tenantId={TENANT}"


def posted(browser, page, **fields):
    return text_of(browser.post(f"/chat/{page}", fields, follow=True))


@pytest.mark.proves("CLOCK-1")
def test_from_a_link_to_a_ticket():
    site = Site()
    browser = site.browser(Role.MANAGER)

    connected = posted(
        browser, "connect", name="Ferrante", link=SLACK, secret=SLACK_SECRET, client=str(site.ferrante.public_id), priority="P2"
    )
    address = models.Workspace.objects.get().public_id
    body = body_of(envelope(message("The printer.", user="U9", ts=f"{datetime.now(UTC).timestamp() - 9:.6f}")))
    heard = Client().post(f"/api/v1/chat/slack/{address}", body, "application/json", headers=slack_headers(body, site.now))
    waits = text_of(browser.get("/chat"))
    held = models.Post.objects.get()
    done = posted(browser, f"held/{held.public_id}/sort", address="pia@ferrante.example", client=str(site.ferrante.public_id))

    assert heard.status_code == 200
    assert f"/api/v1/chat/slack/{address}" in connected
    assert "1 message waits" in waits
    assert "The printer." in waits
    assert "Taken: one message." in done
    assert "Nothing waits" in done
    assert "pia@ferrante.example" in done
    assert tickets_kept.Ticket.objects.get().priority == "P2"


def test_a_secret_is_shown_nowhere_and_kept_sealed():
    site = Site()
    browser = site.browser(Role.PARTNER_ADMIN)
    pages = [posted(browser, "connect", name="Ferrante", link=SLACK, secret=SLACK_SECRET)]
    workspace = models.Workspace.objects.get()

    pages.append(posted(browser, f"{workspace.public_id}/secret", secret="another secret, long enough"))

    assert "has another secret" in pages[-1]
    assert not any(SLACK_SECRET in each or "another secret, long" in each for each in pages)
    workspace.refresh_from_db()
    assert workspace.secret.open() == "another secret, long enough"
    assert "another secret" not in workspace.secret.token


def test_teams_gets_its_address_before_it_shows_a_secret():
    site = Site()
    browser = site.browser(Role.MANAGER)

    without = posted(browser, "connect", name="Kestrel", link=TEAMS, secret="")
    address = f"{models.Workspace.objects.get().public_id}/secret"
    wrong, right = (posted(browser, address, secret=each) for each in ("no base64 at all", TEAMS_SECRET))

    assert "It has no secret yet" in without
    assert "Not changed: this is not the security token" in wrong
    assert "It has no secret yet" not in right


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"link": "https://ferrante.slack.com/archives/C1"}, "copy the address there"),
        ({"link": "x"}, "no link to a channel"),
        ({"secret": "short"}, "no signing secret"),
        ({"name": " "}, "give it a name"),
        ({"client": "00000000-0000-4000-8000-000000000000"}, "choose the client from the list"),
        ({"client": "x"}, "choose the client from the list"),
    ],
)
def test_what_cannot_be_connected_is_said_in_words_and_leaves_nothing(fields, says):
    browser = Site().browser(Role.MANAGER)

    page = posted(browser, "connect", **{"name": "Ferrante", "link": SLACK, "secret": SLACK_SECRET} | fields)

    assert "Not connected" in page
    assert says in page
    assert models.Workspace.objects.count() == models.Channel.objects.count() == 0


def test_a_client_of_another_partner_is_not_given_a_channel():
    site, theirs = Site(), Site("baltica", "Baltica ERP")

    page = posted(
        site.browser(Role.MANAGER), "connect", name="x", link=SLACK, secret=SLACK_SECRET, client=str(theirs.ferrante.public_id)
    )

    assert "choose the client from the list" in page
    assert models.Workspace.objects.count() == 0


def test_a_channel_is_stopped_and_begun_again():
    site = Site()
    chat, browser = site.chat(), site.browser(Role.MANAGER)

    off = posted(browser, f"channels/{chat['channel']}/switch", on="0")
    on = posted(browser, f"channels/{chat['channel']}/switch", on="1")

    assert "is off: nothing that is said there is taken" in off
    assert "is on" in on


def test_what_cannot_be_taken_says_why_and_what_is_put_away_is_gone_from_the_page():
    site = Site()
    chat, browser = site.chat("Zanzibar"), site.browser(Role.AGENT)

    page = posted(browser, f"held/{chat['post']}/sort", address="pia@new.example", client="")
    away = posted(browser, f"held/{chat['post']}/discard")
    again = posted(browser, f"held/{chat['post']}/discard")

    assert "Not taken: nobody is known as pia@new.example yet" in page
    assert "Zanzibar" in page
    assert "Zanzibar" not in away
    assert "Not put away: somebody else has sorted this message already" in again
    assert models.Post.objects.get().outcome == Outcome.DISCARDED


def test_what_strangers_write_is_text_and_nothing_else():
    site = Site()
    site.chat("<script>alert(1)</script> &lt;img src=x&gt;")

    page = text_of(site.browser(Role.AGENT).get("/chat"))

    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_who_may_only_look_is_offered_nothing_to_change():
    site = Site()
    site.chat()

    page, own = (text_of(site.browser(role).get("/chat")) for role in (Role.FINANCE, Role.AGENT))

    assert 'action="/chat/' not in page
    assert "/sort" in own
    assert "Connect a chat" not in own
