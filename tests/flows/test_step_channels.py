"""Steps reach rooms, services and systems, once each, and of one client's nothing of another's (requirements ESC-2, ESC-5)."""

import json
import re
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from goodstanding.adapters.files.escalation import load_plan
from goodstanding.adapters.outbound.signature import read_secret, verify
from goodstanding.apps.escalation import models
from goodstanding.apps.outbox import actions
from goodstanding.apps.outbox.models import Message
from goodstanding.apps.outbox.queries import Channel
from goodstanding.delivery.web.desk.trail import trail_of
from goodstanding.flows.set_up_endpoint import try_endpoint
from tests.apps.world import EVERYTHING
from tests.flows.test_carry_posts import Far, deliver, endpoint
from tests.flows.test_escalate import Desk, after

pytestmark = pytest.mark.django_db

SLACK = "https://hooks.slack.com/services/T000/B000/secretpart"


def plan(by):
    return load_plan(
        "steps:\n  - {step: half, clock: response, at: 50 %, if: no_response, do: [notify], tell: [agent, team_lead], "
        f"by: {by}}}\n"
    )


def written(*fields):
    return list(Message.objects.order_by("pk").values_list(*(fields or ("channel", "address"))))


def trail(house, pk):
    return trail_of(EVERYTHING, pk, "UTC", after(1)).entries[0]


@pytest.mark.proves("ESC-2")
def test_a_room_is_told_once_of_a_step_and_sees_whom_it_is_for():
    house = Desk(plan("[slack, webhook]"))
    room, _ = endpoint(house, Channel.SLACK, SLACK, name="Escalations")
    system, _ = endpoint(house, name="Pager")
    pk = house.open()

    house.sweep(0.5)
    house.sweep(0.6)

    assert sorted(written()) == [("slack", str(room.public_id)), ("webhook", str(system.public_id))]
    assert "Told: Luca Dequal (agent), Marta Bressan (team lead)" in Message.objects.get(channel="slack").text
    found = trail(house, pk)
    assert found.told == ("Luca Dequal as agent", "Marta Bressan as team lead")
    assert found.did == ("posted to “Escalations” (Slack), “Pager” (Webhook)",)


def test_a_text_of_one_s_own_that_names_nobody_is_told_in_a_room_with_whom_it_is_for():
    own = plan("[slack]")
    house = Desk(type(own)(steps=own.steps, message=type(own.message)("{ticket}", "Look at it.")))
    endpoint(house, Channel.SLACK, SLACK)
    house.open()

    house.sweep(0.5)

    assert written("text") == [("Told: Luca Dequal (agent), Marta Bressan (team lead)\n\nLook at it.\n",)]


@pytest.mark.proves("ESC-2")
def test_where_a_channel_is_not_set_up_people_are_told_by_mail_and_inbox_and_the_trail_says_so():
    house = Desk(plan("[slack, teams/War room]"))
    kept, _ = endpoint(house, Channel.SLACK, SLACK)
    actions.switch_endpoint(EVERYTHING, kept.public_id, on=False)
    pk = house.open()

    house.sweep(0.5)

    assert sorted(written("channel", "person__name")) == [
        ("email", "Luca Dequal"), ("email", "Marta Bressan"), ("inbox", "Luca Dequal"), ("inbox", "Marta Bressan"),
    ]  # fmt: skip
    assert trail(house, pk).did == ("Slack, “War room” (Microsoft Teams) not set up: told by mail and inbox",)


def test_whoever_has_no_telephone_is_told_by_mail_and_inbox():
    house = Desk(plan("[sms]"))
    endpoint(house, Channel.SMS, "ntfys://ntfy.example/luca", person=house.luca, name="Luca’s")
    pk = house.open()

    house.sweep(0.5)

    assert sorted(written("channel", "person__name")) == [
        ("email", "Marta Bressan"), ("inbox", "Marta Bressan"), ("sms", "Luca Dequal"),
    ]  # fmt: skip
    assert trail(house, pk).did == ("no telephone of Marta Bressan: told by mail and inbox",)


@pytest.mark.proves("ESC-2")
def test_an_endpoint_of_one_client_s_hears_nothing_of_another_s_tickets():
    house = Desk(plan("[slack]"))
    own, _ = endpoint(house, Channel.SLACK, SLACK, client=house.ferrante.public_id, name="Ferrante")
    endpoint(house, Channel.SLACK, SLACK, name="Everything")
    house.open("A-1")
    house.open("A-2", client=house.kestrel)

    house.sweep(0.5)
    # Also where something else names the endpoint by mistake.
    Message.objects.filter(client=house.kestrel.pk).update(address=str(own.public_id), route=f"slack:{own.public_id}")
    far = Far()
    deliver(far, now=after(0.5))

    assert written("client_id", "state", "error") == [
        (house.ferrante.pk, "sent", ""), (house.kestrel.pk, "dead", "“Ferrante” is told of Casa Ferrante alone."),
    ]  # fmt: skip
    assert b"A-1" in far.asked[0].body
    assert len(far.asked) == 1


