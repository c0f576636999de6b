"""Messages reach rooms, telephones and systems; what is signed can be checked, and what is gone is asked no more (ESC-5)."""

import json
from datetime import timedelta

import pytest

from goodstanding.adapters.outbound.client import GuardedSender
from goodstanding.adapters.outbound.message import Answer
from goodstanding.adapters.outbound.signature import NotSigned, read_secret, verify
from goodstanding.adapters.outbound.trouble import Unreachable
from goodstanding.apps.outbox import actions, leases, models, queries
from goodstanding.apps.outbox.queries import TO_ENDPOINTS, Channel, State
from goodstanding.apps.tenancy.models import Membership
from goodstanding.apps.tenancy.roles import Role
from goodstanding.apps.tickets.actions import OWN, take
from goodstanding.apps.tickets.models import Ticket
from goodstanding.apps.unit import Conflict, Forbidden, NotFound
from goodstanding.core.outgoing.trying import FIRST_WAIT, GIVEN_UP_AFTER, LONGEST_WAIT
from goodstanding.delivery import words_of_outbox
from goodstanding.flows.carry_posts import PostCarrier
from goodstanding.flows.deliver_messages import Circumstances, deliver_messages
from goodstanding.flows.set_up_endpoint import change_address, set_up_endpoint, try_endpoint
from tests.adapters.outbound.servers import Server, fine, loopback
from tests.adapters.outbound.test_short import ADDRESSES
from tests.apps.test_outbox import TICKET, message, put
from tests.apps.world import EVERYTHING, NOW, World
from tests.flows.test_deliver_messages import Time

pytestmark = pytest.mark.django_db

URL = "https://hooks.example/T000/B000/secretpart"


class Far:
    """A sender that keeps what it is asked and answers as it was told."""

    def __init__(self, status=200, body=b"", **headers):
        self.status, self.body, self.headers, self.asked = status, body, headers, []

    def send(self, ask):
        self.asked.append(ask)
        if isinstance(self.status, Exception):
            raise self.status
        return Answer(self.status, {name.replace("_", "-"): value for name, value in self.headers.items()}, self.body)


@pytest.fixture(scope="module")
def world(once_a_module):
    return World()


def endpoint(world, channel=Channel.WEBHOOK, address=URL, scope=EVERYTHING, **given):
    given = {"person": None, "networks": "", "http": False, "name": "On call"} | given
    return set_up_endpoint(scope, partner=world.partner.pk, channel=channel, address=address, now=NOW, **given)


def deliver(sender, now=NOW):
    time = Time(now)
    posts = PostCarrier(
        sender, say=lambda load: words_of_outbox.room(load, address="https://desk.example"),
        say_short=words_of_outbox.short, clock=time,
    )  # fmt: skip
    by = Circumstances(clock=time, chance=lambda: 1.0, pause=lambda _: False)
    return deliver_messages(dict.fromkeys(TO_ENDPOINTS, posts), by)


def told(world, kept, key="step 1", **fields):
    put(message(world, key=key, channel=kept.channel, recipient=str(kept.public_id), **fields))


def state(key="step 1"):
    return State(models.Message.objects.get(key=key).state)


@pytest.mark.proves("ESC-5")
def test_a_webhook_is_signed_over_id_time_and_body_and_goes_out_again_under_the_same_id(world):
    kept, secret = endpoint(world)
    told(world, kept)
    far = Far(503)
    deliver(far)
    far.status = 200
    deliver(far, now=NOW + timedelta(minutes=1))

    first, second = far.asked
    ids = {verify([read_secret(secret)], each.headers, each.body, now=NOW + timedelta(minutes=1)) for each in far.asked}
    assert len(ids) == 1
    assert first.headers["webhook-timestamp"] != second.headers["webhook-timestamp"]
    assert json.loads(second.body)["data"]["subject"] == "Breaches in 42 min"
    assert json.loads(second.body)["type"] == "escalation.at_risk"
    assert state() is State.SENT
    with pytest.raises(NotSigned):
        verify([read_secret(secret)], second.headers, second.body + b" ", now=NOW)


