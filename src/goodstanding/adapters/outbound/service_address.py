"""How the address of a service is written, and what of it is handed on: an account, one recipient, and nothing else.

Apprise takes dozens of options from an address: some open files and connections of their own, such as a template, others
repeat, wait or change what form a text has. So addresses are read here, each service has its forms, and whatever is not in
them is refused where it is typed (docs/delivery.md).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from goodstanding.adapters.outbound.plain import plain_for_discord, plain_for_gchat
from goodstanding.adapters.outbound.trouble import Refused

LONGEST: Final = 500


class NoAddress(Refused):
    """An address by which nothing will ever arrive: somebody has to type another."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom an address reaches: what that is called, and how it is written."""

    called: str
    written: str
    between: str = ""
    """What people put between its digits."""
    several: str = "numbers"


_NUMBER: Final = r"\+?[0-9]{10,14}"
TELEPHONE: Final = Recipient("a telephone number of 10 to 14 digits, with its country", _NUMBER, between="().-")
_WHATSAPP: Final = Recipient(TELEPHONE.called, rf"(?:w:|whatsapp:)?{_NUMBER}", between=TELEPHONE.between)
_THREEMA: Final = Recipient(
    "a Threema ID, an e-mail address or a telephone number",
    rf"[*A-Za-z0-9]{{8}}|[^@\s]{{1,64}}@[^@\s]{{1,189}}|{_NUMBER}",
    several="recipients",
)
_TOPIC: Final = Recipient("a topic of letters, digits, - and _", r"[A-Za-z0-9_-]{1,64}", several="topics")


@dataclass(frozen=True, slots=True)
class Service:
    """A service that is offered: its code in apprise, and how its address is written."""

    name: str
    module: str
    kind: str
    forms: Mapping[str, Mapping[str, Any]]
    """What comes after `://`, capitals standing for what people put there; with what each form implies for apprise."""
    options: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """What may come after a question mark: for each its argument and a pattern for the whole value."""
    reaches: Recipient = TELEPHONE
    """What `TO` is."""
    plain: Callable[[str], str] = str
    """Makes a text one in which the service finds nothing of its own."""
    besides: Mapping[str, Any] = field(default_factory=dict)
    """What its messages say beside what apprise writes, as members of their JSON."""
    no_more: str = ""
    """What its 404 says of an address, for good; without it that is trouble which may pass."""


@dataclass(frozen=True, slots=True)
class Reading:
    """An address as it was read: the service, and the arguments that apprise is given."""

    scheme: str
    service: Service
    arguments: Mapping[str, Any]


