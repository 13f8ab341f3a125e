"""Who writes code has tools for that and nothing else: no command of its own choosing is ever run."""

from engine.agents.tools.code import code_manners

NEEDED = {
    *("list_code", "search_code", "read_code", "edit_code", "write_code", "delete_code"),
    *("run_tests", "run_linter", "show_diff"),
}


def test_the_tools_of_code_are_these_and_no_shell() -> None:
    assert code_manners().keys() == NEEDED
