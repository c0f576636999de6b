"""Encrypted connections: to the address that was checked, for the name that was asked."""

import ipaddress
import ssl
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from goodstanding.adapters.outbound.allowed import Allowed
from goodstanding.adapters.outbound.client import GuardedSender
from goodstanding.adapters.outbound.limits import Limits
from goodstanding.adapters.outbound.trouble import Refused, Unreachable
from tests.adapters.outbound.servers import Server, fine, get, names

NOW = datetime.now(UTC)
TO_SELF = names(odoo__example__com=["127.0.0.1"], other__example__com=["127.0.0.1"])


class Authority:
    """A certificate authority of the tests' own."""

    def __init__(self):
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Authority of a test")])
        self.certificate = self._sign(self.name, self.key, NOW + timedelta(days=1), ca=True)

    def trust(self):
        return ssl.create_default_context(cadata=self.certificate.public_bytes(serialization.Encoding.PEM).decode())

    def server(self, folder, *hosts, until=NOW + timedelta(days=1)):
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = self._sign(x509.Name([]), key, until, hosts=hosts)
        path = folder / f"{hosts[0]}.pem"
        path.write_bytes(
            certificate.public_bytes(serialization.Encoding.PEM)
            + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context

    def _sign(self, name, key, until, *, hosts=(), ca=False):
        built = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self.name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(NOW - timedelta(days=30))
            .not_valid_after(until)
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False)
        )
        if ca:
            usage = x509.KeyUsage(
                digital_signature=True,
                content_commitment=False,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                key_cert_sign=True,
                crl_sign=True,
                encipher_only=False,
                decipher_only=False,
            )
            built = built.add_extension(usage, critical=True)
        if hosts:
            alternatives = [
                x509.IPAddress(ipaddress.ip_address(host)) if host[0].isdigit() else x509.DNSName(host) for host in hosts
            ]
            built = built.add_extension(x509.SubjectAlternativeName(alternatives), critical=not name.rdns)
        return built.sign(self.key, hashes.SHA256())


@pytest.fixture(scope="module")
def authority():
    return Authority()


def allowed(server):
    return Allowed.parse("127.0.0.1/32", ports=frozenset({server.port}))


def test_the_name_is_asked_for_and_verified_while_the_checked_address_is_connected_to(authority, tmp_path):
    asked_for = []
    context = authority.server(tmp_path, "odoo.example.com")
    context.sni_callback = lambda connection, name, _: asked_for.append(name)
    with (
        Server(fine, tls=context) as server,
        GuardedSender(allowed(server), resolver=TO_SELF, trust=authority.trust()) as sender,
    ):
        answers = [sender.send(get(f"https://odoo.example.com:{server.port}/")) for _ in range(3)]

    assert [answer.body for answer in answers] == [b"fine"] * 3
    assert asked_for == ["odoo.example.com"]
    assert server.connections == 1
    assert server.asked[0].headers["host"] == f"odoo.example.com:{server.port}"


def test_an_address_that_is_a_number_is_verified_as_one(authority, tmp_path):
    with (
        Server(fine, tls=authority.server(tmp_path, "127.0.0.1")) as server,
        GuardedSender(allowed(server), trust=authority.trust()) as sender,
    ):
        answer = sender.send(get(f"https://127.0.0.1:{server.port}/"))

    assert answer.body == b"fine"


def test_a_certificate_for_another_name_is_refused(authority, tmp_path):
    with (
        Server(fine, tls=authority.server(tmp_path, "odoo.example.com")) as server,
        GuardedSender(allowed(server), resolver=TO_SELF, trust=authority.trust()) as sender,
    ):
        with pytest.raises(Refused, match=r"certificate of other\.example\.com was issued for another name"):
            sender.send(get(f"https://other.example.com:{server.port}/"))
        with pytest.raises(Refused, match="certificate of this address was issued for another name"):
            sender.send(get(f"https://127.0.0.1:{server.port}/"))

    assert server.asked == []


def test_an_expired_certificate_is_refused(authority, tmp_path):
    context = authority.server(tmp_path, "odoo.example.com", until=NOW - timedelta(days=2))
    with (
        Server(fine, tls=context) as server,
        GuardedSender(allowed(server), resolver=TO_SELF, trust=authority.trust()) as sender,
        pytest.raises(Refused, match="has expired"),
    ):
        sender.send(get(f"https://odoo.example.com:{server.port}/"))


def test_a_certificate_of_an_unknown_authority_is_refused_with_the_trust_that_is_shipped(authority, tmp_path):
    with (
        Server(fine, tls=authority.server(tmp_path, "odoo.example.com")) as server,
        GuardedSender(allowed(server), resolver=TO_SELF) as sender,
        pytest.raises(Refused, match="cannot be trusted"),
    ):
        sender.send(get(f"https://odoo.example.com:{server.port}/"))

    assert server.asked == []


def test_a_server_without_tls_is_refused():
    def script(talk):
        talk.socket.recv(1000)
        talk.socket.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        talk.wait_for_the_end()

    with (
        Server(script) as server,
        GuardedSender(allowed(server), resolver=TO_SELF) as sender,
        pytest.raises(Refused, match="No encrypted connection to odoo"),
    ):
        sender.send(get(f"https://odoo.example.com:{server.port}/"))


def test_a_handshake_that_does_not_go_on_is_given_up_on():
    with (
        Server(lambda talk: talk.wait_for_the_end()) as server,
        GuardedSender(allowed(server), resolver=TO_SELF, limits=Limits(connect_seconds=0.2, total_seconds=600)) as sender,
        pytest.raises(Unreachable, match=r"within 0\.2 seconds"),
    ):
        sender.send(get(f"https://odoo.example.com:{server.port}/"))


def test_a_handshake_that_is_hung_up_on_may_be_tried_again():
    with (
        Server(lambda talk: talk.socket.recv(1)) as server,
        GuardedSender(allowed(server), resolver=TO_SELF) as sender,
        pytest.raises(Unreachable, match="No connection"),
    ):
        sender.send(get(f"https://odoo.example.com:{server.port}/"))


def test_an_encrypted_answer_that_does_not_come_is_given_up_on(authority, tmp_path):
    with Server(lambda talk: talk.wait_for_the_end(), tls=authority.server(tmp_path, "odoo.example.com")) as server:
        limits = Limits(total_seconds=0.3)
        with (
            GuardedSender(allowed(server), resolver=TO_SELF, trust=authority.trust(), limits=limits) as sender,
            pytest.raises(Unreachable, match=r"within 0\.3 seconds"),
        ):
            sender.send(get(f"https://odoo.example.com:{server.port}/"))
