"""Why an access is refused: a stable code, the path as it was given, and a reason that helps whoever asked."""

import errno
from enum import StrEnum

from engine.errors import PermanentError, RefusedError, ResourceBlocked, TemporaryError, WorkError
from engine.workspace.escaping import shown_name


class Refusal(StrEnum):
    """The kinds of refusal."""

    BAD_PATH = "bad_path"
    """No path inside the tree, or one that only looks like another."""
    DENIED = "path_denied"
    """The globs keep it out."""
    OUTSIDE = "path_outside"
    """It goes through a link or leads onto another mount."""
    MISSING = "path_missing"
    IN_THE_WAY = "path_in_the_way"
    """There is something already where a file was to be made."""
    NO_FILE = "no_plain_file"
    """A folder, a link, a pipe, a device, or a file that has a second name elsewhere."""
    NO_TEXT = "no_utf8_text"
    TOO_MUCH = "too_much"
    """Over a bound on bytes, lines or files."""
    NOT_ALLOWED = "not_allowed"
    """The machine says no: permissions, a read-only disk."""
    BAD_EDIT = "bad_edit"
    """It names no text that is there exactly once, or overlaps with another."""
    BAD_PATCH = "bad_patch"
    """It can't be read, or asks for what patches may not do."""
    PATCH_MISFIT = "patch_misfit"
    """It was made for other files than these."""
    BAD_PATTERN = "bad_pattern"
    NOTHING = "nothing_to_change"


class AccessRefused(RefusedError):
    """This access is not made; no file was changed. `path` is the path it is about, as it was given."""

    def __init__(self, code: Refusal, path: str, reason: str) -> None:
        super().__init__(code.value, f"{shown_path(path)}: {reason}" if path else reason)
        self.refusal = code
        self.path = path


_LATER = frozenset({errno.EIO, errno.ENOMEM, errno.EMFILE, errno.ENFILE, errno.EAGAIN, errno.EBUSY, errno.ETIMEDOUT})
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_REASONS = {
    errno.ELOOP: (Refusal.OUTSIDE, "it goes through a symbolic link, and links are not followed"),
    errno.EXDEV: (Refusal.OUTSIDE, "it leads out of the tree or onto another mount"),
    errno.ENOENT: (Refusal.MISSING, "there is no such file"),
    errno.ENOTDIR: (Refusal.MISSING, "there is no such file: part of the path is a file"),
    errno.ENAMETOOLONG: (Refusal.BAD_PATH, "a name in it is too long"),
    errno.EISDIR: (Refusal.NO_FILE, "it is a folder"),
    errno.ENOTEMPTY: (Refusal.NO_FILE, "it is a folder with files in it"),
    errno.EEXIST: (Refusal.IN_THE_WAY, "there is something of that name already"),
    errno.ENXIO: (Refusal.NO_FILE, "it is a socket or a pipe, no plain file"),
    errno.ENODEV: (Refusal.NO_FILE, "it is a device, no plain file"),
    errno.EACCES: (Refusal.NOT_ALLOWED, "the machine's permissions don't allow it"),
    errno.EPERM: (Refusal.NOT_ALLOWED, "the machine's permissions don't allow it"),
    errno.EROFS: (Refusal.NOT_ALLOWED, "it is on a read-only file system"),
}


def error_for(error: OSError, path: str) -> AccessRefused | WorkError:
    """What an error of the operating system means for whoever asked."""
    number = error.errno or 0
    if number in _REASONS:
        return AccessRefused(_REASONS[number][0], path, _REASONS[number][1])
    words = f"{shown_path(path)}: {error.strerror or error}"
    if number in _FULL:
        return ResourceBlocked("disk", f"the disk is full; nothing was changed ({words})")
    return TemporaryError(words) if number in _LATER else PermanentError(words)


def shown_path(path: str) -> str:
    """A path for a message: hostile characters as escapes, and not endless."""
    safe = shown_name(path)
    return safe if len(safe) <= 200 else f"{safe[:120]}…{safe[-60:]}"
