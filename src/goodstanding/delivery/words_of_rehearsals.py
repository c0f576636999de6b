"""The words of a rehearsal: what steps would have come to under the plans in force and with another, each by its own names."""

from collections.abc import Mapping
from typing import Any, Final

from goodstanding.core.clocks.clock import moment
from goodstanding.core.desk.escalation.places import Reason
from goodstanding.core.desk.escalation.plain import step_from_plain
from goodstanding.core.desk.escalation.plan import Plan, Step, lies
from goodstanding.core.desk.escalation.steps import Outcome
from goodstanding.delivery.words_of_escalation import OUTCOME, REASON, at_of, name_of
from goodstanding.flows.rehearse_plan import MOST

SHOWN: Final = (Outcome.FIRED, Outcome.SKIPPED, Outcome.OVERTAKEN)


def worded(result: Any, plan: Plan | None) -> dict[str, Any]:
    """Put in words what a rehearsal of a plan found, or of one taken back."""
    sides = result["sides"]
    # What was rehearsed before each side kept its own names has one of a step for both.
    named = [side.get("names") or result.get("names", ()) for side in sides]
    before, now = ({(clock, key): step_from_plain(plain) for clock, key, plain in each} for each in named)
    if plan is not None:
        now |= {(step.clock.value, step.key): step for step in plan.steps}
    objective = plan.objective if plan is not None else Plan(steps=()).objective
    counts = [{(clock, key): each for clock, key, each in side["steps"]} for side in sides]
    due = {key: now.get(key) or before[key] for side in counts for key in side}
    told = [dict(side["told"]) for side in sides]
    people = sorted({name for side in told for name in side}, key=lambda name: (-max(each.get(name, 0) for each in told), name))
    return {
        "after": moment(result["after"]),
        "upto": moment(result["upto"]),
        "tickets": result["tickets"],
        "more": result["more"],
        "most": MOST,
        "troubled": result["troubled"],
        "differ": result["differ"],
        "rows": [
            (
                name_of_both(before.get(key), now.get(key)),
                [[side.get(key, {}).get(outcome.value, 0) for outcome in SHOWN] for side in counts],
            )
            for key in sorted(due, key=lambda key: lies(due[key], objective))
        ],
        "figures": [_figures(side) for side in sides],
        "told": [(name, [side.get(name, 0) for side in told]) for name in people],
        "differing": [
            (each, [[_step_done(did, names) for did in side] for side, names in zip(each["sides"], (before, now), strict=True)])
            for each in result["differing"]
        ],
    }


def name_of_both(before: Step | None, now: Step | None) -> str:
    """Name a step that two plans have, or one of them: `Resolution at 50 % → 40 %` where it lies elsewhere in the other."""
    step = before or now
    if step is None:
        return ""
    if now is None or name_of(now) == name_of(step):
        return name_of(step)
    return f"{name_of(step)} → {at_of(now) if (now.share is None) == (step.share is None) else name_of(now)}"


def _figures(side: Any) -> dict[str, int]:
    fired = sum(counts.get(Outcome.FIRED.value, 0) for _, _, counts in side["steps"])
    return {
        "fired": fired,
        "people": len(side["told"]),
        "messages": sum(side["ways"].values()),
        "clients": side["drafted"] + side["sent"],
        "nobody": side["nobody"],
    }


def _step_done(did: Any, names: Mapping[tuple[str, str], Step]) -> dict[str, Any]:
    outcome = Outcome(did["outcome"])
    planned = did.get("planned")
    return {
        "name": name_of(step_from_plain(planned) if planned else names[did["clock"], did["step"]]),
        "outcome": OUTCOME[outcome].lower(),
        "fired": outcome is Outcome.FIRED,
        "why": REASON[Reason(did["reason"])] if did.get("reason") else "",
        "at": moment(did["at"]),
        "told": did["told"],
        "client": "sent" if did["sent"] else "drafted" if did["drafted"] else "",
    }
