"""The kinds of fields that go in and out: texts every database takes, instants with a zone, exact numbers."""

import re
from datetime import date, datetime
from typing import Annotated, Any, Final

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
)

from goodstanding.core.figures.numbers import Share
from goodstanding.delivery import words

YEARS: Final = range(1971, 2099)
"""The years clocks count in, with one to spare on either side for the zones."""
_INSTANT: Final = re.compile(
    r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)",
    re.ASCII,
)


class In(BaseModel):
    """What is sent to us; a field that nobody knows is refused, since it is a misspelt one."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Out(BaseModel):
    """What we answer with."""

    model_config = ConfigDict(frozen=True)


def _readable(text: str) -> str:
    if "\0" in text:
        raise ValueError("a text cannot hold the character NUL")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("a text cannot hold half a character (a lone surrogate)") from None
    return text


def _instant(value: Any) -> Any:
    """Take a text as RFC 3339 has it and nothing else: 0 is no datetime, and one without a zone says too little."""
    if isinstance(value, datetime):
        return value
    if not isinstance(value, str) or not _INSTANT.fullmatch(value):
        raise ValueError("write a moment as RFC 3339 has it, with its zone: 2026-11-18T12:00:00Z")
    try:
        return datetime.fromisoformat(value.upper())
    except ValueError as error:
        raise ValueError(f"there is no such moment: {error}") from None


def _in_reach(at: datetime) -> datetime:
    if at.year not in YEARS:
        raise ValueError(f"the year {at.year} lies outside {YEARS[0]} to {YEARS[-1]}")
    return at


def _day(value: Any) -> Any:
    if isinstance(value, date):
        return value
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
        raise ValueError("write a day as 2026-11-18")
    return date.fromisoformat(value)


Text = Annotated[str, AfterValidator(_readable)]
Instant = Annotated[
    AwareDatetime,
    BeforeValidator(_instant),
    AfterValidator(_in_reach),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-11-18T12:00:00Z"]}),
]
Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
At = Annotated[
    datetime,
    PlainSerializer(words.iso, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-11-18T12:00:00Z"]}),
]
"""An instant that goes out: UTC, whole seconds."""
Limit = Annotated[int, Field(ge=1, le=200, description="How many to answer with at most.")]
After = Annotated[
    str, Field(max_length=300, description="Where to go on: `next` of the answer before. Leave it out for the beginning.")
]


class ShareOut(Out):
    """So many of so many, exact; `percent` is rounded down to a tenth, and null where there is nothing to share."""

    part: int
    whole: int
    percent: str | None

    @classmethod
    def of(cls, share: Share) -> "ShareOut":
        """Return a share as it goes out, the figure as pages show it."""
        shown = None if share.value is None else words.percent(share.value).removesuffix(" %")
        return cls(part=share.part, whole=share.whole, percent=shown)
