"""Code goals in the chat: set up, handed in by hand, reported, and what becomes of their branches."""
