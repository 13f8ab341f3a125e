"""The registry: whose a repository is, where it may lie, and what the operator's list means."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from engine.coding.options import CodeOptions, ListedRepository
from engine.coding.registry import Asker, Repositories
from engine.coding.repositories import Command, Language, Repository, Terms
from engine.errors import InvalidInputError, NotFoundError, RefusedError
from engine.values import Cause, ChatId, UserId
from storage.database import Database, open_database
from tests.engine.coding.shop import git, make_shop
from tests.fakes import FakeClock
from tests.fresh_database import fresh_database

ANN, BEN = UserId(7), UserId(8)


@dataclass
class Shelf:
    """Folders on a disk, and a registry over a database of its own."""

    root: Path
    database: Database
    clock: FakeClock

    def registry(self, *listed: tuple[str, str], roots: bool = True) -> Repositories:
        options = CodeOptions(
            listed=tuple(ListedRepository(name=name, path=self.root / path) for name, path in listed),
            roots=(self.root / "open",) if roots else (),
        )
        return Repositories(self.database.workspaces, self.clock, options)

    def made(self, name: str, *, head: str = "main", **texts: str) -> Path:
        folder = self.root / name
        for part in (".git/objects", ".git/refs/heads"):
            (folder / part).mkdir(parents=True)
        (folder / ".git" / "HEAD").write_text(f"ref: refs/heads/{head}\n")
        (folder / ".git" / "refs" / "heads" / "main").write_text("0" * 40)
        for file, text in texts.items():
            (folder / file.replace("__", ".")).write_text(text)
        return folder


@pytest.fixture
async def shelf(tmp_path: Path) -> AsyncIterator[Shelf]:
    (tmp_path / "open").mkdir()
    clock = FakeClock()
    async with open_database(fresh_database(tmp_path / "milepost.db"), clock=clock) as database:
        yield Shelf(tmp_path, database, clock)


def asker(user: UserId = ANN, cause: str = "a") -> Asker:
    return Asker(user=user, chat=ChatId(100), cause=Cause(cause))


async def refusal(what: object) -> str:
    with pytest.raises(RefusedError) as caught:
        await what  # type: ignore[misc] # any awaitable
    return caught.value.code


async def names(registry: Repositories, user: UserId = ANN) -> list[str]:
    return [one.name for one in await registry.of(user)]


async def test_a_repository_is_added_with_what_it_tells_of_itself(shelf: Shelf) -> None:
    path = shelf.made("open/shop", head="trunk", go__mod="module x\n")
    made = await shelf.registry().add("shop", "", asker())
    assert (made.name, made.path, made.owner, made.chat) == ("shop", path, ANN, 100)
    assert (made.terms.language, made.terms.base) == (Language.GO, "trunk")
    assert made.terms.test == Command(words=("go", "test", "./..."))


async def test_a_bare_clone_tells_of_itself_by_the_files_of_its_branch(shelf: Shelf) -> None:
    shop = make_shop(shelf.root / "shop", {"go.mod": "module shop\n", "shop.go": "package shop\n"})
    git(shelf.root, "clone", "-q", "--bare", str(shop), str(shelf.root / "open" / "shop.git"))
    options = CodeOptions(roots=(shelf.root / "open",), worktrees=shelf.root / "home")
    made = await Repositories(shelf.database.workspaces, shelf.clock, options).add("shop.git", "", asker())
    assert (made.name, made.terms.language, made.terms.base) == ("shop", Language.GO, "main")
    assert made.terms.test == Command(words=("go", "test", "./..."))


async def test_a_name_may_be_given_and_a_bare_repository_loses_its_ending(shelf: Shelf) -> None:
    shelf.made("open/shop")
    bare = shelf.root / "open" / "site.git"
    shelf.made("open/x").joinpath(".git").rename(bare)
    registry = shelf.registry()
    assert (await registry.add("shop", "my-shop", asker())).name == "my-shop"
    assert (await registry.add(str(bare), "", asker(cause="b"))).name == "site"
    with pytest.raises(InvalidInputError, match="can't be a repository's name"):
        await registry.add("shop", "a b", asker(cause="c"))


async def test_nothing_is_added_where_the_operator_named_no_folders(shelf: Shelf) -> None:
    path = shelf.made("open/shop")
    assert await refusal(shelf.registry(roots=False).add(str(path), "", asker())) == "no_roots"


async def test_nothing_is_added_from_elsewhere_or_through_a_link(shelf: Shelf) -> None:
    outside = shelf.made("private/shop")
    (shelf.root / "open" / "link").symlink_to(outside)
    for written in (str(outside), "link", "../private/shop"):
        with pytest.raises(InvalidInputError, match="that may be added"):
            await shelf.registry().add(written, "", asker())


async def test_a_folder_whose_name_can_not_be_shown_is_not_added(shelf: Shelf) -> None:
    shelf.made("open/a\u202eb")
    with pytest.raises(InvalidInputError, match="can't be shown"):
        await shelf.registry().add("a\u202eb", "", asker())


async def test_a_head_that_git_would_not_take_leaves_the_base_open(shelf: Shelf) -> None:
    shelf.made("open/shop", head="a b\u202e")
    assert (await shelf.registry().add("shop", "", asker())).terms.base == ""


async def test_one_person_s_repository_is_nobody_else_s(shelf: Shelf) -> None:
    shelf.made("open/shop")
    registry = shelf.registry()
    made = await registry.add("shop", "", asker())
    assert await names(registry, BEN) == []
    assert await registry.of(None) == []
    assert await refusal(registry.find(None, made.id)) == "not_yours"
    assert await refusal(registry.find(BEN, made.id)) == "not_yours"
    assert await refusal(registry.remove(BEN, made.id, Cause("x"))) == "not_yours"
    assert await registry.find(ANN, made.id) == made
    assert (await registry.add("shop", "", asker(BEN, "b"))).id != made.id, "each may have it on terms of their own"


async def test_what_the_operator_lists_is_everybody_s_and_nobody_s_to_remove_or_rename(shelf: Shelf) -> None:
    shelf.made("private/api")
    registry = shelf.registry(("api", "private/api"))
    (found,) = await registry.of(BEN)
    assert found.is_the_operators
    assert await names(registry) == ["api"]
    assert [one.name for one in await registry.of(None)] == ["api"], "a program has it, too"
    changed = await registry.change(found, replace(found.terms, base="trunk"), Cause("x"))
    assert (await registry.find(ANN, found.id)).terms.base == "trunk"
    assert await refusal(registry.remove(ANN, found.id, Cause("y"))) == "operators_repository"
    assert await refusal(registry.change(changed, changed.terms, Cause("z"), "mine")) == "operators_repository"
    assert (await registry.change(changed, changed.terms, Cause("z"), "api")).name == "api"


async def test_what_the_operator_lists_and_is_not_there_is_told_and_keeps_nothing_else_away(shelf: Shelf) -> None:
    shelf.made("private/api")
    (shelf.root / "plain").mkdir()
    registry = shelf.registry(("gone", "nowhere"), ("plain", "plain"), ("api", "private/api"))
    assert await names(registry) == ["api"]
    assert registry.faults == {
        "gone": f"there is no folder {shelf.root / 'nowhere'}",
        "plain": "plain is no git repository",
    }


async def test_terms_of_a_listed_repository_outlive_a_start_without_its_disk(shelf: Shelf) -> None:
    path = shelf.made("private/api")
    listed = ("api", "private/api")
    registry = shelf.registry(listed)
    (found,) = await registry.of(ANN)
    await registry.change(found, replace(found.terms, base="trunk"), Cause("x"))
    path.rename(shelf.root / "away")
    assert await names(shelf.registry(listed)) == []
    (shelf.root / "away").rename(path)
    (again,) = await shelf.registry(listed).of(ANN)
    assert (again.id, again.terms.base) == (found.id, "trunk")


async def test_a_folder_that_is_listed_twice_is_one_repository_under_its_first_name(
    shelf: Shelf, caplog: pytest.LogCaptureFixture
) -> None:
    shelf.made("private/api").parent.joinpath("link").symlink_to("api")
    listed = (("api", "private/api"), ("backend", "private/link"))
    registry = shelf.registry(*listed)
    (first,) = await registry.of(ANN)
    assert registry.faults == {"backend": "it is the same repository as «api»"}
    assert "«backend» of MILEPOST_REPOSITORIES can't be used: it is the same repository as «api»" in caplog.text
    for _ in range(2):
        assert list(await shelf.registry(*listed).of(ANN)) == [first], "a start changes nothing"


async def test_a_root_that_the_operator_takes_away_takes_what_lies_in_it_along(shelf: Shelf) -> None:
    shelf.made("open/shop")
    made = await shelf.registry().add("shop", "", asker())
    closed = shelf.registry(roots=False)
    assert await names(closed) == []
    with pytest.raises(NotFoundError):
        await closed.find(ANN, made.id)
    assert await names(shelf.registry()) == ["shop"]


async def with_set_up(shelf: Shelf) -> tuple[Repositories, Repository]:
    shelf.made("open/web", package__json='{"devDependencies": {"jest": "1"}}')
    registry = shelf.registry()
    return registry, await registry.add("web", "", asker())


async def test_a_yes_holds_for_the_set_up_that_was_shown_and_for_no_other(shelf: Shelf) -> None:
    registry, seen = await with_set_up(shelf)
    assert seen.terms.set_up is not None
    digest = seen.terms.set_up.digest
    other = replace(seen.terms.set_up, command=Command(words=("npm", "run", "evil"), network=True))
    changed = await registry.change(seen, replace(seen.terms, set_up=other), Cause("x"))
    assert await refusal(registry.approve_set_up(changed, digest, Cause("y"))) == "outdated"
    assert await refusal(registry.approve_set_up(seen, digest, Cause("y"))) == "outdated", "its revision is old"
    back = await registry.change(changed, seen.terms, Cause("z"))
    approved = await registry.approve_set_up(back, digest, Cause("w"))
    assert approved.terms.set_up is not None
    assert approved.terms.set_up.is_approved


async def test_a_repository_without_a_set_up_has_none_to_approve(shelf: Shelf) -> None:
    shelf.made("open/shop")
    registry = shelf.registry()
    made = await registry.add("shop", "", asker())
    assert await refusal(registry.approve_set_up(made, "0" * 16, Cause("x"))) == "outdated"


async def test_terms_that_can_not_be_are_refused_and_nothing_is_kept(shelf: Shelf) -> None:
    registry, seen = await with_set_up(shelf)
    with pytest.raises(InvalidInputError):
        await registry.change(seen, replace(seen.terms, allow=("../x",)), Cause("x"))
    assert await registry.find(ANN, seen.id) == seen


async def test_detecting_again_takes_the_commands_alone(shelf: Shelf) -> None:
    registry, seen = await with_set_up(shelf)
    changed = await registry.change(seen, replace(Terms(), deny=("x",), base="trunk"), Cause("x"))
    (shelf.root / "open" / "web" / "package.json").write_text('{"scripts": {"test": "mocha"}}')
    again = await registry.detect(changed, Cause("y"))
    assert again.terms.test == Command(words=("npm", "test"))
    assert again.terms.set_up is None
    assert (again.terms.deny, again.terms.base) == (("x",), "trunk")


async def test_a_repository_that_has_become_a_link_or_has_gone_is_not_looked_at(shelf: Shelf) -> None:
    registry, seen = await with_set_up(shelf)
    elsewhere = shelf.made("private/web")
    seen.path.rename(shelf.root / "open" / "old")
    with pytest.raises(InvalidInputError, match="there is no folder"):
        await registry.look_at(seen)
    seen.path.symlink_to(elsewhere)
    with pytest.raises(InvalidInputError, match="has become a link"):
        await registry.detect(seen, Cause("x"))


async def test_removing_leaves_the_files_and_a_repeat_does_nothing(shelf: Shelf) -> None:
    registry, seen = await with_set_up(shelf)
    gone = await registry.remove(ANN, seen.id, Cause("x"))
    assert gone.is_removed
    assert await registry.remove(ANN, seen.id, Cause("x")) == gone
    assert (seen.path / "package.json").exists()
    with pytest.raises(NotFoundError):
        await registry.find(ANN, seen.id)
