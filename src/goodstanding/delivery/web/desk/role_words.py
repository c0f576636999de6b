"""What there is to say of contact roles: their names, who is told and why them, and what giving one changes."""

from collections.abc import Container, Sequence
from datetime import datetime
from difflib import get_close_matches

from goodstanding.apps.escalation.values import HoldingRow
from goodstanding.apps.tenancy.queries import Client
from goodstanding.core.desk.escalation.people import Recipient, Roster, Why
from goodstanding.core.desk.escalation.plan import ContactRole
from goodstanding.delivery.web.desk.rota_picture import instant
from goodstanding.delivery.words_of_escalation import ROLE, WHY


def named(role: ContactRole, client_name: str, team: str) -> str:
    """Name a role with for whom it is held: `team lead of team hosting for Casa Ferrante`."""
    name = ROLE[role] if role is ContactRole.VP else ROLE[role][:1].lower() + ROLE[role][1:]
    return name + (f" of team {team}" if team else "") + (f" for {client_name}" if client_name else "")


def given(row: HoldingRow, before: Sequence[HoldingRow], there: Container[int]) -> str:
    """Say who holds a role now and what of it is new.

    `before` is who held which role until then, `there` who of all people still has a role here.
    """
    role = named(row.role, row.client_name, row.team)
    stood = next((each for each in before if each.public_id == row.public_id), None)
    if stood is None or stood.name != row.name:
        said = f"{row.name} is {role}" + (f", {row.deputy_name} the deputy." if row.deputy_name else ".")
    elif stood.deputy_name == row.deputy_name:
        said = f"Nothing has changed: {row.name} was {role} already."
    elif not row.deputy_name:
        said = f"{row.name} was {role} already; {stood.deputy_name} is no longer the deputy, and nobody is."
    else:
        instead = f" instead of {stood.deputy_name}" if stood.deputy_name else ""
        said = f"{row.name} was {role} already; {row.deputy_name} is the deputy now{instead}."
    whole = (row.role, row.client, row.team)
    others = [
        each.name
        for each in before
        if each.public_id != row.public_id
        and (each.role, each.client, each.team) == whole
        and (each.person is None or each.person in there)
    ]
    if not others:
        return said
    if len(others) == 1:
        return f"{said} {others[0]} holds this role too: both are told."
    return f"{said} {len(others)} others hold this role too: all of them are told."


def told(each: Recipient, roster: Roster, client: Client | None, team: str, zone: str, now: datetime) -> tuple[str, str]:
    """Name somebody who would be told of a ticket of a client and a team, with why them and from when on."""
    name = roster.people[each.to].name if isinstance(each.to, int) and each.to in roster.people else ""
    why = _nobody(each.role, roster, client, team) if each.why is Why.FALL_BACK else WHY[each.why]
    said = [] if each.why is Why.HOLDER else [why]
    said += [f"from {instant(each.not_before, zone, now)}, when their office opens"] if each.not_before else []
    return name or (each.to if isinstance(each.to, str) else "somebody of the client’s"), ", ".join(said)


def _nobody(role: ContactRole, roster: Roster, client: Client | None, team: str) -> str:
    """Say why a role leads to none of its own: it is held for other tickets alone, or whoever holds it is away."""
    known = (None, str(client.pk)) if client else (None,)
    held = [each for each in roster.holders if each.role is role and each.client in known]
    if any(each.client is not None or each.team in (None, team) for each in held):
        return "whoever holds the role is away"
    return f"{WHY[Why.FALL_BACK]} for a ticket of {f'team {team}' if team else 'no team'}" if held else WHY[Why.FALL_BACK]


def unheard(team: str, like: Sequence[str]) -> str:
    """Say that nothing is of a team yet, with one that is written nearly so."""
    near = get_close_matches(team, like, n=1)
    meant = f" If {near[0]} is meant, remove it and give it for that." if near else " It leads to them once there is one."
    return f"No ticket is of a team {team} yet, and no plan in force names it.{meant}"
