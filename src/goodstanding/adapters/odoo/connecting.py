"""Connecting: from an address and credentials to a database that answers."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from goodstanding.adapters.odoo.bodies import read_json, write_json
from goodstanding.adapters.odoo.calls import Call
from goodstanding.adapters.odoo.connection import Connection
from goodstanding.adapters.odoo.databases import only_database
from goodstanding.adapters.odoo.jsonrpc import JsonRpc
from goodstanding.adapters.odoo.transports import Interface, Json2, Rpc, Transport, sign_in
from goodstanding.adapters.odoo.trouble import (
    BadCredentials,
    NoApi,
    NoDatabase,
    NotOdoo,
    Refused,
    Trouble,
    TwoFactor,
    Unexpected,
)
from goodstanding.adapters.odoo.version import JSON_2_SINCE, Version, find_version
from goodstanding.adapters.odoo.xmlrpc import XmlRpc
from goodstanding.adapters.outbound.message import Ask, Sender


@dataclass(frozen=True, slots=True)
class Credentials:
    """A login with its API key or password. The secret is not in the repr."""

    login: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Known:
    """What connecting found out, to be kept, so that the next time nothing is asked and nobody signs in again."""

    version: Version
    database: str
    interface: Interface
    uid: int


def connect(
    sender: Sender,
    address: str,
    credentials: Credentials,
    *,
    database: str = "",
    known: Known | None = None,
    writing: bool = False,
) -> Connection:
    """Return a connection to the Odoo at an address, signed in.

    The address may be of any page of that Odoo. From 19 on JSON-2 is used with the API key, otherwise JSON-RPC, and XML-RPC
    where JSON-RPC is closed; on 19 a password still works over the older interfaces, which Odoo means to remove. Without
    `database` it is found where the server has one for the address. With `known` from an earlier connection nothing is
    asked at all; when Odoo was upgraded meanwhile, calls fail and connecting without it finds out anew.

    Raises `Unreachable`; `Refused`: `BadCredentials`, `TwoFactor`, `NoDatabase`, `ManyDatabases`, `NoApi`, `NotOdoo`,
    `TooOld`, `ForeignSession`; `Unexpected`.
    """
    base = base_of(address)
    if known is not None:
        transport = _transport(sender, base, known.database, known.interface, known.uid, credentials.secret)
        return Connection(transport, known.version, known.database, known.uid, writing=writing)
    version = find_version(sender, base)
    database = database.strip() or only_database(sender, base)
    if not database.isprintable() or not database.isascii():
        raise NoDatabase
    transport, uid = _signed_in(sender, base, version, database, credentials)
    return Connection(transport, version, database, uid, writing=writing)


def known_of(connection: Connection) -> Known:
    """Return what to keep of a connection for the next one; it holds no secret."""
    return Known(connection.version, connection.database, connection.interface, connection.uid)


def base_of(address: str) -> str:
    """Return scheme and host of an address, as `https://host:port`; what people paste has a path behind it.

    Raises `Refused` for anything but http and https, and for an address with credentials in it.
    """
    text = address.strip()
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        port = parts.port
    except ValueError:
        raise Refused("This is not an address.", advice="Enter it like https://odoo.example.com.") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Refused("This is not an address.", advice="Enter it like https://odoo.example.com.")
    if parts.username is not None or parts.password is not None:
        raise Refused("The address holds a login.", advice="Enter the login and its key in their own fields.")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}" + (f":{port}" if port is not None else "")


def _transport(sender: Sender, base: str, database: str, interface: Interface, uid: int, secret: str) -> Transport:
    if interface is Interface.JSON_2:
        return Json2(sender, base, database, secret)
    wire = JsonRpc(sender, base) if interface is Interface.JSON_RPC else XmlRpc(sender, base)
    return Rpc(wire, database, uid, secret)


def _signed_in(sender: Sender, base: str, version: Version, database: str, credentials: Credentials) -> tuple[Transport, int]:
    """Try the interfaces in order, going on where one is closed and where JSON-2 does not take what may be a password."""
    closed: Trouble | None = None
    if version.major >= JSON_2_SINCE and _may_be_key(credentials.secret):
        json2 = Json2(sender, base, database, credentials.secret)
        try:
            return json2, _own_number(json2)
        except BadCredentials:
            closed = BadCredentials()
        except (NoApi, NotOdoo) as trouble:
            closed = trouble
    for wire in _wires(sender, base):
        try:
            uid = sign_in(wire, database, credentials.login, credentials.secret)
        except (NoApi, NotOdoo) as trouble:
            closed = closed or trouble
            continue
        except TwoFactor:
            raise
        except BadCredentials:
            if _asks_second_factor(sender, base, database, credentials):
                raise TwoFactor from None
            raise BadCredentials from None
        return Rpc(wire, database, uid, credentials.secret), uid
    raise closed if isinstance(closed, BadCredentials) else NoApi()


def _wires(sender: Sender, base: str) -> Iterator[JsonRpc | XmlRpc]:
    yield JsonRpc(sender, base)
    yield XmlRpc(sender, base)


def _may_be_key(secret: str) -> bool:
    """Tell whether a secret can travel in a header; an API key is 40 hexadecimal digits, but that may change."""
    return secret.isascii() and secret.isprintable() and " " not in secret and secret != ""


def _own_number(transport: Json2) -> int:
    told = transport.call(Call("res.users", "context_get", {}))
    uid = told.get("uid") if isinstance(told, dict) else None
    if not isinstance(uid, int) or isinstance(uid, bool):
        raise Unexpected("Odoo does not tell which account the API key belongs to.")
    return uid


def _asks_second_factor(sender: Sender, base: str, database: str, credentials: Credentials) -> bool:
    """Tell whether the password is right and a second factor is missing: then the web sign-in answers with no user and no
    error (odoo-facts.md 3). Asked once, after the interfaces have said no."""
    params = {"db": database, "login": credentials.login, "password": credentials.secret}
    body = write_json({"jsonrpc": "2.0", "method": "call", "params": params, "id": 1})
    headers = {"Content-Type": "application/json"}
    try:
        told = read_json(sender.send(Ask("POST", f"{base}/web/session/authenticate", headers, body)).body)
    except Trouble:
        return False
    result = told.get("result") if isinstance(told, dict) else None
    return isinstance(result, dict) and "uid" in result and result["uid"] is None
