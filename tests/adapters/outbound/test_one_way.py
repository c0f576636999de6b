"""There is one way out by HTTP, and its page says what it does."""

import ast
import re
from importlib import import_module
from pathlib import Path

import pytest

from goodstanding.adapters.outbound.allowed import HTTP_PORT, PORTS, Allowed
from goodstanding.adapters.outbound.limits import MEGABYTE, Limits
from goodstanding.adapters.outbound.networks import public
from goodstanding.adapters.outbound.signature import SHORTEST_SECRET, TOLERANCE
from goodstanding.adapters.outbound.steady import Pace

PACKAGE = Path(import_module("goodstanding").__file__).parent
PAGE = (Path(__file__).parents[3] / "docs" / "outbound.md").read_text(encoding="utf-8")
WAYS_OUT = {"httpx2", "httpcore2", "httpx", "requests", "urllib3", "aiohttp", "urllib.request", "http.client", "apprise"}


def imported(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_nothing_else_in_the_product_speaks_http_to_the_outside():
    others = [
        str(path.relative_to(PACKAGE))
        for path in PACKAGE.rglob("*.py")
        if "outbound" not in path.parts and any(name in WAYS_OUT for name in imported(path))
    ]

    assert others == []


def rows(head):
    found = re.search(rf"^\| {re.escape(head)} \|.*\n\|[-|]+\|\n((?:\|.*\n)+)", PAGE, re.MULTILINE)
    assert found, head
    return [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in found[1].splitlines()]


def test_the_page_names_the_limits_that_hold():
    limits, pace = Limits(), Pace()
    told = dict(rows("limit"))

    assert told == {
        "lookup, connection and TLS handshake": f"{limits.connect_seconds:g} s",
        "the whole call, redirects and the last byte included": f"{limits.total_seconds:g} s",
        "body on the wire": f"{limits.wire_bytes // MEGABYTE} MB",
        "body decompressed": f"{limits.body_bytes // MEGABYTE} MB",
        "redirects, where they are followed at all": f"{limits.hops}",
        "attempts at a call that may be repeated": f"{pace.tries}",
        "first wait, doubled each time, drawn from zero": f"{pace.first_seconds:g} s",
        "longest wait of our own choosing": f"{pace.longest_seconds:g} s",
        "longest wait that a server may ask for": f"{pace.retry_after_seconds:g} s",
        "calls to one host at once": f"{pace.at_once}",
        "failures in a row before a host is left alone": f"{pace.failures}",
        "rest before one call tries it again": f"{pace.rest_seconds:g} s",
        "secret of a webhook": f"{SHORTEST_SECRET} bytes or more",
        "age of a signature": f"{TOLERANCE.total_seconds():g} s either way",
    }


def test_the_page_names_the_ports_that_are_allowed():
    sentence = re.search(r"on the ports ([0-9, and]+)", PAGE)

    assert sentence
    assert {int(port) for port in re.findall(r"\d+", sentence[1])} == PORTS
    assert f"http and port {HTTP_PORT}" in PAGE


@pytest.mark.parametrize(
    "network", sorted({network for row in rows("never, unless allowed") for network in re.findall(r"`(.+?)`", row[1])})
)
def test_networks_that_the_page_calls_closed_are_closed(network):
    (closed,) = Allowed.parse(network).networks

    for address in {closed[0], closed[-1], closed[closed.num_addresses // 2]}:
        assert not public(address)
        assert Allowed.parse(network).address(address)
