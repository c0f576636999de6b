"""Short messages through apprise: its own words to each service, sent by our guarded sender and by nothing else.

Apprise sends by `requests`, which would connect to whatever an address names. So each service is given a stand-in for that
module that sends through ours, once for a message, and one for attachments that opens nothing. Only services are offered
whose code reaches out in no other way, and of an address only what is known is handed on (docs/delivery.md). It is imported
when the first message is sent: that takes the better part of a second.
"""

import json
import logging
import threading
from functools import cache
from importlib import import_module
from typing import Any, Final

from goodstanding.adapters.outbound.address import read_address
from goodstanding.adapters.outbound.allowed import Allowed
from goodstanding.adapters.outbound.message import Answer, Ask, Sender
from goodstanding.adapters.outbound.service_address import NoAddress, read_service_address
from goodstanding.adapters.outbound.service_answer import NotTaken, read_answer
from goodstanding.adapters.outbound.trouble import Trouble, Unexpected


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
    read_answer(reading, answers[-1])


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
