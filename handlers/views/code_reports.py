"""What came of a code goal, as the system itself has seen it: report, diff, and what becomes of the branch."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from aiogram.utils.formatting import Bold, Code, Italic, Pre, Text, sizeof

from engine.coding.options import CODE
from engine.coding.reports import BaseStanding, Check, CodeReport, Difference, Flagged, LaidOnBase, WayOut
from engine.coding.works.names import HAND_IN
from engine.coding.workspaces import BRANCHLESS, WorkspaceStatus
from engine.goals import Goal, GoalStatus
from engine.money import dollars
from engine.records import Outgoing
from engine.tasks import Task
from engine.values import ChatId, GoalId
from engine.workspace.escaping import shown_name
from handlers import keyboards
from handlers.code.callbacks import CodeDeed, CodeTap
from handlers.views.code import unsandboxed, waiting_for_code
from handlers.views.letters import Sheet, few, letter, line, sentence, shows_whole, stacked, words
from handlers.views.signs import waits_for_person
from handlers.views.times import moment, plural, span

DIFF_SHOWN = 2_800
"""UTF-16 units of a diff that stand in a message; a longer one comes as a file."""
_MOST_COMMITS, _MOST_CHECKS, _MOST_FILES = 8, 12, 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A report, with what else decides about its words and buttons."""

    report: CodeReport
    standing: BaseStanding | None = None
    """How the branch stands to its base now; None where that can't be told."""
    way: WayOut | None = None
    """Where it may be pushed to, after a yes; None for nowhere."""

    @property
    def tip(self) -> str:
        """The newest commit of the branch; empty without one. What is said yes to is bound to it."""
        return self.report.commits[0].commit if self.report.commits else ""

    @property
    def is_pushed(self) -> bool:
        """Whether just this commit is on the remote."""
        return self.way.is_there if self.way is not None else bool(self.report.pushed)


def report_message(chat: ChatId, goal: Goal, shown: Shown, note: str = "") -> Outgoing:
    """The report with all that can be done with the branch; `note` says what has just happened."""
    report = shown.report
    branch = Text(
        "🌿 ", Code(line(report.branch, 120)), f" from {line(report.base, 80)} · 📦 {line(report.repository, 60)}"
    )
    head: list[Text | str] = [
        *([words(note, 600), ""] if note else []),
        Text(_sign(goal, report), " ", Bold(_title(goal, report))),
        Text("🎯 ", line(goal.name, 200)),
        branch,
    ]
    body = [*_commits(report), *_put_away(goal, report), *_tests(report), *_checks(report)]
    foot: list[Text | str] = ["", _effort(report)]
    if not report.sandboxed:
        foot.append(unsandboxed())
    foot += waiting_for_code(goal)
    foot += [*_moved(report, shown.standing), *_left(shown)]
    return letter(chat, Sheet(head=head, items=body, foot=foot).text(), _buttons(goal.id, shown), goal.id)


def _sign(goal: Goal, report: CodeReport) -> str:
    if report.status in BRANCHLESS:
        return "🗑"
    return "✅" if report.proven else "⚠️" if goal.has_ended else "🛠"


def _title(goal: Goal, report: CodeReport) -> str:
    if report.status in BRANCHLESS:
        return "Discarded"
    if report.unseen:
        return "The branch can't be looked at just now"
    if report.proven and report.commits:
        return "Done, proven and committed" if goal.has_ended else "Proven and committed so far"
    if not goal.has_ended:
        return "Under way"
    if report.proven_elsewhere and report.commits:
        return "Not proven on this base"
    return {GoalStatus.CANCELLED: "Cancelled; this is there", GoalStatus.COMPLETED: "Closed, but not proven"}.get(
        goal.status, "Stopped; this is there"
    )


def _commits(report: CodeReport) -> list[Text | str]:
    if report.unseen:
        return ["", sentence(_reason(report.unseen)), "This is what I know of it:"]
    if not report.commits:
        return ["Nothing was committed.", *_changed(report.difference)]
    told: list[Text | str] = [
        Text("• ", Code(one.commit[:10]), " ", line(one.subject, 120)) for one in report.commits[:_MOST_COMMITS]
    ]
    more = len(report.commits) - _MOST_COMMITS
    return ["", *told, *([f"…and {plural(more, 'more commit')}"] if more > 0 else []), *_changed(report.difference)]


def _changed(difference: Difference | None) -> list[Text | str]:
    return [difference.words] if difference is not None and difference.files else []


def _put_away(goal: Goal, report: CodeReport) -> list[Text | str]:
    """What is in no commit once the goal has ended."""
    if not goal.has_ended or (differs := report.difference) is None:
        return []
    if not (left := differs.uncommitted):
        return _misfit(differs)
    told = f"{plural(left, 'file')} {'is' if left == 1 else 'are'} not committed"
    return [f"📎 {told}, but kept beside the branch: Reopen goes on from there."]


