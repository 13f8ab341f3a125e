"""What becomes of a branch: by button and in words, looked at anew each time, and only for whom it belongs to."""

import asyncio
from dataclasses import replace

import pytest

from engine.coding.reports import FlaggedChange
from engine.errors import ExternalBlocked, PermanentError, RefusedError, TemporaryError
from engine.plans import PlannedTask
from engine.workspace.git.errors import AuthenticationNeeded, RequestUnclear
from tests.handlers.code.conftest import REPORT, FakeBench, Shop
from tests.handlers.conftest import ANN, BEN
from tests.handlers.test_replay import twice

CODE = PlannedTask(key="a", title="Hand in the cure", work="hand_in_code", inputs={"part": "change"})
TASK = PlannedTask(key="a", title="Have a look")


async def ended(at: Shop) -> str:
    """A code goal that has ended; what was said of it."""
    at.talk.planner.tasks = (TASK,)
    await at.fixing()
    await at.open()
    return await at.talk.press("Done")


async def test_the_report_comes_by_itself_when_the_goal_ends(at: Shop, bench: FakeBench) -> None:
    told = await ended(at)
    assert "✅ Done, proven and committed\n🎯 Fix: totals are wrong\n🌿 milepost/1-fix-totals from main" in told
    assert at.talk.labels() == ["Show diff", "Open pull request", "Push", "Keep branch", "Discard"]
    assert bench.state is not None
    assert bench.state.status == "removed"


async def test_the_card_of_an_ended_code_goal_leads_to_the_report(at: Shop, bench: FakeBench) -> None:
    await ended(at)
    card = await at.talk.show_card()
    assert "Done, proven and committed" in await at.talk.press("Report", message=card)


@pytest.mark.parametrize("by", ["Show diff", "show the diff"])
async def test_the_diff_is_shown_below_the_report(at: Shop, bench: FakeBench, by: str) -> None:
    await ended(at)
    told = await (at.talk.press(by) if by[0] == "S" else at.talk.say(by))
    assert told == "Fix: totals are wrong · 1 file, +1 −0\n+fixed"


async def test_a_discard_asks_twice_and_can_be_undone(at: Shop, bench: FakeBench) -> None:
    await ended(at)
    assert "For a day it can be had back." in await at.talk.press("Discard")
    assert bench.asked == []
    assert "🗑 Discarded: milepost/1-fix-totals" in await at.talk.press("Discard it")
    assert at.talk.labels(at.talk.with_text("Discarded")) == ["Undo"]
    assert "The branch is back." in await at.talk.press("Undo")
    assert bench.asked == [("discard", 1), ("restore", 1)]


async def test_the_same_in_words_and_a_no_keeps_it(at: Shop, bench: FakeBench) -> None:
    await ended(at)
    await at.talk.say("discard it")
    assert "The branch stays." in await at.talk.say("no")
    await at.talk.say("discard it")
    await at.talk.say("yes")
    assert "The branch is back." in await at.talk.say("bring it back")
    assert bench.asked == [("discard", 1), ("restore", 1)]


async def test_other_words_leave_the_question(at: Shop, bench: FakeBench) -> None:
    await ended(at)
    await at.talk.say("discard it")
    assert "Show diff" not in at.talk.labels()
    assert "+fixed" in await at.talk.say("show the diff")
    await at.talk.say("yes")
    assert bench.asked == []


async def test_a_push_says_where_to_and_needs_a_yes(at: Shop, bench: FakeBench) -> None:
    await ended(at)
    asked = await at.talk.press("Push")
    assert "To: origin, https://example.org/shop.git" in asked
    assert "Branch: milepost/1-fix-totals at a1b2c3d4e5" in asked
    assert bench.asked == []
    assert "⬆️ Pushed to https://example.org/shop.git." in await at.talk.press("Push it")
    assert bench.asked == [("push", REPORT.commits[0].commit)]
    assert "It is pushed already." in await at.talk.say("push it")
    assert len(bench.asked) == 1


async def test_a_pull_request_that_nothing_can_open_is_not_offered_and_asked_for_it_is_told_why(
    at: Shop, bench: FakeBench
) -> None:
    await ended(at)
    assert bench.way is not None
    bench.way = replace(bench.way, no_request="the program «gh» is not installed; install it where Milepost runs")
    await at.talk.press("Report", message=await at.talk.show_card())
    assert at.talk.labels() == ["Show diff", "Push", "Keep branch", "Discard"]
    told = await at.talk.say("open a pull request")
    assert (
        "No pull request can be opened here: the program «gh» is not installed; install it where Milepost runs." in told
    )
    assert bench.asked == []


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        (RequestUnclear("«gh» named no address"), "«gh» named no address"),
        (TimeoutError(), "It had not ended after 40 s"),
    ],
)
async def test_a_pull_request_that_may_be_open_is_not_said_not_to_be(
    at: Shop, bench: FakeBench, fault: Exception, why: str
) -> None:
    await ended(at)
    await at.talk.say("open a pull request")
    bench.fault = fault
    told = await at.talk.say("yes")
    assert told.startswith(f"✋ I can't tell whether a pull request was opened\n{why}")


