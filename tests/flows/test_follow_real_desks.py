"""What happens in real desks besides moves and replies: people leave, rights change, histories have holes, answers grow."""

from dataclasses import replace

import pytest

from goodstanding.adapters.odoo.demo import settings
from goodstanding.apps.desk import queries as standings
from goodstanding.apps.desk.values import BoardFilter, TicketFilter
from goodstanding.apps.tickets import queries as tickets
from goodstanding.core.desk.events import EventKind
from tests.apps.world import EVERYTHING, NOW, World
from tests.flows.odoo_desk import Desk

pytestmark = pytest.mark.django_db
K = EventKind


@pytest.fixture(scope="module")
def world(once_a_module):
    return World()


@pytest.fixture
def desk(world):
    return Desk(world)


def story(ref="HT00001"):
    rows, _ = standings.ticket_list(EVERYTHING, TicketFilter(text=ref), now=NOW, limit=1)
    told = tickets.story(EVERYTHING, standings.standing(EVERYTHING, rows[0].public_id).pk, inner=True)
    return sorted(told, key=lambda each: (each.event.at, each.event.sequence or 0))


def kinds(ref="HT00001"):
    return [each.event.kind for each in story(ref) if each.event.kind is not K.NOTED]


def board():
    return {row.ref: row for row in standings.board(EVERYTHING, BoardFilter(), now=NOW).rows}


@pytest.mark.proves("CLOCK-1")
@pytest.mark.parametrize("series", ["15.0", "19.0"])
def test_what_a_colleague_wrote_who_has_left_since_is_an_answer_of_staff(world, series):
    desk = Desk(world, series)
    ticket = desk.open(30)
    desk.reply(ticket, 29)
    desk.odoo.set_account(replace(settings("marta", "pw-marta-1"), active=False), at=desk.at(1))

    desk.look()

    assert kinds() == [K.OPENED, K.STAFF_REPLIED]
