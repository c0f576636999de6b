"""The journal: who changed what gives access, what is escalated or who is told, when, and what it was before and after."""
