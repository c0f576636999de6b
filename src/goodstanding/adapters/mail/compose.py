"""A letter of our own: plain text with its HTML twin, sent by a program and saying so."""

from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Final

from goodstanding.adapters.mail.addresses import own, theirs
from goodstanding.adapters.outbound.trouble import Refused

_HEADERS: Final = ("sender", "sender_name", "recipient", "subject", "message_id", "reply_to", "thread", "unsubscribe")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a letter says and to whom; `message_id` names it for good, so that it sent again is the same letter."""

    sender: str
    sender_name: str
    recipient: str
    subject: str
    text: str
    html: str
    message_id: str
    written_at: datetime
    reply_to: str = ""
    thread: str = ""
    """What letters of one thread name as what they answer, whether it was ever sent or not (RFC 5322 3.6.4)."""
    unsubscribe: str = ""
    """The address of the page, and of the one-click call, that ends letters of this kind (RFC 8058)."""


def compose(draft: Draft) -> EmailMessage:
    """Return the letter, marked as automatic (RFC 3834) so that no autoresponder answers it.

    Raises `Refused` where a header would hold a line end: what is told of a client never becomes a header of its own.
    """
    for name in _HEADERS:
        value = getattr(draft, name)
        if any(letter in value for letter in "\r\n\0"):
            raise Refused("A header of this letter would hold a line end.", advice="Take it out of the name or the title.")
    message = EmailMessage(policy=SMTP)
    try:
        message["From"] = own(draft.sender, draft.sender_name)
        message["To"] = theirs(draft.recipient)
        if draft.reply_to:
            message["Reply-To"] = own(draft.reply_to)
        message["Subject"] = draft.subject
    except (ValueError, IndexError) as error:
        raise Refused("An address of this letter cannot be one.", advice="Check the contact's address.") from error
    message["Date"] = format_datetime(draft.written_at)
    message["Message-ID"] = draft.message_id
    if draft.thread:
        message["In-Reply-To"] = message["References"] = draft.thread
    message["Auto-Submitted"] = "auto-generated"
    if draft.unsubscribe:
        message["List-Unsubscribe"] = f"<{draft.unsubscribe}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(draft.text)
    message.add_alternative(draft.html, subtype="html")
    return message
