"""The words of service desks are read as people mean them, and never pause a clock against the client by themselves."""

import pytest

from goodstanding.adapters.files.tickets.words import Meaning, event_of, priority_of, state_of
from goodstanding.core.desk.events import Actor, EventKind, PauseOwner


@pytest.mark.parametrize(
    ("word", "product", "rank"),
    [
        ("Urgent", "", "P1"),
        ("1 - Critical", "", "P1"),
        ("Highest", "", "P1"),
        ("Blocker", "", "P1"),
        ("Very High", "", "P1"),
        ("2 - High", "", "P2"),
        ("2 (High)", "", "P2"),
        ("N/A", "", ""),
        ("High priority", "", "P2"),
        ("3 - Moderate", "", "P3"),
        ("normal", "", "P3"),
        ("4 - Low", "", "P4"),
        ("5 - Planning", "", "P4"),
        ("Lowest", "", "P4"),
        ("P2 - Major", "", "P2"),
        ("priority_3", "", "P3"),
        ("S1", "", "S1"),
        ("SEV-2", "", "S2"),
        ("Severity 4", "", "S4"),
        ("None", "", ""),
        ("3", "odoo", "P1"),
        ("0", "oca", "P4"),
        ("1", "servicenow", "P1"),
        ("5", "servicenow", "P4"),
        ("4", "freshdesk", "P1"),
        ("0", "servicenow", None),
        ("3", "", None),
        ("P5", "", None),
        ("Mauve", "", None),
    ],
)
def test_a_priority_is_read_by_its_word_or_by_the_numbers_of_its_product(word: str, product: str, rank: str | None) -> None:
    assert priority_of(word, product) == rank


@pytest.mark.parametrize(
    ("word", "kind", "owner", "confirm"),
    [
        ("New", EventKind.OPENED, None, False),
        ("to_do", EventKind.OPENED, None, False),
        ("IN-PROGRESS", EventKind.PROGRESS, None, False),
        ("Waiting for support", EventKind.PROGRESS, None, False),
        ("Awaiting User Info", EventKind.WAITING, PauseOwner.CUSTOMER, False),
        ("Waiting on Customer", EventKind.WAITING, PauseOwner.CUSTOMER, False),
        ("Awaiting Evidence", EventKind.WAITING, PauseOwner.CUSTOMER, False),
        ("Pending feedback", EventKind.WAITING, PauseOwner.CUSTOMER, True),
        ("Awaiting Vendor", EventKind.WAITING, PauseOwner.SUPPLIER, False),
        ("Waiting on Third Party", EventKind.WAITING, PauseOwner.SUPPLIER, False),
        ("Awaiting Problem", EventKind.WAITING, PauseOwner.PARTNER, False),
        ("Awaiting Change", EventKind.WAITING, PauseOwner.PARTNER, False),
        ("Awaiting approval", EventKind.WAITING, PauseOwner.PARTNER, True),
        ("On Hold", EventKind.WAITING, PauseOwner.PARTNER, True),
        ("Pending", EventKind.WAITING, PauseOwner.PARTNER, True),
        ("Done", EventKind.RESOLVED, None, False),
        ("Closed", EventKind.CLOSED, None, False),
        ("Canceled", EventKind.CANCELLED, None, False),
        ("Duplicate", EventKind.CANCELLED, None, True),
        ("Merged", EventKind.MERGED, None, False),
    ],
)
def test_a_state_is_read_by_its_word(word: str, kind: EventKind, owner: PauseOwner | None, confirm: bool) -> None:
    assert state_of(word) == Meaning(kind, owner, confirm)


@pytest.mark.parametrize(
    "word", ["On Hold", "hold", "Pending", "waiting", "Awaiting", "Paused", "Awaiting deployment", "blocked"]
)
def test_a_wait_on_nobody_named_never_pauses_against_the_client(word: str) -> None:
    found = state_of(word)

    assert found is not None
    assert (found.owner, found.confirm) == (PauseOwner.PARTNER, True)


@pytest.mark.parametrize(
    ("reason", "owner", "confirm"),
    [
        ("Awaiting Caller", PauseOwner.CUSTOMER, False),
        ("customer", PauseOwner.CUSTOMER, False),
        ("Vendor", PauseOwner.SUPPLIER, False),
        ("Awaiting Problem", PauseOwner.PARTNER, False),
        ("lunch", PauseOwner.PARTNER, True),
    ],
)
def test_the_reason_beside_a_hold_names_whom_it_waits_on(reason: str, owner: PauseOwner, confirm: bool) -> None:
    assert state_of("On Hold", "servicenow", reason) == Meaning(EventKind.WAITING, owner, confirm)


@pytest.mark.parametrize(
    ("word", "actor", "public", "kind"),
    [
        ("comment", Actor.STAFF, True, EventKind.STAFF_REPLIED),
        ("comment", Actor.STAFF, None, EventKind.STAFF_REPLIED),
        ("comment", Actor.STAFF, False, EventKind.NOTED),
        ("comment", Actor.CLIENT, None, EventKind.CLIENT_REPLIED),
        ("email", Actor.SYSTEM, None, EventKind.AUTO_REPLIED),
        ("comment", None, None, None),
        ("First Response Sent", None, None, EventKind.STAFF_REPLIED),
        ("First Response Sent", Actor.SYSTEM, True, EventKind.AUTO_REPLIED),
        ("agent reply", Actor.STAFF, None, EventKind.STAFF_REPLIED),
        ("Public comment", None, None, EventKind.STAFF_REPLIED),
        ("Public comment", Actor.CLIENT, True, EventKind.CLIENT_REPLIED),
        ("Responded", Actor.CLIENT, None, EventKind.CLIENT_REPLIED),
        ("auto_replied", None, None, EventKind.AUTO_REPLIED),
        ("waiting on customer", None, None, EventKind.WAITING),
        ("exploded", None, None, None),
    ],
)
def test_an_event_is_read_by_its_word_and_a_message_by_who_wrote_it(
    word: str, actor: Actor | None, public: bool | None, kind: EventKind | None
) -> None:
    found = event_of(word, actor, public)

    assert (found.event if found else None) is kind
