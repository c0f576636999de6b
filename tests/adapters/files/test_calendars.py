"""Calendars in files: presets, weeks, holidays, closures and openings as people write them; mistakes told with their lines."""

from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from goodstanding.adapters.files.calendars import calendar_named, dump_calendar, load_calendar
from goodstanding.adapters.files.yaml12 import FileError, read, write
from goodstanding.core.clocks.calendar import DAY, WEEKDAYS, Calendar, CalendarError, Closure, Opening, parse_hours, week_of
from goodstanding.core.clocks.clock import clock_of
from goodstanding.core.clocks.presets import PRESETS

UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

WRITTEN = """\
zone: Europe/Rome
week:
  mon: ['09:00-13:00', '14:00-18:00']
  tue: [09:00-13:00, 14:00-18:00]
  fri: ['22:00-06:00']
holidays:
  country: IT
  subdivision: RM
  add: [2026-08-14, {date: 2026-07-01, name: Founder's day}]
  skip: [2026-04-25]
closed:
  - 2026-08-10
  - {from: 2026-12-28, to: 2027-01-05, name: Winter}
  - {from: 2026-03-02 15:00, to: 2026-03-03 10:00, name: Moving house}
open:
  - {date: 2026-12-05, hours: ['09:00-13:00', '22:00-02:00']}
"""
HOUR = 3600


def hours(calendar: Calendar, on: str) -> list[tuple[float, float]]:
    """The service hours of a local date, in hours since midnight."""
    return [(start / HOUR, end / HOUR) for start, end in calendar.spans_on(date.fromisoformat(on))]


# Presets


@pytest.mark.proves("TIER-5")
@pytest.mark.parametrize(
    ("name", "workday", "saturday", "sunday"),
    [
        ("business", [(9, 17)], [], []),
        ("extended", [(7, 21)], [(9, 13)], []),
        ("18/7", [(6, 24)], [(6, 24)], [(6, 24)]),
        ("24/7", [(0, 24)], [(0, 24)], [(0, 24)]),
    ],
)
def test_a_preset_has_the_hours_that_its_name_promises(
    name: str, workday: list[Any], saturday: list[Any], sunday: list[Any]
) -> None:
    alone, written = calendar_named(name, "Europe/Rome"), load_calendar(f"zone: Europe/Rome\npreset: {name}\n", [])

    # 2 to 8 March 2026 is a week from Monday on.
    found = [hours(alone, f"2026-03-0{day}") for day in range(2, 9)]
    assert found == [workday] * 5 + [saturday, sunday]
    assert written == alone


@pytest.mark.proves("TIER-5")
def test_business_and_extended_hours_take_the_holidays_of_a_place() -> None:
    calendar = load_calendar("zone: Europe/Rome\npreset: extended\nholidays: {country: IT}\n", [2026])

    assert hours(calendar, "2026-06-02") == []
    assert hours(calendar, "2026-06-03") == [(7, 21)]


@pytest.mark.proves("TIER-5")
@pytest.mark.parametrize("name", ["18/7", "24/7"])
def test_hours_that_work_on_holidays_take_none(name: str) -> None:
    with pytest.raises(FileError) as refused:
        load_calendar(f"zone: Europe/Rome\npreset: {name}\nholidays: {{country: IT}}\n", [2026])

    assert (refused.value.line, refused.value.field) == (3, "holidays")
    assert f"{name} works on holidays too" in str(refused.value)


@pytest.mark.proves("TIER-5")
@pytest.mark.parametrize(
    ("name", "hint"), [("buisness", "did you mean business?"), ("24x7", "did you mean 24/7?"), ("", "use business")]
)
def test_an_unknown_preset_is_refused_with_a_suggestion(name: str, hint: str) -> None:
    with pytest.raises(CalendarError, match="names no support hours") as refused:
        calendar_named(name, "Europe/Rome")

    assert hint in str(refused.value)


def test_a_preset_in_a_zone_that_is_none_is_refused() -> None:
    with pytest.raises(CalendarError, match="time zone"):
        calendar_named("business", "+02:00")


# A calendar as people write it


