"""The guarded sender against real servers: what it sends, what it hands over, and how it fails."""

import gzip
import itertools
import socket
import struct

import pytest

from goodstanding.adapters.outbound.client import GuardedSender
from goodstanding.adapters.outbound.limits import Limits
from goodstanding.adapters.outbound.message import Ask
from goodstanding.adapters.outbound.trouble import Refused, TooLarge, Unexpected, Unreachable
from tests.adapters.outbound.servers import Server, fine, get, loopback, names, saying

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
SMALL = Limits(wire_bytes=100_000, body_bytes=200_000)


def call(script, *, limits=Limits(), ask=None, **options):
    with (
        Server(script) as server,
        GuardedSender(
            loopback(server.port), limits=limits, resolver=names(odoo__example__com=["127.0.0.1"]), **options
        ) as sender,
    ):
        return sender.send(ask(server) if ask else get(f"http://odoo.example.com:{server.port}/path?a=b"))


def test_a_request_arrives_as_it_was_asked_and_its_answer_comes_back():
    with (
        Server(saying("X-One: a", "X-One: b", body=b"answer", status="418 Teapot")) as server,
        GuardedSender(loopback(server.port), resolver=names(odoo__example__com=["127.0.0.1"])) as sender,
    ):
        answer = sender.send(
            Ask("POST", f"http://odoo.example.com:{server.port}/ä?c=d#e", {"Authorization": "bearer key"}, b"question")
        )

    (asked,) = server.asked
    assert asked.line == "POST /%C3%A4?c=d HTTP/1.1"
    assert asked.body == b"question"
    assert asked.headers["host"] == f"odoo.example.com:{server.port}"
    assert asked.headers["authorization"] == "bearer key"
    assert asked.headers["content-length"] == "8"
    assert (answer.status, answer.body, answer.headers["x-one"]) == (418, b"answer", "a, b")


def test_a_compressed_answer_is_unpacked_even_in_several_members():
    packed = gzip.compress(b"first, ") + gzip.compress(b"second")

    answer = call(saying("Content-Encoding: gzip", body=packed))

    assert answer.body == b"first, second"
    assert "content-encoding" not in answer.headers


def test_one_connection_serves_several_calls():
    with Server(fine) as server, GuardedSender(loopback(server.port)) as sender:
        answers = [sender.send(get(f"http://127.0.0.1:{server.port}/{count}")).body for count in range(3)]

    assert answers == [b"fine"] * 3
    assert server.connections == 1


def test_a_connection_that_is_kept_does_not_add_up_what_its_calls_received():
    with (
        Server(saying(body=b"x" * SMALL.wire_bytes)) as server,
        GuardedSender(loopback(server.port), limits=SMALL) as sender,
    ):
        sizes = [len(sender.send(get(f"http://127.0.0.1:{server.port}/")).body) for _ in range(20)]

    assert sizes == [SMALL.wire_bytes] * 20
    assert server.connections == 1


def test_the_next_address_of_a_host_is_tried_where_one_does_not_answer():
    with (
        Server(fine) as server,
        GuardedSender(
            loopback(server.port, networks="127.0.0.0/8"), resolver=names(odoo__example__com=["127.0.0.9", "127.0.0.1"])
        ) as sender,
    ):
        answer = sender.send(get(f"http://odoo.example.com:{server.port}/"))

    assert answer.body == b"fine"


def test_no_cookie_is_kept_or_handed_over():
    with (
        Server(saying("Set-Cookie: session_id=secret; Path=/", body=b"x")) as server,
        GuardedSender(loopback(server.port)) as sender,
    ):
        answers = [sender.send(get(f"http://127.0.0.1:{server.port}/")) for _ in range(2)]

    assert all("cookie" not in asked.headers for asked in server.asked)
    assert all("set-cookie" not in answer.headers for answer in answers)


def test_proxies_passwords_and_certificates_of_the_environment_are_ignored(monkeypatch, tmp_path):
    (tmp_path / ".netrc").write_text("machine odoo.example.com login me password secret\n")
    with Server(fine) as proxy, Server(fine) as server:
        for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
        monkeypatch.setenv("HOME", str(tmp_path))
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "missing.pem"))
        with GuardedSender(loopback(server.port), resolver=names(odoo__example__com=["127.0.0.1"])) as sender:
            answer = sender.send(get(f"http://odoo.example.com:{server.port}/"))

    assert answer.body == b"fine"
    assert proxy.connections == 0
    assert "authorization" not in server.asked[0].headers


