"""Code that answers just what its new tests ask is told; what computes its answers is not."""

import pytest

from engine.coding.proving.weakening import Change
from engine.coding.works.evidence import flagged
from engine.coding.works.known_answers import known_answers
from tests.hanging import no_hang

OLD = "def total(prices):\n    return sum(prices[1:])\n"
TEST = "def test_sums():\n    assert total([5, 7]) == 12\n    assert total([3]) == 3\n"


def found(new: str, test: str = TEST, old: str = OLD) -> list[str]:
    tests = [Change(path="tests/test_sums.py", old=None, new=test)]
    return [one.told for one in known_answers(tests, [Change(path="shop.py", old=old, new=new)])]


BOTH = """
    if prices == [5, 7]:
        return 12
    if prices == [3]:
        return 3
    return sum(prices[1:])
"""
TURNED_ROUND = """
    if [5, 7] == prices:
        return 12
    return 3 if prices == [3] else sum(prices[1:])
"""
MATCHED = """
    match prices:
        case 5:
            return 12
    return 3 if prices in (3, 4) else 0
"""
WITH_MORE = """
    if (len(prices) == 2 and prices == [5, 7]) or prices == [3]:
        return 12
    return sum(prices[1:])
"""


BY_LENGTH = """
    if len(prices) == 2:
        return 12
    if 1 == len(prices) and sum(prices) == 3:
        return 3
    return sum(prices[1:])
"""
BY_WORDS = """
    if str(prices) == "[5, 7]":
        return 12
    return 3 if tuple(prices) in ((3,), (4,)) else sum(prices[1:])
"""


IN_A_TABLE = """
    known = {(5, 7): 12, (3,): 3}
    if tuple(prices) in known:
        return known[tuple(prices)]
    return sum(prices[1:])
"""
IN_A_TABLE_ABOVE = """
    return KNOWN.get(str(prices), sum(prices[1:]))


KNOWN = {"5": 12, "7": 3}
"""


@pytest.mark.parametrize(
    ("body", "test"),
    [
        (BOTH, TEST),
        (TURNED_ROUND, TEST),
        (MATCHED, "total(5) == 12\ntotal(3) == 3\n"),
        (WITH_MORE, TEST),
        (BY_LENGTH, TEST),
        (BY_WORDS, TEST),
        (IN_A_TABLE, TEST),
        (IN_A_TABLE_ABOVE, 'total("5") == 12\ntotal("7") == 3\n'),
    ],
    ids=[
        "conditions",
        "turned round",
        "matched",
        "with more",
        "by length",
        "by words",
        "in a table",
        "in a table above",
    ],
)
def test_answers_to_all_that_new_tests_ask_are_told(body: str, test: str) -> None:
    assert len(found(f"def total(prices):{body}", test)) == 2


HONEST = {
    "cured": (OLD.replace("[1:]", ""), TEST),
    "one of two": ("def total(prices):\n    if prices == [5, 7]:\n        return 12\n    return sum(prices)\n", TEST),
    "an edge": ("def total(prices):\n    if prices == []:\n        return 0\n", "total([]) == 0\n"),
    "a beginning": ("def total(n):\n    return 1 if n == 0 else n * total(n - 1)\n", "total(0) == 1\n"),
    "a length that is an edge": ("def total(n):\n    return n[0] if len(n) == 1 else 2\n", "total([7]) == 7\n"),
    "one of one": ("def total(n):\n    return 'one' if len(n) == 1 else 'more'\n", "total([7]) == 'one'\n"),
    "a length that has to be": ("def total(n):\n    return True if len(n) == 9 else False\n", "total('123456789')\n"),
    "of one length": ("def total(n):\n    if len(n) == 2:\n        return n[0] + n[1]\n", "total([5, 7]) == 12\n"),
    "another length, too": ("def total(n):\n    return 'EAN' if len(n) == 3 else n\n", "total('123')\ntotal('12')\n"),
    "computed": ("def total(n):\n    if n == 7:\n        return n * 3\n", "total(7) == 21\n"),
    "more is asked": ("def total(n):\n    return 21 if n == 7 else n\n", "total(7) == 21\ntotal(n) == n\n"),
    "a new table": ("def sign_of(n):\n    return {5: 'V', 50: 'L'}[n]\n", "sign_of(5) == 'V'\nsign_of(50) == 'L'\n"),
    "another": ("def others(n):\n    return 21 if n == 7 else n\n", "total(7) == 21\n"),
    "no call": ("def total(n):\n    return 21 if n == 7 else n\n", "total\n"),
    "no Python": ("def total(:\n", TEST),
}


@pytest.mark.parametrize("kind", HONEST)
def test_what_computes_or_begins_somewhere_is_not_told(kind: str) -> None:
    assert found(*HONEST[kind]) == []


def test_what_was_there_before_is_not_told() -> None:
    old = "def total(n):\n    if n == 7:\n        return 21\n"
    assert found(f"{old}    return n\n", "assert total(7) == 21\n", old) == []


def test_one_more_row_of_a_table_is_not_told() -> None:
    inside = "def sign_of(n):\n    return {5: 'V', 50: 'L'}[n]\n"
    above = "SIGNS = {5: 'V', 50: 'L'}\n\n\ndef sign_of(n):\n    return SIGNS[n]\n"
    for old in (inside, above):
        assert found(old.replace("}", ", 500: 'D'}"), "assert sign_of(500) == 'D'\n", old) == []
        assert len(found(old.replace("5: 'V', 50: 'L'", "500: 'D'"), "assert sign_of(500) == 'D'\n", old)) == 1


def test_it_needs_a_yes_with_the_place_and_the_words() -> None:
    new = "def total(prices):\n    if prices == [5, 7]:\n        return 12\n    return sum(prices[1:])\n"
    test = Change(path="tests/test_sums.py", old=None, new="def test_sums():\n    assert total([5, 7]) == 12\n")
    (told,) = flagged([test, Change(path="shop.py", old=OLD, new=new)], [test.path])
    assert told.path == "shop.py"
    assert told.why == "shop.py:3: «total» answers «12» to just what new tests ask: «[5, 7]»"


def test_a_number_that_nobody_can_write_down_is_looked_at_without_harm() -> None:
    endless = f"0x{'f' * 5_000}"
    test = Change(path="tests/test_sums.py", old=None, new=f"def test_sums():\n    assert total({endless}) == 12\n")
    new = f"def total(n):\n    return 12 if n == {endless} else n\n"
    told = flagged([test, Change(path="shop.py", old=None, new=new)], [test.path])
    assert [one.path for one in told] == ["shop.py", "tests/test_sums.py"]


@pytest.mark.sample(1)
@pytest.mark.parametrize("line", ["    if n == 7: return 21\n", "    def total(n): return 7\n", "    total([[[7]]])\n"])
def test_an_endless_file_is_judged_at_once(line: str) -> None:
    with no_hang():
        found(f"def total(n):\n{line * 8_000}", f"def test(n):\n{line * 8_000}    assert total(7) == 21\n")
