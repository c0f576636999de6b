"""Steps that fall due among 100,000 open tickets: how soon a mail server has them, and what sweeps cost. Wall time."""

import asyncio
import json
import math
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from statistics import median
from typing import Any

from bench.desks import postgres, send_mail_here
from bench.kills import FORK
from bench.timing import Row, at_least

OPEN = int(os.environ.get("GOODSTANDING_BENCH_OPEN", "100000"))
CLIENTS = 40
A_SECOND, SECONDS = 10, 60
"""Steps that fall due while the worker is at work."""
STORM = 1_000
"""Steps that fall due in one second after that."""
BATCH, SINGLY = 1_000, 100
"""Tickets of the sweep that takes many at once, and of the one that commits each."""
FULL = "-full"
"""SQLite with commits that wait for the disk (`synchronous=FULL`)."""
WITHIN = 10.0
TARGET = timedelta(hours=1)


def run() -> Iterator[Row]:
    """Yield the rows of the benchmark, by database."""
    for database in ("sqlite", "postgresql"):
        with tempfile.TemporaryDirectory() as home:
            env = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"} | {"GOODSTANDING_HOME": home}
            asked = [sys.executable, "-m", "bench.escalation", database]
            done = subprocess.run(asked, env=env, check=True, stdout=subprocess.PIPE, text=True)
        yield from _rows(database, json.loads(done.stdout.splitlines()[-1]))


def _rows(database: str, told: dict[str, Any]) -> Iterator[Row]:
    name = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[database]
    yield Row(f"{name}: {OPEN:,} open tickets taken and judged in", f"{told['judged']:.0f} s")
    yield Row(f"{name}: a sweep that finds nothing due", f"{told['empty'] * 1_000:.2f} ms", "< 2 ms", told["empty"] < 0.002)
    for what, key in ((f"{A_SECOND} steps due a second", "steady"), (f"{STORM:,} steps due in one second", "storm")):
        times = told[key]
        late = times[math.ceil(len(times) * 0.99) - 1] if times else math.inf
        missing = told[f"{key}_missing"]
        yield Row(f"{name}: {what}: median until the server had it", f"{median(times):.1f} s")
        yield Row(f"{name}: {what}: 99th percentile", f"{late:.1f} s", f"< {WITHIN:g} s", late < WITHIN and not missing)
    for way, goal in told["goals"].items():
        how = f"{name}, commits that wait for the disk" if way == FULL else name
        yield Row(f"{how}: steps a second, {BATCH:,} tickets at once", f"{told['batch' + way]:,.0f}")
        yield Row(f"{how}: steps a second, a commit each", f"{told['singly' + way]:,.0f}")
        what, ratio = f"{how}: {BATCH:,} tickets at once / a commit each", told["batch" + way] / told["singly" + way]
        yield Row(what, f"{ratio:,.0f}x") if goal is None else at_least(what, ratio, goal)


