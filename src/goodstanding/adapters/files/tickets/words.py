"""The words of service desks: what their priorities, states and events are called here."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from goodstanding.core.desk.events import Actor, EventKind, PauseOwner

EMPTY: Final = frozenset({"", "?", "-", "--", "n/a", "null", "none", "nan", "#n/a", "(empty)", "(blank)", "(none)", "not set"})
"""What exports write where there is nothing, in lower case."""

EVENT_KINDS: Final = tuple(EventKind)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a word for a state or an event stands for.

    `confirm` marks a reading that somebody who knows the desk should look at: the word is read the way that never pauses
    a clock against the client by itself. `actor` and `public` are set where the word tells them. `state`
    marks an event that is called like a state of work, "open" or "in progress": a wait, or an end, before it is over.
    """

    event: EventKind
    owner: PauseOwner | None = None
    confirm: bool = False
    actor: Actor | None = None
    public: bool | None = None
    state: bool = False


def plain(word: str) -> str:
    """Return a word in lower case with single spaces for underscores, hyphens, slashes and runs of spaces."""
    return " ".join(re.sub(r"[\s_\-/.]+", " ", word.casefold()).split())


_IN_UTC: Final = re.compile(r"(?P<name>.+?)(?: | ?[(\[] ?)(?:utc|gmt)(?: ?[)\]])?")


def without_utc(header: str) -> str | None:
    """Return a plain header without the mark that its times are UTC, `Created (UTC)`; None for one that has no such mark."""
    marked = _IN_UTC.fullmatch(plain(header))
    return None if marked is None else marked["name"]


_OPEN = Meaning(EventKind.OPENED)
_PROGRESS = Meaning(EventKind.PROGRESS)
_RESOLVED = Meaning(EventKind.RESOLVED)
_CLOSED = Meaning(EventKind.CLOSED)
_ON_CUSTOMER = Meaning(EventKind.WAITING, PauseOwner.CUSTOMER)
_PERHAPS_CUSTOMER = Meaning(EventKind.WAITING, PauseOwner.CUSTOMER, confirm=True)
_ON_SUPPLIER = Meaning(EventKind.WAITING, PauseOwner.SUPPLIER)
_ON_PARTNER = Meaning(EventKind.WAITING, PauseOwner.PARTNER)
# A hold without more pauses nothing until somebody says whom it waits on (a pause would be the client's loss).
_ON_HOLD = Meaning(EventKind.WAITING, PauseOwner.PARTNER, confirm=True)
_CANCELLED = Meaning(EventKind.CANCELLED)
# These end without a solution too, but a ticket taken out of the figures must be taken out knowingly.
_DROPPED = Meaning(EventKind.CANCELLED, confirm=True)


def _table(*lines: tuple[Meaning, str]) -> Mapping[str, Meaning]:
    return {word.strip(): meaning for meaning, words in lines for word in words.split(",")}


_STATES: Final = _table(
    (_OPEN, "new, open, opened, created, to do, todo, backlog, submitted, registered, logged, received, unassigned, queued"),
    (_PROGRESS, "in progress, progress, work in progress, wip, active, assigned, working, doing, in process, processing"),
    (_PROGRESS, "investigating, under investigation, in review, accepted, escalated, ongoing, started, reopened, re opened"),
    (_PROGRESS, "customer responded, customer replied, client replied, responded"),
    (_ON_CUSTOMER, "information requested, need more info, needs more info, more info required, customer action"),
    (_ON_HOLD, "on hold, hold, pending, paused, suspended, waiting, awaiting, blocked, deferred, postponed, scheduled"),
    (_RESOLVED, "resolved, solved, done, fixed, completed, complete, finished, implemented"),
    (_CLOSED, "closed, closed complete, archived"),
    (_CANCELLED, "cancelled, canceled, cancel, closed cancelled, closed canceled, withdrawn"),
    (_DROPPED, "rejected, declined, spam, junk, invalid, duplicate, deleted, abandoned, trash"),
    (_DROPPED, "won't do, won't fix, wont fix, wont do, not a bug, closed skipped, closed incomplete"),
    (Meaning(EventKind.MERGED), "merged"),
)
_OF_PRODUCTS: Final[Mapping[str, Mapping[str, Meaning]]] = {
    "servicenow": {
        "1": _OPEN,
        "2": _PROGRESS,
        "3": _ON_HOLD,
        "4": _ON_CUSTOMER,
        "5": _PERHAPS_CUSTOMER,
        "6": _RESOLVED,
        "7": _CLOSED,
        "8": _CANCELLED,
    },
    # Pending means "waiting for the requester" there; said aloud all the same, since it pauses against the client.
    "zendesk": {"pending": _PERHAPS_CUSTOMER},
    "freshdesk": {
        "pending": _PERHAPS_CUSTOMER,
        "2": _OPEN,
        "3": _PERHAPS_CUSTOMER,
        "4": _RESOLVED,
        "5": _CLOSED,
        "6": _ON_CUSTOMER,
        "7": _ON_SUPPLIER,
    },
}
_WAITS = re.compile(r"(?:awaiting|waiting|pending|on hold|hold)(?: on| for)? (?P<whom>.+)")
_WHOM: Final = (
    (re.compile(r"\b(vendor|supplier|third party|3rd party|external|manufacturer)\b"), _ON_SUPPLIER),
    (re.compile(r"\b(customer|client|user|caller|requester|requestor|reporter|evidence|your)\b"), _ON_CUSTOMER),
    (re.compile(r"\b(agreed date|appointment)\b"), Meaning(EventKind.WAITING, PauseOwner.AGREED_DATE)),
    (re.compile(r"\b(support|agent|staff|us|triage|assignment)\b"), _PROGRESS),
    (re.compile(r"\b(problem|change)\b"), _ON_PARTNER),
    (re.compile(r"\b(info|information|reply|response|feedback|confirmation)\b"), _PERHAPS_CUSTOMER),
)


