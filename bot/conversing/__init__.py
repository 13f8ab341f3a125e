"""Conversations with a model at Telegram's edge: answers as they grow, files that people send, and who makes it all."""
