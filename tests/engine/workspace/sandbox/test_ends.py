"""However a run ends, nothing of it is left: neither when it is cancelled nor when Milepost is killed."""

import asyncio
import contextlib
import os
import signal
import sys
from pathlib import Path

import pytest

from engine.errors import TemporaryError
from engine.workspace.sandbox.sandbox import Sandbox
from tests.engine.workspace.sandbox.trials import MARK, ROOT, living, python, shell
from tests.waiting import others_at_work

FAMILY = """
import os, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
for _ in range(2):
    if os.fork() == 0:
        os.setsid()
print("there", flush=True)
time.sleep(600)
"""


async def until(holds, seconds: float = 60.0) -> None:
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while not holds():
        assert loop.time() < end, "it never came true"
        await others_at_work()


async def test_a_cancelled_run_has_ended_before_the_cancellation_goes_on(
    box: Sandbox, tree: Path, tmp_path: Path
) -> None:
    mark, output = f"{MARK}-cancelled", tmp_path / "output"
    async with asyncio.TaskGroup() as group:
        running = group.create_task(box.run(python(tree, FAMILY, mark, output=output)))
        await until(lambda: output.exists() and output.read_bytes().count(b"there") == 4)
        assert len(living(mark)) >= 4
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running
    assert running.cancelled()
    assert living(mark) == []


MILEPOST = """
import asyncio, sys
from pathlib import Path
from engine.workspace.sandbox.fitness import Fitness
from engine.workspace.sandbox.commands import SandboxCommand
from engine.workspace.sandbox.sandbox import Sandbox
from tests.engine.workspace.sandbox.trials import SMALL, python
tree, output, known, *rest = sys.argv[1:]
box = Sandbox(unsandboxed=True, known=Fitness(faults=() if known == "fenced" else ("none",), unsandboxed=True))
asyncio.run(box.run(python(Path(tree), rest[0], rest[1], output=Path(output))))
"""


@pytest.mark.sample(1)
@pytest.mark.parametrize("known", ["fenced", "unfenced"])
async def test_nothing_is_left_when_milepost_is_killed(
    bubblewrap: None, tree: Path, tmp_path: Path, known: str
) -> None:
    mark, output = f"{MARK}-killed-{known}", tmp_path / "output"
    words = (str(tree), str(output), known, FAMILY, mark)
    milepost = await asyncio.create_subprocess_exec(sys.executable, "-c", MILEPOST, *words, cwd=ROOT)
    try:
        await until(lambda: output.exists() and output.read_bytes().count(b"there") == 4)
    finally:
        milepost.send_signal(signal.SIGKILL)
        await milepost.wait()
    await until(lambda: not living(mark), seconds=10.0)  # far less than the run may take
    assert output.read_bytes() == b"there\n" * 4


async def test_the_sandbox_dies_with_its_warden(box: Sandbox, tree: Path, tmp_path: Path) -> None:
    mark, output = f"{MARK}-orphaned", tmp_path / "output"
    async with asyncio.TaskGroup() as group:
        running = group.create_task(lost(box, tree, mark, output))
        await until(lambda: output.exists() and output.read_bytes().count(b"there") == 4)
        parents = {int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1]) for pid in living(mark)}
        (warden,) = [pid for pid in parents if b"warden" in Path(f"/proc/{pid}/cmdline").read_bytes()]
        os.kill(warden, signal.SIGKILL)
        await running
    await until(lambda: not living(mark), seconds=10.0)  # far less than the run may take


async def lost(box: Sandbox, tree: Path, mark: str, output: Path) -> None:
    with pytest.raises(TemporaryError, match="was lost"):
        await box.run(python(tree, FAMILY, mark, output=output))


async def test_many_runs_leave_no_descriptor_and_no_folder_behind(box: Sandbox, tree: Path) -> None:
    await box.run(shell(tree, "true"))
    before = len(os.listdir("/proc/self/fd"))
    async with asyncio.TaskGroup() as group:
        runs = [group.create_task(box.run(shell(tree, f"exit {n}"))) for n in range(4)]
    assert [run.result().exit_code for run in runs] == list(range(4))
    assert len(os.listdir("/proc/self/fd")) <= before + 1
