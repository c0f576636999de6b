"""Count failed attempts to sign in, by account and by whence they come, where all processes see it."""

import hashlib
import unicodedata
from collections.abc import Iterator
from datetime import datetime
from ipaddress import IPv6Network, ip_address
from typing import Final

from goodstanding.apps.doors import actions, queries
from goodstanding.apps.tenancy.scope import Scope

_SCOPE: Final = Scope.everything("somebody signs in")
_OF_ACCOUNT: Final = {"per_minute": 1, "at_once": 5}
_OF_CALLER: Final = {"per_minute": 10, "at_once": 10}
_OF_ONE_HOUSE: Final = 64
"""Bits of an IPv6 address that its owner does not choose: the others count as one."""


def too_many(email: str, caller: str, *, now: datetime) -> bool:
    """Whether so many attempts failed lately, for that account or from that address, that no other is looked at now."""
    return any(queries.is_spent(_SCOPE, name, **limit, now=now) for name, limit in _allowances(email, caller))


def failed(email: str, caller: str, *, now: datetime) -> None:
    """Keep that an attempt failed."""
    for name, limit in _allowances(email, caller):
        actions.spend(_SCOPE, name, **limit, now=now)


def _allowances(email: str, caller: str) -> Iterator[tuple[str, dict[str, int]]]:
    if email:
        # Spelled as databases compare it: the same account by other letters has the same allowance.
        yield f"sign in {_short(unicodedata.normalize('NFKC', email).casefold())}", _OF_ACCOUNT
    try:
        address = ip_address(caller)
        caller = str(address if address.version == 4 else IPv6Network((address, _OF_ONE_HOUSE), strict=False))
    except ValueError:
        pass
    yield f"guess {_short(caller)}", _OF_CALLER


def _short(text: str) -> str:
    return hashlib.blake2b(text.encode(errors="replace"), digest_size=12).hexdigest()
