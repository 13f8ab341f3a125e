"""A small program that looks for a pattern in texts, apart from Milepost: a pattern may take for ever.

`searching.py` starts it, and ends it when it takes too long; it ends itself when its processor time is used up or its
input closes, so it outlives nobody. It stands on its own and imports nothing of ours. In: a line of JSON with the
pattern and the bounds; then lines of JSON, each a list of texts. Out: for each line one of JSON, a list of
[index of the text, number of the line, the line] or {"error": …}.
"""

import json
import re
import resource
import sys
import warnings


def lines_found(pattern: re.Pattern[str], text: str, longest: int) -> list[tuple[int, str]]:
    """The lines in which a match begins, each once."""
    found: list[tuple[int, str]] = []
    place = number = counted = 0
    while (match := pattern.search(text, place)) is not None:
        start = match.start()
        number += text.count("\n", counted, start)
        counted = start
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        if start < len(text) or not text:  # not behind the last line's end
            begin = text.rfind("\n", 0, start) + 1
            found.append((number + 1, _part(text[begin:end], start - begin, longest)))
        place = end + 1
        if place > len(text):
            break
    return found


def _part(line: str, at: int, longest: int) -> str:
    """A line, or the part of a long one around the match."""
    if len(line) <= longest:
        return line
    begin = max(0, min(at - longest // 4, len(line) - longest))
    return ("…" if begin else "") + line[begin : begin + longest] + ("…" if begin + longest < len(line) else "")


def _say(answer: object) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Answer messages until the input closes."""
    bounds = json.loads(sys.stdin.readline())
    resource.setrlimit(resource.RLIMIT_CPU, (bounds["seconds"], bounds["seconds"]))
    resource.setrlimit(resource.RLIMIT_AS, (bounds["memory"], bounds["memory"]))
    warnings.simplefilter("ignore")  # of a pattern that a later Python would read otherwise
    flags = re.MULTILINE | (re.IGNORECASE if bounds["any_case"] else 0)
    try:
        pattern = re.compile(bounds["pattern"], flags)
        _say([])
        for message in sys.stdin:
            found = [
                (index, *line)
                for index, text in enumerate(json.loads(message))
                for line in lines_found(pattern, text, bounds["longest"])
            ]
            _say(found[: bounds["most"]])
    except (re.error, OverflowError) as error:
        _say({"error": str(error)})
    except (MemoryError, RecursionError):
        _say({"error": "it is too large"})


if __name__ == "__main__":
    main()
