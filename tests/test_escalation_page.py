"""The numbers in docs/escalation.md are what the engine gives (requirements ESC-1 to ESC-8, TIER-9)."""

import re
from datetime import timedelta
from fractions import Fraction

import pytest

from goodstanding.adapters.files.escalation import shipped_plan
from goodstanding.core.desk.assess import examine
from goodstanding.core.desk.escalation.effects import course_of, expected_at
from goodstanding.core.desk.escalation.people import Absence, Concern, Holder, Person, Roster, Turn, reach
from goodstanding.core.desk.escalation.places import part, places
from goodstanding.core.desk.escalation.plan import ContactRole
from goodstanding.core.desk.escalation.rota import MOST_WEEKS
from goodstanding.core.desk.reckon import FOREVER
from goodstanding.delivery.web.desk.rota_form import LONG
from goodstanding.flows.look_ahead import DAYS
from goodstanding.flows.rehearse_plan import MOST, SPAN
from tests.core.desk.escalation.matrices import Watch, always
from tests.core.desk.stories import GOLD, case, rome
from tests.test_docs import table, told

PAGE = "escalation.md"
OPENED = "2 09:00"
WARNED = Fraction(3, 4)
"""Of the objective, as the matrix that ships has it."""


def story(text):
    return case(*(told(each) for each in text.split("; ")), policy=GOLD)


@pytest.mark.parametrize(("text", "step", "at"), table(PAGE, "story", "step", "lies at"))
def test_where_steps_lie(text, step, at):
    ticket, now = story(text), rome("30 12:00")
    found = examine(ticket, as_of=now, explain=False)
    plans = always(shipped_plan())
    lie = {each.step.key: each.at for course in found.courses for each in places(course, plans, ticket, FOREVER)}

    assert lie.get(step) == (None if at == "nowhere" else int(rome(at).timestamp()))


@pytest.mark.parametrize(
    ("text", "look", "step", "outcome", "reason"), table(PAGE, "story", "look", "step", "outcome", "reason")
)
def test_what_becomes_of_steps(text, look, step, outcome, reason):
    ticket = Watch(story(text), always(shipped_plan()))
    ticket.at(OPENED)

    found = ticket.at(look)

    assert found.get(step, "not recorded").replace("_", " ") == outcome
    assert (ticket.one(step).reason or "" if step in found else "") == reason


PEOPLE = {name: number for number, name in enumerate(("Marta", "Sara", "Elena", "Hana", "Davide"), 1)}


@pytest.mark.parametrize(
    ("role", "deputy", "away", "on_call", "name", "why"),
    table(PAGE, "role", "deputy", "away", "on call", "told", "why"),
)
def test_who_is_told(role, deputy, away, on_call, name, why):
    spell = (rome("1 00:00"), rome("3 00:00"))
    gone = ("Marta", "Sara", "Elena") if away == "everybody above" else (away,)
    roster = Roster(
        people={pk: Person(id=pk, name=each, email=f"{each}@partner.example") for each, pk in PEOPLE.items()},
        holders=(
            Holder(role=ContactRole.TEAM_LEAD, to=PEOPLE["Marta"], deputy=PEOPLE.get(deputy)),
            Holder(role=ContactRole.MANAGER, to=PEOPLE["Elena"]),
        ),
        turns=tuple(Turn(PEOPLE[each], None, *spell) for each in (on_call,) if each in PEOPLE),
        absences=tuple(Absence(PEOPLE[each], *spell) for each in gone if each in PEOPLE),
        last_resort=(PEOPLE["Davide"],),
    )

    (found,) = reach(roster, [ContactRole(role.lower().replace(" ", "_"))], Concern(client="Ferrante"), now=rome("2 12:00"))

    assert (found.to, found.why.replace("_", " ")) == (PEOPLE[name], why)


def seconds(text):
    units = {"h": 3600, "min": 60, "s": 1}
    return sum(int(count) * units[unit] for count, unit in re.findall(r"(\d+) (h|min|s)", text))


@pytest.mark.parametrize(
    ("target", "objective", "used_up", "warned"), table(PAGE, "target", "objective", "used up after", "warned after")
)
@pytest.mark.proves("TIER-9")
def test_what_the_objective_comes_to(target, objective, used_up, warned):
    all_of_it = part(seconds(target), Fraction(objective.removesuffix(" %")) / 100)

    assert all_of_it == seconds(used_up)
    assert part(all_of_it, WARNED) == seconds(warned)
    assert {each.share for each in shipped_plan().steps if each.goal == "objective"} == {WARNED}


@pytest.mark.parametrize(("text", "as_of", "expected"), table(PAGE, "story", "as of", "to be expected"))
def test_when_a_client_may_expect_a_ticket(text, as_of, expected):
    ticket = Watch(story(text), always(shipped_plan()))
    ticket.at(OPENED)
    ticket.at("2 11:30")
    fired = next(each for each in ticket.firings if each.clock == "resolution")
    found = examine(ticket.told, as_of=rome(as_of), explain=False)

    assert expected_at(course_of(found, fired), now=rome(as_of)) == (None if expected == "not known" else rome(expected))


def test_the_figures_of_rehearsals_and_of_the_rota_hold():
    assert dict(table(PAGE, "figure", "value")) == {
        "days that a rehearsal looks back": f"{SPAN.days}",
        "tickets it looks at, the newest": f"{MOST:,}",
        "days that *On call* looks ahead": f"{DAYS}",
        "weeks that a turn can be repeated": f"{MOST_WEEKS}",
        "weeks beyond which a turn is asked about": f"{LONG // timedelta(weeks=1)}",
    }
