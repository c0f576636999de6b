"""Messages go out once, together where they belong together, and trouble holds up only what it concerns (ESC-5)."""

import uuid
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from itertools import pairwise

import pytest

from goodstanding.apps.outbox import actions, leases, models, queries
from goodstanding.apps.outbox.queries import Channel, Result, State
from goodstanding.apps.tenancy import actions as tenancy
from goodstanding.apps.tenancy import queries as tenancy_queries
from goodstanding.apps.tenancy.models import Membership
from goodstanding.apps.tenancy.roles import Role
from goodstanding.apps.tickets.models import Ticket
from goodstanding.apps.unit import Conflict, Forbidden, NotFound
from goodstanding.core.clocks.clock import second_of
from goodstanding.core.desk.events import Actor
from goodstanding.core.outgoing.digests import How
from goodstanding.core.outgoing.trying import GIVEN_UP_AFTER, LONGEST_HOLD
from goodstanding.delivery import words_of_outbox
from goodstanding.flows.carry_inbox import InboxCarrier
from goodstanding.flows.carry_mail import MailCarrier
from goodstanding.flows.deliver_messages import LEASE, Circumstances, Concern, Failed, deliver_messages
from goodstanding.flows.send_questions import Outgoing
from goodstanding.flows.take_letter import take_letter
from tests.adapters.mail.smtpserver import loopback, posting
from tests.apps.test_outbox import TICKET, message, put
from tests.apps.world import EVERYTHING, NOW, World

pytestmark = pytest.mark.django_db


class Crash(BaseException):
    """The process is gone."""


@dataclass
class Time:
    now: object = NOW

    def __call__(self):
        return self.now


@dataclass
class Carrying:
    """A carrier that keeps what it was given; `failing` holds what it raises for a subject."""

    failing: dict = field(default_factory=dict)
    carried: list = field(default_factory=list)
    asked: list = field(default_factory=list)

    def begin(self, loads):
        pass

    def carry(self, load):
        self.asked.append(load.message.subject)
        if load.message.subject in self.failing:
            raise self.failing[load.message.subject]
        self.carried.append([each.subject for each in load.every])
        return "somewhere"

    def end(self):
        pass

    def give_up(self, route, *, since, now):
        pass


def by(now=NOW, **given):
    return Circumstances(clock=Time(now), chance=lambda: 1.0, pause=lambda _: False, **given)


def deliver(carrier, now=NOW, **given):
    return deliver_messages({Channel.EMAIL: carrier, Channel.SLACK: carrier}, by(now, **given))


def standing():
    return dict(models.Message.objects.values_list("key", "state"))


@pytest.fixture(scope="module")
def world(once_a_module):
    return World()


@pytest.fixture
def post_office(tmp_path):
    with at_the_post_office(tmp_path) as found:
        yield found


@contextmanager
def at_the_post_office(folder, **given):
    with posting(folder, "plain", **given) as (postman, server, _):
        outgoing = Outgoing(
            server=server, mail_from="desk@adriatica.example", address="https://desk.example", key=b"", allow=loopback
        )
        yield postman, MailCarrier(outgoing, say=lambda load: words_of_outbox.letter(load, address=outgoing.address))


def letters(postman):
    return [message_from_bytes(content, policy=default) for _, _, content, _ in postman.letters]


@pytest.mark.proves("ESC-5")
def test_what_is_due_goes_out_once_and_how_it_went_is_kept(world):
    put(message(world), message(world, key="later", not_before=NOW + timedelta(hours=1)))
    carrier = Carrying()

    tried = [deliver(carrier), deliver(carrier)]

    (sent, later) = queries.of_ticket(EVERYTHING, TICKET)
    assert (tried, len(carrier.carried)) == ([1, 0], 1)
    assert (sent.state, sent.sent_at, later.state) == (State.SENT, NOW, State.WAITING)
    assert [(each.at, each.channel, each.address, each.result) for each in queries.attempts(EVERYTHING, sent)] == [
        (NOW, Channel.EMAIL, "somewhere", Result.SENT)
    ]


