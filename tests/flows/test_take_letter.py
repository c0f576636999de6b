"""A letter becomes what is decided, once, whatever way it comes and wherever taking it was cut off (CLOCK-1, CLOCK-2)."""

from datetime import timedelta

import pytest

from goodstanding.adapters.mail.letter import Unreadable
from goodstanding.apps.documents import queries as documents
from goodstanding.apps.post import actions as post
from goodstanding.apps.post import models
from goodstanding.apps.post import queries as letters
from goodstanding.apps.post.queries import MailboxSettings
from goodstanding.apps.tenancy import actions as tenancy
from goodstanding.apps.tenancy import queries as tenancy_queries
from goodstanding.apps.tenancy.roles import Role
from goodstanding.apps.tickets import models as tickets_kept
from goodstanding.apps.tickets import queries as tickets
from goodstanding.apps.tickets.actions import IncomingTicket
from goodstanding.apps.tickets.queries import Happening
from goodstanding.apps.unit import Conflict, Forbidden, NotFound
from goodstanding.core.desk.events import Actor, Event, EventKind
from goodstanding.core.desk.letters import Outcome
from goodstanding.flows.take_letter import name_sent, sort_letter, take_letter
from goodstanding.flows.take_tickets import take_tickets
from tests.adapters.mail import corpus
from tests.adapters.mail.corpus import letter
from tests.apps.world import EVERYTHING, NOW, World

pytestmark = pytest.mark.django_db

ANNA, JONAS, MARTA = "Anna <anna@ferrante.example>", "jonas@kestrel.example", "marta@adriatica.example"


class Town(World):
    """A world with a contact at each client, and somebody who answers."""

    def __init__(self):
        super().__init__()
        tenancy.add_contact(EVERYTHING, client=self.ferrante.pk, address="anna@ferrante.example", name="Anna")
        tenancy.add_contact(EVERYTHING, client=self.kestrel.pk, address="@kestrel.example")
        self.person(Role.AGENT, email=MARTA)


@pytest.fixture(scope="module", autouse=True)
def in_one_town(once_a_module):
    Desk.town = Town()


class Desk(World):
    """A mailbox in the town that the tests of this file have in common."""

    town = None

    def __init__(self, **settings):
        vars(self).update(vars(self.town))
        self.mailbox = post.set_up_mailbox(
            EVERYTHING, partner=self.partner.pk, secret="", old_ones=True, now=NOW,
            settings=MailboxSettings(address="support@adriatica.example", **settings),
        )  # fmt: skip

    def get(self, message, *, hours_ago=1.0, mailbox="own", **more):
        return take_letter(
            EVERYTHING, partner=self.partner.pk, mailbox=self.mailbox if mailbox == "own" else None, message=message,
            came_at=NOW - timedelta(hours=hours_ago), now=NOW, **more,
        )  # fmt: skip

    def sent(self, took, message_id):
        """A message of ours about a ticket went out."""
        name_sent(EVERYTHING, partner=self.partner.pk, names=[(message_id, took.letter.ticket)])

    def take_event(self, took, kind, hours_ago):
        """Something happens to the ticket in the product itself."""
        ticket = self.ticket(took)
        told = Happening(
            Event(
                at=NOW - timedelta(hours=hours_ago), kind=EventKind(kind), source="desk", source_id=kind, actor=Actor.STAFF,
                public=True,
            )
        )  # fmt: skip
        incoming = IncomingTicket(ref=ticket.ref, client=ticket.client, happenings=(told,))
        take_tickets(EVERYTHING, partner=self.partner.pk, source=ticket.source, tickets=[incoming], now=NOW)

    def story(self, took):
        return [(each.event.kind.value, each.who, each.text) for each in self.happened(took)]

    def happened(self, took):
        return tickets.story(EVERYTHING, took.letter.ticket, inner=True)

    def ticket(self, took):
        return tickets.tickets_by_pk(EVERYTHING, [took.letter.ticket])[took.letter.ticket]


def reply(body="More.", sender=ANNA, to="<a1@ferrante.example>", number=2, subject="Re: Printer", head="", **more):
    return letter(
        body,
        subject,
        sender,
        message_id=f"<a{number}@ferrante.example>",
        head=f"In-Reply-To: {to}\n{head}" if to else head,
        **more,
    )


def kinds(desk, took):
    return [kind for kind, *_ in desk.story(took)]


