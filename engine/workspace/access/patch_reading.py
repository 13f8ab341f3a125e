"""Reads a unified diff, as git or diff write it, also several in one text and with letters around them.

Nothing is guessed: what is not understood is refused with the line it stands in.
"""

import re
from dataclasses import dataclass, field, replace

from engine.workspace.access.patch_paths import diff_paths, git_paths, named_path, without_prefixes
from engine.workspace.access.patches import FilePatch, Hunk, bad_patch
from engine.workspace.access.refusals import AccessRefused, Refusal

LARGEST_PATCH = 10 * 1024 * 1024
"""Characters."""
_HUNK = re.compile(r"@@ -(\d{1,9})(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))? @@")
_MODE = re.compile(r"(?:(old|new|deleted file|new file) mode|index [0-9a-f]+\.\.[0-9a-f]+) ([0-7]{6})$")
_BINARY = re.compile(r"GIT binary patch$|Binary files .* differ$|(?:Binary f|F)iles .* differ$")
_KINDS = {"120000": "a symbolic link", "160000": "a submodule"}
_NO_END = "\\ "


@dataclass(frozen=True, slots=True, kw_only=True)
class _Head:
    """What the lines in front of the hunks say of a file, as they are read."""

    line: int
    from_git: bool = False
    given: tuple[str | None, str | None] | None = None
    """The paths of the `diff --git` line; None when it is unclear or there is none."""
    marked: tuple[str, str] | None = None
    """The paths of `---` and `+++`; None until they are read."""
    moves: dict[str, str] = field(default_factory=dict)
    """Paths by «rename from», «copy to» and so on."""
    modes: dict[str, str] = field(default_factory=dict)
    """Modes by «old», «new file» and so on."""


def read_patch(text: str) -> list[FilePatch]:
    """What a patch does, file by file. Raises `AccessRefused` (bad_patch, too_much)."""
    if len(text) > LARGEST_PATCH:
        raise AccessRefused(Refusal.TOO_MUCH, "", f"the patch has more than {LARGEST_PATCH:,} characters")
    found = _Reader(_lines_of(text)).patches()
    if not found:
        raise bad_patch(1, "there is no change of a file in it; a unified diff is needed, as `git diff` writes it")
    return found


def _lines_of(text: str) -> list[str]:
    """Lines with their ends. A patch whose own lines all end in «\\r\\n» was converted on its way."""
    lines: list[str] = re.findall(r"[^\n]*\n|[^\n]+", text)
    heads = [line for line in lines if line.startswith(("--- ", "+++ ", "@@ -", "diff --git "))]
    if heads and all(line.endswith("\r\n") for line in heads):
        return [f"{line[:-2]}\n" if line.endswith("\r\n") else line for line in lines]
    return lines


