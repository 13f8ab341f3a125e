"""Lines that are only added to tests are found too where they take something from what was there."""

import pytest

from engine.coding.proving.weakened_tests import weakened
from engine.coding.proving.weakening import Change, WeakeningKind

K = WeakeningKind
OLD = """import math
import unittest

import pytest
from shop import client, total

CASES = [(1, 2), (3, 4)]
TOLERANCE = 0.001


@pytest.mark.parametrize("a,b", CASES)
def test_cases(a, b):
    assert total([a]) == b


def test_close(basket):
    basket.add(1)
    assert abs(total(basket) - 1) < TOLERANCE


def test_raises():
    with pytest.raises(ValueError, match="negative"):
        total([-1])


def test_loop():
    rows = [1, 2]
    for row in rows:
        assert total([row]) == row


class TestGroup:
    def setup_method(self):
        self.shop = client()

    def test_in_group(self, basket):
        assert self.shop.count() == 3


class Old(unittest.TestCase):
    def test_x(self):
        self.assertEqual(total([1]), 1)


if __name__ == "__main__":
    unittest.main()
"""
AT_END = "\n\nif __name__"
TAKING = [
    (AT_END, "\n\ntest_close.__test__ = False\n\n\nif __name__", K.REPLACED),
    (AT_END, "\n\ndef total(prices):\n    return 1\n\n\nif __name__", K.REPLACED),
    (AT_END, "\n\ndef abs(number):\n    return 0\n\n\nif __name__", K.REPLACED),
    (AT_END, "\n\nabs = len\n\n\nif __name__", K.REPLACED),
    (AT_END, "\n\nfrom cured import magnitude as abs\n\n\nif __name__", K.REPLACED),
    (AT_END, "\n\nTOLERANCE = 10\n\n\nif __name__", K.CHANGED_STEP),
    (AT_END, "\n\nTOLERANCE += 10\n\n\nif __name__", K.CHANGED_STEP),
    (AT_END, "\n\nCASES.clear()\n\n\nif __name__", K.CHANGED_STEP),
    (AT_END, "\n\nlast = CASES.pop()\n\n\nif __name__", K.CHANGED_STEP),
    (AT_END, "\n\nmath.isclose = lambda *a, **b: True\n\n\nif __name__", K.REPLACED),
    (AT_END, "\n\nclass More:\n    math.isclose = print\n\n\nif __name__", K.REPLACED),
    (AT_END, "\n\nglobals()['total'] = sum\n\n\nif __name__", K.REPLACED),
    (AT_END, "\n\nfrom fakes import *\n\n\nif __name__", K.REPLACED),
    (AT_END, "\n\ndef setup_module():\n    pass\n\n\nif __name__", K.RUNNER),
    (AT_END, "\n\n@pytest.fixture\ndef basket():\n    return [1]\n\n\nif __name__", K.REPLACED),
    ("class TestGroup:", "@hidden\nclass TestGroup:", K.CHANGED_STEP),
    ("class TestGroup:", "class TestGroup(metaclass=Meta):", K.CHANGED_STEP),
    ("    def test_in", "    def __getattribute__(self, name):\n        return print\n\n    def test_in", K.RUNNER),
    ("    def test_in", "    @pytest.fixture\n    def basket(self):\n        return 1\n\n    def test_in", K.REPLACED),
    ("    def test_in", "    shop = None\n\n    def test_in", K.REPLACED),
    ("    def test_x", "    def setUp(self):\n        pass\n\n    def test_x", K.RUNNER),
    ("    def test_x", "    def run(self, result=None):\n        pass\n\n    def test_x", K.RUNNER),
    ("    def test_x", "    def assertEqual(self, *a):\n        pass\n\n    def test_x", K.RUNNER),
    ("    def test_x", "    failureException = KeyError\n\n    def test_x", K.RUNNER),
    ("        total([-1])", '        total([-1])\n        raise ValueError("negative")', K.CHANGED_CHECK),
    ("        total([-1])", '        int("negative")\n        total([-1])', K.CHANGED_CHECK),
    ("def test_cases(a, b):", "def test_cases(a, b, total):", K.REPLACED),
    ("    basket.add(1)", "    basket.clear()\n    basket.add(1)", K.CHANGED_STEP),
    ("    basket.add(1)", "    basket = [1]\n    basket.add(1)", K.CHANGED_STEP),
    ("    basket.add(1)", "    basket.prices = {}\n    basket.add(1)", K.REPLACED),
    ("    basket.add(1)", "    yield\n    basket.add(1)", K.HIDDEN_TEST),
    ("== row", "== row\n        rows.clear()", K.CHANGED_STEP),
    (
        "    assert total([a]) == b",
        "    with pytest.raises(AssertionError):\n        assert total([a]) == b",
        K.CONDITION,
    ),
    ("    assert total([a]) == b", "    with hushed():\n        assert total([a]) == b", K.CONDITION),
    (
        "    assert total([a]) == b",
        "    try:\n        assert total([a]) == b\n    except KeyError:\n        pass",
        K.CONDITION,
    ),
    (
        "    basket.add(1)\n    assert abs(total(basket) - 1) < TOLERANCE\n",
        "    assert abs(total(basket) - 1) < TOLERANCE\n    basket.add(1)\n",
        K.CHANGED_STEP,
    ),
]
MORE = """EMPTY = []


def helper(x):
    x.total = 1
    return x


class TestMore(unittest.TestCase):
    maxDiff = None
    prices = {}
    prices["a"] = total([])
    for price in prices:
        break

    def setUp(self):
        self.basket = helper([])

    def test_it(self):
        self.assertEqual(total(self.basket), 0)
"""
ONLY_MORE = [
    ("    assert total([a]) == b", "    assert total([a]) == b\n    other = total([b])\n    assert other == b\n"),
    ("    assert total([a]) == b", "    assert total([a]) == b\n    print(total([]))\n    assert total([]) == 0"),
    ("    basket.add(1)", "    extra = [2]\n    basket.add(1)"),
    (AT_END, f"\n\n{MORE}\n\n\nif __name__"),
    ("    unittest.main()", "    unittest.main()\n    print('through')"),
    ("import math", "import sys\nimport math"),
    (
        "        total([-1])",
        '        total([-1])\n    with pytest.raises(ValueError, match="negative"):\n        total([-2])',
    ),
]