def test_while_a_secret_changes_both_are_good_and_afterwards_the_new_one_alone(world):
    kept, before = endpoint(world)
    _, after = actions.rotate_endpoint(EVERYTHING, kept.public_id, now=NOW)
    far = Far()
    later = NOW + actions.CHANGE_OVER
    told(world, kept, key="a")
    deliver(far)
    told(world, kept, key="b", written_at=later)
    deliver(far, now=later)

    changing, changed = far.asked
    assert [len(read_secret(each)) for each in (before, after)] == [32, 32]
    assert verify([read_secret(before)], changing.headers, changing.body, now=NOW)
    assert verify([read_secret(after)], changing.headers, changing.body, now=NOW)
    assert verify([read_secret(after)], changed.headers, changed.body, now=later)
    with pytest.raises(NotSigned):
        verify([read_secret(before)], changed.headers, changed.body, now=later)


@pytest.mark.proves("ESC-5")
def test_an_endpoint_that_is_gone_is_asked_once_and_those_who_set_it_up_are_told(world):
    manager, agent = world.person(Role.MANAGER), world.person(Role.AGENT)
    kept, _ = endpoint(world)
    told(world, kept, key="a")
    told(world, kept, key="b")
    far = Far(410)

    deliver(far)
    deliver(far, now=NOW + timedelta(days=1))

    assert (len(far.asked), state("a"), state("b")) == (1, State.DEAD, State.DEAD)
    closed = queries.endpoint(EVERYTHING, kept.public_id)
    assert (closed.is_on, closed.closed_at, "410" in closed.closed_because) == (False, NOW, True)
    notices = models.Message.objects.filter(kind="channels.closed")
    assert set(notices.values_list("person_id", "channel")) == {(manager, "inbox"), (manager, "email")}
    assert agent


@pytest.mark.proves("ESC-5")
@pytest.mark.parametrize(
    ("scheme", "status", "why"),
    [
        ("discord", 404, "Discord says that this webhook was deleted (404)."),
        ("gchat", 404, "Google Chat says that this webhook or its space was deleted (404)."),
        ("threema", 404, "Threema Gateway knows nobody by this number or address (404)."),
        ("ntfys", 410, "ntfy says that this address is gone for good (410)."),
    ],
)
def test_an_address_that_a_service_no_longer_has_is_asked_once_and_closed_with_what_it_says(world, scheme, status, why):
    manager = world.person(Role.MANAGER)
    kept, _ = endpoint(world, Channel.SMS, ADDRESSES[scheme])
    told(world, kept, key="a")
    told(world, kept, key="b")
    far = Far(status)

    deliver(far)
    deliver(far, now=NOW + timedelta(days=1))

    assert (len(far.asked), state("a"), state("b")) == (1, State.DEAD, State.DEAD)
    assert models.Message.objects.get(key="a").error == f"{why} It was switched off."
    closed = queries.endpoint(EVERYTHING, kept.public_id)
    assert (closed.is_on, closed.closed_because.startswith(why)) == (False, True)
    assert models.Message.objects.filter(kind="channels.closed", person_id=manager).count() == 2


def test_a_service_that_finds_nothing_at_an_address_that_all_share_is_asked_again(world):
    kept, _ = endpoint(world, Channel.SMS, ADDRESSES["twilio"])
    told(world, kept)
    deliver(Far(404))

    deliver(Far(201), now=NOW + timedelta(minutes=1))

    assert state() is State.SENT
    assert queries.endpoint(EVERYTHING, kept.public_id).is_on


@pytest.mark.proves("ESC-5")
def test_an_endpoint_that_takes_nothing_for_72_hours_is_closed_with_notice_and_goes_on_when_it_is_switched_on(world):
    world.person(Role.MANAGER)
    kept, _ = endpoint(world)
    told(world, kept)
    far, now = Far(500), NOW
    while queries.endpoint(EVERYTHING, kept.public_id).is_on:
        deliver(far, now=now)
        now += timedelta(hours=1) if now < NOW + GIVEN_UP_AFTER - timedelta(hours=3) else timedelta(minutes=10)
    gave_up = (state(), now - NOW)
    actions.switch_endpoint(EVERYTHING, kept.public_id, on=True)
    actions.send_again(EVERYTHING, models.Message.objects.get(key="step 1").public_id, now=now)
    far.status = 204
    deliver(far, now=now)

    assert gave_up[0] is State.DEAD
    assert GIVEN_UP_AFTER <= gave_up[1] <= GIVEN_UP_AFTER + timedelta(minutes=10)
    assert models.Message.objects.filter(kind="channels.closed").count() == 2
    assert state() is State.SENT


