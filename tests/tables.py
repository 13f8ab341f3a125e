"""A table of cases that need nothing but themselves is one test, which tells each row that fails.

pytest would make a test of each row, and to collect, hand out and report that takes longer than most rows do. Who asks
for a row, by `-k` or in brackets, gets it as a test of its own.
"""

import inspect
import itertools
import reprlib
from collections.abc import Callable, Iterator, Sequence

import pytest

Row = tuple[str, dict[str, object]]
"""The name that it was given, if any, and its arguments."""

CASE = type(pytest.param())

SHOWN = reprlib.Repr()
SHOWN.maxdict = SHOWN.maxstring = SHOWN.maxother = 200


def one_test(function: Callable[..., object]) -> Callable[[], None] | None:
    """A test of all rows; None for what is no such table: without rows, with marks of their own, or with fixtures."""
    marks: list[pytest.Mark] = getattr(function, "pytestmark", [])
    others = [mark for mark in marks if mark.name != "parametrize"]
    columns = [_column(mark) for mark in reversed(marks) if mark.name == "parametrize"]
    is_special = inspect.iscoroutinefunction(function) or hasattr(function, "hypothesis")
    if is_special or any(mark.name in ("sample", "usefixtures") for mark in others) or not all(columns):
        return None
    rows = [_joined(parts) for parts in itertools.product(*columns)]
    if len(rows) < 2 or rows[0][1].keys() != inspect.signature(function).parameters.keys():
        return None

    def table() -> None:
        failed = list(_failures(function, rows))
        if failed:
            raise ExceptionGroup(f"{len(failed)} of {len(rows)} rows", failed)

    table.__name__, table.__doc__ = function.__name__, function.__doc__
    table.pytestmark = others  # type: ignore[attr-defined] # there pytest looks for them
    return table


def _column(mark: pytest.Mark) -> Sequence[Row]:
    """The rows of one `parametrize`; none if one is marked, or if this says more than names, values and ids."""
    if len(mark.args) != 2 or mark.kwargs.keys() - {"ids"} or isinstance(mark.args[1], Iterator):
        return ()
    names, values = mark.args
    is_one = isinstance(names, str)
    cases = [one if isinstance(one, CASE) else pytest.param(*([one] if is_one else one)) for one in values]
    if any(case.marks for case in cases):
        return ()
    return [(case.id or "", dict(zip([names] if is_one else names, case.values, strict=True))) for case in cases]


def _joined(parts: tuple[Row, ...]) -> Row:
    return " ".join(name for name, _ in parts), {key: value for _, row in parts for key, value in row.items()}


def _failures(function: Callable[..., object], rows: Sequence[Row]) -> Iterator[Exception]:
    for name, values in rows:
        try:
            function(**values)
        except Exception as error:  # one row: the others are tried all the same
            error.add_note(f"the row {name} {SHOWN.repr(values)}")
            yield error
        except (pytest.fail.Exception, pytest.skip.Exception) as error:
            yield AssertionError(f"the row {name} {SHOWN.repr(values)}: {error}")
