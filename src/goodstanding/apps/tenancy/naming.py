"""The names of clients as they are kept and compared, wherever they come from: a page, a ticket file, an Odoo."""

import hashlib
from typing import Final

LONGEST_NAME: Final = 200
_DIGITS: Final = 8


def kept(name: str) -> str:
    """Return a client's name as it is kept: without the letter that no text has, and at most `LONGEST_NAME` letters.

    Names that are longer, and agree as far as there is room, are told apart by a digest at their end.
    """
    name = name.replace("\0", "").strip()
    if len(name) <= LONGEST_NAME:
        return name
    words = " ".join(name.split())
    digest = hashlib.blake2b(words.casefold().encode(), digest_size=_DIGITS // 2).hexdigest()
    return f"{words[: LONGEST_NAME - _DIGITS - 1]}~{digest}"


def alike(name: str) -> str:
    """Return what all ways to write one client's name have in common: case and spacing make no other client."""
    return " ".join(kept(name).split()).casefold()
