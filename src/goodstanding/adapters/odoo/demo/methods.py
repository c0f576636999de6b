"""The methods of a demo Odoo's models, called by an account within its rights and record rules."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from goodstanding.adapters.odoo.demo import chatter
from goodstanding.adapters.odoo.demo.accounts import Account
from goodstanding.adapters.odoo.demo.errors import OdooError, barred, barred_field, barred_record, no_method, private
from goodstanding.adapters.odoo.demo.groups import formatted_groups, plain_groups
from goodstanding.adapters.odoo.demo.store import Store

_FIELDS_NEEDED: Final = frozenset({"res.users", "res.company", "res.partner", "ir.module.module", "project.task"})
"""Reading these without naming fields fails for all but administrators, since some field reaches what they may not read."""

_SIEVED: Final = "mail.message"
"""Read page by page with what is hidden counted in: a page may hold less than it could and not be the last (measured on 18)."""


@dataclass(frozen=True, slots=True)
class Method:
    """A method: its arguments in order, those it cannot do without, whether it works on records, and where it is."""

    arguments: tuple[str, ...]
    needed: frozenset[str] = frozenset()
    on_records: bool = False
    since: int = 0
    until: int = 99
    only: str = ""


_DOMAIN: Final = frozenset({"domain"})
_GROUP: Final = frozenset({"group_ext_id"})
_OPERATION: Final = frozenset({"operation"})
_READ_GROUP: Final = ("domain", "fields", "groupby", "offset", "limit", "orderby", "lazy")
_FORMATTED: Final = ("domain", "groupby", "aggregates", "having", "offset", "limit", "order")
METHODS: Final[Mapping[str, tuple[Method, ...]]] = {
    "fields_get": (Method(("allfields", "attributes")),),
    "search": (Method(("domain", "offset", "limit", "order"), _DOMAIN),),
    "search_read": (Method(("domain", "fields", "offset", "limit", "order")),),
    "search_count": (Method(("domain", "limit"), _DOMAIN),),
    "read": (Method(("fields", "load"), on_records=True),),
    "read_group": (Method(_READ_GROUP, frozenset(_READ_GROUP[:3])),),
    "formatted_read_group": (Method(_FORMATTED, _DOMAIN, since=19),),
    "check_access_rights": (Method(("operation", "raise_exception"), _OPERATION),),
    "has_access": (Method(("operation",), _OPERATION, on_records=True, since=18),),
    "has_group": (
        Method(("group_ext_id",), _GROUP, until=17, only="res.users"),
        Method(("group_ext_id",), _GROUP, on_records=True, since=18, only="res.users"),
    ),
    "context_get": (Method((), only="res.users"),),
    "create": (Method(("vals_list",), frozenset({"vals_list"})),),
    "write": (Method(("vals",), frozenset({"vals"}), on_records=True),),
    "unlink": (Method((), on_records=True),),
    "message_post": (Method(("body", "subject", "message_type", "subtype_xmlid", "partner_ids"), on_records=True),),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A call as it came in: on which records of which model, with which arguments by name."""

    model: str
    ids: tuple[int, ...]
    arguments: Mapping[str, object]

    @property
    def context(self) -> Mapping[str, object]:
        """What the call says about how to answer it."""
        said = self.arguments.get("context")
        return said if isinstance(said, Mapping) else {}


