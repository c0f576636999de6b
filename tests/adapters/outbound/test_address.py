"""Addresses as people and attackers type them: what is refused, what is taken, and that both readers agree."""

import re
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from goodstanding.adapters.outbound.address import read_address
from goodstanding.adapters.outbound.allowed import Allowed
from goodstanding.adapters.outbound.client import GuardedSender
from goodstanding.adapters.outbound.limits import Limits
from goodstanding.adapters.outbound.networks import public
from goodstanding.adapters.outbound.reasons import Why, trouble
from goodstanding.adapters.outbound.trouble import Refused, Trouble
from tests.adapters.outbound.servers import get, names

PUBLIC = "93.184.216.34"
ANYWHERE = Allowed(http=True, ports=frozenset(range(1, 65536)))
"""Every scheme and port, so that only the host can be a reason to refuse."""

NUMBERS = [
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "127.255.255.254",
    "2130706433",
    "017700000001",
    "0x7f000001",
    "0x7f.0.0.1",
    "0x7F.0x0.0x0.0x1",
    "0177.0.0.1",
    "0127.0.0.1",
    "127.0.0.1.",
    "127.0.0.1..",
    "0",
    "0.0.0.0",  # noqa: S104 - refused, never listened on
    "0x0",
    "1.2.3.4.5",
    "256.256.256.256",
    "93.184.216.0x22",
    "1572395042",
    "[::1]",
    "[::]",
    "[0:0:0:0:0:0:0:1]",
    "[::127.0.0.1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::ffff:93.184.216.34]",
    "[::ffff:0:127.0.0.1]",
    "[fc00::1]",
    "[fd12:3456:789a::1]",
    "[fe80::1]",
    "[fe80::1%25eth0]",
    "[fe80::1%eth0]",
    "[fec0::1]",
    "169.254.169.254",
    "[fd00:ec2::254]",
    "[::ffff:169.254.169.254]",
    "100.100.100.200",
    "168.63.129.16",
    "100.64.0.1",
    "100.127.255.255",
    "10.0.0.1",
    "10.255.255.255",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.0.1",
    "192.168.255.255",
    "192.0.0.1",
    "192.0.0.170",
    "192.0.2.1",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.1",
    "203.0.113.1",
    "192.88.99.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "[ff02::1]",
    "[ff0e::1]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b::10.0.0.1]",
    "[64:ff9b:1::1]",
    "[2002:7f00:1::1]",
    "[2002:5db8:d822::1]",
    "[2001::1]",
    "[2001:0:53aa:64c:0:fbff:80ff:fffe]",
    "[2001:db8::1]",
    "[2001:10::1]",
    "[2001:20::1]",
    "[3fff::1]",
    "[100::1]",
    "[5f00::1]",
    "[1.2.3.4]",
    "[::1",
    "::1",
    "[]",
]
NAMES = [
    "",
    ".",
    "..",
    ".example.com",
    "odoo..example.com",
    "odoo.example.com..",
    "localhost",
    "localhost.",
    "LOCALHOST",
    "intranet",
    "-odoo.example.com",
    "odoo-.example.com",
    "odoo%2eexample.com",
    "odoo.example.com%00",
    "odoo.example.com%0d%0aHost:x",
    "odoo!example.com",
    "odoo,example.com",
    "odoo*.example.com",
    "{odoo}.example.com",
    "odoo.example.com;x",
    "a" * 64 + ".example.com",
    ".".join(["a" * 60] * 5),
    "xn--a.example.com",
    "xn--.example.com",
    "１２７.0.0.1",
    "127。0。0。1",
    "①②⑦.⓪.⓪.①",
    "ⓔⓧⓐⓜⓟⓛⓔ.com",
    "odoo．example.com",
    "odoo。example.com",
    "ｌｏｃａｌｈｏｓｔ",
    "exаmple.com",  # the third letter is Cyrillic
    "οdoo.example.com",  # the first letter is Greek
    "xn--exmple-4nf.com",  # the same in ASCII
    "odoo\u200b.example.com",
    "odoo\u00ad.example.com",
    "odoo\u202emoc.elpmaxe",
    "☃.example.com",
    "odoo\u2024example.com",
    "odoo\u2044x.example.com",
]
WHOLE = [
    "",
    "odoo.example.com",
    "//odoo.example.com/",
    "https:odoo.example.com",
    "https:/odoo.example.com",
    "https:///odoo.example.com",
    "ftp://odoo.example.com/",
    "file:///etc/passwd",
    "gopher://odoo.example.com:443/_x",
    "dict://odoo.example.com/",
    "ldap://odoo.example.com/",
    "data:text/html,x",
    "javascript:alert(1)",
    "jar:https://odoo.example.com!/",
    "unix:///var/run/docker.sock",
    "http+unix://odoo.example.com/",
    "wss://odoo.example.com/",
    "https://user@odoo.example.com/",
    "https://user:hunter2@odoo.example.com/",
    "https://@odoo.example.com/",
    "https://odoo.example.com@127.0.0.1/",
    "https://127.0.0.1@odoo.example.com/",
    "https://odoo.example.com:443@127.0.0.1/",
    "https://odoo.example.com\\@127.0.0.1/",
    "https://127.0.0.1\\@odoo.example.com/",
    "https:\\\\odoo.example.com/",
    "https://odoo.example.com\\.evil.example/",
    "https://odoo.example.com/\\..\\x",
    "https://127.0.0.1#@odoo.example.com/",
    "https://127.0.0.1?@odoo.example.com/",
    "https://odoo.example.com:0/",
    "https://odoo.example.com:/",
    "https://odoo.example.com:65536/",
    "https://odoo.example.com:0443/",
    "https://odoo.example.com:443443443/",
    "https://odoo.example.com:+443/",
    "https://odoo.example.com:４４３/",
    "https://odoo.example.com:443:80/",
    "https://odoo.example.com:http/",
    " https://odoo.example.com/",
    "https://odoo.example.com/ ",
    "https://odoo.example.com/\r\nX-Injected: 1",
    "https://odoo.example.com\r\n/",
    "https://odoo.example.com/\n",
    "https://odoo.ex\tample.com/",
    "ht\ntps://odoo.example.com/",
    "https://odoo.example.com/\0",
    "https://odoo.example.com/\u2028x",
    "https://odoo .example.com/",
    "https://odoo.example.com/\ud800",
    "https://odoo.example.com/" + "a" * 2000,
]
CLOSED = [
    "http://odoo.example.com/",
    "http://93.184.216.34/",
    "https://odoo.example.com:22/",
    "https://odoo.example.com:25/",
    "https://odoo.example.com:80/",
    "https://odoo.example.com:5432/",
    "https://odoo.example.com:6379/",
    "https://odoo.example.com:11211/",
]


