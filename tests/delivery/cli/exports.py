"""Exports in the shapes of three other products, written by hand, and how the tests measure them."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from goodstanding.delivery.cli.main import goodstanding

ZENDESK = """\
Id,Subject,Requester,Organization,Status,Priority,Group,Assignee,Via,Created at,First reply time in minutes,Solved at,\
Updated at,Satisfaction Score
1,Database down,Ann,Acme,Closed,Urgent,Hosting,Bea,Web,2026-03-02 09:00:00,30,2026-03-02 12:00:00,2026-03-02 12:00:00,Offered
2,Orders stuck,Ann,Acme,Solved,High,Apps,Bea,Mail,2026-03-02 16:30:00,960,2026-03-03 17:00:00,2026-03-03 17:00:00,Offered
3,Report slow,Cal,Bolt,Solved,Normal,Apps,Dan,Mail,2026-03-06 15:00:00,4320,2026-03-09 15:00:00,2026-03-09 15:00:00,Offered
4,Button askew,Cal,Bolt,Open,Low,Apps,Dan,Web,2026-03-04 10:00:00,,,2026-03-04 10:00:00,Unoffered
5,Nobody logs in,Ann,Acme,Closed,Urgent,Hosting,Bea,Web,2026-03-05 09:00:00,60,2026-03-05 13:00:00,2026-03-05 13:00:00,Offered
"""
"""Under Gold in business hours (Mon-Fri 09-17), Europe/Rome; the newest instant is Monday 9 March 15:00.

| ticket | response: target, used | resolution: target, used |
|---|---|---|
| 1 P1 | 1 h, 09:00-09:30 = 0.5 h: met | 4 h, 09-12 = 3 h: met |
| 2 P2 | 2 h, Mon 16:30-17, reply Tue 08:30 before opening = 0.5 h: met | 8 h, 0.5 + 8 = 8.5 h, due Tue 16:30: late 30 min |
| 3 P3 | 4 h, Fri 15-17 and Mon 9-15 = 8 h, due Mon 11:00: late 4 h | 1 day, Fri 15:00 to Mon 15:00 = 8 h: met to the second |
| 4 P4 | 8 h, due Thu 10:00: late, open | 3 days, due Mon 10:00: late 5 h, open |
| 5 P1 | 1 h, used up at the reply = 1 h: met | 4 h, used up at the solution = 4 h: met |

Response: 3 met, 2 breached; of the 4 answered 0.5, 0.5, 1, 8 h: mean 2.5 h, median 0.75 h, nine tenths within 8 h.
Resolution: 3 met, 2 breached; of the 4 solved 3, 4, 8, 8.5 h: mean 5.875 h, median 6 h, nine tenths within 8.5 h.
Tickets: 1 and 5 of five without a breach. Acme 3/0 and 2/1, Bolt 0/2 and 1/1.
"""

FRESHDESK = """\
Ticket ID,Subject,Status,Priority,Source,Type,Agent,Group,Created time,Due by Time,Resolved time,Closed time,\
Last update time,Initial response time,Agent interactions,Customer interactions,Resolution status,Tags,Company name
11,No invoices,Closed,Urgent,Email,Incident,Eve,Apps,2026-03-02 11:00:00,2026-03-02 15:00:00,2026-03-03 11:00:00,\
2026-03-03 11:00:00,2026-03-03 11:00:00,2026-03-02 13:30:00,2,2,Within SLA,,Corda
12,Mails bounce,Resolved,High,Email,Incident,Eve,Apps,2026-03-04 16:00:00,2026-03-05 16:00:00,2026-03-06 16:30:00,,\
2026-03-06 16:30:00,2026-03-06 10:00:00,1,1,Within SLA,,Corda
13,Slow screen,Resolved,Medium,Portal,Problem,Fay,Hosting,2026-03-02 09:00:00,2026-03-05 09:00:00,2026-03-05 12:00:00,,\
2026-03-05 12:00:00,2026-03-02 17:00:00,3,2,Within SLA,,Dora
14,A wish,Closed,Low,Portal,Question,Fay,Apps,2026-03-06 10:00:00,2026-03-13 10:00:00,2026-03-06 11:00:00,\
2026-03-06 11:00:00,2026-03-06 11:00:00,,0,1,Within SLA,,Dora
"""
OFFICE = """\
zone: Europe/Berlin
week:
  mon: ['09:00-12:00', '13:00-17:00']
  tue: ['09:00-12:00', '13:00-17:00']
  wed: ['09:00-12:00', '13:00-17:00']
  thu: ['09:00-12:00', '13:00-17:00']
  fri: ['09:00-12:00', '13:00-17:00']
closed: [2026-03-05]
"""
"""Freshdesk's tickets under Silver in these hours, seven a day, closed on Thursday 5 March.

