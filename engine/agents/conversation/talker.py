"""Answers a turn of a conversation with the configured models, whose tools are the engine. Imports pydantic-ai.

What the model says is a proposal: an answer that claims what the ledger doesn't hold is sent back once, and then
replaced by the plain facts.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from pydantic_ai import Agent, DeferredToolRequests, FunctionToolset, ModelRetry, RunContext
from pydantic_ai.messages import BinaryContent, UserContent
from pydantic_ai.models import Model
from pydantic_ai.settings import ModelSettings
from pydantic_ai.usage import UsageLimits

from engine.agents.breaker import BreakerOpen
from engine.agents.calls import Purpose
from engine.agents.conversation import prompts
from engine.agents.conversation.acting import Acting
from engine.agents.conversation.arranging import Arranging
from engine.agents.conversation.asking import Asking, brings_others, heard_in
from engine.agents.conversation.claims import (
    false_claims,
    plain_facts,
    sound_part,
    spoken_of,
    tells_of_something,
)
from engine.agents.conversation.hands import Hands
from engine.agents.conversation.known import Known
from engine.agents.conversation.ledger_facts import deeds_of, known_of, receipt_of, returned
from engine.agents.conversation.looking import Looking
from engine.agents.conversation.remembering import as_messages, newest
from engine.agents.conversation.reply import Reply, Trouble
from engine.agents.conversation.senses import Senses, known_as
from engine.agents.conversation.talk import FileKind, SentFile, Turn
from engine.agents.conversation.turns import Growing
from engine.agents.faults import RequestRefusedError, TooLongError, UselessAnswerError
from engine.agents.models import Models
from engine.agents.runs.facts import OVER, NewRun, Run, RunFacts, RunId, RunKind, RunStatus
from engine.agents.runs.running import Finished, Means, Suspended, Talk, go_on
from engine.agents.working.work import ModelUnusable
from engine.errors import EngineError, InvalidInputError, PermanentError, StoreError, TemporaryError
from engine.goal_execution import GoalExecution
from engine.money import BudgetReached
from engine.reporting.results import GoalResult
from engine.values import GoalId, JsonObject, well_formed

logger = logging.getLogger(__name__)

SILENCE = 150.0
"""Real seconds in which a model must have said something, or asked for a tool: a person waits for it."""
MOST_REQUESTS = 12
"""Calls of a model in a turn."""
MOST_CALLS = 60
"""Calls of tools in a turn."""
MOST_TOKENS = 2_000
"""Of one answer."""
LONGEST = 30_000
"""Characters of one answer: not every server keeps to the tokens that it was given."""
_BROKEN_OFF = ("length", "content_filter")
_TRIES = 2
"""So often a tool that was called in a wrong way may be called again."""

Show = Callable[[Turn, Growing], None]
Fetch = Callable[[SentFile], Awaitable[bytes | None]]
"""The bytes of what a person sent; None where they can't be had."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """What a conversation has of the world outside the engine."""

    fetch: Fetch
    show: Show


