"""Priorities of a file: every word of a column read at once, and asked about where numbers could run either way."""

from collections.abc import Callable, Mapping
from typing import Final

import polars as pl

from goodstanding.adapters.files.tickets.asking import Asked, Choice, ImportMap, NeedsAnswer, Question
from goodstanding.adapters.files.tickets.words import is_bare_number, plain, priority_of

LOWEST_FIRST: Final = "lowest_number_most_urgent"
HIGHEST_FIRST: Final = "highest_number_most_urgent"


def priority_reader(cells: pl.Series | None, header: str, product: str, told: ImportMap) -> Callable[[str], str | None]:
    """Return what turns a word of the column into P1 to P4, S1 to S4 or nothing, None for a word nobody explained.

    `cells` are of `cells.text`. Raises `NeedsAnswer` for bare numbers of an unknown product.
    """
    words = [] if cells is None else cells.drop_nulls().unique().sort().to_list()

    def read(word: str) -> str | None:
        known = told.priorities.get(plain(word))
        return known if known is not None else priority_of(word, product)

    unexplained = [word for word in words if is_bare_number(word) and read(word) is None]
    if unexplained and not product and len(unexplained) <= 6:
        raise NeedsAnswer(_ask(header, tuple(unexplained)))
    return read


def _ask(header: str, words: tuple[str, ...]) -> Question:
    """Ask which end is urgent; a scale has at least four steps, from 0 or from 1."""
    numbers = {word: int(float(word)) for word in words}
    first = 0 if 0 in numbers.values() else 1
    last = max(first + 3, *numbers.values())
    scales: Mapping[str, Mapping[str, str]] = {
        LOWEST_FIRST: {word: f"P{min(number - first + 1, 4)}" for word, number in numbers.items()},
        HIGHEST_FIRST: {word: f"P{min(last - number + 1, 4)}" for word, number in numbers.items()},
    }
    choices = tuple(
        Choice(name, tuple(scale[word] for word in words), {plain(word): rank for word, rank in scale.items()})
        for name, scale in scales.items()
    )
    return Question(Asked.PRIORITIES, header, words, choices)
