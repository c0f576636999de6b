"""Amounts of service time as promises state them: minutes, hours, business days and weeks."""

import pytest

from goodstanding.core.clocks.amounts import Amount, AmountError, Unit
from goodstanding.core.clocks.clock import WorkingClock
from goodstanding.core.clocks.presets import ALWAYS
from tests.core.clocks.calendars import OFFICE, clock_for
from tests.core.clocks.oracle import DAY, Plain, at


@pytest.mark.proves("TIER-4")
@pytest.mark.parametrize(
    ("text", "count", "unit"),
    [
        ("45 s", 45, Unit.SECONDS),
        ("1 second", 1, Unit.SECONDS),
        ("15 min", 15, Unit.MINUTES),
        ("15min", 15, Unit.MINUTES),
        ("15m", 15, Unit.MINUTES),
        ("1 minute", 1, Unit.MINUTES),
        ("30 Minutes", 30, Unit.MINUTES),
        ("4h", 4, Unit.HOURS),
        ("4 h", 4, Unit.HOURS),
        ("  24 hours ", 24, Unit.HOURS),
        ("1 bd", 1, Unit.BUSINESS_DAYS),
        ("1 business day", 1, Unit.BUSINESS_DAYS),
        ("5 Business Days", 5, Unit.BUSINESS_DAYS),
        ("1 w", 1, Unit.WEEKS),
        ("2 weeks", 2, Unit.WEEKS),
        ("0 h", 0, Unit.HOURS),
    ],
)
def test_an_amount_is_read_in_minutes_hours_business_days_and_weeks(text: str, count: int, unit: Unit) -> None:
    assert Amount.parse(text) == Amount(count, unit)


@pytest.mark.proves("TIER-4")
@pytest.mark.parametrize("text", ["1 day", "3 days", "5d"])
def test_a_bare_day_is_asked_about_and_never_guessed(text: str) -> None:
    with pytest.raises(AmountError, match=r"two ways.* bd for business days"):
        Amount.parse(text)


@pytest.mark.parametrize(
    "text", ["", "4", "h", "four hours", "-4 h", "1.5 h", "1,5 h", "4 h 30 min", "4 fortnights", "4 months", "h 4"]
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(AmountError) as refused:
        Amount.parse(text)

    assert repr(text) in str(refused.value)


def test_an_amount_below_zero_is_refused() -> None:
    with pytest.raises(AmountError, match="negative"):
        Amount(-1, Unit.HOURS)


@pytest.mark.parametrize("amount", [Amount(count, unit) for unit in Unit for count in (0, 1, 90)])
def test_an_amount_is_written_as_it_is_read(amount: Amount) -> None:
    assert Amount.parse(str(amount)) == amount


@pytest.mark.proves("TIER-4")
@pytest.mark.parametrize(
    ("amount", "hours"),
    [
        (Amount(90, Unit.SECONDS), 0.025),
        (Amount(15, Unit.MINUTES), 0.25),
        (Amount(4, Unit.HOURS), 4),
        (Amount(24, Unit.HOURS), 24),
        (Amount(1, Unit.BUSINESS_DAYS), 8),
        (Amount(5, Unit.BUSINESS_DAYS), 40),
        (Amount(1, Unit.WEEKS), 40),
        (Amount(2, Unit.WEEKS), 80),
        (Amount(0, Unit.WEEKS), 0),
    ],
)
@pytest.mark.parametrize("start", ["2026-03-02 10:00", "2026-03-07 13:30", "2026-03-06 16:59:59"])
def test_an_amount_of_service_hours_is_spent_in_the_calendar(amount: Amount, hours: float, start: str) -> None:
    clock = clock_for(Plain("UTC", OFFICE))

    seconds = amount.seconds_from(clock, at(start), wall=False)

    assert seconds == hours * 3600


@pytest.mark.proves("TIER-4")
@pytest.mark.parametrize(
    ("amount", "seconds"),
    [
        (Amount(15, Unit.MINUTES), 900),
        (Amount(4, Unit.HOURS), 4 * 3600),
        (Amount(1, Unit.BUSINESS_DAYS), DAY),
        (Amount(1, Unit.WEEKS), 7 * DAY),
        (Amount(3, Unit.WEEKS), 21 * DAY),
    ],
)
def test_in_wall_time_a_day_has_24_hours_and_a_week_seven_days(amount: Amount, seconds: int) -> None:
    clock = WorkingClock(ALWAYS)

    assert amount.seconds_from(clock, at("2026-03-07 13:30"), wall=True) == seconds


@pytest.mark.proves("TIER-4")
def test_a_business_day_is_as_long_as_the_hours_it_crosses() -> None:
    clock = clock_for(Plain("UTC", {"mon": ["09:00-17:00"], "tue": ["09:00-11:00"], "wed": ["09:00-17:00"]}))

    found = [Amount(days, Unit.BUSINESS_DAYS).seconds_from(clock, at("2026-03-02 16:00"), wall=False) for days in (1, 2)]

    assert found == [3 * 3600, (1 + 2 + 7) * 3600]


def test_a_week_is_five_business_days_also_where_seven_are_worked() -> None:
    clock = clock_for(Plain("UTC", dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), ("09:00-17:00",))))

    week, five = (
        Amount(*pair).seconds_from(clock, at("2026-03-02 10:00"), wall=False)
        for pair in ((1, Unit.WEEKS), (5, Unit.BUSINESS_DAYS))
    )

    assert week == five == 40 * 3600


@pytest.mark.parametrize(
    ("amount", "seconds"),
    [
        (Amount(7, Unit.SECONDS), 7),
        (Amount(15, Unit.MINUTES), 900),
        (Amount(4, Unit.HOURS), 14_400),
        (Amount(1, Unit.BUSINESS_DAYS), None),
        (Amount(1, Unit.WEEKS), None),
    ],
)
def test_only_hours_and_less_are_the_same_from_any_start(amount: Amount, seconds: int | None) -> None:
    assert amount.fixed_seconds == seconds
