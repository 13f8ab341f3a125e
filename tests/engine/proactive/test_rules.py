"""The rules, each on goals made by hand: what it finds, what it offers, and when it holds its tongue."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from engine.blockages import Blockage, BlockageKind, Strategy
from engine.execution.loosening import loosened
from engine.goals import Goal, GoalStatus
from engine.money import MICROS, Amount, Cap
from engine.planning.forecasting.model import Forecast, Prospect, Range
from engine.planning.learning.findings import Basis, Hours
from engine.planning.quality import Circumstances as Checked
from engine.planning.quality import quality_of, standing_plan
from engine.proactive.circumstances import Circumstances, Purse
from engine.proactive.findings import Deed, Finding, FindingKind
from engine.proactive.rules import LOOKED_AT, findings_of
from engine.records import AttemptRow
from engine.tasks import Estimate, Expectation, Outcome, Task, TaskHistory, TaskStatus, Waiting, WaitingFor
from engine.values import BlockageNumber, GoalId, TaskNumber
from tests.engine.lives import Life, new_goal
from tests.fakes import START

K, DAY, HOUR = FindingKind, dt.timedelta(days=1), dt.timedelta(hours=1)
GARDEN, CHESS = "Plant 3 apple trees", "Win the chess tournament"


def task(number: int, title: str, *after: int, criterion: int | None = 0, **facts: object) -> Task:
    made = Task(
        number=TaskNumber(number),
        title=title,
        depends_on=tuple(map(TaskNumber, after)),
        criterion=criterion,
        position=number,
    )
    return structs.replace(made, **facts)  # type: ignore[arg-type]  # the facts are fields


def done(number: int, title: str, *after: int, hours: float = 1.0, **facts: object) -> Task:
    """A task that somebody has done, so many hours after it was begun."""
    ended = {"status": TaskStatus.COMPLETED, "started_at": START - hours * HOUR, "ended_at": START}
    return task(number, title, *after, **{**ended, **facts})


def asked(number: int, title: str, since: dt.datetime = START, **facts: object) -> Task:
    """A task that waits for a person."""
    waiting = Waiting(what=WaitingFor.PERSON, since=since)
    return task(number, title, **{"status": TaskStatus.WAITING, "waiting": waiting, "started_at": since, **facts})


def goal(*tasks: Task, criteria: tuple[str, ...] = (GARDEN, CHESS), **facts: object) -> Goal:
    """A goal under way."""
    under_way = {"status": GoalStatus.ACTIVE, "plan_version": 1, "started_at": START, "criteria": criteria}
    return new_goal(**{**under_way, "tasks": {one.number: one for one in tasks}, **facts})


def found(one: Goal, now: dt.datetime = START, **facts: object) -> dict[FindingKind, Finding]:
    """What the rules find, with the plan's check at hand."""
    quality = quality_of(one, standing_plan(one), Checked(now=now)) if one.tasks and one.criteria else None
    given = Circumstances(now=now, quality=quality)
    all_of_it = findings_of(one, replace(given, **facts))  # type: ignore[arg-type]  # the facts are fields
    return {finding.kind: finding for finding in all_of_it}


# -- work that can start earlier ------------------------------------------------------------------------------------


def in_a_row(second: Task | None = None, **facts: object) -> Goal:
    """The chess part waits for the garden, with which it has nothing to do."""
    behind = second or task(2, "Study the openings of chess", 1, criterion=1)
    return goal(asked(1, "Dig holes for the apple trees"), behind, **facts)


def test_work_that_waits_only_for_the_plans_order_could_start_now() -> None:
    finding = found(in_a_row())[K.EARLIER]
    assert finding.tasks == (2, 1)
    assert finding.remedy is not None
    assert (finding.remedy.deed, finding.remedy.was, finding.remedy.depends_on) == (Deed.LOOSEN, (1,), ())


@pytest.mark.parametrize(
    "criteria",
    [
        (GARDEN, "Sell the apples of the apple trees"),
        (GARDEN, "After that win the chess tournament"),
        ("First plant 3 apple trees", "Then win the chess tournament"),
    ],
    ids=["the same thing", "words of order", "numbered words"],
)
def test_what_data_or_words_of_order_call_for_stays(criteria: tuple[str, ...]) -> None:
    behind = task(2, "Sell the apples" if "Sell" in criteria[1] else "Study the openings of chess", 1, criterion=1)
    assert K.EARLIER not in found(in_a_row(behind, criteria=criteria))


def test_an_order_that_the_person_asked_for_later_stays() -> None:
    assert K.EARLIER not in found(in_a_row(), ordered_by_person=True)


