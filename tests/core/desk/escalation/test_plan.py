"""Plans that cannot be, and texts that name only what they may (requirements ESC-2, ESC-4, ESC-6; metrics.md G.2 17)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodstanding.core.desk.escalation.plain import plan_from_plain, plan_to_plain
from goodstanding.core.desk.escalation.plan import Action, ContactRole, Goal, Kind, Plan, PlanError, Queue, Resource
from goodstanding.core.desk.escalation.wording import PLACEHOLDERS, Template, fill
from goodstanding.core.desk.policy import ClockKind
from tests.core.desk.escalation.matrices import QUEUES, SHARES, objective, step

PLAIN = step("resolution-75", "75 %")

WRONG = {
    "two steps of one name": ((PLAIN, PLAIN), "steps[1].key", "two steps are named resolution-75"),
    "a name with spaces": ((replace(PLAIN, key="at 75"),), "steps[0].key", "small letters"),
    "neither share nor time": ((replace(PLAIN, share=None),), "steps[0].at", "one of them"),
    "both": ((replace(PLAIN, left=timedelta(hours=1)),), "steps[0].at", "one of them"),
    "nothing of the target": ((replace(PLAIN, share=PLAIN.share * 0),), "steps[0].at", "above 0 %"),
    "time left of the objective": (
        (step("resolution-1", "60 left", goal=Goal.OBJECTIVE),), "steps[0].at", "contract's deadline",
    ),
    "no response of a resolution": ((step("resolution-5", "5 %", "no_response"),), "steps[0].condition", "response clock"),
    "no progress before it could be seen": ((step("resolution-25", "25 %", "no_progress"),), "steps[0].condition", "25 %"),
    "stalled before half": ((step("resolution-50", "50 %", "stalled"),), "steps[0].condition", "50 %"),
    "the same by the objective": ((objective("resolution-o", "100 %", condition="stalled"),), "steps[0].condition", "50 %"),
    "a time for another condition": (
        (replace(PLAIN, quiet_for=timedelta(hours=1)),), "steps[0].condition", "only “no progress”",
    ),
    "nothing to do": ((replace(PLAIN, actions=()),), "steps[0].do", "does something"),
    "nobody to tell": ((replace(PLAIN, tell=()),), "steps[0].tell", "at least one role"),
    "a raise to nowhere": ((replace(PLAIN, actions=(Action.RAISE,)),), "steps[0].queue", "names the kind"),
    "a queue that nobody owns": (
        (replace(PLAIN, actions=(Action.RAISE,), queue=Kind.DEVELOPMENT),), "steps[0].queue", "no queue owns development",
    ),
    "a call without a place": ((replace(PLAIN, actions=(Action.CALL,)),), "steps[0].do", "where people meet"),
    "an objective told to a client": (
        (objective("resolution-o", "75 %", actions=(Action.DRAFT,)),), "steps[0].tell", "seen by staff only",
    ),
    "a client told without a client message": (
        (replace(PLAIN, tell=(ContactRole.CLIENT_EXECUTIVE,)),), "steps[0].tell", "client message",
    ),
    "nothing to send": ((replace(PLAIN, send=True),), "steps[0].send", "only a step that drafts"),
}  # fmt: skip


@pytest.mark.proves("ESC-2")
@pytest.mark.parametrize("wrong", WRONG)
def test_a_plan_that_contradicts_itself_says_where_and_why(wrong):
    steps, field, said = WRONG[wrong]

    with pytest.raises(PlanError) as refused:
        Plan(steps=steps)

    (fault,) = refused.value.faults
    assert fault.field == field
    assert said in fault.said


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        ({"objective": SHARES.objective * 3}, "objective"),
        ({"queues": (*QUEUES, Queue(Kind.DEVELOPMENT, "platform"))}, "queues"),
        ({"resources": (Resource("A page", "javascript:alert(1)"),)}, "resources[0]"),
        ({"client_message": Template("{ticket}", "{deadline}")}, "client_message"),
    ],
)
def test_the_parts_of_a_plan_are_checked_too(parts, field):
    with pytest.raises(PlanError) as refused:
        replace(SHARES, **parts)

    assert {each.field for each in refused.value.faults} == {field}


def test_everything_that_is_wrong_in_a_plan_is_told_at_once():
    steps = (
        replace(PLAIN, actions=(Action.CALL,), send=True),
        replace(PLAIN, tell=(), channels=("fax",)),
        replace(PLAIN, key="Half", share=PLAIN.share * 20),
    )

    with pytest.raises(PlanError) as refused:
        Plan(steps=steps, objective=SHARES.objective * 3, resources=(Resource("", "https://guide.example"),))

    assert [each.field for each in refused.value.faults] == [
        "objective", "steps[0].do", "steps[0].send", "steps[1].tell", "steps[1].channels", "steps[1].key", "steps[2].key",
        "steps[2].at", "resources[0]",
    ]  # fmt: skip
    assert str(refused.value).count(";") == 8


def test_a_plan_comes_back_from_plain_data_as_it_went():
    plan = Plan(
        steps=(
            *SHARES.steps,
            step("next-left", "30 left", hold=False, priorities=frozenset({"P1", "P2"}), channels=("email",)),
            step("resolution-quiet", "60 %", "no_progress", quiet_for=timedelta(minutes=90)),
            step("resolution-raise", "80 %", actions=(Action.RAISE, Action.DRAFT), queue=Kind.INFRASTRUCTURE, send=True),
        ),
        queues=QUEUES,
        resources=(Resource("Guide", "https://guide.example/a"), Resource("Logs", "https://guide.example/b", Kind.DEVELOPMENT)),
        call="https://meet.example/desk",
        message=Template("{step}", "{why}"),
    )

    assert plan_from_plain(plan_to_plain(plan)) == plan


def test_the_level_is_the_step_s_place_among_those_of_its_clock():
    plan = Plan(steps=(step("response-50", "50 %"), *SHARES.steps))

    assert [plan.levels[each.key] for each in plan.of(ClockKind.RESOLUTION)] == [1, 2, 3, 4]


def test_steps_are_read_and_counted_as_time_comes_to_them_however_they_were_written():
    plan = Plan(
        steps=(
            step("resolution-100", "100 %"), step("resolution-hour", "60 left"), objective("resolution-ours", "150 %"),
            step("resolution-50", "50 %"), step("response-75", "75 %"), step("resolution-day", "600 left"),
        )
    )  # fmt: skip

    read = [each.key for each in plan.in_time()]

    assert read == [
        "response-75", "resolution-50", "resolution-ours", "resolution-day", "resolution-hour", "resolution-100",
    ]  # fmt: skip
    assert [plan.levels[key] for key in read] == [1, 1, 0, 2, 3, 4]


@pytest.mark.proves("ESC-4")
def test_placeholders_are_replaced_once_and_by_nothing_that_runs():
    odd = "{{7*7}} {% include 'x' %} {x.__class__} ${7*7} <%= 7 %> {unknown}"
    template = Template("{ticket}: {title}", "{title} " + odd)

    subject, text = fill(template, {"ticket": "T-1", "title": "{ticket} {client}"})

    assert subject == "T-1: {ticket} {client}"
    assert text == "{ticket} {client} " + odd + "\n"


def test_a_subject_stays_one_line():
    assert fill(Template("{title}", ""), {"title": "Down\r\nBcc: all@example.com"})[0] == "Down Bcc: all@example.com"


@given(values=st.dictionaries(st.sampled_from(sorted(PLACEHOLDERS)), st.text(st.characters(exclude_characters="\n"))))
def test_a_value_stands_in_the_text_as_it_is(values):
    text = fill(Template("", " ".join(f"<{{{name}}}>" for name in values)), values)[1]

    assert text == " ".join(f"<{value}>" for value in values.values()) + "\n"