def refused(text, allowed):
    with pytest.raises(Refused) as caught:
        read_address(text, allowed)
    assert caught.value.advice
    told = f"{caught.value.said} {caught.value.advice}"
    assert not re.search(r"\d+\.\d+\.\d+\.\d+|::|hunter2", told)
    return told


def test_the_corpus_is_larger_than_was_asked_for():
    assert len({*NUMBERS, *NAMES, *WHOLE, *CLOSED}) >= 150


@pytest.mark.parametrize("host", NUMBERS + NAMES)
@pytest.mark.parametrize("form", ["https://{}/", "https://{}:8069/web", "http://{}/"])
def test_hosts_that_are_refused_before_anything_is_looked_up(host, form):
    assert refused(form.format(host), ANYWHERE)


@pytest.mark.parametrize("text", WHOLE)
def test_texts_that_are_not_an_address_to_ask(text):
    assert refused(text, ANYWHERE)


def test_a_password_in_an_address_is_called_what_it_is():
    for text in ("https://user:hunter2@odoo.example.com/", "https://odoo.example.com@odoo.example.com/"):
        assert "holds a user name or a password" in refused(text, ANYWHERE)


@pytest.mark.parametrize("text", CLOSED)
def test_schemes_and_ports_that_nobody_allowed(text):
    assert refused(text, Allowed())


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://odoo.example.com", "https://odoo.example.com/"),
        ("HTTPS://Odoo.Example.COM/Web", "https://odoo.example.com/Web"),
        ("https://odoo.example.com:443/", "https://odoo.example.com/"),
        ("https://odoo.example.com:8069/", "https://odoo.example.com:8069/"),
        ("https://odoo.example.com:8443", "https://odoo.example.com:8443/"),
        ("https://odoo.example.com./web", "https://odoo.example.com/web"),
        ("https://odoo.example.com/web#action=1&menu=2", "https://odoo.example.com/web"),
        ("https://odoo.example.com?db=one", "https://odoo.example.com/?db=one"),
        ("https://odoo.example.com/a/../b?x=%20&y=[1]@:'", "https://odoo.example.com/a/../b?x=%20&y=[1]@:'"),
        ("https://odoo.example.com/straße", "https://odoo.example.com/stra%C3%9Fe"),
        ("https://my_company.odoo.com", "https://my_company.odoo.com/"),
        ("https://bücher.example", "https://xn--bcher-kva.example/"),
        ("https://BÜCHER.example", "https://xn--bcher-kva.example/"),
        ("https://bu\u0308cher.example", "https://xn--bcher-kva.example/"),
        ("https://xn--bcher-kva.example", "https://xn--bcher-kva.example/"),
        ("https://пример.example", "https://xn--e1afmkfd.example/"),
        ("https://例え.example", "https://xn--r8jz45g.example/"),
        ("https://93.184.216.34", "https://93.184.216.34/"),
        ("https://8.8.8.8:8443/x", "https://8.8.8.8:8443/x"),
        ("https://[2606:4700:4700:0::1111]/", "https://[2606:4700:4700::1111]/"),
        ("https://[2A00:1450:4001:82B::200E]:8069/", "https://[2a00:1450:4001:82b::200e]:8069/"),
        ("https://1password.example", "https://1password.example/"),
        ("https://192.168.0.1.example.com", "https://192.168.0.1.example.com/"),
    ],
)
def test_addresses_of_the_public_web_are_taken_in_one_spelling(text, url):
    assert read_address(text, Allowed()).url == url


