"""Letters go out encrypted, to the server that was meant, within time limits, and no header breaks (metrics.md G.2)."""

import socket
import threading
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default

import pytest

from goodstanding.adapters.mail import reach
from goodstanding.adapters.mail.compose import Draft, compose
from goodstanding.adapters.mail.imap import Patience, Security
from goodstanding.adapters.mail.smtp import LetterRefused, LineLost, NoSuchRecipient, NotNow, Server, connected, send, server_of
from goodstanding.adapters.outbound.allowed import Allowed
from goodstanding.adapters.outbound.trouble import Refused, Trouble, Unexpected, Unreachable
from tests.adapters.mail.smtpserver import HOST, loopback, posting

DRAFT = Draft(
    sender="support@adriatica.example",
    sender_name="Adriatica, Søn & Co",
    recipient="rosa@ferrante.example",
    subject="Resolved: T-1 “Étiquettes”",
    text="How did we do? é",
    html="<p>How did we do? é</p>",
    message_id="<1@adriatica.example>",
    written_at=datetime(2026, 11, 18, 12, 0, tzinfo=UTC),
    unsubscribe="https://desk.example/feedback/x/stop",
)
FROM, TO = "bounces@adriatica.example", "rosa@ferrante.example"


def hand_over(server, trusted, message=None, **given):
    given = {"sender": FROM, "recipient": TO, "allow": loopback, "tls": trusted} | given
    send(server, message or compose(DRAFT), **given)


@pytest.mark.parametrize("security", ["tls", "starttls", "plain"])
def test_a_letter_arrives_as_it_was_written(tmp_path, security):
    with posting(tmp_path, security) as (postman, server, trusted):
        hand_over(server, trusted)

    ((sender, recipients, content, encrypted),) = postman.letters
    letter = message_from_bytes(content, policy=default)
    assert (sender, recipients, encrypted) == (FROM, [TO], security != "plain")
    assert letter["From"] == '"Adriatica, Søn & Co" <support@adriatica.example>'
    assert letter["Subject"] == "Resolved: T-1 “Étiquettes”"
    assert letter["Message-ID"] == "<1@adriatica.example>"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["List-Unsubscribe"] == "<https://desk.example/feedback/x/stop>"
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert letter.get_body(("plain",)).get_content().strip() == "How did we do? é"
    assert "<p>How did we do? é</p>" in letter.get_body(("html",)).get_content()


@pytest.mark.filterwarnings("ignore:Requiring AUTH:UserWarning")
@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_who_has_a_login_logs_in_and_a_wrong_one_is_told_without_the_password(tmp_path, security):
    with posting(tmp_path, security, login=True) as (postman, server, trusted):
        hand_over(server, trusted)
        with pytest.raises(Refused, match="does not accept the login") as refused:
            hand_over(replace(server, password="wr0ng"), trusted)

    assert len(postman.letters) == 1
    assert "wr0ng" not in str(refused.value) + refused.value.advice


def test_a_certificate_of_somebody_else_is_not_believed(tmp_path):
    with posting(tmp_path) as (postman, server, trusted):
        with pytest.raises(Refused, match="certificate"):
            hand_over(replace(server, host="other.example"), trusted)
        with pytest.raises(Refused, match="certificate"):
            hand_over(server, None)

    assert postman.letters == []


def test_a_server_without_encryption_is_given_nothing(tmp_path):
    with posting(tmp_path, "plain") as (postman, server, trusted), pytest.raises(Refused, match="no encryption"):
        hand_over(replace(server, security=Security.STARTTLS), trusted)

    assert postman.letters == []


