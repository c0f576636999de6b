"""Services of apprise are asked through the guarded sender and in no other way (docs/delivery.md)."""

import ast
import builtins
import importlib.util
import json
import socket
from contextlib import contextmanager, suppress
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from urllib.parse import quote, unquote_plus

import pytest

from goodstanding.adapters.outbound.allowed import Allowed
from goodstanding.adapters.outbound.client import GuardedSender
from goodstanding.adapters.outbound.message import Answer
from goodstanding.adapters.outbound.service_address import SERVICES, NoAddress
from goodstanding.adapters.outbound.service_answer import Later, NotTaken
from goodstanding.adapters.outbound.short import read_service, send_short
from goodstanding.adapters.outbound.trouble import Refused, Unexpected, Unreachable

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

    def __init__(self, status=200, body=b"{}", **headers):
        self.asked, self.status, self.body = [], status, body
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}

    def send(self, ask):
        self.asked.append(ask)
        return Answer(self.status, self.headers, self.body)


def parsed(scheme):
    spec = importlib.util.find_spec(f"apprise.plugins.{SERVICES[scheme].module}")
    return ast.parse(Path(spec.origin).read_text(encoding="utf-8"))


def options(scheme):
    """Every option that the code of a service takes, by its own table, by what it reads, and by what all services read."""
    kind = getattr(import_module(f"apprise.plugins.{SERVICES[scheme].module}"), SERVICES[scheme].kind)
    read = {
        word.value for node in ast.walk(parsed(scheme))
        if isinstance(node, ast.FunctionDef) and node.name == "parse_url"
        for word in ast.walk(node)
        if isinstance(word, ast.Constant) and isinstance(word.value, str) and word.value.isidentifier()
    }  # fmt: skip
    everywhere = "emojis tz store retry wait user password pass port tag tags include attach template :key +key -key"
    return sorted(read | set(kind.template_args) | set(everywhere.split()))


@contextmanager
def no_sockets():
    """Let nothing of this process open a connection of its own, or a file; the code itself is read before."""
    for each in SERVICES.values():
        import_module(f"apprise.plugins.{each.module}")

    class Forbidden(socket.socket):
        def connect(self, address):
            raise AssertionError(f"a connection of its own to {address}")

    def no_file(name, *_, **__):
        raise AssertionError(f"a file of its own, {name}")

    before, socket.socket = socket.socket, Forbidden
    opened, builtins.open = builtins.open, no_file
    try:
        yield
    finally:
        socket.socket, builtins.open = before, opened


def test_there_is_an_example_of_each_service():
    assert ADDRESSES.keys() == SERVICES.keys()


def test_the_page_names_how_the_address_of_each_service_is_written_and_its_options():
    page = (Path(__file__).parents[3] / "docs" / "delivery.md").read_text(encoding="utf-8")
    lines = page.partition("| service | address | options |\n")[2].partition("\n\n")[0].splitlines()[1:]

    assert lines == [
        f"| {each.name} | {', '.join(f'`{scheme}://{form}`' for form in each.forms)} "
        f"| {', '.join(f'`{name}`' for name in each.options)} |".replace("|  |", "| |")
        for scheme, each in SERVICES.items()
    ]


@pytest.mark.parametrize("scheme", SERVICES)
def test_what_a_service_is_sent_goes_through_our_sender_and_says_the_text(scheme):
    sender = Keeping()

    with no_sockets():
        name = read_service(ADDRESSES[scheme], Allowed())
        send_short(sender, ADDRESSES[scheme], subject="T-1", text="Breaches soon")

    assert name == SERVICES[scheme].name
    assert sender.asked
    assert {ask.url.partition("://")[0] for ask in sender.asked} == {"https"}
    assert any("Breaches" in ask.body.decode() + ask.url for ask in sender.asked)


