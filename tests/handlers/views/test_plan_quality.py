"""What people read of the check of a plan: each finding in one line that says what to do, whatever the titles."""

import datetime as dt
from dataclasses import replace

import pytest
from msgspec import structs

from bot.local.entities import utf16_length
from engine.goals import Goal
from engine.money import Cap
from engine.planning.quality import Circumstances, Finding, Quality, Reason, Rule, Severity, quality_of, standing_plan
from engine.plans import Plan, PlannedTask
from engine.tasks import Estimate, Task
from engine.values import ChatId, GoalId, TaskNumber
from handlers.views.letters import ENTITIES, LIMIT, stacked
from handlers.views.plan_quality import Checked, finding_line, quality_message, short_form
from handlers.views.plans import check_message

NOW = dt.datetime(2026, 1, 14, 11, 0, tzinfo=dt.UTC)
NAMES = {
    "plain": "Develop MVP",
    "markup": "<b>bold</b> & *stars* _lines_ `code`",
    "emoji": "👨‍👩‍👧‍👦" * 80,
    "rtl": "\u202eشجرة في الحديقة " * 20,
    "long": "very " * 900,
    "lines": "first\n\n\nsecond\r\nthird",
    "invisible": "\u200b\u2066\u0000",
    "surrogate": "half \ud83d sign",
    "brace": "{odds} {0} %s",
}


def goal_of(*criteria: str, days: float | None = None) -> Goal:
    return Goal(
        id=GoalId(7),
        name="The shop",
        criteria=criteria,
        chat=ChatId(7),
        deadline=NOW + dt.timedelta(days=days) if days is not None else None,
        created_at=NOW,
        updated_at=NOW,
    )


PLAN = Plan(
    tasks=(
        PlannedTask(key="a", title="Design the shop", criterion=0),
        PlannedTask(key="b", title="Develop the shop", after=("a",), criterion=1),
        PlannedTask(key="c", title="Achieve 500 signups", work="measure", after=("b",), criterion=1),
    ),
    source="somebody",
)
GOAL = goal_of("Design the shop", "Develop the shop")


def checked(*findings: Finding, goal: Goal = GOAL, plan: Plan = PLAN, score: int = 88) -> Checked:
    quality = Quality(score=score, findings=findings, coverage=(("a",), ("b", "c")), width=1, hours=60)
    return Checked(goal=goal, plan=plan, quality=quality)


def short(one: Checked) -> str:
    return stacked(short_form(one)).render()[0]


def real(goal: Goal, plan: Plan) -> Checked:
    return Checked(goal=goal, plan=plan, quality=quality_of(goal, plan, Circumstances(now=NOW)))


def test_a_good_plan_gets_one_line() -> None:
    assert short(checked(score=100)) == "🔎 Checked, 100 of 100: all 2 criteria covered, nothing orphaned."
    one = replace(checked(score=100), goal=goal_of("Design the shop"))
    assert short(one) == "🔎 Checked, 100 of 100: the criterion covered, nothing orphaned."


def test_a_plan_with_faults_gets_the_gravest_first_and_how_many_more() -> None:
    text = short(
        checked(
            Finding(rule=Rule.DEADLINE, severity=Severity.PROBLEM, found=240, bound=120),
            *(Finding(rule=Rule.UNVERIFIED, tasks=("a",)) for _ in range(3)),
            Finding(rule=Rule.RISK, severity=Severity.NOTE, tasks=("b",), reasons=(Reason.CRITICAL,)),
        )
    )
    assert text.split("\n") == [
        "🔎 Checked, 88 of 100: all 2 criteria covered, nothing orphaned. 1 problem and 3 remarks:",
        "❗ Even when all goes well this takes 10 days, and the deadline is in 5 days: "
        "move the deadline, or shorten what holds it up.",
        "💡 Nothing checks 1 «Design the shop»: add a test or a review after it.",
        "💡 Nothing checks 1 «Design the shop»: add a test or a review after it.",
        "…and 1 more",
    ]


