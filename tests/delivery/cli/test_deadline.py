"""`goodstanding deadline`: one deadline day by day, with exit codes."""

import json

import pytest

from tests.delivery.cli.exports import run

CALENDAR = """\
zone: Europe/Rome
week:
  mon: ['09:00-13:00', '14:00-18:00']
  tue: ['09:00-13:00', '14:00-18:00']
  thu: ['09:00-13:00', '14:00-18:00']
  fri: ['09:00-13:00', '14:00-18:00']
holidays: {country: IT}
closed: [{from: 2026-04-07, to: 2026-04-07, name: Inventory}]
"""


@pytest.fixture
def office(tmp_path):
    path = tmp_path / "office.yaml"
    path.write_text(CALENDAR)
    return path


def lines(found):
    return [" ".join(line.split()) for line in found.stdout.splitlines()]


def test_each_date_says_what_counted_and_why_it_was_closed(office, tmp_path):
    written = tmp_path / "out.json"

    found = run(
        *("deadline", "--calendar", office, "--start", "2026-04-02T16:30", "--target", "10 h"),
        *("--pause", "2026-04-03T10:00/2026-04-03T11:30", "--json", written),
    )

    assert found.exit_code == 0
    # Thursday 1.5 h, Friday 6.5 h, Easter, an own closure, no Wednesdays: two hours on Thursday.
    assert lines(found)[0] == "Due Thu 9 Apr 2026 11:00 CEST (Thu 9 Apr 2026 09:00 UTC)"
    assert "Thu 2 Apr 2026 1 h 30 min - 8 h 30 min counted 16:30-18:00" in lines(found)
    assert (
        "Fri 3 Apr 2026 6 h 30 min 1 h 30 min 2 h counted 09:00-10:00, 11:30-13:00, 14:00-18:00; paused 10:00-11:30"
        in lines(found)
    )
    assert "Mon 6 Apr 2026 - - 2 h closed: holiday (Easter Monday)" in lines(found)
    assert "Tue 7 Apr 2026 - - 2 h closed: own closure (Inventory)" in lines(found)
    assert "Wed 8 Apr 2026 - - 2 h closed: outside service hours" in lines(found)
    said = json.loads(written.read_text())
    assert (said["version"], said["deadline_at"], said["left_seconds"]) == (1, "2026-04-09T09:00:00Z", 0)
    assert said["deadline_local"] == "2026-04-09T11:00:00+02:00"
    assert sum(day["counted_seconds"] for day in said["days"]) == said["target_seconds"] == 36_000
    assert [each["reckoning"] for each in said["stretches"]].count("paused") == 1


def test_a_pause_that_goes_on_leaves_no_deadline(office):
    found = run(
        "deadline", "--calendar", office, "--start", "2026-04-02T16:30", "--target", "4h", "--pause", "2026-04-03T10:00/"
    )

    assert found.exit_code == 0
    assert lines(found)[0] == "No deadline: paused since Fri 3 Apr 2026 10:00 CEST, 1 h 30 min left"


@pytest.mark.proves("TIER-4")
def test_days_weeks_and_wall_time_are_targets_too(office):
    def due(*options):
        found = run("deadline", "--calendar", office, "--start", "2026-04-02T16:30", *options)
        assert found.exit_code == 0
        return lines(found)[0].removeprefix("Due ").partition(" (")[0]

    # Working days after Thursday 2: Friday 3, Thursday 9, Friday 10, Monday 13, Tuesday 14.
    assert due("--target", "2 bd") == "Thu 9 Apr 2026 16:30 CEST"
    assert due("--target", "1 week") == "Tue 14 Apr 2026 16:30 CEST"
    assert due("--target", "1 week", "--wall") == "Thu 9 Apr 2026 16:30 CEST"
    assert due("--target", "90 min", "--wall") == "Thu 2 Apr 2026 18:00 CEST"


def test_a_long_target_knows_the_holidays_of_every_year_it_runs_through(office):
    found = run("deadline", "--calendar", office, "--start", "2026-04-02T16:30", "--target", "900 bd")

    assert found.exit_code == 0
    assert any(line.startswith("Mon 22 Apr 2030") and "holiday (Easter Monday)" in line for line in lines(found))


def test_a_preset_counts_in_the_zone_that_is_said(tmp_path):
    found = run(
        "deadline", "--calendar", "24/7", "--zone", "Europe/Rome", "--start", "2026-03-28T20:00", "--target", "4h", width=40
    )

    assert found.exit_code == 0
    assert max(map(len, found.stdout.splitlines())) <= 40
    assert "counted 20:00-24:00" in " ".join(found.stdout.split())


def test_a_local_start_that_came_twice_is_the_first_and_said():
    found = run("deadline", "--calendar", "24/7", "--zone", "Europe/Rome", "--start", "2026-10-25T02:30", "--target", "1h")

    assert "came twice on the clocks of Europe/Rome; the first is meant, Sun 25 Oct 2026 02:30 CEST" in found.stderr
    assert lines(found)[0].startswith("Due Sun 25 Oct 2026 02:30 CET")


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (("--start", "2026-03-29T02:30", "--target", "4h"), "never was on the clocks"),
        (("--start", "2026-04-02T16:30", "--target", "1 d"), "can be read two ways"),
        (("--start", "2026-04-02T16:30", "--target", "soon"), "no amount of time"),
        (("--start", "2026-04-02T16:30", "--target", "4h", "--pause", "now"), "no pause"),
        (("--start", "2026-04-02T16:30", "--target", "4h", "--zone", "Europe/Paris"), "contradicts"),
        (("--start", "2099-12-31T10:00", "--target", "900 bd"), "2099"),
    ],
)
def test_what_is_wrong_ends_with_two_and_says_why(office, options, why):
    found = run("deadline", "--calendar", office, *options)

    assert found.exit_code == 2
    assert why in found.stderr


def test_hours_by_name_need_a_zone():
    found = run("deadline", "--calendar", "business", "--start", "2026-04-02T16:30", "--target", "4h")

    assert found.exit_code == 2
    assert "Say it with --zone" in found.stderr


def test_a_clock_that_never_ran_says_so_instead_of_blaming_the_hours(office):
    paused = run(
        *("deadline", "--calendar", office, "--start", "2026-04-02T10:00", "--target", "4 h"), "--pause", "2026-04-02T10:00/"
    )
    nothing = run("deadline", "--calendar", office, "--start", "2026-04-02T10:00", "--target", "0 h")

    assert "Thu 2 Apr 2026 - - 4 h paused from the start" in lines(paused)
    assert "Thu 2 Apr 2026 - - 0 s nothing to wait for" in lines(nothing)
