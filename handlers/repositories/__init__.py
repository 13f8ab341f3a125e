"""Repositories in the chat: added, shown, changed in their terms, taken off the list."""
