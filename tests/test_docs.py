"""The numbers in docs/ are what the product gives."""

import re
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from goodstanding.adapters.files.calendars import load_calendar
from goodstanding.adapters.outbound.signature import TOLERANCE
from goodstanding.core.clocks.amounts import Amount
from goodstanding.core.clocks.clock import clock_of, moment, second_of
from goodstanding.core.desk.events import Actor
from goodstanding.core.desk.letters import Circumstances, LetterKind, SenderKind, Thread, TicketState, decide
from goodstanding.core.desk.posts import PostCircumstances, PostKind, decide_post
from goodstanding.core.figures.numbers import Share, spread
from goodstanding.core.figures.promoters import promoters
from goodstanding.delivery import words, words_of_feedback
from tests.core.desk.stories import GOLD, ROME, case, event, rome, verdict

DOCS = Path(__file__).parent.parent / "docs"


def table(page, *columns):
    """The rows of the page's table with these columns, as texts."""
    text = (DOCS / page).read_text(encoding="utf-8")
    head = "| " + " | ".join(columns) + " |\n"
    assert head in text, f"{page} has no table of {', '.join(columns)}"
    rows = []
    for line in text[text.index(head) + len(head) :].splitlines()[1:]:
        if not line.startswith("|"):
            break
        rows.append(tuple(cell.strip() for cell in line.strip("|").split("|")))
    assert rows
    return rows


def calendars():
    text = (DOCS / "clocks.md").read_text(encoding="utf-8")
    return {name: load_calendar(body, [2026]) for name, body in re.findall(r"```yaml (\w+)\n(.*?)```", text, re.DOTALL)}


CALENDARS = calendars()


def local(text):
    return second_of(datetime.fromisoformat(text).replace(tzinfo=ROME))


def length(text):
    found = {unit: int(count) for count, unit in re.findall(r"(\d+) (h|min)", text)}
    return timedelta(hours=found.get("h", 0), minutes=found.get("min", 0))


@pytest.mark.parametrize(
    ("calendar", "start", "amount", "deadline"), table("clocks.md", "calendar", "start", "amount", "deadline")
)
def test_deadlines_in_clocks_md(calendar, start, amount, deadline):
    clock = clock_of(CALENDARS[calendar])

    seconds = Amount.parse(amount).seconds_from(clock, local(start), wall=False)

    assert moment(clock.second_after(local(start), seconds)).astimezone(ROME).strftime("%Y-%m-%d %H:%M") == deadline


@pytest.mark.parametrize(("calendar", "start", "end", "opened"), table("clocks.md", "calendar", "from", "to", "open"))
def test_open_time_in_clocks_md(calendar, start, end, opened):
    seconds = clock_of(CALENDARS[calendar]).seconds_between(local(start), local(end))

    assert timedelta(seconds=seconds) == length(opened)


def told(text):
    kind, day, time, *more = text.split()
    fields = {"actor": Actor.STAFF, "public": True}
    if kind in ("opened", "priority_changed"):
        fields["priority"] = more[0]
    if kind == "waiting":
        fields["owner"] = {"client": "customer"}.get(more[0], more[0])
    return event(kind, f"{day} {time}", **fields)


@pytest.mark.parametrize(
    ("story", "clock", "as_of", "state", "used", "deadline"),
    table("verdicts.md", "story", "clock", "as of", "state", "used", "deadline"),
)
def test_stories_in_verdicts_md(story, clock, as_of, state, used, deadline):
    found = verdict(case(*(told(each) for each in story.split("; ")), policy=GOLD), as_of, clock)

    assert found.state == state
    assert found.elapsed == length(used)
    assert found.deadline_at == (rome(deadline) if deadline else None)


@pytest.mark.parametrize(
    ("durations", "mean", "median", "nine_tenths"),
    table("figures.md", "durations in minutes", "mean", "median", "90th percentile"),
)
def test_spreads_in_figures_md(durations, mean, median, nine_tenths):
    found = spread(int(each) for each in durations.split(", "))

    assert (found.mean, found.median, found.p90) == (Fraction(mean), Fraction(median), int(nine_tenths))


