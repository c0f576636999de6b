"""A database that answers: reading models by the fields it has, and posting an internal note where that was allowed."""

import re
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from html import escape
from typing import Final

from goodstanding.adapters.odoo.bodies import Json
from goodstanding.adapters.odoo.calls import NOTE, Call, ForbiddenCall
from goodstanding.adapters.odoo.dialects import name_here
from goodstanding.adapters.odoo.domains import Domain, write_domain
from goodstanding.adapters.odoo.fields import ATTRIBUTES, Field, read_fields
from goodstanding.adapters.odoo.grouping import new_groups, old_groups
from goodstanding.adapters.odoo.rows import Group, Row
from goodstanding.adapters.odoo.transports import Interface, Transport
from goodstanding.adapters.odoo.trouble import NoModel, NoRight, Unexpected, UnknownField
from goodstanding.adapters.odoo.values import normalise
from goodstanding.adapters.odoo.version import Version

ID: Final = Field("id", "integer")
_TERM: Final = re.compile(r"([a-z_][a-z0-9_]*)(\s+(?:asc|desc))?", re.IGNORECASE)
_GROUPED_SINCE: Final = 19
"""formatted_read_group takes the place of read_group (odoo-facts.md 6)."""
_HAS_ACCESS_SINCE: Final = 18
_ESCAPES_SINCE: Final = 17
"""From here on Odoo escapes the text of a message that arrives as text (read in source)."""


class Access(StrEnum):
    """Whether an account may read a model."""

    READABLE = "readable"
    BARRED = "barred"
    ABSENT = "absent"


