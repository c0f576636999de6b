"""What a file leaves open is asked, and no answer is guessed."""

from pathlib import Path

import pytest

from goodstanding.adapters.files.tickets import (
    Asked,
    Field,
    ImportMap,
    NeedsAnswer,
    NoteCode,
    Question,
    Reading,
    answered,
    as_read,
)
from tests.adapters.files.tickets.exports import IN_UTC, by_ref, csv_of, note, read, short

HEADER = "ticket,opened,resolved"


def asked(tmp_path: Path, content: str, reading: Reading = IN_UTC) -> Question:
    with pytest.raises(NeedsAnswer) as caught:
        read(tmp_path, content, reading)
    return caught.value.question


def test_dates_that_could_be_read_both_ways_are_asked_about_with_both_readings(tmp_path: Path) -> None:
    question = asked(tmp_path, csv_of(HEADER, [["1", "05/03/2025 10:00", "06/03/2025 10:00"]]))

    assert (question.asked, question.column, question.option) == (Asked.DATE_ORDER, "opened", "--dates")
    assert question.samples == ("05/03/2025 10:00",)
    assert {choice.value: choice.readings for choice in question.choices} == {
        "dmy": ("2025-03-05 10:00:00",),
        "mdy": ("2025-05-03 10:00:00",),
    }


@pytest.mark.parametrize(("order", "opened"), [("dmy", "2025-03-05 10:00"), ("mdy", "2025-05-03 10:00")])
def test_the_answer_about_dates_is_followed(tmp_path: Path, order: str, opened: str) -> None:
    content = csv_of(HEADER, [["1", "05/03/2025 10:00", "06/04/2025 10:00"]])
    question = asked(tmp_path, content)

    found = read(tmp_path, content, answered(IN_UTC, question, order))

    assert short(by_ref(found)["1"])[0] == (opened, "opened")


def test_one_day_beyond_the_twelfth_in_any_column_settles_the_order_of_all(tmp_path: Path) -> None:
    rows = [["1", "05/03/2025 10:00", ""], ["2", "06/03/2025 10:00", "03/31/2025 10:00"]]

    found = read(tmp_path, csv_of(HEADER, rows))

    settled = note(found, NoteCode.DATE_ORDER_SETTLED)
    assert settled is not None
    assert (settled.count, settled.values) == (1, ("mdy", "03/31/2025 10:00"))
    assert short(by_ref(found)["1"]) == [("2025-05-03 10:00", "opened")]


def test_a_few_values_against_the_rest_are_bad_and_many_are_asked_about(tmp_path: Path) -> None:
    most = [[str(number), f"{13 + number}/03/2025 10:00", ""] for number in range(15)]
    few = [["x", "03/25/2025 10:00", ""]]
    many = [[f"x{number}", "03/25/2025 10:00", ""] for number in range(5)]

    found = read(tmp_path, csv_of(HEADER, most + few))
    question = asked(tmp_path, csv_of(HEADER, most + many))

    assert [(row.line, row.reason.value) for row in found.bad] == [(17, "other_date_order")]
    contradict = note(found, NoteCode.DATES_CONTRADICT)
    assert contradict is not None
    assert contradict.count == 1
    assert question.asked is Asked.DATE_ORDER


def test_two_figure_years_that_could_come_first_are_asked_about(tmp_path: Path) -> None:
    question = asked(tmp_path, csv_of(HEADER, [["1", "25/03/26 10:00", ""]]))

    assert [choice.value for choice in question.choices] == ["dmy", "mdy", "ymd"]
    assert [choice.readings for choice in question.choices] == [("2026-03-25 10:00:00",), ("",), ("2025-03-26 10:00:00",)]


def test_iso_dates_are_never_asked_about(tmp_path: Path) -> None:
    found = read(tmp_path, csv_of(HEADER, [["1", "2025-03-05 10:00", "2025-03-06T10:00:00"]]))

    assert short(by_ref(found)["1"])[0] == ("2025-03-05 10:00", "opened")


def test_local_times_without_a_zone_are_asked_about(tmp_path: Path) -> None:
    content = csv_of(HEADER, [["1", "2025-03-05 10:00", ""]])
    question = asked(tmp_path, content, Reading())

    found = read(tmp_path, content, answered(Reading(), question, "Asia/Tokyo"))

    assert (question.asked, question.option, question.choices) == (Asked.ZONE, "--zone", ())
    assert as_read(question, "Asia/Tokyo").readings == ("2025-03-05 01:00:00",)
    assert short(by_ref(found)["1"]) == [("2025-03-05 01:00", "opened")]


def test_times_with_an_offset_ask_for_no_zone(tmp_path: Path) -> None:
    rows = [["1", "2025-03-05T10:00:00+02:00", "2025-03-05 10:00:00 UTC"]]

    found = read(tmp_path, csv_of(HEADER, rows), Reading())

    assert short(by_ref(found)["1"]) == [("2025-03-05 08:00", "opened"), ("2025-03-05 10:00", "resolved")]


