"""Real processes: nothing of them is left, however they end."""

import asyncio
import contextlib
import os
import signal
import sys
import time
from pathlib import Path

import pytest

from engine.errors import PermanentError, TemporaryError
from engine.workspace import processes
from engine.workspace.guard import Tail
from engine.workspace.processes import CommandLine, Finished, run_command
from tests.waiting import others_at_work

ROOT = Path(__file__).parents[3]
SHELL = "/bin/sh"

# Writes its process number into a file, then lives on; each takes one way to escape its parent.
FAMILY = """
import os, signal, sys, time
folder = sys.argv[1]
def stay(name):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    with open(f"{folder}/.{name}", "w") as file:
        file.write(str(os.getpid()))
    os.rename(f"{folder}/.{name}", f"{folder}/{name}")
    while True:
        time.sleep(60)
if os.fork() == 0:
    stay("child")
if os.fork() == 0:
    if os.fork() == 0:
        stay("grandchild")
    os._exit(0)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.setsid()
        os.closerange(0, 3)
        stay("daemon")
    os._exit(0)
"""
MEMBERS = ("child", "grandchild", "daemon")
WAIT_FOR_ALL = f"""
while not all(os.path.exists(f"{{folder}}/{{name}}") for name in {MEMBERS}):
    time.sleep(0.005)
"""


def python(program: str, *arguments: str, **options: object) -> CommandLine:
    words = (sys.executable, "-I", "-S", "-c", program, *arguments)
    return CommandLine(arguments=words, **options)  # type: ignore[arg-type] # the dataclass's own options


def shell(script: str, **options: object) -> CommandLine:
    return CommandLine(arguments=(SHELL, "-c", script), **options)  # type: ignore[arg-type] # its own options


def is_alive(pid: int) -> bool:
    """Whether a process lives; a zombie does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[1])


def members(folder: Path) -> list[int]:
    """The process numbers of those of the family that have come as far as to write theirs down."""
    return [int((folder / name).read_text("utf-8")) for name in MEMBERS if (folder / name).exists()]


async def until(holds, seconds: float = 60.0) -> None:
    """Look until something holds; the world outside tells nobody when it does, and may be busy with much else."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it never came true"
        await others_at_work()


async def until_all_are_there(folder: Path) -> None:
    await until(lambda: len(members(folder)) == len(MEMBERS))


linux_only = pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets a process adopt orphans")


async def test_a_command_that_ends_well_brings_its_output_in_the_order_written() -> None:
    finished = await run_command(shell("echo one; echo two >&2; printf three"))
    assert finished == Finished(exit_code=0, output="one\ntwo\nthree", cut=False, timed_out=False)


@pytest.mark.parametrize(("script", "code"), [("exit 3", 3), ("kill -9 $$", -9), ("kill -15 $$", -15)])
async def test_the_exit_code_or_the_signal_is_told(script: str, code: int) -> None:
    assert (await run_command(shell(script))).exit_code == code


async def test_standard_output_can_go_to_a_file_whole_and_within_bounds(tmp_path: Path) -> None:
    with (tmp_path / "output").open("w+b") as file:
        finished = await run_command(shell("echo to the file; echo told >&2", standard_output=file.fileno()))
        assert finished == Finished(exit_code=0, output="told\n", cut=False, timed_out=False)
        assert (tmp_path / "output").read_bytes() == b"to the file\n"
        flood = "while :; do echo 0123456789; done"
        finished = await run_command(shell(flood, standard_output=file.fileno(), largest_file=10_000))
        assert finished.exit_code == -signal.SIGXFSZ
        assert (tmp_path / "output").stat().st_size == 10_000


async def test_no_shell_reads_the_arguments(tmp_path: Path) -> None:
    finished = await run_command(python("import sys; print(sys.argv[1:])", "$HOME; `id` && *", "", "a b"))
    assert finished.output == "['$HOME; `id` && *', '', 'a b']\n"