@pytest.mark.proves("ESC-3", "ESC-5")
@pytest.mark.parametrize("step", ["claimed", "sent", "kept"])
def test_lost_at_any_step_it_goes_out_once_or_in_the_one_window_again_under_the_same_name(world, post_office, step):
    postman, carrier = post_office
    put(message(world))

    def lose(at):
        if at == step:
            raise Crash

    with pytest.raises(Crash):
        deliver(carrier, step=lose)
    models.Message.objects.exclude(claim="").update(due_at=int((NOW + LEASE).timestamp()))
    at_once = deliver(carrier)
    after_the_lease = deliver(carrier, now=NOW + LEASE)

    assert at_once == 0
    assert after_the_lease == (0 if step == "kept" else 1)
    assert len(postman.letters) == (2 if step == "sent" else 1)
    assert len({each["Message-ID"] for each in letters(postman)}) == 1
    assert standing() == {"step 1": "sent"}


def test_two_workers_never_have_the_same_message(world):
    put(*(message(world, key=f"{number}") for number in range(10)))

    one = leases.claim("email", most=6, until=NOW + LEASE, now=NOW)
    other = leases.claim("email", most=6, until=NOW + LEASE, now=NOW)

    mine, theirs = ({each.message.key for each in claimed.loads} for claimed in (one, other))
    assert (len(mine), len(theirs), mine & theirs) == (6, 4, set())


@pytest.mark.proves("ESC-5")
def test_letters_about_a_ticket_are_one_thread_in_both_forms_and_a_reply_finds_the_ticket(world, post_office):
    postman, carrier = post_office
    world.take(world.incoming("T-1", ("opened", 2, {"priority": "P1", "actor": Actor.CLIENT}), contact="rosa@ferrante.example"))
    ticket = Ticket.objects.get()
    put(*(message(world, key=key, ticket=ticket.public_id, subject=key) for key in ("At risk", "Breached")))

    deliver(carrier)

    first, second = letters(postman)
    assert (first["From"], first["To"]) == ("Adriatica Sistemi <desk@adriatica.example>", "rosa@ferrante.example")
    assert {each["References"] for each in (first, second)} == {f"<ticket.{ticket.public_id}@adriatica.example>"}
    assert first["Message-ID"] != second["Message-ID"]
    assert [first.get_body((kind,)).get_content_type() for kind in ("plain", "html")] == ["text/plain", "text/html"]
    assert postman.visits == 1
    assert reply_to(world, second).letter.ticket == ticket.pk


def reply_to(world, letter):
    tenancy.add_contact(EVERYTHING, client=world.ferrante.pk, address="rosa@ferrante.example", name="Rosa")
    text = (
        "From: rosa@ferrante.example\r\nTo: support@adriatica.example\r\nSubject: Re\r\nMessage-ID: <1@x.example>\r\n"
        f"In-Reply-To: {letter['Message-ID']}\r\nDate: Wed, 18 Nov 2026 12:01:00 +0000\r\n\r\nThank you, but no\r\n"
    )
    return take_letter(EVERYTHING, partner=world.partner.pk, mailbox=None, message=text.encode(), now=NOW)


@pytest.mark.proves("ESC-5")
def test_a_server_that_is_busy_is_tried_again_and_one_that_is_gone_for_72_hours_given_up_for_people_to_see(world, post_office):
    postman, carrier = post_office
    put(message(world))
    postman.refuses["RCPT"] = "450 greylisted"
    now, tries = NOW, 0
    while standing() == {"step 1": "waiting"}:
        now = queries.of_ticket(EVERYTHING, TICKET)[0].due_at
        tries += deliver(carrier, now=now)

    (dead,) = queries.of_ticket(EVERYTHING, TICKET)
    attempts = queries.attempts(EVERYTHING, dead)
    assert (now - NOW, dead.state, dead.due_at, postman.letters) == (GIVEN_UP_AFTER, State.DEAD, None, [])
    assert len(attempts) == tries == dead.tries > 72
    assert [attempts[0].result, attempts[-1].result] == [Result.FAILED, Result.GIVEN_UP]
    assert "does not take mail for this address" in dead.error


