"""Features, tests and new shapes by a model, end to end: each proven in its own way before it is committed."""

from pathlib import Path

import pytest

from engine.goals import GoalStatus
from engine.values import JsonObject
from tests.scenarios.code.authors import Author, calls, edits, hands_in, writes
from tests.scenarios.code.office import Office, asks_person, ended, pursued, told

SHOP = """def total(prices):
    result = 0
    for price in prices:
        result += price
    return result


def grade(points):
    if points >= 90:
        return "excellent"
    else:
        if points >= 50:
            return "passed"
        else:
            if points >= 0:
                return "failed"
            else:
                return "failed"
"""
HEAD = "import unittest\n\nimport shop\n\n\n"
USUAL = f"""{HEAD}class Usual(unittest.TestCase):
    def test_total(self):
        self.assertEqual(shop.total([1, 2]), 3)

    def test_grades(self):
        self.assertEqual([shop.grade(one) for one in (95, 60, 10, -1)], ["excellent", "passed", "failed", "failed"])
"""
FILES = {"shop.py": SHOP, "test_shop.py": USUAL}
DISCOUNTED = "def discounted(prices, percent):\n    return total(prices) * (100 - percent) / 100\n\n\ndef grade"
FEATURE = f"""{HEAD}class Discounts(unittest.TestCase):
    def test_a_tenth_less(self):
        self.assertEqual(shop.discounted([50, 50], 10), 90)
"""
OLD_SHAPE = SHOP[SHOP.index("    else:\n        if points >= 50") :]
NEW_SHAPE = '    return "passed" if points >= 50 else "failed"\n'


@pytest.mark.long  # three seconds; test_fixing.py goes this way, and engine/coding/works/test_proofs.py proves features
async def test_a_feature_is_built_behind_acceptance_tests_that_were_red_without_it(tmp_path: Path) -> None:
    author = Author(
        {
            "acceptance": writes("test_discounts.py", FEATURE),
            "change": edits("shop.py", "def grade", DISCOUNTED, "Prices can be discounted."),
        }
    )
    office = Office(tmp_path, FILES, author)
    facts: JsonObject = {"acceptance": ["50 and 50 less a tenth is 90"]}
    async with office.open() as (executor, _):
        goal = await pursued(executor, "Implement discounts on totals", ended, facts)
        assert goal.status is GoalStatus.COMPLETED, told(goal)
        assert "50 and 50 less a tenth is 90" in author.heard("acceptance")
        assert "def discounted" in office.committed("shop.py")
        assert office.is_untouched


@pytest.mark.long
async def test_new_tests_are_tried_on_versions_that_are_broken_on_purpose_before_they_are_committed(
    tmp_path: Path,
) -> None:
    idle = f"{HEAD}class More(unittest.TestCase):\n    def test_none(self):\n        shop.total([])\n"
    exact = f"""{HEAD}class More(unittest.TestCase):
    def test_totals(self):
        self.assertEqual([shop.total(one) for one in ([], [5], [1, 2, 4])], [0, 5, 7])

    def test_edges(self):
        told = {{90: "excellent", 89: "passed", 50: "passed", 49: "failed", 0: "failed", -1: "failed"}}
        self.assertEqual({{points: shop.grade(points) for points in told}}, told)
"""
    rewritten = (calls(write_code={"path": "test_more.py", "text": exact}), calls(run_tests={}), hands_in())
    author = Author({"tests": writes("test_more.py", idle), "tests again": rewritten})
    files = {
        "shop.py": SHOP,
        "test_shop.py": idle.replace("More", "Usual").replace("shop.total([])", "self.assertTrue(shop)"),
    }
    office = Office(tmp_path, files, author)
    async with office.open() as (executor, _):
        goal = await pursued(executor, "Add tests for shop.py", ended)
        assert goal.status is GoalStatus.COMPLETED, told(goal)
        assert "broken versions" in author.heard("tests again")
        assert office.committed("test_more.py") == exact
        assert office.committed("shop.py") == SHOP
        assert office.is_untouched


@pytest.mark.long
async def test_code_gets_a_new_shape_under_the_tests_that_there_are(tmp_path: Path) -> None:
    author = Author({"change": edits("shop.py", OLD_SHAPE, NEW_SHAPE, "Fewer branches.")})
    office = Office(tmp_path, FILES, author)
    async with office.open() as (executor, _):
        goal = await pursued(executor, "Refactor the grades in shop.py", ended)
        assert goal.status is GoalStatus.COMPLETED, told(goal)
        assert office.committed("shop.py") == SHOP.replace(OLD_SHAPE, NEW_SHAPE)
        assert office.is_untouched


@pytest.mark.long
@pytest.mark.longest
async def test_a_new_shape_that_changes_what_users_see_is_not_committed(tmp_path: Path) -> None:
    renamed = edits("shop.py", "def total(prices):", "def sum_up(prices):")
    author = Author({"change": renamed, "change again": (hands_in("It is fine."),)})
    office = Office(tmp_path, FILES, author)
    async with office.open() as (executor, _):
        goal = await pursued(executor, "Refactor the totals in shop.py", asks_person)
        assert "the public interface is unchanged" in told(goal)
        assert office.commits == []
        assert office.is_untouched
