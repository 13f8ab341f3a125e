"""A goal as a forecast's problem, in every state that a goal and its tasks can be in."""

import pytest
from msgspec import structs

from engine.errors import ExternalBlocked, PermanentError, ResourceBlocked
from engine.execution.goal_decisions import pause, plan_made
from engine.execution.retries import RetryPolicy
from engine.execution.task_decisions import chosen, counted, done_by_person, postponed, skipped
from engine.goals import Goal, GoalStatus
from engine.planning.forecasting.durations import Fixed, LogNormal, ThreePoint
from engine.planning.forecasting.forecast import forecast
from engine.planning.forecasting.from_goal import ANSWER_TIME, Known, calendar_of, problem_of
from engine.planning.forecasting.model import (
    Assumption,
    Calendar,
    Capacities,
    ForecastProblem,
    ForecastTask,
    Holder,
    Person,
    Prospect,
    Resource,
)
from engine.plans import Plan
from engine.records import ChatSettings
from engine.tasks import Estimate, TaskStatus
from engine.values import ChatId, TaskNumber
from tests.engine.lives import Life, new_goal, planned
from tests.engine.planning.forecasting.problems import hours
from tests.fakes import START

ESTIMATE = Estimate(low=1, likely=2, high=6)
NOTHING = Known()
OWNER = Capacities()


def posed(life: Life, known: Known = NOTHING, capacities: Capacities = OWNER) -> ForecastProblem:
    return problem_of(life.goal, life.now, known, capacities)


def tasks_of(life: Life, known: Known = NOTHING, capacities: Capacities = OWNER) -> dict[int, ForecastTask]:
    return {task.number: task for task in posed(life, known, capacities).tasks}


def test_the_estimate_of_a_plan_is_the_prior_and_each_work_holds_what_it_holds() -> None:
    life = Life.started(
        planned("a", estimate=ESTIMATE),
        planned("b", "a", work="person", estimate=ESTIMATE),
        planned("c", "a", work="decide", inputs={"question": "Which?", "options": ["x", "y"]}),
        planned("d", "a", work="measure"),
        planned("e", "a", work="measure", inputs={"url": "https://example.org"}),
        planned("f", "a", work="wait", inputs={"seconds": 7200}),
        planned("g", "a", work="subgoal"),
    )
    found = tasks_of(life)
    assert [found[number].holds for number in range(1, 8)] == [
        Holder.SLOT,
        Holder.PERSON,
        Holder.PERSON,
        Holder.PERSON,
        Holder.SLOT,
        Holder.NOTHING,
        Holder.NOTHING,
    ]
    assert found[1].duration == ThreePoint(low=1, likely=2, high=6)
    assert (found[1].attempts, found[2].attempts) == (3, 1)
    assert found[2].after == (1,)
    assert (found[2].hold, found[3].hold) == (24, 0.25)
    assert found[6].duration == Fixed(hours=2)
    assert found[3].options == {"x": 0.5, "y": 0.5}
    assert posed(life).prospect is Prospect.OPEN


def test_what_is_done_or_left_out_is_no_part_of_it_and_nothing_waits_for_it() -> None:
    life = Life.started(planned("a"), planned("b", "a"), planned("c", "b", "a"))
    life.finish(1)
    assert tasks_of(life)[2].after == ()
    life.do(skipped(2, ""))
    assert list(tasks_of(life)) == [3]
    assert tasks_of(life)[3].after == ()


def test_what_is_learned_goes_before_the_plan() -> None:
    life = Life.started(
        planned("a", estimate=ESTIMATE),
        planned("b", work="person", estimate=ESTIMATE),
        planned("c", work="decide", inputs={"question": "Which?", "options": ["x", "y", "z"]}),
        planned("d", work="person", estimate=ESTIMATE),
    )
    learned, answer = LogNormal(median=9, sigma=0.3), LogNormal(median=30, sigma=0.5)
    number = TaskNumber
    known = Known(
        run_odds={number(1): 0.7},
        odds={number(2): 0.9, number(1): 0.1},
        unknown_odds=0.95,
        durations={number(1): learned, number(4): learned},
        answer=answer,
        choices={number(3): {"x": 0.6, "nonsense": 0.4}},
    )
    found = tasks_of(life, known)
    assert (found[1].duration, found[1].odds, found[1].attempts) == (learned, 0.7, 1)  # the run's: no attempts in it
    assert (found[2].odds, found[2].answer) == (0.9, answer)
    assert (found[3].duration, found[3].answer, found[3].odds) == (answer, None, 0.95)
    assert found[3].options == pytest.approx({"x": 0.6, "y": 0.2, "z": 0.2})
    assert (found[4].duration, found[4].answer) == (learned, None)


