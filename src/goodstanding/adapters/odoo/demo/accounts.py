"""Who may sign in to a demo Odoo, and what they may see there (odoo-facts.md 5)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from goodstanding.adapters.odoo.domains import Domain

EVERY: Final[Domain] = [(1, "=", 1)]
NONE: Final[Domain] = [(0, "=", 1)]

_OF_EVERYBODY: Final = frozenset(
    {"res.users", "res.partner", "res.company", "res.users.apikeys", "mail.message", "helpdesk.ticket", "helpdesk.ticket.stage"}
    | {"helpdesk.ticket.team", "helpdesk.sla", "helpdesk.ticket.sla", "project.task", "rating.rating"}
)
_OF_INTERNAL: Final = _OF_EVERYBODY | {
    "res.groups",
    "ir.module.module",
    "ir.attachment",
    "mail.message.subtype",
    "helpdesk.ticket.category",
    "helpdesk.ticket.channel",
    "helpdesk.ticket.tag",
    "project.project",
    "project.task.type",
}


@dataclass(frozen=True, slots=True)
class Key:
    """An API key: its name, its secret, and when it ends; None for never."""

    name: str
    secret: str = field(repr=False)
    created_at: datetime
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """A user of a demo Odoo. `reads` and `writes` name models, None for all; `rules` hold which records are seen."""

    login: str
    password: str = field(repr=False)
    name: str
    groups: tuple[str, ...] = ("base.group_user",)
    reads: frozenset[str] | None = None
    writes: frozenset[str] | None = frozenset()
    rules: Mapping[str, Domain] = field(default_factory=dict)
    keys: tuple[Key, ...] = ()
    second_factor: bool = False
    active: bool = True

    @property
    def internal(self) -> bool:
        """Whether this is an internal user rather than a portal or share user."""
        return "base.group_user" in self.groups

    @property
    def administrator(self) -> bool:
        """Whether the account may change the settings."""
        return "base.group_system" in self.groups

    def may(self, doing: str, model: str) -> bool:
        """Tell whether the account's groups give a right on a model: `read` or any way of writing."""
        allowed = self.reads if doing == "read" else self.writes
        return allowed is None or model in allowed


def settings(login: str, password: str, *, keys: tuple[Key, ...] = ()) -> Account:
    """Return an administrator, who sees and changes everything."""
    groups = ("base.group_user", "base.group_erp_manager", "base.group_system")
    return Account(login, password, "Mitchell Admin", groups, None, None, keys=keys)


def auditor(
    login: str, password: str, *, keys: tuple[Key, ...] = (), sees_tickets: bool = True, second_factor: bool = False
) -> Account:
    """Return an internal user with a group of its own that may read and not write.

    Record rules of internal users hide tickets and tasks from it unless its group has a rule of its own for them
    (odoo-facts.md 5), which `sees_tickets` says.
    """
    shown = EVERY if sees_tickets else NONE
    rules = {"helpdesk.ticket": shown, "project.task": shown, "res.users.apikeys": [("user_id.login", "=", login)]}
    groups = ("base.group_user", "goodstanding.auditor")
    return Account(login, password, "Auditor", groups, None, frozenset(), rules, keys, second_factor)


def basic(login: str, password: str, *, keys: tuple[Key, ...] = ()) -> Account:
    """Return an internal user without any further right."""
    rules = {"helpdesk.ticket": NONE, "project.task": NONE, "res.users.apikeys": [("user_id.login", "=", login)]}
    return Account(login, password, "Employee", ("base.group_user",), _OF_INTERNAL, frozenset(), rules, keys)


def portal(login: str, password: str) -> Account:
    """Return a customer's user of the portal."""
    rules = {"res.users": [("login", "=", login)], "helpdesk.ticket": NONE, "project.task": NONE, "mail.message": NONE}
    return Account(login, password, "Portal", ("base.group_portal",), _OF_EVERYBODY, frozenset(), rules)
