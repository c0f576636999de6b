"""Reading JSON that a stranger wrote: bounded in size and depth, numbers kept exact."""

import json
from collections.abc import Iterable
from decimal import Decimal
from typing import Final, TypeAlias

from goodstanding.adapters.odoo.trouble import TooLarge, Unexpected

Json: TypeAlias = "bool | int | Decimal | str | list[Json] | dict[str, Json] | None"
"""What travels: JSON with exact numbers."""

MAX_BYTES: Final = 50_000_000
"""A body above this is not read (metrics.md G.2 9: decompressed 50 MB)."""
MAX_DEPTH: Final = 64
"""Odoo's own answers nest a dozen levels; a stranger's may try to exhaust the stack (G.2 10)."""


def read_json(body: bytes) -> Json:
    """Return what a JSON body says; numbers with a fraction are `Decimal`.

    Raises `Unexpected` for a body that is no JSON, is larger than `MAX_BYTES`, nests deeper than `MAX_DEPTH`, or holds
    NaN or an infinity, which JSON does not know.
    """
    if len(body) > MAX_BYTES:
        raise too_large()
    try:
        value: Json = json.loads(body, parse_float=Decimal, parse_constant=_no_constant)
    except RecursionError:
        raise too_deep() from None
    except ValueError:
        raise Unexpected("Odoo's answer is broken JSON.") from None
    check_depth(value)
    return value


def check_depth(value: Json) -> None:
    """Raise `Unexpected` where a value nests deeper than `MAX_DEPTH`; level by level, so that no depth exhausts the stack."""
    level: list[Json] = [value]
    for _ in range(MAX_DEPTH):
        level = [inner for each in level for inner in _inside(each)]
        if not level:
            return
    raise too_deep()


def too_deep() -> Unexpected:
    """Return the trouble of an answer that nests too deep."""
    return Unexpected("Odoo's answer nests too deep to be read safely.")


def too_large() -> TooLarge:
    """Return the trouble of an answer above `MAX_BYTES`."""
    return TooLarge("Odoo's answer is too large.", advice="Ask for fewer records at once.")


def write_json(value: object) -> bytes:
    """Return a value as a JSON body."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_number).encode()


def _inside(value: Json) -> Iterable[Json]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _no_constant(name: str) -> Json:
    raise ValueError(name)


def _number(value: object) -> float:
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(type(value).__name__)
