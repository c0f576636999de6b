"""Services of apprise are asked through the guarded sender and in no other way (docs/delivery.md)."""

import ast
import importlib.util
import socket
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from goodstanding.adapters.outbound.client import GuardedSender
from goodstanding.adapters.outbound.message import Answer
from goodstanding.adapters.outbound.short import SERVICES, read_service, send_short
from goodstanding.adapters.outbound.trouble import Refused, Unreachable

SID, TOKEN = "AC" + "a" * 32, "b" * 32
ADDRESSES = {
    "twilio": f"twilio://{SID}:{TOKEN}@15551234567/15557654321",
    "vonage": f"vonage://{'a' * 8}:{'b' * 16}@15551234567/15557654321",
    "sinch": f"sinch://{'a' * 32}:{'b' * 32}@15551234567/15557654321",
    "msgbird": f"msgbird://{'a' * 25}/15551234567/15557654321",
    "clicksend": "clicksend://user:pass@15557654321",
    "plivo": f"plivo://{'a' * 25}@{'b' * 40}/15551234567/15557654321",
    "bulksms": "bulksms://user:pass@15557654321",
    "elks": "elks://user:pass@15551234567/15557654321",
    "d7sms": "d7sms://token@15557654321",
    "threema": "threema://*ADRIATI@secret/15557654321",
    "discord": f"discord://{'1' * 18}/{'a' * 60}",
    "ntfys": "ntfys://ntfy.example/alerts",
    "pagerduty": f"pagerduty://{'a' * 32}@{'b' * 20}",
    "gchat": "gchat://workspace/key/token",
}


class Keeping:
    """A sender that keeps what it is asked and answers as it was told."""

    def __init__(self, status=200, body=b"{}"):
        self.asked, self.status, self.body = [], status, body

    def send(self, ask):
        self.asked.append(ask)
        return Answer(self.status, {}, self.body)


@contextmanager
def no_sockets():
    """Let nothing of this process open a connection of its own."""

    class Forbidden(socket.socket):
        def connect(self, address):
            raise AssertionError(f"a connection of its own to {address}")

    before, socket.socket = socket.socket, Forbidden
    try:
        yield
    finally:
        socket.socket = before


def test_there_is_an_example_of_each_service():
    assert ADDRESSES.keys() == SERVICES.keys()


@pytest.mark.parametrize("scheme", SERVICES)
def test_what_a_service_is_sent_goes_through_our_sender_and_says_the_text(scheme):
    sender = Keeping()

    with no_sockets():
        name = read_service(ADDRESSES[scheme])
        # Whether an answer of ours pleases the service is its own affair: it was asked.
        with suppress(Refused):
            send_short(sender, ADDRESSES[scheme], subject="T-1", text="Breaches soon")

    assert name == SERVICES[scheme][2]
    assert sender.asked
    assert {ask.url.partition("://")[0] for ask in sender.asked} == {"https"}
    assert any("Breaches" in ask.body.decode() + ask.url for ask in sender.asked)


@pytest.mark.parametrize("scheme", SERVICES)
def test_the_code_of_a_service_knows_no_other_way_out(scheme):
    spec = importlib.util.find_spec(f"apprise.plugins.{SERVICES[scheme][0]}")
    tree = ast.parse(Path(spec.origin).read_text(encoding="utf-8"))
    imported = {
        name.split(".")[0]
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom) and node.level == 0
            else []
        )
    }
    used = {
        node.attr for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "requests"
    }  # fmt: skip

    assert not imported & {"socket", "http", "httpx", "aiohttp", "smtplib", "subprocess", "urllib3", "asyncio", "ssl"}
    assert used <= {"post", "get", "put", "delete", "codes", "RequestException"}


@pytest.mark.parametrize(
    ("url", "closed"),
    [("ntfys://127.0.0.1/alerts", "private"), ("ntfys://localhost/alerts", ""), ("ntfys://169.254.169.254/alerts", "private")],
)
def test_an_address_inside_our_network_is_refused_as_everywhere(url, closed):
    with pytest.raises(Refused) as refused:
        send_short(GuardedSender(), url, subject="T-1", text="x")

    assert closed in refused.value.said


@pytest.mark.parametrize(
    "url",
    ["", "twilio", "mailto://user:pass@host", "json://localhost", "mqtt://host", "syslog://host", "ntfy://host/topic", "file:///etc/passwd",
     f"{ADDRESSES['twilio']}\r\n", "twilio://" + "a" * 600],
)  # fmt: skip
def test_what_is_not_offered_or_not_an_address_is_refused(url):
    with pytest.raises(Refused):
        read_service(url)


def test_an_address_that_the_service_cannot_read_is_refused_when_something_is_sent():
    sender = Keeping()

    with pytest.raises(Refused, match="not how an address of Twilio is written"):
        send_short(sender, "twilio://", subject="T-1", text="x")

    assert sender.asked == []


@pytest.mark.parametrize(("status", "kind"), [(503, Unreachable), (429, Unreachable), (401, Refused), (400, Refused)])
def test_a_refusal_says_whether_to_try_again(status, kind):
    with pytest.raises(kind) as trouble:
        send_short(Keeping(status, b"secret reason"), ADDRESSES["twilio"], subject="T-1", text="x")

    assert str(status) in trouble.value.said
    assert TOKEN not in str(trouble.value)


def test_what_the_way_out_says_is_told_as_it_was():
    class Down:
        def send(self, ask):
            raise Unreachable("api.twilio.com does not answer.")

    with pytest.raises(Unreachable, match="does not answer"):
        send_short(Down(), ADDRESSES["twilio"], subject="T-1", text="x")
