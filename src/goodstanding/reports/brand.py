"""The tokens that every printed page shares with the product's own: colours for light and dark, type, the mark."""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Final


@dataclass(frozen=True, slots=True)
class Tint:
    """A colour in light and in dark, as CSS writes them."""

    light: str
    dark: str

    @property
    def css(self) -> str:
        """The colour of the theme in force."""
        return f"light-dark({self.light}, {self.dark})"


COLOURS: Final[Mapping[str, Tint]] = {
    "paper": Tint("#f7f7f5", "#121417"),
    "raised": Tint("#ffffff", "#1a1d22"),
    "sunken": Tint("#efefeb", "#0e1013"),
    "ink": Tint("#17191e", "#e9eaed"),
    "muted": Tint("#595f6b", "#a2a9b5"),
    "line": Tint("#e2e2dd", "#2b3038"),
    "line-strong": Tint("#83878d", "#717985"),
    "accent": Tint("#2f49d1", "#9db0ff"),
    "positive": Tint("#0b6b43", "#57c99a"),
    "caution": Tint("#875100", "#eab54a"),
    "critical": Tint("#b4201a", "#ff8a80"),
    "positive-soft": Tint("#e3f3eb", "#14291f"),
    "caution-soft": Tint("#fbf0d9", "#2d2411"),
    "critical-soft": Tint("#fbe6e4", "#331a18"),
    "muted-soft": Tint("#ececea", "#23272e"),
}
"""The values of the site's token sheet; a test holds the two together."""

TEXT: Final = (
    'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "Liberation Sans", Arial, sans-serif'
)

SHAPES: Final[Mapping[str, str]] = {
    "met": '<circle cx="6" cy="6" r="5"/>',
    "breached": '<rect x="1" y="1" width="10" height="10" rx="1"/>',
    "at_risk": '<path d="M6 1 11.5 11H.5z"/>',
    "paused": '<path d="M2 1h3v10H2zM7 1h3v10H7z"/>',
    "unknown": '<circle cx="6" cy="6" r="4" fill="none" stroke="currentColor" stroke-width="1.5" stroke-dasharray="2 1.8"/>',
}
"""The shape of each state in a square of 12: never colour alone (look.md)."""


def tokens() -> str:
    """Return the colours as a rule of CSS custom properties."""
    lines = "\n".join(f"  --{name}: {tint.css};" for name, tint in COLOURS.items())
    return f":root {{\n  color-scheme: light dark;\n{lines}\n  --text: {TEXT};\n}}\n"


def shape(name: str) -> str:
    """Return the shape of a state as inline SVG; the word stands beside it, so readers of pages aloud pass over it."""
    return f'<svg class="shape" viewBox="0 0 12 12" aria-hidden="true">{SHAPES[name]}</svg>'


def state(name: str, word: str) -> str:
    """Return a state as shape, colour and word."""
    return f'<span class="state {name}">{shape(name)}{escape(word)}</span>'
