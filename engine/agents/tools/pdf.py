"""The text of a PDF that a person sent, within bounds of time, memory, pages and length. Whatever is in it is data.

It is read by a process of its own (`pdf_pages.py`): one that never ends, or wants all memory, holds nothing up here.
"""

import asyncio
import json
import sys
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from engine.errors import PermanentError
from engine.workspace.processes import CommandLine, run_command

_PROGRAM = Path(__file__).with_name("pdf_pages.py")
_MEMORY = 1024**3
"""Bytes of the process that reads."""
_SPACE = 16 * 1024**2
"""Bytes that it may tell."""
_FAULTS = {
    "encrypted": "it is encrypted, and can't be opened without its password",
    "broken": "it is damaged, or no PDF at all",
    "bomb": "it takes more memory to open than a file is worth",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfBounds:
    """How much of a PDF is read."""

    pages: int = 300
    signs: int = 600_000
    """Characters of all pages together."""
    seconds: float = 30.0
    """Real seconds for all of it."""


def is_pdf(content: bytes) -> bool:
    """Whether it says that it is one; some programs write something before that."""
    return b"%PDF-" in content[:1_024]


async def pdf_text(content: bytes, bounds: PdfBounds | None = None) -> str:
    """The text, page by page, with a word on what was left out.

    Raises `PermanentError` that says why there is none, `TemporaryError` when the machine has no room for it now.
    """
    if find_spec("pypdf") is None:
        raise PermanentError("PDFs can't be read here: whoever runs this bot installs milepost[pdf]")
    bounds = bounds or PdfBounds()
    with tempfile.TemporaryDirectory(prefix="milepost-pdf-") as folder:
        sent, told = Path(folder, "sent.pdf"), Path(folder, "told")
        await asyncio.to_thread(sent.write_bytes, content)
        is_late = await _read(sent, told, bounds)
        lines = (await asyncio.to_thread(told.read_text, "utf-8")).splitlines(keepends=True)
    return _put_together([json.loads(line) for line in lines if line.endswith("\n")], bounds, is_late=is_late)


async def _read(sent: Path, told: Path, bounds: PdfBounds) -> bool:
    """Have the program tell what is in the file; whether it was ended because it took too long."""
    limits = {
        "pages": bounds.pages, "signs": bounds.signs, "memory": _MEMORY, "seconds": int(bounds.seconds) + 1,
    }  # fmt: skip
    with told.open("wb") as out:
        line = CommandLine(
            arguments=(sys.executable, "-I", str(_PROGRAM), str(sent), json.dumps(limits)),
            directory=sent.parent,
            timeout=bounds.seconds,
            grace=0.1,
            standard_output=out.fileno(),
            largest_file=_SPACE,
        )
        return (await run_command(line)).timed_out


def _put_together(told: list[object], bounds: PdfBounds, *, is_late: bool) -> str:
    count, pages = told[0] if told else None, [one for one in told[1:] if one is not None]
    if not isinstance(count, int):
        fault = str(count.get("fault")) if isinstance(count, dict) else ""
        raise PermanentError(_FAULTS.get(fault, _slow(bounds) if is_late else _FAULTS["bomb"]))
    if not any(isinstance(page, str) and page.strip() for page in pages):
        raise PermanentError(_slow(bounds) if is_late else "there is no text in it: its pages may be pictures")
    text = "\n\n".join(f"(Page {number} of {count})\n{_page(page)}" for number, page in enumerate(pages, 1))
    if told[-1] is None and len(pages) == count:
        return text
    why = "the rest takes too long" if is_late else "it is longer than what is read of a file"
    return f"{text}\n\n(The pages from {len(pages) + 1} on were not read: {why}.)"


def _page(told: object) -> str:
    return (told.strip() or "(no text)") if isinstance(told, str) else "(it can't be read)"


def _slow(bounds: PdfBounds) -> str:
    return f"nothing of it could be read in {bounds.seconds:g} seconds"
