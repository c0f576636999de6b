"""Choose the tier that is meant: one that ships, by its key, or one of one's own from its file; check it, show it."""

import json
from pathlib import Path

from goodstanding.adapters.files.schema import near, schema
from goodstanding.adapters.files.tier_fields import SCHEMA
from goodstanding.adapters.files.tiers import CATALOGUE, catalogue, check_tier, dump_tier, load_tier
from goodstanding.adapters.files.yaml12 import FileError, Problem
from goodstanding.core.commerce.tier import Tier

CannotBeRead = FileError
"""A tier, calendar or map that cannot be read; it lists every problem found, with file, line and field."""


def tier_named(text: str) -> Tier:
    """Return the shipped tier of that key, whatever its capitals, or the tier in the file at that path.

    Raises `FileError` with every problem found.
    """
    shipped = {each.key: each for each in catalogue()}
    if text.casefold() in shipped:
        return shipped[text.casefold()]
    path = Path(text)
    if not path.exists():
        expected = f"the path of a tier, or one of {', '.join(CATALOGUE)}"
        raise FileError(Problem(text, 1, "", expected, "no such file", near(text, CATALOGUE)))
    return load_tier(path)


def problems_of(path: Path) -> tuple[Problem, ...]:
    """Return all that is wrong or unclear in the tier of a file, in the order of its lines (requirements TIER-8)."""
    return check_tier(path)


def shipped() -> tuple[Tier, ...]:
    """Return the tiers of the catalogue, in the order in which they are shown."""
    return catalogue()


def text_of(tier: Tier) -> str:
    """Write a tier as YAML that reads back as the same tier."""
    return dump_tier(tier)


def schema_text() -> str:
    """Return the JSON Schema of a tier's file."""
    return json.dumps(schema(SCHEMA), indent=2, ensure_ascii=False) + "\n"
