"""What becomes of a code goal's branch: shown, pushed, kept, discarded and had back; by button and in words.

Every press looks at the branch anew, a yes counts for just the commit that was shown, and each may come twice.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from aiogram import Router
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.filters import Filter
from aiogram.types import CallbackQuery, Message

from engine.coding.announcing import around
from engine.coding.options import CODE
from engine.coding.remembering import answered_with, wanted_rebase
from engine.coding.reports import Flagged, WayOut
from engine.coding.repositories import PushPolicy
from engine.coding.workbench import Workbench
from engine.coding.workspaces import BRANCHLESS, WorkspaceStatus
from engine.errors import EngineError, NotFoundError, RefusedError, TemporaryError, WorkError
from engine.goal_engine import GoalEngine as Engine
from engine.goals import Goal
from engine.records import Dialogue, Handled, Outgoing
from engine.values import JsonObject
from engine.workspace.git.errors import RequestUnclear
from handlers.callbacks import taps_under
from handlers.code.bench import workbench_of
from handlers.code.callbacks import CodeDeed, CodeTap
from handlers.code.faults import code_fault
from handlers.desk import CONFIRM_CODE, Desk, number_in
from handlers.errors import explain
from handlers.gates import InDialogue, Injected, is_command, own_goal, subject_of
from handlers.keyboards import see_goal
from handlers.reading.code import BranchWish, branch_wish
from handlers.reading.words import is_no, is_yes
from handlers.taps import answer_tap, tapped_message
from handlers.views import code_reports as views
from handlers.views.letters import edited, letter

PATIENCE = 40.0
"""Real seconds that a press waits for whoever is at work in the goal's files; a handler has a minute."""
_MOST_LOOKED_AT = 20
"""Goals of a chat among which a branch is looked for."""
_SURE = {
    CodeDeed.DISCARD_YES: CodeDeed.DISCARD,
    CodeDeed.PUSH_YES: CodeDeed.PUSH,
    CodeDeed.PULL_YES: CodeDeed.PULL,
}
"""What is done only after a yes, and what asks for it."""
_NEW_MESSAGE = frozenset({CodeDeed.DIFF})
"""What leaves the message of its button as it is."""


class _Turn:
    """One wish about one goal's branch."""

    def __init__(self, tap: CodeTap, goal: Goal, engine: Engine, desk: Desk) -> None:
        self.tap, self.goal, self.engine, self.desk = tap, goal, engine, desk

    async def bench(self) -> Workbench:
        return await workbench_of(self.engine)

    async def shown(self) -> views.Shown:
        """The report as it is now. Raises `NotFoundError` where there is no code work."""
        bench = await self.bench()
        report = await bench.report(self.goal.id)
        if report is None:
            raise NotFoundError("branch of goal", self.goal.id)
        standing, way = await around(bench, self.goal.id)
        return views.Shown(report=report, standing=standing, way=way)

    async def commit(self) -> str:
        """The commit that a yes was said to. Raises `RefusedError` (outdated) where the branch is elsewhere by now."""
        tip = (await self.shown()).tip
        if not self.tap.digest or not tip.startswith(self.tap.digest):
            raise RefusedError("outdated", "the branch has moved on")
        return tip

    async def report(self, note: str = "") -> Outgoing:
        return views.report_message(self.desk.here, self.goal, await self.shown(), note)


async def _report(turn: _Turn) -> Outgoing:
    return await turn.report()


async def _keep(turn: _Turn) -> Outgoing:
    return await turn.report("🌿 The branch stays. What can be done with it stays here, too.")


async def _diff(turn: _Turn) -> Outgoing:
    return views.diff_message(turn.desk.here, turn.goal, await (await turn.bench()).diff(turn.goal.id))


async def _sure_to_discard(turn: _Turn) -> Outgoing:
    _must_have_ended(turn.goal)
    shown = await turn.shown()
    if shown.report.status in BRANCHLESS:
        return await _discard(turn)
    return views.sure_to_discard(turn.desk.here, turn.goal, shown)


async def _discard(turn: _Turn) -> Outgoing:
    _must_have_ended(turn.goal)
    gone = await (await turn.bench()).discard(turn.goal.id)
    seen = (turn.desk.zone, turn.desk.now)
    return views.discarded(turn.desk.here, turn.goal, gone.branch, gone.undo_until, seen)


