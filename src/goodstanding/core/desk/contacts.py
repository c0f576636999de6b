"""The mail address in what a ticket says of its contact."""

import re
from typing import Final

_ADDRESS: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?")
"""Addresses as mail servers everywhere take them: ASCII, nothing quoted, nothing that a header could break on."""
_STANDING_ALONE: Final = re.compile(rf"""(?:^|[\s<>"(\[:;])'?({_ADDRESS.pattern})(?=['>")\]]|[.,;:!?]*(?:\s|$))""")
"""An address in a text that ends where it seems to: what is cut out of a longer one is somebody else's mailbox."""


def is_address(text: str) -> bool:
    """Return whether a text is one plain mail address (RFC 5321 without quoting and comments)."""
    return len(text) <= 254 and _ADDRESS.fullmatch(text) is not None and "." in text.rpartition("@")[2]


def address_in(contact: str) -> str:
    """Return the one mail address that a contact names, in lower case; empty without one, and where there are several.

    An address that is not plain, such as one with letters beyond ASCII, is none: no part of it is taken for another one.
    """
    found = {each[1].lower() for each in _STANDING_ALONE.finditer(contact[:1_000])}
    only = found.pop() if len(found) == 1 else ""
    return only if is_address(only) else ""
