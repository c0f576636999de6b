"""The journal: who made, changed or took away what gives access, when, and what it was before and after."""
