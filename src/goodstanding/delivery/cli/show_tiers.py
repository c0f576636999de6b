"""Tiers in the terminal: the list, one with all it promises, a file with all that is wrong in it."""

import sys
from pathlib import Path
from typing import Final

import click
from rich import box
from rich.padding import Padding
from rich.table import Table

from goodstanding.core.commerce.priorities import DEFINITIONS
from goodstanding.core.commerce.tier import HoursRange, Reading, Rhythm, Tier
from goodstanding.core.desk.policy import ClockKind, Reopening, ReopenMode
from goodstanding.delivery import words
from goodstanding.delivery.cli.terminal import Wrong, clean, console, styled
from goodstanding.flows import choose_tier as flow

WITH_PROBLEMS: Final = 1
FAMILY: Final = {"support_plan": "Support plan", "retainer": "Retainer", "score": "Score"}
_RHYTHM: Final = {
    Rhythm.LIVE: "live",
    Rhythm.WEEKLY: "each week",
    Rhythm.MONTHLY: "each month",
    Rhythm.QUARTERLY: "each quarter",
}
_KIND: Final = {"error": "", "unclear": "unclear promise: ", "warning": "warning: "}
_NARROW: Final = 70


def listed() -> None:
    """Print the tiers that ship."""
    out = console()
    rows = [(tier.key, tier.name, FAMILY[tier.family], tier.hours, _most_urgent(tier)) for tier in flow.shipped()]
    if out.width < _NARROW:
        for key, name, family, hours, urgent in rows:
            out.print(styled(key, "bold"))
            out.print(Padding(styled(f"{name}, {family.lower()}, {hours} hours; {urgent}"), (0, 0, 0, 2)))
        return
    table = _table("Key", "Name", "Family", "Hours", "Most urgent, first response and resolution")
    for row in rows:
        table.add_row(*map(styled, row))
    out.print(table)


def shown(text: str) -> None:
    """Print all that a tier promises."""
    tier, out = _tier(text), console()
    version = f"version {tier.version}" + (f" from {tier.effective_from}" if tier.effective_from else "")
    out.print(styled(f"{tier.name}: {FAMILY[tier.family].lower()}, {version}", "bold"))
    if tier.summary:
        out.print(styled(tier.summary))
    out.print()
    out.print(styled("Targets, as printed and as they are counted", "bold"))
    if out.width < _NARROW:
        for each in tier.readings:
            out.print(Padding(styled(f"{each.name}: printed {each.printed}, read as {_read_as(each)}"), (0, 0, 0, 2)))
    else:
        table = _table("Target", "Printed", "Read as")
        for each in tier.readings:
            table.add_row(styled(each.name), styled(each.printed), styled(_read_as(each)))
        out.print(Padding(table, (0, 0, 0, 2)))
    out.print()
    for name, said in _facts(tier):
        out.print(styled(f"{name}: {said}"))
    for definition in DEFINITIONS.get(tier.family, ()):
        out.print(styled(f"{definition.priority} {definition.name}: {definition.hit}; {definition.effect}"))


def checked(path: Path) -> None:
    """Print all that is wrong or unclear in a tier's file; ends with 1 where it cannot be used."""
    problems = flow.problems_of(path)
    for each in problems:
        click.echo(clean(f"{_KIND[each.kind]}{each}"))
    errors = sum(each.kind == "error" for each in problems)
    if errors:
        click.echo(f"{words.count(errors, 'problem')}: the tier cannot be used.", err=True)
        sys.exit(WITH_PROBLEMS)
    others = len(problems)
    click.echo("In order." if not others else f"It can be used; {words.count(others, 'thing')} to look at.", err=True)


def exported(text: str) -> None:
    """Print a tier as YAML."""
    click.echo(flow.text_of(_tier(text)), nl=False)


def _tier(text: str) -> Tier:
    try:
        return flow.tier_named(text)
    except flow.CannotBeRead as error:
        raise Wrong(str(error)) from error