@pytest.mark.proves("ESC-5")
@pytest.mark.parametrize("answered", [True, False])
def test_an_answer_about_a_message_or_a_month_without_any_ends_the_trouble_and_the_next_failure_is_the_first(world, answered):
    kept, _ = endpoint(world)
    told(world, kept, key="a")
    deliver(Far(500))
    if answered:
        deliver(Far(400), now=NOW + timedelta(hours=1))
    models.Message.objects.update(state=State.DEAD, due_at=None)
    later = NOW + timedelta(hours=12 if answered else 720)
    told(world, kept, key="b", written_at=later)

    deliver(Far(503), now=later)

    assert queries.endpoint(EVERYTHING, kept.public_id).is_on
    (way,) = queries.ways(EVERYTHING)
    assert (way.failures, way.failing_since) == (1, later)


@pytest.mark.parametrize(("channel", "address"), [(Channel.WEBHOOK, URL), (Channel.SMS, ADDRESSES["discord"])])
@pytest.mark.parametrize(
    ("status", "asked", "waits"),
    [
        (429, "600", timedelta(minutes=10)),
        (503, "600", timedelta(minutes=10)),
        (503, "99999", LONGEST_WAIT),
        (429, "1", FIRST_WAIT),
        (429, "soon", FIRST_WAIT),
        (500, "600", FIRST_WAIT),
    ],
)
@pytest.mark.proves("ESC-5")
def test_an_endpoint_that_asks_for_time_is_left_alone_so_long(world, channel, address, status, asked, waits):
    kept, _ = endpoint(world, channel, address)
    told(world, kept)
    far = Far(status, retry_after=asked)
    deliver(far)
    far.status = 200

    early = deliver(far, now=NOW + waits - timedelta(seconds=1))
    late = deliver(far, now=NOW + waits)

    assert (early, late, state()) == (0, 1, State.SENT)


def test_what_an_endpoint_says_of_one_message_holds_up_no_other(world):
    kept, _ = endpoint(world)
    for key in ("a", "b"):
        told(world, kept, key=key)
    far = Far(422)

    deliver(far)

    assert len(far.asked) == 2
    assert queries.ways(EVERYTHING) == ()


def test_an_endpoint_that_does_not_answer_is_asked_once_and_the_others_go_on(world):
    dead, _ = endpoint(world, name="dead")
    alive, _ = endpoint(world, name="alive", address="https://alive.example/x")
    for number in range(3):
        told(world, dead, key=f"dead {number}")
        told(world, alive, key=f"alive {number}")

    class Half(Far):
        def send(self, ask):
            self.status = 200 if "alive" in ask.url else Unreachable("hooks.example does not answer.")
            return super().send(ask)

    far = Half()
    deliver(far)

    assert [("alive" in each.url) for each in far.asked].count(False) == 1
    assert {state(f"alive {number}") for number in range(3)} == {State.SENT}
    assert {state(f"dead {number}") for number in range(3)} == {State.WAITING}


@pytest.mark.parametrize("channel", [Channel.SLACK, Channel.TEAMS])
def test_a_room_is_told_by_the_address_it_gave_and_its_address_is_shown_to_nobody(world, channel):
    kept, secret = endpoint(world, channel)
    told(world, kept, subject="T-1 at risk")
    far = Far()

    deliver(far)

    (ask,) = far.asked
    (attempt,) = queries.attempts(EVERYTHING, queries.of_ticket(EVERYTHING, TICKET)[0])
    assert (ask.url, secret, "T-1 at risk" in ask.body.decode()) == (URL, "", True)
    assert (attempt.address, kept.shown) == ("On call, hooks.example", "hooks.example")
    assert "secretpart" not in str(models.Endpoint.objects.values().get())


@pytest.mark.parametrize(("channel", "most"), [(Channel.SLACK, 40_000), (Channel.TEAMS, 28 * 1024)])
@pytest.mark.proves("ESC-5")
def test_a_storm_fits_what_a_room_takes(world, channel, most):
    kept, _ = endpoint(world, channel)
    subject = "75 % of resolution used: A-{} Invoices of September cannot be posted"
    put(
        *(
            message(
                world, key=f"{each}", channel=channel, recipient=str(kept.public_id), subject=subject.format(each), fold="f"
            )
            for each in range(400)
        )
    )
    far = Far()

    deliver(far)

    (ask,) = far.asked
    assert len(ask.body) <= most
    assert all(each in ask.body.decode() for each in (f"https://desk.example/tickets/{TICKET}", "https://desk.example/board"))
    assert "/inbox" not in ask.body.decode()
    assert models.Message.objects.filter(state=State.SENT).count() == 400


