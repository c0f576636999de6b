"""Calendars: weekly hours with breaks, night shifts, holidays, closures, extra openings, presets, and what is refused."""

from datetime import date, datetime
from itertools import pairwise

import pytest

from goodstanding.core.clocks.calendar import (
    Calendar,
    CalendarError,
    Closure,
    Opening,
    check_zone,
    clock_face,
    parse_hours,
    week_of,
)
from goodstanding.core.clocks.clock import WorkingClock, clock_of
from goodstanding.core.clocks.presets import ALWAYS, OPEN_ON_HOLIDAYS, PRESETS, preset
from tests.core.clocks.calendars import ALL_DAY, OFFICE, WINDOWS, built, clock_for, walker
from tests.core.clocks.oracle import DAY, WEEKDAYS, Plain, at

# Monday 2 March 2026 to Sunday 8 March: no clock is changed in these zones.
MONDAY = date(2026, 3, 2)
WEEK = [date(2026, 3, day) for day in range(2, 9)]
LEAP_WEEK = ("UTC", "2024-02-26", 8)


def hours_on(plain: Plain, on: date) -> list[str]:
    """The service hours of a date as people write them."""
    return [f"{clock_face(start)}-{clock_face(end)}" for start, end in built(plain).spans_on(on)]


@pytest.mark.proves("TIER-5")
@pytest.mark.parametrize("days", range(1, 128))
def test_every_choice_of_weekdays_counts_its_own_days_and_no_other(days: int) -> None:
    chosen = [name for number, name in enumerate(WEEKDAYS) if days >> number & 1]
    plain = Plain("UTC", dict.fromkeys(chosen, ("09:00-12:30", "13:15-17:45")))
    walked, clock = walker(plain, LEAP_WEEK), clock_for(plain)

    total = walked.between(walked.first, walked.last)
    reached = [clock.second_after(walked.first, n) for n in range(0, total + 1, 1800)]

    assert list(clock.open_within(walked.first, walked.last)) == walked.runs()
    assert clock.seconds_between(walked.first, walked.last) == total
    assert reached == [walked.add(walked.first, n) for n in range(0, total + 1, 1800)]


@pytest.mark.proves("TIER-5")
def test_a_break_is_not_service_time() -> None:
    clock = clock_for(Plain("UTC", {"mon": ["09:00-13:00", "14:00-18:00"]}))

    worked = clock.seconds_between(at("2026-03-02 12:30"), at("2026-03-02 14:30"))

    assert worked == 3600


@pytest.mark.proves("TIER-5")
def test_a_day_may_have_any_number_of_breaks() -> None:
    hours = [f"{hour:02d}:00-{hour:02d}:40" for hour in range(24)]
    clock = clock_for(Plain("UTC", {"mon": hours}))

    worked = clock.seconds_between(at("2026-03-02"), at("2026-03-03"))

    assert worked == 24 * 40 * 60


def test_hours_are_read_in_any_order() -> None:
    assert week_of({"mon": ["14:00-18:00", "09:00-13:00"]}) == week_of({"mon": ["09:00-13:00", "14:00-18:00"]})


def test_hours_that_touch_are_one() -> None:
    assert week_of({"mon": ["09:00-13:00", "13:00-18:00"]}) == week_of({"mon": ["09:00-18:00"]})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("09:00-17:30", (32_400, 63_000)),
        ("9:00-17:30", (32_400, 63_000)),
        ("09:00:01-17:30:59", (32_401, 63_059)),
        (" 09:00 - 17:30 ", (32_400, 63_000)),
        ("09:00–17:30", (32_400, 63_000)),
        ("00:00-24:00", (0, 86_400)),
        ("00:00-24:00:00", (0, 86_400)),
        ("22:00-24:00", (79_200, 86_400)),
        ("22:00-00:00", (79_200, 86_400)),
        ("22:00-06:00", (79_200, 108_000)),
        ("23:59:59-00:00:01", (86_399, 86_401)),
    ],
)
def test_hours_are_read_to_the_second(text: str, expected: tuple[int, int]) -> None:
    assert parse_hours(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "", "09:00", "09:00-", "-17:00", "09:00-12:00-13:00", "9-17", "09.00-17.00", "09:60-17:00", "25:00-26:00",
        "09:00-24:01", "09:00-24:00:01", "24:00-06:00", "09:00-09:00", "00:00-00:00", "24:00-24:00", "09:00:60-10:00",
        "+9:00-17:00", "09:00 to 17:00", "09:00-17:00Z", "9am-5pm",
    ],
)  # fmt: skip
def test_what_is_no_pair_of_times_is_refused_with_the_place_it_stands(text: str) -> None:
    with pytest.raises(CalendarError) as refused:
        parse_hours(text, where="week.fri")

    assert refused.value.field == "week.fri"
    assert str(refused.value)


