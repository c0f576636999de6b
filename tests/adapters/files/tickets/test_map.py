"""The map beats everything recognised, and what is wrong in it is named by file, line and field."""

from pathlib import Path

import pytest

from goodstanding.adapters.files.tickets import Field, FileError, ImportMap, Reading, Shape, read_map
from goodstanding.core.desk.events import EventKind, PauseOwner
from tests.adapters.files.tickets.exports import by_ref, read, short, written

MAP = """\
columns:
  ticket: Ref
  opened: Created On
  first_response: null
  state: Lane
  updated: Moved
states:
  "Awaiting User Info": {event: waiting, owner: customer}
  Fertig: resolved
priorities:
  Brennt: P1
  Egal:
dates: dmy
zone: Europe/Rome
shape: updates
"""


def mapped(folder: Path, text: str) -> ImportMap:
    return read_map(written(folder, text, "map.yaml"))


def test_a_map_says_what_columns_and_words_mean(tmp_path: Path) -> None:
    log = (
        "Ref,Created On,Moved,Lane,Priority,First response\n"
        "A,01/02/2025 09:00,01/02/2025 09:00,Neu,Brennt,01/02/2025 09:01\n"
        "A,01/02/2025 09:00,01/02/2025 10:00,AWAITING_USER_INFO,Brennt,\n"
        "A,01/02/2025 09:00,02/02/2025 10:00,fertig,Egal,\n"
    )
    told = mapped(tmp_path, MAP.replace("Fertig: resolved", "Fertig: resolved\n  Neu: opened"))

    found = read(tmp_path, log, Reading(mapping=told))

    ticket = by_ref(found)["A"]
    assert short(ticket) == [("2025-02-01 08:00", "opened"), ("2025-02-01 09:00", "waiting"), ("2025-02-02 09:00", "resolved")]
    assert ticket.priority == "P1"
    assert found.shape is Shape.UPDATES
    assert Field.FIRST_RESPONSE not in found.mapping
    assert [event.owner for event in ticket.events if event.kind is EventKind.WAITING] == [PauseOwner.CUSTOMER]


def test_an_option_beats_the_map(tmp_path: Path) -> None:
    told = mapped(tmp_path, "dates: dmy\nzone: Europe/Rome\n")

    found = read(tmp_path, "ticket,opened\nA,01/02/2025 09:00\n", Reading(zone="UTC", date_order="mdy", mapping=told))

    assert short(by_ref(found)["A"]) == [("2025-01-02 09:00", "opened")]


@pytest.mark.parametrize(
    ("text", "line", "field"),
    [
        ("columns:\n  tickt: Ref\n", 2, "columns.tickt"),
        ("columns:\n  ticket: [a, b]\n", 2, "columns.ticket"),
        ("columns: Ref\n", 1, "columns"),
        ("colums: {}\n", 1, "colums"),
        ("dates: ydm\n", 1, "dates"),
        ("zone: Europe/Atlantis\n", 1, "zone"),
        ("zone: 3\n", 1, "zone"),
        ("numbers: minutes\n", 1, "numbers"),
        ("shape: log\n", 1, "shape"),
        ("priorities:\n  Urgent: P5\n", 2, "priorities.Urgent"),
        ("states:\n  Parked: waiting\n", 2, "states.Parked"),
        ("states:\n  Parked: {event: waiting, owner: dog}\n", 2, "states.Parked.owner"),
        ("states:\n  Parked: {event: resolved, owner: customer}\n", 2, "states.Parked.owner"),
        ("states:\n  Parked: {event: dancing}\n", 2, "states.Parked.event"),
        ("states:\n  Parked: 7\n", 2, "states.Parked"),
        ("states:\n  Parked: {events: resolved}\n", 2, "states.Parked.events"),
        ("events:\n  Ping: {event: noted, actor: dog}\n", 2, "events.Ping.actor"),
        ("events:\n  Ping: {event: noted, public: often}\n", 2, "events.Ping.public"),
        ("- a list\n", 1, ""),
        ("columns: {ticket: Ref\n", 2, ""),
    ],
)
def test_a_wrong_map_names_file_line_and_field(tmp_path: Path, text: str, line: int, field: str) -> None:
    with pytest.raises(FileError) as caught:
        mapped(tmp_path, text)

    problem = caught.value.problems[0]
    assert (Path(problem.path).name, problem.line, problem.field) == ("map.yaml", line, field)


def test_everything_wrong_in_a_map_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(FileError) as caught:
        mapped(tmp_path, "dates: x\nzone: y\nshape: z\n")

    assert [problem.line for problem in caught.value.problems] == [1, 2, 3]


def test_a_column_that_is_not_there_is_named_with_those_there_are(tmp_path: Path) -> None:
    told = mapped(tmp_path, "# a remark\ncolumns:\n  opened: Begun\n")

    with pytest.raises(FileError) as caught:
        read(tmp_path, "ticket,opened\nA,2025-01-31T09:00Z\n", Reading(mapping=told))

    problem = caught.value.problems[0]
    assert (problem.line, problem.field, problem.expected) == (3, "columns.opened", "one of ticket, opened")


def test_events_are_named_by_the_map(tmp_path: Path) -> None:
    told = mapped(tmp_path, "events:\n  Antwort: {event: staff_replied, public: true}\n  Anruf: {event: noted}\n")
    rows = "ticket,at,event\nA,2025-01-31T09:00Z,opened\nA,2025-01-31T09:05Z,Anruf\nA,2025-01-31T09:10Z,Antwort\n"

    found = read(tmp_path, rows, Reading(mapping=told))

    assert [kind for _, kind in short(by_ref(found)["A"])] == ["opened", "noted", "staff_replied"]
    assert by_ref(found)["A"].events[2].public
