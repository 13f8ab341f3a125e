"""What a patch makes of the files of a tree, worked out before any of them is changed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from engine.workspace.access.hunks import with_hunks
from engine.workspace.access.patches import FilePatch
from engine.workspace.access.refusals import AccessRefused, Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class PatchedFile:
    """A file as it is before, between or after patches."""

    text: str
    """As it is written, a byte order mark in front included."""
    executable: bool


Files = dict[str, PatchedFile | None]
"""What is known of paths; None for one where there is no file."""


def with_patches(patches: Sequence[FilePatch], read: Callable[[str], PatchedFile | None]) -> Files:
    """The files that are different afterwards, None for those that are gone. `read` gives a file as it is on the disk.

    Raises `AccessRefused` (patch_misfit, path_missing, path_in_the_way), and what `read` raises.
    """
    before: Files = {}
    now: Files = {}

    def known(path: str) -> PatchedFile | None:
        if path in now:
            return now[path]
        if path not in before:
            before[path] = read(path)
        return before[path]

    for part in _parts(patches):
        now |= _with_part(part, known)
    return {path: file for path, file in now.items() if file != before.get(path)}


def _parts(patches: Sequence[FilePatch]) -> list[list[FilePatch]]:
    """Patches that start from the same state: those of one letter, until one of them takes up what another left."""
    parts: list[list[FilePatch]] = []
    for patch in patches:
        if not parts or patch.section != parts[-1][0].section or _takes_up(patch, parts[-1]):
            parts.append([])
        parts[-1].append(patch)
    return parts


def _takes_up(patch: FilePatch, part: Sequence[FilePatch]) -> bool:
    changed = {one.new for one in part if one.new is not None}
    in_place = {one.new for one in part if one.old in (one.new, None)}
    leaves = patch.old is not None and not patch.copied
    return patch.new in changed or (leaves and patch.old in in_place)


def _with_part(part: Sequence[FilePatch], known: Callable[[str], PatchedFile | None]) -> Files:
    left = {patch.old for patch in part if patch.old is not None and patch.old != patch.new and not patch.copied}
    made: Files = {}
    for patch in part:
        start = _start_of(patch, known)
        text = with_hunks(patch.path, start.text, patch.hunks)
        if patch.new is None:
            if text:
                raise _misfit(patch, "it removes the file, yet the file has more lines than the patch shows")
            continue
        if patch.new != patch.old and patch.new not in left and known(patch.new) is not None:
            raise AccessRefused(Refusal.IN_THE_WAY, patch.new, "there is a file already, and the patch makes a new one")
        executable = start.executable if patch.executable is None else patch.executable
        made[patch.new] = replace(start, text=text, executable=executable)
    gone: Files = dict.fromkeys(left - made.keys())
    return gone | made


def _start_of(patch: FilePatch, known: Callable[[str], PatchedFile | None]) -> PatchedFile:
    if patch.old is None:
        return PatchedFile(text="", executable=False)
    start = known(patch.old)
    if start is None:
        raise AccessRefused(Refusal.MISSING, patch.old, "there is no such file, and the patch changes it")
    return start


def _misfit(patch: FilePatch, reason: str) -> AccessRefused:
    return AccessRefused(Refusal.PATCH_MISFIT, patch.path, f"line {patch.line:,} of the patch: {reason}")
