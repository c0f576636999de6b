"""`goodstanding tiers`: listed, shown, checked, written out; and the classifier."""

import json
import subprocess
import sys

import pytest

from goodstanding.adapters.files.tiers import catalogue, load_tier
from tests.delivery.cli.exports import run


def lines(found):
    return [" ".join(line.split()) for line in found.stdout.splitlines()]


def test_the_list_names_every_tier_that_ships():
    found = run("tiers", "list")

    assert found.exit_code == 0
    for tier in catalogue():
        assert any(line.startswith(f"{tier.key} {tier.name}") for line in lines(found))
    assert max(map(len, run("tiers", "list", width=50).stdout.splitlines())) <= 50


@pytest.mark.proves("TIER-1")
def test_a_tier_is_shown_with_how_every_promise_is_read():
    found = run("tiers", "show", "Bronze")

    assert found.exit_code == 0
    for line in (
        "resolution, priority P1 24 h 1 business day of support hours",
        "response, priority P4 48 h 2 business days of support hours",
        "Uptime: 99.00 %",
        "What pauses resolution: waiting on client, waiting for an agreed date",
        "Review: each quarter, report",
    ):
        assert line in lines(found)
    assert "Reopening: the same clock goes on within 14 d" in found.stdout


@pytest.mark.parametrize("tier", catalogue(), ids=lambda tier: tier.key)
def test_every_tier_that_ships_can_be_shown_exported_and_is_in_order(tier, tmp_path):
    assert run("tiers", "show", tier.key).exit_code == 0
    assert run("tiers", "show", tier.key, width=40).exit_code == 0
    exported = run("tiers", "export", tier.key)
    path = tmp_path / "tier.yaml"
    path.write_text(exported.stdout)

    assert load_tier(path) == tier
    assert run("tiers", "check", path).exit_code == 0


@pytest.mark.proves("TIER-8")
def test_a_check_names_file_line_field_and_what_was_expected(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(run("tiers", "export", "gold").stdout.replace("response: 1 h", "response: 1 d"))

    found = run("tiers", "check", path)

    assert found.exit_code == 1
    assert f"{path}, line" in found.stdout
    assert "priorities.P1.response: expected an amount" in found.stdout
    assert "1 problem: the tier cannot be used." in found.stderr


@pytest.mark.proves("TIER-8")
def test_an_unclear_promise_is_flagged_by_name_and_the_tier_can_be_used(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(run("tiers", "export", "gold").stdout + "promises:\n  - {text: best effort at weekends}\n")

    found = run("tiers", "check", path)

    assert found.exit_code == 0
    assert "unclear promise: " in found.stdout
    assert "best effort at weekends" in found.stdout
    assert "It can be used;" in found.stderr


def test_the_schema_is_json():
    schema = json.loads(run("tiers", "schema").stdout)

    assert schema["$schema"].endswith("2020-12/schema")


def test_a_tier_that_is_none_ends_with_two():
    found = run("tiers", "show", "golt")

    assert found.exit_code == 2
    assert "did you mean gold?" in found.stderr
    assert run("tiers", "check", "/no/such/file.yaml").exit_code == 2


@pytest.mark.proves("TIER-3")
@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--hit", "all", "--way-round", "none"), "Proposed: P1 critical"),
        (("--hit", "core", "--way-round", "none"), "Proposed: P2 high"),
        (("--hit", "core", "--way-round", "none", "--family", "retainer"), "Proposed: S1 critical"),
        (("--hit", "workflow", "--way-round", "none", "--users", "12"), "Proposed: P2 high"),
        (("--hit", "workflow", "--way-round", "good"), "Proposed: P3 medium"),
        (("--hit", "wish"), "Proposed: P4 low"),
    ],
)
def test_the_classifier_proposes_from_facts_with_its_reason(options, said):
    found = run("tiers", "classify", *options)

    assert found.exit_code == 0
    assert lines(found)[0] == said
    assert lines(found)[1].startswith("Because ")
    assert "A person confirms it" in found.stdout


def test_the_classifier_says_what_it_needs_where_nobody_can_be_asked():
    found = run("tiers", "classify", "--hit", "core")

    assert found.exit_code == 2
    assert "--way-round: none, poor, good" in found.stderr


def test_the_catalogue_needs_neither_django_nor_tables():
    program = (
        "import sys\nfrom goodstanding.delivery.cli.main import goodstanding\n"
        "goodstanding(['tiers', 'list'], standalone_mode=False)\n"
        "print(sorted({'django', 'polars', 'holidays'} & set(sys.modules)))\n"
    )

    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert told.stdout.splitlines()[-1] == "[]"
