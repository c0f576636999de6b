"""A letter as plain values: who wrote what to whom, what hangs on it, and what kind of message it is."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from goodstanding.adapters.outbound.trouble import Trouble
from goodstanding.core.desk.letters import LetterKind


class Unreadable(Trouble):
    """A message that no letter can be made of; trying again finds the same."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a message is read; sizes in bytes. What exceeds a limit of attachments is left out and named."""

    message: int = 25 << 20
    attachments: int = 25
    attachment: int = 15 << 20
    attachments_together: int = 20 << 20
    text: int = 200_000
    """Characters kept of the text."""
    parts: int = 500
    depth: int = 20
    """Parts within parts."""


LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Address:
    """Somebody's address in lower case, and the name they write beside it."""

    email: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that hangs on a letter; `type` is what its sender says it is, which nothing may trust."""

    name: str
    type: str
    content: bytes = field(repr=False)


class LeftOutBecause(StrEnum):
    """Why an attachment was not kept."""

    TOO_MANY = "too_many"
    TOO_LARGE = "too_large"
    TOO_LARGE_TOGETHER = "too_large_together"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An attachment that was not kept, with its size in bytes."""

    name: str
    size: int
    because: LeftOutBecause


@dataclass(frozen=True, slots=True)
class Failure:
    """What a bounce tells: whom a message did not reach, the code (RFC 3463), why, and the message it was."""

    recipient: str
    status: str
    reason: str
    message_id: str
    final: bool
    """False while the other side is still trying."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One message, read. Texts hold no control characters but line ends and tabs, and no lone surrogates.

    `message_id` is what its sender named it, else one derived from what does not change on its way, so that the same
    letter read twice is one; `derived` says so. `text` is what was written, `below` what was cut off under it: the quoted
    letters and the signature. `date` is what the sender's clock said, `received_at` what the last server's did; both may be
    missing. `checks` are what the servers on the way found about the sender, as (server, method, result) in lower case,
    the last server first (RFC 8601).
    """

    message_id: str
    derived: bool
    kind: LetterKind
    sender: Address
    subject: str
    text: str
    below: str = ""
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    reply_to: tuple[Address, ...] = ()
    date: datetime | None = None
    received_at: datetime | None = None
    attachments: tuple[Attachment, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    failure: Failure | None = None
    checks: tuple[tuple[str, str, str], ...] = ()

    @property
    def recipients(self) -> tuple[Address, ...]:
        """Everybody it says it went to."""
        return self.to + self.cc

    @property
    def answered(self) -> tuple[str, ...]:
        """The messages it answers, the nearest first, each once."""
        return tuple(dict.fromkeys([*self.in_reply_to, *reversed(self.references)]))
