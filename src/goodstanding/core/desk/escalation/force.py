"""Which plan was in force when, for a client under a tier."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from goodstanding.core.clocks.clock import second_of
from goodstanding.core.desk.escalation.places import Plans
from goodstanding.core.desk.escalation.plan import Plan, PlanVersion, Spell
from goodstanding.core.desk.reckon import FOREVER


def in_force(versions: Iterable[PlanVersion], *, client: str, tier: str | None) -> tuple[Spell, ...]:
    """Return the plans that applied to a client under a tier, in order and without overlap.

    A plan of the client's own beats one of its tier, which beats the common one; one taken back (`plan` None) leaves the
    next wider. Before the first version nothing is in force, so that setting escalation up fires no step for the past
    (semantics.md 2, row 62); where a tier or client is excepted with an empty plan, nothing is escalated. Of two that begin
    at one instant the one given later stands.
    """
    mine = sorted(
        (each for each in versions if each.client in (None, client) and (each.client is not None or each.tier in (None, tier))),
        key=lambda each: each.from_at,
    )
    standing: dict[int, PlanVersion] = {}
    found: list[Spell] = []
    for each in mine:
        width = 0 if each.client is not None else 1 if each.tier is not None else 2
        standing[width] = each
        at = second_of(each.from_at)
        bound = next((standing[w] for w in sorted(standing) if standing[w].plan is not None), None)
        if found and found[-1].end == FOREVER:
            _close(found, at)
        if bound is not None and bound.plan is not None:
            _open(found, at, bound.id, bound.plan)
    return tuple(found)


def book(versions: Sequence[PlanVersion], tiers: Mapping[str, str]) -> Plans:
    """Return the plans of a partner as steps are decided by; `tiers` tells the tier of each assignment."""

    @cache
    def found(client: str, assignment: str | None) -> tuple[Spell, ...]:
        return in_force(versions, client=client, tier=None if assignment is None else tiers.get(assignment))

    return found


def _close(found: list[Spell], at: int) -> None:
    last = found.pop()
    if last.start < at:
        found.append(Spell(last.start, at, last.version, last.plan))


def _open(found: list[Spell], at: int, version: str, plan: Plan) -> None:
    if found and found[-1].version == version and found[-1].end == at:
        last = found.pop()
        found.append(Spell(last.start, FOREVER, version, plan))
    else:
        found.append(Spell(at, FOREVER, version, plan))
