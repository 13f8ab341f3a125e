"""Repositories and workspaces in the database: a cause acts once, and of two changes one is kept."""

import asyncio
import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.coding.repositories import (
    Command,
    Language,
    NewRepository,
    PushPolicy,
    Repository,
    RepositoryId,
    SetUp,
    Terms,
)
from engine.coding.workspaces import IN_USE, Workspace, WorkspaceStatus, moved
from engine.errors import NotFoundError, RefusedError
from engine.values import Cause, ChatId, GoalId, UserId
from storage.coding.repositories import MOST_REPOSITORIES, _terms
from storage.database import Database, open_database
from storage.encoding import to_json
from tests.storage.conftest import StillClock
from tests.storage.made_goals import CHAT, NOW, created, plain_goal, texts

ANN, BEN = UserId(7), UserId(8)
TERMS = Terms(test=Command(words=("pytest", "-q")), base="main")


def new(name: str = "shop", *, owner: UserId | None = ANN, path: str = "") -> NewRepository:
    where = Path(path or f"/srv/{name}")
    return NewRepository(owner=owner, chat=CHAT if owner else None, name=name, path=where, terms=TERMS)


async def registered(database: Database, name: str = "shop", owner: UserId = ANN) -> Repository:
    return await database.workspaces.register(new(name, owner=owner), Cause(f"add:{owner}:{name}"), NOW)


async def named(database: Database, user: UserId = ANN) -> list[str]:
    return [one.name for one in await database.workspaces.repositories(user)]


def code_of(caught: pytest.ExceptionInfo[RefusedError]) -> str:
    return caught.value.code


commands = st.builds(Command, words=st.lists(texts, max_size=3).map(tuple), network=st.booleans())
several = st.lists(texts, max_size=3).map(tuple)


@given(
    st.builds(
        Terms,
        language=st.sampled_from(Language),
        test=st.none() | commands,
        lint=st.none() | commands,
        build=st.none() | commands,
        set_up=st.none() | st.builds(SetUp, command=commands, makes=several, approved=texts),
        environment=st.dictionaries(texts, texts, max_size=3),
        lock_files=several,
        allow=several,
        deny=several,
        test_files=several,
        new_files=texts,
        base=texts,
        push=st.sampled_from(PushPolicy),
    )
)
def test_terms_come_back_as_they_were(terms: Terms) -> None:
    assert _terms().validate_json(to_json(terms)) == terms


async def test_a_repository_is_kept_across_a_restart(path: Path, clock: StillClock) -> None:
    async with open_database(path, clock=clock) as database:
        made = await registered(database)
    async with open_database(path, clock=clock) as database:
        assert await database.workspaces.repository(made.id) == made
    assert (made.name, made.path, made.terms, made.owner, made.chat) == ("shop", Path("/srv/shop"), TERMS, ANN, CHAT)
    assert (made.revision, made.registered_at, made.is_removed) == (1, NOW, False)


async def test_the_same_cause_registers_once_and_another_finds_the_path_or_the_name_taken(database: Database) -> None:
    made = await registered(database)
    assert await registered(database) == made
    with pytest.raises(RefusedError) as caught:
        await database.workspaces.register(new("other", path="/srv/shop"), Cause("b"), NOW)
    assert code_of(caught) == "repository_known"
    with pytest.raises(RefusedError) as caught:
        await database.workspaces.register(new("SHOP", path="/srv/else"), Cause("c"), NOW)
    assert code_of(caught) == "repository_named"
    assert await named(database) == ["shop"]


async def test_people_see_their_own_and_the_operator_s_by_name(database: Database) -> None:
    await registered(database, "zoo")
    await registered(database, "Bar")
    await registered(database, "zoo", owner=BEN)
    await database.workspaces.adopt([new("api", owner=None)], NOW)
    assert await named(database) == ["api", "Bar", "zoo"]
    assert await named(database, BEN) == ["api", "zoo"]
    with pytest.raises(RefusedError) as caught:
        await database.workspaces.register(new("x", path="/srv/api"), Cause("x"), NOW)
    assert code_of(caught) == "repository_known"


async def test_a_person_has_so_many_repositories_and_no_more(database: Database) -> None:
    for number in range(MOST_REPOSITORIES):
        await registered(database, f"r{number}")
    with pytest.raises(RefusedError) as caught:
        await registered(database, "more")
    assert code_of(caught) == "too_many_repositories"
    await registered(database, "first", owner=BEN)


