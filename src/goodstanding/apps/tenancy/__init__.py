"""Who is who: partners, clients, people, their roles, and the one place where access is decided."""
