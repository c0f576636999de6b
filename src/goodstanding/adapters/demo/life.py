"""The life of a ticket: how it opens, is answered and resolved; `work` and `aftermath` tell what lies between and after."""

from typing import Final

from goodstanding.adapters.demo import words
from goodstanding.adapters.demo.cast import SYSTEM, TEAMS, Person
from goodstanding.adapters.demo.dice import dice_of
from goodstanding.adapters.demo.pace import Pace, reply_share
from goodstanding.adapters.demo.promised import Allowance, allowance, letter_of
from goodstanding.adapters.demo.shifts import acting, dispatcher, taker
from goodstanding.adapters.demo.sketch import Sketch
from goodstanding.adapters.demo.slots import Slots
from goodstanding.adapters.demo.telling import Teller
from goodstanding.core.clocks.clock import clock_of
from goodstanding.core.clocks.intervals import Interval
from goodstanding.core.desk.events import Actor, EventKind
from goodstanding.core.desk.policy import WALL, Assignment, ClockKind

DAY: Final = 86_400
LATEST: Final = 48 * DAY
"""No ticket is first resolved later than this after its opening, so that a life has an end that can be looked back to."""

_RECEIPTS: Final = 0.42
"""The share of what comes in by mail; the portal shows the number at once and sends none."""
_TRIAGED: Final = 0.045


class Life:
    """Tells one ticket. `cursor` is the epoch second the story has come to, `done` the share of the work behind it.

    Work passes in the open time of the promise's own clock; what the promise leaves out of the count (waiting on the
    client, an agreed date) goes into `cuts`.
    """

    def __init__(self, seed: str, sketch: Sketch, bound: Assignment, pace: Pace) -> None:
        self.dice = dice_of(seed, sketch.ref)
        self.sketch = sketch
        self.client = sketch.client
        self.bound = bound
        self.pace = pace
        self.teller = Teller()
        # Of two tickets about the same thing the second names the same documents and people as the first.
        naming = dice_of(seed, sketch.twin) if sketch.twin else self.dice
        self.slots = Slots(naming, self.client, sketch.on, sketch.contact)
        self.title = sketch.subject.title.format_map(self.slots)
        self.slots["said"] = self.title if self.title.endswith("?") else f"{self.title}."
        self.slots["ref"] = sketch.ref
        self.opened = self.cursor = sketch.opened
        self.letter = letter_of(bound)
        self.rank = sketch.rank
        self.team = sketch.team
        self.assignee: Person
        self.cuts: list[Interval] = []
        self.questions: list[str] = []
        self.done = 0.0
        self.rate = 0.0
        """Open seconds that the whole of the work takes at the pace of the moment."""
        self.clock = clock_of(bound.calendar(WALL))

    def fill(self, text: str) -> str:
        """Return a message with its slots filled."""
        return text.format_map(self.slots)

    def choose(self, texts: tuple[str, ...]) -> str:
        """Return one of several messages with its slots filled."""
        return self.fill(self.dice.choice(texts))

    def chance(self, share: float) -> bool:
        """Whether something happens that happens in this share of cases."""
        return self.dice.random() < share

    def who(self, at: int) -> str:
        """Return the name of who acts on the ticket at an instant."""
        return acting(self.assignee, at).name

    def promised(self, clock: ClockKind, start: int) -> Allowance:
        """Return the time allowed for a clock that starts at an instant, as the ticket is ranked now."""
        sketch = self.sketch
        return allowance(
            self.bound, clock, rank=self.rank, team=self.team, kind=sketch.subject.kind, tags=sketch.tags, start=start
        )

    def open(self) -> None:
        """The ticket comes in by mail, with an automatic receipt, or is filed by staff during a call."""
        talk, rank, contact = self.sketch.subject.talk, self.rank, self.sketch.contact
        priority = f"{self.letter}{rank}"
        if self.sketch.by_phone:
            text, actor, who = words.first_call(self.dice, talk, rank), Actor.STAFF, dispatcher(self.opened).name
        else:
            text, actor, who = words.first_mail(self.dice, talk, rank), Actor.CLIENT, contact
        if self.sketch.twin:
            text = f"{self.dice.choice(words.HELLO)}{self.dice.choice(words.SAME_AGAIN)}"
        text = self.fill(text[0].upper() + text[1:])
        self.teller.tell(self.opened, EventKind.OPENED, actor, who, text, public=True, priority=priority, team=self.team)
        if not self.sketch.by_phone and self.chance(_RECEIPTS):
            at = self.opened + self.dice.randint(1, 9)
            self.teller.tell(at, EventKind.AUTO_REPLIED, Actor.SYSTEM, SYSTEM, self.choose(words.RECEIPT), public=True)

    def assign(self, at: int, team: str) -> None:
        """Somebody hands the ticket to a team and a person of it."""
        self.team = team
        self.assignee = taker(self.dice, self.client, team, at)
        by = dispatcher(at).name
        self.teller.tell(at, EventKind.ASSIGNED, Actor.STAFF, by, team=team, assignee=self.assignee.name)

    def answer(self) -> None:
        """Triage, assignment and the first public reply."""
        start = self.opened
        old = self.rank
        if self.chance(_TRIAGED):
            self.rank = max(1, self.rank - 1) if self.chance(0.45) else min(4, self.rank + 1)
        allowed = self.promised(ClockKind.RESPONSE, start)
        share = reply_share(self.dice, self.pace.late_reply)
        if self.sketch.by_phone and share < 1:
            share *= 0.3
        seconds = max(50, int(share * allowed.seconds))
        handed = allowed.clock.second_after(
            start, max(20, min(int(seconds * self.dice.uniform(0.1, 0.6)), self.dice.randrange(4_500)))
        )
        misrouted = self.chance(0.06)
        self.assign(handed, self.dice.choice([*TEAMS.values()]) if misrouted else self.team)
        if self.rank != old:
            self.reclassify(handed, old)
        self.cursor = max(handed + 15, allowed.clock.second_after(start, seconds))

    def reclassify(self, at: int, old: int) -> None:
        """Tell of a change of priority that has been made."""
        self.slots["old"], self.slots["new"] = f"{self.letter}{old}", f"{self.letter}{self.rank}"
        text = self.choose(words.RAISED if self.rank < old else words.LOWERED)
        self.teller.tell(
            at, EventKind.PRIORITY_CHANGED, Actor.STAFF, dispatcher(at).name, text, priority=f"{self.letter}{self.rank}"
        )

    def advance(self, to: float) -> None:
        """Let work pass until a share of it is done."""
        seconds = int(max(0.0, to - self.done) * self.rate)
        self.cursor = min(self.clock.second_after(self.cursor, seconds), self.opened + LATEST)
        self.done = max(self.done, to)

    def pause(self, start: int, end: int) -> None:
        """Go on at `end`, without counting what lies between."""
        self.cuts.append((start, end))
        self.cursor = min(end, self.opened + LATEST)

    def resolve(self) -> None:
        """The staff resolves the ticket and says how."""
        at = self.cursor
        if "fix" not in self.slots:
            self.slots["fix"] = self.fill(self.sketch.subject.fix)
            text = self.choose(words.RESOLVED)
        else:
            text = self.slots["fix"]
        self.teller.tell(at, EventKind.RESOLVED, Actor.STAFF, self.who(at), text, public=True)
