"""Pages for what went wrong: what it is, why, and what to do."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from goodstanding.delivery.web.frame.render import page


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say that a role does not allow it."""
    text = "Your role does not allow this. Ask an administrator of your firm if you need it."
    return page(request, "frame/saying.html", {"title": "Not yours to do", "text": text}, status=403)


def missing(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say that there is nothing here, or nothing for this person: the two look the same."""
    text = "There is no such page, or what it showed is not yours to see."
    return page(request, "frame/saying.html", {"title": "Nothing here", "text": text}, status=404)


def unreadable(request: HttpRequest) -> HttpResponse:
    """Say that what was sent cannot be read."""
    text = "What was sent holds a character that no text has. Go back, type it anew and send it again."
    return page(request, "frame/saying.html", {"title": "That cannot be read", "text": text}, status=400)


def too_large(request: HttpRequest) -> HttpResponse:
    """Say that more was sent than any form here holds; none of it was read."""
    text = "More was sent than any form here holds. Nothing of it was kept."
    return page(request, "frame/saying.html", {"title": "That is too much", "text": text}, status=413)


def broken(request: HttpRequest) -> HttpResponse:
    """Say that we failed; nothing that was saved before is lost."""
    return HttpResponse(
        "<!doctype html><html lang=en><head><meta charset=utf-8><meta name=viewport content='width=device-width'>"
        f"<title>Something broke</title><link rel=icon href='{settings.STATIC_URL}goodstanding/mark.svg'>"
        f"<link rel=stylesheet href='{settings.STATIC_URL}goodstanding/frame.css'></head><body><main class=saying>"
        "<h1>Something broke on our side</h1><p>What you had saved is kept. Try again; if it stays so, tell whoever runs "
        "this server when it happened.</p><p><a href='/'>Back to the start</a></p></main></body></html>",
        status=500,
    )