@pytest.mark.proves("ESC-5")
def test_an_address_that_the_server_cannot_write_to_is_given_up_alone_and_holds_up_no_other(world, tmp_path):
    accented = world.person(Role.AGENT, email="rósa@adriatica.example")
    put(message(world, key="accented", recipient=accented))
    put(message(world, key="abroad", recipient=world.person(Role.AGENT, email="rosa@münchen.example")))
    put(message(world, key="plain"))

    with at_the_post_office(tmp_path, utf8=False) as (postman, carrier):
        deliver(carrier)

    assert standing() == {"accented": "dead", "abroad": "sent", "plain": "sent"}
    assert "letters beyond ASCII before the @" in models.Message.objects.get(key="accented").error
    assert [letter["To"] for letter in letters(postman)] == ["rosa@xn--mnchen-3ya.example", "rosa@ferrante.example"]
    assert queries.ways(EVERYTHING) == ()


@pytest.mark.proves("ESC-5")
def test_what_was_given_up_is_sent_again_when_somebody_says_so_and_only_then(world, post_office):
    postman, carrier = post_office
    put(message(world))
    postman.refuses["RCPT"] = "550 nobody here"
    deliver(carrier)
    postman.refuses.clear()
    (dead,) = queries.of_ticket(EVERYTHING, TICKET)
    later = NOW + timedelta(days=30)
    by_itself = deliver(carrier, now=later)

    actions.send_again(world.scope(), dead.public_id, now=later)
    asked = deliver(carrier, now=later)

    (sent,) = queries.of_ticket(EVERYTHING, TICKET)
    assert (by_itself, asked, sent.state) == (0, 1, State.SENT)
    assert [each.result for each in queries.attempts(EVERYTHING, sent)] == [Result.GIVEN_UP, Result.SENT]
    with pytest.raises(Conflict):
        actions.send_again(world.scope(), dead.public_id, now=later)


def test_who_may_not_has_nothing_sent_again(world):
    put(message(world))
    (kept,) = queries.of_ticket(EVERYTHING, TICKET)

    with pytest.raises(Forbidden):
        actions.send_again(world.scope(Role.FINANCE), kept.public_id, now=NOW)
    with pytest.raises(NotFound):
        actions.send_again(World("boreal", "Boreal").scope(), kept.public_id, now=NOW)


def test_a_poisoned_message_stops_nothing_and_its_fault_is_told(world):
    put(*(message(world, key=key, subject=key) for key in ("a", "poison", "b")))
    faults = []
    carrier = Carrying(failing={"poison": ZeroDivisionError()})

    deliver(carrier, fault=lambda load, error: faults.append((load.message.key, type(error))))

    assert standing() == {"a": "sent", "poison": "waiting", "b": "sent"}
    assert faults == [("poison", ZeroDivisionError)]
    assert "ZeroDivisionError" in models.Message.objects.get(key="poison").error


def test_a_message_that_ends_its_workers_is_given_up_and_takes_no_others_with_it(world):
    put(*(message(world, key=key, subject=key) for key in ("poison", "a", "b")))
    now = NOW

    class Deadly(Carrying):
        def carry(self, load):
            if load.message.subject == "poison":
                raise Crash
            return super().carry(load)

    carrier, lost = Deadly(), 0
    for _ in range(20):
        try:
            deliver(carrier, now=now)
        except Crash:
            lost += 1
        now += LEASE

    assert (lost, standing()) == (leases.LOSSES, {"poison": "dead", "a": "sent", "b": "sent"})


def test_trouble_on_one_route_holds_up_that_route_alone_and_asks_it_once(world):
    slack = str(uuid.uuid4())
    put(*(message(world, key=f"mail {number}", subject="mail") for number in range(3)))
    put(*(message(world, key=f"post {number}", subject="post", channel=Channel.SLACK, recipient=slack) for number in range(3)))
    carrier = Carrying(failing={"mail": Failed("The server is down.", Concern.WAY)})

    deliver(carrier)
    at_once = deliver(carrier)
    carrier.failing.clear()
    later = deliver(carrier, now=NOW + timedelta(minutes=1))

    assert (at_once, later) == (0, 3)
    assert carrier.asked.count("mail") == 4
    assert set(standing().values()) == {"sent"}


