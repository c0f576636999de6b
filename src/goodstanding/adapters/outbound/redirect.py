"""Where a redirect leads and what may be taken along."""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote, urljoin

from goodstanding.adapters.outbound.address import Address, read_address
from goodstanding.adapters.outbound.allowed import Allowed
from goodstanding.adapters.outbound.message import Answer, Ask
from goodstanding.adapters.outbound.reasons import Stopped, Why

_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_HARMLESS: Final = frozenset({"accept", "accept-language", "user-agent"})
"""All that another host is shown: any other header may hold a credential."""
_OF_A_BODY: Final = re.compile(r"content-.*", re.IGNORECASE)
_PRINTABLE: Final = "".join(map(chr, range(0x21, 0x7F)))


def leads_on(answer: Answer) -> bool:
    """Return whether an answer sends the caller elsewhere."""
    return answer.status in _REDIRECTS and "location" in answer.headers


def next_step(ask: Ask, address: Address, answer: Answer, allowed: Allowed, shown: str) -> tuple[Ask, Address]:
    """Return what to ask where, after an answer that leads on.

    Methods change as browsers change them (Fetch standard, HTTP-redirect fetch). Another origin gets neither credentials
    nor a body, and from https only https is reached. Raises `Refused`, in which the new address is called `shown`, and
    `Stopped`.
    """
    location = quote(answer.headers["location"].encode("latin-1"), safe=_PRINTABLE)
    try:
        joined = urljoin(address.url, location)
    except ValueError:
        raise Stopped(Why.UNREADABLE) from None
    if address.scheme == "https" and joined.lower().startswith("http:"):
        raise Stopped(Why.DOWNGRADE)
    target = read_address(joined, allowed, shown=shown)
    method, headers, body = ask.method, ask.headers, ask.body
    if (answer.status == 303 and method != "HEAD") or (answer.status in (301, 302) and method == "POST"):
        method, body = "GET", b""
        headers = {name: value for name, value in headers.items() if not _OF_A_BODY.fullmatch(name)}
    if not address.shares_origin(target):
        if body:
            raise Stopped(Why.BODY_ELSEWHERE)
        headers = _without_secrets(headers)
    return Ask(method, target.url, headers, body, ask.again), target


def _without_secrets(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.lower() in _HARMLESS}