@pytest.mark.proves("CLOCK-1")
def test_a_clients_letter_opens_a_ticket_at_the_instant_it_came():
    desk = Desk(priority="P2", team="Support")

    took = desk.get(letter("It prints nothing.\n\n-- \nAnna"), hours_ago=3)

    ticket, [opened] = desk.ticket(took), desk.happened(took)
    assert (ticket.client, ticket.title, ticket.priority, ticket.team) == (desk.ferrante.pk, "Printer", "P2", "Support")
    assert ticket.ref.startswith("M-")
    assert ticket.source == "mail:support@adriatica.example"
    assert (opened.event.at, opened.event.actor, opened.text) == (NOW - timedelta(hours=3), "client", "It prints nothing.")
    assert took.outcome is Outcome.OPENED


@pytest.mark.proves("CLOCK-1")
@pytest.mark.parametrize("ways", [("own", "own"), ("own", "pipe"), ("pipe", "own")])
def test_the_same_letter_is_taken_once_whatever_way_it_comes(ways):
    desk = Desk()

    first, again = (desk.get(letter(), mailbox=way) for way in ways)

    assert (first.new, again.new) == (True, False)
    assert first.letter.ticket == again.letter.ticket
    assert kinds(desk, first) == ["opened"]


def test_letters_thread_by_the_messages_they_answer_and_by_a_reference_in_their_subject():
    desk = Desk()
    first = desk.get(letter(), hours_ago=5)
    ref = desk.ticket(first).ref

    by_id = desk.get(reply(), hours_ago=4)
    by_chain = desk.get(reply(number=3, to="<lost@x>", head="References: <a1@ferrante.example> <lost@x>\n"), hours_ago=3)
    by_reference = desk.get(reply(number=4, to="", subject=f"AW: Printer [#{ref.lower()}]"), hours_ago=2)

    assert {each.letter.ticket for each in (by_id, by_chain, by_reference)} == {first.letter.ticket}
    assert kinds(desk, first) == ["opened", "client_replied", "client_replied", "client_replied"]


def test_staff_who_answer_the_client_with_the_mailbox_in_copy_stop_the_clock():
    desk = Desk()
    first = desk.get(letter(), hours_ago=5)

    among = desk.get(reply("Who looks?", MARTA, number=2), hours_ago=4)
    answer = desk.get(reply("Try again.", MARTA, number=3, head=f"Cc: {ANNA}\n"), hours_ago=3)

    assert (among.outcome, answer.outcome) == (Outcome.NOTED, Outcome.STAFF_REPLIED)
    assert [(each.event.kind, each.event.public) for each in desk.happened(first)][1:] == [
        ("noted", False), ("staff_replied", True),
    ]  # fmt: skip


def test_a_letter_of_staff_to_somebody_whose_address_ends_like_the_clients_is_among_staff():
    desk = Desk(client=Desk.town.ferrante.pk)
    first = desk.get(letter(sender="Maria <maria@mail.example>"), hours_ago=5)

    beside = desk.get(reply("They are late with paying.", MARTA, number=2, head="Cc: ria@mail.example\n"), hours_ago=4)
    answer = desk.get(reply("Try again.", MARTA, number=3, head="Cc: MARIA@mail.example\n"), hours_ago=3)

    assert (beside.outcome, answer.outcome) == (Outcome.NOTED, Outcome.STAFF_REPLIED)
    assert [each.event.public for each in desk.happened(first)][1:] == [False, True]


@pytest.mark.parametrize("name", [each for each in corpus.EVERY if each.startswith("OOO_")])
def test_automatic_answers_never_answer_reopen_or_open_anything(name):
    desk = Desk()
    first = desk.get(letter(message_id="<one@adriatica.example>"), hours_ago=5)
    desk.take_event(first, "resolved", 4)

    took = desk.get(corpus.EVERY[name], hours_ago=3)

    assert took.outcome in (Outcome.AUTO_REPLIED, Outcome.IGNORED)
    assert set(kinds(desk, first)) <= {"opened", "resolved", "auto_replied"}
    assert tickets_kept.Ticket.objects.count() == 1


@pytest.mark.parametrize("name", ["POSTFIX", "EXCHANGE", "GMAIL_BOUNCE", "QMAIL"])
def test_a_bounce_of_a_message_of_ours_is_noted_with_its_reason_and_reopens_nothing(name):
    desk = Desk()
    first = desk.get(letter(), hours_ago=5)
    desk.sent(first, "<ours1@adriatica.example>")
    desk.take_event(first, "resolved", 4)

    took = desk.get(corpus.EVERY[name], hours_ago=3)

    assert took.outcome is Outcome.NOTED
    kind, _, text = desk.story(first)[-1]
    assert kind == "noted"
    assert text.startswith("Not delivered to")
    assert "5." in text


