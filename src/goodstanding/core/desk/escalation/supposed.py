"""Plans as though: the ones in force now, or with one of them exchanged, taken to hold from an instant on."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Final

from goodstanding.core.desk.escalation.plan import Plan, PlanVersion

SUPPOSED: Final = "supposed"
"""The id of a plan that nobody has published."""


def suppose(
    versions: Iterable[PlanVersion],
    *,
    from_at: datetime,
    instead: Plan | None = None,
    tier: str | None = None,
    client: str | None = None,
    exchange: bool = False,
) -> tuple[PlanVersion, ...]:
    """Return the newest version of each plan, the common one, each tier's and each client's, as though from `from_at` on.

    With `exchange`, `instead` stands in the place of the plan of that tier or client, or of the common one where both are
    None; None takes it back. What a rehearsal compares is so decided by the very rule that decides which plan is in force.
    """
    newest = {(each.tier, each.client): replace(each, from_at=from_at) for each in versions}
    if exchange:
        newest[tier, client] = PlanVersion(id=SUPPOSED, from_at=from_at, plan=instead, tier=tier, client=client)
    return tuple(newest.values())
