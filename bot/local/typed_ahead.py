"""What is typed while the chat still starts: it waits, as it was typed, for the screen that comes."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress


def has_screen() -> bool:
    """Whether a person sits at a screen. It is drawn on standard error: whoever redirects that reads plain lines."""
    return sys.stdin.isatty() and sys.stdout.isatty() and sys.stderr.isatty()


@contextmanager
def kept_for_the_screen() -> Iterator[None]:
    """On a terminal, Enter stays Enter until the screen reads it, and nothing is echoed before it.

    A terminal that still expects lines would make of it a new line, and the field would keep the text instead of
    sending it.
    """
    try:
        import termios  # noqa: PLC0415 - Windows has none
    except ImportError:
        yield
        return
    if not has_screen():
        yield
        return
    terminal = sys.stdin.fileno()
    before = termios.tcgetattr(terminal)
    raw = termios.tcgetattr(terminal)
    raw[0] &= ~termios.ICRNL
    raw[3] &= ~(termios.ICANON | termios.ECHO)
    termios.tcsetattr(terminal, termios.TCSANOW, raw)
    try:
        yield
    finally:
        with suppress(termios.error):  # the terminal is gone
            termios.tcsetattr(terminal, termios.TCSANOW, before)
