"""A message of a chat becomes what is decided, once, in whatever order and however often it comes (CLOCK-1, CLOCK-2)."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from goodstanding.adapters.chat.slack import read_slack
from goodstanding.apps.chat import actions as chats
from goodstanding.apps.chat import models, queries
from goodstanding.apps.tenancy import actions as tenancy
from goodstanding.apps.tenancy import queries as people
from goodstanding.apps.tenancy.roles import Role
from goodstanding.apps.tickets import models as tickets_kept
from goodstanding.apps.tickets import queries as tickets
from goodstanding.apps.tickets.actions import IncomingTicket
from goodstanding.apps.tickets.queries import Happening
from goodstanding.apps.unit import Conflict, Forbidden, NotFound
from goodstanding.core.desk.events import Actor, Event, EventKind, in_order
from goodstanding.core.desk.letters import Outcome
from goodstanding.core.desk.posts import Service
from goodstanding.flows.agree_channel import agree_channel, connect_chat
from goodstanding.flows.sort_post import sort_post
from goodstanding.flows.take_post import take_post
from goodstanding.flows.take_tickets import take_tickets
from tests.adapters.chat.said import BOT, SLACK_SECRET, body_of, deleted, edited, envelope, message
from tests.apps.world import EVERYTHING, NOW, World
from tests.databases import few
from tests.flows.undone import undone

pytestmark = pytest.mark.django_db

LINK = "https://app.slack.com/client/T123ABC456/C123ABC456"
ANNA, MARTA, JONAS, PIA = "U1", "U2", "U3", "U9"


def ts(hours_ago):
    return f"{(NOW - timedelta(hours=hours_ago)).timestamp():.6f}"


class Town(World):
    """A world with a contact at each client and somebody who answers, all of whom are known in the chat."""

    def __init__(self):
        super().__init__()
        tenancy.add_contact(EVERYTHING, client=self.ferrante.pk, address="anna@ferrante.example", name="Anna")
        tenancy.add_contact(EVERYTHING, client=self.kestrel.pk, address="jonas@kestrel.example", name="Jonas")
        self.person(Role.AGENT, email="marta@adriatica.example")
        for who, address in (
            (ANNA, "anna@ferrante.example"),
            (MARTA, "marta@adriatica.example"),
            (JONAS, "jonas@kestrel.example"),
        ):
            chats.know_sender(EVERYTHING, partner=self.partner.pk, service=Service.SLACK, sender=who, name="", address=address)


@pytest.fixture(scope="module", autouse=True)
def in_one_town(once_a_module):
    Desk.town = Town()


class Desk(World):
    """A channel of Casa Ferrante in the town that the tests of this file have in common."""

    town = None

    def __init__(self, client=True, **settings):
        vars(self).update(vars(self.town))
        self.workspace, self.channel = connect_chat(
            EVERYTHING, partner=self.partner.pk, name="Ferrante", link=LINK, secret=SLACK_SECRET, now=NOW,
            client=self.ferrante.public_id if client else None, **settings,
        )  # fmt: skip

    def hear(self, event, now=NOW, **more):
        post = read_slack(body_of(envelope(event)), "application/json", sent_at=now)
        return take_post(EVERYTHING, channel=self.channel, post=post, now=now, **more)

    def say(self, text="It prints nothing.", who=ANNA, at=5.0, to=None, **more):
        return message(text, user=who, ts=ts(at), **({"thread_ts": ts(to)} if to else {}), **more)

    def get(self, *args, **more):
        return self.hear(self.say(*args, **more))

    def told(self, took, kind, hours_ago):
        """Something happens to the ticket in the product itself."""
        ticket = self.ticket(took)
        at = NOW - timedelta(hours=hours_ago)
        event = Event(at=at, kind=EventKind(kind), source="desk", source_id=kind, actor=Actor.STAFF, public=True)
        incoming = IncomingTicket(ref=ticket.ref, client=ticket.client, happenings=(Happening(event),))
        take_tickets(EVERYTHING, partner=self.partner.pk, source=ticket.source, tickets=[incoming], now=NOW)

    def ticket(self, took):
        return tickets.tickets_by_pk(EVERYTHING, [took.post.ticket])[took.post.ticket]

    def story(self, pk):
        """The events of a ticket that stand, in their order."""
        kept = tickets.story(EVERYTHING, pk, inner=True)
        texts = {each.event.id: (each.who, each.text) for each in kept}
        return [(each.kind.value, each.actor.value, each.at, *texts[each.id]) for each in in_order(each.event for each in kept)]

    def kinds(self, took):
        return [kind for kind, *_ in self.story(took.post.ticket)]


@pytest.mark.proves("CLOCK-1")
def test_a_first_message_in_the_channel_opens_a_ticket_of_its_client_at_the_instant_it_was_said():
    desk = Desk(priority="P2", team="Support")

    took = desk.get("It prints nothing.\nSince noon.", at=3)

    ticket, [opened] = desk.ticket(took), desk.story(took.post.ticket)
    assert (ticket.client, ticket.title) == (desk.ferrante.pk, "It prints nothing.")
    assert (ticket.priority, ticket.team) == ("P2", "Support")
    assert (ticket.ref, ticket.contact) == ("T-1001", "Anna <anna@ferrante.example>")
    assert opened == ("opened", "client", NOW - timedelta(hours=3), "Anna", "It prints nothing.\nSince noon.")


@pytest.mark.proves("CLOCK-1")
def test_replies_in_the_thread_are_the_clients_or_the_staffs_by_who_sent_them():
    desk = Desk()
    first = desk.get(at=5)

    desk.get("We look at it.", MARTA, 4, to=5)
    desk.get("Thanks.", ANNA, 3, to=5)
    desk.get("I count it.", None, 2, to=5, bot_id="B1")

    assert [(kind, actor) for kind, actor, *_ in desk.story(first.post.ticket)] == [
        ("opened", "client"), ("staff_replied", "staff"), ("client_replied", "client"),
    ]  # fmt: skip


def test_two_messages_are_two_tickets_and_what_staff_say_of_themselves_is_none():
    desk = Desk()

    one, two, staff = desk.get(at=5), desk.get(at=4), desk.get("Down for an hour tonight.", MARTA, 3)
    asked = desk.get(f"<@{BOT}> for them", MARTA, 2)

    assert one.post.ticket != two.post.ticket
    assert (staff.outcome, staff.post.ticket) == (Outcome.WAITING, None)
    assert [(kind, actor) for kind, actor, *_ in desk.story(asked.post.ticket)] == [("opened", "staff")]


@pytest.mark.proves("CLOCK-1")
def test_a_message_that_is_delivered_again_even_with_another_text_is_taken_once():
    desk = Desk()

    took, *again = (desk.hear(desk.say(text, at=5)) for text in ("First.", "First.", "Another."))

    assert [each.new for each in again] == [False, False]
    assert {each.post.ticket for each in again} == {took.post.ticket}
    assert [text for *_, text in desk.story(took.post.ticket)] == ["First."]


SAID = [
    lambda desk: desk.say("Printer.", ANNA, 5),
    lambda desk: desk.say("Which?", MARTA, 4, to=5),
    lambda desk: edited("Big printer.", before="Printer.", user=ANNA, ts=ts(5), at=ts(3)),
    lambda desk: desk.say("The big one.", ANNA, 2, to=5),
]


@pytest.mark.proves("CLOCK-2")
def test_messages_that_come_in_any_order_tell_the_same_story():
    stories = set()
    desk = Desk()
    orders = list(permutations(range(len(SAID))))

    # Five apart, they begin with every message among the first few.
    for order in few((orders[5 * number % len(orders)] for number in range(len(orders))), 8):
        with undone():
            for each in order:
                desk.hear(SAID[each](desk))
            ticket = tickets_kept.Ticket.objects.get()
            stories.add(tuple(desk.story(ticket.pk)))

    [story] = stories
    assert [(kind, text) for kind, _, _, _, text in story] == [
        ("opened", "Printer."), ("staff_replied", "Which?"), ("noted", "Edited in the chat:\n\nBig printer."),
        ("client_replied", "The big one."),
    ]  # fmt: skip


def test_a_deletion_is_a_note_and_changes_nothing_that_was_told():
    desk = Desk()
    first = desk.get(at=5)

    took = desk.hear(deleted(ts=ts(5), at=ts(4), user=ANNA))

    assert took.outcome is Outcome.NOTED
    assert [(kind, actor) for kind, actor, *_ in desk.story(first.post.ticket)] == [("opened", "client"), ("noted", "system")]


def test_a_reply_after_the_resolution_reopens_and_one_that_was_said_before_it_does_not():
    desk = Desk()
    first = desk.get(at=9)
    desk.told(first, "resolved", 6)

    before, after = desk.get("And?", ANNA, 7, to=9), desk.get("Again.", ANNA, 3, to=9)

    assert (before.outcome, after.outcome) == (Outcome.CLIENT_REPLIED, Outcome.REOPENED)
    assert desk.kinds(first) == ["opened", "client_replied", "resolved", "reopened", "client_replied"]


def test_a_thread_that_outlives_its_ticket_goes_on_in_another():
    desk = Desk()
    first = desk.get(at=9)
    desk.told(first, "cancelled", 8)

    took, later = desk.get("Again.", ANNA, 7, to=9), desk.get("We look.", MARTA, 6, to=9)
    late = desk.get("What I said before.", ANNA, 8.5, to=9)

    assert took.outcome is Outcome.CONTINUED
    assert took.post.ticket == later.post.ticket != first.post.ticket == late.post.ticket
    assert desk.kinds(took) == ["opened", "noted", "staff_replied"]
    assert desk.story(first.post.ticket)[-1][-1] == f"The client wrote again: it goes on in {desk.ticket(took).ref}."


def test_somebody_of_another_client_opens_nothing_in_the_channel_and_writes_into_no_ticket_of_it():
    desk = Desk()
    first = desk.get(at=9)

    alone, reply = desk.get("Mine.", JONAS, 8), desk.get("Pay here.", JONAS, 7, to=9)

    assert {(each.outcome, each.post.because, each.post.ticket) for each in (alone, reply)} == {
        (Outcome.HELD, "other_client", None)
    }
    assert desk.kinds(first) == ["opened"]


def test_in_a_channel_of_several_clients_a_message_is_its_senders_clients():
    desk = Desk(client=False)

    ours, theirs, staff = desk.get(at=9), desk.get("x", JONAS, 8), desk.get(f"<@{BOT}> x", MARTA, 7)

    assert [desk.ticket(each).client for each in (ours, theirs)] == [desk.ferrante.pk, desk.kestrel.pk]
    assert (staff.outcome, staff.post.because) == (Outcome.HELD, "no_client")
    [sorted_one] = sort_post(EVERYTHING, post=staff.post.public_id, address="", client=desk.kestrel.public_id, now=NOW)
    assert desk.ticket(sorted_one).client == desk.kestrel.pk


@pytest.mark.proves("CLOCK-1")
def test_what_a_stranger_wrote_is_held_and_taken_whole_once_somebody_says_who_it_is():
    desk = Desk()
    held = [desk.get("Help.", PIA, 9), desk.get("Still?", PIA, 7, to=9), desk.get("Another thing.", PIA, 6)]
    waits = desk.get("We look.", MARTA, 8, to=9)
    desk.hear(edited("Help!", before="Help.", user=PIA, ts=ts(9), at=ts(8.5)))
    scope = people.scope_of_person(desk.person(Role.AGENT))

    took = sort_post(
        scope, post=held[1].post.public_id, address=" Pia@Ferrante.example ", client=desk.ferrante.public_id, now=NOW
    )

    assert {each.outcome for each in held} == {Outcome.HELD}
    assert waits.outcome is Outcome.WAITING
    assert [each.outcome for each in took] == [Outcome.OPENED, Outcome.CLIENT_REPLIED, Outcome.OPENED]
    assert desk.kinds(took[0]) == ["opened", "noted", "staff_replied", "client_replied"]
    assert desk.story(took[0].post.ticket)[0][2] == NOW - timedelta(hours=9)
    assert [each.address for each in people.contacts(scope, client=desk.ferrante.pk)] == [
        "anna@ferrante.example", "pia@ferrante.example",
    ]  # fmt: skip
    assert desk.get("And now?", PIA, 5).outcome is Outcome.OPENED
    assert queries.held_count(scope) == 0


def test_a_stranger_may_turn_out_to_be_one_of_the_staff():
    desk = Desk()
    first = desk.get(at=9)
    held = desk.get("We look.", PIA, 8, to=9)
    desk.person(Role.AGENT, email="pia@adriatica.example")

    sort_post(EVERYTHING, post=held.post.public_id, address="pia@adriatica.example", client=None, now=NOW)

    assert desk.kinds(first) == ["opened", "staff_replied"]


def test_a_reply_of_somebody_known_in_a_strangers_thread_opens_it_and_the_first_message_takes_its_place_later():
    desk = Desk()
    held = desk.get("Help.", PIA, 9)
    reply = desk.get("Yes, here too.", ANNA, 8, to=9)

    sort_post(EVERYTHING, post=held.post.public_id, address="pia@ferrante.example", client=desk.ferrante.public_id, now=NOW)

    assert reply.outcome is Outcome.OPENED
    assert [(kind, text) for kind, _, _, _, text in desk.story(reply.post.ticket)] == [
        ("opened", "Help."), ("client_replied", "Yes, here too."),
    ]  # fmt: skip
    assert tickets_kept.Ticket.objects.count() == 1


@pytest.mark.parametrize(
    ("address", "client", "says"),
    [
        ("", "ferrante", "mail address"),
        ("pia@new.example", None, "choose the client"),
        ("jonas@kestrel.example", "ferrante", "another client"),
        ("jonas@kestrel.example", None, "another client"),
        ("nobody", "ferrante", "write an address"),
    ],
)
def test_what_says_too_little_or_contradicts_itself_changes_nothing(address, client, says):
    desk = Desk()
    held = desk.get("Help.", PIA)
    before = kept()

    with pytest.raises(Conflict, match=says):
        sort_post(
            EVERYTHING, post=held.post.public_id, address=address, now=NOW,
            client=getattr(desk, client).public_id if client else None,
        )  # fmt: skip

    assert kept() == before


def test_only_who_may_sorts_messages_and_only_those_of_their_own_partner():
    desk, theirs = Desk(), World("baltica", "Baltica ERP")
    held = desk.get("Help.", PIA)
    given = {"post": held.post.public_id, "address": "pia@new.example", "now": NOW}

    with pytest.raises(Forbidden):
        sort_post(desk.scope(Role.FINANCE), client=desk.ferrante.public_id, **given)
    with pytest.raises(NotFound):
        sort_post(theirs.scope(), client=theirs.ferrante.public_id, **given)
    with pytest.raises(NotFound):
        sort_post(EVERYTHING, client=theirs.ferrante.public_id, **given)


def test_a_held_message_is_sorted_once_and_one_put_away_does_not_come_back():
    desk = Desk()
    held = desk.get("Help.", PIA)
    chats.discard(EVERYTHING, held.post.public_id)

    with pytest.raises(Conflict, match="sorted this message already"):
        sort_post(EVERYTHING, post=held.post.public_id, address="pia@new.example", client=desk.ferrante.public_id, now=NOW)
    with pytest.raises(Conflict):
        chats.discard(EVERYTHING, held.post.public_id)
    assert desk.get("Help.", PIA).new is False


def test_somebody_who_is_forgotten_or_whose_contact_is_removed_is_a_stranger_again():
    desk = Desk()
    [anna] = [each for each in queries.senders(EVERYTHING) if each.sender == ANNA]
    [contact] = people.contacts(EVERYTHING, client=desk.kestrel.pk)

    chats.forget_sender(EVERYTHING, anna.public_id)
    tenancy.remove_contact(EVERYTHING, contact.public_id)

    assert {desk.get(at=5).outcome, desk.get("x", JONAS, 4).outcome} == {Outcome.HELD}


class Stop(Exception):
    """The server was killed."""


def kept():
    """What the tables hold that a message can change."""
    tables = [models.Post, models.Thread, models.Sender, tickets_kept.Ticket, tickets_kept.TicketEvent, tickets_kept.Numbering]
    return [list(table.objects.order_by("pk").values()) for table in tables]


TAKING = ["begun", "decided", "told", "threaded", "ended", "told", "threaded", "ended", "followed"]
SORTING = ["known", "decided", "told", "threaded", "ended", "decided", "told", "threaded", "ended"]


def stopping(after):
    heard = []

    def step(name):
        heard.append(name)
        if len(heard) == after:
            raise Stop

    return step, heard


@pytest.mark.proves("CLOCK-2")
@pytest.mark.parametrize("after", range(1, len(TAKING) + 1))
def test_taking_that_is_cut_off_at_any_step_and_delivered_again_tells_the_same(after):
    desk = Desk()
    desk.get("Which?", MARTA, 4, to=5)
    step, heard = stopping(after)
    before = kept()

    with pytest.raises(Stop):
        desk.hear(desk.say(at=5), step=step)
    cut_off = kept()
    took, again = desk.hear(desk.say(at=5)), desk.hear(desk.say(at=5))

    assert (cut_off, heard) == (before, TAKING[:after])
    assert (took.new, again.new) == (True, False)
    assert desk.kinds(took) == ["opened", "staff_replied"]


@pytest.mark.parametrize("after", range(1, len(SORTING) + 1))
def test_sorting_that_is_cut_off_at_any_step_changes_nothing_and_may_be_done_again(after):
    desk = Desk()
    held = [desk.get("Help.", PIA, 9), desk.get("Still?", PIA, 7, to=9)]
    given = {"post": held[0].post.public_id, "address": "pia@new.example", "client": desk.ferrante.public_id, "now": NOW}
    step, heard = stopping(after)
    before = kept()

    with pytest.raises(Stop):
        sort_post(EVERYTHING, step=step, **given)
    cut_off = kept()
    took = sort_post(EVERYTHING, **given)

    assert (cut_off, heard) == (before, SORTING[:after])
    assert desk.kinds(took[0]) == ["opened", "client_replied"]


def test_a_chats_clock_that_runs_ahead_tells_of_nothing_that_has_not_happened():
    desk = Desk()

    took = desk.get(at=-0.01)

    assert took.post.at == NOW


def test_messages_within_one_second_keep_the_chats_order():
    desk = Desk()
    second = datetime(2026, 11, 18, 9, tzinfo=UTC).timestamp()
    first = desk.hear(message("a", user=ANNA, ts=f"{second:.0f}.000100"))

    for text, who, micro in (("d", ANNA, 400), ("b", MARTA, 200), ("c", ANNA, 300)):
        desk.hear(message(text, user=who, ts=f"{second:.0f}.000{micro}", thread_ts=f"{second:.0f}.000100"))

    assert [text for *_, text in desk.story(first.post.ticket)] == ["a", "b", "c", "d"]


def test_a_channel_is_agreed_on_once_and_only_in_its_own_workspace():
    desk = Desk()
    given = {"workspace": desk.workspace.public_id, "client": None}

    with pytest.raises(Conflict, match="already"):
        agree_channel(EVERYTHING, link=LINK, **given)
    with pytest.raises(Conflict, match="is not of"):
        agree_channel(EVERYTHING, link=LINK.replace("T123", "T999"), **given)
    assert agree_channel(EVERYTHING, link=LINK.replace("C123", "C999"), **given).channel == "C999ABC456"
