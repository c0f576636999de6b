"""Write how followed tickets stand back into Odoo, as internal notes: once per change, whatever crashes."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from goodstanding.adapters.odoo.connection import Connection
from goodstanding.adapters.odoo.desks import DESKS, DeskKind
from goodstanding.adapters.odoo.trouble import Refused, Trouble, Unexpected
from goodstanding.apps.desk import queries as standings
from goodstanding.apps.desk.values import SourceStanding
from goodstanding.apps.instances import actions, queries
from goodstanding.apps.instances.queries import Followed, Instance
from goodstanding.apps.tenancy.scope import Scope
from goodstanding.apps.unit.sealed import SealBroken
from goodstanding.flows.follow_tickets import in_plain
from goodstanding.flows.reach_odoo import Reach, connection_to

AT_ONCE: Final = 50
"""Notes a turn: the next turn has the next ones, and nobody's Odoo is flooded."""
REFUSALS: Final = 5
"""Notes that Odoo turns down before the turn ends."""
_SCOPE: Final = Scope.everything("writing back to Odoo")

Say = Callable[[SourceStanding], str]


@dataclass(frozen=True, slots=True)
class WrittenBack:
    """What a turn wrote, and the trouble that ended it, if any did."""

    notes: int
    trouble: Trouble | None = None


def write_back(public_id: UUID, *, reach: Reach, say: Say) -> WrittenBack:
    """Note on tickets of an instance what has changed in how they stand since the last note.

    `say` puts a standing in words; where it says nothing, nothing is written. Before a note is sent it is kept that it will
    be. After a crash between the two, Odoo is asked whether it arrived: each note carries a mark of its own.
    """
    instance = queries.instance(_SCOPE, public_id)
    following = instance.following
    if following is None or not following.on or not following.write_back:
        return WrittenBack(0)
    waiting = _waiting(instance, following.pk, say)
    if not waiting:
        return WrittenBack(0)
    notes = 0
    refused: list[Trouble] = []
    try:
        connection = connection_to(instance, reach, writing=True)
        model = DESKS[DeskKind(following.desk)].model
        for known, text in waiting[:AT_ONCE]:
            try:
                notes += _write(connection, model, following.pk, known, text)
            except (Refused, Unexpected) as trouble:
                # It may be this ticket only: one that is hidden or locked keeps nobody else's note from being written.
                refused.append(trouble)
                if len(refused) == REFUSALS:
                    break
    except Trouble as trouble:
        refused.append(trouble)
    except SealBroken:
        # The look before has told so on the page of the connection.
        return WrittenBack(notes)
    if refused:
        actions.tell_trouble(following.pk, in_plain(refused[-1]))
        return WrittenBack(notes, refused[-1])
    return WrittenBack(notes)


def begin_writing_back(scope: Scope, public_id: UUID, *, say: Say) -> int:
    """Take how tickets stand now as written already, so that switching it on writes only what changes from now on."""
    instance = queries.instance(scope, public_id)
    if instance.following is None:
        return 0
    waiting = _waiting(instance, instance.following.pk, say)
    for known, text in waiting:
        actions.has_noted(scope, instance.following.pk, known.outside, digest=digest_of(text))
    return len(waiting)


def digest_of(text: str) -> str:
    """Return what a note is known by: the same words are the same note."""
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def _waiting(instance: Instance, following: int, say: Say) -> list[tuple[Followed, str]]:
    """Return the tickets whose last note says something else than what is so now, those that were tried before last."""
    found = standings.of_source(_SCOPE, partner=instance.partner, source=instance.source)
    known: Mapping[str, Followed] = queries.followed_by_ref(_SCOPE, following, [each.ref for each in found])
    said = ((known[each.ref], say(each)) for each in found if each.ref in known)
    waiting = [(followed, text) for followed, text in said if text and followed.noted != digest_of(text)]
    return sorted(waiting, key=lambda each: each[0].noting == digest_of(each[1]))


def _write(connection: Connection, model: str, following: int, known: Followed, text: str) -> int:
    digest = digest_of(text)
    mark = f"[{digest}]"
    if known.noting == digest and _arrived(connection, model, known.outside, mark):
        actions.has_noted(_SCOPE, following, known.outside, digest=digest)
        return 0
    actions.will_note(_SCOPE, following, known.outside, digest=digest)
    connection.post_note(model, known.outside, f"{text} {mark}")
    actions.has_noted(_SCOPE, following, known.outside, digest=digest)
    return 1


def _arrived(connection: Connection, model: str, outside: int, mark: str) -> bool:
    domain = [("model", "=", model), ("res_id", "=", outside), ("body", "like", mark)]
    return bool(connection.search_read("mail.message", domain, ("id",), limit=1))
