"""Terms are immutable versions, and standings answer the board (TIER-6, CLOCK-8, KPI-2)."""

from datetime import UTC, datetime, timedelta
from importlib import import_module

import pytest
from django.apps import apps as django_apps

from goodstanding.apps.desk import actions, queries
from goodstanding.apps.desk.values import BoardFilter, TicketFilter
from goodstanding.apps.tenancy.roles import Role
from goodstanding.apps.tickets.queries import tickets_by_pk
from goodstanding.apps.unit import Conflict, Forbidden, NotFound
from goodstanding.core.clocks.presets import preset
from goodstanding.core.desk.board import RowState
from goodstanding.core.desk.policy import ClockKind
from goodstanding.flows.reassess import follow_time, reassess
from tests.apps.world import EVERYTHING, LONG_AGO, NOW, World, policy

pytestmark = pytest.mark.django_db


def board(scope=EVERYTHING, now=NOW, **wanted):
    return queries.board(scope, BoardFilter(**wanted), now=now)


def refs(page):
    return [row.ref for row in page.rows]


def opened(hours_ago, priority="P3", **more):
    return ("opened", hours_ago, {"priority": priority} | more)


@pytest.mark.proves("KPI-2")
def test_open_tickets_stand_by_time_to_their_next_deadline():
    world = World()
    world.take(
        world.incoming("later", opened(1, "P3")),
        world.incoming("breached", opened(3, "P1")),
        world.incoming("soon", opened(1.5, "P2")),
        world.incoming("closed", opened(3), ("resolved", 1)),
        world.incoming("waiting", opened(3), ("staff_replied", 2.5), ("waiting", 2, {"owner": "customer"})),
    )

    assert refs(board()) == ["breached", "soon", "later", "waiting"]


@pytest.mark.proves("KPI-2")
def test_each_row_has_one_state_by_the_instants_stored_for_it():
    world = World()
    world.take(
        world.incoming("breached", opened(1.5, "P1")),
        world.incoming("at risk", opened(1.6, "P2")),
        world.incoming("on track", opened(1, "P3")),
        world.incoming("paused", opened(3), ("staff_replied", 2.5), ("waiting", 2, {"owner": "customer"})),
        world.incoming("uncovered", opened(1, "P9")),
    )

    states = {row.ref: row.state for row in board().rows}
    counts = queries.board_counts(EVERYTHING, BoardFilter(), now=NOW)

    assert states == {
        "breached": RowState.BREACHED,
        "at risk": RowState.AT_RISK,
        "on track": RowState.ON_TRACK,
        "paused": RowState.PAUSED,
        "uncovered": RowState.NO_CLOCK,
    }
    assert (counts.breached, counts.at_risk, counts.on_track, counts.paused, counts.no_clock) == (1, 1, 1, 1, 1)


@pytest.mark.proves("KPI-2")
def test_states_turn_at_the_second_of_the_stored_instants():
    world = World()
    world.take(world.incoming("T1", opened(0, "P1")))  # response within an hour, at risk after 45 minutes

    def state(after):
        return board(now=NOW + after).rows[0].state

    assert state(timedelta(minutes=44, seconds=59)) is RowState.ON_TRACK
    assert state(timedelta(minutes=45)) is RowState.AT_RISK
    assert state(timedelta(hours=1)) is RowState.AT_RISK
    assert state(timedelta(hours=1, seconds=1)) is RowState.BREACHED


@pytest.mark.proves("KPI-2")
@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"team": "hosting"}, ["B"]),
        ({"assignee": "Jonas Lund"}, ["C"]),
        ({"priority": "P1"}, ["A"]),
        ({"priority": "P1", "team": "hosting"}, []),
        ({"state": RowState.BREACHED}, ["A"]),
        ({"state": RowState.ON_TRACK}, ["B", "C"]),
    ],
)
def test_the_board_filters_by_what_the_ticket_has_now(wanted, expected):
    world = World()
    world.take(
        world.incoming("A", opened(2, "P1")),
        world.incoming("B", opened(1, "P3"), ("assigned", 0.5, {"team": "hosting", "assignee": "Aisha Khan"})),
        world.incoming("C", opened(0.5, "P3"), ("assigned", 0.4, {"assignee": "Jonas Lund"})),
    )

    assert refs(board(**wanted)) == expected


