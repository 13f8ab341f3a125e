"""What the buttons of code goals carry."""

from enum import StrEnum
from typing import Annotated

from aiogram.filters.callback_data import CallbackData
from pydantic import Field

from engine.execution.hand_ins import Start
from handlers.reading.carried import LARGEST_ID, Digest, Id, Number


class CodeDeed(StrEnum):
    """What a button does with what a code goal has made."""

    REPORT = "report"
    DIFF = "diff"
    PULL = "pull"
    PULL_YES = "pull1"
    PUSH = "push"
    PUSH_YES = "push1"
    KEEP = "keep"
    DISCARD = "gone"
    DISCARD_YES = "gone1"
    UNDO = "undo"
    REBASE = "rebase"
    APPROVE = "yes"
    DENY = "no"


class CodeTap(CallbackData, prefix="d"):
    """Something done with a goal's branch; a yes is bound by `digest` to what was shown."""

    deed: CodeDeed
    goal: Id
    digest: Digest = ""


class CodePlaceTap(CallbackData, prefix="j"):
    """The repository that a code goal is for, in the set-up that began with update `of`."""

    repository: Number
    of: Number


class StartTap(CallbackData, prefix="x"):
    """What a person's code is to begin from where a model has left changes; see `engine.execution.hand_ins.Start`."""

    start: Start
    goal: Id
    task: Number


class WhatForTap(CallbackData, prefix="i"):
    """What the documents are for that question `of` is about: a task that waits for code, or (0) something else."""

    of: Number
    goal: Annotated[int, Field(ge=0, le=LARGEST_ID)] = 0
    task: Number = 0


class HandInTap(CallbackData, prefix="m"):
    """«That's all of them» under files that are collected since update `of`."""

    of: Number
