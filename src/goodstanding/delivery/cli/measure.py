"""`goodstanding measure`: a ticket export measured under a tier, without a site and without a database."""

from pathlib import Path
from typing import Any

import click

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("measure")
@click.argument("tickets", type=_FILE)
@click.option("--tier", required=True, metavar="TIER", help="A tier that ships (goodstanding tiers list), or the path of one.")
@click.option(
    "--calendar", required=True, metavar="CAL", help="business, extended, 18/7, 24/7, or the path of a calendar of your own."
)
@click.option("--zone", default="", metavar="Z", help="Time zone of times written without one, and of a calendar by name.")
@click.option(
    "--dates", type=click.Choice(["dmy", "mdy", "ymd"]), help="Order of day, month and year in dates like 03/04/2026."
)
@click.option("--map", "map_file", type=_FILE, metavar="FILE", help="YAML that says what columns and words mean.")
@click.option("--sheet", default="", metavar="S", help="Sheet of a workbook; the first one with a table if not given.")
@click.option("--as-of", default="", metavar="T", help="Measure as it stood then; the newest instant in the file if not given.")
@click.option("--what-if", default="", metavar="TIER", help="Measure under this tier too, side by side.")
@click.option("--no-input", is_flag=True, help="Never ask: what the file leaves open is an error that names the option.")
@click.option("--json", "json_file", type=_FILE, metavar="FILE", help="Write everything as JSON.")
@click.option("--xlsx", "xlsx_file", type=_FILE, metavar="FILE", help="Write a workbook.")
@click.option("--html", "html_file", type=_FILE, metavar="FILE", help="Write a page to show around.")
def measure(**given: Any) -> None:
    """Measure a ticket export: compliance, times and breaches under a tier.

    TICKETS is CSV, XLSX, JSON Lines or Parquet, one row a ticket, an event or an update. Exit code 0: measured; 1: measured,
    with rows set aside; 2: the command or what it names is wrong, or a question is open; 3: the file cannot be measured.
    """
    from goodstanding.delivery.cli.measuring import Asked, run  # noqa: PLC0415 - reading tables takes a second to load

    run(Asked(**given))
