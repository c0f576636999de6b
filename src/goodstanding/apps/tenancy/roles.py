"""Roles and what each may do (requirements PORTAL-3)."""

from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """The access roles; what somebody is told or asked is a matter of contact roles, which stand beside them."""

    PLATFORM_ADMIN = "platform_admin"
    PARTNER_ADMIN = "partner_admin"
    MANAGER = "manager"
    TEAM_LEAD = "team_lead"
    AGENT = "agent"
    ACCOUNT_MANAGER = "account_manager"
    CUSTOMER_SUCCESS = "customer_success"
    FINANCE = "finance"
    HOSTING = "hosting"
    PARTNER_MANAGER = "partner_manager"
    EXECUTIVE = "executive"
    CLIENT_ADMIN = "client_admin"
    CLIENT_VIEWER = "client_viewer"


CLIENT_ROLES: Final = frozenset({Role.CLIENT_ADMIN, Role.CLIENT_VIEWER})
"""Roles of a client's own people; every other role belongs to a partner, or to the platform."""


class May(StrEnum):
    """What a role may do; each page and action asks for one of these, never for a role."""

    SEE_TICKETS = "see_tickets"
    SEE_BOARD = "see_board"
    """The live board and everything that is for staff only, such as internal notes."""
    IMPORT = "import"
    WAIVE = "waive"
    SEE_TERMS = "see_terms"
    """Tiers, calendars and who is promised what."""
    SET_TERMS = "set_terms"
    SEE_PEOPLE = "see_people"
    SET_PEOPLE = "set_people"
    SEE_RUNS = "see_runs"
    TELL = "tell"
    """Open tickets and tell what happened to them."""
    ASK = "ask"
    """Open tickets and write on them, each for whom one belongs to: staff for all clients, a client's people as the client."""
    MANAGE_KEYS = "manage_keys"
    """API keys and inbound webhooks: credentials that outlive a session, so only administrators give them out."""
    SEE_MAIL = "see_mail"
    """Mailboxes and chats, and what is held of letters and messages."""
    SORT_MAIL = "sort_mail"
    """Say which client somebody who writes belongs to."""
    SET_MAIL = "set_mail"
    SEE_INSTANCES = "see_instances"
    SET_INSTANCES = "set_instances"
    """Odoo databases, their credentials and how their tickets are followed."""
    SET_FEEDBACK = "set_feedback"
    """Whether clients are asked how satisfied they are, and how."""
    SEE_JOURNAL = "see_journal"
    """Who gave access to whom and what, and took it away."""
    SEE_OUTBOX = "see_outbox"
    """What was told to whom, by what way and with what result."""
    SEND_AGAIN = "send_again"
    """Have what could not be sent tried once more."""
    SET_CHANNELS = "set_channels"
    """Endpoints that messages go to, with their secrets."""
    SET_ESCALATION = "set_escalation"
    """What is done about a clock, when, and who holds which contact role."""
    SET_ROTA = "set_rota"
    """Who works in which office, is on call, or is away."""
    APPROVE = "approve"
    """Send, edit and drop messages to clients that wait for approval."""


_STAFF: Final = frozenset(
    {
        May.SEE_TICKETS,
        May.SEE_BOARD,
        May.SEE_TERMS,
        May.SEE_PEOPLE,
        May.SEE_RUNS,
        May.SEE_MAIL,
        May.SEE_INSTANCES,
        May.SEE_OUTBOX,
    }
)

_TELLS: Final = frozenset({May.TELL, May.ASK})

ALLOWED: Final = {
    Role.PLATFORM_ADMIN: frozenset(May),
    Role.PARTNER_ADMIN: frozenset(May),
    Role.MANAGER: _STAFF
    | _TELLS
    | {May.IMPORT, May.WAIVE, May.SET_TERMS, May.SORT_MAIL, May.SET_MAIL, May.SET_INSTANCES, May.SET_FEEDBACK}
    | {May.SEND_AGAIN, May.SET_CHANNELS}
    | {May.SET_ESCALATION, May.SET_ROTA, May.APPROVE},
    Role.TEAM_LEAD: _STAFF | _TELLS | {May.IMPORT, May.WAIVE, May.SORT_MAIL, May.SEND_AGAIN} | {May.SET_ROTA, May.APPROVE},
    Role.AGENT: _STAFF | _TELLS | {May.SORT_MAIL},
    Role.ACCOUNT_MANAGER: _STAFF | _TELLS | {May.APPROVE},
    Role.CUSTOMER_SUCCESS: _STAFF | _TELLS | {May.SET_FEEDBACK},
    Role.FINANCE: _STAFF,
    Role.HOSTING: _STAFF | _TELLS | {May.SET_INSTANCES, May.SEND_AGAIN, May.SET_CHANNELS},
    Role.PARTNER_MANAGER: _STAFF,
    Role.EXECUTIVE: _STAFF,
    Role.CLIENT_ADMIN: frozenset({May.SEE_TICKETS, May.ASK}),
    Role.CLIENT_VIEWER: frozenset({May.SEE_TICKETS}),
}