@pytest.mark.proves("TIER-9")
def test_neither_a_client_nor_a_room_of_theirs_hears_of_an_objective_that_was_overtaken():
    house = Desk(
        load_plan(
            "steps:\n"
            "  - {step: own, clock: response, at: 75 %, of: objective, do: [alert], tell: [agent]}\n"
            "  - {step: early, clock: response, at: 40 %, do: [alert], tell: [agent]}\n"
            "  - {step: half, clock: response, at: 50 %, do: [draft], tell: [agent], by: [inbox, slack, webhook],"
            " client_message: send}\n"
            "client_message: {subject: '{step}', text: '{why} Level {level}.'}\n"
        )
    )
    endpoint(house, Channel.SLACK, SLACK, name="Everybody")
    endpoint(house, Channel.WEBHOOK, client=house.ferrante.public_id, name="Theirs")
    house.open()

    house.sweep(0.55)

    told = {row.channel: row.text + json.dumps(row.details) for row in Message.objects.all()}
    assert {channel for channel, text in told.items() if "objective" in text or "own" in text} == {"inbox", "slack"}
    assert '"overtook": ["early"]' in told["webhook"]
    assert "It stands also for: 40 % of first response used. Level 2." in told["email"]


def test_an_endpoint_of_another_client_is_none_for_a_ticket():
    house = Desk(plan("[slack]"))
    endpoint(house, Channel.SLACK, SLACK, client=house.ferrante.public_id)
    house.open("A-2", client=house.kestrel)

    house.sweep(0.5)

    assert {channel for channel, _ in written()} == {"email", "inbox"}


def test_trying_an_endpoint_of_a_client_s_reaches_it():
    house = Desk()
    kept, _ = endpoint(house, Channel.SLACK, SLACK, client=house.ferrante.public_id)
    try_endpoint(EVERYTHING, kept.public_id, now=after(0))
    deliver(Far(), now=after(0))

    assert written("state") == [("sent",)]


@pytest.mark.proves("ESC-2")
def test_a_system_is_told_of_a_step_as_the_page_says():
    house = Desk(plan("[webhook]"))
    _, secret = endpoint(house)
    pk = house.open()
    house.sweep(0.5)
    far = Far()

    deliver(far, now=after(0.5))

    (ask,) = far.asked
    assert verify([read_secret(secret)], ask.headers, ask.body, now=after(0.5))
    said = json.loads(ask.body)
    fired = models.Fired.objects.get(ticket_id=pk)
    assert said["type"] == "escalation.warned"
    assert said["data"]["client"] == "Casa Ferrante"
    assert said["data"]["step"] == {
        "id": str(fired.public_id), "ref": "A-1", "clock": "response", "cycle": fired.cycle, "key": "half", "level": 1,
        "of": "contract", "share": [1, 2], "left_seconds": None, "priority": "P1",
        "due_at_seconds": int(after(0.5).timestamp()), "taken_at_seconds": int(after(0.5).timestamp()),
        "deadline_at_seconds": int(after(1).timestamp()), "overtook": [],
        "told": [{"name": "Luca Dequal", "role": "agent"}, {"name": "Marta Bressan", "role": "team_lead"}],
        "done": ["notify"],
    }  # fmt: skip
    page = (Path(__file__).parents[2] / "docs" / "delivery.md").read_text(encoding="utf-8")
    example = json.loads(re.search(r"```json\n(\{\"type\": \"escalation.*?)```", page, re.DOTALL).group(1))
    assert example["data"].keys() == said["data"].keys()
    assert example["data"]["step"].keys() == said["data"]["step"].keys()


def test_rooms_cost_a_sweep_the_same_however_many_tickets_there_are():
    house = Desk(plan("[slack]"))
    endpoint(house, Channel.SLACK, SLACK)
    house.open("B-1")
    with CaptureQueriesContext(connection) as of_one:
        house.sweep(0.5)
    for number in range(20):
        house.open(f"A-{number}", now=after(1))

    with CaptureQueriesContext(connection) as of_many:
        house.sweep(1.5)

    assert len(of_many) == len(of_one)
    assert len(written()) == 21
