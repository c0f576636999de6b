"""Demo Odoos for tests, senders of recorded answers, and where recordings and real servers are found."""

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xmlrpc.client import Fault, dumps

import pytest

from goodstanding.adapters.odoo.connecting import Credentials, connect
from goodstanding.adapters.odoo.connection import Connection
from goodstanding.adapters.odoo.demo import Account, DemoOdoo, Doors, Key, auditor, basic, portal, settings
from goodstanding.adapters.odoo.transports import Interface
from goodstanding.adapters.outbound.message import Answer, Ask

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ADDRESS = "https://odoo.example.com"
KEY = "a" * 40
SERIES = ("15.0", "17.0", "18.0", "19.0")
RECORDINGS = Path(os.environ.get("GOODSTANDING_RECORDINGS") or Path(__file__).parents[4] / "shared" / "odoo-recordings")
recorded = pytest.mark.skipif(not RECORDINGS.is_dir(), reason="the recordings of real servers are not here")

WAYS = [
    *[(series, interface) for series in SERIES for interface in (Interface.JSON_RPC, Interface.XML_RPC)],
    ("saas~18.2", Interface.JSON_RPC),
    ("19.0", Interface.JSON_2),
]
"""Every version over every interface it has."""
DOORS = {
    Interface.JSON_2: Doors(jsonrpc=False, xmlrpc=False),
    Interface.JSON_RPC: Doors(json2=False, xmlrpc=False),
    Interface.XML_RPC: Doors(json2=False, jsonrpc=False),
}


class Overheard:
    """Sends on to an Odoo and keeps what was asked and answered."""

    def __init__(self, odoo: DemoOdoo):
        self.odoo, self.asks, self.answers = odoo, [], []

    def send(self, ask: Ask) -> Answer:
        self.asks.append(ask)
        self.answers.append(self.odoo.send(ask))
        return self.answers[-1]

    def methods(self) -> list[str]:
        """The services' or models' methods that were called, in order."""
        found = []
        for ask in self.asks:
            if ask.url.endswith("/jsonrpc"):
                params = json.loads(ask.body)["params"]
                found.append(params["args"][4] if params["method"] == "execute_kw" else params["method"])
            else:
                found.append(ask.url.rpartition("/")[2])
        return found


def accounts() -> tuple[Account, ...]:
    key = Key("goodstanding", KEY, NOW - timedelta(days=30), NOW + timedelta(days=60))
    return (
        settings("admin", "pw-admin", keys=(replace(key, secret="b" * 40),)),
        auditor("auditor", "pw-auditor", keys=(key,)),
        basic("basic", "pw-basic", keys=(replace(key, secret="c" * 40),)),
        portal("portal", "pw-portal"),
        replace(auditor("careful", "pw-careful", keys=(replace(key, secret="d" * 40),)), second_factor=True),
    )


def an_odoo(series: str, *, clock: Callable[[], datetime] = lambda: NOW, **kwargs) -> DemoOdoo:
    """A database with two stages and three tickets, the second of which was worked on."""
    odoo = DemoOdoo(series, clock=clock, accounts=kwargs.pop("accounts", accounts()), **kwargs)
    if "helpdesk.ticket" not in odoo.store.models:
        return odoo
    new = odoo.create("helpdesk.ticket.stage", {"name": "New", "unattended": True, "sequence": 1}, at=NOW)
    done = odoo.create("helpdesk.ticket.stage", {"name": "Done", "closed": True, "sequence": 9}, at=NOW)
    client = odoo.create("res.partner", {"name": "Client", "email": "client@example.com"}, at=NOW)
    for number in (1, 2, 3):
        at = NOW + timedelta(minutes=number)
        values = {"name": f"Ticket {number}", "stage_id": new, "partner_id": client, "priority": str(number)}
        odoo.create("helpdesk.ticket", values, at=at, by="admin")
    odoo.write(
        "helpdesk.ticket", 2, {"user_id": odoo.uid_of("admin")}, at=NOW + timedelta(minutes=10, seconds=0.25), by="admin"
    )
    odoo.write("helpdesk.ticket", 2, {"stage_id": done}, at=NOW + timedelta(minutes=20, seconds=0.5), by="admin")
    return odoo


def connected(sender, *, login: str = "auditor", secret: str = KEY, **kwargs) -> Connection:
    return connect(sender, ADDRESS, Credentials(login, secret), **kwargs)


def recordings(pattern: str) -> Iterator[tuple[str, dict]]:
    """Recorded calls by `version/name`."""
    for path in sorted(RECORDINGS.glob(f"*/{pattern}.json")):
        told = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(told, dict) and told.get("transport"):
            yield f"{path.parent.name}/{path.stem}", told


class Replay:
    """Sends back a recorded answer, whatever is asked."""

    def __init__(self, told: dict):
        self.told = told

    def send(self, ask: Ask) -> Answer:
        told = self.told
        if told["transport"] == "http raw":
            headers = {name.lower(): value for name, value in told["headers"].items()}
            body = told["body"]
            return Answer(told["status"], headers, body.encode() if isinstance(body, str) else json.dumps(body).encode())
        kind = {"content-type": "text/xml"}
        if "fault" in told:
            return Answer(200, kind, dumps(Fault(told["fault"]["faultCode"], told["fault"]["faultString"])).encode())
        return Answer(200, kind, dumps((told["result"],), methodresponse=True).encode())


class Scripted:
    """Sends back the same answer to everything."""

    def __init__(self, body: bytes | str, status: int = 200, kind: str = "application/json"):
        self.answer = Answer(status, {"content-type": kind}, body if isinstance(body, bytes) else body.encode())

    def send(self, ask: Ask) -> Answer:
        return self.answer


def real_server() -> tuple[str, str, str, str] | None:
    """Address, database, login and secret of a real server to hold the contract against, by hand."""
    names = ("URL", "DB", "LOGIN", "SECRET")
    found = tuple(os.environ.get(f"GOODSTANDING_TEST_ODOO_{name}", "") for name in names)
    return (found[0], found[1], found[2], found[3]) if all(found) else None


class Loopback:
    """Sends over HTTP without guarding anything: only for a test's own server, named by hand."""

    def send(self, ask: Ask) -> Answer:
        from http.client import HTTPConnection, HTTPSConnection
        from urllib.parse import urlsplit

        parts = urlsplit(ask.url)
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        line = kind(parts.netloc, timeout=60)
        try:
            line.request(ask.method, parts.path or "/", body=ask.body or None, headers=dict(ask.headers))
            answer = line.getresponse()
            return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
        finally:
            line.close()
