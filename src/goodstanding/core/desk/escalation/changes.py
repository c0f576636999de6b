"""What a version of a plan changes against the one before it."""

from dataclasses import dataclass, fields

from goodstanding.core.desk.escalation.plan import Plan, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanChanges:
    """Steps by their names for good, and what else of a plan differs, by the names of its fields."""

    added: tuple[Step, ...] = ()
    removed: tuple[Step, ...] = ()
    changed: tuple[tuple[Step, Step], ...] = ()
    """Each as it was and as it is."""
    moved: bool = False
    """Whether steps that are in both stand in another order."""
    parts: tuple[str, ...] = ()

    @property
    def any(self) -> bool:
        """Whether anything differs."""
        return bool(self.added or self.removed or self.changed or self.moved or self.parts)


def changes_of(before: Plan, after: Plan) -> PlanChanges:
    """Return what turns one plan into another; equal plans differ in nothing."""
    old = {step.key: step for step in before.steps}
    new = {step.key: step for step in after.steps}
    kept = [key for key in old if key in new]
    return PlanChanges(
        added=tuple(step for key, step in new.items() if key not in old),
        removed=tuple(step for key, step in old.items() if key not in new),
        changed=tuple((old[key], new[key]) for key in kept if old[key] != new[key]),
        moved=kept != [key for key in new if key in old],
        parts=tuple(
            each.name
            for each in fields(Plan)
            if each.name != "steps" and getattr(before, each.name) != getattr(after, each.name)
        ),
    )
