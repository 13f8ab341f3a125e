"""Words for what can go wrong with code: what git, the sandbox, the globs or a patch had against it."""

import re

from engine.errors import EngineError, ExternalBlocked, RefusedError, ResourceBlocked, TemporaryError
from handlers.errors import REFUSALS
from handlers.views.letters import line, sentence, words


def code_fault(error: EngineError) -> str:
    """What happened and what to do, in a sentence or two. The reasons come from the engine, in plain words."""
    match error:
        case RefusedError() if error.code in REFUSALS:
            return REFUSALS[error.code]
        case RefusedError():
            return told(error.reason)
        case ExternalBlocked():
            how = f" What helps: {line(error.how, 400)}." if error.how else ""
            return told(error.needed) + how
        case ResourceBlocked():
            return f"{told(str(error))} Once that is mended, try it again."
        case TemporaryError():
            return f"{told(str(error))} Please try it once more in a moment."
        case _:
            return told(str(error))


def told(reason: str) -> str:
    """A reason as a sentence; one that begins with a path (`Makefile: …` too) or ends with code keeps it as it is."""
    told = words(reason, 1_500)
    begun = told if re.match(r"\S*[./]\S*|\S+: ", told) else sentence(told)
    return begun if "\n" in begun or begun.endswith((".", "!", "?", "…", "\u2069")) else f"{begun}."