class Connection:
    """One account in one database.

    It asks for named fields only, and only for fields that the database has and shows to the account, since one unknown or
    forbidden name fails the whole call (odoo-facts.md 4). What it may call is a short list of reading methods; `post_note` is
    the only way of writing and works only where the connection was made with `writing`. Every method raises `Unreachable`,
    `Refused` or `Unexpected`. Not for use by several threads at once.
    """

    def __init__(self, transport: Transport, version: Version, database: str, uid: int, *, writing: bool = False) -> None:
        """Use `connecting.connect`, which finds out what is given here."""
        self.version, self.database, self.uid = version, database, uid
        self._transport, self._writing = transport, writing
        self._fields: dict[str, Mapping[str, Field]] = {}

    @property
    def interface(self) -> Interface:
        """Which of Odoo's interfaces is used."""
        return self._transport.interface

    def fields(self, model: str) -> Mapping[str, Field]:
        """Return the fields of a model by name, as this account sees them; asked once and kept. Raises `NoModel`."""
        if model not in self._fields:
            told = self.call(Call(model, "fields_get", {"attributes": list(ATTRIBUTES)}))
            self._fields[model] = read_fields(model, told)
        return self._fields[model]

    def choices(self, model: str, names: Sequence[str]) -> Mapping[str, Mapping[str, str]]:
        """Return for some fields of a model which key each label of their choices stands for, in every language in use.

        Where languages are closed to the account, in its own.
        """
        found: dict[str, dict[str, str]] = {name: {} for name in names if name in self.fields(model)}
        try:
            codes = [row.text("code") for row in self.search_read("res.lang", (), ("code",), order="id")]
        except (NoModel, NoRight):
            codes = []
        told = [self.fields(model)]
        for code in codes:
            about = {"allfields": list(found), "attributes": list(ATTRIBUTES), "context": {"lang": code}}
            told.append(read_fields(model, self.call(Call(model, "fields_get", about))))
        for each in (fields[name] for fields in told for name in found if name in fields):
            for key, label in each.selection:
                found[each.name].setdefault(label, key)
        return found

    def search_read(
        self,
        model: str,
        domain: Domain = (),
        fields: Iterable[str] = (),
        *,
        order: str = "",
        limit: int | None = None,
        offset: int = 0,
        archived: bool = False,
    ) -> tuple[Row, ...]:
        """Return the records of a domain, with those of the fields that this database has, and nothing else.

        Names in fields, domain and order are ours where versions differ (`dialects.RENAMED`). `archived` takes in records
        that are switched off. Raises `UnknownField` where the domain or the order needs a field that is not there, and
        `NoRight` where the account may not read the model; record rules hide records without a word.
        """
        names = self._names(model, fields)
        arguments: dict[str, object] = {"domain": self._domain(model, domain), "fields": sorted({"id", *names.values()})}
        if order:
            arguments["order"] = self._order(model, order)
        if limit is not None:
            arguments["limit"] = limit
        if offset:
            arguments["offset"] = offset
        return self._rows(model, self.call(Call(model, "search_read", _with_archived(arguments, archived))), names)

    def read(self, model: str, ids: Sequence[int], fields: Iterable[str]) -> tuple[Row, ...]:
        """Return records by number, with those of the fields that this database has; those that are gone are left out.

        One record that a rule hides fails the call (`NoRight`), which search_read does not: read messages by search_read.
        """
        if not ids:
            return ()
        names = self._names(model, fields)
        if not set(names.values()) - {"id"}:
            # Odoo looks nothing up where only numbers are asked for, and answers with those of records that are gone.
            return self.search_read(model, [("id", "in", list(ids))], names, archived=True)
        arguments = {"fields": sorted({"id", *names.values()})}
        return self._rows(model, self.call(Call(model, "read", arguments, tuple(ids))), names)

    def search_count(self, model: str, domain: Domain = (), *, archived: bool = False) -> int:
        """Return how many records of a domain the account sees."""
        arguments: dict[str, object] = {"domain": self._domain(model, domain)}
        told = self.call(Call(model, "search_count", _with_archived(arguments, archived)))
        if not isinstance(told, int) or isinstance(told, bool):
            raise Unexpected(f"Odoo does not tell how many records of {model} there are.")
        return told

    def group(
        self,
        model: str,
        by: Sequence[str],
        domain: Domain = (),
        *,
        measures: Sequence[str] = (),
        limit: int | None = None,
        archived: bool = False,
    ) -> tuple[Group, ...]:
        """Return groups of records with their counts and measures.

        `by` names fields, of dates with a step: `create_date:month`, whose value is the instant the step begins in UTC.
        `measures` are like `file_size:sum` (sum, avg, min, max). Groups come in Odoo's order.
        """
        here = {each: self._with_suffix(model, each) for each in (*by, *measures)}
        arguments: dict[str, object] = {"domain": self._domain(model, domain), "groupby": [here[each] for each in by]}
        modern = self.version.major >= _GROUPED_SINCE
        if modern:
            arguments["aggregates"] = ["__count", *(here[each] for each in measures)]
        else:
            # Without a field, read_group would sum up every number that the model has.
            named = [here[each] for each in measures] or [here[each].partition(":")[0] for each in by[:1]]
            arguments |= {"fields": named, "lazy": False}
        if limit is not None:
            arguments["limit"] = limit
        arguments = _with_archived(arguments, archived, tz="UTC")
        told = self.call(Call(model, "formatted_read_group" if modern else "read_group", arguments))
        known = self.fields(model)
        return (new_groups if modern else old_groups)(model, told, known, by, measures, here)

    def access(self, model: str) -> Access:
        """Tell whether the account may read a model, by its rights, whatever record rules then show of it."""
        arguments: dict[str, object] = {"operation": "read"}
        method = "has_access"
        ids: tuple[int, ...] | None = ()
        if self.version.major < _HAS_ACCESS_SINCE:
            method, ids = "check_access_rights", None
            arguments["raise_exception"] = False
        try:
            told = self.call(Call(model, method, arguments, ids))
        except NoModel:
            return Access.ABSENT
        except NoRight:
            return Access.BARRED
        return Access.READABLE if told is True else Access.BARRED

    def may_read(self, model: str) -> bool:
        """Tell whether there is such a model and the account may read it."""
        return self.access(model) is Access.READABLE

    def in_group(self, group: str) -> bool:
        """Tell whether the account is in a group, named by its external id, as `base.group_system`."""
        ids = (self.uid,) if self.version.major >= _HAS_ACCESS_SINCE else None
        return self.call(Call("res.users", "has_group", {"group_ext_id": group}, ids)) is True

    def post_note(self, model: str, record: int, text: str) -> int:
        """Post an internal note (subtype `mail.mt_note`) on a record and return the message's number.

        The text is plain and one line; it is shown as it is. Raises `ForbiddenCall` where the connection was made without
        `writing`. Never repeated by itself: a note that may have arrived must not be posted twice.
        """
        if not self._writing:
            raise ForbiddenCall(NOTE)
        line = " ".join(text.split())
        body = line if self.version.major >= _ESCAPES_SINCE else escape(line)
        arguments = {"body": body, "message_type": "comment", "subtype_xmlid": "mail.mt_note"}
        told = self._transport.call(Call(model, NOTE, arguments, (record,)))
        # 19 answers with the numbers of the records, older versions with the number.
        first = told[0] if isinstance(told, list) and told else told
        if not isinstance(first, int) or isinstance(first, bool):
            raise Unexpected("Odoo does not tell which message it posted.")
        return first

    def call(self, call: Call) -> Json:
        """Call one of the reading methods of `calls.READS` and return its raw answer.

        Raises `ForbiddenCall` for the method that writes, which only `post_note` calls.
        """
        if call.method == NOTE:
            raise ForbiddenCall(call.method)
        return self._transport.call(call)

    def _names(self, model: str, fields: Iterable[str]) -> dict[str, str]:
        """Return our names of fields with those of this database, without the fields that it does not have."""
        known = self.fields(model)
        found = {each: name_here(model, each, known) for each in fields}
        return {ours: theirs for ours, theirs in found.items() if theirs is not None}

    def _here(self, model: str, name: str) -> str:
        found = name_here(model, name, {*self.fields(model), "id"})
        if found is None:
            raise UnknownField(model, name)
        return found

    def _with_suffix(self, model: str, name: str) -> str:
        field, colon, step = name.partition(":")
        return self._here(model, field) + colon + step

    def _domain(self, model: str, domain: Domain) -> list[object]:
        return write_domain(domain, lambda name: self._here(model, name))

    def _order(self, model: str, order: str) -> str:
        terms = [_TERM.fullmatch(each.strip()) for each in order.split(",")]
        return ", ".join(self._here(model, term[1]) + (term[2] or "") if term else self._here(model, order) for term in terms)

    def _rows(self, model: str, told: Json, names: Mapping[str, str]) -> tuple[Row, ...]:
        if not isinstance(told, list):
            raise Unexpected(f"Odoo answers a question for {model} without a list.")
        known = self.fields(model)
        return tuple(_row(model, each, names, known) for each in told)


def _with_archived(arguments: Mapping[str, object], archived: bool, **context: object) -> dict[str, object]:
    said = {**context, "active_test": False} if archived else context
    return {**arguments, "context": said} if said else dict(arguments)


def _row(model: str, told: Json, names: Mapping[str, str], known: Mapping[str, Field]) -> Row:
    if not isinstance(told, dict):
        raise Unexpected(f"Odoo answers a question for {model} with something else than records.")
    number = normalise(ID, told.get("id"))
    if not isinstance(number, int) or number < 1:
        raise Unexpected(f"Odoo answers with a record of {model} that has no number.")
    return Row(number, {ours: normalise(known[theirs], told[theirs]) for ours, theirs in names.items() if theirs in told})
