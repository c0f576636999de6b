"""The JSON of a measurement: exact, whole, in a shape that stays."""

import json
from fractions import Fraction

from goodstanding.reports.measurement_json import measurement_json
from tests.reports.measured import measured, with_many_breaches


def printed(file):
    return json.loads("".join(measurement_json(file)))


def test_the_shape_of_version_1_stays(tmp_path):
    told = printed(measured(tmp_path, what_if="platinum"))

    assert told["version"] == 1
    assert list(told) == [
        *("version", "as_of", "as_of_newest", "zone", "file", "hours", "tiers", "by_rank", "bad_rows"),
        *("measurement", "what_if", "breaches"),
    ]
    assert list(told["file"]) == [
        *("name", "product", "shape", "rows", "tickets", "newest", "columns", "words", "notes", "left_out"),
        *("opened_later", "unmeasured"),
    ]
    assert list(told["measurement"]) == [
        *("tickets", "readings", "totals", "by_priority", "by_tier", "by_client", "by_month", "figures"),
    ]
    assert list(told["measurement"]["totals"][0]) == [
        *("name", "clock", "met", "breached", "rate", "undecided", "open_time"),
    ]
    assert list(told["measurement"]["totals"][0]["open_time"]) == ["count", "total_seconds", "mean", "median", "p90_seconds"]
    assert list(told["what_if"]) == [
        *("tier", "totals", "by_priority", "tickets", "worse", "better", "changed", "measurement"),
    ]
    assert list(told["breaches"][0]) == [
        *("ref", "client", "priority", "tier", "clock", "target", "slot", "elapsed_seconds", "deadline_at", "stopped_at"),
        "late_by_seconds",
    ]
    assert list(told["bad_rows"][0]) == ["line", "column", "value", "reason", "said"]


def test_shares_are_exact_and_their_percentage_is_rounded_down(tmp_path):
    rows = [f"T{number},2026-03-02 09:00,,2026-03-02 10:00,P1,R," for number in range(2)]
    rows.append("L,2026-03-02 09:00,,2026-03-02 16:00,P1,R,")
    header = "ticket,opened,first response,resolved,priority,client,tier\n"

    told = printed(measured(tmp_path, header + "\n".join(rows) + "\n"))

    (resolution,) = [each for each in told["measurement"]["totals"] if each["clock"] == "resolution"]
    assert resolution["rate"] == {"part": 2, "whole": 3, "exact": "2/3", "percent": 66.66}
    assert Fraction(resolution["open_time"]["mean"]["exact"]) == 3 * 3600
    assert resolution["open_time"]["mean"]["rounded"] == 10_800


def test_what_nobody_can_know_is_null(tmp_path):
    told = printed(measured(tmp_path))

    figures = told["measurement"]["figures"]
    assert [name for name, value in figures.items() if value is None] == [
        "first_contact",
        "reopened",
        "paused",
        "satisfaction",
        "uptime",
    ]
    assert told["what_if"] is None


def test_bad_rows_and_breaches_are_all_there(tmp_path):
    file = measured(tmp_path)

    told = printed(with_many_breaches(file, 9_000))

    assert [(bad["line"], bad["reason"]) for bad in told["bad_rows"]] == [(5, "unknown_priority"), (6, "unknown_tier")]
    assert len(told["breaches"]) == 9_000
    assert told["by_rank"] == {"Active": {"P2": "S2"}}


def test_no_breach_is_an_empty_list(tmp_path):
    told = printed(measured(tmp_path, "ticket,opened,resolved,priority\nA,2026-03-02 09:00,2026-03-02 10:00,P1\n"))

    assert told["breaches"] == []
    assert told["bad_rows"] == []