def test_a_bounce_of_a_message_that_is_not_ours_is_nothing():
    desk = Desk()
    desk.get(letter(message_id="<ours1@adriatica.example>"))

    assert desk.get(corpus.POSTFIX).outcome is Outcome.IGNORED


@pytest.mark.proves("CLOCK-1")
@pytest.mark.parametrize("sender", [JONAS, "stranger@elsewhere.example"])
@pytest.mark.parametrize("way", ["message id", "reference"])
def test_a_stranger_who_quotes_a_ticket_does_not_write_into_it(sender, way):
    desk = Desk()
    first = desk.get(letter(), hours_ago=5)
    subject = f"Re: [#{desk.ticket(first).ref}]" if way == "reference" else "Re: Printer"

    took = desk.get(
        reply("Pay to this account.", sender, "" if way == "reference" else "<a1@ferrante.example>", subject=subject)
    )

    assert (took.outcome, took.letter.ticket) == (Outcome.HELD, None)
    assert kinds(desk, first) == ["opened"]


def test_somebody_who_takes_a_message_id_first_keeps_nobodys_letter_out():
    desk = Desk()
    desk.get(letter("Mine.", sender=JONAS, message_id="<a1@ferrante.example>"), hours_ago=5)

    took = desk.get(letter(), hours_ago=4)

    assert (took.new, took.outcome) == (True, Outcome.OPENED)


def test_a_reply_after_the_resolution_reopens_and_is_unanswered():
    desk = Desk()
    first = desk.get(letter(), hours_ago=5)
    desk.take_event(first, "resolved", 4)

    took = desk.get(reply(), hours_ago=3)

    assert took.outcome is Outcome.REOPENED
    assert kinds(desk, first) == ["opened", "resolved", "reopened", "client_replied"]


def test_a_reply_that_came_before_the_resolution_but_is_read_later_reopens_nothing():
    desk = Desk()
    first = desk.get(letter(), hours_ago=5)
    desk.take_event(first, "resolved", 2)

    took = desk.get(reply(), hours_ago=3)

    assert took.outcome is Outcome.CLIENT_REPLIED
    assert kinds(desk, first) == ["opened", "client_replied", "resolved"]


def test_a_reply_to_a_ticket_that_was_called_off_opens_one_that_follows_it():
    desk = Desk()
    first = desk.get(letter(), hours_ago=5)
    desk.take_event(first, "cancelled", 4)

    took = desk.get(reply(), hours_ago=3)
    later = desk.get(reply(number=3, to="<a2@ferrante.example>"), hours_ago=2)

    new = desk.ticket(took).ref
    assert took.letter.ticket == later.letter.ticket != first.letter.ticket
    assert desk.story(first)[-1] == ("noted", "Mail", f"The client wrote again: it goes on in {new}.")
    assert kinds(desk, took) == ["opened", "noted", "client_replied"]


class Stop(Exception):
    """The worker was killed."""


STEPS = ["read", "begun", "decided", "told", "named", "attached", "ended"]


@pytest.mark.proves("CLOCK-2")
@pytest.mark.parametrize("at", STEPS)
def test_taking_that_is_cut_off_at_any_step_and_begun_again_tells_the_same(at):
    desk, calm = Desk(), corpus.NESTED
    first = desk.get(letter(message_id="<one@ferrante.example>"), hours_ago=9)
    message = calm.replace(b"Subject: Several", b"Subject: Several\r\nIn-Reply-To: <one@ferrante.example>")
    heard = []

    def stop(step):
        heard.append(step)
        if step == at:
            raise Stop

    before = kept()
    with pytest.raises(Stop):
        desk.get(message, step=stop)
    cut_off = kept()
    took = desk.get(message)
    again = desk.get(message)

    assert cut_off == before
    assert heard == STEPS[: STEPS.index(at) + 1]
    assert (took.new, again.new) == (True, False)
    assert kinds(desk, first) == ["opened", "client_replied"]
    assert len(letters.attached(EVERYTHING, ticket=first.letter.ticket)) == 3


def kept():
    """What the tables hold that a letter can change."""
    tables = [models.Letter, models.Attachment, models.MessageName, tickets_kept.Ticket, tickets_kept.TicketEvent]
    return [list(table.objects.order_by("pk").values()) for table in tables]


