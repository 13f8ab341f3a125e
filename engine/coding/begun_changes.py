"""Knows a change of files that a crash cut off from one that was not begun, so that no edit is ever made twice."""

import os
from dataclasses import dataclass
from pathlib import Path

from engine.values import Cause


@dataclass(frozen=True, slots=True, kw_only=True)
class BegunChange:
    """The newest change of a worktree, noted in a file beside it before it is made. One is under way at a time."""

    file: Path

    def was_made(self, cause: Cause, contents: str) -> bool:
        """Whether that very change was begun before, and its files are no longer as it found them then.

        `contents` names what is in them now.
        """
        try:
            noted, _, before = self.file.read_text("utf-8").partition("\n")
        except OSError:  # nothing was begun
            return False
        return noted == cause and before != contents

    def begin(self, cause: Cause, contents: str) -> None:
        """Note that it is about to be made, and what is in its files before."""
        part = self.file.with_suffix(".part")
        part.write_text(f"{cause}\n{contents}", "utf-8")
        os.replace(part, self.file)
