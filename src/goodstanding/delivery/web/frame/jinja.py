"""The Jinja2 environment of the pages: words, addresses and icons, and an error for every name that is not there."""

from functools import lru_cache
from typing import Any

from django.middleware.csrf import get_token
from django.templatetags.static import static
from django.urls import reverse
from django_htmx.jinja import htmx_script
from jinja2 import Environment, StrictUndefined
from lucide.jinja import lucide

from goodstanding.delivery import words


def environment(**options: Any) -> Environment:
    """Return the environment. Django's engine asks for escaping; an undefined name raises instead of printing nothing."""
    made = Environment(**options | {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True})  # noqa: S701 - see above
    made.globals.update(
        static=static,
        url=address,
        icon=icon,
        htmx_script=htmx_script,
        csrf_token_of=get_token,
        words=words,
        pairs=lambda names: [(name, name) for name in names],
        first_up=lambda text: text[:1].upper() + text[1:],
    )
    made.filters.update(
        duration=words.duration,
        hours=words.hours,
        percent=words.percent,
        moment=words.moment,
        ago=words.ago,
        countdown=words.countdown,
        zip=zip,
        iso=words.iso,
        instant=words.instant,
        left=words.left,
        short=words.short,
        day=words.day,
        clock=words.clock,
    )
    return made


@lru_cache(maxsize=1_024)
def icon(name: str, size: int = 24, **attributes: str) -> str:
    """Return an icon as SVG; drawn once, since a page has dozens and drawing them took a seventh of its time."""
    return lucide(name, size=size, **attributes)


def address(name: str, *args: object, **kwargs: object) -> str:
    """Return the address of a page by its name."""
    return reverse(name, args=args, kwargs=kwargs)
