"""Figure how a client's tickets went of late: first contact, reopened, escalated, and how satisfied they said they were."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from goodstanding.apps.desk import queries as desk
from goodstanding.apps.feedback import queries as feedback
from goodstanding.apps.tenancy.scope import Scope
from goodstanding.core.clocks.clock import second_of
from goodstanding.core.desk.assess import assess
from goodstanding.core.desk.verdict import Assessment
from goodstanding.core.figures.facts import facts_of
from goodstanding.core.figures.figures import Figures, Period, figures
from goodstanding.core.figures.numbers import Rating, Share
from goodstanding.core.figures.promoters import Promoters, promoters

DAYS: Final = 90
MOST: Final = 1_000
"""Tickets that are judged for one page; of more, the newest count, and the page says so."""


@dataclass(frozen=True, slots=True)
class ClientFigures:
    """Figures of a client over the last `DAYS` days; `recommend` is of the last answers within a year."""

    figures: Figures
    satisfaction: Rating
    recommend: Promoters
    recommend_asked: int
    cut: bool
    """Whether there were more tickets than were judged."""


def figure_client(scope: Scope, client: int, *, now: datetime) -> ClientFigures:
    """Return the figures of a client in scope, by the formulas that count everywhere (`core.figures.figures`)."""
    since = now - timedelta(days=DAYS)
    pks = desk.of_client(scope, client, since=since, limit=MOST + 1)
    facts = facts_of(_judged(pks[:MOST], now), as_of=now)
    period = Period(second_of(since), None)
    answers = feedback.answers(scope, since=since, client=client)
    recommended = feedback.recommendations(scope, now=now, client=client)
    return ClientFigures(
        figures=figures(facts, period=period),
        satisfaction=rating_of(answers),
        recommend=promoters(recommended.scores),
        recommend_asked=recommended.asked,
        cut=len(pks) > MOST,
    )


def rating_of(answers: feedback.Answers) -> Rating:
    """Return the mean of what was answered, with how many of those who were asked answered."""
    return Rating(sum(answers.scores), Share(len(answers.scores), answers.asked))


def _judged(pks: tuple[int, ...], now: datetime) -> list[Assessment]:
    found = []
    for case in desk.cases(Scope.everything("their standings are in scope"), pks):
        try:
            judged = assess(case, as_of=now, explain=False)
        except Exception:  # noqa: S112 - a ticket that cannot be judged says so on its own page, and the others count
            continue
        if judged is not None:
            found.append(judged)
    return found