@pytest.mark.parametrize(("part", "whole", "shown"), table("figures.md", "part", "whole", "shown"))
def test_percentages_in_figures_md(part, whole, shown):
    assert words.percent(Share(int(part), int(whole)).value) == shown


THREADS = {
    "none": None,
    "open": Thread(client="1", state=TicketState.OPEN),
    "resolved": Thread(client="1", state=TicketState.RESOLVED, resolved_at=rome("2 12:00")),
    "resolved, window over": Thread(
        client="1", state=TicketState.RESOLVED, resolved_at=rome("2 12:00"), window=timedelta(days=1)
    ),
    "called off": Thread(client="1", state=TicketState.CALLED_OFF),
    "another client's": Thread(client="2", state=TicketState.OPEN),
}


@pytest.mark.parametrize(
    ("message", "sender", "ticket", "outcome", "because"),
    table("mail.md", "message", "from", "ticket it answers", "it becomes", "because"),
)
def test_what_letters_become_in_mail_md(message, sender, ticket, outcome, because):
    who = SenderKind(sender.split(",")[0])
    found = decide(
        Circumstances(
            kind=LetterKind(message.replace(" ", "_")),
            sender=who,
            at=rome("7 09:00"),
            client="1" if who is SenderKind.CLIENT else None,
            thread=THREADS[ticket],
            reaches_client=sender.endswith("to the client as well"),
            proven=False if sender.endswith("forged") else None,
        )
    )

    assert found.outcome.replace("_", " ") == outcome
    assert (found.because or "").replace("_", " ") == because


CHAT_THREADS = {
    "none": None,
    "open": Thread(client="1", state=TicketState.OPEN),
    "resolved within the window": Thread(
        client="1", state=TicketState.RESOLVED, resolved_at=rome("2 12:00"), window=timedelta(days=14)
    ),
    "resolved before the window": Thread(
        client="1", state=TicketState.RESOLVED, resolved_at=rome("2 12:00"), window=timedelta(days=1)
    ),
    "called off": Thread(client="1", state=TicketState.CALLED_OFF),
}
CHAT_SENDERS = {"client": ("client", "1"), "client of another": ("client", "2"), "staff": ("staff", "1")}


@pytest.mark.parametrize(("what", "who", "thread", "outcome"), table("chat.md", "what", "by", "its thread", "becomes"))
def test_messages_in_chat_md(what, who, thread, outcome):
    sender, client = CHAT_SENDERS.get(who, ("unknown", None))
    kind = {"edit": PostKind.EDITED, "deletion": PostKind.DELETED}.get(what, PostKind.WRITTEN)
    found = PostCircumstances(
        kind=kind, sender=SenderKind(sender), at=rome("7 09:00"), client=client,
        channel_client="1", thread=CHAT_THREADS[thread],
        is_reply=thread != "none", asks=what == "mention", bot=who == "program",
    )  # fmt: skip

    assert decide_post(found).outcome == outcome


def test_the_tolerance_in_chat_md_is_the_one_that_is_checked():
    assert f"more than {TOLERANCE.seconds} seconds" in (DOCS / "chat.md").read_text(encoding="utf-8")


def test_every_link_between_pages_leads_somewhere():
    broken = []
    for page in [*DOCS.glob("*.md"), *DOCS.parent.glob("*.md")]:
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8")):
            if "://" not in target and not (page.parent / target).exists():
                broken.append(f"{page.name}: {target}")

    assert broken == []


@pytest.mark.parametrize(("answers", "score"), table("feedback.md", "answers", "score"))
def test_the_net_promoter_scores_of_the_page_are_what_comes_out(answers, score):
    given = [] if answers == "none" else [int(each) for each in answers.split(",")]

    assert words_of_feedback.signed(promoters(given).score) == score