@pytest.mark.parametrize(
    "hours", [["09:00-13:00", "12:59:59-18:00"], ["09:00-13:00", "09:00-13:00"], ["22:00-06:00", "23:00-24:00"]]
)
def test_hours_that_overlap_are_refused(hours: list[str]) -> None:
    with pytest.raises(CalendarError, match="overlap") as refused:
        week_of({"fri": hours})

    assert refused.value.field == "week.fri"


def test_a_night_shift_that_runs_into_the_next_morning_s_hours_is_refused() -> None:
    with pytest.raises(CalendarError, match="overlap") as refused:
        week_of({"sun": ["22:00-06:00"], "mon": ["05:00-12:00"]})

    assert refused.value.field == "week.mon"


def test_an_unknown_weekday_is_refused() -> None:
    with pytest.raises(CalendarError, match="no weekday") as refused:
        week_of({"monday": ["09:00-17:00"]})

    assert refused.value.field == "week.monday"


@pytest.mark.parametrize("week", [{}, {"mon": []}])
def test_a_calendar_that_is_never_open_is_refused(week: dict[str, list[str]]) -> None:
    with pytest.raises(CalendarError, match="never open"):
        Calendar(zone="UTC", week=week_of(week))


def test_a_calendar_whose_only_opening_is_closed_again_is_refused() -> None:
    closure = Closure(datetime(2026, 3, 2, 8), datetime(2026, 3, 2, 18))
    opening = Opening(MONDAY, (parse_hours("09:00-17:00"),))

    with pytest.raises(CalendarError, match="never open"):
        Calendar(zone="UTC", week=week_of({}), closed=(closure,), open=(opening,))


def test_a_calendar_of_one_extra_opening_is_accepted() -> None:
    clock = clock_for(Plain("UTC", {}, open=((date(2031, 3, 3), ["09:00-09:00:01"]),)))

    assert clock.next_opening(at("2026-01-01")) == at("2031-03-03 09:00")


def test_a_week_that_is_not_of_seven_days_is_refused() -> None:
    with pytest.raises(CalendarError, match="expected 7"):
        Calendar(zone="UTC", week=(((0, 60),),))


@pytest.mark.parametrize("span", [(-1, 60), (0, DAY + 1), (60, 60), (61, 60)])
def test_a_span_that_does_not_lie_within_its_day_is_refused(span: tuple[int, int]) -> None:
    with pytest.raises(CalendarError, match="does not lie within one day") as refused:
        Calendar(zone="UTC", week=((), (), (span,), (), (), (), ()))

    assert refused.value.field == "week.wed"


@pytest.mark.parametrize("end", [datetime(2026, 3, 2), datetime(2026, 3, 1)])
def test_a_closure_that_ends_before_it_begins_is_refused(end: datetime) -> None:
    closure = Closure(datetime(2026, 3, 2), end)

    with pytest.raises(CalendarError, match="ends before it begins") as refused:
        Calendar(zone="UTC", week=week_of(OFFICE), closed=(closure,))

    assert refused.value.field == "closed[0]"


@pytest.mark.proves("TIER-5")
def test_a_night_shift_is_stored_split_by_date() -> None:
    plain = Plain("UTC", {"fri": ["22:00-06:00"]})

    assert [hours_on(plain, on) for on in WEEK] == [[], [], [], [], ["22:00-24:00"], ["00:00-06:00"], []]


def test_a_night_shift_of_sunday_ends_on_monday() -> None:
    plain = Plain("UTC", {"sun": ["22:00-06:00"]})

    assert hours_on(plain, MONDAY) == ["00:00-06:00"]


def test_a_night_shift_is_one_stretch_of_service() -> None:
    clock = clock_for(Plain("UTC", {"fri": ["22:00-06:00"]}))

    found = clock.open_within(at("2026-03-02"), at("2026-03-09"))

    assert found == ((at("2026-03-06 22:00"), at("2026-03-07 06:00")),)


