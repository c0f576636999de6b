"""Tests of the doors: pages and commands."""
