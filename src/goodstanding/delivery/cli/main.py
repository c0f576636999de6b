"""The root of the command line; each command's module is imported only when it is asked for."""

from importlib import import_module
from typing import Any, Final

import click

from goodstanding import __version__

_COMMANDS: Final = {
    "measure": ("measure", "Measure a ticket export: compliance, times and breaches."),
    "deadline": ("deadline", "Explain one deadline day by day."),
    "tiers": ("tiers", "The tiers that ship, and files of your own."),
    "demo": ("serving", "A believable partner with its history, and the site over it."),
    "serve": ("serving", "The site and a worker on this machine."),
    "worker": ("serving", "Do what time and people have made due; any number may run."),
    "migrate": ("serving", "Bring the database up to this version."),
    "add-person": ("keeping", "Give somebody a role and a password."),
    "import": ("keeping", "Take a ticket export in."),
    "add-mailbox": ("mail", "Set up an address that tickets come in by."),
    "take-mail": ("mail", "Take one letter in from standard input."),
    "connect": ("connecting", "Try an Odoo and say what its account can read; keep it with --save."),
    "reassess": ("keeping", "Judge every ticket anew."),
    "rotate-seal": ("keeping", "Seal credentials anew with the newest key."),
}
"""Where each command is, and what it says of itself in the list: asking for the list must load none of them."""
_WITH_DATABASE: Final = {"serving", "keeping", "mail", "connecting"}


class Later(click.Command):
    """A command that is imported when it is called; those that need a database wake Django first, the others never."""

    def make_context(self, info_name: str | None, args: list[str], *more: Any, **extra: Any) -> click.Context:
        module, _ = _COMMANDS[str(self.name)]
        if module in _WITH_DATABASE:
            import_module("django").setup()
        loaded = import_module(f"goodstanding.delivery.cli.{module}")
        command: click.Command = getattr(loaded, str(self.name).replace("-", "_").replace("import", "import_"))
        return command.make_context(info_name, args, *more, **extra)


class Lazy(click.Group):
    """The group of all commands."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*_COMMANDS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return Later(cmd_name, short_help=_COMMANDS[cmd_name][1]) if cmd_name in _COMMANDS else None


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="goodstanding")
def goodstanding() -> None:
    """Service commitments of Odoo partners: promise, measure, act before the breach, prove, bill."""