@lru_cache(maxsize=4096)
def state_of(word: str, product: str = "", reason: str = "") -> Meaning | None:
    """Return what a desk's word for a state stands for, or None for a word nobody explained.

    `product` is the recognised one, since a few words and all numbers differ between products; `reason` is what stands
    beside the state, which says whom a bare hold waits on.
    """
    known = plain(word)
    found = _OF_PRODUCTS.get(product, {}).get(known) or _STATES.get(known) or _whom(known)
    if found is not None and found.event is EventKind.WAITING and found.confirm and reason:
        # A bare hold, with the one it waits on told beside it.
        told = plain(reason)
        return _whom(told) or _whom(f"waiting {told}") or found
    return found


def _whom(known: str) -> Meaning | None:
    waits = _WAITS.fullmatch(known)
    if waits is None:
        return None
    return next((meaning for pattern, meaning in _WHOM if pattern.search(waits["whom"])), _ON_HOLD)


def _event(kind: EventKind, actor: Actor | None = None, public: bool | None = None) -> Meaning:
    return Meaning(kind, actor=actor, public=public)


_FROM_CLIENT = _event(EventKind.CLIENT_REPLIED, Actor.CLIENT, True)
_FROM_STAFF = _event(EventKind.STAFF_REPLIED, Actor.STAFF, True)
_EVENTS: Final = {
    **{plain(kind): _event(kind) for kind in EventKind if kind is not EventKind.WAITING},
    **_table(
        (_event(EventKind.OPENED), "created, open, new, submitted, ticket created, issue created, reported, received"),
        (_FROM_CLIENT, "client replied, client reply, client message, client comment, client responded"),
        (_FROM_CLIENT, "customer replied, customer reply, customer message, customer comment, customer responded"),
        (_FROM_CLIENT, "requester replied, requester reply, requester comment, inbound, incoming message"),
        (_FROM_STAFF, "staff replied, staff reply, agent replied, agent reply, agent response, agent comment"),
        (_FROM_STAFF, "first response, first response sent, first reply, responded, response"),
        (_FROM_STAFF, "public reply, public comment, outbound, outgoing message"),
        (_event(EventKind.AUTO_REPLIED), "auto reply, automatic reply, auto response, acknowledgement, acknowledged"),
        (_event(EventKind.NOTED), "note, internal note, private note, private comment, internal comment, work note"),
        (_event(EventKind.PROGRESS), "in progress, work started, started, working"),
        (_event(EventKind.ASSIGNED), "reassigned, assignment, ticket assigned, assign, assignment changed"),
        (_event(EventKind.RESUMED), "resume, unpaused, continued, pause ended, waiting ended"),
        (_event(EventKind.PRIORITY_CHANGED), "priority change, reprioritised, reprioritized, priority updated"),
        (_event(EventKind.CLIENT_CHANGED), "client corrected, customer changed, organization changed"),
        (_event(EventKind.RESOLVED), "solved, fixed, done, ticket resolved, resolution"),
        (_event(EventKind.REOPENED), "reopen, re opened, ticket reopened"),
        (_event(EventKind.CLOSED), "close, ticket closed"),
        (_event(EventKind.CANCELLED), "canceled, cancel, withdrawn, ticket cancelled"),
        (_event(EventKind.MERGED), "merge, ticket merged"),
    ),
}
_MESSAGES: Final = frozenset({"reply", "replied", "comment", "commented", "message", "email", "mail", "public message"})
"""Words that say that somebody wrote, and leave it to another column who."""
_ANYBODY: Final = frozenset({"public reply", "public comment", "responded", "response"})
"""Words for what staff write, unless another column says that the client did."""


