"""An import is taken once and whole, whatever ends the worker that does it (CLOCK-1)."""

import re
from datetime import timedelta

import pytest

from goodstanding.apps.desk import actions as desk
from goodstanding.apps.desk import queries as terms
from goodstanding.apps.documents import actions as documents
from goodstanding.apps.runs import actions
from goodstanding.apps.runs import queries as runs
from goodstanding.apps.runs.actions import ATTEMPTS, LEASE, TakenOver
from goodstanding.apps.runs.queries import RunState
from goodstanding.apps.tenancy import queries as tenancy
from goodstanding.apps.tickets import queries as tickets
from goodstanding.apps.unit import Conflict, NotFound
from goodstanding.core.clocks.calendar import CalendarError
from goodstanding.core.clocks.presets import preset
from goodstanding.flows import import_tickets
from goodstanding.flows.import_tickets import Terms
from goodstanding.flows.read_tickets import Told
from goodstanding.flows.work import work
from tests.apps.world import EVERYTHING, LONG_AGO, NOW, World
from tests.flows.rows import remembered, settled
from tests.flows.undone import undone

pytestmark = pytest.mark.django_db

HEADER = "ticket,client,priority,team,at,event,actor,waiting on\n"
UTC = Told(zone="UTC")
BATCH = 32
"""How many tickets are taken at once here: what happens between two batches shows with small ones too."""


class Killed(BaseException):
    """The end of a worker, as by the system: nothing of ours hears of it."""


STORIES = (
    ("opened", "staff replied", "resolved"),
    ("opened", "staff replied", "waiting", "resumed", "resolved", "reopened"),
    ("opened", "staff replied", "waiting"),
    ("opened",),
)


def export(count):
    """A log of a year in which every kind of outcome occurs, over clients of whom one is new in every batch."""
    rows = []
    for number in range(count):
        opened = LONG_AGO + timedelta(hours=97 * number % 8_000, minutes=number % 60)
        client = ("Casa Ferrante", "Nordhavn", f"New {number // BATCH}")[number % 3]
        for step, event in enumerate(STORIES[number % 4]):
            at = opened + timedelta(minutes=step * (number * 7 % 100))
            rows.append(
                f"T{number},{client},{('P1', 'P2', 'P3')[number % 3]},Desk,{at:%Y-%m-%d %H:%M:%S},{event},staff,customer\n"
            )
    return (HEADER + "".join(rows)).encode()


def always(world):
    """Hours in which no test depends on the day of the week."""
    return desk.publish_calendar(
        EVERYTHING,
        partner=world.partner.pk,
        name="Always",
        calendar=preset("24/7", "UTC"),
        text="",
        holidays_until=2028,
        now=NOW,
    )


def kept_file(world, content):
    return documents.keep(EVERYTHING, partner=world.partner.pk, name="export.csv", parts=[content], now=NOW)


def asked(world, content, told=UTC, scope=EVERYTHING, **given):
    kept = kept_file(world, content)
    chosen = {
        "zone": "UTC", "tier_version": str(world.tier.public_id), "calendar_version": str(always(world).public_id)
    } | given  # fmt: skip
    return import_tickets.request(
        scope, partner=world.partner.pk, document=kept.public_id, told=told, terms=Terms(**chosen), now=NOW
    )


def state(run):
    return runs.run(EVERYTHING, run.public_id)


def at(moment):
    return lambda: moment


def killed_at(call):
    """A clock that ends its worker when it is read for the `call`th time."""
    seen = iter(range(1, call))

    def clock():
        if next(seen, None) is None:
            raise Killed
        return NOW

    return clock


def done(run, **clock):
    finished = work(worker="a", **({"clock": at(NOW)} | clock))
    assert finished.error is None
    assert finished.run.pk == run.pk
    return state(run)


@pytest.fixture(scope="module")
def world(once_a_module):
    return World()


@pytest.fixture
def two_batches(monkeypatch):
    monkeypatch.setattr(import_tickets, "BATCH", BATCH)
    return export(BATCH + 16)


@pytest.fixture
def undisturbed(two_batches):
    """What is remembered after an import that nothing disturbed, and how often its worker read the clock."""
    calm = World("baltica", "Baltica ERP")
    read = []

    def clock():
        read.append(NOW)
        return NOW

    done(asked(calm, two_batches), clock=clock)
    return remembered(calm.partner.pk), len(read)


@pytest.mark.proves("CLOCK-1")
def test_a_worker_killed_at_any_point_leaves_what_another_one_completes(undisturbed, two_batches, subtests, world):
    expected, readings = undisturbed
    later = NOW + LEASE + timedelta(seconds=1)
    assert readings > 6
    assert len(expected["tickets"]) == BATCH + 16
    assert {row["state"] for row in expected["clocks"]} >= {"met", "breached", "paused"}

    expected = settled(expected)
    run = asked(world, two_batches)

    for call in range(1, readings + 1):
        with subtests.test(call=call), undone():
            with pytest.raises(Killed):
                work(worker="a", clock=killed_at(call))
            work(worker="b", clock=at(later))

            assert state(run).state is RunState.DONE
            assert settled(remembered(world.partner.pk)) == expected