def test_what_does_not_fit_a_list_says_how_much_it_is_and_where_to_look(world):
    kept, _ = endpoint(world, Channel.SLACK)
    put(
        *(
            message(world, key=f"{each}", channel=Channel.SLACK, recipient=str(kept.public_id), subject=f"{each}", fold="f")
            for each in range(words_of_outbox.LISTED + 10)
        )
    )
    far = Far()

    deliver(far)

    said = json.loads(far.asked[0].body)["text"]
    assert said.endswith("The board: https://desk.example/board")
    assert "- and 10 more\n" in said
    assert "/inbox" not in said


def test_a_letter_that_leaves_some_out_leads_those_who_sign_in_to_where_their_day_begins_and_others_nowhere(world):
    lead = world.person(Role.TEAM_LEAD)
    for to in (lead, "rosa@ferrante.example"):
        put(*(message(world, key=f"{to} {each}", recipient=to, fold="f") for each in range(words_of_outbox.LISTED + 10)))

    claims = [leases.claim("email", most=50, until=NOW + timedelta(minutes=2), now=NOW) for _ in range(2)]

    to_lead, to_rosa = (words_of_outbox.letter(each.loads[0], address="https://desk.example") for each in claims)
    assert to_lead.text.endswith("- and 10 more: https://desk.example/\n")
    assert '<a href="https://desk.example/">and 10 more</a>' in to_lead.html
    assert to_rosa.text.endswith("- and 10 more\n")
    assert "<li>and 10 more</li>" in to_rosa.html


def test_a_room_is_told_of_one_ticket_with_its_link(world):
    kept, _ = endpoint(world, Channel.SLACK)
    told(world, kept)
    far = Far()

    deliver(far)

    assert json.loads(far.asked[0].body)["text"].endswith(f"No reply.\n\nhttps://desk.example/tickets/{TICKET}")


@pytest.mark.parametrize("tickets", [3, 400])
def test_a_telephone_names_the_tickets_that_it_is_told_of_together_as_far_as_they_fit(world, tickets):
    incoming = [world.incoming(f"A-{each}", ("opened", 0, {"priority": "P1"})) for each in range(tickets)]
    take(EVERYTHING, partner=world.partner.pk, source=OWN, tickets=incoming, now=NOW)
    refs = dict(Ticket.objects.values_list("public_id", "ref"))
    kept, _ = endpoint(world, Channel.SMS, ADDRESSES["clicksend"])
    subject = "75 % of {} used: {} Invoices"
    put(
        *(
            message(
                world, key=f"{clock} {ref}", channel=Channel.SMS, recipient=str(kept.public_id), ticket=ticket,
                subject=subject.format(clock, ref), fold="f",
            )
            for ticket, ref in refs.items() for clock in ("response", "resolution")
        )
    )  # fmt: skip
    far = Far()

    deliver(far)

    (ask,) = far.asked
    subject, said = json.loads(ask.body)["messages"][0]["body"].split("\r\n")
    named = said.partition(" and ")[0].split(", ")
    assert subject == f"{2 * tickets} messages: 75 % of response used: A-0 Invoices"
    assert named == [f"A-{each}" for each in range(len(named))]
    assert said.endswith("A-2" if tickets == 3 else f" and {tickets - len(named)} more: see the board")
    assert len(subject) + len(said) <= 300
    assert len(named) == 3 or len(subject) + len(said) > 290


def test_a_telephone_reaches_the_person_it_belongs_to_and_one_without_is_told_of(world):
    lead, other = world.person(Role.TEAM_LEAD), world.person(Role.AGENT)
    endpoint(world, Channel.SMS, ADDRESSES["twilio"], person=lead)
    put(*(message(world, key=f"{each}", channel=Channel.SMS, recipient=each, text="x" * 900) for each in (lead, other)))
    far = Far(201)

    deliver(far)

    (ask,) = far.asked
    assert "api.twilio.com" in ask.url
    assert len(ask.body) < 700
    assert (state(f"{lead}"), state(f"{other}")) == (State.SENT, State.DEAD)
    assert models.Message.objects.get(key=f"{other}").error == "No telephone is set up for this person."


