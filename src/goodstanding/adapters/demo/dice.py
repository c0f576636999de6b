"""Chance that can be repeated: dice thrown from a text, and the few shapes of chance the demo needs."""

from math import exp, log
from random import Random


def dice_of(*parts: object) -> Random:
    """Return dice that fall the same way whenever they are made of the same parts."""
    text = "/".join(map(str, parts))
    return Random(text)  # noqa: S311  a play, not a secret: the same text must give the same world


def around(dice: Random, median: float, spread: float) -> float:
    """Return a positive number, half of the time below `median`, with a long tail upwards."""
    return dice.lognormvariate(log(median), spread)


def count_of(dice: Random, mean: float) -> int:
    """Return how many of many rare things happened, where `mean` is expected (Poisson; mean below about 50)."""
    floor, product, count = exp(-mean), dice.random(), 0
    while product > floor:
        product *= dice.random()
        count += 1
    return count