@pytest.mark.parametrize("answer", ["450 greylisted", "550 nobody here"])
def test_an_answer_about_one_letter_ends_the_trouble_of_the_route_and_a_fault_of_ours_does_not(world, post_office, answer):
    postman, carrier = post_office
    put(message(world))
    leases.hold("email", until=NOW, said="down", now=NOW)
    fault = Carrying(failing={"Breaches in 42 min": ZeroDivisionError()})
    deliver(fault, now=NOW + timedelta(minutes=1))
    after_the_fault = queries.ways(EVERYTHING)

    postman.refuses["RCPT"] = answer
    deliver(carrier, now=NOW + timedelta(minutes=5))

    assert [way.failures for way in after_the_fault] == [1]
    assert queries.ways(EVERYTHING) == ()


def test_what_was_not_tried_keeps_its_place_before_what_failed_and_is_tried_again(world):
    bad = ("bad 1", "bad 2", "bad 3")
    put(*(message(world, key=key, subject=key) for key in (*bad, "a", "b")))
    carrier = Carrying(failing=dict.fromkeys(bad, Failed("The server is down.", Concern.WAY)))
    now = NOW

    for _ in range(4):
        now += timedelta(minutes=5)
        deliver(carrier, now=now)

    assert carrier.asked[:5] == [*bad, "a", "b"]
    assert standing() == dict.fromkeys(bad, "waiting") | {"a": "sent", "b": "sent"}


def test_one_message_that_breaks_the_line_is_not_taken_for_the_line_but_two_in_a_row_are(world):
    put(*(message(world, key=key, subject=key) for key in ("odd", "a", "odd 1", "odd 2", "b")))
    broken = Failed("It broke the connection off.", Concern.PERHAPS_WAY)
    carrier = Carrying(failing=dict.fromkeys(("odd", "odd 1", "odd 2"), broken))

    deliver(carrier)

    assert carrier.asked == ["odd", "a", "odd 1", "odd 2"]
    assert [way.name for way in queries.ways(EVERYTHING)] == ["email"]


def test_a_route_that_fails_for_72_hours_gives_up_what_has_waited_as_long_and_looks_every_few_minutes_until_then(world):
    put(message(world, key="old"))
    put(message(world, key="new", written_at=NOW + timedelta(hours=71)))
    carrier, now, asked = Carrying(failing={"Breaches in 42 min": Failed("Down.", Concern.WAY)}), NOW, []
    while now < NOW + GIVEN_UP_AFTER + LONGEST_HOLD:
        if deliver(carrier, now=now):
            asked.append(now)
        now += timedelta(minutes=15)

    assert standing() == {"old": "dead", "new": "waiting"}
    assert max(later - earlier for earlier, later in pairwise(asked)) <= timedelta(hours=1)


@pytest.mark.proves("ESC-5")
def test_an_outage_with_200_tickets_is_one_message_with_a_list_and_all_are_kept_as_sent_with_it(world, post_office):
    postman, carrier = post_office
    lead = world.person(Role.TEAM_LEAD)
    tickets = [uuid.uuid4() for _ in range(200)]
    put(
        *(
            message(world, key=f"{to} {number}", recipient=to, ticket=ticket, subject=f"T-{number} breached", fold="outage 7")
            for to in (lead, "rosa@ferrante.example")
            for number, ticket in enumerate(tickets)
        )
    )

    deliver(carrier)
    deliver(carrier)

    to_lead, to_rosa = letters(postman)
    text = to_lead.get_body(("plain",)).get_content()
    assert to_lead["Subject"] == "200 messages: T-0 breached"
    assert all(f"T-{number} breached: https://desk.example/tickets/{each}" in text for number, each in enumerate(tickets))
    assert "https://desk.example" not in to_rosa.get_body(("plain",)).get_content()
    assert to_lead["References"] is None
    assert set(models.Message.objects.values_list("state", "sent_at")) == {("sent", int(NOW.timestamp()))}
    (last,) = queries.of_ticket(EVERYTHING, tickets[-1])[:1]
    assert [each.result for each in queries.attempts(EVERYTHING, last)] == [Result.SENT]


