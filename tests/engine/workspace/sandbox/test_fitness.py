"""Whether there is a sandbox is tried, not believed; without one nothing runs, unless the operator allows it."""

import asyncio
import os
import re
from pathlib import Path

import pytest

from engine.errors import PermanentError, ResourceBlocked
from engine.workspace.sandbox import bubblewrap as fences
from engine.workspace.sandbox import fitness as trying
from engine.workspace.sandbox import inner, running
from engine.workspace.sandbox.commands import Ending, SandboxCommand
from engine.workspace.sandbox.fitness import Fitness, NoSandbox, interpreter, prove_sandbox
from engine.workspace.sandbox.running import SandboxLost, Seat
from engine.workspace.sandbox.sandbox import Sandbox
from tests.engine.workspace.sandbox.trials import MARK, living, python, shell, small

UNFIT = Fitness(faults=("bwrap is not installed",), remedy="install it: apt install bubblewrap")


class Seconds:
    """A clock that is set."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


async def test_the_sandbox_of_this_machine_holds(seat: Seat) -> None:
    fitness = await prove_sandbox(seat)
    assert fitness == Fitness(counts_all=fitness.counts_all)
    assert (fitness.holds, fitness.can_run) == (True, True)


def without(*words: str) -> object:
    """The arguments of bubblewrap without some of them."""
    whole = fences.arguments

    def fewer(*given: object) -> list[str]:
        found = [*whole(*given)]  # type: ignore[arg-type] # the same ones
        for place in range(len(found)):
            if tuple(found[place : place + len(words)]) == words:
                return found[:place] + found[place + len(words) :]
        raise AssertionError(f"{words} is not among {found}")

    return fewer


FENCES = [
    (("--unshare-net",), "a listener of this machine can be reached"),
    (("--unshare-ipc",), "no ipc namespace"),
    (("--unshare-uts", "--unshare-cgroup-try", "--hostname", "sandbox"), "no uts namespace"),
]
if os.getuid() != 0:  # root's sandbox leaves these places to root, besides
    FENCES += [(("--remount-ro", "/"), "/ can be written"), (("--remount-ro", "/dev"), "/dev can be written")]
if Path("/dev/vsock").exists():
    FENCES += [(("--seccomp", "4"), "the host of this virtual machine")]


@pytest.mark.sample(1)
@pytest.mark.parametrize(("dropped", "fault"), FENCES, ids=lambda value: value if isinstance(value, str) else "")
async def test_a_fence_that_is_missing_is_noticed(
    seat: Seat, monkeypatch: pytest.MonkeyPatch, dropped: tuple[str, ...], fault: str
) -> None:
    monkeypatch.setattr(running, "arguments", without(*dropped))
    fitness = await prove_sandbox(seat)
    assert any(fault in one for one in fitness.faults), fitness
    assert fitness.remedy
    assert not fitness.can_run


@pytest.mark.sample(1)
@pytest.mark.parametrize(
    ("bound", "much", "fault"),
    [("--nproc=", 2_000, "start more processes"), ("--data=", 2**40, "take more memory")],
)
async def test_a_bound_that_is_missing_is_noticed(
    seat: Seat, monkeypatch: pytest.MonkeyPatch, bound: str, much: int, fault: str
) -> None:
    whole = inner.script

    def loose(command: SandboxCommand, *, fenced: bool, user: int | None) -> str:
        return re.sub(rf"{bound}\d+", f"{bound}{much}", whole(command, fenced=fenced, user=user))

    monkeypatch.setattr(running, "script", loose)
    fitness = await prove_sandbox(seat)
    assert any(fault in one for one in fitness.faults), fitness


async def test_an_environment_that_leaks_is_noticed(seat: Seat, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = fences.arguments

    def leaking(*given: object) -> list[str]:
        return [*whole(*given), "--setenv", "LEAK", planted[0]]  # type: ignore[arg-type] # the same ones

    planted: list[str] = []
    made = trying.secrets.token_hex

    def remembered(size: int) -> str:
        planted.append(made(size))
        return planted[0]

    monkeypatch.setattr(trying.secrets, "token_hex", remembered)
    monkeypatch.setattr(running, "arguments", leaking)
    fitness = await prove_sandbox(seat)
    assert any("environment" in one for one in fitness.faults), fitness


async def test_a_program_that_is_missing_is_named_with_its_package(seat: Seat, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trying, "CLEAN_ENVIRONMENT", {"PATH": "/nowhere"})
    fitness = await prove_sandbox(seat)
    assert fitness.faults == ("bwrap, tar, setpriv, prlimit, stat are not installed",)
    assert fitness.remedy == "install it: apt install bubblewrap coreutils tar util-linux"


async def test_a_machine_that_is_not_known_has_no_sandbox() -> None:
    fitness = await prove_sandbox(Seat(machine="pdp11"))
    assert not fitness.holds
    assert "pdp11" in fitness.text


async def test_a_kernel_that_lets_nobody_make_namespaces_is_told_with_what_to_do(
    seat: Seat, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fake = tmp_path / "bwrap"
    fake.write_text("#!/bin/sh\necho 'bwrap: No permissions to create a new namespace' >&2; exit 1\n", "utf-8")
    fake.chmod(0o755)
    monkeypatch.setattr(running, "_bwrap", lambda: str(fake))
    fitness = await prove_sandbox(seat)
    assert "No permissions to create a new namespace" in fitness.text
    assert "sysctl" in fitness.remedy


async def test_without_a_sandbox_nothing_runs_and_what_wanted_to_waits_for_it(tree: Path, tmp_path: Path) -> None:
    seconds = Seconds()
    box = Sandbox(known=UNFIT, now=seconds)
    seconds.now += 20
    with pytest.raises(NoSandbox) as caught:
        await box.run(shell(tree, f"touch {tmp_path}/ran"))
    assert isinstance(caught.value, ResourceBlocked)
    assert (caught.value.resource, caught.value.retry_after) == ("sandbox", 40.0)
    assert "apt install bubblewrap" in str(caught.value)
    assert not (tmp_path / "ran").exists()


async def test_a_sandbox_that_was_missing_is_found_when_it_is_there(box: Sandbox, tree: Path) -> None:
    seconds = Seconds()
    late = Sandbox(known=UNFIT, now=seconds)
    seconds.now += 59
    assert not (await late.fitness()).holds
    seconds.now += 1
    assert (await late.fitness()).holds
    assert (await late.run(shell(tree, "true"))).sandboxed


async def test_it_is_tried_once_however_many_ask(bubblewrap: None, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[Seat] = []

    async def proved(seat: Seat) -> Fitness:
        tried.append(seat)
        await asyncio.sleep(0)
        return Fitness()

    monkeypatch.setattr("engine.workspace.sandbox.sandbox.prove_sandbox", proved)
    box = Sandbox()
    async with asyncio.TaskGroup() as group:
        asked = [group.create_task(box.fitness()) for _ in range(8)]
    assert [one.result() for one in asked] == [Fitness()] * 8
    assert len(tried) == 1


async def test_a_sandbox_that_fails_for_once_is_tried_again_before_the_next_run(
    box: Sandbox, tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "_bwrap", lambda: "/bin/false")
    with pytest.raises(SandboxLost) as caught:
        await box.run(shell(tree, "true"))
    assert caught.value.resource == "sandbox"
    with pytest.raises(NoSandbox):
        await box.run(shell(tree, "true"))


# with the operator's leave


@pytest.fixture
def open_box() -> Sandbox:
    return Sandbox(unsandboxed=True, known=Fitness(faults=UNFIT.faults, unsandboxed=True))


async def test_with_the_operators_leave_it_runs_and_every_result_says_so(open_box: Sandbox, tree: Path) -> None:
    result = await open_box.run(
        shell(tree, "cat hello.txt; echo changed > hello.txt; pwd; exit 3", collect=("hello.txt",))
    )
    assert (result.exit_code, result.ending, result.sandboxed) == (3, Ending.EXITED, False)
    assert result.collected == {"hello.txt": b"changed\n"}
    assert (tree / "hello.txt").read_text("utf-8") == "hello\n"
    place = Path(result.output.splitlines()[1])
    assert not place.exists()
    fitness = await open_box.fitness()
    assert (fitness.holds, fitness.can_run) == (False, True)
    assert "WITHOUT a sandbox" in fitness.text


async def test_a_sandbox_that_holds_is_used_even_so(bubblewrap: None, tree: Path) -> None:
    result = await Sandbox(unsandboxed=True).run(shell(tree, "true"))
    assert result.sandboxed


@pytest.mark.sample(2)
@pytest.mark.parametrize(
    ("script", "bounds", "ending"),
    [
        ("sleep 600", {"wall": 0.3}, Ending.WALL),
        ("while :; do :; done", {"cpu": 0.3}, Ending.CPU),
        ("yes", {"output": 100_000}, Ending.OUTPUT),
        ("for n in $(seq 40); do sleep 600 & done; wait", {"processes": 16}, Ending.PROCESSES),
        ("kill -s KILL $$", {}, Ending.SIGNALLED),
    ],
)
async def test_without_a_sandbox_the_bounds_hold_that_can(
    open_box: Sandbox, tree: Path, script: str, bounds: dict[str, float], ending: Ending
) -> None:
    result = await open_box.run(shell(tree, script, limits=small(**bounds)))
    assert result.ending is ending


async def test_without_a_sandbox_no_secret_is_in_the_environment_and_nothing_is_left(
    open_box: Sandbox, tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MILEPOST_BOT_TOKEN", "canary-4711")
    program = """
        import os, time
        print(os.environ, open("/proc/self/environ").read())
        if os.fork() == 0:
            os.setsid()
            os.closerange(0, 100)
            time.sleep(600)
    """
    result = await open_box.run(python(tree, program, MARK))
    assert result.passed
    assert "canary-4711" not in result.output
    assert living(MARK) == []


async def test_without_a_sandbox_links_stand_for_mounts(open_box: Sandbox, tree: Path, tmp_path: Path) -> None:
    (tmp_path / "cached").mkdir()
    (tmp_path / "cached" / "one").write_text("1", "utf-8")
    result = await open_box.run(shell(tree, "cat deep/modules/one", mounts={"deep/modules": tmp_path / "cached"}))
    assert result.output == "1"
    with pytest.raises(PermanentError):
        await open_box.run(shell(tree, "true", mounts={"/opt/elsewhere": tmp_path}))


def test_the_interpreter_is_a_file_under_what_is_mounted() -> None:
    path, mounts = interpreter()
    assert Path(path).is_file()
    assert Path(path).is_relative_to("/usr") or any(Path(path).is_relative_to(one) for one in mounts)
