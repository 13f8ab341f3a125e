"""`milepost execute`: what it prints, its exit codes, and that a goal that was cut off goes on and is not doubled."""

import contextlib
import io
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot import execute
from bot.__main__ import main as command_line
from bot.assembly import NO_MODEL
from bot.execute import Order
from bot.local import chat
from bot.local.chat import ChatOptions
from bot.settings import Settings
from storage.process_lock import ProcessLock
from tests.scenarios.loopback_page import loopback_page


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    commands = {"hello": ["/bin/sh", "-c", "seq 1 3"], "broken": ["/bin/sh", "-c", "exit 3"]}
    return Settings.model_validate(
        {"database": tmp_path / "milepost.db", "commands": commands, "max_retries": 1, "task_timeout": 60}
    )


@pytest.fixture
def outward(settings: Settings) -> Settings:
    """With addresses of this machine allowed."""
    return settings.model_copy(update={"allow_private_addresses": True, "max_retries": 3})


def rows(database: Path, sql: str) -> list[tuple[object, ...]]:
    with contextlib.closing(sqlite3.connect(database)) as connection:
        return connection.execute(sql).fetchall()


def test_all_done_is_code_0_and_a_report(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute.main(settings, Order(goal="Run hello")) == 0
    out, err = capsys.readouterr()
    assert "GOAL: Run hello (#1)\nSTATUS: ✓ SUCCESS\n" in out
    assert "  Total: 1\n  Completed: 1\n  Failed: 0\n" in out
    assert "ARTEFACTS:\n  - run-hello.txt (6 characters), by task 1.1\n" in out
    assert "NEXT" not in out
    assert err.splitlines() == ["Planning «Run hello» (#1)", "1 task", "… Run hello", "✓ Run hello"]


def test_json_holds_the_result_and_its_documents(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    context = '{"language": "python", "note": "ü"}'
    assert execute.main(settings, Order(goal="Run hello", context=context, as_json=True)) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["status"], told["success"], told["total"], told["completed"]) == ("success", True, 1, 1)
    assert told["artefacts"][0]["text"] == "1\n2\n3\n"
    (metadata,) = rows(settings.database, "SELECT metadata FROM executor_goals")
    assert json.loads(str(metadata[0]))["note"] == "ü"


def test_what_failed_is_never_told_as_done_and_what_takes_its_place_is_told_with_the_reason(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert execute.main(settings, Order(goal="Run broken", timeout_ms=20_000)) == 1
    out = capsys.readouterr().out
    assert "SUCCESS" not in out
    assert "  Total: 1\n  Completed: 0\n" in out
    assert "WAITING FOR:\n  - By hand: Run broken [1.2]: you to do it\n" in out
    assert "REASONS:\n  - «Run broken» was replaced: «broken» ended with exit code 3" in out


def test_what_waits_for_a_person_is_said_with_the_way_to_answer_and_code_1(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    order = Order(goal="Fix the bug in the login", context='{"has_codebase": true}')
    assert execute.main(settings, order) == 1
    first = capsys.readouterr()
    assert "STATUS: WAITING" in first.out
    assert "[1.1]: you to do it" in first.out
    assert f"MISSING:\n  - {NO_MODEL}\n" in first.out
    assert "NEXT: answer in `milepost chat`" in first.out
    assert execute.main(settings, order) == 1
    again = capsys.readouterr()
    assert again.err.splitlines() == ["Going on with «Fix the bug in the login» (#1)"]
    assert rows(settings.database, "SELECT COUNT(*), MIN(chat), MIN(owner) FROM executor_goals") == [(1, 1, 1)]


def test_somebody_elses_goal_is_answered_in_their_chat(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute.main(settings, Order(goal="Call mother", user_id=77)) == 1
    assert "`milepost chat --user-id 77`" in capsys.readouterr().out
    assert rows(settings.database, "SELECT chat, owner FROM executor_goals") == [(77, 77)]


def test_a_timeout_in_the_middle_of_the_planning_loses_and_doubles_nothing(
    outward: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    with loopback_page(patient=True) as page:
        order = Order(goal=f"{page.address} answers 200", timeout_ms=1)
        assert execute.main(outward, order) == 1
        assert "STATUS: TIMEOUT" in (told := capsys.readouterr().out)
        assert "NEXT: nothing is lost. The same command goes on with it, as does `milepost chat`." in told
        page.answer.set()
        assert execute.main(outward, Order(goal=order.goal)) == 0
    assert rows(outward.database, "SELECT COUNT(*) FROM executor_goals") == [(1,)]
    assert rows(outward.database, "SELECT result FROM attempts") == [("task_completed",)]


@pytest.mark.sample(3)
@pytest.mark.parametrize(
    "order",
    [
        Order(goal=""),
        Order(goal=" \n"),
        Order(goal="Run\ndeadline: when pigs fly"),
        Order(goal="Run", context="{"),
        Order(goal="Run", context="[1]"),
        Order(goal="Run", context='{"x": NaN}'),
        Order(goal="Run", timeout_ms=float("nan")),
    ],
)
def test_wrong_use_is_code_2_in_one_line_and_makes_no_database(
    settings: Settings, order: Order, capsys: pytest.CaptureFixture[str]
) -> None:
    assert execute.main(settings, order) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("milepost: ")
    assert err.count("\n") == 1
    assert not settings.database.exists()


def test_another_milepost_on_the_database_is_a_clear_error(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    lock = ProcessLock(settings.database.with_name("milepost.db.lock"))
    lock.take()
    try:
        assert execute.main(settings, Order(goal="Run hello")) == 1
    finally:
        lock.release()
    assert "another Milepost" in capsys.readouterr().err


def test_the_handlers_of_signals_are_put_back(settings: Settings) -> None:
    before = [signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM)]
    execute.main(settings, Order(goal="Run hello"))
    assert [signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM)] == before


@pytest.mark.parametrize("name", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.long)])
def test_a_signal_leaves_it_to_be_gone_on_with_and_says_so(
    name: signal.Signals, outward: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    with loopback_page(patient=True) as page:

        def interrupt() -> None:
            if page.asked.wait(30):
                os.kill(os.getpid(), name)

        watching = threading.Thread(target=interrupt)
        watching.start()
        code, (out, err) = execute.main(outward, Order(goal=f"{page.address} answers 200")), capsys.readouterr()
        watching.join()
    assert code == 1
    assert "STATUS: INTERRUPTED" in out
    assert "NEXT: nothing is lost. The same command goes on with it" in out
    assert "Traceback" not in err
    assert rows(outward.database, "SELECT status FROM executor_goals") == [("active",)]
    assert rows(outward.database, "SELECT COUNT(*) FROM goal_tasks WHERE status = 'running'") == [(0,)]


@pytest.mark.parametrize(
    ("words", "code"), [(["execute"], 2), (["execute", "x", "--timeout-ms", "0"], 2), (["execute", "--help"], 0)]
)
def test_the_command_line_refuses_what_click_can_tell(words: Sequence[str], code: int) -> None:
    assert CliRunner().invoke(command_line, list(words)).exit_code == code


# Real processes: one that is killed, and what comes after it, here, since only its files are left of it.


def clean(tmp_path: Path, **settings: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MILEPOST_")}
    home = {"PYTHONPATH": str(Path(__file__).parents[2]), "MILEPOST_DATABASE": str(tmp_path / "milepost.db")}
    return kept | home | {"MILEPOST_ALLOW_PRIVATE_ADDRESSES": "1"} | settings


@contextmanager
def under_way(tmp_path: Path, goal: str, **settings: str) -> Iterator[subprocess.Popen[str]]:
    """`milepost execute`, which is killed at the latest when the block ends."""
    words = [sys.executable, "-m", "bot", "execute", goal]
    with subprocess.Popen(
        words,
        cwd=tmp_path,
        env=clean(tmp_path, **settings),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.long  # a process that loads all; test_cli.py looks at what is loaded
def test_plain_ascii_goes_to_an_output_that_takes_no_more_and_nothing_heavy_is_loaded(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom bot.__main__ import main\n"
        "try:\n    main(['execute', 'Wait 1 second'])\nexcept SystemExit as end:\n    print('CODE', end.code)\n"
        "heavy = ('aiogram', 'textual', 'pydantic_ai', 'openai', 'apscheduler')\n"
        "print('HEAVY', [name for name in heavy if name in sys.modules])"
    )
    result = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=clean(tmp_path, PYTHONIOENCODING="ascii"),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert "STATUS: [x] SUCCESS" in result.stdout
    assert result.stdout.splitlines()[-2:] == ["CODE 0", "HEAVY []"]
    assert result.stderr.isascii()


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """(the folder that a process left when it was killed in the middle of a check, its goal); the page answers now."""
    folder = tmp_path_factory.mktemp("killed")
    with loopback_page(patient=True) as page:
        goal = f"{page.address} answers 200"
        with under_way(folder, goal) as process:
            assert page.asked.wait(30)
            process.kill()
            process.communicate()
        page.answer.set()
        yield folder, goal


@pytest.fixture
def cut_off(killed: tuple[Path, str], tmp_path: Path) -> str:
    """The goal that was cut off, with what is left of it in this test's own folder."""
    shutil.copytree(killed[0], tmp_path, dirs_exist_ok=True)
    return killed[1]


@pytest.mark.long  # a process of its own; scenarios/test_kill.py kills bots that are forked
def test_a_killed_one_goes_on_with_the_same_command_and_nothing_is_doubled(
    cut_off: str, outward: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    code, (_, err) = execute.main(outward, Order(goal=cut_off)), capsys.readouterr()
    assert code == 0, err
    assert "Going on with" in err
    assert rows(outward.database, "SELECT id, status FROM executor_goals") == [(1, "completed")]
    assert rows(outward.database, "SELECT COUNT(*) FROM goal_tasks") == [(1,)]
    results = rows(outward.database, "SELECT result FROM attempts ORDER BY attempt")
    assert results == [("attempt_lost",), ("task_completed",)]


@pytest.mark.long  # as above
@pytest.mark.usefixtures("cut_off")
def test_a_killed_one_goes_on_in_the_chat_which_tells_how_it_ended(
    outward: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"/goals\n@wait 2m\n")))
    code, (out, err) = chat.main(ChatOptions(settings=outward, speed=60)), capsys.readouterr()
    assert code == 0, err
    assert "Goal reached" in out
    assert rows(outward.database, "SELECT id, status FROM executor_goals") == [(1, "completed")]


@pytest.mark.long  # tests/scenarios/test_stop.py cuts a command off, and asks, in a process that is forked
def test_a_command_that_a_kill_cut_off_is_asked_about_and_not_run_twice(
    tmp_path: Path, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    runs, number = tmp_path / "runs.txt", tmp_path / "pid.txt"
    os.mkfifo(tmp_path / "begun")
    listed = {"ship": ["/bin/sh", "-c", f"echo x >> {runs}; echo $$ > {number}; echo > begun; sleep 30"]}
    with under_way(tmp_path, "Run ship", MILEPOST_COMMANDS=json.dumps(listed)) as process:
        (tmp_path / "begun").read_text()
        process.kill()
        process.communicate()
    with contextlib.suppress(ProcessLookupError):
        os.killpg(int(number.read_text()), signal.SIGKILL)
    again = settings.model_copy(update={"commands": {"ship": tuple(listed["ship"])}})
    assert execute.main(again, Order(goal="Run ship")) == 1
    out = capsys.readouterr().out
    assert "STATUS: WAITING" in out
    assert "Run ship [1.1]" in out
    assert runs.read_text() == "x\n"


@pytest.mark.long
def test_killed_at_any_moment_again_and_again_it_is_done_once(tmp_path: Path, outward: Settings) -> None:
    dice, rounds = random.Random(4), int(os.environ.get("MILEPOST_TEST_ROUNDS", "5"))
    with loopback_page() as page:
        goal = f"Publish the page\n- Wait 1 second\n- {page.address} answers 200\n- Wait 2 seconds"
        for _ in range(rounds):
            with under_way(tmp_path, goal) as process:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.communicate(timeout=dice.uniform(0.5, 4.0))
                process.kill()
        assert execute.main(outward, Order(goal=goal)) == 0
    database = tmp_path / "milepost.db"
    ended = rows(database, "SELECT id, status FROM executor_goals ORDER BY id")
    assert {status for _, status in ended} == {"completed"}
    for number, _ in ended:  # the same words after an end are a new goal
        log = f"FROM goal_execution_log WHERE goal = {number} AND event"
        assert rows(database, f"SELECT COUNT(*) {log} = 'plan_made'") == [(1,)]
        assert rows(database, f"SELECT COUNT(*) {log} = 'plan_adopted'") == [(1,)]
        assert rows(database, f"SELECT COUNT(*) {log} = 'task_completed'") == [(3,)]
        assert rows(database, f"SELECT COUNT(*) {log} = 'goal_completed'") == [(1,)]
        told = f"SELECT COUNT(*) FROM outbox WHERE goal = {number} AND kind = 'goal_completed'"
        assert rows(database, told) == [(1,)]
