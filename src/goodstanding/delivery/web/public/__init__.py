"""Pages for who is not signed in: what a link in a mail leads to."""
