"""How fast the partner is: shares of the promised time, how often it is missed, and how long clients take to answer."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from random import Random
from typing import Final

from goodstanding.adapters.demo.cast import Client
from goodstanding.adapters.demo.dice import around, dice_of

_LATE_REPLIES: Final = 0.027
_LATE_RESOLUTIONS: Final = 0.05
"""How often a promise is missed in an ordinary month for an ordinary client."""
_BAD_MONTH: Final = 2.6
"""How much worse the one bad month is: two of the seniors are away."""
_BAD_EVERY: Final = 18
_BAD_PHASES: Final = (14, 15, 16)
"""Of all months counted through, one in so many is bad: March, April or May of one year, then autumn of the next."""

_ROOMY: Final = 30 * 3_600
_VERY_ROOMY: Final = 60 * 3_600
"""Targets, in open seconds, that leave people room to put a ticket off."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How likely a reply and a resolution are to come late, for one client in one month."""

    late_reply: float
    late_resolution: float

    @property
    def perfect(self) -> bool:
        """Whether nothing may ever come late."""
        return self.late_resolution == 0


def is_bad(seed: str, year: int, month: int) -> bool:
    """Whether the partner is short of people in a month; once in every history of eighteen months."""
    return (year * 12 + month - 1) % _BAD_EVERY == dice_of(seed, "bad month").choice(_BAD_PHASES)


def pace_of(seed: str, client: Client, on: date) -> Pace:
    """Return the pace of a client's month: its own, the month's mood, and worse for everybody in the bad month."""
    return _pace_of_month(seed, client, on.year, on.month)


@lru_cache(maxsize=512)
def _pace_of_month(seed: str, client: Client, year: int, month: int) -> Pace:
    mood = around(dice_of(seed, client.key, year, month, "mood"), 1.0, 0.35)
    factor = client.lateness * mood * (_BAD_MONTH if is_bad(seed, year, month) else 1)
    return Pace(min(0.3, _LATE_REPLIES * factor), min(0.45, _LATE_RESOLUTIONS * factor))


def reply_share(dice: Random, late: float) -> float:
    """Return how much of the response target passes before the first reply; above 1 is late.

    Most replies come early, some because the deadline was in sight, the late ones not by much.
    """
    chance = dice.random()
    if chance < late:
        return 1.04 + min(1.2, dice.expovariate(3.0))
    if chance < late + 0.04:
        return dice.uniform(0.72, 0.98)
    return min(0.7, around(dice, 0.2, 0.75))


def resolution_share(dice: Random, late: float, target: int) -> float:
    """Return how much of a resolution target of so many open seconds is used; above 1 is late.

    Targets of many days leave room: they are overrun by less, and more of them are finished only when the end comes near.
    """
    roomy = target > _ROOMY
    hurried = 0.04 + 0.36 * min(1.0, target / _VERY_ROOMY)
    chance = dice.random()
    if chance < late:
        return 1.04 + min(1.8, dice.expovariate(2.3 if roomy else 1.4))
    if chance < late + hurried:
        return dice.uniform(0.74, 0.985)
    return min(0.73, around(dice, 0.24 if roomy else 0.31, 0.7))


def answer_hours(dice: Random, client: Client) -> float:
    """Return how many of their own working hours a client takes to answer a question."""
    return min(45.0, around(dice, 3.6, 1.15)) * client.slowness
