"""What is said beside a change is told from it, and what only sounds like it is left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.coding.works.said import asked_beside, check_said, split_off


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Fix the totals and push it", ("Fix the totals", "push it")),
        ("Fix the totals, push the branch to origin.", ("Fix the totals", "push the branch to origin")),
        (
            "Totals are wrong; push it and then open a pull request!",
            ("Totals are wrong", "push it", "open a pull request"),
        ),
        ("Add dark mode and open a PR", ("Add dark mode", "open a PR")),
        ("Add a page so that docs/use.md exists", ("Add a page", "docs/use.md exists")),
        ("Tidy up until `make lint` exits with 0", ("Tidy up", "`make lint` exits with 0")),
        (
            "Serve it so that http://localhost:80/health answers 200 and push it",
            ("Serve it", "http://localhost:80/health answers 200", "push it"),
        ),
        ("Add push notifications", ("Add push notifications",)),
        ("Make the button push the cart out of view", ("Make the button push the cart out of view",)),
        ("Let people open a pull request from the page", ("Let people open a pull request from the page",)),
        ("Cache it so that pages are quick", ("Cache it so that pages are quick",)),
        ("push it", ("push it",)),
    ],
)
def test_what_is_to_become_of_a_change_is_told_from_the_change(text: str, expected: tuple[str, ...]) -> None:
    assert split_off(text) == expected


@pytest.mark.parametrize(
    ("text", "task", "arguments"),
    [
        ("Push the changes upstream", "push_branch", ("Push the changes upstream",)),
        ("Submit a merge request for it", "request_pull", ("Submit a merge request for it",)),
        ("Create a file VERSION with 1.2.0", "create_as_said", ("VERSION", "1.2.0\n")),
        ("Add docs/Hello.md that says «Hello, World»", "create_as_said", ("docs/Hello.md", "Hello, World\n")),
        ('Create .tool-versions containing "python 3.11"', "create_as_said", (".tool-versions", "python 3.11\n")),
        ("Replace «1.1.0» by «1.2.0» in pyproject.toml", "replace_as_said", ("pyproject.toml", "1.1.0", "1.2.0")),
        ("`make lint` exits 0", "make_hold", ("`make lint` exits 0",)),
    ],
)
def test_what_is_said_in_full_is_asked_for_outright(text: str, task: str, arguments: tuple[str, ...]) -> None:
    found = asked_beside(text)
    assert found is not None
    assert (found.task, found.arguments) == (task, arguments)


@pytest.mark.parametrize(
    "text",
    [
        "Create a file system with snapshots",
        "Create docs/use.md with an introduction",
        "Write tests with pytest",
        "Replace the parser by a faster one in shop.py",
        "Create ../outside.txt with x",
        "Push notifications arrive",
        "Open a pull request template",
        "The login exists",
        "Totals are 0",
    ],
)
def test_what_only_sounds_like_it_is_left_to_whoever_writes_code(text: str) -> None:
    assert asked_beside(text) is None
    assert split_off(text) == (text,)


@pytest.mark.parametrize(
    ("text", "check"),
    [
        ("docs/use.md exists", {"file": "docs/use.md"}),
        ("the file Makefile is there", {"file": "Makefile"}),
        ("README.md contains «How to use it»", {"file": "README.md", "contains": "How to use it"}),
        ("`pytest -q -k 'a b'` exits with code 0", {"command": ["pytest", "-q", "-k", "a b"]}),
        ("make lint exits 0", {"command": ["make", "lint"]}),
        ("http://localhost:80/health answers with 204", {"url": "http://localhost:80/health", "status": 204}),
        ("every page exists", None),
        ("«unclosed ' quote» exits 0", None),
    ],
)
def test_what_is_to_hold_becomes_a_check(text: str, check: object) -> None:
    assert check_said(text) == check


@given(st.text(alphabet="push it and open a PR,.;«»`exits 0/\n", max_size=200))
def test_no_words_are_lost_but_those_between(text: str) -> None:
    parts = split_off(text)
    assert parts
    place = 0
    for part in parts:
        place = text.index(part, place) + len(part)
