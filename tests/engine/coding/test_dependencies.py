"""What a set-up made is kept by the state of the lock files, mounted where commands look for it, and nowhere else."""

import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from engine.coding.bench import Wanted
from engine.coding.repositories import DEPENDENCIES, Command, CommandKind, SetUp
from engine.errors import ExternalBlocked
from engine.executor import AutonomousGoalExecutor
from engine.values import Cause
from tests.engine.coding.shop import Life, git

MAKE = """import os, pathlib
pathlib.Path('vendor/deep').mkdir(parents=True)
pathlib.Path('vendor/deep/kept.txt').write_text(os.urandom(8).hex())
os.symlink('/etc/passwd', 'vendor/link')
pathlib.Path('shop.py').write_text('changed')
"""
SHOW = ("python3", "-u", "-c", "print(open('vendor/deep/kept.txt').read()); open('vendor/new', 'w')")


async def with_set_up(executor: AutonomousGoalExecutor, script: str, *, approved: bool = True) -> Life:
    """A goal in a repository with a set-up."""
    (known,) = await executor.repositories.of(None)
    (known.path / "make.py").write_text(script)
    git(known.path, "add", "make.py")
    git(known.path, "commit", "-q", "-m", "How to fetch things")
    set_up = SetUp(command=Command(words=("python3", "make.py")), makes=("vendor",))
    set_up = replace(set_up, approved=set_up.digest) if approved else set_up
    terms = replace(known.terms, set_up=set_up, lock_files=("lock.txt",), build=Command(words=SHOW), test=None)
    await executor.repositories.change(known, terms, Cause("test"))
    life = Life(executor)
    await life.go_on()
    return life


async def test_it_runs_once_for_each_state_of_the_lock_files_and_is_read_only(
    executor: AutonomousGoalExecutor, shop: Path
) -> None:
    life = await with_set_up(executor, MAKE)
    told = []
    async with (await life.benches()).open(await life.goal()) as bench:
        for lock in ("one", "one", "two"):
            bench.code.write("lock.txt", lock)
            result = await bench.command(CommandKind.BUILD)
            assert "Read-only file system" in result.output
            told.append(result.output.splitlines()[0])
        assert bench.code.text("shop.py").startswith("def total")
    assert told[0] == told[1] != told[2]
    assert (shop / "shop.py").read_text().startswith("def total")


@pytest.mark.long
async def test_a_run_on_the_base_is_known_only_for_the_dependencies_that_it_had(
    executor: AutonomousGoalExecutor,
) -> None:
    life = await with_set_up(executor, MAKE)
    async with (await life.benches()).open(await life.goal()) as bench:
        bench.repository = replace(bench.repository, terms=replace(bench.repository.terms, test=Command(words=SHOW)))
        seen = []
        for lock in ("one", "one", "two"):
            bench.code.write("lock.txt", lock)
            seen.append((await bench.base_run(Wanted(on_base=True))).result.output.splitlines()[0])
    assert seen[0] == seen[1] != seen[2]


async def test_a_set_up_that_nobody_approved_never_runs(executor: AutonomousGoalExecutor) -> None:
    life = await with_set_up(executor, MAKE, approved=False)
    async with (await life.benches()).open(await life.goal()) as bench:
        assert not (await bench.command(CommandKind.BUILD)).passed


@pytest.mark.sample(1)
@pytest.mark.parametrize(
    ("script", "told", "how"),
    [
        ("raise SystemExit('no such package')", "failed .exited 1.:\nno such package", "«setup: …»"),
        ("print('10%', end='\\r'); raise SystemExit('gone')", "failed .exited 1.:\ngone", "«setup: …»"),
        ("print('All fetched')", "went through, but made no «vendor»", "«folders: "),
        ("open('vendor', 'w')", "went through, but made no «vendor»", "«folders: "),
    ],
)
async def test_a_set_up_that_fails_or_makes_no_such_folder_says_which_and_what_to_do(
    executor: AutonomousGoalExecutor, script: str, told: str, how: str
) -> None:
    life = await with_set_up(executor, script)
    async with (await life.benches()).open(await life.goal()) as bench:
        for _ in range(2):
            with pytest.raises(ExternalBlocked, match=told) as blocked:
                await bench.command(CommandKind.BUILD)
            assert how in blocked.value.how


def wheel(folder: Path) -> str:
    """A package as pip takes it; returns its path."""
    name, info = "tinything-1.0-py3-none-any.whl", "tinything-1.0.dist-info"
    with zipfile.ZipFile(folder / name, "w") as packed:
        packed.writestr("tinything.py", "SIZE = 3\n")
        packed.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: tinything\nVersion: 1.0\n")
        packed.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: hand\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        packed.writestr(f"{info}/RECORD", f"tinything.py,,\n{info}/METADATA,,\n{info}/WHEEL,,\n{info}/RECORD,,\n")
    return name


@pytest.mark.long  # pip itself takes a second; what is kept, and for how long, is tried above
async def test_what_pip_fetched_is_found_by_the_tests_and_fetched_once(
    executor: AutonomousGoalExecutor, shop: Path
) -> None:
    name = wheel(shop)
    git(shop, "add", name)
    git(shop, "commit", "-q", "-m", "What it needs")
    (known,) = await executor.repositories.of(None)
    words = ("python3", "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--target", DEPENDENCIES, name)
    set_up = SetUp(command=Command(words=words), makes=(DEPENDENCIES,))
    script = "import tinything; print(tinything.SIZE, tinything.__file__); open(tinything.__file__, 'w')"
    terms = replace(
        known.terms,
        set_up=replace(set_up, approved=set_up.digest),
        lock_files=(name,),
        environment={"PYTHONPATH": DEPENDENCIES},
        build=Command(words=("python3", "-c", script)),
    )
    await executor.repositories.change(known, terms, Cause("test"))
    life = Life(executor)
    async with (await life.benches()).open(await life.go_on()) as bench:
        kept = bench.edges.git.home / "dependencies"
        made = [(one.name, one.stat().st_ino) for one in kept.iterdir()]
        result = await bench.command(CommandKind.BUILD)
        assert f"3 /work/tree/{DEPENDENCIES}/tinything.py" in result.output
        assert "Read-only file system" in result.output
        assert [(one.name, one.stat().st_ino) for one in kept.iterdir()] == made
    assert len(made) == 1
