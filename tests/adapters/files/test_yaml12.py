"""YAML 1.2: what people write is what is read, and what could be read two ways is refused with its line."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from goodstanding.adapters.files.yaml12 import MOST_BYTES, FileError, inline, inline_list, read, shown, write


@pytest.mark.proves("TIER-8")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # PyYAML reads these as 1320, False, True, 12 and a date.
        ("22:00", "22:00"),
        ("NO", "NO"),
        ("on", "on"),
        ("0o14x", "0o14x"),
        ("2026-07-01", "2026-07-01"),
        ("09:00-13:00", "09:00-13:00"),
        ("24/7", "24/7"),
        ("99.9 %", "99.9 %"),
        ("1e3", "1e3"),
        (".5", ".5"),
        (".inf", ".inf"),
        ("1_000", "1_000"),
        ("0x1F", "0x1F"),
        ("true", True),
        ("False", False),
        ("~", None),
        ("null", None),
        ("", None),
        ("007", 7),
        ("-12", -12),
        ("99.90", Decimal("99.90")),
        ("'99.90'", "99.90"),
        ('"true"', "true"),
        ("'~'", "~"),
        ("[1, a, [b]]", [1, "a", ["b"]]),
        ("{a: 4 h}", {"a": "4 h"}),
        ("|\n    two\n    lines\n", "two\nlines\n"),
    ],
)
def test_a_value_is_read_by_yaml_1_2_with_times_and_dates_as_text(text: str, expected: object) -> None:
    found = read(f"key: {text}\n").data["key"]

    assert found == expected
    assert type(found) is type(expected)


def test_percentages_and_money_stay_exact() -> None:
    found = read("price: 0.1\n").data["price"]

    assert found * 3 == Decimal("0.3")


def test_keys_are_always_text() -> None:
    assert read("{1: a, no: b, true: c, ~: d, 2026-07-01: e}").data == {
        "1": "a",
        "no": "b",
        "true": "c",
        "~": "d",
        "2026-07-01": "e",
    }


def test_an_empty_file_says_nothing() -> None:
    assert [read(text).data for text in ("", "# only this\n", "---\n")] == [None, None, None]


@pytest.mark.proves("TIER-8")
def test_every_field_knows_the_line_of_its_key_and_of_its_value() -> None:
    document = read(
        """\
# a comment
name: Gold

priorities:
  P1: {response: 1 h,
       resolution: 4 h}
rules:
  - clock: response
    tags:
      - a
      - b
summary:
  on the line below
