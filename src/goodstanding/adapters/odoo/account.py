"""What an account can and cannot read, and the steps to one that can read just what is needed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from goodstanding.adapters.odoo.connection import Access, Connection
from goodstanding.adapters.odoo.dialects import rights_models
from goodstanding.adapters.odoo.trouble import NoMethod, NoModel, NoRight
from goodstanding.adapters.odoo.version import Version


class Needed(StrEnum):
    """What for a model is read."""

    TICKETS = "tickets"
    HEALTH = "health"


TICKET_MODELS: Final = (
    "helpdesk.ticket",
    "helpdesk.ticket.stage",
    "helpdesk.ticket.team",
    "helpdesk.ticket.category",
    "helpdesk.ticket.channel",
    "helpdesk.ticket.tag",
    "helpdesk.sla",
    "helpdesk.ticket.sla",
    "helpdesk.stage",
    "helpdesk.team",
    "project.task",
    "project.task.type",
    "project.project",
    "mail.message",
    "mail.message.subtype",
    "mail.tracking.value",
    "rating.rating",
    "ir.model.fields",
    "res.users",
    "res.partner",
)
"""What following tickets reads: OCA and Odoo helpdesk, tasks, their messages and tracked changes. A database has some."""

HEALTH_MODELS: Final = (
    "ir.module.module",
    "ir.module.module.dependency",
    "ir.cron",
    "ir.cron.trigger",
    "ir.cron.progress",
    "ir.config_parameter",
    "res.users",
    "res.users.log",
    "res.users.apikeys",
    "res.groups",
    "ir.model",
    "ir.model.fields",
    "ir.model.data",
    "ir.actions.server",
    "base.automation",
    "ir.ui.view",
    "ir.attachment",
    "ir.logging",
    "ir.mail_server",
    "fetchmail.server",
    "mail.mail",
    "queue.job",
    "ir.sequence",
    "res.lang",
    "res.company",
)
"""What a health scan reads, besides the models of rights, which change with the version (odoo-facts.md 5)."""

_HIDDEN_BY_RULES: Final = ("helpdesk.ticket", "project.task")
"""Models whose records rules of internal users hide even where reading the model is allowed (odoo-facts.md 5)."""


class Finding(StrEnum):
    """What is worth telling a person about an account."""

    ADMINISTRATOR = "administrator"
    """The account may change settings: far more than is needed, and an API key may do all that its account may."""
    NO_TICKETS = "no_tickets"
    """No model of tickets is there, or none is readable."""
    NONE_SEEN = "none_seen"
    """A model of tickets is readable but not one record is seen: record rules hide them, or there are none yet."""
    BARRED = "barred"
    """Models that are needed are there and may not be read."""
    KEY_ENDED = "key_ended"
    KEY_ENDS = "key_ends"
    """The key has an expiry date."""
    KEY_UNKNOWN = "key_unknown"
    """No key of this name is shown, or this version keeps no expiry."""
    OLD_INTERFACE = "old_interface"
    """Odoo 19 or later is asked over an interface that goes away: a password was entered in place of an API key."""


@dataclass(frozen=True, slots=True)
class Reach:
    """What the account has of one model. `records` is how many it sees, archived ones too, or None where not counted."""

    model: str
    needed: tuple[Needed, ...]
    access: Access
    records: int | None = None


@dataclass(frozen=True, slots=True)
class KeyDates:
    """The dates of an API key; `expires_at` is None for a key that lasts until it is revoked."""

    name: str
    created_at: datetime | None
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class AccountReport:
    """An account as it was found: who it is, what it reaches, and what is worth telling, as codes."""

    version: Version
    login: str
    companies: int
    company_total: int | None
    administrator: bool
    reaches: tuple[Reach, ...]
    key: KeyDates | None
    findings: tuple[Finding, ...]

    def barred(self, needed: Needed) -> tuple[str, ...]:
        """Return the models needed for something that are there and closed to the account."""
        return tuple(each.model for each in self.reaches if needed in each.needed and each.access is Access.BARRED)

    def readable(self, needed: Needed) -> tuple[str, ...]:
        """Return the models needed for something that the account may read."""
        return tuple(each.model for each in self.reaches if needed in each.needed and each.access is Access.READABLE)


def examine(connection: Connection, *, now: datetime, key_name: str = "") -> AccountReport:
    """Return what the account of a connection can and cannot read; nothing is changed and no record's content is read.

    `key_name` is the name under which the API key was made: an account sees names and dates of its keys, never which one
    it came in with, so it must be told (odoo-facts.md 3). Expiry dates exist from 18 on. Raises `Unreachable`,
    `BadCredentials` and `Unexpected`; a model that refuses is a part of the report.
    """
    needed: dict[str, list[Needed]] = {}
    for model in TICKET_MODELS:
        needed.setdefault(model, []).append(Needed.TICKETS)
    for model in (*HEALTH_MODELS, *rights_models(connection.version)):
        needed.setdefault(model, []).append(Needed.HEALTH)
    reaches = tuple(_reach(connection, model, tuple(why)) for model, why in needed.items())
    administrator = _is_administrator(connection)
    login, companies = _self(connection)
    key = _key(connection, key_name) if key_name else None
    findings = _findings(connection, reaches, key, administrator=administrator, asked=bool(key_name), now=now)
    total = connection.search_count("res.company") if _open(reaches, "res.company") else None
    return AccountReport(connection.version, login, companies, total, administrator, reaches, key, findings)


def least_privilege_steps(version: Version) -> tuple[str, ...]:
    """Return the steps by which a person makes an account that reads what is needed and changes nothing.

    Where each was measured: odoo-facts.md 3 and 5.
    """
    steps = [
        "Switch on developer mode (Settings, Developer Tools).",
        "Make a group of its own for this product (Settings, Users & Companies, Groups), for example “Goodstanding”.",
    ]
    if version.major >= 20:
        steps.append("Give the group Access lines with the operation Read and an empty domain on the models listed as barred.")
        steps.append("Give it lines with the operation Read and the domain [(1, '=', 1)] on helpdesk.ticket and project.task.")
        steps.append("On ir.config_parameter use the domain [('key', 'not ilike', 'secret')].")
    else:
        steps.append("On its tab Access Rights add the models listed as barred, with Read ticked and nothing else.")
        steps.append(
            "On its tab Record Rules add one on helpdesk.ticket and one on project.task, each with the domain [(1, '=', 1)] and"
            " only Read ticked: other rules hide tickets of other people."
        )
        steps.append(
            "Add a rule on ir.config_parameter with the domain [('key', 'not ilike', 'secret')], which keeps secrets out."
        )
    steps.append(
        "Whoever may read a ticket may also post on it. To stop that, add a rule on mail.message with the domain [(0, '=', 1)]"
        " and Create, Write and Delete ticked, but not Read. Leave it out if deadlines are to be written back as notes."
        if version.major < 20
        else "Leave mail.message without Write, Create and Delete, unless deadlines are to be written back as notes."
    )
    if version.major >= 18:
        steps.append(
            "Enter 365 as the API Keys maximum duration of the group: without it, keys of ordinary users end after 90 days."
        )
    steps.append("Make an internal user with this group and no other application's rights.")
    steps.append("Put the user in all companies (Allowed Companies): it sees only the records of its companies.")
    made = "Sign in as this user and make an API key (Preferences, Account Security, New API Key); note its name"
    steps.append(f"{made}, and choose 365 days." if version.major >= 18 else f"{made}.")
    steps.append("Enter the login and the key here. To take the access away, delete the key or archive the user.")
    return tuple(steps)


def _reach(connection: Connection, model: str, why: tuple[Needed, ...]) -> Reach:
    access = connection.access(model)
    if access is not Access.READABLE or model not in _HIDDEN_BY_RULES:
        return Reach(model, why, access)
    try:
        return Reach(model, why, access, connection.search_count(model, archived=True))
    except NoRight:
        return Reach(model, why, Access.BARRED)


def _is_administrator(connection: Connection) -> bool:
    try:
        return connection.in_group("base.group_system") or connection.in_group("base.group_erp_manager")
    except (NoRight, NoMethod):
        return False


def _self(connection: Connection) -> tuple[str, int]:
    rows = connection.read("res.users", [connection.uid], ["login", "company_ids"])
    return (rows[0].text("login") or "", len(rows[0].ids("company_ids"))) if rows else ("", 0)


def _key(connection: Connection, name: str) -> KeyDates | None:
    """Return the dates of the account's newest key of a name."""
    try:
        domain = [("name", "=", name), ("user_id", "=", connection.uid)]
        fields = ["create_date", "expiration_date"]
        rows = connection.search_read("res.users.apikeys", domain, fields, order="id desc", limit=1)
    except (NoRight, NoModel):
        return None
    if not rows:
        return None
    return KeyDates(name, rows[0].instant("create_date"), rows[0].instant("expiration_date"))


def _findings(
    connection: Connection, reaches: tuple[Reach, ...], key: KeyDates | None, *, administrator: bool, asked: bool, now: datetime
) -> tuple[Finding, ...]:
    found = []
    if administrator:
        found.append(Finding.ADMINISTRATOR)
    tickets = [each for each in reaches if each.model in _HIDDEN_BY_RULES and each.access is Access.READABLE]
    if not tickets:
        found.append(Finding.NO_TICKETS)
    elif not any(each.records for each in tickets):
        found.append(Finding.NONE_SEEN)
    if any(each.access is Access.BARRED for each in reaches):
        found.append(Finding.BARRED)
    if asked and (key is None or connection.version.major < 18):
        found.append(Finding.KEY_UNKNOWN)
    elif key is not None and key.expires_at is not None:
        found.append(Finding.KEY_ENDED if key.expires_at <= now else Finding.KEY_ENDS)
    if connection.version.major >= 19 and connection.interface != "json2":
        found.append(Finding.OLD_INTERFACE)
    return tuple(found)


def _open(reaches: tuple[Reach, ...], model: str) -> bool:
    access: Mapping[str, Access] = {each.model: each.access for each in reaches}
    return access.get(model) is Access.READABLE
