"""Instants and pauses as people type them."""

from datetime import UTC, datetime

import pytest

from goodstanding.delivery.cli.typed import instant, pause


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-03-31T18:00", datetime(2026, 3, 31, 16, tzinfo=UTC)),
        ("2026-03-31 18:00:30", datetime(2026, 3, 31, 16, 0, 30, tzinfo=UTC)),
        (" 2026-03-31T18:00Z ", datetime(2026, 3, 31, 18, tzinfo=UTC)),
        ("2026-03-31T18:00+05:30", datetime(2026, 3, 31, 12, 30, tzinfo=UTC)),
        ("2026-03-31T18:00:00.9", datetime(2026, 3, 31, 16, tzinfo=UTC)),
    ],
)
def test_an_instant_has_an_offset_or_is_local(text, at):
    assert instant(text, "Europe/Rome").at == at


def test_a_local_time_that_came_twice_is_the_first_and_says_so():
    found = instant("2026-10-25T02:30", "Europe/Rome")

    assert (found.at, found.repeated) == (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), True)
    assert not instant("2026-10-25T02:30+01:00", "Europe/Rome").repeated


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("2026-03-29T02:30", "never was on the clocks"),
        ("2026-03-31", "no time of day"),
        ("31.03.2026 18:00", "no date and time"),
        ("2026-02-30T10:00", "no date and time"),
        ("1969-12-31T10:00Z", "outside the years"),
        ("2100-01-01T00:00Z", "outside the years"),
    ],
)
def test_what_is_no_instant_is_refused_with_the_reason(text, why):
    with pytest.raises(ValueError, match=why):
        instant(text, "Europe/Rome")


def test_a_pause_has_two_ends_or_goes_on():
    start, end = pause("2026-03-31T09:00/2026-03-31T10:00", "UTC")
    open_start, none = pause("2026-03-31T09:00/", "UTC")

    assert (end.at - start.at).total_seconds() == 3600
    assert (open_start.at, none) == (start.at, None)


@pytest.mark.parametrize("text", ["2026-03-31T09:00", "/2026-03-31T09:00", "2026-03-31T09:00/2026-03-31T09:00", "a/b"])
def test_what_is_no_pause_is_refused(text):
    with pytest.raises(ValueError, match=r"pause|no date"):
        pause(text, "UTC")
