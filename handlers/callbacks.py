"""What buttons carry: ids and a revision or version, never state, so that they still work in a month.

Every class here packs into at most 64 bytes at the largest ids (tested), and every press is checked again.
"""

from enum import StrEnum
from typing import Annotated

from aiogram.filters.callback_data import CallbackData
from pydantic import Field

from engine.blockages import BlockageKind, Strategy
from engine.records import Outgoing
from handlers.code.callbacks import CodePlaceTap, CodeTap, HandInTap, StartTap, WhatForTap
from handlers.reading.carried import LARGEST_ID, Digest, Id, Number
from handlers.reading.repositories import RepositoryDeed


class GoalDeed(StrEnum):
    """What a button does with a goal."""

    OPEN = "open"
    PAUSE = "pause"
    RESUME = "resume"
    TASKS = "tasks"
    BLOCKERS = "block"
    LOG = "log"
    FORECAST = "ahead"
    PLAN = "plan"
    NOTE = "note"
    REPLAN = "replan"
    WHY = "why"
    CANCEL = "cancel"
    CANCEL_YES = "cancel1"
    FAIL = "fail"
    FAIL_YES = "fail1"
    KEEP = "keep"
    REOPEN = "reopen"
    STRATEGIES = "ways"
    DAY_MORE = "day"
    WEEK_MORE = "week"
    NEW_DATE = "date"
    LET_FAIL = "letfail"
    FACTS_YES = "facts1"
    BUDGET = "budget"
    COST = "cost"
    SPENT = "spent"
    FILES = "files"
    FILE = "file"


class GoalTap(CallbackData, prefix="g"):
    """Something done with a goal as a whole."""

    deed: GoalDeed
    goal: Id


class Listing(StrEnum):
    """Lists that go over several pages."""

    ALIVE = "alive"
    ENDED = "ended"
    TASKS = "tasks"
    LOG = "log"
    PLAN = "plan"
    FILES = "files"


class PageTap(CallbackData, prefix="p"):
    """Another page. `goal` is 0 for lists of goals; `at` is a page number, for the log the sequence to page on from."""

    listing: Listing
    goal: Annotated[int, Field(ge=0, le=LARGEST_ID)] = 0
    at: Annotated[int, Field(ge=0, le=LARGEST_ID)] = 0


class PlanDeed(StrEnum):
    """What a button does with a plan as a whole."""

    START = "start"
    CHANGE = "change"
    CHECK = "check"
    BACK = "back"
    ADD = "add"
    DROP = "drop"
    MOVE = "move"
    REWORD = "reword"
    ACCEPT = "accept"
    REJECT = "reject"


class PlanTap(CallbackData, prefix="v"):
    """Something done with one version of a plan."""

    deed: PlanDeed
    goal: Id
    version: Number


class OptionTap(CallbackData, prefix="a"):
    """Another plan taken instead of the one of that version; `place` counts its alternatives from 1."""

    goal: Id
    version: Number
    place: Number


class StepDeed(StrEnum):
    """What a button does with one task of a plan under review."""

    DROP = "drop"
    REWORD = "reword"
    PICK = "pick"
    UP = "up"
    DOWN = "down"
    FIRST = "first"
    LAST = "last"


class StepTap(CallbackData, prefix="w"):
    """Something done with one task of one version of a plan."""

    deed: StepDeed
    goal: Id
    version: Number
    task: Number


class TaskDeed(StrEnum):
    """What a button does with a task."""

    OPEN = "open"
    DONE = "done"
    NOTE = "note"
    PROBLEM = "problem"
    SKIP = "skip"
    LATER = "later"
    BACK = "back"
    PLUS = "plus"
    COUNT = "count"
    MEASURE = "measure"
    UNDO = "undo"
    RETRY = "retry"
    SAID = "said"
    """This one was meant: what was said is in the message that the question replies to."""


class TaskTap(CallbackData, prefix="t"):
    """Something done with a task as it was at `revision`."""

    deed: TaskDeed
    goal: Id
    task: Number
    revision: Number


class Delay(StrEnum):
    """How much later."""

    HOUR = "hour"
    EVENING = "evening"
    TOMORROW = "tomorrow"
    WEEK = "week"


class LaterTap(CallbackData, prefix="l"):
    """A task put off."""

    delay: Delay
    goal: Id
    task: Number
    revision: Number


class ChoiceTap(CallbackData, prefix="c"):
    """One option of a task that decides; `option` counts from 0."""

    goal: Id
    task: Number
    revision: Number
    option: Number


class BlockageDeed(StrEnum):
    """What a button does about a blockage."""

    OPEN = "open"
    RESOLVED = "done"
    INFORM = "info"
    SKIP = "skip"
    REPLAN = "replan"
    STOP = "stop"
    SAID = "words"
    ADD_1 = "add1"
    ADD_5 = "add5"


class BlockageTap(CallbackData, prefix="b"):
    """Something done about a blockage."""

    deed: BlockageDeed
    goal: Id
    blockage: Number


class StrategyTap(CallbackData, prefix="s"):
    """How blockages of a kind are met; None for the strategy asks which."""

    goal: Id
    kind: BlockageKind
    strategy: Strategy | None = None


