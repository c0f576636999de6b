"""A mailbox is read whole and once, leaves no mark unless told to, and its failures say what a person can do."""

from datetime import UTC, datetime, timedelta

import pytest

from goodstanding.adapters.mail.imap import Account, After, Patience, Place, Security, opened
from goodstanding.adapters.mail.reach import public
from goodstanding.adapters.outbound.trouble import Refused, Unexpected, Unreachable
from tests.adapters.mail.corpus import letter
from tests.adapters.mail.imapserver import HOST, serving

QUICK = Patience(connect=0.5, answer=0.5, visit=2.0)
AT = datetime(2026, 4, 7, 8, tzinfo=UTC)


def here(_host):
    return "127.0.0.1"


def account(server, **changed):
    return Account(**{"host": HOST, "port": server.port, "login": server.login, "password": server.password} | changed)


def visit(server, since=Place(), not_before=None, most=50, largest=10_000, tls=True, allow=here, patience=QUICK, **changed):  # noqa: B008 - a frozen value
    trusted = server.trusted if tls else None
    with opened(account(server, **changed), allow=allow, since=since, tls=trusted, patience=patience) as box:
        found = list(box.letters(not_before=not_before, most=most, largest=largest))
        for each in found:
            box.settle(each.uid)
        return box.validity, found


def uids(found):
    return [each.uid for each in found[1]]


@pytest.mark.parametrize("security", ["tls", "starttls", "plain"])
def test_letters_come_whole_with_when_they_reached_the_mailbox(tmp_path, security):
    with serving(tmp_path, security=security) as server:
        server.put(letter(), at=datetime(2026, 4, 7, 10, 5, tzinfo=UTC).astimezone())

        _, [found] = visit(server, security=Security(security), plain_allowed=security == "plain")

    assert found.message == letter()
    assert found.received_at == datetime(2026, 4, 7, 10, 5, tzinfo=UTC)
    assert (found.size, found.whole, found.wanted) == (len(letter()), True, True)


@pytest.mark.proves("CLOCK-1")
def test_reading_goes_on_after_the_last_letter_and_takes_none_twice(tmp_path):
    with serving(tmp_path) as server:
        for _ in range(3):
            server.put(letter())
        validity, _ = visit(server, most=2)

        rest = uids(visit(server, since=Place(validity, 2)))
        nothing = uids(visit(server, since=Place(validity, 3)))

    assert (rest, nothing) == ([3], [])


def test_new_numbers_of_a_server_are_noticed_and_everything_is_looked_at_again(tmp_path):
    with serving(tmp_path) as server:
        server.put(letter())
        server.put(letter())
        validity, _ = visit(server)
        server.renumber()

        after, found = visit(server, since=Place(validity, 2))

    assert after != validity
    assert [each.uid for each in found] == [100, 101]


def test_what_lay_there_before_taking_began_is_named_but_not_fetched(tmp_path):
    with serving(tmp_path) as server:
        server.put(letter(), at=AT - timedelta(days=9))
        server.put(letter(), at=AT - timedelta(hours=1))
        server.put(letter(), at=AT)

        _, found = visit(server, not_before=AT)

    assert [(each.uid, each.wanted, bool(each.message)) for each in found] == [(2, False, False), (3, True, True)]


def test_reading_leaves_letters_as_they_are(tmp_path):
    with serving(tmp_path) as server:
        server.put(letter())

        visit(server)

        assert server.folders["INBOX"][0].flags == set()
        assert any(each.startswith("EXAMINE") for each in server.heard)


def test_letters_are_marked_as_seen_where_that_is_asked_for(tmp_path):
    with serving(tmp_path) as server:
        server.put(letter())

        visit(server, after=After.SEEN)

        assert server.folders["INBOX"][0].flags == {r"\Seen"}


@pytest.mark.parametrize("can_move", [True, False])
def test_letters_are_moved_where_that_is_asked_for_also_by_a_server_that_can_only_copy(tmp_path, can_move):
    with serving(tmp_path) as server:
        server.capabilities = ["IMAP4rev1", *(["MOVE"] if can_move else [])]
        server.put(letter())

        visit(server, after=After.MOVE, move_to="Done")

        assert len(server.folders["Done"]) == 1
        assert [each.flags for each in server.folders["INBOX"]] == ([] if can_move else [{r"\Seen", r"\Deleted"}])