class Talker:
    """Answers turns, charged to the chat's day. Its runs are kept, and go on where they stopped."""

    def __init__(self, models: Models, engine: GoalExecution, outside: Outside) -> None:
        self._models = models
        self._engine = engine
        self._outside = outside
        self._hands = Hands(engine=engine, wait=self._wait)
        self._patience: dict[RunId, asyncio.Timeout] = {}
        self._held: dict[RunId, Known] = {}
        """What held for an answer that has just come in."""
        self._means = Means(runs=engine.approvals.runs, clock=engine.clock, boot=engine.boot)
        self._toolset = _toolset(self._hands)
        self._agent: Agent[RunFacts, str | DeferredToolRequests] = Agent(
            output_type=[str, DeferredToolRequests],
            deps_type=RunFacts,
            instructions=prompts.INSTRUCTIONS,
            model_settings=ModelSettings(max_tokens=MOST_TOKENS),
            retries={"tools": _TRIES, "output": 1},
        )
        self._agent.instructions(self._situation)
        self._agent.output_validator(self._checked)

    async def answer(self, turn: Turn) -> Reply:
        """What comes of a turn; a model that can't help is told as a trouble. Raises `StoreError` alone."""
        reply = await self._answered(turn)
        return reply if reply.waits or reply.trouble is not None else replace(reply, untaken=await self._untaken(turn))

    async def _answered(self, turn: Turn) -> Reply:
        runs, now = self._means.runs, self._means.clock.now
        new = NewRun(key=turn.key, kind=RunKind.TURN, chat=turn.chat, thread=turn.thread or None, user=turn.user)
        run = await runs.begin(new, now())
        if run.status is RunStatus.DONE and run.output is not None:  # the program ended right after it
            return await self._reply(run, text=str(json.loads(run.output)))
        if run.status in OVER:
            return await self._reply(run, trouble=Trouble.USELESS)
        try:
            async with asyncio.timeout(SILENCE) as patience:
                self._patience[run.id] = patience
                ended = await self._go_on(run, turn)
        except StoreError:
            raise
        except (EngineError, TimeoutError) as error:
            logger.warning("a turn was not answered: %s", error or type(error).__name__, extra={"chat": turn.chat})
            await runs.call_off(run.id, now())
            return await self._reply(run, trouble=trouble_of(error))
        finally:
            self._patience.pop(run.id, None)
            held = self._held.pop(run.id, None)
        if isinstance(ended, Reply):
            return ended
        if isinstance(ended, Suspended):
            return Reply(waits=True)
        return await self._reply(ended.run, text=ended.output, held=held)

    async def _go_on(self, run: Run, turn: Turn) -> Finished[str] | Suspended | Reply:
        model = await self._model(turn)
        prompt = await self._prompt(turn, Senses(self._models.options, model))
        if isinstance(prompt, Trouble):
            await self._means.runs.call_off(run.id, self._means.clock.now())
            return Reply(trouble=prompt)
        told = newest(await self._engine.accounts.conversations.talk(turn))
        talk = Talk(
            agent=self._agent,
            model=model,
            prompt=prompt,
            history=as_messages(told),
            tools=[(self._toolset, Asking(self._hands, heard_in(turn, told)).manners())],
            limits=UsageLimits(request_limit=MOST_REQUESTS, tool_calls_limit=MOST_CALLS),
            heard=lambda text: self._heard(turn, run, text),
        )
        return await self._carried_on(run, talk)

    async def _model(self, turn: Turn) -> Model:
        return self._models.for_calls(await self._engine.accounts.of_call(Purpose.CHAT, chat=turn.chat))

    async def _untaken(self, turn: Turn) -> tuple[Trouble, ...]:
        """What the model can't see or hear of what came along: told by us, whatever the model says."""
        sent = [file for said in turn.said for file in said.files if file.kind is not FileKind.DOCUMENT]
        if not sent:
            return ()
        senses = Senses(self._models.options, await self._model(turn))
        return tuple(dict.fromkeys(_trouble_with(file) for file in sent if not senses.take(file)))

    async def _carried_on(self, run: Run, talk: Talk[str]) -> Finished[str] | Suspended:
        """As `go_on`. Where it broke off after something had come in, it is gone on with once, and asked for the answer
        as a whole: so the fallbacks have their turn, too."""
        began = False

        def heard(text: str) -> None:
            nonlocal began
            began = True
            if talk.heard is not None:
                talk.heard(text)

        try:
            return await go_on(run, replace(talk, heard=heard), self._means)
        except TemporaryError as error:
            again = await self._means.runs.find(run.id)
            if not began or again is None:
                raise
            logger.info("a turn could not go on, and is gone on with once more: %s", error, extra={"chat": run.chat})
            return await go_on(again, replace(talk, heard=None), self._means)

    def _heard(self, turn: Turn, run: Run, text: str) -> None:
        self._wait(run.facts(self._means.clock.now), 0.0)
        self._outside.show(turn, lambda: self._sound(run, well_formed(text[:LONGEST])))

    def _wait(self, facts: RunFacts, seconds: float) -> None:
        """Something has come, or a tool takes its time: the silence begins anew after it."""
        patience = self._patience.get(facts.run)
        if patience is not None and not patience.expired():
            patience.reschedule(asyncio.get_running_loop().time() + seconds + SILENCE)

    async def _prompt(self, turn: Turn, senses: Senses) -> str | list[UserContent] | Trouble:
        """What was said, with what the model can see and hear of what came along."""
        content: list[UserContent] = []
        left_out: list[str] = []
        troubles: list[Trouble] = []
        for file in (file for said in turn.said for file in said.files):
            if file.goal is not None:
                left_out.append(prompts.kept(file.goal, file.name))
            if file.kind is FileKind.DOCUMENT:
                left_out += [prompts.DOCUMENT] if file.goal is None else []
            elif not senses.take(file):
                left_out.append(prompts.UNTAKEN.format(what=prompts.NAMES[file.kind]))
                troubles.append(_trouble_with(file))
            elif (data := await self._outside.fetch(file)) is None:
                left_out.append(f"{prompts.NAMES[file.kind]} came with it that could not be fetched; say so")
            else:
                content.append(BinaryContent(data=data, media_type=known_as(file.media_type)))
        if troubles and not content and not turn.text:
            return troubles[0]
        words = prompts.words_of(turn.said, left_out)
        return [words, *content] if content else words

    async def _situation(self, ctx: RunContext[RunFacts]) -> str:
        self._wait(ctx.deps, 0.0)  # asked before each request
        goals = await self._hands.living(ctx.deps)
        return prompts.situation(goals, ctx.deps.now(), await self._hands.zone_name(ctx.deps.chat))

    async def _checked(
        self, ctx: RunContext[RunFacts], output: str | DeferredToolRequests
    ) -> str | DeferredToolRequests:
        """An answer that the ledger bears out: a false one goes back once, then the facts stand for it."""
        if isinstance(output, DeferredToolRequests):
            return output
        if not any(sign.isprintable() and not sign.isspace() for sign in output):
            raise ModelRetry(prompts.NOTHING_SAID)
        last = ctx.messages[-1]
        if len(output) > LONGEST or (last.kind == "response" and last.finish_reason in _BROKEN_OFF):
            output = f"{output[:LONGEST].rstrip()} […]"  # it ends in the middle, and is shown as such
        known = self._held[ctx.deps.run] = await self._known(ctx.deps)
        claims = false_claims(output, known)
        if not claims:
            return output
        logger.info(
            "an answer claims what the ledger does not hold: %s", claims[0][:200], extra={"chat": ctx.deps.chat}
        )
        if ctx.retry:
            return plain_facts(known)
        raise ModelRetry(prompts.LIED.format(claims=" … ".join(claims)[:1_000], facts=plain_facts(known)))

    async def _known(self, facts: RunFacts) -> Known:
        """What holds for this person here: their goals as they are, and what was done in this turn."""
        calls = (await self._means.runs.calls(facts.run)).values()
        goals = [*await self._hands.living(facts), *await self._hands.living(facts, ended=True)]
        there = {goal.id for goal in goals}
        goals += [await self._engine.goal(deed.goal) for deed in deeds_of(calls) if deed.goal not in there]
        return known_of(goals, calls)

    async def _sound(self, run: Run, text: str) -> str:
        return sound_part(text, await self._known(run.facts(self._means.clock.now)))

    async def _reply(
        self, run: Run, text: str = "", trouble: Trouble | None = None, held: Known | None = None
    ) -> Reply:
        """What came of a run, with what the ledger holds of the goals that it dealt with; `held` when it came in."""
        calls = list((await self._means.runs.calls(run.id)).values())
        deeds = deeds_of(calls)
        results = [await self._result(content) for call, content in returned(calls) if call.tool == "execute_goal"]
        known = held or await self._known(run.facts(self._means.clock.now))
        said = "" if text == plain_facts(known) else text
        named = spoken_of(said, known)
        touched = dict.fromkeys([deed.goal for deed in deeds] + [goal for goal, _ in named])
        shown = {result.goal for result in results}
        receipts = [receipt_of(await self._engine.goal(goal), deeds, named) for goal in touched if goal not in shown]
        nothing = known.is_unchanged and not receipts and tells_of_something(said, known)
        return Reply(
            text=text,
            trouble=trouble,
            receipts=tuple(receipts),
            results=tuple(results),
            did_nothing=nothing,
            of_others=any(map(brings_others, calls)),
        )

    async def _result(self, content: JsonObject) -> GoalResult:
        """The result of a goal that was carried out in the turn, as it stands now."""
        kept = content.get("result")
        told = kept if isinstance(kept, dict) else {}
        seconds, goal = told.get("execution_time"), told.get("goal")
        took = float(seconds) if isinstance(seconds, int | float) else 0.0
        return await self._engine.goal_result(GoalId(int(str(goal))), took)


