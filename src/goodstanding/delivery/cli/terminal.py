"""Printing to a terminal: plain where it is piped, safe with whatever a file says, whole in a narrow window."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, TextIO, cast

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.text import Text

PIPED_WIDTH = 120
"""Columns where nobody's window says how many there are."""


class Wrong(click.ClickException):
    """The command, or what it names, cannot be; the message says what and why."""

    exit_code = 2

    def __init__(self, message: str) -> None:
        super().__init__(clean(message))


class Unusable(Wrong):
    """The file the command is about cannot be used."""

    exit_code = 3


def console() -> Console:
    """Return where answers go: colours only on a terminal, no markup and no guessing at what text means."""
    wide = None if sys.stdout.isatty() or "COLUMNS" in os.environ else PIPED_WIDTH
    out = sys.stdout if sys.stdout.isatty() else cast(IO[str], _Trimmed(sys.stdout))
    return _Unbroken(file=out, width=wide, markup=False, highlight=False, emoji=False)


class _Unbroken(Console):
    """A console whose reader may leave early, like `head`: the work goes on, and the exit code says what came of it."""

    def on_broken_pipe(self) -> None:
        self.quiet = True
        # What is still in the buffer must go somewhere when the process ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class _Trimmed:
    """A stream whose lines end where their text ends: tables are filled up with spaces that a file has no use for."""

    def __init__(self, out: TextIO) -> None:
        self.out = out
        self.encoding = out.encoding

    def write(self, text: str) -> int:
        return self.out.write("\n".join(line.rstrip(" ") for line in text.split("\n")))

    def flush(self) -> None:
        self.out.flush()

    def isatty(self) -> bool:
        return False


def clean(text: str) -> str:
    """Return text without the characters that would steer a terminal; line breaks stay."""
    return "".join(each if each.isprintable() or each == "\n" else " " if each.isspace() else "�" for each in text)


def styled(text: str, style: str = "") -> Text:
    """Return text, from whatever source, in a style."""
    return Text(clean(text), style=style)


def may_ask(no_input: bool) -> bool:
    """Whether somebody sits there who can be asked."""
    return not no_input and sys.stdin.isatty()


@contextmanager
def progress(label: str) -> Iterator["Bar"]:
    """Show on a terminal how far long work has come; elsewhere nothing."""
    shown = Console(stderr=True)
    bar = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
        console=shown,
        transient=True,
        disable=not sys.stderr.isatty(),
    )
    with bar:
        yield Bar(bar, label)


class Bar:
    """One bar that goes through several works, one after the other."""

    def __init__(self, shown: Progress, label: str) -> None:
        self.shown = shown
        self.task = shown.add_task(label, total=None)

    def step(self, label: str) -> "Bar":
        """Begin the next work."""
        self.shown.reset(self.task, description=label, total=None)
        return self

    def tell(self, done: int, total: int) -> None:
        """Hear how much of how much is done."""
        self.shown.update(self.task, completed=done, total=total)
