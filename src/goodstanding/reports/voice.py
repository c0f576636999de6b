"""What a report asks of whoever speaks for the product: its words for states, figures and faults."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any, Protocol

from goodstanding.core.clocks.calendar import Calendar
from goodstanding.core.desk.policy import ClockKind, Target
from goodstanding.core.desk.verdict import ClockState
from goodstanding.core.figures.figures import Compliance
from goodstanding.core.figures.numbers import Rating, Share, Spread


class Voice(Protocol):
    """Words are delivery's; reports only set them. The module `delivery.words_of_measurement` speaks this way.

    Without it a report would need words of its own, and one thing would have two names (look.md, Words).
    """

    @property
    def STATE(self) -> Mapping[ClockState, str]: ...  # noqa: N802 - named as the module that speaks has it
    @property
    def CLOCK(self) -> Mapping[ClockKind, str]: ...  # noqa: N802 - named as the module that speaks has it
    @property
    def DIMENSION(self) -> Mapping[str, str]: ...  # noqa: N802 - named as the module that speaks has it
    @property
    def NAMELESS(self) -> Mapping[str, str]: ...  # noqa: N802 - named as the module that speaks has it
    @property
    def PRODUCT(self) -> Mapping[str, str]: ...  # noqa: N802 - named as the module that speaks has it
    @property
    def SHAPE(self) -> Mapping[str, str]: ...  # noqa: N802 - named as the module that speaks has it

    def calendar(self, found: Calendar) -> str:
        """Say when service is given."""

    def count(self, number: int, one: str, many: str = "") -> str:
        """Write a number with its noun."""

    def duration(self, length: timedelta | None, *, parts: int = 2) -> str:
        """Write wall time."""

    def fault(self, row: Any, tiers: Iterable[str] = ()) -> str:
        """Say why a row was set aside."""

    def figure(self, name: str, value: Share | Spread | Rating | None) -> str:
        """Write a key figure with what it is made of."""

    def figure_name(self, name: str) -> str:
        """Name a key figure."""

    def hours(self, length: timedelta | None) -> str:
        """Write open time."""

    def meaning(self, read_as: str) -> str:
        """Say what a word of the file was read as."""

    def moment(self, at: datetime | None, zone: str, *, year: bool = False) -> str:
        """Write an instant on the clocks of a zone."""

    def note(self, told: Any) -> str:
        """Say what was noticed while reading."""

    def percent(self, share: Fraction | None, *, places: int = 1) -> str:
        """Write a share, rounded down."""

    def points(self, difference: Fraction | None) -> str:
        """Write a difference of shares."""

    def rate(self, compliance: Compliance | None) -> str:
        """Write the share of met clocks, or why there is none."""

    def spent(self, seconds: Fraction | int | None) -> str:
        """Write an exact number of open seconds."""

    def target(self, promised: Target) -> str:
        """Write a target."""

    def undecided(self, compliance: Compliance) -> str:
        """Say what became of clocks that are not decided."""
