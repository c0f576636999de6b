"""Workers that take steps and deliver what these tell are killed, and their database restarted: what a mail server then has.

`python -m bench.kills --tickets 1000 --workers 4 --kills 1` does one run over the database that the environment names and
prints what came of it as JSON, a line a run; with `--postgres` it starts a server of its own, and `--runs` does it again over
copies. The benchmark of the same name does it a hundred times. Every ticket has three steps due: the highest tells its client,
in a letter of its own, and its team lead, in one that is folded with those of other tickets; the lower ones are overtaken.
"""

import argparse
import asyncio
import json
import multiprocessing
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from bench.desks import postgres, send_mail_here
from bench.timing import Row

STEPS = 3
"""Due steps of a ticket."""
CLIENTS = 20
AT_ONCE = 25
"""Tickets that a worker takes before it delivers: so that taking and delivering fall together all through a run."""
ROOM = timedelta(seconds=3)
KILL_RUNS, RESTARTS = int(os.environ.get("KILL_RUNS", "100")), int(os.environ.get("RESTART_RUNS", "20"))
TICKETS = int(os.environ.get("KILL_TICKETS", "500"))
FORK = multiprocessing.get_context("fork")
LEAD = "lead@adriatica.example"


def run() -> Iterator[Row]:
    """Yield the rows of the benchmark."""
    steps = f"{TICKETS * STEPS:,} due steps"
    yield from _told(f"SQLite, its one worker killed, {steps}", ["--workers", "1", "--runs", str(max(KILL_RUNS // 10, 1))])
    four = ["--workers", "4", "--postgres"]
    yield from _told(f"PostgreSQL, one of four killed, {steps}", [*four, "--runs", str(KILL_RUNS)])
    yield from _told(f"PostgreSQL restarted under four, {steps}", [*four, "--runs", str(RESTARTS), "--restart"])


def _told(what: str, given: list[str]) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as home:
        env = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"} | {"GOODSTANDING_HOME": home}
        command = [sys.executable, "-m", "bench.kills", "--tickets", str(TICKETS), *given]
        printed = subprocess.run(command, env=env, check=True, stdout=subprocess.PIPE, text=True).stdout
    runs = [json.loads(line) for line in printed.splitlines()]
    total = {name: sum(each[name] for each in runs) for name in runs[0]}
    cut = total["kills"] + total["restarts"]
    yield Row(f"{what}: runs, kills or restarts, letters", f"{len(runs)}, {cut}, {total['letters']:,}")
    yield Row(f"{what}: told to nobody", str(total["lost"]), "0", total["lost"] == 0)
    yield Row(f"{what}: told twice", str(total["doubled"]), "0", total["doubled"] == 0)
    yield Row(f"{what}: letters again in the window", str(total["again"]), f"<= {cut}", total["again"] <= cut)


def main() -> int:
    """Do the runs that are asked for here."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--tickets", type=int, default=500)
    asked.add_argument("--workers", type=int, default=4)
    asked.add_argument("--kills", type=int, default=1)
    asked.add_argument("--runs", type=int, default=1)
    asked.add_argument("--seed", type=int, default=0)
    asked.add_argument("--postgres", action="store_true", help="start a PostgreSQL for these runs alone")
    asked.add_argument("--restart", action="store_true", help="restart that one instead of killing workers")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        server = postgres(folder) if given.postgres else None
        try:
            for told in _runs(given, folder, server):
                print(json.dumps(told), flush=True)
        finally:
            if server is not None:
                server.cleanup()
    return 0


def _runs(given: argparse.Namespace, folder: Path, server: Any) -> Iterator[dict[str, Any]]:
    port = send_mail_here()
    import django

    django.setup()
    from django.db import connections

    database = connections.settings["default"]
    seeded = str(database["NAME"])
    _forked(partial(_seed, given.tickets))
    for number in range(given.runs):
        if given.runs > 1:
            # Every process opens its own connection, to the copy that this one names.
            database["NAME"] = _copied(seeded, number, server, folder)
        yield _run(given, folder, server, port, random.Random(given.seed + number))
        if given.runs > 1 and server is not None:
            _on_server(server, f'DROP DATABASE "{database["NAME"]}" WITH (FORCE)')


def _copied(seeded: str, number: int, server: Any, folder: Path) -> str:
    if server is None:
        return shutil.copy(seeded, folder / f"{number}.sqlite3")
    _on_server(server, f'CREATE DATABASE "run_{number}" TEMPLATE "{seeded}"')
    return f"run_{number}"


def _on_server(server: Any, command: str) -> None:
    import psycopg

    with psycopg.connect(server.get_uri("template1"), autocommit=True) as connection:
        connection.execute(command)


class Letters:
    """What the mail server has taken: the name of each letter, to whom it went, and which tickets it tells of."""

    def __init__(self, file: Path) -> None:
        self.file, self.read = file, 0
        self.names: Counter[str] = Counter()
        self.told: dict[tuple[str, str], set[str]] = defaultdict(set)

    def look(self) -> int:
        """Take in what is new; return how many tickets' clients have been told."""
        with self.file.open(encoding="ascii") as lines:
            lines.seek(self.read)
            for line in iter(lines.readline, ""):
                if not line.endswith("\n"):
                    break
                name, recipient, tickets = line.split("\t")
                self.names[name] += 1
                for each in tickets.split():
                    self.told[recipient, each].add(name)
                self.read += len(line)
        return sum(1 for recipient, _ in self.told if recipient != LEAD)


def _run(given: argparse.Namespace, folder: Path, server: Any, port: int, chance: random.Random) -> dict[str, Any]:
    file = folder / "letters"
    file.write_bytes(b"")
    letters = Letters(file)
    post_office = _begun(partial(_take_letters, port, file))
    begun = time.monotonic()
    # A database that comes back in time leaves nobody in doubt of what was sent.
    lease = timedelta(seconds=20 if given.restart else 5)
    workers = [_begun(partial(_work, lease)) for _ in range(given.workers)]
    kills, ended = 0, begun
    while any(each.is_alive() for each in workers):
        done = letters.look()
        # Each falls at random into its own part of the work.
        if kills < given.kills and given.tickets * (kills + chance.random()) / given.kills <= done < given.tickets:
            time.sleep(chance.random() * 0.1)
            if given.restart:
                _restart(server, chance)
            else:
                place = chance.randrange(len(workers))
                os.kill(workers[place].pid or 0, signal.SIGKILL)
                workers[place].join()
                workers[place] = _begun(partial(_work, lease))
            kills += 1
        time.sleep(0.01)
        ended = time.monotonic()
    letters.look()
    standing = _asked(_standing)
    os.kill(post_office.pid or 0, signal.SIGTERM)
    post_office.join()
    refs = [_ref(number) for number in range(given.tickets)]
    wanted = {(_contact(number), ref) for number, ref in enumerate(refs)} | {(LEAD, ref) for ref in refs}
    return {
        "letters": letters.names.total(),
        "lost": len(wanted - letters.told.keys()),
        "doubled": sum(len(names) > 1 for names in letters.told.values()),
        "again": letters.names.total() - len(letters.names),
        "strange": len(letters.told.keys() - wanted),
        "kills": 0 if given.restart else kills,
        "restarts": kills if given.restart else 0,
        "seconds": round(ended - begun, 1),
        **standing,
    }


def _ref(number: int) -> str:
    return f"K-{number:06}"


def _contact(number: int) -> str:
    return f"to{number}@ferrante.example"


def _begun(do: Callable[[], None]) -> Any:
    process = FORK.Process(target=do)
    process.start()
    return process


def _forked(do: Callable[[], None]) -> None:
    """Do it in a process of its own: this one never has a connection that a child could inherit."""
    process = _begun(do)
    process.join()
    if process.exitcode:
        raise SystemExit("the database could not be made ready")


def _asked(ask: Callable[[], Any]) -> Any:
    ours, theirs = FORK.Pipe()
    process = _begun(lambda: theirs.send(ask()))
    found = ours.recv()
    process.join()
    return found


def _seed(tickets: int) -> None:
    from django.core.management import call_command
    from django.db import connection

    from goodstanding.adapters.files.escalation import load_plan
    from goodstanding.apps.desk import actions as desk
    from goodstanding.apps.escalation import actions as escalation
    from goodstanding.apps.tenancy import actions as tenancy
    from goodstanding.apps.tenancy.roles import Role
    from goodstanding.apps.tenancy.scope import Scope
    from goodstanding.apps.tickets import actions
    from goodstanding.apps.tickets.queries import Happening
    from goodstanding.core.clocks.amounts import Amount
    from goodstanding.core.clocks.presets import preset
    from goodstanding.core.desk.events import Actor, Event, EventKind
    from goodstanding.core.desk.policy import ClockKind, Policy, Target, TargetRule
    from goodstanding.flows.reassess import reassess

    # Tests have their tables from the models, which is sooner.
    call_command("migrate", run_syncdb=True, verbosity=0)
    scope, now = Scope.everything("to test"), datetime.now(UTC)
    long_ago = now - timedelta(days=30)
    home = tenancy.set_up_partner(scope, key="adriatica", name="Adriatica", zone="UTC").pk
    lead = tenancy.set_up_person(scope, email=LEAD, name="Lead", role=Role.TEAM_LEAD, partner=home)
    rule = TargetRule(clock=ClockKind.RESPONSE, target=Target(Amount.parse("1 h")))
    tier = desk.publish_tier(
        scope, partner=home, key="gold", name="Gold", family="support_plan", policy=Policy(name="Gold", rules=(rule,)),
        text="gold", effective_from=long_ago, now=now,
    )  # fmt: skip
    hours = desk.publish_calendar(
        scope, partner=home, name="Always", calendar=preset("24/7", "UTC"), text="always", holidays_until=2030, now=now
    )
    escalation.publish_plan(scope, partner=home, plan=load_plan(PLAN, name="plan"), now=long_ago)
    escalation.hold_role(scope, partner=home, role="team_lead", person=lead, now=now)
    clients = [tenancy.set_up_client(scope, partner=home, name=f"Client {each}", zone="UTC").pk for each in range(CLIENTS)]
    for client in clients:
        desk.assign(
            scope, client=client, tier_version=tier.public_id, calendar_version=hours.public_id, from_at=long_ago
        )  # fmt: skip

    opened = Event(
        at=now - timedelta(minutes=1), kind=EventKind.OPENED, source="test", source_id="1", actor=Actor.CLIENT, public=True
    )
    incoming = [
        actions.IncomingTicket(
            ref=_ref(number), client=clients[number % CLIENTS], contact=f"Rosa <{_contact(number)}>",
            happenings=(Happening(opened, "Rosa", ""),),
        )
        for number in range(tickets)
    ]  # fmt: skip
    # Judged while nothing is due, as it happens in life; then an hour and a half passes for all of it.
    taken = actions.take(scope, partner=home, source="test", tickets=incoming, now=now)
    reassess(scope, taken.moved, now=now)
    connection.close()


PLAN = """
steps:
  - {step: response-50, clock: response, at: 50 %, do: [alert], tell: [team_lead]}
  - {step: response-75, clock: response, at: 75 %, do: [alert], tell: [team_lead]}
  - {step: response-100, clock: response, at: 100 %, do: [notify, draft], tell: [team_lead], client_message: send}
"""
LATER = timedelta(hours=1, minutes=30)


def _take_letters(port: int, file: Path) -> None:
    from email import message_from_bytes
    from email.policy import default

    from aiosmtpd.smtp import SMTP

    class Postman:
        async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
            letter = message_from_bytes(envelope.original_content, policy=default)
            text = letter.get_body(("plain",)).get_content()
            tickets = sorted(set(re.findall(r"K-\d{6}", f"{letter['Subject']} {text}")))
            os.write(kept, "\t".join([letter["Message-ID"], envelope.rcpt_tos[0], f"{' '.join(tickets)}\n"]).encode())
            return "250 taken"

    async def serve() -> None:
        listening = await asyncio.get_running_loop().create_server(lambda: SMTP(Postman()), "127.0.0.1", port)
        await listening.serve_forever()

    kept = os.open(file, os.O_WRONLY | os.O_APPEND)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    asyncio.run(serve())


def _work(lease: timedelta) -> None:
    """Take steps and deliver what they tell, until nothing is left of either."""
    from django.conf import settings

    from goodstanding.apps.escalation import queries
    from goodstanding.apps.outbox import models
    from goodstanding.apps.unit import LOST, reconnect
    from goodstanding.delivery.carriers import to_people
    from goodstanding.delivery.words_of_escalation import sayer
    from goodstanding.flows.deliver_messages import Circumstances, deliver_messages
    from goodstanding.flows.escalate import escalate

    def now() -> datetime:
        return datetime.now(UTC) + LATER

    def pause(seconds: float) -> bool:
        time.sleep(seconds)
        return False

    say = sayer(settings.ADDRESS)
    by = Circumstances(clock=now, chance=random.SystemRandom().random, pause=pause, lease=lease, room=ROOM, batch=20)
    while True:
        try:
            taken = escalate(now=now(), say=say, limit=AT_ONCE).tickets
            if deliver_messages(to_people(), by) == 0 and taken == 0:
                waiting = models.Message.objects.filter(due_at__isnull=False)
                if not queries.due(now()) and not waiting.exists():
                    return
                time.sleep(0.05)
        except LOST:
            reconnect()
            time.sleep(0.05)


def _standing() -> dict[str, int]:
    from goodstanding.apps.escalation.models import Fired
    from goodstanding.apps.outbox.models import Message

    return {
        "fired": Fired.objects.filter(outcome="fired").count(),
        "overtaken": Fired.objects.filter(outcome="overtaken").count(),
        "folded": Message.objects.exclude(leader=None).count(),
        "unsent": Message.objects.exclude(state="sent").count(),
    }


def _restart(server: Any, chance: random.Random) -> None:
    """Stop the database as `pg_ctl -m fast` or `-m immediate` would, in the middle of everything, and start it again."""
    pid = server.get_pid()
    os.kill(pid, chance.choice([signal.SIGINT, signal.SIGQUIT]))
    while Path(f"/proc/{pid}").exists():
        time.sleep(0.02)
    server.ensure_postgres_running()


if __name__ == "__main__":
    sys.exit(main())
