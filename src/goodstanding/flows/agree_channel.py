"""Agree on a channel of Slack or Teams, by the link to it: from then on what is said there becomes tickets."""

from datetime import datetime
from uuid import UUID

from goodstanding.adapters.chat.links import Place, read_link
from goodstanding.adapters.chat.post import Unreadable
from goodstanding.adapters.outbound.signature import read_teams_secret
from goodstanding.apps.chat import actions, queries
from goodstanding.apps.chat.actions import ChannelSettings
from goodstanding.apps.chat.queries import Channel, Workspace
from goodstanding.apps.tenancy import queries as tenancy
from goodstanding.apps.tenancy.roles import May
from goodstanding.apps.tenancy.scope import Scope
from goodstanding.apps.unit import Conflict, together
from goodstanding.core.desk.posts import Service


def connect_chat(
    scope: Scope,
    *,
    partner: int,
    name: str,
    link: str,
    secret: str,
    client: UUID | None,
    channel_name: str = "",
    priority: str = "",
    team: str = "",
    now: datetime,
) -> tuple[Workspace, Channel]:
    """Keep the workspace that a link leads to with its secret, which may follow, and agree on the channel; both or neither.

    Raises `Conflict` for a link or secret that is none and for a channel that is agreed on already, `NotFound` outside the
    scope.
    """
    scope.demand(May.SET_MAIL)
    place = _place(link)
    if secret.strip():
        _check(place.service, secret)
    with together():
        workspace = actions.connect(
            scope, partner=partner, service=place.service, team=place.team, name=name, secret=secret, now=now
        )
        return workspace, _agree(scope, workspace, place, client, channel_name, priority, team)


def agree_channel(
    scope: Scope, *, workspace: UUID, link: str, client: UUID | None, channel_name: str = "", priority: str = "", team: str = ""
) -> Channel:
    """Agree on another channel of a workspace that is connected; raises as `connect_chat` does."""
    scope.demand(May.SET_MAIL)
    known, place = queries.workspace(scope, workspace), _place(link)
    if (place.service, place.team) != (known.service, known.team):
        raise Conflict(f"this channel is not of “{known.name}”")
    return _agree(scope, known, place, client, channel_name, priority, team)


def change_chat_secret(scope: Scope, *, workspace: UUID, secret: str) -> Workspace:
    """Keep another secret for a workspace; raises `Conflict` for what is none, and `NotFound`."""
    scope.demand(May.SET_MAIL)
    _check(queries.workspace(scope, workspace).service, secret)
    return actions.change_secret(scope, workspace, secret=secret)


def _agree(
    scope: Scope, workspace: Workspace, place: Place, client: UUID | None, name: str, priority: str, team: str
) -> Channel:
    owner = None if client is None else tenancy.client(scope, client).pk
    settings = ChannelSettings(
        channel=place.channel, name=name.strip() or place.name, client=owner, priority=priority, team=team
    )
    return actions.agree(scope, workspace=workspace, settings=settings)


def _place(link: str) -> Place:
    try:
        return read_link(link)
    except Unreadable as error:
        raise Conflict(error.said) from error


def _check(service: Service, secret: str) -> None:
    if service is Service.TEAMS:
        try:
            read_teams_secret(secret.strip())
        except ValueError as error:
            raise Conflict("this is not the security token of an outgoing webhook: copy it whole") from error
