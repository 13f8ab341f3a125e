"""Runs: conversations with a model about one thing, saved after every step, taken up again after a crash."""
