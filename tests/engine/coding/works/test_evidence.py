"""What of a change needs a person's yes: each thing once, of new tests too."""

from engine.coding.proving.weakening import Change
from engine.coding.works.evidence import flagged, own_tests
from tests.engine.coding.shop import SHOP, TESTS

CURE = Change(path="shop.py", old=SHOP, new=SHOP.replace("[1:]", ""))
CHEAT = """import shop


def test_total(monkeypatch):
    monkeypatch.setattr(shop, 'total', sum)
    assert shop.total([1])
"""


def test_a_new_test_that_brings_the_cure_itself_is_no_proof_without_a_yes() -> None:
    cheat = Change(path="test_new.py", old=None, new=CHEAT)
    texts = (CURE, cheat)
    assert own_tests(texts) == ("test_new.py",)
    (told,) = flagged(texts, own_tests(texts))
    assert told.path == "test_new.py"
    assert "a test replaces «total», which this change has written" in told.why


def test_a_file_whose_weakening_was_let_through_still_holds_its_new_tests() -> None:
    both = TESTS.replace("self.assertEqual(count([1, 2]), 2)", "count([1, 2])") + "\n    def test_more(self): ...\n"
    changed, gone = Change(path="test_shop.py", old=TESTS, new=both), Change(path="test_old.py", old=TESTS, new=None)
    assert own_tests((changed, gone)) == ()
    assert own_tests((changed, gone), {"test_shop.py", "test_old.py", "conftest.py"}) == ("test_shop.py",)


def test_what_two_rules_find_in_one_place_is_told_once() -> None:
    texts = (CURE, Change(path="test_new.py", old=None, new="import shop\n\nshop.total = sum\n"))
    (told,) = flagged(texts, own_tests(texts))
    assert told.why.count("shop.total = sum") == 1
    assert "something else is left" not in told.why


def test_a_new_test_that_stands_in_for_something_else_needs_no_yes() -> None:
    fine = CHEAT.replace("'total', sum", "'count', len").replace("shop.total([1])", "shop.total([1]) == 1")
    texts = (CURE, Change(path="test_new.py", old=None, new=fine))
    assert flagged(texts, own_tests(texts)) == ()
