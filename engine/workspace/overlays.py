"""Copies of a folder by links, with some files laid over it: for running new tests on the code as it was."""

import hashlib
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from engine.workspace.access.beneath import Tree
from engine.workspace.access.staging import FileChange, locked, put_in_place


def with_files(folder: Path, files: Mapping[str, bytes]) -> Path:
    """A copy beside `folder` that has these files, by path; the same files again are the same copy.

    No other such copy is kept. Files come where they belong or nowhere: links in the folder are not followed.
    """
    named = hashlib.sha256()
    for path, content in sorted(files.items()):
        named.update(f"{path}\0{len(content)}\0".encode("utf-8", "surrogateescape") + content)
    copy = folder.with_name(f"{folder.name}+{named.hexdigest()[:16]}")
    if copy.is_dir():
        return copy
    for old in folder.parent.glob(f"{folder.name}+*"):
        shutil.rmtree(old)
    part = copy.with_suffix(".part")
    shutil.rmtree(part, ignore_errors=True)
    linked(folder, part)
    with Tree(part) as tree, locked(tree, changing=True):
        put_in_place(tree, [FileChange(path=path, content=content) for path, content in files.items()])
    part.rename(copy)
    return copy


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
