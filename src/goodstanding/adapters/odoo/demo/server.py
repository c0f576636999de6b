"""The demo Odoo behind the seam: a house whose doors answer requests."""

from goodstanding.adapters.odoo.demo.doors import answer
from goodstanding.adapters.odoo.demo.house import House
from goodstanding.adapters.outbound.message import Answer, Ask


class DemoOdoo(House):
    """An Odoo of version 15 to 19 in memory, behind `Sender`: no network, every instant handed in."""

    def send(self, ask: Ask) -> Answer:
        """Answer a request as Odoo would."""
        return answer(self, ask)