SERVICES: Final[Mapping[str, Service]] = {
    "twilio": Service(
        "Twilio", "twilio", "NotifyTwilio", {"ACCOUNT_SID:AUTH_TOKEN@FROM/TO": {}},
        options={"apikey": ("apikey", r"SK[0-9a-fA-F]{1,64}")}, reaches=_WHATSAPP,
    ),
    "vonage": Service("Vonage", "vonage", "NotifyVonage", {"APIKEY:SECRET@FROM/TO": {}}),
    "sinch": Service(
        "Sinch", "sinch", "NotifySinch", {"SERVICE_PLAN_ID:API_TOKEN@FROM/TO": {}}, options={"region": ("region", "us|eu")}
    ),
    "msgbird": Service("MessageBird", "messagebird", "NotifyMessageBird", {"APIKEY/FROM/TO": {}}),
    "clicksend": Service("ClickSend", "clicksend", "NotifyClickSend", {"USER:PASSWORD@TO": {}}),
    "plivo": Service("Plivo", "plivo", "NotifyPlivo", {"AUTH_ID@TOKEN/FROM/TO": {}}),
    "bulksms": Service(
        "BulkSMS", "bulksms", "NotifyBulkSMS", {"USER:PASSWORD@TO": {}}, options={"from": ("source", _NUMBER)}
    ),
    "elks": Service("46elks", "fortysixelks", "Notify46Elks", {"USER:PASSWORD@FROM/TO": {}}),
    "d7sms": Service(
        "D7 Networks", "d7networks", "NotifyD7Networks", {"TOKEN@TO": {}}, options={"from": ("source", r"\+?[A-Za-z0-9]{1,15}")}
    ),
    "threema": Service(
        "Threema Gateway", "threema", "NotifyThreema", {"GATEWAY_ID@SECRET/TO": {}}, reaches=_THREEMA,
        # What it is asked by is the same for all: not there is whom the address reaches, and it reaches nobody else.
        no_more="knows nobody by this number or address",
    ),
    "discord": Service(
        "Discord", "discord", "NotifyDiscord", {"WEBHOOK_ID/WEBHOOK_TOKEN": {"avatar": False}},
        options={"thread": ("thread", "[0-9]{1,20}")}, plain=plain_for_discord,
        # Nobody is to be called and no page to be shown by what stands in a text.
        besides={"allowed_mentions": {"parse": []}, "flags": 4},
        # What is asked is the webhook itself, and one that was deleted never comes back.
        no_more="says that this webhook was deleted",
    ),
    "ntfys": Service(
        "ntfy", "ntfy", "NotifyNtfy",
        {
            "TO": {"include_image": False, "mode": "cloud"},
            "HOST/TO": {"include_image": False},
            "USER:PASSWORD@HOST/TO": {"include_image": False},
            "TOKEN@HOST/TO": {"include_image": False, "auth": "token"},
        },
        options={"priority": ("priority", "min|low|default|high|max")}, reaches=_TOPIC,
    ),
    "pagerduty": Service(
        "PagerDuty", "pagerduty", "NotifyPagerDuty",
        {
            "INTEGRATIONKEY@APIKEY": {"include_image": False},
            "INTEGRATIONKEY@APIKEY/SOURCE/COMPONENT": {"include_image": False},
        },
        options={"region": ("region_name", "us|eu"), "severity": ("severity", "info|warning|error|critical")},
    ),
    "gchat": Service(
        "Google Chat", "google_chat", "NotifyGoogleChat", {"WORKSPACE/WEBHOOK_KEY/WEBHOOK_TOKEN": {}},
        options={"thread": ("thread_key", r"[A-Za-z0-9._-]{1,64}")}, plain=plain_for_gchat,
        # As with Discord; a thread that is not there begins a new one.
        no_more="says that this webhook or its space was deleted",
    ),
}  # fmt: skip
"""The services that are offered, by the scheme of their addresses."""

_ARGUMENT: Final = {"FROM": "source", "TO": "targets", "GATEWAY_ID": "user"}
"""The arguments that are called otherwise than what stands for them in a form."""
_DECODED_LATER: Final = frozenset({"USER", "PASSWORD", "HOST", "GATEWAY_ID"})
"""What apprise decodes by itself."""
_CHOOSE: Final = "Choose one of Latin letters, digits and signs at the service, and type the address again."
_COPY: Final = "Copy it again as the service gave it."
_IN_A_HEADER: Final[Mapping[str, tuple[str, str, str]]] = {
    "USER": ("user name", "latin-1", _CHOOSE),
    "PASSWORD": ("password", "latin-1", _CHOOSE),
    "TOKEN": ("key", "ascii", _COPY),
    "APIKEY": ("key", "ascii", _COPY),
}
"""What is sent in a header: how it is called, in which letters it can be, and what to do about others.

A user name and a password go in Base64 and, as nearly everywhere, in Latin-1 (RFC 7617 leaves it open); keys go as they are.
"""
_WORD: Final = re.compile(r"([A-Z_]+)")
_BETWEEN_RECIPIENTS: Final = re.compile(r"[\s,;/\\]+")
_PLAIN_NAME: Final = re.compile(r"[a-z_]{1,12}")


def read_service_address(url: str) -> Reading:
    """Return what an address of a service says, without loading apprise.

    Raises `NoAddress` with sentences for whoever typed it; they hold nothing of the address but the name of an option.
    """
    scheme = _scheme(url)
    service = SERVICES[scheme]
    rest, _, query = url.partition("://")[2].partition("?")
    arguments = _parts(scheme, service, rest) | _options(service, query)
    return Reading(scheme, service, arguments)


