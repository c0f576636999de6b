"""The doors of a demo Odoo: addresses, statuses, bodies and errors of each interface, in the shapes of real servers."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Final, cast
from urllib.parse import urlsplit
from xmlrpc.client import Fault, dumps, loads

from goodstanding.adapters.odoo.demo.errors import OdooError, denied, http
from goodstanding.adapters.odoo.demo.house import House
from goodstanding.adapters.odoo.demo.methods import Caller, Method
from goodstanding.adapters.outbound.message import Answer, Ask

_NOT_FOUND: Final = (
    "<!doctype html>\n<html lang=en>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n"
    "<p>The requested URL was not found on the server.</p>\n"
)
_NO_DATABASE: Final = (
    "<!DOCTYPE html>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n<p>No database is selected and the requested URL was"
    " not found in the server-wide controllers.</p>\n<!-- Alternatively, use the X-Odoo-Database header. -->\n"
)
_BAD_TYPE: Final = (
    "<!doctype html>\n<html lang=en>\n<title>415 Unsupported Media Type</title>\n<h1>Unsupported Media Type</h1>\n"
)


def answer(odoo: House, ask: Ask) -> Answer:
    """Return what the demo Odoo answers to a request."""
    path, doors = urlsplit(ask.url).path, odoo.doors
    if ask.method == "POST" and path == "/jsonrpc" and doors.jsonrpc:
        return _json_rpc(odoo, ask, lambda told: _service(odoo, told))
    if ask.method == "POST" and path.startswith("/xmlrpc/2/") and doors.xmlrpc:
        return _xml_rpc(odoo, path.removeprefix("/xmlrpc/2/"), ask.body)
    if path.startswith("/json/2") and odoo.version.major >= 19 and doors.json2:
        return _json_2(odoo, path, ask)
    if path in ("/web/version", "/json/version") and odoo.version.major >= 19 and doors.web:
        return _data(200, {"version_info": _version_info(odoo), "version": odoo.version.series})
    if path == "/web/health" and doors.web:
        return _data(200, {"status": "pass"})
    if ask.method == "POST" and doors.web:
        web = {"/web/webclient/version_info": _version, "/web/database/list": _listed, "/web/session/authenticate": _session}
        if path in web:
            return _json_rpc(odoo, ask, lambda told: web[path](odoo, _dict(told.get("params"))))
    return _page(404, _NOT_FOUND)


def _data(status: int, told: object, **headers: str) -> Answer:
    body = json.dumps(told).encode()
    return Answer(status, {"content-type": "application/json; charset=utf-8", **headers}, body)


def _page(status: int, text: str) -> Answer:
    return Answer(status, {"content-type": "text/html; charset=utf-8"}, text.encode())


def _version_info(odoo: House) -> list[object]:
    version = odoo.version
    return [f"saas~{version.major}" if version.saas else version.major, version.minor, 0, "final", 0, ""]


def _version(odoo: House, _: Mapping[str, object]) -> object:
    series = odoo.version.series
    return {"server_version": series, "server_version_info": _version_info(odoo), "server_serie": series, "protocol_version": 1}


def _listed(odoo: House, _: Mapping[str, object]) -> object:
    if not odoo.doors.listing:
        raise denied()
    return sorted([odoo.database, *odoo.beside])


def _session(odoo: House, params: Mapping[str, object]) -> object:
    if params.get("db") != odoo.database:
        raise OdooError("odoo.exceptions.AccessError", "Database not found.", fault=4)
    found = odoo.web_user(str(params.get("login")), str(params.get("password")))
    if found is None:
        raise denied()
    uid, account = found
    return {"uid": None} if account.second_factor else {"uid": uid, "is_system": account.administrator, "db": odoo.database}


def _service(odoo: House, told: Mapping[str, object]) -> object:
    asked = _dict(told.get("params"))
    given = asked.get("args")
    return _serve(odoo, str(asked.get("service")), str(asked.get("method")), given if isinstance(given, list) else [])


def _serve(odoo: House, service: str, method: str, args: Sequence[object]) -> object:
    if (service, method) == ("common", "version"):
        return _version(odoo, {})
    if (service, method) == ("db", "list"):
        return _listed(odoo, {})
    if service == "common" and method in ("authenticate", "login"):
        return odoo.authenticate(str(args[0]), str(args[1]), str(args[2])) or False
    if (service, method) == ("object", "execute_kw"):
        database, uid, secret, model, name = args[:5]
        caller = odoo.caller(str(database), uid, secret)
        placed, named = (args[5] if len(args) > 5 else []), (args[6] if len(args) > 6 else {})
        given = list(placed) if isinstance(placed, list) else []
        return _called(caller, str(model), str(name), given, dict(named) if isinstance(named, dict) else {})
    raise OdooError("builtins.Exception", f"Method not found: {service}.{method}")


def _called(caller: Caller, model: str, name: str, placed: list[object], named: dict[str, object]) -> object:
    method = caller.method(model, name)
    ids: list[int] = []
    if method.on_records and placed:
        first = placed.pop(0)
        ids = [each for each in first if isinstance(each, int)] if isinstance(first, list) else [int(str(first))]
    arguments = dict(zip(method.arguments, placed, strict=False)) | named
    if problem := _misfit(method, arguments):
        raise OdooError("builtins.TypeError", problem)
    return caller.call(model, name, ids, arguments)


def _misfit(method: Method, arguments: Mapping[str, object]) -> str:
    missing = [each for each in method.arguments if each in method.needed and each not in arguments]
    unknown = [each for each in arguments if each not in method.arguments and each != "context"]
    if missing:
        return f"missing a required argument: {missing[0]!r}"
    return f"got an unexpected keyword argument {unknown[0]!r}" if unknown else ""


def _json_rpc(odoo: House, ask: Ask, work: Callable[[dict[str, object]], object]) -> Answer:
    try:
        told = json.loads(ask.body)
    except ValueError:
        return _page(400, "Invalid JSON data")
    number = told.get("id") if isinstance(told, dict) else None
    try:
        result = work(told)
    except OdooError as error:
        data = {"name": error.name, "message": error.message, "arguments": [error.message], "context": {}, "debug": error.debug}
        code = 0 if odoo.version.major >= 19 else 200
        problem = {"code": code, "message": "Odoo Server Error", "data": data}
        return _data(200, {"jsonrpc": "2.0", "id": number, "error": problem})
    return _data(200, {"jsonrpc": "2.0", "id": number, "result": result})


def _xml_rpc(odoo: House, service: str, body: bytes) -> Answer:
    args, method = loads(body)
    try:
        told = dumps(cast("tuple[str]", (_serve(odoo, service, str(method), args),)), methodresponse=True)
    except OdooError as error:
        text = error.debug if error.fault == 1 else error.message
        told = dumps(Fault(error.fault, text))
    return Answer(200, {"content-type": "text/xml; charset=utf-8"}, told.encode())


def _json_2(odoo: House, path: str, ask: Ask) -> Answer:
    headers = {name.lower(): value for name, value in ask.headers.items()}
    if headers.get("x-odoo-database", odoo.database) != odoo.database or (odoo.beside and "x-odoo-database" not in headers):
        return _page(404, _NO_DATABASE)
    parts = path.removeprefix("/json/2").strip("/").split("/")
    if ask.method != "POST" or len(parts) != 2:
        return _refused(http("NotFound", "Did you mean POST /json/2/<model>/<method>?", 404))
    if not headers.get("content-type", "").startswith("application/json"):
        return _page(415, _BAD_TYPE)
    scheme, _, secret = headers.get("authorization", "").partition(" ")
    caller = odoo.bearer(secret) if scheme.lower() == "bearer" else None
    if caller is None:
        text = "Invalid apikey" if secret else "User not authenticated, use an API Key with a Bearer Authorization header."
        return _refused(http("Unauthorized", text, 401))
    try:
        given = json.loads(ask.body)
    except ValueError as error:
        return _refused(http("BadRequest", f"could not parse the body as json: {error}", 400))
    try:
        return _data(200, _named(caller, parts[0], parts[1], given))
    except OdooError as error:
        return _refused(error)


def _named(caller: Caller, model: str, name: str, given: dict[str, object]) -> object:
    if model not in caller.store.models:
        raise http("NotFound", f"the model '{model}' does not exist", 404)
    try:
        method = caller.method(model, name)
    except OdooError as error:
        raise (http("NotFound", error.message, 404) if error.name.endswith("AttributeError") else error) from None
    said = given.pop("ids", [])
    ids = [each for each in said if isinstance(each, int)] if isinstance(said, list) else []
    if problem := _misfit(method, given):
        raise http("UnprocessableEntity", problem, 422)
    return caller.call(model, name, ids, given)


def _refused(error: OdooError) -> Answer:
    arguments = [error.message, error.status] if error.name.startswith("werkzeug") else [error.message]
    body: dict[str, object] = {
        "name": error.name,
        "message": error.message,
        "arguments": arguments,
        "context": {},
        "debug": error.debug,
    }
    return _data(error.status, body, **({"www-authenticate": "Bearer "} if error.status == 401 else {}))


def _dict(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}
