"""Bytes of a message into a letter: any bytes at all give one, or a trouble that says why not."""

import re
from collections.abc import Callable
from datetime import datetime
from email.message import EmailMessage
from email.parser import BytesParser
from itertools import count
from typing import Final, cast

from goodstanding.adapters.mail.bodies import attachments_in, parts_of, text_in
from goodstanding.adapters.mail.headers import (
    BROKEN,
    Guarded,
    addresses,
    clean,
    decoded,
    derived_id,
    first,
    ids,
    instant,
    raw,
)
from goodstanding.adapters.mail.kinds import failure_of, kind_of
from goodstanding.adapters.mail.letter import LIMITS, Address, Letter, Limits, Unreadable
from goodstanding.adapters.mail.quoting import cut
from goodstanding.core.desk.letters import LetterKind

_POLICY: Final = Guarded()
_CONTAINER: Final = re.compile(rb"(?im)^content-type[ \t]*:(?:[^\n]|\n[ \t]){0,200}?(?:multipart|message)/")
_MOST_WORK: Final = 10_000_000
"""Lines times containers: each line of a message is held against the boundary of every container it lies in."""
_CHECK: Final = re.compile(r"(?i)\b(dmarc|dkim|spf|arc)\s*=\s*([a-z]+)")


def read(message: bytes, *, own: frozenset[str] = frozenset(), limits: Limits = LIMITS) -> Letter:
    """Return the letter that a message of RFC 5322 is.

    `own` are the addresses we send from, in lower case: a message from one of them is our own come back. Raises
    `Unreadable`, and nothing else, for bytes that are no message, and for one that is larger, or has more within it, than
    the limits allow.
    """
    if len(message) > limits.message:
        raise Unreadable(f"A letter of {len(message):,} bytes is larger than the {limits.message:,} that are taken.")
    if not message.strip(b"\r\n\t \0"):
        raise Unreadable("A letter is empty.")
    _guard(message, limits)
    try:
        parsed = BytesParser(_counted(limits.parts), policy=_POLICY).parsebytes(message)
        return _letter(cast(EmailMessage, parsed), own, limits)
    except BROKEN as error:
        raise Unreadable(
            f"A letter is put together in a way no mail program does ({type(error).__name__}).",
            advice="Look at it in the mailbox itself.",
        ) from error


def read_head(head: bytes, *, own: frozenset[str] = frozenset()) -> Letter:
    """Return what the headers alone tell of a message too large to be read; raises `Unreadable`."""
    return read(head[: 256 << 10].rstrip() + b"\r\n\r\n", own=own)


def _counted(most: int) -> Callable[..., EmailMessage]:
    """Make the parts of a message, and no more than so many: each of them costs a thousand times a line."""
    made = count(1)

    def part(policy: Guarded = _POLICY) -> EmailMessage:
        if next(made) > most:
            raise Unreadable("A letter has more parts than any mail program makes.")
        return EmailMessage(policy=policy)

    return part


def _guard(message: bytes, limits: Limits) -> None:
    lines = max(message.count(b"\n"), message.count(b"\r"))
    containers = sum(1 for _ in _CONTAINER.finditer(message))
    if lines > 1_500_000 or lines * (containers + 1) > _MOST_WORK or containers > 50 * limits.depth:
        raise Unreadable("A letter has more parts and lines than any mail program makes.")


def _letter(message: EmailMessage, own: frozenset[str], limits: Limits) -> Letter:
    kind = kind_of(message, own)
    parts = list(parts_of(message, limits.depth))
    whole = text_in(parts, limits.text)
    subject = decoded(next(iter(raw(message, "Subject")), ""))[:300]
    text, below = (whole, "") if kind is LetterKind.BOUNCE else cut(whole, subject)
    kept, left = attachments_in(parts, limits)
    named = ids(message, "Message-ID")
    sender = next(iter(addresses(message, "From") or addresses(message, "Sender")), Address(""))
    return Letter(
        message_id=named[0] if named else derived_id(message, whole),
        derived=not named,
        kind=kind,
        sender=sender,
        subject=subject,
        text=text,
        below=below,
        in_reply_to=ids(message, "In-Reply-To"),
        references=ids(message, "References"),
        to=addresses(message, "To"),
        cc=addresses(message, "Cc"),
        reply_to=addresses(message, "Reply-To"),
        date=instant(first(message, "Date")),
        received_at=_received_at(message),
        attachments=kept,
        left_out=left,
        failure=failure_of(message, whole) if kind is LetterKind.BOUNCE else None,
        checks=_checks(message),
    )


def _received_at(message: EmailMessage) -> datetime | None:
    """When the last server on the way had it: each puts its line on top."""
    line = first(message, "Received")
    return instant(line.rpartition(";")[2].strip()) if ";" in line else None


def _checks(message: EmailMessage) -> tuple[tuple[str, str, str], ...]:
    found = []
    for value in raw(message, "Authentication-Results")[:20]:
        server = clean(value).partition(";")[0].split()
        if server:
            found += [(server[0].lower(), way.lower(), result.lower()) for way, result in _CHECK.findall(value)[:20]]
    return tuple(found)
