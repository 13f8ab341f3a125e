"""The works of code goals as the registry knows them. What runs them is loaded when the first of them runs."""

import asyncio
import datetime as dt
import importlib
from collections.abc import Callable
from functools import partial

from engine.coding.on_demand import WorkbenchOnDemand
from engine.coding.options import CodeLimits
from engine.coding.works import inputs as checks
from engine.coding.works.names import (
    BUILD,
    COMMIT,
    CREATE,
    HAND_IN,
    MODIFY,
    OPEN,
    PROVE,
    PULL_REQUEST,
    PUSH,
    RUN_LINTER,
    RUN_TESTS,
    VALIDATE,
    WRITE,
)
from engine.errors import ResourceBlocked
from engine.execution.hand_ins import to_try
from engine.tasks import Task, Waiting, WaitingFor
from engine.values import JsonObject
from engine.work.registry import Work, WorkContext, WorkFunction, WorkResult

REPOSITORY_WANTED = "a repository to work in"
"""The resource that tasks wait for where the operator has set up no code work."""
_LATE = "engine.coding.works.running"
_MARGIN = 60.0
"""Seconds that a work gets beside its commands."""
_RUNS_TO_PROVE = 20
"""Runs of the tests that a proof takes at most, those on broken versions included."""


def code_works(workbench: WorkbenchOnDemand | None, limits: CodeLimits | None = None) -> tuple[Work, ...]:
    """All of them but `write_code`, which takes a model. None where there is no code work: its tasks wait then."""
    limits = limits or CodeLimits()
    command, set_up = limits.command + _MARGIN, limits.set_up

    def run(name: str) -> WorkFunction:
        async def run_it(context: WorkContext) -> WorkResult:
            return await _run(name, workbench, context)

        return run_it

    def work(name: str, summary: str, seconds: float, check: Callable[[JsonObject], None]) -> Work:
        exact = name in (RUN_TESTS, RUN_LINTER, BUILD, VALIDATE, PROVE)
        return Work(
            name=name, summary=summary, run=run(name), timeout=seconds, check_inputs=check, exact=exact, settles=exact
        )

    return (
        work(OPEN, "Opens a branch of its own in the goal's repository", 2 * command + set_up, checks.check_nothing),
        work(CREATE, "Writes the file «path» with «content»", _MARGIN, checks.check_create),
        work(MODIFY, "Replaces exact texts in «path» by «edits»", _MARGIN, checks.check_modify),
        work(RUN_TESTS, "Runs the repository's tests, all or «tests»", command + set_up, checks.check_tests),
        work(RUN_LINTER, "Runs the repository's linter", command + set_up, checks.check_nothing),
        work(BUILD, "Builds with the repository's command, or with «tool»", command + set_up, checks.check_build),
        work(VALIDATE, "Looks whether all of «checks» hold", command + set_up, checks.check_validation),
        work(PROVE, "The system's last word: does it hold?", _RUNS_TO_PROVE * command, checks.check_proof),
        work(COMMIT, "Commits what was proven to the goal's branch", 2 * _MARGIN, checks.check_message),
        work(PUSH, "Pushes the goal's branch, once you say yes", 5 * _MARGIN, checks.check_push),
        work(PULL_REQUEST, "Opens a pull request, once you say yes", 5 * _MARGIN, checks.check_pull_request),
        Work(
            name=HAND_IN,
            summary="Someone hands in a patch, files or a branch",
            run=partial(_try_hand_in, workbench),
            opens=_wait_for_person,
            timeout=2 * command + set_up,
            check_inputs=checks.check_part,
        ),
    )


def write_code_work(run: WorkFunction, timeout: float) -> Work:
    """The work whose attempts `run` does with a model, in so many seconds at most.

    It is no claim: the system has looked at what was written, and where that falls short the model has had its tries.
    """
    return Work(
        name=WRITE,
        summary="A language model writes tests or code on the goal's branch; the system looks at what it wrote",
        run=run,
        exact=True,
        settles=True,
        timeout=timeout,
        check_inputs=checks.check_part,
    )


def _wait_for_person(task: Task, now: dt.datetime) -> Waiting | None:
    """It waits until something is handed in, which is then tried."""
    return None if to_try(task) else Waiting(what=WaitingFor.PERSON, since=now)


async def _try_hand_in(workbench: WorkbenchOnDemand | None, context: WorkContext) -> WorkResult:
    return await (await _there(workbench).get()).try_hand_in(context.goal_id, context.task)


def _there(workbench: WorkbenchOnDemand | None) -> WorkbenchOnDemand:
    if workbench is None:
        raise ResourceBlocked(REPOSITORY_WANTED, "whoever runs this has set up no code work; see MILEPOST_WORKTREES")
    return workbench


async def _run(name: str, workbench: WorkbenchOnDemand | None, context: WorkContext) -> WorkResult:
    workbench = _there(workbench)
    await asyncio.to_thread(importlib.import_module, _LATE)
    from engine.coding.works.running import run_work  # noqa: PLC0415 - no start is to wait for it

    return await run_work(name, workbench, context)
