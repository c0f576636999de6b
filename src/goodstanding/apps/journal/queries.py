"""Questions about the journal, for administrators."""

from collections.abc import Iterator
from typing import Final

from django.db.models import Q, QuerySet

from goodstanding.apps.journal import models
from goodstanding.apps.journal.values import About, Act, Change, Entry, JournalFilter
from goodstanding.apps.tenancy.roles import May
from goodstanding.apps.tenancy.scope import Scope
from goodstanding.core.clocks.clock import moment, second_of

PAGE: Final = 50
_LONGEST_WORDS: Final = 200


def entries(scope: Scope, wanted: JournalFilter, *, page: int = 1) -> tuple[tuple[Entry, ...], bool]:
    """Return a page of the journal of the partners in scope, the newest first, and whether there are older ones."""
    first = (page - 1) * PAGE
    rows = list(_wanted(scope, wanted)[first : first + PAGE + 1])
    return tuple(map(_entry, rows[:PAGE])), len(rows) > PAGE


def every_entry(scope: Scope, wanted: JournalFilter) -> Iterator[Entry]:
    """Yield the journal of the partners in scope, the newest first, without holding it all."""
    return map(_entry, _wanted(scope, wanted).iterator(500))


def _wanted(scope: Scope, wanted: JournalFilter) -> "QuerySet[models.Entry]":
    scope.demand(May.SEE_JOURNAL)
    rows = scope.limit(models.Entry.objects.all(), client=None)
    if wanted.about is not None:
        rows = rows.filter(about=wanted.about)
    if wanted.words:
        words = wanted.words[:_LONGEST_WORDS]
        rows = rows.filter(Q(who__icontains=words) | Q(name__icontains=words))
    if wanted.from_at is not None:
        rows = rows.filter(at__gte=second_of(wanted.from_at))
    if wanted.until_at is not None:
        rows = rows.filter(at__lt=second_of(wanted.until_at))
    return rows.order_by("-at", "-id")


def _entry(row: models.Entry) -> Entry:
    return Entry(
        public_id=row.public_id,
        at=moment(row.at),
        who=row.who,
        act=Act(row.act),
        about=About(row.about),
        thing=row.thing,
        name=row.name,
        changes=tuple(Change(*each) for each in row.changes),
    )
