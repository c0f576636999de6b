"""What services answer to a short message: taken, refused or not now, by the status and by what stands in the body."""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any, Final
from urllib.parse import unquote

from goodstanding.adapters.outbound.message import Answer
from goodstanding.adapters.outbound.service_address import NoAddress, Reading
from goodstanding.adapters.outbound.steady import retry_after
from goodstanding.adapters.outbound.trouble import Refused, Unreachable

_OF_THE_MESSAGE: Final = frozenset({400, 413, 415, 422})
_NOT_THERE: Final = 404
_GONE: Final = 410
_LATER: Final = frozenset({429, 503})
"""With these a service may say when it wants to be asked again."""
_PASSING: Final = frozenset({408, 425})


class NotTaken(Refused):
    """A service says no to this message, and would to the same again; to another it may say yes.

    `said` may hold the service's own words, cut, where they repeat nothing of the address.
    """


class Later(Unreachable):
    """A service does not take messages for a moment; `asked` is how long it asks to be left alone, often no time at all."""

    def __init__(self, said: str, answer: Answer) -> None:
        super().__init__(said)
        self.asked = timedelta(seconds=retry_after(answer))


def read_answer(reading: Reading, answer: Answer) -> None:
    """Raise what the answer of a service comes to, unless it took the message; a success may hold a no in its body.

    Raises `NoAddress` where nothing will ever arrive by this address, `NotTaken` where the service says no to this message,
    `Refused` where it says no to whoever asks, `Later` where it takes none for a moment, `Unreachable` where trying again
    may help (docs/delivery.md has the codes of each service).
    """
    shown, status = reading.service.name, answer.status
    if 200 <= status < 300:
        # Also where apprise expects another success: what was taken is not told again.
        return _read_what_it_says(reading, answer)
    if status == _GONE:
        raise NoAddress(f"{shown} says that this address is gone for good ({status}).")
    if status == _NOT_THERE and reading.service.no_more:
        raise NoAddress(f"{shown} {reading.service.no_more} ({status}).")
    if status in _LATER:
        raise Later(f"{shown} does not take messages at the moment ({status}).", answer)
    if status >= 500 or status in _PASSING:
        raise Unreachable(f"{shown} does not take messages at the moment ({status}).")
    if status in _OF_THE_MESSAGE:
        raise NotTaken(f"{shown} does not take this message ({status}).", advice="Check the sender and the number.")
    raise Refused(f"{shown} refused the message ({status}).", advice="Check the key, the sender and the number.")


def _read_what_it_says(reading: Reading, answer: Answer) -> None:
    """Raise what a success says in its body, where that is a no; one that cannot be read stays a success."""
    shown, find = reading.service.name, _FIND_NO.get(reading.scheme)
    try:
        code, said = next(find(json.loads(answer.body)), ("", None)) if find else ("", None)
    except (ValueError, RecursionError):
        return
    if not code:
        return
    words = ": ".join(filter(None, [_without_address(said, reading), _without_address(code, reading)]))
    because = f" ({words})" if words else ""
    if code in _TRY_LATER[reading.scheme]:
        raise Later(f"{shown} does not take messages at the moment{because}.", answer)
    if code in _OF_THE_ACCOUNT[reading.scheme]:
        raise Refused(f"{shown} refused the message{because}.", advice="Check the account.")
    raise NotTaken(f"{shown} does not take this message{because}.", advice="Check the sender and the number.")


def _without_address(said: Any, reading: Reading) -> str:
    """Return a service's words, cut, or nothing where they repeat a number or a piece of what an address holds."""
    if not isinstance(said, str):
        return ""
    words = " ".join("".join(each if each.isprintable() else " " for each in said).split())
    held = {value for name, value in reading.arguments.items() if name != "schema" and isinstance(value, str)}
    held = {each.lower() for value in held for each in (value, unquote(value)) if len(each) >= _SHORTEST}
    pieces = {each[at : at + _PIECE] for each in held for at in range(max(1, len(each) - _PIECE + 1))}
    if _DIGITS.search(words) or any(piece in words.lower() for piece in pieces):
        return ""
    return words if len(words) <= _LONGEST_WORDS else f"{words[: _LONGEST_WORDS - 1].rstrip()}…"


