"""Signatures of webhooks: those we send and take in, and those of Slack and Microsoft Teams."""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

TOLERANCE: Final = timedelta(seconds=300)
"""How far a signed time may lie from now, before or after it (metrics.md G.2 12)."""
SHORTEST_SECRET: Final = 32
"""Bytes of a webhook's secret: as many as SHA-256 gives out (metrics.md G.2 11)."""
MOST_SIGNATURES: Final = 8
"""Signatures of one message that are looked at."""
PREFIX: Final = "whsec_"

_ID: Final = re.compile(r"[!-\-/-~]{1,255}")
"""Without a dot: `a.1` sent at 2 and `a` sent at 1 with a body that begins with `2.` would have one signature."""
_SECONDS: Final = re.compile(r"[0-9]{1,12}")
_SHORTEST_CHAT_SECRET: Final = 16


class Why(StrEnum):
    """What is wrong with a signed request. For logs: who sent it is told only that it was not accepted."""

    MISSING = "missing"
    MALFORMED = "malformed"
    TOO_OLD = "too_old"
    TOO_NEW = "too_new"
    WRONG = "wrong"


class NotSigned(Exception):
    """A request whose signature does not show that it comes from who it should."""

    def __init__(self, why: Why) -> None:
        super().__init__(why.value)
        self.why = why


def write_secret(secret: bytes) -> str:
    """Return a secret as people copy it from page to page: `whsec_` and base64."""
    return PREFIX + base64.b64encode(_long_enough(secret)).decode("ascii")


def read_secret(text: str) -> bytes:
    """Return the bytes of a secret written as `whsec_` and base64. Raises `ValueError` for any other or too short a text."""
    if not text.startswith(PREFIX):
        raise ValueError(f"a webhook's secret begins with {PREFIX}")
    try:
        secret = base64.b64decode(text.removeprefix(PREFIX), validate=True)
    except binascii.Error as error:
        raise ValueError("a webhook's secret is base64 after its first part") from error
    return _long_enough(secret)


def sign(secrets: Sequence[bytes], *, message: str, sent_at: datetime, body: bytes) -> dict[str, str]:
    """Return the three headers that sign a webhook, with one signature for each secret that is valid.

    The scheme is that of Standard Webhooks 1.0: HMAC-SHA256 over `id.timestamp.body`, the time in whole seconds.
    `message` is the id, the same at every attempt to deliver it; `sent_at` is the time of this attempt. While a secret
    is being changed, give the new one and the old one. Raises `ValueError` for an id with a dot, space or nothing in it,
    for no secret and for one shorter than `SHORTEST_SECRET`.
    """
    if not _ID.fullmatch(message):
        raise ValueError("the id of a webhook is visible ASCII without a dot")
    if not secrets:
        raise ValueError("a webhook needs a secret")
    seconds = str(int(sent_at.timestamp()))
    return {
        "webhook-id": message,
        "webhook-timestamp": seconds,
        "webhook-signature": " ".join(_v1(secret, message, seconds, body) for secret in secrets),
    }


def verify(secrets: Sequence[bytes], headers: Mapping[str, str], body: bytes, *, now: datetime) -> str:
    """Return the id of a webhook that one of the secrets signed not long ago.

    The id is the sender's promise that two deliveries are the same message: keep it for at least twice `TOLERANCE` and
    take a message once. `body` is what arrived, byte by byte, not something parsed and written again. Raises `NotSigned`;
    `ValueError` for a secret of ours that is too short.
    """
    message = _header(headers, "webhook-id")
    seconds = _header(headers, "webhook-timestamp")
    given = _header(headers, "webhook-signature").split(" ")
    if not _ID.fullmatch(message) or len(given) > MOST_SIGNATURES:
        raise NotSigned(Why.MALFORMED)
    _check_age(seconds, now)
    _check_any([_v1(secret, message, seconds, body) for secret in secrets], given)
    return message


def verify_slack(secret: str, headers: Mapping[str, str], body: bytes, *, now: datetime) -> None:
    """Check that Slack signed a request not long ago with an app's signing secret (Slack's version v0).

    Raises `NotSigned`; `ValueError` for a secret too short to be one.
    """
    seconds = _header(headers, "x-slack-request-timestamp")
    given = _header(headers, "x-slack-signature")
    _check_age(seconds, now)
    signed = b"v0:" + seconds.encode("ascii") + b":" + body
    key = _of_a_chat(secret.encode("utf-8"))
    _check_any(["v0=" + hmac.new(key, signed, hashlib.sha256).hexdigest()], [given])


def verify_teams(secret: str, headers: Mapping[str, str], body: bytes) -> None:
    """Check that Microsoft Teams signed a message of an outgoing webhook; `secret` is the base64 that Teams showed.

    Teams signs the body alone, so a copy of a request stays valid: read the `id` and `timestamp` of the signed message and
    take each once, while it is young. Raises `NotSigned`; `ValueError` for a secret that is not one.
    """
    given = _header(headers, "authorization")
    expected = base64.b64encode(hmac.new(read_teams_secret(secret), body, hashlib.sha256).digest()).decode("ascii")
    _check_any(["HMAC " + expected], [given])


def read_teams_secret(text: str) -> bytes:
    """Return the key that the secret of an outgoing webhook of Teams is. Raises `ValueError` for any other text."""
    try:
        return _of_a_chat(base64.b64decode(text, validate=True))
    except binascii.Error as error:
        raise ValueError("the secret of a Teams webhook is base64") from error


def _v1(secret: bytes, message: str, seconds: str, body: bytes) -> str:
    signed = f"{message}.{seconds}.".encode("ascii") + body
    return "v1," + base64.b64encode(hmac.new(_long_enough(secret), signed, hashlib.sha256).digest()).decode("ascii")


def _long_enough(secret: bytes) -> bytes:
    if len(secret) < SHORTEST_SECRET:
        raise ValueError(f"a webhook's secret has at least {SHORTEST_SECRET} bytes")
    return secret


def _of_a_chat(secret: bytes) -> bytes:
    # Their lengths are for Slack and Teams to choose; an empty field must not become a key that anybody knows.
    if len(secret) < _SHORTEST_CHAT_SECRET:
        raise ValueError("this is too short to be a signing secret")
    return secret


def _header(headers: Mapping[str, str], name: str) -> str:
    found = [value for key, value in headers.items() if key.lower() == name]
    if not found:
        raise NotSigned(Why.MISSING)
    if len(found) > 1:
        raise NotSigned(Why.MALFORMED)
    return found[0]


def _check_age(seconds: str, now: datetime) -> None:
    if not _SECONDS.fullmatch(seconds):
        raise NotSigned(Why.MALFORMED)
    age = now.timestamp() - int(seconds)
    if age > TOLERANCE.total_seconds():
        raise NotSigned(Why.TOO_OLD)
    if -age > TOLERANCE.total_seconds():
        raise NotSigned(Why.TOO_NEW)


def _check_any(expected: Sequence[str], given: Sequence[str]) -> None:
    # Each is compared with each, in constant time and as text: base64 has several spellings of the same bytes.
    matches = [
        hmac.compare_digest(one.encode("ascii"), other.encode("utf-8", "replace")) for one in expected for other in given
    ]
    if not any(matches):
        raise NotSigned(Why.WRONG)
