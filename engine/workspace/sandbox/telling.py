"""What comes out of a run: its output, and what the script around the command tells on its pipe."""

import os
import time

from engine.workspace.guard import Tail

_HEAD_ROOM = 8_192


class Recorder(Tail):
    """Takes the output: its last bytes in memory, and all up to a bound in a file."""

    def __init__(self, kept: int, most: int, path: str | None) -> None:
        super().__init__(kept)
        self._left = most
        self._file = -1
        if path is not None:
            flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
            self._file = os.open(path, flags, 0o600)
        self.is_over = False
        """Whether there was more than the bound."""
        self.is_lost = False
        """Whether the file has less than was to be written into it."""
        self.has_news = False

    def add(self, chunk: bytes) -> None:
        """Take what was read, as far as it is within the bound."""
        self.is_over = self.is_over or len(chunk) > self._left
        chunk = chunk[: self._left]
        self._left -= len(chunk)
        super().add(chunk)
        self.has_news = self.has_news or bool(chunk)
        try:
            while self._file >= 0 and chunk:
                chunk = chunk[os.write(self._file, chunk) :]
        except OSError:  # the disk of this machine is full: whoever wants the output hears that at the end
            os.close(self._file)
            self._file, self.is_lost = -1, True


class Told:
    """What the script tells. In a plain user's sandbox the command can get at the pipe, too: so no more is kept than
    was asked for, and nothing is believed but what it could have had the script say."""

    def __init__(self, most: int) -> None:
        self.ready_at: float | None = None  # None until the command starts
        self.trouble = ""
        self.free: int | None = None  # blocks left on its disk; None until it has ended by itself
        self.files: list[tuple[int, bytes]] = []
        self._left = most + _HEAD_ROOM
        self._text = bytearray()

    def take(self, chunk: bytes) -> bool:
        """Take what was read. False when it is more than there can be."""
        self._left -= len(chunk)
        if self._left >= 0:
            self._text += chunk
        if self.ready_at is None and b"ready\n" in self._text:
            self.ready_at = time.monotonic()
        return self._left >= 0

    def understand(self) -> None:
        """Read it, when it is all there."""
        at = 0
        while at < len(self._text):
            end = self._text.find(b"\n", at)
            if end < 0:
                return
            line, at = bytes(self._text[at:end]), end + 1
            match line.split():
                case [b"file", index, size] if _is_number(index) and _is_number(size):
                    content, at = bytes(self._text[at : at + int(size)]), at + int(size)
                    if len(content) == int(size):  # the rest of it was not taken, or never came
                        self.files.append((int(index), content))
                case [b"ended", free] if _is_number(free):
                    self.free = int(free)
                case [b"copy" | b"unpack" | b"folder" as trouble, *free]:
                    self.free = int(free[0]) if free and _is_number(free[0]) else None
                    self.trouble = trouble.decode()


def _is_number(word: bytes) -> bool:
    return word.isdigit() and len(word) < 16
