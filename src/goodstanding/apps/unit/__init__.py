"""The unit of work: one transaction, and the failures that leave this storey."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import InterfaceError, OperationalError, connection, transaction

LOST = (OperationalError, InterfaceError)
"""The database went away in the middle, and with it the knowledge of whether the last write was kept."""


class NotFound(Exception):
    """There is no such thing, or not for whoever asks: a foreign object and a missing one look the same."""


class Conflict(Exception):
    """What was asked for contradicts what is already there; the message says what."""


class Forbidden(Exception):
    """The person may see this but not do that."""


@contextmanager
def together() -> Iterator[None]:
    """Write everything inside or nothing: the only transaction that flows see. No call to the outside belongs inside."""
    with transaction.atomic():
        yield


def reconnect() -> None:
    """Forget a connection that was lost; the next question opens another."""
    connection.close()
