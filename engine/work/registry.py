"""What a work function is, and the registry that knows all of them by name.

A work function takes one `WorkContext` and returns what came out: any JSON value, or an `Outcome` where there is
more to say. It tells by the error it raises what is to happen next (`engine/errors.py`). A third party writes::

    from engine.work import WorkContext, work

    @work("shout", summary="Says something loudly")
    async def shout(context: WorkContext) -> str:
        return str(context.inputs["text"]).upper()

and names it in its own `pyproject.toml`::

    [project.entry-points."milepost.work"]
    shout = "my_package.works:shout"

A plain `def` works too: it runs in a thread.
"""

import datetime as dt
import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias, TypeVar

from msgspec import Struct, field

from engine.errors import InvalidInputError, NotFoundError
from engine.tasks import Outcome, Task, Waiting
from engine.values import GoalId, JsonObject, JsonValue, TaskNumber

logger = logging.getLogger(__name__)

GROUP = "milepost.work"
"""The entry point group in which other packages name their work."""

_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
_MARK = "__milepost_work__"


class WorkContext(Struct, frozen=True, kw_only=True):
    """All that one attempt knows."""

    goal_id: GoalId
    goal_name: str
    task: Task
    inputs: JsonObject
    attempt: int
    """Which try this is, from 1."""
    now: Callable[[], dt.datetime]
    """The engine's clock: aware, UTC."""
    report: Callable[[int], Awaitable[None]]
    """Says how many steps of a counted task are done so far."""
    agent: str = ""
    """Who does it, where a crew works on the goal (`engine/coordination/`); empty for nobody in particular."""
    results: Mapping[TaskNumber, JsonValue] = field(default_factory=dict)
    """What the tasks that it depends on brought, by their numbers."""


WorkResult: TypeAlias = "Outcome | JsonValue"
WorkFunction: TypeAlias = Callable[[WorkContext], "Awaitable[WorkResult] | WorkResult"]
Opening: TypeAlias = Callable[[Task, dt.datetime], Waiting | None]
"""A pure function from a task and now to what it waits for; None when it runs instead. It never raises."""
InputCheck: TypeAlias = Callable[[JsonObject], None]

_F = TypeVar("_F", bound=WorkFunction)


def accept_any(inputs: JsonObject) -> None:
    """The check of works that take whatever they are given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What performs a task. It runs, or only opens a wait, or decides which of both by the task's inputs."""

    name: str
    summary: str
    run: WorkFunction | None = None
    """None for works that only wait."""
    opens: Opening | None = None
    """None for works that always run."""
    repeatable: bool = True
    """False when a second try after a crash could do harm; then the person is asked."""
    exact: bool = False
    """True for checks: any deviation means «not done», however small; others may fall short by the threshold."""
    settles: bool = False
    """True where falling short is final: the same work again would find the same, so the plan has to change."""
    patient: bool = False
    """True for checks of what others bring about: a chat's goal looks again and again, until it holds."""
    claims: bool = False
    """True where only words can check what it brings: that counts when a judge, or a person, finds it as expected."""
    timeout: float | None = None
    """Seconds an attempt may take; None leaves it to the setting TASK_TIMEOUT."""
    check_inputs: InputCheck = accept_any
    """Raises `InvalidInputError` when the work can't do anything with the inputs."""

    def opening(self, task: Task, now: dt.datetime) -> Waiting | None:
        """What the task is to wait for, without attempt or slot; None when it is to run."""
        return self.opens(task, now) if self.opens is not None else None


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenWork:
    """Work of another package that could not be loaded, and why."""

    name: str
    package: str
    reason: str


def work(
    name: str,
    *,
    summary: str = "",
    repeatable: bool = True,
    timeout: float | None = None,
    check_inputs: InputCheck = accept_any,
) -> Callable[[_F], _F]:
    """Mark a function as the work of that name, for an entry point or `add_function`; it stays a plain function."""

    def mark(function: _F) -> _F:
        described = Work(
            name=name,
            summary=summary or _first_line(function),
            run=function,
            repeatable=repeatable,
            timeout=timeout,
            check_inputs=check_inputs,
        )
        setattr(function, _MARK, described)
        return function

    return mark


