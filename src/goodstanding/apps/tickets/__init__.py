"""Tickets and what happened to them, kept as it happened."""