def test_a_letter_too_large_comes_with_its_head_and_the_next_whole(tmp_path):
    with serving(tmp_path) as server:
        server.put(letter("x" * 20_000))
        server.put(letter())

        _, found = visit(server)

    assert [each.whole for each in found] == [False, True]
    assert b"Subject: Printer" in found[0].message
    assert len(found[0].message) < 1_000


def test_names_and_passwords_beyond_ascii_get_in(tmp_path):
    with serving(tmp_path) as server:
        server.login, server.password = "müller", "pässword"
        server.folders["Entw&APw-rfe"] = []

        assert uids(visit(server, folder="Entwürfe")) == []


def told(error, server):
    """Everything a failure says, and what it came from, which logs show as well."""
    said = " ".join(str(each) for each in (error.value, error.value.advice, error.value.__cause__))
    assert server.password not in said
    return error.value.said


def test_a_wrong_password_is_refused_without_being_repeated(tmp_path):
    with serving(tmp_path) as server, pytest.raises(Refused) as error:
        visit(server, password="hunter2")

    assert "hunter2" not in f"{error.value} {error.value.advice} {error.value.__cause__}"
    assert "app password" in error.value.advice


FAILURES = {
    "a certificate nobody vouches for": (Refused, {}, {"tls": False}, "certificate"),
    "a certificate for another name": (Refused, {}, {"host": "other.example"}, "certificate"),
    "no TLS": (Refused, {"security": "plain"}, {}, "TLS"),
    "no IMAP": (Unexpected, {"habits": ["no imap"]}, {}, "IMAP"),
    "silence": (Unreachable, {"habits": ["silent"]}, {}, "in time"),
    "one byte at a time": (Unreachable, {"habits": ["drip"], "security": "plain"}, {"security": Security.PLAIN}, "in time"),
    "a connection cut off": (Unreachable, {"habits": ["cuts off at fetch"]}, {}, "broke the connection off"),
    "more than was asked for": (Unexpected, {"habits": ["lies about sizes"]}, {}, "more than it was asked for"),
    "no validity": (Unexpected, {"habits": ["no validity"]}, {}, "UIDVALIDITY"),
    "no such folder": (Refused, {}, {"folder": "Nowhere"}, "Nowhere"),
    "line ends in the login": (Refused, {}, {"login": 'x"\r\nA1 LOGOUT'}, "line end"),
}


@pytest.mark.parametrize("name", FAILURES)
def test_what_goes_wrong_says_what_and_whether_to_try_again(tmp_path, name):
    kind, options, changed, words = FAILURES[name]
    with serving(tmp_path, **options) as server:
        server.put(letter())
        with pytest.raises(kind) as error:
            visit(server, plain_allowed=True, **changed)

        assert words in told(error, server)


def test_a_server_that_is_not_there_is_unreachable(tmp_path):
    with serving(tmp_path) as server:
        pass

    with pytest.raises(Unreachable, match="cannot be reached"):
        visit(server)


def test_nothing_is_read_without_encryption_unless_that_is_allowed(tmp_path):
    with serving(tmp_path, security="plain") as server:
        with pytest.raises(Refused, match="without encryption"):
            visit(server, security=Security.PLAIN)

        assert server.connections == 0


def test_the_connection_goes_to_the_address_that_was_allowed_and_to_none_that_was_not(tmp_path):
    asked = []

    def refuse(host):
        asked.append(host)
        raise Refused("not there")

    with serving(tmp_path) as server:
        with pytest.raises(Refused):
            visit(server, allow=refuse)

        assert (asked, server.connections) == ([HOST], 0)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "10.0.0.7", "192.168.1.1", "169.254.169.254", "0.0.0.1", "::1", "fd00::1",
             "::ffff:127.0.0.1", "100.64.0.1", "2130706433", "0x7f000001", "224.0.0.1", "2002:7f00:1::"],
)  # fmt: skip
def test_a_mail_server_inside_a_private_network_is_not_connected_to(host):
    with pytest.raises((Refused, Unreachable)):
        public(host)


def test_a_public_address_is_connected_to():
    assert public("9.9.9.9") == "9.9.9.9"


def test_a_password_stands_in_no_text_of_an_account():
    shown = repr(Account(host=HOST, port=993, login="a", password="hunter2"))

    assert "hunter2" not in shown
