"""Tables of plain cases: one test each, and no row that fails is passed over."""

from collections.abc import Callable

import pytest

from tests.tables import one_test


def failures(function: Callable[..., object]) -> list[str]:
    """What the one test of a table tells of each row that fails."""
    table = one_test(function)
    assert table is not None
    try:
        table()
    except ExceptionGroup as told:
        return [" ".join((str(one), *getattr(one, "__notes__", ()))) for one in told.exceptions]
    return []


def equal(one: int, other: int) -> None:
    if one != other:
        raise AssertionError(f"{one} is not {other}")


def row_by_row(*marks: pytest.MarkDecorator, function: Callable[..., object] = equal) -> Callable[..., object]:
    def made(one: int, other: int) -> None:
        function(one, other)

    for mark in marks:
        made = mark(made)
    return made


ROWS = pytest.mark.parametrize(("one", "other"), [(1, 1), (2, 3), pytest.param(4, 4, id="fours"), (5, 6)])


def test_every_row_that_fails_is_told_with_its_arguments_whatever_failed_before() -> None:
    first, second = failures(row_by_row(ROWS))
    assert "2 is not 3" in first
    assert "{'one': 2, 'other': 3}" in first
    assert "5 is not 6" in second


def test_a_table_without_a_wrong_row_passes_and_one_wrong_row_anywhere_fails_it() -> None:
    right = [(number, number) for number in range(9)]
    assert failures(row_by_row(pytest.mark.parametrize(("one", "other"), right))) == []
    for place in range(9):
        rows = [*right[:place], pytest.param(place, -1, id="wrong"), *right[place + 1 :]]
        [told] = failures(row_by_row(pytest.mark.parametrize(("one", "other"), rows)))
        assert told.endswith(f"the row wrong {{'one': {place}, 'other': -1}}")


def test_a_row_that_raises_no_error_where_one_should_be_fails_and_none_may_be_skipped() -> None:
    def should_raise(one: int, other: int) -> None:
        if one == 2:
            pytest.skip("no")
        with pytest.raises(AssertionError):
            equal(one, other)

    told = failures(row_by_row(ROWS, function=should_raise))
    assert ["DID NOT RAISE" in one for one in told] == [True, False, True]
    assert "{'one': 2, 'other': 3}: no" in told[1]


def test_of_several_tables_each_row_meets_each() -> None:
    seen: list[tuple[int, int]] = []
    columns = pytest.mark.parametrize("one", [1, 2]), pytest.mark.parametrize("other", [3, 4])
    table = row_by_row(*columns, function=lambda one, other: seen.append((one, other)))
    assert failures(table) == []
    assert sorted(seen) == [(1, 3), (1, 4), (2, 3), (2, 4)]


def test_what_needs_more_than_its_rows_stays_as_pytest_makes_it() -> None:
    def with_a_fixture(one: int, other: int, tmp_path: object) -> None: ...

    async def waiting(one: int, other: int) -> None: ...

    marked = pytest.mark.parametrize(("one", "other"), [(1, 1), pytest.param(2, 2, marks=pytest.mark.long)])
    for function in (
        *(ROWS(with_a_fixture), ROWS(waiting), equal),
        *(row_by_row(marked), row_by_row(ROWS, pytest.mark.sample(1))),
        row_by_row(pytest.mark.parametrize(("one", "other"), [(1, 1)])),
    ):
        assert one_test(function) is None


def test_the_other_marks_stay() -> None:
    table = one_test(row_by_row(ROWS, pytest.mark.long))
    assert [mark.name for mark in table.pytestmark] == ["long"]  # type: ignore[union-attr] # pytest puts them there