def test_what_was_gathered_for_somebody_is_one_letter_that_says_so(world, post_office):
    postman, carrier = post_office
    scope = world.scope(Role.TEAM_LEAD)
    actions.prefer(scope, group="escalation", channel=Channel.EMAIL, how=How.HOURLY)
    put(*(message(world, key=f"{number}", recipient=scope.person, fold=f"{number}") for number in range(3)))

    early = deliver(carrier, now=NOW + timedelta(minutes=59))
    deliver(carrier, now=NOW + timedelta(hours=1))

    (letter,) = letters(postman)
    assert (early, letter["Subject"]) == (0, "Your hourly summary: 3 messages")


def test_what_was_folded_and_perhaps_sent_is_only_ever_sent_again_as_it_was(world):
    put(*(message(world, key=f"{number}", subject=f"{number}", fold="outage") for number in range(3)))
    carrier = Carrying()
    leases.claim("email", most=50, until=NOW + LEASE, now=NOW)
    put(message(world, key="new", subject="new", fold="outage"))

    for _ in range(3):
        deliver(carrier, now=NOW + LEASE)

    assert sorted(carrier.carried) == [["0", "1", "2"], ["new"]]


def test_only_what_has_one_recipient_one_fold_and_is_due_is_folded(world):
    put(
        message(world, key="1", subject="1", fold="x"),
        message(world, key="2", subject="2", fold="x"),
        message(world, key="3", subject="3", fold="y"),
        message(world, key="4", subject="4"),
        message(world, key="5", subject="5"),
        message(world, key="6", subject="6", fold="x", recipient="ugo@ferrante.example"),
        message(world, key="7", subject="7", fold="x", not_before=NOW + timedelta(hours=1)),
    )
    carrier = Carrying()

    deliver(carrier)

    assert carrier.carried == [["1", "2"], ["3"], ["4"], ["5"], ["6"]]


def test_what_is_folded_is_given_up_and_sent_again_together(world):
    put(*(message(world, key=f"{number}", subject=f"{number}", fold="outage") for number in range(3)))
    carrier = Carrying(failing={"0": Failed("Nobody here.", Concern.RECIPIENT)})
    deliver(carrier)
    given_up = standing()
    carrier.failing.clear()

    actions.send_again(EVERYTHING, models.Message.objects.get(key="2").public_id, now=NOW)
    deliver(carrier)

    assert set(given_up.values()) == {"dead"}
    assert (carrier.carried, set(standing().values())) == ([["0", "1", "2"]], {"sent"})


def test_who_has_no_role_any_more_is_told_nothing_whatever_waits_for_them(world, post_office):
    _, mail = post_office
    gone = world.person(Role.AGENT)
    put(*(message(world, key=channel, channel=channel, recipient=gone) for channel in (Channel.EMAIL, Channel.INBOX)))
    Membership.objects.filter(person_id=gone).delete()

    deliver_messages({Channel.EMAIL: mail, Channel.INBOX: InboxCarrier()}, by())

    assert standing() == {"email": "dead", "inbox": "dead"}


@pytest.mark.proves("ESC-4")
def test_what_names_a_time_is_not_sent_once_that_has_passed_however_long_it_was_held_up(world, post_office):
    postman, mail = post_office
    put(
        message(world, key="in time", subject="In time", good_until=NOW + timedelta(hours=3)),
        message(world, key="late", good_until=NOW + timedelta(hours=2)),
        message(world, key="timeless", subject="Timeless"),
    )
    models.Message.objects.update(due_at=second_of(NOW + timedelta(hours=2)))

    deliver_messages({Channel.EMAIL: mail}, by(now=NOW + timedelta(hours=2)))

    assert standing() == {"in time": "sent", "late": "dead", "timeless": "sent"}
    assert {letter["Subject"] for letter in letters(postman)} == {"In time", "Timeless"}
    assert "names a time that has passed" in models.Message.objects.get(key="late").error
    actions.send_again(EVERYTHING, queries.message_by_key(EVERYTHING, partner=world.partner.pk, key="late").public_id, now=NOW)
    deliver_messages({Channel.EMAIL: mail}, by(now=NOW + timedelta(hours=2)))
    assert standing()["late"] == "dead"


