"""Asking once, sending once, and keeping what is answered."""

import uuid
from datetime import datetime, timedelta
from typing import Final

from django.db import connection

from goodstanding.apps.feedback import models, queries
from goodstanding.apps.feedback.queries import SCORES, Kind, Question, Terms
from goodstanding.apps.tenancy.roles import May
from goodstanding.apps.tenancy.scope import Scope
from goodstanding.apps.unit import Conflict, NotFound, together
from goodstanding.apps.unit.bulk import insert_new
from goodstanding.core.clocks.clock import second_if, second_of
from goodstanding.core.desk.contacts import is_address

LEASE: Final = timedelta(minutes=5)
"""How long a mail is left to the worker that began to send it."""
GAP: Final = timedelta(days=183)
"""Between two questions to one contact: three of them span 366 days, so no year has more than two."""
_TURN: Final = timedelta(hours=1)
_DELAYS: Final = range(30 * 24 * 60 + 1)
LONGEST_COMMENT: Final = 4_000


def set_terms(scope: Scope, wanted: Terms, *, now: datetime) -> Terms:
    """Say how a partner asks; what is resolved before asking was switched on is not asked about.

    Raises `NotFound` for a partner outside the scope and `Conflict` for what cannot be.
    """
    scope.demand(May.SET_FEEDBACK)
    known = queries.terms(scope, partner=wanted.partner)
    minutes = wanted.delay // timedelta(minutes=1)
    if minutes not in _DELAYS:
        raise Conflict("the delay is between 0 minutes and 30 days")
    sender = wanted.sender.strip()
    if sender and not is_address(sender):
        raise Conflict("the sender is one address, such as support@example.com")
    since = known.tickets_from_at if known.asks_after_tickets and known.tickets_from_at else now
    models.Terms.objects.update_or_create(
        partner_id=wanted.partner,
        defaults={
            "asks_after_tickets": wanted.asks_after_tickets,
            "tickets_from_at": second_of(since) if wanted.asks_after_tickets else None,
            "delay_minutes": minutes,
            "sender": sender,
            "asks_to_recommend": wanted.asks_to_recommend,
        },
    )
    return queries.terms(scope, partner=wanted.partner)


def ask_about(
    scope: Scope, *, partner: int, client: int, ticket: int, cycle: int, resolved_at: datetime, address: str, now: datetime
) -> bool:
    """Decide that a ticket's contact is asked how it went; return whether this call decided it: once a resolution.

    Without an address it is kept that nobody can be asked. Where it was decided before and the resolution's time was
    corrected since, only the time is kept.
    """
    _own(scope, partner)
    at, resolved = second_of(now), second_of(resolved_at)
    columns = ("public_id", "partner", "client", "ticket", "kind", "cycle", "resolved_at", "address", "asked_at", "send_at",
               "tries", "error", "comment")  # fmt: skip
    row = (
        uuid.uuid4(),
        partner,
        client,
        ticket,
        Kind.CSAT.value,
        cycle,
        resolved,
        address,
        at,
        at if address else None,
        0,
        "",
        "",
    )
    if insert_new(models.Question, columns, [row]) == 1:
        return True
    models.Question.objects.filter(ticket_id=ticket, cycle=cycle, kind=Kind.CSAT).update(resolved_at=resolved)
    return False


def take_score(
    scope: Scope, *, partner: int, client: int, ticket: int, outside: int, score: int, comment: str, at: datetime
) -> None:
    """Keep a score that a client gave in the desk a ticket came from, where nobody here had to ask.

    `outside` is the rating's number there: given again, it takes the place of what it said before. Raises `Conflict` for a
    score that is none.
    """
    _own(scope, partner)
    if score not in SCORES[Kind.CSAT]:
        raise Conflict("a rating is one of the scores")
    second = second_of(at)
    models.Question.objects.update_or_create(
        ticket_id=ticket,
        # Cycles of our own questions begin at zero.
        cycle=-outside,
        kind=Kind.CSAT,
        defaults={"score": score, "comment": comment[:LONGEST_COMMENT], "answered_at": second},
        create_defaults={
            "partner_id": partner, "client_id": client, "address": "", "asked_at": second, "sent_at": second,
            "score": score, "comment": comment[:LONGEST_COMMENT], "answered_at": second,
        },
    )  # fmt: skip


