"""An IMAP server on loopback for tests: real sockets and TLS, and on demand every bad habit a server can have."""

import base64
import re
import socket
import ssl
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOST = "mail.adriatica.example"


@dataclass
class Stored:
    uid: int
    received_at: datetime
    content: bytes
    flags: set = field(default_factory=set)


class Server:
    """One account with folders. `habits` are names of what it does wrong; `heard` every command, without passwords."""

    def __init__(self, folder, *, security="tls", habits=()):
        self.security, self.habits = security, set(habits)
        self.validity, self.next_uid = 7, 1
        self.folders = {"INBOX": [], "Done": []}
        self.heard, self.connections = [], 0
        self.login, self.password = "support", 's3cret \\ " words'
        self.capabilities = ["IMAP4rev1", "AUTH=PLAIN", "MOVE"]
        self.context, self.trusted = certificates(folder)
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.threads, self.open = [], []
        self.accepting = threading.Thread(target=self._accept)
        self.accepting.start()

    def put(self, content, *, at=None, folder="INBOX"):
        self.folders[folder].append(Stored(self.next_uid, at or datetime(2026, 4, 7, 8, tzinfo=UTC), content))
        self.next_uid += 1
        return self.next_uid - 1

    def renumber(self):
        """Give every message a new UID under a new validity, as a restored server does."""
        self.validity += 1
        for number, each in enumerate(self.folders["INBOX"], 100):
            each.uid = number
        self.next_uid = 100 + len(self.folders["INBOX"])

    def close(self):
        # A thread that waits in accept does not notice that its socket is closed: it is called up.
        self.stopping = True
        with socket.create_connection(("127.0.0.1", self.port)):
            pass
        self.accepting.join()
        self.socket.close()
        for each in self.open:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        for each in self.threads:
            each.join(5)

    stopping = False

    def _accept(self):
        while True:
            plain, _ = self.socket.accept()
            if self.stopping:
                plain.close()
                return
            self.connections += 1
            # What is said in pieces waits for no word of the other side, which takes 40 ms for every answer.
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.open.append(plain)
            thread = threading.Thread(target=self._serve, args=(plain,))
            self.threads.append(thread)
            thread.start()

    def _serve(self, plain):
        wire = plain
        try:
            if "silent" in self.habits:
                while plain.recv(4096):
                    pass
                return
            if "drip" in self.habits:
                while not self.stopping:
                    plain.sendall(b"*")
                    threading.Event().wait(0.02)
                return
            if self.security == "tls":
                wire = self.context.wrap_socket(plain, server_side=True)
                self.open.append(wire)
            Session(self, wire).run()
        except (OSError, ssl.SSLError, ValueError):
            pass
        finally:
            for each in (wire, plain):
                each.close()


