"""Whoever names a command hears what came of it: run once on the base, aside, and told when it is known."""

import errno
from dataclasses import replace

import pytest

from engine.coding.reports import Trial
from engine.coding.repositories import Command, CommandKind, Repository
from engine.errors import ResourceBlocked
from engine.values import Cause, ChatId
from tests.handlers.code.conftest import FakeBench, Shop, shop
from tests.handlers.conftest import ANN

TEST = CommandKind.TEST


async def test_what_is_added_has_its_tests_tried_at_once_and_the_page_has_them_tried_again(
    at: Shop, bench: FakeBench
) -> None:
    shop(at.place.parent / "till")
    told = await at.talk.say(f"/repo add {at.place.parent / 'till'}")
    assert told.startswith("Added. I try it once, and tell you what comes. This is what it tells of itself:")
    assert told.endswith("📦 till: ✅ I tried the tests as things are\n12 passed")
    await at.talk.press("Show the repository")
    assert "12 passed" in await at.talk.press("Try the tests")
    assert [asked[:2] for asked in bench.asked] == [("try", TEST)] * 2


async def test_a_command_that_is_another_now_is_tried_and_what_stays_is_not(at: Shop, bench: FakeBench) -> None:
    assert "✅ I tried the linter" in await at.talk.say("/repo shop lint: ruff check .")
    assert "✅ I tried the tests" in await at.talk.say("/repo shop test: pytest -q")
    assert "I try" not in await at.talk.say("/repo shop allow: src/**")
    assert "I try" not in await at.talk.say("/repo shop build: none")
    assert bench.asked == [("try", CommandKind.LINT, "ruff check ."), ("try", TEST, "pytest -q")]


async def test_a_set_up_has_the_tests_tried_once_it_is_approved_and_not_before(at: Shop, bench: FakeBench) -> None:
    await at.talk.say("/repo shop setup: make deps")
    assert bench.asked == []
    assert "12 passed" in await at.talk.press("Approve the set-up")


async def test_a_command_that_another_took_the_place_of_while_it_was_tried_is_not_told(
    at: Shop, bench: FakeBench
) -> None:
    engine = at.talk.engine

    class Slow(FakeBench):
        async def try_command(self, repository: Repository, kind: CommandKind) -> Trial:
            if repository.terms.test == Command(words=("first",)):
                terms = replace(repository.terms, test=Command(words=("second",)))
                changed = await engine.repositories.change(repository, terms, Cause("meanwhile"))
                assert await engine.try_commands(changed, repository, ChatId(ANN.id))
            return Trial(kind=kind, fine=True, words=f"{repository.terms.test}")

    assert engine.workbench is not None
    engine.workbench.made = Slow(at.talk)
    told = await at.talk.say("/repo shop test: first")
    assert told.count("I tried the tests") == 1
    assert "words=('second',)" in told


@pytest.mark.parametrize(
    ("trial", "expected"),
    [
        (
            Trial(kind=TEST, fine=False, words="1 passed, 2 failed", red=("test_a", "test_b")),
            "⚠️ I tried the tests as things are\n1 passed, 2 failed\nRed: test_a, test_b.\nWork can begin: what is so"
            " already does not count against a change.",
        ),
        (
            Trial(kind=TEST, fine=False, words="«pytest» says\nNo module named pytest", remedy="say what fetches it"),
            "✋ I tried the tests as things are\n«pytest» says\nNo module named pytest\nSay what fetches it; then I"
            " try it again.",
        ),
        (
            Trial(kind=CommandKind.LINT, fine=True, words="lint: fine", sandboxed=False),
            "✅ I tried the linter as things are\nLint: fine\n⚠️ Code runs WITHOUT a sandbox here: whoever runs this bot"
            " allows that.",
        ),
    ],
)
async def test_what_came_is_told_with_what_it_means_for_the_work(
    at: Shop, bench: FakeBench, trial: Trial, expected: str
) -> None:
    bench.trial = trial
    kind = "test" if trial.kind is TEST else trial.kind.value
    assert (await at.talk.say(f"/repo shop {kind}: pytest -q")).endswith(f"📦 shop: {expected}")


async def test_where_nothing_can_be_run_that_is_told_instead(at: Shop, bench: FakeBench) -> None:
    bench.fault = ResourceBlocked("a sandbox", "bubblewrap is missing; install it")
    told = await at.talk.say("/repo shop test: pytest -q")
    assert told.endswith("📦 shop: I could not try its commands\nbubblewrap is missing; install it")
    bench.fault = OSError(errno.ENOSPC, "No space left on device")
    told = await at.talk.say("/repo shop test: pytest -q -x")
    assert told.endswith("I could not try its commands\nits files could not be laid out: No space left on device")
