"""Values by the type of their field, and domains against an independent database."""

import sqlite3
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodstanding.adapters.odoo.demo.conditions import holds
from goodstanding.adapters.odoo.dialects import name_here, rights_models
from goodstanding.adapters.odoo.domains import both, write_domain
from goodstanding.adapters.odoo.fields import Field
from goodstanding.adapters.odoo.rows import Row
from goodstanding.adapters.odoo.trouble import Unexpected
from goodstanding.adapters.odoo.values import Ref, clean, normalise, read_instant, write_instant, write_value
from goodstanding.adapters.odoo.version import Version

TYPES = ["char", "text", "html", "selection", "integer", "float", "monetary", "datetime", "date", "many2one", "json", "binary"]


@pytest.mark.parametrize("kind", TYPES)
def test_false_is_none_for_every_type_but_booleans_and_lists(kind):
    assert normalise(Field("f", kind), False) is None


def test_false_stays_for_booleans_and_is_nothing_for_lists():
    assert normalise(Field("f", "boolean"), False) is False
    assert normalise(Field("f", "many2many"), False) == ()


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        ("char", "a\x00b", "ab"),
        ("integer", 3, 3),
        ("integer", Decimal("3.0"), 3),
        ("float", Decimal("0.1"), Decimal("0.1")),
        ("monetary", 5, Decimal(5)),
        ("datetime", "2026-11-21 23:50:40", datetime(2026, 11, 21, 23, 50, 40, tzinfo=UTC)),
        ("date", "2026-11-21", date(2026, 11, 21)),
        ("many2one", [1, "New"], Ref(1, "New")),
        ("many2one", [1, False], Ref(1)),
        ("many2many", [3, 1], (3, 1)),
        ("many2one_reference", 0, None),
        ("many2one_reference", 12, 12),
        ("json", {"a": [1]}, {"a": [1]}),
        ("boolean", True, True),
    ],
)
def test_values_are_normalised_by_type(kind, raw, value):
    found = normalise(Field("f", kind), raw)

    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        ("integer", "3"),
        ("integer", True),
        ("float", "0.1"),
        ("datetime", "yesterday"),
        ("datetime", 5),
        ("date", [1]),
        ("many2one", ["New", 1]),
        ("many2one", "New"),
        ("many2many", ["x"]),
        ("char", {"a": 1}),
    ],
)
def test_a_value_that_is_not_of_its_type_is_unexpected(kind, raw):
    with pytest.raises(Unexpected, match="f"):
        normalise(Field("f", kind), raw)


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from([*TYPES, "boolean", "many2many", "one2many", "many2one_reference"]), ANY)
def test_whatever_comes_is_a_value_of_its_type_or_unexpected(kind, raw):
    try:
        value = normalise(Field("f", kind), raw)
    except Unexpected:
        return

    assert not isinstance(value, float)
    if kind == "datetime" and value is not None:
        assert value.tzinfo is not None
    if kind == "char" and value is not None:
        value.encode()
        assert "\x00" not in value


@given(st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(2200, 1, 1), timezones=st.timezones()))
def test_an_instant_keeps_its_second_on_the_way_there_and_back(at):
    assert read_instant(write_instant(at)) == at.astimezone(UTC).replace(microsecond=0)


@given(st.text(st.characters()))
def test_clean_texts_can_be_kept(text):
    kept = clean(text)

    assert "\x00" not in kept
    assert kept.encode().decode() == clean(kept) == kept


def test_values_go_out_as_odoo_takes_them():
    at = datetime(2026, 3, 1, 12, 0, 0, 500, tzinfo=UTC) + timedelta(0)

    assert write_value([None, Ref(3, "x"), at, date(2026, 3, 1), (1, 2), "a"]) == [
        False,
        3,
        "2026-03-01 12:00:00",
        "2026-03-01",
        [1, 2],
        "a",
    ]


def test_a_row_is_asked_by_type_and_says_when_the_asker_is_wrong():
    row = Row(1, {"name": "x", "stage": Ref(2, "New"), "hours": Decimal("1.5"), "done": True, "tags": (1, 2), "empty": None})

    assert (row.text("name"), row.ref("stage"), row.exact("hours"), row.flag("done")) == (
        "x",
        Ref(2, "New"),
        Decimal("1.5"),
        True,
    )
    assert row.ids("tags") == (1, 2)
    assert row.text("empty") is None
    assert row.instant("not_there") is None
    assert not row.flag("not_there")
    with pytest.raises(TypeError, match="name is str"):
        row.instant("name")
    with pytest.raises(TypeError):
        row.whole("done")


@pytest.mark.parametrize(
    ("model", "name", "known", "here"),
    [
        ("res.users", "group_ids", {"groups_id"}, "groups_id"),
        ("res.users", "group_ids", {"group_ids", "all_group_ids"}, "group_ids"),
        ("res.users", "all_group_ids", {"groups_id"}, "groups_id"),
        ("res.groups", "user_ids", {"users"}, "users"),
        ("mail.tracking.value", "field_id", {"field"}, "field"),
        ("ir.module.module", "version_installed", {"latest_version", "installed_version"}, "latest_version"),
        ("ir.module.module", "version_on_disk", {"latest_version", "installed_version"}, "installed_version"),
        ("res.partner", "name", {"name"}, "name"),
        ("res.partner", "group_ids", {"groups_id"}, None),
    ],
)
def test_renamed_fields_have_one_name(model, name, known, here):
    assert name_here(model, name, known) == here


