"""The signature of a webhook, as Standard Webhooks has it: HMAC-SHA256 over `id.timestamp.body` (metrics.md G.2 12)."""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

TOLERANCE: Final = timedelta(seconds=300)
"""How old a message may be, and how far ahead a sender's clock may run."""
_ID: Final = re.compile(r"[\x21-\x7e]{1,200}")
_TIMESTAMP: Final = re.compile(r"[0-9]{1,12}")


class BadSignature(Exception):
    """A message that cannot be trusted: not signed with a secret of ours, or not meant for now."""


def verify(secrets: Sequence[str], headers: Mapping[str, str], body: bytes, now: datetime) -> str:
    """Return the id of a message that was signed with one of the secrets and is no older than 300 s.

    `secrets` are `whsec_` and Base64, `headers` are by lower-case name, `now` is aware. Any of several signatures may be the
    right one, as senders that rotate secrets send them. Raises `BadSignature`, which tells nothing about the secrets.
    """
    message, sent, signed = (headers.get(f"webhook-{name}", "") for name in ("id", "timestamp", "signature"))
    if not _ID.fullmatch(message) or not _TIMESTAMP.fullmatch(sent):
        raise BadSignature("the headers webhook-id and webhook-timestamp are missing or malformed")
    given = [each[3:].encode(errors="replace") for each in signed.split(" ") if each.startswith("v1,")]
    right = [signature(secret, message, sent, body).encode() for secret in secrets]
    # All are compared, so that the time it takes tells nothing.
    matches = [hmac.compare_digest(mine, theirs) for mine in right for theirs in given[:10]]
    if not any(matches):
        raise BadSignature("the signature fits none of the secrets")
    if abs(now.timestamp() - int(sent)) > TOLERANCE.total_seconds():
        raise BadSignature("the message is too old, or from the future")
    return message


def signature(secret: str, message: str, timestamp: str, body: bytes) -> str:
    """Return the signature of a message, Base64 without its version; raises `ValueError` for a malformed secret."""
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except binascii.Error as error:
        raise ValueError("a webhook's secret is whsec_ and Base64") from error
    signed = b".".join((message.encode("ascii"), timestamp.encode("ascii"), body))
    return base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode("ascii")
