"""Sending a letter by SMTP (RFC 5321): to the server's own address and no other, encrypted, within time limits."""

import io
import smtplib
import socket
import ssl
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from functools import cache
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from goodstanding.adapters.mail.addresses import in_ascii
from goodstanding.adapters.mail.imap import Allow, Patience, Security, Timed
from goodstanding.adapters.outbound.trouble import Refused, Trouble, Unexpected, Unreachable

_SCHEMES: Final = {
    "smtps": (Security.TLS, 465),
    "smtp": (Security.STARTTLS, 587),
    "smtp+plain": (Security.PLAIN, 25),
}

_TOO_LARGE: Final = 552
"""What a server says to a letter above its limit, whose size is told before it (RFC 1870 6.1)."""
_GOING_AWAY: Final = 421
"""What a server says when it closes the connection (RFC 5321 3.8)."""


class NoSuchRecipient(Refused):
    """The server takes no mail for this address, now or later: nobody has to change anything but the address."""


class LetterRefused(Refused):
    """The server will not have this letter, now or later; others it may take."""


class NotNow(Unreachable):
    """The server does not take this letter at the moment; others it may take."""


class LineLost(Unreachable):
    """The server ended the connection before anything of the letter was handed over: it can be sent at once on another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A mail server and how to get in; without a login nobody logs in."""

    host: str
    port: int
    security: Security
    login: str = ""
    password: str = field(default="", repr=False)


