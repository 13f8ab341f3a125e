"""What in code reaches for the run of its tests is told; what honest code does is not."""

import pytest

from engine.coding.proving.meddling import meddling
from engine.coding.proving.weakening import Change
from engine.coding.reports import FlaggedChange
from engine.coding.works.evidence import flagged

HONEST = """
import argparse
import os
import subprocess
import sys
from dataclasses import dataclass


@dataclass(frozen=True)
class Price:
    cents: int

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Price) and self.cents == other.cents

    def __ne__(self, other: object) -> bool:
        if isinstance(other, Price):
            return not self == other
        return NotImplemented


class Fare(Price):
    def __eq__(self, other: object) -> bool:
        return isinstance(other, Fare) and super().__eq__(other)


def main() -> None:
    asked = argparse.ArgumentParser().parse_args(sys.argv[1:])
    if not os.path.exists(asked.file):
        sys.exit(f"{asked.file} is not there")
    child = subprocess.Popen(["sort", asked.file])
    child.kill()
    print(getattr(asked, "file"), file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
"""


def found(path: str, new: str, old: str | None = "") -> list[str]:
    return [one.told for one in meddling([Change(path=path, old=old, new=new)])]


@pytest.mark.parametrize(
    "new",
    [
        "import os\nos.write(2, b'OK')\n",
        "import os as o\no.dup2(1, 2)\n",
        "from os import _exit as leave\nleave(0)\n",
        "import os\ndef add(a, b):\n    os._exit(0)\n",
        "import os\ndef add(a, b):\n    getattr(os, '_exit')(0)\n",
        "import os\ndef add(a, b):\n    getattr(os, '_ex' + 'it')(0)\n",
        "import sys\nsys.exit(0)\n",
        "raise SystemExit\n",
        "class Shop:\n    exit(0)\n",
        "import sys\nif '-v' in sys.argv:\n    total = 3\n",
        "import unittest\nunittest.TestCase.assertEqual = lambda *_: None\n",
        "def add(a, b):\n    import _pytest.runner\n",
        "import atexit\n",
        "import gc\n",
        "import sys\nsys.modules['unittest'].TestCase.assertEqual = print\n",
        "import sys\ndef add(a, b):\n    return sys._getframe(1).f_locals\n",
        "def add(a, b):\n    return open('/proc/self/environ').read()\n",
        "open('.milepost-report.xml', 'w')\n",
        "import os\nif 'PYTEST_CURRENT_TEST' in os.environ:\n    total = 3\n",
        "import importlib\nm = importlib.import_module('unit' + 'test')\n",
        "exec(bytes([97]).decode())\n",
        "import inspect\nif any('test' in one.filename for one in inspect.stack()):\n    total = 3\n",
        "def pytest_runtest_makereport(item):\n    pass\n",
        "# coding: utf-7\nx = 1\n+AAo-import gc\n",
        "type X = int\nif:\n    import gc\n",
        "class Yes(int):\n    def __eq__(self, other):\n        return True\n",
        "class Yes(int):\n    def __eq__(self, other):\n        return not False\n",
        "class Yes(int):\n    def __eq__(self, other):\n        return isinstance(other, int)\n",
        "class Yes(int):\n    __eq__ = lambda self, other: bool(1)\n",
        "class Yes(int):\n    def __ne__(self, other):\n        return False\n",
        "__builtins__['len'] = lambda told: 2\n",
        "from pathlib import Path\nPath('tests/test_shop.py').write_text('')\n",
        "import os\nfor one in ('conftest.py',):\n    os.remove(one)\n",
    ],
)
def test_code_that_reaches_for_the_run_of_its_tests_is_told(new: str) -> None:
    assert found("shop.py", new)


@pytest.mark.parametrize(
    ("path", "new"),
    [
        ("shop.js", "process.exit(0)\n"),
        ("shop.mjs", "import test from 'node:test'\n"),
        ("shop.ts", "globalThis.expect = () => ({})\n"),
        ("shop.go", 'package shop\nimport "os"\nfunc Total() { os.Exit(0) }\n'),
        ("src/lib.rs", "pub fn total() { std::process::exit(0) }\n"),
        ("shop.js", "if (process.env.JEST_WORKER_ID) { total = 3 }\n"),
        ("shop.go", 'package shop\nvar tried = flag.Lookup("test.v") != nil\n'),
        ("shop.go", 'package shop\nvar tried = strings.HasSuffix(os.Args[0], ".test")\n'),
    ],
)
def test_so_it_is_in_other_languages(path: str, new: str) -> None:
    assert found(path, new)
    assert not found(path, f"/* {new} */")


def test_code_that_nobody_can_read_is_told() -> None:
    assert found("shop.py", "match x:\n    case nothing\n") == ["shop.py:1: it has what can't be read here"]
    assert found("shop.py", "x = (\n", "x = (") == []
    assert found("shop.js", "x" * 400_001) == ["shop.js:1: it has more than can be looked at"]
    unread = [Change(path=path, old="", new=None, unread="x") for path in ("shop.py", "logo.png")]
    assert [one.path for one in meddling(unread)] == ["shop.py"]
    assert meddling([Change(path="shop.py", old="import gc\n", new=None)]) == ()


def test_honest_code_and_what_was_there_before_are_left_alone() -> None:
    assert found("shop.py", HONEST) == []
    old = "import os\nos._exit(1)\n"
    assert found("shop.py", f"x = 1\n{old}", old) == []
    assert found("shop.py", f"{old}os._exit(0)\n", old) == ["shop.py:3: it has «_exit»"]


@pytest.mark.parametrize(
    ("new", "is_told"),
    [
        ("import os\n\ndef test_new():\n    os._exit(0)\n", True),
        ("import atexit\natexit.register(print)\n", True),
        ("import sys\nsys.settrace(print)\n", True),
        ("import gc\nfor one in gc.get_objects(): pass\n", True),
        ("import sys\nsys._getframe(1).f_back\n", True),
        ("import unittest, builtins, sys, gc\nimport pytest\n\ndef test_new():\n    sys.modules.pop('shop')\n", False),
        ("import os\n\ndef test_new():\n    assert os.environ['PYTEST_CURRENT_TEST']\n", False),
        ("class Any:\n    def __eq__(self, other):\n        return True\n", False),
    ],
)
def test_new_tests_that_reach_for_the_runner_are_told_by_what_is_strange_in_tests_too(new: str, is_told: bool) -> None:
    told = flagged([Change(path="test_new.py", old=None, new=new)], own=("test_new.py",))
    assert bool(told) is is_told


def test_it_waits_for_a_yes_like_a_changed_test_and_a_test_s_own_tools_do_not() -> None:
    changes = [
        Change(path="shop.py", old="", new="import gc\n"),
        Change(path="test_shop.py", old=None, new="import unittest\n"),
    ]
    assert flagged(changes, own=("test_shop.py",)) == (FlaggedChange(path="shop.py", why="shop.py:1: it has «gc»"),)
