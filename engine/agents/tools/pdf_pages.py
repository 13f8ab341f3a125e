"""A small program that takes the text out of a PDF, apart from Milepost: one may take for ever, or all memory.

`pdf.py` starts it, and ends it when it takes too long; memory and processor time end it besides. It stands on its own
and imports nothing of ours. Its arguments: the file, and the bounds as JSON. Out, as lines of JSON: the number of pages
or {"fault": …}, then the text of each page in order, or false for one that can't be read, and null at the end.
"""

import json
import logging
import resource
import sys
from pathlib import Path


def main() -> None:
    """Tell the pages of one file."""
    path, bounds = sys.argv[1], json.loads(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_CPU, (bounds["seconds"], bounds["seconds"]))
    resource.setrlimit(resource.RLIMIT_AS, (bounds["memory"], bounds["memory"]))
    logging.disable()  # what is odd in a file is nobody's concern
    sys.setrecursionlimit(2_000)
    try:
        _tell(path, bounds)
    except MemoryError:
        _say({"fault": "bomb"})
    except Exception:  # the border of a stranger's file: it may raise anything
        _say({"fault": "broken"})


def _tell(path: str, bounds: dict[str, int]) -> None:
    from pypdf import PdfReader  # noqa: PLC0415 - within the bounds
    from pypdf.errors import DependencyError  # noqa: PLC0415 - the same

    with Path(path).open("rb") as file:
        reader = PdfReader(file)
        try:
            if reader.is_encrypted and not reader.decrypt(""):
                _say({"fault": "encrypted"})
                return
        except (DependencyError, NotImplementedError):  # a way of encrypting that it doesn't know
            _say({"fault": "encrypted"})
            return
        count = reader.get_num_pages()
        _say(count)
        left = bounds["signs"]
        for number in range(min(count, bounds["pages"])):
            text = _text(reader, number)
            _say(False if text is None else text[:left])
            left -= len(text or "")
            if left <= 0:
                return
        _say(None)


def _text(reader: object, number: int) -> str | None:
    """The text of a page; None where it can't be read: the others may."""
    try:
        return str(reader.pages[number].extract_text())  # type: ignore[attr-defined]  # pypdf comes within the bounds
    except MemoryError:
        raise
    except Exception:  # the border of a stranger's page: it may raise anything
        return None


def _say(told: object) -> None:
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
