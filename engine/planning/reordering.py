"""Another order for what is still to be done, because a person said so: rewired and shown in that order.

Pure. Nothing that has begun or ended is touched, nothing waits in a circle afterwards, and saying it twice changes
nothing more. «First» and «last» keep what tasks need of each other; only «X before Y» lets X go without what it had
waited for in Y, because that is what was said.
"""

from collections.abc import Callable, Iterable, Mapping

from engine.goals import Goal
from engine.planning.criteria.changes import ORDERS, Change, ChangeKind, read_changes
from engine.planning.criteria.wording import crop
from engine.planning.orders import all_before, in_order
from engine.plans import Repair, find_circle
from engine.tasks import ENDED_TASKS, Task, TaskStatus
from engine.values import TaskNumber

Numbers = frozenset[TaskNumber]


def ordered_by_words(goal: Goal, said: str) -> Repair | None:
    """The repair that a person's words about the order call for; None where they say nothing of it, or more."""
    heard = read_changes(said, goal)
    if not heard.is_clear or any(change.kind not in ORDERS for change in heard.changes):
        return None
    return ordered(goal, heard.changes)


def ordered(goal: Goal, changes: Iterable[Change]) -> Repair:
    """The order that was asked for, one wish after the other; empty, with the reason in words, where it is so already
    or can't be."""
    graph = _Graph(goal)
    told = [graph.obey(change) for change in changes]
    wired = graph.rewired()
    order = graph.shown()
    return Repair(rewire=wired, order=order, summary=" ".join(told), settled=not wired and not order)