def test_a_task_behind_its_own_criterion_or_a_choice_is_not_let_loose() -> None:
    same = goal(
        asked(1, "Dig holes"),
        task(2, "Study the openings of chess", 1, 3, criterion=1),
        asked(3, "Buy a chess set", criterion=1),
    )
    assert K.EARLIER not in found(same)
    choice = task(2, "Study the openings of chess", 1, criterion=1, only_if=(TaskNumber(1), "yes"))
    assert K.EARLIER not in found(in_a_row(choice))


def test_nothing_is_started_earlier_for_hands_that_are_full() -> None:
    work = task(2, "Study the openings of chess", 1, criterion=1, work="run")
    assert K.EARLIER in found(in_a_row(work), free_hands=1)
    assert K.EARLIER not in found(in_a_row(work), free_hands=0)
    busy = goal(*(asked(n, f"Plant tree {n}") for n in (5, 6, 7)), id=GoalId(2))
    assert K.EARLIER not in found(in_a_row(), others=[busy])


def test_who_answers_late_is_better_asked_early() -> None:
    late = [done(n, f"Look at bed {n} of the garden", hours=99) for n in (3, 4, 5)]
    one = in_a_row()
    slow = structs.replace(one, tasks={**one.tasks, **{t.number: t for t in late}})
    finding = found(slow)[K.ASK_EARLIER]
    assert (finding.facts["late"], finding.facts["answered"]) == (3, 3)
    assert K.EARLIER not in found(slow)


def test_a_loosened_task_starts_and_nothing_else_has_changed() -> None:
    life = Life(goal=in_a_row(), now=START)
    remedy = found(life.goal)[K.EARLIER].remedy
    assert remedy is not None
    life.do(loosened(TaskNumber(2), remedy.was, remedy.depends_on))
    assert life.task(2).depends_on == ()
    assert life.task(2).status is TaskStatus.WAITING
    assert life.task(1).status is TaskStatus.WAITING


# -- work that is not needed, or was done before --------------------------------------------------------------------


def test_a_twin_of_what_is_done_may_not_be_needed() -> None:
    one = goal(
        done(1, "Call the landlord about the keys"),
        task(2, "Phone the landlord about the keys", 3),
        asked(3, "Pack the books"),
    )
    finding = found(one)[K.UNNEEDED]
    assert finding.tasks == (2, 1)
    assert finding.remedy is not None
    assert (finding.remedy.deed, finding.remedy.task) == (Deed.SKIP, 2)


def measured(deviation: float) -> Task:
    return done(
        1, "Report the signups", work="measure", expected=Expectation(summary="", target=100.0),
        outcome=Outcome(summary="100", deviation=deviation),
    )  # fmt: skip


def test_what_was_to_lead_to_a_figure_that_is_reached_may_not_be_needed() -> None:
    one = goal(measured(0.0), task(2, "Advertise once more", 3), asked(3, "Write a post"))
    assert found(one)[K.UNNEEDED].tasks == (2, 1)
    assert K.UNNEEDED not in found(goal(measured(0.5), task(2, "Advertise once more", 3), asked(3, "Write a post")))


def test_what_is_critical_or_carries_another_criterion_is_needed_all_the_same() -> None:
    critical = task(2, "Advertise once more", 3, critical=True)
    assert K.UNNEEDED not in found(goal(measured(0.0), critical, asked(3, "Write a post")))
    carrying = task(4, "Study chess", 2, criterion=1)
    one = goal(measured(0.0), task(2, "Advertise once more", 3), asked(3, "Write a post"), carrying)
    assert K.UNNEEDED not in found(one)


def test_what_was_done_for_another_goal_about_the_same_can_be_counted_as_done() -> None:
    brought = Outcome(summary="Sandy, a bit sour")
    other = goal(
        done(4, "Test the soil", outcome=brought), id=GoalId(2), name="Apple orchard", criteria=("Grow apple trees",)
    )
    one = goal(asked(1, "Test the  soil"))
    finding = found(one, others=[other])[K.SHARED]
    assert finding.remedy is not None
    assert finding.remedy.deed is Deed.COMPLETE
    assert finding.remedy.text == "Done for «Apple orchard» (task 2.4): Sandy, a bit sour"
    stranger = structs.replace(other, name="Sandbox", criteria=("Build a sandpit",))
    assert K.SHARED not in found(one, others=[stranger]), "the same words about something else"
    assert K.SHARED not in found(one, now=START + 61 * DAY, others=[other]), "that may not hold any more"