def test_the_board_filters_by_client():
    world = World()
    world.take(world.incoming("A", opened(1)), world.incoming("B", opened(1), client=world.kestrel))

    assert refs(board(client=world.kestrel.public_id)) == ["B"]


def test_a_filter_by_a_foreign_client_finds_nothing():
    ours, theirs = World(), World("baltica", "Baltica ERP")
    ours.take(ours.incoming("A", opened(1)))

    assert refs(board(theirs.scope(), client=ours.ferrante.public_id)) == []
    counts = queries.board_counts(theirs.scope(), BoardFilter(client=ours.ferrante.public_id), now=NOW)
    assert counts.total == 0


def test_pages_of_the_board_follow_each_other_without_gap_or_repetition():
    world = World()
    same_second = [world.incoming(f"S{number}", opened(1)) for number in range(5)]
    spread = [world.incoming(f"D{number}", opened(1 + number / 100)) for number in range(5)]
    paused = [world.incoming(f"W{number}", opened(3), ("staff_replied", 2.9), ("waiting", 2)) for number in range(3)]
    world.take(*same_second, *spread, *paused)
    seen, after = [], ""

    while True:
        page = queries.board(EVERYTHING, BoardFilter(), now=NOW, after=after, limit=4)
        seen += refs(page)
        after = page.after
        if not after:
            break

    assert len(seen) == 13
    assert seen == refs(queries.board(EVERYTHING, BoardFilter(), now=NOW, limit=50))


@pytest.mark.parametrize("after", ["rubbish", "12", ".", "1.x", "-5.3", "9" * 30 + "." + "9" * 30])
def test_a_page_that_was_never_given_is_the_beginning_or_nothing(after):
    world = World()
    world.take(world.incoming("A", opened(1)))

    assert refs(queries.board(EVERYTHING, BoardFilter(), now=NOW, after=after)) in (["A"], [])


@pytest.mark.proves("KPI-2")
def test_a_page_of_the_board_asks_the_same_few_questions_however_many_tickets_there_are(django_assert_num_queries):
    world = World()
    world.take(*(world.incoming(f"T{number}", opened(1 + number / 50)) for number in range(40)))
    scope = world.scope()

    with django_assert_num_queries(2):
        queries.board(scope, BoardFilter(), now=NOW)
    with django_assert_num_queries(1):
        queries.board_counts(scope, BoardFilter(), now=NOW)


def test_the_sweep_reads_only_what_is_due_and_moves_the_board_on():
    world = World()
    world.take(world.incoming("T1", opened(0, "P1")), world.incoming("T2", opened(0, "P3")))
    at_risk = NOW + timedelta(minutes=45)

    before = follow_time(now=at_risk - timedelta(seconds=1))
    then = follow_time(now=at_risk)
    again = follow_time(now=at_risk)

    assert (before.judged, then.judged, again.judged) == (0, 1, 0)


def test_a_breach_is_on_record_once_its_moment_has_been_swept():
    world = World()
    world.take(world.incoming("T1", opened(0, "P1")))

    follow_time(now=NOW + timedelta(hours=1, seconds=1))

    assert board(now=NOW + timedelta(hours=2)).rows[0].breaches == 1


def test_a_ticket_that_cannot_be_judged_shows_why_and_leaves_the_others_alone():
    world = World()
    before_clocks_count = (NOW - datetime(1969, 1, 1, tzinfo=UTC)) / timedelta(hours=1)
    stranger = World("baltica", "Baltica ERP").ferrante.pk

    taken = world.take(
        world.incoming("fine", opened(1)),
        world.incoming("too old", opened(before_clocks_count)),
        world.incoming("nobody's", opened(1), ("client_changed", 0.5, {"client": "not a number"})),
        world.incoming("a stranger's", opened(1), ("client_changed", 0.5, {"client": str(stranger)})),
    )

    rows = {row.ref: row.trouble for row in board().rows}
    assert len(taken.moved) == 4
    assert rows["fine"] == ""
    assert "OutOfReach" in rows["too old"]
    assert "client that is not known here" in rows["nobody's"]
    assert "client that is not known here" in rows["a stranger's"]


