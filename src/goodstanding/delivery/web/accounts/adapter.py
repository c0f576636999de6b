"""What allauth asks of us: nobody signs up by themselves."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class Adapter(DefaultAccountAdapter):
    """People are invited by a partner's administrator; there is no open sign-up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
