"""Servers on loopback that behave well or badly, one script a connection, and names that lead to them."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from goodstanding.adapters.outbound.allowed import Allowed
from goodstanding.adapters.outbound.message import Ask


@dataclass
class Asked:
    """A request as it arrived."""

    line: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Talk:
    """One connection, as its script sees it."""

    socket: socket.socket
    server: "Server"
    _held: bytes = b""

    def hear(self) -> Asked | None:
        """The next request, or None where the client has gone."""
        while b"\r\n\r\n" not in self._held:
            data = self.socket.recv(65536)
            if not data:
                return None
            self._held += data
        head, self._held = self._held.split(b"\r\n\r\n", 1)
        line, *rest = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value for name, value in (each.split(": ", 1) for each in rest)}
        while len(self._held) < int(headers.get("content-length", 0)):
            self._held += self.socket.recv(65536)
        size = int(headers.get("content-length", 0))
        body, self._held = self._held[:size], self._held[size:]
        asked = Asked(line, headers, body)
        self.server.asked.append(asked)
        return asked

    def say(self, *lines: str, body: bytes = b"", status: str = "200 OK") -> None:
        """An answer with its length."""
        head = "\r\n".join([f"HTTP/1.1 {status}", *lines, f"Content-Length: {len(body)}", "", ""])
        self.socket.sendall(head.encode("latin-1") + body)

    def say_without_end(self, start: bytes, again: bytes) -> None:
        """An answer that goes on until the client has had enough."""
        self.socket.sendall(start)
        while True:
            self.socket.sendall(again)

    def wait_for_the_end(self) -> None:
        """Nothing more, until the client goes."""
        while self.socket.recv(65536):
            pass


Script = Callable[[Talk], None]


@dataclass
class Server:
    """Listens on a loopback address and runs `script` for every connection, in a thread of its own."""

    script: Script
    host: str = "127.0.0.1"
    tls: ssl.SSLContext | None = None
    port: int = 0
    asked: list[Asked] = field(default_factory=list)
    connections: int = 0
    over: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> "Server":
        self._listening = socket.create_server((self.host, self.port))
        self.port = self._listening.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()
        return self

    def __exit__(self, *error: object) -> None:
        self.over.set()
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for thread in self._threads:
            thread.join(5)
            assert not thread.is_alive()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            self.connections += 1
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        # A client that hangs up early, or shakes no hands, is what many tests are about.
        with contextlib.suppress(OSError), contextlib.closing(connection):
            if self.tls is None:
                self.script(Talk(connection, self))
            else:
                with self.tls.wrap_socket(connection, server_side=True) as encrypted:
                    self.script(Talk(encrypted, self))


def fine(talk: Talk) -> None:
    """A server as servers should be."""
    while talk.hear():
        talk.say("Content-Type: text/plain", body=b"fine")


def saying(*lines: str, body: bytes = b"", status: str = "200 OK") -> Script:
    """A server that gives one answer to everything."""

    def script(talk: Talk) -> None:
        while talk.hear():
            talk.say(*lines, body=body, status=status)

    return script


def names(**known: Iterable[str]) -> Callable[[str, int], list[str]]:
    """A resolver that knows these names, dots written as two underscores."""
    table = {name.replace("__", "."): list(found) for name, found in known.items()}

    def resolve(host: str, port: int) -> list[str]:
        if host not in table:
            raise OSError
        return table[host]

    return resolve


def loopback(*ports: int, networks: str = "127.0.0.1/32") -> Allowed:
    """What a test may reach: its own servers, over http too."""
    return Allowed.parse(networks, http=True, ports=frozenset(ports))


def get(url: str, **headers: str) -> Ask:
    return Ask("GET", url, {name.replace("_", "-"): value for name, value in headers.items()})
