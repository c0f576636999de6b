"""Redirects and names that change their mind: every step is checked, and nothing is handed to strangers."""

import re

import pytest

from goodstanding.adapters.outbound.address import check, read_address
from goodstanding.adapters.outbound.allowed import Allowed
from goodstanding.adapters.outbound.client import GuardedSender
from goodstanding.adapters.outbound.limits import Limits
from goodstanding.adapters.outbound.message import Answer, Ask
from goodstanding.adapters.outbound.names import addresses
from goodstanding.adapters.outbound.reasons import Stopped, Why
from goodstanding.adapters.outbound.redirect import next_step
from goodstanding.adapters.outbound.trouble import Refused, Unexpected, Unreachable
from tests.adapters.outbound.servers import Server, fine, get, loopback, names, saying

PUBLIC = "93.184.216.34"


def leading(location, status="302 Found"):
    return saying(f"Location: {location}", body=b"see there", status=status)


def by_path(talk):
    """`/n` leads to `/n-1`, and `/0` is the end."""
    while asked := talk.hear():
        left = int(asked.line.split()[1].strip("/"))
        if left:
            talk.say(f"Location: /{left - 1}", status="307 Temporary Redirect")
        else:
            talk.say(body=asked.body or b"arrived")


def test_redirects_are_not_followed_unless_asked_for():
    with Server(leading("/elsewhere")) as server, GuardedSender(loopback(server.port)) as sender:
        answer = sender.send(get(f"http://127.0.0.1:{server.port}/"))

    assert (answer.status, answer.headers["location"], answer.body) == (302, "/elsewhere", b"see there")
    assert len(server.asked) == 1


def test_three_redirects_are_followed_and_a_fourth_is_not():
    with Server(by_path) as server, GuardedSender(loopback(server.port), follow=True) as sender:
        arrived = sender.send(get(f"http://127.0.0.1:{server.port}/3"))
        with pytest.raises(Refused, match="More than 3 redirects"):
            sender.send(get(f"http://127.0.0.1:{server.port}/4"))

    assert arrived.body == b"arrived"


def test_a_redirect_that_leads_in_a_circle_ends():
    with (
        Server(leading("/")) as server,
        GuardedSender(loopback(server.port), follow=True) as sender,
        pytest.raises(Refused, match="redirects"),
    ):
        sender.send(get(f"http://127.0.0.1:{server.port}/"))

    assert len(server.asked) == 4


@pytest.mark.parametrize(
    "location",
    [
        "http://10.0.0.1:{port}/admin",
        "http://127.0.0.2:{port}/admin",
        "http://0x7f000002:{port}/",
        "http://2130706434:{port}/",
        "http://[::1]:{port}/",
        "http://[::ffff:127.0.0.2]:{port}/",
        "//127.0.0.2:{port}/admin",
        "http://169.254.169.254/latest/meta-data/",
        "http://[fd00:ec2::254]/latest/",
        "http://intern.example.com:{port}/",
        "http://half.example.com:{port}/",
        "http://127.0.0.1:{port}@127.0.0.2:{port}/",
        "http://127.0.0.2:{port}\\@127.0.0.1:{port}/",
        "http://127.0.0.1:22/",
        "http://[",
        "file:///etc/passwd",
        "gopher://127.0.0.1:{port}/_x",
        "ftp://127.0.0.1/",
    ],
)
def test_a_redirect_into_a_private_network_or_out_of_http_is_refused_without_naming_it(location):
    known = names(
        odoo__example__com=["127.0.0.1"],
        intern__example__com=["127.0.0.2"],
        half__example__com=["127.0.0.1", "10.0.0.1"],
    )
    with (
        Server(fine, host="127.0.0.2") as inner,
        Server(leading(location.format(port=inner.port)), port=inner.port) as server,
        GuardedSender(loopback(server.port), follow=True, resolver=known) as sender,
        pytest.raises(Refused) as caught,
    ):
        sender.send(get(f"http://odoo.example.com:{server.port}/"))

    told = f"{caught.value.said} {caught.value.advice}"
    assert inner.connections == 0
    assert "odoo.example.com" in told
    assert not re.search(r"intern|half|\d+\.\d+\.\d+|::|passwd|admin|latest", told)


def test_a_redirect_from_public_to_private_is_refused_by_the_rule_alone():
    address = read_address("https://odoo.example.com/", Allowed())
    answer = Answer(302, {"location": "https://192.168.1.1/"}, b"")

    with pytest.raises(Refused, match="private or reserved"):
        next_step(Ask("GET", address.url), address, answer, Allowed(), "it")


@pytest.mark.parametrize("location", ["http://odoo.example.com/", "HTTP://other.example.com/"])
def test_https_never_leads_to_http_even_where_http_is_allowed(location):
    allowed = Allowed(http=True)
    address = read_address("https://odoo.example.com/", allowed)

    with pytest.raises(Stopped) as caught:
        next_step(Ask("GET", address.url), address, Answer(301, {"location": location}, b""), allowed, "it")

    assert caught.value.why == Why.DOWNGRADE


def test_credentials_follow_to_the_same_server_and_never_to_another():
    secrets = {"Authorization": "bearer key", "X-Odoo-Database": "one", "Cookie": "session_id=1", "Accept": "text/plain"}
    with Server(fine) as other, Server(leading(f"http://other.example.com:{other.port}/")) as server:
        known = names(odoo__example__com=["127.0.0.1"], other__example__com=["127.0.0.1"])
        with GuardedSender(loopback(server.port, other.port), follow=True, resolver=known) as sender:
            sender.send(Ask("GET", f"http://odoo.example.com:{server.port}/", secrets))

    assert server.asked[0].headers["authorization"] == "bearer key"
    assert set(other.asked[0].headers) == {"host", "user-agent", "accept-encoding", "accept"}

    with Server(by_path) as server, GuardedSender(loopback(server.port), follow=True) as sender:
        sender.send(Ask("GET", f"http://127.0.0.1:{server.port}/1", secrets))

    assert [asked.headers["authorization"] for asked in server.asked] == ["bearer key"] * 2


