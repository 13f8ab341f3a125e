"""A guard that goes in the middle of its report, which looks like a whole one as far as it came."""

import os

from engine.workspace.guard import catch_signals, read_order


def main() -> None:
    """Take an order, and tell a part of what was to be told."""
    read_order(catch_signals())
    os.write(1, b"60\nexit 0 0\nok 1 - one of two\n")
