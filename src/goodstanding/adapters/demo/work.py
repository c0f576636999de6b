"""The work on a ticket, from the first reply until nothing is left to do: a row of beats spread over the time it takes."""

from typing import Final

from goodstanding.adapters.demo import words
from goodstanding.adapters.demo.cast import TEAMS
from goodstanding.adapters.demo.dice import around
from goodstanding.adapters.demo.life import DAY, Life
from goodstanding.adapters.demo.pace import answer_hours, resolution_share
from goodstanding.core.clocks.clock import clock_of
from goodstanding.core.clocks.intervals import union
from goodstanding.core.desk.events import Actor, EventKind, PauseOwner
from goodstanding.core.desk.policy import SUPPORT, ClockKind
from goodstanding.core.desk.reckon import open_seconds

_ASKED: Final = 0.335
_RECLASSIFIED: Final = 0.024
_HURRY: Final = {1: 0.12, 2: 0.45, 3: 1.0, 4: 1.2}
"""How long clients take to answer, by rank, against the ordinary."""


def work(life: Life) -> None:
    """From the first reply to the resolution: a row of beats spread over the time the work takes."""
    allowed = life.promised(ClockKind.RESOLUTION, life.opened)
    life.clock = allowed.clock
    spent = life.clock.seconds_between(life.opened, life.cursor)
    wanted = int(resolution_share(life.dice, life.pace.late_resolution, allowed.seconds) * allowed.seconds)
    life.rate = max(wanted - spent, life.dice.uniform(120, 1_300))
    beats = _beats(life)
    asks_first = bool(beats) and beats[0][1] is EventKind.WAITING and life.chance(0.6)
    if not asks_first:
        life.teller.staff_says(life.cursor, life.who(life.cursor), life.choose(words.FIRST[life.sketch.subject.voice]))
    for number, (at, beat) in enumerate(beats):
        if number or not asks_first:
            life.advance(at)
        if life.done >= 1.0:
            break
        _play(life, beat, opening=number == 0 and asks_first)
    life.advance(1.0)


def _beats(life: Life) -> list[tuple[float, EventKind]]:
    """Return what happens during the work, each with the share of the work that is done by then."""
    dice, client = life.dice, life.client
    told = [
        (_ASKED * client.asked, EventKind.WAITING),
        (0.045 * client.asked, EventKind.WAITING),
        (0.105, EventKind.CLIENT_REPLIED),
        (0.33, EventKind.PROGRESS),
        (0.2, EventKind.NOTED),
        (0.05, EventKind.ASSIGNED),
        (0.075, EventKind.RESUMED),
        (0.0 if life.pace.perfect else _RECLASSIFIED, EventKind.PRIORITY_CHANGED),
    ]
    return sorted((dice.uniform(0.04, 0.92), beat) for share, beat in told if dice.random() < share)


def _play(life: Life, beat: EventKind, *, opening: bool) -> None:
    """Tell one beat of the work."""
    match beat:
        case EventKind.WAITING:
            _ask(life, opening=opening)
        case EventKind.CLIENT_REPLIED:
            _nudge(life)
        case EventKind.PROGRESS | EventKind.NOTED:
            texts = words.PROGRESS if beat is EventKind.PROGRESS else words.NOTES
            life.teller.tell(
                life.cursor, beat, Actor.STAFF, life.who(life.cursor), life.choose(texts[life.sketch.subject.voice])
            )
        case EventKind.ASSIGNED:
            _hand_over(life)
        case EventKind.RESUMED:
            _wait_for_others(life)
        case EventKind.PRIORITY_CHANGED:
            _change_rank(life)


def _ask(life: Life, *, opening: bool) -> None:
    """The staff asks, and the ticket waits until the client answers, which a few never do."""
    asked = life.cursor
    question, answer = words.exchange(life.dice, life.sketch.subject.talk, life.questions)
    life.questions.append(question)
    text = life.fill(f"{life.dice.choice(words.ASK_FIRST) if opening else ''}{question}")
    life.teller.staff_says(asked, life.who(asked), text)
    life.teller.tell(
        asked,
        EventKind.WAITING,
        Actor.STAFF,
        life.who(asked),
        owner=PauseOwner.CUSTOMER,
        reason=life.dice.choice(words.WAITS_ON_CLIENT),
    )
    if life.chance(0.02) and life.rank > 1:
        _go_silent(life, asked)
        return
    hours = answer_hours(life.dice, life.client) * _HURRY[life.rank]
    answered = clock_of(life.client.working_hours).second_after(asked, max(120, int(hours * 3600)))
    if life.chance(0.1):
        answered += life.dice.randrange(9 * 3600)
    answered = min(answered, asked + 20 * DAY)
    if answered - asked > 3 * DAY and life.chance(0.8):
        _remind(life, asked + int((answered - asked) * life.dice.uniform(0.45, 0.7)), answered)
    life.teller.client_says(answered, life.sketch.contact, life.fill(answer))
    life.pause(asked, answered)