@pytest.mark.proves("TIER-5")
def test_weekly_hours_have_breaks_and_shifts_past_midnight() -> None:
    calendar = load_calendar(WRITTEN, [2026])

    assert calendar.zone == "Europe/Rome"
    assert hours(calendar, "2026-03-09") == hours(calendar, "2026-03-10") == [(9, 13), (14, 18)]
    assert hours(calendar, "2026-03-11") == []
    assert hours(calendar, "2026-03-13") == [(22, 24)]
    assert hours(calendar, "2026-03-14") == [(0, 6)]


@pytest.mark.proves("TIER-5")
def test_holidays_are_those_of_the_place_with_some_added_and_some_skipped() -> None:
    calendar = load_calendar(WRITTEN, [2026])

    assert {date(2026, 1, 1), date(2026, 6, 29), date(2026, 8, 14), date(2026, 7, 1)} <= calendar.holidays
    assert date(2026, 4, 25) not in calendar.holidays
    assert calendar.holiday_names[date(2026, 7, 1)] == "Founder's day"
    assert calendar.holiday_names[date(2026, 1, 1)] == "New Year's Day"
    assert {on.year for on in calendar.holidays} == {2026}


@pytest.mark.proves("TIER-5")
def test_dates_close_to_the_last_one_and_local_times_until_the_last_one() -> None:
    calendar = load_calendar(WRITTEN, [2026])

    assert hours(calendar, "2026-08-10") == []
    assert hours(calendar, "2027-01-05") == []
    assert hours(calendar, "2027-01-11") == [(9, 13), (14, 18)]
    assert hours(calendar, "2026-03-02") == [(9, 13), (14, 15)]
    assert hours(calendar, "2026-03-03") == [(10, 13), (14, 18)]
    assert [closure.name for closure in calendar.closed] == ["", "Winter", "Moving house"]


@pytest.mark.proves("TIER-5")
def test_an_extra_opening_may_run_past_midnight() -> None:
    calendar = load_calendar(WRITTEN, [2026])

    assert hours(calendar, "2026-12-05") == [(0, 6), (9, 13), (22, 24)]
    assert hours(calendar, "2026-12-06") == [(0, 2)]


@pytest.mark.proves("TIER-5")
def test_a_clock_counts_in_a_calendar_from_a_file() -> None:
    clock = clock_of(load_calendar(WRITTEN, [2026]))

    # 2 March 2026, closed from 15:00 to 10:00 of the next day: 5 hours and 7 hours, in Rome at UTC+1.
    first, last = (
        int(datetime.fromisoformat(text).timestamp()) for text in ("2026-03-02T00:00+01:00", "2026-03-04T00:00+01:00")
    )
    assert clock.seconds_between(first, last) == 12 * HOUR


@pytest.mark.proves("TIER-5")
def test_the_years_decide_which_public_holidays_a_calendar_has() -> None:
    text = "zone: Europe/Rome\npreset: business\nholidays: {country: IT}\n"

    one, two = load_calendar(text, [2026]), load_calendar(text, [2026, 2027])

    assert one.holidays < two.holidays
    assert {on for on in two.holidays if on.year == 2026} == one.holidays


@pytest.mark.proves("TIER-6")
def test_a_stored_calendar_asks_no_library_for_its_holidays_again() -> None:
    calendar = load_calendar(WRITTEN, [2026])

    stored = load_calendar(dump_calendar(calendar), [2030])

    assert stored == calendar
    assert stored.holiday_names == calendar.holiday_names


def test_the_holidays_of_a_country_need_years() -> None:
    with pytest.raises(ValueError, match="need the years"):
        load_calendar(WRITTEN, [])


def test_a_calendar_is_read_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "rome.yaml"
    file.write_text(WRITTEN, "utf-8")

    assert load_calendar(file, [2026]) == load_calendar(WRITTEN, [2026])


def test_a_closure_until_24_00_ends_at_midnight() -> None:
    text = WRITTEN.replace("to: 2026-03-03 10:00", "to: 2026-03-02 24:00")

    assert load_calendar(text, [2026]).closed[2].end == datetime(2026, 3, 3)


# Mistakes


def instead(old: str, new: str) -> str:
    assert old in WRITTEN
    return WRITTEN.replace(old, new, 1)


