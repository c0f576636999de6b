"""Let a machine in: who calls, and whether there is anything left of what they may ask."""

from datetime import datetime, timedelta

from goodstanding.apps.chat.queries import Workspace
from goodstanding.apps.doors import actions, queries
from goodstanding.apps.doors.queries import Caller, Endpoint, Key
from goodstanding.apps.tenancy.scope import Scope


class TooMany(Exception):
    """More was asked than the key or the partner may ask; `wait` says how long until there is something left."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__("more was asked than may be asked at once")
        self.wait = wait


def admit(secret: str, *, per_key: int, per_partner: int, now: datetime) -> Caller | None:
    """Return who calls with a key, None if nobody does; limits are calls a minute. Raises `TooMany`."""
    caller = queries.caller(secret, now)
    if caller is not None:
        spend(caller.key, per_key=per_key, per_partner=per_partner, now=now)
        actions.note_use(caller.scope, caller.key, now=now)
    return caller


def spend(used: Key | Endpoint | Workspace, *, per_key: int, per_partner: int, now: datetime) -> None:
    """Take one call from what a key, endpoint or chat may ask, and then from what its partner may; raises `TooMany`.

    In this order, so that one that asks too much takes nothing from the others.
    """
    kind = {Key: "key", Endpoint: "hook", Workspace: "chat"}[type(used)]
    allowances = ((f"{kind} {used.pk}", per_key), (f"partner {used.partner}", per_partner))
    for name, per_minute in allowances:
        wait = actions.spend(Scope.of_machine(used.partner, (), "its allowance"), name, per_minute=per_minute, now=now)
        if wait is not None:
            raise TooMany(wait)
