"""Short messages through apprise: its own words to each service, sent by our guarded sender and by nothing else.

Apprise sends by `requests`, which would connect to whatever an address names. So each service is given a stand-in for that
module that sends through ours, once for a message, and one for attachments that opens nothing. Only services are offered
whose code reaches out in no other way, and of an address only what is known is handed on (docs/delivery.md). It is imported
when the first message is sent: that takes the better part of a second.
"""

import json
import logging
import re
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from functools import cache
from importlib import import_module
from typing import Any, Final
from urllib.parse import unquote

from goodstanding.adapters.outbound.address import read_address
from goodstanding.adapters.outbound.allowed import Allowed
from goodstanding.adapters.outbound.message import Answer, Ask, Sender
from goodstanding.adapters.outbound.service_address import NoAddress, Reading, read_service_address
from goodstanding.adapters.outbound.steady import retry_after
from goodstanding.adapters.outbound.trouble import Refused, Trouble, Unexpected, Unreachable

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


def read_service(url: str, allowed: Allowed) -> str:
    """Return the name of the service that an address names, without loading apprise.

    Raises `NoAddress` with sentences for whoever typed it, and `Refused` where it names a host that may not be asked.
    """
    reading = read_service_address(url)
    if "host" in reading.arguments:
        read_address(f"https://{reading.arguments['host']}/", allowed)
    return reading.service.name


def send_short(sender: Sender, url: str, *, subject: str, text: str) -> None:
    """Send a short message to the one whom an address of a service names, by one request.

    A success may hold a no in its body: that counts, and not the status. Raises `NoAddress` for an address by which nothing
    will ever arrive, `NotTaken` where the service says no to this message, `Refused` where it says no to whoever asks,
    `Later` where it takes none for a moment, `Unreachable` where trying again may help, and whatever the sender raises.
    """
    reading = read_service_address(url)
    shown = reading.service.name
    plugin = getattr(_plugin(reading.service.module), reading.service.kind)
    try:
        service = plugin(**reading.arguments)
    except TypeError:
        # Not chained: what apprise says of an account that it does not like holds the account.
        said = f"This is no account of {shown}."
        raise NoAddress(said, advice="Type its address again, with the key as the service gave it.") from None
    title, body = map(reading.service.plain, (subject, text) if text.strip() else ("", subject))
    _NOW.sender, _NOW.answers, _NOW.trouble, _NOW.besides = sender, [], None, reading.service.besides
    try:
        # Without a format of its own it goes out as it is.
        service.notify(body=body, title=title)
    finally:
        _NOW.sender = None
    answers, trouble = _NOW.answers, _NOW.trouble
    if trouble is not None:
        raise trouble
    if not answers:
        raise NotTaken(f"{shown} was not asked: this message or its address is none that it has.")
    status = answers[-1].status
    if 200 <= status < 300:
        # Also where apprise expects another success: what was taken is not told again.
        return _read_what_it_says(reading, answers[-1])
    if status == _GONE:
        raise NoAddress(f"{shown} says that this address is gone for good ({status}).")
    if status == _NOT_THERE and reading.service.no_more:
        raise NoAddress(f"{shown} {reading.service.no_more} ({status}).")
    if status in _LATER:
        raise Later(f"{shown} does not take messages at the moment ({status}).", answers[-1])
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

_NOW: Final = threading.local()
"""What a thread is sending by, and what came of it: a service is told nothing of either."""


@cache
def _plugin(module: str) -> Any:
    """The code of a service, which from now on reaches the world through the stand-in."""
    found: Any = import_module(f"apprise.plugins.{module}")
    logging.getLogger("apprise").addFilter(_nothing)
    found.requests = _StandIn(import_module("requests"))
    if hasattr(found, "AppriseAttachment"):
        found.AppriseAttachment = _NothingAttached
    return found


def _nothing(record: logging.LogRecord) -> bool:
    """Keep what apprise logs out of our logs: it names telephones, keys and answers."""
    return False


class _NothingAttached(tuple[()]):
    """What a service takes for attachments: there are none, and none can be added, which would read a file or an address."""

    def __new__(cls, *_: Any, **__: Any) -> "_NothingAttached":
        return super().__new__(cls)

    def add(self, *_: Any, **__: Any) -> None:
        raise Unexpected("A service wanted to attach something, which nobody asked it to.")


class _StandIn:
    """What a service takes for the module `requests`: the same names, but what is sent goes through our sender."""

    def __init__(self, requests: Any) -> None:
        self._requests = requests
        self.codes, self.RequestException = requests.codes, requests.RequestException

    def post(self, url: str, **given: Any) -> Any:
        return self._send("POST", url, given)

    def get(self, url: str, **given: Any) -> Any:
        return self._send("GET", url, given)

    def put(self, url: str, **given: Any) -> Any:
        return self._send("PUT", url, given)

    def delete(self, url: str, **given: Any) -> Any:
        return self._send("DELETE", url, given)

    def _send(self, method: str, url: str, given: dict[str, Any]) -> Any:
        if _NOW.answers or _NOW.trouble:
            # What was not taken is tried again by us, when its time has come, and nobody is told twice.
            raise self._requests.RequestException
        asked = {key: given[key] for key in ("data", "json", "params", "headers", "auth", "files") if key in given}
        ready = self._requests.Request(method, url, **asked).prepare()
        body = ready.body.encode() if isinstance(ready.body, str) else ready.body or b""
        headers = {name: value for name, value in ready.headers.items() if name.lower() != "content-length"}
        if not isinstance(body, bytes):
            _NOW.trouble = Unexpected("A service wanted to send a file, which nobody asked it to.")
            raise self._requests.RequestException
        if _NOW.besides:
            body = json.dumps(json.loads(body) | _NOW.besides).encode()
        try:
            answer = _NOW.sender.send(Ask(method, ready.url, headers, body))
        except Trouble as trouble:
            _NOW.trouble = trouble
            raise self._requests.RequestException from trouble
        _NOW.answers.append(answer)
        return self._response(answer)

    def _response(self, answer: Answer) -> Any:
        made = self._requests.Response()
        # Without its headers: Discord would wait as long as they say, and outlive the lease of the message.
        made.status_code, made._content, made.encoding = answer.status, answer.body, "utf-8"
        return made
