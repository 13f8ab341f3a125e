"""What the default suite leaves to the long one."""

from collections.abc import Iterable
from typing import cast

import pytest

from tests.examples import leave_samples


class Case:
    """As much of an item as is asked of it."""

    def __init__(self, nodeid: str, *marks: pytest.Mark) -> None:
        self.nodeid = nodeid
        self._marks = [*marks]

    def iter_markers(self, name: str) -> Iterable[pytest.Mark]:
        return (mark for mark in self._marks if mark.name == name)

    def get_closest_marker(self, name: str) -> pytest.Mark | None:
        return next(iter(self.iter_markers(name)), None)

    def add_marker(self, name: str) -> None:
        self._marks.append(getattr(pytest.mark, name).mark)


def tried(*cases: Case) -> str:
    """The names of those that are left in the default suite."""
    leave_samples(cast("Iterable[pytest.Item]", cases))
    return " ".join(case.nodeid for case in cases if case.get_closest_marker("long") is None)


def table(name: str, count: int, *marks: pytest.Mark) -> list[Case]:
    return [Case(f"{name}[{number}]", *marks) for number in range(count)]


SAMPLE, LONG = pytest.mark.sample(3).mark, pytest.mark.long.mark


def test_of_a_table_the_first_case_and_others_spread_over_it_are_tried() -> None:
    assert tried(*table("a", 7, SAMPLE)) == "a[0] a[2] a[4]"


def test_each_table_has_a_sample_of_its_own_and_a_short_one_is_tried_as_a_whole() -> None:
    assert tried(*table("a", 4, SAMPLE), *table("b", 2, SAMPLE)) == "a[0] a[1] a[2] b[0] b[1]"


def test_what_is_long_already_takes_no_place_in_the_sample() -> None:
    assert tried(Case("a[x]", SAMPLE, LONG), *table("a", 6, SAMPLE)) == "a[0] a[2] a[4]"


def test_what_is_long_is_left_out_by_ci_but_for_as_many_as_the_table_says() -> None:
    cases = table("a", 8, pytest.mark.sample(1, in_ci=4).mark)
    assert tried(*cases) == "a[0]"
    assert [case.nodeid for case in cases if case.get_closest_marker("longest")] == ["a[1]", "a[3]", "a[5]", "a[7]"]


def test_a_table_of_which_nothing_is_tried_each_time_has_its_sample_in_ci() -> None:
    sample = pytest.mark.sample(0, in_ci=2).mark
    cases = [*table("a", 3, sample), Case("a[x]", sample, LONG)]
    assert tried(*cases) == ""
    assert [case.nodeid for case in cases if case.get_closest_marker("longest")] == ["a[1]", "a[x]"]


def test_what_is_no_table_stays_as_it_is() -> None:
    assert tried(Case("a"), Case("b", LONG), *table("c", 2)) == "a c[0] c[1]"
