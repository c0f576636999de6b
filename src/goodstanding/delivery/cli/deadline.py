"""`goodstanding deadline`: where one deadline lies, day by day."""

from pathlib import Path
from typing import Any

import click


@click.command("deadline")
@click.option(
    "--calendar", required=True, metavar="CAL", help="business, extended, 18/7, 24/7, or the path of a calendar of your own."
)
@click.option("--start", required=True, metavar="T", help="When the clock starts, with an offset or local: 2026-04-02T16:30.")
@click.option("--target", required=True, metavar="AMOUNT", help="15 min, 4h, 2 bd (business days), 1 week.")
@click.option("--pause", "pauses", multiple=True, metavar="A/B", help="A pause from A to B, or A/ for one that goes on.")
@click.option("--zone", default="", metavar="Z", help="Time zone of a calendar by name; a calendar's file names its own.")
@click.option("--wall", is_flag=True, help="Count wall time: a day is 24 hours, a week seven days.")
@click.option("--json", "json_file", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write it as JSON.")
def deadline(**given: Any) -> None:
    """Explain one deadline day by day: hours counted, closed and paused.

    Exit code 0: explained; 2: the command or the calendar is wrong.
    """
    from goodstanding.delivery.cli.explaining import Asked, run  # noqa: PLC0415 - the clock takes a moment to load

    run(Asked(**given))
