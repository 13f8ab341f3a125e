"""Each work of code goals: what it takes, what comes out, and that a second run finds the first one's."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from engine.coding.answers import digest_of
from engine.coding.reports import HandIn
from engine.coding.repositories import Command
from engine.coding.works.evidence import changed_texts, flagged, own_tests
from engine.coding.works.names import Part
from engine.coding.works.writing import looked_at
from engine.errors import ExternalBlocked, InvalidInputError, PermanentError
from engine.executor import AutonomousGoalExecutor
from engine.tasks import Outcome
from engine.values import Cause, GoalId, JsonValue
from engine.work.registry import WorkContext
from engine.workspace.access.editing import Edit
from engine.workspace.access.refusals import AccessRefused
from tests.engine.coding.shop import CURE, RED_TEST, SHOP, Life, git


async def ignore(count: int) -> None:
    """Nobody counts here."""


async def run(life: Life, work: str, inputs: Mapping[str, JsonValue]) -> Outcome:
    """One attempt at a work, outside of any plan."""
    executor, goal = life.executor, await life.goal()
    known = executor.registry.get(work)
    known.check_inputs(dict(inputs))
    assert known.run is not None
    context = WorkContext(
        goal_id=goal.id,
        goal_name=goal.name,
        task=next(iter(goal.tasks.values())),
        inputs=dict(inputs),
        attempt=1,
        now=executor.clock.now,
        report=ignore,
    )
    came = known.run(context)
    outcome = await came  # type: ignore[misc]  # all of them are coroutines
    assert isinstance(outcome, Outcome)
    return outcome


@pytest.mark.long  # engine/workspace/git/test_worktrees.py finds the same branch
async def test_opening_a_second_time_finds_the_same_branch(life: Life) -> None:
    first, second = await run(life, "open_workspace", {}), await run(life, "open_workspace", {})
    assert first == second
    assert first.summary.startswith(f"Branch milepost/{life.id}-fix-the-bug-that-totals-are-wrong, from main; tests")


@pytest.mark.long  # scenarios/code/test_fixing.py leaves a checkout alone
async def test_a_dirty_checkout_is_told_of_and_left_alone(life: Life, shop: Path) -> None:
    (shop / "shop.py").write_text("half a sent")
    (shop / "new.txt").write_text("new")
    outcome = await run(life, "open_workspace", {})
    assert "The checkout has 1 changed and 1 new files; they stay as they are" in outcome.summary
    assert (shop / "shop.py").read_text() == "half a sent"


async def test_what_git_would_not_keep_as_it_is_written_is_told_at_the_start_and_found_before_the_commit(
    life: Life, shop: Path
) -> None:
    (shop / ".git" / "info" / "attributes").write_text("shop.py filter=lfs\n")
    outcome = await run(life, "open_workspace", {})
    assert "files that go through a git filter can't be changed here: shop.py («lfs»)" in outcome.summary
    async with (await life.benches()).open(await life.goal()) as bench:
        bench.code.write("shop.py", SHOP + "\n")
        verdict = await looked_at(bench, Part.CHANGE, await life.goal())
    assert any("goes through the filter «lfs»" in why for why in verdict.reasons)


async def test_a_change_that_was_refused_is_told_with_the_reason(life: Life, shop: Path) -> None:
    (shop / "old.py").write_bytes("# caf\xe9\n".encode("latin-1"))
    git(shop, "add", "old.py")
    git(shop, "commit", "-q", "-m", "Old")
    await run(life, "open_workspace", {})
    async with (await life.benches()).open(await life.goal()) as bench:
        for _ in range(2):
            with pytest.raises(AccessRefused):
                bench.code.edit([Edit(path="old.py", old_text="caf", new_text="tea")])
        verdict = await looked_at(bench, Part.CHANGE, await life.goal())
    (told,) = [check.words for check in verdict.checks if check.name == "the code is changed"]
    assert told == "no file of it is; refused was old.py: it is not UTF-8 (byte 5, line 1), so it is left as it is"


async def test_files_are_created_and_modified_once(life: Life) -> None:
    for _ in range(2):
        await run(life, "create_file", {"path": "docs/notes.md", "content": "One\nTwo\n"})
    edits: JsonValue = [{"old_text": "Two", "new_text": "Three"}]
    for _ in range(2):
        await run(life, "modify_file", {"path": "docs/notes.md", "edits": edits})
    async with (await life.benches()).open(await life.goal()) as bench:
        assert bench.code.text("docs/notes.md") == "One\nThree\n"


@pytest.mark.sample(1, in_ci=4)
@pytest.mark.parametrize(
    ("work", "inputs"),
    [
        ("create_file", {"path": "shop.py", "content": "other"}),
        ("create_file", {"path": "../x", "content": ""}),
        ("create_file", {"path": ".env", "content": "KEY=1"}),
        ("create_file", {"path": ".github/workflows/x.yml", "content": "on: push"}),
        ("modify_file", {"path": "shop.py", "edits": [{"old_text": "nowhere", "new_text": "x"}]}),
        ("modify_file", {"path": "missing.py", "edits": [{"old_text": "a", "new_text": "b"}]}),
        ("git_commit", {"message": "Nothing is proven"}),
    ],
)
async def test_what_may_not_be_is_refused_for_good_and_changes_nothing(
    life: Life, work: str, inputs: dict[str, JsonValue]
) -> None:
    with pytest.raises(PermanentError):
        await run(life, work, inputs)
    async with (await life.benches()).open(await life.goal()) as bench:
        assert await bench.changed() == ()


async def test_tests_linter_and_build_are_run_and_fall_short_where_they_fail(life: Life) -> None:
    executor = life.executor
    (known,) = await executor.repositories.of(None)
    with pytest.raises(ExternalBlocked, match="linted"):
        await run(life, "run_linter", {})
    terms = replace(
        known.terms,
        lint=Command(words=("python3", "-m", "py_compile", "shop.py")),
        build=Command(words=("python3", "-c", "import sys; sys.exit('no wheel')")),
    )
    await executor.repositories.change(known, terms, Cause("test"))
    tests = await run(life, "run_tests", {"tests": ["test_shop.py"]})
    assert (tests.summary, tests.deviation) == ("2 passed", 0.0)
    assert (await run(life, "run_linter", {})).deviation == 0.0
    built = await run(life, "build", {})
    assert built.deviation == 1.0
    assert "no wheel" in built.summary
    with pytest.raises(ExternalBlocked, match="leave to build with docker"):
        await run(life, "build", {"tool": "docker"})


@pytest.mark.long  # half a second; the works that it sums up are tried above
async def test_a_validation_tells_all_that_does_not_hold(life: Life) -> None:
    await run(life, "create_file", {"path": "data.json", "content": '{"name": "shop", "size": 3}'})
    schema: JsonValue = {"type": "object", "required": ["name"], "properties": {"size": {"type": "integer"}}}
    fine: list[JsonValue] = [
        {"file": "shop.py", "contains": "def total", "matches": r"^def \w+\(prices\):$"},
        {"file": "data.json", "schema": schema},
        {"command": ["python3", "-c", "print(1)"]},
    ]
    assert (await run(life, "validate", {"checks": fine})).deviation == 0.0
    wrong: list[JsonValue] = [
        {"file": "gone.py"},
        {"file": "shop.py", "contains": "nowhere"},
        {"file": "data.json", "schema": {"required": ["price"]}},
        {"command": ["false"]},
        {"url": "http://127.0.0.1:9/"},
        {"file": "shop.py"},
    ]
    outcome = await run(life, "validate", {"checks": wrong})
    assert outcome.deviation == pytest.approx(5 / 6)
    assert "it has no «price»" in outcome.summary


@pytest.mark.long  # two seconds
async def test_what_is_written_while_it_is_proven_is_what_the_proof_tells_of(life: Life) -> None:
    workbench = life.executor.workbench
    assert workbench is not None
    heard: list[GoalId] = []
    workbench.on_news = heard.append
    async with (await life.benches()).open(await life.goal()) as bench:
        for path, content in RED_TEST.items():
            bench.code.write(path, content.decode())
    await run(life, "prove", {"proof": "fix_bug"})
    with_base = len(heard)
    heard.clear()
    red = await run(life, "prove", {"proof": "fix_bug"})
    until_last = len(heard)
    assert until_last < with_base, "the new test was red on the base, and that stays so"

    def write_at_last(goal: GoalId) -> None:
        heard.append(goal)
        if len(heard) == 2 * until_last:
            bench.code.write("shop.py", SHOP.replace("[1:]", ""))

    workbench.on_news = write_at_last
    green = await run(life, "prove", {"proof": "fix_bug"})
    assert len(heard) > 2 * until_last, "the files were not looked at once more"
    assert isinstance(red.value, dict)
    assert isinstance(green.value, dict)
    assert (red.deviation > 0, green.deviation) == (True, 0.0)
    assert (red.value["after"], green.value["after"]) == ("2 passed, 1 failed", "3 passed")
    async with (await life.benches()).open(await life.goal()) as bench:
        assert green.value["state"] == await bench.state()


@pytest.mark.long  # over a second; engine/workspace/git/test_committing.py has it by itself
async def test_a_commit_is_made_once(life: Life, shop: Path) -> None:
    await life.hand_in(HandIn(files=RED_TEST))
    goal = await life.hand_in(HandIn(patch=CURE))
    assert goal.has_ended
    await life.closed()
    assert "all was committed before" in (await run(life, "git_commit", {"message": "Again"})).summary
    branch = f"milepost/{life.id}-fix-the-bug-that-totals-are-wrong"
    assert len(git(shop, "log", "--format=%h", branch).split()) == 2


@pytest.mark.sample(5)
@pytest.mark.parametrize(
    ("work", "inputs"),
    [
        ("create_file", {"path": "x"}),
        ("modify_file", {"path": "x", "edits": []}),
        ("modify_file", {"path": "x", "edits": [{"old_text": "a"}]}),
        ("run_tests", {"tests": "all"}),
        ("build", {"tool": "bazel"}),
        ("build", {"tool": "make", "target": "all; rm -rf /"}),
        ("build", {"tool": "make", "target": "--eval=x"}),
        ("validate", {"checks": [{"file": "x", "command": ["y"]}]}),
        ("validate", {"checks": [{"file": "x", "matches": "("}]}),
        ("validate", {"checks": [{"file": "x", "schema": {"$ref": "y"}}]}),
        ("validate", {"checks": [{"command": ["a", "&&", "b"]}]}),
        ("prove", {"proof": "magic"}),
        ("prove", {"proof": "add_tests", "measure": "beauty"}),
        ("git_commit", {}),
        ("git_push", {"force": True}),
        ("hand_in_code", {"part": "everything"}),
    ],
)
async def test_inputs_that_mean_nothing_are_refused_before_anything_runs(
    executor: AutonomousGoalExecutor, work: str, inputs: dict[str, JsonValue]
) -> None:
    with pytest.raises(InvalidInputError):
        executor.registry.get(work).check_inputs(inputs)


DOCKER = """#!/bin/sh
[ "$#" = 4 ] && [ "$1 $2 $3" = "build --quiet --network=none" ] || { echo "asked in another way: $*"; exit 64; }
[ ! -e "$4/.git" ] || { echo "git's own files are in it"; exit 65; }
[ "$(cat "$4/shop.py" | head -1)" = "def total(prices):" ] || exit 66
[ -e "$4/Dockerfile" ] || { echo "no Dockerfile"; exit 1; }
echo sha256:built
"""


@pytest.mark.long
async def test_docker_builds_a_copy_of_the_files_where_the_operator_allows_it(life: Life, tmp_path: Path) -> None:
    benches = await life.benches()
    folder = tmp_path / "programs"
    folder.mkdir()
    options = replace(benches.sources.options, docker=True, outside={"PATH": str(folder)})
    benches.sources = replace(benches.sources, options=options)
    with pytest.raises(ExternalBlocked, match="the program «docker»"):
        await run(life, "build", {"tool": "docker"})
    (folder / "docker").write_text(DOCKER)
    (folder / "docker").chmod(0o755)
    failed = await run(life, "build", {"tool": "docker"})
    assert (failed.summary, failed.deviation) == ("docker build: 1", 1.0)
    await run(life, "create_file", {"path": "Dockerfile", "content": "FROM scratch\n"})
    built = await run(life, "build", {"tool": "docker"})
    assert (built.summary, built.deviation) == ("docker build: fine", 0.0)
    assert built.value == {"exit_code": 0, "sandboxed": False, "output": "sha256:built"}


@pytest.mark.long
async def test_what_a_person_laid_there_and_nobody_can_read_is_asked_about(life: Life) -> None:
    async with (await life.benches()).open(await life.goal()) as bench:
        (bench.worktree.path / "conftest.py").write_bytes(b"# coding: latin-1\nNAME = 'caf\xe9'\n")
        (bench.worktree.path / "logo.png").write_bytes(b"\x89PNG\xff")
        texts = await changed_texts(bench)
        assert [one.path for one in flagged(texts, own_tests(texts))] == ["conftest.py"]
        (bench.worktree.path / "conftest.py").write_bytes(b"# coding: latin-1\nNAME = 'th\xe9'\n")
        changed = await changed_texts(bench)
        assert digest_of(texts[0]) != digest_of(changed[0]), "a yes to the one is none to the other"
