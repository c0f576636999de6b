"""The journal: who changed what gives access, what is done about a clock or who is told, when, and what it was before and after."""
