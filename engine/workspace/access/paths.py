"""What counts as a path inside a tree, and what two paths have in common that some file system takes for one.

Git itself refuses names that HFS+ or NTFS read as `.git`; here any rule about a name holds for all its disguises.
"""

import functools
import unicodedata

from engine.workspace.access.refusals import AccessRefused, Refusal

OWN_PREFIX = ".milepost-staging-"
"""A folder of such a name in a tree's root is ours, for files that are being written."""
_LONGEST_NAME, _LONGEST_PATH, _MOST_PARTS = 255, 3_000, 100
# Invisible, yet in none of the categories that say so.
_IGNORED = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\u2800") | {
    chr(code)
    for first, last in ((0x180B, 0x180F), (0xFE00, 0xFE0F), (0xE0100, 0xE01EF))
    for code in range(first, last + 1)
}


def clean_path(written: str) -> str:
    """The path with single slashes and no `.` in it, relative to the root. Raises `AccessRefused` (bad_path)."""
    problem = _problem_of(written)
    if problem:
        raise AccessRefused(Refusal.BAD_PATH, written, problem)
    parts = [part for part in written.split("/") if part not in ("", ".")]
    if not parts:
        raise AccessRefused(Refusal.BAD_PATH, written or ".", "it names no file")
    if parts[0] == "~":
        raise AccessRefused(Refusal.BAD_PATH, written, "paths are relative to the root of the tree, not to a home")
    for part in parts:
        problem = _problem_of_part(part)
        if problem:
            raise AccessRefused(Refusal.BAD_PATH, written, problem)
    if len(parts) > _MOST_PARTS:
        raise AccessRefused(Refusal.BAD_PATH, written, "it is nested too deep")
    return "/".join(parts)


def _problem_of(written: str) -> str:
    """What is wrong with it as a whole; empty when nothing is."""
    if written.startswith("/"):
        return "paths are relative to the root of the tree; this one is absolute"
    if "\\" in written:
        return "it has a backslash in it; folders are told apart by «/»"
    if not written.isprintable() and any(unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") for char in written):
        return "it has a character in it that no file name needs (a line break, a NUL, half a character)"
    if len(written.encode()) > _LONGEST_PATH:
        return "it is too long"
    return ""


def _problem_of_part(part: str) -> str:
    if part == "..":
        return "it has «..» in it; give the path from the root of the tree"
    if len(part.encode()) > _LONGEST_NAME:
        return "a name in it is too long"
    folded = folded_name(part)
    if "/" in folded or not folded:
        return "a name in it only looks like a name"
    return ""


@functools.lru_cache(maxsize=65_536)
def folded_name(name: str) -> str:
    """What is left of a name where case, width, invisible characters, trailing dots and streams don't count."""
    return folded_text(name).partition(":")[0].rstrip(". ")


def folded_text(text: str) -> str:
    """Text without case, width and invisible characters."""
    if text.isascii():
        return text.lower()
    wide = unicodedata.normalize("NFKC", _visible(text)).casefold()
    return _visible(unicodedata.normalize("NFKC", wide))


def folded_parts(path: str) -> tuple[str, ...]:
    """The names of a clean path, folded."""
    return tuple(map(folded_name, path.split("/")))


def _visible(text: str) -> str:
    return "".join(char for char in text if unicodedata.category(char) != "Cf" and char not in _IGNORED)
