"""A bug fixed by hand, with a real repository and the system's own runs: from /fix to the report."""

import pytest

from tests.engine.coding.shop import git
from tests.handlers.code.conftest import CURE, SHOWN, Shop

GREEN = SHOWN.replace("Sums", "Green").replace("[1, 2]), 3", "[0, 3]), 3")


@pytest.mark.long  # five seconds; scenarios/code/test_fixing.py goes this way, the others here press the buttons
async def test_a_bug_is_shown_by_a_red_test_then_cured_then_proven_and_the_checkout_stays(at: Shop) -> None:
    talk, before = at.talk, git(at.place, "rev-parse", "main")
    await at.fixing()
    assert "Hand in a test that fails because of it: totals are wrong · wants code\n" in await talk.say("/digest")
    await at.send("test_green.py", GREEN)
    refused = await talk.press("That's all of them")
    assert "✋ I couldn't take that" in refused
    assert "fails without" in refused
    told = await talk.say("/digest")
    assert "totals are wrong · wants code; the last wasn't taken" in told
    assert "🌿 milepost/1-fix-totals-are-wrong · not proven yet" in told
    card = await talk.show_card()
    assert "🙋 Waits for your code: Hand in a test that fails" in await talk.press("Report", message=card)
    await at.send("test_sums.py", SHOWN)
    assert "Handed in: test_sums.py" in await talk.press("That's all of them")
    assert "the hunk of line 3 doesn't fit" in await at.send("cure.patch", CURE.replace("[1:]", "[2:]"))
    told = await at.send("cure.patch", CURE)
    assert "✅ Done, proven and committed" in told
    assert "2 files, +9 −1" in told
    assert "Tests: before 1 passed, now 2 passed" in told
    assert "🌿 milepost/1-fix-totals-are-wrong · proven · committed" in await talk.say("/digest")
    assert "+    for price in prices:" in await talk.say("show the diff")
    branch = "milepost/1-fix-totals-are-wrong"
    assert git(at.place, "branch", "--list", branch).strip() == branch
    assert (git(at.place, "rev-parse", "main"), git(at.place, "status", "--porcelain")) == (before, "")
    await talk.press("Discard")
    await talk.press("Discard it")
    assert git(at.place, "branch", "--list", branch) == ""
    await talk.press("Undo")
    assert git(at.place, "branch", "--list", branch).strip() == branch