def test_a_silent_server_is_given_up_on():
    with pytest.raises(Unreachable, match=r"No complete answer from odoo\.example\.com within 0\.2 seconds"):
        call(lambda talk: talk.wait_for_the_end(), limits=Limits(total_seconds=0.2))


def test_a_server_that_does_not_take_the_request_is_given_up_on():
    with pytest.raises(Unreachable, match=r"within 0\.3 seconds"):
        call(
            lambda talk: talk.server.over.wait(10),
            limits=Limits(total_seconds=0.3),
            ask=lambda server: Ask("POST", f"http://127.0.0.1:{server.port}/", {}, b"x" * 20_000_000),
        )


def hurrying():
    """A clock that stands still while a call connects and asks, then takes four seconds for every read."""
    ticks = itertools.chain([0.0] * 8, itertools.count(0.0, 4.0))
    return lambda: next(ticks)


@pytest.mark.parametrize(
    ("start", "again"),
    [
        (HEAD + b"Content-Length: 9000000\r\n\r\n", b"x"),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
    ids=["body", "chunks", "interim answers"],
)
def test_a_server_that_drips_for_ever_is_stopped_by_the_limit_of_the_whole_call(start, again):
    with pytest.raises(Unreachable, match="within 20 seconds"):
        call(lambda talk: talk.hear() and talk.say_without_end(start, again), clock=hurrying())


@pytest.mark.parametrize(
    ("start", "again", "said"),
    [
        (HEAD + b"Content-Length: 131073\r\n\r\n", b"x", "larger than 0.125 MB"),
        (HEAD + b"Content-Length: 99999999999999999999\r\n\r\n", b"x", "larger than 0.125 MB"),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"400\r\n" + b"x" * 1024 + b"\r\n", "larger than 0.125 MB"),
        (HEAD + b"Connection: close\r\n\r\n", b"x" * 1024, "larger than 0.125 MB"),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1;" + b"e" * 5000 + b"\r\nx\r\n", "larger than 0.125 MB"),
        (b"", b"HTTP/1.1 103 Early Hints\r\nLink: " + b"l" * 5000 + b"\r\n\r\n", "larger than 0.125 MB"),
        (HEAD, b"X-More: " + b"m" * 5000 + b"\r\n", "not HTTP"),
    ],
    ids=["announced", "announced absurdly", "chunks", "until closed", "chunk extensions", "interim answers", "headers"],
)
def test_an_answer_without_measure_is_cut(start, again, said):
    limits = Limits(wire_bytes=131_072, body_bytes=262_144)

    with pytest.raises(TooLarge if "larger" in said else Unexpected, match=said):
        call(lambda talk: talk.hear() and talk.say_without_end(start, again), limits=limits)


def test_an_answer_of_exactly_the_limit_is_taken():
    answer = call(saying(body=b"x" * SMALL.wire_bytes), limits=SMALL)

    assert len(answer.body) == SMALL.wire_bytes


def test_an_announced_length_without_a_body_is_no_harm():
    def script(talk):
        while talk.hear():
            talk.socket.sendall(HEAD + b"Content-Length: 99999999\r\n\r\n")

    answer = call(script, ask=lambda server: Ask("HEAD", f"http://127.0.0.1:{server.port}/"))

    assert (answer.status, answer.body) == (200, b"")


def test_a_gzip_bomb_is_stopped_while_it_unfolds():
    bomb = gzip.compress(b"\0" * 40_000_000)
    assert len(bomb) < SMALL.wire_bytes

    with pytest.raises(Unexpected, match="once decompressed"):
        call(saying("Content-Encoding: gzip", body=bomb), limits=SMALL)


def test_a_gzip_bomb_of_many_members_is_stopped_too():
    bomb = gzip.compress(b"\0" * 10_000) * 1000

    with pytest.raises(Unexpected, match="once decompressed"):
        call(saying("Content-Encoding: gzip", body=bomb), limits=SMALL)


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("br", b"\x0b\x02\x80hello\x03"),
        ("gzip", b"plain"),
        ("gzip", gzip.compress(b"cut off" * 1000)[:-9]),
        ("gzip", gzip.compress(b"twice") + b"rubbish"),
        ("gzip, gzip", gzip.compress(gzip.compress(b"twice"))),
    ],
    ids=["brotli", "not compressed", "cut off", "followed by rubbish", "twice"],
)
def test_a_body_that_is_not_compressed_as_it_says_is_unexpected(coding, body):
    with pytest.raises(Unexpected, match="cannot be read"):
        call(saying(f"Content-Encoding: {coding}", body=body))


