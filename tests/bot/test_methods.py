"""`milepost methods`: what a person sees who writes a library."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot import methods
from bot.__main__ import main
from bot.methods import check, show

GOOD = """name: mine
compounds:
  rest(who):
    methods:
      sleep:
        do: {do: lie_down(?who)}
steps:
  lie_down(who):
    title: Let {who} lie down
"""


@pytest.fixture(autouse=True)
def few_libraries(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the words that all share: the built-in libraries have tests of their own."""
    shared = [source for source in methods.builtin_sources() if source.file == "goal.yaml"]
    monkeypatch.setattr(methods, "builtin_sources", lambda: iter(shared))


def write(folder: Path, text: str, name: str = "mine.yaml") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def test_a_sound_file_is_told_with_what_it_brings(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD)
    result = CliRunner().invoke(main, ["methods", "check", str(path)])
    assert (result.exit_code, result.output) == (0, f"{path}: ok: 1 compound, 1 method, 1 step\n")


CHECKED = """
import sys
from bot.__main__ import main

try:
    main(["methods", "check", sys.argv[1]])
finally:
    print(*sorted(sys.modules), file=sys.stderr)
"""


@pytest.mark.long  # a process; test_cli.py looks at what is loaded
def test_a_checker_is_in_a_hurry_and_loads_neither_telegram_nor_code_work_nor_planner(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CHECKED, str(write(tmp_path, GOOD))],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    loaded = done.stderr.split()
    assert "1 compound, 1 method, 1 step" in done.stdout
    assert "engine.planning.methods.libraries" in loaded
    for heavy in ("aiogram", "aiohttp", "aiosqlite", "numpy", "engine.coding.workbench", "engine.planning.htn.search"):
        assert heavy not in loaded


def test_each_fault_is_a_line_with_file_and_line_number(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD.replace("lie_down(?who)", "ly_down(?who)").replace("title:", "titel:"))
    result = CliRunner().invoke(main, ["methods", "check", str(path)])
    assert result.exit_code == 1
    assert result.output.splitlines() == [
        f"{path}:6: there is no task ly_down; did you mean lie_down?",
        f"{path}:9: the step lie_down has no «titel»; did you mean title?",
    ]


def test_files_that_are_checked_together_may_use_each_other(tmp_path: Path) -> None:
    more = write(
        tmp_path, "name: more\nmethods:\n  nap:\n    for: rest(?who)\n    do: {do: lie_down(?who)}\n", "more.yaml"
    )
    assert CliRunner().invoke(main, ["methods", "check", str(more)]).exit_code == 1
    both = CliRunner().invoke(main, ["methods", "check", str(write(tmp_path, GOOD)), str(more)])
    assert both.exit_code == 0
    assert both.output.count(": ok: ") == 2


def test_a_built_in_file_is_checked_in_its_own_place(capsys: pytest.CaptureFixture[str]) -> None:
    path = Path(__file__).parents[2] / "engine" / "planning" / "methods" / "library" / "goal.yaml"
    assert check([path, path], ()) == 0
    assert capsys.readouterr().out.count("\n") == 1


def test_a_file_in_the_folder_is_not_its_own_double(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path, GOOD)
    assert check([path], [tmp_path]) == 0
    assert capsys.readouterr().out == f"{path}: ok: 1 compound, 1 method, 1 step\n"


def test_a_work_that_is_not_there_is_no_error_and_inputs_that_are_refused_are(tmp_path: Path) -> None:
    path = write(tmp_path, f"{GOOD}    work: persn\n  hold:\n    work: wait\n    inputs: {{days: 3}}\n")
    result = CliRunner().invoke(main, ["methods", "check", str(path)])
    assert result.exit_code == 1
    assert result.output.splitlines() == [
        f"{path}:11: the work wait refuses the inputs of hold: wait: it needs one end; either «seconds» or «until»",
        f"{path}:8: there is no work persn here, so a person will do lie_down; did you mean person? (not an error)",
    ]


