"""What allauth asks of us: nobody signs up by themselves, failures say what to do, and how a lost password is replaced."""

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any, Final

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from goodstanding.delivery.outgoing import outgoing
from goodstanding.delivery.words_of_mail import new_password
from goodstanding.flows import count_guesses
from goodstanding.flows.send_letter import send_letter
from goodstanding.flows.send_questions import Outgoing, Written

_LOG: Final = logging.getLogger(__name__)
POST: Final = ThreadPoolExecutor(max_workers=1, thread_name_prefix="post")
"""Sends beside the answer, one after the other: waited for, the time it takes would tell who has an account."""


class Adapter(DefaultAccountAdapter):
    """People are invited by a partner's administrator; there is no open sign-up."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "This e-mail address and password do not belong together. Try again, or ask for a new one.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Look at no more guesses after so many: allauth counts in the memory of one process, of which there may be several."""
        super().pre_authenticate(request, **credentials)
        if count_guesses.too_many(credentials.get("email", ""), self.get_client_ip(request), now=request.now):
            raise self.validation_error("too_many_login_attempts")

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        count_guesses.failed(credentials.get("email", ""), self.get_client_ip(request), now=request.now)

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Lead to the address that the operator named, whatever host was asked."""
        person, _, token = key.partition("-")
        return settings.ADDRESS + reverse("account_reset_password_from_key", kwargs={"uidb36": person, "key": token})

    def send_password_reset_mail(self, user: Any, email: str, context: dict[str, Any]) -> None:
        """Send the link to the address of the account, which need not be the very letters that were typed."""
        by = outgoing()
        if by is not None:
            POST.submit(_send, by, new_password(context["password_reset_url"], settings.ADDRESS), user.email)


def _send(by: Outgoing, written: Written, recipient: str) -> None:
    # Neither whom nor what: who reads the log must not come in by a link in it.
    trouble = send_letter(by, written, recipient=recipient, now=datetime.now(UTC))
    if trouble:
        _LOG.warning("A link to choose a new password could not be sent: %s", trouble)
