"""Which databases a server holds, where it tells."""

from goodstanding.adapters.odoo.bodies import read_json, write_json
from goodstanding.adapters.odoo.status import refuse_page
from goodstanding.adapters.odoo.trouble import ManyDatabases, NoApi, NotOdoo, Unexpected
from goodstanding.adapters.outbound.message import Ask, Sender


def list_databases(sender: Sender, base: str) -> tuple[str, ...] | None:
    """Return the databases that the server at `base` names for this address, or None where it does not list them.

    Asks /web/database/list, which names only those that belong to the address; the db service would name those of other
    customers on the same server too (odoo-facts.md 2), and is not asked.
    """
    body = write_json({"jsonrpc": "2.0", "method": "call", "params": {}, "id": 1})
    headers = {"Content-Type": "application/json"}
    answer = sender.send(Ask("POST", f"{base}/web/database/list", headers, body, again=True))
    try:
        refuse_page(answer)
        told = read_json(answer.body)
    except (NoApi, NotOdoo, Unexpected):
        # Whoever closes this address does so in ways of their own: with a page, a redirect, a word.
        return None
    result = told.get("result") if isinstance(told, dict) else None
    return tuple(each for each in result if isinstance(each, str)) if isinstance(result, list) else None


def only_database(sender: Sender, base: str) -> str:
    """Return the database of a server that holds a single one for this address. Raises `ManyDatabases` otherwise."""
    names = list_databases(sender, base)
    if names is None or len(names) != 1:
        raise ManyDatabases(None if names is None else len(names))
    return names[0]
