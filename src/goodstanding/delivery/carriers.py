"""What carries messages from this process, as the operator has set it up."""

from collections.abc import Mapping

from django.conf import settings

from goodstanding.apps.outbox.queries import Channel, Load
from goodstanding.delivery import words_of_outbox
from goodstanding.delivery.outgoing import missing, outgoing
from goodstanding.flows.carry_inbox import InboxCarrier
from goodstanding.flows.carry_mail import MailCarrier
from goodstanding.flows.deliver_messages import Carrier
from goodstanding.flows.send_questions import Written


def everywhere() -> Mapping[Channel, Carrier]:
    """Return what carries messages by each channel, for one turn."""
    why = missing()
    mail = MailCarrier(outgoing(), say=letter, missing=f"No mail goes out: {why}." if why else "")
    return {Channel.INBOX: InboxCarrier(), Channel.EMAIL: mail}


def letter(load: Load) -> Written:
    """Put a message, and all that is folded into it, in the words of a letter."""
    return words_of_outbox.letter(load, address=settings.ADDRESS)
