"""Tiers in files: the catalogue against its tables, the choice of targets, problems with their lines, and the way back."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from goodstanding.adapters.files.tiers import CATALOGUE, catalogue, check_tier, dump_tier, load_tier
from goodstanding.adapters.files.yaml12 import FileError, read, write
from goodstanding.core.clocks.amounts import Amount, AmountError, Unit
from goodstanding.core.clocks.presets import PRESETS
from goodstanding.core.commerce.priorities import Family, priorities
from goodstanding.core.commerce.promises import score_warnings, unclear_promises
from goodstanding.core.commerce.tier import (
    Consequences,
    HoursRange,
    PriceRange,
    Promise,
    Reading,
    Regulatory,
    Review,
    Rhythm,
    Scan,
    ScoreCommitments,
    Tier,
    Upgrades,
)
from goodstanding.core.desk.events import PauseOwner
from goodstanding.core.desk.policy import ClockKind, Policy, Reopening, ReopenMode, Target, TargetRule, ties

FILES = resources.files("goodstanding.adapters.files")
BY_KEY = {tier.key: tier for tier in catalogue()}

HOURS = "of support hours"
WALL = "of wall time"

# Printed, then read. Every value of the table of requirements TIER-1, in its order.
SUPPORT_PLAN = {
    ("bronze", "response"): [
        ("4 h", f"4 hours {HOURS}"),
        ("8 h", f"8 hours {HOURS}"),
        ("24 h", f"1 business day {HOURS}"),
        ("48 h", f"2 business days {HOURS}"),
    ],
    ("bronze", "resolution"): [
        ("24 h", f"1 business day {HOURS}"),
        ("48 h", f"2 business days {HOURS}"),
        ("5 d", f"5 business days {HOURS}"),
        ("10 d", f"10 business days {HOURS}"),
    ],
    ("silver", "response"): [
        ("2 h", f"2 hours {HOURS}"),
        ("4 h", f"4 hours {HOURS}"),
        ("8 h", f"8 hours {HOURS}"),
        ("24 h", f"1 business day {HOURS}"),
    ],
    ("silver", "resolution"): [
        ("8 h", f"8 hours {HOURS}"),
        ("24 h", f"1 business day {HOURS}"),
        ("3 d", f"3 business days {HOURS}"),
        ("5 d", f"5 business days {HOURS}"),
    ],
    ("gold", "response"): [
        ("1 h", f"1 hour {HOURS}"),
        ("2 h", f"2 hours {HOURS}"),
        ("4 h", f"4 hours {HOURS}"),
        ("8 h", f"8 hours {HOURS}"),
    ],
    ("gold", "resolution"): [
        ("4 h", f"4 hours {HOURS}"),
        ("8 h", f"8 hours {HOURS}"),
        ("1 d", f"1 business day {HOURS}"),
        ("3 d", f"3 business days {HOURS}"),
    ],
    ("platinum", "response"): [
        ("15 min", f"15 minutes {WALL}"),
        ("1 h", f"1 hour {WALL}"),
        ("2 h", f"2 hours {WALL}"),
        ("4 h", f"4 hours {WALL}"),
    ],
    ("platinum", "resolution"): [
        ("2 h", f"2 hours {WALL}"),
        ("4 h", f"4 hours {WALL}"),
        ("8 h", f"8 hours {WALL}"),
        ("1 d", f"24 hours {WALL}"),
    ],
}
RETAINER = {
    "light": [
        ("4 business h", f"4 hours {HOURS}"),
        ("1 business day", f"1 business day {HOURS}"),
        ("3 business days", f"3 business days {HOURS}"),
        ("batched, no clock", "no clock"),
    ],
    "active": [
        ("1 business h", f"1 hour {HOURS}"),
        ("4 business h", f"4 hours {HOURS}"),
        ("1 business day", f"1 business day {HOURS}"),
        ("1 week", f"1 week (5 business days) {HOURS}"),
    ],
    "dedicated": [
        ("by contract", f"1 hour {HOURS}"),
        ("by contract", f"4 hours {HOURS}"),
        ("by contract", f"1 business day {HOURS}"),
        ("by contract", f"1 week (5 business days) {HOURS}"),
    ],
    "enterprise": [
        ("1 h, 24/7, named engineer", f"1 hour {WALL}"),
        ("2 business h", f"2 hours {HOURS}"),
        ("1 business day", f"1 business day {HOURS}"),
        ("1 week", f"1 week (5 business days) {HOURS}"),
    ],
}


def readings(tier: Tier, clock: str) -> list[tuple[str, str]]:
    """Each priority's target as printed and as read, found through the policy as a ticket would find it."""
    assert tier.policy is not None
    rules = [tier.policy.rule_for(ClockKind(clock), priority) for priority in priorities(tier.family)]
    return [(tier.reading(rule).printed, tier.reading(rule).read_as) for rule in rules if rule is not None]


