"""The history told by a process of its own: on two cores, telling it and keeping it go on side by side."""

from collections.abc import Iterator
from datetime import date, datetime
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import TypeAlias

from goodstanding.adapters.demo.helpdesk import not_in_odoo
from goodstanding.adapters.demo.terms import terms_from
from goodstanding.adapters.demo.world import Told, happenings_between

_Pipe: TypeAlias = "Connection[tuple[Told, ...] | None, tuple[Told, ...] | None]"


class CutOff(RuntimeError):
    """The other process ended before the history did; what was told until then stands."""


def told_beside(seed: str, start: datetime, end: datetime, *, first: date, begins: date) -> Iterator[tuple[Told, ...]]:
    """Yield what `happenings_between` yields of the tickets that the demo's Odoo does not keep, made by another process.

    `first` is the day from which on clients are promised anything, `begins` the first whose tickets Odoo keeps. The other
    process is a batch ahead and ends with the iterator. Raises `CutOff` when it ends before.
    """
    context = get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    teller = context.Process(target=_tell, args=(sender, seed, start, end, first, begins), daemon=True)
    teller.start()
    # Only the teller has this end now, so that its end is seen here.
    sender.close()
    try:
        while (batch := _next(receiver)) is not None:
            yield batch
    finally:
        receiver.close()
        teller.terminate()
        teller.join()


def _next(receiver: _Pipe) -> tuple[Told, ...] | None:
    try:
        return receiver.recv()
    except EOFError as error:
        raise CutOff("the process that tells the demo's history has ended") from error


def _tell(sender: _Pipe, seed: str, start: datetime, end: datetime, first: date, begins: date) -> None:
    for batch in happenings_between(seed, start, end, terms_from(first), where=not_in_odoo(begins)):
        sender.send(batch)
    sender.send(None)
