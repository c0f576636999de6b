"""Do what a call asks once, however often it is sent with the same idempotency key."""

from collections.abc import Callable
from datetime import datetime

from goodstanding.apps.doors import actions
from goodstanding.apps.doors.queries import Answer
from goodstanding.apps.tenancy.scope import Scope
from goodstanding.apps.unit import together


def answer_once(
    scope: Scope, *, key: int, route: str, name: str, digest: str, now: datetime, work: Callable[[], Answer]
) -> Answer:
    """Return what the same call was answered before, else do it and keep its answer; both or neither.

    Of several at once one does it and the others wait for its answer. A call that fails keeps nothing and may be tried
    again. Raises `OtherCall` for another body under the same name, and whatever `work` raises.
    """
    with together():
        known = actions.claim_answer(scope, key, route=route, name=name, digest=digest, now=now)
        if known is not None:
            return known
        answer = work()
        actions.keep_answer(scope, key, route=route, name=name, answer=answer)
        return answer