@pytest.mark.parametrize("scheme", SERVICES)
def test_no_option_of_an_address_opens_a_file_or_a_connection_and_all_but_a_few_are_refused(scheme, tmp_path):
    secret = tmp_path / "secret.json"
    secret.write_text(json.dumps({"content": "LOCAL SECRET"}), encoding="utf-8")
    taken = set()
    for name in options(scheme):
        for value in (str(secret), f"file://{secret}", "http://127.0.0.1:1/latest", "us", "15550000000"):
            address, sender = f"{ADDRESSES[scheme]}?{quote(name, safe=':+-')}={quote(value, safe='')}", Keeping()
            with no_sockets():
                try:
                    read_service(address, Allowed())
                except Refused:
                    continue
                taken.add(name)
                send_short(sender, address, subject="T-1", text="Breaches soon")
            assert sender.asked
            assert not any("SECRET" in ask.body.decode() or "127.0.0.1" in ask.url for ask in sender.asked)

    assert taken <= SERVICES[scheme].options.keys()


@pytest.mark.parametrize(
    ("address", "name"),
    [
        (f"{ADDRESSES['discord']}?template=%2Fetc%2Fpasswd", "“template”"),
        (f"{ADDRESSES['discord']}?thread=1&avatar_url=https://x.example", "“avatar_url”"),
        (f"{ADDRESSES['twilio']}?to=15550000000", "“to”"),
        (f"{ADDRESSES['pagerduty']}?+key=value", "what comes after its question mark"),
        (f"{ADDRESSES['ntfys']}?5tk_secret", "what comes after its question mark"),
    ],
)
def test_an_option_that_is_not_taken_is_named_with_those_that_are_and_nothing_else_of_the_address_is_said(address, name):
    with pytest.raises(Refused) as refused:
        read_service(address, Allowed())

    assert name in refused.value.said
    assert "question mark" in refused.value.advice
    assert "secret" not in refused.value.said + refused.value.advice


@pytest.mark.parametrize(
    ("address", "said"),
    [
        (f"{ADDRESSES['discord']}?thread=42", "thread_id=42"),
        (f"{ADDRESSES['gchat']}?thread=night", '"thread_key": "night"'),
        (f"{ADDRESSES['sinch']}?region=eu", "https://eu.sms.api.sinch.com/"),
        (f"{ADDRESSES['pagerduty']}?region=eu&severity=critical", "https://events.eu.pagerduty.com/"),
        (f"{ADDRESSES['bulksms']}?from=+15551234567", '"from": "+15551234567"'),
        (f"{ADDRESSES['d7sms']}?from=Desk", '"originator": "Desk"'),
        (f"{ADDRESSES['ntfys']}?priority=max", "max"),
        (f"{ADDRESSES['twilio']}?apikey=SK{'a' * 32}", "Basic"),
        ("ntfys://alerts", "https://ntfy.sh"),
        ("ntfys://tk_token@ntfy.example:8443/alerts", "Bearer tk_token"),
        ("clicksend://rosa%40desk.example:p%2Fss@+1(555)765-4321", "Basic cm9zYUBkZXNrLmV4YW1wbGU6cC9zcw=="),
        (f"twilio://{SID}:{TOKEN}@15551234567/w:+15557654321/", "whatsapp%3A%2B15557654321"),
        ("threema://*ADRIATI@secret/ABCD1234", "to=ABCD1234"),
        ("threema://*ADRIATI@secret/rosa@ferrante.example", "email=rosa%40ferrante.example"),
        (f"{ADDRESSES['pagerduty']}/odoo/helpdesk", '"component": "helpdesk"'),
    ],
)
def test_what_an_address_says_is_what_the_service_is_asked(address, said):
    sender = Keeping()

    send_short(sender, address, subject="T-1", text="Breaches soon")

    assert any(said in f"{ask.url} {ask.headers} {ask.body.decode()}" for ask in sender.asked)


def test_what_a_service_sends_names_no_picture_that_others_keep():
    sender = Keeping()

    for address in ADDRESSES.values():
        send_short(sender, address, subject="T-1", text="Breaches soon")

    assert not any("github" in f"{ask.headers} {ask.body.decode()}" for ask in sender.asked)


WRITTEN = ("T-1 @everyone <users/all>", "hi @here <@&1234> *now* [click](https://evil.example) <https://evil.example|click>")


def test_discord_calls_nobody_and_finds_no_mark_of_its_own_in_what_people_wrote():
    sender = Keeping(204)

    send_short(sender, ADDRESSES["discord"], subject=WRITTEN[0], text=f"{WRITTEN[1]}\n# https://desk.example/tickets/a_b")

    told = json.loads(sender.asked[0].body)
    assert told["allowed_mentions"] == {"parse": []}
    assert told["content"] == (
        r"T-1 \@everyone \<users/all\>" + "\r\n"
        r"hi \@here \<\@&1234\> \*now\* \[click\](https://evil.example) \<https://evil.example|click\>" + "\n"
        r"\# https://desk.example/tickets/a_b"
    )


