"""What settings accept where it takes more than a line to say, and what the engine gets of it."""
