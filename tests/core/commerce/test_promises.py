"""Promises that nobody could be held to are named, and so are score promises that are too bold."""

from dataclasses import replace
from fractions import Fraction

import pytest

from goodstanding.core.commerce.promises import Doubt, Lack, score_warnings, unclear_promises
from goodstanding.core.commerce.tier import Consequences, Promise, Review, Rhythm, Tier
from goodstanding.core.desk.policy import Target
from tests.core.commerce.tiers import PLAIN, RESPONSES, holding, rules, scored, with_rules

CLEAR = Promise("spare parts", number="95 % within 2 business days", measured="delivery notes", consequence="5 % credit")


def found(tier: Tier) -> list[tuple[str, str, Lack]]:
    return [(each.field, each.promise, each.lacks) for each in unclear_promises(tier)]


@pytest.mark.proves("TIER-8")
def test_a_promise_with_number_measure_and_consequence_is_clear() -> None:
    assert found(replace(PLAIN, promises=(CLEAR,), uptime=Fraction(999, 1000))) == []
    assert found(scored()) == []


@pytest.mark.proves("TIER-8")
@pytest.mark.parametrize(("part", "lack"), [("number", "number"), ("measured", "measure"), ("consequence", "consequence")])
@pytest.mark.parametrize("text", ["", "  ", "-", "?", "tbd", "TBC.", "n/a", "None", "to be agreed"])
def test_a_part_that_is_missing_or_put_off_is_named(part: str, lack: str, text: str) -> None:
    tier = replace(PLAIN, promises=(CLEAR, replace(CLEAR, text="fast answers", **{part: text})))

    assert found(tier) == [(f"promises[1].{part}", "fast answers", Lack(lack))]


@pytest.mark.proves("TIER-8")
def test_a_number_without_a_digit_is_none() -> None:
    tier = replace(PLAIN, promises=(replace(CLEAR, number="most of them"),))

    assert found(tier) == [("promises[0].number", "spare parts", Lack.NUMBER)]


@pytest.mark.proves("TIER-8")
@pytest.mark.parametrize(
    "phrase",
    ["best effort", "Best-efforts", "best\neffort", "as soon as possible", "ASAP", "reasonable endeavours", "promptly"],
)
@pytest.mark.parametrize("field", ["summary", "contact"])
def test_vague_words_in_running_text_lack_a_number(field: str, phrase: str) -> None:
    tier = replace(PLAIN, **{field: f"We answer ({phrase}), all of us."})

    assert found(tier) == [(field, phrase, Lack.NUMBER)]


@pytest.mark.proves("TIER-8")
@pytest.mark.parametrize("text", ["untimely", "impromptu help", "the best team, no effort spared", "possible as soon as May"])
def test_words_that_only_look_vague_are_left_alone(text: str) -> None:
    assert found(replace(PLAIN, summary=text)) == []


@pytest.mark.proves("TIER-8")
def test_a_target_printed_as_best_effort_lacks_a_number_and_an_honest_no_clock_does_not() -> None:
    honest = with_rules((*RESPONSES[:3], *rules(P4_response="no clock")))
    vague = replace(honest, readings=(*honest.readings[:3], replace(honest.readings[3], printed="best effort")))

    assert found(honest) == []
    assert found(vague) == [("priorities.P4.response", "best effort", Lack.NUMBER)]


@pytest.mark.proves("TIER-8")
def test_a_rule_that_asks_more_is_named_by_its_place_among_such_rules() -> None:
    team = replace(RESPONSES[3], team="hosting", target=Target(None))
    tier = with_rules((*RESPONSES, replace(team, team="web"), team))

    vague = replace(tier, readings=(*tier.readings[:5], replace(tier.readings[5], printed="best effort")))

    assert found(vague) == [("rules[1].target", "best effort", Lack.NUMBER)]


@pytest.mark.proves("TIER-8")
def test_measured_promises_without_a_consequence_are_named_together() -> None:
    tier = replace(
        with_rules((*RESPONSES, *rules(P1_resolution="4 h", P2_resolution="8 h", P3_resolution="1 bd", P4_resolution="2 bd"))),
        uptime=Fraction(99, 100),
        consequences=Consequences(),
    )

    assert found(tier) == [
        ("consequences.tickets", "response, resolution targets", Lack.CONSEQUENCE),
        ("consequences.uptime", "uptime guarantee", Lack.CONSEQUENCE),
    ]
    assert found(scored(consequences=Consequences(tickets="credit"))) == [
        ("consequences.score", "score commitments", Lack.CONSEQUENCE)
    ]


@pytest.mark.proves("TIER-8")
def test_what_is_not_promised_needs_no_consequence() -> None:
    nothing = with_rules(
        rules(P1_response="no clock", P2_response="no clock", P3_response="no clock", P4_response="no clock"),
        consequences=Consequences(),
    )

    assert found(nothing) == []


@pytest.mark.proves("TIER-2")
@pytest.mark.parametrize(("minimum", "warned"), [(0, False), (75, False), (89, False), (90, True), (95, True), (100, True)])
def test_a_minimum_of_90_or_more_draws_a_warning(minimum: int, warned: bool) -> None:
    warnings = score_warnings(holding(minimum))

    assert [(each.field, each.doubt, each.value) for each in warnings] == (
        [("score.hold", Doubt.HOLD_TOO_HIGH, minimum)] if warned else []
    )


@pytest.mark.proves("TIER-2")
@pytest.mark.parametrize("rhythm", Rhythm)
def test_a_score_reported_less_than_monthly_draws_a_warning(rhythm: Rhythm) -> None:
    warnings = score_warnings(scored(review=Review(rhythm)))

    assert [each.doubt for each in warnings] == ([Doubt.REPORTED_TOO_SELDOM] if rhythm is Rhythm.QUARTERLY else [])


def test_other_families_draw_no_score_warnings() -> None:
    assert score_warnings(replace(PLAIN, review=Review(Rhythm.QUARTERLY))) == ()
