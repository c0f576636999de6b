"""Why a call was stopped, and the sentences that tell people: they name a host at most, never what lies behind it."""

from enum import StrEnum
from typing import Final

from goodstanding.adapters.outbound.limits import MEGABYTE, Limits
from goodstanding.adapters.outbound.trouble import Refused, TooLarge, Trouble, Unexpected, Unreachable

THIS: Final = "this address"


class Why(StrEnum):
    """What stopped a call."""

    UNREADABLE = "unreadable"
    NOT_WEB = "not_web"
    NOT_SECURE = "not_secure"
    CREDENTIALS = "credentials"
    PORT = "port"
    NAME = "name"
    NUMBER = "number"
    LOOK_ALIKE = "look_alike"
    LOCAL_NAME = "local_name"
    NOT_PUBLIC = "not_public"
    NO_SUCH_NAME = "no_such_name"
    NO_CONNECTION = "no_connection"
    CONNECT_SLOW = "connect_slow"
    CERTIFICATE_EXPIRED = "certificate_expired"
    CERTIFICATE_NAME = "certificate_name"
    CERTIFICATE_UNKNOWN = "certificate_unknown"
    NO_TLS = "no_tls"
    NOT_SENDABLE = "not_sendable"
    TOO_SLOW = "too_slow"
    BROKE_OFF = "broke_off"
    TOO_LARGE = "too_large"
    TOO_LARGE_UNPACKED = "too_large_unpacked"
    NOT_HTTP = "not_http"
    NOT_UNPACKED = "not_unpacked"
    TOO_MANY_HOPS = "too_many_hops"
    DOWNGRADE = "downgrade"
    BODY_ELSEWHERE = "body_elsewhere"


class Stopped(Exception):
    """A call ends here. It travels inside this package only; whoever sends meets the `Trouble` made of it."""

    def __init__(self, why: Why) -> None:
        super().__init__(why.value)
        self.why = why


_OPERATOR: Final = (
    "Use its public address. If it stands in a network of your own, whoever runs Goodstanding can allow that network "
    "with GOODSTANDING_ALLOW_NETWORKS."
)
_CERTIFICATE: Final = "Renew or repair its certificate; any browser shows the same warning."
_WHERE_IT_ENDS: Final = "Open it in a browser, see at which address it ends, and enter that one."

_TOLD: Final[dict[Why, tuple[type[Trouble], str, str]]] = {
    Why.UNREADABLE: (
        Refused,
        "{host} cannot be read as a web address.",
        "Write it as https://name.example/path, without spaces, line breaks or backslashes.",
    ),
    Why.NOT_WEB: (Refused, "{host} is not a web address.", "Begin it with https://"),
    Why.NOT_SECURE: (
        Refused,
        "{host} is not encrypted: it begins with http://",
        "Begin it with https://. Whoever runs Goodstanding can allow http with GOODSTANDING_ALLOW_HTTP=true.",
    ),
    Why.CREDENTIALS: (
        Refused,
        "{host} holds a user name or a password.",
        "Leave out what stands before the @ and enter credentials in their own fields.",
    ),
    Why.PORT: (
        Refused,
        "{host} names a port that is not allowed.",
        "Leave the port out, or use one that is usual for Odoo: 443, 8069 or 8443.",
    ),
    Why.NAME: (Refused, "{host} does not hold a valid host name.", "Check its spelling."),
    Why.NUMBER: (
        Refused,
        "{host} holds a number where a host name belongs.",
        "Use the name, or an IPv4 address as four decimal numbers.",
    ),
    Why.LOOK_ALIKE: (
        Refused,
        "{host} mixes characters that only look like letters.",
        "Type the host name again by hand, in one alphabet.",
    ),
    Why.LOCAL_NAME: (Refused, "{host} holds a name that only a local network knows.", _OPERATOR),
    Why.NOT_PUBLIC: (Refused, "No connection to {host}: it leads into a private or reserved network.", _OPERATOR),
    Why.NO_SUCH_NAME: (Unreachable, "The name of {host} cannot be found.", "Check its spelling, or try again later."),
    Why.NO_CONNECTION: (
        Unreachable,
        "No connection to {host}: it does not accept any.",
        "Check that the server runs and that its firewall lets Goodstanding in.",
    ),
    Why.CONNECT_SLOW: (
        Unreachable,
        "No connection to {host} within {connect} seconds.",
        "Check that the server runs and that its firewall lets Goodstanding in.",
    ),
    Why.CERTIFICATE_EXPIRED: (Refused, "The certificate of {host} has expired.", _CERTIFICATE),
    Why.CERTIFICATE_NAME: (Refused, "The certificate of {host} was issued for another name.", _CERTIFICATE),
    Why.CERTIFICATE_UNKNOWN: (Refused, "The certificate of {host} cannot be trusted.", _CERTIFICATE),
    Why.NO_TLS: (
        Refused,
        "No encrypted connection to {host}: no common language was found.",
        "Check the port, and that the server offers TLS 1.2 or newer.",
    ),
    Why.NOT_SENDABLE: (
        Refused,
        "The request to {host} holds something that cannot be sent, a line break in a key for example.",
        "Paste keys and headers again, without line breaks or letters outside ASCII.",
    ),
    Why.TOO_SLOW: (
        Unreachable,
        "No complete answer from {host} within {total} seconds.",
        "Try again later; if it stays so, the server is overloaded.",
    ),
    Why.BROKE_OFF: (Unreachable, "The connection to {host} broke off before the answer was complete.", "Try again later."),
    Why.TOO_LARGE: (TooLarge, "The answer of {host} is larger than {wire} MB.", "Ask for less at a time."),
    Why.TOO_LARGE_UNPACKED: (
        TooLarge,
        "The answer of {host} is larger than {body} MB once decompressed.",
        "Ask for less at a time.",
    ),
    Why.NOT_HTTP: (
        Unexpected,
        "The answer of {host} is not HTTP as it should be.",
        "Check that the address and its port are those of a web server.",
    ),
    Why.NOT_UNPACKED: (
        Unexpected,
        "The answer of {host} is compressed in a way that cannot be read.",
        "Check what stands before the server, such as a proxy that compresses.",
    ),
    Why.TOO_MANY_HOPS: (Refused, "More than {hops} redirects, the last of them from {host}.", _WHERE_IT_ENDS),
    Why.DOWNGRADE: (Refused, "{host} leads from an encrypted to an unencrypted address.", _WHERE_IT_ENDS),
    Why.BODY_ELSEWHERE: (
        Refused,
        "{host} is on another server, and what was meant for the first is not handed on.",
        _WHERE_IT_ENDS,
    ),
}


def sent_on_by(host: str) -> str:
    """Return how an address is called that came out of a redirect: by who gave it, since it may name something internal."""
    return f"the address that {host} sends callers on to"


def trouble(why: Why, host: str, limits: Limits) -> Trouble:
    """Return the trouble to raise, its sentences filled with `host` (a host name or a noun phrase) and the limits."""
    kind, said, advice = _TOLD[why]
    if said.startswith("{host} ") and " " in host:
        host = host[0].upper() + host[1:]
    numbers = {
        "connect": f"{limits.connect_seconds:g}",
        "total": f"{limits.total_seconds:g}",
        "wire": f"{limits.wire_bytes / MEGABYTE:g}",
        "body": f"{limits.body_bytes / MEGABYTE:g}",
        "hops": str(limits.hops),
    }
    return kind(said.format(host=host, **numbers), advice=advice)
