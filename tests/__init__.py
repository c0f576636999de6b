"""Tests, by storey."""