@pytest.mark.proves("TIER-1")
def test_the_catalogue_ships_three_families_in_order() -> None:
    assert [(tier.key, tier.family) for tier in catalogue()] == [
        ("bronze", "support_plan"),
        ("silver", "support_plan"),
        ("gold", "support_plan"),
        ("platinum", "support_plan"),
        ("light", "retainer"),
        ("active", "retainer"),
        ("dedicated", "retainer"),
        ("enterprise", "retainer"),
        ("score-standard", "score"),
    ]


@pytest.mark.proves("TIER-1")
@pytest.mark.parametrize(("key", "clock"), SUPPORT_PLAN)
def test_a_support_plan_prints_and_reads_its_targets_as_the_table_says(key: str, clock: str) -> None:
    assert readings(BY_KEY[key], clock) == SUPPORT_PLAN[key, clock]


@pytest.mark.proves("TIER-1")
@pytest.mark.parametrize(
    ("key", "uptime", "hours", "contact", "rhythm", "form"),
    [
        ("bronze", "99.0", "business", "shared queue", "quarterly", "report"),
        ("silver", "99.5", "extended", "named team", "monthly", "report"),
        ("gold", "99.9", "18/7", "dedicated engineer", "weekly", "report"),
        ("platinum", "99.95", "24/7", "dedicated team", "live", "dashboard"),
    ],
)
def test_a_support_plan_guarantees_uptime_and_says_when_by_whom_and_how_often(
    key: str, uptime: str, hours: str, contact: str, rhythm: str, form: str
) -> None:
    tier = BY_KEY[key]

    assert tier.uptime == Fraction(uptime) / 100
    assert (tier.hours, tier.contact) == (hours, contact)
    assert tier.review == Review(Rhythm(rhythm), form)


@pytest.mark.proves("TIER-1")
@pytest.mark.parametrize("key", RETAINER)
def test_a_retainer_prints_and_reads_its_responses_as_the_table_says(key: str) -> None:
    assert readings(BY_KEY[key], "response") == RETAINER[key]


@pytest.mark.proves("TIER-1")
@pytest.mark.parametrize("key", RETAINER)
def test_a_retainer_ships_without_resolution_targets_and_uptime_guarantee(key: str) -> None:
    tier = BY_KEY[key]

    assert tier.policy is not None
    assert {rule.clock for rule in tier.policy.rules} == {ClockKind.RESPONSE}
    assert tier.uptime is None
    assert "credit" not in tier.consequences.tickets


@pytest.mark.proves("TIER-1")
@pytest.mark.parametrize(
    ("key", "price", "hours", "review", "regulatory", "upgrades"),
    [
        ("light", (1500, 4000), (8, 20), (60, False, False), "on_request", "planning"),
        ("active", (4000, 12000), (30, 80), (90, True, False), "proactive", "planning_and_delivery"),
        ("dedicated", (4500, 9000), "80 % of one engineer", (60, False, False), "by_contract", "planning"),
        ("enterprise", (12000, 30000), "by contract", (90, True, True), "proactive", "planning_and_delivery"),
    ],
)
def test_a_retainer_has_the_price_hours_review_and_duties_of_the_table(
    key: str, price: tuple[int, int], hours: Any, review: tuple[int, bool, bool], regulatory: str, upgrades: str
) -> None:
    tier = BY_KEY[key]

    assert tier.price == PriceRange(Decimal(price[0]), Decimal(price[1]), "USD")
    assert tier.hours_a_month == (hours if isinstance(hours, str) else HoursRange(Decimal(hours[0]), Decimal(hours[1])))
    assert tier.review == Review(Rhythm.QUARTERLY, "", *review)
    assert (tier.regulatory, tier.upgrades, tier.hours) == (regulatory, upgrades, "business")


@pytest.mark.proves("TIER-1")
def test_what_the_dedicated_developer_leaves_to_the_contract_begins_with_actives_values_and_says_so() -> None:
    dedicated, active = BY_KEY["dedicated"], BY_KEY["active"]

    assert [each.target for each in dedicated.readings] == [each.target for each in active.readings]
    assert {(each.printed, each.prefilled_from) for each in dedicated.readings} == {("by contract", "active")}
    assert {each.prefilled_from for tier in catalogue() if tier is not dedicated for each in tier.readings} == {""}


@pytest.mark.proves("TIER-1", "TIER-4")
def test_only_what_the_tables_say_is_counted_in_wall_time() -> None:
    wall = {
        (tier.key, rule.priority)
        for tier in catalogue()
        if tier.policy is not None
        for rule in tier.policy.rules
        if rule.target.slot == "always"
    }

    assert wall == {*(("platinum", priority) for priority in ("P1", "P2", "P3", "P4")), ("enterprise", "S1")}