def main(database: str) -> int:
    """Measure over one database and print what came of it as JSON."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        server = postgres(folder) if database == "postgresql" else None
        try:
            print(json.dumps(_measured(folder)))
        finally:
            if server is not None:
                server.cleanup()
    return 0


def _measured(folder: Path) -> dict[str, Any]:
    port = send_mail_here()
    letters = folder / "letters"
    letters.touch()
    post_office = FORK.Process(target=_take_letters, args=(port, letters))
    post_office.start()
    try:
        return _measure(letters)
    finally:
        os.kill(post_office.pid or 0, signal.SIGTERM)
        post_office.join()


def _measure(letters: Path) -> dict[str, Any]:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from goodstanding.apps.tenancy.scope import Scope
    from goodstanding.delivery.words_of_escalation import sayer
    from goodstanding.flows.escalate import escalate

    call_command("migrate", verbosity=0)
    scope = Scope.everything("a benchmark")
    firm, say = _firm(scope), sayer("https://desk.example")
    begun, now = time.perf_counter(), _now()
    # Of these the first step is hours away: they are what has to be looked past.
    _take(scope, firm, "far", [now] * OPEN, priority="P2")
    judged = time.perf_counter() - begun
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    empty = median(_timed(lambda: escalate(now=_now(), say=say)) for _ in range(200))

    sqlite = connection.vendor == "sqlite"
    # The goal for SQLite is one for FULL, which the product does not run: both are measured.
    goals = {"": None, FULL: 200} if sqlite else {"": 60}
    speed = {}
    for way in goals:
        if sqlite:
            with connection.cursor() as cursor:
                cursor.execute(f"PRAGMA synchronous = {'FULL' if way == FULL else 'NORMAL'}")
        for name, count, limit in ((f"batch{way}", BATCH, BATCH), (f"singly{way}", SINGLY, 1)):
            due = _now() + timedelta(seconds=60)
            _take(scope, firm, name, [due - TARGET / 2] * count)
            taken: list[int] = []
            wall = _timed(
                lambda limit=limit, due=due, taken=taken: _sweep(lambda: escalate(now=due, say=say, limit=limit), taken)
            )
            assert sum(taken) == count, taken
            speed[name] = count / wall

    first = _now() + timedelta(seconds=30)
    steady = [first + timedelta(seconds=number / A_SECOND) for number in range(A_SECOND * SECONDS)]
    storm = [steady[-1] + timedelta(seconds=15)] * STORM
    due = {}
    for name, instants in (("steady", steady), ("storm", storm)):
        _take(scope, firm, name, [each - TARGET / 2 for each in instants])
        due |= {f"{name}-{number}": each.timestamp() for number, each in enumerate(instants)}
    assert _now() < first, "taking the tickets in took longer than the time until the first is due"
    connection.close()
    worker = subprocess.Popen([sys.executable, "-m", "goodstanding", "worker"], stdout=subprocess.DEVNULL)
    try:
        while _now() < storm[-1] + timedelta(seconds=60) and len(_received(letters).keys() & due.keys()) < len(due):
            time.sleep(0.5)
    finally:
        worker.terminate()
        worker.wait()
    got = _received(letters)
    told: dict[str, Any] = {"judged": judged, "empty": empty, "goals": goals, **speed}
    for name in ("steady", "storm"):
        mine = [each for each in due if each.startswith(name)]
        told[name] = sorted(got[each] - due[each] for each in mine if each in got)
        told[f"{name}_missing"] = sum(each not in got for each in mine)
    return told


def _now() -> datetime:
    return datetime.now(UTC)


def _timed(do: Callable[[], object]) -> float:
    begun = time.perf_counter()
    do()
    return time.perf_counter() - begun


def _sweep(sweep: Callable[[], Any], taken: list[int]) -> None:
    while found := sweep().tickets:
        taken.append(found)


def _firm(scope: Any) -> list[int]:
    """A partner with a lead for each of its clients; return the clients."""
    from goodstanding.adapters.files.escalation import load_plan
    from goodstanding.apps.desk import actions as desk
    from goodstanding.apps.escalation import actions as escalation
    from goodstanding.apps.tenancy import actions as tenancy
    from goodstanding.apps.tenancy.roles import Role
    from goodstanding.core.clocks.amounts import Amount
    from goodstanding.core.clocks.presets import preset
    from goodstanding.core.desk.policy import ClockKind, Policy, Target, TargetRule

    now = _now()
    long_ago = now - timedelta(days=30)
    home = tenancy.set_up_partner(scope, key="adriatica", name="Adriatica", zone="UTC").pk
    targets = {"P1": "1 h", "P2": "24 h"}
    rules = tuple(
        TargetRule(clock=ClockKind.RESPONSE, target=Target(Amount.parse(each)), priority=priority)
        for priority, each in targets.items()
    )
    tier = desk.publish_tier(
        scope, partner=home, key="gold", name="Gold", family="support_plan", policy=Policy(name="Gold", rules=rules),
        text="gold", effective_from=long_ago, now=now,
    )  # fmt: skip
    hours = desk.publish_calendar(
        scope, partner=home, name="Always", calendar=preset("24/7", "UTC"), text="always", holidays_until=2030, now=now
    )
    escalation.publish_plan(scope, partner=home, plan=load_plan(PLAN, name="plan"), now=long_ago)
    clients = []
    for number in range(CLIENTS):
        client = tenancy.set_up_client(scope, partner=home, name=f"Client {number}", zone="UTC").pk
        desk.assign(
            scope, client=client, tier_version=tier.public_id, calendar_version=hours.public_id, from_at=long_ago
        )  # fmt: skip
        lead = tenancy.set_up_person(
            scope, email=f"lead{number}@adriatica.example", name=f"Lead {number}", role=Role.TEAM_LEAD, partner=home
        )
        escalation.hold_role(scope, partner=home, role="team_lead", person=lead, client=client, now=now)
        clients.append(client)
    return clients


PLAN = """
steps:
  - {step: response-50, clock: response, at: 50 %, do: [alert], tell: [team_lead]}
"""


def _take(scope: Any, clients: list[int], name: str, opened: list[datetime], priority: str = "P1") -> None:
    """Take tickets in that were opened at these instants, told of only now, and judge them."""
    from goodstanding.apps.tenancy import queries
    from goodstanding.apps.tickets import actions
    from goodstanding.apps.tickets.queries import Happening
    from goodstanding.core.desk.events import Actor, Event, EventKind
    from goodstanding.flows.reassess import reassess

    home = queries.partner_by_key(scope, "adriatica").pk
    for start in range(0, len(opened), 5_000):
        incoming = [
            actions.IncomingTicket(
                ref=f"{name}-{number}", client=clients[number % CLIENTS], title="Invoices print without their logo",
                happenings=(
                    Happening(
                        Event(
                            at=at, kind=EventKind.OPENED, source="bench", source_id="1", actor=Actor.CLIENT, public=True,
                            priority=priority,
                        ),
                        "Rosa",
                        "",
                    ),
                ),
            )
            for number, at in enumerate(opened[start : start + 5_000], start=start)
        ]  # fmt: skip
        taken = actions.take(scope, partner=home, source="bench", tickets=incoming, now=_now())
        reassess(scope, taken.moved, now=_now())


def _take_letters(port: int, letters: Path) -> None:
    """Be a mail server that notes when it had which ticket in a letter for the first time."""
    from aiosmtpd.smtp import SMTP

    class Postman:
        async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
            letter = message_from_bytes(envelope.original_content, policy=default)
            text = letter.get_body(("plain",)).get_content()
            refs = sorted(set(TICKET.findall(f"{letter['Subject']} {text}")))
            os.write(kept, f"{time.time()}\t{' '.join(refs)}\n".encode())
            return "250 taken"

    async def serve() -> None:
        listening = await asyncio.get_running_loop().create_server(lambda: SMTP(Postman()), "127.0.0.1", port)
        await listening.serve_forever()

    kept = os.open(letters, os.O_WRONLY | os.O_APPEND)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    asyncio.run(serve())


TICKET = re.compile(r"\b(?:batch|singly|steady|storm)-\d+\b")


def _received(letters: Path) -> dict[str, float]:
    """Return when the server had each ticket."""
    found: dict[str, float] = {}
    for line in letters.read_text(encoding="ascii").splitlines():
        at, _, refs = line.partition("\t")
        for each in refs.split():
            found.setdefault(each, float(at))
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
