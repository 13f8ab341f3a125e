"""What was told as changed is on the disk: contents before their names, and names before the answer."""

import os
import stat

import pytest

from engine.workspace.access import staging
from tests.engine.workspace.access.places import Place, one_file


class Steps:
    """The steps that a change takes on the disk, in their order."""

    def __init__(self, patched: pytest.MonkeyPatch) -> None:
        self.taken: list[tuple[str, int]] = []
        self._fsync, self._rename, self._unlink = os.fsync, os.rename, os.unlink
        for step in ("fsync", "rename", "unlink"):
            patched.setattr(staging.os, step, getattr(self, step))

    def fsync(self, descriptor: int) -> None:
        status = os.fstat(descriptor)
        self._fsync(descriptor)
        self.taken.append(("folder kept" if stat.S_ISDIR(status.st_mode) else "content kept", status.st_ino))

    def rename(self, old: str, new: str, *, src_dir_fd: int, dst_dir_fd: int) -> None:
        self._rename(old, new, src_dir_fd=src_dir_fd, dst_dir_fd=dst_dir_fd)
        self.taken.append(("named", os.stat(new, dir_fd=dst_dir_fd).st_ino))
        self.taken.append(("names in", os.fstat(dst_dir_fd).st_ino))

    def unlink(self, name: str, *, dir_fd: int) -> None:
        self._unlink(name, dir_fd=dir_fd)
        self.taken.append(("names in", os.fstat(dir_fd).st_ino))


def check(steps: Steps) -> None:
    """No file gets its name before its content is kept, and each folder with other names in it is kept after that."""
    taken = steps.taken
    named = [inode for step, inode in taken if step == "named"]
    assert named
    for inode in named:
        assert taken.index(("content kept", inode)) < taken.index(("named", inode))
    last = {inode: at for at, (step, inode) in enumerate(taken) if step == "folder kept"}
    assert last
    for at, (step, _) in enumerate(taken):
        if step == "named":
            folder = taken[at + 1][1]
            assert last[folder] > at, "its name might be lost"


def test_a_new_file_in_a_new_folder_is_there_after_a_power_cut(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    steps = Steps(monkeypatch)
    place.access().write("src/deep/a.py", "x\n")
    check(steps)
    kept = {inode for step, inode in steps.taken if step == "folder kept"}
    for folder in (place.root, place.root / "src", place.root / "src" / "deep"):
        assert folder.stat().st_ino in kept, "a new folder is a name in the one above"


def test_changes_of_several_files_are_kept_one_and_all(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("one/a.txt", "two/b.txt", "three/c.txt"):
        place.put(name, "old\n")
    steps = Steps(monkeypatch)
    gone = "--- a/three/c.txt\n+++ /dev/null\n@@ -1 +0,0 @@\n-old\n"
    place.access().apply(one_file("old\n", "new\n", "one/a.txt") + one_file("old\n", "new\n", "two/b.txt") + gone)
    check(steps)
    assert [step for step, _ in steps.taken].count("content kept") == 2
    assert place.root.stat().st_ino in {inode for step, inode in steps.taken if step == "folder kept"}, "«three» went"