@lru_cache(maxsize=4096)
def event_of(word: str, actor: Actor | None = None, public: bool | None = None) -> Meaning | None:
    """Return what a word for an event stands for, or None; a bare message is told apart by who wrote it and who saw it."""
    known = plain(word)
    if known in _MESSAGES:
        if actor is Actor.CLIENT:
            return _event(EventKind.CLIENT_REPLIED, actor, True)
        if actor is Actor.STAFF:
            return _event(EventKind.NOTED if public is False else EventKind.STAFF_REPLIED, actor, public is not False)
        return _event(EventKind.AUTO_REPLIED, actor) if actor is Actor.SYSTEM else None
    if known in _EVENTS:
        found = _EVENTS[known]
        if found is _FROM_STAFF and actor is Actor.SYSTEM:
            # Whatever it is called, what a program sent answers nobody (semantics.md 1.11).
            return _event(EventKind.AUTO_REPLIED, actor)
        if found is _FROM_STAFF and actor is Actor.CLIENT and known in _ANYBODY:
            return _FROM_CLIENT
        if known in _STATES and found.event in (EventKind.OPENED, EventKind.PROGRESS) and known != EventKind.PROGRESS:
            return replace(found, state=True)
        return found
    # What only a state can be called: "waiting on customer", "on hold".
    state = _STATES.get(known) or _whom(known)
    return state if state is not None and state.event is EventKind.WAITING else None


_RANKED: Final = {
    word.strip(): rank
    for rank, words in {
        "P1": "urgent, critical, highest, blocker, emergency, very high, showstopper",
        "P2": "high, major, important, elevated",
        "P3": "normal, medium, moderate, standard, minor, average, regular",
        "P4": "low, lowest, planning, trivial, very low, cosmetic",
    }.items()
    for word in words.split(",")
}
_OWN_NAME = re.compile(r"(?P<letter>[ps]|prio|priority|sev|severity) ?(?P<rank>[1-4])(?: .*)?")
_NUMBERED = re.compile(r"(?P<number>[0-9])(?: (?P<word>.+))?")
_NUMBERS: Final[Mapping[str, tuple[str, ...]]] = {
    "odoo": ("P4", "P3", "P2", "P1"),
    "oca": ("P4", "P3", "P2", "P1"),
    "servicenow": ("", "P1", "P2", "P3", "P4", "P4"),
    "jira": ("", "P1", "P2", "P3", "P4", "P4"),
    "freshdesk": ("", "P4", "P3", "P2", "P1"),
}
"""What a bare number is in the products that export numbers, from 0 on."""


@lru_cache(maxsize=4096)
def priority_of(word: str, product: str = "") -> str | None:
    """Return P1 to P4 or S1 to S4 for a desk's word, empty for none; None for a word or bare number nobody explained."""
    known = plain(word.replace("(", " ").replace(")", " "))
    if word.strip().casefold() in EMPTY or known in ("", "no priority", "unprioritized", "unprioritised", "undefined"):
        return ""
    if own := _OWN_NAME.fullmatch(known):
        return f"{'S' if own['letter'].startswith('s') else 'P'}{own['rank']}"
    if numbered := _NUMBERED.fullmatch(known):
        if numbered["word"]:
            return _ranked(numbered["word"])
        scale = _NUMBERS.get(product, ())
        number = int(numbered["number"])
        return (scale[number] or None) if number < len(scale) else None
    return _ranked(known)


def _ranked(known: str) -> str | None:
    return _RANKED.get(known.removesuffix(" priority").removeprefix("priority "))


def is_bare_number(word: str) -> bool:
    """Whether a priority is a single digit, which means nothing without knowing the product."""
    return bool(re.fullmatch(r"[0-9](?:\.0)?", word.strip()))


_ACTORS: Final = {
    word.strip(): actor
    for actor, words in {
        Actor.STAFF: "staff, agent, support, employee, internal, operator, admin, engineer, partner",
        Actor.CLIENT: "client, customer, requester, requestor, end user, caller, external, portal, contact",
        Actor.SYSTEM: "system, bot, automation, automatic, auto, rule, trigger",
    }.items()
    for word in words.split(",")
}
_YES: Final = frozenset({"true", "yes", "y", "1", "public", "external"})
_NO: Final = frozenset({"false", "no", "n", "0", "private", "internal"})
_OWNERS: Final = {
    word.strip(): owner
    for owner, words in {
        PauseOwner.CUSTOMER: "customer, client, user, caller, requester, requestor",
        PauseOwner.SUPPLIER: "supplier, vendor, third party, 3rd party, manufacturer",
        PauseOwner.AGREED_DATE: "agreed date, date, appointment",
        PauseOwner.PARTNER: "partner, support, staff, agent, us, internal",
    }.items()
    for word in words.split(",")
}


def actor_of(word: str) -> Actor | None:
    """Return which side a word names, or None."""
    return _ACTORS.get(plain(word))


def public_of(word: str) -> bool | None:
    """Return whether a word says that the client saw it, or None."""
    known = plain(word)
    return True if known in _YES else False if known in _NO else None


def owner_of(word: str) -> PauseOwner | None:
    """Return whom a word says that the ticket waits on, or None."""
    return _OWNERS.get(plain(word))