class _Reader:
    def __init__(self, lines: list[str]) -> None:
        self._lines = lines
        self._at = 0
        self._section = 0

    def patches(self) -> list[FilePatch]:
        """All of them; words before, between and behind them are passed by."""
        found: list[FilePatch] = []
        while self._at < len(self._lines):
            line = self._lines[self._at]
            if line.startswith("diff --git "):
                found.append(self._file_from_git())
            elif line.startswith("--- ") and self._peek(1).startswith("+++ "):
                found.append(self._file_of(_Head(line=self._at + 1)))
            elif _HUNK.match(line):
                raise bad_patch(self._at + 1, "a hunk, and no file that it belongs to (lines «---» and «+++»)")
            elif line.startswith(("diff --cc ", "diff --combined ")):
                raise bad_patch(self._at + 1, "a merge's combined diff can't be applied; make one against one parent")
            elif _BINARY.match(line.rstrip()):
                raise bad_patch(
                    self._at + 1, "a change of a binary file can't be taken over; leave it out: only texts can"
                )
            else:
                self._section += line.startswith("From ")
                self._at += 1
        return found

    def _peek(self, ahead: int) -> str:
        return self._lines[self._at + ahead] if self._at + ahead < len(self._lines) else ""

    def _file_from_git(self) -> FilePatch:
        number = self._at + 1
        head = _Head(
            line=number,
            from_git=True,
            given=git_paths(number, self._lines[self._at].removeprefix("diff --git ").rstrip("\n")),
        )
        self._at += 1
        while self._at < len(self._lines) and self._header_line(head):
            self._at += 1
        return self._file_of(head)

    def _header_line(self, head: _Head) -> bool:
        """Take one line of git's header; False when it is none."""
        line = self._lines[self._at].rstrip("\n")
        if _BINARY.match(line):
            reason = "a change of a binary file can't be taken over; leave it out: only texts can"
            raise bad_patch(self._at + 1, reason, _path_for_words(head))
        if (mode := _MODE.match(line)) is not None:
            _check_mode(self._at + 1, mode.group(2), _path_for_words(head))
            head.modes[mode.group(1) or "index"] = mode.group(2)
            return True
        for word in ("rename from", "rename to", "copy from", "copy to"):
            if line.startswith(f"{word} "):
                head.moves[word] = named_path(self._at + 1, line.removeprefix(f"{word} "))
                return True
        return line.startswith(("index ", "similarity index ", "dissimilarity index "))

    def _file_of(self, head: _Head) -> FilePatch:
        """The rest of a file's part, from `---` on, if it has one."""
        hunks: list[Hunk] = []
        if self._peek(0).startswith("--- ") and self._peek(1).startswith("+++ "):
            paths = [named_path(self._at + 1 + index, self._peek(index)[4:].rstrip("\n")) for index in (0, 1)]
            head = replace(head, marked=(paths[0], paths[1]))
            self._at += 2
            while _HUNK.match(self._peek(0)):
                hunks.append(self._hunk())
            if not hunks:
                raise bad_patch(self._at + 1, "a hunk should follow («@@ -1,3 +1,4 @@»)")
            self._check_end()
        old, new = _paths(head)
        modes = head.modes
        executable = None if (mode := modes.get("new") or modes.get("new file")) is None else mode == "100755"
        return FilePatch(
            line=head.line,
            section=self._section,
            old=old,
            new=new,
            copied="copy from" in head.moves,
            executable=executable,
            hunks=tuple(hunks),
        )

    def _hunk(self) -> Hunk:
        begin = self._at
        numbers = _HUNK.match(self._lines[begin])
        assert numbers is not None
        start, old_count, _, new_count = (int(text) if text is not None else 1 for text in numbers.groups())
        self._at += 1
        old: list[str] = []
        new: list[str] = []
        while len(old) < old_count or len(new) < new_count:
            self._hunk_line(old, new, begin + 1)
        if len(old) != old_count or len(new) != new_count:
            told = (
                f"the hunk has {len(old)} old and {len(new)} new lines, and its header says {old_count} and {new_count}"
            )
            raise bad_patch(begin + 1, told)
        self._no_end(old, new)
        return Hunk(line=begin + 1, start=start, old=tuple(old), new=tuple(new))

    def _hunk_line(self, old: list[str], new: list[str], begin: int) -> None:
        line = self._peek(0)
        if line[:1] in (" ", "\n", "\r", "-", "+"):
            text = line[1:] if line[0] in " -+" else line  # a blank line may have lost the blank in front
            text = text if text.endswith("\n") else f"{text}\n"
            if line[0] != "+":
                old.append(text)
            if line[0] != "-":
                new.append(text)
            self._at += 1
        elif line.startswith(_NO_END):
            self._no_end(old, new)
        else:
            there = f"«{line.rstrip()[:60]}» follows" if line else "the patch ends"
            raise bad_patch(self._at + 1, f"the hunk of line {begin:,} has fewer lines than its header says; {there}")

    def _no_end(self, old: list[str], new: list[str]) -> None:
        """Take «\\ No newline at end of file»: the line before it has no end."""
        if not self._peek(0).startswith(_NO_END):
            return
        before = self._lines[self._at - 1][:1]
        for lines, signs in ((old, "- \n\r"), (new, "+ \n\r")):
            if lines and before in signs:
                lines[-1] = lines[-1].removesuffix("\n")
        self._at += 1

    def _check_end(self) -> None:
        """A line of a hunk behind its end means that its header counts wrong; a letter's «-- » is none."""
        line = self._peek(0)
        if line[:1] in (" ", "+", "-", "\\") and line.rstrip() != "--" and not line.startswith("--- "):
            raise bad_patch(self._at + 1, "the hunk before it has more lines than its header says")


def _paths(head: _Head) -> tuple[str | None, str | None]:
    """The paths that all lines of a head agree on."""
    told: list[tuple[str | None, str | None]] = []
    if head.moves:
        pairs = [tuple(head.moves.get(f"{kind} {end}") for end in ("from", "to")) for kind in ("rename", "copy")]
        told += [(pair[0], pair[1]) for pair in pairs if any(pair)]
    if head.marked is not None:
        told.append(without_prefixes(*head.marked) if head.from_git else diff_paths(*head.marked))
    if not told and head.given is not None:
        told.append(head.given)
    told = [_with_modes(head, *pair) for pair in told]
    given = [_with_modes(head, *head.given)] if head.given is not None else []
    if len(set(told + given)) != 1:
        raise bad_patch(head.line, "its lines name different files, or none")
    old, new = told[0]
    if (old is None and new is None) or (head.moves and None in (old, new)):
        raise bad_patch(head.line, "it doesn't say which file it is about")
    return old, new


def _with_modes(head: _Head, old: str | None, new: str | None) -> tuple[str | None, str | None]:
    return (None if "new file" in head.modes else old), (None if "deleted file" in head.modes else new)


def _check_mode(line: int, mode: str, path: str) -> None:
    if mode in _KINDS:
        raise bad_patch(line, f"it is about {_KINDS[mode]}, and patches change plain files only", path)
    if mode not in ("100644", "100755"):
        raise bad_patch(line, f"{mode} is no mode of a plain file", path)


def _path_for_words(head: _Head) -> str:
    return (head.given[1] or "") if head.given is not None else ""
