"""A real SMTP server on loopback that keeps what it takes, and can be told to refuse."""

import socket
from contextlib import contextmanager

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from goodstanding.adapters.mail.imap import Security
from goodstanding.adapters.mail.smtp import Server
from tests.adapters.mail.imapserver import HOST, certificates

LOGIN, PASSWORD = "desk", "a p@ssword"


class Postman:
    """Takes letters in; `refuses` holds what it answers to a command instead."""

    def __init__(self):
        self.letters = []
        self.refuses = {}
        self.visits = 0

    async def handle_EHLO(self, server, session, envelope, hostname, responses):  # noqa: N802 - aiosmtpd's name
        session.host_name = hostname
        # Who asks for encryption says hello twice.
        self.visits += server.transport.get_extra_info("ssl_object") is not None or server.tls_context is None
        return responses

    async def handle_MAIL(self, server, session, envelope, address, mail_options):  # noqa: N802 - aiosmtpd's name
        if "MAIL" in self.refuses:
            return self.refuses["MAIL"]
        envelope.mail_from = address
        envelope.mail_options.extend(mail_options)
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):  # noqa: N802 - aiosmtpd's name
        if "RCPT" in self.refuses:
            return self.refuses["RCPT"]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd's name
        if "DATA" in self.refuses:
            return self.refuses["DATA"]
        self.letters.append(
            (
                envelope.mail_from,
                envelope.rcpt_tos,
                envelope.original_content,
                server.transport.get_extra_info("ssl_object") is not None,
            )
        )
        return "250 taken"


def _known(server, session, envelope, mechanism, data):
    return AuthResult(success=(data.login, data.password) == (LOGIN.encode(), PASSWORD.encode()), handled=False)


@contextmanager
def posting(folder, security="tls", *, login=False, utf8=True):
    """Run a server; yields what it took, how to reach it, and the authorities to believe. With `utf8` it takes any address."""
    context, trusted = certificates(folder)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    postman = Postman()
    asked = {"authenticator": _known, "auth_required": True} if login else {}
    if security == "tls":
        asked |= {"ssl_context": context, "auth_require_tls": False}
    elif security == "starttls":
        asked |= {"tls_context": context, "require_starttls": True}
    controller = Controller(postman, hostname="127.0.0.1", port=port, enable_SMTPUTF8=utf8, **asked)
    controller.start()
    try:
        given = {"login": LOGIN, "password": PASSWORD} if login else {}
        yield postman, Server(host=HOST, port=port, security=Security(security), **given), trusted
    finally:
        controller.stop()


def loopback(host):
    """Lead every name to this machine."""
    return "127.0.0.1"
