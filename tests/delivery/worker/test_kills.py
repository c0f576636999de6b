"""Workers are killed at random points: every step is told, and twice only where the one window allows it (bench/kills.py)."""

import json
import os
import subprocess
import sys
import uuid
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import connection

ROOT = Path(__file__).parents[3]
TICKETS, KILLS = 120, 2


@contextmanager
def database_of_its_own(folder):
    """The environment of a run: SQLite in a folder, or another database of the PostgreSQL that these tests run on."""
    env = os.environ | {"GOODSTANDING_HOME": str(folder), "DJANGO_SETTINGS_MODULE": "tests.browser.settings"}
    if connection.vendor != "postgresql":
        yield {key: value for key, value in env.items() if key != "DATABASE_URL"}
        return
    import psycopg

    name, url = f"kills_{uuid.uuid4().hex}", os.environ["DATABASE_URL"]
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"')
        try:
            yield env | {"DATABASE_URL": urlsplit(url)._replace(path=f"/{name}").geturl()}
        finally:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.mark.django_db
@pytest.mark.proves("ESC-3", "ESC-5")
def test_workers_killed_at_random_points_tell_everybody_once_and_repeat_one_letter_a_kill_at_most_under_its_own_name(tmp_path):
    workers = 4 if connection.vendor == "postgresql" else 1
    given = {"--tickets": TICKETS, "--workers": workers, "--kills": KILLS}
    command = [sys.executable, "-m", "bench.kills", *(str(each) for pair in given.items() for each in pair)]
    with database_of_its_own(tmp_path) as env:
        done = subprocess.run(command, cwd=ROOT, env=env, check=True, capture_output=True, text=True, timeout=180)

    told = json.loads(done.stdout)
    assert told["kills"] == KILLS
    assert (told["lost"], told["doubled"], told["strange"], told["unsent"]) == (0, 0, 0, 0)
    assert (told["fired"], told["overtaken"]) == (TICKETS, 2 * TICKETS)
    assert told["again"] <= KILLS
    assert told["folded"]