# -- issues ---------------------------------------------------------------------------------------------------------


def test_a_budget_that_will_not_reach_offers_one_that_does() -> None:
    purse = Purse(cap=Cap(micros=5 * MICROS), charged=Amount(micros=2 * MICROS), expected=4 * MICROS)
    finding = found(in_a_row(), purse=purse)[K.BUDGET]
    assert finding.remedy is not None
    assert (finding.remedy.deed, finding.remedy.micros, finding.is_heard) == (Deed.RAISE, 7 * MICROS, False)


@given(st.integers(0, 10**10), st.integers(0, 10**10), st.integers(0, 10**10))
def test_a_budget_is_only_offered_where_it_is_short_and_then_it_reaches(cap: int, spent: int, rest: int) -> None:
    purse = Purse(cap=Cap(micros=cap), charged=Amount(micros=spent), expected=rest)
    given_ = Circumstances(now=START, purse=purse)
    budgets = [one for one in findings_of(goal(asked(1, "Dig")), given_) if one.kind is K.BUDGET]
    assert bool(budgets) == (rest > 0 and spent + rest > cap)
    for one in budgets:
        assert one.remedy is not None
        assert (one.remedy.micros or 0) >= spent + rest
        assert one.is_heard == (purse.cap.share(purse.charged) >= 0.8)


def tried(number: int, error: str, attempt: int) -> AttemptRow:
    return AttemptRow(
        task=TaskNumber(number), attempt=attempt, boot="b", started_at=START, ended_at=START, result="x", error=error
    )


def test_the_same_failure_twice_is_an_issue_and_two_different_ones_are_none() -> None:
    one = goal(task(1, "Fetch it", work="run"))
    same = [tried(1, "no route", 1), tried(1, "no route", 2)]
    assert found(one, attempts=same)[K.REPEATED].facts["error"] == "no route"
    assert K.REPEATED not in found(one, attempts=[*same, tried(1, "other", 3)])
    assert K.REPEATED not in found(goal(done(1, "Fetch it")), attempts=same)
    assert K.REPEATED not in found(one, attempts=same, patient=frozenset({"run"})), "it is looked at until it holds"


def test_the_same_failure_twice_is_told_where_the_next_try_is_far_away() -> None:
    same = [tried(1, "no route", 1), tried(1, "no route", 2)]
    for delay, heard in ((10 * HOUR, False), (HOUR / 2, True)):
        one = goal(task(1, "Fetch it", work="run", due_at=START + delay))
        assert found(one, attempts=same)[K.REPEATED].is_heard is heard


def test_a_failure_that_a_blockage_tells_of_is_told_by_that() -> None:
    blockage = Blockage(
        number=BlockageNumber(1), kind=BlockageKind.ERROR, task=TaskNumber(1), description="no route",
        strategy=Strategy.ASK, raised_at=START,
    )  # fmt: skip
    one = goal(task(1, "Fetch it", work="run"), blockages={blockage.number: blockage})
    assert found(one, attempts=[tried(1, "no route", 1), tried(1, "no route", 2)])[K.REPEATED].is_heard


def test_a_criterion_that_nothing_serves_any_more_is_an_issue() -> None:
    one = goal(asked(1, "Dig holes"), task(2, "Study chess", criterion=1, status=TaskStatus.SKIPPED))
    finding = found(one)[K.UNCOVERED]
    assert (finding.about, finding.is_heard) == (CHESS, False)
    assert finding.remedy is not None
    assert (finding.remedy.deed, finding.remedy.tasks) == (Deed.RESTORE, (2,))
    dropped = structs.replace(one, tasks={1: one.tasks[TaskNumber(1)]})
    remedy = found(dropped)[K.UNCOVERED].remedy
    assert remedy is not None
    assert remedy.deed is Deed.REPLAN
    assert K.UNCOVERED not in found(goal(asked(1, "Dig holes"), asked(2, "Study chess", criterion=1)))
    assert found(structs.replace(one, status=GoalStatus.PROPOSED))[K.UNCOVERED].is_heard, "the plan's check tells"


def test_a_criterion_that_a_choice_left_out_is_no_issue() -> None:
    chosen = done(1, "Play?", work="decide", inputs={"options": ["yes", "no"]}, outcome=Outcome(summary="", value="no"))
    play = task(2, "Study chess", 1, criterion=1, status=TaskStatus.SKIPPED, only_if=(TaskNumber(1), "yes"))
    assert K.UNCOVERED not in found(goal(chosen, play, asked(3, "Dig holes")))


