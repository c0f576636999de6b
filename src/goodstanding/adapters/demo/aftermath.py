"""How tickets end: thanked for, reopened, closed by the desk, merged, withdrawn; and what was noted late or wrongly."""

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from goodstanding.adapters.demo import words
from goodstanding.adapters.demo.cast import PARTNER, SYSTEM
from goodstanding.adapters.demo.clients_far_away import FAR_AWAY
from goodstanding.adapters.demo.dice import around
from goodstanding.adapters.demo.life import DAY, Life
from goodstanding.adapters.demo.pace import reply_share, resolution_share
from goodstanding.adapters.demo.shifts import dispatcher
from goodstanding.core.clocks.clock import clock_of
from goodstanding.core.clocks.intervals import union
from goodstanding.core.desk.events import Actor, EventKind
from goodstanding.core.desk.policy import ClockKind
from goodstanding.core.desk.reckon import open_seconds

_THANKED: Final = 0.2
_CLOSED: Final = 0.95
"""The share of resolved tickets that the desk closes by itself; the others were closed with the resolution."""
_QUIET_DAYS: Final = 7
"""So long nothing may be heard after a resolution before the desk closes the ticket."""
_NIGHT: Final = (19, 11.5)
"""From when, by the partner's clock, and for how many hours the desk closes what belongs to clients far away."""
_LAST: Final = 54
"""No reopened ticket is resolved again later than so many days after its opening."""
_LATE: Final = 0.02
_MISLOGGED: Final = 0.004
_ZONE: Final = ZoneInfo(PARTNER.zone)


def end_resolved(life: Life) -> None:
    """Tell what follows a first resolution."""
    resolved = life.cursor
    client = life.client
    if life.chance(client.reopens) and resolved - life.opened < 16 * DAY:
        reopen(life, resolved)
        resolved = life.cursor
    elif life.chance(_THANKED):
        hours = min(20.0, around(life.dice, 1.1, 1.2))
        at = clock_of(client.working_hours).second_after(resolved, int(hours * 3600) + 60)
        life.slots["staff"] = life.assignee.name.split(maxsplit=1)[0]
        if at < resolved + 3 * DAY:
            life.teller.client_says(at, life.sketch.contact, life.choose(words.THANKS))
    elif life.chance(_MISLOGGED) and not life.pace.perfect:
        mislog_resolution(life)
    if life.chance(_CLOSED):
        close(life, resolved)


def close(life: Life, resolved: int) -> None:
    """The desk closes the ticket after a week without a word; for clients far away one after the other in the night."""
    due = resolved + _QUIET_DAYS * DAY
    if life.client not in FAR_AWAY:
        at = due + life.dice.randrange(900)
    else:
        begins, hours = _NIGHT
        evening = datetime.fromtimestamp(due, _ZONE).replace(hour=begins, minute=0, second=0)
        turn = (FAR_AWAY.index(life.client) + life.dice.random()) / len(FAR_AWAY)
        at = int(evening.timestamp()) + int(turn * hours * 3600)
    life.teller.tell(at, EventKind.CLOSED, Actor.SYSTEM, SYSTEM, words.CLOSED)


def reopen(life: Life, resolved: int) -> None:
    """The client says that it is not mended; after the window of the policy that is a new linked ticket."""
    client, dice = life.client, life.dice
    days = dice.uniform(15, 24) if life.chance(0.1) and resolved - life.opened < 8 * DAY else min(9.0, around(dice, 1.0, 0.9))
    at = clock_of(client.working_hours).next_opening(resolved + int(days * DAY)) + dice.randrange(2 * 3600)
    if at > resolved + (_QUIET_DAYS + 1) * DAY:
        close(life, resolved)
    life.teller.client_says(at, life.sketch.contact, life.choose(words.AGAIN))
    life.teller.tell(at + 1, EventKind.REOPENED, Actor.SYSTEM, SYSTEM, words.REOPENED)
    at += 1
    window = life.bound.policy.reopening.window
    linked = window is not None and at - resolved > window.days * DAY + window.seconds
    answer = life.promised(ClockKind.RESPONSE, at)
    share = min(0.97, reply_share(dice, 0)) if life.pace.perfect else reply_share(dice, life.pace.late_reply)
    replied = answer.clock.second_after(at, max(60, int(share * answer.seconds)))
    allowed = life.promised(ClockKind.RESOLUTION, at if linked else life.opened)
    spent = 0
    if not linked:
        life.cuts.append((resolved, at))
        spent = open_seconds(allowed.clock, life.opened, at, union(life.cuts))
    left = max(0, allowed.seconds - spent)
    share = resolution_share(dice, life.pace.late_resolution, allowed.seconds)
    # A ticket that was late already takes a while longer; any other one finishes within what is left, if it can.
    wanted = int(left * share) if left > 1800 else int(allowed.seconds * dice.uniform(0.05, 0.2))
    if life.pace.perfect:
        wanted = min(wanted, int(left * 0.95))
    life.cursor = min(allowed.clock.second_after(at, max(60, wanted)), max(at + 3600, life.opened + _LAST * DAY))
    replied = min(replied, life.cursor - 30)
    life.teller.staff_says(replied, life.who(replied), life.choose(words.AGAIN_FIRST))
    text = life.choose(words.AGAIN_FIXED)
    life.teller.tell(life.cursor, EventKind.RESOLVED, Actor.STAFF, life.who(life.cursor), text, public=True)


