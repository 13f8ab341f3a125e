"""What fails and tells nothing of the code: git, the repository, the machine, the program that runs the tests. It is
waited for, nothing is held against the code, and it goes on once that is fit again."""

import asyncio
import errno
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import pytest

from engine.agents.breaker import FAILURES, FIRST_REST
from engine.blockages import BlockageKind
from engine.coding.bench import Bench
from engine.coding.benches import Benches
from engine.coding.outputs import check_there
from engine.coding.reports import HandIn
from engine.coding.repositories import Command, CommandKind
from engine.coding.works import proving
from engine.coding.works.commands import ran
from engine.coding.works.looking import known_checks
from engine.coding.works.names import PROVE
from engine.coding.works.outcomes import is_turned_down
from engine.errors import PermanentError, RefusedError, ResourceBlocked
from engine.execution.hand_ins import why_handed_back
from engine.executor import AutonomousGoalExecutor
from engine.goals import Goal, GoalStatus
from engine.tasks import Outcome, TaskStatus
from engine.values import Cause, JsonObject
from engine.workspace.git.errors import GitBusy, GitFailed
from engine.workspace.sandbox.commands import Ending, SandboxResult
from engine.workspace.sandbox.running import SandboxLost
from tests.engine.coding.shop import CURE, RED_TEST, Life, git, newest

FAULTS = (
    GitBusy("git is busy elsewhere"),
    GitFailed("git read-tree", "unable to read sha1 file"),
    OSError(errno.ENOSPC, "No space left on device"),
    SandboxLost("bwrap: it broke"),
)


