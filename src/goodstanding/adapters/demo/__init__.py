"""A believable world for the demo: one Odoo partner, its clients, and tickets that happen whether or not anybody looks."""