async def test_no_secret_reaches_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MILEPOST_BOT_TOKEN", "123456:secret")
    program = "import os; print(sorted(os.environ)); print(open('/proc/self/environ').read())"
    finished = await run_command(python(program))
    assert finished.output.splitlines()[0] in ("['LANG', 'PATH']", "['LANG', 'LC_CTYPE', 'PATH']")
    assert "secret" not in finished.output
    assert "HOME" not in finished.output


async def test_the_command_holds_none_of_our_files_and_reads_nothing(tmp_path: Path) -> None:
    with open(tmp_path / "open", "w", encoding="utf-8"):
        program = "import os, sys; print(sorted(os.listdir('/proc/self/fd'))[:4], repr(sys.stdin.read()))"
        finished = await run_command(python(program))
    assert finished.output == "['0', '1', '2', '3'] ''\n"  # 3 is the listed folder itself


async def test_a_command_runs_where_it_is_told_to(tmp_path: Path) -> None:
    assert (await run_command(shell("pwd", directory=tmp_path))).output.strip() == str(tmp_path)


async def test_a_flood_of_output_keeps_its_end() -> None:
    finished = await run_command(python("import sys; sys.stdout.write('x' * 20_000_000 + 'the end')"))
    assert finished.exit_code == 0
    assert finished.cut
    assert len(finished.output) == 65_536
    assert finished.output.endswith("xthe end")


async def test_output_that_is_no_text_does_no_harm() -> None:
    assert (await run_command(shell(r"printf '\377\376ok\000'"))).output == "\ufffd\ufffdok\x00"


async def test_a_command_past_its_time_is_ended() -> None:
    started = time.monotonic()
    finished = await run_command(CommandLine(arguments=("/bin/sleep", "60"), timeout=0.2))
    assert (finished.timed_out, finished.exit_code) == (True, -15)
    assert time.monotonic() - started < 30


async def stopped(script: str, ready: Path, monkeypatch: pytest.MonkeyPatch, **options: object) -> Finished:
    """How a shell script ends that is told to stop once it has made the file `ready`."""
    words = (SHELL, "-c", script, "name", str(ready))
    line = CommandLine(arguments=words, **options)  # type: ignore[arg-type] # the dataclass's own options
    loop = asyncio.get_running_loop()
    read = loop.time
    async with asyncio.TaskGroup() as group:
        running = group.create_task(run_command(line))
        await until(ready.exists)
        monkeypatch.setattr(loop, "time", lambda: read() + line.timeout)
    assert running.result().timed_out
    return running.result()


async def test_a_command_that_is_stopped_may_clean_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = "trap 'echo cleaned; exit 7' TERM; : > $1; while :; do :; done"
    finished = await stopped(script, tmp_path / "ready", monkeypatch, grace=30)
    assert (finished.exit_code, finished.output, finished.cut) == (7, "cleaned\n", False)


async def test_a_command_that_ignores_sigterm_is_killed_after_the_grace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = "trap '' TERM; : > $1; while :; do :; done"
    finished = await stopped(script, tmp_path / "ready", monkeypatch, grace=0.1)
    assert (finished.exit_code, finished.output, finished.cut) == (-9, "", False)


async def test_a_flood_that_never_ends_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = "trap '' TERM; : > $1; while :; do echo flood; done"
    finished = await stopped(script, tmp_path / "ready", monkeypatch, grace=0.1, output_limit=100)
    assert (finished.exit_code, finished.cut, len(finished.output)) == (-9, True, 100)
    assert "flood\nflood\n" in finished.output


@linux_only
async def test_what_a_command_leaves_behind_is_killed_when_it_ends(tmp_path: Path) -> None:
    finished = await run_command(python(FAMILY + WAIT_FOR_ALL, str(tmp_path)))
    assert finished.exit_code == 0
    assert len(members(tmp_path)) == len(MEMBERS)
    assert not [pid for pid in members(tmp_path) if is_alive(pid)]


