"""The workbook of a measurement: sheets, numbers as numbers, nothing that a spreadsheet would run."""

import io
import zipfile
from datetime import datetime

import polars as pl
import pytest

from goodstanding.adapters.files.tickets.cells import text
from goodstanding.delivery import words_of_measurement as voice
from goodstanding.reports import measurement_xlsx as report
from goodstanding.reports.measurement_xlsx import MOST_CHARACTERS, SHEETS, measurement_xlsx, safe
from tests.reports.measured import measured


def sheets(raw):
    return {name: pl.read_excel(io.BytesIO(raw), sheet_name=name, has_header=True) for name in SHEETS[1:]}


@pytest.fixture(scope="module")
def raw(tmp_path_factory):
    return measurement_xlsx(measured(tmp_path_factory.mktemp("book"), what_if="platinum"), voice)


def test_the_sheets_stand_in_their_order(raw):
    book = zipfile.ZipFile(io.BytesIO(raw)).read("xl/workbook.xml").decode()

    places = [book.index(f'name="{name}"') for name in SHEETS]
    assert places == sorted(places)


def test_numbers_are_numbers_and_headers_have_the_unit(raw):
    clients = sheets(raw)["By client"]

    assert clients.schema["Met"].is_numeric()
    assert clients.schema["Met of decided"].is_numeric()
    assert clients.schema["Mean open time (hours)"].is_numeric()
    rossi = clients.filter((pl.col("Client") == "Rossi") & (pl.col("Clock") == "Resolution"))
    # A took 3 h of 4 h; F is held to Active, which promises no resolution.
    assert rossi["Met"].to_list() == [1]
    assert rossi["Met of decided"].to_list() == [1.0]
    assert rossi["Mean open time (hours)"].to_list() == [3.0]
    assert rossi["Not decided"].to_list() == ["1 not covered"]


def test_a_share_is_rounded_down_as_everywhere(tmp_path):
    rows = [
        f"T{number},2026-03-02 09:00,2026-03-02 09:10,2026-03-0{6 if number == 0 else 2} 10:00,P1,Rossi\n"
        for number in range(99)
    ]
    found = measured(tmp_path, "ticket,opened,first response,resolved,priority,client\n" + "".join(rows))

    clients = sheets(measurement_xlsx(found, voice))["By client"]

    assert clients.filter(pl.col("Clock") == "Resolution")["Met of decided"].to_list() == [0.989]


def test_instants_are_dates_of_the_zone_that_the_header_names(raw):
    breaches = sheets(raw)["Breaches"]

    first = breaches.filter((pl.col("Ticket") == "B") & (pl.col("Clock") == "Resolution"))
    assert first["Deadline (Europe/Rome)"].to_list() == [datetime(2026, 3, 2, 13)]
    assert first["Stopped (Europe/Rome)"].to_list() == [datetime(2026, 3, 3, 12)]
    assert first["Open time used (hours)"].to_list() == [11.0]
    assert first["Late by, wall time (hours)"].to_list() == [23.0]


def test_text_that_a_spreadsheet_would_run_gets_an_apostrophe_and_comes_back_as_it_was(raw):
    book = zipfile.ZipFile(io.BytesIO(raw))
    clients = sheets(raw)["By client"]["Client"]
    refs = sheets(raw)["Breaches"]["Ticket"]

    assert not any(b"<f>" in book.read(name) for name in book.namelist())
    assert "'=2+3" in clients.to_list()
    assert "'+C" in refs.to_list()
    assert "=2+3" in text(clients).to_list()
    assert "+C" in text(refs).to_list()


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\0"])
def test_every_dangerous_beginning_is_guarded(start):
    assert safe(f"{start}1") == f"'{start}1"


def test_a_cell_holds_no_more_than_fits():
    assert safe("a" * MOST_CHARACTERS) == "a" * MOST_CHARACTERS
    assert len(safe("a" * (MOST_CHARACTERS + 1))) == MOST_CHARACTERS


def test_bad_rows_and_the_what_if_have_their_sheets(raw):
    found = sheets(raw)

    assert found["Bad rows"]["Line"].to_list() == [5, 6]
    what_if = found["What if"]
    whole = what_if.filter((pl.col("Priority") == "All") & (pl.col("Clock") == "Resolution"))
    assert whole["Breached, Platinum"].to_list() == [3]
    assert whole["Difference (percentage points)"].to_list() == [pytest.approx(100 * (1 / 4 - 1 / 3))]


def test_a_sheet_without_a_what_if_says_how_to_get_one(tmp_path):
    raw = measurement_xlsx(measured(tmp_path), voice)

    (said,) = pl.read_excel(io.BytesIO(raw), sheet_name="What if", has_header=False).row(0)
    assert "--what-if" in said


def test_more_breaches_than_a_sheet_has_rows_are_cut_and_said(tmp_path, monkeypatch):
    monkeypatch.setattr(report, "MOST_ROWS", 3)

    raw = measurement_xlsx(measured(tmp_path), voice)

    said = pl.read_excel(io.BytesIO(raw), sheet_name="Breaches")["Ticket"].to_list()
    assert len(said) == 2
    assert said[-1].startswith("and 3 more, for which a sheet has no room")
