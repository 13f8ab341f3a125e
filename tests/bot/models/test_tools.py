"""The tools of a process: made once at the first need, over the engine's own notes and files, and ended at the end."""

import json
import logging
import subprocess
import sys
from pathlib import Path

import pytest

from bot.assembly import make_executor
from bot.library import running
from bot.models.making_tools import toolbox_of
from bot.models.tools import ToolsOnDemand
from bot.settings import Settings
from engine.agents.tools.options import ToolOptions
from engine.clock import SystemClock
from engine.values import Cause
from storage.database import open_database
from tests.engine.agents.tools.calling import called, names
from tests.storage.made_goals import created, plain_goal

PROGRAM = Path(__file__).parents[2] / "engine/agents/tools/mcp_server_of_tests.py"


@pytest.mark.long  # engine/agents/tools/test_mcp.py has a server
async def test_notes_and_files_are_the_engine_s_and_servers_are_those_of_the_file(tmp_path: Path) -> None:
    mcp = tmp_path / "mcp.json"
    mcp.write_text(json.dumps({"mcpServers": {"one": {"command": sys.executable, "args": [str(PROGRAM)]}, "two": 3}}))
    settings = Settings.model_validate({"database": tmp_path / "m.db", "mcp": mcp})
    async with open_database(settings.database, clock=SystemClock()) as database:
        await database.ledger.commit(created(plain_goal(1)))
        executor = make_executor(database, settings, SystemClock(), "UTC")
        wanted = ToolsOnDemand(executor, settings.tools)
        box = await toolbox_of(wanted)
        try:
            assert await toolbox_of(wanted) is box
            async with running(executor, executor.clock):
                for _ in range(2):
                    await box.notes.add(plain_goal(1).id, "the agent of task 3: seen", Cause("run:1:a"))
            assert [row.note for row in await box.notes.of(plain_goal(1).id)].count("the agent of task 3: seen") == 1
            ((toolset, _),) = box.servers(None)
            assert "mcp_one_add" in await names(toolset)
            assert "\n5\n" in await called(toolset, "mcp_one_add", one=2, two=3)
        finally:
            await wanted.close()


async def test_without_files_of_the_operator_there_are_the_built_in_roles_and_no_servers(tmp_path: Path) -> None:
    async with open_database(tmp_path / "m.db", clock=SystemClock()) as database:
        wanted = ToolsOnDemand(make_executor(database, Settings(), SystemClock(), "UTC"), ToolOptions())
        assert set(wanted.roles.known) >= {"researcher", "coder"}
        assert (await toolbox_of(wanted)).servers(None) == ()
        await wanted.close()


async def test_faults_are_logged_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    roles = tmp_path / "roles.toml"
    roles.write_text("[writer]\nsteps = 0\n")
    async with open_database(tmp_path / "m.db", clock=SystemClock()) as database:
        wanted = ToolsOnDemand(make_executor(database, Settings(), SystemClock(), "UTC"), ToolOptions(roles=roles))
        with caplog.at_level(logging.WARNING):
            assert "writer" not in wanted.roles.known
            assert wanted.roles
    assert caplog.text.count(f"{roles}:2: steps of «writer»") == 1


@pytest.mark.long  # a process of its own; tests/bot/test_start.py looks at what a bot has imported
def test_what_is_known_before_the_first_need_imports_no_pydantic_ai() -> None:
    code = (
        "import sys, bot.models.tools, bot.settings; "
        "sys.exit(any(name.startswith(('pydantic_ai', 'mcp', 'fastmcp')) for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
