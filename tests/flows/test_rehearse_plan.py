"""A plan rehearsed over real history shows what the engine then records (requirements ESC-2, CLOCK-9)."""

from datetime import timedelta
from itertools import count

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from goodstanding.adapters.files.escalation import load_plan, shipped_plan
from goodstanding.apps.escalation import actions, models
from goodstanding.apps.outbox.models import Message
from goodstanding.apps.runs import queries as runs
from goodstanding.apps.tenancy import actions as tenancy
from goodstanding.apps.tenancy.roles import Role
from goodstanding.apps.tickets import actions as tickets
from goodstanding.apps.tickets.models import Ticket
from goodstanding.core.clocks.clock import moment, second_of
from goodstanding.core.desk.escalation.steps import Outcome
from goodstanding.core.desk.events import Actor, PauseOwner
from goodstanding.delivery.words_of_escalation import sayer
from goodstanding.flows.escalate import escalate
from goodstanding.flows.preview_plan import LONGEST as PREVIEWED
from goodstanding.flows.preview_plan import preview_plan
from goodstanding.flows.publish_plan import publish_plan
from goodstanding.flows.reassess import reassess
from goodstanding.flows.rehearse_plan import LONGEST, NAME, Asked, rehearse_plan, replays, request
from goodstanding.flows.work import JOBS, work
from tests.apps.world import EVERYTHING, NOW, World
from tests.flows.undone import undone

pytestmark = pytest.mark.django_db

SAY = sayer("https://desk.example")
SPAN = timedelta(days=2)
BEGIN = NOW - timedelta(hours=3)
END = BEGIN + SPAN
_numbers = count(1)

TIGHTER = load_plan("""
steps:
  - {step: response-50, clock: response, at: 30 %, if: no_response, do: [alert], tell: [agent]}
  - {step: response-100, clock: response, at: 100 %, do: [notify], tell: [team_lead, manager]}
  - {step: resolution-75, clock: resolution, at: 60 %, if: stalled, do: [raise, draft], queue: development, tell: [team_lead]}
  - {step: resolution-end, clock: resolution, at: 30 min left, do: [notify], tell: [manager]}
  - {step: resolution-150, clock: resolution, at: 125 %, do: [notify, draft], tell: [director]}
queues: {development: {team: makers}}
""")
GIVING = load_plan("""
objective: 75 %
steps:
  - {step: nobody, clock: response, at: 20 %, if: not_assigned, do: [reassign], tell: [team_lead]}
  - {step: still, clock: response, at: 60 %, if: not_assigned, do: [notify], tell: [manager]}
  - {step: ours, clock: resolution, at: 80 %, of: objective, do: [alert], tell: [agent]}
  - {step: quiet, clock: resolution, at: 90 %, if: no_progress, quiet_for: 45 min, do: [notify], tell: [manager]}
  - {step: urgent, clock: resolution, at: 40 %, do: [alert], tell: [agent], priorities: [P1]}
""")
PLANS = {"as it is": shipped_plan(), "tighter": TIGHTER, "giving tickets away": GIVING}

WHAT = st.sampled_from(
    [
        ("staff_replied", {}), ("client_replied", {"actor": Actor.CLIENT}), ("noted", {}), ("progress", {}),
        ("assigned", {"assignee": "Luca Dequal"}), ("waiting", {"owner": PauseOwner.CUSTOMER}),
        ("waiting", {"owner": PauseOwner.PARTNER}), ("resumed", {}), ("priority_changed", {"priority": "P1"}),
        ("priority_changed", {"priority": "P3"}), ("resolved", {}), ("reopened", {"actor": Actor.CLIENT}),
    ]
)  # fmt: skip
MINUTES = st.integers(min_value=1, max_value=600)
LATE = st.sampled_from([0, 0, 0, 0, 25, 190])
"""How many minutes after it happened something is told of."""
STORY = st.tuples(
    st.integers(min_value=-900, max_value=2_000),
    st.sampled_from(["P1", "P2", "P3"]),
    st.booleans(),
    st.booleans(),
    st.lists(st.tuples(MINUTES, WHAT, LATE), max_size=6),
)
"""A ticket: when it is opened, in minutes from the beginning; its priority; assigned or not; our own or not; what follows."""