MISTAKES = {
    "no zone": (instead("zone: Europe/Rome\n", ""), 1, "zone", "expected a time zone such as Europe/Rome; found nothing"),
    "a zone misspelt": (instead("Europe/Rome", "Europe/Roma"), 1, "zone", "found 'Europe/Roma' (did you mean Europe/Rome?)"),
    "an offset": (instead("Europe/Rome", "'+01:00'"), 1, "zone", "a fixed offset would be wrong half of the year"),
    "an unknown field": (
        instead("holidays:", "holliday:"),
        6,
        "holliday",
        "expected one of zone, preset, week, holidays, closed, open; found 'holliday' (did you mean holidays?)",
    ),
    "an unknown weekday": (
        instead("  fri:", "  friday:"),
        5,
        "week.friday",
        "expected one of mon, tue, wed, thu, fri, sat, sun; found 'friday' (did you mean fri?)",
    ),
    "hours without a list": (
        instead("['22:00-06:00']", "22:00-06:00"),
        5,
        "week.fri",
        "expected a list of hours such as ['09:00-13:00', '14:00-18:00']; found '22:00-06:00'",
    ),
    "hours without minutes": (
        instead("['22:00-06:00']", "[9-17]"),
        5,
        "week.fri[0]",
        "expected hours such as 09:00-17:30, at most until 24:00; found '9-17'",
    ),
    "an hour that is none": (
        instead("'14:00-18:00'", "'14:00-25:00'"),
        3,
        "week.mon[1]",
        "found '14:00-25:00' (write 00:00 to 24:00)",
    ),
    "an empty span": (instead("'14:00-18:00'", "'14:00-14:00'"), 3, "week.mon[1]", "for a whole day write 00:00-24:00"),
    "spans that overlap": (
        instead("'14:00-18:00'", "'12:00-18:00'"),
        3,
        "week.mon",
        "expected hours that do not overlap; found two spans overlap: one begins at 12:00 before the other ended at 13:00",
    ),
    "a country that is none": (instead("country: IT", "country: ITA"), 7, "holidays.country", "found 'ITA' (near: IT (Italy))"),
    "a region that is none": (
        instead("RM", "Roma"),
        8,
        "holidays.subdivision",
        "expected a region of IT; found 'Roma' (near: RM (Roma)",
    ),
    "a region of digits": (instead("RM", "57"), 8, "holidays.subdivision", "put one of digits in quotes; found the number 57"),
    "a region of nowhere": (
        instead("  country: IT\n", ""),
        6,
        "holidays.country",
        "expected a country's code of two letters, such as IT; found nothing",
    ),
    "a date to skip that is no holiday": (
        instead("skip: [2026-04-25]", "skip: [2026-04-25, 2026-04-24]"),
        10,
        "holidays.skip[1]",
        "expected a public holiday of IT; found '2026-04-24'",
    ),
    "a date to skip twice": (
        instead("skip: [2026-04-25]", "skip: [2026-04-25, 2026-04-25]"),
        10,
        "holidays.skip[1]",
        "expected each date once; found '2026-04-25'",
    ),
    "a date added and skipped": (
        instead("skip: [2026-04-25]", "skip: [2026-08-15, 2026-04-25]").replace("add: [2026-08-14", "add: [2026-08-15"),
        9,
        "holidays.add[0]",
        "expected each date once, in add or in skip; found 2026-08-15",
    ),
    "a date that is none": (
        instead("  - 2026-08-10", "  - 2026-02-30"),
        12,
        "closed[0].from",
        "expected a date that is in the calendar; found '2026-02-30'",
    ),
    "a date in another order": (
        instead("  - 2026-08-10", "  - 10.8.2026"),
        12,
        "closed[0]",
        "expected a date such as 2026-06-29",
    ),
    "dates the wrong way round": (
        instead("to: 2027-01-05", "to: 2026-01-05"),
        13,
        "closed[1]",
        "expected the earlier date first; found from 2026-12-28 to 2026-01-05",
    ),
    "times the wrong way round": (
        instead("to: 2026-03-03 10:00", "to: 2026-03-02 15:00"),
        14,
        "closed[2]",
        "expected the earlier time first",
    ),
    "a line break after a date": (
        instead("to: 2027-01-05", 'to: "2027-01-05\\n"'),
        13,
        "closed[1].to",
        "found '2027-01-05\\n'",
    ),
    "a date and a time": (
        instead("to: 2026-03-03 10:00", "to: 2026-03-03"),
        14,
        "closed[2]",
        "expected two dates or two local times; found from 2026-03-02 15:00 to 2026-03-03",
    ),
    "a time that is none": (
        instead("to: 2026-03-03 10:00", "to: 2026-03-03 24:01"),
        14,
        "closed[2].to",
        "expected a time of day from 00:00 to 24:00; found '2026-03-03 24:01'",
    ),
    "a closure without an end": (
        instead(", to: 2027-01-05", ""),
        13,
        "closed[1].to",
        "expected a date such as 2026-12-24, or a local time such as 2026-12-24 13:00; found nothing",
    ),
    "a closure of a century": (instead("to: 2027-01-05", "to: 2087-01-05"), 13, "closed[1]", "expected at most 1100 days"),
    "a closure of a century by the hour": (
        instead("to: 2026-03-03 10:00", "to: 2086-03-03 10:00"),
        14,
        "closed[2]",
        "at most 1100",
    ),
    "a date beyond the clocks": (
        instead("date: 2026-12-05", "date: 2126-12-05"),
        16,
        "open[0].date",
        "expected a date from 1970 to 2099",
    ),
    "an opening without hours": (instead(", hours: ['09:00-13:00', '22:00-02:00']", ""), 16, "open[0].hours", "found nothing"),
    "an opening of no hours": (instead("['09:00-13:00', '22:00-02:00']", "[]"), 16, "open[0].hours", "found an empty list"),
    "openings that overlap": (
        instead("'22:00-02:00'", "'12:00-14:00'"),
        16,
        "open[0].hours",
        "expected hours that do not overlap; found 12:00 twice",
    ),
    "an opening on a holiday": (
        instead("date: 2026-12-05", "date: 2026-12-25"),
        16,
        "open[0]",
        "put 2026-12-25 under holidays.skip to work on that day",
    ),
    "never open": ("zone: UTC\nweek: {}\n", 2, "week", "the calendar is never open"),
    "neither week nor preset": ("zone: UTC\n", 1, "week", "expected weekly hours: week, or preset; found nothing"),
    "both week and preset": (instead("week:", "preset: business\nweek:"), 3, "week", "expected preset or week, not both"),
    "an unknown preset": ("zone: UTC\npreset: buisness\n", 2, "preset", "found 'buisness' (did you mean business?)"),
    "no calendar": ("- a\n", 1, "", "expected the fields of a calendar"),
    "a key twice": (WRITTEN + "zone: UTC\n", 17, "zone", "expected each name once"),
}


