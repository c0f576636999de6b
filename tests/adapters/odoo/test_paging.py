"""Nothing is missed or read twice, whatever the seconds, the sizes of pages and the interruptions."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goodstanding.adapters.odoo.paging import Place, pages
from tests.adapters.odoo.odoos import NOW, accounts, an_odoo, connected

OFFSETS = st.lists(st.sampled_from([0.0, 0.2, 0.7, 1.0, 1.5, 1.9, 2.0, 5.25]), min_size=1, max_size=14)


def world(series, offsets):
    odoo = an_odoo(series, accounts=[each for each in accounts() if each.login == "auditor"], without=["helpdesk.ticket"])
    for number, offset in enumerate(offsets):
        odoo.store.put("helpdesk.ticket.tag", {"name": str(number)}, at=NOW + timedelta(seconds=offset), by=1)
    return odoo


@pytest.mark.parametrize("series", ["18.0", "19.0"])
@settings(max_examples=40)
@given(offsets=OFFSETS, size=st.integers(1, 5))
def test_every_record_comes_once_in_order_of_its_second(series, offsets, size):
    connection = connected(world(series, offsets))

    found = [row for page in pages(connection, "helpdesk.ticket.tag", ["name"], size=size) for row in page.rows]

    assert sorted(int(row.text("name")) for row in found) == list(range(len(offsets)))
    stamps = [row.instant("write_date") for row in found]
    assert stamps == sorted(stamps)


@settings(max_examples=40)
@given(offsets=OFFSETS, size=st.integers(1, 4), stop=st.integers(0, 6))
def test_reading_that_was_cut_off_goes_on_where_it_was(offsets, size, stop):
    connection = connected(world("18.0", offsets))
    found, place = [], None

    for number, page in enumerate(pages(connection, "helpdesk.ticket.tag", ["name"], size=size)):
        found += [row.id for row in page.rows]
        place = page.place
        if number == stop:
            break
    for page in pages(connection, "helpdesk.ticket.tag", ["name"], size=size, place=place):
        found += [row.id for row in page.rows]

    assert set(found) == set(range(1, len(offsets) + 1))


def test_the_place_after_the_last_page_takes_in_what_is_written_in_the_same_second():
    odoo = world("18.0", [0.1])
    connection = connected(odoo)
    (page,) = pages(connection, "helpdesk.ticket.tag", ["name"])
    odoo.store.put("helpdesk.ticket.tag", {"name": "later"}, at=NOW + timedelta(seconds=0.9), by=1)

    assert page.place == Place(NOW)
    (again,) = pages(connection, "helpdesk.ticket.tag", ["name"], place=page.place)
    assert [row.text("name") for row in again.rows] == ["0", "later"]


def test_a_domain_narrows_every_page_and_archived_records_come_along():
    odoo = world("18.0", [0, 0, 0, 1, 1])
    odoo.write("helpdesk.ticket.tag", 2, {"active": False}, at=NOW)
    domain = ["|", ("name", "=", "1"), "|", ("name", "=", "2"), ("name", "=", "4")]

    found = [row.id for page in pages(connected(odoo), "helpdesk.ticket.tag", [], domain=domain, size=1) for row in page.rows]

    assert sorted(found) == [2, 3, 5]


def test_an_empty_model_is_one_empty_page():
    (page,) = pages(connected(world("18.0", [0])), "helpdesk.sla", ["name"])

    assert (page.rows, page.place) == ((), None)


MESSAGES = st.lists(st.tuples(st.sampled_from([0.0, 0.4, 1.0, 1.0, 3.5]), st.booleans()), max_size=16)


@settings(max_examples=60)
@given(told=MESSAGES, size=st.integers(1, 5), stop=st.none() | st.integers(0, 4))
def test_what_the_account_may_not_read_hides_nothing_of_what_it_may(told, size, stop):
    odoo = world("18.0", [])
    for number, (offset, hidden) in enumerate(told, start=1):
        # A rule hides some, and notices to one person are hidden by what they are.
        kind = "user_notification" if hidden and number % 2 else "comment"
        values = {"model": "secret" if hidden else "shown", "res_id": number, "message_type": kind}
        odoo.store.put("mail.message", values, at=NOW + timedelta(seconds=offset), by=1)
    reader = next(each for each in accounts() if each.login == "auditor")
    odoo.set_account(replace(reader, rules=reader.rules | {"mail.message": [("model", "!=", "secret")]}), at=NOW)
    connection = connected(odoo)

    found, place = [], None
    for number, page in enumerate(pages(connection, "mail.message", ["res_id"], size=size, sieved=True)):
        found += [row.whole("res_id") for row in page.rows]
        place = page.place
        if number == stop:
            break
    again = pages(connection, "mail.message", ["res_id"], size=size, sieved=True, place=place)
    after = [row.whole("res_id") for page in again for row in page.rows]

    shown = [number for number, (_, hidden) in enumerate(told, start=1) if not hidden]
    assert set(found) | set(after) == set(shown)
    assert stop is not None or sorted(found) == shown