def test_google_chat_finds_no_mention_and_no_link_under_another_name_in_what_people_wrote():
    sender = Keeping()

    send_short(sender, ADDRESSES["gchat"], subject=WRITTEN[0], text=WRITTEN[1])

    said = json.loads(sender.asked[0].body)["text"]
    assert not {"<", ">"} & set(said)
    assert "](" not in said
    assert "‹users/all›" in said


@pytest.mark.parametrize("scheme", sorted(SERVICES.keys() - {"discord", "gchat"}))
def test_other_services_are_told_a_text_as_it_was_written(scheme):
    sender = Keeping(201)

    send_short(sender, ADDRESSES[scheme], subject="T-1", text="a < b & *c* @all")

    sent = f"{unquote_plus(sender.asked[0].url)} {unquote_plus(sender.asked[0].body.decode())}"
    assert "a < b & *c* @all" in sent
    assert "markdown" not in f"{sent} {sender.asked[0].headers}".lower()


@pytest.mark.parametrize("status", [201, 400, 503])
def test_nothing_of_an_address_is_in_a_log(status, caplog):
    caplog.set_level(0)
    caplog.set_level(0, logger="apprise")

    for address in [*ADDRESSES.values(), f"twilio://AC!:{TOKEN}@15551234567/15557654321"]:
        with suppress(Refused, Unreachable):
            send_short(Keeping(status), address, subject="T-1", text="x")

    assert caplog.text == ""


def test_attachments_cannot_be_reached_whatever_a_service_is_given(tmp_path):
    send_short(Keeping(), ADDRESSES["discord"], subject="T-1", text="x")
    discord = import_module("apprise.plugins.discord").NotifyDiscord

    with pytest.raises(Unexpected):
        discord(webhook_id="1" * 18, webhook_token="a" * 60, template=str(tmp_path))


def test_a_service_that_says_when_to_come_back_holds_up_nothing_meanwhile():
    class Busy(Keeping):
        def send(self, ask):
            super().send(ask)
            return Answer(429, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "99999999999"}, b"")

    sender = Busy()
    with pytest.raises(Unreachable):
        send_short(sender, ADDRESSES["discord"], subject="T-1", text="x")

    assert len(sender.asked) == 1


@pytest.mark.parametrize("scheme", SERVICES)
def test_the_code_of_a_service_knows_no_other_way_out(scheme):
    tree = parsed(scheme)
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
def test_an_address_inside_our_network_is_refused_as_everywhere_when_it_is_typed_and_when_it_is_asked(url, closed):
    with pytest.raises(Refused) as typed:
        read_service(url, Allowed())
    with pytest.raises(Refused) as asked:
        send_short(GuardedSender(), url, subject="T-1", text="x")

    assert closed in typed.value.said
    assert typed.value.said == asked.value.said


def test_a_host_of_a_network_that_the_operator_allows_may_be_typed():
    assert read_service("ntfys://10.20.0.7:8443/alerts", Allowed.parse("10.20.0.0/16")) == "ntfy"


@pytest.mark.parametrize(
    "url",
    ["", "twilio", "mailto://user:pass@host", "json://localhost", "mqtt://host", "syslog://host", "ntfy://host/topic",
     "file:///etc/passwd", f"{ADDRESSES['twilio']}\r\n", "twilio://" + "a" * 600, "twilio://", f"{ADDRESSES['twilio']}#x",
     f"twilio://{SID}:{TOKEN}@15551234567", f"twilio://{SID}:{TOKEN}@15551234567/nobody", f"{ADDRESSES['discord']}/more",
     "gchat://workspace/key", "threema://*ADRIATI@secret/x", "ntfys://ntfy.example/%0d%0a",
     "ntfys://a%0d%0aX-Icon%3A@ntfy.example/alerts", f"{ADDRESSES['discord']}?thread=1&thread=2"],
)  # fmt: skip
def test_what_is_not_offered_or_not_an_address_is_refused(url):
    with pytest.raises(Refused):
        read_service(url, Allowed())


