"""What a test tries on which database."""

from collections.abc import Iterable
from typing import TypeVar

from django.conf import settings

Value = TypeVar("Value")


def few(values: Iterable[Value], keep: int) -> list[Value]:
    """All values on SQLite; on another database the first `keep`, for what no database decides."""
    listed = list(values)
    return listed if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3") else listed[:keep]
