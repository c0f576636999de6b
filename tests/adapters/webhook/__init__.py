"""Tests of signed messages."""
