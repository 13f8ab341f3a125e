"""What stands between a run and its tools: nothing is done twice, and nothing without the yes it needs.

A call that is done is not made again: a run that is taken up again gets the result that was kept. One that needs
approval waits for it. One that was under way when the program stopped, and can't be repeated, is asked about.
Imports pydantic-ai.
"""

import json
import logging
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, replace

from pydantic_ai import RunContext
from pydantic_ai.exceptions import ApprovalRequired, CallDeferred, ModelRetry, ToolFailed
from pydantic_ai.messages import ModelMessagesTypeAdapter, ModelRequest, ToolReturn, ToolReturnPart
from pydantic_ai.toolsets import ToolsetTool, WrapperToolset
from pydantic_core import to_jsonable_python

from engine.agents.runs.facts import (
    Approval,
    ApprovalKind,
    ApprovalStatus,
    Call,
    CallStatus,
    Manner,
    Question,
    Run,
    RunFacts,
    RunKind,
    RunTakenError,
    digest_of,
)
from engine.clock import Clock
from engine.errors import EngineError, ResourceBlocked, StoreError
from engine.money import BudgetReached
from engine.ports import Runs
from engine.values import JsonObject, well_formed

logger = logging.getLogger(__name__)

ALREADY_DONE = "This was done already: the person has looked, and it has taken effect."
LEFT = "This was cut off before its end was known. The person has looked into it, and it is to be left as it is."
NO_ANSWER = "This was not done: nobody has answered in time whether it may be."
DENIED = "This was not done: the person said no."
ASKED = (
    "This was not done: the person is being asked just that already. Tell them that the question waits for their"
    " answer; /approvals shows it again."
)
FAILED = "It failed in a way that nobody foresaw; don't try it again in the same way."
_LONGEST = 600
"""Characters of what a person is asked."""


class Logbook:
    """The calls of one claimed run: what is done, what was asked, and what is to be asked now."""

    def __init__(self, run: Run, runs: Runs, clock: Clock) -> None:
        self._run = run
        self._runs = runs
        self._clock = clock
        self._calls: dict[str, Call] = {}
        self._answers: dict[tuple[str, ApprovalKind], Approval] = {}  # the newest to each
        self.questions: list[Question] = []
        """What a person is to be asked before the run can go on."""

    async def open(self) -> None:
        """Read what was kept."""
        self._calls = dict(await self._runs.calls(self._run.id))
        self._answers = {(one.call_id, one.kind): one for one in await self._runs.approvals(self._run.id)}

    def kept(self, call: Call) -> Call | None:
        """The same call as it was kept; None where it was not begun."""
        found = self._calls.get(call.id)
        same = found is not None and (found.tool, found.arguments) == (call.tool, call.arguments)
        return found if same else None

    def answer(self, call: Call, kind: ApprovalKind) -> Approval | None:
        """What was said to a question about just this call; None where it was not put, or was put of another one."""
        found = self._answers.get((call.id, kind))
        tries = call.tries if kind is ApprovalKind.DOUBT else 0
        return found if found is not None and found.digest == digest_of(call.tool, call.arguments, tries) else None

    def ask(self, call: Call, kind: ApprovalKind, words: str) -> ApprovalRequired:
        """Note that a person is to be asked; returns what stops the call until then."""
        question = Question(
            call_id=call.id,
            kind=kind,
            tool=call.tool,
            arguments=call.arguments,
            words=_cropped(words),
            tries=call.tries if kind is ApprovalKind.DOUBT else 0,
        )
        self.questions.append(question)
        return ApprovalRequired()

    async def is_asked(self, call: Call, words: str) -> bool:
        """Whether just that is being asked already: for another call of this run, or in another turn of the chat."""
        run, wanted = self._run, (call.tool, _but_why(call.arguments), _cropped(words))
        elsewhere = await self._runs.open_approvals() if run.kind is RunKind.TURN else ()
        asked: list[Question | Approval] = [*self.questions]
        asked += [one for one in elsewhere if one.task is None and _is_for(one, run)]
        return any(
            one.kind is ApprovalKind.CONSENT and (one.tool, _but_why(one.arguments), one.words) == wanted
            for one in asked
        )

    async def begin(self, call: Call) -> Call:
        """Keep that the call is under way. Raises `RunTakenError`."""
        begun = replace(call, tries=call.tries + 1)
        await self._keep(begun)
        return begun

    async def end(self, call: Call, result: str) -> None:
        """Keep what came of it. Raises `RunTakenError`."""
        await self._keep(replace(call, status=CallStatus.DONE, result=result))

    async def _keep(self, call: Call) -> None:
        await self._runs.keep_call(self._run, call, self._clock.now())
        self._calls[call.id] = call


