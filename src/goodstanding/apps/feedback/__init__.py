"""Feedback: what clients are asked about their satisfaction, and what they answered."""
