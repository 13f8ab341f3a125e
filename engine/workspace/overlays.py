"""What is laid over a folder for a run, and copies of a folder by links: so trying something writes next to nothing."""

import hashlib
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from engine.workspace.access.beneath import Tree
from engine.workspace.access.staging import FileChange, locked, put_in_place


def laid(place: Path, files: Mapping[str, bytes]) -> Path:
    """A folder in `place` with just these files, by path, to be laid over others; the same files again are the same
    folder. No other such folder is kept there."""
    named = hashlib.sha256()
    for path, content in sorted(files.items()):
        named.update(f"{path}\0{len(content)}\0".encode("utf-8", "surrogateescape") + content)
    folder = place / named.hexdigest()[:16]
    if not folder.is_dir():
        shutil.rmtree(place, ignore_errors=True)
        part = folder.with_suffix(".part")
        part.mkdir(parents=True)
        with Tree(part) as tree, locked(tree, changing=True):
            put_in_place(tree, [FileChange(path=path, content=content) for path, content in files.items()])
        part.rename(folder)
    return folder


def linked(folder: Path, copy: Path) -> None:
    """Make a copy that shares all files with the folder: whoever changes one lays a new file there."""
    copy.mkdir()
    _link_all(str(folder), str(copy))


def _link_all(folder: str, copy: str) -> None:
    """With paths as texts, for there are many of them."""
    with os.scandir(folder) as entries:
        for entry in entries:
            place = f"{copy}/{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                os.mkdir(place)
                _link_all(entry.path, place)
            else:
                os.link(entry.path, place, follow_symlinks=False)