@pytest.mark.proves("TIER-6")
def test_a_new_version_leaves_what_the_past_measured_untouched():
    world = World()
    taken = world.take(world.incoming("T1", opened(6), ("staff_replied", 3), ("resolved", 1)))
    before = queries.standing(EVERYTHING, board_of_all(taken))
    actions.publish_tier(
        EVERYTHING, partner=world.partner.pk, key="gold", name="Gold", family="support_plan",
        policy=policy(P3=("15 min", "30 min")), text="gold 2", effective_from=NOW - timedelta(days=30), now=NOW,
    )  # fmt: skip

    reassess(EVERYTHING, taken.moved, now=NOW)

    rows, _ = queries.ticket_list(EVERYTHING, TicketFilter(), now=NOW)
    assert rows[0].breaches == 0
    assert queries.standing(EVERYTHING, rows[0].public_id) == before


def board_of_all(taken):
    rows, _ = queries.ticket_list(EVERYTHING, TicketFilter(), now=NOW)
    return rows[0].public_id


@pytest.mark.proves("TIER-6")
def test_a_published_version_never_changes_and_the_same_text_makes_no_new_one():
    world = World()
    same = {"partner": world.partner.pk, "key": "gold", "name": "Gold", "family": "support_plan", "now": NOW}

    again = actions.publish_tier(EVERYTHING, policy=policy(), text="gold 1", effective_from=LONG_AGO, **same)
    changed = actions.publish_tier(EVERYTHING, policy=policy(), text="gold 2", effective_from=NOW, **same)

    assert again.public_id == world.tier.public_id
    assert [each.number for each in queries.tier_versions(EVERYTHING, changed.tier)] == [2, 1]
    assert queries.tier_version(EVERYTHING, world.tier.public_id) == world.tier


def test_a_version_cannot_take_effect_before_the_one_it_follows():
    world = World()

    with pytest.raises(Conflict, match="cannot come before"):
        actions.publish_tier(
            EVERYTHING, partner=world.partner.pk, key="gold", name="Gold", family="support_plan", policy=policy(),
            text="gold 2", effective_from=LONG_AGO - timedelta(days=1), now=NOW,
        )  # fmt: skip


def test_a_calendar_comes_back_as_it_was_published():
    world = World()
    rome = preset("extended", "Europe/Rome")

    made = actions.publish_calendar(
        EVERYTHING, partner=world.partner.pk, name="Rome", calendar=rome, text="r", holidays_until=2028, now=NOW
    )

    assert queries.calendar_version(EVERYTHING, made.public_id)[1] == rome


@pytest.mark.proves("TIER-6")
def test_an_assignment_ends_the_one_before_it_and_open_tickets_keep_theirs():
    world = World()
    world.take(world.incoming("old", opened(1)))
    strict = actions.publish_tier(
        EVERYTHING, partner=world.partner.pk, key="strict", name="Strict", family="support_plan",
        policy=policy("Strict", P3=("10 min", "20 min")), text="s", effective_from=LONG_AGO, now=NOW,
    )  # fmt: skip

    actions.assign(
        EVERYTHING, client=world.ferrante.pk, tier_version=strict.public_id,
        calendar_version=world.calendar.public_id, from_at=NOW - timedelta(minutes=30),
    )  # fmt: skip
    world.take(world.incoming("new", opened(0.25)))

    reassess(EVERYTHING, queries.tickets.ticket_pks(EVERYTHING, partner=world.partner.pk), now=NOW)
    states = {row.ref: row.state for row in board().rows}
    assert states == {"old": RowState.ON_TRACK, "new": RowState.BREACHED}
    ended, current = queries.assignments(EVERYTHING, client=world.ferrante.public_id)[::-1]
    assert (ended.until_at, current.until_at) == (NOW - timedelta(minutes=30), None)


def test_two_assignments_cannot_begin_at_one_moment():
    world = World()

    with pytest.raises(Conflict, match="begins at that very moment"):
        actions.assign(
            EVERYTHING, client=world.ferrante.pk, tier_version=world.tier.public_id,
            calendar_version=world.calendar.public_id, from_at=LONG_AGO,
        )  # fmt: skip