class Desk(World):
    """A partner with people in its roles, whose tickets are told as they happen and whose steps are taken as they come."""

    def __init__(self):
        super().__init__(key=f"desk{next(_numbers)}")
        actions.publish_plan(EVERYTHING, partner=self.partner.pk, plan=shipped_plan(), now=BEGIN - timedelta(days=9))
        for name, role in (("Luca Dequal", "agent"), ("Sara Zuliani", "senior_agent"), ("Marta Bressan", "team_lead")):
            email = f"{name.split()[0].lower()}@{self.partner.key}.example"
            person = tenancy.set_up_person(EVERYTHING, email=email, name=name, role=Role.AGENT, partner=self.partner.pk)
            actions.hold_role(EVERYTHING, partner=self.partner.pk, role=role, person=person, now=BEGIN)
        self.person(Role.MANAGER)

    def live(self, stories, plan=None):
        """Let the stories happen, with a plan from the beginning on, and take every step when it is due."""
        told = sorted((each for number, story in enumerate(stories) for each in self._told(number, story)), key=lambda e: e[0])
        if plan is not None:
            told = [each for each in told if each[0] <= BEGIN] + [(BEGIN, None, None)] + [e for e in told if e[0] > BEGIN]
        at = BEGIN - timedelta(hours=16)
        for arrival, source, incoming in [*told, (END, None, None)]:
            self._sweep(at, arrival)
            at = arrival
            if incoming is not None:
                taken = tickets.take(EVERYTHING, partner=self.partner.pk, source=source, tickets=[incoming], now=at)
                reassess(EVERYTHING, taken.moved, now=at)
            elif plan is not None and arrival == BEGIN:
                publish_plan(EVERYTHING, partner=self.partner.pk, plan=plan, now=at)
                while work(worker="w", clock=lambda: BEGIN):
                    pass
        self._sweep(END, END + timedelta(seconds=1))
        return self

    def _sweep(self, after, before):
        """Take steps from `after` on until just before an instant."""
        while True:
            due = models.Watch.objects.filter(ticket__partner_id=self.partner.pk, next_step_at__isnull=False)
            first = due.order_by("next_step_at").values_list("next_step_at", flat=True).first()
            at = None if first is None else max(moment(first), after)
            if at is None or at >= before:
                return
            escalate(now=at, say=SAY)

    def _told(self, number, story):
        opened, priority, assigned, own, more = story
        at = BEGIN + timedelta(minutes=opened)
        source = tickets.OWN if own else "elsewhere"
        given = {"priority": priority} | ({"assignee": "Luca Dequal"} if assigned else {})
        happenings = [(at, at, "opened", given)]
        for minutes, (kind, fields), late in more:
            at += timedelta(minutes=minutes)
            happenings.append((at, at + timedelta(minutes=late), kind, fields))
        for place, (happened, arrival, kind, fields) in enumerate(happenings):
            if arrival > END:
                continue
            hours = (NOW - happened) / timedelta(hours=1)
            told = self.incoming(f"T-{number}", *[("noted", 0)] * place, (kind, hours, fields), contact="anna@ferrante.example")
            yield arrival, source, type(told)(ref=told.ref, client=told.client, happenings=told.happenings[place:])

    def recorded(self):
        """What the engine recorded of the span, but for what was passed."""
        rows = models.Fired.objects.filter(partner_id=self.partner.pk, due_at__gt=second_of(BEGIN))
        rows = rows.exclude(outcome=Outcome.PASSED).select_related("ticket")
        return sorted((row.ticket.ref, row.clock, row.cycle, row.step, row.outcome, row.at) for row in rows)

    def told(self):
        """Whom the steps of the span told."""
        rows = models.Fired.objects.filter(partner_id=self.partner.pk, due_at__gt=second_of(BEGIN), outcome=Outcome.FIRED)
        rows = rows.select_related("ticket")
        return sorted((row.ticket.ref, row.step, *sorted(each["name"] for each in row.told)) for row in rows)

    def replayed(self, plan):
        asked = Asked(partner=self.partner.pk, plan=plan)
        pks = list(Ticket.objects.filter(partner_id=self.partner.pk).values_list("pk", flat=True))
        found = list(replays(EVERYTHING, asked, pks, upto=END, span=SPAN))
        assert [each.wrong for each in found if each.wrong] == []
        return [(each.ticket.ref, did) for each in found for did in each.now]

    def shown(self, plan):
        """What a rehearsal of a plan shows, as the engine records it, and whom its steps would tell."""
        found = self.replayed(plan)
        return (
            sorted((ref, d.clock, d.cycle, d.step, d.outcome.value, second_of(d.at)) for ref, d in found),
            sorted((ref, d.step, *sorted(d.told)) for ref, d in found if d.outcome is Outcome.FIRED),
        )