def foreseen(end: dt.datetime) -> Forecast:
    return Forecast(
        made_at=START, prospect=Prospect.OPEN, end=Range(p10=end, p50=end, p90=end), success_odds=1.0,
        deadline_odds=None, on_time_odds=None,
    )  # fmt: skip


def test_an_end_that_is_far_later_than_promised_slips() -> None:
    one = goal(asked(1, "Dig holes"))
    promised = START + 10 * DAY
    assert not found(one, forecast=foreseen(START + 14 * DAY), promised=promised)[K.SLIPPING].is_heard
    assert K.SLIPPING not in found(one, forecast=foreseen(START + 11 * DAY), promised=promised)
    doubted = structs.replace(one, doubted=1)
    assert found(doubted, forecast=foreseen(START + 14 * DAY), promised=promised)[K.SLIPPING].is_heard


def test_a_goal_in_which_nothing_comes_further_stands_still() -> None:
    one = goal(asked(1, "Dig holes"))
    assert K.STALLED not in found(one, now=START + 2 * DAY)
    assert found(one, now=START + 3 * DAY)[K.STALLED].tasks == (1,)
    assert K.STALLED not in found(one, now=START + 3 * DAY, progress_at=START + DAY)


@pytest.mark.parametrize(
    "under_way",
    [
        task(1, "Build", status=TaskStatus.RUNNING),
        task(1, "Try again", due_at=START + 9 * DAY),
        asked(1, "Dig", waiting=Waiting(what=WaitingFor.TIME, since=START)),
        asked(1, "Dig", waiting=Waiting(what=WaitingFor.PERSON, since=START, postponed=True)),
        asked(1, "Dig", estimate=Estimate(low=10, likely=50, high=100)),
    ],
    ids=["runs", "comes due", "waits for a time", "put off", "takes long"],
)
def test_what_goes_on_or_was_put_off_does_not_stand_still(under_way: Task) -> None:
    assert K.STALLED not in found(goal(under_way), now=START + 4 * DAY)


def test_what_was_told_as_an_overrun_is_not_told_as_a_stall() -> None:
    behind = asked(1, "Dig", history=TaskHistory(behind=1))
    assert found(goal(behind), now=START + 4 * DAY)[K.STALLED].is_heard


def test_a_plan_that_waits_for_a_yes_for_days_can_be_started() -> None:
    one = goal(task(1, "Dig"), status=GoalStatus.PROPOSED, started_at=None, plan_version=3)
    finding = found(one, now=START + 3 * DAY)[K.STALLED]
    assert finding.remedy is not None
    assert (finding.remedy.deed, finding.remedy.version) == (Deed.START, 3)
    assert K.STALLED not in found(one, now=START + 2 * DAY)


# -- improvements ---------------------------------------------------------------------------------------------------


def hours(middle: float, basis: Basis) -> Hours:
    return Hours(middle=middle, width=0.1, freedom=30, cases=9, basis=basis)


def test_a_part_that_takes_far_longer_by_what_was_learned_is_worth_another_plan() -> None:
    one = goal(asked(1, "Dig"), task(2, "Plant", 1), task(3, "Water", 2))
    learned = {TaskNumber(2): hours(3.0, Basis.METHOD), TaskNumber(3): hours(3.0, Basis.PERSON)}
    finding = found(one, expected=learned)[K.RE_ESTIMATE]
    assert (finding.tasks, finding.facts["planned"], finding.facts["learned"]) == ((2, 3), 2.0, 40.2)
    general = {number: replace(one, basis=Basis.EVERYTHING) for number, one in learned.items()}
    assert K.RE_ESTIMATE not in found(one, expected=general), "that is not about these tasks"
    near = {number: replace(one, middle=0.1) for number, one in learned.items()}
    assert K.RE_ESTIMATE not in found(one, expected=near)


# -- all of them ----------------------------------------------------------------------------------------------------


@given(st.sampled_from(GoalStatus), st.integers(0, 40))
def test_a_goal_that_nobody_waits_for_has_no_findings_and_no_key_comes_twice(status: GoalStatus, days: int) -> None:
    purse = Purse(cap=Cap(micros=1), charged=Amount(micros=1), expected=5)
    one = structs.replace(in_a_row(), status=status)
    all_of_it = findings_of(one, Circumstances(now=START + days * DAY, purse=purse))
    assert bool(all_of_it) == (status in LOOKED_AT)
    assert len({finding.key for finding in all_of_it}) == len(all_of_it)
    assert all_of_it == findings_of(one, Circumstances(now=START + days * DAY, purse=purse))
