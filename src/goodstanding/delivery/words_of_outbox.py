"""The words of what goes out: one message as it was written, several as one with a list."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from html import escape
from typing import Final
from uuid import UUID

from goodstanding.apps.outbox.queries import DIGEST, Channel, Load, Message, Result, State, Way
from goodstanding.core.outgoing.digests import How
from goodstanding.flows.send_questions import Written

STATE: Final = {
    State.WAITING: ("waiting", "Waiting"),
    State.FOLDED: ("waiting", "Waiting with others"),
    State.SENT: ("done", "Sent"),
    State.DEAD: ("failed", "Not delivered"),
}
"""The shape and the word of each state."""
RESULT: Final = {
    Result.SENT: ("done", "Sent"),
    Result.FAILED: ("waiting", "Failed, tried again"),
    Result.GIVEN_UP: ("failed", "Given up"),
}
CHANNEL: Final = {
    Channel.EMAIL: "E-mail",
    Channel.SLACK: "Slack",
    Channel.TEAMS: "Microsoft Teams",
    Channel.SMS: "Telephone or service",
    Channel.WEBHOOK: "Webhook",
    Channel.INBOX: "Inbox",
}
GROUP: Final = {
    "escalation": "Tickets at risk and breached",
    "client": "Messages to clients",
    "channels": "Channels that were switched off",
    "test": "Tests",
}
"""The first words of kinds of message, as people read them."""
HOW: Final = {
    How.AT_ONCE: "At once",
    How.HOURLY: "Gathered, every hour",
    How.DAILY: "Gathered, every morning at 8",
    How.INBOX: "In the inbox alone",
}
LISTED: Final = 500
"""Messages that a list names; of more it says how many."""
_TOLD: Final = 20
"""Up to so many are told in full below the list."""

_SHORT: Final = 300
"""Letters of two short messages."""
_SHORT_SUBJECT: Final = 120
"""So many of them say what a list of tickets is about."""


def letter(load: Load, *, address: str) -> Written:
    """Write a letter; `address` is where people reach the product."""
    if not load.parts:
        return _alone(load.message, _link(load.message, address))
    return Written(folded_subject(load), folded_text(load, address=address), _folded_html(load, address))


def _alone(message: Message, link: str) -> Written:
    text = message.text if not link or link in message.text else f"{message.text.rstrip()}\n\n{link}\n"
    return Written(message.subject, text, message.html)


def waits(message: Message, way: Way | None, now: datetime) -> tuple[str, datetime | None]:
    """Say what a waiting message waits for, and until when; None where it goes out within seconds.

    `way` is how its route stands, where that is in trouble.
    """
    if way is not None and way.held_until is not None and way.held_until > now:
        return f"waits for {CHANNEL[message.channel]}, tried next", way.held_until
    if message.due_at is None or message.due_at <= now:
        return "goes out within seconds", None
    if message.tries:
        return "tried next", message.due_at
    gathered = message.fold.startswith(DIGEST)
    return "gathered, goes out" if gathered else "held by quiet hours until", message.due_at


def group(name: str) -> str:
    """Name a kind of message by its first word, also one that is not known here."""
    return GROUP.get(name) or name.replace("_", " ").capitalize()


def room(load: Load, *, address: str) -> Written:
    """Write what a room is told: tickets with their links, and last where all of them are, since the middle may be cut."""
    if not load.parts:
        return _alone(load.message, _ticket(load.message, address))
    lines = _listed(load, [_ticket(each, address) for each in load.every])
    last = f"The board: {address}/board" if address else "See the board."
    return Written(folded_subject(load), "\n".join([*lines, "", last]), "")


def short(load: Load, refs: Mapping[UUID, str]) -> Written:
    """Write what a telephone shows: the subject, and as much of the text, or of the tickets, as fits two short messages.

    `refs` are the references of tickets by their public ids, as many as may fit.
    """
    message = load.message
    if not load.parts:
        text = " ".join(message.text.split())
        return Written(message.subject, _cut(text, max(_SHORT - len(message.subject), 20)), "")
    subject = _cut(folded_subject(load), _SHORT_SUBJECT)
    named: dict[UUID | str, str] = {}
    for each in load.every:
        named.setdefault(each.ticket or each.subject, refs.get(each.ticket, each.subject) if each.ticket else each.subject)
    return Written(subject, _named(list(named.values()), _SHORT - len(subject)), "")


def _named(names: Sequence[str], room: int) -> str:
    """As many names as fit, and how many more there are and where: nothing else that a telephone has shows them."""
    for count in range(min(len(names), room), -1, -1):
        left = len(names) - count
        more = [f"{left} more: see the board"] if left else []
        said = " and ".join([*([", ".join(names[:count])] if count else []), *more])
        if len(said) <= room:
            return said
    return ""


def folded_subject(load: Load) -> str:
    """Say how many they are, and what the first one says, or that they were gathered."""
    if load.message.fold.startswith(DIGEST):
        return f"Your {load.message.fold.removeprefix(DIGEST)} summary: {load.number} messages"
    return f"{load.number} messages: {load.message.subject}"


def folded_text(load: Load, *, address: str) -> str:
    """List them, each with where to read on; few of them are told in full below."""
    links = [_link(each, address) for each in load.every]
    return "\n".join([*_listed(load, links, where=f": {address}/" if any(links) else ""), ""])


def _listed(load: Load, links: Sequence[str], *, where: str = "") -> list[str]:
    """The lines of a list, and what each of few says in full; `where` follows how many a long one leaves out."""
    every = load.every
    lines = [f"{_opening(load)}:", ""]
    lines += [f"- {each.subject}{f': {link}' if link else ''}" for each, link in zip(every[:LISTED], links, strict=False)]
    if len(every) > LISTED:
        lines.append(f"- and {len(every) - LISTED} more{where}")
    if len(every) <= _TOLD:
        for each in every:
            lines += ["", "", each.subject, "-" * min(len(each.subject), 72), each.text.strip()]
    return lines


def _folded_html(load: Load, address: str) -> str:
    every = load.every
    items = []
    for each in every[:LISTED]:
        link, subject = _link(each, address), escape(each.subject)
        items.append(f'<li><a href="{escape(link)}">{subject}</a></li>' if link else f"<li>{subject}</li>")
    if len(every) > LISTED:
        more = f"and {len(every) - LISTED} more"
        linked = any(_link(each, address) for each in every)
        items.append(f'<li><a href="{escape(address)}/">{more}</a></li>' if linked else f"<li>{more}</li>")
    told = ""
    if len(every) <= _TOLD:
        told = "".join(f"<h2>{escape(each.subject)}</h2><p>{_broken(each.text.strip())}</p>" for each in every)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"></head>'
        '<body style="font:15px/1.5 system-ui,sans-serif;color:#17191e">'
        f"<p>{_opening(load)}:</p><ul>{''.join(items)}</ul>{told}</body></html>"
    )


def _opening(load: Load) -> str:
    gathered = load.message.fold.startswith(DIGEST)
    return f"{len(load.every)} messages {'that were gathered for you' if gathered else 'that belong together'}"


def _link(message: Message, address: str) -> str:
    return _ticket(message, address) if message.person else ""


def _ticket(message: Message, address: str) -> str:
    return f"{address}/tickets/{message.ticket}" if message.ticket and address else ""


def _cut(text: str, letters: int) -> str:
    return text if len(text) <= letters else f"{text[: letters - 1]}…"


def _broken(text: str) -> str:
    return escape(text).replace("\n", "<br>\n")
