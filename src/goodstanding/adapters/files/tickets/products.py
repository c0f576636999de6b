"""How the products that partners export from name their columns, and what columns of any other table are called."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from goodstanding.adapters.files.tickets.fields import Field

F = Field


@dataclass(frozen=True, slots=True)
class Product:
    """A product's columns: the headers of each field, the best first, written plainly (see `words.plain`).

    `signs` are other headers that only its exports have. `unused` are columns that tell business hours or waiting times
    reckoned by the product itself: they say nothing about instants.
    """

    key: str
    headers: Mapping[Field, tuple[str, ...]]
    signs: frozenset[str] = frozenset()
    unused: frozenset[str] = field(default_factory=frozenset)


def _list(text: str) -> tuple[str, ...]:
    return tuple(" ".join(part.split()) for part in text.split(","))


SERVICENOW: Final = Product(
    "servicenow",
    {
        F.TICKET: _list("number, task, incident number"),
        F.TITLE: _list("short description"),
        F.CLIENT: _list("company, caller company, account, caller id company"),
        F.CONTACT: _list("caller id, caller, opened for, contact"),
        F.PRIORITY: _list("priority"),
        F.TEAM: _list("assignment group"),
        F.ASSIGNEE: _list("assigned to"),
        F.KIND: _list("sys class name, task type, category"),
        F.TAGS: _list("sys tags, tags"),
        F.STATE: _list("incident state, state"),
        F.REASON: _list("hold reason, on hold reason"),
        F.OPENED: _list("opened at, opened, sys created on, sys created at, created"),
        F.RESOLVED: _list("resolved at, resolved"),
        F.CLOSED: _list("closed at, closed"),
        F.REOPENED: _list("reopened time, last reopened at"),
        F.UPDATED: _list("sys updated on, sys updated at, updated"),
        F.SEQUENCE: _list("sys mod count, updates"),
    },
    frozenset(
        _list("sys id, made sla, reassignment count, reopen count, cmdb ci, configuration item, close code, close notes")
    ),
    frozenset(
        _list("business duration, calendar duration, business stc, calendar stc, business resolve time, resolve time, duration")
    ),
)
ZENDESK: Final = Product(
    "zendesk",
    {
        F.TICKET: _list("id, ticket id, ticket, nice id"),
        F.TITLE: _list("subject, ticket subject, raw subject"),
        F.CLIENT: _list("organization, ticket organization name, organization name, requester organization, organization id"),
        F.CONTACT: _list("requester, requester name, requester email, requester id"),
        F.PRIORITY: _list("priority, ticket priority"),
        F.TEAM: _list("group, ticket group, group name, group id"),
        F.ASSIGNEE: _list("assignee, assignee name, assignee id"),
        F.KIND: _list("ticket type, type"),
        F.TAGS: _list("tags, ticket tags"),
        F.STATE: _list("status, ticket status"),
        F.OPENED: _list("created at, requested, ticket created timestamp, ticket created"),
        F.RESOLVED: _list("solved at, ticket solved timestamp, metric set solved at, metrics solved at"),
        F.FIRST_RESPONSE_MINUTES: _list(
            "first reply time in minutes, first reply time (in minutes), first reply time (min), first reply time minutes,"
            "metric set reply time in minutes calendar, reply time in minutes calendar"
        ),
        F.RESOLUTION_MINUTES: _list(
            "full resolution time in minutes, full resolution time (in minutes), full resolution time (min),"
            "first resolution time in minutes, first resolution time (min),"
            "metric set full resolution time in minutes calendar, full resolution time in minutes calendar"
        ),
        F.UPDATED: _list("updated at, ticket updated timestamp"),
    },
    frozenset(
        _list(
            "summation column, requester id, requester external id, requester domain, submitter, via, initially assigned at,"
            "assigned at, satisfaction score, group stations, assignee stations, reopens, replies"
        )
    ),
    frozenset(
        _list(
            "first reply time in minutes within business hours, first resolution time in minutes within business hours,"
            "full resolution time in minutes within business hours, agent wait time in minutes, requester wait time in minutes,"
            "agent wait time in minutes within business hours, requester wait time in minutes within business hours,"
            "on hold time in minutes, on hold time in minutes within business hours"
        )
    ),
)
FRESHDESK: Final = Product(
    "freshdesk",
    {
        F.TICKET: _list("ticket id, id"),
        F.TITLE: _list("subject"),
        F.CLIENT: _list("company name, company, company id"),
        F.CONTACT: _list("full name, requester name, contact name, requester email, email"),
        F.PRIORITY: _list("priority"),
        F.TEAM: _list("group, group id"),
        F.ASSIGNEE: _list("agent, responder id"),
        F.KIND: _list("type"),
        F.TAGS: _list("tags"),
        F.STATE: _list("status"),
        F.OPENED: _list("created time, created at"),
        F.FIRST_RESPONSE: _list("initial response time, stats first responded at"),
        F.RESOLVED: _list("resolved time, stats resolved at"),
        F.CLOSED: _list("closed time, stats closed at"),
        F.REOPENED: _list("stats reopened at"),
        F.UPDATED: _list("last update time, last updated time, updated at"),
    },
    frozenset(
        _list(
            "due by time, agent interactions, customer interactions, resolution status, first response status, survey results,"
            "time tracked, every response status, fr due by, fr escalated"
        )
    ),
    frozenset(_list("first response time (in hrs), resolution time (in hrs)")),
)
JIRA: Final = Product(
    "jira",
    {
        F.TICKET: _list("issue key, key"),
        F.TITLE: _list("summary, fields summary"),
        F.CLIENT: _list(
            "custom field (organizations), organizations, organization, custom field (customer), custom field (client),"
            "customer, client"
        ),
        F.CONTACT: _list("reporter, fields reporter displayname"),
        F.PRIORITY: _list("priority, fields priority name"),
        F.TEAM: _list("custom field (team), team, project name, project, fields project name"),
        F.ASSIGNEE: _list("assignee, fields assignee displayname"),
        F.KIND: _list("issue type, custom field (request type), fields issuetype name"),
        F.TAGS: _list("labels, fields labels"),
        F.STATE: _list("status, fields status name"),
        F.OPENED: _list("created, fields created"),
        F.RESOLVED: _list("resolved, resolution date, resolutiondate, fields resolutiondate"),
        F.UPDATED: _list("updated, fields updated"),
    },
    frozenset(
        _list(
            "issue id, project key, project type, project lead, creator, last viewed, affects version s, fix version s,"
            "component s, status category, votes, watchers, sprint, environment, fields issuetype id"
        )
    ),
    frozenset(_list("custom field (time to first response), custom field (time to resolution), time spent, original estimate")),
)
ODOO: Final = Product(
    "odoo",
    {
        F.TICKET: _list("ticket ref, ticket ids sequence, ticket id, id"),
        F.TITLE: _list("name, subject"),
        F.CLIENT: _list("commercial partner id, commercial entity, customer company, partner id, customer, partner id id"),
        F.CONTACT: _list("partner name, customer name, partner email, customer email"),
        F.PRIORITY: _list("priority"),
        F.TEAM: _list("team id, helpdesk team, team id name"),
        F.ASSIGNEE: _list("user id, assigned to, user id name"),
        F.KIND: _list("ticket type id, type"),
        F.TAGS: _list("tag ids, tags"),
        F.STATE: _list("stage id, stage, stage id name"),
        F.OPENED: _list("create date, created on"),
        F.CLOSED: _list("close date, closing date"),
        F.UPDATED: _list("write date, last updated on, last modified on, date last stage update, last stage update"),
    },
    frozenset(
        _list(
            "assign date, first assignment date, kanban state, sla deadline, sla policies, failed sla policy, sla fail,"
            "sla reached late, use sla, oldest unanswered customer message date, properties"
        )
    ),
    frozenset(
        _list(
            "first response hours, hours to first response, avg response hours, average hours to respond, open hours,"
            "open time (hours), close hours, time to close (hours), assign hours, time to first assignment (hours),"
            "ticket open hours, total response hours"
        )
    ),
)
OCA: Final = Product(
    "oca",
    {
        F.TICKET: _list("number, ticket number"),
        F.TITLE: _list("name, title"),
        F.CLIENT: _list("commercial partner id, commercial entity, partner id, contact, partner"),
        F.CONTACT: _list("partner name, partner email, email"),
        F.PRIORITY: _list("priority"),
        F.TEAM: _list("team id, team"),
        F.ASSIGNEE: _list("user id, assigned user"),
        F.KIND: _list("category id, category, type id, type"),
        F.TAGS: _list("tag ids, tags"),
        F.STATE: _list("stage id, stage"),
        F.OPENED: _list("create date, created on"),
        F.CLOSED: _list("closed date"),
        F.UPDATED: _list("write date, last updated on, last stage update"),
    },
    frozenset(_list("assigned date, assigned user, ticket number, closed date, unattended, channel id, channel, category id")),
)
PRODUCTS: Final = (SERVICENOW, ZENDESK, FRESHDESK, JIRA, ODOO, OCA)

GENERIC: Final = Product(
    "",
    {
        F.TICKET: _list(
            "ticket, ticket id, ticket number, ticket no, ticket ref, ticket key, reference, ref, case, case id, case number,"
            "incident, incident id, incident number, issue, issue key, issue id, request id, key, number, id, no"
        ),
        F.TITLE: _list("title, subject, summary, name, short description"),
        F.CLIENT: _list("client, customer, company, organization, organisation, account, client name, customer name, partner"),
        F.CONTACT: _list("contact, requester, requestor, caller, reporter, raised by, contact name, email"),
        F.PRIORITY: _list("priority, severity, urgency"),
        F.TEAM: _list("team, group, queue, department, assignment group"),
        F.ASSIGNEE: _list("assignee, agent, assigned to, assigned user, owner name, technician"),
        F.KIND: _list("kind, ticket type, type, issue type, request type, category"),
        F.TAGS: _list("tags, labels"),
        F.TIER: _list("tier, sla tier, service tier, plan, sla plan, support plan, service level"),
        F.STATE: _list("state, status, stage, new state, new status"),
        F.REASON: _list("reason, hold reason, pause reason"),
        F.OPENED: _list(
            "opened, opened at, opened on, created, created at, created on, creation date, created date, date created,"
            "create date, created time, open date, open time, opened date, reported at, submitted at, received at, started at"
        ),
        F.FIRST_RESPONSE: _list(
            "first response, first response at, first responded at, first responded on, first reply, first reply at,"
            "first replied at, responded at, response at, initial response time, first response date"
        ),
        F.RESOLVED: _list(
            "resolved, resolved at, resolved on, resolution date, resolved date, date resolved, resolved time, solved at,"
            "solved on, solved date, resolution at, fixed at, completed at"
        ),
        F.CLOSED: _list("closed, closed at, closed on, closed date, close date, date closed, closed time"),
        F.REOPENED: _list("reopened, reopened at, reopened on"),
        F.FIRST_RESPONSE_MINUTES: _list("first response minutes, first reply minutes, first response time in minutes"),
        F.RESOLUTION_MINUTES: _list("resolution minutes, resolution time in minutes"),
        F.UPDATED: _list("updated, updated at, updated on, last updated, last update, changed at, modified at, write date"),
        F.SEQUENCE: _list("sequence, seq, version, revision, order"),
        F.AT: _list(
            "at, event at, event time, timestamp, occurred at, happened at, time, date time, datetime, date, start timestamp"
        ),
        F.EVENT: _list("event, event kind, event type, activity, action, event name"),
        F.ACTOR: _list("actor, actor type, author type, actor role, role, by role"),
        F.PUBLIC: _list("public, is public, visible to client, visibility"),
        F.OWNER: _list("owner, waiting on, waits on, pause owner"),
        F.INTO: _list("into, merged into"),
    },
)
