"""Tests of what chats send."""
