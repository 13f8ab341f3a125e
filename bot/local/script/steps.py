r"""The language of a script for `milepost chat`: one line, one step.

hello              send «hello»; «\n» starts a new line in it, «\\» is a backslash
> Label            press the newest button with this label
@reply TEXT        reply to the bot's newest message; @reply:2 to the one before it, and so on
@file PATH TEXT    send a file with an optional caption; @photo, @voice and @sticker likewise
@wait 90           let 90 seconds of the bot's clock pass; also 5m, 2h, 3d, 1w
# words            a comment
\@hello            send «@hello»; the backslash also goes before > and #
"""

import re
from dataclasses import dataclass
from pathlib import Path

from bot.local.messages import FileKind

_ESCAPE = re.compile(r"\\([\\n])")
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*([smhdw]?)")
_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_COMMAND = re.compile(r"@(?P<word>[a-z]+)(?::(?P<number>\d{1,4}))?(?:\s+(?P<rest>.*))?", re.DOTALL)
_PATH = re.compile(r"(?:\"(?P<quoted>[^\"]+)\"|(?P<plain>\S+))(?:\s+(?P<caption>.*))?", re.DOTALL)
_KINDS = {"file": FileKind.DOCUMENT} | {kind.value: kind for kind in FileKind if kind is not FileKind.DOCUMENT}


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """Send a text; with `reply_to` to the bot's newest message (1), the one before it (2), …; None: no reply."""

    text: str
    reply_to: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """Press the newest button with this label."""

    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SendFile:
    """Send a file of this machine."""

    path: Path
    caption: str
    kind: FileKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Let seconds of the bot's clock pass."""

    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """A comment; shown, not done."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Nonsense:
    """A line that is no step, and why."""

    reason: str


Step = Say | Press | SendFile | Wait | Remark | Nonsense


def read_step(line: str) -> Step | None:
    """The step that a line (without its end) asks for; None for a blank one."""
    text = line.strip()
    if not text:
        return None
    match text[0]:
        case "#":
            return Remark(text=text)
        case ">":
            label = text[1:].strip()
            return Press(label=label) if label else Nonsense(reason="a label is missing after >")
        case "@":
            return _read_command(text)
        case "\\" if text[1:2] in ("@", ">", "#"):
            return Say(text=_unescaped(text[1:]))
        case _:
            return Say(text=_unescaped(text))


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda found: "\n" if found[1] == "n" else "\\", text)


def _read_command(text: str) -> Step:
    found = _COMMAND.fullmatch(text)
    if found is None:
        return Nonsense(reason=f"no step «{text.split(maxsplit=1)[0]}»")
    word, rest = found["word"], found["rest"] or ""
    if word == "reply":
        number = int(found["number"] or 1)
        if not rest or number < 1:
            return Nonsense(reason="write @reply TEXT, or @reply:2 TEXT for the message before the newest")
        return Say(text=_unescaped(rest), reply_to=number)
    if found["number"]:
        return Nonsense(reason=f"no step «{text.split(maxsplit=1)[0]}»")
    if word == "wait":
        return _read_wait(rest)
    if word in _KINDS:
        return _read_file(rest, _KINDS[word])
    return Nonsense(reason=f"no step «@{word}»; a message that begins so is written \\@{word}")


def _read_wait(rest: str) -> Step:
    found = _DURATION.fullmatch(rest.strip())
    if found is None:
        return Nonsense(reason="write @wait SECONDS, or 5m, 2h, 3d, 1w")
    return Wait(seconds=float(found[1]) * _UNITS[found[2]])


def _read_file(rest: str, kind: FileKind) -> Step:
    found = _PATH.fullmatch(rest.strip())
    if found is None:
        return Nonsense(reason='write @file PATH CAPTION, a path with spaces in "quotes"')
    path = Path(found["quoted"] or found["plain"]).expanduser()
    return SendFile(path=path, caption=_unescaped(found["caption"] or ""), kind=kind)
