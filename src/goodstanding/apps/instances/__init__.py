"""Odoo databases that the product knows, how it signs in to them, and how their tickets are followed."""
