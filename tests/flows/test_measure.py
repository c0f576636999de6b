"""Measuring a file: columns and single tickets give one measurement, tiers in the file are held, nothing is guessed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from goodstanding.adapters.files.tickets import TicketFile
from goodstanding.core.clocks.clock import moment
from goodstanding.core.desk.policy import ClockKind
from goodstanding.core.desk.verdict import ClockState
from goodstanding.core.figures.comparison import Outcome
from goodstanding.core.figures.measurement import Measurement
from goodstanding.core.figures.numbers import Share
from goodstanding.flows import measure as flow
from goodstanding.flows.judge_tickets import UNKNOWN_TIER
from goodstanding.flows.measure import Measured, Promised, calendar_for, measure, promised
from goodstanding.flows.read_tickets import Told, local_zone, read

SOME = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
BEGIN = int(datetime(2026, 3, 20, tzinfo=UTC).timestamp())
"""Nine days before the clocks of Rome change."""
OWN_TIER = """\
key: own
name: Own
family: support_plan
priorities:
  P1: {response: 30 min, resolution: {amount: 4 h, slot: always}}
  P2: {response: 1 bd, resolution: 2 bd}
  P3: {response: no clock, resolution: 1 week}
  P4: {response: 8 h, resolution: no clock}
rules:
  - {clock: response, priority: P1, team: Night, target: 2 h}
  - {clock: resolution, priority: P2, tags: [vip], target: 3 h}
  - {clock: resolution, priority: P2, kind: Bug, tags: [vip], target: 5 h}
