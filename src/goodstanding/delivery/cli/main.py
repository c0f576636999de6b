"""The root of the command line; each command's module is imported only when it is asked for."""

from importlib import import_module
from typing import Final

import click

from goodstanding import __version__

_WITHOUT_DATABASE: Final = {
    "measure": "goodstanding.delivery.cli.measure",
    "deadline": "goodstanding.delivery.cli.deadline",
    "tiers": "goodstanding.delivery.cli.tiers",
}
_WITH_DATABASE: Final = ("demo", "serve", "worker", "migrate", "add-person", "import", "reassess")


class Lazy(click.Group):
    """A group whose commands are looked for when they are needed: `measure` must not wait for Django."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*_WITHOUT_DATABASE, *_WITH_DATABASE]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        name = cmd_name.replace("-", "_")
        if cmd_name in _WITHOUT_DATABASE:
            return getattr(import_module(_WITHOUT_DATABASE[cmd_name]), name)
        if cmd_name in _WITH_DATABASE:
            return getattr(import_module("goodstanding.delivery.cli.site"), f"{name}_")
        return None


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="goodstanding")
def goodstanding() -> None:
    """Service commitments of Odoo partners: promise, measure, act before the breach, prove, bill."""
