"""Public names and how two versions of them differ."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.coding.proving.interfaces import Difference, interface_changes, missed_in, offered, public_interface
from engine.coding.proving.weakening import Change
from engine.coding.repositories import Language

PYTHON = """
import os
from typing import Final

LIMIT: Final = 3
_hidden = 1

def add(a: int, b: int = 1, *, c=None) -> int:
    return a

def _help(): ...

class Shop(Base):
    name: str
    size: int = 3
    def __init__(self, name): self._x = 1
    @property
    def price(self) -> int: ...
    @staticmethod
    def of(x): ...
    def _inner(self): ...
    def __repr__(self): ...

try:
    import fast
except ImportError:
    def fast(): ...
"""


def test_python_s_public_names_are_told_with_their_signatures() -> None:
    assert public_interface(PYTHON, Language.PYTHON) == {
        "LIMIT": "LIMIT: Final",
        "add": "add(a: int, b: int=1, *, c=None) -> int",
        "Shop": "class Shop(Base)",
        "Shop.name": "Shop.name: str",
        "Shop.size": "Shop.size: int = …",
        "Shop.__init__": "Shop.__init__(self, name)",
        "Shop.price": "@property Shop.price(self) -> int",
        "Shop.of": "@staticmethod Shop.of(x)",
        "fast": "fast()",
    }


def test_what_a_module_lists_is_its_interface() -> None:
    found = public_interface("from a import b\n__all__ = ['b', '_c']\ndef _c(): ...\ndef d(): ...\n", Language.PYTHON)
    assert found == {"__all__": "_c, b", "_c": "_c()", "b": "b"}


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("shop/__init__.py", "from .till import money\n", ""),
        ("shop/__init__.py", "from shop.till import *\n", ""),
        ("shop.py", "def all(): return [1]\n", "def all(): yield 1\n"),
        ("shop.py", "@contextmanager\ndef till(): yield\n", "def till(): yield\n"),
        ("shop.py", "def __getattr__(name): ...\n", ""),
        ("shop.py", "class A:\n    def __eq__(self, other): ...\n", "class A: ...\n"),
        ("shop.go", "package a\ntype T struct {\n\tA int\n\tB int\n}\n", "package a\ntype T struct {\n\tA int\n}\n"),
        ("package.json", '{"main": "a.js"}', '{"main": "b.js"}'),
        ("pyproject.toml", '[project.scripts]\nshop = "shop:main"\n', ""),
    ],
)
def test_what_users_of_a_package_come_upon_is_its_interface(path: str, old: str, new: str) -> None:
    before, after = offered(path, old), offered(path, new)
    assert before is not None
    assert any(one.kind is not Difference.ADDED for one in interface_changes(before, after or {}))


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("shop/__init__.py", "from .till import money\n", "from .money import money\n"),
        ("shop.py", "from till import money\nimport os\n", ""),
        ("shop.py", "def all():\n    def inner(): yield 1\n    return [*inner()]\n", "def all(): return [1]\n"),
        ("package.json", '{"main": "a.js", "scripts": {}}', '{"main": "a.js"}'),
        ("pyproject.toml", "[project]\nname = 'a'\n", "[project]\nname = 'b'\n"),
        ("README.md", "old", "new"),
    ],
)
def test_what_only_a_module_itself_comes_upon_is_none(path: str, old: str, new: str) -> None:
    assert interface_changes(offered(path, old) or {}, offered(path, new) or {}) == ()


MOVED = {
    "back": ("from sums import LIMIT, Till, total\n", 0),
    "back, out of a package": ("from .parts.sums import LIMIT, Till, total\n", 0),
    "not back": ("import sums\n", 4),
    "under another name": ("from sums import LIMIT, Till, total as _total\n", 1),
    "back from elsewhere": ("from others import LIMIT, Till, total\n", 4),
}


@pytest.mark.parametrize("how", MOVED)
def test_what_was_moved_and_is_imported_back_is_not_missed(how: str) -> None:
    text, missed = MOVED[how]
    body = "LIMIT = 3\ndef total(prices, start=0): ...\nclass Till:\n    def open(self, at): ...\n"
    moved = Change(path="shop/parts/sums.py", old=None, new=body)
    assert len([*missed_in([Change(path="shop/till.py", old=body, new=text), moved])]) == missed
    assert any(missed_in([Change(path="shop/__init__.py", old=body, new=text), moved])) is (missed > 0)
    other = Change(path="shop/parts/sums.py", old=None, new=body.replace("start=0", "*start"))
    told = [one.words for one in missed_in([Change(path="shop/till.py", old=body, new=text), other])]
    assert ("«total(prices, start=0)» became «total(prices, *start)»" in told) is (missed == 0)


@pytest.mark.parametrize(
    ("language", "text", "names"),
    [
        (
            Language.JAVASCRIPT,
            "export function add(a, b = '{') { return a }\nexport default class Shop extends Base {}\n"
            "export const X = 1;\n"
            "function hidden() {}\n// export function no() {}\nexport { c, d as e };\nmodule.exports = { f, g: h };\n"
            "exports.i = (a) => a;\n",
            {
                "add": "add(a, b = '{')",
                "default": "default",
                "Shop": "Shop extends Base",
                "X": "X",
                "c": "c",
                "e": "d as e",
                "f": "f",
                "g": "g: h",
                "i": "i(a)",
            },
        ),
        (
            Language.GO,
            "package a\nfunc Add(a, b int) int { return a }\nfunc hidden() {}\n"
            "func (s *Shop) Price() int {}\nfunc (s *Shop) x() {}\ntype Shop struct {}\n"
            "const Limit = 3\nvar (\n\tA int\n\tb int\n)\n",
            {
                "Add": "Add(a, b int) int",
                "(s *Shop) Price": "(s *Shop) Price() int",
                "Shop": "Shop struct",
                "Limit": "Limit",
                "A": "A int",
            },
        ),
        (
            Language.RUST,
            "pub fn add(a: i64) -> i64 { a }\nfn hidden() {}\npub(crate) fn inner() {}\n"
            "pub struct Shop<T> { pub a: T }\nimpl Shop<u8> { pub async fn price(&self) -> u8 { 1 } }\n"
            "pub const LIMIT: u8 = 3;\npub use a::b;\n",
            {
                "add": "add(a: i64) -> i64",
                "Shop": "Shop<T>",
                "price": "price(&self) -> u8",
                "LIMIT": "LIMIT: u8",
                "a": "a: T",
                "a::b": "a::b",
            },
        ),
    ],
)
def test_other_languages_tell_what_they_export(language: Language, text: str, names: dict[str, str]) -> None:
    assert public_interface(text, language) == names


def test_a_difference_is_told_in_words() -> None:
    before = public_interface("def add(a, b): ...\ndef old(): ...\n", Language.PYTHON)
    after = public_interface("def add(a, b, c): ...\ndef new(): ...\n", Language.PYTHON)
    assert before is not None
    assert after is not None
    assert [(one.kind, one.words) for one in interface_changes(before, after)] == [
        (Difference.CHANGED, "«add(a, b)» became «add(a, b, c)»"),
        (Difference.ADDED, "«new()» is new"),
        (Difference.REMOVED, "«old()» is gone"),
    ]
    inside = public_interface("def old():\n    return 2\ndef add(a, b):\n    return 1\n", Language.PYTHON)
    assert inside is not None
    assert interface_changes(before, inside) == ()


@given(st.text(max_size=100), st.sampled_from(Language))
def test_any_text_has_an_interface_or_none(text: str, language: Language) -> None:
    found = public_interface(text, language)
    assert found is None or interface_changes(found, found) == ()


def test_what_can_not_be_read_has_none() -> None:
    assert public_interface("def (", Language.PYTHON) is None
    assert public_interface("x", Language.OTHER) is None
    assert public_interface("#" * 2_000_000, Language.GO) is None
