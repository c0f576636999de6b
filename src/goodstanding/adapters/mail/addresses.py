"""Addresses as mail servers take them, and as they stand in the headers of a letter."""

import re
from email.headerregistry import Address
from typing import Final

import idna

_BEYOND_ASCII: Final = re.compile(r"[^\x00-\x7f]")


def in_ascii(address: str) -> str:
    """Return an address with its domain in ASCII (RFC 5891), which every server takes; what stands before the `@` stays.

    Raises `ValueError` for a domain that is none.
    """
    local, at, domain = address.rpartition("@")
    return address if domain.isascii() else f"{local}{at}{idna.encode(domain, uts46=True).decode('ascii')}"


def own(address: str, name: str = "") -> Address:
    """Return an address of ours for a header, its domain in ASCII; raises `ValueError` or `IndexError` for what is none."""
    return Address(name, addr_spec=in_ascii(address))


def theirs(address: str) -> Address:
    """Return a recipient for a header as `own` does, but with letters beyond ASCII before the `@` let through.

    Which server takes those shows when the letter is sent (RFC 6531).
    """
    local, _, domain = in_ascii(address).rpartition("@")
    if local.isascii():
        return own(address)
    if not local.isprintable():
        raise ValueError("an address holds what cannot be printed")
    # Read as though it were ASCII, which is all that the library can check.
    own(f"{_BEYOND_ASCII.sub('x', local)}@{domain}")
    return Address(username=local, domain=domain)
