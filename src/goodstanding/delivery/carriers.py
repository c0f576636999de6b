"""What carries messages from this process, as the operator has set it up."""

from collections.abc import Callable, Mapping
from datetime import datetime

from django.conf import settings

from goodstanding.apps.outbox.queries import TO_ENDPOINTS, Channel, Load
from goodstanding.delivery import words_of_outbox
from goodstanding.delivery.outgoing import missing, outgoing
from goodstanding.flows.carry_inbox import InboxCarrier
from goodstanding.flows.carry_mail import MailCarrier
from goodstanding.flows.carry_posts import PostCarrier
from goodstanding.flows.deliver_messages import Carrier
from goodstanding.flows.reach_odoo import Reach
from goodstanding.flows.send_questions import Written


def to_people() -> Mapping[Channel, Carrier]:
    """Return what carries messages to people's mailboxes and inboxes, for one turn."""
    why = missing()
    mail = MailCarrier(outgoing(), say=letter, missing=f"No mail goes out: {why}." if why else "")
    return {Channel.INBOX: InboxCarrier(), Channel.EMAIL: mail}


def to_endpoints(reach: Reach, clock: Callable[[], datetime]) -> Mapping[Channel, Carrier]:
    """Return what carries messages to rooms, telephones and systems, for one turn."""
    posts = PostCarrier(reach.sender, say=room, say_short=words_of_outbox.short, clock=clock)
    return dict.fromkeys(TO_ENDPOINTS, posts)


def letter(load: Load) -> Written:
    """Put a message, and all that is folded into it, in the words of a letter."""
    return words_of_outbox.letter(load, address=settings.ADDRESS)


def room(load: Load) -> Written:
    """Put a message, and all that is folded into it, in the words of a room."""
    return words_of_outbox.room(load, address=settings.ADDRESS)