def test_files_are_kept_with_their_ticket():
    desk = Desk()

    took = desk.get(corpus.NESTED)

    found = letters.attached(EVERYTHING, ticket=took.letter.ticket)
    assert [each.name for each in found] == ["shot.png", "attachment-2.eml", "Angébot 2026.pdf"]
    assert b"".join(documents.parts(EVERYTHING, found[2].document)) == b"%PDF-"


def test_a_letter_of_somebody_unknown_waits_and_becomes_a_ticket_of_when_it_came():
    desk = Desk()
    held = desk.get(letter(sender="Pia <pia@new.example>"), hours_ago=6)
    scope = desk.scope(Role.AGENT)

    took = sort_letter(scope, letter=held.letter.public_id, client=desk.kestrel.public_id, remember=True, now=NOW)
    next_one = desk.get(letter(sender="pia@new.example", message_id="<p2@new.example>"))

    assert (held.outcome, took.outcome, next_one.outcome) == (Outcome.HELD, Outcome.OPENED, Outcome.OPENED)
    assert desk.ticket(took).client == desk.kestrel.pk
    assert desk.happened(took)[0].event.at == NOW - timedelta(hours=6)
    assert [each.address for each in tenancy_queries.contacts(scope, client=desk.kestrel.pk)] == [
        "@kestrel.example", "pia@new.example",
    ]  # fmt: skip


def test_a_stranger_in_a_thread_who_is_said_to_be_of_its_client_is_put_into_it():
    desk = Desk()
    first = desk.get(letter(), hours_ago=6)
    held = [desk.get(reply(sender=f"pia{n}@new.example", number=n), hours_ago=5) for n in (2, 3)]

    theirs = sort_letter(EVERYTHING, letter=held[0].letter.public_id, client=desk.ferrante.public_id, remember=False, now=NOW)
    others = sort_letter(EVERYTHING, letter=held[1].letter.public_id, client=desk.kestrel.public_id, remember=False, now=NOW)

    assert theirs.letter.ticket == first.letter.ticket != others.letter.ticket
    assert desk.ticket(others).client == desk.kestrel.pk


def test_a_held_letter_is_sorted_once():
    desk = Desk()
    held = desk.get(letter(sender="pia@new.example"))
    post.discard(EVERYTHING, held.letter.public_id)

    with pytest.raises(Conflict, match="sorted this letter already"):
        sort_letter(EVERYTHING, letter=held.letter.public_id, client=desk.kestrel.public_id, remember=True, now=NOW)
    with pytest.raises(Conflict):
        post.discard(EVERYTHING, held.letter.public_id)
    assert desk.get(letter(sender="pia@new.example")).new is False


def test_only_who_may_sorts_letters_and_only_to_clients_of_their_own_partner():
    desk, theirs = Desk(), World("baltica", "Baltica ERP")
    held = desk.get(letter(sender="pia@new.example"))

    with pytest.raises(Forbidden):
        sort_letter(
            desk.scope(Role.FINANCE), letter=held.letter.public_id, client=desk.kestrel.public_id, remember=False, now=NOW
        )
    with pytest.raises(NotFound):
        sort_letter(theirs.scope(), letter=held.letter.public_id, client=theirs.kestrel.public_id, remember=False, now=NOW)
    with pytest.raises(NotFound):
        sort_letter(EVERYTHING, letter=held.letter.public_id, client=theirs.kestrel.public_id, remember=False, now=NOW)


def test_a_mailbox_of_one_client_takes_everybodys_letters_for_it():
    desk = Desk()
    settings = MailboxSettings(address="ferrante@adriatica.example", client=desk.ferrante.pk)
    desk.mailbox = post.set_up_mailbox(
        EVERYTHING, partner=desk.partner.pk, settings=settings, secret="", old_ones=True, now=NOW
    )

    took = desk.get(letter(sender="anybody@else.example"))

    assert desk.ticket(took).client == desk.ferrante.pk


CHECKED = "Authentication-Results: mx.adriatica.example; dmarc={0} header.from=ferrante.example; spf=pass\n"


