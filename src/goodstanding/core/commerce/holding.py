"""What a history is held to: one tier, or the tiers that its tickets name, in given service hours."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from goodstanding.core.clocks.calendar import Calendar
from goodstanding.core.commerce.priorities import Family, priorities, renamed
from goodstanding.core.commerce.tier import Tier
from goodstanding.core.desk.case import Case
from goodstanding.core.desk.events import Event, EventKind
from goodstanding.core.desk.policy import SUPPORT, WALL, Assignment, Policy

_WITH_PRIORITIES = (Family.SUPPORT_PLAN, Family.RETAINER)


class Unsuitable(ValueError):
    """A tier that tickets cannot be held to: it promises nothing about them, or counts in hours that nobody gave.

    `slot` names those hours; empty, the tier has no targets for tickets.
    """

    def __init__(self, tier: Tier, slot: str = "") -> None:
        self.tier = tier
        self.slot = slot
        super().__init__(f"{tier.name} counts in {slot!r} hours" if slot else f"{tier.name} promises nothing about tickets")


def policy_of(tier: Tier) -> Policy:
    """Return the tier's targets for tickets; raises `Unsuitable` where it has none or counts in a slot other than support."""
    if tier.policy is None:
        raise Unsuitable(tier)
    for rule in tier.policy.rules:
        if rule.target.slot not in (SUPPORT, WALL):
            raise Unsuitable(tier, rule.target.slot)
    return tier.policy


@dataclass(frozen=True, kw_only=True)
class Holding:
    """The tiers that tickets can be held to, the given one first, and the service hours that fill their slot `support`.

    A ticket that names no tier is held to the first one; with `one` every ticket is, whatever it names, as a what-if asks.
    """

    tiers: tuple[Tier, ...]
    calendar: Calendar
    one: bool = False

    @cached_property
    def _places(self) -> Mapping[str, int]:
        # The given tier comes last here, so that its own key and name mean it and none that ships.
        ordered = [*enumerate(self.tiers)][::-1]
        return {_plain(word): place for place, tier in ordered for word in (tier.name, tier.key)}

    def place(self, word: str | None) -> int:
        """Return the position of the tier with that key or name, in any capitals; of the first for none; -1 if unknown."""
        if self.one or not word or not word.strip():
            return 0
        return self._places.get(_plain(word), -1)

    @cached_property
    def ranks(self) -> tuple[Mapping[str, str], ...]:
        """How each tier calls the priorities of the other family, by rank (requirements TIER-3)."""
        return tuple(
            {
                name: own
                for other in _WITH_PRIORITIES
                if other is not tier.family
                for name, own in renamed(other, tier.family).items()
            }
            for tier in self.tiers
        )

    def assignment(self, place: int, client: str) -> Assignment:
        """Return the promise of a tier to a client, for all time; its id is the tier's key."""
        tier = self.tiers[place]
        return Assignment(id=tier.key, client=client, policy=policy_of(tier), slots={SUPPORT: self.calendar})

    @cached_property
    def assignments(self) -> tuple[Assignment, ...]:
        """The promises of all tiers, to nobody in particular."""
        return tuple(self.assignment(place, "") for place in range(len(self.tiers)))

    @cached_property
    def _asked_in(self) -> Mapping[Family, tuple[Policy, ...]]:
        """The promises of all tiers, each also under the names of the priorities of a family, by rank."""
        return {family: tuple(_under_names_of(family, tier) for tier in self.tiers) for family in _WITH_PRIORITIES}

    def bound(self, case: Case, word: str) -> Case:
        """Return a case held to the tier of that name, with the tiers of its events found by name too.

        All names must be known (`place`). Priorities of the other family are renamed by rank; those of a tier of the other
        family that comes into force on the way are found by rank (requirements TIER-3).
        """
        place = self.place(word)
        ranks = self.ranks[place]
        events = tuple(
            self._read(event, ranks) for event in case.events if not (self.one and event.kind is EventKind.TIER_CHANGED)
        )
        clients = sorted({case.client, *(event.client for event in events if event.client)})
        bound = [self.assignment(place, client) for client in clients]
        # A tier that comes into force on the way is found by its id; under this name it binds no client before that.
        family = self.tiers[place].family
        later = [(self.place(event.tier), event.tier) for event in events if event.tier]
        bound += [replace(self.assignment(at, f"\0{tier}"), policy=self._asked_in[family][at]) for at, tier in later]
        return replace(case, events=events, assignments=tuple(bound), priority=ranks.get(case.priority, case.priority))

    def _read(self, event: Event, ranks: Mapping[str, str]) -> Event:
        priority = event.priority and ranks.get(event.priority, event.priority)
        tier = event.tier and self.tiers[self.place(event.tier)].key
        return event if (priority, tier) == (event.priority, event.tier) else replace(event, priority=priority, tier=tier)


def _under_names_of(family: Family, tier: Tier) -> Policy:
    policy = policy_of(tier)
    if tier.family is family:
        return policy
    names = renamed(tier.family, family)
    known = (replace(rule, priority=names[rule.priority]) for rule in policy.rules if rule.priority is not None)
    return replace(policy, rules=(*policy.rules, *known))


def holding(given: Tier, calendar: Calendar, *, known: Iterable[Tier] = (), one: bool = False) -> Holding:
    """Return what a history is held to when `given` is the tier of tickets that name none and `known` may be named.

    Raises `Unsuitable` for a given tier without targets for tickets; known ones without are left out.
    """
    policy_of(given)
    others = (each for each in known if each.key != given.key and each.policy is not None and not one)
    return Holding(tiers=(given, *others), calendar=calendar, one=one)


def rows_by_rank(tiers: Iterable[Tier]) -> Mapping[str, str]:
    """Return the row each priority stands in when tiers of several families are compared: `P1 / S1`; none for one family."""
    families = {tier.family for tier in tiers}
    if len(families) < 2:
        return {}
    ranks = zip(*(priorities(family) for family in _WITH_PRIORITIES if family in families), strict=True)
    return {name: " / ".join(names) for names in ranks for name in names}


def _plain(word: str) -> str:
    return " ".join(word.split()).casefold()
