"""Tiers: readings in words, what cannot be a tier, versions, and tiers cloned."""

from dataclasses import FrozenInstanceError, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goodstanding.core.clocks.presets import PRESETS, preset
from goodstanding.core.commerce.priorities import Family, TierError
from goodstanding.core.commerce.tier import (
    SHIPPED_REOPENING,
    HoursRange,
    PriceRange,
    Tier,
    cloned,
    plain_readings,
    version_on,
    words,
)
from goodstanding.core.desk.assess import assess
from goodstanding.core.desk.case import Case
from goodstanding.core.desk.events import Actor, Event, EventKind
from goodstanding.core.desk.policy import Assignment, Policy, ReopenMode, TargetRule
from goodstanding.core.desk.verdict import ClockState
from tests.core.commerce.tiers import COMMITTED, PLAIN, RESPONSES, amount, rules, scored, with_rules


@pytest.mark.proves("TIER-1")
@pytest.mark.parametrize(
    ("text", "slot", "expected"),
    [
        ("1 h", "support", "1 hour of support hours"),
        ("4 h", "support", "4 hours of support hours"),
        ("15 min", "always", "15 minutes of wall time"),
        ("1 bd", "support", "1 business day of support hours"),
        ("10 bd", "support", "10 business days of support hours"),
        ("1 w", "support", "1 week (5 business days) of support hours"),
        ("2 w", "support", "2 weeks (10 business days) of support hours"),
        ("1 w", "always", "1 week (7 days each) of wall time"),
        ("1 bd", "always", "1 day (24 hours each) of wall time"),
        ("24 h", "always", "24 hours of wall time"),
        ("2 h", "oncall", "2 hours of oncall hours"),
        ("no clock", "support", "no clock"),
    ],
)
def test_a_target_is_read_out_in_words_that_say_which_time_counts(text: str, slot: str, expected: str) -> None:
    assert words(amount(text, slot)) == expected


@pytest.mark.proves("TIER-1")
def test_each_rule_finds_the_reading_that_is_printed_with_its_measurements() -> None:
    rule = RESPONSES[3]
    printed = tuple(replace(each, printed="24 h") if each.name == rule.name else each for each in PLAIN.readings)
    tier = replace(PLAIN, readings=printed)

    reading = tier.reading(rule)

    assert (reading.printed, reading.read_as) == ("24 h", "1 business day of support hours")


@pytest.mark.proves("TIER-1")
def test_a_target_cannot_be_changed_without_the_reading_that_goes_with_it() -> None:
    assert PLAIN.policy is not None
    faster = replace(PLAIN.policy, rules=(replace(RESPONSES[0], target=amount("30 min")), *RESPONSES[1:]))

    with pytest.raises(TierError, match="needs the reading"):
        replace(PLAIN, policy=faster)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"key": "Plain Plan"}, "key"),
        ({"version": 0}, "version"),
        ({"hours": "17/7"}, "hours"),
        ({"uptime": Fraction(0)}, "uptime"),
        ({"uptime": Fraction(101, 100)}, "uptime"),
        ({"name": "Other"}, "name"),
        ({"score": COMMITTED}, "family"),
        ({"family": Family.SCORE}, "family"),
        ({"policy": None}, "family"),
        ({"family": Family.RETAINER}, "priorities.P1"),
        ({"readings": ()}, "readings"),
    ],
)
def test_what_cannot_be_a_tier_is_refused_and_the_field_named(fields: dict[str, object], field: str) -> None:
    with pytest.raises(TierError) as refused:
        replace(PLAIN, **fields)

    assert refused.value.field == field


@pytest.mark.proves("TIER-4")
@pytest.mark.parametrize(
    ("given_rules", "field"),
    [
        (RESPONSES[:3], "priorities.P4.response"),
        (rules(P1_resolution="4 h", P2_resolution="8 h", P3_resolution="1 bd", P4_resolution="2 bd"), "priorities.P1.response"),
        ((*RESPONSES, *rules(P1_resolution="4 h", P3_resolution="8 h")), "priorities.P2.resolution"),
    ],
)
def test_a_priority_without_a_target_is_refused_because_no_clock_has_to_be_said(
    given_rules: tuple[TargetRule, ...], field: str
) -> None:
    with pytest.raises(TierError, match="“no clock” where none is meant") as refused:
        with_rules(given_rules)

    assert refused.value.field == field


@pytest.mark.proves("TIER-4")
def test_no_clock_is_a_target() -> None:
    tier = with_rules((*RESPONSES[:3], *rules(P4_response="no clock")))

    assert tier.readings[3].read_as == "no clock"


@pytest.mark.parametrize("field", ["hold", "alert_below", "emergency_below", "improve_by"])
@pytest.mark.parametrize("value", [-1, 101])
def test_scores_lie_between_0_and_100(field: str, value: int) -> None:
    with pytest.raises(TierError) as refused:
        replace(COMMITTED, **{field: value})

    assert refused.value.field == f"score.{field}"


def test_an_improvement_within_no_time_is_refused() -> None:
    with pytest.raises(TierError, match="at least a day"):
        replace(COMMITTED, improve_within_days=0)


@pytest.mark.parametrize("kind", [PriceRange, HoursRange])
@pytest.mark.parametrize("ends", [("4000", "1500"), ("-1", "3")])
def test_a_range_has_its_lower_end_first_and_nothing_below_zero(kind: type, ends: tuple[str, str]) -> None:
    with pytest.raises(TierError, match="lower end first"):
        kind(*map(Decimal, ends))


