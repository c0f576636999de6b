"""A message is written once, with the decision that made it (apps/outbox)."""

import uuid
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.db.models import F

from goodstanding.apps.outbox import actions, leases, models, queries
from goodstanding.apps.outbox.queries import PAGE, Channel, NewMessage, OutboxFilter, State
from goodstanding.apps.tenancy.models import Partner, Person
from goodstanding.apps.tenancy.roles import Role
from goodstanding.apps.tenancy.scope import Scope
from goodstanding.apps.unit import Conflict, Forbidden, NotFound, together
from goodstanding.core.outgoing.digests import How
from tests.apps.world import EVERYTHING, NOW, World

pytestmark = pytest.mark.django_db

TICKET = uuid.uuid4()


def message(world, key="step 1", **fields):
    given = {
        "partner": world.partner.pk, "client": world.ferrante.pk, "ticket": TICKET, "kind": "escalation.at_risk",
        "channel": Channel.EMAIL, "recipient": "rosa@ferrante.example", "subject": "Breaches in 42 min", "text": "No reply.",
        "written_at": NOW,
    }  # fmt: skip
    return NewMessage(key=key, **(given | fields))


def on(day_and_time):
    """An instant of that month, in UTC."""
    return datetime.strptime(f"{NOW:%Y-%m} {day_and_time} +0000", "%Y-%m %d %H:%M %z")


def put(*messages, scope=EVERYTHING, now=NOW):
    return actions.put(scope, messages, now=now)


@pytest.mark.proves("ESC-3")
def test_the_same_key_twice_is_one_message_also_within_one_call_and_the_first_text_stays():
    world = World()
    first = put(message(world, text="first"), message(world, text="again"), message(world, key="step 2"))

    second = put(message(world, text="second"), message(world, key="step 3"))

    kept = queries.of_ticket(EVERYTHING, TICKET)
    assert (first, second) == (2, 1)
    assert [(each.key, each.text) for each in kept] == [("step 1", "first"), ("step 2", "No reply."), ("step 3", "No reply.")]


def test_two_partners_may_use_one_key():
    ours, theirs = World(), World("boreal", "Boreal")

    assert put(message(ours), message(theirs)) == 2


def test_what_is_written_is_kept_as_it_was_and_waits():
    world = World()
    lead = world.person(Role.TEAM_LEAD)

    put(message(world, recipient=lead, subject="A\r\n\0B", text="x\0y", html="<p>x</p>", fold="outage 1"))

    (kept,) = queries.of_ticket(EVERYTHING, TICKET)
    assert (kept.person, kept.recipient, kept.state, kept.due_at) == (lead, "Team_Lead", State.WAITING, NOW)
    assert (kept.subject, kept.text, kept.html, kept.fold) == ("A B", "xy", "<p>x</p>", "outage 1")


def test_a_message_may_be_about_no_ticket_and_no_client():
    world = World()

    put(message(world, ticket=None, client=None))

    assert models.Message.objects.values_list("ticket", "client_id").get() == (None, None)


def test_quiet_hours_delay_the_message_and_not_the_fact():
    world = World()
    morning = NOW + timedelta(hours=9)

    put(message(world, not_before=morning))

    (kept,) = queries.of_ticket(EVERYTHING, TICKET)
    assert (kept.written_at, kept.due_at) == (NOW, morning)


def test_a_decision_that_is_taken_back_leaves_no_message():
    world = World()

    def decide():
        with together():
            put(message(world))
            raise LookupError("it cannot be decided after all")

    with pytest.raises(LookupError):
        decide()

    assert queries.of_ticket(EVERYTHING, TICKET) == ()


@pytest.mark.parametrize(
    ("channel", "recipient"),
    [
        (Channel.EMAIL, "nobody"),
        (Channel.EMAIL, "a@b.example\r\nBcc: c@d.example"),
        (Channel.INBOX, "rosa@ferrante.example"),
        (Channel.SLACK, "#general"),
        (Channel.WEBHOOK, 1),
        (Channel.TEAMS, 1),
        (Channel.SMS, "+39 06 1234"),
    ],
)
def test_a_recipient_that_the_channel_cannot_have_is_refused_at_once(channel, recipient):
    world = World()

    with pytest.raises(Conflict):
        put(message(world, channel=channel, recipient=recipient))