@pytest.mark.parametrize(
    "answer",
    [
        b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
        b"HTTP/1.1 2000 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX-Bad: a\0b\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n",
        b"\x16\x03\x01\x00\xa5",
    ],
)
def test_what_is_not_http_is_unexpected_and_not_repeated_to_anybody(answer):
    def script(talk):
        talk.hear()
        talk.socket.sendall(answer)
        talk.socket.shutdown(socket.SHUT_WR)
        talk.wait_for_the_end()

    with pytest.raises(Unexpected, match="not HTTP as it should be") as caught:
        call(script)

    assert "SSH" not in f"{caught.value} {caught.value.advice}"
    assert caught.value.__suppress_context__


def reset(talk):
    talk.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


@pytest.mark.parametrize(
    ("answer", "hard"),
    [
        (b"", False),
        (b"", True),
        (HEAD + b"Content-Length: 100\r\n\r\nhalf of it", False),
        (HEAD + b"Content-Length: 100\r\n\r\nhalf of it", True),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", False),
    ],
)
def test_a_connection_that_breaks_off_may_be_tried_again(answer, hard):
    def script(talk):
        talk.hear()
        talk.socket.sendall(answer)
        if hard:
            reset(talk)

    with pytest.raises(Unreachable, match="broke off") as caught:
        call(script)

    assert caught.value.again


def test_what_a_server_says_before_it_has_heard_everything_is_heard():
    def script(talk):
        talk.socket.recv(1000)
        talk.say(status="413 Too Large")
        talk.socket.shutdown(socket.SHUT_WR)
        talk.wait_for_the_end()

    answer = call(script, ask=lambda server: Ask("POST", f"http://127.0.0.1:{server.port}/", {}, b"x" * 3_000_000))

    assert answer.status == 413


def test_a_host_that_accepts_no_connection_is_unreachable():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with GuardedSender(loopback(port)) as sender, pytest.raises(Unreachable, match="does not accept any"):
        sender.send(get(f"http://127.0.0.1:{port}/"))


def test_a_name_that_nobody_knows_is_unreachable():
    with GuardedSender(resolver=names()) as sender, pytest.raises(Unreachable, match=r"gone\.example\.com cannot be found"):
        sender.send(get("https://gone.example.com/"))


def test_a_lookup_that_does_not_end_is_given_up_on():
    held, ended = socket.socketpair()

    def resolve(host, port):
        held.recv(1)
        return []

    with held, ended:
        with (
            GuardedSender(resolver=resolve, limits=Limits(connect_seconds=0.1, total_seconds=600)) as sender,
            pytest.raises(Unreachable, match=r"slow\.example\.com within 0\.1 seconds"),
        ):
            sender.send(get("https://slow.example.com/"))
        ended.send(b"x")


@pytest.mark.parametrize(
    "ask",
    [
        Ask("GET", "http://127.0.0.1:{port}/", {"Authorization": "bearer key\n"}),
        Ask("GET", "http://127.0.0.1:{port}/", {"Authorization": "bearer key\r\nX-Other: 1"}),
        Ask("GET", "http://127.0.0.1:{port}/", {"Authorization": "bearer clé"}),
        Ask("GET", "http://127.0.0.1:{port}/", {"X-Na me": "1"}),
        Ask("GET", "http://127.0.0.1:{port}/", {"Host": "internal"}),
        Ask("POST", "http://127.0.0.1:{port}/", {"Transfer-Encoding": "chunked"}, b"x"),
        Ask("POST", "http://127.0.0.1:{port}/", {"content-length": "0"}, b"x"),
        Ask("GET", "http://127.0.0.1:{port}/", {"X-Twice": "1", "x-twice": "2"}),
        Ask("CONNECT", "http://127.0.0.1:{port}/"),
        Ask("GET / HTTP/1.1\r\nX: ", "http://127.0.0.1:{port}/"),
    ],
)
def test_a_request_that_would_say_something_else_on_the_wire_is_refused(ask):
    with (
        Server(fine) as server,
        GuardedSender(loopback(server.port)) as sender,
        pytest.raises(Refused, match="cannot be sent") as caught,
    ):
        sender.send(Ask(ask.method, ask.url.format(port=server.port), ask.headers, ask.body))

    assert server.asked == []
    assert "key" not in str(caught.value).replace("in a key", "")
