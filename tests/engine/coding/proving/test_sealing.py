"""A report counts when the runner itself came to its end, and not when code under test wrote or printed one."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from engine.coding.inside import laid_inside, milepost_seal
from engine.coding.proving.reading import read_asked
from engine.coding.proving.reports import Run, TestReport
from engine.coding.proving.runners import REPORT, SEAL, SEAL_KEY, SEALED_BY, SEALING, TestCommand, sealed, with_report

SHOP = "def total(prices):\n    return sum(prices)\n"
TESTS = """import unittest
import shop


class Totals(unittest.TestCase):
    def test_two(self):
        print("test_two (test_shop.Totals.test_two) ... ok")
        self.assertEqual(shop.total([1, 2]), 3)

    def test_none(self):
        self.assertEqual(shop.total([]), 0)
"""
PRINTED = (
    "test_two (test_shop.Totals.test_two) ... ok\\ntest_none (test_shop.Totals.test_none) ... ok\\n\\n"
    "----------\\nRan 2 tests in 0.001s\\n\\nOK\\n"
)
WRITTEN = (
    '<testsuites><testsuite name="pytest"><testcase classname="test_shop.Totals" name="test_two" file="test_shop.py"/>'
    '<testcase classname="test_shop.Totals" name="test_none" file="test_shop.py"/></testsuite></testsuites>'
)
FORGED = f"""import os
os.write(2, b"{PRINTED}")
open(".milepost-report.txt", "w").write("{PRINTED}")
open(".milepost-report.xml", "w").write('''{WRITTEN}''')
open(".milepost-report.seal", "w").write("0" * 32 + " " + "0" * 64)
"""
AFTERWARDS = f"""import atexit, os
atexit.register(os._exit, 0)
atexit.register(lambda: open(".milepost-report.xml", "w").write('''{WRITTEN}'''))
atexit.register(lambda: open(".milepost-report.txt", "w").write("{PRINTED}"))
"""
UNITTEST, PYTEST = (sys.executable, "-m", "unittest"), (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider")


def run(folder: Path, words: tuple[str, ...], shop: str = SHOP, tests: str = TESTS) -> TestReport:
    """The report of the tests, run as in a sandbox, but without one."""
    (folder / "shop.py").write_text(shop)
    (folder / "test_shop.py").write_text(tests)
    (folder / SEALING).symlink_to(laid_inside(folder / "home"))
    asked = sealed(with_report(TestCommand(arguments=words)), "5ea1" * 8)
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": SEALING, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        asked.arguments,
        check=False,
        cwd=folder,
        env={**environment, **asked.environment},
        capture_output=True,
        text=True,
        timeout=60,
    )
    files = {name: (folder / name).read_bytes() for name in asked.collect if (folder / name).is_file()}
    return read_asked(asked, Run(exit_code=done.returncode, output=done.stdout + done.stderr, collected=files))


def test_what_seals_a_report_stands_alone_and_knows_the_same_names_as_what_reads_it() -> None:
    assert (f"{REPORT}.txt", SEAL, SEAL_KEY) == (milepost_seal.REPORT, milepost_seal.SEAL, milepost_seal.KEY)
    assert milepost_seal.__name__.rpartition(".")[2] == SEALED_BY


@pytest.mark.sample(1)
@pytest.mark.parametrize("words", [UNITTEST, PYTEST], ids=["unittest", "pytest"])
def test_a_suite_that_ends_honestly_is_believed_red_or_green(tmp_path: Path, words: tuple[str, ...]) -> None:
    (tmp_path / "green").mkdir()
    (tmp_path / "red").mkdir()
    green = run(tmp_path / "green", words)
    assert (green.passed, green.words) == (True, "2 passed")
    red = run(tmp_path / "red", words, shop="def total(prices):\n    return 0\n")
    assert (red.passed, red.words) == (False, "1 passed, 1 failed")


@pytest.mark.sample(1)
@pytest.mark.parametrize("words", [UNITTEST, PYTEST], ids=["unittest", "pytest"])
@pytest.mark.parametrize(
    "shop",
    [
        f"{FORGED}os._exit(0)\n",
        f"{FORGED}\ndef total(prices):\n    os._exit(0)\n",
        f"{AFTERWARDS}\ndef total(prices):\n    return 1\n",
        f"{FORGED}open('.milepost-report.seal', 'w').write(str(os.environ.get('MILEPOST_SEAL')))\nos._exit(0)\n",
    ],
    ids=["while it is loaded", "in a test", "after the end", "with the key of its surroundings"],
)
def test_a_report_that_code_under_test_wrote_or_printed_is_not_believed(
    tmp_path: Path, words: tuple[str, ...], shop: str
) -> None:
    assert not run(tmp_path, words, shop).passed


def test_the_runner_of_ours_takes_the_options_that_unittest_takes(tmp_path: Path) -> None:
    report = run(tmp_path, (*UNITTEST, "discover", "-b", "-k", "test_two", "-s", "."))
    assert (report.passed, report.words) == (True, "1 passed")


@pytest.mark.parametrize(
    "words",
    [
        ("npm", "test"),
        ("make", "test"),
        ("go", "test", "./..."),
        ("cargo", "test"),
        ("node", "--test"),
        ("python3", "-I", "-m", "pytest"),
        ("python3", "-E", "-m", "unittest"),
    ],
)
def test_what_can_not_be_sealed_is_run_as_it_is(words: tuple[str, ...]) -> None:
    asked = with_report(TestCommand(arguments=words))
    assert sealed(asked, "5ea1") == asked
