"""A work whose run asks before it sends: as an agent's does, without a model."""

from dataclasses import dataclass, field, replace

from engine.agents.runs.facts import ApprovalKind, ApprovalStatus, NewRun, Question, RunKind, RunStatus
from engine.errors import ApprovalAwaited
from engine.executor import AutonomousGoalExecutor
from engine.values import JsonObject
from engine.work.registry import Work, WorkContext, WorkResult


@dataclass
class Asker:
    """Tells the test what it sent, and what it was told instead."""

    executor: AutonomousGoalExecutor | None = None
    arguments: JsonObject = field(default_factory=lambda: {"to": "ann@example.com", "text": "Hello"})
    words: str = "send a letter to ann@example.com"
    kind: ApprovalKind = ApprovalKind.CONSENT
    sent: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def work(self) -> Work:
        """To be registered as `send`."""
        return Work(name="send", summary="Sends a letter", run=self.run)

    async def run(self, context: WorkContext) -> WorkResult:
        assert self.executor is not None
        runs, boot = self.executor.approvals.runs, self.executor.boot
        goal = await self.executor.goal(context.goal_id)
        number = context.task.number
        run = await runs.begin(
            NewRun(
                key=f"task:{goal.id}.{number}",
                kind=RunKind.TASK,
                goal=goal.id,
                task=number,
                chat=goal.chat,
                user=goal.owner,
            ),
            context.now(),
        )
        taken = await runs.take(run, boot, context.now())
        assert taken is not None
        asked = Question(call_id="c", kind=self.kind, tool="send", arguments=self.arguments, words=self.words)
        answers = [one for one in await runs.approvals(run.id) if one.digest == asked.digest]
        if not answers or answers[-1].status is ApprovalStatus.OPEN:
            await runs.suspend(taken, [asked], context.now())
            raise ApprovalAwaited
        self.told.append(f"{answers[-1].status}: {answers[-1].note}")
        if answers[-1].status is ApprovalStatus.APPROVED:
            self.sent.append(str(self.arguments["text"]))
        await runs.save(replace(taken, status=RunStatus.DONE, output="{}"), context.now())
        return "through"