async def test_two_changes_of_one_revision_are_one_and_a_refusal(database: Database) -> None:
    made = await registered(database)
    first, second = (replace(made, terms=replace(TERMS, base=base)) for base in ("a", "b"))
    told = await asyncio.gather(
        *(database.workspaces.change(one, Cause(f"c{one.terms.base}"), NOW) for one in (first, second)),
        return_exceptions=True,
    )
    (kept,) = [one for one in told if isinstance(one, Repository)]
    (refused,) = [one for one in told if isinstance(one, RefusedError)]
    assert refused.code == "outdated"
    assert await database.workspaces.repository(made.id) == kept
    assert kept.revision == 2


async def test_a_name_that_the_operator_lists_later_is_in_the_way_of_nothing_but_names(database: Database) -> None:
    made = await registered(database)
    await database.workspaces.adopt([new(owner=None, path="/srv/another")], NOW)
    kept = await database.workspaces.change(replace(made, terms=replace(TERMS, base="trunk")), Cause("x"), NOW)
    assert (kept.name, kept.terms.base) == ("shop", "trunk")
    renamed = await database.workspaces.change(replace(kept, name="store"), Cause("y"), NOW)
    with pytest.raises(RefusedError) as caught:
        await database.workspaces.change(replace(renamed, name="Shop"), Cause("z"), NOW)
    assert code_of(caught) == "repository_named"


async def test_a_change_is_made_once_for_its_cause(database: Database) -> None:
    made = await registered(database)
    changed = replace(made, name="store", terms=replace(TERMS, base="trunk"))
    kept = await database.workspaces.change(changed, Cause("x"), NOW)
    assert (kept.name, kept.terms.base, kept.revision) == ("store", "trunk", 2)
    assert await database.workspaces.change(replace(changed, revision=2), Cause("x"), NOW) == kept


async def test_a_name_that_is_taken_is_refused_and_one_s_own_is_not(database: Database) -> None:
    made = await registered(database)
    await registered(database, "site")
    with pytest.raises(RefusedError) as caught:
        await database.workspaces.change(replace(made, name="Site"), Cause("x"), NOW)
    assert code_of(caught) == "repository_named"
    assert (await database.workspaces.change(replace(made, name="SHOP"), Cause("y"), NOW)).name == "SHOP"


async def test_what_is_removed_is_listed_no_more_but_known_and_may_come_again(database: Database) -> None:
    made = await registered(database)
    gone = await database.workspaces.remove(made.id, Cause("r"), NOW)
    assert gone.is_removed
    assert await database.workspaces.remove(made.id, Cause("r"), NOW) == gone, "a repeat does nothing"
    with pytest.raises(NotFoundError):
        await database.workspaces.remove(made.id, Cause("s"), NOW)
    with pytest.raises(RefusedError) as caught:
        await database.workspaces.change(replace(made, revision=gone.revision), Cause("t"), NOW)
    assert code_of(caught) == "outdated"
    assert await named(database) == []
    assert await database.workspaces.repository(made.id) == gone
    again = await database.workspaces.register(new(), Cause("u"), NOW)
    assert again.id != made.id
    assert again.terms == TERMS


async def test_what_the_operator_lists_keeps_its_terms_while_it_comes_and_goes(database: Database) -> None:
    keep = database.workspaces
    await keep.adopt([new("shop", owner=None), new("site", owner=None)], NOW)
    shop, site = await keep.repositories(ANN)
    changed = await keep.change(replace(shop, terms=replace(TERMS, base="trunk")), Cause("x"), NOW)
    await keep.adopt([new("site", owner=None)], NOW)
    assert await named(database) == ["site"]
    await keep.adopt([new("store", owner=None, path="/srv/shop"), new("site", owner=None)], NOW)
    first, second = await keep.repositories(ANN)
    assert second == replace(changed, name="store", revision=second.revision)
    assert first == site, "nothing new about it, so nothing was written"


async def test_adopting_leaves_people_s_own_alone(database: Database) -> None:
    made = await registered(database)
    await database.workspaces.adopt([], NOW)
    assert await database.workspaces.repository(made.id) == made


def workspace(repository: RepositoryId, goal: int = 1) -> Workspace:
    return Workspace(
        goal=GoalId(goal),
        repository=repository,
        branch=f"milepost/{goal}-fix",
        base="main",
        base_commit="a" * 40,
        path=Path(f"/data/worktrees/{goal}"),
    )


async def kept(database: Database, one: Workspace) -> Workspace:
    found = await database.workspaces.keep(one, NOW)
    assert found is not None
    return found