@pytest.mark.proves("CLOCK-4", "CLOCK-6")
@pytest.mark.parametrize("tier", [tier for tier in catalogue() if tier.policy], ids=lambda tier: tier.key)
def test_as_shipped_resolution_waits_for_the_client_responses_never_do_and_reopening_resumes_for_a_fortnight(
    tier: Tier,
) -> None:
    assert tier.policy is not None
    assert tier.policy.pauses == {
        ClockKind.RESPONSE: frozenset(),
        ClockKind.NEXT_RESPONSE: frozenset(),
        ClockKind.RESOLUTION: {PauseOwner.CUSTOMER, PauseOwner.AGREED_DATE},
    }
    assert tier.policy.reopening == Reopening(ReopenMode.RESUME, timedelta(days=14))
    assert tier.policy.grace_after_upgrade == timedelta()


@pytest.mark.proves("TIER-2")
def test_the_score_tier_commits_to_what_the_family_promises() -> None:
    tier = BY_KEY["score-standard"]

    assert tier.score == ScoreCommitments(
        scan=Scan.DAILY,
        hold=75,
        alert_below=70,
        emergency_below=60,
        improve_by=15,
        improve_within_days=90,
        critical=Target(Amount(72, Unit.HOURS), "always"),
        critical_at_most=Target(Amount(7 * 24, Unit.HOURS), "always"),
        high=Target(Amount(7, Unit.BUSINESS_DAYS), "support"),
    )
    assert [(each.printed, each.read_as) for each in tier.readings] == [
        ("72 h", f"72 hours {WALL}"),
        ("7 days", f"168 hours {WALL}"),
        ("7 business days", f"7 business days {HOURS}"),
    ]
    assert tier.review == Review(Rhythm.MONTHLY, "branded report")
    assert score_warnings(tier) == ()


@pytest.mark.proves("TIER-2")
def test_a_score_tier_may_scan_weekly() -> None:
    tier = load_tier(dump_tier(BY_KEY["score-standard"]).replace("scan: daily", "scan: weekly"))

    assert tier.score is not None
    assert tier.score.scan is Scan.WEEKLY


@pytest.mark.proves("TIER-2", "TIER-8")
@pytest.mark.parametrize(("minimum", "kinds"), [(75, []), (89, []), (90, ["warning"]), (100, ["warning"])])
def test_the_check_of_a_file_warns_of_a_minimum_of_90_or_more(minimum: int, kinds: list[str]) -> None:
    text = dump_tier(BY_KEY["score-standard"]).replace("hold: 75", f"hold: {minimum}")

    found = check_tier(text)

    assert [each.kind for each in found] == kinds
    assert all((each.field, "start at 75" in each.hint) == ("score.hold", True) for each in found)


@pytest.mark.proves("TIER-8")
@pytest.mark.parametrize("key", CATALOGUE)
def test_a_shipped_tier_has_no_unclear_promise_and_fits_the_schema_by_itself(key: str) -> None:
    text = FILES.joinpath("catalogue", f"{key}.yaml").read_text("utf-8")
    schema = json.loads(FILES.joinpath("tier.schema.json").read_text("utf-8"))

    assert check_tier(text) == ()
    assert unclear_promises(BY_KEY[key]) == ()
    assert Draft202012Validator(schema).is_valid(read(text).data)


def test_every_file_of_the_catalogue_is_listed_and_carries_its_key() -> None:
    shipped = {file.name for file in FILES.joinpath("catalogue").iterdir()}

    assert shipped == {f"{key}.yaml" for key in CATALOGUE}
    assert [tier.key for tier in catalogue()] == list(CATALOGUE)


@pytest.mark.proves("TIER-8")
def test_the_schemas_are_valid_draft_2020_12() -> None:
    for name in ("tier.schema.json", "calendar.schema.json"):
        Draft202012Validator.check_schema(json.loads(FILES.joinpath(name).read_text("utf-8")))


@pytest.mark.proves("TIER-1", "TIER-8")
@pytest.mark.parametrize("tier", catalogue(), ids=lambda tier: tier.key)
def test_a_shipped_tier_comes_back_from_the_text_it_is_written_as(tier: Tier) -> None:
    assert load_tier(dump_tier(tier)) == tier


def test_a_tier_is_read_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "gold.yaml"
    file.write_text(dump_tier(BY_KEY["gold"]), "utf-8")

    assert load_tier(file) == BY_KEY["gold"]
    assert check_tier(file) == ()


# The choice of a target, written in YAML


GOLD = dump_tier(BY_KEY["gold"])


def with_extra(rules: str) -> str:
    return GOLD.replace("pauses:\n", f"rules:\n{rules}pauses:\n", 1)


EXTRA = """\
  - {clock: response, priority: P1, team: hosting, target: 30 min}
  - {clock: response, priority: P1, team: hosting, tags: [payment], target: {amount: 5 min, slot: always}}
  - {clock: resolution, priority: P4, kind: development, target: no clock}
  - {clock: next_response, target: 8 h}
  - {clock: next_response, priority: P2, tags: [vip, payment], target: 1 h}
"""


