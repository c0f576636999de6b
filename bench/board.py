"""The live board over a million closed and a hundred thousand open tickets: its renewal against a plain Django page."""

import os
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from statistics import median

from bench.timing import Row, at_most, rounds

CLOSED = int(os.environ.get("GOODSTANDING_BENCH_CLOSED", "1000000"))
OPEN, FEW = 100_000, 1_000
CLIENTS = 40
PAGES = 20
"""Pages a round, so that a round is long enough to be timed."""


def run() -> Iterator[Row]:
    """Yield the rows of the board."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["GOODSTANDING_HOME"] = home
        os.environ["DJANGO_SETTINGS_MODULE"] = "goodstanding.config.settings"
        import django

        django.setup()
        from django.core.management import call_command
        from django.test import override_settings

        call_command("migrate", verbosity=0)
        plain = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
        with override_settings(ROOT_URLCONF="bench.peer_board", ALLOWED_HOSTS=["testserver"], STORAGES=plain):
            yield from _rows()


def _rows() -> Iterator[Row]:
    from django.db import connection

    partner, begun = _firm(), time.perf_counter()
    browser = _browser(partner)
    _tickets(partner, FEW, is_open=True, first=0)
    few = _wall(lambda: _get(browser, "/board"))
    taken = rounds(
        {
            "page": lambda: [_get(browser, "/board") for _ in range(PAGES)],
            "renewal": lambda: [_get(browser, "/board", HTTP_HX_REQUEST="true") for _ in range(PAGES)],
            "peer": lambda: [_get(browser, "/peer") for _ in range(PAGES)],
        }
    )
    yield Row("CPU of the peer's page", f"{taken['peer'] / PAGES * 1_000:.1f} ms")
    yield at_most("CPU of the renewal every 15 s / the peer's page", taken["renewal"] / taken["peer"], 0.25)
    yield at_most(
        "CPU of the whole page, with its keyboard, menus and key figures / the peer's", taken["page"] / taken["peer"], 1
    )
    _tickets(partner, OPEN - FEW, is_open=True, first=FEW)
    _tickets(partner, CLOSED, is_open=False, first=OPEN)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    yield Row(f"{CLOSED:,} closed and {OPEN:,} open tickets written in", f"{time.perf_counter() - begun:.0f} s")
    many, renewal = _wall(lambda: _get(browser, "/board")), _wall(lambda: _get(browser, "/board", HTTP_HX_REQUEST="true"))
    yield Row(f"the whole page, wall time, {FEW:,} open and none closed", f"{few * 1_000:.1f} ms")
    yield Row("the whole page, wall time, with all of them", f"{many * 1_000:.1f} ms", "<= 500 ms", many <= 0.5)
    yield Row("its renewal, wall time, with all of them", f"{renewal * 1_000:.1f} ms", "<= 500 ms", renewal <= 0.5)


def _get(browser: object, path: str, **headers: str) -> None:
    answer = browser.get(path, **headers)
    assert answer.status_code == 200, answer.status_code
    assert answer.content.count(b"<tr id=") == 50


def _wall(do: Callable[[], object]) -> float:
    do()
    taken = []
    for _ in range(9):
        begun = time.perf_counter()
        do()
        taken.append(time.perf_counter() - begun)
    return median(taken)


def _firm() -> int:
    from goodstanding.apps.tenancy import actions
    from goodstanding.apps.tenancy.scope import Scope

    scope = Scope.everything("a benchmark")
    partner = actions.set_up_partner(scope, key="bench", name="Bench Sistemi", zone="Europe/Rome").pk
    for number in range(CLIENTS):
        actions.set_up_client(scope, partner=partner, name=f"Client {number}", zone="Europe/Rome")
    return partner


def _browser(partner: int) -> object:
    from django.test import Client

    from goodstanding.apps.tenancy import actions
    from goodstanding.apps.tenancy.models import Person
    from goodstanding.apps.tenancy.roles import Role
    from goodstanding.apps.tenancy.scope import Scope

    person = actions.set_up_person(
        Scope.everything("a benchmark"), email="a@bench.example", name="Ann", role=Role.MANAGER, partner=partner
    )
    browser = Client()
    browser.force_login(Person.objects.get(pk=person))
    return browser


def _tickets(partner: int, count: int, *, is_open: bool, first: int) -> None:
    """Write tickets in with how they stand, as if they had been judged, and with two decided clocks where they are closed."""
    from goodstanding.apps.desk.models import ClockStanding, Standing
    from goodstanding.apps.tenancy.models import Client
    from goodstanding.apps.tickets.models import Ticket
    from goodstanding.apps.unit import together
    from goodstanding.apps.unit.bulk import insert_new

    clients = list(Client.objects.filter(partner_id=partner).values_list("pk", flat=True))
    now = int(datetime.now(UTC).timestamp())
    day = int(timedelta(days=1).total_seconds())
    fields = (
        "public_id",
        "partner",
        "client",
        "source",
        "ref",
        "title",
        "priority",
        "team",
        "kind",
        "tags",
        "contact",
        "unmeasured",
    )
    rows = (
        (uuid.uuid4(), partner, clients[n % CLIENTS], "bench", f"B-{n}", f"Invoice {n} prints without its logo",
         f"P{n % 4 + 1}", f"Team {n % 5}", "", [], "", [])
        for n in range(first, first + count)
    )  # fmt: skip
    standing = (
        "ticket", "partner", "client", "assignment", "priority", "team", "assignee", "is_open", "waiting_on", "waiting_since",
        "opened_at", "resolved_at", "last_staff_act_at", "due_at", "due_clock", "due_slot", "due_target", "at_risk_at",
        "paused", "breaches", "look_at", "assessed_at", "trouble",
    )  # fmt: skip
    clock = (
        "ticket", "partner", "client", "clock", "cycle", "number", "state", "started_at", "stopped_at", "target", "elapsed",
        "deadline_at", "at_risk_at", "breached_at", "decided_at", "reclassified", "first_stopped_at", "first_outcome", "linked",
        "waived", "rule", "priority", "paused",
    )  # fmt: skip

    def stands(pk: int, n: int) -> tuple[object, ...]:
        client, late = clients[n % CLIENTS], n % 97 == 0
        opened = now - (n % 60 + 1) * 3_600 if is_open else now - (n % 720 + 2) * day
        due = now + (n * 37) % (30 * day) - (3_600 if late else -600) if is_open else None
        return (
            pk, partner, client, None, f"P{n % 4 + 1}", f"Team {n % 5}", f"Agent {n % 12}", is_open, "", None, opened,
            None if is_open else opened + day, opened + 60, due, "resolution" if is_open else "", "",
            4 * 3_600 if is_open else None, None if due is None else due - 3_600, False, int(late), due, now, "",
        )  # fmt: skip

    def decided(pk: int, n: int) -> Iterator[tuple[object, ...]]:
        opened = now - (n % 720 + 2) * day
        for number, kind in enumerate(("response", "resolution")):
            stopped, late = opened + (number + 1) * 1_800, n % 23 == 0
            yield (
                pk, partner, clients[n % CLIENTS], kind, f"bench:{n}", 1, "breached" if late else "met", opened, stopped, 3_600,
                1_800, opened + 3_600, None, opened + 3_600 if late else None, stopped, False, None, "", False, False, "",
                f"P{n % 4 + 1}", {},
            )  # fmt: skip

    with together():
        insert_new(Ticket, fields, rows)
        known = Ticket.objects.filter(source="bench", pk__gt=first).order_by("pk").values_list("pk", flat=True)
        pks = list(known)[-count:]
        insert_new(Standing, standing, (stands(pk, n) for n, pk in enumerate(pks, start=first)))
        if not is_open:
            insert_new(ClockStanding, clock, (row for n, pk in enumerate(pks, start=first) for row in decided(pk, n)))
