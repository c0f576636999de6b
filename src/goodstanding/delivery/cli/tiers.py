"""`goodstanding tiers`: the catalogue of promises, shown, checked, written out, and the guided classifier."""

from pathlib import Path
from typing import Any

import click

_FAMILIES = ["support_plan", "retainer"]


@click.group("tiers")
def tiers() -> None:
    """The tiers that ship, and files of your own."""


@tiers.command("list")
def list_() -> None:
    """List the tiers that ship."""
    from goodstanding.delivery.cli import show_tiers  # noqa: PLC0415 - `goodstanding --help` need not wait for the catalogue

    show_tiers.listed()


@tiers.command("show")
@click.argument("tier")
def show(tier: str) -> None:
    """Show every promise of TIER, a key or the path of a file, as printed and as it is counted."""
    from goodstanding.delivery.cli import show_tiers  # noqa: PLC0415 - `--help` need not wait for it

    show_tiers.shown(tier)


@tiers.command("check")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def check(file: Path) -> None:
    """Check the tier in FILE: every problem with its line, its field and what was expected.

    Exit code 0: it can be used, also with promises that are unclear and with warnings, which are printed; 1: it cannot.
    """
    from goodstanding.delivery.cli import show_tiers  # noqa: PLC0415 - `--help` need not wait for it

    show_tiers.checked(file)


@tiers.command("schema")
def schema() -> None:
    """Print the JSON Schema of a tier's file."""
    from goodstanding.flows.choose_tier import schema_text  # noqa: PLC0415 - `--help` need not wait for it

    click.echo(schema_text(), nl=False)


@tiers.command("export")
@click.argument("tier")
def export(tier: str) -> None:
    """Print TIER, a key or the path of a file, as YAML to start from."""
    from goodstanding.delivery.cli import show_tiers  # noqa: PLC0415 - `--help` need not wait for it

    show_tiers.exported(tier)


@tiers.command("classify")
@click.option(
    "--family", type=click.Choice(_FAMILIES), default="support_plan", show_default=True, help="P1 to P4, or S1 to S4."
)
@click.option("--hit", type=click.Choice(["all", "core", "workflow", "looks", "wish"]), help="What is hit.")
@click.option("--way-round", type=click.Choice(["none", "poor", "good"]), help="How people manage meanwhile.")
@click.option("--users", type=click.IntRange(min=0), help="How many people are affected; leave out when nobody knows.")
@click.option("--no-input", is_flag=True, help="Never ask.")
def classify(**given: Any) -> None:
    """Propose a priority from facts, with the reason; a person confirms it.

    What is not given by option is asked on a terminal.
    """
    from goodstanding.delivery.cli import classifying  # noqa: PLC0415 - `--help` need not wait for it

    classifying.run(**given)
