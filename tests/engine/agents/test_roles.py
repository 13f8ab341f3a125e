"""Roles: the built-in ones are whole, the operator's add to them or narrow them, and faults are named by their line."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.agents.roles import BUILT_IN, TOOLS, ModelSize, Roles, read_roles

GOOD = '''
[translator]
summary = "translates texts"
instructions = """
Translate what you are given.
Keep names."""
tools = ["read_file", "write_file", "mcp.dictionary"]
model = "small"
steps = 5
tokens = 40000

[writer]
tools = ["read_file"]
'''


def read(folder: Path, text: str) -> Roles:
    path = folder / "roles.toml"
    path.write_text(text, "utf-8")
    return read_roles(path)


def test_the_built_in_roles_use_tools_that_there_are() -> None:
    assert set(BUILT_IN) == {"researcher", "writer", "analyst", "reviewer", "coder", "tester"}
    for role in BUILT_IN.values():
        assert set(role.tools) <= set(TOOLS)
        assert len(role.instructions) > 300
        assert role.summary
        assert 0 < role.limits.steps <= 50
    assert not {"write_file", "write_note", "mcp"} & set(BUILT_IN["reviewer"].tools)


def test_without_a_file_the_built_in_roles_are_all() -> None:
    assert read_roles(None) == Roles(known=BUILT_IN)


def test_a_file_adds_roles_and_changes_what_it_names_of_the_built_in_ones(tmp_path: Path) -> None:
    roles = read(tmp_path, GOOD)
    assert not roles.faults
    new, writer = roles.known["translator"], roles.known["writer"]
    assert new.instructions == "Translate what you are given.\nKeep names."
    assert (new.model, new.limits.steps, new.limits.tokens) == (ModelSize.SMALL, 5, 40_000)
    assert new.tools == ("read_file", "write_file", "mcp.dictionary")
    assert writer.tools == ("read_file",)
    assert writer.instructions == BUILT_IN["writer"].instructions
    assert roles.known["analyst"] == BUILT_IN["analyst"]


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("[translator]\ntools = []\n", 1, "has no instructions"),
        ('[writer]\nsteps = 3\ntools = ["rm"]\n', 3, "tools of «writer»"),
        ('[writer]\nmodel = "huge"\n', 2, "accepted: main or small"),
        ("[writer]\n\nsteps = 0\n", 3, "a whole number from 1 to 500"),
        ("[writer]\nsteps = true\n", 2, "a whole number"),
        ('# mine\n[writer]\ninstructions = "  "\n', 3, "instructions of «writer»"),
        ("[writer]\ntoolz = []\n", 2, "«toolz» is nothing that a role has"),
        ('[analyst]\nmodel="main"\n["Big One"]\ntools = []\n', 3, "is no name of a role"),
        ("\nwriter = 3\n", 2, "is no table"),
        ("[writer]\ntools = [\n", 2, "it is no TOML"),
        ("[writer]\n[writer]\n", 2, "it is no TOML"),
    ],
)
def test_a_fault_is_told_with_its_line_and_what_would_do(tmp_path: Path, text: str, line: int, problem: str) -> None:
    (fault,) = read(tmp_path, text).faults
    assert str(fault).startswith(f"{tmp_path / 'roles.toml'}:{line}: ")
    assert problem in str(fault)


def test_a_role_that_was_meant_to_be_narrower_never_falls_back_to_the_wider_one(tmp_path: Path) -> None:
    assert "writer" not in read(tmp_path, '[writer]\ntools = ["raed_file"]\n').known
    assert "analyst" in read(tmp_path, '[writer]\ntools = ["raed_file"]\n').known
    assert read(tmp_path, "[writer\n").known == {}


def test_a_file_that_is_not_there_or_no_text_is_a_fault(tmp_path: Path) -> None:
    (fault,) = read_roles(tmp_path / "none.toml").faults
    assert "no such file" in str(fault)
    (tmp_path / "odd.toml").write_bytes(b"\xff\xfe\x00")
    (fault,) = read_roles(tmp_path / "odd.toml").faults
    assert "not UTF-8" in str(fault)


keys = st.sampled_from(["instructions", "tools", "summary", "model", "steps", "tokens", "else"])
values = st.sampled_from(['"main"', '"x"', "[]", "3", "-1", "{}", "1.5", '["mcp.a"]', "2026-01-01", "nan"])


@given(st.lists(st.tuples(st.sampled_from(["writer", "new", "Odd"]), st.dictionaries(keys, values)), max_size=3))
def test_no_file_raises_and_each_known_role_can_be_used(tables: list[tuple[str, dict[str, str]]]) -> None:
    import tempfile  # noqa: PLC0415 - a folder an example

    written = dict(tables)
    text = "\n".join(
        f"[{name}]\n" + "".join(f"{k} = {v}\n" for k, v in table.items()) for name, table in written.items()
    )
    with tempfile.TemporaryDirectory() as folder:
        roles = read(Path(folder), text)
    for role in roles.known.values():
        assert role.instructions
        assert role.limits.steps > 0
