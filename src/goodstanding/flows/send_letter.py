"""Send one letter of the product's own, to one address, now."""

import uuid
from datetime import datetime

from goodstanding.adapters.mail.compose import Draft, compose
from goodstanding.adapters.mail.markup import html_of_text
from goodstanding.adapters.mail.smtp import send
from goodstanding.adapters.outbound.trouble import Trouble
from goodstanding.flows.send_questions import Outgoing, Written

_OURS = "Goodstanding"


def send_letter(outgoing: Outgoing, written: Written, *, recipient: str, now: datetime) -> str:
    """Hand a letter to the operator's mail server; returns what went wrong, without whom or what about, empty for nothing."""
    try:
        letter = compose(
            Draft(
                sender=outgoing.mail_from,
                sender_name=_OURS,
                recipient=recipient,
                subject=written.subject,
                text=written.text,
                html=written.html or html_of_text(written.text),
                message_id=f"<{uuid.uuid4()}@{outgoing.mail_from.rpartition('@')[2]}>",
                written_at=now,
            )
        )
        send(outgoing.server, letter, sender=outgoing.mail_from, recipient=recipient, allow=outgoing.allow, tls=outgoing.tls)
    except Trouble as trouble:
        return trouble.said
    return ""
