"""Chats: the workspaces and channels that were agreed on, who writes in them, and every message that was taken."""
