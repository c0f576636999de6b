"""Mail as the operator has set it up: the server, the sender, and the key that links in mail are signed with."""

import hashlib
import hmac

from django.conf import settings

from goodstanding.flows.send_questions import Outgoing


def outgoing() -> Outgoing | None:
    """Return how mail goes out; None where none does, for the reason that `missing` gives."""
    if missing():
        return None
    return Outgoing.read(
        settings.SMTP_URL,
        mail_from=settings.MAIL_FROM,
        address=settings.ADDRESS,
        key=ballot_key(),
        networks=settings.ALLOW_NETWORKS,
    )


def missing() -> str:
    """Say why no mail goes out; empty where it does."""
    named = {
        "GOODSTANDING_SMTP_URL": settings.SMTP_URL,
        "GOODSTANDING_MAIL_FROM": settings.MAIL_FROM,
        "GOODSTANDING_ADDRESS": settings.ADDRESS,
    }
    unset = [name for name, value in named.items() if not value]
    if unset:
        named_all = unset[0] if len(unset) == 1 else f"{', '.join(unset[:-1])} and {unset[-1]}"
        return f"{named_all} {'is' if len(unset) == 1 else 'are'} not set on this server"
    try:
        Outgoing.read(settings.SMTP_URL, mail_from="", address="", key=b"", networks=settings.ALLOW_NETWORKS)
    except ValueError as error:
        return str(error)
    return ""


def ballot_key() -> bytes:
    """Return what links to answer by are signed with: derived from the secret key, and good for nothing else."""
    return hmac.digest(settings.SECRET_KEY.encode(), b"goodstanding.feedback", hashlib.sha256)
