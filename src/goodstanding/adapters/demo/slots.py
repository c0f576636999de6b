"""What fills the gaps in subjects and messages: documents, products, names and amounts that stay the same in a ticket."""

from collections.abc import Callable, Mapping
from datetime import date
from random import Random
from typing import Final

from goodstanding.adapters.demo.cast import Client

_MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_CURRENCIES: Final = ("USD", "EUR", "GBP", "CHF", "JPY")
_CUSTOMERS: Final = (
    "Alderbrook Stores",
    "Casa Morandelli",
    "Deltanova Nord",
    "Finchley Rowe",
    "Grupo Venturim",
    "Hallgrund KG",
    "Isola Verde",
    "Jasmine House",
    "Kellerthal Bau",
    "Lumora Retail",
    "Marchetti & Figli",
    "Northgarth Hotels",
    "Oldmere Schools",
    "Quinta das Flores",
    "Rivage Traiteur",
    "Sandmere Clinics",
)
_SUPPLIERS: Final = (
    "Aurelva Packaging",
    "Biancolin Trasporti",
    "Corvinal Chemicals",
    "Dravena Logistics",
    "Estrelina Papel",
    "Ferrosolano",
    "Gulfmere Shipping",
    "Hobsworth Fasteners",
    "Impronta Tools",
    "Lakshvani Polymers",
)
_MODULES: Final = (
    "delivery_promise",
    "partner_credit_limit",
    "sale_order_blanket",
    "stock_label_zpl",
    "project_retainer",
    "account_split_payment",
    "quality_photo",
    "website_pickup_slot",
)
_WAREHOUSES: Final = ("WH1", "WH2", "Main", "North", "Returns")


class Slots(dict[str, str]):
    """The slots of one ticket: `"{so} of {cust}".format_map(slots)`; each is drawn when it is first asked for."""

    def __init__(self, dice: Random, client: Client, on: date, contact: str) -> None:
        super().__init__(client=client.name, city=client.city, own=client.currency, authority=client.authority or "the portal")
        self["site"] = client.domain
        self["contact"] = contact
        self["first"] = contact.split(maxsplit=1)[0]
        self.dice = dice
        self.of = client
        self.on = on

    def __missing__(self, name: str) -> str:
        self[name] = made = _MAKERS[name](self)
        return made

    def number(self, a_day: float, digits: int) -> str:
        """Return a document number that grows through the year as numbers do."""
        day = self.on.timetuple().tm_yday
        return str(int(day * a_day + self.dice.random() * a_day * 6) + 1).zfill(digits)

    def past_month(self) -> str:
        """Return the name of this month or of the one before, whichever is being closed."""
        return _MONTHS[(self.on.month - (2 if self.on.day < 16 else 1)) % 12]


def _amount(slots: Slots) -> str:
    cents = int(slots.dice.lognormvariate(6.6, 1.1) * 100)
    return f"{cents // 100:,}.{cents % 100:02d}"


def _colleague(slots: Slots) -> str:
    return slots.dice.choice(slots.of.colleagues)


def _other(slots: Slots) -> str:
    return slots.dice.choice([name for name in slots.of.colleagues if name != slots.get("user")])


def _currency(slots: Slots) -> str:
    return slots.dice.choice([code for code in _CURRENCIES if code != slots.of.currency])


_MAKERS: Final[Mapping[str, Callable[[Slots], str]]] = {
    "amount": _amount,
    "bill": lambda slots: f"BILL/{slots.on:%Y/%m}/{slots.number(0.4, 4)}",
    "clock": lambda slots: f"{slots.dice.randint(7, 11):02d}:{slots.dice.choice((0, 10, 15, 20, 30, 40, 45)):02d}",
    "count": lambda slots: str(slots.dice.randint(3, 60)),
    "cur": _currency,
    "cust": lambda slots: slots.dice.choice(_CUSTOMERS),
    "gb": lambda slots: str(slots.dice.randint(4, 38)),
    "int": lambda slots: f"WH/INT/{slots.number(6, 5)}",
    "inv": lambda slots: f"INV/{slots.on:%Y}/{slots.number(9, 5)}",
    "line": lambda slots: str(slots.dice.randint(112, 4_870)),
    "lot": lambda slots: f"L{slots.on:%y}{slots.dice.randint(1000, 9999)}",
    "mo": lambda slots: f"WH/MO/{slots.number(4, 5)}",
    "module": lambda slots: slots.dice.choice(_MODULES),
    "month": Slots.past_month,
    "other": _other,
    "out": lambda slots: f"WH/OUT/{slots.number(14, 5)}",
    "po": lambda slots: f"P{slots.number(5, 5)}",
    "product": lambda slots: slots.dice.choice(slots.of.products),
    "receipt": lambda slots: f"WH/IN/{slots.number(6, 5)}",
    "secs": lambda slots: str(slots.dice.randint(8, 90)),
    "so": lambda slots: f"S{slots.number(12, 5)}",
    "supp": lambda slots: slots.dice.choice(_SUPPLIERS),
    "user": _colleague,
    "version": lambda slots: f"{min(20, max(18, slots.on.year - 2007))}.0",
    "wh": lambda slots: slots.dice.choice(_WAREHOUSES),
}
