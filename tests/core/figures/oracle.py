"""The figures once more, counted ticket by ticket in plain Python from the words of semantics.md 1.16."""

from fractions import Fraction

WEEK = 7 * 86_400


def inside(at, start, end):
    return at is not None and (start is None or at >= start) and (end is None or at < end)


def seconds(at):
    return None if at is None else int(at.timestamp())


def ratio(part, whole):
    return Fraction(part, whole) if whole else None


def percentile_90(values):
    ordered = sorted(values)
    for value in ordered:
        if sum(1 for other in ordered if other <= value) * 10 >= 9 * len(ordered):
            return value
    return None


def median(values):
    ordered = sorted(values)
    if not ordered:
        return None
    half = len(ordered) // 2
    return Fraction(ordered[half]) if len(ordered) % 2 else Fraction(ordered[half - 1] + ordered[half], 2)


def compliance(assessments, kind, start, end, waivers=True):
    met = breached = 0
    for assessment in assessments:
        for clock in assessment.verdicts:
            if clock.clock != kind or (waivers and clock.waiver is not None):
                continue
            if clock.state == "breached" and inside(seconds(clock.breach.at), start, end):
                breached += 1
            elif clock.state == "met" and inside(seconds(clock.stopped_at), start, end):
                met += 1
    return ratio(met, met + breached)


def ticket_compliance(assessments, start, end):
    good = bad = 0
    for assessment in assessments:
        outcomes = set()
        for clock in assessment.verdicts:
            if clock.waiver is None and clock.state in ("met", "breached"):
                at = clock.breach.at if clock.state == "breached" else clock.stopped_at
                if inside(seconds(at), start, end):
                    outcomes.add(clock.state)
        bad += "breached" in outcomes
        good += outcomes == {"met"}
    return ratio(good, good + bad)


def elapsed(assessments, kind, start, end):
    return [
        clock.elapsed.days * 86_400 + clock.elapsed.seconds
        for assessment in assessments
        for clock in assessment.verdicts
        if clock.clock == kind and clock.state in ("met", "breached", "none") and inside(seconds(clock.stopped_at), start, end)
    ]


def first_contact(assessments, start, end):
    done = [each for each in assessments if inside(seconds(each.first_resolved_at), start, end)]
    once = [each for each in done if each.replies_at_resolution == 1 and not reopened_soon(each)]
    return ratio(len(once), len(done))


def reopened_soon(each):
    return each.first_reopened_at is not None and seconds(each.first_reopened_at) - seconds(each.first_resolved_at) <= WEEK


def reopened(assessments, start, end):
    done = [each for each in assessments if inside(seconds(each.first_resolved_at), start, end)]
    return ratio(sum(reopened_soon(each) for each in done), len(done))


def escalated(assessments, start, end):
    begun = [each for each in assessments if inside(seconds(each.opened_at), start, end)]
    return ratio(
        sum(any(clock.used is not None and clock.used >= Fraction(3, 4) for clock in each.verdicts) for each in begun),
        len(begun),
    )


def at_risk(assessments):
    going = [
        clock
        for each in assessments
        for clock in each.verdicts
        if clock.stopped_at is None and clock.target is not None and clock.state in ("running", "paused", "breached")
    ]
    return ratio(sum(clock.used >= Fraction(3, 4) for clock in going), len(going))


def early(assessments, kind, start, end):
    met = breached = soon = 0
    for each in assessments:
        for clock in each.verdicts:
            if clock.clock != kind or clock.waiver is not None:
                continue
            if clock.state == "breached" and inside(seconds(clock.breach.at), start, end):
                breached += 1
            elif clock.state == "met" and inside(seconds(clock.stopped_at), start, end):
                met += 1
                soon += clock.used is None or clock.used <= Fraction(1, 2)
    return ratio(soon, met + breached)
