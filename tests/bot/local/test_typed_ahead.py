"""What is typed before the screen is there, on a real pseudo-terminal."""

import os
import termios
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bot.local.typed_ahead import kept_for_the_screen


@contextmanager
def terminal(patch: pytest.MonkeyPatch) -> Iterator[tuple[int, int]]:
    """(the keyboard's side, the program's side), as standard input and output."""
    keyboard, program = os.openpty()
    with os.fdopen(os.dup(program)) as stdin, os.fdopen(os.dup(program), "w") as stdout:
        patch.setattr("sys.stdin", stdin)
        patch.setattr("sys.stdout", stdout)
        yield keyboard, program
        patch.undo()
    os.close(keyboard)
    os.close(program)


def test_enter_stays_enter_and_the_terminal_is_left_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    with terminal(monkeypatch) as (keyboard, program):
        before = termios.tcgetattr(program)
        with kept_for_the_screen():
            os.write(keyboard, b"hello\r")
            assert os.read(program, 100) == b"hello\r"
            os.set_blocking(keyboard, False)
            with pytest.raises(BlockingIOError):
                os.read(keyboard, 100)  # nothing was echoed
        assert termios.tcgetattr(program) == before


def test_a_script_is_read_line_by_line_as_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    with terminal(monkeypatch) as (keyboard, program), open(os.devnull, "w") as nowhere:
        monkeypatch.setattr("sys.stdout", nowhere)
        with kept_for_the_screen():
            os.write(keyboard, b"hello\r")
            assert os.read(program, 100) == b"hello\n"
