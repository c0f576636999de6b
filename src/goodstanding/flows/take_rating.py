"""Take an answer from somebody who is not signed in: the link they were sent says which question, and nothing else."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from goodstanding.apps.doors import actions as doors
from goodstanding.apps.feedback import actions, queries
from goodstanding.apps.feedback.queries import Question
from goodstanding.apps.tenancy import queries as tenancy
from goodstanding.apps.tenancy.scope import Scope
from goodstanding.core.desk.ballot import read
from goodstanding.flows.admit import TooMany
from goodstanding.flows.send_questions import good_until

PER_CALLER: Final = 600
PER_QUESTION: Final = 120
"""Calls a minute: a program that checks a mail opens all its links at once, and locks nobody out by it."""
_SCOPE: Final = Scope.everything("a signed link was followed")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as whoever has its link sees it."""

    question: Question
    partner: str
    until: datetime


def asked(token: str, *, key: bytes, caller: str, now: datetime) -> Asked:
    """Return the question that a link is for; nothing is kept by looking, which programs that check mail do as well.

    Raises `Forged` and `Expired` (`core.desk.ballot`), `NotFound` where the question is gone, and `TooMany`.
    """
    _spend(f"ballots of {hashlib.blake2b(caller.encode(), digest_size=12).hexdigest()}", PER_CALLER, now)
    public_id = read(token, key=key, now=now)
    _spend(f"ballot {public_id.hex}", PER_QUESTION, now)
    question = queries.question(_SCOPE, public_id)
    return Asked(question, tenancy.partner(_SCOPE, question.partner).name, good_until(question))


def rate(token: str, *, score: int, comment: str, key: bytes, caller: str, now: datetime) -> Asked:
    """Keep an answer in the place of the one before; raises as `asked` does, and `Conflict` for a score that is none."""
    found = asked(token, key=key, caller=caller, now=now)
    answered = actions.answer(_SCOPE, found.question, score=score, comment=comment, now=now)
    return Asked(answered, found.partner, found.until)


def stop_asking(token: str, *, key: bytes, caller: str, now: datetime) -> Asked:
    """Ask the contact nothing more; raises as `asked` does."""
    found = asked(token, key=key, caller=caller, now=now)
    actions.refuse(_SCOPE, partner=found.question.partner, address=found.question.address, now=now)
    return found


def _spend(name: str, per_minute: int, now: datetime) -> None:
    wait = doors.spend(_SCOPE, name, per_minute=per_minute, now=now)
    if wait is not None:
        raise TooMany(wait)
