"""An Odoo in memory, behind the same seam as a real one: for tests and for the demo, in the shapes of real servers' answers."""

from goodstanding.adapters.odoo.demo.accounts import Account, Key, auditor, basic, portal, settings
from goodstanding.adapters.odoo.demo.house import Doors
from goodstanding.adapters.odoo.demo.server import DemoOdoo
from goodstanding.adapters.odoo.demo.shapes import Model, model

__all__ = ["Account", "DemoOdoo", "Doors", "Key", "Model", "auditor", "basic", "model", "portal", "settings"]