def end_merged(life: Life) -> None:
    """Somebody sees that another ticket is about the same, and merges this one into it."""
    allowed = life.promised(ClockKind.RESPONSE, life.opened)
    seconds = min(int(around(life.dice, 1_500, 0.7)), int(allowed.seconds * 0.85))
    at = allowed.clock.second_after(life.opened, max(30, seconds))
    life.slots["into"] = life.sketch.twin
    life.teller.tell(
        at, EventKind.MERGED, Actor.STAFF, dispatcher(at).name, life.fill(words.MERGED), public=True, into=life.sketch.twin
    )


def end_withdrawn(life: Life) -> None:
    """The client takes the ticket back, before or after the first reply."""
    message, reason = life.dice.choice(words.WITHDRAWN)
    at = life.cursor
    if life.chance(0.6):
        life.teller.staff_says(at, life.who(at), life.choose(words.FIRST[life.sketch.subject.voice]))
        left = life.promised(ClockKind.RESOLUTION, life.opened)
        spent = left.clock.seconds_between(life.opened, at)
        at = left.clock.second_after(at, max(60, int((left.seconds - spent) * life.dice.uniform(0.05, 0.6))))
        life.teller.client_says(at, life.sketch.contact, life.fill(message))
        at += life.dice.randrange(60, 900)
    else:
        said = max(life.opened + 20, at - life.dice.randrange(60, 900))
        life.teller.client_says(said, life.sketch.contact, life.fill(message))
    life.teller.tell(at, EventKind.CANCELLED, Actor.STAFF, life.who(at), reason=reason)


def note_late(life: Life) -> None:
    """Now and then something is written down hours later: a call from the road, a visit, an import in the evening."""
    if life.pace.perfect or not life.chance(_LATE):
        return
    late = (EventKind.STAFF_REPLIED, EventKind.NOTED, EventKind.PROGRESS)
    acts = [act for act in life.teller.acts if act.kind in late]
    if acts:
        act = life.dice.choice(acts)
        life.teller.tell_late(act.number, act.at + life.dice.randrange(1_800, 9 * 3600))


def mislog_resolution(life: Life) -> None:
    """The resolution was noted too late in the day, and the lead sets it right."""
    number = next(act.number for act in reversed(life.teller.acts) if act.kind is EventKind.RESOLVED)
    noted_at = life.cursor + life.dice.randrange(1_500, 4 * 3600)
    told = noted_at + life.dice.randrange(3_600, 26 * 3600)
    life.teller.correct(number, noted_at=noted_at, noted=None, told=told, reason=words.MISLOGGED)


def mistype_priority(life: Life) -> None:
    """A changed priority was chosen wrongly at first, and set right minutes later."""
    changes = [act for act in life.teller.acts if act.kind is EventKind.PRIORITY_CHANGED]
    if changes and life.chance(0.05) and not life.pace.perfect:
        act = changes[-1]
        wrong = next(rank for rank in (3, 2, 4) if f"{life.letter}{rank}" not in (act.priority, life.slots.get("old")))
        told = act.at + life.dice.randrange(120, 1_800)
        life.teller.correct(act.number, noted_at=act.at, noted=f"{life.letter}{wrong}", told=told, reason=words.MISTYPED)
