"""Mail in words: how a mailbox stands, why a letter is held, and what a letter of our own says."""

from datetime import datetime
from typing import Final

from goodstanding.apps.post.queries import Letter, Mailbox
from goodstanding.core.desk.letters import Because
from goodstanding.delivery import words
from goodstanding.flows.send_questions import Written

HELD: Final = {
    Because.STRANGER: "Nobody knows this sender",
    Because.STRANGER_IN_THREAD: "An unknown sender answers in a ticket",
    Because.OTHER_CLIENT: "The sender answers in another client’s ticket",
    Because.UNPROVEN: "The mail server could not prove the sender: it may be forged",
    Because.NO_CLIENT: "One of you wrote, but about which client?",
    Because.ALERT: "A client’s program sent it: is it a ticket?",
    Because.UNREADABLE: "It cannot be read: look at it in the mailbox",
    Because.TOO_LARGE: "It is too large: only its head was taken",
}
SECURITY: Final = {"tls": "TLS", "starttls": "STARTTLS"}
AFTER: Final = {"leave": "Leave it as it is", "seen": "Mark it as read", "move": "Move it to a folder"}


def why_held(letter: Letter) -> str:
    """Say why a letter waits for a person."""
    return HELD.get(Because(letter.because), "It waits for a person") if letter.because else "It waits for a person"


def state(mailbox: Mailbox) -> tuple[str, str]:
    """Return the shape and the word of how a mailbox stands."""
    if not mailbox.settings.is_on:
        return "paused", "Switched off"
    if not mailbox.settings.host:
        return "on_track", "Piped in"
    if mailbox.error:
        return "breached", "Not read"
    return ("on_track", "Read") if mailbox.read_at else ("waiting", "Not read yet")


def trouble(mailbox: Mailbox, now: datetime) -> str:
    """Say what keeps a mailbox from being read, what to do, and when it is tried next; nothing when it is read."""
    if not mailbox.error or not mailbox.settings.is_on:
        return ""
    said = " ".join(each for each in (mailbox.error, mailbox.advice) if each)
    if mailbox.next_look_at is None or mailbox.next_look_at <= now:
        return said
    return f"{said} Tried again {words.ago(mailbox.next_look_at, now)}."


def new_password(link: str, address: str) -> Written:
    """Write to who asked for a new password."""
    text = (
        f"Somebody asked for a new password for your account at {address}.\n\n"
        f"Choose it here, within three days:\n{link}\n\n"
        "The link works once. If it was not you who asked, leave this letter alone: nothing has changed."
    )
    return Written(subject="Choose a new password", text=text, html="")
