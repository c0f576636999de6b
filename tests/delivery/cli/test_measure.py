"""`goodstanding measure` on exports of other products, against figures worked out on paper (see exports.py)."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.delivery.cli.exports import FRESHDESK, JIRA, OFFICE, ZENDESK, groups, measure, run, times

ROME = ("--tier", "gold", "--calendar", "business", "--zone", "Europe/Rome")
PLAIN = "ticket,opened,first response,resolved,priority,client\n"


def rows(*lines: str) -> str:
    return PLAIN + "".join(f"{line}\n" for line in lines)


GOOD = "A,2026-03-02 09:00,2026-03-02 09:30,2026-03-02 10:00,P1,Rossi"
BAD = "B,2026-03-02 09:00,2026-03-02 09:30,2026-13-45 10:00,P1,Rossi"


def test_a_zendesk_export_comes_to_the_figures_on_paper(tmp_path):
    told = measure(tmp_path, ZENDESK, *ROME)

    assert told.code == 0
    assert (told.json["file"]["product"], told.json["file"]["rows"], told.json["file"]["tickets"]) == ("zendesk", 5, 5)
    assert told.json["as_of"] == "2026-03-09T14:00:00Z"
    assert groups(told, "totals") == {(None, "response"): (3, 2), (None, "resolution"): (3, 2)}
    assert times(told, "response") == (2.5, 0.75, 8)
    assert times(told, "resolution") == (5.875, 6, 8.5)
    assert groups(told, "by_client") == {
        ("Bolt", "response"): (0, 2),
        ("Bolt", "resolution"): (1, 1),
        ("Acme", "response"): (3, 0),
        ("Acme", "resolution"): (2, 1),
    }
    assert told.json["measurement"]["figures"]["ticket_compliance"]["exact"] == "2/5"
    late = {(each["ref"], each["clock"]): (each["late_by_seconds"] / 3600, each["elapsed_seconds"]) for each in told.breaches}
    assert late == {
        ("2", "resolution"): (0.5, 30_600),
        ("3", "response"): (4, 28_800),
        ("4", "response"): (101, 104_400),
        ("4", "resolution"): (5, 104_400),
    }


def test_a_freshdesk_export_comes_to_the_figures_on_paper(tmp_path):
    calendar = tmp_path / "office.yaml"
    calendar.write_text(OFFICE)

    told = measure(tmp_path, FRESHDESK, "--tier", "silver", "--calendar", calendar, "--zone", "Europe/Berlin")

    assert (told.code, told.json["file"]["product"], told.json["zone"]) == (0, "freshdesk", "Europe/Berlin")
    assert groups(told, "totals") == {(None, "response"): (4, 0), (None, "resolution"): (2, 2)}
    assert times(told, "response") == (2.875, 1.75, 7)
    assert times(told, "resolution") == (9.125, 7.25, 21)
    late = {each["ref"]: (each["late_by_seconds"] / 3600, each["target"], each["deadline_at"]) for each in told.breaches}
    assert late == {"12": (0.5, "1 bd", "2026-03-06T15:00:00Z"), "13": (19, "3 bd", "2026-03-04T16:00:00Z")}


def test_a_jira_export_comes_to_the_figures_on_paper(tmp_path):
    told = measure(
        tmp_path,
        JIRA,
        *("--tier", "bronze", "--calendar", "extended", "--zone", "America/New_York", "--as-of", "2026-03-10T18:00"),
    )

    assert (told.code, told.json["file"]["product"]) == (0, "jira")
    assert (told.json["as_of"], told.json["as_of_newest"]) == ("2026-03-10T22:00:00Z", False)
    assert groups(told, "totals") == {(None, "response"): (0, 0), (None, "resolution"): (1, 2)}
    undecided = {each["clock"]: each["undecided"] for each in told.json["measurement"]["totals"]}
    assert undecided == {"response": {"not_measured": 4}, "resolution": {"running": 1}}
    assert times(told, "resolution") == pytest.approx(((4 + 59 / 60 + 21 + 75) / 3, 21, 75))
    late = {each["ref"]: each["late_by_seconds"] / 3600 for each in told.breaches}
    assert late == {"OPS-2": 1, "OPS-3": 58}
    assert told.json["measurement"]["figures"]["to_respond"] is None


@pytest.mark.proves("TIER-1")
def test_the_terminal_says_the_answer_what_was_read_and_how_every_target_is_read(tmp_path):
    told = measure(tmp_path, ZENDESK, *ROME)

    lines = told.out.splitlines()
    assert lines[0] == "40.0 % of tickets without a breach under Gold: 2 of 5 decided, 4 clocks breached."
    assert "Mon 9 Mar 2026 15:00 CET, the newest instant of the file" in told.out
    assert "Zendesk, one row a ticket" in told.out
    assert "“Urgent” P1 (2)" in told.out
    for line in (
        "resolution, priority P3 1 d 1 business day of support hours",
        "resolution, priority P4 3 d 3 business days of support hours",
        "response, priority P1 1 h 1 hour of support hours",
    ):
        assert line in [" ".join(each.split()) for each in lines]
    assert "First response 3 2 60.0 % 2 h 30 min 45 min 8 h" in [" ".join(each.split()) for each in lines]


def test_months_are_those_of_the_calendars_zone(tmp_path):
    late = "A,2026-03-31T21:30:00Z,,2026-03-31T22:30:00Z,P1,Rossi"

    rome = measure(tmp_path, rows(late), *ROME)
    utc = measure(tmp_path, rows(late), "--tier", "gold", "--calendar", "business", "--zone", "UTC")

    assert {name for name, _ in groups(rome, "by_month")} == {"2026-04"}
    assert {name for name, _ in groups(utc, "by_month")} == {"2026-03"}


@pytest.mark.proves("CLOCK-9")
def test_a_what_if_stands_beside_with_its_difference(tmp_path):
    told = measure(tmp_path, ZENDESK, *ROME, "--what-if", "platinum")

    # Platinum counts wall time: 15 min/2 h, 1 h/4 h, 2 h/8 h, 4 h/24 h; all is too late.
    what_if = told.json["what_if"]
    assert what_if["tickets"]["after"]["exact"] == "0"
    assert (what_if["worse"], what_if["better"]) == (2, 0)
    totals = {each["clock"]: each for each in what_if["totals"]}
    assert totals["resolution"]["difference"] == {"exact": "-3/5", "points": -60.0}
    assert "2 tickets met under Gold would be breached under Platinum; 0 tickets breached would be met." in told.out
    assert "All First response 60.0 % 0.0 % -60.0 points" in [" ".join(line.split()) for line in told.out.splitlines()]


def test_a_tier_column_beats_the_option_and_an_unknown_tier_is_a_bad_row(tmp_path):
    text = "ticket,opened,first response,resolved,priority,tier\n"
    text += "A,2026-03-02 09:00,2026-03-02 10:30,2026-03-02 14:00,P1,SILVER\n"
    text += "B,2026-03-02 09:00,2026-03-02 10:30,2026-03-02 14:00,P1,\n"
    text += "C,2026-03-02 09:00,2026-03-02 10:30,2026-03-02 14:00,P1,Goldd\n"

    told = measure(tmp_path, text, *ROME)

    assert told.code == 1
    assert groups(told, "by_tier") == {
        ("Gold", "response"): (0, 1),
        ("Gold", "resolution"): (0, 1),
        ("Silver", "response"): (1, 0),
        ("Silver", "resolution"): (1, 0),
    }
    (bad,) = told.json["bad_rows"]
    assert (bad["line"], bad["column"], bad["value"], bad["reason"]) == (4, "tier", "Goldd", "unknown_tier")
    assert "line 4: tier “Goldd” is no tier that ships nor the one given" in told.out
    assert "did you mean Gold?" in told.out


def test_bad_rows_are_told_with_line_column_and_reason_and_the_rest_is_measured(tmp_path):
    told = measure(tmp_path, rows(GOOD, BAD), *ROME)

    assert told.code == 1
    assert "1 row set aside, not measured, not even in part" in told.out
    assert "line 3: resolved “2026-13-45 10:00” is no date and time that is known" in told.out
    assert [(bad["line"], bad["column"], bad["value"]) for bad in told.json["bad_rows"]] == [
        (3, "resolved", "2026-13-45 10:00")
    ]
    assert told.json["file"]["tickets"] == 1


def test_ten_bad_rows_are_shown_and_all_are_in_the_file(tmp_path):
    many = [BAD.replace("B,", f"B{number},", 1) for number in range(14)]

    told = measure(tmp_path, rows(GOOD, *many), *ROME)

    assert told.out.count("is no date and time") == 10
    assert "and 4 more rows" in told.out
    assert len(told.json["bad_rows"]) == 14


def test_clients_beyond_fifteen_are_counted_and_whole_in_the_file(tmp_path):
    many = [GOOD.replace("A,", f"A{number},", 1).replace("Rossi", f"Client {number:02d}") for number in range(20)]

    told = measure(tmp_path, rows(*many), *ROME)

    assert "and 5 more clients" in told.out
    assert "Client 14" in told.out
    assert "Client 15" not in told.out
    assert len(groups(told, "by_client")) == 40


def test_breaches_beyond_twenty_are_counted_and_all_in_the_file(tmp_path):
    slow = "A,2026-03-02 09:00,2026-03-02 09:30,2026-03-03 10:00,P1,Rossi"
    many = [slow.replace("A,", f"A{number},", 1) for number in range(25)]

    told = measure(tmp_path, rows(*many), *ROME)

    assert "25 breaches" in told.out
    assert "and 5 more breaches" in told.out
    assert len(told.breaches) == 25


def test_nothing_is_asked_without_input_and_the_option_is_named(tmp_path):
    local = measure(tmp_path, rows(GOOD), "--tier", "gold", "--calendar", "business")
    unsettled = measure(tmp_path, rows("A,03/04/2026 09:00,,04/04/2026 10:00,P1,Rossi"), *ROME)
    ranks = measure(tmp_path, rows(GOOD.replace("P1", "1")), *ROME)
    offset = measure(tmp_path, rows("A,2026-03-02T09:00:00Z,,2026-03-02T10:00:00Z,P1,R"), *ROME[:4])

    assert (local.code, unsettled.code, ranks.code, offset.code) == (2, 2, 2, 2)
    assert "--zone Europe/Rome" in local.err
    assert "--dates: dmy, mdy" in unsettled.err
    assert "--map" in ranks.err
    assert "On which clocks" in local.err
    assert "In which time zone are the hours “business” kept?" in offset.err


def test_a_terminal_that_is_none_is_not_asked(tmp_path):
    path = tmp_path / "tickets.csv"
    path.write_text(rows(GOOD))

    found = run("measure", path, "--tier", "gold", "--calendar", "business", stdin="Europe/Rome\n")

    assert found.exit_code == 2
    assert "--zone" in found.stderr


def test_options_settle_what_a_file_leaves_open(tmp_path):
    text = rows("A,03/04/2026 09:00,,03/04/2026 10:00,P1,Rossi")

    dmy = measure(tmp_path, text, *ROME, "--dates", "dmy")
    mdy = measure(tmp_path, text, *ROME, "--dates", "mdy")

    assert dmy.json["as_of"] == "2026-04-03T08:00:00Z"
    assert mdy.json["as_of"] == "2026-03-04T09:00:00Z"


def test_a_map_says_what_columns_and_words_mean(tmp_path):
    mapping = tmp_path / "map.yaml"
    mapping.write_text(
        "columns: {ticket: Vorgang, opened: Eingang, resolved: Erledigt, priority: Stufe, client: Kunde}\n"
        "priorities: {Rot: P1, Gelb: P3}\nzone: Europe/Berlin\ndates: dmy\n"
    )
    text = "Vorgang;Eingang;Erledigt;Stufe;Kunde\nV1;02.03.2026 09:00;02.03.2026 12:00;Rot;Müller\n"
    text += "V2;02.03.2026 09:00;05.03.2026 12:00;Gelb;Müller\n"

    told = measure(tmp_path, text, "--tier", "gold", "--calendar", "business", "--map", mapping)

    assert (told.code, told.json["zone"]) == (0, "Europe/Berlin")
    assert groups(told, "by_priority")["P1", "resolution"] == (1, 0)
    assert groups(told, "by_priority")["P3", "resolution"] == (0, 1)
    assert "“Rot” P1 (1)" in told.out


def test_what_is_wrong_on_the_command_line_ends_with_two(tmp_path):
    (tmp_path / "bad.yaml").write_text("colums: {}\n")
    (tmp_path / "cal.yaml").write_text("zone: Mars/Base\nweek: {mon: ['09:00-17:00']}\n")
    wrong = {
        "tier": measure(tmp_path, rows(GOOD), "--tier", "goold", "--calendar", "business", "--zone", "UTC"),
        "score": measure(tmp_path, rows(GOOD), "--tier", "score-standard", "--calendar", "business", "--zone", "UTC"),
        "calendar": measure(tmp_path, rows(GOOD), "--tier", "gold", "--calendar", tmp_path / "cal.yaml", "--zone", "UTC"),
        "zone": measure(tmp_path, rows(GOOD), "--tier", "gold", "--calendar", "business", "--zone", "CET+1"),
        "map": measure(tmp_path, rows(GOOD), *ROME, "--map", tmp_path / "bad.yaml"),
        "no map": measure(tmp_path, rows(GOOD), *ROME, "--map", tmp_path / "none.yaml"),
        "as-of": measure(tmp_path, rows(GOOD), *ROME, "--as-of", "yesterday"),
        "skipped": measure(tmp_path, rows(GOOD), *ROME, "--as-of", "2026-03-29T02:30"),
        "folder": measure(tmp_path, rows(GOOD), *ROME, "--html", tmp_path / "none" / "x.html"),
        "option": measure(tmp_path, rows(GOOD), *ROME, "--dates", "ydm"),
    }

    assert {name: told.code for name, told in wrong.items()} == dict.fromkeys(wrong, 2)
    assert "did you mean gold?" in wrong["tier"].err
    assert "promises nothing about tickets" in wrong["score"].err
    assert "cal.yaml, line 1, zone" in wrong["calendar"].err
    assert "bad.yaml, line 1, colums" in wrong["map"].err
    assert "never was on the clocks of Europe/Rome" in wrong["skipped"].err
    assert "there is no folder" in wrong["folder"].err


def test_a_file_that_cannot_be_measured_ends_with_three(tmp_path):
    (tmp_path / "page.pdf").write_bytes(b"%PDF-1.7 nothing of the kind")
    wrong = {
        "missing": measure(tmp_path, tmp_path / "none.csv", *ROME),
        "empty": measure(tmp_path, "", *ROME),
        "pdf": measure(tmp_path, tmp_path / "page.pdf", *ROME),
        "columns": measure(tmp_path, "a,b\n1,2\n", *ROME),
        "no row": measure(tmp_path, rows(BAD), *ROME),
    }

    assert {name: told.code for name, told in wrong.items()} == dict.fromkeys(wrong, 3)
    assert "No column was found for ticket, opened" in wrong["columns"].err
    assert "line 2: resolved “2026-13-45 10:00” is no date and time that is known" in wrong["no row"].err


def test_a_clean_file_ends_with_nought_and_a_bad_row_with_one(tmp_path):
    assert measure(tmp_path, rows(GOOD), *ROME).code == 0
    assert measure(tmp_path, rows(GOOD, BAD), *ROME).code == 1


def test_an_instant_that_came_twice_is_the_first_and_it_is_said(tmp_path):
    told = measure(tmp_path, rows(GOOD), *ROME, "--as-of", "2026-10-25T02:30")

    assert told.json["as_of"] == "2026-10-25T00:30:00Z"
    assert "came twice" in told.err


def test_a_narrow_window_loses_no_number(tmp_path):
    wide = measure(tmp_path, ZENDESK, *ROME, "--what-if", "platinum").out
    narrow = measure(tmp_path, ZENDESK, *ROME, "--what-if", "platinum", width=40).out

    assert max(map(len, narrow.splitlines())) <= 40
    said = " ".join(narrow.split())
    for number in ("60.0 %", "2 h 30 min", "45 min", "8 h 30 min", "5 h 52 min", "-60.0 points", "101 h", "3 business days"):
        assert number in said or number not in wide
    assert "60.0 %: 3 met, 2 breached" in said


def test_what_a_file_says_cannot_steer_the_terminal(tmp_path):
    told = measure(tmp_path, rows(GOOD.replace("Rossi", '"\x1b[31mRossi [bold]& Söhne\x07"'), BAD), *ROME)

    assert "\x1b" not in told.out
    assert "\x07" not in told.out
    assert "[bold]& Söhne" in told.out


@pytest.fixture(scope="module")
def piped(tmp_path_factory):
    """The command at work in a process of its own into a pipe, and whether Django was imported by its end."""
    folder = tmp_path_factory.mktemp("piped")
    path, told = folder / "tickets.csv", folder / "django"
    path.write_text(rows(GOOD, "C,2026-03-02 09:00,2026-03-02 12:30,2026-03-03 10:00,P1,Rossi"))
    program = (
        "import atexit, pathlib, sys\n"
        f"atexit.register(lambda: pathlib.Path({str(told)!r}).write_text(str('django' in sys.modules)))\n"
        "from goodstanding.__main__ import main\nmain()\n"
    )
    command = [sys.executable, "-c", program, "measure", str(path), *ROME]
    return subprocess.run(command, capture_output=True, text=True, check=True), told.read_text()


def test_piped_output_has_no_colour_and_no_bar(piped):
    told, _ = piped

    assert "\x1b" not in told.stdout + told.stderr
    assert told.stderr == ""
    assert told.stdout.startswith("50.0 % of tickets without a breach")
    assert all(line == line.rstrip() for line in told.stdout.splitlines())


def test_a_reader_who_leaves_early_costs_neither_the_files_nor_the_exit_code(tmp_path):
    path, written = tmp_path / "tickets.csv", tmp_path / "out.json"
    path.write_text(rows(GOOD))
    command = [sys.executable, "-m", "goodstanding", "measure", str(path), *ROME, "--json", str(written)]
    reading, writing = os.pipe()
    os.close(reading)

    told = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writing)

    assert (told.returncode, told.stderr) == (0, f"Written: {written}\n")
    assert json.loads(written.read_text())["version"] == 1


def test_measuring_needs_neither_django_nor_a_database(piped):
    _, imported = piped

    assert imported == "False"


def test_every_file_that_was_asked_for_is_written(tmp_path):
    html, xlsx = tmp_path / "out.html", tmp_path / "out.xlsx"

    told = measure(tmp_path, ZENDESK, *ROME, "--html", html, "--xlsx", xlsx)

    assert html.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert xlsx.read_bytes().startswith(b"PK")
    assert json.loads((tmp_path / "out.json").read_text())["version"] == 1
    assert told.err.count("Written: ") == 3


def test_other_kinds_of_files_come_to_the_same(tmp_path):
    text = rows(GOOD, "C,2026-03-02 09:00,2026-03-02 12:30,2026-03-03 10:00,P2,Bolt")
    listed = tmp_path / "tickets.jsonl"
    header, *lines = [line.split(",") for line in text.splitlines()]
    listed.write_text("".join(json.dumps(dict(zip(header, line, strict=True))) + "\n" for line in lines))

    csv, jsonl = measure(tmp_path, text, *ROME), measure(tmp_path, listed, *ROME)

    assert csv.json["measurement"] == jsonl.json["measurement"]
    assert Path(listed).name == jsonl.json["file"]["name"]
