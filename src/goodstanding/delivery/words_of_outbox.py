"""The words of what goes out: one message as it was written, several as one with a list."""

from html import escape
from typing import Final

from goodstanding.apps.outbox.queries import DIGEST, Channel, Load, Message, Result, State
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


def letter(load: Load, *, address: str) -> Written:
    """Write a letter; `address` is where people reach the product."""
    if not load.parts:
        message = load.message
        link = _link(message, address)
        text = message.text if not link or link in message.text else f"{message.text.rstrip()}\n\n{link}\n"
        return Written(message.subject, text, message.html)
    return Written(folded_subject(load), folded_text(load, address=address), _folded_html(load, address))


def group(name: str) -> str:
    """Name a kind of message by its first word, also one that is not known here."""
    return GROUP.get(name) or name.replace("_", " ").capitalize()


def short(load: Load) -> Written:
    """Write what a telephone shows: the subject, and as much of the text as fits two short messages."""
    message = load.message
    subject = folded_subject(load) if load.parts else message.subject
    text = " ".join(message.text.split()) if not load.parts else "Open the inbox for the list."
    room = max(_SHORT - len(subject), 20)
    return Written(subject, text if len(text) <= room else f"{text[: room - 1]}…", "")


def folded_subject(load: Load) -> str:
    """Say how many they are, and what the first one says, or that they were gathered."""
    if load.message.fold.startswith(DIGEST):
        return f"Your {load.message.fold.removeprefix(DIGEST)} summary: {len(load.every)} messages"
    return f"{len(load.every)} messages: {load.message.subject}"


def folded_text(load: Load, *, address: str) -> str:
    """List them, each with where to read on; few of them are told in full below."""
    every = load.every
    lines = [f"{_opening(load)}:", ""]
    for each in every[:LISTED]:
        link = _link(each, address)
        lines.append(f"- {each.subject}{f': {link}' if link else ''}")
    if len(every) > LISTED:
        lines.append(f"- and {len(every) - LISTED} more: {address}/inbox")
    if len(every) <= _TOLD:
        for each in every:
            lines += ["", "", each.subject, "-" * min(len(each.subject), 72), each.text.strip()]
    return "\n".join([*lines, ""])


def _folded_html(load: Load, address: str) -> str:
    every = load.every
    items = []
    for each in every[:LISTED]:
        link, subject = _link(each, address), escape(each.subject)
        items.append(f'<li><a href="{escape(link)}">{subject}</a></li>' if link else f"<li>{subject}</li>")
    if len(every) > LISTED:
        items.append(f'<li><a href="{escape(address)}/inbox">and {len(every) - LISTED} more</a></li>')
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
    return f"{address}/tickets/{message.ticket}" if message.ticket and message.person and address else ""


def _broken(text: str) -> str:
    return escape(text).replace("\n", "<br>\n")
