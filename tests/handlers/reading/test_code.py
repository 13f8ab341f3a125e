"""Words about code goals: what is to be done, what is handed in, what becomes of a branch."""

import pytest

from handlers.code.callbacks import CodeDeed
from handlers.reading.code import (
    CodeKind,
    branch_in,
    branch_wish,
    first_criterion,
    goal_name,
    is_all_sent,
    is_patch,
    patch_in,
    read_code_goal,
)

DIFF = "--- a/shop.py\n+++ b/shop.py\n@@ -1 +1 @@\n-a\n+b\n"


@pytest.mark.parametrize(
    ("kind", "text", "about"),
    [
        (CodeKind.FIX, "totals are wrong", "totals are wrong"),
        (CodeKind.FIX, "Fix the bug that totals are wrong.", "totals are wrong"),
        (CodeKind.FIX, "please fix the login", "the login"),
        (CodeKind.FIX, "bug: the login hangs", "the login hangs"),
        (CodeKind.FIX, "fix", "fix"),
        (CodeKind.FEATURE, "add a search over titles", "a search over titles"),
        (CodeKind.FEATURE, "address books", "address books"),
        (CodeKind.REFACTORING, "clean up shop.py", "shop.py"),
        (CodeKind.TESTS, "for shop.total", "shop.total"),
        (CodeKind.TESTS, "write tests for shop.total", "shop.total"),
        (CodeKind.TESTS, "forms.py", "forms.py"),
        (CodeKind.FIX, "", ""),
    ],
)
def test_what_the_command_said_already_is_not_said_twice(kind: CodeKind, text: str, about: str) -> None:
    assert read_code_goal(text, kind).about == about


def test_further_lines_describe_a_bug_and_are_examples_of_a_feature() -> None:
    text = "Totals\n- 1 and 2 give 3\nnothing gives 0\ndeadline: friday\npriority: high"
    bug, feature = read_code_goal(text, CodeKind.FIX), read_code_goal(text, CodeKind.FEATURE)
    assert (bug.description, bug.acceptance) == ("nothing gives 0\n1 and 2 give 3", ())
    assert (feature.description, feature.acceptance) == ("", ("nothing gives 0", "1 and 2 give 3"))
    assert (feature.deadline, feature.priority) == ("friday", 3)


def test_an_example_may_say_that_it_is_one() -> None:
    told = read_code_goal("Search\nExample: tea finds Green tea\nacceptance: nothing finds nothing", CodeKind.FEATURE)
    assert told.acceptance == ("tea finds Green tea", "nothing finds nothing")


@pytest.mark.parametrize(
    ("kind", "text", "about"),
    [
        (CodeKind.REFACTORING, "shop.py is too long", "shop.py"),
        (
            CodeKind.REFACTORING,
            "the functions of shop.py are all alike, and it has no docstrings",
            "the functions of shop.py",
        ),
        (CodeKind.TESTS, "shop.total has none", "shop.total"),
    ],
)
def test_what_is_wrong_with_code_describes_it_and_is_no_name_of_it(kind: CodeKind, text: str, about: str) -> None:
    told = read_code_goal(f"{text}\nslowly", kind)
    assert (told.about, told.description) == (about, f"{text}\nslowly")


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (CodeKind.FIX, "shop.py is too long"),
        (CodeKind.FEATURE, "orders are numbered"),
        (CodeKind.REFACTORING, "what is in shop.py"),
        (CodeKind.REFACTORING, "the way we are reading files"),
        (CodeKind.REFACTORING, "shop.py: it is slow"),
        (CodeKind.REFACTORING, "the code that has no tests"),
        (CodeKind.REFACTORING, "into two modules since shop.py is too long"),
        (CodeKind.REFACTORING, "shop.py"),
    ],
)
def test_what_is_no_complaint_about_a_thing_stays_as_it_was_said(kind: CodeKind, text: str) -> None:
    assert read_code_goal(text, kind).about.endswith(text)


@pytest.mark.parametrize("kind", list(CodeKind))
def test_name_and_criterion_say_what_is_to_be_done(kind: CodeKind) -> None:
    assert "shop.total" in goal_name(kind, "shop.total")
    assert first_criterion(kind, "shop.total").split(" ")[0] in ("Fix", "Implement", "Refactor", "Add")


