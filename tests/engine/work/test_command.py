"""Commands that the operator has listed."""

from collections.abc import Awaitable
from pathlib import Path

import pytest

from engine.errors import InvalidInputError, PermanentError, TemporaryError
from engine.tasks import Outcome
from engine.work import Work, WorkContext, WorkOptions, builtin_registry
from engine.work.command import KEPT_OUTPUT, last_lines


def command(**commands: tuple[str, ...]) -> Work:
    return builtin_registry(WorkOptions(commands=commands)).get("command")


async def run(work: Work, context: WorkContext) -> Outcome:
    assert work.run is not None
    result = work.run(context)
    assert isinstance(result, Awaitable)
    outcome = await result
    assert isinstance(outcome, Outcome)
    return outcome


async def test_a_listed_command_runs_and_its_last_line_is_the_summary(make_context) -> None:
    work = command(greet=("/bin/sh", "-c", "echo noise; echo hello; echo"))
    outcome = await run(work, make_context(command="greet"))
    assert outcome.summary == "«greet» ran: hello"
    assert outcome.value == {"exit_code": 0, "output": "noise\nhello\n\n"}
    assert outcome.deviation == 0


async def test_a_silent_command_is_told_as_such_and_a_loud_one_is_shortened(make_context) -> None:
    assert (await run(command(quiet=("/bin/true",)), make_context(command="quiet"))).summary == "«quiet» ran"
    loud = await run(
        command(loud=("/bin/sh", "-c", "head -c 9000 /dev/zero | tr '\\0' x")), make_context(command="loud")
    )
    assert len(loud.summary) <= 500
    assert loud.value["output"] == "x" * KEPT_OUTPUT


async def test_without_a_list_no_command_runs_and_the_setting_is_named(make_context) -> None:
    work = builtin_registry(WorkOptions()).get("command")
    with pytest.raises(PermanentError, match="MILEPOST_COMMANDS"):
        await run(work, make_context(command="greet"))
    with pytest.raises(InvalidInputError, match="MILEPOST_COMMANDS"):
        work.check_inputs({"command": "greet"})


async def test_nothing_of_the_goal_becomes_part_of_the_command(make_context, tmp_path: Path) -> None:
    work = command(show=("/bin/sh", "-c", 'echo "$# $*"', "name"))
    context = make_context(command="show", arguments=["; touch bad"], args="x")
    assert (await run(work, context)).value["output"] == "0 \n"
    with pytest.raises(PermanentError):
        await run(work, make_context(command="show; echo more"))


@pytest.mark.parametrize(
    ("script", "words"), [("echo why; exit 4", "ended with exit code 4:\nwhy"), ("kill -9 $$", "was ended by signal 9")]
)
async def test_a_command_that_fails_is_worth_another_try_and_says_why(make_context, script: str, words: str) -> None:
    with pytest.raises(TemporaryError) as caught:
        await run(command(it=("/bin/sh", "-c", script)), make_context(command="it"))
    assert str(caught.value) == f"«it» {words}"


async def test_a_command_past_its_time_is_worth_another_try(make_context) -> None:
    work = builtin_registry(
        WorkOptions(commands={"slow": ("/bin/sh", "-c", "exec sleep 60")}, command_timeout=0.3)
    ).get("command")
    with pytest.raises(TemporaryError, match=r"was ended after 0\.3 s$"):
        await run(work, make_context(command="slow"))


async def test_a_listed_program_that_is_not_there_is_no_use_trying_again(make_context) -> None:
    with pytest.raises(PermanentError, match="/no/such/program"):
        await run(command(gone=("/no/such/program",)), make_context(command="gone"))


@pytest.mark.parametrize(
    "inputs", [{}, {"command": ""}, {"command": 5}, {"command": "it", "timeout": 0}, {"command": "it", "timeout": 1e9}]
)
def test_unusable_inputs_are_refused(inputs) -> None:
    with pytest.raises(InvalidInputError):
        command(it=("/bin/true",)).check_inputs(inputs)


def test_the_last_lines_are_those_that_say_something_each_shortened() -> None:
    output = "\n".join([*map(str, range(10)), "", "y" * 300, " "])
    assert last_lines(output) == "\n".join(["6", "7", "8", "9", "y" * 199 + "…"])
