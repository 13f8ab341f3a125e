"""What commands wrote stays with the attempt that ran them, bounded, for as long as the goal goes on."""

from pathlib import Path

import pytest

from engine.coding import outputs
from engine.coding.outputs import MOST_KEPT, next_output, shown
from engine.coding.reports import HandIn
from engine.executor import AutonomousGoalExecutor
from engine.values import TaskNumber
from tests.engine.coding.shop import RED_TEST, WRONG, Life


def put(folder: Path, count: int, size: int = 1) -> list[str]:
    """So many outputs, one after the other; the names of those that are left."""
    for _ in range(count):
        place = next_output(folder, TaskNumber(3))
        folder.mkdir(exist_ok=True)
        place.write_bytes(b"x" * size)
    return sorted(file.name for file in folder.iterdir())


def test_each_command_has_a_file_of_its_own_and_the_oldest_make_room(tmp_path: Path) -> None:
    assert put(tmp_path / "1", 2) == ["000001-task-3.log", "000002-task-3.log"]
    assert next_output(tmp_path / "1", None).name == "000003-by-hand.log"
    left = put(tmp_path / "1", MOST_KEPT + 3)
    assert (len(left), left[0], left[-1]) == (MOST_KEPT, "000006-task-3.log", "000045-task-3.log")


def test_outputs_of_a_goal_are_bounded_in_bytes_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outputs, "MOST_BYTES", 100)
    assert put(tmp_path / "1", 5, 40) == ["000003-task-3.log", "000004-task-3.log", "000005-task-3.log"]


def test_a_line_that_was_written_over_is_shown_as_it_was_at_last() -> None:
    assert shown("one\r\n 10%\r 50%\r100%\nno such package\n\n") == "one\n100%\nno such package"


async def outputs_of(life: Life) -> Path:
    benches = await life.benches()
    return benches.edges.outputs_of(await benches.known(life.id))


@pytest.mark.long  # a whole life; what is kept of an output is tried above
async def test_what_an_attempt_ran_is_found_in_the_files_that_its_log_names_until_the_goal_ends(
    executor: AutonomousGoalExecutor,
) -> None:
    life = Life(executor)
    await life.go_on()
    await life.hand_in(HandIn(files=RED_TEST))
    await life.hand_in(HandIn(patch=WRONG))
    folder = await outputs_of(life)
    rows = [row for row in await executor.queries.log(life.id, before=None, limit=500) if row.event == "code_worked"]
    runs = [run for row in rows for run in row.details["runs"]]  # type: ignore[union-attr]  # a list of objects
    names = [run["output"] for run in runs]  # type: ignore[index,call-overload]  # a list of objects
    assert len(set(names)) == len(names) > 3
    assert all("Ran " in (folder / str(name)).read_text() for name in names)
    (proof,) = [row for row in rows if row.task == 4]
    assert "FAILED (failures=1)" in (folder / str(proof.details["runs"][-1]["output"])).read_text()  # type: ignore[index,call-overload]  # a list of objects
    assert (folder / "handed.json").is_file(), "what came in last is known as long as the goal goes on"
    await executor.cancel_goal(life.id)
    await life.closed()
    assert not folder.exists()
