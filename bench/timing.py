"""How things are timed: CPU of this process, rounds of all candidates in turn, the median round."""

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """A figure beside its goal; `good` is None where there is no goal to meet."""

    what: str
    figure: str
    goal: str = ""
    good: bool | None = None


def rounds(candidates: Mapping[str, Callable[[], object]], *, times: int = 5, warm: int = 1) -> dict[str, float]:
    """Return the median CPU seconds of each candidate, run in turn so that a machine that slows down slows all."""
    taken: dict[str, list[float]] = {name: [] for name in candidates}
    for number in range(times + warm):
        for name, run in candidates.items():
            begun = time.process_time()
            run()
            if number >= warm:
                taken[name].append(time.process_time() - begun)
    return {name: statistics.median(each) for name, each in taken.items()}


def at_least(what: str, ratio: float, goal: float, unit: str = "x") -> Row:
    """A ratio that should be large."""
    return Row(what, f"{ratio:,.1f}{unit}" if ratio < 1_000 else f"{ratio:,.0f}{unit}", f">= {goal:,g}{unit}", ratio >= goal)


def at_most(what: str, ratio: float, goal: float, unit: str = "x") -> Row:
    """A ratio that should be small."""
    return Row(what, f"{ratio:,.2f}{unit}", f"<= {goal:,g}{unit}", ratio <= goal)