@linux_only
async def test_the_whole_family_is_killed_at_the_timeout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    line = python(FAMILY + "stay('first')", str(tmp_path), timeout=600, grace=0.1)
    loop = asyncio.get_running_loop()
    read = loop.time
    async with asyncio.TaskGroup() as group:
        running = group.create_task(run_command(line))
        await until_all_are_there(tmp_path)
        monkeypatch.setattr(loop, "time", lambda: read() + line.timeout)  # whatever the machine has taken for it
    assert running.result().timed_out
    assert not [pid for pid in members(tmp_path) if is_alive(pid)]


@linux_only
async def test_the_whole_family_is_killed_before_a_cancellation_goes_on(tmp_path: Path) -> None:
    async with asyncio.TaskGroup() as group:
        running = group.create_task(run_command(python(FAMILY + "stay('first')", str(tmp_path), grace=0.1)))
        await until_all_are_there(tmp_path)
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running
    assert running.cancelled()
    assert not [pid for pid in members(tmp_path) if is_alive(pid)]


@linux_only
async def test_a_second_cancellation_waits_for_the_end_too(tmp_path: Path) -> None:
    async with asyncio.TaskGroup() as group:
        running = group.create_task(run_command(python(FAMILY + "stay('first')", str(tmp_path), grace=0.2)))
        await until_all_are_there(tmp_path)
        for _ in range(2):
            running.cancel()
            await asyncio.sleep(0)
        with contextlib.suppress(asyncio.CancelledError):
            await running
    assert running.cancelled()
    assert not [pid for pid in members(tmp_path) if is_alive(pid)]


PARENT = """
import asyncio, sys
from engine.workspace.processes import CommandLine, run_command
asyncio.run(run_command(CommandLine(arguments=tuple(sys.argv[1:]), grace=0.1)))
"""


@linux_only
async def test_the_whole_family_dies_with_milepost_even_when_that_is_killed(tmp_path: Path) -> None:
    line = python(FAMILY + "stay('first')", str(tmp_path))
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", PARENT, *line.arguments, cwd=ROOT)
    try:
        await until_all_are_there(tmp_path)
        guard = parent_of(parent_of(members(tmp_path)[0]))
        family = [*members(tmp_path), guard, parent_of(guard)]
        assert parent_of(parent_of(guard)) == parent.pid
        assert all(is_alive(pid) for pid in family)
    finally:
        parent.send_signal(signal.SIGKILL)
        await parent.wait()
    await until(lambda: not [pid for pid in family if is_alive(pid)])


@linux_only
async def test_the_command_dies_with_its_guard(tmp_path: Path) -> None:
    told = tmp_path / "told"
    async with asyncio.TaskGroup() as group:
        running = group.create_task(_lost(python(TELLING, str(told))))
        command, guard = await told_by(told)
        os.kill(guard, signal.SIGKILL)
        await running
    await until(lambda: not is_alive(command))


async def _lost(line: CommandLine) -> None:
    with pytest.raises(TemporaryError, match="was lost"):
        await run_command(line)


TELLING = """
import os, sys, time
with open(sys.argv[1] + ".part", "w") as file:
    file.write(f"{os.getpid()} {os.getppid()}")
os.rename(sys.argv[1] + ".part", sys.argv[1])
while not os.path.exists(sys.argv[1] + ".go"):
    time.sleep(0.005)
print("went on")
"""


async def told_by(told: Path) -> tuple[int, int]:
    """The process numbers of a command that runs `TELLING`, and of its guard."""
    await until(told.exists)
    command, guard = map(int, told.read_text("utf-8").split())
    return command, guard


@linux_only
async def test_a_guard_that_hangs_is_killed_and_its_command_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "_GUARD_SECONDS", 0.1)
    async with asyncio.TaskGroup() as group:
        running = group.create_task(run_command(python(TELLING, str(tmp_path / "told"), grace=0.1)))
        command, guard = await told_by(tmp_path / "told")
        os.kill(guard, signal.SIGSTOP)
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running
    await until(lambda: not is_alive(guard) and not is_alive(command))