@pytest.mark.parametrize(
    ("text", "branch"),
    [
        ("branch fix-totals", "fix-totals"),
        ("my branch is fix/totals.", "fix/totals"),
        ("It's on branch «fix-totals»", "fix-totals"),
        ("done, it's on branch x/y", "x/y"),
        ("take my branch foo", "foo"),
        ("on the fix-totals branch", "fix-totals"),
        ("my branch fix-totals has it all", "fix-totals"),
        ("I pushed it to branch fix-totals", "fix-totals"),
        ("the cure is on branch fix/totals, have a look", "fix/totals"),
        ("I've made a branch, fix-totals.", "fix-totals"),
        ("the branch fix-totals isn't ready", ""),
        ("should the branch fix-totals be used?", ""),
        ("when branch fix-totals is merged, go on", ""),
        ("please use branch fix/totals for it", "fix/totals"),
        ("pushed to branch fix/totals", "fix/totals"),
        ("Fixed it on branch fix/totals", "fix/totals"),
        ("I solved it on branch fix/totals", "fix/totals"),
        ("done, see branch fix/totals", "fix/totals"),
        ("branch fix/totals is ready", "fix/totals"),
        ("Anna is done with branch fix/totals", ""),
        ("everything is now on branch fix/totals", "fix/totals"),
        ("it conflicts with branch release/2", ""),
        ("Anna works on branch fix/totals just now", ""),
        ("the tests fail on branch fix/totals as well", ""),
        ("ignore branch old/totals", ""),
        ("The release is cut from branch release/1.2", ""),
        ("the branch has it all", ""),
        ("the branch", ""),
        ("it's on my branch", ""),
        ("there is a problem with the branch", ""),
        ("fix-totals", ""),
        ("branch", ""),
        ("buy milk", ""),
    ],
)
def test_a_branch_is_named_in_words(text: str, branch: str) -> None:
    assert branch_in(text) == branch


def test_a_bare_name_will_do_where_a_branch_was_asked_for_and_it_is_no_other_word() -> None:
    assert branch_in("fix-totals", asked=True) == "fix-totals"
    assert branch_in("done", asked=True) == ""
    assert branch_in("not yet", asked=True) == ""


def test_a_pasted_patch_is_found_among_words_and_in_fences() -> None:
    assert patch_in(f"here it is:\n{DIFF}") == f"here it is:\n{DIFF}"
    assert patch_in(f"```diff\n{DIFF}```\nthat's it") == DIFF
    assert patch_in(DIFF.rstrip()) == DIFF
    assert patch_in("--- three dashes\nand more") == ""
    assert patch_in("done") == ""


def test_a_document_is_a_patch_by_its_name_or_by_how_it_begins() -> None:
    assert is_patch("fix.patch", b"")
    assert is_patch("Fix.DIFF", b"")
    assert is_patch("changes.txt", DIFF.encode())
    assert is_patch("changes", DIFF.encode())
    assert not is_patch("notes.txt", b"nothing")
    assert not is_patch("test_shop.py", DIFF.encode())
    assert not is_patch("logo.txt", b"\xff\xfe\x00")


@pytest.mark.parametrize(
    ("text", "deed", "goal"),
    [
        ("show the diff", CodeDeed.DIFF, None),
        ("Show me the changes, please", CodeDeed.DIFF, None),
        ("diff", CodeDeed.DIFF, None),
        ("show the diff of goal 12", CodeDeed.DIFF, 12),
        ("push it", CodeDeed.PUSH, None),
        ("Push", CodeDeed.PUSH, None),
        ("open a pull request", CodeDeed.PULL, None),
        ("open a PR", CodeDeed.PULL, None),
        ("keep the branch", CodeDeed.KEEP, None),
        ("discard it!", CodeDeed.DISCARD, None),
        ("discard #7", CodeDeed.DISCARD, 7),
        ("bring it back", CodeDeed.UNDO, None),
        ("rebase it", CodeDeed.REBASE, None),
        ("the report", CodeDeed.REPORT, None),
    ],
)
def test_what_becomes_of_a_branch_is_said_in_words(text: str, deed: CodeDeed, goal: int | None) -> None:
    wish = branch_wish(text)
    assert wish is not None
    assert (wish.deed, wish.goal) == (deed, goal)


@pytest.mark.parametrize(
    "text", ["put it off", "push the deadline to friday", "keep going", "show the plan", "undo", "discard the plan", ""]
)
def test_other_words_are_about_no_branch(text: str) -> None:
    assert branch_wish(text) is None


def test_that_is_all_is_said_in_several_ways() -> None:
    assert all(is_all_sent(one) for one in ("that's all", "Take them.", "done", "yes", "That is everything of it"))
    assert not any(is_all_sent(one) for one in ("wait", "one more", "no", ""))


def test_a_change_that_is_said_sign_for_sign_keeps_its_words() -> None:
    said = "Add docs/use.md that says «Use it» and push it"
    about = read_code_goal(said, CodeKind.FEATURE).about
    assert (about, goal_name(CodeKind.FEATURE, about), first_criterion(CodeKind.FEATURE, about)) == (said,) * 3
    assert goal_name(CodeKind.FEATURE, read_code_goal("Add a search", CodeKind.FEATURE).about) == "Implement a search"
