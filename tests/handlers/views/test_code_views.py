"""Code goals in words: what Telegram takes, however long and hostile, and what each report says and offers."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from engine.coding.reports import (
    BaseStanding,
    Check,
    CodeCommit,
    CodeReport,
    Difference,
    Flagged,
    FlaggedChange,
    Footing,
    LaidOnBase,
    WayOut,
)
from engine.coding.repositories import Command, Terms
from engine.execution.hand_ins import Start
from engine.goals import Goal, GoalStatus, Priority
from engine.records import Outgoing
from engine.tasks import Outcome, Task, TaskStatus, Waiting, WaitingFor
from engine.values import ChatId, GoalId, JsonObject, TaskNumber
from handlers.callbacks import taps_under
from handlers.code.callbacks import CodeDeed, CodeTap
from handlers.code.drafts import CodeDraft
from handlers.code.running import Running, last_lines, with_running
from handlers.reading.carried import LARGEST_ID, LARGEST_NUMBER
from handlers.reading.code import CodeKind
from handlers.views import code as views
from handlers.views import code_reports as reports
from handlers.views.tasks import ask_for_task, task_state
from tests.handlers.views.test_hard_values import CHAT, NAMES, NOW, breaches
from tests.handlers.views.test_repository_views import repository

UNFIT = Footing(faults=("bwrap is not installed",), remedy="install it: apt install bubblewrap", can_run=False)
WAY = WayOut(remote="origin", address="https://example.org/shop.git", is_there=False)
DIFF = Difference(text="--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n", cut=False, files=1, added=1, removed=1)


def a_goal(name: str = "Fix: totals are wrong", status: GoalStatus = GoalStatus.COMPLETED) -> Goal:
    ended = NOW if status in (GoalStatus.COMPLETED, GoalStatus.FAILED, GoalStatus.CANCELLED) else None
    return Goal(
        id=GoalId(LARGEST_ID), name=name, description="", criteria=(name,), status=status, chat=CHAT,
        created_at=NOW, updated_at=NOW, ended_at=ended, metadata={"code": "fix_bug"},
    )  # fmt: skip


def a_task(title: str = "Hand in a test") -> Task:
    return Task(number=TaskNumber(LARGEST_NUMBER), title=title, work="hand_in_code", inputs={"part": "test"})


def a_report(name: str = "shop", **changed: object) -> CodeReport:
    report = CodeReport(
        repository=name,
        branch="milepost/7-fix-totals",
        base="main",
        status="removed",
        commits=(CodeCommit(commit="a1b2c3d4e5f6a7b8c9", subject=name, task="7.5"),),
        difference=DIFF,
        tests_before="4 passed, 1 failed",
        tests_after="6 passed",
        checks=(
            Check(name="red", held=True, words="the new test failed without it"),
            Check(name="worse", held=False, words="one test came out worse"),
            Check(name="lint", held=None, words="nobody could look"),
        ),
        proven=True,
        cost=120_000,
        seconds=42.0,
        sandboxed=True,
    )
    return replace(report, **changed)  # type: ignore[arg-type]  # fields by their names


def shown(report: CodeReport | None = None, behind: int = 0, conflicts: tuple[str, ...] = ()) -> reports.Shown:
    standing = BaseStanding(ahead=1, behind=behind, conflicts=conflicts)
    return reports.Shown(report=report or a_report(), standing=standing, way=WAY)


def text_of(outgoing: Outgoing) -> str:
    return str(outgoing.payload["text"])


def labels(outgoing: Outgoing) -> list[str]:
    markup = outgoing.payload.get("reply_markup")
    rows = markup["inline_keyboard"] if isinstance(markup, dict) else []
    assert isinstance(rows, list)
    return [str(one["text"]) for row in rows if isinstance(row, list) for one in row if isinstance(one, dict)]


def every_view(name: str) -> Iterator[Outgoing]:
    place, goal, task = repository("shop", terms=Terms(test=Command(words=("t", name)))), a_goal(name), a_task(name)
    draft = CodeDraft(of=LARGEST_NUMBER, kind=CodeKind.FEATURE, about=name, acceptance=(name,), deadline=NOW)
    draft = replace(draft, priority=Priority.HIGH)
    yield from (views.ask_what(CHAT, kind, LARGEST_NUMBER, name) for kind in CodeKind)
    yield views.ask_when(CHAT, LARGEST_NUMBER, name)
    yield views.ask_where(CHAT, [place] * 60, LARGEST_NUMBER, name)
    yield views.ask_how_tested(CHAT, name, LARGEST_NUMBER, name)
    yield views.no_repository(CHAT, {"s" * 300: "p" * 900}, ())
    yield views.no_repository(CHAT, {}, (Path("/" + "r" * 300),) * 9)
    yield views.no_sandbox(CHAT, Footing(faults=(name,) * 20, remedy=name))
    yield views.code_goal_set(CHAT, (goal.id, name, draft), place, UNFIT, ("UTC", NOW))
    yield views.files_arrive(CHAT, (goal, task), LARGEST_NUMBER)
    yield views.handed_in(CHAT, goal, task)
    yield views.not_taken(CHAT, goal, task, name)
    yield views.what_to_send(goal, task, name)
    yield views.which_task(CHAT, [(goal, task)] * 12)
    yield views.too_much(CHAT, name, 20)
    yield views.what_for(CHAT, [name] * 9, [(goal, task)] * 12, LARGEST_NUMBER)
    yield views.one_at_a_time(CHAT, goal, task)
    yield from hand_ins(name)


def hand_ins(name: str) -> Iterator[Outgoing]:
    """A task that waits for code under what a model left, and one whose code is being tried."""
    goal = a_goal(name, GoalStatus.ACTIVE)
    goal = msgspec.structs.replace(goal, metadata={**goal.metadata, "repository": 1, "acceptance": [name] * 30})
    task = msgspec.structs.replace(a_task(name), work="hand_in_code", inputs={"part": "change"})
    for start in (None, *Start):
        facts: JsonObject = {"left": [name] * 30, "refused": name, "start": start}
        outcome = Outcome(summary=name, value=facts)
        waiting = Waiting(what=WaitingFor.PERSON, since=NOW)
        asked = msgspec.structs.replace(task, status=TaskStatus.WAITING, waiting=waiting, outcome=outcome)
        yield ask_for_task(msgspec.structs.replace(goal, tasks={asked.number: asked}), asked, "UTC", NOW)
    kept = msgspec.structs.replace(task, outcome=Outcome(summary=name, value={"handed_in": name, "by": name}))
    for status in GoalStatus:
        yield views.being_tried(CHAT, msgspec.structs.replace(goal, status=status), kept)
        yield task_state(msgspec.structs.replace(goal, status=status), kept, "UTC", NOW)


def test_what_is_tried_is_told_as_that_and_a_paused_goal_tries_nothing() -> None:
    kept = msgspec.structs.replace(a_task("t"), work="hand_in_code")
    kept = msgspec.structs.replace(kept, outcome=Outcome(summary="", value={"handed_in": "x", "by": "patch"}))
    told = task_state(a_goal(status=GoalStatus.ACTIVE), kept, "UTC", NOW)
    assert "I have your patch, and I'm trying that now" in text_of(told)
    paused = task_state(a_goal(status=GoalStatus.PAUSED), kept, "UTC", NOW)
    assert "I try it once it goes on" in text_of(paused)
    assert "trying" not in text_of(task_state(a_goal(status=GoalStatus.CANCELLED), kept, "UTC", NOW))


def every_report(name: str) -> Iterator[Outgoing]:
    goal = a_goal(name)
    hard = a_report(
        name,
        branch=name,
        base=name,
        commits=tuple(CodeCommit(commit="f" * 40, subject=name, task="") for _ in range(30)),
        tests_before=name,
        tests_after=name,
        checks=tuple(Check(name=name, held=held, words=name) for held in (True, False, None) * 9),
        sandboxed=False,
        pushed=name,
        pull_request=name,
    )
    conflicts = (name,) * 40
    far = shown(hard, LARGEST_NUMBER, conflicts)
    flagged = Flagged(changes=(FlaggedChange(path=name, why=name),) * 30, difference=DIFF, state="f" * 40)
    way = WayOut(remote=name, address=name, is_there=True)
    far = replace(far, way=way)
    yield from (reports.report_message(CHAT, a_goal(name, status), far, name) for status in GoalStatus)
    yield reports.report_message(CHAT, goal, shown(a_report(name, status="discarded", commits=(), difference=None)))
    yield reports.sure_to_discard(CHAT, goal, far)
    yield reports.discarded(CHAT, goal, name, NOW, ("UTC", NOW))
    yield reports.sure_to_push(CHAT, goal, far, way, name)
    yield reports.not_possible(CHAT, goal, name, name)
    yield reports.flagged_message(CHAT, goal, flagged)
    yield reports.flagged_message(CHAT, goal, replace(flagged, difference=replace(DIFF, text=name * 400)))
    waiting = Waiting(what=WaitingFor.PERSON, since=NOW)
    task = msgspec.structs.replace(a_task(name), work="hand_in_code", status=TaskStatus.WAITING, waiting=waiting)
    waits = msgspec.structs.replace(goal, tasks={task.number: task})
    yield reports.approved(CHAT, goal, [name] * 30)
    yield reports.approved(CHAT, waits, [name] * 30)
    yield reports.denied(CHAT, goal, [name] * 30)
    yield reports.denied(CHAT, waits, [name] * 30)
    yield reports.which_report(CHAT, [(goal.id, name)] * 30, CodeDeed.DISCARD)
    yield reports.diff_message(CHAT, goal, replace(DIFF, text=name))
    yield with_running(reports.denied(CHAT, waits, [name] * 30), Running(says=f"{name}\n" * 30, is_unsandboxed=True))


@pytest.mark.parametrize("name", NAMES)
def test_telegram_takes_every_message_however_hostile_the_names(name: str) -> None:
    for one in (*every_view(name), *every_report(name)):
        assert not list(breaches(one)), text_of(one)


def test_a_report_says_all_that_counts_and_offers_what_can_be_done() -> None:
    told = reports.report_message(CHAT, a_goal(), shown())
    text = text_of(told)
    assert text.startswith(
        "✅ Done, proven and committed\n🎯 Fix: totals are wrong\n🌿 milepost/7-fix-totals from main"
    )
    assert "• a1b2c3d4e5 shop\n1 file, +1 −1" in text
    assert "Tests: before 4 passed, 1 failed, now 6 passed" in text
    assert text.index("✖️ Worse: one test came out worse") < text.index("✅ Red")
    assert "⏱ 42 s of work · 💰 $0.12 for models" in text
    assert "WITHOUT" not in text
    assert labels(told) == ["Show diff", "Open pull request", "Push", "Keep branch", "Discard"]


def test_a_yes_to_a_push_is_bound_to_the_commit_that_was_shown() -> None:
    told = reports.sure_to_push(CHAT, a_goal(), shown(), WAY)
    assert "To: origin, https://example.org/shop.git" in text_of(told)
    assert "milepost/7-fix-totals at a1b2c3d4e5" in text_of(told)
    yes = taps_under(told)[0]
    assert yes == CodeTap(deed=CodeDeed.PUSH_YES, goal=GoalId(LARGEST_ID), digest="a1b2c3d4e5f6a7b8")


def test_where_nothing_may_be_pushed_no_button_says_it() -> None:
    told = reports.report_message(CHAT, a_goal(), replace(shown(), way=None))
    assert labels(told) == ["Show diff", "Keep branch", "Discard"]


def test_what_is_pushed_or_open_is_told_and_not_offered_again() -> None:
    pushed = reports.report_message(CHAT, a_goal(), replace(shown(), way=replace(WAY, is_there=True)))
    assert "⬆️ Pushed to https://example.org/shop.git" in text_of(pushed)
    assert "Push" not in labels(pushed)
    opened = reports.report_message(CHAT, a_goal(), shown(a_report(pull_request="https://example.org/pull/3")))
    assert "Open pull request" not in labels(opened)


def test_a_base_that_moved_on_is_told_with_a_rebase_and_conflicts_by_name() -> None:
    clean = reports.report_message(CHAT, a_goal(), shown(behind=3))
    assert "main has moved on by 3 commits" in text_of(clean)
    assert "Rebase" in labels(clean)
    clash = reports.report_message(CHAT, a_goal(), shown(behind=1, conflicts=("shop.py",)))
    assert "• shop.py" in text_of(clash)
    assert "Rebase" not in labels(clash)


def test_what_ran_without_a_sandbox_is_said() -> None:
    assert "WITHOUT a sandbox" in text_of(reports.report_message(CHAT, a_goal(), shown(a_report(sandboxed=False))))


@pytest.mark.parametrize(
    ("status", "title"),
    [
        (GoalStatus.ACTIVE, "🛠 Under way"),
        (GoalStatus.CANCELLED, "⚠️ Cancelled; this is there"),
        (GoalStatus.FAILED, "⚠️ Stopped; this is there"),
        (GoalStatus.COMPLETED, "⚠️ Closed, but not proven"),
    ],
)
def test_what_is_not_proven_never_looks_done(status: GoalStatus, title: str) -> None:
    told = reports.report_message(CHAT, a_goal(status=status), shown(a_report(proven=False, commits=())))
    assert text_of(told).startswith(title)
    assert "Nothing was committed." in text_of(told)
    assert "Push" not in labels(told)


def test_what_was_proven_on_another_base_is_not_called_proven_here_nor_where_it_would_leave_to() -> None:
    held = (Check(name="green", held=True, words="it is"),)
    moved = shown(a_report(proven=False, proven_elsewhere=True, checks=held))
    told = reports.report_message(CHAT, a_goal(status=GoalStatus.COMPLETED), moved)
    assert text_of(told).startswith("⚠️ Not proven on this base")
    assert "Prove it here" in labels(told)
    fell_short = shown(a_report(proven=False, proven_elsewhere=True))
    assert "Prove it here" not in labels(reports.report_message(CHAT, a_goal(), fell_short))
    asked = text_of(reports.sure_to_push(CHAT, a_goal(), moved, WAY))
    assert "⚠️ They are not proven on this base" in asked


def test_what_a_person_let_through_is_told_as_that_and_what_was_measured_with_its_figures() -> None:
    checks = (
        Check(name="no test is weakened, but for what you approved", held=True, words="test_sums.py:7: it is gone"),
        Check(name="they notice when the code is broken", held=True, words="7 of 9 were caught", measures=True),
        Check(name="the new tests pass", held=True, words="3 passed"),
    )
    approved = (FlaggedChange(path="test_sums.py", why="a test; the check «x == 1» is gone"),)
    told = text_of(reports.report_message(CHAT, a_goal(), shown(a_report(checks=checks, approved=approved))))
    assert "⚠️ Approved by you: test_sums.py, a test; the check «x == 1» is gone\n" in told
    assert "✅ No test is weakened, but for what you approved\n" in told
    assert "✅ They notice when the code is broken: 7 of 9 were caught\n" in told
    assert "✅ The new tests pass\n" in told


def test_a_short_diff_stands_in_the_message_and_a_long_one_comes_as_a_file() -> None:
    short = reports.diff_message(CHAT, a_goal(), DIFF)
    assert "+b" in text_of(short)
    assert "document" not in short.payload
    long = reports.diff_message(CHAT, a_goal(), replace(DIFF, text="+line\n" * 900, cut=True))
    assert long.payload["document"] == {"name": f"goal-{LARGEST_ID}.diff", "content": "+line\n" * 900}
    assert "It is cut" in text_of(long)
    far_apart = reports.diff_message(CHAT, a_goal(), replace(DIFF, text=" x = 1\n \n \n \n+y = 2\n"))
    assert " x = 1\n \n \n \n+y = 2" in text_of(far_apart), "blank lines hide nothing"
    hidden = reports.diff_message(CHAT, a_goal(), replace(DIFF, text="+a\u202eb\n"))
    assert "document" in hidden.payload
    assert "Nothing differs" in text_of(reports.diff_message(CHAT, a_goal(), replace(DIFF, text="")))


def test_changed_tests_are_shown_with_their_diff_and_two_answers() -> None:
    flagged = Flagged(
        changes=(FlaggedChange(path="test_shop.py", why="a check was taken out"),), difference=DIFF, state="ab12" * 10
    )
    told = reports.flagged_message(CHAT, a_goal(status=GoalStatus.ACTIVE), flagged)
    assert "• test_shop.py: a check was taken out" in text_of(told)
    assert "+b" in text_of(told)
    assert labels(told) == ["Approve", "Don't"]


def test_without_a_sandbox_a_goal_says_what_to_install() -> None:
    told = text_of(views.no_sandbox(CHAT, UNFIT))
    assert "Why: bwrap is not installed." in told
    assert "apt install bubblewrap" in told


def test_a_goal_that_was_set_says_where_and_by_which_tests_and_that_nothing_runs_yet() -> None:
    place = repository("shop", terms=Terms(test=Command(words=("pytest", "-q")), base="main"))
    draft = CodeDraft(of=1, kind=CodeKind.FIX, about="totals")
    told = text_of(views.code_goal_set(CHAT, (GoalId(3), "Fix: totals", draft), place, Footing(), ("UTC", NOW)))
    assert told.startswith("🛠 Goal 3: Fix: totals\n📦 shop, from main\nTests: pytest -q\n\n")
    assert "nothing runs before you press Start" in told
    assert "WITHOUT" not in told


def test_the_last_lines_of_what_runs_come_without_colours_and_overwritten_ones() -> None:
    output = "old\n1\n2\n\x1b[32mok\x1b[0m test_a\n10%\r50%\r100%\n\x1b]0;title\x07end\x1b[2K\n\n"
    assert last_lines(output) == ("1", "2", "ok test_a", "100%", "end")
    assert last_lines("") == ()
    assert all(len(one) <= 90 for one in last_lines("x" * 500))


def test_a_card_shows_what_runs_below_and_stays_as_it_is_where_nothing_does() -> None:
    card = Outgoing(
        chat=ChatId(1), payload={"text": "🎯 card", "entities": [{"type": "bold", "offset": 0, "length": 2}]}
    )
    assert with_running(card, Running()) == card
    told = with_running(card, Running(says="👍 3 passed", is_unsandboxed=True))
    assert str(told.payload["text"]).endswith(
        "WITHOUT a sandbox here: whoever runs this bot allows that.\n💻 Running now:\n👍 3 passed"
    )
    entities = told.payload["entities"]
    assert isinstance(entities, list)
    assert not list(breaches(told))
    assert len(entities) == 2


def test_what_is_not_committed_when_a_goal_ended_is_told_as_kept_and_never_as_leaving_the_machine() -> None:
    left = a_report(commits=(), difference=replace(DIFF, uncommitted=2), proven=False)
    told = text_of(reports.report_message(CHAT, a_goal(status=GoalStatus.CANCELLED), shown(left)))
    assert "Nothing was committed." in told
    assert "📎 2 files are not committed, but kept beside the branch: Reopen goes on from there." in told
    under_way = shown(replace(left, status="ready"))
    assert "📎" not in text_of(reports.report_message(CHAT, a_goal(status=GoalStatus.ACTIVE), under_way))
    pushed = shown(a_report(difference=replace(DIFF, uncommitted=1)))
    asked = text_of(reports.sure_to_push(CHAT, a_goal(), pushed, WAY))
    assert "1 commit leave this machine." in asked
    assert "takes the place" not in asked
    again = replace(WAY, replaces="f6dd04b70b" + "0" * 30)
    told = text_of(reports.sure_to_push(CHAT, a_goal(), pushed, again))
    assert "It takes the place of f6dd04b70b there, which I pushed before." in told


def test_what_fits_the_branch_no_longer_is_told_with_the_place_where_it_is_kept() -> None:
    kept = "refs/milepost/unproven/7-fix-totals"
    misfit = replace(DIFF, misfit=kept)
    told = text_of(reports.report_message(CHAT, a_goal(), shown(a_report(difference=misfit))))
    assert f"does not fit the branch any more, and is not part of this. It is kept: git show {kept}" in told
    for text in (DIFF.text, "", "+long\n" * 2_000):
        assert kept in text_of(reports.diff_message(CHAT, a_goal(), replace(misfit, text=text)))


def test_a_branch_that_can_not_be_looked_at_is_told_as_that_and_not_as_empty() -> None:
    away = a_report(
        commits=(), difference=None, proven=False, unseen="the repository «shop» is not where it was: gone."
    )
    told = reports.report_message(CHAT, a_goal(), replace(shown(away), standing=None, way=None))
    assert text_of(told).startswith("⚠️ The branch can't be looked at just now")
    assert "The repository «shop» is not where it was: gone.\nThis is what I know of it:" in text_of(told)
    assert "Nothing was committed" not in text_of(told)
    assert labels(told) == ["Look again"]


@pytest.mark.parametrize(
    ("laid", "proven", "says"),
    [
        (LaidOnBase(), True, "↪️ Rebased, and proven there: I ran the tests again."),
        (LaidOnBase(), False, "↪️ Rebased, but not proven there."),
        (LaidOnBase(unproven="no sandbox: none"), False, "↪️ Rebased, but not proven there: no sandbox: none."),
        (LaidOnBase(conflicts=("a.py",)), True, "✋ Not rebased; nothing was changed."),
        (LaidOnBase(fault="it has merges."), True, "✋ Not rebased: it has merges. The branch is as it was."),
    ],
)
def test_what_came_of_a_rebase_is_said_with_its_reason(laid: LaidOnBase, proven: bool, says: str) -> None:
    assert reports.laid_words(shown(a_report(proven=proven)), laid) == says


def test_what_is_not_committed_is_no_part_of_what_was_proven_again() -> None:
    for beside in (replace(DIFF, uncommitted=1), replace(DIFF, misfit="refs/milepost/unproven/7")):
        told = reports.laid_words(shown(a_report(difference=beside)), LaidOnBase())
        assert told == "↪️ Rebased, and proven there, without what is not committed: I ran the tests again."


def test_tests_that_were_not_run_since_the_change_are_told_as_that() -> None:
    told = text_of(reports.report_message(CHAT, a_goal(), shown(a_report(tests_after="", checks=()))))
    assert "Tests before: 4 passed, 1 failed; not run since" in told
