"""Choosing a target: the most specific rule wins, a tie is refused, the ticket names the rule (TIER-4)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodstanding.core.desk.policy import ClockKind, Policy, PolicyError, Target, TargetRule, ties
from tests.core.desk.stories import bound, case, opened, rule, verdict

RESPONSE = ClockKind.RESPONSE


@pytest.mark.proves("TIER-4")
def test_the_rule_that_asks_most_of_a_ticket_wins():
    general = rule("response", "8 h")
    by_priority = rule("response", "4 h", priority="P2")
    by_team = rule("response", "2 h", priority="P2", team="hosting")
    by_tag = rule("response", "1 h", priority="P2", team="hosting", tags=frozenset({"vip"}))
    policy = Policy(name="four", rules=(general, by_priority, by_team, by_tag))

    assert policy.rule_for(RESPONSE, "P4") is general
    assert policy.rule_for(RESPONSE, "P2", team="functional") is by_priority
    assert policy.rule_for(RESPONSE, "P2", team="hosting", tags=["late"]) is by_team
    assert policy.rule_for(RESPONSE, "P2", team="hosting", tags=["late", "vip"]) is by_tag


@pytest.mark.proves("TIER-4")
def test_two_rules_that_could_both_fit_a_ticket_are_refused_by_name():
    with pytest.raises(PolicyError, match=r"response, priority P1 and team hosting.*response, priority P1 and tag vip"):
        Policy(
            name="torn",
            rules=(
                rule("response", "1 h", priority="P1", team="hosting"),
                rule("response", "2 h", priority="P1", tags=frozenset({"vip"})),
            ),
        )


def test_a_rule_for_tickets_that_fit_both_settles_the_tie():
    both = rule("response", "30 min", priority="P1", team="hosting", tags=frozenset({"vip"}))

    policy = Policy(
        name="settled",
        rules=(
            rule("response", "1 h", priority="P1", team="hosting"),
            rule("response", "2 h", priority="P1", tags=frozenset({"vip"})),
            both,
        ),
    )

    assert policy.rule_for(RESPONSE, "P1", team="hosting", tags=["vip"]) is both


def test_rules_of_different_priorities_never_tie():
    assert ties([rule("response", "1 h", priority="P1"), rule("response", "2 h", priority="P2")]) == []


def test_rules_of_different_clocks_never_tie():
    assert ties([rule("response", "1 h", priority="P1"), rule("resolution", "2 h", priority="P1")]) == []


def test_the_same_rule_twice_is_a_tie():
    assert len(ties([rule("response", "1 h", priority="P1"), rule("response", "2 h", priority="P1")])) == 1


def test_two_tags_can_both_be_on_a_ticket_so_they_tie():
    vip, urgent = (rule("response", "1 h", tags=frozenset({tag})) for tag in ("vip", "urgent"))

    assert ties([vip, urgent]) == [(vip, urgent)]


FACTS = {"priority": ["P1", "P2"], "team": ["hosting", "functional"], "kind": ["application", "development"]}


@given(
    st.lists(
        st.builds(
            TargetRule,
            clock=st.just(RESPONSE),
            target=st.just(Target(None)),
            **{name: st.none() | st.sampled_from(values) for name, values in FACTS.items()},
            tags=st.frozensets(st.sampled_from(["vip", "late"])),
        ),
        max_size=6,
    ),
    st.fixed_dictionaries({name: st.sampled_from(values) for name, values in FACTS.items()}),
    st.sets(st.sampled_from(["vip", "late"])),
)
def test_where_ties_finds_none_every_ticket_has_one_most_specific_rule(rules, facts, tags):
    ticket = {*facts.items(), *(("tag", tag) for tag in tags)}

    fitting = [len(each.asks) for each in rules if each.asks <= ticket]

    if not ties(rules):
        assert fitting.count(max(fitting, default=0)) <= 1


@pytest.mark.proves("TIER-4")
def test_the_verdict_names_the_rule():
    policy = Policy(name="tagged", rules=(rule("response", "1 h", priority="P2", tags=frozenset({"vip"})),))
    told = case(opened("2 09:00", "P2"), policy=policy, tags=frozenset({"vip", "training"}))

    assert verdict(told, "2 09:30", "response").rule.name == "response, priority P2 and tag vip"


def test_a_slot_that_nothing_fills_is_refused_with_its_name():
    policy = Policy(name="night", rules=(rule("response", "1 h", slot="nights", priority="P3"),))

    with pytest.raises(PolicyError, match="'nights' hours, but no calendar fills that slot for Ferrante"):
        verdict(case(opened("2 09:00"), assignments=(bound(policy),)), "2 10:00", "response")
