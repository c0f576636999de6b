"""Names that changed between versions: one name here, whatever this database calls it."""

from collections.abc import Container, Mapping
from typing import Final

from goodstanding.adapters.odoo.version import Version

_GROUPS: Final = {"group_ids": ("group_ids", "groups_id")}

RENAMED: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "res.users": {**_GROUPS, "all_group_ids": ("all_group_ids", "groups_id")},
    "res.groups": {"user_ids": ("user_ids", "users"), "all_user_ids": ("all_user_ids", "users")},
    "ir.actions.server": _GROUPS,
    "ir.cron": _GROUPS,
    "ir.ui.view": _GROUPS,
    "mail.tracking.value": {"field_id": ("field_id", "field")},
    "ir.module.module": {"version_installed": ("latest_version",), "version_on_disk": ("installed_version",)},
    "project.task": {"allocated_hours": ("allocated_hours", "planned_hours")},
}
"""Our name of a field, and what it is called, newest first (odoo-facts.md 6). `all_group_ids` are groups with those they
imply, which up to 18 is what `groups_id` holds. `latest_version` of a module is the version installed in the database and
`installed_version` the one found on disk: Odoo's names mislead, so ours differ."""


def name_here(model: str, name: str, known: Container[str]) -> str | None:
    """Return what a database that knows the fields `known` calls a field, or None where it has none of the kind."""
    for each in RENAMED.get(model, {}).get(name, (name,)):
        if each in known:
            return each
    return name if name in known else None


def rights_models(version: Version) -> tuple[str, ...]:
    """Return the models that hold access rights and record rules: two up to 19, one from 20 on.

    `ir.access` (read in source, not measured) has model_id, group_id (none: a restriction for everybody), operation (a
    subset of "rwcd") and domain.
    """
    return ("ir.access",) if version.major >= 20 else ("ir.model.access", "ir.rule")
