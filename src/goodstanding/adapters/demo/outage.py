"""Outage days: one interruption, told by many tickets that are merged into the first or resolved with it."""

from goodstanding.adapters.demo import words
from goodstanding.adapters.demo.aftermath import close
from goodstanding.adapters.demo.life import Life
from goodstanding.adapters.demo.shifts import dispatcher, taker
from goodstanding.adapters.demo.sketch import Outage
from goodstanding.core.desk.events import Actor, EventKind


def lead(life: Life, outage: Outage) -> None:
    """Tell the ticket that the interruption is worked on in."""
    start, dice = life.opened, life.dice
    _take(life, start + dice.randint(60, 200))
    at = start + dice.randint(240, 640)
    life.teller.staff_says(at, life.who(at), life.fill(words.OUTAGE_FIRST))
    for number, text in enumerate(words.OUTAGE_NEWS, 1):
        at = start + (outage.end - start) * number // 4 + dice.randint(-120, 120)
        life.teller.tell(at, EventKind.PROGRESS, Actor.STAFF, life.who(at), text, public=True)
    life.cursor = outage.end
    life.resolve()


def follow(life: Life, outage: Outage) -> None:
    """Tell one of the others: merged into the leading ticket, or answered and resolved when it is over."""
    dice = life.dice
    life.slots["into"] = life.sketch.twin
    at = life.opened + dice.randint(150, 780)
    if life.chance(0.7):
        who = dispatcher(at).name
        text = life.fill(words.MERGED)
        life.teller.tell(at, EventKind.MERGED, Actor.STAFF, who, text, public=True, into=life.sketch.twin)
        return
    _take(life, life.opened + dice.randint(40, 140))
    life.teller.staff_says(at, life.who(at), life.fill(words.OUTAGE_OTHERS))
    life.cursor = max(at, outage.end) + dice.randint(60, 1_200)
    life.slots["fix"] = words.OUTAGE_OVER
    life.resolve()
    close(life, life.cursor)


def _take(life: Life, at: int) -> None:
    life.assignee = taker(life.dice, life.client, life.team, at)
    by = dispatcher(at).name
    life.teller.tell(at, EventKind.ASSIGNED, Actor.STAFF, by, team=life.team, assignee=life.assignee.name)
