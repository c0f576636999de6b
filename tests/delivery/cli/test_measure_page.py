"""docs/measure.md says what is so: its example is run, its numbers and names are those of the code."""

import re
import shlex
from pathlib import Path

import goodstanding
from goodstanding.adapters.files.tickets import Field, read_map
from goodstanding.adapters.files.tickets.asking import Asked
from goodstanding.adapters.files.tickets.products import GENERIC, PRODUCTS
from goodstanding.adapters.files.tickets.words import plain
from goodstanding.delivery.cli import measuring, show_measurement
from goodstanding.delivery.cli.measure import measure as command
from goodstanding.delivery.words_of_measurement import PRODUCT
from goodstanding.reports import measurement_html, measurement_json, measurement_xlsx
from tests.delivery.cli.exports import measure, run

PAGE = (Path(goodstanding.__file__).parents[2] / "docs" / "measure.md").read_text(encoding="utf-8")


def block(kind, number=0):
    return re.findall(rf"```{kind}\n(.*?)```", PAGE, re.DOTALL)[number]


def said(text):
    return " ".join(text.split()) in " ".join(PAGE.split())


def test_the_worked_example_comes_to_what_the_page_says(tmp_path):
    options = shlex.split(block("sh"))[3:]

    told = measure(tmp_path, block("csv"), *options)

    assert told.code == 0
    assert said(f"> {told.out.splitlines()[0]}")
    lines = [" ".join(line.split()) for line in told.out.splitlines()]
    assert "First response 4 0 100.0 % 40 min 20 min 2 h" in lines
    assert "Resolution 2 1 66.6 % 5 h 10 min 4 h 30 min 8 h" in lines
    assert said("First response: 4 met, 0 breached; open time mean 40 min, median 20 min, 90th percentile 2 h.")
    assert said("Resolution: 2 met, 1 breached; mean 5 h 10 min, median 4 h 30 min, 90th percentile 8 h.")
    assert "not decided: 1 on track" in told.out
    (breach,) = told.breaches
    assert (breach["ref"], breach["elapsed_seconds"], breach["late_by_seconds"]) == ("B", 16_200, 1_800)


def test_the_deadline_of_the_page_is_the_deadline():
    found = run(*shlex.split(block("sh", 1))[1:])

    due = found.stdout.splitlines()[0].removeprefix("Due ").partition(" (")[0]
    assert said(f"here the deadline is {due}.")


def test_every_option_is_on_the_page():
    for option in command.params:
        for name in option.opts:
            assert f"`{name}`" in PAGE or name == "tickets"


def test_every_field_and_header_of_the_page_is_recognised():
    table = re.findall(r"^\| `([a-z_]+)`(?: \(needed\))? \| (.+) \|$", PAGE, re.MULTILINE)

    listed = {name: headers for name, headers in table if name in {field.value for field in Field}}
    assert set(listed) | {"title", "contact", "reason"} == {field.value for field in Field}
    for name, headers in listed.items():
        assert {plain(each.strip()) for each in headers.split(",")} <= set(GENERIC.headers[Field(name)])
    assert all(PRODUCT[each.key] in " ".join(PAGE.split()) for each in PRODUCTS)


def test_the_map_of_the_page_can_be_read(tmp_path):
    path = tmp_path / "map.yaml"
    path.write_text(block("yaml"), encoding="utf-8")

    found = read_map(path)

    assert found.columns[Field.OPENED] == "Eingang"
    assert found.columns[Field.FIRST_RESPONSE] is None
    assert (found.dates, found.zone) == ("dmy", "Europe/Berlin")


def test_questions_limits_sheets_and_version_are_those_of_the_code():
    assert all(f"(`{asked}`)" in PAGE for asked in Asked)
    assert said(f"the {show_measurement.CLIENTS_SHOWN} clients with the lowest shares")
    assert said(f"the {show_measurement.BREACHES_SHOWN} latest breaches")
    assert said(f"the first {show_measurement.BAD_SHOWN} bad rows")
    assert show_measurement.BAD_SHOWN == measuring.BAD_SHOWN
    assert said(f"at most {measurement_html.MOST_BREACHES:,} breaches and {measurement_html.MOST_BAD_ROWS:,} bad rows")
    assert said(f"a sheet {measurement_xlsx.MOST_ROWS:,} rows")
    *most, last = measurement_xlsx.SHEETS
    assert said(f"the sheets {', '.join(most)} and {last}.")
    assert f'`"version": {measurement_json.VERSION}`' in PAGE


def test_exit_codes_are_those_of_the_page(tmp_path):
    codes = {int(code): when for code, when in re.findall(r"^\| ([0-3]) \| (.+) \|$", PAGE, re.MULTILINE)}
    options = shlex.split(block("sh"))[3:]
    clean, bad = block("csv"), block("csv") + "E,yesterday,,,P1,Rossi\n"

    found = {
        0: measure(tmp_path, clean, *options),
        1: measure(tmp_path, bad, *options),
        2: measure(tmp_path, clean, *options[:4]),
        3: measure(tmp_path, "a,b\n1,2\n", *options),
    }

    assert {code: told.code for code, told in found.items()} == {code: code for code in codes}