@pytest.mark.parametrize(
    ("address", "named"),
    [
        ("clicksend://user:z%C5%82oty@15557654321", "The password"),
        ("clicksend://zo%C5%82a:pass@15557654321", "The user name"),
        ("bulksms://user:%E2%82%AC@15557654321", "The password"),
        ("elks://user:пароль@15551234567/15557654321", "The password"),
        ("ntfys://rosa:z%C5%82oty@ntfy.example/alerts", "The password"),
        ("ntfys://tk_%C3%A9@ntfy.example/alerts", "The key"),
        ("d7sms://tok%C3%A9n@15557654321", "The key"),
        (f"pagerduty://{'a' * 32}@{'b' * 19}%C5%82", "The key"),
    ],
)
def test_a_credential_that_cannot_be_sent_is_refused_when_it_is_typed_and_closes_an_address_that_was_kept(address, named):
    sender = Keeping()

    with pytest.raises(NoAddress) as typed:
        read_service(address, Allowed())
    with pytest.raises(NoAddress) as kept:
        send_short(sender, address, subject="T-1", text="x")

    assert sender.asked == []
    assert typed.value.said == kept.value.said
    assert typed.value.said.startswith(f"{named} of this address of {SERVICES[address.partition(':')[0]].name} has letters")
    assert not {"ł", "é", "€", "п"} & set(typed.value.said + typed.value.advice)


@pytest.mark.parametrize(
    ("address", "sent"),
    [
        ("clicksend://user:caf%C3%A9@15557654321", "Basic dXNlcjpjYWbp"),
        ("clicksend://user:café@15557654321", "Basic dXNlcjpjYWbp"),
        ("threema://*ADRIATI@z%C5%82oty/15557654321", "secret=złoty"),
    ],
)
def test_a_credential_that_can_be_sent_is(address, sent):
    sender = Keeping()

    assert read_service(address, Allowed())
    send_short(sender, address, subject="T-1", text="x")

    assert sent in f"{unquote_plus(sender.asked[0].url)} {sender.asked[0].headers}"


def test_an_account_that_the_service_cannot_have_is_refused_when_something_is_sent_and_not_repeated():
    sender = Keeping()

    with pytest.raises(Refused, match="no account of Twilio") as refused:
        send_short(sender, f"twilio://AC!:{TOKEN}@15551234567/15557654321", subject="T-1", text="x")

    assert sender.asked == []
    assert TOKEN not in f"{refused.value.__cause__} {refused.value.said} {refused.value.advice}"


@pytest.mark.parametrize(
    "address",
    [
        f"{ADDRESSES['twilio']}/15550000000",
        f"{ADDRESSES['twilio']},15550000000",
        f"{ADDRESSES['clicksend']}%2C+15550000000",
        f"{ADDRESSES['threema']}/ABCD1234",
        f"{ADDRESSES['ntfys']}/night",
    ],
)
def test_an_address_of_several_is_refused_with_what_to_do(address):
    with pytest.raises(NoAddress, match=f"names 2 {SERVICES[address.partition(':')[0]].reaches.several}") as refused:
        read_service(address, Allowed())

    assert refused.value.advice == "Add one address for each of them."


@pytest.mark.parametrize("scheme", SERVICES)
@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_what_a_service_took_is_not_told_again_whatever_success_it_calls_it(scheme, status):
    sender = Keeping(status)

    send_short(sender, ADDRESSES[scheme], subject="T-1", text="Breaches soon")

    assert len(sender.asked) == 1


