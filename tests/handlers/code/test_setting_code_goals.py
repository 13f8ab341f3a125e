"""/fix, /feature, /refactor and /tests: what is missing is asked for, and what can't be done is said at once."""

import datetime as dt
from pathlib import Path

import pytest

from bot.local.messages import Person
from engine.coding.options import CodeOptions, ListedRepository
from engine.coding.registry import Repositories
from engine.coding.reports import Footing
from engine.commands import Origin
from engine.goals import Goal, GoalStatus, Priority
from engine.values import GoalId, JsonObject, UserId
from tests.handlers.code.conftest import FakeBench, Shop, shop
from tests.handlers.conftest import ANN, BEN


async def made(at: Shop) -> Goal:
    return await at.talk.engine.goal(GoalId(1))


async def second(at: Shop) -> None:
    """Another repository, whose tests nobody knows how to run."""
    shop(at.place.parent / "web")
    await at.talk.say("/repo add web")
    await at.talk.say("/repo web test: none")


async def test_a_bug_with_its_words_is_set_at_once_and_its_plan_waits(at: Shop, bench: FakeBench) -> None:
    told = await at.talk.say("/fix totals are wrong\nfor one price\ndeadline: in 2 weeks\npriority: high")
    assert told.startswith("🛠 Goal 1: Fix: totals are wrong\n📦 shop, from main\nTests: python3 -m unittest\n")
    goal = await made(at)
    assert (goal.name, goal.criteria) == ("Fix: totals are wrong", ("Fix the bug: totals are wrong",))
    assert (goal.description, goal.priority) == ("for one price", Priority.HIGH)
    assert goal.deadline is not None
    assert goal.deadline - at.talk.clock.now() >= dt.timedelta(days=13)
    assert dict(goal.metadata) == {"repository": 1, "code": "fix_bug", "acceptance": []}
    assert goal.status is GoalStatus.PROPOSED
    assert "Start" in at.talk.labels()
    assert bench.asked == []


@pytest.mark.sample(1)
@pytest.mark.parametrize(
    ("command", "kind"),
    [("/feature", "implement_feature"), ("/refactor", "refactor_code"), ("/tests", "add_tests"), ("/fix", "fix_bug")],
)
async def test_without_a_description_each_asks_for_one(at: Shop, bench: FakeBench, command: str, kind: str) -> None:
    asked = await at.talk.say(command)
    assert asked.endswith(".")
    assert at.talk.labels() == ["Never mind"]
    await at.talk.say("a search over titles\n- tea finds Green tea")
    goal = await made(at)
    assert goal.metadata["code"] == kind
    assert goal.metadata["acceptance"] == (["tea finds Green tea"] if kind == "implement_feature" else [])


async def test_a_command_in_reply_to_a_report_of_a_bug_takes_its_words(at: Shop, bench: FakeBench) -> None:
    at.talk.simulator.say(ANN, "Totals are wrong since Tuesday")
    said = at.talk.simulator.chat(ANN.id)[-1]
    await at.talk.serve(ANN.id)
    await at.talk.say("/fix", reply_to=said.id)
    assert (await made(at)).name == "Fix: Totals are wrong since Tuesday"


async def test_help_and_cancel_in_the_dialogue_lose_nothing_and_set_nothing(at: Shop, bench: FakeBench) -> None:
    await at.talk.say("/fix")
    assert "Which bug?" in await at.talk.say("help")
    assert await at.talk.say("/cancel") == "Left it. Nothing was changed."
    assert not await at.talk.engine.queries.goals_of(at.talk.newest().chat_id, ended=False, offset=0, limit=5)  # type: ignore[arg-type]  # a chat's number


async def test_of_several_repositories_one_is_pressed_or_named(at: Shop, bench: FakeBench) -> None:
    await second(at)
    assert await at.talk.say("/fix totals are wrong") == "In which repository?"
    assert at.talk.labels() == ["📦 shop", "📦 web", "Never mind"]
    assert "I don't know which one that is." in await at.talk.say("the other one")
    await at.talk.say("shop")
    assert (await made(at)).metadata["repository"] == 1
    await at.talk.say("/fix the login hangs")
    question = at.talk.newest()
    await at.talk.press("📦 shop")
    assert (await at.talk.engine.goal(GoalId(2))).name == "Fix: the login hangs"
    assert "This question is closed" in await at.talk.press_data("j:1:4", question)


async def test_an_old_button_for_a_repository_changes_nothing(at: Shop, bench: FakeBench) -> None:
    await second(at)
    await at.talk.say("/fix totals are wrong")
    old, data = at.talk.button("📦 web")
    await at.talk.say("/feature a search")
    await at.talk.press_data(data, old)
    assert "This question is closed" in next(one for one in at.talk.simulator.chat(ANN.id) if one.id == old.id).text
    await at.talk.press("📦 shop")
    assert (await made(at)).metadata["code"] == "implement_feature"


async def test_a_repository_whose_tests_are_unknown_is_asked_about_and_keeps_the_answer(
    at: Shop, bench: FakeBench
) -> None:
    await second(at)
    await at.talk.say("/fix totals are wrong")
    asked = await at.talk.press("📦 web")
    assert asked.startswith("How are the tests of web run?")
    assert "quotation mark" in await at.talk.say("pytest 'x")
    await at.talk.say("test: python3 -m unittest")
    web = next(one for one in await at.talk.engine.repositories.of(UserId(ANN.id)) if one.name == "web")
    assert web.terms.test is not None
    assert web.terms.test.line == "python3 -m unittest"
    assert (await made(at)).metadata["repository"] == web.id


