"""Odoo's errors as trouble: told by class and code, never by text, which is translated and names other people's things."""

import re
from dataclasses import dataclass
from typing import Final

from goodstanding.adapters.odoo.trouble import (
    BadCredentials,
    NoDatabase,
    NoMethod,
    NoModel,
    NoRight,
    Refused,
    Trouble,
    Unexpected,
    Unreachable,
)

_KEPT: Final = re.compile(
    r"^((?:\w+\.)*[A-Z]\w*(?:Error|Denied|Failure|Detected|Found|Exception|Exists|Warning|Timeout))\b", re.MULTILINE
)
"""An exception at the start of a line of a traceback, whose own lines are indented."""
_ANY_MODEL: Final = frozenset({"fields_get", "has_access", "check_access_rights"})
"""Methods that every model has and that nothing but a missing model makes fail."""
_PASSING: Final = frozenset(
    {"InterfaceError", "InternalError", "QueryCanceled", "LockNotAvailable", "SerializationFailure", "DeadlockDetected"}
)
"""Of psycopg2: the database is busy or going down, and the same question may be answered later."""


@dataclass(frozen=True, slots=True)
class About:
    """What was asked, which decides what an error means."""

    model: str
    method: str
    database: str = ""


def of_class(name: str, text: str, about: About) -> Trouble:
    """Return what an exception of Odoo's means; `name` is its class with or without its module.

    `text` is looked at for one thing only: whether PostgreSQL names the database that was asked for, which it does in every
    language. It is never kept.
    """
    module, _, kind = name.rpartition(".")
    if kind == "AccessDenied":
        return BadCredentials(before=about.model != "")
    if kind == "AccessError":
        return NoRight(about.model)
    if kind in ("UserError", "RedirectWarning", "ValidationError", "MissingError"):
        if about.method in _ANY_MODEL and kind == "UserError":
            return NoModel(about.model)
        return Refused(f"Odoo turned this down: {about.method} on {about.model}.", advice="The record may be gone or locked.")
    if kind == "OperationalError":
        return NoDatabase() if _quotes(text, about.database) else _busy()
    if module.startswith("psycopg2") and kind in _PASSING:
        return _busy()
    if kind == "AttributeError":
        return NoMethod(about.model, about.method)
    if kind == "KeyError" and about.method in _ANY_MODEL:
        return NoModel(about.model)
    return Unexpected(f"Odoo failed at {about.method} on {about.model or 'the server'}.")


def of_xml_fault(code: object, text: str, about: About) -> Trouble:
    """Return what an XML-RPC fault means: 2 a warning, 3 denied, 4 no right, 1 anything else, with a traceback as its text.

    The old addresses (/xmlrpc/object) have names as codes.
    """
    names = {2: "UserError", 3: "AccessDenied", 4: "AccessError", "AccessDenied": "AccessDenied", "AccessError": "AccessError"}
    if isinstance(code, int | str) and code in names:
        return of_class(names[code], text, about)
    if isinstance(code, str) and code.startswith("warning"):
        return of_class("UserError", text, about)
    kinds = _KEPT.findall(text)
    return of_class(kinds[-1] if kinds else "", text, about)


def _quotes(text: str, database: str) -> bool:
    """Tell whether a text holds the database's name in quotes, whatever a language's quotes look like."""
    return database != "" and re.search(rf"[\"'«»„“”‘’]\s?{re.escape(database)}\s?[\"'«»“”‘’]", text) is not None


def _busy() -> Unreachable:
    return Unreachable("Odoo's own database does not answer or is busy.", advice="Nothing needs to be done: it is tried again.")
