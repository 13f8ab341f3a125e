"""The local chat on a terminal: a Textual app that looks and behaves like a Telegram chat."""
