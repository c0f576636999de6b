"""Reading a mailbox by IMAP (RFC 3501): by UID, so that nothing is missed or taken twice, and nothing there is touched."""

import imaplib
import io
import re
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from goodstanding.adapters.outbound.trouble import Refused, Trouble, Unexpected, Unreachable

Allow = Callable[[str], str]
"""Gives the address to connect to for a host's name, and raises `Refused` for one that may not be connected to."""

_ROOM: Final = 1 << 20
"""Bytes of an answer beside the message itself."""
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_INTERNALDATE: Final = re.compile(rb'INTERNALDATE "([ \d]\d)-(\w{3})-(\d{4}) (\d{2}):(\d{2}):(\d{2}) ([+-])(\d{2})(\d{2})"')


class Security(StrEnum):
    """How a connection is kept from being read; plain is for servers on the same machine."""

    TLS = "tls"
    STARTTLS = "starttls"
    PLAIN = "plain"


class After(StrEnum):
    """What is done to a letter once it is kept."""

    LEAVE = "leave"
    SEEN = "seen"
    MOVE = "move"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A mailbox on a server and how to get in; `plain_allowed` is an operator's word that no encryption is needed."""

    host: str
    port: int
    login: str
    password: str = field(repr=False)
    security: Security = Security.TLS
    folder: str = "INBOX"
    after: After = After.LEAVE
    move_to: str = ""
    plain_allowed: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """How far a folder was read: the last UID under a UIDVALIDITY, which changes when UIDs are given anew (RFC 3501)."""

    validity: int = 0
    uid: int = 0