@pytest.mark.proves("TIER-4")
@pytest.mark.parametrize(
    ("clock", "facts", "target", "rule"),
    [
        ("response", {"priority": "P1"}, "1 h of support hours", "response, priority P1"),
        (
            "response",
            {"priority": "P1", "team": "hosting"},
            "30 min of support hours",
            "response, priority P1 and team hosting",
        ),
        (
            "response",
            {"priority": "P1", "team": "hosting", "tags": ["payment", "vip"]},
            "5 min of wall time",
            "response, priority P1 and tag payment and team hosting",
        ),
        ("response", {"priority": "P1", "tags": ["payment"]}, "1 h of support hours", "response, priority P1"),
        ("response", {"priority": "P2", "team": "hosting"}, "2 h of support hours", "response, priority P2"),
        (
            "resolution",
            {"priority": "P4", "kind": "development"},
            "no clock",
            "resolution, priority P4 and kind development",
        ),
        ("resolution", {"priority": "P4", "kind": "functional"}, "3 bd of support hours", "resolution, priority P4"),
        ("next_response", {"priority": "P3"}, "8 h of support hours", "next response, every ticket"),
        ("next_response", {"priority": "P2", "tags": ["vip"]}, "8 h of support hours", "next response, every ticket"),
        (
            "next_response",
            {"priority": "P2", "tags": ["vip", "payment"]},
            "1 h of support hours",
            "next response, priority P2 and tag payment and tag vip",
        ),
    ],
)
def test_the_most_specific_rule_of_a_file_chooses_the_target_and_gives_its_name(
    clock: str, facts: dict[str, Any], target: str, rule: str
) -> None:
    policy = load_tier(with_extra(EXTRA)).policy
    assert policy is not None

    chosen = policy.rule_for(ClockKind(clock), **facts)

    assert chosen is not None
    assert (str(chosen.target), chosen.name) == (target, rule)


@pytest.mark.proves("TIER-4", "TIER-8")
def test_a_tie_is_refused_with_both_rules_and_their_lines() -> None:
    text = with_extra(
        "  - {clock: response, priority: P1, team: hosting, target: 30 min}\n"
        "  - {clock: response, priority: P1, tags: [payment], target: 10 min}\n"
    )

    with pytest.raises(FileError) as refused:
        load_tier(text, name="gold.yaml")

    problem = refused.value.problems[0]
    first, second = (number for number, line in enumerate(text.splitlines(), start=1) if "- {clock" in line)
    assert len(refused.value.problems) == 1
    assert (problem.line, problem.field) == (second, "rules[1]")
    assert f"“response, priority P1 and team hosting” (line {first})" in problem.found
    assert f"“response, priority P1 and tag payment” (line {second})" in problem.found


@pytest.mark.proves("TIER-4")
def test_a_rule_for_tickets_that_fit_both_settles_a_tie() -> None:
    text = with_extra(
        "  - {clock: response, priority: P1, team: hosting, target: 30 min}\n"
        "  - {clock: response, priority: P1, tags: [payment], target: 10 min}\n"
        "  - {clock: response, priority: P1, team: hosting, tags: [payment], target: 5 min}\n"
    )

    policy = load_tier(text).policy
    assert policy is not None
    chosen = policy.rule_for(ClockKind.RESPONSE, "P1", team="hosting", tags=["payment"])

    assert chosen is not None
    assert str(chosen.target) == "5 min of support hours"


@pytest.mark.proves("TIER-4")
def test_a_rule_without_a_priority_ties_with_every_priority_and_all_of_them_are_named() -> None:
    with pytest.raises(FileError) as refused:
        load_tier(with_extra("  - {clock: response, team: hosting, target: 30 min}\n"))

    found = refused.value.problems[0].found
    assert [f"“response, priority {priority}” (line" in found for priority in ("P1", "P2", "P3", "P4")] == [True] * 4


@pytest.mark.proves("CLOCK-4", "CLOCK-6")
def test_pauses_reopening_grace_and_risk_are_the_tiers_own() -> None:
    text = GOLD.replace("response: []", "response: [supplier]", 1)
    text = text.replace("within: 14 days", "within: always").replace("mode: resume", "mode: new_cycle")
    text = text.replace("at_risk: 75 %", "at_risk: 50 %\ngrace_after_upgrade: 30 min")

    policy = load_tier(text).policy

    assert policy is not None
    assert policy.pauses[ClockKind.RESPONSE] == {PauseOwner.SUPPLIER}
    assert policy.pauses[ClockKind.RESOLUTION] == {PauseOwner.CUSTOMER, PauseOwner.AGREED_DATE}
    assert policy.reopening == Reopening(ReopenMode.NEW_CYCLE, None)
    assert (policy.grace_after_upgrade, policy.at_risk) == (timedelta(minutes=30), Fraction(1, 2))


