"""A message of a chat as plain values: who said what where, in which thread, and what kind of telling it is."""

from dataclasses import dataclass
from datetime import datetime

from goodstanding.adapters.outbound.trouble import Trouble
from goodstanding.core.desk.posts import PostKind, Service

LONGEST_TEXT = 40_000
"""Characters that are kept of a text: as many as Slack takes."""


class Unreadable(Trouble):
    """A request that no message can be made of; trying again finds the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One message, or what happened to one. Texts hold no control characters but line ends, and no lone surrogates.

    `id` names this telling and is the same however often it is delivered; `about` is the message that it tells of, another
    one only where that was edited or deleted. `thread` is the message that the thread began with, empty where this one is
    no reply. `sender_address` is in lower case, and empty unless the service itself vouches for it. `at` is when it
    happened by the service's clock, aware and in UTC. `asks` says that it was written to us: a mention or a command.
    """

    service: Service
    team: str
    channel: str
    id: str
    about: str
    kind: PostKind
    at: datetime
    sender: str
    sender_name: str = ""
    sender_address: str = ""
    thread: str = ""
    text: str = ""
    asks: bool = False
    bot: bool = False


@dataclass(frozen=True, slots=True)
class Challenge:
    """Slack wants to know whether the address is ours: it is answered with the same text."""

    text: str


@dataclass(frozen=True, slots=True)
class NoPost:
    """Something that is no message, such as somebody joining a channel: it is taken note of and is nothing."""

    what: str


Read = Post | Challenge | NoPost