@pytest.mark.parametrize(
    "other",
    ["https://odoo.example.com:8443/", "https://www.odoo.example.com/", "https://odoo.example.com.evil.example/"],
)
def test_another_port_or_name_is_another_server(other):
    address = read_address("https://odoo.example.com/", Allowed())
    ask = Ask("GET", address.url, {"authorization": "bearer key"})

    following, _ = next_step(ask, address, Answer(307, {"location": other}, b""), Allowed(), "it")

    assert following.headers == {}


def test_a_body_is_sent_again_to_the_same_server_only():
    with Server(by_path) as server, GuardedSender(loopback(server.port), follow=True) as sender:
        answer = sender.send(Ask("POST", f"http://127.0.0.1:{server.port}/1", {}, b"login and password"))

    assert answer.body == b"login and password"

    with (
        Server(fine) as other,
        Server(leading(f"http://127.0.0.1:{other.port}/", "308 Permanent Redirect")) as server,
        GuardedSender(loopback(server.port, other.port), follow=True) as sender,
        pytest.raises(Refused, match="not handed on"),
    ):
        sender.send(Ask("POST", f"http://127.0.0.1:{server.port}/", {}, b"login and password"))

    assert other.asked == []


@pytest.mark.parametrize(
    ("status", "method", "then"),
    [
        (301, "POST", "GET"),
        (302, "POST", "GET"),
        (303, "POST", "GET"),
        (303, "PUT", "GET"),
        (303, "HEAD", "HEAD"),
        (301, "PUT", "PUT"),
        (307, "POST", "POST"),
        (308, "DELETE", "DELETE"),
        (302, "HEAD", "HEAD"),
    ],
)
def test_methods_change_as_browsers_change_them(status, method, then):
    address = read_address("https://odoo.example.com/a/b", Allowed())
    ask = Ask(method, address.url, {"Content-Type": "application/json", "Accept": "*/*"}, b"{}")

    following, target = next_step(ask, address, Answer(status, {"location": "../c?d=é"}, b""), Allowed(), "it")

    assert following.method == then
    assert following.body == (b"{}" if then == method != "HEAD" or then == "HEAD" else b"")
    assert ("Content-Type" in following.headers) == bool(following.body)
    assert target.url == following.url == "https://odoo.example.com/c?d=%E9"


def test_the_time_of_a_call_is_one_for_all_its_redirects():
    ticks = iter(range(0, 1000, 2))
    with Server(by_path) as server:
        limits = Limits(hops=50)
        with (
            GuardedSender(loopback(server.port), follow=True, limits=limits, clock=lambda: float(next(ticks))) as sender,
            pytest.raises(Unreachable, match=r"within 20 seconds|within 5 seconds"),
        ):
            sender.send(get(f"http://127.0.0.1:{server.port}/50"))

    assert len(server.asked) < 10


def changing(*answers):
    """A resolver that answers otherwise each time, as a rebinding name server does."""
    left = list(answers)
    asked = []

    def resolve(host, port):
        asked.append(host)
        return left.pop(0) if len(left) > 1 else left[0]

    return resolve, asked


def test_a_name_that_was_public_when_it_was_looked_at_is_checked_again_when_it_is_asked():
    resolve, _ = changing([PUBLIC], ["127.0.0.1"])
    check(addresses(resolve, "rebind.example.com", 443, seconds=5), Allowed())

    with Server(fine) as inner:
        allowed = Allowed(http=True, ports=frozenset({inner.port}))
        with GuardedSender(allowed, resolver=resolve) as sender, pytest.raises(Refused, match="private or reserved"):
            sender.send(get(f"http://rebind.example.com:{inner.port}/"))

    assert inner.connections == 0


def test_the_address_that_was_checked_is_the_one_connected_to():
    resolve, asked = changing(["127.0.0.1"], ["127.0.0.2"])
    with (
        Server(fine, host="127.0.0.2") as inner,
        Server(saying("Connection: close", body=b"outer"), port=inner.port) as outer,
        GuardedSender(loopback(outer.port), resolver=resolve) as sender,
    ):
        answer = sender.send(get(f"http://rebind.example.com:{outer.port}/"))
        assert asked == ["rebind.example.com"]
        with pytest.raises(Refused, match="private or reserved"):
            sender.send(get(f"http://rebind.example.com:{outer.port}/"))

    assert answer.body == b"outer"
    assert inner.connections == 0


def test_a_redirect_back_to_the_same_name_does_not_reach_what_the_name_means_now():
    resolve, _ = changing(["127.0.0.1"], ["127.0.0.2"])
    with Server(fine, host="127.0.0.2") as inner:
        back = saying("Location: /again", "Connection: close", status="302 Found")
        with (
            Server(back, port=inner.port) as outer,
            GuardedSender(loopback(outer.port), follow=True, resolver=resolve) as sender,
            pytest.raises(Refused, match=r"that rebind\.example\.com sends callers on to"),
        ):
            sender.send(get(f"http://rebind.example.com:{outer.port}/"))

    assert inner.connections == 0


def test_a_redirect_to_something_unreadable_is_not_followed():
    with (
        Server(leading("http://[::1/")) as server,
        GuardedSender(loopback(server.port), follow=True) as sender,
        pytest.raises((Refused, Unexpected), match="cannot be read"),
    ):
        sender.send(get(f"http://127.0.0.1:{server.port}/"))
