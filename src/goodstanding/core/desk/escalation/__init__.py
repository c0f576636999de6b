"""Escalation: what is done about a clock before and after its promise breaks, when, and who is told."""
