"""What one attempt did to files and ran, noted while it goes on and written into the goal's log in one event."""

from collections.abc import Sequence

from engine import events as e
from engine.coding.records import LONGEST_LINE, MOST_RUNS, MOST_TOUCHES, CommandRun, FileTouch
from engine.decisions import Decision, Moment
from engine.goals import Goal
from engine.values import TaskNumber, well_formed
from engine.workspace.access.results import Access
from engine.workspace.escaping import shown_name
from engine.workspace.sandbox.commands import Ending, SandboxCommand, SandboxResult

_CHANGES = frozenset({"edit", "write", "delete", "patch"})


class Journal:
    """The notes of one attempt. `touched` may be called from a thread."""

    def __init__(self, task: TaskNumber | None) -> None:
        """`task` is None for what no task does, but a person."""
        self.task = task
        self.sandboxed = True
        """False once something ran without a sandbox."""
        self._touches: list[FileTouch] = []
        self._runs: list[CommandRun] = []
        self._more = 0

    @property
    def refused(self) -> Sequence[FileTouch]:
        """The accesses that were refused, each path once."""
        return list({one.path: one for one in self._touches if one.refused}.values())

    def touched(self, access: Access) -> None:
        """Note an access to files."""
        if len(self._touches) >= MOST_TOUCHES:
            self._more += 1
            return
        words = {name: _cut(shown_name(getattr(access, name))) for name in ("path", "refused")}
        self._touches.append(FileTouch(what=access.kind.value, lines=access.lines, **words))

    def ran(self, command: SandboxCommand, result: SandboxResult) -> None:
        """Note a command that has ended."""
        self.sandboxed = self.sandboxed and result.sandboxed
        if len(self._runs) >= MOST_RUNS:
            self._more += 1
            return
        ended = f"exited {result.exit_code}" if result.ending is Ending.EXITED else f"ended by {result.ending.value}"
        line = _cut(" ".join(command.arguments))
        seconds = round(result.seconds, 3)
        output = command.output.name if command.output is not None else ""
        run = CommandRun(line=line, ending=ended, seconds=seconds, sandboxed=result.sandboxed, output=output)
        self._runs.append(run)

    def written_down(self) -> Decision:
        """The decision that says all of it; nothing where there is nothing to say."""
        touches, runs, more, task = tuple(self._touches), tuple(self._runs), self._more, self.task

        def decide(goal: Goal, moment: Moment) -> Sequence[e.Event]:
            del goal, moment
            if not touches and not runs:
                return []
            told = _summary(touches, runs, more)
            return [e.CodeWorked(task=task, summary=told, touches=touches, runs=runs, more=more)]

        return decide


def _summary(touches: Sequence[FileTouch], runs: Sequence[CommandRun], more: int) -> str:
    """Such as «3 looks at files, 2 changes, 1 refused; ran «pytest -q» (exited 1)»."""
    refused = sum(bool(one.refused) for one in touches)
    changed = [one.path for one in touches if one.what in _CHANGES and not one.refused]
    told = []
    if looks := len(touches) - refused - len(changed):
        told.append(f"{looks} {'look' if looks == 1 else 'looks'} at files")
    if changed:
        names = ", ".join(dict.fromkeys(changed[:3]))
        told.append(f"changed {names}" + (f" and {len(changed) - 3} more" if len(changed) > 3 else ""))
    if refused:
        told.append(f"{refused} refused")
    told += [f"ran «{one.line[:60]}» ({one.ending})" for one in runs[-2:]]
    if beyond := more + max(0, len(runs) - 2):
        told.append(f"{beyond} more")
    return "; ".join(told)


def _cut(text: str) -> str:
    plain = well_formed(" ".join(text.split()))
    return plain if len(plain) <= LONGEST_LINE else f"{plain[: LONGEST_LINE - 1]}…"
