"""Calling a model's method over any of the interfaces, signed in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from goodstanding.adapters.odoo.bodies import Json, read_json, write_json
from goodstanding.adapters.odoo.calls import READS, Call
from goodstanding.adapters.odoo.faults import About, of_class
from goodstanding.adapters.odoo.jsonrpc import JsonRpc
from goodstanding.adapters.odoo.status import is_page, refuse_page
from goodstanding.adapters.odoo.trouble import (
    BadCredentials,
    ForeignSession,
    NoApi,
    NoDatabase,
    NoMethod,
    NoModel,
    NotOdoo,
    Trouble,
    Unexpected,
)
from goodstanding.adapters.odoo.xmlrpc import XmlRpc
from goodstanding.adapters.outbound.message import Answer, Ask, Sender


class Interface(StrEnum):
    """Odoo's external interfaces."""

    JSON_2 = "json2"
    JSON_RPC = "jsonrpc"
    XML_RPC = "xmlrpc"


class Transport(Protocol):
    """One way to a database's models."""

    @property
    def interface(self) -> Interface:
        """Which of Odoo's interfaces this is."""
        ...

    def call(self, call: Call) -> Json:
        """Return what a method answers. Raises a `Trouble`."""
        ...


@dataclass(frozen=True, slots=True)
class Rpc:
    """`execute_kw` over JSON-RPC or XML-RPC. The user's number is kept, so that nothing signs in again: each sign-in writes
    a row into Odoo's log of logins (odoo-facts.md 3)."""

    wire: JsonRpc | XmlRpc
    database: str
    uid: int
    secret: str = field(repr=False)

    @property
    def interface(self) -> Interface:
        """JSON-RPC or XML-RPC."""
        return Interface.JSON_RPC if isinstance(self.wire, JsonRpc) else Interface.XML_RPC

    def call(self, call: Call) -> Json:
        """Return what a method answers. Raises a `Trouble`."""
        named = dict(call.arguments)
        placed: list[object] = [] if call.ids is None else [list(call.ids)]
        placed += [named.pop(name) for name in READS.get(call.method, ()) if name in named]
        arguments = [self.database, self.uid, self.secret, call.model, call.method, placed, named]
        about = About(call.model, call.method, self.database)
        return self.wire.ask("object", "execute_kw", arguments, about=about, again=call.again)


@dataclass(frozen=True, slots=True)
class Json2:
    """JSON-2, from Odoo 19 on: one address a method, an API key as bearer, no cookies."""

    sender: Sender
    base: str
    database: str
    secret: str = field(repr=False)

    @property
    def interface(self) -> Interface:
        """JSON-2."""
        return Interface.JSON_2

    def call(self, call: Call) -> Json:
        """Return what a method answers. Raises a `Trouble`."""
        body: Mapping[str, object] = dict(call.arguments) if call.ids is None else {**call.arguments, "ids": list(call.ids)}
        headers = {
            "Authorization": f"bearer {self.secret}",
            "X-Odoo-Database": self.database,
            "Content-Type": "application/json",
            "Accept": "application/json",
        }
        ask = Ask("POST", f"{self.base}/json/2/{call.model}/{call.method}", headers, write_json(body), call.again)
        answer = self.sender.send(ask)
        if answer.status != 200 or is_page(answer):
            raise _refusal(answer, About(call.model, call.method, self.database))
        return read_json(answer.body)


def _refusal(answer: Answer, about: About) -> Trouble:
    """Return what an answer of JSON-2 means that is no result: by status and class (odoo-facts.md 3)."""
    if is_page(answer):
        # The page of a server that finds no database for the request tells of this header in a comment.
        if answer.status == 404 and b"x-odoo-database" in answer.body.lower():
            return NoDatabase()
        if answer.status == 403 and b"x-odoo-database" in answer.body.lower():
            return ForeignSession()
        try:
            refuse_page(answer)
        except Trouble as trouble:
            return trouble
    if answer.status == 401:
        return BadCredentials(before=True)
    try:
        told = read_json(answer.body)
    except Unexpected:
        told = None
    name = told.get("name") if isinstance(told, dict) else None
    if not isinstance(told, dict) or not isinstance(name, str):
        try:
            refuse_page(answer)
        except Trouble as trouble:
            return trouble
        return NotOdoo() if answer.status < 500 else Unexpected(f"Odoo failed at {about.method} on {about.model}.")
    if name.endswith("AccessDenied"):
        return ForeignSession()
    if answer.status == 404 and name.endswith("NotFound"):
        return NoModel(about.model) if about.method in ("fields_get", "has_access") else NoMethod(about.model, about.method)
    text = told.get("message")
    return of_class(name, text if isinstance(text, str) else "", about)


def sign_in(wire: JsonRpc | XmlRpc, database: str, login: str, secret: str) -> int:
    """Return the user's number for a login with its password or API key.

    Raises `BadCredentials`, `NoDatabase`, `NoApi` and what else may go wrong.
    """
    about = About("", "authenticate", database)
    # Asked once: a wrong password counts as a failed try (odoo-facts.md 3).
    uid = wire.ask("common", "authenticate", [database, login, secret, {}], about=about, again=False)
    if uid is False or uid is None:
        raise BadCredentials
    if not isinstance(uid, int) or isinstance(uid, bool) or uid < 1:
        raise Unexpected("Odoo answers a sign-in with something unknown.")
    return uid


__all__ = ["Interface", "Json2", "JsonRpc", "NoApi", "Rpc", "Transport", "XmlRpc", "sign_in"]