@pytest.mark.parametrize(
    ("likely", "odds"),
    [({"x": 3.0, "y": 1.0}, {"x": 0.75, "y": 0.25}), ({"x": 0.0, "y": 0.0}, {"x": 0.5, "y": 0.5}), ({"y": -1.0}, None)],
)
def test_odds_of_options_are_made_to_add_up(likely: dict[str, float], odds: dict[str, float] | None) -> None:
    life = Life.started(planned("a", work="decide", inputs={"question": "Which?", "options": ["x", "y"]}))
    found = tasks_of(life, Known(choices={TaskNumber(1): likely}))[1].options
    assert found == pytest.approx(odds or {"x": 1.0, "y": 0.0})


def test_a_running_task_has_begun_and_has_one_attempt_less_behind_it() -> None:
    life = Life.started(planned("a", estimate=ESTIMATE), planned("b", "a"))
    life.begin(1)
    begun = life.now
    life.pass_time(hours=1)
    found = tasks_of(life)[1]
    assert (found.begun_at, found.attempts) == (begun, 3)


def test_a_second_attempt_has_gone_on_for_half_the_time_since_the_first_began() -> None:
    life = Life.started(planned("a", estimate=ESTIMATE))
    life.begin(1)
    life.pass_time(hours=2)
    again = structs.replace(life.task(1), attempts=2)
    life.goal = structs.replace(life.goal, tasks={TaskNumber(1): again})
    assert tasks_of(life)[1].begun_at == START + hours(1)


def test_a_retry_that_is_due_later_begins_later_with_the_attempts_that_are_left() -> None:
    life = Life.started(planned("a", estimate=ESTIMATE))
    life.fail(1, RuntimeError("hiccup"))
    found = tasks_of(life)[1]
    assert found.attempts == 2
    assert found.not_before == life.task(1).due_at
    assert found.not_before is not None
    assert found.begun_at is None


def test_what_takes_longer_than_tries_are_repeated_has_one_try() -> None:
    life = Life.started(planned("a", estimate=Estimate(low=30, likely=30, high=30)), planned("b", estimate=ESTIMATE))
    found = tasks_of(life)
    assert (found[1].attempts, found[2].attempts) == (1, 3)
    patient = tasks_of(life, Known(retry=RetryPolicy(most_attempts=5, give_up_after=70 * 3600)))
    assert (patient[1].attempts, patient[2].attempts) == (3, 5)


def test_a_person_has_begun_what_they_were_asked_first_as_far_as_they_have_hands() -> None:
    life = Life.started(*(planned(key, work="person", estimate=ESTIMATE) for key in "abc"))
    asked = life.now
    life.pass_time(hours=3)
    found = tasks_of(life)
    assert [found[number].begun_at for number in (1, 2, 3)] == [asked, asked, None]
    one_hand = Capacities(people={"": Person(attention=1)})
    assert [task.begun_at for task in tasks_of(life, NOTHING, one_hand).values()] == [asked, None, None]
    life.pass_time(days=2)
    assert [task.begun_at for task in tasks_of(life).values()] == [asked] * 3


def test_a_question_takes_no_hand_and_what_is_put_off_has_not_begun() -> None:
    question = {"question": "Which?", "options": ["x", "y"]}
    life = Life.started(
        planned("a", work="person"),
        planned("b", work="person"),
        planned("c", work="decide", inputs=question),
        planned("d", work="person"),
    )
    asked = life.now
    life.pass_time(hours=1)
    until = life.now + hours(40)
    life.do(postponed(1, until))
    found = tasks_of(life)
    assert [found[number].begun_at for number in (1, 2, 3, 4)] == [None, asked, asked, asked]
    assert (found[1].not_before, found[2].not_before) == (until, None)


