"""mcp.json: read in the form of desktop programs, faults by line, and nothing of ours in place of a variable."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.agents.mcp_servers import McpServer, McpServers, read_servers

ENVIRONMENT = {"PAPERS": "/srv/papers", "TOKEN": "t-1", "MILEPOST_BOT_TOKEN": "123:secret", "EMPTY": ""}
GOOD = """{
  "mcpServers": {
    "files": {"command": "mcp-files", "args": ["${PAPERS}", "--limit=${LIMIT:-5}"], "env": {"KEY": "${TOKEN}"}},
    "wiki_2": {"type": "http", "url": "https://example.org/mcp", "headers": {"Authorization": "Bearer ${TOKEN}"}},
    "off": {"command": "x", "disabled": true}
  }
}"""


def read(folder: Path, text: str) -> McpServers:
    path = folder / "mcp.json"
    path.write_text(text, "utf-8")
    return read_servers(path, ENVIRONMENT)


def test_programs_and_addresses_are_read_with_their_variables(tmp_path: Path) -> None:
    found = read(tmp_path, GOOD)
    assert not found.faults
    assert found.servers == (
        McpServer(name="files", command="mcp-files", args=("/srv/papers", "--limit=5"), env={"KEY": "t-1"}),
        McpServer(name="wiki_2", url="https://example.org/mcp", headers={"Authorization": "Bearer t-1"}),
    )
    assert [server.prefix for server in found.servers] == ["mcp_files", "mcp_wiki-2"]


def test_without_a_file_there_are_none() -> None:
    assert read_servers(None, ENVIRONMENT) == McpServers()


def test_what_is_secret_is_not_in_the_text_of_a_server(tmp_path: Path) -> None:
    assert "t-1" not in repr(read(tmp_path, GOOD).servers)


@pytest.mark.parametrize(
    ("entry", "line", "problem"),
    [
        (
            '"a": {\n"command": "x",\n"env": {"T": "${MILEPOST_BOT_TOKEN}"}}',
            4,
            "is Milepost's own and is not passed on",
        ),
        ('"a": {"command": "x",\n"args": ["${milepost_model_key:-none}"]}', 3, "is Milepost's own"),
        ('"a": {"command": "x",\n"args": ["${NOWHERE}"]}', 3, "${NOWHERE} in args of «a» is not set"),
        ('"a": {"command": "x", "args": ["${EMPTY}"]}', 2, "is not set"),
        ('"a": {}', 2, "needs a command or a url"),
        ('"a": {"command": "x", "url": "https://x"}', 2, "one of both"),
        ('"a": {"url": "file:///x"}', 2, "is no web address"),
        ('"a": {"command": ["x"]}', 2, "command of «a» can't be used"),
        ('"a": {"command": "x", "args": "y"}', 2, "args of «a» can't be used"),
        ('"a": {"command": "x",\n\n"env": {"N": 1}}', 4, "env of «a» can't be used"),
        ('"a": {"command": "x", "comand": 1}', 2, "«comand» is nothing that a server has"),
        ('"a": 7', 2, "is no object"),
        ('"a b": {"command": "x"}', 2, "is no name of a server"),
        ('"a_b": {"command": "x"},\n"a-b": {"command": "x"}', 3, "is too like «a_b»"),
    ],
)
def test_a_fault_is_told_with_its_line_and_the_others_stay(tmp_path: Path, entry: str, line: int, problem: str) -> None:
    found = read(tmp_path, '{"mcpServers": {\n' + entry + ',\n"good": {"command": "y"}}}')
    (fault,) = found.faults
    assert str(fault).startswith(f"{tmp_path / 'mcp.json'}:{line}: ")
    assert problem in str(fault)
    assert "123:secret" not in str(fault)
    assert "good" in [server.name for server in found.servers]


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ('{\n"mcpServers": {,}}', 2, "it is no JSON"),
        ("[]", 1, "no servers in it"),
        ('{"mcpServers": 3}', 1, "no servers"),
    ],
)
def test_a_file_of_another_form_is_told(tmp_path: Path, text: str, line: int, problem: str) -> None:
    (fault,) = read(tmp_path, text).faults
    assert fault.line == line
    assert problem in fault.problem


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    (fault,) = read_servers(tmp_path / "none.json", {}).faults
    assert "no such file" in fault.problem


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
entries = st.dictionaries(st.sampled_from(["command", "args", "env", "cwd", "url", "headers", "disabled"]), values)


@given(st.dictionaries(st.text(max_size=6), values | entries, max_size=3))
def test_no_file_raises_and_each_server_can_be_started_or_reached(servers: dict[str, object]) -> None:
    import tempfile  # noqa: PLC0415 - a folder an example

    with tempfile.TemporaryDirectory() as folder:
        found = read(Path(folder), json.dumps({"mcpServers": servers}))
    for server in found.servers:
        assert bool(server.command) != bool(server.url)