@pytest.mark.parametrize(
    ("command", "answer", "kind"),
    [
        ("RCPT", "550 no such person here: rosa", NoSuchRecipient),
        ("RCPT", "450 greylisted, rosa", NotNow),
        ("DATA", "554 spam of rosa", LetterRefused),
        ("DATA", "451 later, rosa", NotNow),
        ("MAIL", "550 not from you, rosa", Refused),
        ("MAIL", "450 not now, rosa", Unreachable),
        ("MAIL", "421 going down, rosa", LineLost),
    ],
)
def test_a_refusal_says_whether_to_try_again_and_repeats_nothing_of_what_the_server_wrote(tmp_path, command, answer, kind):
    with posting(tmp_path) as (postman, server, trusted):
        postman.refuses[command] = answer
        with pytest.raises(Trouble) as trouble:
            hand_over(server, trusted)

    assert type(trouble.value) is kind
    assert "rosa" not in str(trouble.value)
    assert postman.letters == []


def test_many_letters_go_by_one_line_and_a_refusal_of_one_leaves_it_open(tmp_path):
    with posting(tmp_path) as (postman, server, trusted), connected(server, allow=loopback, tls=trusted) as line:
        line.send(compose(DRAFT), sender=FROM, recipient=TO)
        postman.refuses["RCPT"] = "550 no such person"
        with pytest.raises(NoSuchRecipient):
            line.send(compose(DRAFT), sender=FROM, recipient=TO)
        postman.refuses.clear()
        line.send(compose(DRAFT), sender=FROM, recipient=TO)

    assert (len(postman.letters), line.letters, postman.visits) == (2, 2, 1)


def test_letters_of_one_thread_name_what_they_answer_and_where_answers_go():
    message = compose(replace(DRAFT, thread="<ticket.1@adriatica.example>", reply_to="support@adriatica.example"))

    assert message["In-Reply-To"] == message["References"] == "<ticket.1@adriatica.example>"
    assert message["Reply-To"] == "support@adriatica.example"


@pytest.mark.parametrize(
    "field", ["subject", "sender_name", "recipient", "sender", "message_id", "reply_to", "thread", "unsubscribe"]
)
@pytest.mark.parametrize("end", ["\r\nBcc: all@world.example", "\n", "\r", "\0"])
def test_no_header_holds_a_line_end(field, end):
    with pytest.raises(Refused):
        compose(replace(DRAFT, **{field: getattr(DRAFT, field) + end}))


@pytest.mark.parametrize("address", ["rosa@x.example\r\nRCPT TO:<a@b.example>", "a b@x.example", "<rosa@x.example>", ""])
def test_no_address_becomes_a_command(tmp_path, address):
    with posting(tmp_path) as (postman, server, trusted), pytest.raises(NoSuchRecipient):
        hand_over(server, trusted, recipient=address)

    assert postman.letters == []


@pytest.mark.parametrize("utf8", [True, False])
def test_a_domain_beyond_ascii_is_written_so_that_every_server_takes_it(tmp_path, utf8):
    message = compose(replace(DRAFT, recipient="rosa@münchen.example", reply_to="desk@città.example"))

    with posting(tmp_path, utf8=utf8) as (postman, server, trusted):
        hand_over(server, trusted, message, recipient="rosa@münchen.example")

    ((_, recipients, content, _),) = postman.letters
    assert recipients == ["rosa@xn--mnchen-3ya.example"]
    assert b"To: rosa@xn--mnchen-3ya.example\r\n" in content
    assert b"Reply-To: desk@xn--citt-3na.example\r\n" in content


def test_letters_beyond_ascii_before_the_at_go_to_a_server_that_takes_them_and_elsewhere_concern_that_address(tmp_path):
    message = compose(replace(DRAFT, recipient="rósa@ferrante.example"))

    with posting(tmp_path) as (knowing, server, trusted):
        hand_over(server, trusted, message, recipient="rósa@ferrante.example")
    with posting(tmp_path, utf8=False) as (plain, server, trusted), connected(server, allow=loopback, tls=trusted) as line:
        with pytest.raises(NoSuchRecipient, match="beyond ASCII"):
            line.send(message, sender=FROM, recipient="rósa@ferrante.example")
        with pytest.raises(Refused, match="mail from an address beyond ASCII") as ours:
            line.send(message, sender="støtte@adriatica.example", recipient=TO)
        line.send(compose(DRAFT), sender=FROM, recipient=TO)

    assert "To: rósa@ferrante.example\r\n".encode() in knowing.letters[0][2]
    assert [recipients for _, recipients, _, _ in plain.letters] == [[TO]]
    assert type(ours.value) is Refused