@dataclass(frozen=True, slots=True)
class Fetched:
    """A message with when it reached the mailbox, and its size in bytes.

    Too large a one comes with its headers only, and `whole` False; one from before taking began comes empty, and `wanted`
    False, so that whoever reads can pass it.
    """

    uid: int
    received_at: datetime | None
    size: int
    message: bytes = field(repr=False)
    whole: bool = True
    wanted: bool = True


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds that a connection, an answer and the whole visit may take."""

    connect: float = 5.0
    answer: float = 20.0
    visit: float = 120.0


class Box:
    """An open folder. `place` is where reading begins: the given one, or the start where its UIDs are no longer valid."""

    def __init__(self, connection: "_Connection", account: Account, since: Place, validity: int, *, can_move: bool) -> None:
        self._connection = connection
        self._account = account
        self._can_move = can_move
        self.validity = validity
        self.place = since if since.validity == validity else Place(validity, 0)

    def letters(self, *, not_before: datetime | None, most: int, largest: int) -> Iterator[Fetched]:
        """Yield at most `most` messages after the place reading is at, in the order of their UIDs.

        Those that reached the mailbox before `not_before` come without their content, and one larger than `largest` bytes
        with its headers only. One that is gone by the time it is asked for is passed over. Raises as `opened` does.
        """
        for uid in self.uids(not_before)[:most]:
            found = self._fetch(uid, largest, not_before)
            if found is not None:
                yield found

    def uids(self, not_before: datetime | None) -> list[int]:
        """Return the UIDs after the place reading is at, in order."""
        wanted = ["UID", f"{self.place.uid + 1}:*"]
        if not_before is not None:
            # The server compares days on its own clock, whose zone nobody knows.
            day = (not_before - timedelta(days=1)).astimezone(UTC)
            wanted += ["SINCE", f"{day.day}-{_MONTHS[day.month - 1]}-{day.year:04d}"]
        answer = self._ask("SEARCH", *wanted)
        numbers = {int(each) for line in answer if isinstance(line, bytes) for each in line.split() if each.isdigit()}
        # `n:*` names the last message also where it comes before n.
        return sorted(each for each in numbers if each > self.place.uid)

    def settle(self, uid: int) -> None:
        """Do to a message that is kept what the account asks for: nothing, mark it as seen, or move it away."""
        if self._account.after is After.LEAVE:
            return
        self._ask("STORE", str(uid), "+FLAGS.SILENT", r"(\Seen)")
        if self._account.after is After.MOVE and self._account.move_to:
            folder = _quoted(self._account.move_to)
            if self._can_move:
                self._ask("MOVE", str(uid), folder)
            else:
                self._ask("COPY", str(uid), folder)
                self._ask("STORE", str(uid), "+FLAGS.SILENT", r"(\Deleted)")

    def _fetch(self, uid: int, largest: int, not_before: datetime | None) -> Fetched | None:
        told = self._ask("FETCH", str(uid), "(UID INTERNALDATE RFC822.SIZE)")
        line = b" ".join(each for each in told if isinstance(each, bytes))
        size = re.search(rb"RFC822\.SIZE (\d{1,18})", line)
        if size is None:
            return None
        received_at = _internal_date(line)
        if not_before is not None and received_at is not None and received_at < not_before:
            return Fetched(uid, received_at, int(size[1]), b"", whole=False, wanted=False)
        whole = int(size[1]) <= largest
        what = "(UID BODY.PEEK[])" if whole else "(UID BODY.PEEK[HEADER])"
        self._connection.allow(largest)
        answer = self._ask("FETCH", str(uid), what)
        content = next((each[1] for each in answer if isinstance(each, tuple) and len(each) > 1), None)
        if content is None:
            return None
        return Fetched(uid, received_at, int(size[1]), bytes(content), whole)

    def _ask(self, command: str, *words: str) -> list[Any]:
        kind, answer = self._connection.uid(command, *words)
        if kind != "OK":
            raise Unexpected(
                f"The mail server refused to {command.lower()} in {self._account.folder[:80]}.",
                advice="Check the folder's name and that the account may use it.",
            )
        return answer


@contextmanager
def opened(
    account: Account,
    *,
    allow: Allow,
    since: Place = Place(),
    tls: ssl.SSLContext | None = None,
    patience: Patience = Patience(),
) -> Iterator[Box]:
    """Open a folder and close it again; it is opened for reading only unless letters are to be marked or moved.

    `allow` says which address a host's name may be connected to; the connection goes to that address and to no other, and
    the certificate must be the name's. `tls` holds the authorities that are believed, by default the system's. Raises
    `Unreachable` where the server does not answer in time, `Refused` where it says no or may not be asked, and `Unexpected`
    where its answers make no sense; none of them holds the password or what the server wrote.
    """
    if account.security is Security.PLAIN and not account.plain_allowed:
        raise Refused("This mailbox would be read without encryption.", advice="Choose TLS or STARTTLS.")
    if any(
        letter in field for field in (account.login, account.password, account.folder, account.move_to) for letter in "\r\n\0"
    ):
        raise Refused("A name or the password of this mailbox holds a line end.", advice="Type them anew.")
    address = allow(account.host)
    context = tls or ssl.create_default_context()
    connection: _Connection | None = None
    try:
        with _told_as_trouble(account):
            connection = _Connection(account, address, context, patience)
            if account.security is Security.STARTTLS:
                connection.starttls(context)
            connection.enter(account)
            box = _selected(connection, account, since)
        # What the caller does between two letters is theirs: only what the server does is told as the server's trouble.
        yield _Told(box, account)
    finally:
        if connection is not None:
            connection.leave()


class _Told(Box):
    """A box whose failures are told as troubles, each where it happens."""

    def __init__(self, box: Box, account: Account) -> None:
        super().__init__(box._connection, account, box.place, box.validity, can_move=box._can_move)
        self.place = box.place

    def _ask(self, command: str, *words: str) -> list[Any]:
        with _told_as_trouble(self._account):
            return super()._ask(command, *words)


def _selected(connection: "_Connection", account: Account, since: Place) -> Box:
    kind, _ = connection.select(_quoted(account.folder), readonly=account.after is After.LEAVE)
    if kind != "OK":
        raise Refused(
            f"There is no folder {account.folder[:80]} in this mailbox.",
            advice="Check the folder's name: INBOX is the usual one.",
        )
    told = connection.response("UIDVALIDITY")[1]
    if not told or not told[0] or not bytes(told[0]).isdigit():
        raise Unexpected("The mail server does not say whether its message numbers are still valid (UIDVALIDITY).")
    return Box(connection, account, since, int(told[0]), can_move="MOVE" in connection.capabilities)


@contextmanager
def _told_as_trouble(account: Account) -> Iterator[None]:
    host = account.host[:100]
    try:
        yield
    except Trouble:
        raise
    except ssl.SSLCertVerificationError as error:
        raise Refused(
            f"The certificate of {host} is not one for that name by an authority that is believed.",
            advice="Check the server's name; a self-signed certificate is not accepted.",
        ) from error
    except ssl.SSLError as error:
        raise Refused(
            f"{host} does not speak TLS on port {account.port}.", advice="993 is usual for TLS, 143 for STARTTLS."
        ) from error
    except TimeoutError as error:
        raise Unreachable(f"{host} does not answer in time.", advice="Check the server's name and port.") from error
    except imaplib.IMAP4.abort as error:
        if "unexpected" in str(error):
            raise Unexpected(
                f"{host} answered in a way that IMAP does not know.", advice="Check that it is an IMAP server."
            ) from error
        raise Unreachable(f"{host} broke the connection off.") from error
    except imaplib.IMAP4.error as error:
        raise Unexpected(
            f"{host} answered in a way that IMAP does not know.", advice="Check that it is an IMAP server."
        ) from error
    except OSError as error:
        raise Unreachable(
            f"{host} cannot be reached on port {account.port}.", advice="Check the server's name and port, and that it is up."
        ) from error
    except (ValueError, IndexError, KeyError, AttributeError) as error:
        raise Unexpected(
            f"{host} answered in a way that IMAP does not know.", advice="Check that it is an IMAP server."
        ) from error


class Timed(io.RawIOBase):
    """What a socket gives, no longer than an answer and the whole visit may take: a slow drip is cut off as well."""

    def __init__(self, sock: socket.socket, patience: Patience, ends: float) -> None:
        self._sock, self._patience, self._ends = sock, patience, ends

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        left = self._ends - time.monotonic()
        if left <= 0:
            raise TimeoutError("the visit takes too long")
        self._sock.settimeout(min(left, self._patience.answer))
        return self._sock.recv_into(buffer)


class _Connection(imaplib.IMAP4):
    """An IMAP connection to an address that was allowed, which takes no more time and room than it was given."""

    def __init__(self, account: Account, address: str, context: ssl.SSLContext, patience: Patience) -> None:
        self._account, self._address, self._context, self._patience = account, address, context, patience
        self._ends = time.monotonic() + patience.visit
        self._room = _ROOM
        self._reader: tuple[socket.socket, io.BufferedReader] | None = None
        super().__init__(account.host, account.port, timeout=patience.connect)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        plain = socket.create_connection((self._address, self._account.port), timeout)
        if self._account.security is not Security.TLS:
            return plain
        try:
            return self._context.wrap_socket(plain, server_hostname=self._account.host)
        except BaseException:
            plain.close()
            raise

    def _stream(self) -> io.BufferedReader:
        # STARTTLS puts another socket in the place of the first.
        if self._reader is None or self._reader[0] is not self.sock:
            self._reader = (self.sock, io.BufferedReader(Timed(self.sock, self._patience, self._ends)))
        return self._reader[1]

    def allow(self, size: int) -> None:
        """Expect an answer of that many bytes beside the usual."""
        self._room = size + _ROOM

    def read(self, size: int) -> bytes:
        self._spend(size)
        return self._stream().read(size)

    def readline(self) -> bytes:
        line = self._stream().readline(_ROOM)
        self._spend(len(line))
        return line

    def _spend(self, size: int) -> None:
        self._room -= size
        if self._room < 0:
            raise Unexpected("The mail server sent more than it was asked for.")

    def uid(self, command: str, *args: str) -> tuple[str, list[Any]]:
        """Ask by UID; raises `Unexpected` where the answer has more bytes than it may."""
        found = super().uid(command, *args)
        self._room = _ROOM
        return found

    def enter(self, account: Account) -> None:
        """Log in; raises `Refused` where the server says no. What it says is not passed on: some repeat the password."""
        try:
            if "LOGINDISABLED" in self.capabilities:
                raise Refused(f"{account.host[:100]} lets nobody in without encryption.", advice="Choose TLS or STARTTLS.")
            if account.login.isascii() and account.password.isascii():
                self.login('"' + account.login.replace("\\", "\\\\").replace('"', '\\"') + '"', account.password)
            else:
                secret = f"\0{account.login}\0{account.password}".encode()
                self.authenticate("PLAIN", lambda _: secret)
        except (imaplib.IMAP4.abort, Trouble):
            raise
        except imaplib.IMAP4.error:
            raise Refused(
                "The mail server does not accept the login and password.",
                advice="Check both; many providers want a password made for programs (app password), or IMAP switched on.",
            ) from None
        self._room = _ROOM

    def leave(self) -> None:
        """Say goodbye, whatever the state of the connection, and close it."""
        try:
            self._ends = min(self._ends, time.monotonic() + 2.0)
            self._reader = None
            self.logout()
        except (OSError, ValueError, imaplib.IMAP4.error, Trouble):
            self.state = "LOGOUT"
            self.file.close()
            self.sock.close()


def _quoted(name: str) -> str:
    """Return a folder's name as IMAP writes it: in its own UTF-7 (RFC 3501 5.1.3), in quotes."""
    said = []
    for run in re.findall(r"[\x20-\x7e]+|[^\x20-\x7e]+", name):
        if run[0].isascii() and run[0].isprintable():
            said.append(run.replace("&", "&-"))
        else:
            said.append("&" + run.encode("utf-7").decode()[1:].rstrip("-").replace("/", ",") + "-")
    return '"' + "".join(said).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _internal_date(line: bytes) -> datetime | None:
    found = _INTERNALDATE.search(line)
    if found is None or found[2].decode().title() not in _MONTHS:
        return None
    month = _MONTHS.index(found[2].decode().title()) + 1
    day, year, hour, minute, second = (int(found[place]) for place in (1, 3, 4, 5, 6))
    ahead = timedelta(hours=int(found[8]), minutes=int(found[9])) * (-1 if found[7] == b"-" else 1)
    try:
        return datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC) - ahead
    except (ValueError, OverflowError):
        return None
