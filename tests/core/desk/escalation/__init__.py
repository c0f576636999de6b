"""Tests of what is done about a clock, when, and who is told."""