def _table(*heads: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    for number, head in enumerate(heads):
        table.add_column(head, overflow="fold", no_wrap=number == 0 and len(heads) > 3)
    return table


def _most_urgent(tier: Tier) -> str:
    """The most urgent targets as printed; of a score tier what it holds."""
    if tier.policy is None:
        return f"score held at {tier.score.hold} or above" if tier.score else ""
    first = tier.policy.rules[0].priority
    chosen = [
        tier.reading(rule).printed
        for rule in tier.policy.rules
        if rule.priority == first and len(rule.asks) == 1 and rule.clock in (ClockKind.RESPONSE, ClockKind.RESOLUTION)
    ]
    return f"{first} {', '.join(chosen)}"


def _read_as(reading: Reading) -> str:
    return reading.read_as + (f" (as {reading.prefilled_from} has it)" if reading.prefilled_from else "")


def _facts(tier: Tier) -> list[tuple[str, str]]:
    said = [("Support hours", f"{tier.hours}, unless the contract chooses others")]
    if tier.policy is not None:
        for clock in ClockKind:
            owners = tier.policy.pauses.get(clock, frozenset())
            stops = ", ".join(words.OWNER[owner] for owner in words.OWNER if owner in owners) or "nothing"
            said.append((f"What pauses {words.CLOCK[clock].lower()}", stops))
        said.append(("Reopening", _reopening(tier.policy.reopening)))
        if tier.policy.grace_after_upgrade:
            said.append(("Grace after a raise", words.duration(tier.policy.grace_after_upgrade)))
        said.append(("At risk from", f"{words.percent(tier.policy.at_risk, places=0)} of the target"))
    if tier.score is not None:
        score = tier.score
        said += [
            ("Scan", str(score.scan)),
            ("Score held at", f"{score.hold} or above; alert below {score.alert_below}"),
            ("Improvement", f"{score.improve_by} points within {score.improve_within_days} days of onboarding"),
            ("Emergency review", f"below {score.emergency_below}"),
        ]
    if tier.uptime is not None:
        said.append(("Uptime", words.percent(tier.uptime, places=2)))
    said += [(name, text) for name, text in (("Contact", tier.contact), ("Review", _review(tier))) if text]
    if tier.price is not None:
        said.append(("Price a month", f"{tier.price.lowest:,} to {tier.price.highest:,} {tier.price.currency}"))
    if tier.hours_a_month is not None:
        hours = tier.hours_a_month
        said.append(("Hours a month", f"{hours.lowest} to {hours.highest}" if isinstance(hours, HoursRange) else hours))
    if tier.regulatory is not None:
        said.append(("Regulatory updates", tier.regulatory.replace("_", " ")))
    if tier.upgrades is not None:
        said.append(("Version upgrades", tier.upgrades.replace("_", " ")))
    broken = tier.consequences
    for name, text in (("tickets", broken.tickets), ("uptime", broken.uptime), ("score", broken.score)):
        if text:
            said.append((f"If broken, {name}", text))
    for promise in tier.promises:
        parts = [part for part in (promise.number, promise.measured, promise.consequence) if part]
        said.append(("Promise", f"{promise.text} ({'; '.join(parts)})" if parts else promise.text))
    return said


def _reopening(reopening: Reopening) -> str:
    mode = "the same clock goes on" if reopening.mode is ReopenMode.RESUME else "a new resolution clock starts"
    if reopening.window is None:
        return f"{mode}, however late"
    return f"{mode} within {words.duration(reopening.window)}; after that it is a new, linked ticket"


def _review(tier: Tier) -> str:
    if tier.review is None:
        return ""
    review = tier.review
    parts = [
        _RHYTHM[review.rhythm],
        review.form,
        f"{review.minutes} minutes" if review.minutes else "",
        "written report" if review.written_report else "",
        "with leadership" if review.with_leadership else "",
    ]
    return ", ".join(part for part in parts if part)