async def held_up(executor: AutonomousGoalExecutor, life: Life) -> Goal:
    """The goal, once its proof waits for something that is away."""
    seen = asyncio.Event()

    def look(goal: Goal) -> None:
        if any(one.work == PROVE and one.status is TaskStatus.BLOCKED for one in goal.tasks.values()):
            seen.set()

    executor.watch(look)
    await seen.wait()
    return await life.goal()


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: type(fault).__name__)
async def test_a_proof_that_could_not_be_made_waits_for_what_is_away_and_says_nothing_of_the_code(
    life: Life, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    real, away = proving.proof_of, [True]

    async def proof_of(bench: Bench, goal: Goal, inputs: JsonObject) -> Outcome:
        if away:
            raise fault
        return await real(bench, goal, inputs)

    async def mend() -> None:
        goal = await held_up(life.executor, life)
        (held,) = goal.blockages_of(newest(goal, PROVE).number)
        assert held.kind is BlockageKind.RESOURCE
        assert not any(is_turned_down(goal, one) for one in goal.tasks.values())
        away.clear()
        await life.executor.retry_task(life.id, newest(goal, PROVE).number)

    monkeypatch.setattr(proving, "proof_of", proof_of)
    await life.hand_in(HandIn(files=RED_TEST))
    async with asyncio.timeout(60):
        goal, _ = await asyncio.gather(life.hand_in(HandIn(patch=CURE)), mend())
    assert (goal.status, goal.plan_version) == (GoalStatus.COMPLETED, 1)


async def test_after_several_faults_in_a_row_a_repository_is_left_alone_for_a_while(life: Life) -> None:
    benches, goal = await life.benches(), await life.goal()

    async def failing(fault: Exception) -> str:
        with pytest.raises(ResourceBlocked) as told:
            async with benches.open(goal):
                raise fault
        return str(told.value)

    for _ in range(FAILURES):
        assert "unable to read" in await failing(GitFailed("git read-tree", "unable to read sha1 file"))
    told = await failing(AssertionError("it was opened"))
    assert "failed several times in a row" in told
    assert "unable to read" in told


async def test_after_its_rest_a_short_question_lets_all_in_again_and_not_the_end_of_somebody_s_work(
    life: Life, shop: Path
) -> None:
    now, known, goal = [0.0], await life.benches(), await life.goal()
    benches = Benches(known.sources, known.edges, lambda: now[0])
    for _ in range(FAILURES):
        with pytest.raises(ResourceBlocked):
            async with benches.open(goal):
                raise GitFailed("git read-tree", "unable to read sha1 file")
    blob = git(shop, "rev-parse", "HEAD:shop.py").strip()
    (kept,) = (shop / ".git" / "objects").glob(f"{blob[:2]}/{blob[2:]}")
    content = kept.read_bytes()
    kept.chmod(0o644)
    kept.write_bytes(b"spoilt")
    now[0] += FIRST_REST
    with pytest.raises(ResourceBlocked, match="can't be worked on just now: «git rev-list» failed"):
        async with benches.open(goal):
            raise AssertionError("it was opened")
    kept.write_bytes(content)
    now[0] += 2 * FIRST_REST
    other = Life(life.executor, "Fix the bug that counts are wrong")
    await other.go_on()
    async with benches.open(goal), benches.open(await other.goal()):
        pass


async def test_what_says_nothing_of_the_repository_is_raised_as_it_is(life: Life) -> None:
    benches, goal = await life.benches(), await life.goal()
    for fault in (TimeoutError(), ConnectionResetError(), PermanentError("no")):
        with pytest.raises(type(fault)):
            async with benches.open(goal):
                raise fault


async def test_a_name_that_is_too_long_is_sent_back_and_not_waited_for(life: Life) -> None:
    waiting = life.waiting(await life.goal()).number
    tests = {f"test_{'a' * 300}.py": next(iter(RED_TEST.values()))}
    await life.executor.take_in_code(life.id, waiting, HandIn(files=tests), Cause("sent"))
    task = (await life.go_on()).task(waiting)
    assert (task.status, why_handed_back(task)) == (TaskStatus.WAITING, "File name too long")


async def test_a_hand_in_that_can_not_be_kept_is_refused_with_the_reason_and_still_waited_for(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    def keep(*_: object) -> str:
        raise OSError(errno.ENOSPC, "No space left on device")

    benches, waiting = await life.benches(), life.waiting(await life.goal())
    monkeypatch.setattr(benches.kept, "keep", keep)
    with pytest.raises(RefusedError, match="No space left on device"):
        await life.executor.take_in_code(life.id, waiting.number, HandIn(files=RED_TEST), Cause("sent"))
    assert life.waiting(await life.goal()) == waiting


async def named(executor: AutonomousGoalExecutor, words: tuple[str, ...]) -> None:
    """Have the shop's tests be run by that command from now on."""
    (shop,) = await executor.repositories.of(None)
    await executor.repositories.change(shop, replace(shop.terms, test=Command(words=words)), Cause(f"{words}"))


async def test_tests_whose_program_has_gone_are_neither_red_nor_green(life: Life) -> None:
    async def mend() -> None:
        goal = await held_up(life.executor, life)
        (held,) = goal.blockages_of(newest(goal, PROVE).number)
        assert (held.kind, held.needed) == (BlockageKind.RESOURCE, "the program «gone-by-now»")
        await named(life.executor, ("python3", "-m", "unittest"))
        await life.executor.retry_task(life.id, newest(goal, PROVE).number)

    await life.hand_in(HandIn(files=RED_TEST))
    await named(life.executor, ("gone-by-now", "-m", "unittest"))
    async with asyncio.timeout(60):
        goal, _ = await asyncio.gather(life.hand_in(HandIn(patch=CURE)), mend())
    assert (goal.status, goal.plan_version) == (GoalStatus.COMPLETED, 1)


async def test_a_linter_whose_program_has_gone_is_told_as_not_run_and_waited_for_where_it_is_the_task(
    life: Life,
) -> None:
    (shop,) = await life.executor.repositories.of(None)
    terms = replace(
        shop.terms, lint=Command(words=("gone-by-now", "shop.py")), build=Command(words=("sh", "-c", "gone --all"))
    )
    await life.executor.repositories.change(shop, terms, Cause("gone"))
    async with (await life.benches()).open(await life.goal()) as bench:
        lint, build = await known_checks(bench)
        for on_base in (True, False):
            with pytest.raises(ResourceBlocked, match="the linter can't be run: «gone-by-now» is not there any more"):
                await ran(bench, CommandKind.LINT, on_base=on_base)
    for check, program in ((lint, "gone-by-now"), (build, "gone")):
        assert check.held is None
        assert check.words.startswith("it could not be run")
        assert program in check.words


async def test_a_linter_that_is_cut_off_with_the_change_alone_finds_something_new(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def command(_bench: Bench, _kind: CommandKind, *, on_base: bool = False) -> SandboxResult:
        told = {"cut": False, "seconds": 0.1, "cpu": 0.1, "memory": 1, "is_counted": True, "sandboxed": True}
        ending, said = (Ending.EXITED, "one\ntwo\nthree") if on_base else (Ending.WALL, "one")
        return SandboxResult(exit_code=1, ending=ending, output=said, collected={}, **told)

    (shop,) = await life.executor.repositories.of(None)
    await life.executor.repositories.change(shop, replace(shop.terms, lint=Command(words=("lint",))), Cause("lint"))
    monkeypatch.setattr(Bench, "command", command)
    async with (await life.benches()).open(await life.goal()) as bench:
        (lint,) = await known_checks(bench)
    assert lint.held is False


@pytest.mark.parametrize(
    ("program", "exit_code", "said", "away"),
    [
        ("checks", 127, "env: 'checks': No such file or directory", True),
        ("checks", 126, "env: checks: Permission denied", True),
        ("/opt/checks", 127, "env: '/opt/checks': No such file or directory", True),
        (
            "./checks",
            127,
            "env: './checks': No such file or directory",
            False,
        ),  # the repository's own: a change took it
        ("checks", 127, "checks: line 3: ruby: not found", False),
        ("checks", 1, "env: 'checks': No such file or directory", False),
    ],
)
def test_only_a_program_of_the_machine_s_is_away(program: str, exit_code: int, said: str, away: bool) -> None:
    told = {"cut": False, "seconds": 0.1, "cpu": 0.1, "memory": 1, "is_counted": True, "sandboxed": True}
    result = SandboxResult(exit_code=exit_code, ending=Ending.EXITED, output=said, collected={}, **told)
    with pytest.raises(ResourceBlocked) if away else nullcontext():
        check_there(program, result)
