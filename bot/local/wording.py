"""Short names for messages and files, the same on the screen and in a transcript."""

from bot.local.messages import FileKind, SimFile, SimMessage


def first_words(message: SimMessage) -> str:
    """The beginning of a message, to tell which one is meant."""
    text = message.text or (named(message.file) if message.file else "")
    line = text.partition("\n")[0]
    return line if len(line) <= 40 else line[:39].rstrip() + "…"


def named(file: SimFile) -> str:
    """`[file: plan.json, 1.2 kB, /where/it/is]`."""
    kind = "file" if file.kind is FileKind.DOCUMENT else file.kind.value
    return f"[{kind}: {file.name}, {size_told(file.size)}, {file.path}]"


def size_told(size: int) -> str:
    """A number of bytes for people: «512 B», «1.2 kB», «3.4 MB»."""
    if size < 1000:
        return f"{size} B"
    return f"{size / 1000:.1f} kB" if size < 1_000_000 else f"{size / 1_000_000:.1f} MB"
