"""What the proactive agent found, in the chat."""
