"""One request and its answer as plain values, and the seam behind which they travel."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Ask:
    """A request to send: an absolute URL, headers, a body of bytes."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    again: bool = False
    """Whether sending it twice does no harm, so that it may be retried."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, whatever its status; header names are lower case, the body is decompressed and within its limit."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Sender(Protocol):
    """Whatever sends: the guarded client of this package, or a system in memory for the demo and the tests."""

    def send(self, ask: Ask) -> Answer:
        """Send and return the answer. Raises `Unreachable` where none came in time, `Refused` for an address not allowed."""
        ...
