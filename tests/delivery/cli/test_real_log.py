"""The real ServiceNow log beside the project, measured by one command, against a script of a few lines that shares no code.

The log (UCI, "Incident management process enriched event log", CC BY 4.0) is not shipped: without it these tests are skipped.
"""

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

from tests.delivery.cli.exports import Told, measure

_PLACE = Path("shared/data/real/servicenow_incident_events.csv")
LOG = next((folder / _PLACE for folder in Path(__file__).resolve().parents if (folder / _PLACE).is_file()), None)

pytestmark = pytest.mark.skipif(LOG is None, reason="the real log does not stand beside the project")

MINUTE = timedelta(minutes=1)
HOURS_A_DAY = {"24/7": 24, "business": 8}
OVER = {"Resolved", "Closed"}
ON_CLIENT = {"Awaiting User Info", "Awaiting Evidence"}

Rows = list[dict[str, str]]
OpenTime = Callable[[datetime, datetime], timedelta]


@cache
def incidents() -> Mapping[str, Rows]:
    assert LOG is not None
    rows: dict[str, Rows] = defaultdict(list)
    with LOG.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            rows[row["number"]].append(row)
    return {
        number: sorted(each, key=lambda row: (local(row["sys_updated_at"]), int(row["sys_mod_count"])))
        for number, each in rows.items()
    }


@cache
def local(text: str) -> datetime:
    return datetime.strptime(text, "%d-%m-%Y %H:%M")


def around_the_clock(start: datetime, end: datetime) -> timedelta:
    return end - start


def office(start: datetime, end: datetime) -> timedelta:
    """Monday to Friday, nine to five; no clock changes within these hours, so local times can be subtracted."""
    days = [start.replace(hour=0, minute=0) + timedelta(days=each) for each in range((end.date() - start.date()).days + 1)]
    shifts = [(day + timedelta(hours=9), day + timedelta(hours=17)) for day in days if day.weekday() < 5]
    return sum((max(timedelta(0), min(end, shut) - max(start, opens)) for opens, shut in shifts), timedelta(0))


def judge(rows: Rows, open_time: OpenTime, hours_a_day: int) -> tuple[bool, timedelta]:
    """Whether an incident broke Gold's resolution target, and how much open time it used."""
    promised = {"1": 4, "2": 8, "3": hours_a_day, "4": 3 * hours_a_day}
    opened = at = local(rows[0]["opened_at"])
    used, state, broken, target = timedelta(0), "New", False, timedelta(hours=promised[rows[0]["priority"][0]])
    for row in rows:
        now = max(local(row["sys_updated_at"]), opened)
        counts = state not in OVER | ON_CLIENT
        used += open_time(at, now) if counts else timedelta(0)
        if state not in OVER and now > at:
            # Used up to the second, it is late all the same where that happened before this minute: at closing, or at a wait.
            used_up_before = not (counts and open_time(now - MINUTE, now))
            broken |= used > target or (used == target and used_up_before)
        at, state, target = now, row["incident_state"], timedelta(hours=promised[row["priority"][0]])
        # A raise that lands past its new target breaks it there and then, but not after the end.
        broken |= state not in OVER and used > target
    return broken, used


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], Told]:
    assert LOG is not None
    text = LOG.read_text(encoding="utf-8")
    folder = tmp_path_factory.mktemp("log")

    @cache
    def under_gold(calendar: str, zone: str) -> Told:
        return measure(folder, text, "--tier", "gold", "--calendar", calendar, "--zone", zone)

    return under_gold


@pytest.mark.parametrize(
    ("calendar", "zone", "open_time"), [("24/7", "UTC", around_the_clock), ("business", "Europe/Rome", office)]
)
@pytest.mark.proves("CLOCK-4", "CLOCK-6", "KPI-1")
def test_a_real_log_comes_to_the_figures_of_a_script_of_a_few_lines(measured, calendar, zone, open_time):
    expected = {number: judge(rows, open_time, HOURS_A_DAY[calendar]) for number, rows in incidents().items()}

    told = measured(calendar, zone)

    assert told.code == 0
    assert (told.json["file"]["product"], told.json["file"]["rows"], told.json["file"]["tickets"]) == ("servicenow", 5998, 890)
    (resolution,) = [each for each in told.json["measurement"]["totals"] if each["clock"] == "resolution"]
    assert {each["ref"] for each in told.breaches} == {number for number, (broken, _) in expected.items() if broken}
    assert resolution["met"] + resolution["breached"] == len(expected)
    assert resolution["open_time"]["total_seconds"] == sum(used.total_seconds() for _, used in expected.values())


@pytest.mark.proves("CLOCK-4", "CLOCK-6")
def test_the_waits_and_the_reopenings_of_a_real_log_are_seen(measured):
    history = incidents()

    told = measured("24/7", "UTC")

    figures = told.json["measurement"]["figures"]
    assert figures["reopened"]["exact"] == f"{sum(map(reopened_within_a_week, history.values()))}/890"
    assert figures["paused_customer"]["part"] == sum(waited_on_client(rows) for rows in history.values())


def reopened_within_a_week(rows: Rows) -> bool:
    ended: datetime | None = None
    for row in rows:
        at = local(row["sys_updated_at"])
        if row["incident_state"] in OVER:
            ended = ended or at
        elif ended:
            return at - ended <= timedelta(days=7)
    return False


def waited_on_client(rows: Rows) -> float:
    times = [max(local(row["sys_updated_at"]), local(row["opened_at"])) for row in rows]
    waits = zip(rows, times, times[1:], strict=False)
    return sum((end - start).total_seconds() for row, start, end in waits if row["incident_state"] in ON_CLIENT)


def test_the_logs_own_verdict_agrees_with_ours_as_often_as_the_docs_say(measured):
    history = incidents()

    told = measured("24/7", "UTC")

    broken = {each["ref"] for each in told.breaches}
    pairs = Counter((number not in broken, rows[-1]["made_sla"] == "TRUE") for number, rows in history.items())
    assert (pairs[True, True], pairs[False, False], pairs[False, True], pairs[True, False]) == docs_table()


def docs_table() -> tuple[int, ...]:
    text = (Path(__file__).resolve().parents[3] / "docs" / "measure.md").read_text(encoding="utf-8")
    return tuple(map(int, re.findall(r"^\| Gold, 24/7 \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|$", text, re.MULTILINE)[0]))