def test_the_telephone_of_who_has_left_stays_silent_whatever_waited_for_it(world):
    lead = world.person(Role.TEAM_LEAD)
    endpoint(world, Channel.SMS, ADDRESSES["twilio"], person=lead)
    put(message(world, key="held", channel=Channel.SMS, recipient=lead, not_before=NOW + timedelta(days=2)))
    Membership.objects.filter(person_id=lead).delete()
    far = Far(201)

    deliver(far, now=NOW + timedelta(days=2))

    assert far.asked == []
    assert state("held") is State.DEAD
    assert "no role here any more" in models.Message.objects.get(key="held").error


@pytest.mark.parametrize(
    ("address", "why"),
    [
        (f"{ADDRESSES['twilio']}/15550000000/15550000001", "names 3 numbers"),
        (f"{ADDRESSES['discord']}?template=%2Fetc%2Fpasswd", "does not take “template”"),
        ("ntfys://rosa:z%C5%82oty@ntfy.example/alerts", "The password of this address of ntfy has letters"),
    ],
)
@pytest.mark.proves("ESC-5")
def test_an_address_kept_from_before_that_is_none_is_asked_nothing_and_closed_at_once_with_the_reason(world, address, why):
    manager = world.person(Role.MANAGER)
    kept, _ = endpoint(world, Channel.SMS, ADDRESSES["twilio"])
    actions.move_endpoint(EVERYTHING, kept.public_id, address=address, shown="Twilio")
    told(world, kept, key="a")
    told(world, kept, key="b")
    far = Far(201)

    deliver(far)

    closed = queries.endpoint(EVERYTHING, kept.public_id)
    notice = models.Message.objects.get(kind="channels.closed", person=manager, channel="inbox")
    assert (far.asked, state("a"), state("b"), closed.is_on) == ([], State.DEAD, State.DEAD, False)
    assert all(why in each for each in (closed.closed_because, notice.text, models.Message.objects.get(key="a").error))
    assert queries.ways(EVERYTHING) == ()


@pytest.mark.proves("ESC-5")
def test_what_a_service_says_of_one_message_is_said_once_and_holds_up_no_other(world):
    kept, _ = endpoint(world, Channel.SMS, ADDRESSES["twilio"])
    told(world, kept, key="a")
    told(world, kept, key="b")
    far = Far(400)

    deliver(far)
    deliver(far, now=NOW + timedelta(hours=1))

    assert (len(far.asked), state("a"), state("b")) == (2, State.DEAD, State.DEAD)
    assert queries.endpoint(EVERYTHING, kept.public_id).is_on
    assert queries.ways(EVERYTHING) == ()


def no(status, words):
    return json.dumps({"messages": [{"status": status, "error-text": words}]}).encode()


@pytest.mark.proves("ESC-5")
def test_what_a_service_refuses_with_a_success_is_given_up_with_its_words_and_ends_the_trouble_before(world):
    kept, _ = endpoint(world, Channel.SMS, ADDRESSES["vonage"])
    told(world, kept, key="a")
    deliver(Far(503))
    troubled = len(queries.ways(EVERYTHING))

    deliver(Far(200, no("7", "Number barred")), now=NOW + timedelta(minutes=1))

    assert (state("a"), troubled) == (State.DEAD, 1)
    assert "(Number barred: 7)" in models.Message.objects.get(key="a").error
    assert queries.endpoint(EVERYTHING, kept.public_id).is_on
    assert queries.ways(EVERYTHING) == ()


def test_what_a_service_that_is_too_busy_puts_off_with_a_success_is_told_later(world):
    kept, _ = endpoint(world, Channel.SMS, ADDRESSES["vonage"])
    told(world, kept, key="a")
    told(world, kept, key="b")
    far = Far(200, no("1", "Throughput Rate Exceeded"))
    deliver(far)
    before = (len(far.asked), state("a"), state("b"))

    deliver(Far(200, no("0", "")), now=NOW + timedelta(minutes=1))

    assert before == (1, State.WAITING, State.WAITING)
    assert (state("a"), state("b")) == (State.SENT, State.SENT)


