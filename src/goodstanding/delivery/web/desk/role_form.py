"""Who is to hold a contact role as it is typed: what each field says, and what is wrong with it."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from goodstanding.apps.escalation.values import HoldingRow, SeatRow
from goodstanding.apps.tenancy.queries import Client, Person
from goodstanding.core.desk.contacts import is_address
from goodstanding.core.desk.escalation.plan import CLIENT_ROLES, ContactRole

STAFF_ROLES: Final = tuple(each for each in ContactRole if each not in CLIENT_ROLES)
OF_CLIENTS: Final = tuple(each for each in ContactRole if each in CLIENT_ROLES)
LONGEST_TEAM: Final = 60
LONGEST_ADDRESS: Final = 254
STAFF_FIELDS: Final = ("role", "holder", "deputy", "client", "team")
CLIENT_FIELDS: Final = ("client_role", "of_client", "address", "deputy_address")


def role_of_staff(
    asked: Mapping[str, str], clients: Mapping[str, Client], staff: Sequence[SeatRow], wrong: dict[str, str]
) -> tuple[str, Client | None, dict[str, Any]]:
    """Return a role of the partner's, for which client, and who is to hold it."""
    if asked["role"] not in STAFF_ROLES:
        wrong["role"] = "Choose a role from the list."
    held = holders(asked, staff, wrong)
    if asked["client"] and asked["client"] not in clients:
        wrong["client"] = "Choose a client from the list, or all of them."
    if asked["client"] and asked["team"]:
        wrong["team"] = "A role is held for a client or for a team: leave one of them out."
    if len(asked["team"]) > LONGEST_TEAM:
        wrong["team"] = f"A team’s name has at most {LONGEST_TEAM} letters."
    return asked["role"], clients.get(asked["client"]), held


def team_typed(typed: str, known: Sequence[str]) -> str:
    """Return a team as tickets and plans spell it, in whatever capitals it was typed."""
    typed = " ".join(typed.split())
    return typed if typed in known else next((each for each in known if each.casefold() == typed.casefold()), typed)


def holders(asked: Mapping[str, str], staff: Sequence[SeatRow], wrong: dict[str, str]) -> dict[str, Any]:
    """Return who of the staff is to hold a role, and their deputy."""
    seats = {str(each.person): each.pk for each in staff}
    if asked["holder"] not in seats:
        wrong["holder"] = "Choose somebody from the list."
    if asked["deputy"] and asked["deputy"] not in seats:
        wrong["deputy"] = "Choose somebody from the list, or nobody."
    elif asked["deputy"] and asked["deputy"] == asked["holder"]:
        wrong["deputy"] = "Whoever holds a role cannot be their own deputy."
    return {"person": seats.get(asked["holder"]), "deputy": seats.get(asked["deputy"])}


def role_at_client(
    asked: Mapping[str, str],
    clients: Mapping[str, Client],
    people: Mapping[int, Sequence[Person]],
    staff: Sequence[SeatRow],
    wrong: dict[str, str],
) -> tuple[str, Client | None, dict[str, Any]]:
    """Return a role of a client's, which client's, and who is to hold it; `people` are those of each client."""
    client = clients.get(asked["of_client"])
    if asked["client_role"] not in OF_CLIENTS:
        wrong["client_role"] = "Choose a role from the list."
    if client is None:
        wrong["of_client"] = "Choose a client from the list."
    return asked["client_role"], client, at_client(asked, people.get(client.pk, ()) if client else (), staff, wrong)


def at_client(
    asked: Mapping[str, str], people: Sequence[Person], staff: Sequence[SeatRow], wrong: dict[str, str]
) -> dict[str, Any]:
    """Return who holds a role at a client: whoever signs in with an address as a person, anybody else as the address."""
    known = {each.email.lower(): each.pk for each in people}
    own = {each.email.lower(): each.name for each in staff}
    for name in ("address", "deputy_address"):
        typed = asked[name].lower()
        if typed in own and typed not in known:
            wrong[name] = f"This is the address of {own[typed]}, who is one of us: write that of somebody at the client."
        elif (asked[name] or name == "address") and not (is_address(asked[name]) and len(asked[name]) <= LONGEST_ADDRESS):
            wrong[name] = "Write an e-mail address, such as anna@example.com."
    if asked["address"] and asked["address"].lower() == asked["deputy_address"].lower():
        wrong["deputy_address"] = "Whoever holds a role cannot be their own deputy."
    person, deputy = (known.get(asked[name].lower()) for name in ("address", "deputy_address"))
    return {
        "person": person,
        "address": "" if person else asked["address"],
        "deputy": deputy,
        "deputy_address": "" if deputy else asked["deputy_address"],
    }


def as_it_stands(found: HoldingRow, staff: Sequence[SeatRow], people: Sequence[Person]) -> dict[str, str]:
    """Return what the form of one holder begins with."""
    if found.role not in CLIENT_ROLES:
        ids = {each.pk: str(each.person) for each in staff}
        return {"holder": ids.get(found.person or 0, ""), "deputy": ids.get(found.deputy or 0, "")}
    emails = {each.pk: each.email for each in people}
    return {
        "address": emails.get(found.person or 0, "") if found.person else found.name,
        "deputy_address": emails.get(found.deputy or 0, "") if found.deputy else found.deputy_name,
    }
