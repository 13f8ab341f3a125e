"""The paths that a patch names: quoted or not, with a time behind them or not, with `a/` and `b/` or not."""

import re

from engine.workspace.access.patches import bad_patch

NOWHERE = "/dev/null"
_ESCAPES = {"a": 7, "b": 8, "t": 9, "n": 10, "v": 11, "f": 12, "r": 13, '"': 34, "\\": 92}
_ESCAPE = re.compile(rb'\\(?:([0-3][0-7]{2})|([abtnvfr"\\]))')
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_NEVER = ("1970-01-01", "1969-12-31")
"""How `diff -N` dates a file that is not there."""
# Two prefixes that git writes in front of the old and the new path: a/ b/, or where each comes from.
_PREFIXES = frozenset(
    {("a/", "b/"), ("i/", "w/"), ("c/", "i/"), ("c/", "w/"), ("o/", "w/"), ("b/", "a/"), ("w/", "i/")}
)


def named_path(line: int, written: str) -> str:
    """The path behind `---`, `+++`, `rename from` and the like, with its prefix."""
    if written.startswith('"'):
        quoted = _QUOTED.match(written)
        if quoted is None:
            raise bad_patch(line, "a quoted path has no end")
        return _unquoted(line, quoted.group(1))
    path, _, time = written.partition("\t")
    return NOWHERE if time.startswith(_NEVER) else path.rstrip()


def without_prefixes(old: str, new: str) -> tuple[str | None, str | None]:
    """Both paths relative to the root; None for one that is nowhere."""
    starts = {(first, second) for first, second in _PREFIXES if _begins(old, first) and _begins(new, second)}
    cut = 2 if starts else 0
    return (None if old == NOWHERE else old[cut:]), (None if new == NOWHERE else new[cut:])


def diff_paths(old: str, new: str) -> tuple[str | None, str | None]:
    """Both paths of a diff that is not git's: one file, whose folders may be called `project-1.0/` and `project/`."""
    first, second = without_prefixes(old, new)
    if first is None or second is None:
        return first, second
    below, same = first.partition("/")[2], second.partition("/")[2]
    path = same if first != second and same and below == same else second
    return path, path


def git_paths(line: int, rest: str) -> tuple[str, str] | None:
    """Both paths of a `diff --git` line, prefixes cut, where it tells them: only a rename's may differ, and be unclear.

    None when it doesn't tell; then other lines do, or the patch can't be used.
    """
    if '"' in rest:
        return _git_paths_quoted(line, rest)
    for match in re.finditer(" ", rest):
        old, new = without_prefixes(rest[: match.start()], rest[match.end() :])
        if old is not None and old == new:
            return old, old
    return None


def _git_paths_quoted(line: int, rest: str) -> tuple[str, str] | None:
    words: list[str] = []
    while rest:
        if rest.startswith('"'):
            quoted = _QUOTED.match(rest)
            if quoted is None:
                raise bad_patch(line, "a quoted path has no end")
            words.append(_unquoted(line, quoted.group(1)))
            rest = rest[quoted.end() :].lstrip(" ")
        else:
            word, quote, behind = rest.partition(' "')
            words.append(word)
            rest = f'"{behind}' if quote else ""
    if len(words) != 2:
        return None
    old, new = without_prefixes(words[0], words[1])
    return (old, new) if old is not None and new is not None else None


def _begins(path: str, prefix: str) -> bool:
    return path == NOWHERE or path.startswith(prefix)


def _unquoted(line: int, quoted: str) -> str:
    """A path as C writes it: bytes as octal numbers."""
    try:
        return _ESCAPE.sub(_byte, quoted.encode()).decode()
    except UnicodeDecodeError as error:
        raise bad_patch(line, "a path is not UTF-8") from error


def _byte(match: re.Match[bytes]) -> bytes:
    octal, letter = match.groups()
    return bytes([int(octal, 8) if octal else _ESCAPES[letter.decode()]])