@pytest.mark.proves("TIER-5")
def test_a_holiday_on_the_second_date_of_a_night_shift_closes_its_morning() -> None:
    clock = clock_for(Plain("UTC", {"fri": ["22:00-06:00"]}, holidays=frozenset({date(2026, 3, 7)})))

    found = clock.open_within(at("2026-03-02"), at("2026-03-09"))

    assert found == ((at("2026-03-06 22:00"), at("2026-03-07")),)


@pytest.mark.proves("TIER-5")
def test_a_holiday_on_the_first_date_of_a_night_shift_leaves_its_morning() -> None:
    clock = clock_for(Plain("UTC", {"fri": ["22:00-06:00"]}, holidays=frozenset({date(2026, 3, 6)})))

    found = clock.open_within(at("2026-03-02"), at("2026-03-09"))

    assert found == ((at("2026-03-07"), at("2026-03-07 06:00")),)


@pytest.mark.proves("TIER-5")
def test_a_holiday_closes_the_local_date_and_not_the_date_in_utc() -> None:
    clock = clock_for(Plain("Pacific/Auckland", ALL_DAY, holidays=frozenset({date(2026, 3, 4)})))

    closed = at("2026-03-06") - at("2026-03-01") - clock.seconds_between(at("2026-03-01"), at("2026-03-06"))

    assert closed == DAY
    assert not clock.is_open(at("2026-03-03 11:00"))
    assert clock.is_open(at("2026-03-03 10:59:59"))
    assert clock.is_open(at("2026-03-04 11:00"))


def test_a_holiday_on_a_leap_day_closes_it() -> None:
    clock = clock_for(Plain("UTC", ALL_DAY, holidays=frozenset({date(2024, 2, 29)})))

    found = clock.open_within(at("2024-02-27"), at("2024-03-03"))

    assert found == ((at("2024-02-27"), at("2024-02-29")), (at("2024-03-01"), at("2024-03-03")))


