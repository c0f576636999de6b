"""Escalation plans as files: the matrix that ships, and what is refused and where (requirements ESC-1, ESC-2)."""

from fractions import Fraction

import pytest

from goodstanding.adapters.files.escalation import dump_plan, fields_of, load_plan, plan_of, shipped_plan
from goodstanding.adapters.files.yaml12 import FileError
from goodstanding.core.desk.escalation.plan import Goal
from goodstanding.core.desk.policy import ClockKind

MATRIX = [
    ("response", "50", "no_response", "alert", "agent"),
    ("response", "75", "no_response", "reassign", "agent team_lead"),
    ("response", "100", "always", "notify", "team_lead manager"),
    ("resolution", "50", "no_progress", "alert suggest", "agent"),
    ("resolution", "75", "stalled", "raise draft", "agent engineering_lead"),
    ("resolution", "100", "always", "notify draft", "manager account_manager client_it_lead"),
    ("resolution", "150", "always", "notify draft", "director vp"),
]
"""Requirements ESC-1, with ESC-4: a draft is offered at each resolution step from 75 % on."""

WRITTEN = """
objective: 37.5 %
steps:
  - {step: next-left, clock: next_response, at: 30 min left, if: no_response, do: [alert], tell: [agent], quiet_hours: ignore}
  - step: quiet
    clock: resolution
    at: 60 %
    if: no_progress
    quiet_for: 90 min
    do: [call]
    tell: [vp]
    priorities: [P1, P2]
    by: [sms]
  - {step: warned, clock: resolution, at: 80 %, of: objective, do: [notify], tell: [team_lead], by: [teams, "slack/On call: 1"]}
  - {step: raised, clock: resolution, at: 80 %, do: [raise, draft], queue: infrastructure, tell: [agent], client_message: send}
fall_back: [team_lead, director]
queues:
  infrastructure: {team: hosting, owner: platform}
resources:
  - {title: Logs, url: https://guide.example/logs, kind: infrastructure}
call: https://meet.example/desk
client_message:
  subject: About {ticket}
  text: |
    Dear {contact},
    we now expect {expected}.
"""


@pytest.mark.proves("ESC-1")
def test_the_matrix_ships_as_it_was_agreed():
    found = [
        (step.clock, str(step.share * 100), step.condition, " ".join(step.actions), " ".join(step.tell))
        for step in shipped_plan().steps
        if step.goal is Goal.CONTRACT
    ]

    assert found == MATRIX


@pytest.mark.proves("TIER-9")
def test_staff_are_warned_at_their_own_objective_before_any_step_of_the_contract_comes():
    plan = shipped_plan()
    own = [each for each in plan.steps if each.goal is Goal.OBJECTIVE]
    contract = {clock: [each.share for each in plan.of(clock) if each.goal is Goal.CONTRACT] for clock in ClockKind}
    first = {clock: min(shares) for clock, shares in contract.items() if shares}

    assert plan.objective == Fraction(1, 2)
    assert [each.clock for each in own] == list(first)
    # Strictly before it: two steps at one instant would be two messages.
    assert all(each.share * plan.objective < first[each.clock] for each in own)
    assert {plan.levels[each.key] for each in own} == {0}
    assert [plan.levels[f"resolution-{share}"] for share in (50, 75, 100, 150)] == [1, 2, 3, 4]


def test_what_is_written_is_read_back():
    for plan in (shipped_plan(), load_plan(WRITTEN)):
        assert load_plan(dump_plan(plan)) == plan
        assert plan_of(fields_of(plan)) == plan


def step(text: str) -> str:
    return f"steps:\n  - {{step: a, clock: resolution, at: 75 %, do: [alert], tell: [agent]{text}}}\n"


@pytest.mark.proves("ESC-2")
@pytest.mark.parametrize(
    ("text", "line", "field"),
    [
        ("objective: 50 %", 1, "steps"),
        (step("").replace("75 %", "75"), 2, "steps[0].at"),
        (step("").replace("75 %", "1 day left"), 2, "steps[0].at"),
        (step("").replace("alert", "shout"), 2, "steps[0].do[0]"),
        (step("").replace("agent", "boss"), 2, "steps[0].tell[0]"),
        (step(", by: [fax]"), 2, "steps[0].by[0]"),
        (step(", by: [slack/]"), 2, "steps[0].by[0]"),
        (step(", if: no_response"), 2, "steps[0].if"),
        (step(", if: no_progress, quiet_for: 0 min"), 2, "steps[0].quiet_for"),
        (step(", queue: development"), 2, "steps[0].queue"),
        (step(", client_message: send"), 2, "steps[0].client_message"),
        (step("") + step("").partition("\n")[2], 3, "steps[1].step"),
        (step("") + "client_message: {subject: a, text: '{nobody}'}\n", 3, "client_message"),
        (step("") + "objective: 150 %\n", 3, "objective"),
        (step("") + "resources:\n  - {title: x, url: ftp://x}\n", 4, "resources[0].url"),
    ],
)
def test_a_mistake_is_named_with_its_field_and_line(text, line, field):
    with pytest.raises(FileError) as refused:
        load_plan(text, name="plan.yaml")

    assert (refused.value.line, refused.value.field) == (line, field)


def test_every_mistake_is_named_at_once():
    with pytest.raises(FileError) as refused:
        load_plan(step("").replace("75 %", "soon").replace("alert", "shout"))

    assert [each.field for each in refused.value.problems] == ["steps[0].at", "steps[0].do[0]"]


def test_every_contradiction_is_named_at_once_with_its_line():
    first, second = step(", queue: development"), step(", client_message: send").partition("\n")[2]

    with pytest.raises(FileError) as refused:
        load_plan(first + second + "client_message: {subject: a, text: '{nobody} {noone}'}\n")

    assert [(each.line, each.field) for each in refused.value.problems] == [
        (2, "steps[0].queue"),
        (2, "steps[0].queue"),
        (3, "steps[1].client_message"),
        (3, "steps[1].step"),
        (4, "client_message"),
        (4, "client_message"),
    ]


@pytest.mark.parametrize(
    "given",
    [
        'call: "a\\0b"',
        'message: {subject: "s \\uD800", text: "t"}',
        'client_message: {subject: "s", text: "t\\0"}',
        'queues: {development: {team: "d\\0"}}',
        'resources: [{title: "\\0", url: "https://x.example"}]',
    ],
)
def test_what_no_database_keeps_is_no_plan(given):
    with pytest.raises(FileError) as refused:
        load_plan(f"steps: []\n{given}\n", name="plan.yaml")

    assert (refused.value.problems[0].line, refused.value.problems[0].expected) == (2, "text that can be kept")


@pytest.mark.parametrize("way", ["slack/a\0b", "slack/\udfff"])
def test_a_form_makes_no_plan_of_what_no_database_keeps(way):
    step = {"step": "a", "clock": "response", "at": "50 %", "do": ["alert"], "tell": ["agent"], "by": [way]}

    with pytest.raises(FileError) as refused:
        plan_of({"steps": [step]})

    assert "cannot be kept" in str(refused.value)