def test_a_reminder_is_no_put_off() -> None:
    life = Life.started(planned("a", work="person"))
    waiting = life.task(1).waiting
    assert waiting is not None
    assert waiting.until is not None
    assert tasks_of(life)[1].not_before is None


def test_a_wait_ends_at_its_moment_whether_it_has_begun_or_not() -> None:
    moment = START + hours(30)
    life = Life.started(
        planned("a", work="wait", inputs={"seconds": 7200}),
        planned("b", work="wait", inputs={"until": moment.isoformat()}),
        planned("c", "a", work="wait", inputs={"until": moment.isoformat()}),
        planned("d", "a", work="wait", inputs={"seconds": 1, "until": moment.isoformat()}),
    )
    life.pass_time(hours=1)
    found = tasks_of(life)
    assert [found[number].ends for number in (1, 2, 3)] == [(START + hours(2),), (moment,), (moment,)]
    assert found[1].odds == 1.0
    assert found[4].odds == 0.0  # it has two ends, so that it will fail
    whole = forecast(posed(life), seed=1)
    assert whole.end is not None
    assert whole.end.p10 == whole.end.p90 == moment
    assert whole.success_odds == 0.0


def test_a_counted_task_says_how_much_of_it_is_done_and_since_when() -> None:
    life = Life.started(planned("a", work="person", target_count=10, estimate=ESTIMATE))
    asked = life.now
    life.pass_time(hours=4)
    life.do(counted(1, 4))
    found = tasks_of(life)[1]
    assert (found.done_share, found.begun_at) == (0.4, asked)


def test_the_pace_of_a_counted_task_is_reckoned_from_its_first_begin() -> None:
    life = Life.started(planned("a", work="person", target_count=10), planned("b", work="person"))
    life.do(counted(1, 4))
    life.pass_time(hours=40)
    for number in (1, 2):  # asked anew, as after a pause
        task = life.task(number)
        assert task.waiting is not None
        anew = structs.replace(task, waiting=structs.replace(task.waiting, since=life.now))
        life.goal = structs.replace(life.goal, tasks={**life.goal.tasks, TaskNumber(number): anew})
    found = tasks_of(life)
    assert (found[1].begun_at, found[2].begun_at) == (START, START + hours(40))


def test_a_blocked_task_waits_for_its_resource_or_for_a_person() -> None:
    life = Life.started(planned("a"), planned("b"), planned("c"))
    life.fail(1, ResourceBlocked("gpu", "it is busy", retry_after=3600.0))
    life.fail(2, ExternalBlocked("the key"))
    raised = life.now
    life.pass_time(minutes=10)
    found = tasks_of(life, Known(answer=LogNormal(median=20, sigma=1)))
    assert (found[1].lag, found[1].not_before) == (None, START + hours(1))
    assert (found[2].lag, found[2].lag_since) == (LogNormal(median=20, sigma=1), raised)
    assert (found[3].lag, found[3].lag_since) == (None, None)
    assert tasks_of(life)[2].lag == ANSWER_TIME
    assert found[2].attempts == 3


def test_a_failed_task_that_is_being_replanned_waits_for_nobody() -> None:
    life = Life.started(planned("a"), planned("b", "a"))
    life.fail(1, PermanentError("no way"))
    assert life.task(1).status is TaskStatus.FAILED
    assert life.goal.adapting is not None
    found = tasks_of(life)
    assert found[1].lag is None
    assert found[2].after == (1,)


def choosing() -> Life:
    question = {"question": "Which?", "options": ["x", "y"]}
    return Life.started(
        planned("a", work="decide", inputs=question),
        planned("b", only_if=("a", "x")),
        planned("c", only_if=("a", "y")),
        planned("d", "b", "c"),
    )