SMALL = (
    HEADER
    + "T1,Casa Ferrante,P1,Desk,2026-01-05 09:00:00,opened,client,\n"
    + "T1,Casa Ferrante,P1,Desk,2026-01-05 09:30:00,staff replied,staff,\n"
    + "T1,Casa Ferrante,P1,Desk,2026-01-05 12:00:00,resolved,staff,\n"
    + "T2,Nordhavn,P2,Desk,2026-01-05 09:00:00,opened,client,\n"
).encode()


def names(world):
    return sorted(each.name for each in tenancy.clients(EVERYTHING) if each.partner == world.partner.pk)


@pytest.mark.proves("CLOCK-1")
def test_the_same_file_again_takes_nothing(world):
    first = done(asked(world, SMALL))
    before = remembered(world.partner.pk)

    again = done(asked(world, SMALL, Told(zone="UTC", dates="ymd")))

    assert (first.result["new_tickets"], first.result["new_events"], first.result["new_clients"]) == (2, 4, ["Nordhavn"])
    assert (again.result["new_tickets"], again.result["new_events"], again.result["known_events"]) == (0, 0, 4)
    assert (again.result["judged"], again.result["new_clients"]) == (0, [])
    assert remembered(world.partner.pk) == before


@pytest.mark.proves("CLOCK-1")
def test_a_longer_export_of_the_same_desk_adds_only_what_is_new_and_judges_only_what_moved(world):
    done(asked(world, SMALL))
    longer = SMALL + b"T2,Nordhavn,P2,Desk,2026-01-05 10:00:00,staff replied,staff,\n"

    result = done(asked(world, longer)).result

    assert (result["new_tickets"], result["new_events"], result["known_events"], result["judged"]) == (0, 1, 4, 1)


def test_the_same_request_twice_is_one_run_and_other_answers_are_another(world):
    first, again = asked(world, SMALL), asked(world, SMALL)
    other = asked(world, SMALL, zone="Europe/Rome")

    assert first.pk == again.pk
    assert other.pk != first.pk


def test_a_client_that_is_new_is_promised_what_was_chosen_from_the_beginning_of_the_history(world):
    done(asked(world, SMALL))

    nordhavn = next(each for each in tenancy.clients(EVERYTHING) if each.name == "Nordhavn")
    (promise,) = terms.assignments(EVERYTHING, client=nordhavn.public_id)
    assert (promise.tier_key, promise.calendar_name, promise.until_at) == ("gold", "Always", None)
    states = {row["clock"]: row["state"] for row in remembered(world.partner.pk)["clocks"] if row["of"] == "T2"}
    assert states == {"response": "breached", "resolution": "breached"}


def test_a_client_that_is_new_without_terms_is_kept_and_not_covered(world):
    done(asked(world, SMALL, tier_version="", calendar_version=""))

    states = {row["state"] for row in remembered(world.partner.pk)["clocks"] if row["of"] == "T2"}
    assert states == {"not_covered"}


def test_a_client_that_is_known_keeps_what_it_is_promised(world):
    before = terms.assignments(EVERYTHING, client=world.ferrante.public_id)

    done(asked(world, SMALL))

    assert terms.assignments(EVERYTHING, client=world.ferrante.public_id) == before


def test_a_client_of_the_same_name_at_another_partner_is_another_client(world):
    ours, theirs = world, World("zeta", "Zeta ERP")
    before = terms.assignments(EVERYTHING, client=ours.ferrante.public_id)
    others = remembered(theirs.partner.pk)

    result = done(asked(ours, SMALL)).result

    assert result["new_clients"] == ["Nordhavn"]
    assert terms.assignments(EVERYTHING, client=ours.ferrante.public_id) == before
    assert remembered(theirs.partner.pk) == others


def test_clients_whose_names_read_alike_as_keys_stay_apart(world):
    lines = [
        f"T{number},{name},P1,Desk,2026-01-05 09:00:00,opened,client,\n"
        for number, name in enumerate(["株式会社", "有限会社", "Müller AG", "Muller AG", "MÜLLER  ag", "東京"])
    ]

    done(asked(world, (HEADER + "".join(lines)).encode()))

    assert names(world) == sorted(
        ["Casa Ferrante", "Kestrel Outdoor", "株式会社", "有限会社", "Müller AG", "Muller AG", "東京"]
    )
    whose = {row["ref"]: row["whose"] for row in remembered(world.partner.pk)["tickets"]}
    assert (whose["T0"], whose["T1"], whose["T5"]) == ("株式会社", "有限会社", "東京")
    assert (whose["T2"], whose["T4"], whose["T3"]) == ("Müller AG", "Müller AG", "Muller AG")