def _trouble_with(file: SentFile) -> Trouble:
    """What is told where a model can't take it."""
    return Trouble.NO_PICTURES if file.kind is FileKind.PICTURE else Trouble.NO_VOICE


def trouble_of(error: Exception) -> Trouble:
    """What a person is told of what went wrong."""
    match error:
        case TimeoutError():
            return Trouble.SLOW
        case BudgetReached():
            return Trouble.BUDGET
        case InvalidInputError() | ModelUnusable():
            return Trouble.UNUSABLE
        case UselessAnswerError():
            return Trouble.USELESS
        case TooLongError():
            return Trouble.TOO_LONG
        case RequestRefusedError():
            return Trouble.REFUSED
        case BreakerOpen():
            return Trouble.AWAY
        case PermanentError():
            return Trouble.UNUSABLE
        case _:
            return Trouble.AWAY


def _toolset(hands: Hands) -> FunctionToolset[RunFacts]:
    """All tools of a conversation."""
    looking, acting, arranging = Looking(hands), Acting(hands), Arranging(hands)
    return FunctionToolset(
        [
            looking.list_goals, looking.show_goal, looking.list_files, looking.read_file, looking.why,
            looking.forecast, looking.costs,
            acting.create_goal, acting.edit_goal, acting.start_goal, acting.pause_goal, acting.resume_goal,
            acting.cancel_goal, acting.fail_goal, acting.replan_goal, acting.complete_task, acting.skip_task,
            acting.drop_task, acting.answer_blockage, acting.add_note, acting.set_budget, acting.execute_goal,
            arranging.show_settings, arranging.set_digest, arranging.set_quiet_hours, arranging.set_time_zone,
        ],
        sequential=True,  # what a model asks for at once is done in its order
    )  # fmt: skip
