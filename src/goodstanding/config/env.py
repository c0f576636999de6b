"""The environment: every variable the product reads, typed, and refused when it cannot be right."""

import base64
import binascii
import os
import secrets
from collections.abc import Callable
from contextlib import suppress
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
    return _kept(folder / "secret-key", lambda: secrets.token_urlsafe(48))


def seal_keys(folder: Path) -> list[str]:
    """Return the keys that credentials are sealed with: from the environment, else one made at the first start and kept.

    The first one seals, all of them open.
    """
    given = text("GOODSTANDING_SEAL_KEYS", "") or _kept(folder / "seal-keys", new_seal_key)
    keys = [part.strip() for part in given.replace("\n", ",").split(",") if part.strip()]
    for key in keys:
        # Which one it is is said by its place: a key belongs in no message.
        if not _is_seal_key(key):
            raise EnvironmentProblem(
                f"key {keys.index(key) + 1} of GOODSTANDING_SEAL_KEYS is none: write 32 bytes as URL-safe Base64, "
                "as `goodstanding rotate-seal --new-key` prints them"
            )
    return keys


def new_seal_key() -> str:
    """Return a fresh key to seal with."""
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode("ascii")


def _is_seal_key(key: str) -> bool:
    try:
        return len(base64.b64decode(key, altchars=b"-_", validate=True)) == 32
    except (binascii.Error, ValueError):
        return False


def _kept(path: Path, make: Callable[[], str]) -> str:
    """Return what a file of the home folder holds, made at the first start, readable by its owner alone."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        mine = path.with_name(f".{path.name}-{secrets.token_hex(8)}")
        with os.fdopen(os.open(mine, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(make())
        try:
            # Whole or not at all, and of several processes that start at once the first one's counts.
            os.link(mine, path)
        except FileExistsError:
            pass
        finally:
            mine.unlink()
    return path.read_text(encoding="ascii").strip()


def number(name: str, default: int, *, least: int = 1) -> int:
    """Return a variable that is a whole number, by default above zero."""
    value = os.environ.get(name, str(default)).strip()
    if not value.isdecimal() or int(value) < least:
        raise EnvironmentProblem(f"{name} is {value!r}: write a whole number{' above zero' if least else ''}")
    return int(value)


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
    with suppress(FileExistsError):
        # Whoever reads it comes in by the sessions in it; what SQLite lays beside it gets the same rights.
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
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
