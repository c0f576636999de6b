"""The post: mailboxes that are read, letters that came, and which ticket each belongs to."""
