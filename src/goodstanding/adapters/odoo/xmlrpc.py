"""XML-RPC, /xmlrpc/2: where JSON-RPC is closed."""

from collections.abc import Sequence
from dataclasses import dataclass

from goodstanding.adapters.odoo.bodies import Json
from goodstanding.adapters.odoo.faults import About, of_xml_fault
from goodstanding.adapters.odoo.status import refuse_page
from goodstanding.adapters.odoo.trouble import NoApi
from goodstanding.adapters.odoo.xml import Fault, read_answer, write_call
from goodstanding.adapters.outbound.message import Ask, Sender


@dataclass(frozen=True, slots=True)
class XmlRpc:
    """Odoo's services (common, object, db) over XML-RPC."""

    sender: Sender
    base: str

    def ask(self, service: str, method: str, arguments: Sequence[object], *, about: About | None = None, again: bool) -> Json:
        """Return what a service answers; `again` says that asking twice does no harm.

        Raises `NoApi` where the interface is closed, and what `faults` makes of Odoo's errors.
        """
        headers = {"Content-Type": "text/xml", "Accept": "text/xml"}
        body = write_call(method, arguments)
        answer = self.sender.send(Ask("POST", f"{self.base}/xmlrpc/2/{service}", headers, body, again))
        refuse_page(answer)
        if answer.status != 200:
            raise NoApi
        told = read_answer(answer.body)
        if isinstance(told, Fault):
            raise of_xml_fault(told.code, told.text, about or About("", method))
        return told