@pytest.mark.parametrize(
    ("head", "outcome"),
    [
        (CHECKED.format("pass"), Outcome.OPENED),
        (CHECKED.format("fail"), Outcome.HELD),
        ("", Outcome.HELD),
        (CHECKED.format("pass").replace("mx.adriatica", "evil"), Outcome.HELD),
        ("Authentication-Results: mx.adriatica.example; dmarc=none; spf=pass\n", Outcome.OPENED),
    ],
    ids=["proven", "forged", "not checked", "said by somebody else", "no policy"],
)
def test_where_the_mail_server_checks_senders_a_forged_one_is_held(head, outcome):
    desk = Desk(checked_by="mx.adriatica.example")

    assert desk.get(letter(head=head)).outcome is outcome


def test_a_letter_that_is_piped_came_when_the_last_server_had_it():
    desk = Desk()
    head = "Received: from a by mx; Wed, 18 Nov 2026 11:30:00 +0000\nReceived: from b by a; Wed, 18 Nov 2026 05:00:00 +0000\n"
    message = head.replace("\n", "\r\n").encode() + letter()

    took = take_letter(EVERYTHING, partner=desk.partner.pk, mailbox=desk.mailbox, message=message, now=NOW)

    assert desk.happened(took)[0].event.at == NOW - timedelta(minutes=30)


def test_what_is_no_letter_is_told_to_whoever_pipes_it():
    desk = Desk()

    with pytest.raises(Unreadable):
        desk.get(b"")


def test_staff_who_write_to_one_client_open_a_ticket_for_it():
    desk = Desk()

    for_client = desk.get(letter("We will change the server.", sender=MARTA, head=f"Cc: {JONAS}\n"))
    for_nobody = desk.get(letter("Hello?", sender=MARTA, message_id="<m2@adriatica.example>"))

    assert desk.ticket(for_client).client == desk.kestrel.pk
    assert desk.happened(for_client)[0].event.actor == "staff"
    assert for_nobody.outcome is Outcome.HELD


def test_a_letter_of_the_mailbox_itself_is_not_taken():
    desk = Desk()

    assert desk.get(letter(sender="support@adriatica.example")).outcome is Outcome.IGNORED
    assert not tickets_kept.Ticket.objects.exists()


@pytest.mark.parametrize("address", ["@gmail.com", "anna", "a b@x.example", "@", "anna@", "x" * 300 + "@x.example"])
def test_an_address_that_says_nothing_about_a_client_is_no_contact(address):
    with pytest.raises(Conflict):
        tenancy.add_contact(EVERYTHING, client=Desk().ferrante.pk, address=address)


def test_an_address_writes_for_one_client_only():
    desk = Desk()

    with pytest.raises(Conflict, match="another client"):
        tenancy.add_contact(EVERYTHING, client=desk.kestrel.pk, address="Anna@Ferrante.example")


def test_a_person_beats_their_domain_and_staff_beat_both():
    desk = Desk()
    tenancy.add_contact(EVERYTHING, client=desk.ferrante.pk, address="lea@kestrel.example")
    tenancy.add_contact(EVERYTHING, client=desk.ferrante.pk, address=MARTA)

    found = tenancy_queries.writers(
        EVERYTHING, partner=desk.partner.pk, addresses=["lea@kestrel.example", "per@kestrel.example", MARTA, "x@y.example"]
    )

    assert {each: (who.staff, who.client) for each, who in found.items()} == {
        "lea@kestrel.example": (False, desk.ferrante.pk), "per@kestrel.example": (False, desk.kestrel.pk), MARTA: (True, None),
    }  # fmt: skip


@pytest.mark.proves("PORTAL-3")
def test_two_letters_whose_digests_begin_alike_are_two_tickets_of_two_clients():
    desk = Desk()
    alike = {"rosa@ferrante.example": "<36831@x.example>", "kit@kestrel.example": "<32988@x.example>"}
    tenancy.add_contact(EVERYTHING, client=desk.ferrante.pk, address="rosa@ferrante.example")

    took = [
        desk.get(letter(f"For {sender} alone.", sender=sender, message_id=message_id)) for sender, message_id in alike.items()
    ]

    rows = [tickets_kept.Ticket.objects.get(pk=each.letter.ticket) for each in took]
    assert [each.outcome for each in took] == [Outcome.OPENED, Outcome.OPENED]
    assert [row.client_id for row in rows] == [desk.ferrante.pk, desk.kestrel.pk]
    assert [len(row.ref) for row in rows] == [len("M-6D6EEDD2"), len("M-6D6EEDD2....")]
    assert rows[1].ref.startswith(rows[0].ref)
    for row, sender in zip(rows, alike, strict=True):
        told = tickets.story(EVERYTHING, row.pk, inner=True)
        assert [each.text for each in told] == [f"For {sender} alone."]
