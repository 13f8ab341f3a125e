"""Plans in the chat: shown, picked, changed, started."""
