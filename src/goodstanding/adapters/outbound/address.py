"""The address that someone typed: read strictly, so that what is checked is what is asked."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final
from urllib.parse import quote

import idna

from goodstanding.adapters.outbound.allowed import Allowed, default_port
from goodstanding.adapters.outbound.limits import Limits
from goodstanding.adapters.outbound.networks import IP
from goodstanding.adapters.outbound.reasons import THIS, Stopped, Why, trouble

MAX_LENGTH: Final = 2000
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zs", "Zl", "Zp"})
_PARTS: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://([^/?#]*)(/[^?#]*)?(\?[^#]*)?(#.*)?")
_AUTHORITY: Final = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^\[\]:]+)(?::([0-9]{0,6}))?")
_PORT: Final = re.compile(r"[1-9][0-9]{0,4}")
_LABEL: Final = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMERIC: Final = re.compile(r"[0-9]+|0x[0-9a-f]*")
_KEPT: Final = "".join(chr(code) for code in range(0x21, 0x7F) if chr(code) not in '"<>^`{|}#\\')
_ALPHABETS: Final = frozenset({"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC"})
"""Alphabets whose letters are taken for one another; a name has no reason to mix them."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a request goes: `host` is a name in ASCII and lower case or an IP address, `target` a path with its query."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def ip(self) -> IP | None:
        """The IP address, where the host is one."""
        try:
            return ip_address(self.host)
        except ValueError:
            return None

    @property
    def authority(self) -> str:
        """Host and port as a URL and the Host header write them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == default_port(self.scheme) else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """The address in its one canonical spelling."""
        return f"{self.scheme}://{self.authority}{self.target}"

    @property
    def shown(self) -> str:
        """How the address is called in a sentence: by its name, never by its number."""
        return self.host if self.ip is None else THIS

    def shares_origin(self, other: "Address") -> bool:
        """Return whether what was entrusted to the one may be shown to the other."""
        return (self.scheme, self.host, self.port) == (other.scheme, other.host, other.port)


def read_address(text: str, allowed: Allowed, *, shown: str = THIS) -> Address:
    """Read a URL that someone typed or a server named.

    Strict on purpose: two readers that disagree about a URL are how filters are passed, so whatever is ambiguous (spaces,
    control and invisible characters, backslashes, user names, numbers in any but the usual form) is refused rather than
    repaired. A name in another alphabet becomes its ASCII form (IDNA 2008), one dot at its end is dropped, a fragment is
    dropped. Names are not resolved here; an address that is a number is checked at once.

    Raises `Refused`, in which the address is called `shown`.
    """
    try:
        return _read(text, allowed)
    except Stopped as stopped:
        raise trouble(stopped.why, shown, Limits()) from None


def check(addresses: Iterable[IP], allowed: Allowed) -> None:
    """Refuse unless each address of a host may be connected to: one that may not spoils them all (metrics.md G.2 7).

    Raises `Stopped`.
    """
    if not all(allowed.address(address) for address in addresses):
        raise Stopped(Why.NOT_PUBLIC)


def _read(text: str, allowed: Allowed) -> Address:
    if len(text) > MAX_LENGTH or "\\" in text or any(unicodedata.category(character) in _INVISIBLE for character in text):
        raise Stopped(Why.UNREADABLE)
    parts = _PARTS.fullmatch(text)
    if parts is None or parts[1].lower() not in ("http", "https"):
        raise Stopped(Why.NOT_WEB)
    scheme = parts[1].lower()
    if not allowed.scheme(scheme):
        raise Stopped(Why.NOT_SECURE)
    host, port = _authority(parts[2], scheme)
    if not allowed.port(scheme, port):
        raise Stopped(Why.PORT)
    target = quote((parts[3] or "/") + (parts[4] or ""), safe=_KEPT)
    address = Address(scheme, host, port, target)
    if address.ip is not None:
        check((address.ip,), allowed)
    elif "." not in host and not allowed.networks:
        raise Stopped(Why.LOCAL_NAME)
    return address


def _authority(text: str, scheme: str) -> tuple[str, int]:
    if "@" in text:
        raise Stopped(Why.CREDENTIALS)
    found = _AUTHORITY.fullmatch(text)
    if found is None:
        raise Stopped(Why.NAME)
    port = default_port(scheme)
    if found[2] is not None:
        if not _PORT.fullmatch(found[2]):
            raise Stopped(Why.PORT)
        port = int(found[2])
    return (_number_6(found[1]) if found[1].startswith("[") else _host(found[1])), port


def _number_6(text: str) -> str:
    try:
        return str(IPv6Address(text[1:-1]))
    except ValueError:
        raise Stopped(Why.NUMBER) from None


def _host(text: str) -> str:
    name = _in_ascii(text.removesuffix("."))
    labels = name.split(".")
    if _NUMERIC.fullmatch(labels[-1]):
        # A host that ends in a number is an IPv4 address to resolvers and browsers, in any of a dozen spellings.
        try:
            return str(IPv4Address(name))
        except ValueError:
            raise Stopped(Why.NUMBER) from None
    if len(name) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise Stopped(Why.NAME)
    return name


def _in_ascii(text: str) -> str:
    composed = unicodedata.normalize("NFC", text)
    if len(composed) > 253:
        raise Stopped(Why.NAME)
    lower = composed.lower()
    if lower.isascii() and "xn--" not in lower:
        return lower
    try:
        # IDNA 2008 without its mapping: full-width, circled and other dressed-up characters are refused, not undressed.
        name = idna.encode(lower, strict=True).decode("ascii")
        spelled = idna.decode(name)
    except (idna.IDNAError, UnicodeError):
        raise Stopped(Why.LOOK_ALIKE) from None
    if any(len(_alphabets(label)) > 1 for label in spelled.split(".")):
        raise Stopped(Why.LOOK_ALIKE)
    return name


def _alphabets(label: str) -> frozenset[str]:
    return _ALPHABETS & {unicodedata.name(character, "").split(" ")[0] for character in label if character.isalpha()}
