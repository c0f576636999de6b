"""The journal: who changed what gives access or what is done about a clock, when, and what it was before and after."""
