"""Short messages through apprise: its own words to each service, sent by our guarded sender and by nothing else.

Apprise sends by `requests`, which would connect to whatever an address names. So each service is given a stand-in for that
module that sends through ours, and only services are offered whose code reaches out in no other way (docs/delivery.md). It is
imported when the first message is sent: that takes the better part of a second.
"""

import threading
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import Any, Final
from urllib.parse import urlsplit

from goodstanding.adapters.outbound.message import Answer, Ask, Sender
from goodstanding.adapters.outbound.trouble import Refused, Trouble, Unexpected, Unreachable

SERVICES: Final[Mapping[str, tuple[str, str, str]]] = {
    "twilio": ("twilio", "NotifyTwilio", "Twilio"),
    "vonage": ("vonage", "NotifyVonage", "Vonage"),
    "sinch": ("sinch", "NotifySinch", "Sinch"),
    "msgbird": ("messagebird", "NotifyMessageBird", "MessageBird"),
    "clicksend": ("clicksend", "NotifyClickSend", "ClickSend"),
    "plivo": ("plivo", "NotifyPlivo", "Plivo"),
    "bulksms": ("bulksms", "NotifyBulkSMS", "BulkSMS"),
    "elks": ("fortysixelks", "Notify46Elks", "46elks"),
    "d7sms": ("d7networks", "NotifyD7Networks", "D7 Networks"),
    "threema": ("threema", "NotifyThreema", "Threema Gateway"),
    "discord": ("discord", "NotifyDiscord", "Discord"),
    "ntfys": ("ntfy", "NotifyNtfy", "ntfy"),
    "pagerduty": ("pagerduty", "NotifyPagerDuty", "PagerDuty"),
    "gchat": ("google_chat", "NotifyGoogleChat", "Google Chat"),
}
"""The services that are offered: by the scheme of their addresses the module, the class and the name."""
_LONGEST: Final = 500


def read_service(url: str) -> str:
    """Return the name of the service that an address of apprise's names, without loading apprise.

    Raises `Refused` with a sentence for people; what comes after the service's scheme is read when something is sent.
    """
    return _service(url)[2]


def send_short(sender: Sender, url: str, *, subject: str, text: str) -> None:
    """Send a short message to a service, to all that its address names.

    Raises `Refused` for an address that is none or a service that says no, `Unreachable` where trying again may help, and
    whatever the sender raises.
    """
    module, name, shown = _service(url)
    parsed = _parsed(url, module, name)
    if parsed is None:
        raise Refused(f"This is not how an address of {shown} is written.", advice="See appriseit.com for how it is.")
    _NOW.sender, _NOW.answers, _NOW.trouble = sender, [], None
    try:
        went = getattr(_plugin(module), name)(**parsed).notify(body=text, title=subject)
    finally:
        _NOW.sender = None
    answers, trouble = _NOW.answers, _NOW.trouble
    if went:
        return
    if trouble is not None:
        raise trouble
    status = answers[-1].status if answers else 0
    if status == 0:
        raise Refused(f"{shown} was not asked: this is not an address that anybody can be reached by.")
    if status >= 500 or status in (408, 425, 429):
        raise Unreachable(f"{shown} does not take messages at the moment ({status}).")
    raise Refused(f"{shown} refused the message ({status}).", advice="Check the key, the sender and the numbers.")


def _service(url: str) -> tuple[str, str, str]:
    try:
        scheme = urlsplit(url.strip()).scheme.lower()
    except ValueError:
        scheme = ""
    if scheme not in SERVICES or len(url) > _LONGEST or any(letter in url for letter in "\r\n\0 "):
        named = ", ".join(f"{each}://" for each in SERVICES)
        raise Refused("This is no address of a service that is offered.", advice=f"They begin with one of {named}.")
    return SERVICES[scheme]


def _parsed(url: str, module: str, name: str) -> dict[str, Any] | None:
    """What an address says; of options that would change how it travels none is kept."""
    found = getattr(_plugin(module), name).parse_url(url.strip())
    if not found:
        return None
    try:
        getattr(_plugin(module), name)(**found)
    except TypeError:
        return None
    return dict(found)


_NOW: Final = threading.local()
"""What a thread is sending by, and what came of it: a service is told nothing of either."""


@cache
def _plugin(module: str) -> Any:
    """The code of a service, which from now on reaches the world through the stand-in."""
    found: Any = import_module(f"apprise.plugins.{module}")
    found.requests = _StandIn(import_module("requests"))
    return found


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
        asked = {key: given[key] for key in ("data", "json", "params", "headers", "auth", "files") if key in given}
        ready = self._requests.Request(method, url, **asked).prepare()
        body = ready.body.encode() if isinstance(ready.body, str) else ready.body or b""
        headers = {name: value for name, value in ready.headers.items() if name.lower() != "content-length"}
        if not isinstance(body, bytes):
            _NOW.trouble = Unexpected("A service wanted to send a file, which nobody asked it to.")
            raise self._requests.RequestException
        try:
            answer = _NOW.sender.send(Ask(method, ready.url, headers, body))
        except Trouble as trouble:
            _NOW.trouble = trouble
            raise self._requests.RequestException from trouble
        _NOW.answers.append(answer)
        return self._response(answer)

    def _response(self, answer: Answer) -> Any:
        made = self._requests.Response()
        made.status_code, made._content, made.encoding = answer.status, answer.body, "utf-8"
        made.headers.update(answer.headers)
        return made
