"""A yes counts for just the call that was shown: its tool and its arguments, by their digest."""

import pytest

from engine.agents.runs.facts import ApprovalStatus, digest_of
from tests.handlers.conftest import Talk
from tests.handlers.test_approvals import asked


async def test_a_button_of_another_call_decides_nothing(talk: Talk) -> None:
    _, asker = await asked(talk)
    message, data = talk.button("Approve")
    *head, digest = data.split(":")
    for other in ("0" * len(digest), digest[::-1], digest[:-1] + ("0" if digest[-1] != "0" else "1"), ""):
        await talk.press_data(":".join([*head, other]), message)
    assert asker.sent == []
    [still] = await talk.engine.approvals.runs.open_approvals()
    assert still.status is ApprovalStatus.OPEN
    await talk.press("Approve", message=message)
    assert asker.sent == ["Hello"]


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("send", {"to": "ben"}),
        ("sent", {"to": "ann"}),
        ("send", {"to": "ann", "cc": "ben"}),
        ("send", {}),
        ("send", {"to": ["ann"]}),
    ],
)
def test_another_tool_or_other_arguments_are_another_call(tool: str, arguments: dict[str, object]) -> None:
    assert digest_of(tool, arguments) != digest_of("send", {"to": "ann"})  # type: ignore[arg-type]  # all of it is JSON
    assert digest_of("send", {"a": 1, "b": 2}) == digest_of("send", {"b": 2, "a": 1})