reopening: {mode: new_cycle, within: 5 days}
"""


def written(folder: Path, text: str, name: str = "tickets.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def measured(
    path: Path, *, tier: str = "gold", calendar: str = "business", zone: str = "Europe/Rome", what_if: str = "", **told: str
) -> Measured:
    promise = promised(tier=tier, calendar=calendar, what_if=what_if)
    file = read(path, Told(zone=zone, **told))
    return measure(file, promise, calendar_for(file, promise, zone, None), as_of=None)


def instant(second: int | None) -> str:
    return "" if second is None else f"{moment(second):%Y-%m-%dT%H:%M:%SZ}"


HOUR = 3_600
spells = st.none() | st.integers(0, 30 * 24 * 4).map(lambda quarters: quarters * 900) | st.integers(0, 40 * 86_400)
rows = st.tuples(
    st.integers(0, 30 * 86_400),
    spells,
    spells,
    st.none() | st.integers(1, 20 * 86_400),
    st.none() | st.integers(1, 10 * 86_400),
    st.sampled_from(["P1", "P2", "P3", "P4", "S1", "S3", ""]),
    st.sampled_from(["Ferrante", "Rossi", ""]),
    st.sampled_from(["", "", "Gold", "active", "PLATINUM", "own"]),
    st.sampled_from(["Night", "Day", ""]),
    st.sampled_from(["vip", "vip, loud", ""]),
    st.sampled_from(["Bug", "Question"]),
    st.sampled_from(["Closed", "Closed", "Cancelled", "Open"]),
)


def table(tickets: Sequence[tuple[object, ...]], columns: Sequence[str] = ()) -> str:
    lines = ["ticket,opened,first response,resolved,closed,reopened,priority,client,tier,team,tags,type,status"]
    for number, row in enumerate(tickets):
        opened, replied, resolved, reopened, again, *words = row
        start = BEGIN + opened
        end = None if resolved is None else start + resolved
        back = None if end is None or reopened is None else end + reopened
        closed = end if back is None else None if again is None else back + again
        state = words[-1]
        if state == "Cancelled" and (end is None or back is not None):
            words[-1] = "Open" if end is None else "Closed"
        elif state == "Closed" and (end is None or (back is not None and closed is None)):
            words[-1] = "Open"
        cells = [f"T{number}", *map(instant, (start, None if replied is None else start + replied, end, closed, back))]
        quoted = [f'"{word}"' for word in words]
        lines.append(",".join(cells + quoted))
    return "\n".join(lines) + "\n"


@cache
def promise_of(tier: str) -> Promised:
    return promised(tier=tier, calendar="business", what_if="platinum")


def one_by_one(file: TicketFile) -> TicketFile:
    """The same file without its columns: every ticket is then judged by its events."""
    return replace(file, columns=None)


@pytest.mark.proves("CLOCK-9")
@SOME
@given(st.lists(rows, min_size=1, max_size=14), st.integers(0, 60 * 24), st.sampled_from(["own", "gold", "active"]))
# Used up to the second at the resolution, then reopened: late from the reopening on, also when that is now.
@example([(9 * HOUR + 3 * 86_400, 0, 4 * HOUR, 86_400, 3600, "P1", "Rossi", "", "", "", "Bug", "Closed")], 60 * 24, "gold")
@example([(9 * HOUR + 3 * 86_400, 0, 4 * HOUR, 86_400, 3600, "P1", "Rossi", "", "", "", "Bug", "Closed")], 37 + 3 * 24, "gold")
def test_columns_give_the_measurement_of_single_tickets(tmp_path, tickets, hours, tier):
    own = written(tmp_path, OWN_TIER, "own.yaml")
    path = written(tmp_path, table(tickets))
    promise = promise_of(str(own) if tier == "own" else tier)
    # The tier of one's own is known by name only where it is the one given.
    if tier != "own":
        path = written(tmp_path, table(tickets).replace('"own"', '""'))
    file = read(path, Told(zone="UTC"))
    calendar = promise.hours.calendar("Europe/Rome", 2025, 2027)
    as_of = moment(BEGIN + hours * HOUR)

    at_once = measure(file, promise, calendar, as_of=as_of)
    singly = measure(one_by_one(file), promise, calendar, as_of=as_of)

    assert at_once.measurement == singly.measurement
    assert at_once.what_if == singly.what_if
    assert at_once.by_rank == singly.by_rank
    assert at_once.tiers == singly.tiers
    assert at_once.opened_later == singly.opened_later


def clocks(found: Measurement) -> dict[ClockKind, tuple[int, int]]:
    return {group.clock: (group.compliance.met, group.compliance.breached) for group in found.totals.clocks}


LISTED = """\
ticket,opened,first response,resolved,priority,client,tier
A,2026-03-02 09:00,2026-03-02 09:30,2026-03-02 12:00,P1,Rossi,
B,2026-03-02 09:00,2026-03-02 10:30,2026-03-02 14:00,P1,Rossi,Silver
C,2026-03-02 09:00,2026-03-02 09:10,2026-03-02 10:00,P2,Ferrante,bronze
"""


@pytest.mark.proves("TIER-1")
def test_a_tier_in_the_file_beats_the_one_given_and_each_tier_says_how_it_is_read(tmp_path):
    path = written(tmp_path, LISTED)

    found = measured(path, tier="gold")

    # A under Gold: 30 min of 1 h, 3 h of 4 h. B under Silver: 1 h 30 of 2 h, 5 h of 8 h; Gold would breach both.
    assert clocks(found.measurement) == {ClockKind.RESPONSE: (3, 0), ClockKind.RESOLUTION: (3, 0)}
    assert [tier.name for tier in found.tiers] == ["Gold", "Bronze", "Silver"]
    assert [row.name for row in found.measurement.by_tier] == ["Bronze", "Gold", "Silver"]
    read_as = {(each.tier, each.name): (each.printed, each.read_as) for each in found.measurement.readings}
    assert read_as["Bronze", "resolution, priority P1"] == ("24 h", "1 business day of support hours")
    assert len(read_as) == 24


def test_a_tier_that_nobody_knows_sets_its_row_aside_with_a_hint(tmp_path):
    path = written(tmp_path, LISTED.replace("Silver", "Golden"))

    found = measured(path, tier="gold")

    (bad,) = found.set_aside
    assert (bad.line, bad.column, bad.value, bad.reason) == (3, "tier", "Golden", UNKNOWN_TIER)
    assert "gold" in bad.hint.casefold()
    assert found.measurement.tickets == 2


def test_a_tier_of_ones_own_is_known_in_the_file_by_its_name(tmp_path):
    own = written(tmp_path, OWN_TIER, "own.yaml")
    path = written(tmp_path, LISTED.replace("Silver", "Own"))

    found = measured(path, tier=str(own))

    assert found.set_aside == ()
    assert [tier.name for tier in found.tiers] == ["Own", "Bronze"]


@pytest.mark.proves("TIER-3")
def test_priorities_of_another_family_are_read_by_rank_and_it_is_said(tmp_path):
    path = written(tmp_path, LISTED.replace("Silver", "Active"))

    found = measured(path, tier="gold")

    # B under Active: S1, one open hour to respond; 1 h 30 min is late. A retainer has no resolution target.
    assert found.by_rank == {"Active": {"P1": "S1"}}
    assert [row.name for row in found.measurement.by_priority] == ["P1", "P2", "S1"]
    assert clocks(found.measurement)[ClockKind.RESPONSE] == (2, 1)
    assert found.measurement.totals.of(ClockKind.RESOLUTION).compliance.left_out == {ClockState.NOT_COVERED: 1}


@pytest.mark.proves("TIER-3")
def test_a_tier_of_another_family_that_comes_on_the_way_is_read_by_rank_and_it_is_said(tmp_path):
    history = (
        "ticket,at,event,tier,priority\nA,2026-03-02 09:00,opened,Gold,P1\n"
        "A,2026-03-02 09:05,tier changed,Active,\nA,2026-03-02 12:00,first response,,\n"
    )

    found = measured(written(tmp_path, history), tier="gold")

    assert found.by_rank == {"Active": {"P1": "S1"}}
    assert [(each.clock, each.tier) for each in found.measurement.breaches] == [(ClockKind.RESPONSE, "Active")]


def test_a_what_if_of_another_family_stands_beside_by_rank(tmp_path):
    path = written(tmp_path, LISTED)

    found = measured(path, tier="gold", what_if="active")

    assert [row.name for row in found.what_if.by_priority] == ["P1 / S1"] * 2 + ["P2 / S2"] * 2
    assert found.by_rank == {"Active": {"P1": "S1", "P2": "S2"}}


@pytest.mark.proves("CLOCK-9")
def test_a_what_if_says_how_many_tickets_come_out_otherwise_both_ways(tmp_path):
    path = written(
        tmp_path,
        "ticket,opened,first response,resolved,priority,tier\n"
        # Friday 17:30 to Saturday 08:00: no business hour, so Gold is met, and Platinum's 2 h of wall time are not.
        "A,2026-03-06 17:30,2026-03-06 17:40,2026-03-07 08:00,P1,gold\n"
        # Twelve open days: Bronze allows ten business days, Platinum 24 h.
        "B,2026-03-02 09:00,2026-03-02 09:10,2026-03-18 09:00,P4,bronze\n"
        # 2 h 30 min for a P3's first answer: 4 h under Gold, 2 h under Platinum.
        "C,2026-03-02 09:00,2026-03-02 11:30,2026-03-02 12:00,P3,gold\n"
        # Light has one business day for S2, Platinum one hour: 30 min is met by both.
        "D,2026-03-02 09:00,2026-03-02 09:30,2026-03-02 10:00,P2,light\n",
    )

    found = measured(path, tier="gold", what_if="platinum").what_if

    assert found.changed == {(Outcome.MET, Outcome.BREACHED): 2}
    assert (found.worse, found.better) == (2, 0)
    assert found.before.figures.tickets == Share(3, 4)
    assert found.after.figures.tickets == Share(1, 4)
    totals = {each.clock: each for each in found.totals}
    assert totals[ClockKind.RESPONSE].difference == Fraction(3, 4) - 1


def test_what_the_file_does_not_tell_is_no_data_and_never_zero(tmp_path):
    path = written(tmp_path, "ticket,opened,resolved,priority\nA,2026-03-02 09:00,2026-03-02 10:00,P1\n")

    found = measured(path).measurement

    assert found.totals.of(ClockKind.RESPONSE).compliance.left_out == {ClockState.NOT_MEASURED: 1}
    assert (found.to_respond, found.first_contact, found.reopened, found.paused, found.satisfaction) == (None,) * 5
    assert found.to_restore.total == HOUR


def test_reopenings_are_counted_where_a_column_tells_them(tmp_path):
    path = written(
        tmp_path,
        "ticket,opened,resolved,reopened,closed,priority\n"
        "A,2026-03-02 09:00,2026-03-02 10:00,2026-03-03 09:00,2026-03-03 11:00,P1\n"
        "B,2026-03-02 09:00,2026-03-02 10:00,,,P1\n",
    )

    found = measured(path).measurement

    assert found.reopened == Share(1, 2)
    # 09:00 to 10:00 and, resumed, 09:00 to 11:00: 3 of 4 hours.
    assert clocks(found)[ClockKind.RESOLUTION] == (2, 0)
    assert found.totals.of(ClockKind.RESOLUTION).elapsed.p90 == 3 * HOUR


def test_a_log_of_events_tells_replies_pauses_and_the_first_contact(tmp_path):
    path = written(
        tmp_path,
        "ticket,at,event,priority,actor,owner\n"
        "A,2026-03-02 09:00,opened,P1,client,\n"
        "A,2026-03-02 09:20,staff replied,,staff,\n"
        "A,2026-03-02 09:30,waiting,,staff,client\n"
        "A,2026-03-02 12:30,client replied,,client,\n"
        "A,2026-03-02 13:00,staff replied,,staff,\n"
        "A,2026-03-02 13:00,resolved,,staff,\n"
        "A,2026-03-03 09:00,reopened,,client,\n"
        "A,2026-03-03 09:30,resolved,,staff,\n"
        "B,2026-03-02 09:00,opened,P1,client,\n"
        "B,2026-03-02 09:05,staff replied,,staff,\n"
        "B,2026-03-02 09:10,resolved,,staff,\n",
    )

    found = measured(path).measurement

    # B by one reply; A was reopened within the week.
    assert found.first_contact == Share(1, 2)
    assert found.reopened == Share(1, 2)
    # A counts 30 + 30 + 30 min, three hours were spent waiting; B 10 min.
    (share,) = found.paused.values()
    assert share == Share(3 * HOUR, 3 * HOUR + 100 * 60)
    assert found.totals.of(ClockKind.NEXT_RESPONSE).compliance.left_out == {ClockState.NOT_COVERED: 1}


def test_a_tier_that_changes_on_the_way_is_found_by_its_name(tmp_path):
    log = (
        "ticket,at,event,priority,tier\n"
        "A,2026-03-02 09:00,opened,P1,\n"
        "A,2026-03-02 09:30,staff replied,,\n"
        "A,2026-03-02 12:00,tier changed,,Silver\n"
        "A,2026-03-02 16:00,resolved,,\n"
    )

    known = measured(written(tmp_path, log))
    unknown = measured(written(tmp_path, log.replace("Silver", "Tin") + "B,2026-03-02 09:00,opened,P1,\n"))

    # 7 open hours: too long for Gold's 4 h, within Silver's 8 h, which counts from the start.
    assert clocks(known.measurement)[ClockKind.RESOLUTION] == (1, 0)
    assert [row.value for row in unknown.set_aside] == ["Tin"]
    assert unknown.measurement.tickets == 1


def test_public_holidays_are_those_of_the_years_of_the_history(tmp_path):
    calendar = written(
        tmp_path, "zone: Europe/Rome\nweek: {mon: ['09:00-17:00'], tue: ['09:00-17:00']}\nholidays: {country: IT}\n", "c.yaml"
    )
    # Monday 1 April 2013 was Easter Monday in Italy.
    path = written(
        tmp_path, "ticket,opened,resolved,priority\nA,2013-04-01 09:00,2013-04-02 10:00,P1\nB,2026-01-05 09:00,,P1\n"
    )
    promise = promised(tier="gold", calendar=str(calendar))
    file = read(path, Told(zone="Europe/Rome"))

    found = calendar_for(file, promise, "", None)

    assert date(2013, 4, 1) in found.holidays
    assert date(2026, 4, 6) in found.holidays
    measurement = measure(file, promise, found, as_of=None).measurement
    assert measurement.totals.of(ClockKind.RESOLUTION).elapsed.total == HOUR


def test_tickets_opened_after_the_instant_are_left_out_and_counted(tmp_path):
    path = written(tmp_path, LISTED + "D,2026-03-05 09:00,,,P2,Ferrante,\n")
    promise = promised(tier="gold", calendar="business")
    file = read(path, Told(zone="Europe/Rome"))
    calendar = calendar_for(file, promise, "Europe/Rome", None)

    found = measure(file, promise, calendar, as_of=datetime(2026, 3, 3, tzinfo=UTC))

    assert (found.measurement.tickets, found.opened_later, found.as_of_newest) == (3, 1, False)


def test_without_an_instant_the_newest_of_the_file_is_meant(tmp_path):
    found = measured(written(tmp_path, LISTED))

    assert found.as_of_newest
    assert found.measurement.as_of == datetime(2026, 3, 2, 13, tzinfo=UTC)


def test_a_tier_without_targets_for_tickets_is_refused(tmp_path):
    slots = OWN_TIER.replace("slot: always", "slot: oncall")

    with pytest.raises(flow.BAD_TERMS, match="promises nothing"):
        promised(tier="score-standard", calendar="business")
    with pytest.raises(flow.BAD_TERMS, match="oncall"):
        promised(tier=str(written(tmp_path, slots, "slots.yaml")), calendar="business")
    with pytest.raises(flow.BAD_TERMS, match="did you mean gold"):
        promised(tier="golds", calendar="business")
    with pytest.raises(flow.BAD_TERMS, match="no such file"):
        promised(tier="gold", calendar="offices.yaml")


def test_progress_is_told_and_ends_with_every_ticket(tmp_path):
    path = written(tmp_path, LISTED)
    promise = promised(tier="gold", calendar="business")
    file = read(path, Told(zone="Europe/Rome"))
    heard = []

    measure(
        file, promise, promise.hours.calendar("Europe/Rome", 2026, 2026), as_of=None, progress=lambda *told: heard.append(told)
    )
    measure(
        one_by_one(file),
        promise,
        promise.hours.calendar("Europe/Rome", 2026, 2026),
        as_of=None,
        progress=lambda *told: heard.append(told),
    )

    assert heard == [(3, 3), (3, 3)]


def test_the_map_keeps_its_name_in_messages_and_tells_the_zone(tmp_path):
    told = Told(map_text="zone: Europe/Rome\n", map_name="ours.yaml")

    assert local_zone(told) == "Europe/Rome"
    assert local_zone(Told(answers={"zone:opened": "Asia/Tokyo"})) == "Asia/Tokyo"
    assert local_zone(Told()) == ""
    with pytest.raises(flow.BAD_TERMS, match=r"ours\.yaml, line 1"):
        read(written(tmp_path, LISTED), replace(told, map_text="zones: x\n"))