def take_turn(partner: int, *, now: datetime) -> bool:
    """Take the turn to look through a partner's contacts; whoever else comes meanwhile waits, and finds it taken."""
    at = second_of(now)
    rows = models.Terms.objects.filter(partner_id=partner, asks_to_recommend=True, look_at__lte=at)
    return rows.update(look_at=at + _TURN // timedelta(seconds=1)) == 1


def ask_to_recommend(scope: Scope, *, partner: int, client: int, address: str, now: datetime) -> bool:
    """Decide that a contact is asked whether they would recommend the partner, unless they were within `GAP`.

    Within the caller's transaction, after `take_turn`, so that no two do it at once. The rule stands in the statement
    itself: at most twice in any year, whoever calls and however often. Returns whether this call decided it.
    """
    _own(scope, partner)
    at = second_of(now)
    public_id = uuid.uuid4()
    with connection.cursor() as cursor:
        cursor.execute(
            _ASK_TO_RECOMMEND,
            [
                public_id if connection.vendor == "postgresql" else public_id.hex,
                *(partner, client, Kind.NPS.value, address, at, at),
                *(partner, Kind.NPS.value, address, at - GAP // timedelta(seconds=1)),
            ],
        )
        return cursor.rowcount == 1


_ASK_TO_RECOMMEND: Final = """
INSERT INTO feedback_question
  (public_id, partner_id, client_id, kind, cycle, address, asked_at, send_at, tries, error, comment)
SELECT %s, %s, %s, %s, 0, %s, %s, %s, 0, '', ''
WHERE NOT EXISTS (
  SELECT 1 FROM feedback_question WHERE partner_id = %s AND kind = %s AND address = %s AND asked_at > %s
)
"""


def claim(pk: int, *, now: datetime) -> Question | None:
    """Take a question to send its mail; None when another worker was quicker."""
    at = second_of(now)
    rows = models.Question.objects.filter(pk=pk, send_at__lte=at)
    if rows.update(send_at=at + LEASE // timedelta(seconds=1)) != 1:
        return None
    return queries.question_by_pk(Scope.everything("to send a mail"), pk)


def has_sent(pk: int, *, now: datetime) -> None:
    """Keep that the mail of a question went out; its first time counts."""
    models.Question.objects.filter(pk=pk, sent_at=None).update(send_at=None, sent_at=second_of(now), error="")


def has_failed(pk: int, *, error: str, again_at: datetime | None) -> None:
    """Keep that a mail could not be sent, and when it is tried again; None is never."""
    row = models.Question.objects.filter(pk=pk, sent_at=None)
    tries = row.values_list("tries", flat=True).first() or 0
    row.update(send_at=second_if(again_at), error=error[:300], tries=tries + 1)


def withdraw(pk: int) -> None:
    """Send nothing after all, and say nothing of it: what was to be asked is no longer so."""
    models.Question.objects.filter(pk=pk, sent_at=None).update(send_at=None, error="")


def answer(scope: Scope, question: Question, *, score: int, comment: str, now: datetime) -> Question:
    """Keep an answer in the place of what was answered before; raises `Conflict` for a score that is none."""
    if score not in SCORES[question.kind]:
        raise Conflict("choose one of the scores")
    rows = scope.limit(models.Question.objects.filter(pk=question.pk))
    rows.update(score=score, comment=comment.replace("\0", "")[:LONGEST_COMMENT], answered_at=second_of(now))
    return queries.question_by_pk(scope, question.pk)


def refuse(scope: Scope, *, partner: int, address: str, now: datetime) -> None:
    """Keep that somebody does not want to be asked any more; what is still to be sent to them is not."""
    _own(scope, partner)
    with together():
        insert_new(models.Refusal, ("partner", "address", "said_at"), [(partner, address, second_of(now))])
        models.Question.objects.filter(partner_id=partner, address=address, sent_at=None).update(send_at=None)


def _own(scope: Scope, partner: int) -> None:
    if scope.partners is not None and partner not in scope.partners:
        raise NotFound("there is no such partner")