_LONGEST_WORDS: Final = 120
_PIECE: Final = 6
"""Letters in a row by which something of an address is recognized."""
_SHORTEST: Final = 3
"""What has fewer letters says nothing: a region, for example."""
_DIGITS: Final = re.compile(r"(?:\d[^\w]{0,2}){7}")


def _at(found: Any, *way: str) -> Any:
    for key in way:
        found = found.get(key) if isinstance(found, dict) else None
    return found


def _each(found: Any) -> list[Any]:
    return found if isinstance(found, list) else []


def _vonage(said: Any) -> Iterator[tuple[str, Any]]:
    # A text of several parts has an answer for each.
    for each in _each(_at(said, "messages")):
        status = _at(each, "status")
        if status is not None and str(status) != "0":
            yield str(status), _at(each, "error-text")


def _clicksend(said: Any) -> Iterator[tuple[str, Any]]:
    statuses = [_at(each, "status") for each in _each(_at(said, "data", "messages"))]
    for status in (*statuses, _at(said, "response_code")):
        if status and status != "SUCCESS":
            yield str(status), None


def _bulksms(said: Any) -> Iterator[tuple[str, Any]]:
    for each in _each(said):
        if _at(each, "status", "type") == "FAILED":
            yield str(_at(each, "status", "subtype") or "FAILED"), None


def _messagebird(said: Any) -> Iterator[tuple[str, Any]]:
    for each in _each(_at(said, "recipients", "items")):
        if _at(each, "status") == "delivery_failed":
            yield "delivery_failed", _at(each, "statusReason")


def _elks(said: Any) -> Iterator[tuple[str, Any]]:
    if _at(said, "status") == "failed":
        yield "failed", None


def _plivo(said: Any) -> Iterator[tuple[str, Any]]:
    if _at(said, "error"):
        yield "error", _at(said, "error")
    if _at(said, "invalid_number"):
        yield "invalid_number", None


def _twilio(said: Any) -> Iterator[tuple[str, Any]]:
    if _at(said, "status") in ("failed", "undelivered", "canceled"):
        yield str(_at(said, "error_code") or _at(said, "status")), _at(said, "error_message")


def _pagerduty(said: Any) -> Iterator[tuple[str, Any]]:
    status = _at(said, "status")
    if status and status != "success":
        yield str(status), _at(said, "message")


_FIND_NO: Final[Mapping[str, Callable[[Any], Iterator[tuple[str, Any]]]]] = {
    "vonage": _vonage,
    "clicksend": _clicksend,
    "bulksms": _bulksms,
    "msgbird": _messagebird,
    "elks": _elks,
    "plivo": _plivo,
    "twilio": _twilio,
    "pagerduty": _pagerduty,
}
"""How a no is found in the body of a success: its code, and what is said to it.

Sinch, D7 Networks, Threema, Discord, ntfy and Google Chat say no by their status alone: what they answer to what they took is
what they keep of it, an id or nothing, and has no member for a refusal.
"""
_TRY_LATER: Final[Mapping[str, frozenset[str]]] = defaultdict(
    frozenset, vonage=frozenset({"1", "5", "10"}), clicksend=frozenset({"THROTTLED", "INTERNAL_ERROR"})
)
"""Codes of too many messages at once and of troubles of their own."""
_OF_THE_ACCOUNT: Final[Mapping[str, frozenset[str]]] = defaultdict(
    frozenset,
    vonage=frozenset({"4", "8", "9", "11"}),
    clicksend=frozenset({"MISSING_CREDENTIALS", "INVALID_CREDENTIALS", "ACCOUNT_NOT_ACTIVATED", "INSUFFICIENT_CREDIT"}),
)
"""Codes for which others answer 401, 402 or 403: no message would go out until somebody mends the account."""
