"""What can go wrong, as types with facts in fields. Words for people are in `handlers/errors.py`.

A work function tells by the type it raises what is to happen next:
`TemporaryError` is tried again, `PermanentError` is not, and the three `…Blocked` say what kind of help is needed.
"""

from engine.values import GoalId, TaskNumber


class EngineError(Exception):
    """The root of all errors that the engine raises on purpose."""


class NotFoundError(EngineError):
    """There is no such goal, task, milestone or blockage."""

    def __init__(self, kind: str, name: object) -> None:
        super().__init__(f"there is no {kind} {name}")
        self.kind = kind
        self.name = name


class RefusedError(EngineError):
    """The command does not fit the state of things; nothing was changed. `code` is stable: views word it."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class InvalidInputError(EngineError):
    """Something handed in can't be used; `field` names it and `accepts` says what would do."""

    def __init__(self, field: str, problem: str, accepts: str) -> None:
        super().__init__(f"{field}: {problem}; {accepts}")
        self.field = field
        self.problem = problem
        self.accepts = accepts


class IllegalMoveError(EngineError):
    """A status was to take a step that its table does not allow: a fault of the program, never of the input."""

    def __init__(self, thing: str, old: str, new: str) -> None:
        super().__init__(f"{thing} can't go from {old} to {new}")
        self.thing = thing
        self.old = old
        self.new = new


class ConflictError(EngineError):
    """Another process changed these goals meanwhile; whoever decides loads them again and decides anew."""

    def __init__(self, goals: tuple[GoalId, ...]) -> None:
        super().__init__(f"changed elsewhere meanwhile: {', '.join(map(str, goals))}")
        self.goals = goals


class StoreError(EngineError):
    """The database can't be used as it is; `code` is one of missing, locked, readonly, corrupt, newer, full, io."""

    def __init__(self, code: str, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.code = code
        self.path = path
        self.reason = reason


class TaskUnfinishedError(EngineError):
    """A task that a program executed did not complete; `status` tells how it stands and `reason` why."""

    def __init__(self, task: str, status: str, reason: str) -> None:
        super().__init__(f"task {task} is {status}: {reason}")
        self.task = task
        self.status = status
        self.reason = reason


class WorkError(EngineError):
    """The root of what a work function raises on purpose."""


class TemporaryError(WorkError):
    """Worth another try; `delay` in seconds overrides the backoff, None leaves it to the policy."""

    def __init__(self, reason: str, *, delay: float | None = None) -> None:
        super().__init__(reason)
        self.delay = delay


class PermanentError(WorkError):
    """Trying again would not help; the plan has to change."""


class ResourceBlocked(WorkError):
    """Something is used up or away: a budget, a rate limit, a disk, a service.

    `resource` names it; `retry_after` is when to look again, in seconds (None: at the monitor's next round).
    """

    def __init__(self, resource: str, reason: str, *, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.resource = resource
        self.retry_after = retry_after


class ApprovalAwaited(WorkError):
    """The run behind an attempt waits for a person's yes or no; the answer starts a new attempt on it."""


class HandedBack(WorkError):
    """What a person handed in does not do, in plain words: the task waits for them again."""


class DependencyBlocked(WorkError):
    """What other tasks were to provide is missing; `missing` holds their numbers within the goal."""

    def __init__(self, missing: tuple[TaskNumber, ...], reason: str) -> None:
        super().__init__(reason)
        self.missing = missing


class ExternalBlocked(WorkError):
    """Only somebody outside can help: `needed` says with what, `from_whom` who, `how` the way to resolve it."""

    def __init__(self, needed: str, *, from_whom: str = "you", how: str = "") -> None:
        super().__init__(needed)
        self.needed = needed
        self.from_whom = from_whom
        self.how = how
