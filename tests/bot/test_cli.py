"""The command line in real processes: what it prints, its exit codes, and that it stays light."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.__main__ import main
from bot.local.script.steps import Press, Remark, Say, SendFile, Wait, read_step

HEAVY = (
    "aiogram",
    "textual",
    "pydantic",
    "pydantic_settings",
    "aiosqlite",
    "apscheduler",
    "dateparser",
    "asyncio",
    "pydantic_ai",
    "openai",
    "httpx2",
    "genai_prices",
)
Result = subprocess.CompletedProcess[str]


def milepost(cwd: Path, *words: str, **settings: str) -> Result:
    """`milepost WORDS` in an empty folder, with nothing on standard input."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("MILEPOST_")}
    return subprocess.run(
        [sys.executable, "-m", "bot", *words],
        cwd=cwd,
        env=clean | {"PYTHONPATH": str(Path(__file__).parents[2])} | settings,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_help_names_every_command_with_its_purpose(tmp_path: Path) -> None:
    result = milepost(tmp_path, "--help")
    assert result.returncode == 0
    for command in ("run", "chat", "doctor", "export", "--version"):
        assert command in result.stdout


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys\nfrom bot.__main__ import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        f"print('HEAVY', [name for name in {HEAVY!r} if name in sys.modules])"
    )
    result = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert result.stdout.splitlines()[-1] == "HEAVY []"


def test_settings_import_no_other_heavy_library() -> None:
    heavy = tuple(name for name in HEAVY if not name.startswith(("pydantic", "asyncio")))
    code = f"import sys, bot.settings, bot.log\nprint([name for name in {heavy!r} if name in sys.modules])"
    result = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert result.stdout.strip() == "[]"


def test_version_is_told(tmp_path: Path) -> None:
    result = milepost(tmp_path, "--version")
    assert result.returncode == 0
    assert result.stdout.startswith("milepost 0.")


@pytest.mark.sample(2)
@pytest.mark.parametrize(
    "words",
    [
        ("fly",),
        ("chat", "--speed", "0"),
        ("chat", "--speed", "nan"),
        ("chat", "--user-id", "-1"),
        ("export",),
        ("run", "--what"),
    ],
)
def test_wrong_use_is_code_2_with_a_hint_and_without_a_trace(tmp_path: Path, words: tuple[str, ...]) -> None:
    result = milepost(tmp_path, *words)
    assert result.returncode == 2
    assert result.stdout == ""
    assert "Error" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_bad_setting_is_refused_in_one_line(tmp_path: Path) -> None:
    result = milepost(tmp_path, "run", MILEPOST_WORKERS="x")
    assert result.returncode == 2
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert "MILEPOST_WORKERS is «x»" in result.stderr


@pytest.mark.parametrize("command", [(), ("run",), ("chat",), ("doctor",), ("export", "--chat", "1")])
def test_every_command_refuses_a_bad_setting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, command, env={"MILEPOST_WORKERS": "x"})
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "MILEPOST_WORKERS is «x»" in result.stderr


@pytest.mark.parametrize("command", [("chat",), ("execute", "Tidy up")])
def test_a_database_on_the_command_line_is_checked_like_the_setting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, [*command, "--database", "~nobody-of-that-name/x.db"])
    assert result.exit_code == 2
    assert "MILEPOST_DATABASE is «~nobody-of-that-name/x.db»; accepted: the path of a file" in result.stderr


def test_the_help_of_chat_shows_steps_that_can_be_played(tmp_path: Path) -> None:
    told = milepost(tmp_path, "chat", "--help").stdout
    examples = [found[1] for found in re.finditer(r"^ {4}(\S.*?) {2,}\S", told, re.MULTILINE)]
    steps = [read_step(example) for example in examples]
    assert {type(step) for step in steps} == {Say, Press, SendFile, Wait, Remark}


def test_run_without_a_token_says_where_to_get_one(tmp_path: Path) -> None:
    result = milepost(tmp_path, "run")
    assert result.returncode == 2
    assert "MILEPOST_BOT_TOKEN is not set" in result.stderr
    assert "@BotFather" in result.stderr
