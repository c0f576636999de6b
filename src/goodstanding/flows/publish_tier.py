"""Publish a tier from its YAML: check it, say what is unclear, keep it as an immutable version."""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache

from goodstanding.adapters.files.tiers import catalogue, check_tier, dump_tier, load_tier
from goodstanding.adapters.files.yaml12 import FileError, Problem
from goodstanding.apps.desk import actions, queries
from goodstanding.apps.desk.values import TierVersion
from goodstanding.apps.tenancy.scope import Scope
from goodstanding.core.commerce.tier import Tier


@dataclass(frozen=True, slots=True)
class Checked:
    """A tier as it was read, None where it could not be, and all that is wrong or unclear in it."""

    tier: Tier | None
    problems: tuple[Problem, ...]


def check(text: str, *, name: str = "") -> Checked:
    """Read a tier without keeping it."""
    problems = check_tier(text, name=name)
    try:
        return Checked(load_tier(text, name=name), problems)
    except FileError:
        return Checked(None, problems)


def publish_tier(
    scope: Scope, *, partner: int, text: str, effective_from: datetime, now: datetime, note: str = ""
) -> TierVersion:
    """Publish a tier as it is written; raises `FileError` where it cannot be read, and as the desk's action does."""
    tier = load_tier(text, name="tier")
    return _publish(scope, partner, tier, text, effective_from, now, note)


def _publish(
    scope: Scope, partner: int, tier: Tier, text: str, effective_from: datetime, now: datetime, note: str
) -> TierVersion:
    return actions.publish_tier(
        scope,
        partner=partner,
        key=tier.key,
        name=tier.name,
        family=tier.family,
        policy=tier.policy,
        text=text,
        effective_from=effective_from,
        now=now,
        note=note,
    )


def publish_catalogue(scope: Scope, *, partner: int, effective_from: datetime, now: datetime) -> tuple[TierVersion, ...]:
    """Publish every shipped tier for a partner that does not have it yet; one it has changed stays as it is."""
    here = scope if scope.partners is not None else replace(scope, partners=frozenset({partner}))
    known = {version.key: version for version in queries.tiers(here)}
    return tuple(
        known.get(tier.key) or _publish(scope, partner, tier, text, effective_from, now, "as shipped")
        for tier, text in _written()
    )


@cache
def _written() -> tuple[tuple[Tier, str], ...]:
    """Return the tiers of the catalogue, each with the YAML that it would be read from."""
    return tuple((tier, dump_tier(tier)) for tier in catalogue())


def shipped() -> tuple[Tier, ...]:
    """Return the tiers of the catalogue."""
    return catalogue()


def text_of(tier: Tier) -> str:
    """Write a tier as YAML."""
    return dump_tier(tier)