def test_each_endpoint_is_a_route_of_its_own_and_all_mail_takes_one():
    world = World()
    one, other = str(uuid.uuid4()), str(uuid.uuid4())

    routes = {Channel.SLACK.route(one), Channel.SLACK.route(other), Channel.EMAIL.route("a@b.example")}

    assert put(message(world, channel=Channel.SLACK, recipient=one)) == 1
    assert routes == {f"slack:{one}", f"slack:{other}", "email"}


@pytest.mark.proves("PORTAL-3")
def test_others_messages_are_not_there_and_a_clients_people_see_none():
    ours, theirs = World(), World("boreal", "Boreal")
    put(message(ours), message(theirs))
    (mine, _) = queries.of_ticket(EVERYTHING, TICKET)

    assert [each.pk for each in queries.of_ticket(ours.scope(), TICKET)] == [mine.pk]
    with pytest.raises(NotFound):
        queries.message(theirs.scope(), mine.public_id)
    with pytest.raises(Forbidden):
        queries.of_ticket(ours.scope(Role.CLIENT_ADMIN, client=ours.ferrante), TICKET)
    with pytest.raises(NotFound):
        put(message(ours), scope=Scope.of_machine(theirs.partner.pk, (), "to test"))


@pytest.mark.parametrize(
    ("how", "zone", "channel", "due", "fold"),
    [
        (How.AT_ONCE, "", "email", NOW, "outage"),
        (How.HOURLY, "", "email", NOW + timedelta(hours=1), "digest hourly"),
        (How.DAILY, "", "email", NOW + timedelta(hours=19), "digest daily"),
        (How.DAILY, "Asia/Tokyo", "email", NOW + timedelta(hours=11), "digest daily"),
        (How.INBOX, "", "inbox", NOW, "outage"),
    ],
)
def test_people_are_told_as_they_want_to_be_and_what_they_do_not_want_by_mail_is_in_their_inbox(how, zone, channel, due, fold):
    world = World()
    scope = world.scope(Role.TEAM_LEAD)
    # Their own zone is Tokyo's, or that of the partner, which is in Rome.
    Person.objects.filter(pk=scope.person).update(zone=zone)
    actions.prefer(scope, group="escalation", channel=Channel.EMAIL, how=how)

    put(message(world, recipient=scope.person, fold="outage"), message(world, key="test", recipient=scope.person, kind="test"))

    kept, test = models.Message.objects.order_by("pk")
    assert (kept.channel, kept.due_at, kept.fold) == (channel, int(due.timestamp()), fold)
    assert (test.channel, test.due_at) == ("email", int(NOW.timestamp()))


def test_what_was_chosen_concerns_that_person_kind_and_channel_alone():
    world = World()
    mine, other = world.scope(Role.TEAM_LEAD), world.scope(Role.AGENT)
    actions.prefer(mine, group="escalation", channel=Channel.EMAIL, how=How.HOURLY)
    actions.prefer(mine, group="escalation", channel=Channel.EMAIL, how=How.DAILY)

    put(
        message(world, key="mine", recipient=mine.person),
        message(world, key="kind", recipient=mine.person, kind="contract.ends"),
        message(world, key="channel", recipient=mine.person, channel=Channel.INBOX),
        message(world, key="other", recipient=other.person),
    )

    at_once = models.Message.objects.filter(due_at=int(NOW.timestamp())).values_list("key", flat=True)
    assert sorted(at_once) == ["channel", "kind", "other"]
    assert (queries.preferences(mine), queries.preferences(other)) == ({("escalation", Channel.EMAIL): How.DAILY}, {})
    assert queries.groups_told(mine) == {"escalation", "contract"}