| ticket | response: target, used | resolution: target, used |
|---|---|---|
| 11 P1 | 2 h, 11-12 and 13-13:30 = 1.5 h: met | 8 h, Mon 5 h and Tue 9-11 = 7 h: met |
| 12 P2 | 4 h, Wed 16-17 and Fri 9-10 = 2 h: met | 1 day, Wed 16:00 to Fri 16:00 = 7 h; used 7.5 h: late 30 min |
| 13 P3 | 8 h, 9-12 and 13-17 = 7 h: met | 3 days, Mon 09:00 to Fri 09:00 = 21 h, due at closing on Wed; used 21 h: late 19 h |
| 14 P4 | 1 day, answered by the solution = 1 h: met | 5 days, 1 h: met |

Response: 4 met; 1, 1.5, 2, 7 h: mean 2.875 h, median 1.75 h, nine tenths within 7 h.
Resolution: 2 met, 2 breached; 1, 7, 7.5, 21 h: mean 9.125 h, median 7.25 h, nine tenths within 21 h.
"""

JIRA = """\
Summary,Issue key,Issue id,Issue Type,Status,Project key,Project name,Project lead,Priority,Resolution,Assignee,Reporter,\
Creator,Created,Updated,Resolved,Votes,Status Category
Everything is down,OPS-1,10001,Incident,Done,OPS,Operations,gil,Highest,Done,gil,hal,hal,06/Mar/26 8:00 PM,\
07/Mar/26 12:59 PM,07/Mar/26 12:59 PM,0,Done
Import fails,OPS-2,10002,Incident,Done,OPS,Operations,gil,High,Done,gil,hal,hal,07/Mar/26 12:00 PM,10/Mar/26 1:00 PM,\
10/Mar/26 1:00 PM,0,Done
Filter forgets,OPS-3,10003,Bug,Done,OPS,Operations,gil,Medium,Done,ida,hal,hal,02/Mar/26 7:00 AM,09/Mar/26 8:00 AM,\
09/Mar/26 8:00 AM,0,Done
Another column,OPS-4,10004,Wish,To Do,OPS,Operations,gil,Lowest,,ida,hal,hal,09/Mar/26 9:00 AM,09/Mar/26 9:00 AM,,0,To Do
"""
"""Under Bronze in extended hours (Mon-Fri 07-21, Sat 09-13), America/New_York, as of Tuesday 10 March 18:00.

The clocks go forward on Sunday 8 March. No column tells a response, so none is measured.

| ticket | resolution: target, used |
|---|---|
| OPS-1 P1 | 1 day, Fri 20:00 to Sat 20:00 = 1 + 4 = 5 h, due Sat 13:00; used 4 h 59 min: met |
| OPS-2 P2 | 2 days, Sat 12:00 to Tue 12:00 = 1 + 14 + 5 = 20 h, due Tue 12:00; used 21 h: late 1 h |
| OPS-3 P3 | 5 days, Mon 07:00 to Sat 07:00 = 70 h, due Fri 21:00; used 70 + 4 + 1 = 75 h: late 58 h of wall time |
| OPS-4 P4 | 10 days: still running |

Resolution: 1 met, 2 breached, 1 running; 4:59, 21, 75 h: mean 33 h 39 min 40 s, median 21 h, nine tenths within 75 h.
"""


@dataclass(frozen=True)
class Told:
    """What a run of the command line said."""

    code: int
    out: str
    err: str
    json: Any = None

    @property
    def breaches(self) -> list[dict[str, Any]]:
        return self.json["breaches"]


def run(*arguments: str | Path, width: int = 140, stdin: str | None = None) -> Result:
    return CliRunner().invoke(goodstanding, [str(each) for each in arguments], env={"COLUMNS": str(width)}, input=stdin)


def measure(folder: Path, text: str | Path, *options: str | Path, width: int = 140) -> Told:
    """Measure a file, written down first unless it is one, and read the JSON it writes."""
    path = text if isinstance(text, Path) else folder / "tickets.csv"
    if isinstance(text, str):
        path.write_text(text, encoding="utf-8")
    written = folder / "out.json"
    written.unlink(missing_ok=True)
    found = run("measure", path, *options, "--no-input", "--json", written, width=width)
    said = json.loads(written.read_text(encoding="utf-8")) if written.exists() else None
    if found.exception is not None and not isinstance(found.exception, SystemExit):
        raise found.exception
    return Told(found.exit_code, found.stdout, found.stderr, said)


def groups(told: Told, by: str) -> dict[tuple[str | None, str], tuple[int, int]]:
    """Met and breached by name and clock."""
    return {(each["name"], each["clock"]): (each["met"], each["breached"]) for each in told.json["measurement"][by]}


def times(told: Told, clock: str) -> tuple[float, float, float]:
    """Mean, median and 90th percentile of open time in hours."""
    (found,) = [each["open_time"] for each in told.json["measurement"]["totals"] if each["clock"] == clock]
    hours = (eval_fraction(found["mean"]["exact"]), eval_fraction(found["median"]["exact"]), found["p90_seconds"])
    return tuple(each / 3600 for each in hours)


def eval_fraction(text: str) -> float:
    whole, _, under = text.partition("/")
    return int(whole) / int(under or 1)
