"""Writing into the journal; there is no way to change or remove what stands there."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from goodstanding.apps.journal import models
from goodstanding.apps.journal.values import ABOUT, Act, Change
from goodstanding.apps.tenancy import queries as tenancy
from goodstanding.apps.tenancy.scope import Scope
from goodstanding.core.clocks.clock import second_of

_LONGEST: int = 1_000


def record(
    scope: Scope, act: Act, *, partner: int, thing: UUID, name: str, changes: Sequence[Change] = (), now: datetime
) -> None:
    """Keep that something was done, by whoever the scope is; within the transaction that does it, so that both stand or none.

    Changes that change nothing are left out. Never hand in a secret.
    """
    told = [[each.what, _plain(each.before), _plain(each.after)] for each in changes if each.before != each.after]
    models.Entry.objects.create(
        partner_id=partner,
        at=second_of(now),
        person_id=scope.person,
        who=_plain(tenancy.said_of(scope))[:300],
        act=act,
        about=ABOUT[act],
        thing=thing,
        name=_plain(name)[:300],
        changes=told,
    )


def _plain(text: str) -> str:
    return text.replace("\0", "")[:_LONGEST]