@pytest.mark.parametrize(
    ("how", "written", "held_until", "due"),
    [
        # It is written in the evening of the 18th; the night is quiet until 9 or until 7, the digest of a day goes at 8.
        (How.DAILY, "18 20:00", "19 09:00", "19 09:00"),
        (How.DAILY, "18 20:00", "19 07:00", "19 08:00"),
        (How.DAILY, "19 06:30", "19 07:00", "19 08:00"),
        (How.DAILY, "18 20:00", "23 09:00", "23 09:00"),
        (How.HOURLY, "18 20:10", "19 09:00", "19 09:00"),
        (How.HOURLY, "19 08:50", "19 09:00", "19 09:00"),
    ],
)
def test_what_is_gathered_and_held_goes_as_soon_as_the_digest_is_due_and_the_quiet_hours_are_over(
    how, written, held_until, due
):
    world = World()
    scope = world.scope(Role.TEAM_LEAD)
    Person.objects.filter(pk=scope.person).update(zone="UTC")
    actions.prefer(scope, group="escalation", channel=Channel.EMAIL, how=how)

    put(message(world, recipient=scope.person, written_at=on(written), not_before=on(held_until)), now=on(written))

    (kept,) = queries.of_ticket(EVERYTHING, TICKET)
    assert (kept.due_at, kept.fold) == (on(due), f"digest {how}")


def test_who_said_no_zone_lives_in_that_of_the_partner_they_are_told_by_whoever_else_is_told_in_the_same_call():
    ours, theirs = World(), World("boreal", "Boreal")
    Partner.objects.filter(pk=theirs.partner.pk).update(zone="America/New_York")
    mine, other = ours.scope(Role.TEAM_LEAD), theirs.scope(Role.TEAM_LEAD)
    for scope in (mine, other):
        actions.prefer(scope, group="escalation", channel=Channel.EMAIL, how=How.DAILY)

    put(message(ours, key="mine", recipient=mine.person), message(theirs, key="other", recipient=other.person))

    due = dict(models.Message.objects.values_list("key", "due_at"))
    hours = {key: (at - int(NOW.timestamp())) / 3_600 for key, at in due.items()}
    # In Rome it is 13:00, in New York 7:00.
    assert hours == {"mine": 19, "other": 1}


def test_what_is_wanted_in_the_inbox_alone_is_there_once_by_however_many_channels_it_is_told():
    world = World()
    scope = world.scope(Role.TEAM_LEAD)
    for channel in (Channel.EMAIL, Channel.SMS):
        actions.prefer(scope, group="escalation", channel=channel, how=How.INBOX)
    step = [(channel, text) for text in ("in both", "by telephone too") for channel in (Channel.EMAIL, Channel.SMS)]
    step += [(Channel.INBOX, "in both"), (Channel.EMAIL, "another")]

    put(*(message(world, f"{text} {channel}", channel=channel, text=text, recipient=scope.person) for channel, text in step))

    kept = models.Message.objects.order_by("pk").values_list("channel", "text")
    assert list(kept) == [("inbox", "by telephone too"), ("inbox", "in both"), ("inbox", "another")]


def test_what_nobody_can_choose_is_refused():
    scope = World().scope()

    for group, channel in (("test", Channel.EMAIL), ("", Channel.EMAIL), ("escalation", Channel.INBOX)):
        with pytest.raises(Conflict):
            actions.prefer(scope, group=group, channel=channel, how=How.DAILY)
    with pytest.raises(Conflict):
        actions.prefer(EVERYTHING, group="escalation", channel=Channel.EMAIL, how=How.DAILY)


def test_a_worker_that_was_too_slow_for_its_lease_does_not_end_that_of_whoever_took_over():
    world, room = World(), str(uuid.uuid4())
    route, later = f"slack:{room}", NOW + timedelta(minutes=2)
    put(*(message(world, key=f"{number}", channel=Channel.SLACK, recipient=room) for number in range(3)))

    def claim(now):
        return leases.claim(route, most=1, until=now + timedelta(minutes=2), now=now, alone=True)

    slow, beside, over = claim(NOW), claim(NOW), claim(later)
    leases.leave(route, name=slow.name)
    third = claim(later)
    leases.leave(route, name=over.name)
    fourth = claim(later)

    assert [len(each.loads) for each in (slow, beside, over, third, fourth)] == [1, 0, 1, 0, 1]


