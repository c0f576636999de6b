"""Signed messages of other systems."""
