"""Messages that come in from chats: what Slack and Microsoft Teams send, read without trust."""
