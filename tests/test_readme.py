"""The README tells the truth: its commands, settings and code are those of the program."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from bot.settings import Settings
from engine.planning.requests import BUILT_IN_WORKS
from handlers.routing import COMMANDS

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_setting_is_in_its_table_and_no_other() -> None:
    named = set(re.findall(r"`MILEPOST_([A-Z_]+)`", README.split("## Settings")[1].split("\n## ")[0]))
    assert named == {name.upper() for name in Settings.model_fields}


def test_every_command_of_the_menu_is_named() -> None:
    chat = README.split("## In the chat")[1].split("\n## ")[0]
    assert {name for name, _ in COMMANDS} <= set(re.findall(r"/([a-z]+)", chat))


def test_every_built_in_work_is_in_its_table() -> None:
    works = README.split("### What Milepost does by itself")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (`[a-z_`, ]+`) \|", works, re.MULTILINE)
    assert {name for row in rows for name in re.findall("[a-z_]+", row)} == BUILT_IN_WORKS


def test_the_work_function_is_the_one_that_is_tested() -> None:
    example = (ROOT / "tests/engine/work/example_work.py").read_text(encoding="utf-8")
    code = example.split('"""\n', 1)[1].strip()
    assert code in README


def output_of_example(name: str, folder: Path) -> list[str]:
    code = README.split(f"<!-- {name}: begin -->\n```python\n")[1].split(f"```\n<!-- {name}: end -->")[0]
    (folder / "example.py").write_text(code, encoding="utf-8")
    ended = subprocess.run(
        [sys.executable, "example.py"],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert ended.stderr == b""
    return ended.stdout.decode().splitlines()


@pytest.mark.long  # a process that loads all; scenarios/test_seed_examples.py calls the same within this one
def test_the_library_example_runs_as_it_stands(tmp_path: Path) -> None:
    assert output_of_example("library", tmp_path)[-1] == "100% completed plan 1"


@pytest.mark.long  # a process of its own, as the example above has
def test_the_example_of_agents_side_by_side_runs_as_it_stands(tmp_path: Path) -> None:
    counted, merged = output_of_example("coordinator", tmp_path)
    assert counted == "success 2 done, 0 failed"
    assert merged == "{'looked': 'today'} ['host']"
