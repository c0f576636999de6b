"""Odoo servers of versions 14 to 20: connecting, reading by known fields only, and one way of writing: an internal note."""
