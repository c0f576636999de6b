"""Goodstanding: service commitments of Odoo partners, promised, measured, kept and proven."""

__version__ = "0.1.0"