TO, FROM = "15557654321", "15551234567"
NO = {
    "vonage": {"message-count": "1", "messages": [{"status": "7", "error-text": "Number barred"}]},
    "clicksend": {"response_code": "SUCCESS", "data": {"messages": [{"to": f"+{TO}", "status": "INVALID_RECIPIENT"}]}},
    "bulksms": [{"to": TO, "status": {"id": "FAILED.NOT_SENT", "type": "FAILED", "subtype": "NOT_SENT"}}],
    "msgbird": {"recipients": {"items": [{"status": "delivery_failed", "statusReason": "unknown subscriber"}]}},
    "elks": {"status": "failed", "to": f"+{TO}", "from": f"+{FROM}"},
    "plivo": {"message": "message(s) queued", "message_uuid": [], "invalid_number": [TO]},
    "twilio": {"status": "failed", "error_code": 30006, "error_message": "Landline or unreachable carrier"},
    "pagerduty": {"status": "invalid event", "message": "Event object is invalid"},
}
SAID = {
    "vonage": "(Number barred: 7)",
    "clicksend": "(INVALID_RECIPIENT)",
    "bulksms": "(NOT_SENT)",
    "msgbird": "(unknown subscriber: delivery_failed)",
    "elks": "(failed)",
    "plivo": "(invalid_number)",
    "twilio": "(Landline or unreachable carrier: 30006)",
    "pagerduty": "(Event object is invalid: invalid event)",
}
"""How services refuse a message with a success."""
YES = {
    "vonage": {"message-count": "2", "messages": [{"status": "0", "message-id": "a"}, {"status": "0", "message-id": "b"}]},
    "clicksend": {"response_code": "SUCCESS", "data": {"messages": [{"to": f"+{TO}", "status": "SUCCESS"}]}},
    "sinch": {"id": "CJloRJOe3MtDITqx", "canceled": False, "type": "mt_text"},
    "bulksms": [{"to": TO, "status": {"id": "ACCEPTED.null", "type": "ACCEPTED", "subtype": None}}],
    "msgbird": {"recipients": {"totalDeliveryFailedCount": 0, "items": [{"status": "sent", "recipient": int(TO)}]}},
    "elks": {"status": "created", "to": f"+{TO}"},
    "d7sms": {"request_id": "001985ac", "status": "accepted"},
    "plivo": {"message": "message(s) queued", "message_uuid": ["a"], "api_id": "b"},
    "twilio": {"status": "queued", "error_code": None, "error_message": None},
    "ntfys": {"id": "a", "event": "message", "topic": "alerts"},
    "pagerduty": {"status": "success", "message": "Event processed", "dedup_key": "a"},
    "gchat": {"name": "spaces/a/messages/b", "text": "failed"},
}


@pytest.mark.proves("ESC-5")
@pytest.mark.parametrize("scheme", NO)
def test_a_service_that_says_no_with_a_success_has_refused_the_message_and_its_words_are_told(scheme):
    with pytest.raises(NotTaken) as refused:
        send_short(Keeping(200, json.dumps(NO[scheme]).encode()), ADDRESSES[scheme], subject="T-1", text="x")

    assert refused.value.said == f"{SERVICES[scheme].name} does not take this message {SAID[scheme]}."


@pytest.mark.parametrize("scheme", SERVICES)
def test_what_a_service_says_of_what_it_took_is_no_refusal_nor_is_what_nobody_can_read(scheme):
    said = [json.dumps(each).encode() for each in (YES.get(scheme), NO["vonage"]["messages"], "messages", 1, {"messages": 1})]
    bodies = (*said, b"", b"a1b2c3", b"<html>", b"\xff", b"[" * 100_000)
    senders = [Keeping(200, body) for body in bodies]

    for sender in senders:
        # Whatever is taken for a refusal is raised from here.
        send_short(sender, ADDRESSES[scheme], subject="T-1", text="x")

    assert [len(sender.asked) for sender in senders] == [1] * len(bodies)


@pytest.mark.parametrize(
    ("scheme", "code", "kind"),
    [
        ("vonage", "1", Later),
        ("vonage", "5", Later),
        ("vonage", "4", Refused),
        ("vonage", "9", Refused),
        ("vonage", 7, NotTaken),
        ("clicksend", "THROTTLED", Later),
        ("clicksend", "INSUFFICIENT_CREDIT", Refused),
        ("clicksend", "COUNTRY_NOT_ENABLED", NotTaken),
    ],
)
def test_a_service_that_is_too_busy_is_asked_later_and_what_it_says_of_the_account_is_no_fault_of_the_message(
    scheme, code, kind
):
    messages = [{"status": "0" if scheme == "vonage" else "SUCCESS"}, {"status": code}]
    body = json.dumps({"messages": messages, "data": {"messages": messages}}).encode()

    with pytest.raises(kind) as trouble:
        send_short(Keeping(200, body), ADDRESSES[scheme], subject="T-1", text="x")

    assert type(trouble.value) is kind
    assert str(code) in trouble.value.said


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (f"Number {TO} barred", " (7)"),
        ("Number +1 555-765-4321 barred", " (7)"),
        ("Number 05557654 barred", " (7)"),
        (f"Key {'A' * 8} barred", " (7)"),
        (f"Secret {'b' * 6}… barred", " (7)"),
        ("barred\r\nfor\x00 good", " (barred for good: 7)"),
        ("no " * 100, f" ({('no ' * 40)[:119]}…: 7)"),
        ({"a": 1}, " (7)"),
        (None, " (7)"),
    ],
)
def test_the_words_of_a_service_are_cut_and_untold_where_they_hold_a_number_or_a_piece_of_the_address(words, told):
    body = json.dumps({"messages": [{"status": "7", "error-text": words}]}).encode()

    with pytest.raises(NotTaken) as refused:
        send_short(Keeping(200, body), ADDRESSES["vonage"], subject="T-1", text="x")

    assert refused.value.said == f"Vonage does not take this message{told}."


