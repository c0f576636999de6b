"""Pages for what went wrong: what it is, why, and what to do."""

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


def broken(request: HttpRequest) -> HttpResponse:
    """Say that we failed; nothing that was saved before is lost."""
    return HttpResponse(
        "<!doctype html><html lang=en><meta charset=utf-8><title>Something broke</title>"
        "<h1>Something broke on our side</h1><p>What you had saved is kept. Try again; if it stays so, tell whoever runs "
        "this server when it happened.</p><p><a href='/'>Back to the start</a></p>",
        status=500,
    )
