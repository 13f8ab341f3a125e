"""What is typed before the screen is there, on a real pseudo-terminal."""

import os
import termios
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bot.local.typed_ahead import has_screen, kept_for_the_screen


@contextmanager
def terminal(patch: pytest.MonkeyPatch) -> Iterator[tuple[int, int]]:
    """(the keyboard's side, the program's side), as standard input, output and error."""
    keyboard, program = os.openpty()
    with os.fdopen(os.dup(program)) as stdin, os.fdopen(os.dup(program), "w") as stdout:
        patch.setattr("sys.stdin", stdin)
        patch.setattr("sys.stdout", stdout)
        patch.setattr("sys.stderr", stdout)
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


@pytest.mark.parametrize("elsewhere", ["sys.stdout", "sys.stderr"])
def test_who_sends_an_output_elsewhere_talks_line_by_line(elsewhere: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The screen is drawn on standard error: with that in a file, nobody would see it."""
    with terminal(monkeypatch) as (keyboard, program), open(os.devnull, "w") as nowhere:
        monkeypatch.setattr(elsewhere, nowhere)
        assert not has_screen()
        with kept_for_the_screen():
            os.write(keyboard, b"hello\r")
            assert os.read(program, 100) == b"hello\n"