@pytest.mark.proves("TIER-5")
@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_told_with_its_file_line_and_field_and_what_was_expected_and_found(mistake: str) -> None:
    text, line, field, told = MISTAKES[mistake]

    with pytest.raises(FileError) as refused:
        load_calendar(text, [2026], name="rome.yaml")

    problem = refused.value.problems[0]
    assert (problem.path, problem.line, problem.field) == ("rome.yaml", line, field)
    assert told in str(problem)
    assert len({each.line for each in refused.value.problems}) == 1


@pytest.mark.proves("TIER-5")
def test_all_mistakes_of_a_file_are_told_in_the_order_of_its_lines() -> None:
    text = (
        instead("Europe/Rome", "Rome")
        .replace("country: IT", "country: XX")
        .replace("'09:00-13:00', '22:00", "'25:00-26:00', '22:00")
    )

    with pytest.raises(FileError) as refused:
        load_calendar(text, [2026])

    assert [each.field for each in refused.value.problems] == ["zone", "holidays.country", "open[0].hours[0]"]


def test_a_country_whose_holidays_end_earlier_is_refused_for_later_years() -> None:
    with pytest.raises(FileError, match="add them by date") as refused:
        load_calendar("zone: Europe/Rome\npreset: business\nholidays: {country: IT}\n", [2026, 2500])

    assert (refused.value.line, refused.value.field) == (3, "holidays.country")


# Hours, and the way back


@pytest.mark.proves("TIER-5")
@UNHURRIED
@given(st.integers(0, DAY - 1), st.integers(0, DAY), st.booleans())
def test_written_hours_are_read_to_the_second_and_run_past_midnight_when_the_end_is_not_later(
    start: int, end: int, seconds: bool
) -> None:
    def face(moment: int) -> str:
        text = f"{moment // 3600:02d}:{moment // 60 % 60:02d}"
        return f"{text}:{moment % 60:02d}" if seconds else text

    if not seconds:
        start, end = start // 60 * 60, end // 60 * 60
    if start == end:
        end = DAY
    text = f"zone: UTC\npreset: business\nopen:\n  - {{date: 2026-03-07, hours: [{face(start)}-{face(end)}]}}\n"

    found = load_calendar(text, []).open[0].hours

    assert found == ((start, end if end > start else end + DAY),)


