"""What has been lived through: finished tasks beside what the plan had said of them, and answers that people gave."""

import datetime as dt
from dataclasses import dataclass

from engine.planning.criteria.verbs import leading_verb
from engine.plans import PlannedTask
from engine.tasks import Estimate, Task
from engine.values import ChatId, JsonObject, UserId

AT_ONCE = 1 / 60
"""Hours. Who says «done» within a minute of being asked had done it before: that tells nothing of how long it takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doing:
    """What is done and by whom: what experiences are gathered under, from the widest word to the narrowest."""

    work: str
    kind: str = ""
    """The primitive task, the command or the kind of its verb (`write`, `deploy`); empty where none is known."""
    method: str = ""
    """The method of the library that called for it; empty where none did."""
    person: UserId | None = None
    """Who does it; None for what runs by itself, and where nobody knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Experience:
    """One run of a task until it was done or given up.

    `success` and `estimate` are the plan's own figures, as the method library has them: what is learned is laid over
    them whenever it is asked for and never written back, so that it can't feed on itself.
    """

    doing: Doing
    success: float
    """The odds that the plan gave it, from 0 to 1."""
    estimate: Estimate
    worked: bool
    """True when it was done, False when it was given up."""
    hours: float | None
    """From its begin to its end, pauses left out; None where nobody saw it begin."""
    ended_at: dt.datetime
    chat: ChatId | None = None
    """Where its goal is reported; None for goals of a program."""

    @property
    def began_at(self) -> dt.datetime:
        """When it began; its end where nobody saw it begin."""
        return self.ended_at - dt.timedelta(hours=self.hours or 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A person was asked for something and gave it."""

    person: UserId
    hours: float
    """From the question to the answer, nights included."""
    at: dt.datetime
    """When it was answered."""
    chat: ChatId | None = None
    """Where they were asked; None for goals of a program."""


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """All that there is to learn from, oldest end first."""

    experiences: tuple[Experience, ...] = ()
    answers: tuple[Answer, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What of a task tells what is done in it; `method` may name the primitive task too, as `method/primitive`."""

    work: str
    title: str
    method: str = ""
    inputs: JsonObject


def doing_of(step: Step, person: UserId | None) -> Doing:
    """What a task does: the same for a task that is planned and for one that ended, or nothing would be learned.

    The kind is the primitive task where the method names it, otherwise the command that is run, otherwise the kind
    of the verb that the title begins with. `person` is None for what runs by itself.
    """
    method, _, primitive = step.method.partition("/")
    if not primitive and step.work == "command":
        primitive = str(step.inputs.get("command") or "")
    if not primitive:
        verb = leading_verb(step.title)
        primitive = verb[1].value if verb is not None else ""
    return Doing(work=step.work, kind=primitive, method=method, person=person)


def doing_of_task(task: Task | PlannedTask, owner: UserId | None) -> Doing:
    """What a task does that is planned or under way, for whoever asks what to expect of it.

    `owner` is its goal's: they do what a person does, and tell the numbers that no address tells.
    """
    step = Step(work=task.work, title=task.title, method=task.method, inputs=task.inputs)
    return doing_of(step, owner if does_by_hand(task.work, task.inputs) else None)


def does_by_hand(work: str, inputs: JsonObject) -> bool:
    """Whether a person does it: they also tell the numbers that no address tells."""
    return work == "person" or (work == "measure" and inputs.get("url") is None)