def test_what_is_missing_is_said_in_the_first_line() -> None:
    one = checked(
        Finding(rule=Rule.UNCOVERED, severity=Severity.PROBLEM, criterion=0),
        Finding(rule=Rule.ORPHANED, tasks=("b", "a")),
    )
    one = replace(one, quality=replace(one.quality, coverage=((), ("c",))))
    assert short(one).startswith("🔎 Checked, 88 of 100: 1 of 2 criteria covered, 2 tasks without a use.")
    alone = replace(one, goal=goal_of("Design the shop"), quality=replace(one.quality, coverage=((),)))
    assert "0 of 1 criterion covered" in short(alone)
    nothing = replace(one, goal=goal_of(), quality=replace(one.quality, coverage=(), findings=()))
    assert "there are no criteria to hold it against" in short(nothing)


def test_a_criterion_that_is_only_prepared_does_not_count_as_covered() -> None:
    one = checked(Finding(rule=Rule.UNDONE, severity=Severity.PROBLEM, tasks=("b",), criterion=1), score=50)
    assert short(one).startswith("🔎 Checked, 50 of 100: 1 of 2 criteria covered")


LINES: list[tuple[Finding, str]] = [
    (Finding(rule=Rule.EMPTY), "There are no tasks yet: add some, or say more about the goal."),
    (
        Finding(rule=Rule.UNCOVERED, severity=Severity.PROBLEM, criterion=1),
        "No task serves «Develop the shop»: add one, or drop the criterion.",
    ),
    (
        Finding(rule=Rule.UNCOVERED, criterion=1, tasks=("a",), option="Yes"),
        "«Develop the shop» is served only if 1 «Design the shop» gets «Yes»: "
        "add what serves it otherwise, or say so in the criterion.",
    ),
    (
        Finding(rule=Rule.UNREACHABLE, tasks=("b", "a"), option="Maybe"),
        "2 «Develop the shop» can never run: 1 «Design the shop» never gets the answer «Maybe». "
        "Offer it, or drop the task.",
    ),
    (
        Finding(rule=Rule.ORPHANED, tasks=("b",)),
        "2 «Develop the shop» serves no criterion, and nothing needs the result: drop, or say what for.",
    ),
    (
        Finding(rule=Rule.ORPHANED, tasks=("b", "a")),
        "2 «Develop the shop» and 1 task before it serve no criterion, and nothing needs the result: "
        "drop, or say what for.",
    ),
    (
        Finding(rule=Rule.ORPHANED, tasks=("b",), criterion=8),
        "2 «Develop the shop» serves criterion 9, which is not there: drop, or let serve another.",
    ),
    (
        Finding(rule=Rule.EARLY, tasks=("b", "a", "c")),
        "2 «Develop the shop» doesn't wait for 1 «Design the shop» and 1 other: move it behind.",
    ),
    (
        Finding(rule=Rule.UNLINKED, tasks=("b", "a"), criterion=1, beside=0),
        "2 «Develop the shop» doesn't wait for 1 «Design the shop»: move it behind.",
    ),
    (
        Finding(rule=Rule.LATE, tasks=("b", "a")),
        "2 «Develop the shop» gets ready for a day, but 1 «Design the shop» stands before it: move it to the front.",
    ),
    (
        Finding(rule=Rule.UNDONE, tasks=("a",), criterion=1),
        "«Develop the shop» is only prepared or checked, by 1 «Design the shop»: add the task that does it.",
    ),
    (
        Finding(rule=Rule.TOO_LARGE, tasks=("b",), found=1500, bound=80),
        "2 «Develop the shop» takes about 2 months in one piece: split it, or count it in steps.",
    ),
    (
        Finding(rule=Rule.ASKED_TWICE, tasks=("a", "b")),
        "1 «Design the shop» and 2 «Develop the shop» ask for the same: "
        "keep one, or say in the titles how they differ.",
    ),
    (
        Finding(rule=Rule.ASKED_TWICE, tasks=("a", "b", "c")),
        "1 «Design the shop» and 2 «Develop the shop» and 1 other ask for the same: "
        "keep one, or say in the titles how they differ.",
    ),
    (
        Finding(rule=Rule.DEADLINE, found=52, bound=48),
        "At a usual pace this takes 52 hours, and the deadline is in 48 hours: "
        "move the deadline, or shorten what holds it up.",
    ),
    (
        Finding(rule=Rule.DEADLINE, found=84, bound=75),
        "At a usual pace this takes 4 days, and the deadline is in 3 days: "
        "move the deadline, or shorten what holds it up.",
    ),
    (
        Finding(rule=Rule.DEADLINE, found=5, bound=0.5),
        "At a usual pace this takes 5 hours, and the deadline is in 30 minutes: "
        "move the deadline, or shorten what holds it up.",
    ),
    (
        Finding(rule=Rule.DEADLINE, severity=Severity.NOTE, found=245, bound=240),
        "At a usual pace this just about fills the 10 days until the deadline: begin soon.",
    ),
    (
        Finding(rule=Rule.DEADLINE, severity=Severity.PROBLEM, found=5, bound=-30),
        "The deadline has passed: name another one.",
    ),
    (
        Finding(rule=Rule.DEADLINE, tasks=("b",), found=240, bound=120),
        "2 «Develop the shop» is due in 5 days, but its turn comes in 10 days: move what is before it.",
    ),
    (
        Finding(rule=Rule.DEADLINE, tasks=("b",), found=240, bound=-1),
        "2 «Develop the shop» is overdue: name another day, or drop it.",
    ),
    (
        Finding(rule=Rule.PACE, tasks=("b",), criterion=1, found=2160, bound=240),
        "2 «Develop the shop» takes 90 days even at best, with 10 days to go: ask for fewer, or a later day.",
    ),
    (
        Finding(rule=Rule.WORKLOAD, found=80, bound=40),
        "Even at best one person needs 10 working days for all of it, and there are 5: share it out, or cut tasks.",
    ),
    (
        Finding(rule=Rule.BUDGET, severity=Severity.PROBLEM, found=1100, bound=1000),
        "It costs about 1,100, the budget is 1,000: find cheaper ways, or raise it.",
    ),
    (
        Finding(rule=Rule.BUDGET, found=1100, bound=1000),
        "It may cost about 1,100, the budget is 1,000: find cheaper ways, or raise it.",
    ),
    (
        Finding(rule=Rule.SERIAL, criterion=0, beside=1, found=72, bound=200),
        "«Design the shop» and «Develop the shop» wait for each other without need: "
        "side by side they save about 3 days.",
    ),
    (
        Finding(rule=Rule.RISK, tasks=("b",), reasons=(Reason.LOW_ODDS, Reason.OUTSIDE), odds=0.456),
        "2 «Develop the shop» holds up the end if it slips (46 % odds, it needs others): have another way ready.",
    ),
    (
        Finding(rule=Rule.RISK, tasks=("b",), reasons=(Reason.UNREPEATABLE,), odds=1),
        "2 «Develop the shop» holds up the end if it slips (it can't simply be run again): "
        "rehearse it, and know the way back.",
    ),
    (
        Finding(rule=Rule.RISK, tasks=("c",), reasons=(Reason.CRITICAL,), odds=1),
        "3 «Achieve 500 signups» holds up the end if it slips (the goal stands or falls with it): "
        "look at the number early and often.",
    ),
]


