"""Mailboxes are read whole, once, each on its own; what is cut off is begun again and tells the same (CLOCK-1)."""

from datetime import timedelta

import pytest

from goodstanding.adapters.mail.reach import public
from goodstanding.apps.post import actions as post
from goodstanding.apps.post import models, queries
from goodstanding.apps.post.queries import MailboxSettings
from goodstanding.apps.tenancy import actions as tenancy
from goodstanding.apps.tenancy.roles import Role
from goodstanding.apps.tickets import models as tickets_kept
from goodstanding.apps.unit import Conflict, Forbidden, NotFound
from goodstanding.core.desk.letters import Outcome
from goodstanding.flows.read_mailboxes import look_into, read_mailboxes
from tests.adapters.mail import corpus
from tests.adapters.mail.corpus import letter
from tests.adapters.mail.imapserver import HOST, serving
from tests.apps.world import EVERYTHING, NOW, World

pytestmark = pytest.mark.django_db


@pytest.fixture
def server(tmp_path):
    with serving(tmp_path) as made:
        yield made


@pytest.fixture(scope="module", autouse=True)
def in_one_town(once_a_module):
    Office.town = World()
    tenancy.add_contact(EVERYTHING, client=Office.town.ferrante.pk, address="@ferrante.example")


class Office(World):
    """The world that the tests of this file have in common, whose mailboxes lie on a server of the test."""

    town = None

    def __init__(self, server):
        vars(self).update(vars(self.town))
        self.server, self.now = server, NOW

    def settings(self, **fields):
        given = {"address": "support@adriatica.example", "host": HOST, "port": self.server.port, "login": self.server.login}
        return MailboxSettings(**given | fields)

    def mailbox(self, *, secret=None, old_ones=True, **fields):
        return post.set_up_mailbox(
            EVERYTHING, partner=self.partner.pk, settings=self.settings(**fields), old_ones=old_ones, now=self.now,
            secret=self.server.password if secret is None else secret,
        )  # fmt: skip

    def read(self, **more):
        return read_mailboxes(clock=lambda: self.now, allow=lambda _: "127.0.0.1", tls=self.server.trusted, **more)

    def later(self, **span):
        self.now += timedelta(**span)
        return self.read()


def numbered(number, at=NOW - timedelta(hours=1)):
    return {"content": letter(f"Letter {number}", message_id=f"<n{number}@ferrante.example>"), "at": at}


def opened():
    texts = tickets_kept.TicketEvent.objects.filter(kind="opened").order_by("pk").values_list("text", flat=True)
    return list(texts)


@pytest.mark.proves("CLOCK-1")
def test_every_letter_becomes_a_ticket_once_and_the_next_look_is_in_a_minute(server):
    office = Office(server)
    office.mailbox()
    for number in range(3):
        server.put(**numbered(number))

    first, at_once = office.read(), office.read()
    server.put(**numbered(3))
    later = office.later(seconds=60)

    assert ([each.letters for each in first], at_once, [each.letters for each in later]) == ([3], (), [1])
    assert opened() == [f"Letter {number}" for number in range(4)]


def test_what_lay_in_a_mailbox_before_it_was_set_up_is_left_alone_unless_asked_for(server):
    office = Office(server)
    for number in range(60):
        server.put(**numbered(number, NOW - timedelta(hours=2)))
    server.put(**numbered(60, NOW + timedelta(minutes=1)))
    office.mailbox(old_ones=False)

    office.read()
    office.later(minutes=2)
    office.later(minutes=2)

    assert opened() == ["Letter 60"]


def test_a_full_mailbox_is_read_in_turns(server):
    office = Office(server)
    office.mailbox()
    for number in range(5):
        server.put(**numbered(number))

    turns = [office.read(most=2)[0] for _ in range(3)]

    assert [(each.letters, each.more) for each in turns] == [(2, True), (2, True), (1, False)]


@pytest.mark.proves("CLOCK-1")
@pytest.mark.parametrize("step", ["fetched", "read", "begun", "decided", "told", "named", "ended", "taken"])
def test_a_visit_that_is_cut_off_at_any_step_and_begun_again_tells_the_same(server, step):
    office = Office(server)
    office.mailbox()
    for number in range(3):
        server.put(**numbered(number))
    heard = []

    def stop(said):
        heard.append(said)
        if heard.count(step) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        office.read(step=stop)
    before = opened()
    # Whoever was killed kept the mailbox; its lease ends.
    office.later(minutes=6)

    assert before == [f"Letter {number}" for number in range(len(before))]
    assert opened() == ["Letter 0", "Letter 1", "Letter 2"]
    assert models.Letter.objects.count() == 3


def test_a_server_that_numbers_its_letters_anew_brings_none_twice(server):
    office = Office(server)
    office.mailbox()
    for number in range(3):
        server.put(**numbered(number))
    office.read()

    server.renumber()
    server.put(**numbered(3))
    office.later(minutes=2)

    assert len(opened()) == 4
    assert len(set(opened())) == 4


def test_a_broken_mailbox_stops_no_other_and_says_what_is_wrong(server):
    office = Office(server)
    office.mailbox(address="a@adriatica.example", secret="wrong")
    office.mailbox(address="b@adriatica.example", host="nowhere.example", port=1)
    office.mailbox(address="c@adriatica.example")
    server.put(**numbered(1))

    visits = office.read()

    assert [each.letters for each in visits] == [0, 0, 1]
    wrong, nowhere, right = queries.mailboxes(EVERYTHING)
    assert wrong.error == "The mail server does not accept the login and password."
    assert "app password" in wrong.advice
    assert nowhere.error == "nowhere.example cannot be reached on port 1."
    assert (right.error, right.read_at) == ("", NOW)