def kinds(old: str | None, new: str, path: str = "tests/test_shop.py") -> list[WeakeningKind]:
    return [one.kind for one in weakened([Change(path=path, old=old, new=new)])]


@pytest.mark.parametrize(("was", "becomes", "kind"), TAKING)
def test_a_line_that_takes_something_from_a_test_is_found(was: str, becomes: str, kind: WeakeningKind) -> None:
    assert was in OLD
    assert kind in kinds(OLD, OLD.replace(was, becomes, 1))


@pytest.mark.parametrize(("was", "becomes"), ONLY_MORE)
def test_a_line_that_only_adds_is_none(was: str, becomes: str) -> None:
    assert was in OLD
    assert kinds(OLD, OLD.replace(was, becomes, 1)) == []


def test_a_new_file_may_set_itself_up_but_not_change_what_others_load() -> None:
    head = "import sys\nimport shop\n\nsys.path.insert(0, 'src')\nSHOPS = {}\nSHOPS['a'] = 1\n\n\n"
    new = f"{head}def setup_module():\n    pass\n"
    assert kinds(None, new) == []
    assert kinds(None, f"{new}\n\nshop.total = sum\n") == [K.REPLACED]
    assert kinds(None, f"{new}\n\nsys.modules['shop'] = SHOPS\n") == [K.REPLACED]


@pytest.mark.parametrize(
    ("path", "old", "added"),
    [
        ("a.test.js", "test('a', () => { expect(1).toBe(1) });\n", "global.expect = () => ({ toBe() {} });\n"),
        ("a.test.js", "test('a', () => { expect(1).toBe(1) });\n", "beforeEach(() => { shop.total = () => 1 });\n"),
        ("a.test.js", "test('a', () => { assert.equal(1, 1) });\n", "assert.equal = () => {};\n"),
        ("a_test.go", "func TestA(t *testing.T) { t.Fatal(1) }\n", "func init() { total = fake }\n"),
    ],
)
def test_what_is_put_around_tests_of_other_languages_is_found(path: str, old: str, added: str) -> None:
    assert kinds(old, old + added, path) == [K.REPLACED]
