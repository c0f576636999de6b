"""Sweeps by processes that are killed as they come: in short for the suite, at length for the benchmarks.

`python -m tests.flows.sweeping NOW LIMIT WORKERS KILLS SECONDS SEED` lets so many workers take the steps due at an instant, so
many tickets at a time, kills one at random so often, each within so many seconds of its beginning, and starts another in its
place. It prints how many were killed at work, and fails if one of them ends otherwise than by being killed or done.
"""

import os
import random
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import quote


def address_of(settings: Mapping[str, object]) -> str:
    """Write the settings of a database as its address, as DATABASE_URL has it."""
    name = quote(str(settings["NAME"]))
    if str(settings["ENGINE"]).endswith("sqlite3"):
        return f"sqlite://{name}"
    who = quote(str(settings["USER"])) + (f":{quote(str(settings['PASSWORD']))}" if settings["PASSWORD"] else "")
    host, port = str(settings["HOST"]), f":{settings['PORT']}" if settings["PORT"] else ""
    return f"postgresql://{who}@{port}/{name}?host={quote(host)}" if "/" in host else f"postgresql://{who}@{host}{port}/{name}"


def sweep_and_kill(database: str, *, now: datetime, limit: int, workers: int, kills: int, seconds: float, seed: int) -> int:
    """Let processes sweep a database and be killed; return how many were killed at work."""
    command = [sys.executable, "-m", "tests.flows.sweeping"]
    command += [now.isoformat(), *map(str, (limit, workers, kills, seconds, seed))]
    env = os.environ | {"DATABASE_URL": database, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


def run(now: datetime, limit: int, workers: int, kills: int, seconds: float, seed: int) -> int:
    dice = random.Random(seed)
    running = [start(now, limit) for _ in range(workers)]
    killed = 0
    for _ in range(kills):
        place = dice.randrange(workers)
        victim, ready = running[place]
        os.read(ready, 1)
        time.sleep(dice.random() * seconds)
        os.kill(victim, signal.SIGKILL)
        killed += ended(victim)
        os.close(ready)
        running[place] = start(now, limit)
    for process, _ in running:
        assert not ended(process)
    return killed


def ended(process: int) -> bool:
    """Wait for a process; return whether it was killed before it was done."""
    _, status = os.waitpid(process, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, f"a worker ended with {status}"
    return os.WIFSIGNALED(status)


def start(now: datetime, limit: int) -> tuple[int, int]:
    """Start a worker; return its process, and where it says that it has begun."""
    reading, writing = os.pipe()
    process = os.fork()
    if process:
        os.close(writing)
        return process, reading
    try:
        os.close(reading)
        sweep(now, limit, writing)
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def sweep(now: datetime, limit: int, writing: int) -> None:
    """Take the steps that are due until none is left."""
    from goodstanding.delivery.words_of_escalation import sayer
    from goodstanding.flows.escalate import escalate

    say = sayer("https://desk.example")
    os.write(writing, b".")
    while escalate(now=now, say=say, limit=limit).tickets:
        pass


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "goodstanding.config.settings")
    import django

    django.setup()
    # What every worker needs is there before the first of them begins, and no connection to the database is.

    moment, *numbers, length, number = sys.argv[1:]
    print(run(datetime.fromisoformat(moment), *map(int, numbers), float(length), int(number)))