@pytest.mark.proves("CLOCK-8")
def test_a_waiver_needs_a_right_a_reason_and_a_name():
    world = World()
    world.take(world.incoming("T1", opened(9)))
    ticket = board().rows[0].public_id
    asked = {"ticket": ticket, "clock": ClockKind.RESPONSE, "reason": "client's own outage", "author": "Marta", "now": NOW}

    with pytest.raises(Forbidden):
        actions.waive(world.scope(Role.AGENT), **asked)
    with pytest.raises(Conflict):
        actions.waive(world.scope(Role.MANAGER), **asked | {"reason": " "})
    pk = actions.waive(world.scope(Role.MANAGER), **asked)

    waived = queries.cases(EVERYTHING, [pk])[0].waivers
    assert [(each.reason, each.author, each.clock) for each in waived] == [("client's own outage", "Marta", "response")]


def test_foreign_terms_are_not_found():
    ours, theirs = World(), World("baltica", "Baltica ERP")
    scope = theirs.scope()

    for ask in (
        lambda: queries.tier_version(scope, ours.tier.public_id),
        lambda: queries.calendar_version(scope, ours.calendar.public_id),
        lambda: queries.calendar_versions(scope, ours.calendar.calendar),
        lambda: queries.tier_versions(scope, ours.tier.tier),
        lambda: actions.assign(
            scope, client=ours.ferrante.pk, tier_version=theirs.tier.public_id,
            calendar_version=theirs.calendar.public_id, from_at=NOW,
        ),
        lambda: actions.publish_calendar(
            scope, partner=ours.partner.pk, name="x", calendar=preset("24/7", "UTC"), text="", holidays_until=2027, now=NOW
        ),
    ):  # fmt: skip
        with pytest.raises(NotFound):
            ask()


@pytest.mark.proves("PORTAL-3")
def test_whose_a_ticket_is_follows_a_correction_of_its_client():
    world = World()
    taken = world.take(world.incoming("T1", opened(5)))
    ticket = board().rows[0].public_id
    wrong, right = (world.scope(Role.CLIENT_VIEWER, client=each) for each in (world.ferrante, world.kestrel))
    assert queries.standing(wrong, ticket).ref == "T1"

    world.take(
        world.incoming("T1", opened(5), ("client_changed", 1, {"client": str(world.kestrel.pk)})),
    )

    assert taken.moved
    assert queries.standing(right, ticket).client == world.kestrel.pk
    with pytest.raises(NotFound):
        queries.standing(wrong, ticket)


def test_the_list_of_tickets_filters_and_pages():
    world = World()
    world.take(
        world.incoming("A-1", opened(30), ("resolved", 1), title="Landed costs"),
        world.incoming("B-2", opened(2), title="Point of sale"),
    )

    def listed(**wanted):
        rows, _ = queries.ticket_list(EVERYTHING, TicketFilter(**wanted), now=NOW)
        return [row.ref for row in rows]

    assert listed() == ["B-2", "A-1"]
    assert listed(text="landed") == ["A-1"]
    assert listed(text="b-2") == ["B-2"]
    assert listed(is_open=True) == ["B-2"]
    assert listed(breached=True) == ["A-1"]
    assert listed(opened_from=NOW.date()) == ["B-2"]
    assert listed(opened_until=(NOW - timedelta(days=1)).date()) == ["A-1"]
    first, more = queries.ticket_list(EVERYTHING, TicketFilter(), now=NOW, limit=1)
    assert ([row.ref for row in first], more) == (["B-2"], True)


def test_what_is_open_when_objectives_are_brought_in_is_judged_anew():
    world = World()
    world.take(world.incoming("A", ("opened", 1, {"priority": "P3"})), world.incoming("B", ("opened", 9), ("closed", 8)))

    import_module("goodstanding.apps.desk.migrations.0002_objective").judge_anew(django_apps, None)

    due = queries.looks_due(NOW, limit=9)
    assert [row.ref for row in tickets_by_pk(EVERYTHING, due).values()] == ["A"]