@pytest.mark.long
async def test_a_deadline_that_can_t_be_read_is_asked_again_and_the_rest_is_kept(at: Shop, bench: FakeBench) -> None:
    asked = await at.talk.say("/fix totals are wrong\ndeadline: when pigs fly")
    assert "By when, then?" in asked
    await at.talk.say("none")
    goal = await made(at)
    assert (goal.name, goal.deadline) == ("Fix: totals are wrong", None)


async def test_without_a_sandbox_the_chat_says_what_to_install_and_sets_nothing(at: Shop, bench: FakeBench) -> None:
    bench.fit = Footing(faults=("bwrap is not installed",), remedy="install it: apt install bubblewrap", can_run=False)
    told = await at.talk.say("/fix totals are wrong")
    assert "apt install bubblewrap" in told
    assert "nothing was set" in told


async def test_where_the_operator_allows_it_the_goal_says_that_code_runs_without_one(
    at: Shop, bench: FakeBench
) -> None:
    bench.fit = Footing(faults=("bwrap is not installed",))
    assert "WITHOUT a sandbox" in await at.talk.say("/fix totals are wrong")


async def test_without_any_repository_the_chat_says_how_to_add_one(at: Shop, tmp_path: Path) -> None:
    options = CodeOptions(roots=(tmp_path,))
    at.talk.engine.repositories = Repositories(at.talk.database.workspaces, at.talk.clock, options)
    await at.talk.engine.repositories.of(None)  # takes the operator's list over, which is empty now
    told = await at.talk.say("/fix totals are wrong")
    assert "I know no repository to work in yet" in told
    assert "/repo add PATH" in told


async def test_a_repository_that_is_listed_and_gone_is_told_as_that_and_not_as_unknown(
    at: Shop, tmp_path: Path
) -> None:
    options = CodeOptions(listed=(ListedRepository(name="shop", path=tmp_path / "gone"),))
    at.talk.engine.repositories = Repositories(at.talk.database.workspaces, at.talk.clock, options)
    told = await at.talk.say("/fix totals are wrong")
    assert f"⚠️ shop can't be used: there is no folder {tmp_path / 'gone'}." in told
    assert "I know no repository" not in told


async def test_what_was_added_below_a_folder_that_is_away_is_known_still(
    at: Shop, bench: FakeBench, tmp_path: Path
) -> None:
    await second(at)
    (tmp_path / "code").rename(tmp_path / "away")
    options = CodeOptions(roots=(tmp_path / "code",))
    at.talk.engine.repositories = Repositories(at.talk.database.workspaces, at.talk.clock, options)
    assert [one.name for one in await at.talk.engine.repositories.of(UserId(ANN.id))] == ["web"]


@pytest.mark.parametrize(
    ("name", "context", "works_in"),
    [
        ("Fix bug: totals are wrong", {}, 1),
        ("Fix the login bug", {}, 1),
        ("Make it work", {"has_codebase": True}, 1),
        ("Fix bug: totals are wrong", {"has_codebase": False}, None),
        ("Fix bug: totals are wrong", {"repository": "web"}, "web"),
        ("Fix the bed", {}, None),
        ("Get rid of the bugs in the kitchen", {}, None),
        ("Fix the bug bites", {}, None),
        ("Fix the bed bugs", {}, None),
        ("Fix bugs in the garden", {}, None),
        ("Fix the bug in shop.py", {}, 1),
        ("Fix the off-by-one bug in the totals", {}, 1),
        ("Refactor my kitchen", {}, None),
        ("Refactor module A", {}, 1),
        ("Refactor the sums in `total`", {}, 1),
        ("Implement a feature wall", {}, None),
        ("Implement feature: dark mode", {}, 1),
        ("Add tests to my reading list", {}, None),
        ("Add a test for class 7b", {}, None),
        ("Add tests for shop.total", {}, 1),
        ("Add unit tests for the till", {}, 1),
    ],
)
async def test_a_goal_about_code_that_names_no_repository_works_in_the_only_one(
    at: Shop, bench: FakeBench, name: str, context: JsonObject, works_in: int | str | None
) -> None:
    goal = await at.talk.engine.set_goal(name, metadata=context, origin=Origin(owner=UserId(ANN.id)))
    assert (await at.talk.engine.goal(goal)).metadata.get("repository") == works_in


async def test_of_several_repositories_none_goes_without_saying(at: Shop, bench: FakeBench) -> None:
    await second(at)
    goal = await at.talk.engine.set_goal("Fix bug: totals are wrong", origin=Origin(owner=UserId(ANN.id)))
    assert "repository" not in (await at.talk.engine.goal(goal)).metadata


async def test_each_person_s_repositories_are_their_own(at: Shop, bench: FakeBench) -> None:
    await second(at)
    told = await at.talk.say("/fix totals", person=Person(id=BEN.id, first_name="Ben"))
    assert "Goal 1" in told
    assert (await made(at)).metadata["repository"] == 1