def _scheme(text: str) -> str:
    try:
        scheme = urlsplit(text).scheme.lower()
    except ValueError:
        scheme = ""
    if scheme not in SERVICES or len(text) > LONGEST or any(letter in text for letter in "\r\n\0 "):
        named = ", ".join(f"{each}://" for each in SERVICES)
        raise NoAddress("This is no address of a service that is offered.", advice=f"They begin with one of {named}.")
    return scheme


def _parts(scheme: str, service: Service, text: str) -> dict[str, Any]:
    # The longer ones first: what ends a shorter one takes whatever follows.
    for form, implied in sorted(service.forms.items(), key=lambda each: -len(each[0])):
        found = _pattern(form).fullmatch(text)
        if found is None:
            continue
        arguments: dict[str, Any] = {"schema": scheme, "secure": True, **implied}
        for word, value in found.groupdict().items():
            decoded = unquote(value)
            if not decoded.isprintable():
                raise _unreadable(scheme, service)
            _sendable(service, word, decoded)
            arguments[_ARGUMENT.get(word, word.lower())] = value if word in _DECODED_LATER else decoded
        if "targets" in arguments:
            arguments["targets"] = _recipient(service, arguments["targets"])
        return arguments
    raise _unreadable(scheme, service)


def _sendable(service: Service, word: str, value: str) -> None:
    called, letters, advice = _IN_A_HEADER.get(word, ("", "utf-8", ""))
    try:
        value.encode(letters)
    except UnicodeEncodeError:
        # Not chained: the error holds the credential.
        said = f"The {called} of this address of {service.name} has letters that cannot be sent."
        raise NoAddress(said, advice=advice) from None


def _recipient(service: Service, text: str) -> str:
    between = str.maketrans("", "", service.reaches.between)
    named = [each.translate(between) for each in _BETWEEN_RECIPIENTS.split(text) if each]
    if len(named) > 1:
        # A service is asked once for each: where one fails, all would be told again.
        said = f"This address of {service.name} names {len(named)} {service.reaches.several}."
        raise NoAddress(said, advice="Add one address for each of them.")
    if not named or not re.fullmatch(service.reaches.written, named[0]):
        said = f"This address of {service.name} does not end with anybody that it reaches."
        raise NoAddress(said, advice=f"It ends with {service.reaches.called}.")
    return named[0]


def _options(service: Service, query: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for pair in filter(None, query.split("&")):
        name, _, value = map(unquote, pair.partition("="))
        known = service.options.get(name)
        if known is None:
            # A name may be a secret that went astray: only a word is repeated.
            called = f"“{name}”" if _PLAIN_NAME.fullmatch(name) else "what comes after its question mark"
            raise NoAddress(f"An address of {service.name} does not take {called} here.", advice=_offered(service))
        argument, written = known
        if argument in found or not re.fullmatch(written, value):
            raise NoAddress(f"“{name}” of this address of {service.name} cannot be read.", advice=_offered(service))
        found[argument] = value
    return found


def _offered(service: Service) -> str:
    if not service.options:
        return "Leave out the question mark and what comes after it."
    named = " and ".join(f"“{each}”" for each in service.options)
    return f"Only {named} may come after the question mark."


def _unreadable(scheme: str, service: Service) -> NoAddress:
    forms = " or ".join(f"{scheme}://{form}" for form in service.forms)
    said = f"This is not how an address of {service.name} is written."
    return NoAddress(said, advice=f"It is {forms}, with @ as %40 and / as %2F where they are part of a password.")


@cache
def _pattern(form: str) -> re.Pattern[str]:
    pieces = _WORD.split(form)
    written = [re.escape(pieces[0])]
    for word, after in zip(pieces[1::2], pieces[2::2], strict=True):
        # Whom it reaches comes last; of several it is said that they are.
        allowed = "[^?#]+" if word == "TO" else "[^/@?#:]+" if after == ":" else "[^/@?#]+"
        written += [f"(?P<{word}>{allowed})", re.escape(after)]
    return re.compile(f"{''.join(written)}/?")