async def with_goals(database: Database) -> RepositoryId:
    await database.ledger.commit(created(plain_goal(1), plain_goal(2)))
    return (await registered(database)).id


async def test_a_workspace_comes_back_as_it_was(path: Path, clock: StillClock) -> None:
    async with open_database(path, clock=clock) as database:
        made = await kept(database, workspace(await with_goals(database)))
        discarded = await kept(database, replace(moved(made, WorkspaceStatus.DISCARDED, NOW), tip="b" * 40))
    async with open_database(path, clock=clock) as database:
        assert await database.workspaces.workspace(GoalId(1)) == discarded
        assert await database.workspaces.workspace(GoalId(2)) is None
    assert (made.revision, discarded.revision) == (1, 2)
    assert discarded.undo_until == NOW + dt.timedelta(days=1)


async def test_of_two_that_make_or_change_a_workspace_one_does(database: Database) -> None:
    fresh = workspace(await with_goals(database))
    made = await asyncio.gather(*(database.workspaces.keep(fresh, NOW) for _ in range(2)))
    assert sorted(one is None for one in made) == [False, True]
    one = await database.workspaces.workspace(GoalId(1))
    assert one is not None
    ready = moved(one, WorkspaceStatus.READY, NOW)
    changed = await asyncio.gather(*(database.workspaces.keep(ready, NOW) for _ in range(2)))
    assert sorted(one is None for one in changed) == [False, True]


async def test_workspaces_are_found_by_their_status(database: Database) -> None:
    repository = await with_goals(database)
    one = await kept(database, workspace(repository))
    two = await kept(database, moved(await kept(database, workspace(repository, 2)), WorkspaceStatus.REMOVED, NOW))
    assert await database.workspaces.workspaces(IN_USE) == [one]
    assert await database.workspaces.workspaces(WorkspaceStatus) == [one, two]
    assert await database.workspaces.workspaces([]) == []


async def test_no_repository_goes_while_a_goal_works_in_it(database: Database) -> None:
    repository = await with_goals(database)
    one = await kept(database, workspace(repository))
    for status in (WorkspaceStatus.READY, WorkspaceStatus.MAKING):
        with pytest.raises(RefusedError) as caught:
            await database.workspaces.remove(repository, Cause("r"), NOW)
        assert code_of(caught) == "repository_in_use"
        one = await kept(database, moved(one, status, NOW))
    await kept(database, moved(one, WorkspaceStatus.REMOVED, NOW))
    assert (await database.workspaces.remove(repository, Cause("r"), NOW)).is_removed


async def test_no_work_begins_in_a_repository_that_was_removed_and_what_began_goes_on(database: Database) -> None:
    repository = await with_goals(database)
    one = await kept(database, moved(await kept(database, workspace(repository)), WorkspaceStatus.REMOVED, NOW))
    await database.workspaces.remove(repository, Cause("r"), NOW)
    with pytest.raises(RefusedError) as caught:
        await database.workspaces.keep(workspace(repository, 2), NOW)
    assert code_of(caught) == "repository_removed"
    assert await database.workspaces.keep(moved(one, WorkspaceStatus.DISCARDED, NOW), NOW) is not None


async def test_an_export_holds_the_repositories_of_the_chat_and_the_workspaces_of_its_goals(database: Database) -> None:
    one = await kept(database, workspace(await with_goals(database)))
    await database.workspaces.register(replace(new("secret", owner=BEN), chat=ChatId(5)), Cause("b"), NOW)
    exported = await database.queries.export(CHAT)
    assert isinstance(exported, dict)
    (repository,) = exported["repositories"]  # type: ignore[misc]  # the equality below checks it
    assert isinstance(repository, dict)
    assert (repository["name"], repository["path"]) == ("shop", "/srv/shop")
    terms = repository["terms"]
    assert isinstance(terms, dict)
    assert terms["test"] == {"words": ["pytest", "-q"], "network": False}
    goals = exported["goals"]
    assert isinstance(goals, list)
    branches = [row["branch"] for goal in goals for row in goal["workspaces"]]  # type: ignore[index,call-overload,union-attr]  # JSON of a known form
    assert branches == [one.branch]


async def test_a_group_with_another_id_keeps_its_repositories(database: Database) -> None:
    made = await registered(database)
    await database.conversations.move_chat(CHAT, ChatId(-7))
    moved_one = await database.workspaces.repository(made.id)
    assert moved_one == replace(made, chat=ChatId(-7))