def test_every_ticket_goes_to_the_one_client_that_was_named(world):
    done(asked(world, SMALL, all_to=world.kestrel.pk))

    assert {row["whose"] for row in remembered(world.partner.pk)["tickets"]} == {"Kestrel Outdoor"}
    assert names(world) == ["Casa Ferrante", "Kestrel Outdoor"]


@pytest.mark.proves("PORTAL-3")
@pytest.mark.parametrize("foreign", ["all_to", "tier_version", "calendar_version"])
def test_terms_of_another_partner_cannot_be_imported_under(foreign, world):
    ours, theirs = world, World("baltica", "Baltica ERP")
    given = {
        "all_to": theirs.ferrante.pk,
        "tier_version": str(theirs.tier.public_id),
        "calendar_version": str(theirs.calendar.public_id),
    }

    with pytest.raises(NotFound):
        asked(ours, SMALL, scope=ours.scope(), **{foreign: given[foreign]})

    assert runs.runs(EVERYTHING) == ()


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"zone": "Europe/Atlantis"}, CalendarError),
        ({"zone": ""}, CalendarError),
        ({"calendar_version": ""}, Conflict),
        ({"tier_version": "gold"}, NotFound),
    ],
)
def test_terms_that_cannot_be_are_refused_before_a_worker_fails_on_them(given, refusal, world):
    with pytest.raises(refusal):
        asked(world, SMALL, scope=world.scope(), **given)

    assert runs.runs(EVERYTHING) == ()


@pytest.mark.parametrize(
    ("content", "told", "expected"),
    [
        (b"colour,size\nred,3\n", UTC, "Unusable"),
        (SMALL, Told(zone="Europe/Atlantis"), "Unusable"),
        (SMALL, Told(), "NeedsAnswer"),
        (SMALL, Told(zone="UTC", map_text="columns: [1"), "FileError"),
    ],
)
def test_a_file_that_cannot_be_used_ends_its_run_at_once(content, told, expected, world):
    run = asked(world, content, told)

    finished = work(worker="a", clock=at(NOW))

    assert type(finished.error).__name__ == expected
    assert (state(run).state, state(run).attempts) == (RunState.FAILED, 1)
    assert state(run).error.startswith(expected)


def test_what_may_pass_is_tried_again_and_its_error_is_kept_meanwhile(world):
    run, _ = actions.request(EVERYTHING, name="dance", key="1", partner=world.partner.pk, params={}, now=NOW)

    finished = work(worker="a", clock=at(NOW))

    assert isinstance(finished.error, KeyError)
    assert (state(run).state, state(run).error) == (RunState.WAITING, "KeyError: 'dance'")
    assert work(worker="a", clock=at(NOW)) is None


def test_a_conflict_that_the_work_itself_meets_is_its_error_and_not_a_run_that_another_worker_has(world):
    run, _ = actions.request(EVERYTHING, name="dance", key="1", partner=world.partner.pk, params={}, now=NOW)
    now = NOW

    def dance(run, *, now, tell):
        raise Conflict("the floor is taken")

    for _ in range(ATTEMPTS):
        finished = work(worker="a", clock=at(now), jobs={"dance": dance})
        now += timedelta(minutes=5)

    assert isinstance(finished.error, Conflict)
    assert (state(run).state, state(run).attempts) == (RunState.FAILED, ATTEMPTS)
    assert state(run).error == "Conflict: the floor is taken"


def test_a_worker_that_has_lost_its_run_stops_and_leaves_it_to_the_other(world):
    run = asked(world, SMALL)
    later = NOW + LEASE + timedelta(seconds=1)
    read = []

    def clock():
        read.append(NOW)
        if len(read) == 4:
            # Meanwhile another worker finds the lease run out.
            work(worker="b", clock=at(later))
        return NOW

    finished = work(worker="a", clock=clock)

    assert isinstance(finished.error, TakenOver)
    assert (state(run).state, state(run).attempts) == (RunState.DONE, 2)
    assert len(tickets.ticket_pks(EVERYTHING, partner=world.partner.pk)) == 2


def test_bad_rows_are_counted_and_told_and_the_rest_is_taken(world):
    bad = SMALL + b"T3,Nordhavn,P1,Desk,not a time,opened,client,\n"

    result = done(asked(world, bad)).result

    assert (result["new_tickets"], result["bad"]) == (2, 1)
    (row,) = result["bad_rows"]
    assert (row["line"], row["column"], row["value"], row["reason"]) == (6, "at", "not a time", "unreadable_instant")


