"""The assessment: events, policy and targets in, one verdict a clock out (semantics.md 1.2 to 1.9, 1.11)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from goodstanding.core.clocks.clock import WorkingClock, clock_of, moment, moment_if, second_of
from goodstanding.core.clocks.intervals import clip, union
from goodstanding.core.clocks.presets import ALWAYS
from goodstanding.core.desk.case import Case, assignment_at, end_of_service
from goodstanding.core.desk.course import Course, Terms, once_running
from goodstanding.core.desk.events import Actor, Event, PauseOwner
from goodstanding.core.desk.explain import Pause, stretches
from goodstanding.core.desk.policy import WALL, Assignment, Reopening, TargetRule
from goodstanding.core.desk.reckon import FOREVER, instant_after, open_seconds
from goodstanding.core.desk.timeline import Regime, Span, Timeline, timeline
from goodstanding.core.desk.verdict import Assessment, Breach, ClockState, Verdict


def assess(case: Case, *, as_of: datetime, explain: bool = True) -> Assessment | None:
    """Judge every clock of a ticket as it stood at `as_of`; None when the ticket did not exist yet.

    The same events give the same verdicts in whatever order they arrived. Without `explain` the verdicts' `because` is
    left empty, which is what bulk work wants. Raises `PolicyError` when an assignment leaves a slot unfilled, and
    `OutOfReach` outside the years clocks count in.
    """
    found = examine(case, as_of=as_of, explain=explain)
    return None if found is None else found.assessment


@dataclass(frozen=True, slots=True)
class Examined:
    """A ticket judged, with what it was judged by: the events that stand and the course of each clock."""

    assessment: Assessment
    story: Timeline
    courses: tuple[Course, ...]
    """In the order of the assessment's verdicts."""


def examine(case: Case, *, as_of: datetime, explain: bool = True) -> Examined | None:
    """Judge a ticket as `assess` does and keep the course of each clock, for whoever looks ahead along it; raises as it."""

    def reopening(regime: Regime, began: int) -> Reopening:
        promised = _bound(case, regime, began)
        return Reopening() if promised is None else promised.policy.reopening

    story = timeline(case.events, as_of=as_of, client=case.client, priority=case.priority, team=case.team, reopening=reopening)
    if story is None:
        return None
    last = story.regimes[-1]
    bound = _bound(case, last, story.opened)
    judge = _Judge(case, story, as_of, explain=explain)
    verdicts = tuple(judge.verdict(span) for span in story.spans)
    staff = [event.at for event in story.events if event.actor is Actor.STAFF]
    looks = [look for look in map(_look_at, verdicts, judge.courses) if look is not None]
    assessment = Assessment(
        ticket=case.ticket,
        as_of=as_of,
        client=last.client,
        priority=last.priority,
        team=last.team,
        assignee=_assignee(story.events, judge.now),
        assignment=bound.id if bound else None,
        opened_at=moment(story.opened),
        verdicts=verdicts,
        is_open=story.is_open,
        waiting_on=story.waiting.owner if story.waiting else None,
        waiting_since=moment(story.waiting.start) if story.waiting else None,
        first_resolved_at=moment(story.resolved[0]) if story.resolved else None,
        last_resolved_at=moment(story.resolved[-1]) if story.resolved else None,
        first_reopened_at=moment(story.reopened[0]) if story.reopened else None,
        reopened_count=len(story.reopened),
        cancelled_at=moment_if(story.cancelled),
        merged_into=story.merged_into,
        replies_at_resolution=story.replies_at_resolution,
        last_staff_act_at=max(staff, default=None),
        look_at=min(looks, default=None),
    )
    return Examined(assessment, story, tuple(judge.courses))