async def _undo(turn: _Turn) -> Outgoing:
    await (await turn.bench()).restore(turn.goal.id)
    return await turn.report("↩️ The branch is back.")


def _must_have_ended(goal: Goal) -> None:
    if not goal.has_ended:
        raise RefusedError("code_under_way", "the goal still works on its branch")


async def _rebase(turn: _Turn) -> Outgoing:
    """It takes as long as the tests do: the announcer sees to it, and tells."""
    _must_have_ended(turn.goal)
    await (await turn.bench()).want_rebase(turn.goal.id, turn.desk.cause())
    return views.rebase_begun(turn.desk.here, turn.goal)


async def _sure_to_push(turn: _Turn) -> Outgoing:
    shown, way = await _leaving(turn)
    if shown.is_pushed:
        return await turn.report("⬆️ It is pushed already.")
    return views.sure_to_push(turn.desk.here, turn.goal, shown, way)


async def _sure_to_pull(turn: _Turn) -> Outgoing:
    shown, way = await _leaving(turn)
    if shown.report.pull_request:
        return await turn.report("🔀 It is open already.")
    if way.no_request:
        return await turn.report(f"🔀 No pull request can be opened here: {way.no_request}.")
    return views.sure_to_push(turn.desk.here, turn.goal, shown, way, shown.report.base)


async def _leaving(turn: _Turn) -> tuple[views.Shown, WayOut]:
    """What may leave the machine, and where to. Raises `RefusedError` where nothing may, or there is nothing."""
    shown = await turn.shown()
    if shown.way is None:
        raise await _stays_here(turn, shown.report.repository)
    if not shown.tip:
        raise RefusedError("nothing_to_push", "nothing was committed")
    return shown, shown.way


async def _stays_here(turn: _Turn, name: str) -> RefusedError:
    """Which of both keeps a branch on this machine: the repository's terms, or that it knows no remote."""
    for one in await turn.engine.repositories.of(turn.goal.owner):
        if one.name == name and one.terms.push is not PushPolicy.NEVER:
            return RefusedError("no_remote", f"«{name}» has no remote to push to")
    return RefusedError("push_never", f"nothing of «{name}» may be pushed")


async def _push(turn: _Turn) -> Outgoing:
    where = await (await turn.bench()).push(turn.goal.id, await turn.commit())
    return await turn.report(f"⬆️ Pushed to {where}.")


async def _pull(turn: _Turn) -> Outgoing:
    if (await turn.shown()).report.pull_request:
        return await turn.report("🔀 It is open already.")
    address = await (await turn.bench()).open_pull_request(turn.goal.id, await turn.commit())
    return await turn.report(f"🔀 Open: {address}")


async def _approve(turn: _Turn) -> Outgoing:
    if (paths := await _answered_before(turn)) is not None:
        return views.approved(turn.desk.here, turn.goal, paths)
    flagged = await _asked_about(turn)
    newest = await turn.engine.approve_tests(turn.goal.id, flagged.state, turn.desk.cause())
    return views.approved(turn.desk.here, newest, [one.path for one in flagged.changes])


async def _deny(turn: _Turn) -> Outgoing:
    if (paths := await _answered_before(turn)) is not None:
        return views.denied(turn.desk.here, turn.goal, paths)
    flagged = await _asked_about(turn)
    newest = await turn.engine.deny_tests(turn.goal.id, flagged.state, turn.desk.cause())
    return views.denied(turn.desk.here, newest, [one.path for one in flagged.changes])


async def _answered_before(turn: _Turn) -> list[str] | None:
    """The files of an answer that comes again after a crash; None for one that is new."""
    if await turn.engine.ledger.led_to(turn.desk.cause()) != turn.goal.id:
        return None
    return answered_with(turn.goal, turn.desk.cause())


async def _asked_about(turn: _Turn) -> Flagged:
    """What the answer is about. Raises `RefusedError` (outdated) where there is something else by now, or nothing."""
    if turn.goal.has_ended:
        raise RefusedError("goal_ended", f"«{turn.goal.name}» is {turn.goal.status}")
    flagged = await (await turn.bench()).flagged(turn.goal.id)
    if not flagged.changes or not flagged.state.startswith(turn.tap.digest or "-"):
        raise RefusedError("outdated", "the tests have changed since")
    return flagged