@pytest.mark.proves("ESC-2", "CLOCK-9")
@settings(max_examples=max(1, settings.default.max_examples // 50), deadline=None)
@given(stories=st.lists(STORY, min_size=4, max_size=5))
def test_a_plan_rehearsed_over_what_happened_shows_the_steps_that_the_engine_records_under_it(stories):
    """A desk lives its days under the matrix that ships and rehearses another plan over them at their end.

    Another desk is told the same at the same instants, but publishes that plan at their beginning and takes its steps for
    real, each when it is due. Compared is every step due since then, but for those passed: its ticket, clock, cycle, name,
    outcome and instant, and whom it told. A sweep that comes late would record the same with steps overtaken, and later.
    """
    # Hypothesis begins with the simplest, which says next to nothing.
    assume(sum(len(more) for *_, more in stories) >= len(stories))
    with undone():
        past = Desk().live(stories)
        for name, plan in PLANS.items():
            present = Desk().live(stories, plan=plan)

            steps, told = past.shown(plan)
            assert (name, steps) == (name, present.recorded())
            assert (name, told) == (name, present.told())


def test_plans_are_compared_by_what_each_would_have_done_and_whom_it_would_have_told():
    stories = [(60, "P1", True, False, []), (90, "P3", True, False, [(20, ("resolved", {}), 0)])]
    desk = Desk().live(stories)
    asked = Asked(partner=desk.partner.pk, plan=TIGHTER)

    found = rehearse_plan(EVERYTHING, asked, upto=END, span=SPAN)

    assert (found.tickets, found.more, found.differ) == (2, False, 1)
    assert found.before.steps["response", "response-75"] == {Outcome.FIRED: 1}
    assert ("response", "response-75") not in found.now.steps
    assert (found.before.told["Marta Bressan"], found.now.told["Marta Bressan"]) == (5, 4)
    assert (found.before.drafted, found.now.drafted) == (3, 2)
    ticket, gone, come = found.differing[0]
    assert ticket.ref == "T-0"
    assert {each.step for each in gone} >= {"response-75", "resolution-50"}
    assert {each.step for each in come} >= {"resolution-end"}
    same = rehearse_plan(EVERYTHING, Asked(partner=desk.partner.pk, plan=shipped_plan()), upto=END, span=SPAN)
    assert (same.differ, same.before.plain()) == (0, same.now.plain())


def test_one_rehearsal_of_a_partner_waits_at_a_time_and_what_others_publish_goes_before_it():
    one, other = Desk(), Desk()
    scope, asked = one.scope(), Asked(partner=one.partner.pk, plan=TIGHTER)
    given = {"text": "", "note": "", "number": 1, "now": NOW}
    replaced, *_, last = [request(scope, asked, **given) for _ in range(5)]
    theirs = request(other.scope(), Asked(partner=other.partner.pk, plan=TIGHTER), **given)
    other.live([(60, "P1", True, True, [])])
    publish_plan(EVERYTHING, partner=other.partner.pk, plan=GIVING, now=NOW)
    jobs = dict.fromkeys(JOBS, lambda run, *, now, tell: {})
    done = []

    while (found := work(worker="w", clock=lambda: NOW, jobs=jobs)) is not None:
        done.append(found.run)

    assert [each.name for each in done] == ["reassess_all", NAME, NAME]
    assert {each.pk for each in done[1:]} == {last.pk, theirs.pk}
    assert "took its place" in runs.run(scope, replaced.public_id).error


def test_a_rehearsal_changes_nothing_and_looks_at_the_newest_tickets_only():
    desk = Desk().live([(60, "P1", True, True, []), (90, "P3", True, True, [])])
    before = [model.objects.count() for model in (models.Fired, models.Draft, Message, models.PlanVersion)]

    found = rehearse_plan(EVERYTHING, Asked(partner=desk.partner.pk, plan=TIGHTER), upto=END, span=SPAN, most=1)

    assert (found.tickets, found.more) == (1, True)
    assert [model.objects.count() for model in (models.Fired, models.Draft, Message, models.PlanVersion)] == before


def test_a_ticket_of_which_too_much_happened_is_counted_and_not_replayed():
    desk = Desk()
    happened = [("opened", 20, {"priority": "P1"}), *(("noted", 19 - number / 20) for number in range(LONGEST))]
    desk.take(desk.incoming("A-1", *happened), desk.incoming("A-2", *happened[:LONGEST]))

    found = rehearse_plan(EVERYTHING, Asked(partner=desk.partner.pk, plan=TIGHTER), upto=NOW)

    assert (found.tickets, found.troubled, found.differ) == (2, 1, 1)


def test_a_text_is_tried_on_a_ticket_that_is_soon_read_and_passes_over_others():
    desk = Desk()

    def known_at_once(kind, hours_ago, **given):
        return kind, hours_ago, {"received_at": NOW - timedelta(hours=hours_ago)} | given

    begun = known_at_once("opened", 9, priority="P1")
    asking = [known_at_once("client_replied", 8.9 - number / 20, actor=Actor.CLIENT) for number in range(PREVIEWED)]
    asked = Asked(partner=desk.partner.pk, plan=TIGHTER)

    desk.take(desk.incoming("A-2", begun, *asking))
    none = preview_plan(EVERYTHING, asked, say=SAY, now=NOW)
    desk.take(desk.incoming("A-1", begun, *asking[:-1]))
    found = preview_plan(EVERYTHING, asked, say=SAY, now=NOW)

    assert none.staff is None
    assert found.staff.ref == "A-1"


def test_a_plan_of_a_client_s_own_is_rehearsed_with_that_client_s_tickets():
    desk = Desk().live([(60, "P1", True, False, [])])
    mine, other = desk.ferrante.public_id, desk.kestrel.public_id

    found = [
        rehearse_plan(EVERYTHING, Asked(partner=desk.partner.pk, plan=TIGHTER, client=each), upto=END, span=SPAN)
        for each in (mine, other)
    ]

    assert [(each.tickets, each.differ) for each in found] == [(1, 1), (0, 0)]
