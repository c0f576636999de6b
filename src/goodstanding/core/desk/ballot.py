"""The link by which somebody gives a score without signing in: signed, good for one question, for a while."""

import base64
import binascii
import hashlib
import hmac
from datetime import datetime
from typing import Final
from uuid import UUID

from goodstanding.core.clocks.clock import second_of

_SIGNATURE: Final = 20
"""Bytes of the HMAC-SHA256 that are kept: nobody guesses 160 bits at the few tries a minute that are answered."""
_MADE_FOR: Final = b"goodstanding ballot 1\0"
_LONGEST: Final = 100


class Forged(ValueError):
    """A link that was not made here, or was changed on its way."""


class Expired(ValueError):
    """A link that was made here and is no longer good."""


def sign(question: UUID, *, until: datetime, key: bytes) -> str:
    """Return the secret part of a link for a question, good until an instant; the same arguments give the same link.

    `key` is a secret of the installation's. The text has letters that no mail program breaks or encodes.
    """
    body = question.bytes + second_of(until).to_bytes(6, "big")
    return base64.urlsafe_b64encode(body + _signature(body, key)).decode("ascii").rstrip("=")


def read(token: str, *, key: bytes, now: datetime) -> UUID:
    """Return the question that a link is for; raises `Forged`, and `Expired` from the second it is good until."""
    try:
        if len(token) > _LONGEST or not token.isascii():
            raise Forged("this link is not one of ours")
        whole = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise Forged("this link is not one of ours") from error
    body, signature = whole[:22], whole[22:]
    # One spelling a link: a text with other spare bits in its last letter decodes alike, and is none of ours.
    spelled = base64.urlsafe_b64encode(whole).decode("ascii").rstrip("=")
    if len(body) != 22 or spelled != token or not hmac.compare_digest(signature, _signature(body, key)):
        raise Forged("this link is not one of ours")
    if second_of(now) >= int.from_bytes(body[16:], "big"):
        raise Expired("this link is no longer good")
    return UUID(bytes=body[:16])


def _signature(body: bytes, key: bytes) -> bytes:
    return hmac.digest(key, _MADE_FOR + body, hashlib.sha256)[:_SIGNATURE]