def test_a_leap_year_has_a_day_more() -> None:
    clock = clock_for(Plain("UTC", ALL_DAY))

    days = [clock.seconds_between(at(f"{year}-02-28"), at(f"{year}-03-01")) // DAY for year in (2023, 2024, 2096)]

    assert days == [1, 2, 2]


@pytest.mark.proves("TIER-5")
def test_a_closure_of_days_closes_its_first_and_its_last_date() -> None:
    plain = Plain("UTC", OFFICE, closed=((date(2026, 3, 3), date(2026, 3, 5)),))

    assert [bool(hours_on(plain, on)) for on in WEEK] == [True, False, False, False, True, False, False]


@pytest.mark.proves("TIER-5")
def test_a_closure_with_times_closes_those_hours_only() -> None:
    closure = (datetime(2026, 3, 3, 15, 0, 30), datetime(2026, 3, 5, 10))
    plain = Plain("UTC", OFFICE, closed=(closure,))

    assert [hours_on(plain, on) for on in WEEK[:5]] == [
        ["09:00-17:00"],
        ["09:00-15:00:30"],
        [],
        ["10:00-17:00"],
        ["09:00-17:00"],
    ]


def test_closures_may_overlap() -> None:
    closed = (
        (datetime(2026, 3, 2, 10), datetime(2026, 3, 2, 12)),
        (datetime(2026, 3, 2, 11), datetime(2026, 3, 2, 13)),
        (datetime(2026, 3, 2, 10, 30), datetime(2026, 3, 2, 11)),
    )

    assert hours_on(Plain("UTC", OFFICE, closed=closed), MONDAY) == ["09:00-10:00", "13:00-17:00"]


@pytest.mark.proves("TIER-5")
def test_an_extra_opening_adds_to_the_weekly_hours() -> None:
    plain = Plain("UTC", OFFICE, open=((MONDAY, ["07:00-09:30", "18:00-20:00"]), (date(2026, 3, 7), ["10:00-12:00"])))

    assert hours_on(plain, MONDAY) == ["07:00-17:00", "18:00-20:00"]
    assert hours_on(plain, date(2026, 3, 7)) == ["10:00-12:00"]


def test_an_extra_opening_past_midnight_runs_into_the_next_date() -> None:
    plain = Plain("UTC", OFFICE, open=((date(2026, 3, 7), ["22:00-02:00"]),))

    assert [hours_on(plain, on) for on in WEEK[5:]] == [["22:00-24:00"], ["00:00-02:00"]]


def test_an_extra_opening_is_open_on_a_day_that_is_closed_as_a_whole() -> None:
    plain = Plain("UTC", OFFICE, closed=(MONDAY,), open=((MONDAY, ["10:00-12:00"]),))

    assert hours_on(plain, MONDAY) == ["10:00-12:00"]


def test_a_closure_from_midnight_to_midnight_is_one_of_whole_days() -> None:
    closure = Closure(datetime(2026, 3, 2), datetime(2026, 3, 3))
    opening = Opening(MONDAY, (parse_hours("10:00-12:00"),))

    calendar = Calendar(zone="UTC", week=week_of(OFFICE), closed=(closure,), open=(opening,))

    assert calendar.spans_on(MONDAY) == (parse_hours("10:00-12:00"),)


def test_a_closure_with_times_cuts_an_extra_opening() -> None:
    closure = (datetime(2026, 3, 2, 11), datetime(2026, 3, 2, 11, 30))
    plain = Plain("UTC", {"tue": ["09:00-17:00"]}, closed=(closure,), open=((MONDAY, ["10:00-12:00"]),))

    assert hours_on(plain, MONDAY) == ["10:00-11:00", "11:30-12:00"]


@pytest.mark.proves("TIER-5")
@pytest.mark.parametrize(("on", "hours"), [(date(2026, 3, 4), "10:00-12:00"), (date(2026, 3, 3), "22:00-02:00")])
def test_an_extra_opening_on_a_holiday_is_refused_with_what_to_do(on: date, hours: str) -> None:
    with pytest.raises(CalendarError, match=r"2026-03-04 is a holiday.* holidays\.skip") as refused:
        built(Plain("UTC", OFFICE, holidays=frozenset({date(2026, 3, 4)}), open=((on, [hours]),)))

    assert refused.value.field == "open[0]"


def test_an_extra_opening_until_midnight_before_a_holiday_is_accepted() -> None:
    plain = Plain("UTC", OFFICE, holidays=frozenset({date(2026, 3, 4)}), open=((date(2026, 3, 3), ["22:00-24:00"]),))

    assert hours_on(plain, date(2026, 3, 3)) == ["09:00-17:00", "22:00-24:00"]


def test_a_day_written_to_24_has_1440_minutes() -> None:
    clock = clock_for(Plain("UTC", {"mon": ["00:00-24:00"]}))

    found = clock.open_within(at("2026-03-01"), at("2026-03-08"))

    assert found == ((at("2026-03-02"), at("2026-03-03")),)


def test_whole_days_side_by_side_are_one_stretch() -> None:
    clock = clock_for(Plain("Europe/Rome", ALL_DAY))

    found = clock.open_within(at("2026-03-20"), at("2026-04-20"))

    assert found == ((at("2026-03-20"), at("2026-04-20")),)


@pytest.mark.parametrize(
    ("cut", "whole"),
    [
        (["00:00-12:00", "12:00-24:00"], ["00:00-24:00"]),
        (["12:00-00:00", "00:00-12:00"], ["00:00-24:00"]),
        (["06:00-06:00:01", "06:00:01-06:00:02"], ["06:00-06:00:02"]),
    ],
)
def test_how_a_day_is_cut_into_spans_does_not_matter(cut: list[str], whole: list[str]) -> None:
    assert week_of({"mon": cut}) == week_of({"mon": whole})


@pytest.mark.proves("TIER-5")
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("business", [["09:00-17:00"]] * 5 + [[], []]),
        ("extended", [["07:00-21:00"]] * 5 + [["09:00-13:00"], []]),
        ("18/7", [["06:00-24:00"]] * 7),
        ("24/7", [["00:00-24:00"]] * 7),
    ],
)
@pytest.mark.parametrize("zone", ["Europe/Rome", "America/New_York", "UTC"])
def test_a_preset_has_the_hours_its_name_promises(name: str, expected: list[list[str]], zone: str) -> None:
    calendar = preset(name, zone)

    found = [[f"{clock_face(start)}-{clock_face(end)}" for start, end in calendar.spans_on(on)] for on in WEEK]

    assert found == expected
    assert calendar.zone == zone