class _Graph:
    """The open tasks with what each waits for, while it changes."""

    def __init__(self, goal: Goal) -> None:
        self.goal = goal
        self.open: dict[TaskNumber, Task] = {
            task.number: task for task in goal.live_tasks if task.status not in ENDED_TASKS
        }
        self.after: dict[TaskNumber, Numbers] = {
            number: frozenset(task.depends_on) for number, task in self.open.items()
        }
        self.ahead: list[Numbers] = []
        """What is shown before all else that it need not stand behind, the newest wish last."""

    def obey(self, change: Change) -> str:
        """Change the order; says what came of it."""
        named = crop(self.goal.criteria[change.criterion or 0], 60)
        mine = self._of(change.criterion)
        if not mine:
            return f"Nothing is left to do for «{named}»."
        match change.kind:
            case ChangeKind.FIRST:
                return self._first(mine, named)
            case ChangeKind.LAST:
                return self._last(mine, named)
            case _:
                return self._before(
                    mine, self._of(change.other), named, crop(self.goal.criteria[change.other or 0], 60)
                )

    def _of(self, criterion: int | None) -> Numbers:
        return frozenset(number for number, task in self.open.items() if task.criterion == criterion)

    def _first(self, mine: Numbers, named: str) -> str:
        needed = mine | self._all_before(mine)
        rest = frozenset(self.open) - needed
        self.ahead.append(needed)
        moved = self._put_behind(rest, self._last_of(mine))
        if not rest:
            return f"«{named}» waits for all the rest, so it can't go first; say «{named} before …» to change that."
        behind = len(needed - mine)
        first = f", after the {behind} it needs" if behind > 1 else ", after the one it needs" if behind else ""
        return self._told(moved, f"«{named}» goes first now{first}", f"«{named}» goes first already", rest)

    def _last(self, mine: Numbers, named: str) -> str:
        behind = self._all_behind(mine)
        rest = frozenset(self.open) - mine - behind
        self.ahead.append(rest)
        moved = self._put_behind(mine, self._last_of(rest)) if rest else 0
        kept = f"; {len(behind)} {'waits' if len(behind) == 1 else 'wait'} for it still" if behind else ""
        return self._told(moved, f"«{named}» goes last now{kept}", f"«{named}» goes last already{kept}", mine)

    def _before(self, mine: Numbers, later: Numbers, named: str, other: str) -> str:
        if not later:
            return f"Nothing is left to do for «{other}», so «{named}» need not go before it."
        before = dict(self.after)
        self._free(mine, later | (self._all_behind(later) - mine))
        if mine & self._all_behind(later):  # a choice inside the other decides about it, say
            self.after = before
            return f"What «{named}» waits for in «{other}» can't be left out, so it can't go before it."
        self.ahead.append(mine | self._all_before(mine))
        moved = self._put_behind(later, self._last_of(mine)) + (before != self.after)
        return self._told(
            moved, f"«{named}» goes before «{other}» now", f"«{named}» goes before «{other}» already", later
        )

    def _told(self, moved: int, now: str, already: str, others: Numbers) -> str:
        begun = [one for number in others if (one := self.open[number]).status is not TaskStatus.PENDING]
        named = f"«{crop(begun[0].title, 60)}» is" if len(begun) == 1 else f"{len(begun)} are"
        under_way = f" {named} under way already and may go on." if begun else ""
        return f"{now if moved else already}.{under_way}"

    def _may_move(self, number: TaskNumber) -> bool:
        return self.open[number].status is TaskStatus.PENDING

    def _free(self, mine: Numbers, others: Numbers) -> None:
        """Let tasks wait for none of the others any more, but for what those waited for outside themselves."""
        for number in mine:
            own = self.after[number]
            if not own & others or not self._may_move(number):
                continue
            keeps = self._choice_of(number)
            found = {one for one in own if one not in others or one in keeps}
            waiting, seen = [one for one in own if one in others and one not in keeps], set[TaskNumber]()
            while waiting:
                one = waiting.pop()
                if one in seen:
                    continue
                seen.add(one)
                for before in self.after.get(one, frozenset()):
                    if before in others:
                        waiting.append(before)
                    elif before not in mine:
                        found.add(before)
            self.after[number] = frozenset(found)

    def _choice_of(self, number: TaskNumber) -> Numbers:
        only_if = self.open[number].only_if
        return frozenset({only_if[0]}) if only_if is not None else frozenset()

    def _put_behind(self, tasks: Numbers, lasts: Numbers) -> int:
        """Let the first of the tasks that have not begun wait for all of `lasts`; returns how many began to.

        None of `lasts` may come after any of the tasks.
        """
        place = {number: at for at, number in enumerate(self.open)}
        before = all_before([[place[one] for one in after if one in place] for after in self.after.values()])
        free = sum(1 << place[number] for number in tasks if self._may_move(number))
        moved = 0
        for number in sorted(tasks):
            known = before[place[number]]
            missing = frozenset(one for one in lasts if not known >> place[one] & 1)
            if self._may_move(number) and missing and not known & free:
                self.after[number] |= missing
                moved += 1
        return moved

    def _last_of(self, tasks: Numbers) -> Numbers:
        """Those of the tasks that none of them comes after."""
        followed = frozenset(one for number in tasks for one in self.after[number])
        return tasks - followed

    def _all_before(self, tasks: Numbers) -> Numbers:
        return self._reached(tasks, lambda number: self.after.get(number, frozenset())) & self.open.keys()

    def _all_behind(self, tasks: Numbers) -> Numbers:
        behind: dict[TaskNumber, list[TaskNumber]] = {}
        for number, after in self.after.items():
            for one in after:
                behind.setdefault(one, []).append(number)
        return self._reached(tasks, lambda number: behind.get(number, ()))

    @staticmethod
    def _reached(tasks: Numbers, then: Callable[[TaskNumber], Iterable[TaskNumber]]) -> Numbers:
        """All that can be reached from the tasks, without themselves."""
        seen: set[TaskNumber] = set()
        waiting = list(tasks)
        while waiting:
            for one in then(waiting.pop()):
                if one not in seen:
                    seen.add(one)
                    waiting.append(one)
        return frozenset(seen - tasks)

    def rewired(self) -> Mapping[TaskNumber, tuple[str, ...]]:
        """What waits for something else than before."""
        graph = {f"#{number}": tuple(f"#{one}" for one in sorted(after)) for number, after in self.after.items()}
        assert not find_circle(graph), "what was asked for closed a circle"
        return {
            number: graph[f"#{number}"]
            for number, task in self.open.items()
            if self.after[number] != frozenset(task.depends_on)
        }

    def shown(self) -> tuple[TaskNumber, ...]:
        """The order of all live tasks as they are to be shown, the ended ones where they were; empty where it stays."""
        before = [task.number for task in self.goal.live_tasks]
        wish = {number: tuple(number not in ahead for ahead in reversed(self.ahead)) for number in self.open}
        left = sorted((number for number in before if number in self.open), key=lambda number: wish[number])
        place = {number: at for at, number in enumerate(left)}
        order = in_order([[place[one] for one in self.after[number] if one in place] for number in left])
        new = iter([left[at] for at in order])
        found = [next(new) if number in self.open else number for number in before]
        return tuple(found) if found != before else ()