class _Judge:
    """Judges the spans of one story."""

    def __init__(self, case: Case, story: Timeline, as_of: datetime, *, explain: bool) -> None:
        self.case = case
        self.story = story
        self.as_of = as_of
        self.now = second_of(as_of)
        self.explain = explain
        self.courses: list[Course] = []

    def verdict(self, span: Span) -> Verdict:
        ends = self.ends(span)
        served = max(ends, span.start)
        end = min(self.now if span.stop is None else span.stop, served)
        ended = served <= self.now and (span.stop is None or span.stop > served)
        terms, breach = self.follow(span, end, ends)
        state = self.state(span, terms, breach, ended=ended)
        elapsed = open_seconds(terms.clock, span.start, end, terms.cut)
        at_risk = None
        if terms.target is not None and terms.bound is not None:
            share = terms.bound.policy.at_risk
            at_risk = instant_after(terms.clock, span.start, -(-terms.target * share.numerator // share.denominator), terms.cut)
            if span.stop is not None and at_risk is not None and at_risk > span.stop:
                at_risk = None
        stopped = span.stop if not ended else None
        first = span.first_stop
        waiting = self.story.waiting
        return Verdict(
            ticket=self.case.ticket,
            clock=span.clock,
            cycle=span.cycle,
            number=span.number,
            state=state,
            as_of=self.as_of,
            started_at=moment(span.start),
            stopped_at=moment_if(stopped),
            stopped_by=span.ended_by if stopped is not None else None,
            detail=span.detail,
            rule=terms.rule,
            assignment=terms.bound.id if terms.bound else None,
            priority=terms.regime.priority,
            target=None if terms.target is None else timedelta(seconds=terms.target),
            elapsed=timedelta(seconds=elapsed),
            remaining=None if terms.target is None else timedelta(seconds=terms.target - elapsed),
            deadline_at=moment_if(terms.deadline),
            at_risk_at=moment_if(at_risk),
            paused_since=moment(waiting.start) if waiting and state is ClockState.PAUSED else None,
            breach=breach,
            first_stopped_at=moment_if(first),
            first_outcome=None if first is None or first > served else self.first_outcome(state, breach, first),
            resumed_at=moment(span.cuts[0][1]) if span.cuts else None,
            linked=span.linked,
            waiver=next((each for each in self.case.waivers if each.covers(span.clock, span.cycle)), None),
            paused_by=_paused_by(terms, span.start, end),
            because=stretches(terms.clock, span.start, end, terms.pauses) if self.explain else (),
        )

    def first_outcome(self, state: ClockState, breach: Breach | None, first: int) -> ClockState | None:
        """Return what the first resolution of the clock at hand came to, whatever became of it later (semantics.md 1.6)."""
        if breach is not None:
            return ClockState.BREACHED if second_of(breach.at) < first else ClockState.MET
        terms = self.courses[-1].terms
        then = next((each for each in reversed(terms) if each.start < first), terms[0])
        return None if state is ClockState.NOT_MEASURED or then.target is None else ClockState.MET

    def state(self, span: Span, terms: Terms, breach: Breach | None, *, ended: bool) -> ClockState:
        if span.clock in self.case.unmeasured:
            return ClockState.NOT_MEASURED
        if breach is not None:
            return ClockState.BREACHED
        if span.void:
            return ClockState.CANCELLED
        if terms.bound is None or terms.rule is None:
            return ClockState.NOT_COVERED
        if terms.target is None:
            return ClockState.NONE
        if ended:
            return ClockState.ENDED
        if span.stop is not None:
            return ClockState.MET
        paused = self.story.waiting is not None and any(pause.end == FOREVER for pause in terms.pauses)
        return ClockState.PAUSED if paused else ClockState.RUNNING

    def ends(self, span: Span) -> int:
        """Return when the service of the ticket's client ends for good after the promise that the clock is held to."""
        ended = FOREVER
        held: Assignment | None = None
        for regime in self.story.regimes:
            bound = _bound(self.case, regime, span.began)
            if bound is held and bound is not None:
                continue
            held = bound
            end = end_of_service(self.case.assignments, bound) if bound else None
            # A service that was over when the ticket came to it ends with that what still runs: nothing that was before, and
            # not later what had ended already.
            since = span.began if regime is self.story.regimes[0] else regime.start
            if end is None:
                ended = FOREVER
            elif ended > since or second_of(end) > since:
                ended = max(second_of(end), since)
        return ended

    def follow(self, span: Span, end: int, ends: int) -> tuple[Terms, Breach | None]:
        """Follow the clock through the regimes up to `end`; return the terms then in force and the first breach.

        Each regime counts from the clock's start over the same events; a breach that has happened stays, and a raise that
        lands past its target is one at the moment of the raise, unless the policy leaves a grace (semantics.md 1.7).
        """
        breach: Breach | None = None
        held: Terms | None = None
        found: list[Terms] = []
        # A finished clock is frozen; on one that runs, what changes this second is in force.
        frozen = end if span.stop is not None or max(ends, span.start) <= self.now else end + 1
        for number, regime in enumerate(self.story.regimes):
            following = self.story.regimes[number + 1].start if number + 1 < len(self.story.regimes) else FOREVER
            start = once_running(max(regime.start, span.start), span.cuts)
            if following <= start or (held is not None and start >= frozen):
                continue
            held = self.terms(span, regime, start, following, held)
            found.append(held)
            passed = None if held.deadline is None else once_running(held.deadline, span.cuts)
            if breach is None and passed is not None and passed < min(following, end):
                breach = self.breach(held, max(passed, start), reclassified=passed < start)
        assert held is not None, "the first regime begins with the ticket"
        self.courses.append(Course(span, ends, tuple(found), span.clock not in self.case.unmeasured))
        return held, breach if span.clock not in self.case.unmeasured else None

    def terms(self, span: Span, regime: Regime, start: int, until: int, before: Terms | None) -> Terms:
        bound = _bound(self.case, regime, span.began)
        rule = None
        if bound is not None:
            case = self.case
            rule = bound.policy.rule_for(span.clock, regime.priority, team=regime.team, kind=case.kind, tags=case.tags)
        clock = _clock(bound, rule)
        pauses = self.pauses(span, bound)
        if bound is None or rule is None or rule.target.amount is None:
            return Terms(start, until, regime, bound, rule, clock, pauses, None, None)
        target = rule.target.amount.seconds_from(clock, span.start, wall=rule.target.slot == WALL)
        cut = union((pause.start, pause.end) for pause in pauses)
        due = instant_after(clock, span.start, target, cut)
        grace = bound.policy.grace_after_upgrade // timedelta(seconds=1)
        # A grace lasts from its raise on: another team or a lowered priority is none, and takes nothing of it away.
        raised_at = None if before is None else before.raised_at
        if before is not None and due is not None and (before.due is None or due < before.due):
            raised_at = start
        deadline = due
        if grace and due is not None and raised_at is not None:
            floor = instant_after(clock, raised_at, grace, cut)
            deadline = None if floor is None else max(due, floor)
        return Terms(start, until, regime, bound, rule, clock, pauses, target, deadline, due, raised_at)

    def pauses(self, span: Span, bound: Assignment | None) -> tuple[Pause, ...]:
        """Return what is cut out of a clock's time: the waits that stop it, and the time between resolution and reopening."""
        stopping = bound.policy.pauses.get(span.clock, frozenset()) if bound else frozenset[PauseOwner]()
        upto = FOREVER if span.stop is None else span.stop
        found = [Pause(start, end, None, "") for start, end in span.cuts]
        for wait in self.story.waits:
            start, end = max(wait.start, span.start), min(FOREVER if wait.end is None else wait.end, upto)
            if wait.owner in stopping and start < end:
                found.append(Pause(start, end, wait.owner, wait.reason))
        return tuple(sorted(found, key=lambda pause: pause.start))

    def breach(self, terms: Terms, at: int, *, reclassified: bool) -> Breach:
        assert terms.rule is not None
        assignee = _assignee(self.story.events, at)
        return Breach(moment(at), terms.rule.target, terms.rule.name, reclassified=reclassified, assignee=assignee)


def _bound(case: Case, regime: Regime, start: int) -> Assignment | None:
    if regime.tier is not None:
        return next((each for each in case.assignments if each.id == regime.tier), None)
    return assignment_at(case.assignments, regime.client, moment(start))


def _clock(bound: Assignment | None, rule: TargetRule | None) -> WorkingClock:
    """Return the clock of the rule's own slot; what nobody promised is counted in wall time."""
    return clock_of(ALWAYS if bound is None or rule is None else bound.calendar(rule.target.slot))


def _paused_by(terms: Terms, start: int, end: int) -> tuple[tuple[PauseOwner, timedelta], ...]:
    sums: dict[PauseOwner, int] = {}
    for pause in terms.pauses:
        if pause.owner is not None:
            seconds = sum(terms.clock.seconds_between(a, b) for a, b in clip([(pause.start, pause.end)], start, end))
            sums[pause.owner] = sums.get(pause.owner, 0) + seconds
    return tuple((owner, timedelta(seconds=seconds)) for owner, seconds in sorted(sums.items()))


def _assignee(events: Sequence[Event], at: int) -> str | None:
    return next((event.assignee for event in reversed(events) if event.assignee and second_of(event.at) <= at), None)


def _look_at(verdict: Verdict, course: Course) -> datetime | None:
    """Return when time alone changes this verdict next: at risk, a second past the deadline, or the end of service."""
    if not verdict.is_open or verdict.state not in (ClockState.RUNNING, ClockState.PAUSED):
        return None
    ahead = [] if course.served == FOREVER else [moment(course.served)]
    if verdict.at_risk_at is not None:
        ahead.append(verdict.at_risk_at)
    if verdict.deadline_at is not None:
        # Also of a clock that is paused: a wait that begins on the second of the deadline saves nothing. And where a
        # resolution came in that second, the reopening breaks the promise.
        ahead.append(moment(once_running(second_of(verdict.deadline_at), course.span.cuts) + 1))
    return min((each for each in ahead if each > verdict.as_of), default=None)
