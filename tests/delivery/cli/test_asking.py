"""What a file leaves open is asked on a terminal, with what each answer would make of it, and again after a wrong one."""

import os
import pty
import select
import subprocess
import sys
import time
from pathlib import Path

OPTIONS = ("--tier", "gold", "--calendar", "business")


def typed(path: Path, answers: list[tuple[str, str]], *options: str) -> tuple[int, str, str]:
    """Run the command on a terminal; each answer is typed once its prompt has been written."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "goodstanding", "measure", str(path), *OPTIONS, *options],
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=theirs,
        env=os.environ | {"TERM": "dumb", "COLUMNS": "140"},
    )
    os.close(theirs)
    said, until = "", time.monotonic() + 60
    waiting = list(answers)
    while time.monotonic() < until:
        ready, _, _ = select.select([ours], [], [], 0.2)
        if ready:
            try:
                said += os.read(ours, 65_536).decode()
            except OSError:
                break
        if waiting and waiting[0][0] in said:
            prompt, answer = waiting.pop(0)
            os.write(ours, f"{answer}\n".encode())
            # The next prompt may read the same as this one.
            said = said.replace(prompt, f"[{prompt[:-2]}]")
        if process.poll() is not None and not ready:
            break
    out, _ = process.communicate(timeout=30)
    os.close(ours)
    return process.returncode, out.decode(), said


def test_a_date_order_and_a_zone_are_asked_and_wrong_answers_asked_again(tmp_path):
    path = tmp_path / "tickets.csv"
    path.write_text("ticket,opened,resolved,priority\nA,03/04/2026 09:00,03/04/2026 10:00,P1\n")

    code, out, said = typed(
        path,
        [
            ("Number or name: ", "3"),
            ("Number or name: ", "dmy"),
            ("Time zone, such as Europe/Rome: ", "Rome"),
            ("Time zone, such as Europe/Rome: ", "Europe/Rome"),
        ],
    )

    assert code == 0
    assert "In which order are the dates of “opened” written?" in said
    assert "1  dmy: day, month, year (“03/04/2026 09:00” would be 2026-04-03 09:00:00" in said
    assert "“3” is none of them: type 1 to 2." in said
    assert "Did you mean Europe/Rome?" in said
    assert "Fri 3 Apr 2026 10:00 CEST" in out


def test_the_zone_of_a_calendars_file_is_offered_for_the_files_times(tmp_path):
    calendar = tmp_path / "office.yaml"
    calendar.write_text("zone: Asia/Tokyo\nweek: {mon: ['09:00-17:00']}\n")
    path = tmp_path / "tickets.csv"
    path.write_text("ticket,opened,resolved,priority\nA,2026-03-02 09:00,2026-03-02 10:00,P1\n")

    code, out, said = typed(path, [("Time zone, such as Europe/Rome [Asia/Tokyo]: ", "")], "--calendar", str(calendar))

    assert code == 0
    assert "Asia/Tokyo (“2026-03-02 09:00” would be 2026-03-02 00:00:00" in said
    assert "Mon 2 Mar 2026 10:00 JST" in out


def test_the_zone_of_hours_by_name_is_asked_where_the_file_needs_none(tmp_path):
    path = tmp_path / "tickets.csv"
    path.write_text("ticket,opened,resolved,priority\nA,2026-03-02T09:00:00Z,2026-03-02T10:00:00Z,1\n")

    code, out, said = typed(path, [("Number or name: ", "1"), ("Time zone, such as Europe/Rome: ", "America/New_York")])

    assert code == 0
    assert "lowest_number_most_urgent (“1” would be P1)" in said
    assert "On which clocks are the hours “business” kept?" in said
    assert "EST" in out