def test_the_preview_takes_nothing_and_says_which_clients_would_be_new(world):
    kept = documents.keep(EVERYTHING, partner=world.partner.pk, name="export.csv", parts=[SMALL], now=NOW)
    before = remembered(world.partner.pk)

    seen = import_tickets.preview(EVERYTHING, document=kept.public_id, told=UTC)

    assert remembered(world.partner.pk) == before
    assert [(each.name, each.tickets, each.known is None) for each in seen.clients] == [
        ("Casa Ferrante", 1, False),
        ("Nordhavn", 1, True),
    ]
    assert [each.name for each in seen.unknown] == ["Nordhavn"]


def test_texts_longer_than_there_is_room_for_do_not_keep_a_file_from_being_taken(world):
    long = "x" * 500
    header = "Ticket,Title,Customer,Priority,Team,Type,Agent,Requester,Created\n"
    content = f"{header}T1,{long},{long},P1,{long},{long},{long},{long},2026-01-05 09:00:00Z\n".encode()

    result = done(asked(world, content)).result

    assert (result["new_tickets"], result["troubled"]) == (1, 0)
    (ticket,) = remembered(world.partner.pk)["tickets"]
    assert ticket["title"] == "x" * 300
    assert re.fullmatch(r"x{191}~[0-9a-f]{8}", ticket["whose"])


def test_clients_with_very_long_names_are_told_apart_and_set_up_once(world):
    long = "Consorzio " + "a" * 240
    lines = [
        f"T{number},{name},P1,Desk,2026-01-05 09:00:00,opened,client,\n"
        for number, name in enumerate([f"{long} Nord", f"{long} Sud", f"{long.upper()}  nord"])
    ]
    content = (HEADER + "".join(lines)).encode()

    first = done(asked(world, content)).result
    again = done(asked(world, content, Told(zone="UTC", dates="ymd"))).result

    assert (len(first["new_clients"]), again["new_clients"]) == (2, [])
    whose = {row["ref"]: row["whose"] for row in remembered(world.partner.pk)["tickets"]}
    assert whose["T0"] == whose["T2"] != whose["T1"]
    assert all(len(name) == 200 for name in whose.values())
    seen = import_tickets.preview(EVERYTHING, document=kept_file(world, content).public_id, told=UTC)
    assert seen.unknown == ()


def test_a_clock_whose_stop_an_earlier_file_did_not_tell_is_measured_when_a_later_one_does(world):
    only_opened = (HEADER + "T1,Casa Ferrante,P1,Desk,2026-01-05 09:00:00,opened,client,\n").encode()
    done(asked(world, only_opened))
    before = {row["clock"]: row["state"] for row in remembered(world.partner.pk)["clocks"]}

    done(asked(world, SMALL))
    done(asked(world, only_opened, Told(zone="UTC", dates="ymd")))

    after = {row["clock"]: row["state"] for row in remembered(world.partner.pk)["clocks"] if row["of"] == "T1"}
    assert before == {"response": "not_measured", "resolution": "not_measured"}
    assert after == {"response": "met", "resolution": "met"}


@pytest.mark.parametrize("ref", ["R" * 121, "R" * 5_000, "票" * 121])
def test_tickets_with_very_long_references_are_told_apart_and_taken_once(ref, world):
    lines = [f"{ref}{number},Casa Ferrante,P1,Desk,2026-01-05 09:00:00,opened,client,\n" for number in (1, 2)]
    content = (HEADER + "".join(lines)).encode()

    first = done(asked(world, content)).result
    again = done(asked(world, content, Told(zone="UTC", dates="ymd"))).result

    assert (first["new_tickets"], first["new_events"]) == (2, 2)
    assert (again["new_tickets"], again["new_events"]) == (0, 0)


def test_letters_that_no_text_has_do_not_keep_a_file_from_being_taken(world):
    content = b"Ticket,Title,Customer,Priority,Created\nT1,be\x00fore,Casa Ferrante,P1,2026-01-05 09:00:00Z\n"

    result = done(asked(world, content)).result

    assert (result["new_tickets"], result["bad"]) == (1, 0)
    (ticket,) = remembered(world.partner.pk)["tickets"]
    assert ticket["title"] == "before"


def test_a_surrogate_in_json_does_not_keep_the_other_lines_from_being_taken(world):
    line = '{"ticket": "%s", "title": "%s", "client": "Casa Ferrante", "priority": "P1", "created": "2026-01-05T09:00:00Z"}'
    lines = [line % ("T1", "half \\ud83d a pair"), line % ("T2", "whole")]

    result = done(asked(world, "\n".join(lines).encode())).result

    assert result["new_tickets"] + result["bad"] == 2
    assert "whole" in {row["title"] for row in remembered(world.partner.pk)["tickets"]}