HOSTILE: dict[str, tuple[bytes, int, str]] = {
    "a circle": (
        b"name: x\ncompounds:\n  a:\n    methods:\n      m:\n        do: {x: b}\n"
        b"  b:\n    methods:\n      n:\n        do: {x: a}\n",
        3, "a never comes to an end",
    ),
    "itself for ever": (
        b"name: x\ncompounds:\n  a(n):\n    methods:\n      m:\n        do: {x: s(?n), y: a(?n)}\n"
        b"steps:\n  s(n):\n    title: Do {n}\n",
        3, "a never comes to an end",
    ),
    "an unknown name": (
        b"name: x\ncompounds:\n  a:\n    methods:\n      m:\n        do: {x: nowhere}\n", 6, "no task nowhere",
    ),
    "a thousand methods": (
        b"name: x\ncompounds:\n  a:\n    methods:\n"
        + b"".join(b"      m%d:\n        do: {x: s}\n" % n for n in range(1000))
        + b"steps:\n  s:\n    title: Do\n",
        1005, "the file has 1000 methods",
    ),
    "laughter": (b"name: x\na: &a [x, x]\nb: [*a, *a]\n", 2, "&a names a value"),
    "too deep": (b"name: x\nsteps:\n  s:\n    inputs: " + b"{a: " * 9000, 4, "nested too deeply"),
    "a key twice": (b"name: x\nsteps:\n  s:\n    title: a\n    title: b\n", 5, "is there already, in line 4"),
    "tabs": (b"name: x\nsteps:\n\ts:\n", 3, "not with tabs"),
    "no UTF-8": (b"name: x\nsummary: caf\xe9\n", 2, "no UTF-8"),
    "ten megabytes": (b"name: x\n" + b"# c\n" * 2_600_000, 100_000, "the file has 400001 bytes"),
    "a huge number": (b"name: x\nsteps:\n  s:\n    title: a\n    weight: " + b"9" * 400, 5, "too many digits"),
    "no number": (b"name: x\nsteps:\n  s:\n    title: a\n    odds: .nan\n", 5, ".nan"),
    "a tag": (b"name: !!python/object/apply:os.system [id]\n", 1, "values without tags"),
    "nothing": (b"", 1, "the file is empty"),
    "zeros": (b"\0\0\0", 1, "U+0000"),
}  # fmt: skip


@pytest.mark.sample(5)
@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_file_is_answered_with_a_line_that_names_the_place_and_exit_code_1(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, line, words = HOSTILE[kind]
    path = tmp_path / "hostile.yaml"
    path.write_bytes(data)
    assert check([path], []) == 1
    said = capsys.readouterr().out
    first = next(one for one in said.splitlines() if words in one)
    assert first.startswith(f"{path}:{line}: "), first


def test_a_file_from_another_system_is_read_like_any_other(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert check([path], []) == 0


def test_a_pipe_is_answered_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    assert check([tmp_path / "pipe.yaml"], []) == 1
    assert "it is a device or a pipe" in capsys.readouterr().out


def test_wrong_use_is_exit_code_2(tmp_path: Path) -> None:
    assert CliRunner().invoke(main, ["methods", "check"]).exit_code == 2
    assert CliRunner().invoke(main, ["methods", "check", str(tmp_path / "none.yaml")]).exit_code == 2
    assert CliRunner().invoke(main, ["methods", "check", str(tmp_path)]).exit_code == 2


def test_the_list_shows_libraries_with_counts_and_what_is_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path, GOOD)
    assert show([tmp_path]) == 0
    told = capsys.readouterr().out
    assert "mine  1 compound, 1 method, 1 step" in told
    write(tmp_path, "name: mine", "twice.yaml")
    assert show([tmp_path]) == 1
    assert f"left out: {tmp_path / 'twice.yaml'}:1: there is a library mine already" in capsys.readouterr().out


def test_the_schema_is_json() -> None:
    result = CliRunner().invoke(main, ["methods", "schema"])
    assert result.exit_code == 0
    assert json.loads(result.output)["title"] == "A Milepost method library"


def test_what_was_installed_from_the_file_that_is_checked_is_no_rival_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path, GOOD)
    copied = methods.Source(file="a package: mine", data=path.read_bytes())
    linked = methods.Source(file="another package: mine", data=b"name: older", path=path)
    monkeypatch.setattr(methods, "entry_point_sources", lambda: iter([copied, linked]))
    assert check([path], []) == 0
    assert "ok: 1 compound" in capsys.readouterr().out
