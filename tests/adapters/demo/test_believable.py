"""The demo is believable: its volume, its promises kept and broken, what is open at any moment, its rhythm."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from statistics import mean, median

import pytest

from goodstanding.adapters.demo.cast import HISTORY_DAYS
from goodstanding.adapters.demo.clients import CLIENT, CLIENTS
from goodstanding.adapters.demo.demand import turn_of_month
from goodstanding.adapters.demo.pace import is_bad
from goodstanding.adapters.demo.world import tickets_opened_on, told_at
from goodstanding.core.desk.board import RowState, pressing, row_state
from goodstanding.core.desk.events import EventKind, PauseOwner
from goodstanding.core.desk.policy import ClockKind
from tests.adapters.demo.worlds import ROME, SEED, told_at_last, workday

ANCHORS = ("2026-11-22", "2027-02-28", "2027-08-31")


@pytest.fixture(scope="module")
def years(history):
    """What was opened when, and when each of its happenings was known: in the history and on to the last of the anchors."""
    last = datetime.fromisoformat(ANCHORS[-1]).date()
    first = history.now.date() - timedelta(days=1)  # what is later than the history by any client's clock
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    later = [ticket for on in days for client in CLIENTS for ticket in tickets_opened_on(SEED, client, on, history.terms)]
    tickets = history.tickets | {ticket.ref: ticket for ticket in later}
    return [(ticket.opened_at, [told_at(each) for each in ticket.happenings]) for ticket in tickets.values()]


@pytest.mark.parametrize("anchor", ANCHORS)
def test_eighteen_months_hold_enough_tickets_and_events(years, anchor):
    now = datetime.fromisoformat(f"{anchor}T09:00+00:00")
    begin = now - timedelta(days=HISTORY_DAYS)

    within = [told for opened, told in years if begin < opened <= now]

    assert 12_000 <= len(within) <= 13_400
    assert 88_000 <= sum(at <= now for told in within for at in told) <= 104_000


def share(history, kind):
    tickets = history.tickets.values()
    return sum(any(each.event.kind is kind for each in ticket.happenings) for ticket in tickets) / len(tickets)


def test_promises_are_mostly_kept(history):
    assert 95.5 < history.compliance(ClockKind.RESPONSE) < 97.5
    assert 92 < history.compliance(ClockKind.RESOLUTION) < 95


def test_one_client_is_notably_worse_and_one_was_never_let_down(history):
    measured = [client.key for client in CLIENTS if client.key not in {"nakheel-wadi", "suvarnika"}]
    by_client = {key: history.compliance(ClockKind.RESOLUTION, lambda t, key=key: t.client == key) for key in measured}

    worst, *others = sorted(measured, key=by_client.__getitem__)

    assert worst == "serra-mansa"
    assert by_client[worst] < 88 < by_client[others[0]] - 1
    assert by_client["santa-livia"] == 100
    assert history.compliance(ClockKind.RESPONSE, lambda t: t.client == "santa-livia") == 100
    assert len(set(map(round, by_client.values()))) >= 4


def test_one_month_is_visibly_bad(history):
    def opened_in(ticket):
        return (ticket.opened_at.year, ticket.opened_at.month)

    months = Counter(opened_in(ticket) for ticket in history.tickets.values())
    whole = sorted(month for month, count in months.items() if count > 400)
    rates = {month: history.compliance(ClockKind.RESOLUTION, lambda t, month=month: opened_in(t) == month) for month in whole}

    bad = [month for month in whole if is_bad(SEED, *month)]

    assert len(bad) == 1
    assert min(rates, key=rates.__getitem__) == bad[0]
    assert rates[bad[0]] < median(rates.values()) - 4


def test_lives_are_as_varied_as_real_ones(history):
    tickets = history.tickets.values()
    waited = [
        any(each.event.owner is PauseOwner.CUSTOMER for each in ticket.happenings)
        for ticket in tickets
    ]  # fmt: skip
    owners = Counter(each.event.owner for ticket in tickets for each in ticket.happenings)

    assert 0.31 < mean(waited) < 0.40
    assert 0.035 < share(history, EventKind.REOPENED) < 0.055
    assert 0.008 < share(history, EventKind.MERGED) < 0.018
    assert 0.006 < share(history, EventKind.CANCELLED) < 0.015
    assert 0.04 < share(history, EventKind.PRIORITY_CHANGED) < 0.075
    assert 0.02 < share(history, EventKind.NO_REPLY_NEEDED) < 0.06
    assert share(history, EventKind.RESOLVED) > 0.96
    assert owners[PauseOwner.SUPPLIER] > 300
    assert owners[PauseOwner.AGREED_DATE] > 200
    assert sum(told_at(each) > each.event.at for ticket in tickets for each in ticket.happenings) > 200
    verdicts = [verdict for each in history.judged.values() for verdict in each.verdicts]
    assert sum(verdict.breach is not None and verdict.breach.reclassified for verdict in verdicts) >= 10
    assert sum(verdict.linked for verdict in verdicts) >= 30
    first_contact = [each.replies_at_resolution == 1 and not each.reopened_count for each in history.judged.values()]
    assert 0.6 < mean(first_contact) < 0.8


def test_some_wait_over_a_weekend(history):
    def over_weekend(ticket):
        events = [each.event for each in ticket.happenings]
        starts = [event.at for event in events if event.owner is PauseOwner.CUSTOMER and event.at.weekday() == 4]
        return any(event.kind is EventKind.CLIENT_REPLIED and event.at.weekday() == 0 and
                   timedelta(days=2) < event.at - start < timedelta(days=4)
                   for start in starts for event in events)  # fmt: skip

    assert sum(map(over_weekend, history.tickets.values())) > 100


def moments(history):
    """Instants in European business hours of ordinary workdays, over the whole history but its first month."""
    begin = history.terms.begins + timedelta(days=30)
    steps = (begin + timedelta(days=5 * number, hours=number % 8) for number in range(103))
    local = [step.astimezone(ROME).replace(hour=9 + number % 9, minute=17) for number, step in enumerate(steps)]
    return [at.astimezone(UTC) for at in local if at.weekday() < 5]


@pytest.fixture(scope="module")
def boards(history):
    return {at: [(each, state_of(each, at)) for each in history.open_at(at)] for at in moments(history)}


def state_of(assessment, at):
    found = pressing(assessment)
    due = found.verdict.deadline_at if found.verdict else None
    return row_state(now=at, due_at=due, at_risk_at=found.at_risk_at, paused=found.paused)


def test_the_board_is_neither_empty_nor_flooded(boards):
    ordinary = sorted(len(rows) for at, rows in boards.items() if workday(at))
    every = [len(rows) for rows in boards.values()]

    assert 50 <= mean(ordinary) <= 75
    assert ordinary[len(ordinary) // 10] >= 44
    assert ordinary[-len(ordinary) // 10] <= 92
    assert 28 <= min(every) <= max(every) <= 115


def test_some_of_the_open_tickets_press_and_some_wait(boards):
    counts = [Counter(state for _, state in rows) for rows in boards.values()]

    assert 2 <= mean(count[RowState.BREACHED] for count in counts) <= 6
    assert 2.5 <= mean(count[RowState.AT_RISK] for count in counts) <= 10
    assert 8 <= mean(count[RowState.PAUSED] for count in counts) <= 20
    assert max(count[RowState.BREACHED] for count in counts) <= 14
    assert mean(count[RowState.ON_TRACK] for count in counts) > 25


def test_hardly_anything_stays_open_for_a_month(boards):
    old = [sum(at - each.opened_at > timedelta(days=30) for each, _ in rows) for at, rows in boards.items()]

    assert max(old) <= 6
    assert any(old)


def test_things_keep_happening(history):
    moments = sorted({told_at(each) for ticket in history.tickets.values() for each in ticket.happenings})
    begin = history.terms.begins + timedelta(days=30)
    gaps = [(a, (b - a).total_seconds() / 60) for a, b in pairwise(moments) if begin < a < history.now and workday(a)]

    by_day = [gap for at, gap in gaps if 9 <= at.astimezone(ROME).hour < 18]
    by_night = [gap for at, gap in gaps if not 9 <= at.astimezone(ROME).hour < 18]

    assert 2 < mean(by_day) < 4.4
    assert mean(by_night) < 13


def opened(history, chosen):
    tickets = [ticket for ticket in history.tickets.values() if chosen(ticket)]
    return Counter(ticket.opened_at.astimezone(CLIENT[ticket.client].working_hours.tz).date() for ticket in tickets)


def average(days, wanted):
    """Tickets a day, over the days of the history that are wanted."""
    first, last = min(days), max(days)
    all_days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return mean(days[on] for on in all_days if wanted(on))


def test_weeks_months_and_seasons_have_their_shape(history):
    italian = opened(history, lambda t: t.client in {"carsina", "ferrandis"} and "outage" not in t.tags)
    ferrandis = opened(history, lambda t: t.client == "ferrandis")
    hudson = opened(history, lambda t: t.client == "hudson-vale")

    def normal(on):
        return on.weekday() < 5 and on.month != 8 and on.month != 12

    assert average(italian, lambda on: on.weekday() == 0) > 1.15 * average(italian, lambda on: on.weekday() in (2, 3))
    assert average(italian, lambda on: on.month == 8 and on.weekday() < 5) < 0.6 * average(italian, normal)
    assert average(ferrandis, lambda on: normal(on) and turn_of_month(on)) > 1.5 * average(
        ferrandis, lambda on: normal(on) and not turn_of_month(on)
    )
    go_live = average(hudson, lambda on: on.weekday() < 5 and (4, 13) <= (on.month, on.day) <= (4, 30))
    assert go_live > 1.4 * average(hudson, normal)


def test_gold_and_platinum_also_write_at_night(history):
    def by_night(ticket):
        hour = ticket.opened_at.astimezone(CLIENT[ticket.client].working_hours.tz).hour
        return hour >= 21 or hour < 7

    for key, least in (("tussock", 0.08), ("santa-livia", 0.06), ("marsa-lulwa", 0.06)):
        assert mean(by_night(ticket) for ticket in history.tickets.values() if ticket.client == key) > least
    assert mean(by_night(ticket) for ticket in history.tickets.values() if ticket.client == "brackwell") < 0.01


def test_outages_bring_many_tickets_within_the_hour_and_end_together(history):
    hit = {}
    for ticket in history.tickets.values():
        if "outage" in ticket.tags:
            hit.setdefault((ticket.client, ticket.opened_at.date()), []).append(ticket)

    assert 2 <= len(hit) <= 4
    for tickets in hit.values():
        opened_at = sorted(ticket.opened_at for ticket in tickets)
        assert 10 <= len(tickets) <= 25
        assert opened_at[-1] - opened_at[0] <= timedelta(hours=1)
        ended = [ticket for ticket in tickets if ticket.happenings[-1].event.kind is EventKind.MERGED]
        assert len(ended) >= len(tickets) // 3
        assert max(map(told_at_last, ended)) - opened_at[0] < timedelta(hours=2)
