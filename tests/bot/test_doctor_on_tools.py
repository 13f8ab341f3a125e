"""The doctor on roles and MCP servers: faults by line, each server started and asked, no word without a file."""

import json
import sys
from pathlib import Path

from bot.doctor import Finding, Level, examine
from bot.settings import Settings
from engine.clock import SystemClock

PROGRAM = Path(__file__).parents[1] / "engine/agents/tools/mcp_server_of_tests.py"


async def tools(tmp_path: Path, **more: object) -> list[Finding]:
    values = {"database": tmp_path / "milepost.db", "telegram_api": "http://127.0.0.1:1", **more}
    found = await examine(Settings.model_validate(values), SystemClock())
    return [one for one in found if one.subject in ("roles", "mcp")]


async def test_without_files_of_the_operator_there_is_no_such_line(tmp_path: Path) -> None:
    assert await tools(tmp_path) == []


async def test_a_fault_in_a_role_is_told_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "roles.toml"
    file.write_text('[writer]\nmodel = "big"\n')
    [found] = await tools(tmp_path, roles=file)
    assert found.level is Level.FAIL
    assert found.text.startswith(f"{file}:2: model of «writer»")
    assert "main or small" in found.remedy
    file.write_text('[writer]\nmodel = "small"\n')
    [found] = await tools(tmp_path, roles=file)
    assert (found.level, found.text) == (Level.OK, f"6 roles; from {file}: writer")


async def test_each_server_is_started_and_asked(tmp_path: Path) -> None:
    file = tmp_path / "mcp.json"
    program = {"command": sys.executable, "args": [str(PROGRAM)]}
    servers = {"good": program, "gone": {"command": "/nowhere/at/all"}, "wrong": {"args": []}}
    file.write_text(json.dumps({"mcpServers": servers}, indent=1))
    found = await tools(tmp_path, mcp=file, mcp_safe="good.say, good.sya, other.*")
    told = {one.text: one for one in found}
    assert told["good has 5 tools, 4 of them asked about at each call"].level is Level.OK
    failed = [one.text for one in found if one.level is Level.FAIL]
    assert len(failed) == 4
    assert any("«wrong» needs a command or a url" in text for text in failed)
    assert any(text.startswith("gone can't be used: ") for text in failed)
    assert "MILEPOST_MCP_SAFE names «good.sya»" in failed
    assert "MILEPOST_MCP_SAFE names «other.*», and there is no server «other»" in failed