@dataclass(frozen=True, slots=True)
class Caller:
    """An account that is signed in, and when it calls."""

    store: Store
    account: Account
    uid: int
    now: datetime
    subtypes: Mapping[str, int]

    def method(self, model: str, name: str) -> Method:
        """Return a method of a model. Raises `OdooError` for a private one and where there is none in this version."""
        if name.startswith("_"):
            raise private(name if self.store.major < 19 else f"'{model}.{name}'")
        self.store.model(model)
        for each in METHODS.get(name, ()):
            if each.since <= self.store.major <= each.until and each.only in ("", model):
                return each
        raise no_method(model, name, self.store.major)

    def call(self, model: str, name: str, ids: Sequence[int], arguments: Mapping[str, object]) -> object:
        """Call a method by named arguments, `context` among them. Raises `OdooError`, also for bad domains."""
        self.method(model, name)
        does: Callable[..., object] = getattr(self, f"_{name}")
        try:
            return does(Asked(model, tuple(ids), arguments))
        except ValueError as error:
            raise OdooError("builtins.ValueError", str(error)) from None

    def _need(self, doing: str, model: str) -> None:
        if not self.account.may("read" if doing == "read" else "write", model):
            raise barred(self.store.model(model).label, model, doing)

    def _found(self, asked: Asked) -> list[int]:
        model, arguments = asked.model, asked.arguments
        self._need("read", model)
        domain = _list(arguments.get("domain"))
        order = arguments.get("order")
        archived = asked.context.get("active_test") is False
        rules, order = _list(self.account.rules.get(model)), order if isinstance(order, str) else ""
        sieved = model == _SIEVED
        found = self.store.find(model, domain, order=order, archived=archived, rules=[] if sieved else rules)
        offset, limit = arguments.get("offset") or 0, arguments.get("limit")
        first = offset if isinstance(offset, int) else 0
        page = found[first : first + limit] if isinstance(limit, int) and limit else found[first:]
        return self._sieved(page, rules) if sieved else page

    def _sieved(self, page: Sequence[int], rules: Sequence[object]) -> list[int]:
        """Leave out of a page what the account may not read of it, as Odoo does with messages once it has counted them.

        Notices to one person are nobody else's.
        """
        domain = [("id", "in", list(page)), ("message_type", "!=", "user_notification")]
        seen = set(self.store.find(_SIEVED, domain, order="id", archived=True, rules=list(rules)))
        return [each for each in page if each in seen]

    def _shown(self, model: str, numbers: Sequence[int], named: object) -> list[dict[str, object]]:
        shape = self.store.model(model)
        names = [each for each in _list(named) if isinstance(each, str)]
        if not names:
            if not self.account.administrator and model in _FIELDS_NEEDED:
                raise barred("Journal Item", "account.move.line", "read")
            names = [name for name, field in shape.fields.items() if self.account.administrator or not field.settings_only]
        for name in names:
            if self.store.field(model, name).settings_only and not self.account.administrator:
                raise barred_field(shape.label, model, name, self.uid)
        return [{"id": each, **{name: self.store.shown(model, each, name) for name in names}} for each in numbers]

    def _own(self, model: str, ids: Sequence[int], doing: str) -> list[int]:
        """Return those of the records that exist. Raises `OdooError` where a rule hides one of them."""
        self._need(doing, model)
        there = [each for each in ids if self.store.exists(model, each)]
        rules = _list(self.account.rules.get(model))
        seen = set(self.store.find(model, [("id", "in", there)], order="id", archived=True, rules=rules))
        if any(each not in seen for each in there):
            raise barred_record(self.store.model(model).label, model, self.uid)
        return there

    def _fields_get(self, asked: Asked) -> object:
        attributes = [str(each) for each in _list(asked.arguments.get("attributes"))]
        chosen = _list(asked.arguments.get("allfields"))
        fields = self.store.model(asked.model).fields
        shown = {name: each for name, each in fields.items() if self.account.administrator or not each.settings_only}
        words = self.store.languages.get(str(asked.context.get("lang")), {})
        return {name: each.told(attributes, words) for name, each in shown.items() if not chosen or name in chosen}

    def _search(self, asked: Asked) -> object:
        return self._found(asked)

    def _search_read(self, asked: Asked) -> object:
        return self._shown(asked.model, self._found(asked), asked.arguments.get("fields"))

    def _search_count(self, asked: Asked) -> object:
        return len(self._found(asked))

    def _read(self, asked: Asked) -> object:
        if asked.arguments.get("fields") == ["id"]:
            # Nothing is looked up then, so records that are gone are answered too.
            return [{"id": each} for each in asked.ids]
        return self._shown(asked.model, self._own(asked.model, asked.ids, "read"), asked.arguments.get("fields"))

    def _read_group(self, asked: Asked) -> object:
        found = self._found(replace(asked, arguments={**asked.arguments, "limit": None, "offset": 0, "order": ""}))
        lazy = asked.arguments.get("lazy", True) is not False
        groups = plain_groups(
            self.store, asked.model, found, _names(asked.arguments["groupby"]), _names(asked.arguments["fields"]), lazy=lazy
        )
        limit = asked.arguments.get("limit")
        return groups[:limit] if isinstance(limit, int) and limit else groups

    def _formatted_read_group(self, asked: Asked) -> object:
        found = self._found(replace(asked, arguments={**asked.arguments, "limit": None, "offset": 0, "order": ""}))
        groups = formatted_groups(
            self.store,
            asked.model,
            found,
            _names(asked.arguments.get("groupby", [])),
            _names(asked.arguments.get("aggregates", [])),
        )
        limit = asked.arguments.get("limit")
        return groups[:limit] if isinstance(limit, int) and limit else groups

    def _check_access_rights(self, asked: Asked) -> object:
        doing = str(asked.arguments["operation"])
        allowed = self.account.may("read" if doing == "read" else "write", asked.model)
        if not allowed and asked.arguments.get("raise_exception", True):
            raise barred(self.store.model(asked.model).label, asked.model, doing)
        return allowed

    def _has_access(self, asked: Asked) -> object:
        return self.account.may("read" if asked.arguments["operation"] == "read" else "write", asked.model)

    def _has_group(self, asked: Asked) -> object:
        return asked.arguments["group_ext_id"] in self.account.groups

    def _context_get(self, asked: Asked) -> object:
        return {"lang": "en_US", "tz": False, "uid": self.uid}

    def _create(self, asked: Asked) -> object:
        self._need("create", asked.model)
        given = asked.arguments["vals_list"]
        many = given if isinstance(given, list) else [given]
        made = [make(self.store, asked.model, each, at=self.now, by=self.uid) for each in many if isinstance(each, dict)]
        return made if isinstance(given, list) else made[0]

    def _write(self, asked: Asked) -> object:
        values = asked.arguments["vals"]
        for each in self._own(asked.model, asked.ids, "write"):
            alter(self.store, asked.model, each, values if isinstance(values, dict) else {}, at=self.now, by=self.uid)
        return True

    def _unlink(self, asked: Asked) -> object:
        for each in self._own(asked.model, asked.ids, "unlink"):
            self.store.drop(asked.model, each)
        return True

    def _message_post(self, asked: Asked) -> object:
        needs = self.store.model(asked.model).posting_needs
        number = self._own(asked.model, asked.ids, needs)[0]
        subtype = self.subtypes.get(str(asked.arguments.get("subtype_xmlid")), chatter.NOTE)
        body = str(asked.arguments.get("body", ""))
        shown = body if self.store.major < 17 else body.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        message = chatter.post(
            self.store,
            asked.model,
            number,
            f"<p>{shown}</p>",
            at=self.now,
            by=self.uid,
            author=author_of(self.store, self.uid),
            subtype=subtype,
            kind=str(asked.arguments.get("message_type", "notification")),
        )
        return [message] if self.store.major >= 19 else message