@pytest.mark.proves("ESC-4")
@pytest.mark.parametrize(("hours", "fold"), [(12, ""), (24, "digest daily")])
def test_what_would_not_be_true_any_more_when_it_was_gathered_goes_out_at_once(world, hours, fold):
    lead = world.person(Role.TEAM_LEAD)
    actions.prefer(tenancy_queries.scope_of_person(lead), group="client", channel=Channel.EMAIL, how=How.DAILY)
    told = message(world, key="told", kind="client.escalation", recipient=lead, good_until=NOW + timedelta(hours=hours))

    put(told)

    kept = models.Message.objects.get(key="told")
    assert (kept.fold, kept.due_at == second_of(NOW)) == (fold, not fold)


def test_who_became_a_client_s_reader_hears_what_is_meant_for_that_client_alone(world, post_office):
    postman, mail = post_office
    turned = world.person(Role.AGENT)
    of_client = {"client": world.ferrante.pk, "recipient": turned}
    put(
        message(world, key="ours", kind="escalation.warned", **of_client),
        message(world, key="in the inbox", kind="escalation.warned", channel=Channel.INBOX, **of_client),
        message(world, key="of another client", kind="client.escalation", client=world.kestrel.pk, recipient=turned),
        message(world, key="theirs", kind="client.escalation", subject="Expected on Monday", **of_client),
    )
    Membership.objects.filter(person_id=turned).update(role=Role.CLIENT_VIEWER, client_id=world.ferrante.pk)

    deliver_messages({Channel.EMAIL: mail, Channel.INBOX: InboxCarrier()}, by())

    assert standing() == {"ours": "dead", "in the inbox": "dead", "of another client": "dead", "theirs": "sent"}
    assert [letter["Subject"] for letter in letters(postman)] == ["Expected on Monday"]
    assert "has changed" in models.Message.objects.get(key="ours").error


def test_without_a_mail_server_mail_waits_and_says_why_and_inboxes_are_served(world):
    lead = world.person(Role.TEAM_LEAD)
    put(*(message(world, key=channel, channel=channel, recipient=lead) for channel in (Channel.EMAIL, Channel.INBOX)))
    mail = MailCarrier(None, say=None, missing="GOODSTANDING_SMTP_URL is not set on this server.")

    deliver_messages({Channel.EMAIL: mail, Channel.INBOX: InboxCarrier()}, by())

    assert standing() == {"email": "waiting", "inbox": "sent"}
    assert "GOODSTANDING_SMTP_URL" in models.Message.objects.get(key="email").error


def test_a_worker_told_to_stop_gives_back_what_it_has_not_begun(world):
    put(*(message(world, key=f"{number}") for number in range(5)))
    carrier = Carrying()

    deliver_messages(
        {Channel.EMAIL: carrier},
        Circumstances(clock=Time(), chance=lambda: 1.0, pause=lambda _: len(carrier.carried) == 2),
    )

    assert sorted(standing().values()) == ["sent", "sent", "waiting", "waiting", "waiting"]
    assert deliver(carrier) == 3


def test_no_message_is_begun_that_the_lease_may_not_be_long_enough_for(world):
    put(*(message(world, key=f"{number}") for number in range(5)))
    time = Time()

    class Slow(Carrying):
        def carry(self, load):
            time.now += timedelta(seconds=30)
            return super().carry(load)

    carrier = Slow()
    deliver_messages({Channel.EMAIL: carrier}, Circumstances(clock=time, chance=lambda: 1.0, pause=lambda _: False))

    assert len(carrier.carried) == 2