@linux_only
async def test_a_guardhouse_that_is_lost_is_replaced_and_the_guards_that_are_out_go_on(tmp_path: Path) -> None:
    processes._guardhouse("engine.workspace.guard").close()
    async with asyncio.TaskGroup() as group:
        running = group.create_task(run_command(python(TELLING, str(tmp_path / "told"))))
        _, guard = await told_by(tmp_path / "told")
        guardhouse = parent_of(guard)
        os.kill(guardhouse, signal.SIGKILL)
        await until(lambda: not is_alive(guardhouse))
        assert (await run_command(shell("echo another"))).output == "another\n"
        (tmp_path / "told.go").touch()
    assert (running.result().exit_code, running.result().output) == (0, "went on\n")


@linux_only
async def test_a_guardhouse_that_hangs_is_replaced_once_a_command_was_lost_by_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "_GUARD_SECONDS", 0.1)
    monkeypatch.setattr(processes, "_MOST_IDLE", 0)
    processes._guardhouse("engine.workspace.guard").close()
    async with asyncio.TaskGroup() as group:
        running = group.create_task(run_command(python(TELLING, str(tmp_path / "told"))))
        _, guard = await told_by(tmp_path / "told")
        guardhouse = parent_of(guard)
        os.kill(guardhouse, signal.SIGSTOP)
        (tmp_path / "told.go").touch()
    assert running.result().output == "went on\n"
    await _lost(shell("true", timeout=0.1, grace=0.1))
    assert not is_alive(guardhouse)
    assert (await run_command(shell("echo another"))).output == "another\n"


@linux_only
async def test_no_secret_reaches_the_guard_nor_the_guardhouse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MILEPOST_BOT_TOKEN", "123456:secret")
    processes._guardhouse("engine.workspace.guard").close()
    async with asyncio.TaskGroup() as group:
        group.create_task(run_command(python(TELLING, str(tmp_path / "told"))))
        _, guard = await told_by(tmp_path / "told")
        seen = [Path(f"/proc/{pid}/environ").read_bytes() for pid in (guard, parent_of(guard))]
        (tmp_path / "told.go").touch()
    assert all(b"PATH=" in environment and b"secret" not in environment for environment in seen)


async def test_an_order_larger_than_any_buffer_arrives_whole() -> None:
    line = python("import sys; print(len(sys.argv), sum(map(len, sys.argv)))", *(["x" * 1_000] * 1_000))
    assert (await run_command(line)).output == "1001 1000002\n"


@pytest.mark.parametrize("program", ["/no/such/program", "no-such-program-anywhere", "/etc/passwd", "a\0b"])
async def test_a_program_that_cant_be_run_is_no_use_trying_again(program: str) -> None:
    with pytest.raises(PermanentError, match="can't be run"):
        await run_command(CommandLine(arguments=(program,)))


async def test_a_directory_that_is_not_there_is_no_use_trying_again(tmp_path: Path) -> None:
    with pytest.raises(PermanentError):
        await run_command(shell("true", directory=tmp_path / "missing"))


async def test_many_commands_side_by_side_leave_no_descriptor_open_but_those_of_a_few_guards_that_wait() -> None:
    processes._guardhouse("engine.workspace.guard").close()
    before = len(os.listdir("/proc/self/fd")) if sys.platform == "linux" else 0
    for _ in range(2):
        async with asyncio.TaskGroup() as group:
            runs = [group.create_task(run_command(shell(f"exit {n}"))) for n in range(8)]
        assert [run.result().exit_code for run in runs] == list(range(8))
        if sys.platform == "linux":
            assert len(os.listdir("/proc/self/fd")) <= before + 1 + processes._MOST_IDLE


def test_the_tail_keeps_exactly_the_last_bytes() -> None:
    tail = Tail(4)
    tail.add(b"abcd")
    assert (tail.value(), tail.cut) == (b"abcd", False)
    tail.add(b"ef")
    assert (tail.value(), tail.cut) == (b"cdef", True)