def test_roads_are_open_until_the_choice_and_then_one_of_them_is_gone() -> None:
    life = choosing()
    found = tasks_of(life)
    assert (found[2].only_if, found[3].only_if) == ((1, "x"), (1, "y"))
    assert set(found[4].after) == {2, 3}
    life.do(chosen(1, "x"))
    found = tasks_of(life)
    assert list(found) == [2, 4]
    assert (found[2].only_if, found[4].after) == (None, (2,))


def test_a_road_that_nobody_has_closed_yet_but_that_is_not_taken_is_no_part_of_it() -> None:
    life = choosing()
    life.do(chosen(1, "x"))
    unpruned = structs.replace(life.task(3), status=TaskStatus.PENDING)
    life.goal = structs.replace(life.goal, tasks={**life.goal.tasks, TaskNumber(3): unpruned})
    assert list(tasks_of(life)) == [2, 4]


def test_the_forecast_of_a_sub_goal_is_the_end_and_the_odds_of_the_task_that_waits_for_it() -> None:
    child = Life.started(planned("x", estimate=ESTIMATE))
    forecast_of_child = forecast(posed(child, Known(odds={TaskNumber(1): 0.5})), seed=1)
    life = Life.started(planned("a", work="subgoal"), planned("b", "a"))
    found = tasks_of(life, Known(children={TaskNumber(1): forecast_of_child}))
    assert found[1].ends == forecast_of_child.ends
    assert found[1].odds == pytest.approx(0.875)
    assert tasks_of(life)[1].ends == ()


def test_the_state_of_a_goal_says_what_there_is_to_forecast() -> None:
    goal = new_goal()
    draft = structs.replace(goal, status=GoalStatus.DRAFT)
    for bare in (goal, draft):
        assert problem_of(bare, START, NOTHING, OWNER).prospect is Prospect.UNPLANNED
    life = Life.started(planned("a"))
    life.pass_time(hours=2)
    life.finish(1)
    assert life.goal.status is GoalStatus.COMPLETED
    done = posed(life)
    assert (done.prospect, done.done_at, done.tasks) == (Prospect.DONE, START + hours(2), ())
    for status in (GoalStatus.FAILED, GoalStatus.CANCELLED):
        over: Goal = structs.replace(life.goal, status=status)
        assert problem_of(over, START, NOTHING, OWNER).prospect is Prospect.ENDED


def test_what_is_taken_for_granted_is_said() -> None:
    life = Life.started(planned("a", resources=("gpu",)), planned("b", work="person"))
    assert posed(life).assumes == frozenset()
    away = Capacities(resources={"gpu": Resource(missing=True), "rig": Resource(capacity=0)})
    assert posed(life, NOTHING, away).assumes == {Assumption.RESOURCE_BACK}
    expected = Capacities(resources={"gpu": Resource(missing=True, back_at=START + hours(3))})
    assert posed(life, NOTHING, expected).assumes == frozenset()
    life.do(pause(""))
    assert posed(life).assumes == {Assumption.RESUMED}
    assert forecast(posed(life), seed=1).assumes == {Assumption.RESUMED}
    waits = Life(new_goal())
    waits.do(plan_made(Plan(tasks=(planned("a"),), source="test")))
    assert posed(waits).assumes == {Assumption.APPROVED}


def test_quiet_hours_of_a_chat_are_those_of_its_person() -> None:
    settings = ChatSettings(chat=ChatId(1), zone="Asia/Tokyo", quiet_from=23, quiet_to=7)
    assert calendar_of(settings) == Calendar(zone="Asia/Tokyo", quiet_from=23, quiet_to=7)


def test_a_goal_gets_nearer_its_end_as_its_tasks_are_done() -> None:
    life = Life.started(
        *(planned(f"t{n}", *([f"t{n - 1}"] if n else []), work="person", estimate=ESTIMATE) for n in range(4))
    )
    lengths = []
    for number in range(1, 5):
        found = forecast(posed(life), seed=1)
        assert found.end is not None
        lengths.append(found.end.p50 - life.now)
        life.do(done_by_person(number, ""))
    assert lengths == sorted(lengths, reverse=True)
    assert posed(life).prospect is Prospect.DONE
