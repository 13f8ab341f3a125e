"""Files of goals in the chat: received and kept with a goal, listed, sent back, taken away."""
