"""What the machine lacks is not held against the code; what the code takes in hidden ways is."""

import dataclasses
from pathlib import Path

import pytest

from engine.errors import ResourceBlocked
from engine.workspace.processes import CLEAN_ENVIRONMENT
from engine.workspace.sandbox import running
from engine.workspace.sandbox.commands import Ending, SandboxResult
from engine.workspace.sandbox.running import MachineShort, Seat, run_once
from tests.engine.workspace.sandbox.trials import SMALL, shell

HELD = SMALL.memory + SMALL.disk + SMALL.shared


async def run_short(seat: Seat, tree: Path, freed: int) -> SandboxResult:
    """Run something harmless while the machine's memory ends; so much is there again afterwards."""
    environment = {**CLEAN_ENVIRONMENT, "FREED": str(freed)}
    return await run_once(shell(tree, "sleep 60"), dataclasses.replace(seat, environment=environment))


@pytest.fixture
def short_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "_WARDEN", "tests.engine.workspace.sandbox.short_machine")


@pytest.mark.usefixtures("short_machine")
async def test_a_run_that_is_ended_for_the_machines_sake_waits_and_is_no_failure(seat: Seat, tree: Path) -> None:
    with pytest.raises(MachineShort, match="this machine has next to no memory left") as raised:
        await run_short(seat, tree, freed=HELD)
    assert isinstance(raised.value, ResourceBlocked)
    assert (raised.value.resource, raised.value.retry_after) == ("memory", 60.0)


@pytest.mark.usefixtures("short_machine")
async def test_who_held_more_than_it_may_by_what_came_free_is_ended_for_that(seat: Seat, tree: Path) -> None:
    assert (await run_short(seat, tree, freed=HELD + 1)).ending is Ending.MEMORY


async def test_a_run_whose_output_found_no_room_on_the_disk_waits_and_tells_nothing(seat: Seat, tree: Path) -> None:
    command = dataclasses.replace(shell(tree, "echo ok 1 - one of two"), output=Path("/dev/full"))
    with pytest.raises(MachineShort, match="this machine has no room on its disk") as raised:
        await run_once(command, seat)
    assert (raised.value.resource, raised.value.retry_after) == ("disk", 60.0)