_CARRYING: Mapping[CodeDeed, Callable[[_Turn], Awaitable[Outgoing]]] = {
    CodeDeed.REPORT: _report,
    CodeDeed.DIFF: _diff,
    CodeDeed.PULL: _sure_to_pull,
    CodeDeed.PULL_YES: _pull,
    CodeDeed.PUSH: _sure_to_push,
    CodeDeed.PUSH_YES: _push,
    CodeDeed.KEEP: _keep,
    CodeDeed.DISCARD: _sure_to_discard,
    CodeDeed.DISCARD_YES: _discard,
    CodeDeed.UNDO: _undo,
    CodeDeed.REBASE: _rebase,
    CodeDeed.APPROVE: _approve,
    CodeDeed.DENY: _deny,
}
_AS_IT_WAS, _SEE_REPORT = "The branch is as it was.", "Report says how the branch stands."
_DIDNT = {
    CodeDeed.PULL: "No pull request was opened",
    CodeDeed.PULL_YES: "No pull request was opened",
    CodeDeed.PUSH: "Nothing was pushed",
    CodeDeed.PUSH_YES: "Nothing was pushed",
    CodeDeed.DISCARD: "Not discarded",
    CodeDeed.DISCARD_YES: "Not discarded",
    CodeDeed.UNDO: "The branch could not be brought back",
    CodeDeed.REBASE: "Not rebased",
    CodeDeed.APPROVE: "Not approved",
    CodeDeed.DENY: "Nothing was put back",
}
"""What to say first where something can't be done."""
_UNSURE = {
    CodeDeed.PULL_YES: "I can't tell whether a pull request was opened",
    CodeDeed.PUSH_YES: "I can't tell whether it was pushed",
}
"""The same where whoever does it outside did not say so."""


async def _carried_out(turn: _Turn) -> Outgoing:
    """Do it; where it can't be done, why."""
    try:
        async with asyncio.timeout(PATIENCE):
            return await _CARRYING[turn.tap.deed](turn)
    except TimeoutError:
        if wanted_rebase(turn.goal) is not None:
            return views.rebase_begun(turn.desk.here, turn.goal)
        if what := _UNSURE.get(turn.tap.deed):
            return _not_possible(turn, TemporaryError(f"it had not ended after {PATIENCE:g} s"), _SEE_REPORT, what)
        busy = TemporaryError("the goal is at work in its files just now")
        return _not_possible(turn, busy, _SEE_REPORT)
    except RefusedError as error:
        if error.code == "outdated":
            return await _outdated(turn)
        return _not_possible(turn, error)
    except WorkError as error:
        what = _UNSURE.get(turn.tap.deed, "") if isinstance(error, RequestUnclear) else ""
        return _not_possible(turn, error, await _left_behind(turn), what)
    except NotFoundError as error:
        return letter(turn.desk.here, explain(error), see_goal(turn.goal.id), turn.goal.id)


async def _left_behind(turn: _Turn) -> str:
    """How the branch stands after what went wrong: a pull request may fail when its branch is pushed already."""
    if turn.tap.deed is not CodeDeed.PULL_YES:
        return _AS_IT_WAS
    try:
        async with asyncio.timeout(PATIENCE):
            return "The branch itself is pushed." if (await turn.shown()).is_pushed else _AS_IT_WAS
    except (TimeoutError, EngineError):  # what kept it from being opened may keep it from being looked at
        return _SEE_REPORT


def _not_possible(turn: _Turn, error: EngineError, after: str = _AS_IT_WAS, what: str = "") -> Outgoing:
    what = what or _DIDNT.get(turn.tap.deed, "That can't be done now")
    return views.not_possible(turn.desk.here, turn.goal, what, f"{code_fault(error)}\n{after}")


async def _outdated(turn: _Turn) -> Outgoing:
    """How things stand by now."""
    if turn.tap.deed not in (CodeDeed.APPROVE, CodeDeed.DENY):
        return await turn.report("Things have moved on since that message; here is how they stand.")
    flagged = await (await turn.bench()).flagged(turn.goal.id)
    if not flagged.changes:
        return await turn.report("No changed test waits for your yes any more.")
    return views.flagged_message(turn.desk.here, turn.goal, flagged)


async def press(query: CallbackQuery, callback_data: CodeTap, goal: Goal, engine: Engine, desk: Desk) -> Handled:
    """A button under a report."""
    await answer_tap(query)
    told = await _carried_out(_Turn(callback_data, goal, engine, desk))
    if callback_data.deed in _NEW_MESSAGE:
        return desk.keep(told)
    return _said(told, tapped_message(query), desk)