def make(store: Store, model: str, values: Mapping[str, object], *, at: datetime, by: int, noted: bool = True) -> int:
    """Make a record, with what Odoo adds by itself: numbers and dates of tickets, and, if `noted`, the message of it."""
    given = chatter.completed(store, model, values, at=at, new=True)
    if model == "helpdesk.ticket":
        given.setdefault("number", f"HT{len(store.numbers(model)) + 1:05}")
        given.setdefault("priority", "1")
        given.setdefault("last_stage_update", at)
    number = store.put(model, given, at=at, by=by)
    if noted and any(field.tracked for field in store.model(model).fields.values()):
        body = f"<p>{store.model(model).label} created</p>"
        author = author_of(store, by)
        subtype = chatter.CREATED.get(model, chatter.NOTE)
        chatter.post(store, model, number, body, at=at, by=by, author=author, subtype=subtype, kind="notification")
    return number


def alter(
    store: Store, model: str, number: int, values: Mapping[str, object], *, at: datetime, by: int, noted: bool = True
) -> None:
    """Change a record, with the dates and, if `noted`, the tracking values that Odoo keeps by itself."""
    before = {name: store.value(model, number, name) for name in values}
    store.set(model, number, chatter.completed(store, model, values, at=at, new=False), at=at, by=by)
    if noted:
        chatter.track(store, model, number, before, at=at, by=by, author=author_of(store, by))


def author_of(store: Store, uid: int) -> int | None:
    """Return the contact of a user."""
    found = store.value("res.users", uid, "partner_id") if store.exists("res.users", uid) else None
    return found if isinstance(found, int) else None


def _list(value: object) -> list[object]:
    return list(value) if isinstance(value, list | tuple) else []


def _names(value: object) -> list[str]:
    return [value] if isinstance(value, str) else [str(each) for each in _list(value)]
