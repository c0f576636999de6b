"""Files of letters are listed at the event they came with and handed out safely, to whoever may read that letter."""

import html
import re
from uuid import uuid4

import pytest
from django.urls import reverse

from goodstanding.apps.desk import queries
from goodstanding.apps.documents import queries as documents
from goodstanding.apps.post import queries as letters
from goodstanding.apps.tenancy.roles import CLIENT_ROLES, Role
from goodstanding.flows.take_letter import take_letter
from tests.adapters.mail.corpus import NESTED
from tests.apps.world import EVERYTHING
from tests.delivery.web.site import Site, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def site():
    return Site()


def page(site, ticket, role=Role.AGENT, **given):
    return html.unescape(text_of(site.browser(role, **given).get(reverse("ticket", args=[ticket]))))


def listed(page):
    return re.findall(
        r'<a href="(/tickets/[^"]+/files/[^"]+)" download><svg.*?</svg>(.*?)</a> <span[^>]*>(.*?)</span>', page, re.DOTALL
    )


def body_of(answer):
    return b"".join(answer.streaming_content)


@pytest.mark.parametrize("role", [Role.AGENT, Role.CLIENT_VIEWER])
def test_the_files_of_a_letter_stand_at_the_event_they_came_with(site, role):
    ticket, files = site.letter_with_files()

    told = page(site, ticket, role)

    assert [(address, name, about) for address, name, about in listed(told)] == [
        (reverse("file", args=[ticket, files[0]]), "shot.png", "8 bytes, image/png"),
        (reverse("file", args=[ticket, files[1]]), "attachment-2.eml", listed(told)[1][2]),
        (reverse("file", args=[ticket, files[2]]), "Angébot 2026.pdf", "5 bytes, application/pdf"),
    ]
    opened = re.search(r"<li class=\"public\">(?:(?!<li class=\"(?:public|inner)).)*Words\..*?</ul>", told, re.DOTALL)
    assert opened is not None
    assert "Files with this letter" in opened[0]


@pytest.mark.parametrize("role", [Role.AGENT, Role.CLIENT_VIEWER])
def test_a_file_is_handed_out_as_bytes_that_nothing_runs(site, role):
    ticket, files = site.letter_with_files()

    answer = site.browser(role).get(reverse("file", args=[ticket, files[2]]))

    assert (answer.status_code, body_of(answer)) == (200, b"%PDF-")
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"] == "attachment; filename*=utf-8''Ang%C3%A9bot%202026.pdf"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Length"] == "5"
    assert answer["Cache-Control"] == "private, no-store"


HOSTILE = NESTED.replace(b"Content-Type: image/png", b"Content-Type: text/html").replace(
    b'name="shot.png"', b'name="<img src=x onerror=alert(1)>.html"'
)


def test_what_a_sender_calls_a_file_changes_neither_how_it_goes_out_nor_the_page(site):
    ticket, files = site.letter_with_files(message=HOSTILE)
    browser = site.browser(Role.AGENT)

    told = text_of(browser.get(reverse("ticket", args=[ticket])))
    answer = browser.get(reverse("file", args=[ticket, files[0]]))

    assert "<img src=x" not in told
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment;")
    assert "\n" not in answer["Content-Disposition"]


def among_staff(site):
    """A ticket of a client that a letter between staff was written about, with files; nobody of the client has it."""
    ticket, mine = site.letter_with_files()
    agent = f"inner@{site.partner.key}.example"
    site.person(Role.AGENT, email=agent)
    ref = queries.standing(EVERYTHING, ticket).ref
    head = f"From: {agent}".encode()
    message = (
        NESTED.replace(b"From: Anna <anna@ferrante.example>", head)
        .replace(b"<nest@ferrante.example>", b"<inner9@adriatica.example>")
        .replace(b"Subject: Several", f"Subject: Between us [#{ref}]".encode())
        .replace(b"iVBORw0KGgo=", b"c2VjcmV0")
    )
    mailbox = site.mailbox(f"inside@{site.partner.key}.example")
    took = take_letter(EVERYTHING, partner=site.partner.pk, mailbox=mailbox, message=message, now=site.now)
    theirs = [
        each.document
        for each in letters.attached(EVERYTHING, ticket=took.letter.ticket)
        if each.sender == agent and each.document not in mine
    ]
    return ticket, theirs[0]


def test_files_of_a_letter_among_staff_are_nothing_for_the_client(site):
    ticket, secret = among_staff(site)
    address = reverse("file", args=[ticket, secret])

    answers = {role: site.browser(role).get(address).status_code for role in (Role.AGENT, *sorted(CLIENT_ROLES))}

    assert answers == {Role.AGENT: 200} | dict.fromkeys(CLIENT_ROLES, 404)
    assert address in page(site, ticket)
    assert address not in page(site, ticket, Role.CLIENT_VIEWER)
    assert body_of(site.browser(Role.AGENT).get(address)) == b"secret"


def test_a_file_of_one_ticket_is_not_had_by_the_address_of_another(site):
    ticket, _ = site.letter_with_files()
    _, others = site.letter_with_files(site.kestrel, message=NESTED.replace(b"iVBORw0KGgo=", b"a2VzdHJlbA=="))
    browser = site.browser(Role.MANAGER)

    assert browser.get(reverse("file", args=[ticket, others[0]])).status_code == 404
    assert browser.get(reverse("file", args=[ticket, uuid4()])).status_code == 404
    assert browser.get(reverse("file", args=[ticket, site.document().public_id])).status_code == 404


def test_a_ticket_without_files_lists_none_and_large_ones_come_whole(site):
    bare = site.told("A-1", ("opened", 3, {"priority": "P1"}))
    lines = b"\r\n".join([b"QUFB" * 18] * 20_000)
    ticket, files = site.letter_with_files(message=NESTED.replace(b"iVBORw0KGgo=", lines))

    answer = site.browser(Role.AGENT).get(reverse("file", args=[ticket, files[0]]))

    assert listed(page(site, bare)) == []
    assert body_of(answer) == b"A" * 1_080_000 == b"".join(documents.parts(EVERYTHING, files[0]))