async def test_a_pull_request_that_failed_says_whether_the_branch_is_pushed(at: Shop, bench: FakeBench) -> None:
    await ended(at)
    assert bench.way is not None
    await at.talk.say("open a pull request")
    bench.way, bench.fault = replace(bench.way, is_there=True), AuthenticationNeeded("«gh» is not logged in")
    told = await at.talk.say("yes")
    assert "«gh» is not logged in" in told
    assert "The branch itself is pushed." in told
    assert "as it was" not in told


async def test_a_pull_request_that_failed_is_told_also_where_the_branch_can_t_be_looked_at(
    at: Shop, bench: FakeBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ended(at)
    await at.talk.say("open a pull request")

    async def fails(*_: object) -> str:
        bench.state = None
        raise TemporaryError("the remote is away")

    monkeypatch.setattr(bench, "open_pull_request", fails)
    told = await at.talk.say("yes")
    assert "The remote is away" in told
    assert "Report says how the branch stands." in told


async def test_a_pull_request_says_into_what_and_its_address_comes_back(at: Shop, bench: FakeBench) -> None:
    await ended(at)
    assert "Open a pull request into main?" in await at.talk.say("open a pull request")
    _, yes = at.talk.button("Open it")
    assert "🔀 Open: https://example.org/pull/3" in await at.talk.say("yes")
    assert "Open pull request" not in at.talk.labels()
    for again in (yes, yes.replace("pull1", "pull")):
        await at.talk.press_data(again, at.talk.newest())
        assert "🔀 It is open already." in at.talk.newest().text
    assert bench.asked == [("pull", REPORT.commits[0].commit)]


async def test_a_yes_to_an_older_commit_pushes_nothing_and_shows_how_things_stand(at: Shop, bench: FakeBench) -> None:
    await ended(at)
    await at.talk.press("Push")
    newer = replace(REPORT.commits[0], commit="ffff" * 5)
    bench.state = replace(REPORT, status="removed", commits=(newer, *REPORT.commits))
    assert "Things have moved on since that message" in await at.talk.press("Push it")
    assert bench.asked == []


async def test_where_pushing_is_off_neither_buttons_nor_words_do_it(at: Shop, bench: FakeBench) -> None:
    bench.way = None
    await ended(at)
    assert at.talk.labels() == ["Show diff", "Keep branch", "Discard"]
    assert "Nothing was pushed\nThis repository has no remote to push to" in await at.talk.say("push it")
    await at.talk.say("/repo shop push: never")
    assert "Nothing was pushed\nNothing of this repository leaves from here" in await at.talk.say("push it")


@pytest.mark.sample(1)
@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (PermanentError("the remote didn't take the branch: protected"), "The remote didn't take the branch"),
        (ExternalBlocked("the remote wants to know who pushes", how="give a key"), "What helps: give a key."),
        (RefusedError("push_never", "no"), "push is set to «never»"),
    ],
)
async def test_what_git_has_against_it_is_told_and_the_way_back_is_there(
    at: Shop, bench: FakeBench, fault: Exception, told: str
) -> None:
    await ended(at)
    await at.talk.press("Push")
    bench.fault = fault
    said = await at.talk.press("Push it")
    assert said.startswith("✋ Nothing was pushed")
    assert told in said
    assert "Done, proven and committed" in await at.talk.press("Report")


async def test_a_moved_base_offers_a_rebase_and_conflicts_are_named(at: Shop, bench: FakeBench) -> None:
    bench.base = replace(bench.base, behind=2)
    told = await ended(at)
    assert "main has moved on by 2 commits" in told
    assert "↪️ Rebased, and proven there: I ran the tests again." in await at.talk.press("Rebase")
    bench.base = replace(bench.base, behind=1, conflicts=("shop.py",))
    told = await at.talk.say("rebase it")
    assert "✋ Not rebased; nothing was changed." in told
    assert "• shop.py" in told


async def test_a_rebase_is_answered_at_once_done_once_for_all_who_press_and_told_when_it_is_done(
    at: Shop, bench: FakeBench
) -> None:
    bench.base, bench.goes_on = replace(bench.base, behind=2), asyncio.Event()
    await ended(at)
    report, rebase = at.talk.button("Rebase")
    for _ in range(2):
        at.talk.simulator.press(ANN, report.chat_id, report.id, rebase)
        raw = await at.talk.simulator.call("getUpdates", {"offset": at.talk.offset})
        assert isinstance(raw, list)
        for update in (*raw, *raw):  # as after a kill
            handled = await at.talk.handle(update)
            assert "↪️ I rebase it and prove it there again; I'll tell you" in str(handled)
    bench.goes_on.set()
    assert "↪️ Rebased, and proven there" in await at.talk.serve(ANN.id)
    assert bench.asked == [("rebase", 1)]