def _misfit(difference: Difference) -> list[Text | str]:
    """Where to find what was not committed and is in no patch."""
    if not difference.misfit:
        return []
    told = "📎 What was not committed does not fit the branch any more, and is not part of this. It is kept: "
    return [Text(told, Code(f"git show {line(difference.misfit, 200)}"))]


def _tests(report: CodeReport) -> list[Text | str]:
    if not report.tests_before and not report.tests_after:
        return ["", "The tests were not run."]
    before, after = line(report.tests_before, 120), line(report.tests_after, 120)
    if not report.tests_after:
        return ["", Text(Bold("Tests"), f" before: {before}; not run since")]
    return ["", Text(Bold("Tests"), f": before {before}, now {after}")]


def _checks(report: CodeReport) -> list[Text | str]:
    """What doesn't hold first; then what holds only because the person let it through, then the rest."""
    signs = {True: "✅", False: "✖️", None: "❔"}
    shown = sorted(report.checks, key=lambda one: one.held is True)[:_MOST_CHECKS]
    approved = [f"⚠️ Approved by you: {line(one.path, 120)}, {line(one.why, 200)}" for one in report.approved]
    fine = sum(one.held is not True for one in shown)
    told = [f"{signs[one.held]} {_named(one)}" for one in shown]
    return [*told[:fine], *approved[:_MOST_FILES], *told[fine:]]


def _named(check: Check) -> str:
    """What was looked at; with what was seen where it doesn't hold, or is a figure."""
    told = f": {line(check.words, 200)}" if (check.held is not True or check.measures) and check.words.strip() else ""
    return f"{sentence(line(check.name, 120))}{told}"


def _effort(report: CodeReport) -> str:
    money = f"{dollars(report.cost)} for models" if report.cost else "no model was paid"
    took = f"{report.seconds:.0f} s" if report.seconds < 90 else span(report.seconds)
    return f"⏱ {took} of work · 💰 {money}"


def _moved(report: CodeReport, standing: BaseStanding | None) -> list[Text | str]:
    if standing is None or not standing.behind or report.status in BRANCHLESS:
        return []
    told = f"↪️ {line(report.base, 80)} has moved on by {plural(standing.behind, 'commit')} meanwhile."
    if not standing.conflicts:
        return [f"{told} Rebase puts this on top of it; nothing conflicts."]
    return [told, *_conflicts(standing.conflicts)]


def _conflicts(files: Sequence[str]) -> list[Text | str]:
    named: list[Text | str] = [Text("• ", Code(line(shown_name(one), 120))) for one in files[:_MOST_FILES]]
    more = [f"…and {len(files) - _MOST_FILES} more"] if len(files) > _MOST_FILES else []
    return ["Both changed these, in ways that don't go together:", *named, *more]


def _left(shown: Shown) -> list[Text | str]:
    if shown.report.pull_request:
        return [f"🔀 Pull request: {line(shown.report.pull_request, 300)}"]
    if shown.is_pushed:
        return [f"⬆️ Pushed to {line(shown.way.address if shown.way is not None else shown.report.pushed, 200)}"]
    return []


def _tap(label: str, deed: CodeDeed, goal: GoalId, digest: str = "") -> keyboards.Button:
    return keyboards.button(label, CodeTap(deed=deed, goal=goal, digest=digest[:16]))


def _buttons(goal: GoalId, shown: Shown) -> keyboards.Rows:
    report = shown.report
    if report.status == WorkspaceStatus.DISCARDED:
        return undo_button(goal)
    if report.status in BRANCHLESS:
        return ()
    if report.unseen:
        return [[_tap("Look again", CodeDeed.REPORT, goal)]]
    first = [_tap("Show diff", CodeDeed.DIFF, goal)] if report.difference and report.difference.files else []
    leaving = []
    if shown.tip and shown.way is not None:
        if not (report.pull_request or shown.way.no_request):
            first.append(_tap("Open pull request", CodeDeed.PULL, goal, shown.tip))
        if not shown.is_pushed:
            leaving.append(_tap("Push", CodeDeed.PUSH, goal, shown.tip))
    rebase = [_tap(label, CodeDeed.REBASE, goal, shown.tip)] if (label := _rebase_label(shown)) else []
    last = [_tap("Keep branch", CodeDeed.KEEP, goal), _tap("Discard", CodeDeed.DISCARD, goal)]
    return [first, [*rebase, *leaving], last]


def _rebase_label(shown: Shown) -> str:
    """What laying the branch on its base is good for now; empty where for nothing."""
    if not shown.tip or shown.standing is None or shown.standing.conflicts:
        return ""
    if shown.standing.behind:
        return "Rebase"
    fell_short = any(check.held is False for check in shown.report.checks)  # here: elsewhere all of them held
    return "Prove it here" if shown.report.proven_elsewhere and not fell_short else ""