@pytest.mark.parametrize(("finding", "line"), LINES, ids=[f"{n} {one.rule}" for n, (one, _) in enumerate(LINES)])
def test_each_finding_says_what_to_do(finding: Finding, line: str) -> None:
    assert finding_line(checked(finding), finding) == line


def test_every_rule_and_reason_has_its_words() -> None:
    assert {one.rule for one, _ in LINES} | {Rule.UNVERIFIED} == set(Rule)
    for reason in Reason:
        one = Finding(rule=Rule.RISK, tasks=("a",), reasons=(reason,), odds=0.5)
        assert finding_line(checked(one), one).count(": ") == 1


def test_the_long_form_shows_all_and_what_serves_what() -> None:
    goal = goal_of("Design the shop", "Develop the shop", "Sell it", days=1)
    sent = quality_message(real(goal, PLAN))
    assert sent.payload["text"] == "\n".join(
        (
            "🔎 How good is the plan for «The shop»?",
            "61 of 100 · 2 of 3 criteria covered, nothing orphaned.",
            "Usually done in about 3 hours; one task after the other.",
            "",
            "To mend",
            "❗ No task serves «Sell it»: add one, or drop the criterion.",
            "",
            "Remarks",
            "💡 Nothing checks 1 «Design the shop»: add a test or a review after it.",
            "",
            "What serves what",
            "1. Design the shop: 1",
            "2. Develop the shop: 2, 3",
            "3. Sell it: nothing",
        )
    )
    assert sent.chat == 7
    assert sent.goal == 7


