"""Which Odoo a server runs, found without signing in."""

import re
from dataclasses import dataclass
from typing import Final

from goodstanding.adapters.odoo.bodies import Json, read_json, write_json
from goodstanding.adapters.odoo.jsonrpc import JsonRpc
from goodstanding.adapters.odoo.status import refuse_page
from goodstanding.adapters.odoo.trouble import NoApi, NotOdoo, Refused, TooOld, Trouble, Unexpected, Unreachable
from goodstanding.adapters.odoo.xmlrpc import XmlRpc
from goodstanding.adapters.outbound.message import Ask, Sender

OLDEST: Final = 14
JSON_2_SINCE: Final = 19
"""JSON-2 is there from 19 on, where the older interfaces log a warning on every call (odoo-facts.md 3)."""
_TEXT: Final = re.compile(r"(saas)?[~-]?(\d{1,3})(?:\.(\d{1,3}))?")


@dataclass(frozen=True, slots=True)
class Version:
    """A series of Odoo. It says nothing about patches inside the series: Odoo does not tell (odoo-facts.md 2)."""

    major: int
    minor: int = 0
    saas: bool = False
    enterprise: bool = False

    @property
    def series(self) -> str:
        """The series as Odoo writes it: `18.0`, `saas~18.2`."""
        return f"{'saas~' if self.saas else ''}{self.major}.{self.minor}"


def read_version(told: Json) -> Version:
    """Return the version in an answer of `version_info`, `common.version` or `/web/version`.

    `told` holds `server_version` and `server_version_info`, or `version` and `version_info`. A SaaS series has text in
    element 0 ("saas~18"); an enterprise edition has "e" in the last element or "+e" in the text. Raises `NotOdoo` where
    there is no version in it.
    """
    if not isinstance(told, dict):
        raise NotOdoo
    info = told.get("server_version_info", told.get("version_info"))
    text = told.get("server_version", told.get("version"))
    parts = info if isinstance(info, list) else []
    if len(parts) > 1 and isinstance(parts[0], int | str) and isinstance(parts[1], int):
        written = f"{parts[0]}.{parts[1]}"
    elif isinstance(text, str):
        written = text
    else:
        raise NotOdoo
    found = _TEXT.match(written)
    if found is None:
        raise NotOdoo
    enterprise = (len(parts) > 5 and parts[5] == "e") or (isinstance(text, str) and text.endswith("+e"))
    return Version(int(found[2]), int(found[3] or 0), found[1] is not None, enterprise)


def find_version(sender: Sender, base: str) -> Version:
    """Return the version of the server at `base` (scheme and host, no path), asking without a login.

    Asks `/web/webclient/version_info`, then `/web/version`, then `common.version` over JSON-RPC and XML-RPC, since any of
    them may be closed. Raises `TooOld` below 14, `Unreachable` where nothing answers, `Refused` where the address may not be
    asked, and `NotOdoo` where something else than Odoo answers.
    """
    first: Trouble | None = None
    for ask in (_of_web_client, _of_web, _of_json_rpc, _of_xml_rpc):
        try:
            version = read_version(ask(sender, base))
        except Unreachable:
            raise
        except Trouble as trouble:
            first = first or trouble
            continue
        if version.major < OLDEST:
            raise TooOld(version.series, f"{OLDEST}.0")
        return version
    # Refused as such comes from the way out: the address may not be asked, or its certificate does not hold.
    if isinstance(first, NotOdoo) or type(first) is Refused:
        raise first
    raise NotOdoo from first


def _of_web_client(sender: Sender, base: str) -> Json:
    body = write_json({"jsonrpc": "2.0", "method": "call", "params": {}, "id": 1})
    headers = {"Content-Type": "application/json"}
    answer = sender.send(Ask("POST", f"{base}/web/webclient/version_info", headers, body, again=True))
    refuse_page(answer)
    told = read_json(answer.body)
    if not isinstance(told, dict) or "result" not in told:
        raise Unexpected("Odoo does not tell its version.")
    return told["result"]


def _of_web(sender: Sender, base: str) -> Json:
    answer = sender.send(Ask("GET", f"{base}/web/version", again=True))
    refuse_page(answer)
    return read_json(answer.body)


def _of_json_rpc(sender: Sender, base: str) -> Json:
    return JsonRpc(sender, base).ask("common", "version", [], again=True)


def _of_xml_rpc(sender: Sender, base: str) -> Json:
    try:
        return XmlRpc(sender, base).ask("common", "version", [], again=True)
    except NoApi:
        raise NotOdoo from None
