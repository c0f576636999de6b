"""Say whose a held message is: its sender becomes known, and everything of theirs that waits is taken."""

from datetime import datetime
from uuid import UUID

from goodstanding.apps.chat import actions, queries
from goodstanding.apps.tenancy import actions as tenancy_actions
from goodstanding.apps.tenancy import queries as tenancy
from goodstanding.apps.tenancy.roles import May
from goodstanding.apps.tenancy.scope import Scope
from goodstanding.apps.unit import Conflict, NotFound, together
from goodstanding.core.desk.letters import Outcome
from goodstanding.flows.take_post import Step, Took, become, known_by


def sort_post(
    scope: Scope, *, post: UUID, address: str, client: UUID | None, now: datetime, step: Step = lambda _: None
) -> tuple[Took, ...]:
    """Take a held message, and where its sender was unknown everything of theirs that is held, the oldest first.

    `address` is the sender's, of one of the staff or of a client's contact; one that nobody knows yet is added to `client`.
    For a sender who is known, `client` says whose this one message is. Raises `NotFound` outside the scope, and `Conflict`
    for a message that is not held any more, for what says too little, and where it would still be held.
    """
    scope.demand(May.SORT_MAIL)
    kept = queries.post(scope, post)
    owner = None if client is None else tenancy.client(scope, client)
    if owner is not None and owner.partner != kept.partner:
        raise NotFound("there is no such client")
    with together():
        actions.hold_channel(scope, kept.channel)
        kept = queries.post(scope, post)
        if kept.outcome is not Outcome.HELD:
            raise Conflict("somebody else has sorted this message already")
        if known_by(scope, kept)[1] is not None:
            if owner is None:
                raise Conflict("choose the client whose message it is")
            took = (_take(scope, kept, owner.pk, now, step),)
        else:
            _know(scope, kept, address.strip().lower(), None if owner is None else owner.pk)
            step("known")
            mine = queries.held_of(scope, partner=kept.partner, service=kept.service, sender=kept.sender)
            took = tuple(_take(scope, each, None, now, step) for each in mine)
        if next(each for each in took if each.post.pk == kept.pk).outcome is Outcome.HELD:
            raise Conflict("this channel is another client's: choose that one, or somebody of theirs")
    return took


def _know(scope: Scope, post: queries.Post, address: str, client: int | None) -> None:
    """Keep whose name in the chat that is; somebody new is added to the client."""
    if not address:
        raise Conflict("give the mail address of whoever wrote it")
    known = tenancy.writers(scope, partner=post.partner, addresses=[address]).get(address)
    if known is None:
        if client is None:
            raise Conflict(f"nobody is known as {address} yet: choose the client they write for")
        tenancy_actions.add_contact(scope, client=client, address=address, name=post.sender_name)
    elif not known.staff and client is not None and client != known.client:
        raise Conflict(f"{address} writes for another client")
    actions.know_sender(
        scope, partner=post.partner, service=post.service, sender=post.sender,
        name=post.sender_name or (known.name if known else ""), address=address,
    )  # fmt: skip


def _take(scope: Scope, post: queries.Post, client: int | None, now: datetime, step: Step) -> Took:
    actions.hold_channel(scope, post.channel)
    channel = queries.channel_by_pk(scope, post.channel)
    return Took(become(scope, channel, post, client=client, now=now, step=step), False)
