"""The page for who has lost a password."""

from allauth.account import views
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render

from goodstanding.delivery.outgoing import missing


def password_reset(request: HttpRequest) -> HttpResponseBase:
    """Send a link to choose a new password; where no mail goes out, say so rather than let somebody wait for it."""
    if missing():
        return render(request, "account/password_reset_without_mail.html")
    return views.password_reset(request)