def undo_button(goal: GoalId) -> keyboards.Rows:
    """Brings a discarded branch back."""
    return [[_tap("Undo", CodeDeed.UNDO, goal)]]


def report_button(goal: GoalId) -> keyboards.Button:
    """The way to the report."""
    return _tap("Report", CodeDeed.REPORT, goal)


def code_rows(goal: Goal) -> keyboards.Rows:
    """Under the card of a code goal: the way to what it has made so far."""
    return [[report_button(goal.id)]] if goal.metadata.get(CODE) and goal.started_at is not None else []


def diff_message(chat: ChatId, goal: Goal, difference: Difference) -> Outgoing:
    """The diff, in the message where it is short, else as a file."""
    beside = _misfit(difference)
    if not difference.text.strip() and not beside:
        return letter(chat, Text("Nothing differs from the base yet: ", Bold(line(goal.name, 200))), (), goal.id)
    title = f"{line(goal.name, 200)} · {difference.words}"
    if sizeof(difference.text) <= DIFF_SHOWN and shows_whole(difference.text):
        shown = [Pre(difference.text.rstrip("\n"), language="diff")] if difference.text.strip() else []
        return letter(chat, stacked([Bold(title), *shown, *beside]), (), goal.id)
    more = " It is cut: there is more than I can send." if difference.cut else ""
    message = letter(chat, stacked([f"{title}.{more}", *beside]), (), goal.id)
    file = {"name": f"goal-{goal.id}.diff", "content": difference.text}
    return replace(message, payload={**message.payload, "document": dict(file)})


def sure_to_discard(chat: ChatId, goal: Goal, shown: Shown) -> Outgoing:
    """Asks before a branch goes."""
    report = shown.report
    commits = f" with {plural(len(report.commits), 'commit')}" if report.commits else ""
    lines: list[Text | str] = [
        Text("Discard ", Code(line(report.branch, 120)), f"{commits}? For a day it can be had back."),
        *(["What was pushed stays where it is."] if shown.is_pushed else []),
    ]
    rows = [[_tap("Discard it", CodeDeed.DISCARD_YES, goal.id), _tap("Keep it", CodeDeed.REPORT, goal.id)]]
    return letter(chat, stacked(lines), rows, goal.id)


def discarded(
    chat: ChatId, goal: Goal, branch: str, until: dt.datetime | None, seen: tuple[str, dt.datetime]
) -> Outgoing:
    """A branch went; `until` it can be had back (None: no longer), `seen` is the zone and now."""
    lines: list[Text | str] = [
        Text("🗑 ", Bold("Discarded: "), Code(line(branch, 120))),
        Text("🎯 ", line(goal.name, 200)),
    ]
    if until is not None:
        lines.append(f"Undo brings it back until {moment(until, *seen)}.")
    return letter(chat, stacked(lines), undo_button(goal.id) if until is not None else (), goal.id)


def sure_to_push(chat: ChatId, goal: Goal, shown: Shown, way: WayOut, into: str = "") -> Outgoing:
    """Says what would leave the machine, and where to; the press is the approval.

    `into` is the branch that a pull request is to be merged into; empty for a push alone.
    """
    report = shown.report
    differs = report.difference
    summary = f", {differs.words}" if differs is not None and not differs.uncommitted else ""
    first = f"Open a pull request into {line(into, 80)}?" if into else "Push the branch?"
    lines: list[Text | str] = [
        Text("⬆️ ", Bold(first)),
        Text("Branch: ", Code(line(report.branch, 120)), f" at {shown.tip[:10]}"),
        Text("To: ", Code(line(way.remote, 60)), f", {line(way.address, 200)}"),
        f"{plural(len(report.commits), 'commit')}{summary} leave this machine.",
        *([f"It takes the place of {way.replaces[:10]} there, which I pushed before."] if way.replaces else []),
        *([] if report.proven else [f"⚠️ {_unproven(report)}"]),
    ]
    yes, deed = ("Open it", CodeDeed.PULL_YES) if into else ("Push it", CodeDeed.PUSH_YES)
    rows = [[_tap(yes, deed, goal.id, shown.tip), _tap("Not now", CodeDeed.REPORT, goal.id)]]
    return letter(chat, stacked(lines), rows, goal.id)


def _unproven(report: CodeReport) -> str:
    if report.proven_elsewhere:
        return "They are not proven on this base; they were on another, or as other files."
    return "They are not proven: the tests don't say yet that it is done."


