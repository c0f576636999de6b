"""What is gathered for somebody is sent at their hour, in their zone, also when clocks change."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodstanding.core.outgoing.digests import MORNING, How, group_of, next_digest

INSTANTS = st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))
ZONES = st.sampled_from(["UTC", "Europe/Rome", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia"])


@pytest.mark.parametrize(
    ("how", "zone", "at", "due"),
    [
        (How.DAILY, "Europe/Rome", "2026-11-18T06:59:59", "2026-11-18T07:00:00"),
        (How.DAILY, "Europe/Rome", "2026-11-18T07:00:00", "2026-11-19T07:00:00"),
        (How.DAILY, "Europe/Rome", "2026-10-24T07:00:00", "2026-10-25T07:00:00"),
        (How.DAILY, "Europe/Rome", "2026-03-28T07:00:00", "2026-03-29T06:00:00"),
        (How.DAILY, "Asia/Kathmandu", "2026-11-18T12:00:00", "2026-11-19T02:15:00"),
        (How.HOURLY, "UTC", "2026-11-18T12:00:00", "2026-11-18T13:00:00"),
        (How.HOURLY, "Asia/Kathmandu", "2026-11-18T12:00:00", "2026-11-18T12:15:00"),
    ],
)
def test_it_goes_out_at_the_full_hour_or_in_the_morning_there(how, zone, at, due):
    found = next_digest(how, at=datetime.fromisoformat(at).replace(tzinfo=UTC), zone=zone)

    assert found == datetime.fromisoformat(due).replace(tzinfo=UTC)


@given(INSTANTS, ZONES)
def test_a_daily_one_is_always_the_next_morning_and_never_more_than_a_day_and_a_clock_change_away(at, zone):
    found = next_digest(How.DAILY, at=at, zone=zone)

    assert at < found <= at + timedelta(hours=25)
    assert found.astimezone(ZoneInfo(zone)).time() == MORNING


@given(INSTANTS, ZONES)
def test_an_hourly_one_is_less_than_an_hour_away_or_exactly_one(at, zone):
    found = next_digest(How.HOURLY, at=at, zone=zone)

    assert at < found <= at + timedelta(hours=1)


@pytest.mark.parametrize("how", [How.AT_ONCE, How.INBOX])
def test_what_is_not_gathered_has_no_such_time(how):
    with pytest.raises(ValueError, match="gathers nothing"):
        next_digest(how, at=datetime(2026, 1, 1, tzinfo=UTC), zone="UTC")


def test_people_choose_by_the_first_word_of_a_kind():
    assert [group_of(each) for each in ("escalation.breached", "test")] == ["escalation", "test"]
