"""Where a channel is, read from the link to it that people copy, so that nobody has to look for ids."""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

from goodstanding.adapters.chat.post import Unreadable
from goodstanding.adapters.mail.headers import clean
from goodstanding.core.desk.posts import Service

_SLACK: Final = re.compile(r"/client/([TE][A-Z0-9]{2,30})/([CG][A-Z0-9]{2,30})(?:[/?].*)?")
_SLACK_IDS: Final = re.compile(r"([TE][A-Z0-9]{2,30})[/ ]+([CG][A-Z0-9]{2,30})")
_TEAMS: Final = re.compile(r"/l/channel/(19:[!-~]{5,190})/([^/]*)")
_TENANT: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


@dataclass(frozen=True, slots=True)
class Place:
    """A channel of a service: the workspace or tenant, the channel, and its name where the link tells it."""

    service: Service
    team: str
    channel: str
    name: str = ""


def read_link(link: str) -> Place:
    """Return the channel that a link leads to: the address of Slack in a browser, or `Get link to channel` of Teams.

    Raises `Unreadable` for any other text, with what to copy instead.
    """
    wanted = clean(link, 2_000)
    try:
        url = urlsplit(wanted)
        host, path = (url.hostname or "").lower(), unquote(url.path)
    except ValueError:
        host, path = "", ""
    if ids := _SLACK_IDS.fullmatch(wanted):
        return Place(Service.SLACK, ids[1], ids[2])
    if host == "app.slack.com" and (found := _SLACK.fullmatch(path)):
        return Place(Service.SLACK, found[1], found[2])
    if host.endswith(".slack.com"):
        raise Unreadable(
            "this link of Slack does not name the workspace: open the channel in a browser and copy the address there, which "
            "begins with https://app.slack.com/client/"
        )
    if (host == "teams.microsoft.com" or host == "teams.cloud.microsoft") and (found := _TEAMS.fullmatch(path)):
        tenant = parse_qs(url.query).get("tenantId", [""])[0]
        if _TENANT.fullmatch(tenant):
            return Place(Service.TEAMS, tenant.lower(), found[1], clean(found[2], 100))
    raise Unreadable("this is no link to a channel of Slack or Teams")