def _first_line(function: object) -> str:
    return (getattr(function, "__doc__", None) or "").strip().partition("\n")[0]


class WorkRegistry:
    """All works by name. Filled at the start, read from then on."""

    def __init__(self) -> None:
        self._works: dict[str, Work] = {}
        self._broken: list[BrokenWork] = []

    def add(self, new: Work) -> None:
        """Know one more work. Raises `InvalidInputError` for a bad or taken name, and for one that does nothing."""
        if not _NAME.fullmatch(new.name):
            raise InvalidInputError("work", f"«{new.name}» is no name", "lower-case letters, digits and _, up to 64")
        if new.name in self._works:
            raise InvalidInputError("work", f"there is a work «{new.name}» already", "choose another name")
        if new.run is None and new.opens is None:
            raise InvalidInputError("work", f"«{new.name}» neither runs nor waits", "give it a function")
        self._works[new.name] = new

    def work(
        self,
        name: str,
        *,
        summary: str = "",
        repeatable: bool = True,
        timeout: float | None = None,
        check_inputs: InputCheck = accept_any,
    ) -> Callable[[_F], _F]:
        """Like the module's `work`, and known to this registry at once."""
        mark = work(name, summary=summary, repeatable=repeatable, timeout=timeout, check_inputs=check_inputs)

        def remember(function: _F) -> _F:
            self.add_function(mark(function))
            return function

        return remember

    def add_function(self, function: object, *, name: str = "") -> None:
        """Know a `Work`, a function marked by `work`, or, under the name given, a plain function.

        Raises `InvalidInputError` for anything else.
        """
        marked = getattr(function, _MARK, None)
        if isinstance(function, Work):
            self.add(function)
        elif callable(function) and isinstance(marked, Work):
            # What was handed in runs, not what was marked: another decorator may sit on top and copies the mark.
            self.add(replace(marked, run=function))
        elif callable(function) and not isinstance(function, type) and name:
            self.add(Work(name=name, summary=_first_line(function), run=function))
        else:
            raise InvalidInputError("work", f"{function!r} is no work function", "a function that takes a WorkContext")

    def get(self, name: str) -> Work:
        """The work of that name. Raises `NotFoundError`."""
        found = self._works.get(name)
        if found is None:
            raise NotFoundError("work", f"«{name}»")
        return found

    def is_repeatable(self, name: str) -> bool:
        """Whether that work may run a second time unasked; one that is not known here may."""
        found = self._works.get(name)
        return found is None or found.repeatable

    def patient(self) -> frozenset[str]:
        """The names of works that a chat's goal looks at again and again."""
        return frozenset(name for name, known in self._works.items() if known.patient)

    def names(self) -> frozenset[str]:
        """The names of all works."""
        return frozenset(self._works)

    @property
    def broken(self) -> tuple[BrokenWork, ...]:
        """Works of other packages that could not be loaded."""
        return tuple(self._broken)

    def load_entry_points(self) -> None:
        """Know the works of all installed packages. One that is broken is logged and listed, and stops nothing."""
        from importlib.metadata import entry_points  # noqa: PLC0415 - costs 30 ms that only this call should pay

        for entry in sorted(entry_points(group=GROUP), key=lambda entry: entry.name):
            try:
                self.add_function(entry.load(), name=entry.name)
            except (Exception, SystemExit) as error:  # a stranger's module may do anything when it is imported
                package = entry.dist.name if entry.dist is not None else ""
                reason = f"{type(error).__name__}: {error}"
                logger.warning("work «%s» of package «%s» can't be used: %s", entry.name, package, reason)
                self._broken.append(BrokenWork(name=entry.name, package=package, reason=reason))