@pytest.mark.proves("CLOCK-6")
def test_as_shipped_a_reopening_resumes_for_a_fortnight() -> None:
    assert (SHIPPED_REOPENING.mode, SHIPPED_REOPENING.window and SHIPPED_REOPENING.window.days) == (ReopenMode.RESUME, 14)


@pytest.mark.proves("TIER-1")
def test_a_clone_promises_the_same_under_its_own_name_and_counts_its_own_versions() -> None:
    original = replace(PLAIN, version=4, effective_from=date(2026, 1, 1), uptime=Fraction(999, 1000))

    clone = cloned(original, key="plain-ferrante", name="Plain for Ferrante")

    assert (clone.key, clone.name, clone.version, clone.effective_from) == ("plain-ferrante", "Plain for Ferrante", 1, None)
    assert clone.policy is not None
    assert clone.policy.rules == RESPONSES
    assert (clone.readings, clone.uptime) == (original.readings, original.uptime)
    assert cloned(scored(), key="mine", name="Mine").score == COMMITTED


# Versions


def version(number: int, begins: date | None, first_response: str = "1 h") -> Tier:
    policy = Policy(name="Plain", rules=(*rules(P1_response=first_response), *RESPONSES[1:]))
    return replace(PLAIN, version=number, effective_from=begins, policy=policy, readings=plain_readings(policy))


@pytest.mark.proves("TIER-6")
@pytest.mark.parametrize(
    ("on", "expected"),
    [("2025-12-31", None), ("2026-01-01", 1), ("2026-06-30", 1), ("2026-07-01", 3), ("2030-01-01", 3)],
)
def test_the_version_in_force_is_the_last_one_begun(on: str, expected: int | None) -> None:
    first, second, third = version(1, date(2026, 1, 1)), version(2, date(2026, 7, 1)), version(3, date(2026, 7, 1))

    found = version_on([third, first, second], date.fromisoformat(on))

    assert (found and found.version) == expected


@pytest.mark.proves("TIER-6")
@settings(deadline=None)
@given(
    begins=st.lists(st.dates(date(2020, 1, 1), date(2030, 1, 1)), min_size=1, max_size=5).map(sorted),
    later=st.dates(date(2020, 1, 1), date(2031, 1, 1)),
    on=st.dates(date(2019, 1, 1), date(2032, 1, 1)),
)
def test_an_edit_changes_no_day_before_it_begins(begins: list[date], later: date, on: date) -> None:
    versions = [version(number, day) for number, day in enumerate(begins, start=1)]
    edit = version(len(begins) + 1, max(later, begins[-1]), "5 min")

    before, after = version_on(versions, on), version_on([*versions, edit], on)

    assert after == (before if on < max(later, begins[-1]) else edit)


@pytest.mark.proves("TIER-6")
def test_a_later_version_cannot_begin_before_an_earlier_one() -> None:
    versions = [version(1, date(2026, 7, 1)), version(2, date(2026, 6, 1))]

    with pytest.raises(TierError, match="version 2 of Plain begins before version 1"):
        version_on(versions, date(2026, 8, 1))


@pytest.mark.proves("TIER-6")
def test_two_versions_of_one_number_are_refused() -> None:
    with pytest.raises(TierError, match="two versions 1"):
        version_on([version(1, None), version(1, date(2026, 6, 1))], date(2026, 8, 1))


@pytest.mark.proves("TIER-6")
def test_a_version_is_immutable() -> None:
    with pytest.raises(FrozenInstanceError):
        PLAIN.uptime = Fraction(1, 2)  # type: ignore[misc]  # that it cannot be assigned is what is tested
    assert PLAIN.policy is not None
    with pytest.raises(FrozenInstanceError):
        PLAIN.policy.rules = ()  # type: ignore[misc]  # the same


@pytest.mark.proves("TIER-6")
def test_a_ticket_of_june_is_measured_by_junes_version_after_the_tier_was_edited() -> None:
    opened = datetime(2026, 6, 15, 9, 0, tzinfo=UTC)
    story = (
        Event(at=opened, kind=EventKind.OPENED, source="mail", source_id="1", actor=Actor.CLIENT, priority="P1"),
        Event(
            at=datetime(2026, 6, 15, 9, 40, tzinfo=UTC),
            kind=EventKind.STAFF_REPLIED,
            source="mail",
            source_id="2",
            actor=Actor.STAFF,
            public=True,
        ),
    )
    june, july = version(1, None, "1 h"), version(2, date(2026, 7, 1), "30 min")

    def state(versions: list[Tier], on: date) -> ClockState:
        tier = version_on(versions, on)
        assert tier is not None
        assert tier.policy is not None
        bound = Assignment(id="a", client="Ferrante", policy=tier.policy, slots={"support": preset(tier.hours, "UTC")})
        case = Case(ticket="1", client="Ferrante", events=story, assignments=(bound,))
        found = assess(case, as_of=datetime(2026, 8, 1, tzinfo=UTC))
        assert found is not None
        return found.verdicts[0].state

    assert state([june], opened.date()) is ClockState.MET
    assert state([june, july], opened.date()) is ClockState.MET
    assert state([june, july], date(2026, 7, 1)) is ClockState.BREACHED


@pytest.mark.proves("TIER-5")
def test_the_hours_of_a_tier_are_always_a_preset() -> None:
    assert [replace(PLAIN, hours=name).hours for name in PRESETS] == ["business", "extended", "18/7", "24/7"]
