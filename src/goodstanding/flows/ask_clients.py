"""Decide who is asked how satisfied they are: after a ticket is resolved, and at most twice a year in general."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from goodstanding.apps.desk import queries as desk
from goodstanding.apps.feedback import actions, queries
from goodstanding.apps.feedback.queries import Terms
from goodstanding.apps.post import queries as post
from goodstanding.apps.tenancy import queries as tenancy
from goodstanding.apps.tenancy.scope import Scope
from goodstanding.apps.tickets import queries as tickets
from goodstanding.apps.unit import together
from goodstanding.core.clocks.clock import second_of
from goodstanding.core.desk.assess import assess
from goodstanding.core.desk.contacts import address_in, is_address

LATE: Final = timedelta(days=3)
"""How long after its time a ticket is still asked about, for one whose resolution was learned of late."""
AT_ONCE: Final = 200
"""Tickets of a partner a turn."""
_SCOPE: Final = Scope.everything("to ask clients how satisfied they are")


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A resolution that is to be asked about; `address` empty where nobody can be asked."""

    partner: int
    client: int
    ticket: int
    cycle: int
    resolved_at: datetime
    address: str


def ask_after_tickets(*, now: datetime) -> int:
    """Decide about every resolution whose time has come, each once; return how many questions that made."""
    made = 0
    for terms in queries.asking(now):
        for each in _candidates(terms, now):
            asked = actions.ask_about(
                _SCOPE, partner=each.partner, client=each.client, ticket=each.ticket, cycle=each.cycle,
                resolved_at=each.resolved_at, address=each.address, now=now,
            )  # fmt: skip
            made += asked and bool(each.address)
    return made


def ask_to_recommend(*, now: datetime) -> int:
    """Ask every contact of a partner that wants it whether they would recommend it, unless they were asked within half a year.

    Returns how many questions that made.
    """
    made = 0
    for partner in queries.recommending_due(now):
        own = post.own_addresses(_SCOPE, partner=partner)
        with together():
            if not actions.take_turn(partner, now=now):
                continue
            for client in tenancy.clients(_SCOPE):
                if client.partner != partner:
                    continue
                for contact in tenancy.contacts(_SCOPE, client=client.pk):
                    address = contact.address.lower()
                    if is_address(address) and _may_ask(partner, address, own):
                        made += actions.ask_to_recommend(
                            _SCOPE, partner=partner, client=client.pk, address=address, now=now
                        )  # fmt: skip
    return made


def _candidates(terms: Terms, now: datetime) -> list[_Candidate]:
    upto = now - terms.delay
    since = max(upto - LATE, (terms.tickets_from_at or now) - timedelta(seconds=1))
    resolved = desk.resolved_between(_SCOPE, partner=terms.partner, after=since, upto=upto)
    known = queries.asked_resolutions(_SCOPE, [pk for pk, _ in resolved])
    new = [pk for pk, at in resolved if known.get(pk) != second_of(at)][:AT_ONCE]
    told = tickets.tickets_by_pk(_SCOPE, new)
    own = post.own_addresses(_SCOPE, partner=terms.partner) if new else frozenset()
    found = []
    for case in desk.cases(_SCOPE, new):
        pk = int(case.ticket)
        judged = assess(case, as_of=now, explain=False)
        if judged is None or judged.is_open or judged.last_resolved_at is None:
            continue
        address = address_in(told[pk].contact)
        asked = judged.cancelled_at is None and address and _may_ask(terms.partner, address, own)
        found.append(
            _Candidate(
                terms.partner, int(judged.client), pk, judged.reopened_count, judged.last_resolved_at, address if asked else ""
            )
        )
    return found


def _may_ask(partner: int, address: str, own: frozenset[str]) -> bool:
    """Nobody asks their own people, their own mailboxes, or who has said that they do not want to be asked."""
    writer = tenancy.writers(_SCOPE, partner=partner, addresses=[address]).get(address)
    ours = address in own or (writer is not None and writer.staff)
    return not ours and not queries.refuses(_SCOPE, partner=partner, address=address)