@pytest.mark.proves("TIER-1")
def test_a_file_that_says_nothing_about_pauses_and_reopening_gets_what_ships() -> None:
    short = "key: short\nname: Short\nfamily: support_plan\npriorities:\n" + "".join(
        f"  P{rank}: {{response: {rank} h}}\n" for rank in (1, 2, 3, 4)
    )

    tier, gold = load_tier(short), BY_KEY["gold"]

    assert tier.policy is not None
    assert gold.policy is not None
    assert (tier.policy.pauses, tier.policy.reopening) == (gold.policy.pauses, gold.policy.reopening)


@pytest.mark.proves("TIER-6")
def test_an_edited_copy_leaves_the_version_it_was_copied_from_as_it_was() -> None:
    before = dump_tier(BY_KEY["gold"])
    edit = before.replace("version: 1", "version: 2\neffective_from: 2027-01-01").replace("response: 1 h", "response: 30 min")

    second = load_tier(edit)

    assert (second.version, second.effective_from) == (2, date(2027, 1, 1))
    assert readings(second, "response")[0] == ("30 min", f"30 minutes {HOURS}")
    assert dump_tier(BY_KEY["gold"]) == before
    assert second.policy is not None
    with pytest.raises(TypeError):
        second.policy.pauses[ClockKind.RESPONSE] = frozenset()  # type: ignore[index]  # that it cannot be set is tested


# Problems


def in_gold(old: str, new: str) -> str:
    assert old in GOLD
    return GOLD.replace(old, new, 1)


LINE: dict[str, int] = {}
for _number, _line in enumerate(GOLD.splitlines(), start=1):
    LINE.setdefault(_line.partition(":")[0].strip(), _number)
LINE["first rule"] = LINE["pauses"] + 1

MISTAKES: dict[str, tuple[str, str, str, str]] = {
    "an amount of days": (
        in_gold("P1: {response: 1 h", "P1: {response: 4d"),
        "P1",
        "priorities.P1.response",
        "expected an amount such as 15 min, 4 h, 1 bd or 1 week; found '4d' "
        "(a day can be read two ways: write 4 bd for business days, or 96 h)",
    ),
    "a number for an amount": (
        in_gold("P1: {response: 1 h", "P1: {response: 4"),
        "P1",
        "priorities.P1.response",
        "expected an amount such as 15 min, 4 h, 1 bd or 1 week; found the number 4",
    ),
    "an unknown unit deeper in": (
        in_gold("{amount: 1 bd, printed: 1 d}", "{amount: 1 fortnight, printed: 1 d}"),
        "P3",
        "priorities.P3.resolution.amount",
        "expected an amount such as 15 min, 4 h, 1 bd or 1 week; found '1 fortnight'",
    ),
    "a word misspelt": (
        in_gold("P2: {response: 2 h", "P2: {response: 2 h, resolutoin: 8 h"),
        "P2",
        "priorities.P2.resolutoin",
        "expected one of response, next_response, resolution; found 'resolutoin' (did you mean resolution?)",
    ),
    "a priority left out": (
        "\n".join(line for line in GOLD.splitlines() if not line.startswith("  P4")),
        "priorities",
        "priorities.P4",
        "expected targets such as {response: 1 h, resolution: 4 h}; found nothing",
    ),
    "a resolution left out": (
        in_gold("P1: {response: 1 h, resolution: 4 h}", "P1: {response: 1 h}"),
        "P1",
        "priorities.P1.resolution",
        "expected an amount, or “no clock” where none is meant; found nothing",
    ),
    "hours that are none": (
        in_gold("hours: 18/7", "hours: 17/7"),
        "hours",
        "hours",
        "expected one of business, extended, 18/7, 24/7; found '17/7' (did you mean 18/7?)",
    ),
    "a percentage without its sign": (
        in_gold("99.9 %", "99.9"),
        "uptime",
        "uptime",
        "expected a percentage such as 99.9 %; found the number 99.9",
    ),
    "more than all": (
        in_gold("99.9 %", "101 %"),
        "uptime",
        "uptime",
        "expected a percentage above 0 % and at most 100 %; found '101 %'",
    ),
    "an owner that is none": (
        in_gold("[customer, agreed_date]", "[client, agreed_date]"),
        "resolution",
        "pauses.resolution[0]",
        "expected one of customer, supplier, agreed_date, partner; found 'client'",
    ),
    "a day that never was": (
        in_gold("version: 1", "version: 1\neffective_from: 2026-02-30"),
        "summary",
        "effective_from",
        "expected a date that is in the calendar; found '2026-02-30'",
    ),
    "a date in another order": (
        in_gold("version: 1", "version: 1\neffective_from: 30.06.2026"),
        "summary",
        "effective_from",
        "expected a date such as 2026-07-01; found '30.06.2026'",
    ),
    "a price the wrong way round": (
        in_gold("contact:", "price: {from: 4000, to: 1500, currency: USD}\ncontact:"),
        "contact",
        "price",
        "expected the lower end first; found from 4000 to 1500",
    ),
    "hours the wrong way round": (
        in_gold("contact:", "hours_a_month: {from: 20, to: 8}\ncontact:"),
        "contact",
        "hours_a_month",
        "expected the lower end first; found from 20 to 8",
    ),
    "a number with a separator": (
        in_gold("contact:", "price: {from: '1,500', to: 4000, currency: USD}\ncontact:"),
        "contact",
        "price.from",
        "expected a number without separators, such as 1500; found '1,500'",
    ),
    "score commitments in a support plan": (
        in_gold("contact:", "score: {scan: daily}\ncontact:"),
        "contact",
        "score",
        "expected no score commitments here: they belong to the family score; found fields (scan)",
    ),
    "an unknown field": (
        in_gold("contact:", "contcat:"),
        "contact",
        "contcat",
        "(did you mean contact?)",
    ),
    "a rule that is a priority's": (
        with_extra("  - {clock: response, priority: P1, target: 1 h}\n"),
        "first rule",
        "rules[0]",
        "expected a rule that also asks for a team, a kind or tags; found fields (clock, priority, target) "
        "(else it is priorities.P1.response)",
    ),
    "a rule for another family": (
        with_extra("  - {clock: response, priority: S1, team: a, target: 1 h}\n"),
        "first rule",
        "rules[0].priority",
        "expected one of P1, P2, P3, P4 in the family support_plan; found 'S1'",
    ),
    "a reopening without an end": (
        in_gold("within: 14 days", "within: a fortnight"),
        "reopening",
        "reopening.within",
        "expected a time such as 14 days, or always; found 'a fortnight'",
    ),
    "nothing but a text": ("Gold", "key", "", "expected the fields of a tier"),
    "a line break at the end": (
        in_gold("uptime: 99.9 %", 'uptime: "99.9 %\\n"'),
        "uptime",
        "uptime",
        "expected a percentage such as 99.9 %; found '99.9 %\\n'",
    ),
    "a line break after always": (
        in_gold("within: 14 days", 'within: "always\\n"'),
        "reopening",
        "reopening.within",
        "expected a time such as 14 days, or always; found 'always\\n'",
    ),
    "no family": (
        in_gold("family: support_plan\n", ""),
        "key",
        "family",
        "expected one of support_plan, retainer, score; found nothing",
    ),
}