def test_a_mailbox_that_fails_is_tried_less_and_less_often_and_as_usual_once_it_works(server):
    office = Office(server)
    made = office.mailbox(port=1)
    waits = []
    for _ in range(8):
        office.read()
        due = queries.mailbox(EVERYTHING, made.public_id).next_look_at
        waits.append((due - office.now) / timedelta(minutes=1))
        office.now = due

    post.change_mailbox(EVERYTHING, made.public_id, settings=office.settings(), secret=server.password, now=office.now)
    office.read()

    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]
    mended = queries.mailbox(EVERYTHING, made.public_id)
    assert (mended.failures, mended.error, mended.next_look_at - office.now) == (0, "", timedelta(minutes=1))


def test_what_is_too_large_or_no_letter_is_shown_to_a_person_and_the_next_is_taken(server):
    office = Office(server)
    office.mailbox()
    server.put(letter("x" * (26 << 20)), at=NOW)
    server.put(b"\r\n\r\n\r\n", at=NOW)
    server.put(**numbered(1))

    office.read()

    held = queries.held(EVERYTHING)
    assert sorted((each.because, each.subject) for each in held) == [("too_large", "Printer"), ("unreadable", "")]
    assert opened() == ["Letter 1"]


def test_two_workers_do_not_read_one_mailbox_at_once(server):
    office = Office(server)
    made = office.mailbox()

    claims = [post.claim(made.pk, now=NOW), post.claim(made.pk, now=NOW)]

    assert [each is not None for each in claims] == [True, False]


def test_letters_are_moved_once_they_are_kept(server):
    office = Office(server)
    office.mailbox(after="move", move_to="Done")
    server.put(**numbered(1))

    office.read()

    assert (len(server.folders["INBOX"]), len(server.folders["Done"])) == (0, 1)


def test_trying_a_mailbox_takes_nothing_and_says_how_many_would_be(server):
    office = Office(server)
    made = office.mailbox()
    server.put(**numbered(1))

    good = look_into(EVERYTHING, made.public_id, allow=lambda _: "127.0.0.1", tls=server.trusted)
    bad = look_into(EVERYTHING, office.mailbox(address="x@y.example", secret="w").public_id, allow=lambda _: "127.0.0.1",
                    tls=server.trusted)  # fmt: skip

    assert good.waiting == 1
    assert (bad.waiting, bad.said) == (None, "The mail server does not accept the login and password.")
    assert not models.Letter.objects.exists()


def test_a_mailbox_on_this_machine_is_not_connected_to(server):
    office = Office(server)
    made = office.mailbox(host="127.0.0.1")

    found = look_into(EVERYTHING, made.public_id, allow=public)

    assert (found.waiting, found.said) == (None, "No connection to 127.0.0.1: it leads into a private or reserved network.")
    assert server.connections == 0


def test_a_password_goes_to_no_other_server_than_the_one_it_was_typed_for(server):
    office = Office(server)
    made = office.mailbox()

    for changed in ({"host": "evil.example"}, {"port": 1}, {"login": "root"}, {"security": "plain"}):
        with pytest.raises(Conflict, match="password"):
            post.change_mailbox(EVERYTHING, made.public_id, settings=office.settings(**changed), secret="", now=NOW)
    kept = post.change_mailbox(EVERYTHING, made.public_id, settings=office.settings(team="Support"), secret="", now=NOW)

    assert kept.has_secret
    assert office.read()[0].error is None


def test_the_password_lies_sealed_in_the_database_and_is_shown_by_no_value_of_a_mailbox(server):
    from django.db import connection

    office = Office(server)
    made = office.mailbox(secret="planted-secret")

    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM post_mailbox")
        [(sealed,)] = cursor.fetchall()

    assert "planted" not in sealed
    assert "planted" not in repr(queries.mailboxes(EVERYTHING))
    assert queries.secret_of(EVERYTHING, made.pk) == "planted-secret"
    with pytest.raises(Forbidden):
        queries.secret_of(office.scope(Role.AGENT), made.pk)


def test_a_mailbox_is_seen_and_changed_by_its_own_partner_alone(server):
    office, theirs = Office(server), World("baltica", "Baltica ERP")
    made = office.mailbox()
    scope = theirs.scope(Role.PARTNER_ADMIN)

    assert queries.mailboxes(scope) == ()
    with pytest.raises(NotFound):
        post.change_mailbox(scope, made.public_id, settings=office.settings(), secret="x", now=NOW)
    with pytest.raises(NotFound):
        look_into(scope, made.public_id)
    with pytest.raises(NotFound):
        post.set_up_mailbox(
            scope,
            partner=office.partner.pk,
            settings=office.settings(address="z@z.example"),
            secret="x",
            old_ones=False,
            now=NOW,
        )


def test_a_mailbox_that_is_switched_off_is_not_read(server):
    office = Office(server)
    office.mailbox(is_on=False)

    assert office.read() == ()


def test_an_automatic_answer_read_from_a_mailbox_reopens_nothing(server):
    office = Office(server)
    office.mailbox()
    server.put(letter(message_id="<one@adriatica.example>"), at=NOW - timedelta(hours=2))
    server.put(corpus.OOO_EXCHANGE, at=NOW - timedelta(hours=1))

    office.read()

    outcomes = models.Letter.objects.order_by("pk").values_list("outcome", flat=True)
    assert list(outcomes) == [Outcome.OPENED, Outcome.AUTO_REPLIED]
