"""Headers, read without trust: decoded, cleaned, cut to what a letter needs, and never a failure of their own."""

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from email.errors import MessageError
from email.header import decode_header
from email.message import EmailMessage, Message
from email.policy import EmailPolicy
from email.utils import getaddresses, parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Final, TypeVar

from goodstanding.adapters.mail.charsets import text_of
from goodstanding.adapters.mail.letter import Address

LONGEST: Final = 8_192
"""Characters of a header that are looked at: decoding costs more than in step with its length."""
_MOST: Final = 200
"""Addresses, and message ids, that are read of one header."""
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
_ID: Final = re.compile(r"<([^<>\s]{1,900})>")
_BARE_ID: Final = re.compile(r"[^<>\s,;]{1,900}@[^<>\s,;]{1,250}")
_EMAIL: Final = re.compile(
    r"[^\s@<>\"(),:;\\\[\]]{1,64}@[a-z0-9\u0080-\uffff](?:[a-z0-9.\u0080-\uffff-]{0,251}[a-z0-9\u0080-\uffff])?"
)
_GAP: Final = re.compile(r"(?<=\?=)\s+(?==\?)")
_EARLIEST: Final = datetime(1990, 1, 1, tzinfo=UTC)
_LATEST: Final = datetime(2200, 1, 1, tzinfo=UTC)
_Found = TypeVar("_Found")

if TYPE_CHECKING:
    Part = Message[Any, Any]
else:
    Part = Message

BROKEN: Final = (
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    MessageError,
    RecursionError,
    OverflowError,
    AssertionError,
)
"""What the standard library's parser of mail raises on texts that are no mail."""


class Guarded(EmailPolicy):
    """The default policy over headers cut to a length that its parsers take in their stride."""

    def header_source_parse(self, sourcelines: Sequence[str]) -> tuple[str, Any]:
        """Return a header's name and value, the value no longer than is read."""
        name, value = super().header_source_parse(list(sourcelines[:400]))
        return name, value[:LONGEST]


def attempt(read: Callable[[], _Found], otherwise: _Found) -> _Found:
    """Return what reading gives, or something else where the library trips over what it reads."""
    try:
        return read()
    except BROKEN:
        return otherwise


def raw(message: Part, name: str) -> list[str]:
    """Return the values of a header as they stand, folded lines joined."""
    wanted = name.lower()
    found = (str(value) for key, value in message.raw_items() if key.lower() == wanted)
    return [re.sub(r"\r?\n[ \t]", " ", value[:LONGEST]) for value in found]


def first(message: Part, name: str) -> str:
    """Return a header's first value as it stands, in one clean line; nothing where there is none."""
    return clean(next(iter(raw(message, name)), ""))


def clean(text: str, longest: int = LONGEST) -> str:
    """Return a text in one line, without control characters and marks that turn its direction."""
    return " ".join(_CONTROL.sub(" ", text.replace("\n", " ").replace("\t", " ")).split())[:longest]


def clean_lines(text: str, longest: int) -> str:
    """Return a text of several lines, without control characters, with line ends as `\\n`."""
    whole = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    return "\n".join(line.rstrip() for line in _CONTROL.sub("", whole).split("\n"))[:longest]


def decoded(value: str) -> str:
    """Return a header's text with its encoded words read (RFC 2047), and raw bytes by the best guess."""
    return clean(_words(value))


def _words(value: str) -> str:
    if "=?" not in value:
        return _eight_bit(value)

    def read() -> str:
        said = []
        for part, charset in decode_header(_GAP.sub("", value)):
            said.append(text_of(part, charset) if isinstance(part, bytes) and charset else _eight_bit(part))
        return "".join(said)

    return attempt(read, _eight_bit(value))


def _eight_bit(part: str | bytes) -> str:
    """Undo how raw bytes were carried through: they are text in UTF-8, or in whatever the sender had."""
    if isinstance(part, bytes):
        return text_of(part, None)
    if any("\udc80" <= letter <= "\udcff" for letter in part):
        return attempt(lambda: text_of(part.encode("utf-8", "surrogateescape"), None), part)
    return part


def addresses(message: Part, name: str) -> tuple[Address, ...]:
    """Return the addresses of a header in their order, each once; what is no address is passed over."""
    values = raw(message, name)[:20]
    pairs: Iterable[tuple[str, str]] = attempt(lambda: getaddresses(values), [])
    found: dict[str, Address] = {}
    for title, address in list(pairs)[:_MOST]:
        email = normal(address)
        if email and email not in found:
            found[email] = Address(email, decoded(title)[:200])
    if not found:
        # Broken beyond what the library reads: an address may still stand in it.
        for value in values:
            for email in _EMAIL.findall(value.lower())[:_MOST]:
                found.setdefault(email, Address(email))
    return tuple(found.values())


def normal(address: str) -> str:
    """Return an address as addresses are compared, nothing where it is none."""
    email = clean(_eight_bit(address)).strip("<>'\" ").lower()
    return email if len(email) <= 254 and _EMAIL.fullmatch(email) else ""


def ids(message: Part, name: str) -> tuple[str, ...]:
    """Return the message ids of a header, `<...>` included, in their order and each once."""
    return ids_in(" ".join(raw(message, name)[:5]))


def ids_in(text: str) -> tuple[str, ...]:
    """Return the message ids that stand in a text; one without brackets counts where there is no other."""
    found = _ID.findall(text) or _BARE_ID.findall(text)[:1]
    return tuple(dict.fromkeys(f"<{clean(each)}>" for each in found[-_MOST:]))


def instant(text: str) -> datetime | None:
    """Return a date of RFC 5322 as an aware instant in UTC; None where it is none. A date without zone is in UTC."""

    def read() -> datetime | None:
        at = parsedate_to_datetime(text[:200])
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
        return at if _EARLIEST <= at < _LATEST else None

    return attempt(read, None) if text else None


def derived_id(message: EmailMessage, body: str) -> str:
    """Return a message id made of what does not change on a letter's way, for one that carries none."""
    parts = [first(message, name) for name in ("Date", "From", "To", "Subject", "Resent-Date")]
    named = hashlib.sha256("\0".join([*parts, body]).encode("utf-8", "surrogatepass")).hexdigest()
    return f"<{named[:40]}@derived.invalid>"
