"""A scripted model that writes code as a real one would: it looks, edits, runs the tests and hands in, all by tools.

What it says next hangs on what it was sent alone: the part that it is to write, and how often it has answered. So it
goes on where it stood after a restart, and a test reads what it was told.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from engine.agents.working.code_prompts import OF_PART
from engine.coding.works.names import Part
from tests.engine.coding.cases import Case
from tests.scripted_models import Json, Turn

AGAIN = "change again"
"""The script of a change that a proof has turned down once."""
_TOKENS = (1_000, 100)
_SYSTEM = ("system", "developer")


def calls(**tools: object) -> Turn:
    """An answer that calls these tools."""
    return Turn(calls=tools, tokens=_TOKENS)


def hands_in(summary: str = "It is written.", *questions: str) -> Turn:
    """An answer that ends the work."""
    return calls(hand_in={"summary": summary, "look_at": ["the edges"], "questions": list(questions)})


def writes(path: str, text: str) -> tuple[Turn, ...]:
    """A new file, tested, and handed in."""
    return (calls(list_code={}), calls(write_code={"path": path, "text": text}), calls(run_tests={}), hands_in())


def edits(path: str, old: str, new: str, said: str = "It is mended.") -> tuple[Turn, ...]:
    """A file read and edited, tested, and handed in."""
    edit = {"path": path, "old_text": old, "new_text": new}
    return (calls(read_code={"path": path}), calls(edit_code={"edits": [edit]}), calls(run_tests={}), hands_in(said))


@dataclass
class Author:
    """What it says, by part; of a part that it has no script for, that it can't."""

    scripts: dict[str, Sequence[Turn]] = field(default_factory=dict)
    asked: dict[str, list[Json]] = field(default_factory=dict)
    """What it was sent, by part."""

    def __call__(self, request: Json) -> Turn:
        """The next answer. Nothing but code is its trade: who asks for plans or judgements is refused."""
        told = json.dumps(request["messages"], ensure_ascii=False)
        part = _part_of(request)
        if part is None:
            return Turn(status=400)
        name = f"{part.value} again" if "what the last proof found wrong" in told else part.value
        self.asked.setdefault(name, []).append(request)
        script = self.scripts.get(name) or (Turn(text="I can't help with that."),)
        messages = request["messages"]
        assert isinstance(messages, list)
        return script[min(sum(one["role"] == "assistant" for one in messages), len(script) - 1)]

    def heard(self, part: str) -> str:
        """All that it was sent last for a part."""
        messages = self.asked[part][-1]["messages"]
        assert isinstance(messages, list)
        return "\n".join(str(one.get("content") or "") for one in messages)

    def results(self, part: str) -> list[str]:
        """What came of each call of a tool, as it was sent last for a part."""
        messages = self.asked[part][-1]["messages"]
        assert isinstance(messages, list)
        return [str(one["content"]) for one in messages if one["role"] == "tool"]

    def instructions(self, part: str) -> str:
        """What it was told to be for a part."""
        messages = self.asked[part][-1]["messages"]
        assert isinstance(messages, list)
        return "\n".join(str(one["content"]) for one in messages if one["role"] in _SYSTEM)

    def tools(self, part: str) -> list[str]:
        """The tools it was given for a part."""
        tools = self.asked[part][-1]["tools"]
        assert isinstance(tools, list)
        return [str(one["function"]["name"]) for one in tools]


def _part_of(request: Json) -> Part | None:
    """The part that the instructions are about; None where it is asked for something else."""
    messages = request["messages"]
    assert isinstance(messages, list)
    system = "\n".join(str(one.get("content") or "") for one in messages if one["role"] in _SYSTEM)
    return next((part for part, words in OF_PART.items() if words in system), None)


def who_cures(case: Case, **other: Sequence[Turn]) -> Author:
    """One that shows the bug by a test and mends it."""
    scripts: Mapping[str, Sequence[Turn]] = {
        Part.TEST.value: writes(*case.new_test),
        Part.CHANGE.value: edits(f"{case.module}.py", case.old, case.new),
    }
    return Author({**scripts, **other})
