"""Webhooks: signed, each once, in any order, for nobody else's client (metrics.md G.2 12)."""

from datetime import timedelta
from itertools import permutations

import pytest

from goodstanding.apps.desk import queries as desk
from goodstanding.apps.desk.values import TicketFilter
from goodstanding.apps.doors import actions, models, queries
from goodstanding.apps.tenancy.roles import Role
from goodstanding.apps.tickets.models import Ticket, TicketEvent
from goodstanding.apps.unit import Conflict
from goodstanding.delivery import words
from tests.apps.world import EVERYTHING
from tests.delivery.api.callers import caller, send
from tests.delivery.web.site import Site, text_of

pytestmark = pytest.mark.django_db


def told(site, ref="INC-7", hours=6, *events, **more):
    opened_at = words.iso(site.now - timedelta(hours=hours))
    return {"ref": ref, "title": "Printer", "priority": "P1", "opened_at": opened_at, "events": list(events)} | more


def event(site, kind, hours, name, **more):
    return {"kind": kind, "at": words.iso(site.now - timedelta(hours=hours)), "source_id": name, **more}


@pytest.mark.proves("CLOCK-1")
def test_a_signed_message_opens_the_ticket_and_tells_what_happened():
    site = Site()
    hook, secret = site.hook(site.ferrante)

    answer = send(hook, secret, told(site, "INC-7", 6, event(site, "staff_replied", 5.5, "r")), at=site.now)

    assert answer.status_code == 200, answer.content
    (ticket,) = answer.json()["tickets"]
    whole = caller(site).get(f"/tickets/{ticket['id']}").json()
    assert (ticket["new"], whole["ref"], whole["client"]["name"]) == (True, "INC-7", "Casa Ferrante")
    assert (whole["clocks"][0]["clock"], whole["clocks"][0]["state"]) == ("response", "met")
    assert queries.endpoint(EVERYTHING, hook.public_id).last_used_at is not None


@pytest.mark.proves("CLOCK-1")
def test_the_same_message_twice_has_one_effect_and_says_so():
    site = Site()
    hook, secret = site.hook(site.ferrante)

    first, again = (send(hook, secret, told(site), at=site.now) for _ in range(2))
    retried = send(hook, secret, told(site), at=site.now - timedelta(seconds=200))

    assert [each.json()["again"] for each in (first, again, retried)] == [False, True, True]
    assert (Ticket.objects.count(), models.Receipt.objects.count()) == (1, 1)


@pytest.mark.proves("CLOCK-2")
def test_messages_in_any_order_give_the_same_clocks():
    site = Site()
    hook, secret = site.hook(site.ferrante)
    happened = [("staff_replied", 5.5, {}), ("waiting", 5, {"owner": "customer"}), ("resumed", 3, {}), ("resolved", 2, {})]
    seen = []

    for number, order in enumerate(list(permutations(range(4)))[::5]):
        for place in order:
            kind, hours, more = happened[place]
            body = told(site, f"R{number}", 6, event(site, kind, hours, kind, **more))
            assert send(hook, secret, body, at=site.now, message=f"{number}-{place}").status_code == 200
    for row in desk.ticket_list(EVERYTHING, TicketFilter(), now=site.now)[0]:
        whole = caller(site).get(f"/tickets/{row.public_id}").json()
        seen.append([(each["state"], each["elapsed_seconds"], each["stopped_at"]) for each in whole["clocks"]])

    assert len(seen) == 5
    assert all(each == seen[0] for each in seen)
    assert [state for state, *_ in seen[0]] == ["met", "met"]


@pytest.mark.parametrize("seconds", [301, -310, 86_400])
def test_a_message_that_is_too_old_is_refused_though_it_is_signed(seconds):
    site = Site()
    hook, secret = site.hook(site.ferrante)

    answer = send(hook, secret, told(site), at=site.now - timedelta(seconds=seconds))

    assert answer.status_code == 401
    assert Ticket.objects.count() == 0


def test_while_a_secret_changes_both_are_good_and_afterwards_the_new_one():
    site = Site()
    hook, old = site.hook(site.ferrante)
    hook, new = actions.rotate_endpoint(site.admin(), hook.public_id, now=site.now)

    during = [send(hook, each, told(site), at=site.now, message=each[-5:]).status_code for each in (old, new)]
    models.Endpoint.objects.update(before_until=0)
    after = [send(hook, each, told(site), at=site.now, message=each[-6:]).status_code for each in (old, new)]

    assert (during, after) == ([200, 200], [401, 200])


def test_an_endpoint_that_was_revoked_takes_nothing_in_and_is_not_changed_any_more():
    site = Site()
    hook, secret = site.hook(site.ferrante)
    scope = site.admin()
    actions.revoke_endpoint(scope, hook.public_id, now=site.now)

    assert send(hook, secret, told(site), at=site.now).status_code == 401
    with pytest.raises(Conflict):
        actions.rotate_endpoint(scope, hook.public_id, now=site.now)