@pytest.mark.parametrize("address", ["rosa@" + "ü" * 70 + ".example", "rosa@ü..example", "rósa,@x.example", "r\x85ó@x.example"])
def test_what_is_no_address_beyond_ascii_either_is_refused(tmp_path, address):
    with pytest.raises(Refused):
        compose(replace(DRAFT, recipient=address))


def speaking(said):
    """A server that says one thing and then nothing more."""
    listener = socket.create_server(("127.0.0.1", 0))

    def speak():
        with listener.accept()[0] as wire:
            wire.sendall(said)
            while said and wire.recv(1024):
                pass

    thread = threading.Thread(target=speak, daemon=True)
    thread.start()
    return listener, thread


@pytest.mark.parametrize(
    ("said", "kind"), [(b"", Unreachable), (b"HTTP/1.1 200 OK\r\n\r\n", Trouble), (b"421 too busy\r\n", Unreachable)]
)
def test_a_server_that_speaks_otherwise_is_trouble_and_no_failure_of_ours(said, kind):
    listener, thread = speaking(said)
    server = Server(host=HOST, port=listener.getsockname()[1], security=Security.PLAIN)

    with listener, pytest.raises(kind):
        hand_over(server, None, patience=Patience(connect=2.0, answer=0.5, visit=2.0))
    thread.join(5)


def test_a_server_that_drips_is_cut_off():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        stop = threading.Event()

        def drip():
            with listener.accept()[0] as wire:
                try:
                    while not stop.wait(0.05):
                        wire.sendall(b"2")
                except OSError:
                    pass

        thread = threading.Thread(target=drip)
        thread.start()
        server = Server(host=HOST, port=listener.getsockname()[1], security=Security.PLAIN)
        try:
            with pytest.raises((Unreachable, Unexpected)):
                hand_over(server, None, patience=Patience(connect=2.0, answer=0.4, visit=0.4))
        finally:
            stop.set()
            thread.join(5)


def test_nobody_answers_where_nobody_listens():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    with pytest.raises(Unreachable, match="cannot be reached"):
        hand_over(Server(host=HOST, port=port, security=Security.PLAIN), None)


def test_the_operators_own_network_is_reached_only_where_they_allow_it():
    with pytest.raises(Refused, match="private or reserved network"):
        reach.allowing(Allowed.parse(""))("localhost")

    assert reach.allowing(Allowed.parse("127.0.0.0/8, ::1/128"))("localhost") == "127.0.0.1"


@pytest.mark.parametrize(
    ("url", "server"),
    [
        (
            "smtps://u:p%40ss@mail.example",
            Server(host="mail.example", port=465, security=Security.TLS, login="u", password="p@ss"),
        ),
        ("smtp://mail.example:2525", Server(host="mail.example", port=2525, security=Security.STARTTLS)),
        ("smtp+plain://localhost", Server(host="localhost", port=25, security=Security.PLAIN)),
    ],
)
def test_a_server_is_read_as_operators_write_it(url, server):
    assert server_of(url) == server
    assert "p@ss" not in repr(server)


@pytest.mark.parametrize(
    "url",
    ["", "mail.example", "https://mail.example", "smtps://", "smtps://u:secret@h:x", "smtps://u:secret%0d@h", "smtps://h/x?y"],
)
def test_what_is_no_server_is_refused_without_repeating_the_password(url):
    with pytest.raises(ValueError, match="mail server") as error:
        server_of(url)

    assert "secret" not in str(error.value)
