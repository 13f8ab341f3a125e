"""The tools for code: what they show is data, what they refuse is told and recorded, and no edit is made twice."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from pydantic_ai.exceptions import ToolFailed
from pydantic_ai.toolsets import FunctionToolset

from bot.library import open_executor
from engine.agents.runs.facts import RunFacts
from engine.agents.tools.code import CodeDesk, code_manners, code_toolset, may_change_anything, only_code, only_tests
from engine.coding.bench import Bench
from engine.coding.making import benches_of
from engine.coding.options import MEGABYTE, CodeLimits, CodeOptions, ListedRepository
from engine.events import CodeWorked
from engine.options import Options
from tests.engine.agents.tools.calling import called, names
from tests.engine.workspace.git.repositories import commit_all, git
from tests.fresh_database import fresh_database

FILES = {
    "shop.py": "def total(prices):\n    return sum(prices[1:])\n",
    "test_shop.py": "import unittest\n\nimport shop\n\n\nclass Shop(unittest.TestCase):\n"
    "    def test_total(self):\n        self.assertEqual(shop.total([1, 2]), 3)\n",
    ".env": "SECRET=1\n",
}
LIMITS = CodeLimits(command=10.0, memory=256 * MEGABYTE, disk=64 * MEGABYTE, processes=32)


@dataclass
class Trade:
    """A bench, and the tools over it."""

    bench: Bench
    tools: FunctionToolset[RunFacts]

    def text(self, path: str) -> str:
        return (self.bench.worktree.path / path).read_text("utf-8")


@asynccontextmanager
async def at_work(path: Path, refuses: object = may_change_anything) -> AsyncIterator[Trade]:
    """The tools of a goal in a small repository."""
    repository = path / "shop"
    repository.mkdir()
    git(repository, "init", "--quiet", "--initial-branch=main")
    git(repository, "config", "user.name", "Ada")
    git(repository, "config", "user.email", "ada@example.org")
    for name, text in FILES.items():
        (repository / name).write_text(text, "utf-8")
    commit_all(repository, "As it is")
    listed = (ListedRepository(name="shop", path=repository),)
    options = Options(code=CodeOptions(listed=listed, worktrees=path / "trees", limits=LIMITS))
    async with open_executor(fresh_database(path / "m.db"), options=options) as executor:
        goal = await executor.goal(await executor.set_goal("Mend it", metadata={"repository": "shop"}))
        assert executor.workbench is not None
        async with benches_of(await executor.workbench.get()).open(goal) as bench:
            desk = CodeDesk(bench=bench, refuses=refuses)  # type: ignore[arg-type]  # one of the three rules
            yield Trade(bench=bench, tools=code_toolset(desk))


def edit(old: str, new: str, path: str = "shop.py") -> dict[str, str]:
    return {"path": path, "old_text": old, "new_text": new}


async def test_code_is_listed_searched_and_read_as_data_with_line_numbers(tmp_path: Path) -> None:
    async with at_work(tmp_path) as trade:
        assert await names(trade.tools) == code_manners().keys() - {"run_linter"}, "no linter is known here"
        listed = await called(trade.tools, "list_code")
        assert "shop.py (" in listed
        assert "2 entries kept out" in listed
        found = await called(trade.tools, "search_code", text="sum(")
        assert "shop.py:2:     return sum(prices[1:])" in found
        read = await called(trade.tools, "read_code", path="shop.py")
        assert "1\tdef total(prices):\n2\t    return sum(prices[1:])" in read
        assert all("[data " in one and " ends]" in one for one in (listed, found, read))
        assert await called(trade.tools, "show_diff") == "Nothing is changed so far."
        with pytest.raises(ToolFailed, match="kept out"):
            await called(trade.tools, "read_code", path=".env")
        with pytest.raises(ToolFailed, match="Refused"):
            await called(trade.tools, "read_code", path="../shop.py")


async def test_files_are_edited_written_and_removed_and_the_diff_tells_it(tmp_path: Path) -> None:
    async with at_work(tmp_path) as trade:
        edits = [edit("prices[1:]", "prices"), edit("Shop(", "Totals(", "test_shop.py")]
        assert await called(trade.tools, "edit_code", edits=edits) == (
            "changed shop.py (2 lines)\nchanged test_shop.py (8 lines)"
        )
        assert "added src/new.py" in await called(trade.tools, "write_code", path="src/new.py", text="A = 1\n")
        assert "removed test_shop.py" in await called(trade.tools, "delete_code", path="test_shop.py")
        assert "no such file" in await called(trade.tools, "delete_code", path="test_shop.py")
        diff = await called(trade.tools, "show_diff")
        assert "+    return sum(prices)" in diff
        assert "+A = 1" in diff


@pytest.mark.long
async def test_an_edit_that_fits_nowhere_changes_nothing_and_shows_what_is_near_as_data(tmp_path: Path) -> None:
    async with at_work(tmp_path) as trade:
        with pytest.raises(ToolFailed, match="not in the file") as failed:
            await called(trade.tools, "edit_code", edits=[edit("prices[1:]", "prices"), edit("sum(price[1:])", "0")])
        assert "[data " in failed.value.message
        assert trade.text("shop.py") == FILES["shop.py"]
        for edits in ([], [edit("a", "b")] * 51):
            with pytest.raises(ToolFailed, match="1 to 50"):
                await called(trade.tools, "edit_code", edits=edits)


@pytest.mark.sample(1)
@pytest.mark.parametrize(
    ("edits", "after"),
    [
        ([edit("def total(prices):\n", "def total(prices):\n    print()\n")], 3),
        ([edit("total", "sum"), edit("return sum", "return total")], 2),
    ],
)
async def test_an_edit_that_a_crash_cut_off_is_not_made_twice(
    edits: list[dict[str, str]], after: int, tmp_path: Path
) -> None:
    async with at_work(tmp_path) as trade:
        await called(trade.tools, "edit_code", call_id="one", edits=edits)
        once = trade.text("shop.py")
        assert once.count("\n") == after
        again = await called(trade.tools, "edit_code", call_id="one", edits=edits)
        assert again == "This was done already: shop.py."
        assert trade.text("shop.py") == once
        await called(trade.tools, "write_code", path="shop.py", text=FILES["shop.py"])
        await called(trade.tools, "edit_code", call_id="two", edits=edits)
        assert trade.text("shop.py") == once, "another call with the same edits is another one"


async def test_an_edit_that_was_begun_and_not_made_is_made_when_it_is_asked_for_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with at_work(tmp_path) as trade:
        with monkeypatch.context() as outage:
            outage.setattr(trade.bench.code, "edit", _power_cut)
            with pytest.raises(RuntimeError):
                await called(trade.tools, "edit_code", edits=[edit("prices[1:]", "prices")])
        assert trade.text("shop.py") == FILES["shop.py"]
        assert "changed shop.py" in await called(trade.tools, "edit_code", edits=[edit("prices[1:]", "prices")])


def _power_cut(edits: object) -> None:
    raise RuntimeError("the power went out")


async def test_tests_run_in_the_sandbox_and_only_what_failed_is_told_in_full(tmp_path: Path) -> None:
    async with at_work(tmp_path) as trade:
        red = await called(trade.tools, "run_tests")
        assert "1 failed" in red
        assert "AssertionError" in red
        await called(trade.tools, "edit_code", edits=[edit("prices[1:]", "prices")])
        assert "1 passed" in await called(trade.tools, "run_tests", only=["test_shop.py"])


async def test_who_writes_tests_touches_no_code_and_who_writes_code_touches_no_tests(tmp_path: Path) -> None:
    paths = ("a.py", "test_a.py", "tests/b.py", "conftest.py", "pytest.ini", "unittest.py")
    assert [one for one in paths if only_tests(one) is None] == ["test_a.py", "tests/b.py"]
    assert [one for one in paths if only_code(one) is None] == ["a.py"]
    async with at_work(tmp_path, only_code) as trade:
        for tool, arguments in (
            ("edit_code", {"edits": [edit("Shop(", "X(", "./test_shop.py")]}),
            ("write_code", {"path": "test_shop.py", "text": ""}),
            ("delete_code", {"path": "test_shop.py"}),
        ):
            with pytest.raises(ToolFailed, match=r"test_shop.py was not changed: it is a test"):
                await called(trade.tools, tool, **arguments)
        assert trade.text("test_shop.py") == FILES["test_shop.py"]
        [noted] = trade.bench.journal.written_down()(None, None)  # type: ignore[arg-type]  # it looks at neither
        assert isinstance(noted, CodeWorked)
        assert [one.path for one in noted.touches if one.refused] == ["test_shop.py"] * 3
