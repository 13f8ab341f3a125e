"""A model's words to what rules found: they add, they take nothing away, and its suggestions are checked by code."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from engine.goals import Goal, GoalStatus
from engine.proactive.advice import WORDS, WORTH, Advice, Suggestion, Weight, advised, carried, holds
from engine.proactive.findings import Deed, FindingId, FindingKind, FindingStatus, Remedy
from engine.tasks import Task, TaskStatus
from engine.values import TaskNumber
from tests.engine.lives import new_goal
from tests.engine.proactive.found import finding, kept_finding


def task(number: int, *after: int, **facts: object) -> Task:
    made = Task(
        number=TaskNumber(number), title=f"Task {number}", depends_on=tuple(map(TaskNumber, after)), criterion=0
    )
    return structs.replace(made, **facts)  # type: ignore[arg-type]  # the facts are fields


def goal(*tasks: Task) -> Goal:
    given = tasks or (task(1), task(2), task(3, 2))
    return new_goal(status=GoalStatus.ACTIVE, plan_version=4, tasks={one.number: one for one in given})


def suggestion(deed: Deed, *tasks: int, words: str = "It brings little") -> Suggestion:
    return Suggestion(deed=deed, tasks=tasks, words=words)


FOUND = finding()
KEPT = kept_finding(FOUND)
SAID = Advice(weights=(Weight(finding=FindingId(1), worth=0.9, words="The goal hangs on it"),))


def test_words_and_weight_join_the_finding_and_change_nothing_else_of_it() -> None:
    (found,) = advised(SAID, goal(), [KEPT])
    assert found == replace(FOUND, facts={**FOUND.facts, WORDS: "The goal hangs on it", WORTH: 0.9})
    other = Advice(weights=(Weight(finding=FindingId(99), worth=1.0, words="of nothing that is there"),))
    assert advised(other, goal(), [KEPT]) == (FOUND,)


def test_words_stay_as_long_as_the_finding_is_about_the_very_same() -> None:
    (worded,) = advised(SAID, goal(), [KEPT])
    kept = [replace(KEPT, finding=worded)]
    drifted = replace(FOUND, facts={"since": "another day"})
    (again,) = carried([drifted], goal(), kept)
    assert again.facts == {"since": "another day", WORDS: "The goal hangs on it", WORTH: 0.9}
    moved_on = replace(FOUND, remedy=Remedy(deed=Deed.PAUSE))
    assert carried([moved_on], goal(), kept) == (moved_on,)
    assert carried([], goal(), kept) == (), "what rules no longer find is gone"


def test_of_one_area_what_a_model_finds_worth_most_comes_first_and_issues_before_all_else() -> None:
    slip = kept_finding(finding(FindingKind.SLIPPING, facts={WORTH: 0.1}))
    stall = kept_finding(finding(FindingKind.STALLED, facts={WORTH: 0.9}))
    early = kept_finding(finding(FindingKind.EARLIER, facts={WORTH: 1.0}))
    plain = kept_finding(finding(FindingKind.REPEATED))
    assert sorted([early, slip, plain, stall], key=lambda one: one.gravity) == [stall, plain, slip, early]


def test_a_suggestion_that_holds_is_a_finding_with_a_deed_and_at_most_two_are_kept() -> None:
    wanted = Advice(suggestions=(suggestion(Deed.SKIP, 1), suggestion(Deed.REPLAN, 2, 3), suggestion(Deed.REPLAN, 1)))
    first, second = advised(wanted, goal(), [])
    assert (first.kind, first.about, first.remedy) == (
        FindingKind.ADVISED,
        "skip 1",
        Remedy(deed=Deed.SKIP, task=TaskNumber(1), text="It brings little"),
    )
    assert (second.about, second.remedy) == ("replan 2, 3", Remedy(deed=Deed.REPLAN, text="It brings little"))


@pytest.mark.parametrize(
    ("wanted", "tasks"),
    [
        (suggestion(Deed.SKIP, 2), ()),  # something waits for it
        (suggestion(Deed.SKIP, 1, 3), ()),  # one at a time
        (suggestion(Deed.SKIP, 9), ()),  # not there
        (suggestion(Deed.SKIP), ()),
        (suggestion(Deed.SKIP, 1, words=""), ()),
        (suggestion(Deed.SKIP, 1), (task(1, critical=True), task(2))),
        (suggestion(Deed.SKIP, 1), (task(1, status=TaskStatus.COMPLETED), task(2))),
        (suggestion(Deed.SKIP, 1), (task(1), task(2, criterion=1))),  # nothing else serves its criterion
        (suggestion(Deed.SKIP, 1), (task(1), task(2, status=TaskStatus.FAILED))),
        (suggestion(Deed.SKIP, 1), (task(1, criterion=None),)),  # nothing would be left
        (suggestion(Deed.REPLAN, 1), (task(1, status=TaskStatus.COMPLETED), task(2))),
        (suggestion(Deed.REPLAN, *range(1, 12)), tuple(task(number) for number in range(1, 12))),
        (suggestion(Deed.PAUSE, 1), ()),
        (suggestion(Deed.RAISE, 1), ()),
        (suggestion(Deed.COMPLETE, 1), ()),
    ],
)
def test_a_suggestion_that_could_do_harm_or_means_nothing_is_dropped(
    wanted: Suggestion, tasks: tuple[Task, ...]
) -> None:
    assert advised(Advice(suggestions=(wanted,)), goal(*tasks), []) == ()


def test_a_suggestion_is_gone_once_the_plan_is_another_or_its_task_has_begun() -> None:
    (skip,) = advised(Advice(suggestions=(suggestion(Deed.SKIP, 1),)), goal(), [])
    kept = [kept_finding(skip)]
    assert carried([], goal(), kept) == (skip,)
    assert not holds(skip, structs.replace(goal(), plan_version=5))
    assert carried([], goal(task(1, status=TaskStatus.RUNNING), task(2)), kept) == ()
    assert carried([], structs.replace(goal(), proposed_version=5), kept) == ()


def test_what_was_settled_gets_no_words() -> None:
    assert advised(SAID, goal(), [replace(KEPT, status=FindingStatus.DISMISSED)]) == ()


@given(
    st.lists(
        st.builds(
            Suggestion,
            deed=st.sampled_from(Deed),
            tasks=st.lists(st.integers(-1, 6), max_size=4).map(tuple),
            words=st.text(max_size=20),
        ),
        max_size=6,
    )
)
def test_whatever_is_suggested_only_open_tasks_are_named_and_only_skips_and_new_plans_offered(
    wanted: list[Suggestion],
) -> None:
    held = goal()
    for found in advised(Advice(suggestions=tuple(wanted)), held, []):
        assert found.remedy is not None
        assert found.remedy.deed in (Deed.SKIP, Deed.REPLAN)
        assert all(held.tasks[number].status is TaskStatus.PENDING for number in found.tasks)
        assert found.remedy.deed is not Deed.SKIP or found.tasks in ((1,), (3,))