def rebase_begun(chat: ChatId, goal: Goal) -> Outgoing:
    """The answer to a wish that takes its time."""
    lines: list[Text | str] = [
        "↪️ I rebase it and prove it there again; I'll tell you what comes of it.",
        Text("🎯 ", line(goal.name, 200)),
    ]
    return letter(chat, stacked(lines), (), goal.id)


def laid_words(shown: Shown, laid: LaidOnBase) -> str:
    """What has just come of laying a branch on its base."""
    if laid.conflicts:
        return "✋ Not rebased; nothing was changed."
    if laid.fault:
        return f"✋ Not rebased: {_reason(laid.fault)} The branch is as it was."
    if shown.report.proven:
        differs = shown.report.difference
        without = ", without what is not committed" if differs and (differs.uncommitted or differs.misfit) else ""
        return f"↪️ Rebased, and proven there{without}: I ran the tests again."
    return f"↪️ Rebased, but not proven there{f': {_reason(laid.unproven)}' if laid.unproven else '.'}"


def _reason(text: str) -> str:
    return words(text, 400).rstrip(".") + "."


def not_possible(chat: ChatId, goal: Goal, what: str, why: str) -> Outgoing:
    """Something about a branch that didn't go; `why` says how the branch stands, too."""
    lines: list[Text | str] = [Text("✋ ", Bold(what)), words(why, 2_500)]
    return letter(chat, stacked(lines), [[report_button(goal.id)]], goal.id)


def flagged_message(chat: ChatId, goal: Goal, flagged: Flagged) -> Outgoing:
    """Changes to tests that count only with a person's yes, shown with their diff."""
    head: list[Text | str] = [
        Text("🔐 ", Bold("What decides about the tests was changed")),
        Text("🎯 ", line(goal.name, 200)),
        "These decide whether the work is done, so I don't count it before you have said yes:",
    ]
    items: list[Text | str] = [
        Text("• ", Code(line(shown_name(one.path), 120)), f": {line(one.why, 200)}")
        for one in flagged.changes[:_MOST_FILES]
    ]
    more = len(flagged.changes) - _MOST_FILES
    items += [f"…and {more} more"] if more > 0 else []
    text, short = flagged.difference.text, flagged.difference.text.strip()
    fits = sizeof(text) <= DIFF_SHOWN // 2 and shows_whole(text)
    items += ["", Pre(text.rstrip("\n"), language="diff")] if fits and short else []
    shown = [] if fits else [[_tap("Show diff", CodeDeed.DIFF, goal.id)]]
    answers = [
        _tap("Approve", CodeDeed.APPROVE, goal.id, flagged.state),
        _tap("Don't", CodeDeed.DENY, goal.id, flagged.state),
    ]
    return letter(chat, stacked([*head, *items]), [answers, *shown], goal.id)


def approved(chat: ChatId, goal: Goal, paths: Sequence[str]) -> Outgoing:
    """A yes to changed tests."""
    lines: list[Text | str] = [
        Text("✅ ", Bold("Approved"), f": {_named_files(paths)}."),
        Text("🎯 ", line(goal.name, 200)),
    ]
    if (task := _waits_for_code(goal)) is None:
        return letter(chat, stacked([*lines, "I look at the tests once more."]), (), goal.id)
    lines.append(
        Text("Now ", Italic(line(task.title, 200)), " waits for you: hand in what is missing, or press below.")
    )
    return letter(chat, stacked(lines), keyboards.task_buttons(goal, task), goal.id)


def denied(chat: ChatId, goal: Goal, paths: Sequence[str]) -> Outgoing:
    """A no to changed tests, and how it goes on."""
    lines: list[Text | str] = [
        Text("✖️ ", Bold("Not approved"), f": {_named_files(paths)}. I put that back as it was before the goal."),
        Text("🎯 ", line(goal.name, 200)),
    ]
    if (task := _waits_for_code(goal)) is None:
        lines.append("It goes on without that change, and whoever writes next is told to leave it alone.")
        return letter(chat, stacked(lines), (), goal.id)
    told = " waits for you: hand it in without touching that, or press below if the rest will do as it is."
    lines.append(Text("Now ", Italic(line(task.title, 200)), told))
    return letter(chat, stacked(lines), keyboards.task_buttons(goal, task), goal.id)


def _named_files(paths: Sequence[str]) -> str:
    return few([line(shown_name(one), 100) for one in paths])


def _waits_for_code(goal: Goal) -> Task | None:
    """The task that waits for a person's code; None for none."""
    return next((one for one in goal.live_tasks if one.work == HAND_IN and waits_for_person(one)), None)


def which_report(chat: ChatId, goals: Sequence[tuple[GoalId, str]], deed: CodeDeed) -> Outgoing:
    """Words about a branch while several goals have one."""
    rows = [[_tap(f"{number}. {name}", deed, number)] for number, name in goals[:10]]
    return letter(chat, "Of which goal?", rows)
