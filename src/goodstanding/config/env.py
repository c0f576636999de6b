"""The environment: every variable the product reads, typed, and refused when it cannot be right."""

import os
import secrets
from pathlib import Path
from urllib.parse import unquote, urlsplit


class EnvironmentProblem(Exception):
    """A variable that cannot be right; the message says which, why, and what to write."""


def text(name: str, default: str) -> str:
    """Return a variable, or the content of the file that `NAME_FILE` points to."""
    path = os.environ.get(f"{name}_FILE")
    if path:
        return Path(path).read_text(encoding="utf-8").strip()
    return os.environ.get(name, default)


def flag(name: str, *, default: bool) -> bool:
    """Return a variable that is `true` or `false` and nothing else."""
    value = os.environ.get(name, "true" if default else "false").strip().lower()
    if value not in ("true", "false"):
        raise EnvironmentProblem(f"{name} is {value!r}: write true or false")
    return value == "true"


def names(name: str, default: str) -> list[str]:
    """Return a variable that lists names, separated by commas."""
    return [part.strip() for part in os.environ.get(name, default).split(",") if part.strip()]


def home() -> Path:
    """Return the folder the product keeps its own files in."""
    return Path(os.environ.get("GOODSTANDING_HOME", "var")).resolve()


def secret(folder: Path) -> str:
    """Return the secret key: from the environment, else one made at the first start and kept in the home folder."""
    given = text("GOODSTANDING_SECRET_KEY", "")
    if given:
        if len(given) < 32:
            raise EnvironmentProblem("GOODSTANDING_SECRET_KEY is too short to be secret: use 32 characters or more")
        return given
    path = folder / "secret-key"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48), encoding="ascii")
    return path.read_text(encoding="ascii").strip()


def database(folder: Path) -> dict[str, object]:
    """Return Django's settings of the database: SQLite in the home folder, else what DATABASE_URL names."""
    url = text("DATABASE_URL", "")
    if not url:
        return sqlite(folder / "goodstanding.sqlite3")
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return sqlite(Path(unquote(parts.path)))
    if parts.scheme not in ("postgres", "postgresql"):
        raise EnvironmentProblem(
            f"DATABASE_URL begins with {parts.scheme!r}: write postgresql://user:password@host:port/name, or leave it unset"
        )
    query = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        # A socket's folder stands in the query, as psql has it.
        "HOST": unquote(query.get("host", parts.hostname or "")),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


def sqlite(path: Path) -> dict[str, object]:
    """Return settings under which several writers wait for each other instead of failing (stack.md a)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA mmap_size=134217728;"
                "PRAGMA journal_size_limit=27103364;PRAGMA cache_size=-20000;"
            ),
        },
    }
