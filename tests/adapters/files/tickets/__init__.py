"""Tests of reading ticket exports."""
