"""Keys: kept as digests, good until they end, fair to each other; and failures that tell nothing of our insides."""

import io
import logging
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.test import Client, override_settings

from goodstanding.apps.doors import actions, models, queries
from goodstanding.apps.tenancy.roles import May, Role
from goodstanding.apps.unit import Conflict, Forbidden, NotFound
from goodstanding.flows.forget import forget
from tests.apps.world import EVERYTHING, NOW
from tests.delivery.api.callers import Caller, caller, key_of, send
from tests.delivery.web.site import Site, text_of

pytestmark = pytest.mark.django_db


@pytest.mark.proves("PORTAL-4")
def test_a_key_is_made_on_its_page_shown_once_works_and_ends_when_it_is_revoked():
    site = Site()
    browser = site.browser(Role.PARTNER_ADMIN)

    made = text_of(browser.post("/settings/keys/add", {"name": "Bridge", "scopes": ["see_tickets"], "days": "90"}, follow=True))
    text = made.partition('value="gs_')[2].partition('"')[0]
    key = queries.keys(EVERYTHING)[0]
    by = Caller(f"gs_{text}")
    before = by.get("/me")
    again = text_of(browser.get("/settings/keys"))
    revoked = text_of(browser.post(f"/settings/keys/{key.public_id}/revoke", follow=True))

    assert len(text) == 43
    assert before.json()["key"]["scopes"] == ["see_tickets"]
    assert text not in again
    assert "Bridge" in again
    assert "Revoked" in revoked
    assert by.get("/me").status_code == 401
    assert key.expires_at - key.made_at == timedelta(days=90)


@pytest.mark.parametrize(
    "wrong",
    [{"name": ""}, {"name": "x" * 121}, {"scopes": []}, {"scopes": ["set_people"]}, {"scopes": ["emperor"]}, {"days": "0"},
     {"days": "366"}, {"days": "-1"}, {"days": ""}, {"days": "9" * 50}],
)  # fmt: skip
def test_a_key_that_cannot_be_is_not_made(wrong):
    browser = Site().browser(Role.PARTNER_ADMIN)

    answer = browser.post(
        "/settings/keys/add", {"name": "Bridge", "scopes": ["see_tickets"], "days": "90"} | wrong, follow=True
    )

    assert answer.status_code == (403 if wrong.get("scopes") == ["set_people"] else 200)
    assert models.Key.objects.count() == 0


def test_a_key_is_made_at_ones_own_partner_and_is_no_more_than_oneself():
    site, other = Site(), Site("baltica", "Baltica ERP")
    scope, now = site.admin(), site.now

    def make(at, lasts=timedelta(days=90), by=scope):
        return actions.make_key(by, partner=at.partner.pk, name="x", scopes=[May.TELL], lasts=lasts, now=now)

    with pytest.raises(NotFound):
        make(other)
    with pytest.raises(Forbidden):
        make(site, by=site.scope(Role.MANAGER))
    with pytest.raises(Forbidden):
        make(site, by=scope.cut_to([May.MANAGE_KEYS]))
    with pytest.raises(Conflict):
        make(site, lasts=timedelta(days=366))
    with pytest.raises(Conflict):
        make(site, by=EVERYTHING)


@pytest.mark.proves("PORTAL-4")
def test_a_key_is_over_at_the_instant_it_expires():
    site = Site()
    key, text = site.key(lasts=timedelta(days=1))

    assert queries.caller(text, key.expires_at - timedelta(seconds=1)) is not None
    assert queries.caller(text, key.expires_at) is None


def test_when_a_key_was_last_used_is_kept_to_the_minute():
    site = Site()
    key, text = site.key()
    caller_ = queries.caller(text, site.now)

    for seconds, seen in ((0, 0), (30, 0), (61, 61)):
        actions.note_use(caller_.scope, queries.caller(text, site.now).key, now=site.now + timedelta(seconds=seconds))
        assert queries.key(EVERYTHING, key.public_id).last_used_at == site.now + timedelta(seconds=seen)


@override_settings(API_KEY_PER_MINUTE=6, API_PARTNER_PER_MINUTE=1_000)
def test_who_asks_too_much_is_told_when_to_come_again_and_takes_nothing_from_others():
    site = Site()
    greedy, modest = caller(site), caller(site)

    answers = [greedy.get("/me") for _ in range(5)]

    assert [each.status_code for each in answers][:2] == [200, 200]
    assert answers[-1].status_code == 429
    assert 1 <= int(answers[-1]["Retry-After"]) <= 10
    assert answers[-1]["Content-Type"] == "application/problem+json"
    assert modest.get("/me").status_code == 200


@override_settings(API_KEY_PER_MINUTE=1_000, API_PARTNER_PER_MINUTE=6)
def test_the_keys_of_one_partner_share_an_allowance_and_another_partner_has_its_own():
    site, other = Site(), Site("baltica", "Baltica ERP")

    ours = [caller(site).get("/me").status_code for _ in range(5)]

    assert ours[:2] == [200, 200]
    assert ours[-1] == 429
    assert caller(other).get("/me").status_code == 200