class Session:
    def __init__(self, server, wire):
        self.server, self.wire = server, wire
        self.file = wire.makefile("rb")
        self.folder = None

    def say(self, line):
        self.wire.sendall(line.encode() if isinstance(line, str) else line)
        self.wire.sendall(b"\r\n")

    def run(self):
        if "no imap" in self.server.habits:
            self.say("HTTP/1.1 400 Bad Request")
            return
        self.say("* OK ready")
        try:
            while line := self.file.readline():
                tag, _, rest = line.decode().rstrip("\r\n").partition(" ")
                if not self.answer(tag, rest):
                    return
        finally:
            self.file.close()
            self.wire.close()

    def answer(self, tag, rest):
        server = self.server
        verb, _, more = rest.partition(" ")
        verb = verb.upper()
        server.heard.append(rest if verb not in ("LOGIN", "AUTHENTICATE") else verb)
        if "cuts off at fetch" in server.habits and "FETCH" in rest:
            return False
        if verb == "CAPABILITY":
            self.say("* CAPABILITY " + " ".join([*server.capabilities, server.security.upper()]))
        elif verb == "STARTTLS":
            self.say(f"{tag} OK go on")
            self.file.close()
            self.wire = server.context.wrap_socket(self.wire, server_side=True)
            server.open.append(self.wire)
            self.file = self.wire.makefile("rb")
            return True
        elif verb == "LOGIN":
            given = [re.sub(r"\\(.)", r"\1", each[1:-1]) for each in re.findall(r'"(?:[^"\\]|\\.)*"', more)]
            if given != [server.login, server.password]:
                self.say(f"{tag} NO [AUTHENTICATIONFAILED] wrong: {given}")
                return True
        elif verb == "AUTHENTICATE":
            self.say("+ ")
            given = base64.b64decode(self.file.readline()).decode().split("\0")[1:]
            if given != [server.login, server.password]:
                self.say(f"{tag} NO [AUTHENTICATIONFAILED] wrong")
                return True
        elif verb in ("SELECT", "EXAMINE"):
            name = more.strip('"')
            if name not in server.folders:
                self.say(f"{tag} NO no such folder")
                return True
            self.folder = server.folders[name]
            self.say(f"* {len(self.folder)} EXISTS")
            if "no validity" not in server.habits:
                self.say(f"* OK [UIDVALIDITY {server.validity}] valid")
            self.say(f"{tag} OK [{'READ-ONLY' if verb == 'EXAMINE' else 'READ-WRITE'}] done")
            return True
        elif verb == "UID":
            self.by_uid(more)
        elif verb == "LOGOUT":
            self.say("* BYE")
            self.say(f"{tag} OK")
            return False
        self.say(f"{tag} OK done")
        return True

    def by_uid(self, rest):
        verb, _, more = rest.partition(" ")
        if verb == "SEARCH":
            first = int(re.search(r"UID (\d+):\*", more)[1])
            found = [each.uid for each in self.folder if each.uid >= first]
            # `*` is the last message, wherever the range begins.
            found = found or [each.uid for each in self.folder[-1:]]
            if since := re.search(r"SINCE (\S+)", more):
                day = datetime.strptime(since[1], "%d-%b-%Y").date()
                found = [each.uid for each in self.folder if each.uid in found and each.received_at.date() >= day]
            self.say("* SEARCH " + " ".join(map(str, found)))
        elif verb == "FETCH":
            uid, what = more.split(" ", 1)
            for number, each in enumerate(self.folder, 1):
                if each.uid == int(uid):
                    self.fetch(number, each, what)
        elif verb == "STORE":
            uid, _, flags = more.split(" ", 2)
            for each in self.folder:
                if each.uid == int(uid):
                    each.flags |= set(flags.strip("()").split())
        elif verb in ("MOVE", "COPY"):
            uid, name = more.split(" ", 1)
            for each in list(self.folder):
                if each.uid == int(uid):
                    self.server.put(each.content, folder=name.strip('"'))
                    if verb == "MOVE":
                        self.folder.remove(each)

    def fetch(self, number, each, what):
        date = each.received_at.strftime("%d-%b-%Y %H:%M:%S %z")
        if "BODY" not in what:
            self.say(f'* {number} FETCH (UID {each.uid} INTERNALDATE "{date}" RFC822.SIZE {len(each.content)})')
            return
        content = each.content if "[]" in what else each.content.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
        if "." not in what:
            each.flags.add(r"\Seen")
        size = 1 << 40 if "lies about sizes" in self.server.habits else len(content)
        self.wire.sendall(f"* {number} FETCH (UID {each.uid} BODY[] {{{size}}}\r\n".encode() + content + b")\r\n")


_made = {}


def certificates(folder):
    """A context for the server and one that believes it, for the name `HOST`; made once."""
    if not _made:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
        now = datetime.now(UTC)
        made = (
            x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
            .serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=2))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .sign(key, hashes.SHA256())
        )  # fmt: skip
        public = made.public_bytes(serialization.Encoding.PEM)
        private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        path = folder / "server.pem"
        path.write_bytes(private + public)
        server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server.load_cert_chain(path)
        _made["pair"] = server, ssl.create_default_context(cadata=public.decode())
    return _made["pair"]


@contextmanager
def serving(folder, **options):
    """A server that runs while the test does."""
    server = Server(folder, **options)
    try:
        yield server
    finally:
        server.close()