async def test_a_report_is_told_once_also_where_the_worktree_could_not_go_at_once(at: Shop, bench: FakeBench) -> None:
    bench.faults_of_close = [TemporaryError("busy"), TemporaryError("busy")]
    told = await ended(at)
    assert told.count("✅ Done, proven and committed") == 1
    for _ in range(2):
        await at.talk.engine.look_after_goals()
        assert await at.talk.serve(ANN.id) == ""
    assert bench.state is not None
    assert (bench.state.status, bench.faults_of_close) == ("removed", [])


async def test_nothing_is_discarded_or_rebased_under_a_goal_that_still_works(at: Shop, bench: FakeBench) -> None:
    at.talk.planner.tasks = (TASK,)
    await at.fixing()
    assert "Cancel the goal first" in await at.talk.say("discard it")
    assert "Cancel the goal first" in await at.talk.say("rebase it")
    assert bench.asked == []


async def test_a_press_by_somebody_else_does_nothing(at: Shop, bench: FakeBench) -> None:
    await ended(at)
    _, data = at.talk.button("Discard")
    at.talk.simulator.say(BEN, "/start")
    await at.talk.serve(BEN.id)
    theirs = at.talk.newest(BEN.id)
    for deed in ("gone", "gone1", "push1", "diff"):
        await at.talk.press_data(data.replace("gone", deed, 1), theirs, BEN)
    assert bench.asked == []
    assert "fixed" not in at.talk.newest(BEN.id).text


async def test_buttons_pressed_twice_and_very_late_are_kind(at: Shop, bench: FakeBench) -> None:
    await ended(at)
    report = at.talk.newest()
    await at.talk.press("Discard")
    question, yes = at.talk.button("Discard it")
    await at.talk.press_data(yes, question)
    assert "Discarded" in at.talk.newest().text
    await at.talk.press_data(yes, question)
    bench.fault = RefusedError("branch_gone", "over")
    _, undo = at.talk.button("Undo")
    assert "the branch is gone" in await at.talk.press_data(undo, report)
    bench.fault, bench.state = None, None
    told = await at.talk.press_data("d:report:1:", report)
    assert told == "There is no branch of goal 1 (any more). /goals lists your goals."


async def test_words_about_several_branches_ask_which(at: Shop, bench: FakeBench) -> None:
    await ended(at)
    await ended(at)
    assert await at.talk.say("show the diff") == "Of which goal?"
    assert "+fixed" in await at.talk.press("2. Fix: totals are wrong")
    assert "+fixed" in await at.talk.say("show the diff of goal 1")


async def test_changed_tests_are_let_through_by_a_press_for_just_that_state(at: Shop, bench: FakeBench) -> None:
    at.talk.planner.tasks = (CODE,)
    await at.fixing()
    report = at.talk.newest()
    change = FlaggedChange(path="test_shop.py", why="a check was taken out")
    bench.found = replace(bench.found, changes=(change,), state="ab" * 20)
    assert "What decides about the tests was changed" in await at.talk.press_data("d:yes:1:cdcd", report)
    assert bench.asked == []
    assert "✅ Approved: test_shop.py." in await at.talk.press("Approve")
    assert bench.asked == [("approve", "ab" * 20)]
    assert "No changed test waits for your yes any more." in await at.talk.press_data("d:no:1:abab", report)
    assert bench.asked == [("approve", "ab" * 20)]


@pytest.mark.long  # a second; test_replay.py answers the same both times
async def test_a_yes_to_changed_tests_is_answered_as_one_also_when_it_comes_again_after_a_crash(
    at: Shop, bench: FakeBench
) -> None:
    await at.fixing()
    change = FlaggedChange(path="test_shop.py", why="a check was taken out")
    bench.found = replace(bench.found, changes=(change,), state="ab" * 20)
    await at.talk.press_data("d:yes:1:cdcd", at.talk.newest())
    message, approve = at.talk.button("Approve")
    at.talk.simulator.press(ANN, message.chat_id, message.id, approve)
    first, again = await twice(at.talk)
    assert first.replies == again.replies
    assert "test_shop.py" in str(again.replies[0])
    assert bench.asked == [("approve", "ab" * 20)]


async def test_changed_tests_that_are_turned_down_lead_back_to_the_task_that_waits(at: Shop, bench: FakeBench) -> None:
    at.talk.planner.tasks = (CODE,)
    await at.fixing()
    change = FlaggedChange(path="test_shop.py", why="a check was taken out")
    bench.found = replace(bench.found, changes=(change,), state="ab" * 20)
    assert "What decides about the tests was changed" in await at.talk.press_data("d:no:1:cdcd", at.talk.newest())
    told = await at.talk.press("Don't")
    assert "✖️ Not approved: test_shop.py. I put that back as it was" in told
    assert "Now Hand in the cure waits for you" in told
    assert "It's there already" in at.talk.labels()
    assert bench.asked == [("deny", "ab" * 20)]


async def test_nothing_is_asked_of_tests_once_the_goal_has_ended(at: Shop, bench: FakeBench) -> None:
    await ended(at)
    for deed in ("yes", "no"):
        assert "✋" in await at.talk.press_data(f"d:{deed}:1:abab", at.talk.newest())
    assert bench.asked == []