def test_an_allowance_fills_evenly_and_holds_no_more_than_twenty_seconds_of_it():
    def spend(at):
        return actions.spend(EVERYTHING, "key 1", per_minute=60, now=NOW + timedelta(seconds=at))

    burst = [spend(0) for _ in range(21)]
    waited = spend(0)

    assert burst == [None] * 20 + [timedelta(seconds=1)]
    assert waited == timedelta(seconds=1)
    assert (spend(0.999), spend(1), spend(1)) == (timedelta(milliseconds=1), None, timedelta(seconds=1))
    assert [spend(10_000) for _ in range(21)] == burst


def test_what_is_too_old_to_be_asked_for_again_is_forgotten_and_the_rest_is_kept():
    site = Site()
    key, _ = site.key()
    hook, _ = site.hook()
    for days in (0.9, 1.1):
        at = site.now - timedelta(days=days)
        actions.claim_answer(EVERYTHING, key.pk, route="POST /x", name=str(days), digest="", now=at)
        actions.take_receipt(EVERYTHING, hook.pk, message=str(days), now=site.now - timedelta(days=days * 30))
        actions.spend(EVERYTHING, f"key {days}", per_minute=60, now=at)

    gone = forget(now=site.now)

    assert gone == 4
    assert models.Answered.objects.get().name == models.Receipt.objects.get().message == "0.9"


SURFACES = ("/settings/keys", "/settings/webhooks", "/people", "/runs", "/tickets", "/board")


@pytest.mark.proves("PORTAL-4")
def test_secrets_stand_nowhere_but_on_the_page_that_shows_them_once(caplog, tmp_path):
    caplog.set_level(logging.DEBUG)
    site = Site()
    browser = site.browser(Role.PARTNER_ADMIN)
    browser.post("/settings/keys/add", {"name": "Bridge", "scopes": ["see_tickets"], "days": "90"})
    between = dump()
    key = text_of(browser.get("/settings/keys")).partition('value="')[2]
    shown = key[key.index("gs_") :].partition('"')[0]
    browser.post("/settings/webhooks/add", {"name": "Helpdesk"})
    between += dump()
    page = text_of(browser.get("/settings/webhooks"))
    secret = page[page.index("whsec_") :].partition('"')[0].replace("&#43;", "+").replace("&#x2b;", "+")
    hook = queries.endpoints(EVERYTHING)[0]
    told = {"ref": "1", "title": "T", "client": str(site.ferrante.public_id), "opened_at": "2026-11-18T00:00:00Z"}
    assert send(hook, secret, told, at=site.now).status_code == 200
    by = Caller(shown)
    told = [by.get(path).content.decode() for path in ("/me", "/tickets", "/openapi.json", "/nothing")]
    told += [text_of(browser.get(path)) for path in SURFACES]

    everywhere = "".join([between, dump(), caplog.text, *told, repr(queries.keys(EVERYTHING)), repr(hook)])
    for planted in (shown, shown[3:], secret, secret[6:]):
        assert planted not in everywhere


def dump():
    """Every row of every table, as `dumpdata` writes it."""
    out = io.StringIO()
    call_command("dumpdata", stdout=out, verbosity=0)
    return out.getvalue()


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("get", "/api", 404), ("get", "/api/", 404), ("get", "/api/v1", 404), ("get", "/api/v1/", 404),
        ("get", "/api/v2/tickets", 404),
        ("get", "/api/v1/tickets/", 404), ("get", "/api/v1/tickets/x", 404), ("get", "/api/v1/docs", 404),
        ("get", "/api/v1/hooks/00000000-0000-0000-0000-000000000000", 405), ("delete", "/api/v1/tickets", 405),
        ("put", "/api/v1/me", 405), ("get", "/api/v1/tickets%00", 422),
    ],
)  # fmt: skip
def test_an_address_that_is_none_or_takes_another_method_says_so_as_a_problem(method, path, status):
    answer = getattr(Client(), method)(path)

    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert answer.json()["status"] == status
    assert "Allow" in answer or status != 405


def test_a_body_that_is_too_large_or_no_json_is_refused_before_it_is_read():
    key = key_of(Site())
    headers = {"Authorization": f"Bearer {key}"}

    large = Client().post("/api/v1/tickets", b" " * ((1 << 20) + 1), content_type="application/json", headers=headers)
    form = Client().post("/api/v1/tickets", {"title": "x"}, headers=headers)

    assert (large.status_code, form.status_code) == (413, 415)
    assert large["Content-Type"] == form["Content-Type"] == "application/problem+json"


def test_a_failure_before_any_view_is_a_problem_too_and_tells_nothing_of_our_insides():
    answer = Client(raise_request_exception=False).get("/api/v1/me", headers={"host": "evil example"})

    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert "evil" not in answer.content.decode()


def test_a_failure_of_ours_is_a_problem_without_a_word_of_what_failed():
    site = Site()
    by = caller(site)
    models.Key.objects.update(scopes={"not": "a list"})

    with override_settings(API_KEY_PER_MINUTE=0):
        answer = by.get("/me")

    assert (answer.status_code, answer["Content-Type"]) == (500, "application/problem+json")
    assert "ZeroDivision" not in answer.content.decode()
    assert "Traceback" not in answer.content.decode()


def test_the_rail_leads_administrators_to_the_keys_and_nobody_else():
    site = Site()

    shown = {role: 'href="/settings/keys"' in text_of(site.browser(role).get("/tickets")) for role in Role}

    assert {role for role, there in shown.items() if there} == {Role.PARTNER_ADMIN, Role.PLATFORM_ADMIN}