@pytest.mark.parametrize(
    "found",
    [[PUBLIC], [PUBLIC, "1.1.1.1"], ["2606:4700:4700::1111", PUBLIC]],
)
def test_hosts_with_only_public_addresses_may_be_connected_to(found):
    assert all(Allowed().address(ip_address(each)) for each in found)


@pytest.mark.parametrize(
    "found",
    [
        ["127.0.0.1"],
        ["::1"],
        ["10.1.2.3"],
        ["169.254.169.254"],
        ["fd00:ec2::254"],
        ["fe80::1%2"],
        ["::ffff:93.184.216.34"],
        [PUBLIC, "10.0.0.1"],
        ["10.0.0.1", PUBLIC],
        [PUBLIC, "::1"],
        ["2606:4700:4700::1111", "fd00::1"],
        [PUBLIC, "1.1.1.1", "8.8.8.8", "8.8.4.4", "9.9.9.9", "1.0.0.1", "93.184.216.35", "192.168.1.1"],
    ],
)
def test_a_name_with_any_address_that_is_not_public_is_refused_whole(found):
    with GuardedSender(resolver=names(odoo__example__com=found)) as sender, pytest.raises(Refused) as caught:
        sender.send(get("https://odoo.example.com/"))

    assert caught.value.said == "No connection to odoo.example.com: it leads into a private or reserved network."
    assert "GOODSTANDING_ALLOW_NETWORKS" in caught.value.advice
    assert not caught.value.again


def test_a_name_that_leads_home_is_refused_however_it_is_spelled():
    sender = GuardedSender(resolver=names(localtest__example=["127.0.0.1"], xn__=[]))

    with sender:
        for text in ("https://localtest.example/", "https://LOCALTEST.example./", "https://localtest.example:8069/x"):
            with pytest.raises(Refused, match="private or reserved"):
                sender.send(get(text))


@given(st.ip_addresses())
@example(IPv4Address("168.63.129.16"))
@example(IPv6Address("ff0e::1"))
def test_nothing_is_public_that_the_standard_library_calls_private(address):
    if public(address):
        assert address.is_global
        assert not any((address.is_multicast, address.is_reserved, address.is_link_local, address.is_unspecified))


@given(st.ip_addresses(v=4, network="0.0.0.0/0"))
def test_an_ipv4_address_is_never_public_in_the_clothes_of_an_ipv6_address(address):
    number = int(address)
    dressed = [number, 0xFFFF << 32 | number, 0xFFFF << 48 | number, (0x64FF9B << 96) | number, (0x2002 << 112) | number << 80]
    dressed.append((0x20010000 << 96) | (number ^ 0xFFFFFFFF))

    assert not any(public(IPv6Address(each)) for each in dressed)


def spelled(number):
    first, rest = number >> 24, number & 0xFFFFFF
    parts = [number >> shift & 255 for shift in (24, 16, 8, 0)]
    return [
        str(number),
        hex(number),
        f"0{number:o}",
        f"{first}.{rest}",
        f"{first}.{parts[1]}.{rest & 0xFFFF}",
        ".".join(f"0{part:o}" for part in parts),
        ".".join(map(hex, parts)),
        ".".join(f"{part:03}" for part in parts),
    ]


