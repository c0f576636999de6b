"""JSON-RPC, /jsonrpc: the interface of choice up to Odoo 18."""

from collections.abc import Sequence
from dataclasses import dataclass

from goodstanding.adapters.odoo.bodies import Json, read_json, write_json
from goodstanding.adapters.odoo.faults import About, of_class
from goodstanding.adapters.odoo.status import refuse_page
from goodstanding.adapters.odoo.trouble import NoApi, NotOdoo, Unexpected
from goodstanding.adapters.outbound.message import Ask, Sender


@dataclass(frozen=True, slots=True)
class JsonRpc:
    """Odoo's services (common, object, db) over JSON-RPC.

    Preferred to XML-RPC on 14 to 18: errors carry their class in a field of its own instead of at the end of a traceback,
    numbers above 2^31 and binary columns do not break the answer (XML-RPC: fault 1), and answers are smaller.
    """

    sender: Sender
    base: str

    def ask(self, service: str, method: str, arguments: Sequence[object], *, about: About | None = None, again: bool) -> Json:
        """Return what a service answers; `again` says that asking twice does no harm.

        Raises `NoApi` where the interface is closed, and what `faults` makes of Odoo's errors.
        """
        params = {"service": service, "method": method, "args": list(arguments)}
        body = write_json({"jsonrpc": "2.0", "method": "call", "params": params, "id": 1})
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        answer = self.sender.send(Ask("POST", f"{self.base}/jsonrpc", headers, body, again))
        refuse_page(answer)
        told = read_json(answer.body)
        if not isinstance(told, dict) or "jsonrpc" not in told:
            raise NotOdoo if answer.status < 400 else NoApi
        error = told.get("error")
        if error is None:
            # Odoo up to 15 leaves the result out where it is None.
            return told.get("result")
        data = error.get("data") if isinstance(error, dict) else None
        if not isinstance(data, dict):
            raise Unexpected("Odoo reports an error without its kind.")
        name, text = data.get("name"), data.get("message")
        raise of_class(name if isinstance(name, str) else "", text if isinstance(text, str) else "", about or About("", method))