class SetupDeed(StrEnum):
    """What a button does in the set-up of a goal."""

    SUGGESTION = "idea"
    GO_ON = "on"
    SKIP = "skip"
    WEEKS = "weeks"
    PRIORITY = "prio"


class SetupTap(CallbackData, prefix="n"):
    """An answer in the set-up that began with update `of`; `value` is an index, a number of weeks or a priority."""

    deed: SetupDeed
    value: Number
    of: Number


class OfferDeed(StrEnum):
    """Answers to «Make this a goal?»."""

    YES = "yes"
    NO = "no"
    JOINED = "joined"
    EXAMPLE = "example"


class OfferTap(CallbackData, prefix="o"):
    """An answer to the offer about message `of` (0 for the example goal)."""

    deed: OfferDeed
    of: Number = 0


class StillDeed(StrEnum):
    """Whether words are the answer to a question of long ago."""

    YES = "yes"
    NO = "no"


class StillTap(CallbackData, prefix="h"):
    """An answer to that; update `of` brought the words."""

    deed: StillDeed
    of: Number


class UnclearDeed(StrEnum):
    """What to do with words that could mean several things."""

    DONE = "done"
    PROBLEM = "problem"
    NOTE = "note"


class UnclearTap(CallbackData, prefix="u"):
    """What the words of update `of` were meant to be."""

    deed: UnclearDeed
    of: Number


class SettingsDeed(StrEnum):
    """What a button does in the settings."""

    OPEN = "open"
    ZONES = "zones"
    ZONE = "zone"
    DIGEST = "digest"
    HOUR = "hour"
    OFF = "off"
    DAY = "day"
    QUIET = "quiet"
    QUIET_HOURS = "hours"
    QUIET_OFF = "loud"


class SettingsTap(CallbackData, prefix="z"):
    """A setting; `value` is an hour, a day of the week, two hours such as `22-7`, or a time zone's name."""

    deed: SettingsDeed
    value: Annotated[str, Field(max_length=40, pattern=r"^[A-Za-z0-9/_+-]*$")] = ""


class FindingDeed(StrEnum):
    """Answers to something that was found."""

    DO = "do"
    NOT_NOW = "later"
    NEVER = "never"


class FindingTap(CallbackData, prefix="f"):
    """An answer to a finding as it was at `revision`."""

    deed: FindingDeed
    goal: Id
    finding: Id
    revision: Number


class ApprovalDeed(StrEnum):
    """Answers to what a run asks before it does something."""

    APPROVE = "yes"
    """Of a doubt: do it again."""
    DENY = "no"
    """Of a doubt: leave it."""
    DONE = "done"
    """Of a doubt: it has taken effect."""


class ApprovalTap(CallbackData, prefix="y"):
    """An answer to a question, bound by `digest` to what was shown."""

    deed: ApprovalDeed
    approval: Id
    digest: Digest


class FileDeed(StrEnum):
    """What a button does with a file of a goal."""

    SEND = "send"
    REMOVE = "off"
    REMOVE_YES = "off1"
    KEEP = "keep"


class FileTap(CallbackData, prefix="k"):
    """Something done with a file that is kept with a goal."""

    deed: FileDeed
    goal: Id
    file: Id


class RepositoryTap(CallbackData, prefix="r"):
    """Something done with a repository as it was at `revision`; both are 0 for the list of all."""

    deed: RepositoryDeed
    repository: Number = 0
    revision: Number = 0


class SetUpTap(CallbackData, prefix="e"):
    """A yes to the set-up of a repository, bound by `digest` to what was shown."""

    repository: Number
    digest: Digest


class LeaveTap(CallbackData, prefix="q"):
    """«Never mind»: leaves the open dialogue."""

    of: Number = 0


TAPS: tuple[type[CallbackData], ...] = (
    GoalTap, PageTap, PlanTap, OptionTap, StepTap, TaskTap, LaterTap, ChoiceTap, BlockageTap, StrategyTap, SetupTap,
    OfferTap, StillTap, UnclearTap, SettingsTap, FindingTap, ApprovalTap, FileTap,
    RepositoryTap, SetUpTap, CodeTap, CodePlaceTap, HandInTap, StartTap, WhatForTap, LeaveTap,
)  # fmt: skip


def read_tap(data: str) -> CallbackData | None:
    """What a button carries; None for data that is none of ours."""
    for kind in TAPS:
        if data.partition(":")[0] == kind.__prefix__:
            try:
                return kind.unpack(data)
            except (TypeError, ValueError):
                return None
    return None


def taps_under(outgoing: Outgoing) -> list[CallbackData]:
    """What the buttons of a message that is to go carry."""
    markup = outgoing.payload.get("reply_markup")
    rows = markup.get("inline_keyboard") if isinstance(markup, dict) else None
    buttons = [one for row in (rows if isinstance(rows, list) else []) if isinstance(row, list) for one in row]
    taps = [read_tap(str(one.get("callback_data") or "")) for one in buttons if isinstance(one, dict)]
    return [tap for tap in taps if tap is not None]