@given(st.integers(0, 2**32 - 1), st.integers(0, 7))
def test_a_number_in_any_other_spelling_is_refused_or_what_it_looks_like(number, spelling):
    text = spelled(number)[spelling]

    try:
        address = read_address(f"https://{text}/", Allowed())
    except Refused:
        return
    assert address.host == text == str(IPv4Address(text))
    assert ip_address(text).is_global


LABELS = st.text(st.sampled_from("ab09-_xn%@\\Aéжａ"), min_size=1, max_size=6)
HOSTS = st.lists(LABELS | st.sampled_from(["com", "example", "1", "0x1", "xn--bcher-kva"]), min_size=1, max_size=4).map(
    ".".join
)
PORTS = st.sampled_from(["", "", ":443", ":8069", ":08069", ":", ":80", ":22", ":-1"])
TARGETS = st.sampled_from(["", "/"]) | st.text(st.sampled_from("/a?&=%2f#@:.;é\"'<[ \r\n\\"), max_size=12).map("/{}".format)


@given(st.sampled_from(["https://", "http://", "HTTPS://", "https:/"]), HOSTS, st.sampled_from(["", "", "."]), PORTS, TARGETS)
def test_whatever_is_taken_is_read_the_same_by_everybody(start, host, dot, port, target):
    try:
        address = read_address(start + host + dot + port + target, Allowed(http=True))
    except Refused:
        return
    again = urlsplit(address.url)

    assert read_address(address.url, Allowed(http=True)) == address
    assert (again.scheme, again.hostname, again.username) == (address.scheme, address.host, None)
    assert (again.port or {"https": 443, "http": 80}[again.scheme]) == address.port
    assert re.fullmatch(r"[a-z0-9._-]+", address.host)
    assert re.fullmatch(r"/[!-~]*", address.target)


@given(st.text(max_size=40))
def test_any_text_at_all_is_refused_or_taken_and_nothing_else(text):
    for start in ("", "https://", "https://odoo.example.com/"):
        try:
            address = read_address(start + text, Allowed())
        except Refused:
            continue
        assert address.scheme == "https"
        assert address.port in Allowed().ports


@given(st.ip_addresses(), st.integers(8, 30))
def test_an_allowed_network_allows_its_own_addresses_and_no_other(address, bits):
    network = (IPv4Network if address.version == 4 else IPv6Network)((address, bits), strict=False)
    allowed = Allowed.parse(str(network))
    host = f"[{address}]" if address.version == 6 else str(address)

    assert read_address(f"https://{host}/", allowed).ip == address
    outside = network.network_address + network.num_addresses if int(network[-1]) + 1 < 2**address.max_prefixlen else None
    if outside is not None:
        assert allowed.address(outside) == public(outside)


def test_a_network_of_the_operator_opens_names_without_a_dot_and_nothing_else():
    allowed = Allowed.parse("172.18.0.0/16, fd00:12::/32", http=True)

    assert read_address("http://odoo:8069/web", allowed).url == "http://odoo:8069/web"
    assert read_address("http://odoo/", allowed).url == "http://odoo/"
    assert read_address("http://172.18.0.5:8069/", allowed).port == 8069
    for text in ("http://172.19.0.5/", "https://127.0.0.1/", "http://odoo:22/", "http://[::ffff:172.18.0.5]/"):
        refused(text, allowed)


@pytest.mark.parametrize("text", ["10.0.0.5/8", "10.0.0.0/33", "office", "0.0.0.0/0", "::/0", "10.0.0.0/8; 10.1.0.0/16"])
def test_networks_that_cannot_be_meant_are_told_to_the_operator(text):
    with pytest.raises(ValueError, match=r"network|every address"):
        Allowed.parse(text)


def test_no_networks_are_none():
    assert Allowed.parse(" ") == Allowed.parse(",") == Allowed()


@pytest.mark.parametrize("why", Why)
def test_every_reason_is_told_in_a_sentence_with_advice(why):
    told = trouble(why, "odoo.example.com", Limits())

    assert isinstance(told, Trouble)
    assert "{" not in told.said + told.advice
    assert "odoo.example.com" in told.said
    assert told.said == str(told)
    assert told.advice.endswith((".", "https://"))
