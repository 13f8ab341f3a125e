"""Coverage as tools write it: coverage.py 7 and Node 20 ran for these files, Go's is written by its documented form."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.coding.proving.coverage import CoverageKind, read_coverage
from engine.coding.proving.reports import UnreadableReportError

OUTPUTS = Path(__file__).parent / "outputs"


def test_coverage_py_tells_what_ran_and_what_did_not() -> None:
    read = read_coverage(CoverageKind.COVERAGE_PY, (OUTPUTS / "coverage.json").read_bytes())
    assert read.share(["calc.py"]) == 1
    assert read.share(["tests/test_calc.py"]) == pytest.approx(31 / 32)
    assert read.share(["nowhere.py"]) is None
    assert 19 in read.files["tests/test_calc.py"].total - read.files["tests/test_calc.py"].covered


def test_lcov_is_read_file_by_file() -> None:
    read = read_coverage(CoverageKind.LCOV, (OUTPUTS / "node.lcov").read_bytes())
    assert sorted(read.files) == ["calc.js", "test/broken.test.js", "test/calc.test.js"]
    assert read.covered(["calc.js", "test/calc.test.js"]) == 9
    zero = read_coverage(CoverageKind.LCOV, b"SF:a.js\nDA:1,0\nDA:2,3,x\nend_of_record\n")
    assert zero.share(["a.js"]) == 0.5


def test_go_tells_blocks_of_lines_and_one_that_ran_once_ran() -> None:
    text = b"mode: set\nme/calc/add.go:3.20,5.2 1 1\nme/calc/add.go:5.2,7.3 1 0\nme/calc/add.go:9.1,9.9 1 0\n"
    read = read_coverage(CoverageKind.GO, text)
    file = read.of("calc/add.go")
    assert file is not None
    assert (sorted(file.covered), sorted(file.total)) == ([3, 4, 5], [3, 4, 5, 6, 7, 9])


@given(st.sampled_from(CoverageKind), st.binary(max_size=200))
def test_bytes_of_any_kind_are_coverage_or_refused(kind: CoverageKind, data: bytes) -> None:
    with suppress(UnreadableReportError):
        assert read_coverage(kind, data).covered([]) == 0


@pytest.mark.long
def test_a_profile_with_endless_lines_is_refused() -> None:
    rows = "".join(f"a{n}.go:1.1,9999999.1 1 1\n" for n in range(8))
    with pytest.raises(UnreadableReportError, match="more than"):
        read_coverage(CoverageKind.GO, f"mode: set\n{rows}".encode())
