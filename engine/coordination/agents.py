"""Agents and their hierarchies: who is there, what each can do, and how much at a time. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from engine.errors import InvalidInputError
from engine.tasks import Task
from engine.values import well_formed

MOST_WORKERS, MOST_SLOTS = 100, 100
LONGEST_NAME = 100
AGENT = "agent"
"""The work whose tasks name a role."""


def role_of(task: Task) -> str:
    """The role that a task asks for; empty where it asks for none."""
    role = task.inputs.get("role")
    return role if task.work == AGENT and isinstance(role, str) else ""


def skill_of(task: Task) -> str:
    """What a task calls for, in a word: its role where it names one, else its work."""
    return role_of(task) or task.work


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """Somebody who does tasks: a worker of a hierarchy."""

    name: str
    capabilities: frozenset[str] = frozenset()
    """Works and roles, such as `http_check` or `researcher`; empty for whatever comes."""
    slots: int = 1
    """Tasks that it does side by side."""

    def can(self, asked: Collection[str]) -> bool:
        """Whether it can do what asks for any of these."""
        return not self.capabilities or not self.capabilities.isdisjoint(asked)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hierarchy:
    """A lead, who hands out tasks and merges what comes of them, and the workers who do them."""

    name: str
    lead: str
    workers: tuple[Agent, ...]

    @property
    def slots(self) -> int:
        """Tasks that all of them do side by side."""
        return sum(worker.slots for worker in self.workers)


def asked_of(task: Task) -> frozenset[str]:
    """What a capability may name to take in the task: its work, and its role where it has one."""
    return frozenset({task.work, skill_of(task)})


def hierarchy_of(name: str, num_workers: int | None, workers: Sequence[Agent] = ()) -> Hierarchy:
    """A hierarchy of so many workers that do whatever comes, or of these. Raises `InvalidInputError`."""
    called = _named("name", name)
    if workers and num_workers not in (None, len(workers)):
        raise InvalidInputError("num_workers", f"{num_workers} is not the number of workers given", "leave it out")
    if not workers:
        count = 3 if num_workers is None else num_workers
        _check_count("num_workers", count, MOST_WORKERS)
        workers = [Agent(name=f"{called}-{number}") for number in range(1, count + 1)]
    _check_count("workers", len(workers), MOST_WORKERS)
    return Hierarchy(name=called, lead=f"{called} lead", workers=tuple(_checked(one) for one in workers))


def check_names(new: Hierarchy, others: Collection[Hierarchy]) -> None:
    """Raise `InvalidInputError` where two agents have one name: nobody could say who holds what."""
    taken = {worker.name for one in others if one.name != new.name for worker in one.workers}
    seen: set[str] = set()
    for worker in new.workers:
        if worker.name in taken or worker.name in seen:
            raise InvalidInputError("workers", f"there is an agent «{worker.name}» already", "choose another name")
        seen.add(worker.name)


def _checked(worker: Agent) -> Agent:
    _check_count("slots", worker.slots, MOST_SLOTS)
    skills = frozenset(_named("capabilities", skill) for skill in worker.capabilities)
    return Agent(name=_named("workers", worker.name), capabilities=skills, slots=worker.slots)


def _check_count(what: str, count: int, most: int) -> None:
    if not isinstance(count, int) or isinstance(count, bool) or not 1 <= count <= most:
        raise InvalidInputError(what, f"{count!r} is none", f"use a whole number from 1 to {most}")


def _named(what: str, name: str) -> str:
    text = well_formed(name).strip() if isinstance(name, str) else ""
    if not text or len(text) > LONGEST_NAME or not text.isprintable():
        raise InvalidInputError(what, f"{name!r} is no name", f"1 to {LONGEST_NAME} printable characters")
    return text
