"""Questions about what was asked and answered."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from django.db.models import Max, QuerySet

from goodstanding.apps.feedback import models
from goodstanding.apps.tenancy.scope import Scope
from goodstanding.apps.unit import NotFound
from goodstanding.core.clocks.clock import moment, moment_if, second_of

YEAR: Final = timedelta(days=365)


class Kind(StrEnum):
    """What is asked."""

    CSAT = "csat"
    """How a ticket went, from 1 to 5."""
    NPS = "nps"
    """Whether they would recommend the partner, from 0 to 10."""


SCORES: Final = {Kind.CSAT: range(1, 6), Kind.NPS: range(11)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How a partner asks: after tickets, and whether people would recommend it; `sender` empty is the installation's."""

    partner: int
    asks_after_tickets: bool = False
    tickets_from_at: datetime | None = None
    delay: timedelta = timedelta(hours=1)
    sender: str = ""
    asks_to_recommend: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question to one contact, with the answer where there is one."""

    pk: int
    public_id: UUID
    partner: int
    client: int
    client_name: str
    kind: Kind
    ticket: int | None
    ticket_id: UUID | None
    ref: str
    title: str
    cycle: int
    address: str
    asked_at: datetime
    sent_at: datetime | None
    tries: int
    error: str
    score: int | None
    comment: str
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Answers:
    """How many were asked, and the scores they gave."""

    asked: int
    scores: tuple[int, ...]


def terms(scope: Scope, *, partner: int) -> Terms:
    """Return how a partner in scope asks; raises `NotFound`."""
    if scope.partners is not None and partner not in scope.partners:
        raise NotFound("there is no such partner")
    row = models.Terms.objects.filter(partner_id=partner).first()
    return Terms(partner=partner) if row is None else _terms(row)


def asking(now: datetime) -> tuple[Terms, ...]:
    """Return the terms of the partners that ask after tickets; for the worker."""
    rows = models.Terms.objects.filter(asks_after_tickets=True, tickets_from_at__lte=second_of(now)).order_by("partner_id")
    return tuple(map(_terms, rows))


def recommending_due(now: datetime) -> tuple[int, ...]:
    """Return the partners whose contacts are to be looked through by now; for the worker."""
    rows = models.Terms.objects.filter(asks_to_recommend=True, look_at__lte=second_of(now)).order_by("partner_id")
    return tuple(rows.values_list("partner_id", flat=True))


def due(now: datetime) -> tuple[int, ...]:
    """Return the questions whose mail is to be sent by now, the longest due first; for the worker."""
    rows = models.Question.objects.filter(send_at__lte=second_of(now)).order_by("send_at", "pk")
    return tuple(rows.values_list("pk", flat=True)[:200])


def question(scope: Scope, public_id: UUID) -> Question:
    """Return a question in scope; raises `NotFound`."""
    row = _questions(scope).filter(public_id=public_id).first()
    if row is None:
        raise NotFound("there is no such question")
    return _question(row)


def question_by_pk(scope: Scope, pk: int) -> Question:
    """Return a question in scope; raises `NotFound`."""
    row = _questions(scope).filter(pk=pk).first()
    if row is None:
        raise NotFound("there is no such question")
    return _question(row)


def asked_resolutions(scope: Scope, tickets: Iterable[int]) -> dict[int, int]:
    """Return for tickets that were asked about the second of the last resolution that was."""
    rows = scope.limit(models.Question.objects.filter(ticket_id__in=list(tickets), kind=Kind.CSAT), client=None)
    return dict(rows.values_list("ticket_id").annotate(latest=Max("resolved_at")).order_by())


def ratings(scope: Scope, tickets: Iterable[int]) -> dict[int, Question]:
    """Return the last answer about each of these tickets of the partners in scope, by primary key."""
    rows = _questions(scope, client=None).filter(ticket_id__in=list(tickets), kind=Kind.CSAT, score__isnull=False)
    return {row.ticket_id: _question(row) for row in rows.order_by("cycle")}


def scores(scope: Scope, tickets: Iterable[UUID]) -> dict[UUID, int]:
    """Return the last score given to each of these tickets of the partners in scope, by public id."""
    rows = models.Question.objects.filter(ticket__public_id__in=list(tickets), kind=Kind.CSAT, score__isnull=False)
    rows = scope.limit(rows, client=None).order_by("cycle")
    return dict(rows.values_list("ticket__public_id", "score"))


def answers(scope: Scope, *, since: datetime, client: int | None = None) -> Answers:
    """Return what was answered about tickets since then, of the mails that went out, in scope or at one client."""
    rows = scope.limit(models.Question.objects.filter(kind=Kind.CSAT, sent_at__isnull=False, asked_at__gte=second_of(since)))
    if client is not None:
        rows = rows.filter(client_id=client)
    given = list(rows.values_list("score", flat=True))
    return Answers(len(given), tuple(score for score in given if score is not None))


def recommendations(scope: Scope, *, now: datetime, client: int | None = None) -> Answers:
    """Return the last answer of each contact within a year, in scope or at one client, and how many contacts were asked."""
    rows = scope.limit(models.Question.objects.filter(kind=Kind.NPS, sent_at__isnull=False, asked_at__gt=second_of(now - YEAR)))
    if client is not None:
        rows = rows.filter(client_id=client)
    # Those without an answer come first or last, as the database has it: they take no one's place.
    latest: dict[tuple[int, str], int | None] = {}
    for partner, address, score in rows.order_by("answered_at", "pk").values_list("partner_id", "address", "score"):
        latest[partner, address] = latest.get((partner, address)) if score is None else score
    given = tuple(score for score in latest.values() if score is not None)
    return Answers(len(latest), given)


def latest(scope: Scope, *, limit: int = 50) -> tuple[Question, ...]:
    """Return the last answers given to the partners in scope, the newest first."""
    rows = _questions(scope, client=None).filter(score__isnull=False).order_by("-answered_at", "-pk")
    return tuple(map(_question, rows[:limit]))


def undelivered(scope: Scope, *, limit: int = 20) -> tuple[Question, ...]:
    """Return the mails of the partners in scope that could not be sent, or not yet, the newest first."""
    rows = _questions(scope, client=None).filter(sent_at__isnull=True).exclude(error="").order_by("-asked_at", "-pk")
    return tuple(map(_question, rows[:limit]))


def refuses(scope: Scope, *, partner: int, address: str) -> bool:
    """Return whether somebody has said that they do not want to be asked."""
    rows = scope.limit(models.Refusal.objects.filter(partner_id=partner, address=address), client=None)
    return rows.exists()


def _questions(scope: Scope, client: str | None = "client_id") -> "QuerySet[models.Question]":
    return scope.limit(models.Question.objects.select_related("client", "ticket"), client=client)


def _terms(row: models.Terms) -> Terms:
    return Terms(
        partner=row.partner_id,
        asks_after_tickets=row.asks_after_tickets,
        tickets_from_at=moment_if(row.tickets_from_at),
        delay=timedelta(minutes=row.delay_minutes),
        sender=row.sender,
        asks_to_recommend=row.asks_to_recommend,
    )


def _question(row: models.Question) -> Question:
    return Question(
        pk=row.pk,
        public_id=row.public_id,
        partner=row.partner_id,
        client=row.client_id,
        client_name=row.client.name,
        kind=Kind(row.kind),
        ticket=row.ticket_id,
        ticket_id=row.ticket.public_id if row.ticket else None,
        ref=row.ticket.ref if row.ticket else "",
        title=row.ticket.title if row.ticket else "",
        cycle=row.cycle,
        address=row.address,
        asked_at=moment(row.asked_at),
        sent_at=moment_if(row.sent_at),
        tries=row.tries,
        error=row.error,
        score=row.score,
        comment=row.comment,
        answered_at=moment_if(row.answered_at),
    )
