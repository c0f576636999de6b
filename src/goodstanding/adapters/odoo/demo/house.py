"""What a demo Odoo keeps, who may sign in, and which doors are open."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from goodstanding.adapters.odoo.demo import chatter
from goodstanding.adapters.odoo.demo.accounts import Account, Key
from goodstanding.adapters.odoo.demo.catalogue import catalogue
from goodstanding.adapters.odoo.demo.errors import denied, no_database
from goodstanding.adapters.odoo.demo.methods import Caller, alter, author_of, make
from goodstanding.adapters.odoo.demo.shapes import Model
from goodstanding.adapters.odoo.demo.store import Store
from goodstanding.adapters.odoo.version import read_version

ROOT = 1
"""OdooBot, who makes what nobody made."""


@dataclass(frozen=True, slots=True)
class Doors:
    """Which ways in are open: a proxy may close them, 19 without the module rpc closes the first three."""

    json2: bool = True
    jsonrpc: bool = True
    xmlrpc: bool = True
    web: bool = True
    listing: bool = True


class House:
    """A database of Odoo 15 to 19 in memory, with its accounts: deterministic, every instant handed in."""

    def __init__(
        self,
        series: str,
        *,
        clock: Callable[[], datetime],
        accounts: Iterable[Account],
        database: str = "demo",
        beside: Iterable[str] = (),
        models: Iterable[Model] = (),
        without: Iterable[str] = (),
        languages: Mapping[str, Mapping[str, str]] | None = None,
        open_doors: Doors | None = None,
    ) -> None:
        """Make a database of a series ("18.0", "saas~18.2") with its standard models and accounts.

        `clock` says when calls from outside happen. `beside` names further databases of the server. `models` are added to
        the standard ones, `without` names those whose module is not installed. `languages` has by code what labels
        are called in each besides English.
        """
        self.version = read_version({"version": series})
        self.database, self.beside, self.doors = database, tuple(beside), open_doors or Doors()
        self._clock = clock
        gone = set(without)
        shapes = catalogue(self.version.major) | {each.name: each for each in models}
        self.store = Store({name: each for name, each in shapes.items() if name not in gone}, self.version.major)
        self.store.languages.update(languages or {})
        self._accounts: dict[int, Account] = {}
        self._furnish(tuple(accounts))

    @property
    def now(self) -> datetime:
        """When it is in this Odoo."""
        return self._clock()

    def create(self, model: str, values: Mapping[str, object], *, at: datetime, by: str | None = None) -> int:
        """Make a record as a user (by login; OdooBot otherwise) at an instant, and return its number."""
        return make(self.store, model, values, at=at, by=self.uid_of(by))

    def write(
        self,
        model: str,
        number: int,
        values: Mapping[str, object],
        *,
        at: datetime,
        by: str | None = None,
        noted: bool = True,
    ) -> None:
        """Change a record at an instant; write_date moves, and tracked fields leave a message and tracking values unless it is
        not `noted`, as by an import."""
        alter(self.store, model, number, values, at=at, by=self.uid_of(by), noted=noted)

    def unlink(self, model: str, number: int) -> None:
        """Delete a record."""
        self.store.drop(model, number)

    def post(
        self,
        model: str,
        number: int,
        body: str,
        *,
        at: datetime,
        by: str | None = None,
        author: int | None = None,
        internal: bool = False,
        kind: str = "comment",
    ) -> int:
        """Post a message on a record: a reply everybody sees, or an internal note. `author` is a contact, by default the
        user's; `kind` is `email` for what came by mail. Returns its number."""
        uid = self.uid_of(by)
        subtype = chatter.NOTE if internal else chatter.COMMENT
        writer = author if author is not None else author_of(self.store, uid)
        return chatter.post(self.store, model, number, body, at=at, by=uid, author=writer, subtype=subtype, kind=kind)

    def receive(self, model: str, values: Mapping[str, object], body: str, *, at: datetime, author: int) -> int:
        """Make a record of a mail, as the mail gateway does: OdooBot makes it, no note says so, and the mail is its first
        message. `author` is a contact. Returns the record's number."""
        number = make(self.store, model, values, at=at, by=ROOT, noted=False)
        self.post(model, number, body, at=at, author=author, kind="email")
        return number

    def uid_of(self, login: str | None) -> int:
        """Return a user's number by login; OdooBot's for None. Raises KeyError where nobody has that login."""
        if login is None:
            return ROOT
        for uid, account in self._accounts.items():
            if account.login == login:
                return uid
        raise KeyError(login)

    def set_account(self, account: Account, *, at: datetime) -> None:
        """Change an account of the same login: its password, rights, rules, keys, or whether it is active."""
        uid = self.uid_of(account.login)
        self._accounts[uid] = account
        values = {"active": account.active, "totp_enabled": account.second_factor, "share": not account.internal}
        self.store.set("res.users", uid, values, at=at, by=ROOT)
        # Whose only user is archived is shared like any client (res.partner, _compute_partner_share).
        shared = {"partner_share": not (account.internal and account.active)}
        self.store.set("res.partner", author_of(self.store, uid) or 0, shared, at=at, by=ROOT)
        for number in self.store.numbers("res.users.apikeys"):
            if self.store.value("res.users.apikeys", number, "user_id") == uid:
                self.store.drop("res.users.apikeys", number)
        self._keep_keys(uid, account)

    def revoke(self, login: str, key: str, *, at: datetime) -> None:
        """Take an API key away from an account."""
        account = self._accounts[self.uid_of(login)]
        self.set_account(replace(account, keys=tuple(each for each in account.keys if each.name != key)), at=at)

    def authenticate(self, database: str, login: str, secret: str) -> int | None:
        """Sign in by password or API key, which leaves a trace in the log of logins. Raises `OdooError` for the database."""
        self.check_database(database)
        for uid, account in self._accounts.items():
            if account.login == login and self._accepts(account, secret):
                self.store.set("res.users", uid, {"login_date": self.now}, at=self.now, by=uid)
                self.store.put("res.users.log", {}, at=self.now, by=uid)
                return uid
        return None

    def web_user(self, login: str, password: str) -> tuple[int, Account] | None:
        """Return the user of a web sign-in, which takes passwords only."""
        found = ((uid, each) for uid, each in self._accounts.items() if each.login == login)
        return next(((uid, each) for uid, each in found if each.active and each.password == password), None)

    def caller(self, database: str, uid: object, secret: object) -> Caller:
        """Return who calls, by number and secret. Raises `OdooError` where they do not fit."""
        self.check_database(database)
        account = self._accounts.get(uid) if isinstance(uid, int) else None
        if account is None or not isinstance(uid, int) or not self._accepts(account, str(secret)):
            raise denied()
        return self._caller(uid, account)

    def bearer(self, secret: str) -> Caller | None:
        """Return who an API key belongs to."""
        for uid, account in self._accounts.items():
            if account.active and self._key(account, secret) is not None:
                return self._caller(uid, account)
        return None

    def check_database(self, name: str) -> None:
        """Raise `OdooError` for any database but this one."""
        if name != self.database:
            raise no_database(name)

    def _caller(self, uid: int, account: Account) -> Caller:
        subtypes = {"mail.mt_comment": chatter.COMMENT, "mail.mt_note": chatter.NOTE}
        return Caller(self.store, account, uid, self.now, subtypes)

    def _accepts(self, account: Account, secret: str) -> bool:
        password = account.password == secret and not account.second_factor
        return account.active and (password or self._key(account, secret) is not None)

    def _key(self, account: Account, secret: str) -> Key | None:
        good = (key for key in account.keys if key.secret == secret)
        return next((key for key in good if key.expires_at is None or key.expires_at > self.now), None)

    def _furnish(self, accounts: tuple[Account, ...]) -> None:
        """Put in what every database has: a company, OdooBot, subtypes, models and fields, groups, and the accounts."""
        at, store = self.now, self.store
        for code in ("en_US", *store.languages):
            store.put("res.lang", {"name": code, "code": code}, at=at, by=ROOT)
        company = store.put("res.company", {"name": "My Company"}, at=at, by=ROOT)
        bot = store.put("res.partner", {"name": "OdooBot"}, at=at, by=ROOT)
        names = dict.fromkeys(group for each in accounts for group in each.groups)
        groups = {name: store.put("res.groups", {"name": name}, at=at, by=ROOT) for name in names}
        store.put("res.users", {"login": "__system__", "partner_id": bot, "active": False}, at=at, by=ROOT)
        for number, name in chatter.SUBTYPES.items():
            store.put("mail.message.subtype", {"name": name, "internal": name == "Note"}, at=at, by=ROOT, number=number)
        for name, shape in store.models.items():
            store.put("ir.model", {"name": shape.label, "model": name}, at=at, by=ROOT)
            for field in shape.fields.values():
                about = name if self.version.major < 17 else shape.label
                told: dict[str, object] = {
                    "name": field.name,
                    "model": name,
                    "field_description": field.label,
                    "ttype": field.type,
                }
                told |= {
                    "tracking": 100 if field.tracked else 0,
                    "relation": field.relation or False,
                    "display_name": f"{field.label} ({about})",
                }
                store.put("ir.model.fields", told, at=at, by=ROOT)
        column = "groups_id" if self.version.major < 19 else "group_ids"
        for account in accounts:
            person: dict[str, object] = {
                "name": account.name,
                "email": f"{account.login}@example.com",
                "partner_share": not account.internal,
            }
            partner = store.put("res.partner", person, at=at, by=ROOT)
            mine = [groups[name] for name in account.groups]
            values: dict[str, object] = {
                "login": account.login,
                "partner_id": partner,
                "share": not account.internal,
                "active": account.active,
            }
            values |= {"company_id": company, "company_ids": [company], "totp_enabled": account.second_factor, column: mine}
            if self.version.major >= 19:
                values["all_group_ids"] = mine
            uid = store.put("res.users", values, at=at, by=ROOT)
            self._accounts[uid] = account
            self._keep_keys(uid, account)

    def _keep_keys(self, uid: int, account: Account) -> None:
        for key in account.keys:
            values: dict[str, object] = {"name": key.name, "user_id": uid, "scope": False}
            if self.version.major >= 18:
                values["expiration_date"] = key.expires_at
            self.store.put("res.users.apikeys", values, at=key.created_at, by=uid)
