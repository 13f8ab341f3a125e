"""The registry of repositories: whose each is and where it may lie is held here, for chats and goals alike."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from engine.clock import Clock
from engine.coding.checking import checked_branch, checked_name, checked_terms, name_like
from engine.coding.options import CodeOptions, ListedRepository
from engine.coding.repositories import NewRepository, Repository, RepositoryId, Terms
from engine.errors import InvalidInputError, NotFoundError, PermanentError, RefusedError
from engine.planning.criteria.wording import clean
from engine.ports import Workspaces
from engine.values import Cause, ChatId, JsonValue, UserId
from engine.workspace.surveying import Inspect, Survey, bounds_of, place_within, survey, whereabouts

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who asks for a change, where, and by what."""

    user: UserId
    chat: ChatId
    cause: Cause


class Repositories:
    """All repositories that code work may touch. `inspect` looks at a folder that is to be one."""

    def __init__(self, store: Workspaces, clock: Clock, options: CodeOptions, inspect: Inspect = survey) -> None:
        self._store = store
        self._clock = clock
        self._options = options
        self._inspect = inspect
        self._faults: dict[str, str] = {}
        self._bounds: Sequence[Path] | None = None  # None until the operator's list was taken over
        self._adopting = asyncio.Lock()

    @property
    def roots(self) -> Sequence[Path]:
        """Folders whose repositories may be added in a chat; empty: nobody may."""
        return self._options.roots

    @property
    def faults(self) -> Mapping[str, str]:
        """What the operator lists and can't be used, by name, each with the reason."""
        return self._faults

    async def of(self, user: UserId | None) -> Sequence[Repository]:
        """A person's own and the operator's, by name; for a program (None) the operator's alone."""
        await self._adopt()
        return [one for one in await self._store.repositories(user) if self._may_lie_there(one)]

    async def named(self, user: UserId | None, name: JsonValue) -> Repository:
        """The one of those that a goal names. Raises `PermanentError`, which says why there is none."""
        for one in await self.of(user):
            if name in (one.id, one.name):
                return one
        if (fault := self._faults.get(str(name))) is not None:
            raise PermanentError(f"the repository «{name}» can't be used: {fault}")
        told = clean(str(name), 100)
        raise PermanentError(f"there is no repository «{told}» that this goal may use; /repo shows them")

    async def find(self, user: UserId | None, repository: int) -> Repository:
        """One of those. Raises `NotFoundError`, also when it was removed; `RefusedError` (not_yours)."""
        found = await self._theirs(user, repository)
        if found.is_removed:
            raise NotFoundError("repository", repository)
        return found

    async def add(self, written: str, name: str, asker: Asker) -> Repository:
        """Register what is at a path below the roots, under a name (empty: the folder's), with what it tells of itself.

        Raises `InvalidInputError` (path, name), `RefusedError`: no_roots, repository_known, repository_named,
        too_many_repositories.
        """
        if not self._options.roots:
            raise RefusedError("no_roots", "the operator has named no folders whose repositories may be added")
        await self._adopt()
        path = await asyncio.to_thread(place_within, written, self._options.roots)
        found = await self._look(path)
        if not found.has_commits:
            problem = f"{found.path.name} has no commit yet, and work starts from one"
            raise InvalidInputError("path", problem, "make a first commit, an empty one will do, and add it then")
        new = NewRepository(
            owner=asker.user,
            chat=asker.chat,
            name=checked_name(name) if name else name_like(found.path.name.removesuffix(".git")),
            path=found.path,
            terms=_first_terms(found),
        )
        return await self._store.register(new, asker.cause, self._clock.now())

    async def change(self, seen: Repository, terms: Terms, cause: Cause, name: str = "") -> Repository:
        """Keep other terms, and another name (empty: the same). `seen` is the repository as it was shown.

        Raises `InvalidInputError` for what can't be, `RefusedError`: outdated (it has changed since), repository_named,
        operators_repository (its name is the operator's).
        """
        if name and name != seen.name:
            _check_theirs(seen)
            seen = replace(seen, name=checked_name(name))
        return await self._store.change(replace(seen, terms=checked_terms(terms)), cause, self._clock.now())

    async def approve_set_up(self, seen: Repository, digest: str, cause: Cause) -> Repository:
        """Say yes to the set-up of that digest. Raises `RefusedError` (outdated) where it is another one by now."""
        set_up = seen.terms.set_up
        if set_up is None or set_up.digest != digest:
            raise RefusedError("outdated", "the set-up is another one by now")
        approved = replace(seen.terms, set_up=replace(set_up, approved=digest))
        return await self.change(seen, approved, cause)

    async def detect(self, seen: Repository, cause: Cause) -> Repository:
        """Take the commands from what the repository tells of itself now; all else stays."""
        await self.look_at(seen)
        return await self.change(seen, _told_by(await self._look(seen.path), seen.terms), cause)

    async def look_at(self, repository: Repository) -> None:
        """See that a repository is where it was on the disk. Raises `InvalidInputError` (path) where it is not."""
        if await whereabouts(repository.path) != repository.path:
            accepts = "add it again where it is now, once it is removed here"
            raise InvalidInputError("path", f"{repository.path} has become a link to somewhere else", accepts)

    async def remove(self, user: UserId, repository: int, cause: Cause) -> Repository:
        """Let no new work begin in it, and return it; its files stay as they are, and a repeat does nothing.

        Raises `NotFoundError`, `RefusedError`: not_yours, operators_repository, repository_in_use.
        """
        found = await self._theirs(user, repository)
        _check_theirs(found)
        return await self._store.remove(found.id, cause, self._clock.now())

    async def _theirs(self, user: UserId | None, repository: int) -> Repository:
        """One that is this person's to use, also when it was removed."""
        await self._adopt()
        found = await self._store.repository(RepositoryId(repository))
        if found is None or not self._may_lie_there(found):
            raise NotFoundError("repository", repository)
        if found.owner not in (None, user):
            raise RefusedError("not_yours", "the repository was added by someone else")
        return found

    async def _adopt(self) -> None:
        """At the first need: take over what the operator lists. What can't be used is told; the rest can."""
        async with self._adopting:
            if self._bounds is not None:
                return
            listed = [new for one in self._options.listed if (new := await self._listed(one)) is not None]
            await self._store.adopt(self._once_each(listed), self._clock.now())
            for name, fault in self._faults.items():
                logger.warning("the repository «%s» of MILEPOST_REPOSITORIES can't be used: %s", name, fault)
            self._bounds = await asyncio.to_thread(bounds_of, self._options.roots)

    def _once_each(self, listed: Sequence[NewRepository]) -> Sequence[NewRepository]:
        """Each folder under its first name. A second would be a new name for the same repository, and back again."""
        first: dict[Path, NewRepository] = {}
        for one in listed:
            if first.setdefault(one.path, one) is not one:
                self._faults[one.name] = f"it is the same repository as «{first[one.path].name}»"
        return tuple(first.values())

    def _may_lie_there(self, repository: Repository) -> bool:
        """Whether the operator still lets it be used: roots that went take what lies in them along."""
        within = any(repository.path.is_relative_to(root) for root in self._bounds or ())
        return repository.is_the_operators or within

    async def _listed(self, listed: ListedRepository) -> NewRepository | None:
        try:
            found = await self._look(listed.path)
        except InvalidInputError as error:
            self._faults[listed.name] = error.problem
            return None
        return NewRepository(owner=None, chat=None, name=listed.name, path=found.path, terms=_first_terms(found))

    async def _look(self, path: Path) -> Survey:
        from engine.coding.detecting import wanted  # noqa: PLC0415 - no start is to wait for it

        found = await self._inspect(path, wanted)
        if found.is_bare and self._options.worktrees is not None:
            from engine.workspace.git.bare import with_files  # noqa: PLC0415 - no start is to wait for it
            from engine.workspace.git.commands import Git  # noqa: PLC0415 - no start is to wait for it

            found = await with_files(Git(self._options.worktrees / "surveys", self._clock), found, wanted)
        if not str(found.path).isprintable():
            raise InvalidInputError("path", "its path has signs that can't be shown", "give the folder another name")
        return found


def _check_theirs(repository: Repository) -> None:
    if repository.is_the_operators:
        raise RefusedError("operators_repository", "the operator lists this repository")


def _first_terms(found: Survey) -> Terms:
    try:
        base = checked_branch(found.head) if found.head else ""
    except InvalidInputError:  # a HEAD that git itself would not take
        base = ""
    return _told_by(found, Terms(base=base), new=True)


def _told_by(found: Survey, terms: Terms, *, new: bool = False) -> Terms:
    from engine.coding.detecting import Listing, detect, with_detected  # noqa: PLC0415 - no start is to wait for it

    detected = detect(Listing(files=found.files, texts=found.texts))
    return with_detected(replace(terms, new_files=detected.new_files) if new else terms, detected)