def much(world, people, number=200):
    """Write so many messages to each of some people, half of them to inboxes; some wait, and some of the others are unread."""
    for scope in people:
        told = [(scope.person, place, (Channel.INBOX, Channel.EMAIL)[place % 2]) for place in range(number)]
        put(
            *(
                message(world, f"{to} {place}", recipient=to, channel=channel, not_before=NOW + timedelta(days=1))
                for to, place, channel in told
            )
        )
    old = models.Message.objects.filter(key__regex=" [0-9]*[02-9]$")
    old.update(state=State.SENT, due_at=None, sent_at=0, read_at=0, written_at=F("pk"))
    models.Message.objects.filter(key__endswith="54").update(read_at=None)


def plans_of(ask):
    """How the database finds the messages that are asked for, as it says itself."""
    how = "EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN "
    found = []

    def explain(execute, statement, given, many, context):
        if not statement.startswith(how) and "outbox_message" in statement:
            with connection.cursor() as cursor:
                cursor.execute(how + statement, given)
                found.extend(str(row[-1]) for row in cursor.fetchall())
        return execute(statement, given, many, context)

    if connection.vendor == "postgresql":
        # As it does by itself in time; SQLite does not, and chooses by what the indexes are.
        connection.cursor().execute("ANALYZE outbox_message")
    with connection.execute_wrapper(explain):
        ask()
    return "\n".join(found)


def test_what_is_due_is_asked_for_once_and_found_by_an_index_however_many_routes_wait_for_later(django_assert_num_queries):
    world, rooms = World(), [str(uuid.uuid4()) for _ in range(50)]
    slack = {"channel": Channel.SLACK, "not_before": NOW + timedelta(hours=1)}
    put(*(message(world, key=each, recipient=each, **slack) for each in rooms), message(world))
    put(*(message(world, key=f"due {each}", channel=Channel.SLACK, recipient=each) for each in rooms[:2]))
    leases.hold(f"slack:{rooms[0]}", until=NOW + timedelta(minutes=1), said="down", now=NOW)

    with django_assert_num_queries(1):
        found = queries.routes_due(NOW)

    assert found == ("email", f"slack:{rooms[1]}")
    much(world, [world.scope()])
    assert "outbox_due_now" in plans_of(lambda: queries.routes_due(NOW))


@pytest.mark.parametrize(
    ("ask", "index"),
    [
        (queries.unread, "outbox_unread"),
        (queries.inbox, "outbox_inbox"),
        (lambda scope: queries.outbox(scope, OutboxFilter()), "outbox_newest"),
    ],
)
def test_what_pages_show_is_found_by_an_index_of_its_own(ask, index):
    world = World()
    people = [world.scope() for _ in range(20)]
    much(world, people)

    assert index in plans_of(lambda: ask(people[0]))


@pytest.mark.parametrize("given_up", [0, 7, PAGE, PAGE + 7])
def test_what_was_given_up_comes_first_over_all_pages_then_the_newest_and_nothing_twice(given_up):
    world = World()
    written = [f"{number:03}" for number in range(2 * PAGE + 9)]
    put(*(message(world, key=key, written_at=NOW + timedelta(minutes=int(key))) for key in written))
    dead, others = written[:given_up], written[given_up:]
    models.Message.objects.filter(key__in=dead).update(state=State.DEAD)

    pages = [queries.outbox(world.scope(), OutboxFilter(), page=number) for number in range(1, 5)]

    assert [each.key for found, _ in pages for each in found] == dead[::-1] + others[::-1]
    assert [(len(found), more) for found, more in pages] == [(PAGE, True), (PAGE, True), (9, False), (0, False)]


def test_an_outage_that_several_workers_meet_is_one_failure_of_its_route():
    first = leases.hold("email", until=NOW + timedelta(seconds=15), said="down", now=NOW)
    second = leases.hold("email", until=NOW + timedelta(minutes=5), said="down", now=NOW)
    later = leases.hold("email", until=NOW + timedelta(minutes=1), said="down", now=NOW + timedelta(seconds=15))

    assert (first.failures, second.failures, later.failures) == (1, 1, 2)
    assert second.held_until == NOW + timedelta(seconds=15)
