"""The form in which a model proposes plans. Nothing in here is believed: `checking.py` makes plans of it, or faults."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from engine.values import JsonValue

MOST_PLANS, MOST_TASKS = 4, 60
_Odds = Annotated[float, Field(ge=0, le=1)]
_Hours = Annotated[float, Field(ge=0, le=100_000, allow_inf_nan=False)]


class _Proposed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class ProposedOutcome(_Proposed):
    """What should come out of a task."""

    summary: str = Field(description="what is there when the task is done, so that anyone can see whether it is")
    target: float | None = Field(default=None, allow_inf_nan=False, description="the number to reach, if one can tell")
    unit: str = Field(default="", description="of the number")
    at_most: bool = Field(default=False, description="true when the number must stay at or under the target")


class ProposedTask(_Proposed):
    """One step of a proposed plan."""

    key: str = Field(description="a short name, used in `after` of other tasks")
    title: str = Field(description="what is done, beginning with a verb, up to 100 characters")
    description: str = Field(default="", description="how to go about it, in one to three sentences")
    work: str = Field(default="person", description="one of the works that are listed")
    inputs: dict[str, JsonValue] = Field(default_factory=dict, description="what the work needs, as it is listed there")
    after: list[str] = Field(default_factory=list, max_length=MOST_TASKS, description="keys of tasks to be done before")
    criterion: int | None = Field(default=None, description="number of the success criterion that it serves")
    expected: ProposedOutcome
    hours_low: _Hours = Field(description="elapsed hours if all goes well")
    hours_likely: _Hours = Field(description="elapsed hours as a rule")
    hours_high: _Hours = Field(description="elapsed hours if much goes wrong")
    cost: float = Field(default=0.0, ge=0, le=1e9, allow_inf_nan=False, description="money that it takes")
    critical: bool = Field(default=False, description="whether the goal is lost when it fails for good")
    probability: _Odds = Field(description="the odds that it succeeds, from 0 to 1")
    why: str = Field(default="", description="why it is in the plan, in one sentence")


class ProposedPlan(_Proposed):
    """One way to the goal."""

    name: str = Field(description="a few words that tell it from the others")
    approach: str = Field(description="what is different about it, in one sentence")
    tasks: list[ProposedTask] = Field(min_length=1, max_length=MOST_TASKS)
    risks: list[str] = Field(default_factory=list, max_length=10, description="what may go wrong, the gravest first")
    probability: _Odds = Field(description="the odds that the whole plan reaches the goal in time, from 0 to 1")
    probability_reasons: str = Field(default="", description="what these odds rest on, in one or two sentences")


class Proposals(_Proposed):
    """Different ways to reach the goal."""

    plans: list[ProposedPlan] = Field(min_length=1, max_length=MOST_PLANS, description="two to four plans")


class NewOrder(_Proposed):
    """What a task that stays is to wait for from now on."""

    task: int = Field(description="number of a task that stays")
    after: list[str] = Field(max_length=MOST_TASKS, description="keys of new tasks, or #number of those that stay")


class ProposedRepair(_Proposed):
    """How the rest of a plan is to change after something went otherwise than expected."""

    cause: str = Field(description="the likely cause of what happened, in one or two sentences")
    also_hit: list[int] = Field(
        default_factory=list, max_length=MOST_TASKS, description="numbers of other tasks that the same cause would hit"
    )
    summary: str = Field(description="what changes, in one sentence for the person")
    retry: list[int] = Field(
        default_factory=list, max_length=MOST_TASKS, description="numbers of failed or blocked tasks to try once more"
    )
    drop: list[int] = Field(
        default_factory=list, max_length=MOST_TASKS, description="numbers of unfinished tasks that go"
    )
    add: list[ProposedTask] = Field(
        default_factory=list,
        max_length=MOST_TASKS,
        description="new tasks; `after` may name #number of tasks that stay",
    )
    wait: list[NewOrder] = Field(
        default_factory=list, max_length=MOST_TASKS, description="tasks that stay and are to wait for others"
    )