def test_an_endpoint_of_one_client_takes_tickets_of_no_other():
    site = Site()
    hook, secret = site.hook(site.ferrante)
    other = str(site.kestrel.public_id)
    moved = event(site, "client_changed", 1, "c", client=other)

    named = send(hook, secret, told(site, client=other), at=site.now)
    moving = send(hook, secret, told(site, "INC-7", 6, moved), at=site.now)

    assert (named.status_code, moving.status_code) == (404, 404)
    assert (Ticket.objects.count(), models.Receipt.objects.count()) == (0, 0)


def test_an_endpoint_of_the_partner_asks_for_the_client_and_knows_only_its_own():
    site, theirs = Site(), Site("baltica", "Baltica ERP")
    hook, secret = site.hook()

    nobody = send(hook, secret, told(site), at=site.now)
    foreign = send(hook, secret, told(site, client=str(theirs.ferrante.public_id)), at=site.now)
    ours = send(hook, secret, [told(site, f"{number}", client=str(site.kestrel.public_id)) for number in range(3)], at=site.now)

    assert (nobody.status_code, foreign.status_code, ours.status_code) == (422, 404, 200)
    assert len(ours.json()["tickets"]) == 3


def test_a_message_with_one_bad_ticket_is_taken_as_a_whole_or_not_at_all():
    site = Site()
    hook, secret = site.hook()
    good, bad = told(site, "1", client=str(site.kestrel.public_id)), told(site, "2", client=str(site.hook()[0].public_id))

    answer = send(hook, secret, [good, bad], at=site.now)

    assert answer.status_code == 404
    assert Ticket.objects.count() == TicketEvent.objects.count() == models.Receipt.objects.count() == 0


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"3", b'{"ref": "1"}', b"[" * 50_000])
def test_a_signed_body_that_cannot_be_read_is_refused_with_the_reason(body):
    site = Site()
    hook, secret = site.hook(site.ferrante)

    answer = send(hook, secret, body, at=site.now)

    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")


def test_two_systems_may_have_a_ticket_of_the_same_reference():
    site = Site()
    (first, one), (second, two) = site.hook(site.ferrante), site.hook(site.ferrante)

    tickets = [
        send(hook, secret, told(site), at=site.now).json()["tickets"][0]["id"] for hook, secret in ((first, one), (second, two))
    ]

    assert tickets[0] != tickets[1]


def test_an_endpoint_is_made_on_its_page_its_secret_shown_once_and_changed_there():
    site = Site()
    browser = site.browser(Role.PARTNER_ADMIN)

    made = text_of(browser.post("/settings/webhooks/add", {"name": "Zendesk", "client": site.kestrel.public_id}, follow=True))
    hook = queries.endpoints(EVERYTHING)[0]
    again = text_of(browser.get("/settings/webhooks"))
    changed = text_of(browser.post(f"/settings/webhooks/{hook.public_id}/rotate", follow=True))
    over = text_of(browser.post(f"/settings/webhooks/{hook.public_id}/revoke", follow=True))

    assert "whsec_" in made
    assert f"/api/v1/hooks/{hook.public_id}" in made
    assert "whsec_" not in again
    assert "whsec_" in changed
    assert "the secret before is valid until" in changed
    assert "Revoked" in over


@pytest.mark.parametrize(
    "wrong", [{"name": ""}, {"name": "x" * 121}, {"client": "x"}, {"client": "00000000-0000-4000-8000-000000000000"}]
)
def test_an_endpoint_that_cannot_be_is_not_made_and_the_page_says_why(wrong):
    browser = Site().browser(Role.PARTNER_ADMIN)

    page = text_of(browser.post("/settings/webhooks/add", {"name": "Zendesk", "client": ""} | wrong, follow=True))

    assert "Not made: " in page
    assert models.Endpoint.objects.count() == 0


@pytest.mark.proves("PORTAL-3")
def test_what_another_client_is_promised_binds_no_ticket():
    site = Site()
    hook, secret = site.hook(site.ferrante)
    promises = {each.client: each.public_id for each in desk.assignments(EVERYTHING)}
    theirs = event(site, "tier_changed", 5, "t", tier=str(promises[site.kestrel.pk]))
    ours = event(site, "tier_changed", 5, "t", tier=str(promises[site.ferrante.pk]))

    refused = send(hook, secret, told(site, "INC-7", 6, theirs), at=site.now)
    taken = send(hook, secret, told(site, "INC-8", 6, ours), at=site.now)
    ticket = taken.json()["tickets"][0]["id"]
    by_key = caller(site).post(f"/tickets/{ticket}/events", theirs | {"source_id": "u"})

    assert (refused.status_code, taken.status_code, by_key.status_code) == (404, 200, 404)
    assert [each.ref for each in Ticket.objects.all()] == ["INC-8"]
