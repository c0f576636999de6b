"""Tests of the apps: what is remembered, and for whom."""