def test_rights_are_in_other_models_from_20_on():
    assert rights_models(Version(19)) == ("ir.model.access", "ir.rule")
    assert rights_models(Version(20)) == ("ir.access",)


# Domains: an oracle in SQL, written from the definition, judges the evaluation.

VALUES = st.none() | st.integers(-2, 2)
RECORDS = st.lists(st.tuples(VALUES, VALUES, st.sampled_from([None, "abc", "ABD", "x_y", ""])), min_size=1, max_size=8)
NUMBER_LEAF = st.tuples(
    st.sampled_from(["a", "b"]),
    st.sampled_from(["=", "!=", "<", "<=", ">", ">="]),
    st.integers(-2, 2),
)
SET_LEAF = st.tuples(st.sampled_from(["a", "b"]), st.sampled_from(["in", "not in"]), st.lists(st.integers(-2, 2), max_size=3))
EMPTY_LEAF = st.tuples(st.sampled_from(["a", "b"]), st.sampled_from(["=", "!="]), st.just(False))
TEXT_LEAF = st.tuples(
    st.just("t"), st.sampled_from(["like", "ilike", "not ilike", "="]), st.sampled_from(["ab", "B", "x_y", "a%c"])
)
LEAVES = NUMBER_LEAF | SET_LEAF | EMPTY_LEAF | TEXT_LEAF


def terms(depth=3):
    if depth == 0:
        return LEAVES.map(lambda leaf: [leaf])
    inner = terms(depth - 1)
    return (
        LEAVES.map(lambda leaf: [leaf])
        | st.tuples(st.sampled_from(["&", "|"]), inner, inner).map(lambda each: [each[0], *each[1], *each[2]])
        | inner.map(lambda each: ["!", *each])
    )


DOMAINS = st.lists(terms(), max_size=3).map(lambda parts: [each for part in parts for each in part])


def sql_leaf(field, operator, value):
    if value is False:
        return f"({field} IS {'NULL' if operator == '=' else 'NOT NULL'})", []
    if operator == "!=":
        return f"({field} IS NULL OR {field} <> ?)", [value]
    if operator in ("in", "not in"):
        inside = f"{field} IS NOT NULL AND {field} IN ({','.join('?' * len(value))})"
        return f"({'NOT' if operator == 'not in' else ''}({inside}))", list(value)
    if operator == "like":
        pattern = "*" + value.replace("%", "*").replace("_", "?") + "*"
        return f"({field} IS NOT NULL AND {field} GLOB ?)", [pattern]
    if operator.endswith("ilike"):
        inside = f"{field} IS NOT NULL AND {field} LIKE ?"
        return f"({'NOT' if operator.startswith('not') else ''}({inside}))", [f"%{value}%"]
    return f"({field} IS NOT NULL AND {field} {operator} ?)", [value]


def sql(domain):
    def term(at):
        each = domain[at]
        if each == "!":
            text, values, after = term(at + 1)
            return f"(NOT {text})", values, after
        if each in ("&", "|"):
            first, values, after = term(at + 1)
            second, more, end = term(after)
            return f"({first} {'AND' if each == '&' else 'OR'} {second})", values + more, end
        return (*sql_leaf(*each), at + 1)

    texts, values, at = ["1"], [], 0
    while at < len(domain):
        text, more, at = term(at)
        texts.append(text)
        values += more
    return " AND ".join(texts), values


@given(RECORDS, DOMAINS)
def test_domains_hold_where_sql_says_so(records, domain):
    with sqlite3.connect(":memory:") as database:
        database.execute("CREATE TABLE r (a INTEGER, b INTEGER, t TEXT)")
        database.executemany("INSERT INTO r VALUES (?, ?, ?)", records)
        where, values = sql(domain)
        wanted = {rowid - 1 for (rowid,) in database.execute(f"SELECT rowid FROM r WHERE {where}", values)}  # noqa: S608 - the condition is what is tested
    database.close()

    found = {
        at
        for at, record in enumerate(records)
        if holds(domain, dict(zip("abt", record, strict=True)).__getitem__, whole_seconds=False)
    }

    assert found == wanted


@given(RECORDS, DOMAINS, DOMAINS)
def test_both_domains_hold_where_each_does(records, first, second):
    for record in records:
        value_of = dict(zip("abt", record, strict=True)).__getitem__
        alone = [holds(each, value_of, whole_seconds=False) for each in (first, second)]
        assert holds(both(first, second), value_of, whole_seconds=False) is all(alone)


def test_a_domain_that_does_not_fit_together_is_refused():
    for wrong in (["&"], ["|", ("a", "=", 1)], ["!"], [("a", "child_of", 1)], ["and"], [("a", "=")]):
        with pytest.raises(ValueError, match="Invalid"):
            holds(wrong, lambda name: 1, whole_seconds=False)


def test_a_domain_travels_with_names_of_the_database_and_plain_values():
    domain = ["|", ("group_ids.name", "=", Ref(3)), (1, "=", 1)]

    assert write_domain(domain, {"group_ids": "groups_id"}.__getitem__) == ["|", ["groups_id.name", "=", 3], [1, "=", 1]]
