"""Runs unittest, or sits in pytest as a plugin, and seals the report once the runner itself has come to its end.

The seal is a key that is thrown anew for each run, with a digest of the report. Code under test that ends the process
early, prints a report or writes one has no seal under it. This file goes into the sandbox alone, where it finds nothing
but the repository's own Python.
"""

from __future__ import annotations

import hashlib
import os
import sys
import unittest
from collections.abc import Callable
from typing import TextIO

REPORT, SEAL, KEY = ".milepost-report.txt", ".milepost-report.seal", "MILEPOST_SEAL"


def sealing() -> Callable[[str], None] | None:
    """What writes the seal for a report; the environment has the key no longer then. None where it has none."""
    key = os.environ.pop(KEY, "")
    place, read, write, digest = os.path.abspath(SEAL), os.read, os.write, hashlib.sha256  # before others change them

    def seal(path: str) -> None:
        told, report = digest(), os.open(path, os.O_RDONLY)
        while chunk := read(report, 65536):
            told.update(chunk)
        write(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644), f"{key} {told.hexdigest()}".encode())

    return seal if key else None


class Told:
    """A stream for the runner's own words: they are shown as ever, and kept where no print of a test gets between."""

    def __init__(self, shown: TextIO, kept: TextIO) -> None:
        self._streams = (shown, kept)

    def write(self, text: str) -> int:
        for stream in self._streams:
            stream.write(text)
        return len(text)

    def flush(self) -> None:
        for stream in self._streams:
            stream.flush()


def run_unittest() -> None:
    """`python -m milepost_seal` is `python -m unittest` with its report in a file of its own, sealed."""
    seal, path = sealing(), os.path.abspath(REPORT)
    kept = open(path, "w", encoding="utf-8", errors="backslashreplace")  # noqa: SIM115 - until the process ends

    class Runner(unittest.TextTestRunner):
        def __init__(self, **asked: object) -> None:
            super().__init__(Told(sys.stderr, kept), **asked)  # type: ignore[arg-type]  # whatever unittest asks of it

    sys.argv[0] = "python -m unittest"
    try:
        unittest.main(module=None, testRunner=Runner)
    except SystemExit:
        kept.flush()
        if seal is not None:
            seal(path)
        raise


_seal = sealing() if __name__ != "__main__" else None  # a plugin is loaded before the code under test


def pytest_configure(config: object) -> None:
    """Seal what pytest wrote, after all that it does at its end. `config` is pytest's own, of whatever version."""
    global _seal
    seal, _seal = _seal, None
    path = getattr(getattr(config, "option", None), "xmlpath", None)
    add_cleanup = getattr(config, "add_cleanup", None)
    if seal is not None and add_cleanup is not None and path:
        whole, there = os.path.abspath(path), os.path.exists
        add_cleanup(lambda: seal(whole) if there(whole) else None)


if __name__ == "__main__":
    run_unittest()
