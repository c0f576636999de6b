"""The same call many times at once is done once; a number is given out once (metrics.md G.2 21)."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from django.test import override_settings

from goodstanding.apps.doors import actions, models
from goodstanding.apps.tickets.models import Ticket
from tests.apps.world import EVERYTHING, NOW
from tests.delivery.api.callers import Caller, key_of, send
from tests.delivery.web.site import Site

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("shared_database")]

TIMES, HANDS = 50, 4


def at_once(do, times=TIMES):
    """Do something many times from several threads."""

    def alone(number):
        try:
            return do(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(HANDS) as hands:
        return list(hands.map(alone, range(times)))


def body(site, **more):
    return {"client": str(site.ferrante.public_id), "title": "Printer", "priority": "P1"} | more


@override_settings(API_KEY_PER_MINUTE=60_000, API_PARTNER_PER_MINUTE=60_000)
def test_fifty_calls_at_once_under_one_idempotency_key_open_one_ticket():
    site = Site()
    key = key_of(site)

    answers = at_once(lambda _: Caller(key).post("/tickets", body(site), idempotency_key="one"))

    assert {each.status_code for each in answers} == {201}
    assert len({each.content for each in answers}) == 1
    assert sum("Idempotency-Replayed" not in each for each in answers) == 1
    assert Ticket.objects.count() == 1


def test_twenty_calls_at_once_for_one_reference_open_one_ticket():
    site = Site()
    key = key_of(site)

    answers = at_once(lambda _: Caller(key).post("/tickets", body(site, ref="INC-7")), times=20)

    assert sorted({each.status_code for each in answers}) == [200, 201]
    assert [each.status_code for each in answers].count(201) == 1
    assert Ticket.objects.count() == 1


def test_tickets_opened_at_once_have_a_number_each():
    site = Site()
    key = key_of(site)

    answers = at_once(lambda _: Caller(key).post("/tickets", body(site)), times=20)

    assert {each.json()["ref"] for each in answers} == {f"T-{1001 + number}" for number in range(20)}


def test_one_message_sent_twenty_times_at_once_has_one_effect():
    site = Site()
    hook, secret = site.hook(site.ferrante)
    told = {"ref": "INC-7", "title": "Printer", "opened_at": "2026-11-18T08:00:00Z"}

    answers = at_once(lambda _: send(hook, secret, told, at=site.now), times=20)

    assert {each.status_code for each in answers} == {200}
    assert [each.json()["again"] for each in answers].count(False) == 1
    assert (Ticket.objects.count(), models.Receipt.objects.count()) == (1, 1)


@pytest.mark.proves("OPS-5")
def test_an_allowance_shared_by_many_is_spent_to_the_last_call_and_not_beyond():
    answers = at_once(lambda _: actions.spend(EVERYTHING, "key 1", per_minute=60, now=NOW))

    assert answers.count(None) == 20
