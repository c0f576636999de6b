"""Letters that come in by email: what a message says, and the mailboxes it is read from."""
