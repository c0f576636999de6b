"""Connect an Odoo: try an address and credentials, say what the account can read, keep it, and look at it again later."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from goodstanding.adapters.odoo.account import AccountReport, KeyDates, Needed, examine, least_privilege_steps
from goodstanding.adapters.odoo.connecting import Credentials, base_of, connect
from goodstanding.adapters.odoo.connection import Connection
from goodstanding.adapters.odoo.desks import DeskKind, desks_of
from goodstanding.apps.instances import actions, queries
from goodstanding.apps.instances.queries import Instance
from goodstanding.apps.tenancy.roles import May
from goodstanding.apps.tenancy.scope import Scope
from goodstanding.apps.unit import together
from goodstanding.flows.reach_odoo import Reach, remembered


@dataclass(frozen=True, slots=True)
class Tried:
    """What an address and credentials lead to: which Odoo, what its account can read, and which desks it has."""

    address: str
    database: str
    interface: str
    report: AccountReport
    desks: tuple[DeskKind, ...]
    steps: tuple[str, ...]
    """How a person makes an account with the least rights, for this version."""
    kept: dict[str, Any]
    """The same as it is kept with an instance."""

    @property
    def key(self) -> KeyDates | None:
        """The dates of the key it was asked about."""
        return self.report.key

    @property
    def version(self) -> str:
        """The series of Odoo, such as `18.0`."""
        return self.report.version.series

    @property
    def reads_tickets(self) -> bool:
        """Whether there is a desk, and nothing that following its tickets needs is closed to the account."""
        return bool(self.desks) and not self.report.barred(Needed.TICKETS)


def try_odoo(address: str, login: str, secret: str, *, database: str, key_name: str, reach: Reach, now: datetime) -> Tried:
    """Sign in and look at what the account can read; nothing is changed there and nothing kept here.

    Raises `Unreachable`, `Refused` or `Unexpected`, each with what a person can do about it.
    """
    base = base_of(address)
    connection = connect(reach.to(base), base, Credentials(login, secret), database=database)
    return _tried(base, connection, key_name=key_name, now=now)


def connect_odoo(
    scope: Scope,
    *,
    partner: int,
    client: int | None,
    name: str,
    address: str,
    login: str,
    secret: str,
    database: str,
    key_name: str,
    reach: Reach,
    now: datetime,
) -> Instance:
    """Try an Odoo and keep it with its sealed credentials; raises as trying does, and as keeping does."""
    scope.demand(May.SET_INSTANCES)
    tried = try_odoo(address, login, secret, database=database, key_name=key_name, reach=reach, now=now)
    with together():
        made = actions.add(
            scope,
            partner=partner,
            client=client,
            name=name or tried.address.partition("://")[2],
            url=tried.address,
            database=tried.database,
            login=login,
            secret=secret,
            key_name=key_name,
            now=now,
        )
        _keep(scope, made.public_id, tried, now)
    return queries.instance(scope, made.public_id)


def change_access(
    scope: Scope, public_id: UUID, *, login: str, secret: str, key_name: str, reach: Reach, now: datetime
) -> Instance:
    """Try other credentials on a known Odoo and keep them where they work; an empty secret means the known one."""
    scope.demand(May.SET_INSTANCES)
    known = queries.instance(scope, public_id)
    tried = try_odoo(
        known.url, login, secret or known.secret.open(), database=known.database, key_name=key_name, reach=reach, now=now
    )
    with together():
        actions.change_access(scope, public_id, login=login, secret=secret, key_name=key_name, now=now)
        _keep(scope, public_id, tried, now)
    return queries.instance(scope, public_id)


def examine_again(scope: Scope, public_id: UUID, *, reach: Reach, now: datetime) -> Tried:
    """Look again at what the account of a known Odoo can read, and keep it; raises as trying does, and `SealBroken` where
    the key of its secret is not at hand.

    Nothing remembered is used: Odoo may have been upgraded, and other versions are asked in other ways.
    """
    scope.demand(May.SET_INSTANCES)
    known = queries.instance(scope, public_id)
    credentials = Credentials(known.login, known.secret.open())
    connection = connect(reach.to(known.url), known.url, credentials, database=known.database)
    found = _tried(known.url, connection, key_name=known.key_name, now=now)
    _keep(scope, public_id, found, now)
    return found


def _tried(base: str, connection: Connection, *, key_name: str, now: datetime) -> Tried:
    report = examine(connection, now=now, key_name=key_name)
    desks = tuple(desk.kind for desk in desks_of(connection))
    steps = least_privilege_steps(connection.version)
    kept = {
        "known": dict(remembered(connection)),
        "login": report.login,
        "administrator": report.administrator,
        "companies": [report.companies, report.company_total],
        "findings": [each.value for each in report.findings],
        "desks": [each.value for each in desks],
        "barred": {each.value: list(report.barred(each)) for each in Needed},
        "readable": {each.value: list(report.readable(each)) for each in Needed},
        "seen": {each.model: each.records for each in report.reaches if each.records is not None},
        "enterprise": report.version.enterprise,
        "steps": list(steps),
    }
    return Tried(
        base,
        connection.database,
        connection.interface.value,
        report,
        desks,
        steps,
        kept,
    )


def _keep(scope: Scope, public_id: UUID, tried: Tried, now: datetime) -> None:
    actions.keep_account(
        scope,
        public_id,
        version=tried.report.version.series,
        database=tried.database,
        account=tried.kept,
        key_expires_at=None if tried.key is None else tried.key.expires_at,
        now=now,
    )
