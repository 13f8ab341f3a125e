"""Where method files come from: the package, folders, other packages; what is broken is left out and told."""

import logging
import os
import sys
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from bot.library import open_executor
from engine.options import Options
from engine.planning.methods import sources
from engine.planning.methods.nodes import MOST_BYTES
from engine.planning.methods.sources import (
    GROUP,
    MOST_FILES,
    builtin_sources,
    entry_point_sources,
    folder_sources,
    load_libraries,
)

MINE = "name: mine\nsteps:\n  rest(who):\n    title: Let {who} rest\n"


def write(folder: Path, name: str, text: str = MINE) -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two libraries come along, for what is no matter of how many there are."""
    two = [source for source in builtin_sources() if source.file in {"goal.yaml", "software.yaml"}]
    monkeypatch.setattr(sources, "builtin_sources", lambda: iter(two))


def test_the_words_that_all_share_come_first() -> None:
    assert next(builtin_sources()).file == "goal.yaml"


@pytest.mark.long
def test_where_there_are_no_others_those_that_come_along_are_read_once(tmp_path: Path) -> None:
    first = load_libraries(entry_points=False)
    assert load_libraries([tmp_path], entry_points=False) is first
    write(tmp_path, "mine.yaml")
    assert [one.name for one in load_libraries([tmp_path], entry_points=False).libraries[-1:]] == ["mine"]


@pytest.mark.usefixtures("few")
def test_files_in_a_folder_are_libraries_and_a_broken_one_is_left_out_with_its_line(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write(tmp_path, "mine.yaml")
    broken = write(tmp_path, "other.yml", "name: other\nsteps:\n  s:\n    titel: x\n")
    write(tmp_path, "notes.txt", "no library")
    with caplog.at_level(logging.WARNING):
        loaded = load_libraries([tmp_path], entry_points=False)
    names = [one.name for one in loaded.libraries]
    assert names[-1] == "mine"
    assert "software" in names
    assert [str(fault) for fault in loaded.faults] == [f"{broken}:4: the step s has no «titel»; did you mean title?"]
    assert f"{broken}:4:" in caplog.text


BREWING = """
name: brewing
summary: Brewing at home
signs: [brew]
compounds:
  brew_beer(what):
    summary: Brew {what}
    phrases: ["brew {what}"]
    methods:
      in_a_pot:
        summary: in the largest pot of the kitchen
        odds: 0.9
        do: {mash: "mash_malt(?what)", keep: "let_ferment(?what)"}
steps:
  mash_malt(what): {title: "Mash and boil {what}"}
  let_ferment(what): {title: "Let {what} ferment"}
"""


async def test_a_program_plans_with_methods_of_its_own_folders(tmp_path: Path) -> None:
    write(tmp_path, "brewing.yaml", BREWING)
    async with open_executor(tmp_path / "milepost.db", options=Options(methods=(tmp_path,))) as executor:
        goal = await executor.set_goal("Beer for the wedding", success_criteria=["Brew a pale ale"])
        await executor.decompose_goal(goal)
        titles = [task.title for task in (await executor.goal(goal)).tasks.values()]
    assert titles == ["Mash and boil a pale ale", "Let a pale ale ferment"]


def test_a_folder_that_is_not_there_is_no_trouble(tmp_path: Path) -> None:
    assert list(folder_sources([tmp_path / "none"])) == []


def test_a_file_for_a_folder_is_told(tmp_path: Path) -> None:
    (source,) = folder_sources([write(tmp_path, "mine.yaml")])
    assert source.problem.startswith("the folder can't be read (")


@pytest.mark.usefixtures("few")
def test_what_can_not_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "folder.yaml").mkdir()
    os.symlink(tmp_path / "nowhere", tmp_path / "gone.yaml")
    assert {source.problem for source in folder_sources([tmp_path])} == {
        "the file can't be read (is a directory)",
        "the file can't be read (no such file or directory)",
    }
    loaded = load_libraries([tmp_path], entry_points=False)
    assert [fault.line for fault in loaded.faults] == [1, 1]


@pytest.mark.usefixtures("few")
def test_a_pipe_keeps_nobody_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    (source,) = folder_sources([tmp_path])
    assert source.problem == "the file can't be read (it is a device or a pipe)"
    assert load_libraries([tmp_path], entry_points=False).faults[0].line == 1


def test_no_more_than_a_library_may_have_is_read(tmp_path: Path) -> None:
    write(tmp_path, "big.yaml", "#" * (MOST_BYTES * 3))
    (source,) = folder_sources([tmp_path])
    assert len(source.data) == MOST_BYTES + 1


def test_a_folder_of_thousands_of_files_is_read_in_part_and_said_so(tmp_path: Path) -> None:
    for number in range(MOST_FILES + 2):
        write(tmp_path, f"{number}.yaml", "")
    *files, told = folder_sources([tmp_path])
    assert len(files) == MOST_FILES
    assert told.problem == f"there are {MOST_FILES + 2} files, {MOST_FILES} are read"


MODULE = f"""
TEXT = {MINE!r}

def told():
    return TEXT

def wrong():
    return 3

def broken():
    raise SystemExit(3)
"""


@pytest.fixture
def package(tmp_path: Path) -> Iterator[str]:
    name = "some_methods_of_others"
    folder = tmp_path / name
    folder.mkdir()
    write(folder, "gardening.yaml", MINE.replace("mine", "gardening"))
    write(folder, "__init__.py", MODULE)
    sys.path.insert(0, str(tmp_path))
    yield name
    sys.path.remove(str(tmp_path))
    sys.modules.pop(name, None)


def test_other_packages_bring_files_functions_and_texts_and_break_nothing(
    package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("gardening.yaml", "told", "TEXT", "wrong", "broken", "missing", "no.yaml")
    entries = [EntryPoint(name=name, value=f"{package}:{name}", group=GROUP) for name in names]
    entries.append(EntryPoint(name="nowhere", value="no_such_package_at_all:x.yaml", group=GROUP))
    monkeypatch.setattr("importlib.metadata.entry_points", lambda group: entries if group == GROUP else [])
    found = {source.file.partition(": ")[2]: source for source in entry_point_sources()}
    assert found["gardening.yaml"].data == MINE.replace("mine", "gardening").encode()
    assert found["told"].data == found["TEXT"].data == MINE.encode()
    assert found["wrong"].problem == "it is int and no text"
    assert found["broken"].problem.startswith("it can't be loaded (SystemExit")
    for name in ("missing", "no.yaml", "nowhere"):
        assert found[name].problem.startswith("it can't be loaded ("), name