def test_tasks_of_the_goal_itself_go_by_their_own_numbers() -> None:
    five = Task(number=TaskNumber(5), title="Build the shop", criterion=0)
    goal = Goal(
        id=GoalId(7), name="x", criteria=("Build the shop",), tasks={five.number: five}, created_at=NOW, updated_at=NOW
    )
    one = real(goal, standing_plan(goal))
    assert "Nothing checks 5 «Build the shop»" in short(one)
    elsewhere = Finding(rule=Rule.UNVERIFIED, tasks=("#5",))
    assert finding_line(checked(elsewhere, goal=goal), elsewhere).startswith("Nothing checks 5 «Build the shop»")
    gone = Finding(rule=Rule.UNVERIFIED, tasks=("#6",))
    assert finding_line(checked(gone, goal=goal), gone).startswith("Nothing checks 6 «–»")


def test_a_plan_that_costs_more_than_the_budget_a_person_set_is_told_to() -> None:
    dear = Task(number=TaskNumber(1), title="Build the shop", criterion=0, cost=80.0)
    goal = structs.replace(goal_of("Build the shop"), tasks={dear.number: dear})
    over = structs.replace(goal, budget=Cap(micros=12_500_000))
    assert "the budget is 12.5: find cheaper ways, or raise it" in str(check_message(over, None, NOW).payload["text"])
    assert "budget" not in str(check_message(goal, None, NOW).payload["text"])


@pytest.mark.sample(3)
@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES.keys())
def test_whatever_the_titles_the_message_is_one_that_telegram_takes(name: str) -> None:
    endless = Estimate(low=1.7e308, likely=1.7e308, high=1.7e308)
    tasks = [
        PlannedTask(
            key=f"t{number}",
            title=name or "x",
            after=(f"t{number - 1}",) if number % 2 else (),
            only_if=("t0", name) if number % 3 == 1 else None,
            work="decide" if number == 0 else "person",
            inputs={"question": name, "options": ["Yes", "No"]} if number == 0 else {},
            criterion=number % 70,
            critical=True,
            estimate=endless if number % 5 else Estimate(low=1, likely=1, high=1),
            success=0.01,
            cost=1e300,
        )
        for number in range(200)
    ]
    goal = goal_of(*(name for _ in range(60)), days=3)
    plan = Plan(tasks=tuple(tasks), source="x")
    quality = quality_of(goal, plan, Circumstances(now=NOW, budget=5))
    one = Checked(goal=goal, plan=plan, quality=quality)
    text, entities = stacked(short_form(one)).render()
    assert utf16_length(text) < 1500
    assert len(entities) <= 5
    payload = quality_message(one).payload
    assert 0 < utf16_length(str(payload["text"])) <= LIMIT
    listed = payload["entities"]
    assert isinstance(listed, list)
    assert len(listed) <= ENTITIES
    for finding in quality.findings:
        assert "\n" not in finding_line(one, finding)
        assert utf16_length(finding_line(one, finding)) < 400
