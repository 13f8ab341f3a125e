"""A tree with a secret beside it, what can be done with both, and patches as difflib makes them."""

import difflib
from dataclasses import dataclass
from pathlib import Path

from engine.workspace.access.code_access import CodeAccess
from engine.workspace.access.globs import Globs
from engine.workspace.access.results import Access, Bounds

SECRET = "the secret that nobody may read\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A tree, the folder around it with a secret in it, and what was recorded."""

    root: Path
    outside: Path
    records: list[Access]

    def access(self, globs: Globs | None = None, bounds: Bounds | None = None) -> CodeAccess:
        """Access to the tree."""
        return CodeAccess(self.root, globs or Globs(), self.records.append, bounds)

    def put(self, path: str, content: bytes | str) -> Path:
        """A file in the tree."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return file

    def files(self) -> dict[str, bytes]:
        """All files of the tree with their contents."""
        return {
            path.relative_to(self.root).as_posix(): path.read_bytes()
            for path in sorted(self.root.rglob("*"))
            if path.is_file() and not path.is_symlink()
        }


def made_place(around: Path) -> Place:
    """A place in a folder that is made for it."""
    root = around / "tree"
    root.mkdir(parents=True)
    (around / "secret.txt").write_text(SECRET)
    return Place(root=root, outside=around, records=[])


def one_file(old: str, new: str, path: str = "a.txt") -> str:
    """A patch of one file, as difflib makes it, with git's word on a missing line end."""
    pieces = (text.split("\n") for text in (old, new))
    ended = [[f"{line}\n" for line in piece[:-1]] + ([piece[-1]] if piece[-1] else []) for piece in pieces]
    lines = difflib.unified_diff(*ended, f"a/{path}", f"b/{path}")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)