@dataclass
class Guarded(WrapperToolset[RunFacts]):
    """A toolset whose calls are kept, asked about, and never repeated where that could do harm.

    A tool without a manner of its own counts as one that can't be repeated, and needs no approval.
    """

    manners: Mapping[str, Manner]
    logbook: Logbook

    async def call_tool(
        self, name: str, tool_args: dict[str, object], ctx: RunContext[RunFacts], tool: ToolsetTool[RunFacts]
    ) -> object:
        """The result that was kept, or that of the call; raises `ApprovalRequired` where a person is to be asked."""
        manner = self.manners.get(name, Manner())
        call = Call(id=ctx.tool_call_id or "", tool=name, arguments=_plain(tool_args))
        kept = self.logbook.kept(call)
        if kept is not None and kept.result is not None:
            return _brought(kept.result)
        if kept is not None and not manner.repeatable:
            call = kept
            settled = self._doubted(call)
        else:
            settled = await self._asked(manner, ctx.deps, call)
        if settled is not None:
            result = _packed(call, settled)
            await self.logbook.end(call, result)
            return _brought(result)
        if not manner.repeatable:
            call = await self.logbook.begin(call)
        return await self._made(manner, call, ctx.deps, super().call_tool(name, tool_args, ctx, tool))

    async def _asked(self, manner: Manner, facts: RunFacts, call: Call) -> object | None:
        """What stands in for the call where it was not allowed; None where it may be made."""
        said = self.logbook.answer(call, ApprovalKind.CONSENT)
        if said is not None and said.status is ApprovalStatus.APPROVED:
            return None
        if said is not None and said.status is ApprovalStatus.DENIED:
            return ToolFailed(f"{DENIED} Their words: {said.note}" if said.note else DENIED)
        if said is not None and said.status is ApprovalStatus.EXPIRED:
            return ToolFailed(NO_ANSWER)
        words = await manner.asks(facts, call.arguments)
        if words is None:
            return None
        if await self.logbook.is_asked(call, words):
            return ToolFailed(ASKED)
        raise self.logbook.ask(call, ApprovalKind.CONSENT, words)

    def _doubted(self, call: Call) -> object | None:
        """What stands in for a call that was under way before; None where it is to be made again."""
        said = self.logbook.answer(call, ApprovalKind.DOUBT)
        match said.status if said is not None else ApprovalStatus.OPEN:
            case ApprovalStatus.APPROVED:
                return None
            case ApprovalStatus.DONE:
                return ALREADY_DONE
            case ApprovalStatus.DENIED:
                note = said.note if said is not None else ""
                return ToolFailed(f"{LEFT} Their words: {note}" if note else LEFT)
            case ApprovalStatus.EXPIRED:
                return ToolFailed(f"{LEFT} Nobody could say whether it took effect.")
            case _:
                words = f"«{call.tool}» was under way when the program stopped, and nobody knows how far it came."
                raise self.logbook.ask(call, ApprovalKind.DOUBT, words)

    async def _made(self, manner: Manner, call: Call, facts: RunFacts, calling: Awaitable[object]) -> object:
        """Make the call and keep what came of it. A plain exception would abort the whole run, so none gets out."""
        result: object
        try:
            result = await calling
        except (ApprovalRequired, CallDeferred):
            raise
        except (RunTakenError, StoreError, BudgetReached):  # not the tool's: the run itself can't go on
            raise
        except (ModelRetry, ToolFailed) as error:
            result = error
        except EngineError as error:
            if manner.waits and isinstance(error, ResourceBlocked):
                raise
            result = ToolFailed(str(error) or type(error).__name__)
        except Exception:  # the border of one attempt: a stranger's tool may raise anything
            logger.exception("the tool «%s» failed", call.tool, extra={"goal": facts.goal, "task": facts.task})
            result = ToolFailed(FAILED)
        packed = _packed(call, result)
        await self.logbook.end(call, packed)
        return _brought(packed) if isinstance(result, Exception) else result


def _is_for(asked: Approval, run: Run) -> bool:
    return asked.run != run.id and (asked.chat, asked.user) == (run.chat, run.user)


def _but_why(arguments: JsonObject) -> JsonObject:
    """What is to be done; a reason that is given with it is worded anew each time."""
    return {name: value for name, value in arguments.items() if name != "reason"}


def _cropped(words: str) -> str:
    told = well_formed(words)
    return told if len(told) <= _LONGEST else f"{told[: _LONGEST - 1]}…"


def _plain(arguments: Mapping[str, object]) -> JsonObject:
    """Validated arguments as JSON has them."""
    found = to_jsonable_python(dict(arguments), fallback=str, inf_nan_mode="strings")
    plain: JsonObject = json.loads(well_formed(json.dumps(found, ensure_ascii=False)))  # as the store gives it back
    return plain


def _packed(call: Call, result: object) -> str:
    """What came of a call, as it is kept."""
    if isinstance(result, ModelRetry | ToolFailed):
        return json.dumps({"retry" if isinstance(result, ModelRetry) else "failed": result.message})
    content = result.return_value if isinstance(result, ToolReturn) else result
    part = ToolReturnPart(tool_name=call.tool, content=content, tool_call_id=call.id)
    return ModelMessagesTypeAdapter.dump_json([ModelRequest(parts=[part])]).decode()


def _brought(packed: str) -> object:
    """What came of a call that was kept: its result, or the error that it told the model."""
    kept = json.loads(packed)
    if isinstance(kept, dict):
        raise ModelRetry(kept["retry"]) if "retry" in kept else ToolFailed(kept["failed"])
    [message] = ModelMessagesTypeAdapter.validate_python(kept)
    [part] = message.parts
    assert isinstance(part, ToolReturnPart)
    return part.content