def _remind(life: Life, at: int, before: int) -> None:
    """Remind the client of a question, in the hours the client is served in."""
    at = clock_of(life.bound.calendar(SUPPORT) if SUPPORT in life.bound.slots else life.clock.calendar).next_opening(at)
    at += life.dice.randrange(60, 3600)
    if at < before:
        life.teller.staff_says(at, life.who(at), life.choose(words.REMINDER))


def _go_silent(life: Life, asked: int) -> None:
    """The client never answers: after two reminders the ticket is resolved as it is."""
    end = clock_of(life.client.working_hours).second_after(asked, int(life.dice.uniform(45, 75) * 3600))
    end = min(end, asked + 16 * DAY)
    for share in (0.3, 0.62):
        _remind(life, asked + int((end - asked) * share), end)
    life.pause(asked, end)
    life.done, life.rate = 1.0, 0.0
    life.slots["fix"] = words.SILENT


def _nudge(life: Life) -> None:
    """The client writes unasked: a question that is answered soon, or an acknowledgement that needs no answer."""
    at = life.cursor
    left = int((1.0 - life.done) * life.rate)
    later = life.clock.second_after(at, max(60, int(min(left * 0.5, around(life.dice, 2_400, 0.8)))))
    if life.chance(0.35):
        life.teller.client_says(at, life.sketch.contact, life.dice.choice(words.KEEP_GOING))
        kind, text = EventKind.NO_REPLY_NEEDED, words.NO_ANSWER_NEEDED
        life.teller.tell(later, kind, Actor.STAFF, life.who(later), text)
    else:
        life.teller.client_says(at, life.sketch.contact, life.dice.choice(words.NUDGE))
        life.teller.staff_says(later, life.who(later), life.dice.choice(words.NUDGE_ANSWER))
    life.cursor = later
    life.done = min(1.0, life.done + (life.clock.seconds_between(at, later) / life.rate if life.rate else 0.0))


def _hand_over(life: Life) -> None:
    """Another team takes the ticket; the customer's clocks go on."""
    proper = life.sketch.team
    team = proper if life.team != proper else life.dice.choice([each for each in TEAMS.values() if each != proper])
    at = life.cursor
    life.teller.tell(at, EventKind.NOTED, Actor.STAFF, life.who(at), life.choose(words.HANDOVER[team]))
    life.assign(at, team)


def _wait_for_others(life: Life) -> None:
    """Wait on a supplier, which counts, or until an agreed date, which does not."""
    start = life.cursor
    if life.rank < 3 or life.chance(0.5):
        reason = life.dice.choice(words.SUPPLIER.get(life.sketch.subject.topic, words.SUPPLIER[""]))
        life.teller.tell(start, EventKind.WAITING, Actor.STAFF, life.who(start), owner=PauseOwner.SUPPLIER, reason=reason)
        life.advance(life.done + (1.0 - life.done) * life.dice.uniform(0.25, 0.7))
        text = life.dice.choice(words.SUPPLIER_BACK)
    else:
        days = life.dice.uniform(22, 40) if life.chance(0.1) else min(12.0, around(life.dice, 2.6, 0.6))
        life.teller.tell(
            start,
            EventKind.WAITING,
            Actor.STAFF,
            life.who(start),
            owner=PauseOwner.AGREED_DATE,
            reason=life.dice.choice(words.AGREED),
        )
        end = life.clock.next_opening(start + int(days * DAY)) + life.dice.randrange(1800)
        life.pause(start, end)
        text = life.dice.choice(words.AGREED_BACK)
    life.teller.tell(life.cursor, EventKind.RESUMED, Actor.STAFF, life.who(life.cursor), text)


def _change_rank(life: Life) -> None:
    """Priority changes in flight: the new target counts from the start, and may have passed already."""
    old = life.rank
    life.rank = max(1, old - 1) if life.chance(0.55) else min(4, old + 1)
    if life.rank == old:
        return
    life.reclassify(life.cursor, old)
    allowed = life.promised(ClockKind.RESOLUTION, life.opened)
    life.clock = allowed.clock
    spent = open_seconds(life.clock, life.opened, life.cursor, union(life.cuts))
    wanted = int(resolution_share(life.dice, life.pace.late_resolution, allowed.seconds) * allowed.seconds)
    left = max(wanted - spent, int(allowed.seconds * life.dice.uniform(0.03, 0.15)))
    life.rate = left / max(0.02, 1.0 - life.done)
