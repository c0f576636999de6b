"""Escalation: plans, who is told, and what became of every step."""