@pytest.mark.proves("TIER-8")
@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_told_with_its_file_line_and_field_and_what_was_expected_and_found(mistake: str) -> None:
    text, line_of, field, told = MISTAKES[mistake]

    with pytest.raises(FileError) as refused:
        load_tier(text, name="gold.yaml")

    problem = refused.value.problems[0]
    assert (problem.path, problem.line, problem.field, problem.kind) == ("gold.yaml", LINE[line_of], field, "error")
    assert told in str(problem)
    assert len(refused.value.problems) == 1
    assert check_tier(text, name="gold.yaml") == refused.value.problems


@pytest.mark.proves("TIER-8")
def test_a_check_lists_every_problem_of_a_file_in_the_order_of_its_lines() -> None:
    text = GOLD
    for old, new in (("response: 1 h", "response: 1d"), ("18/7", "17/7"), ("99.9 %", "high"), ("form:", "from:")):
        text = text.replace(old, new, 1)

    found = check_tier(text)

    assert [each.field for each in found] == ["hours", "priorities.P1.response", "uptime", "review.from"]
    assert [each.line for each in found] == sorted(each.line for each in found)


@pytest.mark.proves("TIER-8")
def test_what_the_schema_cannot_see_is_listed_together_too() -> None:
    text = in_gold("P1: {response: 1 h, resolution: 4 h}", "P1: {response: 1 h}")
    text = text.replace("version: 1", "version: 1\neffective_from: 2026-02-30").replace("99.9 %", "0 %")
    text = text.replace("contact:", "price: {from: 2, to: 1, currency: USD}\ncontact:").replace("75 %", "110 %")

    found = check_tier(text)

    assert {each.field for each in found} == {"priorities.P1.resolution", "effective_from", "uptime", "price", "at_risk"}


@pytest.mark.proves("TIER-3", "TIER-8")
def test_a_severity_has_no_place_in_a_support_plan() -> None:
    found = check_tier(in_gold("  P4:", "  S4:"))

    assert [(each.line, each.field, each.found) for each in found] == [
        (LINE["priorities"], "priorities.P4", "nothing"),
        (LINE["P4"], "priorities.S4", "'S4'"),
    ]


@pytest.mark.proves("TIER-4")
def test_two_rules_that_a_ticket_could_not_tell_apart_by_name_are_refused() -> None:
    text = with_extra(
        "  - {clock: response, priority: P1, tags: [a and tag b], target: 1 min}\n"
        "  - {clock: response, priority: P1, tags: [a, b], target: 2 min}\n"
    )

    with pytest.raises(FileError, match="expected a tier that holds together; found each target needs the reading"):
        load_tier(text)


@pytest.mark.proves("TIER-8")
def test_a_score_tier_promises_nothing_about_tickets() -> None:
    text = dump_tier(BY_KEY["score-standard"]) + "priorities: {}\nat_risk: 50 %\n"

    assert [(each.field, each.expected) for each in check_tier(text)] == [
        ("priorities", "no targets for tickets here: a score tier promises a score"),
        ("at_risk", "no targets for tickets here: a score tier promises a score"),
    ]


