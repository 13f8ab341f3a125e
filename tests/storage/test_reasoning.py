"""Reasoning sessions: written with the plan that came of them, linked from the goal, read back and exported whole."""

from pathlib import Path

from msgspec.structs import replace

from engine import events as e
from engine.agents.sessions import ReasoningSession, Weighed
from engine.goals import GoalStatus
from engine.money import Amount
from engine.plans import Plan
from engine.values import GoalId
from storage.database import Database
from tests.storage.made_goals import created, plain_goal
from tests.storage.test_history import do, rows

WEIGHED = Weighed(
    name="Raised beds",
    by_model=True,
    approach="beds first",
    tasks=3,
    hours=4.5,
    odds=0.7,
    in_time=0.9,
    score=0.55,
    claimed=0.95,
    reasons="«neighbours» did it 🌱",
    risks=("late frost",),
    is_chosen=True,
)
SESSION = ReasoningSession(
    weighed=(WEIGHED,),
    choice="it is likelier",
    faults=("«Pots»: a circle",),
    models=("openai:scripted",),
    calls=2,
    spent=Amount(micros=1_234, tokens=99),
    seconds=1.5,
)


async def test_a_session_is_kept_with_its_plan_and_comes_back_as_it_was(database: Database, path: Path) -> None:
    goal = replace(plain_goal(1), status=GoalStatus.DRAFT)
    await database.ledger.commit(created(goal))
    planning = await do(database, goal, e.PlanningStarted())
    made = e.PlanMade(version=1, plan=Plan(tasks=(), source="reasoning", session=SESSION), tasks=(), session="1.1")
    planned = await do(database, planning, made)
    assert planned.reasoning_session == "1.1"
    assert list(await database.queries.reasoning(GoalId(1))) == [("1.1", SESSION)]
    assert await database.queries.reasoning(GoalId(2)) == []
    [stored] = rows(path, "SELECT plan FROM plans")
    assert "Raised beds" not in str(stored["plan"])  # kept once


async def test_an_export_holds_the_sessions(database: Database) -> None:
    goal = replace(plain_goal(1), status=GoalStatus.DRAFT)
    await database.ledger.commit(created(goal))
    planning = await do(database, goal, e.PlanningStarted())
    failed = ReasoningSession(failure="it had not answered")
    made = e.PlanMade(version=1, plan=Plan(tasks=(), source="methods", session=failed), tasks=(), session="1.1")
    await do(database, planning, made)
    exported = await database.queries.export(goal.chat)
    assert isinstance(exported, dict)
    [one] = exported["goals"]  # type: ignore[misc,union-attr]  # JSON of a known form
    [session] = one["reasoning_sessions"]  # type: ignore[index,call-overload]  # the same
    assert (session["failure"], session["models"], session["weighed"]) == ("it had not answered", [], [])
