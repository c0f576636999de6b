"""Tickets by the API: opened, told of, read back; each once, and judged as everywhere else."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from goodstanding.apps.desk import queries
from goodstanding.apps.doors import models
from goodstanding.apps.tenancy.roles import May, Role
from goodstanding.apps.tickets.models import TicketEvent
from goodstanding.core.desk.events import EventKind
from goodstanding.delivery import words
from goodstanding.delivery.api.v1.events import KINDS
from tests.apps.world import EVERYTHING
from tests.delivery.api.callers import Caller, caller, key_of

pytestmark = pytest.mark.django_db


def opening(site, **given):
    return {"client": str(site.ferrante.public_id), "title": "Printer", "priority": "P1"} | given


def hours_ago(site, hours):
    return words.iso(site.now - timedelta(hours=hours))


@pytest.mark.proves("CLOCK-1")
def test_a_ticket_is_opened_under_a_number_of_ours_and_judged_at_once(site):
    key = caller(site)

    answer = key.post("/tickets", opening(site, opened_at=hours_ago(site, 2), text="It does not print"))

    made = answer.json()
    assert answer.status_code == 201
    assert (made["ref"], made["source"], made["state"]) == ("T-1001", "desk", "breached")
    assert [(each["clock"], each["state"]) for each in made["clocks"]] == [("response", "breached"), ("resolution", "running")]
    assert key.post("/tickets", opening(site)).json()["ref"] == "T-1002"
    assert key.get(f"/tickets/{made['id']}").json()["clocks"][0]["target_seconds"] == 3600


@pytest.mark.proves("CLOCK-1")
def test_a_reference_of_the_callers_opens_one_ticket_however_often_it_comes(site):
    key = caller(site)
    told = opening(site, ref="INC-7", events=[{"kind": "staff_replied", "source_id": "r1"}])

    first, second = key.post("/tickets", told), key.post("/tickets", told)
    other = key.post("/tickets", opening(site, ref="INC-7", source="other"))

    assert (first.status_code, second.status_code, other.status_code) == (201, 200, 201)
    assert first.json()["id"] == second.json()["id"] != other.json()["id"]
    assert [each["kind"] for each in key.get(f"/tickets/{first.json()['id']}/events").json()["items"]] == [
        "opened", "staff_replied",
    ]  # fmt: skip


def test_a_reference_of_a_caller_never_meets_a_number_of_ours(site):
    key = caller(site)

    theirs = key.post("/tickets", opening(site, ref="T-1001"))
    ours = key.post("/tickets", opening(site))

    assert (theirs.status_code, ours.status_code) == (201, 201)
    assert theirs.json()["id"] != ours.json()["id"]


TOLD = {
    "opened": {"priority": "P2"},
    "assigned": {"assignee": "Marta", "team": "functional"},
    "waiting": {"owner": "customer", "reason": "for the file"},
    "priority_changed": {"priority": "P2"},
    "cancelled": {"reason": "asked to"},
    "merged": {"into": "T-1"},
}


def test_every_kind_of_event_can_be_told():
    assert {each.value for each in EventKind} == KINDS


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_an_event_is_told_once_and_read_back_as_it_was_told(site, kind):
    key = caller(site)
    ticket = site.told("A-1", ("opened", 3, {"priority": "P1"}))
    promise = key.get(f"/clients/{site.ferrante.public_id}/promises").json()[0]["id"]
    more = TOLD | {"client_changed": {"client": str(site.kestrel.public_id)}, "tier_changed": {"tier": promise}}
    told = {
        "kind": kind,
        "at": hours_ago(site, 1),
        "source_id": "e-1",
        "who": "Marta",
        "text": "so it was",
        **more.get(kind, {}),
    }

    first, second = (key.post(f"/tickets/{ticket}/events", told) for _ in range(2))

    assert (first.status_code, second.status_code) == (201, 200), first.content
    assert first.json() == second.json()
    assert {name: first.json()[name] for name in told} == told
    assert first.json()["id"] == "api:e-1"
    assert TicketEvent.objects.filter(source_id="e-1").count() == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"at": 0}, "at"),
        ({"at": "2026-11-18T12:00:00"}, "at"),
        ({"at": "2026-11-18"}, "at"),
        ({"at": "1066-10-14T09:00:00Z"}, "at"),
        ({"at": "2026-02-30T09:00:00Z"}, "at"),
        ({"at": True}, "at"),
        ({"public": "yes"}, "public"),
        ({"sequence": "1"}, "sequence"),
        ({"sequence": 1.5}, "sequence"),
        ({"text": "a\0b"}, "text"),
        ({"kind": "exploded"}, ""),
        ({"priority": "P1"}, "priority"),
        ({"who": "x" * 201}, "who"),
        ({"source": "With Spaces"}, "source"),
    ],
)
def test_an_event_that_cannot_be_is_refused_with_the_field_and_the_reason(site, wrong, field):
    ticket = site.told("A-1", ("opened", 3, {"priority": "P1"}))

    answer = caller(site).post(f"/tickets/{ticket}/events", {"kind": "staff_replied", **wrong})

    assert answer.status_code == 422
    assert any(each["field"].endswith(field) for each in answer.json()["errors"])
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[" * 100_000, b"nul", b"\xff\xfe", b'{"kind": "noted", "text": "\\ud800"}', b"[]", b"3"]
)
def test_a_body_that_cannot_be_read_is_refused_as_what_it_is(site, body):
    ticket = site.told("A-1", ("opened", 3, {"priority": "P1"}))

    answer = caller(site).post(f"/tickets/{ticket}/events", body)

    assert answer.status_code in (400, 422)
    assert answer["Content-Type"] == "application/problem+json"


def test_what_has_not_happened_yet_cannot_be_told_but_clocks_may_differ_a_little(site):
    key = caller(site)
    ticket = site.told("A-1", ("opened", 3, {"priority": "P1"}))

    far = key.post(f"/tickets/{ticket}/events", {"kind": "staff_replied", "at": hours_ago(site, -1)})
    near = key.post(f"/tickets/{ticket}/events", {"kind": "staff_replied", "at": words.iso(site.now + timedelta(seconds=30))})

    assert far.status_code == 422
    assert near.status_code == 201
    assert key.get(f"/tickets/{ticket}").json()["clocks"][0]["stopped_at"] is not None


@pytest.mark.proves("CLOCK-2")
def test_events_told_in_any_order_give_the_same_clocks(site):
    key = caller(site)
    told = [
        {"kind": "staff_replied", "source_id": "1", "at": hours_ago(site, 5.5)},
        {"kind": "waiting", "source_id": "2", "owner": "customer", "at": hours_ago(site, 5)},
        {"kind": "resumed", "source_id": "3", "at": hours_ago(site, 3)},
        {"kind": "resolved", "source_id": "4", "at": hours_ago(site, 2)},
    ]
    seen = []

    for ref, events in (("one", told), ("other", told[::-1])):
        made = key.post("/tickets", opening(site, ref=ref, opened_at=hours_ago(site, 6))).json()["id"]
        for each in events:
            assert key.post(f"/tickets/{made}/events", each).status_code == 201
        whole = key.get(f"/tickets/{made}").json()
        seen.append([{name: each[name] for name in each if name != "cycle"} for each in whole["clocks"]])

    assert seen[0] == seen[1]
    assert [(each["state"], each["elapsed_seconds"]) for each in seen[0]] == [("met", 1800), ("met", 7200)]
    assert seen[0][1]["paused_by_seconds"] == {"customer": 7200}
    assert sum(each["open_seconds"] for each in seen[0][1]["because"] if each["reckoning"] == "counted") == 7200


def test_waiving_takes_the_breach_out_of_compliance_in_the_name_of_the_keys_person(site):
    key = caller(site, Role.TEAM_LEAD)
    ticket = site.told("A-1", ("opened", 3, {"priority": "P1"}), ("staff_replied", 1), ("resolved", 0.5))
    before = key.get("/compliance").json()

    answer = key.post(f"/tickets/{ticket}/waivers", {"reason": "their own outage", "clock": "response"})

    after = key.get("/compliance").json()
    assert answer.status_code == 201
    assert answer.json()["clocks"][0]["waiver"]["author"] == "Team_Lead"
    assert before["tickets"] == {"part": 0, "whole": 1, "percent": "0.0"}
    assert after["tickets"] == {"part": 1, "whole": 1, "percent": "100.0"}
    assert after["tickets_without_waivers"] == before["tickets"]
    assert after["clocks"][0]["compliance"] == {"part": 0, "whole": 0, "percent": None}


def test_numbers_of_compliance_are_whole_and_percentages_are_texts(site):
    def numbers(value):
        if isinstance(value, dict):
            return [each for inner in value.values() for each in numbers(inner)]
        return [each for inner in value for each in numbers(inner)] if isinstance(value, list) else [value]

    answer = caller(site).get("/compliance", {"from_at": "2026-01-01T00:00:00+01:00"})

    assert not any(isinstance(each, float) for each in numbers(answer.json()))
    assert answer.json()["from_at"] == "2025-12-31T23:00:00Z"


@pytest.mark.parametrize(
    ("query", "refs"),
    [
        ({}, ["C", "B", "A"]),
        ({"state": "open"}, ["B", "A"]),
        ({"state": "closed"}, ["C"]),
        ({"state": "breached"}, ["A"]),
        ({"priority": "P3"}, ["B"]),
        ({"team": "functional"}, ["A"]),
        ({"assignee": "Marta"}, ["A"]),
        ({"q": "payro"}, ["C"]),
        ({"breached": "true"}, ["A"]),
        ({"client": "kestrel"}, ["C"]),
        ({"client": str(uuid4())}, []),
        ({"from": "2099-01-01"}, []),
        ({"until": "2000-01-01"}, []),
    ],
)
def test_the_list_is_filtered_as_the_page_is(site, query, refs):
    site.told("A", ("opened", 9, {"priority": "P1"}), ("assigned", 8, {"team": "functional", "assignee": "Marta"}))
    site.told("B", ("opened", 2, {"priority": "P3"}))
    site.told(
        "C", ("opened", 1, {"priority": "P2"}), ("staff_replied", 0.9), ("resolved", 0.8), client=site.kestrel, title="Payroll"
    )
    asked = {name: str(site.kestrel.public_id) if value == "kestrel" else value for name, value in query.items()}

    answer = caller(site).get("/tickets", asked)

    assert [each["ref"] for each in answer.json()["items"]] == refs


def test_pages_neither_repeat_nor_miss_a_ticket_when_others_come_in_meanwhile(site):
    key = caller(site)
    site.take(*(site.incoming(f"T{number}", ("opened", 5 + number // 3)) for number in range(11)))
    seen, after, extra = [], "", 0

    while after is not None:
        part = key.get("/tickets", {"limit": 3, "after": after}).json()
        seen += [each["ref"] for each in part["items"]]
        after = part["next"]
        site.told(f"new {extra}", ("opened", 0.5))
        extra += 1

    assert sorted(seen) == sorted(f"T{number}" for number in range(11))


@pytest.mark.parametrize("path", ["/tickets", "/clients", "/tiers", "/calendars", "/board", "/events"])
def test_lists_are_read_to_their_end_in_parts(site, path):
    key = caller(site)
    ticket = site.told("A-1", ("opened", 3, {"priority": "P1"}), ("staff_replied", 2), ("noted", 1), ("noted", 1), ("noted", 1))
    for number in range(3):
        site.told(f"B-{number}", ("opened", 3, {"priority": "P1"}), client=site.client(f"Client {number}"))
    path = f"/tickets/{ticket}/events" if path == "/events" else path
    whole = key.get(path, {"limit": 200}).json()["items"]
    seen, after = [], ""

    while after is not None:
        part = key.get(path, {"limit": 1, "after": after}).json()
        seen += part["items"]
        after = part["next"]

    for each in (*seen, *whole):
        each.pop("open_left_seconds", None)
    assert seen == whole


@pytest.mark.parametrize("after", ["x", "!!", "W10", "WzEsMl0x", "WzEsIDIsIDNd", "bnVsbA", "WyJhIl0", "é", "[" * 300])
@pytest.mark.parametrize("path", ["/tickets", "/clients", "/board"])
def test_a_place_that_no_answer_gave_is_refused(site, path, after):
    answer = caller(site).get(path, {"after": after})

    assert answer.status_code == 422


@pytest.mark.parametrize(
    "query", [{"limit": 0}, {"limit": 201}, {"limit": "x"}, {"client": "x"}, {"state": "x"}, {"from": "x"}, {"q": "a\0"}]
)
def test_a_filter_that_makes_no_sense_is_refused(site, query):
    assert caller(site).get("/tickets", query).status_code == 422


def test_what_has_not_changed_need_not_travel_again(site):
    key = caller(site)
    site.told("A-1", ("opened", 30, {"priority": "P1"}), ("staff_replied", 29), ("resolved", 28))
    first = key.get("/tickets")

    again = key.get("/tickets", if_none_match=first["ETag"])
    weak = key.get("/tickets", if_none_match=f'"other", W/{first["ETag"]}')
    site.told("B-1", ("opened", 1))
    changed = key.get("/tickets", if_none_match=first["ETag"])

    assert (again.status_code, again.content) == (304, b"")
    assert weak.status_code == 304
    assert (changed.status_code, changed["ETag"] != first["ETag"]) == (200, True)


def test_the_same_idempotency_key_does_it_once_and_answers_alike(site):
    key = caller(site)

    first = key.post("/tickets", opening(site), idempotency_key="abc")
    again = key.post("/tickets", opening(site), idempotency_key="abc")
    other_call = key.post("/tickets", opening(site, title="Another"), idempotency_key="abc")
    other_key = caller(site).post("/tickets", opening(site), idempotency_key="abc")

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert (first.headers.get("Idempotency-Replayed"), again["Idempotency-Replayed"]) == (None, "true")
    assert other_call.status_code == 422
    assert other_key.json()["id"] != first.json()["id"]


def test_a_call_that_failed_may_be_tried_again_under_its_key(site):
    key = caller(site)

    failed = key.post("/tickets", opening(site, client=str(uuid4())), idempotency_key="abc")
    done = key.post("/tickets", opening(site), idempotency_key="abc")

    assert (failed.status_code, done.status_code) == (404, 201)


def test_an_answer_is_forgotten_after_a_day(site):
    key = caller(site)
    first = key.post("/tickets", opening(site), idempotency_key="abc")

    models.Answered.objects.update(kept_at=models.Answered.objects.get().kept_at - 86_400)
    again = key.post("/tickets", opening(site), idempotency_key="abc")

    assert first.json()["id"] != again.json()["id"]
    assert models.Answered.objects.count() == 1


@pytest.mark.parametrize("name", ["", "a b", "é", "x" * 201])
def test_an_idempotency_key_that_cannot_be_one_is_refused(site, name):
    assert caller(site).post("/tickets", opening(site), idempotency_key=name.encode().decode("latin-1")).status_code == 422


def test_a_key_without_the_board_reads_what_a_client_may_read(site):
    ticket = site.told(
        "A-1", ("opened", 5), ("noted", 4, {"public": False, "text": "among us"}),
        ("waiting", 3, {"public": False, "owner": "customer", "reason": "they stall"}),
    )  # fmt: skip
    whole, narrow = Caller(key_of(site)), Caller(key_of(site, scopes=[May.SEE_TICKETS]))

    told = [json.dumps(each.get(f"/tickets/{ticket}{path}").json()) for each in (whole, narrow) for path in ("", "/events")]

    assert [("among us" in each, "they stall" in each) for each in told] == [
        (False, True), (True, True), (False, False), (False, False),
    ]  # fmt: skip


def fill(site, start, end):
    for number in range(start, end):
        client = site.client(f"Client {number}")
        site.told(f"T{number}", ("opened", 1, {"priority": "P1"}), ("assigned", 0.5, {"assignee": f"P{number}"}), client=client)


def test_a_list_asks_the_database_as_often_for_many_rows_as_for_few(site, subtests):
    key = caller(site)
    ticket = site.told("A-1", ("opened", 3, {"priority": "P1"}))
    lists = (
        "/tickets", "/clients", "/board", "/compliance", "/tiers", "/calendars", f"/tickets/{ticket}/events",
        f"/clients/{site.ferrante.public_id}/promises",
    )  # fmt: skip
    asked = {path: [] for path in lists}

    for start, end in ((0, 3), (3, 15)):
        fill(site, start, end)
        site.take(site.incoming("A-1", *(("noted", 2) for _ in range(end))))
        for path in lists:
            if start == 0:
                key.get(path)
            with CaptureQueriesContext(connection) as captured:
                assert key.get(path).status_code == 200
            asked[path].append(len(captured))

    for path, (few, many) in asked.items():
        with subtests.test(path=path):
            assert few == many <= 14


def test_tickets_opened_by_the_api_are_those_of_the_pages(site):
    made = caller(site).post("/tickets", opening(site, contact="Rosa", tags=["b", "a"], kind="hosting")).json()

    standing = queries.standing(EVERYTHING, made["id"])

    assert (standing.ref, standing.contact, standing.tags, standing.kind) == (made["ref"], "Rosa", ("a", "b"), "hosting")
    assert made["ref"] in site.browser(Role.AGENT).get("/tickets").content.decode()