def test_somebody_with_several_telephones_is_told_once_on_each_that_is_switched_on(world):
    lead = world.person(Role.TEAM_LEAD)
    addresses = [f"ntfys://ntfy.example/{name}" for name in ("pocket", "desk", "drawer")]
    *_, (drawer, _) = [endpoint(world, Channel.SMS, each, person=lead) for each in addresses]
    actions.switch_endpoint(EVERYTHING, drawer.public_id, on=False)
    far, key = Far(), "k" * 200
    for _ in range(2):
        put(message(world, key=key, channel=Channel.SMS, recipient=lead))

    deliver(far)
    deliver(far)

    assert sorted("pocket" in str(each) for each in far.asked) == [False, True]
    assert set(models.Message.objects.values_list("state", flat=True)) == {State.SENT}


def test_an_endpoint_that_is_off_gets_nothing_and_of_another_partner_neither(world):
    kept, _ = endpoint(world)
    actions.switch_endpoint(EVERYTHING, kept.public_id, on=False)
    told(world, kept, key="off")
    theirs, _ = endpoint(World("boreal", "Boreal"))
    told(world, theirs, key="theirs")
    far = Far()

    deliver(far)

    assert (far.asked, state("off"), state("theirs")) == ([], State.DEAD, State.DEAD)


@pytest.mark.parametrize(
    ("channel", "address"),
    [
        (Channel.WEBHOOK, "http://hooks.example/x"),
        (Channel.WEBHOOK, "https://127.0.0.1/x"),
        (Channel.WEBHOOK, "https://user:pass@hooks.example/x"),
        (Channel.SLACK, "https://169.254.169.254/latest"),
        (Channel.TEAMS, "not an address"),
        (Channel.SMS, "json://localhost"),
        (Channel.SMS, "mailto://a:b@c.example"),
        (Channel.SMS, "ntfys://169.254.169.254/alerts"),
        (Channel.SMS, f"{ADDRESSES['twilio']}/15550000000"),
        (Channel.SMS, f"{ADDRESSES['discord']}?template=%2Fetc%2Fpasswd"),
        (Channel.SMS, "clicksend://user:z%C5%82oty@15557654321"),
        (Channel.EMAIL, "https://hooks.example/x"),
    ],
)
def test_an_address_that_may_not_be_asked_is_refused_where_it_is_typed(world, channel, address):
    kept, _ = endpoint(world)

    with pytest.raises(Conflict):
        endpoint(world, channel, address)
    if channel is Channel.WEBHOOK:
        with pytest.raises(Conflict):
            change_address(EVERYTHING, kept.public_id, address=address, networks="", http=False)


def test_trying_an_endpoint_goes_the_way_that_all_messages_go(world):
    kept, secret = endpoint(world, scope=world.scope())

    tried = try_endpoint(world.scope(), kept.public_id, now=NOW)
    far = Far()
    deliver(far)

    assert verify([read_secret(secret)], far.asked[0].headers, far.asked[0].body, now=NOW)
    assert queries.message(EVERYTHING, tried.public_id).state is State.SENT


@pytest.mark.proves("PORTAL-3")
def test_who_may_not_sets_up_and_tries_nothing(world):
    kept, _ = endpoint(world)
    stranger = World("boreal", "Boreal").scope()

    with pytest.raises(Forbidden):
        endpoint(world, scope=world.scope(Role.AGENT))
    with pytest.raises(Forbidden):
        try_endpoint(world.scope(Role.AGENT), kept.public_id, now=NOW)
    for do in (
        lambda: try_endpoint(stranger, kept.public_id, now=NOW),
        lambda: actions.rotate_endpoint(stranger, kept.public_id, now=NOW),
        lambda: actions.switch_endpoint(stranger, kept.public_id, on=False),
        lambda: endpoint(world, scope=stranger),
    ):
        with pytest.raises(NotFound):
            do()


def test_a_real_system_gets_byte_by_byte_what_was_signed(world):
    kept, secret = endpoint(world)
    with Server(fine) as server:
        # An operator allows neither plain http nor such ports; what is sent is the same.
        actions.move_endpoint(EVERYTHING, kept.public_id, address=f"http://127.0.0.1:{server.port}/in", shown="here")
        told(world, kept, text="Straße")
        sender = GuardedSender(loopback(server.port))
        deliver(sender)
        sender.close()

    (asked,) = server.asked
    assert asked.line == "POST /in HTTP/1.1"
    assert verify([read_secret(secret)], asked.headers, asked.body, now=NOW)
    assert state() is State.SENT
