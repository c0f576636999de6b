"""What the status and the kind of an HTTP answer say before its body is read."""

from typing import Final

from goodstanding.adapters.odoo.trouble import NoApi, NotOdoo, Unreachable
from goodstanding.adapters.outbound.message import Answer

_OVERLOADED: Final = frozenset({408, 425, 429, 502, 503, 504})
_CLOSED: Final = frozenset({403, 404, 405, 410, 501})


def refuse_page(answer: Answer) -> None:
    """Pass an answer whose body is worth reading as an answer of Odoo's interfaces; they never answer in HTML.

    Raises `Unreachable` for a server that is overloaded or broken, `NoApi` for an interface that is not there, and `NotOdoo`
    for a redirect or for the page of something else.
    """
    page = is_page(answer)
    if answer.status in _OVERLOADED or (answer.status >= 500 and page):
        raise Unreachable("Odoo is overloaded or being restarted.", advice="Nothing needs to be done: it is tried again.")
    if 300 <= answer.status < 400:
        raise NotOdoo(moved=True)
    if answer.status == 407 or (answer.status == 401 and page):
        raise NotOdoo(guarded=True)
    if answer.status in _CLOSED and page:
        raise NoApi
    if page:
        raise NotOdoo


def is_page(answer: Answer) -> bool:
    """Tell whether an answer is a page or plain text rather than data, whatever it is declared as."""
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    start = answer.body[:64].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype", b"<html", b"<head", b"<title")):
        return True
    return kind in ("text/html", "text/plain") and not start.startswith((b"{", b"[", b"<?xml", b"<methodresponse"))
