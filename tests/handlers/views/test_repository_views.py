"""Repositories in words: what Telegram takes, however long, and every command shown in whole."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from engine.coding.checking import LONGEST_COMMAND, MOST_PATTERNS, checked_words
from engine.coding.repositories import (
    Command,
    CommandKind,
    Language,
    PushPolicy,
    Repository,
    RepositoryId,
    SetUp,
    Terms,
)
from engine.records import Outgoing
from engine.values import UserId
from handlers.reading.carried import LARGEST_NUMBER
from handlers.reading.repositories import IN_WORDS, SWITCHES
from handlers.views import repositories as views
from tests.handlers.views.test_hard_values import CHAT, NAMES, NOW, breaches


def longest(first: str) -> Command:
    words = (first, *["<&👍  >"] * 40)
    made = Command(words=words, network=True)
    left = LONGEST_COMMAND - len(made.line.encode("utf-16-le")) // 2 - 1
    return Command(words=checked_words((*words, "x" * left)), network=True)


def repository(name: str = "shop", *, terms: Terms | None = None, owner: int | None = 7) -> Repository:
    full = Terms(
        language=Language.PYTHON,
        test=longest("t"),
        lint=longest("l"),
        build=longest("b"),
        set_up=SetUp(command=longest("s"), makes=("x" * 200,) * 8),
        allow=tuple(f"{n}{'x' * 198}" for n in range(MOST_PATTERNS)),
        deny=tuple(f"{n}{'👍' * 198}" for n in range(MOST_PATTERNS)),
        new_files="n" * 200,
        base="b" * 200,
    )
    return Repository(
        id=RepositoryId(LARGEST_NUMBER),
        owner=None if owner is None else UserId(owner),
        chat=None if owner is None else CHAT,
        name=name,
        path=Path(f"/{name}"),
        terms=full if terms is None else terms,
        revision=LARGEST_NUMBER,
        registered_at=NOW,
    )


def every_view(name: str) -> Iterator[Outgoing]:
    for one in (
        repository(name),
        repository(name, owner=None),
        repository(name, terms=Terms()),
        repository(name, terms=Terms(deny=(), push=PushPolicy.NEVER)),
    ):
        yield views.repository_page(CHAT, one)
        yield views.repository_page(CHAT, one, name)
        yield views.network_page(CHAT, one)
        yield views.sure_to_remove(CHAT, one)
        yield views.removed(CHAT, one)
        yield views.not_understood(CHAT, one)
        yield from (views.ask_part(CHAT, one, deed, LARGEST_NUMBER) for deed in set(IN_WORDS) - SWITCHES)
    roots = [Path(f"/{name}")] * 20
    yield views.repository_list(CHAT, [], {}, [])
    yield views.repository_list(CHAT, [repository(name)] * 200, {f"{name}{n}": name for n in range(50)}, roots)
    yield views.how_to_add(CHAT, roots)
    yield views.how_to_add(CHAT, [])


@pytest.mark.sample(4)
@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES.keys())
def test_every_message_about_repositories_is_one_that_telegram_takes(name: str) -> None:
    for shown in every_view(name):
        assert not list(breaches(shown)), shown


def shown(outgoing: Outgoing) -> str:
    return str(outgoing.payload["text"])


def labels(outgoing: Outgoing) -> list[str]:
    markup = outgoing.payload["reply_markup"]
    assert isinstance(markup, dict)
    rows = markup["inline_keyboard"]
    assert isinstance(rows, list)
    return [str(button["text"]) for row in rows if isinstance(row, list) for button in row if isinstance(button, dict)]


def test_a_command_that_is_asked_about_is_shown_to_its_last_word_however_long_the_rest_is() -> None:
    one = repository("n" * 40)
    text = shown(views.repository_page(CHAT, one, "Added. This is what it tells of itself:"))
    for command in map(one.terms.command, CommandKind):
        assert command is not None
        assert command.line in text
    assert text.endswith("«allow: src/**, tests/**».")


def test_a_page_offers_what_can_be_done_and_nothing_else() -> None:
    empty = labels(views.repository_page(CHAT, repository(terms=Terms())))
    assert not {"Approve the set-up", "Its folders", "Network"} & set(empty)
    assert {"Rename", "Remove", "Never push"} <= set(empty)
    assert not {"Rename", "Remove"} & set(labels(views.repository_page(CHAT, repository(owner=None))))
    full = repository()
    assert {"Approve the set-up", "Its folders", "Network"} <= set(labels(views.repository_page(CHAT, full)))
    set_up = full.terms.set_up
    assert set_up is not None
    approved = replace(full, terms=replace(full.terms, set_up=replace(set_up, approved=set_up.digest)))
    assert "Approve the set-up" not in labels(views.repository_page(CHAT, approved))
    assert "approved ✅" in shown(views.repository_page(CHAT, approved))


def test_a_page_reads_like_this() -> None:
    terms = Terms(
        language=Language.JAVASCRIPT,
        test=Command(words=("npm", "test")),
        set_up=SetUp(command=Command(words=("npm", "ci"), network=True), makes=("node_modules",)),
        base="main",
    )
    assert shown(views.repository_page(CHAT, repository("shop", terms=terms), "Added.")).splitlines() == [
        "Added.",
        "",
        "📦 shop",
        "/shop · JavaScript · added by you",
        "",
        "Tests: npm test",
        "Linter: none",
        "Build: none",
        "Set-up: npm ci (with the network)",
        "    fills node_modules; not approved yet: tests run without what it fetches",
        "",
        "May change: everything",
        "But never: secrets, git's files and those of build servers, unless you allow them by name",
        "Test files: as their names say",
        "New files: the repository itself",
        "Base branch: main",
        "Push: each one after your yes",
        "",
        "Change it by button, or reply with words such as «test: pytest -q» or «allow: src/**, tests/**».",
    ]
