"""What a worker does with messages: it claims them under a lease, and keeps what came of each."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import F

from goodstanding.apps.outbox import models, queries
from goodstanding.apps.outbox.queries import Load, Result, State, Way
from goodstanding.apps.unit import together
from goodstanding.apps.unit.bulk import insert_new
from goodstanding.core.clocks.clock import second_if, second_of

LOSSES: Final = 5
"""Workers that may be lost over one message before it is given up: then it is the message that ends them."""
_FORGOTTEN_AFTER: Final = timedelta(days=1)
"""So long after a route was last held a failure has nothing to do with the last one; while messages wait it is tried hourly."""
_SAID: Final = 300


@dataclass(frozen=True, slots=True)
class Claimed:
    """What a worker has until its lease ends, and how the route stood when it took it."""

    name: str
    loads: tuple[Load, ...]
    way: Way
    due: Mapping[int, int]
    """When each message was due, by primary key: what is given back untried keeps its place."""


def claim(route: str, *, most: int, until: datetime, now: datetime, alone: bool = False) -> Claimed:
    """Take what is due on a route until the lease ends; nothing where the route is held, or with `alone` another is at work.

    What is to be folded goes with the first of its fold, for good: once it was sent so it is only ever sent so. What a lost
    worker left behind is taken one at a time, so that a message that ends workers takes no others with it.
    """
    at, end, name = second_of(now), second_of(until), uuid.uuid4().hex
    with together():
        row = _hold_row(route)
        way = Way.of(row)
        if (row.held_until or 0) > at or (alone and (row.busy_until or 0) > at):
            return Claimed(name, (), way, {})
        due = models.Message.objects.filter(route=route, state=State.WAITING, due_at__lte=at).order_by("due_at", "pk")
        found = list(due[:most])
        lost = [each for each in found if each.claim]
        leaders = _left_behind(lost[0], at) if lost else _folded(found, at)
        models.Message.objects.filter(pk__in=leaders).update(claim=name, due_at=end)
        if alone and leaders:
            models.Route.objects.filter(pk=route).update(busy_until=end, busy_by=name)
    return Claimed(name, queries.loads(leaders), way, {row.pk: row.due_at or at for row in found if row.pk in leaders})


def has_sent(pk: int, *, name: str, address: str, now: datetime) -> None:
    """Keep that a message went out with all that is folded into it. May be called again where its end is not known."""
    at = second_of(now)
    with together():
        _tried(pk, name, at, address, Result.SENT, "")
        sent = {"state": State.SENT, "due_at": None, "sent_at": at, "claim": "", "error": ""}
        rows = models.Message.objects.filter(pk=pk, state=State.WAITING)
        if rows.update(tries=F("tries") + 1, **sent) == 1:
            models.Message.objects.filter(leader_id=pk).update(**sent)


def has_failed(pk: int, *, name: str, address: str, said: str, again_at: datetime | None, now: datetime) -> None:
    """Keep that a message did not go out, and when it is tried again; None is never, until somebody has it sent again."""
    again = {"state": State.WAITING} if again_at is not None else {"state": State.DEAD}
    with together():
        result = Result.GIVEN_UP if again_at is None else Result.FAILED
        _tried(pk, name, second_of(now), address, result, said)
        rows = models.Message.objects.filter(pk=pk, state=State.WAITING, claim=name)
        kept = rows.update(tries=F("tries") + 1, due_at=second_if(again_at), claim="", error=said[:_SAID], **again)
        if kept == 1 and again_at is None:
            models.Message.objects.filter(leader_id=pk).update(state=State.DEAD, error=said[:_SAID])


def release(claimed: Claimed, pks: Iterable[int]) -> None:
    """Give messages back that were not tried, each to its place: before all that was due later."""
    by_due: dict[int, list[int]] = {}
    for pk in pks:
        by_due.setdefault(claimed.due[pk], []).append(pk)
    with together():
        for due_at, theirs in by_due.items():
            rows = models.Message.objects.filter(pk__in=theirs, claim=claimed.name, state=State.WAITING)
            rows.update(claim="", due_at=due_at)


def leave(route: str, *, name: str) -> None:
    """End being the only one at work on a route; nothing where the lease ended and another has taken over."""
    models.Route.objects.filter(pk=route, busy_by=name).update(busy_until=None, busy_by="")


def hold(route: str, *, until: datetime, said: str, now: datetime) -> Way:
    """Keep that a route is closed, and try nothing on it for a while; return how it stands.

    One outage that several workers meet is one failure: where the route is held by now, it stays as it is. A failure long
    after the last one, with nothing tried between the two, begins anew: nobody knows that it failed all the while.
    """
    at = second_of(now)
    with together():
        row = _hold_row(route)
        if (row.held_until or 0) > at:
            return Way.of(row)
        if row.held_until is not None and at - row.held_until > _FORGOTTEN_AFTER.total_seconds():
            row.failures, row.failing_since = 0, None
        row.failures += 1
        row.failing_since = at if row.failing_since is None else row.failing_since
        row.held_until, row.error = second_of(until), said[:_SAID]
        row.save(update_fields=["failures", "failing_since", "held_until", "error"])
    return Way.of(row)


def is_open(route: str) -> None:
    """Keep that a route works again."""
    models.Route.objects.filter(pk=route).update(failures=0, failing_since=None, held_until=None, error="")


def give_up(route: str, *, waiting_since: datetime, said: str) -> int:
    """Give up what has waited for a route since an instant or longer, and is with no worker; return how many."""
    rows = models.Message.objects.filter(route=route, state=State.WAITING, claim="", since_at__lte=second_of(waiting_since))
    with together():
        _hold_row(route)
        pks = list(rows.values_list("pk", flat=True))
        models.Message.objects.filter(leader_id__in=pks).update(state=State.DEAD, error=said[:_SAID])
        return models.Message.objects.filter(pk__in=pks).update(state=State.DEAD, due_at=None, error=said[:_SAID])


def _hold_row(route: str) -> models.Route:
    models.Route.objects.get_or_create(name=route)
    return models.Route.objects.select_for_update().get(name=route)


def _left_behind(row: models.Message, at: int) -> list[int]:
    """What is to be tried of a message whose worker was lost: that one alone, and not for ever."""
    if row.losses + 1 < LOSSES:
        models.Message.objects.filter(pk=row.pk).update(losses=F("losses") + 1)
        return [row.pk]
    said = f"Given up: {LOSSES} workers were lost while they had it."
    _tried(row.pk, row.claim, at, "", Result.GIVEN_UP, said)
    dead = {"state": State.DEAD, "error": said}
    models.Message.objects.filter(pk=row.pk).update(due_at=None, claim="", **dead)
    models.Message.objects.filter(leader_id=row.pk).update(**dead)
    return []


def _folded(found: Sequence[models.Message], at: int) -> list[int]:
    """Fold what is to be folded into the first of its kind; return what is left to be sent."""
    taken: set[int] = set()
    leaders = []
    for row in found:
        if row.pk in taken:
            continue
        leaders.append(row.pk)
        if row.fold and _is_fresh(row):
            alike = models.Message.objects.filter(
                partner_id=row.partner_id, channel=row.channel, person_id=row.person_id, address=row.address, fold=row.fold,
                state=State.WAITING, due_at__lte=at, claim="", tries=0, parts=0,
            ).exclude(pk=row.pk)  # fmt: skip
            pks = set(alike.values_list("pk", flat=True))
            if pks:
                taken |= pks
                models.Message.objects.filter(pk__in=pks).update(state=State.FOLDED, leader_id=row.pk, due_at=None)
                models.Message.objects.filter(pk=row.pk).update(parts=len(pks))
    return leaders


def _is_fresh(row: models.Message) -> bool:
    """Whether it was never tried, so that nobody has seen it without what is folded into it now."""
    return not row.claim and row.tries == 0 and row.parts == 0


def _tried(pk: int, name: str, at: int, address: str, result: Result, said: str) -> None:
    columns = ("message", "claim", "at", "address", "result", "said")
    insert_new(models.Attempt, columns, [(pk, name, at, address[:254], result.value, said[:_SAID])])