def server_of(url: str) -> Server:
    """Read a server as an operator writes it: `smtps://user:password@host:465` for TLS, `smtp://` for STARTTLS.

    `smtp+plain://` sends unencrypted, for a relay on the same machine. User and password are percent-encoded. Raises
    `ValueError` with a sentence that never repeats the password.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise ValueError("the mail server's address cannot be read: write smtps://user:password@host:465") from error
    if parts.scheme not in _SCHEMES or not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError("the mail server's address is written smtps://user:password@host:465, or smtp:// for STARTTLS")
    security, usual = _SCHEMES[parts.scheme]
    login, password = unquote(parts.username or ""), unquote(parts.password or "")
    if any(letter in "\r\n\0" for letter in login + password):
        raise ValueError("the mail server's user or password holds a line end")
    return Server(host=parts.hostname, port=port or usual, security=security, login=login, password=password)


def send(
    server: Server,
    message: EmailMessage,
    *,
    sender: str,
    recipient: str,
    allow: Allow,
    tls: ssl.SSLContext | None = None,
    patience: Patience | None = None,
) -> None:
    """Hand a letter to a server; when this returns, the server has taken it upon itself.

    `sender` is where reports of failure go, `recipient` who gets it. `allow` says which address a host's name may be
    connected to, `tls` which authorities are believed, by default the system's. Raises `Unreachable` where trying again may
    help, `NoSuchRecipient` and `Refused` where it will not, `Unexpected` for answers that make no sense; none of them holds
    the password or what the server wrote. After `Unreachable` the letter may have gone out all the same.
    """
    with connected(server, allow=allow, tls=tls, patience=patience) as line:
        line.send(message, sender=sender, recipient=recipient)


class Line:
    """An open connection to a server, by which letters are sent one after the other."""

    def __init__(self, connection: "_Connection", server: Server, patience: Patience) -> None:
        self._connection, self._server, self._patience = connection, server, patience
        self.letters = 0
        """How many letters were handed over."""

    @property
    def is_open(self) -> bool:
        """Whether the next letter can be tried on it."""
        return self._connection.sock is not None

    def send(self, message: EmailMessage, *, sender: str, recipient: str) -> None:
        """Hand a letter over; when this returns, the server has taken it upon itself. Raises as `send` of this module does.

        `LetterRefused` and `NotNow` concern the letter and `NoSuchRecipient` its address, and the line stays open; after
        `LineLost` nothing was handed over, after any other `Unreachable` the letter may have gone out all the same.
        """
        if any(letter in address for address in (sender, recipient) for letter in "\r\n\0 <>") or not (sender and recipient):
            raise NoSuchRecipient("An address of this letter holds a character that none has.")
        try:
            sender, recipient = in_ascii(sender), in_ascii(recipient)
        except ValueError:
            raise NoSuchRecipient("An address of this letter has a domain that is none.") from None
        self._must_take(sender, recipient)
        self._connection.give(self._patience.visit)
        with _told_as_trouble(self._server):
            self._connection.send_message(message, from_addr=sender, to_addrs=[recipient])
        self.letters += 1

    def _must_take(self, sender: str, recipient: str) -> None:
        """Raise where the server does not take letters beyond ASCII before the `@` (RFC 6531): it is asked for nothing then."""
        if self._connection.has_extn("smtputf8"):
            return
        host = self._server.host[:100]
        if not sender.isascii():
            raise Refused(f"{host} takes no mail from an address beyond ASCII.", advice="Check GOODSTANDING_MAIL_FROM.")
        if not recipient.isascii():
            raise NoSuchRecipient(
                f"{host} takes no mail for an address with letters beyond ASCII before the @.",
                advice="Ask for another address.",
            )


@contextmanager
def connected(
    server: Server, *, allow: Allow, tls: ssl.SSLContext | None = None, patience: Patience | None = None
) -> Iterator[Line]:
    """Open a line to a server, log in, and close it at the end; arguments and failures are those of `send`.

    `patience` bounds the opening, and then each letter anew.
    """
    address = allow(server.host)
    context = tls or _system_trust()
    given = patience or Patience()
    with _told_as_trouble(server):
        connection = _Connection(server, address, context, given)
    try:
        with _told_as_trouble(server):
            if server.security is Security.STARTTLS:
                connection.starttls(context=context)
            if server.login:
                connection.login(server.login, server.password)
            connection.ehlo_or_helo_if_needed()
        yield Line(connection, server, given)
    finally:
        connection.leave()


@cache
def _system_trust() -> ssl.SSLContext:
    """The authorities of this machine, read once: that takes longer than a letter does."""
    return ssl.create_default_context()


@contextmanager
def _told_as_trouble(server: Server) -> Iterator[None]:
    host = server.host[:100]
    try:
        yield
    except Trouble:
        raise
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        if all(code >= 500 for code in codes):
            raise NoSuchRecipient(f"{host} takes no mail for this address.", advice="Check the contact's address.") from None
        raise NotNow(f"{host} does not take mail for this address at the moment.") from None
    except smtplib.SMTPDataError as error:
        if error.smtp_code < 500:
            raise NotNow(f"{host} does not take this letter at the moment.") from None
        raise LetterRefused(f"{host} refused the letter.", advice="It may be too large, or look like spam.") from None
    except smtplib.SMTPAuthenticationError:
        raise Refused(f"{host} does not accept the login and password.", advice="Check GOODSTANDING_SMTP_URL.") from None
    except smtplib.SMTPNotSupportedError:
        raise Refused(
            f"{host} offers no encryption or no login on this port.", advice="Use smtps://, or another port."
        ) from None
    except smtplib.SMTPResponseException as error:
        if error.smtp_code < 500:
            raise Unreachable(f"{host} does not take mail at the moment.") from None
        if error.smtp_code == _TOO_LARGE:
            raise LetterRefused(f"{host} refused the letter: it is too large.") from None
        raise Refused(f"{host} takes no mail from us.", advice="Check that it may send from GOODSTANDING_MAIL_FROM.") from None
    except smtplib.SMTPServerDisconnected as error:
        raise Unreachable(f"{host} broke the connection off.") from error
    except smtplib.SMTPException as error:
        raise Unexpected(f"{host} answered in a way that SMTP does not know.") from error
    except ssl.SSLCertVerificationError as error:
        raise Refused(
            f"The certificate of {host} is not one for that name by an authority that is believed.",
            advice="Check the server's name; a self-signed certificate is not accepted.",
        ) from error
    except ssl.SSLError as error:
        raise Refused(f"{host} does not speak TLS on port {server.port}.", advice="465 is usual for smtps://.") from error
    except TimeoutError as error:
        raise Unreachable(f"{host} does not answer in time.", advice="Check the server's name and port.") from error
    except OSError as error:
        raise Unreachable(f"{host} cannot be reached on port {server.port}.", advice="Check that it is up.") from error


class _Connection(smtplib.SMTP):
    """An SMTP connection to an address that was allowed, which takes no more time than it was given."""

    def __init__(self, server: Server, address: str, context: ssl.SSLContext, patience: Patience) -> None:
        self._server, self._address, self._context, self._patience = server, address, context, patience
        self._ends = time.monotonic() + patience.visit
        self._reader: tuple[socket.socket, io.BufferedReader] | None = None
        # What it calls itself says nothing of this machine's name.
        super().__init__(server.host, server.port, local_hostname="goodstanding.invalid", timeout=patience.connect)
        assert self.sock is not None  # noqa: S101 - connected, or it has raised
        self.sock.settimeout(patience.answer)

    def _get_socket(self, host: str, port: int, timeout: float | None) -> socket.socket:
        plain = socket.create_connection((self._address, port), timeout)
        if self._server.security is not Security.TLS:
            return plain
        try:
            return self._context.wrap_socket(plain, server_hostname=self._server.host)
        except BaseException:
            plain.close()
            raise

    def give(self, seconds: float) -> None:
        """Give what comes next so much time."""
        self._ends = time.monotonic() + seconds
        self._reader = None

    def mail(self, sender: str, options: Sequence[str] = ()) -> tuple[int, bytes]:
        """Begin a letter."""
        try:
            code, said = super().mail(sender, options)
        except smtplib.SMTPServerDisconnected:
            raise self._lost() from None
        except TimeoutError:
            raise
        except OSError as error:
            raise self._lost() from error
        if code == _GOING_AWAY:
            self.close()
            raise self._lost()
        return code, said

    def _lost(self) -> LineLost:
        return LineLost(f"{self._server.host[:100]} broke the connection off.")

    @property
    def file(self) -> Any:
        """What the server says, read no longer than an answer and the whole visit may take."""
        if self.sock is None:
            return None
        # STARTTLS puts another socket in the place of the first.
        if self._reader is None or self._reader[0] is not self.sock:
            self._reader = (self.sock, io.BufferedReader(Timed(self.sock, self._patience, self._ends)))
        return self._reader[1]

    @file.setter
    def file(self, value: Any) -> None:
        if value is None:
            self._reader = None

    def leave(self) -> None:
        """Say goodbye, whatever the state of the connection, and close it."""
        try:
            self._ends = min(self._ends, time.monotonic() + 2.0)
            self._reader = None
            self.quit()
        except (OSError, smtplib.SMTPException):
            self.close()
