"""A secret that a page shows once: between the change and the page it lies in the session, sealed."""

from django.http import HttpRequest

from goodstanding.apps.unit.sealed import SealBroken, Sealed


def keep_to_show(request: HttpRequest, name: str, secret: str) -> None:
    """Keep a secret for the next page; the table of sessions never holds it in the open."""
    request.session[name] = Sealed.of(secret).token


def show_once(request: HttpRequest, name: str) -> str:
    """Return the secret that was kept, this once; empty when there is none."""
    token = request.session.pop(name, "")
    try:
        return Sealed(token).open() if token else ""
    except SealBroken:
        return ""