@pytest.mark.parametrize("header", ["Opened (UTC)", "opened_at_utc", "Opened [GMT]", "Eröffnet (UTC)"])
def test_a_header_that_says_utc_is_believed_before_the_zone_of_the_other_columns(tmp_path: Path, header: str) -> None:
    table = csv_of(f"ticket,{header},resolved", [["1", "2026-03-02 09:00", "2026-03-02 12:00"]])

    found = read(tmp_path, table, Reading(zone="Europe/Rome", mapping=ImportMap(columns={Field.OPENED: header})))

    assert short(by_ref(found)["1"]) == [("2026-03-02 09:00", "opened"), ("2026-03-02 11:00", "resolved")]


@pytest.mark.parametrize("header", ["Opened (UTC)", "opened_at_utc"])
def test_a_column_whose_header_says_utc_is_known_by_the_rest_of_its_name_and_asks_for_no_zone(
    tmp_path: Path, header: str
) -> None:
    table = csv_of(f"ticket,{header}", [["1", "2026-03-02 09:00"]])

    assert short(by_ref(read(tmp_path, table, Reading()))["1"]) == [("2026-03-02 09:00", "opened")]


def test_a_zone_that_does_not_exist_is_no_answer(tmp_path: Path) -> None:
    question = asked(tmp_path, csv_of(HEADER, [["1", "2025-03-05 10:00", ""]]), Reading())

    with pytest.raises(ValueError, match="Europe/Rome"):
        answered(Reading(), question, "Mars/Olympus")
    with pytest.raises(ValueError, match="no time zone"):
        as_read(question, "../../etc/passwd")


def test_numbers_of_unmistakable_size_are_instants_and_others_are_asked_about(tmp_path: Path) -> None:
    seconds = read(tmp_path, csv_of(HEADER, [["1", "1741168800", "1741172400"]]), Reading())
    milliseconds = read(tmp_path, csv_of(HEADER, [["1", "1741168800999", ""]]), Reading())
    excel = read(tmp_path, csv_of(HEADER, [["1", "45721.4166666667", ""]]))
    question = asked(tmp_path, csv_of(HEADER, [["1", "4711", ""]]))

    assert short(by_ref(seconds)["1"]) == [("2025-03-05 10:00", "opened"), ("2025-03-05 11:00", "resolved")]
    assert by_ref(milliseconds)["1"].events[0].at.microsecond == 0
    assert short(by_ref(excel)["1"]) == [("2025-03-05 10:00", "opened")]
    assert (question.asked, [choice.value for choice in question.choices]) == (
        Asked.NUMBERS,
        ["seconds", "milliseconds", "excel"],
    )


def test_numbers_of_two_sizes_in_one_column_are_asked_about(tmp_path: Path) -> None:
    question = asked(tmp_path, csv_of(HEADER, [["1", "1741168800", ""], ["2", "45721.5", ""]]))

    assert question.asked is Asked.NUMBERS


def test_two_columns_that_could_be_the_opening_are_asked_about(tmp_path: Path) -> None:
    content = "ticket,created at,reported at\n1,2025-03-05T10:00Z,2025-03-05T09:00Z\n"
    question = asked(tmp_path, content)

    found = read(tmp_path, content, answered(IN_UTC, question, "reported at"))

    assert (question.asked, question.field) == (Asked.COLUMN, Field.OPENED)
    assert [choice.value for choice in question.choices] == ["created at", "reported at"]
    assert short(by_ref(found)["1"]) == [("2025-03-05 09:00", "opened")]


def test_bare_numbers_as_priorities_of_an_unknown_product_are_asked_about(tmp_path: Path) -> None:
    content = "ticket,opened,priority\n1,2025-03-05T10:00Z,1\n2,2025-03-05T10:00Z,4\n3,2025-03-05T10:00Z,\n"
    question = asked(tmp_path, content)

    lowest, highest = (
        {ref: ticket.priority for ref, ticket in by_ref(read(tmp_path, content, answered(IN_UTC, question, way))).items()}
        for way in (choice.value for choice in question.choices)
    )

    assert (question.asked, question.column, question.samples) == (Asked.PRIORITIES, "priority", ("1", "4"))
    assert lowest == {"1": "P1", "2": "P4", "3": ""}
    assert highest == {"1": "P4", "2": "P1", "3": ""}


def test_an_answer_that_was_not_offered_is_refused(tmp_path: Path) -> None:
    question = asked(tmp_path, csv_of(HEADER, [["1", "05/03/2025 10:00", ""]]))

    with pytest.raises(ValueError, match="none of dmy, mdy"):
        answered(IN_UTC, question, "ydm")