def test_what_stands_for_a_password_in_an_address_is_untold_as_it_was_meant_too():
    body = json.dumps({"data": {"messages": [{"status": "BAD p@ss/word"}]}}).encode()

    with pytest.raises(NotTaken) as refused:
        send_short(Keeping(200, body), f"clicksend://user:p%40ss%2Fword@{TO}", subject="T-1", text="x")

    assert refused.value.said == "ClickSend does not take this message."


@pytest.mark.parametrize("scheme", SERVICES)
def test_a_message_without_a_text_says_its_subject(scheme):
    sender = Keeping()

    send_short(sender, ADDRESSES[scheme], subject="T-1 breached", text="")

    assert "T-1 breached" in f"{unquote_plus(sender.asked[0].url)} {unquote_plus(sender.asked[0].body.decode())}"


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (500, Unreachable),
        (503, Later),
        (429, Later),
        (401, Refused),
        (404, Refused),
        (400, NotTaken),
        (422, NotTaken),
        (410, NoAddress),
    ],
)
def test_a_refusal_says_whether_to_try_again(status, kind):
    with pytest.raises(kind) as trouble:
        send_short(Keeping(status, b"secret reason"), ADDRESSES["twilio"], subject="T-1", text="x")

    assert type(trouble.value) is kind
    assert str(status) in trouble.value.said
    assert TOKEN not in str(trouble.value)


@pytest.mark.parametrize("scheme", SERVICES)
def test_a_404_closes_where_it_can_only_mean_the_address_and_is_trouble_that_may_pass_elsewhere(scheme):
    with pytest.raises(Refused) as refused:
        send_short(Keeping(404), ADDRESSES[scheme], subject="T-1", text="x")

    assert type(refused.value) is (NoAddress if scheme in ("discord", "gchat", "threema") else Refused)
    assert refused.value.said.endswith("(404).")


@pytest.mark.parametrize("scheme", SERVICES)
def test_what_is_gone_for_good_closes_at_every_service(scheme):
    with pytest.raises(NoAddress, match=f"{SERVICES[scheme].name} says that this address is gone for good"):
        send_short(Keeping(410), ADDRESSES[scheme], subject="T-1", text="x")


@pytest.mark.parametrize(
    ("status", "headers", "asked"),
    [
        (429, {"retry_after": "600"}, 600),
        (503, {"retry_after": "Thu, 26 Nov 2026 12:01:00 GMT", "date": "Thu, 26 Nov 2026 12:00:00 GMT"}, 60),
        (200, {"retry_after": "5"}, 5),
        (429, {"retry_after": "0.25"}, 0),
        (429, {}, 0),
    ],
)
def test_how_long_a_service_asks_to_be_left_alone_is_handed_on(status, headers, asked):
    busy = Keeping(status, b'{"messages": [{"status": "1"}]}', **headers)

    with pytest.raises(Later) as later:
        send_short(busy, ADDRESSES["vonage"], subject="T-1", text="x")

    assert later.value.asked == timedelta(seconds=asked)


def test_what_the_way_out_says_is_told_as_it_was():
    class Down:
        def send(self, ask):
            raise Unreachable("api.twilio.com does not answer.")

    with pytest.raises(Unreachable, match="does not answer"):
        send_short(Down(), ADDRESSES["twilio"], subject="T-1", text="x")
