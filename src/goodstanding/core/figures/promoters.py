"""The net promoter score: how many would recommend, less how many would not (metrics.md PP-DIM-05)."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

SCORES: Final = range(11)
_PROMOTES_FROM: Final = 9
_DETRACTS_UP_TO: Final = 6


@dataclass(frozen=True, slots=True)
class Promoters:
    """Answers to “would you recommend us?” by what they count as."""

    promoters: int
    passives: int
    detractors: int

    @property
    def answers(self) -> int:
        """All of them."""
        return self.promoters + self.passives + self.detractors

    @property
    def score(self) -> Fraction | None:
        """Promoters less detractors of all answers, exact, from -100 to 100; None without an answer."""
        return Fraction(100 * (self.promoters - self.detractors), self.answers) if self.answers else None


def promoters(scores: Iterable[int]) -> Promoters:
    """Count answers from 0 to 10: 9 and 10 promote, up to 6 detract. Raises `ValueError` for another score."""
    listed = list(scores)
    for score in listed:
        if score not in SCORES:
            raise ValueError(f"{score} is no answer from 0 to 10")
    promoting = sum(score >= _PROMOTES_FROM for score in listed)
    detracting = sum(score <= _DETRACTS_UP_TO for score in listed)
    return Promoters(promoting, len(listed) - promoting - detracting, detracting)