@pytest.mark.proves("TIER-5")
@pytest.mark.parametrize("name", ["business", "extended", "18/7", "24/7"])
@pytest.mark.parametrize("window", ["Rome, spring", "New York, autumn", "Lord Howe, half an hour twice", "UTC, leap day"])
def test_a_preset_counts_as_a_walk_does(name: str, window: str) -> None:
    walked = walker(Plain(WINDOWS[window][0], PRESETS[name]), WINDOWS[window])
    clock = WorkingClock(preset(name, WINDOWS[window][0]))

    assert list(clock.open_within(walked.first, walked.last)) == walked.runs()


def test_there_are_four_presets_and_the_round_the_week_ones_work_on_holidays() -> None:
    assert set(PRESETS) == {"business", "extended", "18/7", "24/7"}
    assert {"18/7", "24/7"} == OPEN_ON_HOLIDAYS


def test_an_unknown_preset_is_refused() -> None:
    with pytest.raises(KeyError):
        preset("16/5", "UTC")


def test_always_counts_every_second() -> None:
    clock = WorkingClock(ALWAYS)

    assert clock.seconds_between(at("2026-01-01"), at("2027-01-01")) == 365 * DAY


def test_the_name_of_a_holiday_is_no_part_of_what_a_calendar_decides() -> None:
    holidays = frozenset({MONDAY})
    named, plain = (
        Calendar(zone="UTC", week=week_of(OFFICE), holidays=holidays, holiday_names=names)
        for names in ({MONDAY: "Founding"}, {})
    )

    assert named.spans_on(MONDAY) == plain.spans_on(MONDAY)
    assert hash(named) == hash(plain)


@pytest.mark.parametrize(("seconds", "expected"), [(0, "00:00"), (32_400, "09:00"), (48_615, "13:30:15"), (86_400, "24:00")])
def test_a_time_of_day_is_written_as_people_read_it(seconds: int, expected: str) -> None:
    assert clock_face(seconds) == expected


def test_the_hours_of_a_date_never_overlap() -> None:
    closed = ((datetime(2026, 3, 2, 16), datetime(2026, 3, 3, 9, 30)), date(2026, 3, 5))
    opened = ((MONDAY, ["06:00-10:00", "09:30-11:00", "20:00-03:00"]), (date(2026, 3, 3), ["02:00-04:00"]))
    calendar = built(Plain("UTC", OFFICE, closed=closed, open=opened))

    found = [calendar.spans_on(on) for on in WEEK]

    assert all(before[1] < after[0] for spans in found for before, after in pairwise(spans))


@pytest.mark.parametrize(
    "zone", ["localtime", "posixrules", "right/Europe/Rome", "Factory", "EST", "Etc/GMT+5", "UTC+2", "+02:00", ""]
)
def test_a_zone_that_is_no_place_is_refused(zone: str) -> None:
    with pytest.raises(CalendarError, match="IANA"):
        check_zone(zone)


def test_a_closure_of_less_than_a_second_is_refused() -> None:
    closure = Closure(datetime(2026, 3, 2, 10, 0, 0, 200_000), datetime(2026, 3, 2, 10, 0, 0, 700_000))

    with pytest.raises(CalendarError, match="whole seconds"):
        Calendar("UTC", week_of({"mon": ["09:00-17:00"]}), closed=(closure,))


@pytest.mark.parametrize("hours", [((0, 200_000),), ((90_000, 93_600),), ((3_600, 3_600),)])
def test_hours_of_an_extra_opening_begin_on_its_date(hours: tuple[tuple[int, int], ...]) -> None:
    with pytest.raises(CalendarError):
        Calendar("UTC", week_of({"mon": ["09:00-17:00"]}), open=(Opening(date(2026, 3, 7), hours),))


def test_clocks_of_calendars_that_name_a_holiday_differently_are_not_the_same() -> None:
    week, on = week_of({"mon": ["09:00-17:00"]}), date(2026, 4, 6)
    easter, pasqua = (
        Calendar("UTC", week, holidays=frozenset({on}), holiday_names={on: name}) for name in ("Easter", "Pasqua")
    )

    assert clock_of(pasqua).calendar.holiday_names == {on: "Pasqua"}
    assert clock_of(easter).calendar.holiday_names == {on: "Easter"}