"""
    )

    where = {"name": 2, "priorities.P1": 5, "priorities.P1.response": 5, "priorities.P1.resolution": 6, "rules[0]": 8}
    where |= {"rules[0].tags": 10, "rules[0].tags[1]": 11, "summary": 13}
    assert {field: document.line(field) for field in where} == where
    assert (document.line("summary", key=True), document.line("rules[0].tags", key=True)) == (12, 9)


@pytest.mark.parametrize(
    ("field", "line"), [("a.missing", 2), ("a.b[7].c", 3), ("a.b[0].d", 4), ("nowhere", 2), ("nowhere.at.all[3]", 2), ("", 2)]
)
def test_a_field_that_is_missing_has_the_line_of_what_should_hold_it(field: str, line: int) -> None:
    document = read("# what for\na:\n  b:\n    - c: 1\n")

    assert document.line(field) == line
    assert field == "" or document.at(field) is None


REFUSED = {
    "a key twice": ("a: 1\nb: 2\na: 3\n", 3, "a", "it again, first on line 1"),
    "a key twice, deeper": ("a:\n  b: 1\n  c: 2\n  b: 3\n", 4, "a.b", "it again, first on line 2"),
    "a key twice, once in quotes": ("a: 1\n'a': 2\n", 2, "a", "it again"),
    "an anchor": ("a: &x 1\nb: 2\n", 1, "a", "an anchor, &x"),
    "an alias": ("a: 1\nb: [*x]\n", 2, "b[0]", "a reference, *x"),
    "an alias as a key": ("a: 1\n*x : 2\n", 2, "", "a reference, *x"),
    "a merge": ("a: 1\nb:\n  <<: *a\n", 3, "b.<<", "a reference, *a"),
    "a tag": ("a: !!python/object/apply:os.system [ls]\n", 1, "a", "a tag"),
    "a tag of a known type": ("a: 1\nb: !!str 1\n", 2, "b", "a tag"),
    "a tag on fields": ("a: !set {b: 1}\n", 1, "a", "a tag"),
    "a list as a key": ("? [a]\n: 1\n", 1, "", "a list or fields"),
    "a second document": ("a: 1\n---\nb: 2\n", 2, "", "a second one"),
    "YAML 1.1": ("%YAML 1.1\n---\na: 1\n", 2, "", "another version"),
    "not closed": ("a: [1, 2\nb: 3\n", 2, "", "expected"),
    "no YAML": ("a: b: c\n", 1, "", "mapping values are not allowed"),
    "a tab": ("a:\n\tb: 1\n", 2, "", "found character"),
    "a control character": ("a: 1\nb: \x07\n", 2, "", "a character that YAML does not allow"),
    "too deep": ("[" * 40 + "]" * 40, 1, "", "more"),
}


@pytest.mark.proves("TIER-8")
@pytest.mark.parametrize("case", REFUSED)
def test_what_could_be_read_two_ways_is_refused_with_its_line(case: str) -> None:
    text, line, field, found = REFUSED[case]

    with pytest.raises(FileError) as refused:
        read(text, name="gold.yaml")

    problem = refused.value.problems[0]
    assert (problem.path, problem.line, problem.field) == ("gold.yaml", line, field)
    assert found in problem.found


def test_a_file_that_expands_without_end_is_refused_at_its_first_anchor() -> None:
    bomb = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"

    with pytest.raises(FileError, match="line 1, a: expected the value itself; found an anchor"):
        read(bomb)


def test_a_file_that_is_too_large_is_refused_before_it_is_read() -> None:
    with pytest.raises(FileError, match="at most 262144 bytes"):
        read("a: " + "ü" * (MOST_BYTES // 2))


def test_a_file_is_read_from_disk_and_named(tmp_path: Path) -> None:
    file = tmp_path / "tier.yaml"
    file.write_bytes("\N{BYTE ORDER MARK}name: Gülden\n".encode())

    document = read(file)

    assert document.data == {"name": "Gülden"}
    assert document.path == str(file)


def test_a_large_file_on_disk_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "tier.yaml"
    file.write_bytes(b"# " + b"x" * MOST_BYTES)

    with pytest.raises(FileError, match="at most"):
        read(file)


def test_a_file_in_another_encoding_is_refused_with_the_line(tmp_path: Path) -> None:
    file = tmp_path / "tier.yaml"
    file.write_bytes(b"a: 1\nname: G\xfclden\n")

    with pytest.raises(FileError, match="expected text in UTF-8; found the byte 0xfc") as refused:
        read(file)

    assert refused.value.line == 2


def test_a_file_that_is_not_there_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"nowhere\.yaml, line 1: expected a file that can be read"):
        read(tmp_path / "nowhere.yaml")


@pytest.mark.proves("TIER-8")
def test_an_error_names_the_file_the_line_and_the_field_and_what_was_expected_and_found() -> None:
    document = read("a:\n  b: 4d\n", name="gold.yaml")

    error = FileError(document.problem("a.b", "an amount", hint="say more"), document.problem("a.c", "text"))

    assert str(error) == (
        "gold.yaml, line 2, a.b: expected an amount; found '4d' (say more)\n"
        "gold.yaml, line 1, a.c: expected text; found nothing"
    )
    assert (error.path, error.line, error.field) == ("gold.yaml", 2, "a.b")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "nothing"),
        (True, "true"),
        (24, "the number 24"),
        (Decimal("99.9"), "the number 99.9"),
        ("4d", "'4d'"),
        ("x" * 70, "'" + "x" * 59 + "…'"),
        ([], "an empty list"),
        ([1], "a list"),
        ({}, "no fields"),
        ({"a": 1, "b": 2}, "fields (a, b)"),
    ],
)
def test_a_value_is_shown_as_its_writer_would_call_it(value: object, text: str) -> None:
    assert shown(value) == text


UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40) | st.text(
    "aZ9 ,.:;-#'\"{}[]&*!|>%@`?/\n\t", max_size=300
)
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**17), 10**17)
    | st.decimals(-10000, 10000, places=2)
    | texts
    | st.sampled_from(
        ["NO", "22:00", "~", "1.0", "007", "null", "true", "2026-07-01", "<<", "=", "- a", "a: b", "# a", "*a", "!a"]
    ),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(texts, inner, max_size=3)
        | st.dictionaries(texts, inner, max_size=3).map(inline)
    ),
    max_leaves=12,
)


@UNHURRIED
@given(st.dictionaries(texts, values, min_size=1, max_size=5))
def test_what_is_written_is_read_back(data: dict[str, Any]) -> None:
    assert read(write(data)).data == data


def test_fields_and_lists_can_be_written_on_one_line_and_dates_are_written_bare() -> None:
    text = write({"a": inline({"b": "4 h", "c": inline_list([1, "x"])}), "on": date(2026, 7, 1), "n": Decimal("1500.50")})

    assert text == "a: {b: 4 h, c: [1, x]}\non: 2026-07-01\nn: 1500.50\n"


@UNHURRIED
@given(st.text("ab: -\n[]{},'\"|>#&*!?%0.~\t\\=<@`\x07é", max_size=60))
def test_any_text_is_read_or_refused_and_nothing_else_happens(text: str) -> None:
    try:
        lines = list(read(text).value_lines.values())
    except FileError as error:
        lines = [error.line]

    assert all(1 <= line <= text.count("\n") + 2 for line in lines)