def _said(told: Outgoing, message: int | None, desk: Desk) -> Handled:
    """The message; where it asks for a yes, words can give it, too."""
    shown = edited(told, message)
    for tap in taps_under(told):
        if isinstance(tap, CodeTap) and tap.deed in _SURE:
            facts: JsonObject = {"goal": tap.goal, "deed": tap.deed.value, "digest": tap.digest}
            return desk.ask(Dialogue(name=CONFIRM_CODE, facts=facts), shown)
    return desk.keep(shown) if desk.dialogue_of(CONFIRM_CODE) is None else desk.end(shown)


async def confirm(message: Message, facts: JsonObject, words: str, engine: Engine, desk: Desk) -> Handled:
    """«yes» or «no» to what was asked about a branch; the same words again are a yes, other words are new ones."""
    goal = await own_goal(engine, desk, number_in(facts, "goal"))
    deed = CodeDeed(str(facts.get("deed")))
    wish = branch_wish(words)
    if is_yes(words) or (wish is not None and _SURE[deed] is wish.deed and wish.goal in (None, goal.id)):
        tap = CodeTap(deed=deed, goal=goal.id, digest=str(facts.get("digest") or ""))
        return desk.end(await _carried_out(_Turn(tap, goal, engine, desk)))
    if is_no(words) or (wish is not None and wish.deed is CodeDeed.KEEP):
        return desk.end(await _carried_out(_Turn(CodeTap(deed=CodeDeed.KEEP, goal=goal.id), goal, engine, desk)))
    if wish is None or wish.goal not in (None, goal.id):
        raise SkipHandler
    return _said(await _carried_out(_Turn(CodeTap(deed=wish.deed, goal=goal.id), goal, engine, desk)), None, desk)


class AboutBranch(Filter):
    """«show the diff», «push it», «discard it»: in a reply to a report, or while one goal has a branch."""

    async def __call__(self, message: Message, engine: Engine, desk: Desk) -> Injected:
        """Hand over the `wish` and the `goals` that it may be about."""
        wish = branch_wish(message.text or "") if message.text and not is_command(message) else None
        if wish is None:
            return False
        subject = subject_of(message)
        if isinstance(subject, CodeTap):
            return {"wish": wish, "goals": [await own_goal(engine, desk, subject.goal)]}
        if message.reply_to_message is not None or desk.is_asked or desk.is_confirming:
            return False
        goals = await self._meant(wish, engine, desk)
        return {"wish": wish, "goals": goals} if goals else False

    @staticmethod
    async def _meant(wish: BranchWish, engine: Engine, desk: Desk) -> list[Goal]:
        """Code goals that the words may be about; the ones under way with what they ended with, the newest first."""
        if wish.goal is not None:
            goal = await own_goal(engine, desk, wish.goal)
            return [goal] if goal.metadata.get(CODE) else []
        found: list[Goal] = []
        for ended in (True, False):
            rows = await engine.queries.goals_of(
                desk.here, ended=ended, offset=0, limit=_MOST_LOOKED_AT, owner=desk.user
            )
            goals = [await engine.goal(row.id) for row in rows]
            found += [one for one in goals if one.metadata.get(CODE)]
        return found


async def say(message: Message, wish: BranchWish, goals: list[Goal], engine: Engine, desk: Desk) -> Handled:
    """The same in words: of the one goal that has something to do it with."""
    bench = await workbench_of(engine)
    with_branch = []
    for goal in goals:
        report = await bench.report(goal.id)
        if report is None or report.status == WorkspaceStatus.GONE:
            continue
        if (report.status == WorkspaceStatus.DISCARDED) == (wish.deed is CodeDeed.UNDO):
            with_branch.append(goal)
    if len(with_branch) > 1:
        named = [(goal.id, goal.name) for goal in with_branch]
        return desk.keep(views.which_report(desk.here, named, wish.deed))
    about = with_branch[0] if with_branch else goals[0]
    tap = CodeTap(deed=wish.deed, goal=about.id)
    return _said(await _carried_out(_Turn(tap, about, engine, desk)), None, desk)


def routes() -> Router:
    """Buttons and words about a goal's branch."""
    router = Router(name="code_branches")
    router.callback_query.register(press, CodeTap.filter())
    router.message.register(confirm, InDialogue(CONFIRM_CODE))
    router.message.register(say, AboutBranch())
    return router