@pytest.mark.proves("TIER-8")
def test_a_file_that_is_no_yaml_is_a_problem_like_any_other() -> None:
    found = check_tier("key: gold\nkey: silver\n", name="gold.yaml")

    assert [str(each) for each in found] == ["gold.yaml, line 2, key: expected each name once; found it again, first on line 1"]


@pytest.mark.proves("TIER-8")
def test_unclear_promises_are_named_with_their_lines_and_do_not_keep_the_tier_from_being_read() -> None:
    text = in_gold("Support for eighteen hours", "Best effort for eighteen hours")
    text = re.sub(r"  uptime: .*\n", "", text)
    text += "promises:\n  - text: quick answers\n    number: soon\n    measured: by hand\n  - text: fair prices\n"

    found = check_tier(text, name="gold.yaml")

    last = len(text.splitlines())
    assert {each.kind for each in found} == {"unclear"}
    assert [(each.line, each.field, each.expected.rpartition("for ")[2], each.found) for each in found] == [
        (5, "summary", "“Best effort”", "'Best effort'"),
        (last - 6, "consequences.uptime", "“uptime guarantee”", "nothing"),
        (last - 3, "promises[0].consequence", "“quick answers”", "nothing"),
        (last - 2, "promises[0].number", "“quick answers”", "'soon'"),
        (last, "promises[1].number", "“fair prices”", "nothing"),
        (last, "promises[1].measured", "“fair prices”", "nothing"),
        (last, "promises[1].consequence", "“fair prices”", "nothing"),
    ]
    assert load_tier(text).promises[1] == Promise("fair prices")


# The way back, for any tier


UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

# Strategies are made once: making one, and looking whether it can be drawn from, costs more than a draw from it.
amounts = st.none() | st.builds(Amount, st.integers(0, 99_999), st.sampled_from(Unit))
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30).filter(str.strip)
shares = st.fractions(min_value=Fraction(1, 10**6), max_value=1, max_denominator=10**6)
spans = st.integers(0, 10**5 - 1).map(lambda minutes: timedelta(minutes=minutes)) | st.integers(0, 99_999).map(
    lambda days: timedelta(days=days)
)
decimals = st.decimals(0, 10**6, places=2)
said = st.just("") | texts
printings = st.sampled_from(["24 h", "by contract", "no clock", "1 WEEK", "4d", "22:00"]) | texts
keys = st.from_regex("[a-z0-9]{1,5}(-[a-z0-9]{1,5}){0,2}", fullmatch=True)
first_days = st.none() | st.dates(date(1970, 1, 1), date(2099, 12, 31))
reviews = st.none() | st.builds(
    Review, st.sampled_from(Rhythm), said, st.none() | st.integers(1, 480), st.booleans(), st.booleans()
)
further_promises = st.lists(st.builds(Promise, texts, said, said, said), max_size=2)
graces = st.integers(0, 99_999).map(lambda minutes: timedelta(minutes=minutes))
reopening_spans = st.none() | spans
paused_by = st.sets(st.sampled_from(PauseOwner))
more_clocks = st.sets(st.sampled_from([ClockKind.NEXT_RESPONSE, ClockKind.RESOLUTION]))
teams = st.none() | st.sampled_from(["hosting", "Team Ö: 1"])
kinds = st.none() | st.just("development")
tags = st.sets(st.sampled_from(["vip", "NO", "22:00"]), min_size=1)


def ends(kind: Callable[..., Any]) -> st.SearchStrategy[Any]:
    return st.tuples(decimals, decimals).map(sorted).map(lambda pair: kind(*pair))


uptimes = st.none() | shares
prices = st.none() | ends(PriceRange)
hours_a_month = st.none() | texts | ends(HoursRange)


@st.composite
def readings_of(draw: st.DrawFn, name: str, slots: tuple[str, ...]) -> Reading:
    target = Target(draw(amounts), draw(st.sampled_from(slots)))
    plain = "no clock" if target.amount is None else draw(st.sampled_from([str(target.amount), f"{target.amount} "]))
    printed = plain if draw(st.booleans()) else draw(printings)
    return Reading(name, printed, target, draw(said))


