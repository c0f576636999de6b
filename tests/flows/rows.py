"""What is remembered of a partner, row by row, without keys and without when it was written: what must come out the same."""

from goodstanding.apps.desk import models as desk
from goodstanding.apps.tenancy import models as tenancy
from goodstanding.apps.tickets import models as tickets

_KEYS = {"id", "public_id", "partner", "ticket", "client", "assignment", "tier_version", "calendar_version"}
_WRITTEN = {"received_at", "assessed_at", "granted_at", "from_at"}


def _plain(row, names):
    return {name: getattr(row, name) for name in names} | {
        field.name: getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if field.name not in _KEYS | _WRITTEN and not field.primary_key
    }


def _sorted(rows):
    return sorted(rows, key=repr)


def _promised(row, clients):
    tier, calendar = row.tier_version, row.calendar_version
    return (clients[row.client_id], tier.tier.key, tier.number, calendar.calendar.name, calendar.number, row.until_at)


def remembered(partner):
    """Everything a partner's clients, terms, tickets, events and standings say; `partner` is a primary key."""
    clients = {row.pk: row.name for row in tenancy.Client.objects.filter(partner_id=partner)}
    known = {row.pk: row.ref for row in tickets.Ticket.objects.filter(partner_id=partner)}

    def told(model, **wanted):
        for row in model.objects.filter(**wanted):
            row.of = known[row.ticket_id]
            row.whose = clients[row.client_id] if hasattr(row, "client_id") else ""
            yield _plain(row, ("of", "whose"))

    def owned(model):
        for row in model.objects.filter(partner_id=partner):
            row.whose = clients[row.client_id]
            yield _plain(row, ("whose",))

    assignments = desk.Assignment.objects.select_related("tier_version__tier", "calendar_version__calendar")
    return {
        "clients": _sorted(_plain(row, ()) for row in tenancy.Client.objects.filter(partner_id=partner)),
        "assignments": _sorted(_promised(row, clients) for row in assignments.filter(partner_id=partner)),
        "tickets": _sorted(owned(tickets.Ticket)),
        "events": _sorted(told(tickets.TicketEvent, ticket__partner_id=partner)),
        "standings": _sorted(told(desk.Standing, partner_id=partner)),
        "clocks": _sorted(told(desk.ClockStanding, partner_id=partner)),
    }


def settled(rows):
    """The same without what clocks that still count have used up, which is as of the moment they were judged."""
    going = ({name: each[name] for name in each if name not in ("elapsed", "paused")} for each in rows["clocks"])
    stopped = (each for each in rows["clocks"] if each["stopped_at"] is not None)
    return rows | {"clocks": _sorted(going), "stopped": _sorted(stopped)}
