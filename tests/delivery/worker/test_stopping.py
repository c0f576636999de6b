"""A worker that is told to stop does, however often it is told."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
MANY = 3_000


def threads_of(process):
    """How many threads a process has: a worker that is at work has one for each kind of work."""
    return len(list(Path(f"/proc/{process.pid}/task").iterdir()))


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="only Linux tells whether a worker is at work yet")
def test_a_worker_told_to_stop_stops_however_often_it_is_told(tmp_path):
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    environment |= {"GOODSTANDING_HOME": str(tmp_path), "DJANGO_SETTINGS_MODULE": "tests.browser.settings"}
    run = {"cwd": ROOT, "env": environment}
    subprocess.run([sys.executable, "-m", "django", "migrate", "--run-syncdb"], **run, check=True, capture_output=True)
    command = [sys.executable, "-m", "goodstanding", "worker"]
    worker = subprocess.Popen(command, **run, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    given_up = time.monotonic() + 60

    try:
        while threads_of(worker) < 10 and time.monotonic() < given_up:
            time.sleep(0.05)
        for _ in range(MANY):
            worker.send_signal(signal.SIGTERM)
            # Signals of one kind that come while another waits are one: each gets a moment.
            time.sleep(0.00005)
        code = worker.wait(timeout=15)
    finally:
        worker.kill()
        worker.wait()

    # One that comes when everything is done ends the process as any other.
    assert code in (0, -signal.SIGTERM)