@st.composite
def tiers(draw: st.DrawFn) -> Tier:
    family = draw(st.sampled_from(Family))
    slots = draw(st.sampled_from([("support",), ("always",), ("support", "always"), ("support", "on-call")]))
    name = draw(texts)
    policy, score = None, None
    if family is Family.SCORE:
        found = {name: draw(readings_of(name, slots)) for name in ("critical", "critical_at_most", "high")}
        numbers = {name: draw(st.integers(0, 100)) for name in ("hold", "alert_below", "emergency_below", "improve_by")}
        days = draw(st.integers(1, 400))
        targets = {name: reading.target for name, reading in found.items()}
        score = ScoreCommitments(scan=draw(st.sampled_from(Scan)), improve_within_days=days, **numbers, **targets)
        read_as = tuple(found.values())
    else:
        policy, read_as = draw(policies(family, name, slots))
    return Tier(
        key=draw(keys),
        name=name,
        family=family,
        version=draw(st.integers(1, 99)),
        effective_from=draw(first_days),
        summary=draw(said),
        hours=draw(st.sampled_from(sorted(PRESETS))),
        policy=policy,
        score=score,
        readings=read_as,
        uptime=draw(uptimes),
        contact=draw(said),
        review=draw(reviews),
        price=draw(prices),
        hours_a_month=draw(hours_a_month),
        regulatory=draw(st.none() | st.sampled_from(Regulatory)),
        upgrades=draw(st.none() | st.sampled_from(Upgrades)),
        consequences=Consequences(*(draw(said) for _ in range(3))),
        promises=tuple(draw(further_promises)),
    )


@st.composite
def policies(draw: st.DrawFn, family: Family, name: str, slots: tuple[str, ...]) -> tuple[Policy, tuple[Reading, ...]]:
    clocks = [ClockKind.RESPONSE, *draw(more_clocks)]
    asked = [(clock, priority, {}) for priority in priorities(family) for clock in ClockKind if clock in clocks]
    for _ in range(draw(st.integers(0, 3))):
        more = {
            "team": draw(teams),
            "kind": draw(kinds),
            "tags": frozenset(draw(tags)),
        }
        asked.append((draw(st.sampled_from(clocks)), draw(st.none() | st.sampled_from(priorities(family))), more))
    rules: list[TargetRule] = []
    found: list[Reading] = []
    for clock, priority, more in asked:
        plain = TargetRule(clock=clock, target=Target(None), priority=priority, **more)
        reading = draw(readings_of(plain.name, slots))
        rule = replace(plain, target=reading.target)
        if not ties([*rules, rule]):
            rules.append(rule)
            found.append(reading)
    policy = Policy(
        name=name,
        rules=tuple(rules),
        pauses={clock: frozenset(draw(paused_by)) for clock in ClockKind},
        reopening=Reopening(draw(st.sampled_from(ReopenMode)), draw(reopening_spans)),
        grace_after_upgrade=draw(graces),
        at_risk=draw(shares),
    )
    return policy, tuple(found)


@pytest.mark.proves("TIER-8")
@settings(UNHURRIED, max_examples=60)
@given(tiers())
def test_any_tier_comes_back_from_the_text_it_is_written_as(tier: Tier) -> None:
    text = dump_tier(tier)

    found = load_tier(text)

    assert found == tier
    assert dump_tier(found) == text


def test_a_time_of_less_than_a_second_cannot_be_written() -> None:
    gold = BY_KEY["gold"]
    assert gold.policy is not None
    odd = replace(gold, policy=replace(gold.policy, grace_after_upgrade=timedelta(milliseconds=1)))

    with pytest.raises(ValueError, match="no whole number of seconds"):
        dump_tier(odd)


AMOUNT = re.compile(json.loads(FILES.joinpath("tier.schema.json").read_text("utf-8"))["$defs"]["amount"]["pattern"])


@pytest.mark.proves("TIER-4")
@UNHURRIED
@given(
    st.from_regex(r" ?[0-9]{1,5} ?(s|m|min|h|hours|bd|business days?|w|weeks?|d|days?|x)? ?", fullmatch=True)
    | st.text("0123456789 hmindbwsek", max_size=10)
)
def test_the_schema_takes_the_amounts_that_the_clocks_can_read(text: str) -> None:
    try:
        Amount.parse(text)
        readable = len(re.findall("[0-9]", text)) <= 5
    except AmountError:
        readable = False

    assert (AMOUNT.search(text) is not None) == (readable or text.strip() == "no clock")


pieces = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 200)
    | st.decimals(0, 9, places=1)
    | st.sampled_from(["4 h", "1 bd", "x", "99 %"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["P1", "response", "amount", "x.y"]), inner),
    max_leaves=6,
)


@cache
def fields_of(key: str) -> Mapping[str, Any]:
    return dict(read(dump_tier(BY_KEY[key])).data)


@settings(UNHURRIED, max_examples=150)
@given(key=st.sampled_from(CATALOGUE), data=st.data())
def test_whatever_stands_in_a_field_a_file_is_read_or_its_problems_are_told(key: str, data: st.DataObject) -> None:
    fields = dict(fields_of(key))
    name = data.draw(st.sampled_from(sorted(fields)))
    inner = fields[name]
    if isinstance(inner, dict) and data.draw(st.booleans()):
        fields[name] = {**inner, data.draw(st.sampled_from(sorted(inner))): data.draw(pieces)}
    else:
        fields[name] = data.draw(pieces)

    found = check_tier(write(fields))

    assert all(each.line >= 1 and each.expected and each.found for each in found)