minutes = st.integers(0, 24 * 60 - 1)
days = st.dates(date(2025, 1, 1), date(2028, 12, 31))
names = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20).filter(
    lambda text: not text or bool(text.strip())
)


def face(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


@st.composite
def spans(draw: st.DrawFn) -> list[str]:
    """Hours of a day, none of which overlaps another; the last may run past midnight only where it is alone."""
    edges = sorted(draw(st.sets(st.integers(0, 24 * 60), max_size=6)))
    return [f"{face(start)}-{face(end)}" for start, end in zip(edges[::2], edges[1::2], strict=False)]


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    if draw(st.booleans()):
        week = week_of(PRESETS[draw(st.sampled_from(sorted(PRESETS)))])
    else:
        week = week_of({day: draw(spans()) for day in WEEKDAYS})
    if not any(week):
        week = week_of({"sun": ["10:00-10:01"]})
    holidays = draw(st.dictionaries(days, names, max_size=4))
    closed = []
    for first, length, name in draw(st.lists(st.tuples(days, st.integers(0, 40), names), max_size=2)):
        closed.append(Closure.of_days(first, first + timedelta(days=length), name))
    for first, start, length, name in draw(st.lists(st.tuples(days, minutes, st.integers(1, 9999), names), max_size=2)):
        begin = datetime.combine(first, time()) + timedelta(minutes=start)
        closed.append(Closure(begin, begin + timedelta(seconds=length), name))
    opened = []
    for on in draw(st.lists(days, max_size=3)):
        if not {on, on + timedelta(days=1)} & set(holidays):
            start, end = draw(minutes), draw(minutes)
            night = [f"{face(start)}-{face(end)}"] if start > end else []
            written = night or draw(spans()) or ["12:00-13:00"]
            opened.append(Opening(on, tuple(parse_hours(text) for text in written)))
    zone = draw(st.sampled_from(["UTC", "Europe/Rome", "America/Argentina/Buenos_Aires", "Asia/Kathmandu"]))
    return Calendar(
        zone, week, frozenset(holidays), tuple(closed), tuple(opened), {on: name for on, name in holidays.items() if name}
    )


@pytest.mark.proves("TIER-5")
@settings(UNHURRIED, max_examples=60)
@given(calendars())
def test_any_calendar_comes_back_from_the_text_it_is_written_as(calendar: Calendar) -> None:
    text = dump_calendar(calendar)

    found = load_calendar(text, [])

    assert found == calendar
    assert found.holiday_names == calendar.holiday_names
    assert dump_calendar(found) == text


def test_a_preset_is_written_by_its_name_unless_it_was_given_holidays_of_its_own() -> None:
    always = calendar_named("24/7", "UTC")
    closed_at_new_year = Calendar("UTC", always.week, frozenset({date(2027, 1, 1)}))

    assert dump_calendar(always) == "zone: UTC\npreset: 24/7\n"
    assert "preset" not in dump_calendar(closed_at_new_year)
    assert load_calendar(dump_calendar(closed_at_new_year), []) == closed_at_new_year


pieces = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 3000)
    | st.sampled_from(["09:00-10:00", "2026-03-02", "2026-03-02 10:00", "IT", "x"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["mon", "from", "to", "date", "hours", "name", "country", "add", "skip", "x.y"]), inner
        )
    ),
    max_leaves=6,
)


WRITTEN_FIELDS = dict(read(WRITTEN).data)


@pytest.mark.proves("TIER-5")
@settings(UNHURRIED, max_examples=150)
@given(st.data())
def test_whatever_stands_in_a_field_a_file_is_read_or_its_problems_are_told(data: st.DataObject) -> None:
    fields = dict(WRITTEN_FIELDS)
    fields[data.draw(st.sampled_from(sorted(fields)))] = data.draw(pieces)

    try:
        told = load_calendar(write(fields), [2026]).zone
    except FileError as error:
        told = str(error)

    assert told
