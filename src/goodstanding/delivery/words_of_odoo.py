"""What is said of connections to Odoo: how they stand, what an account can read, what a desk's stages mean."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from goodstanding.apps.instances.queries import Instance
from goodstanding.core.desk.events import EventKind, PauseOwner
from goodstanding.core.desk.states import State
from goodstanding.delivery import words

WARN: Final = timedelta(days=30)
"""How long before its end a key is warned of."""
DESK: Final = {"oca": "OCA helpdesk", "enterprise": "Odoo Helpdesk", "project": "project tasks"}
TEAMS: Final = {"oca": "Teams", "enterprise": "Teams", "project": "Projects"}
INTERFACE: Final = {"json2": "JSON-2", "jsonrpc": "JSON-RPC", "xmlrpc": "XML-RPC"}
NEEDED: Final = {"tickets": "Following tickets", "health": "Health scans"}
MEANINGS: Final = {
    "opened": "New: nobody works on it yet",
    "progress": "Work",
    "waiting:customer": "Waiting on client",
    "waiting:supplier": "Waiting on supplier",
    "waiting:agreed_date": "Waiting for an agreed date",
    "waiting:partner": "Waiting on us",
    "resolved": "Resolved",
    "closed": "Closed",
    "cancelled": "Called off",
}
"""What a stage can stand for, by the value it has in a form: a kind of event, and of a wait whom it is for."""
PRIORITIES: Final = {
    "oca": (("3", "Very high"), ("2", "High"), ("1", "Medium"), ("0", "Low")),
    "enterprise": (("3", "Urgent"), ("2", "High priority"), ("1", "Medium priority"), ("0", "Low priority")),
    "project": (("1", "High: starred"), ("0", "Normal")),
}
_MODELS: Final = {
    "helpdesk.ticket": "tickets",
    "helpdesk.ticket.stage": "stages",
    "helpdesk.ticket.team": "teams",
    "helpdesk.ticket.category": "categories",
    "helpdesk.ticket.channel": "channels",
    "helpdesk.ticket.tag": "tags",
    "helpdesk.sla": "its own SLA rules",
    "helpdesk.ticket.sla": "its own SLA deadlines",
    "helpdesk.stage": "stages",
    "helpdesk.team": "teams",
    "project.task": "project tasks",
    "project.task.type": "stages of tasks",
    "project.project": "projects",
    "mail.message": "what was written",
    "mail.message.subtype": "whether it was written for the client or among staff",
    "mail.tracking.value": "when stages and people changed",
    "rating.rating": "ratings",
    "ir.model.fields": "which fields there are",
    "res.users": "users",
    "res.partner": "contacts",
    "ir.module.module": "installed modules",
    "ir.module.module.dependency": "what modules need",
    "ir.cron": "scheduled actions",
    "ir.cron.trigger": "when scheduled actions are due",
    "ir.cron.progress": "how scheduled actions went",
    "ir.config_parameter": "system parameters",
    "res.users.log": "when users signed in",
    "res.users.apikeys": "names and ends of API keys",
    "res.groups": "groups",
    "res.groups.privilege": "privileges of groups",
    "ir.model": "models",
    "ir.model.data": "what each module brought",
    "ir.model.access": "access rights",
    "ir.rule": "record rules",
    "ir.access": "access rights and rules",
    "ir.actions.server": "server actions",
    "base.automation": "automated actions",
    "ir.ui.view": "views",
    "ir.attachment": "attachments, their names and sizes",
    "ir.logging": "the log",
    "ir.mail_server": "outgoing mail servers",
    "fetchmail.server": "incoming mail servers",
    "mail.mail": "outgoing mails",
    "queue.job": "queued jobs",
    "ir.sequence": "sequences",
    "res.lang": "languages",
    "res.company": "companies",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """How a connection stands: the kind of its sign and its word, and of trouble what it says and advises."""

    kind: str
    word: str
    said: str = ""
    advice: str = ""


def standing(instance: Instance) -> Standing:
    """Say how the tickets of a connection are followed."""
    following = instance.following
    if following is None:
        return Standing("none", "Not followed")
    if not following.on:
        return Standing("paused", "Stopped")
    if following.trouble is not None:
        kind, word = ("failed", "In trouble") if following.failures else ("at_risk", "Not everything")
        return Standing(kind, word, following.trouble["said"], following.trouble["advice"])
    if following.caught_up:
        return Standing("on_track", "On track")
    if following.cursor:
        return Standing("working", "First reading")
    return Standing("waiting", "Never looked")


def key_end(ends_at: datetime | None, now: datetime) -> Standing | None:
    """Warn of a key that ends within thirty days or has ended; None where there is nothing to warn of."""
    if ends_at is None or ends_at - now > WARN:
        return None
    if ends_at <= now:
        return Standing("failed", f"Key ended {words.ago(ends_at, now)}")
    return Standing("at_risk", f"Key ends {words.ago(ends_at, now)}")


def model(name: str) -> str:
    """Name what is kept in a model of Odoo."""
    return _MODELS.get(name, name)


@dataclass(frozen=True, slots=True)
class Reading:
    """What an account can and cannot read for a purpose; `barred` has the words and the name of each model."""

    title: str
    reads: tuple[str, ...]
    barred: tuple[tuple[str, str], ...]


def readings(account: Mapping[str, Any]) -> tuple[Reading, ...]:
    """Say what an account, as it is kept, can and cannot read, by what for."""
    return tuple(
        Reading(
            title,
            tuple(dict.fromkeys(map(model, account["readable"][needed]))),
            tuple((model(each), each) for each in account["barred"][needed]),
        )
        for needed, title in NEEDED.items()
    )


def needed(account: Mapping[str, Any]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """List the models of this Odoo that are read, by what for: the rights that an account is to be given."""
    return tuple((title, (*account["readable"][name], *account["barred"][name])) for name, title in NEEDED.items())


def warnings(account: Mapping[str, Any], *, version: str, key_name: str) -> tuple[str, ...]:
    """Say what is worth knowing about an account, as it is kept."""
    said = {
        "administrator": (
            "This account is an administrator. It works, but whoever got hold of its key could change anything in that Odoo:"
            " make an account that can only read."
        ),
        "no_tickets": (
            "There are no tickets to follow: no helpdesk and no project is installed, or the account may not read them."
        ),
        "none_seen": (
            "The account may read tickets but sees not one: record rules hide them, or there are none yet."
            " The steps to a reading account say how to show them."
        ),
        "key_unknown": (
            f"The account has no key named “{key_name}” that it shows, so nobody can be warned before it ends. Check the name."
        ),
        "old_interface": (
            f"A password was entered. Odoo {version} still takes it, over an interface that Odoo means to remove:"
            " use an API key."
        ),
    }
    if not _keys_end(version):
        del said["key_unknown"]
    found = [said[each] for each in account["findings"] if each in said]
    seen, total = account["companies"]
    if total is not None and seen < total:
        found.append(
            f"The account is in {seen} of {words.count(total, 'company', 'companies')} and sees the records of no other."
        )
    return tuple(found)


def key(key_name: str, ends_at: str, version: str) -> str:
    """Say what is known of a key; `ends_at` is its last day as it is written, empty where nobody knows."""
    if not _keys_end(version):
        return f"{key_name or 'not named'}; Odoo {version} keeps no end of keys"
    if ends_at:
        return f"{key_name} ends {ends_at}"
    return f"{key_name}, without an end that is known" if key_name else "no name was given, so its end is not known"


def _keys_end(version: str) -> bool:
    """Tell whether a series of Odoo lets keys end: from 18 on."""
    digits = "".join(each if each.isdigit() else " " for each in version.partition(".")[0]).split()
    return not digits or int(digits[-1]) >= 18


def desks(kinds: Iterable[str]) -> str:
    """Name the desks of a database: `OCA helpdesk and project tasks`."""
    return " and ".join(DESK[each] for each in kinds) or "no desk"


def odoo(version: str, account: Mapping[str, Any]) -> str:
    """Name an Odoo: `Odoo 18.0 Enterprise`."""
    return f"Odoo {version}{' Enterprise' if account.get('enterprise') else ''}"


def meaning_of(state: State) -> str:
    """Return the value that a form has for a state."""
    if state.kind is EventKind.WAITING:
        return f"waiting:{state.owner or PauseOwner.PARTNER}"
    return "cancelled" if state.kind is EventKind.MERGED else str(state.kind)


def state_said(said: Mapping[str, Any]) -> str:
    """Return the value that a form has for what somebody has set a stage to."""
    return meaning_of(State(EventKind(said["kind"]), PauseOwner(said["owner"]) if said.get("owner") else None))


def meant_by(value: str) -> dict[str, str | None] | None:
    """Return what a form's value sets a stage to, as it is kept; None for what is no such value."""
    if value not in MEANINGS:
        return None
    kind, _, owner = value.partition(":")
    return {"kind": kind, "owner": owner or None}


def step(kind: EventKind, owner: PauseOwner | None, priority: str | None) -> str:
    """Say one thing that happened to a ticket, behind the name of who did it."""
    if kind is EventKind.WAITING:
        return f"set it {words.OWNER[owner or PauseOwner.PARTNER]}"
    said = words.EVENT[kind]
    return f"{said} as {priority}" if priority and kind is EventKind.OPENED else f"{said} to {priority}" if priority else said
