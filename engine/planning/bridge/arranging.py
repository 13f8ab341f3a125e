"""Puts the tasks of all clauses into one graph: edges between clauses, shared work once, in an order that works."""

from collections.abc import Generator, Mapping
from dataclasses import dataclass

from engine.planning.bridge.drafting import Draft, Drafted
from engine.planning.bridge.laying import Layout
from engine.planning.bridge.parts import Role
from engine.planning.bridge.units import Unit
from engine.planning.criteria.kinds import is_celebration
from engine.planning.criteria.nodes import is_budget, is_occasion
from engine.planning.criteria.verbs import Kind, leading_verb
from engine.planning.htn.outcome import FoundPlan
from engine.planning.orders import all_before, in_order

Keys = tuple[str, ...]
_FRAME = "-frame"
"""What the keys of tasks end with that settle when, where and for whom an occasion is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arranged:
    """The tasks of a plan in an order in which they can be carried out."""

    drafts: tuple[Draft, ...]
    after: Mapping[str, Keys]
    """By key: what each comes right after."""
    instead: Mapping[str, str]
    """Keys of tasks that are done once for several clauses, with the key of the one that is left."""


def arranged(layout: Layout, drafted: Drafted, plan: FoundPlan) -> Generator[None, None, Arranged]:
    """The tasks of a plan, each behind what it depends on; in slices."""
    graph = _Graph(layout, drafted)
    graph.chain()
    yield
    graph.link()
    yield
    graph.depend(plan)
    yield
    graph.sort()
    yield
    instead = graph.merge()
    graph.sort()
    return Arranged(drafts=tuple(graph.drafts), after=graph.after, instead=instead)


def _defining(group: list[Draft], unit: Unit) -> int:
    """The place of the task that happens on the day a clause names; of what begins on a day the first that does it.

    That is the last task with the verb of the clause, else the last that does what was asked for.
    """
    doing = [place for place, draft in enumerate(group) if draft.does or draft.carries]
    if unit.reading.begins or not doing:
        return doing[0] if doing else 0
    kind, verb = unit.reading.kind, unit.reading.verb
    said = {place: leading_verb(group[place].task.title) or ("", None) for place in doing}
    alike = [place for place, found in said.items() if (found[0] == verb if verb else found[1] is kind)]
    return (alike or doing)[-1]


def _joined(*keys: Keys) -> Keys:
    return tuple(dict.fromkeys(key for some in keys for key in some))


class _Graph:
    """Tasks with what each comes after, while it grows."""

    def __init__(self, layout: Layout, drafted: Drafted) -> None:
        self.layout = layout
        self.only_if = drafted.only_if
        self.after: dict[str, Keys] = dict(drafted.after)
        self.by_label: dict[str, list[Draft]] = {}
        for draft in drafted.drafts:
            self.by_label.setdefault(draft.label, []).append(draft)
        self.drafts: list[Draft] = []
        self.keys_of_steps = drafted.keys
        self.blocks: list[list[Draft]] = []
        """The tasks of each unit."""
        self.last: list[Keys] = []
        """For each unit the keys of the tasks that what comes after it follows."""

    def chain(self) -> None:
        """The tasks of each unit, part after part."""
        for unit in self.layout.units:
            block = self._chained(unit)
            followed = {key for draft in block for key in self.after[draft.task.key]}
            self.blocks.append(block)
            self.last.append(tuple(draft.task.key for draft in block if draft.task.key not in followed))

    def _chained(self, unit: Unit) -> list[Draft]:
        """Waits for a day stand right before the doing itself."""
        found: list[Draft] = []
        before: Keys = ()
        holds: list[Draft] = []
        for part in unit.parts:
            group = self.by_label.get(unit.label(part), [])
            if part.role is Role.HOLD:
                holds += group
                continue
            group = self._held(group, holds, unit)
            holds = []
            for draft in group:
                if not self.after[draft.task.key]:
                    self.after[draft.task.key] = before
            followed = {key for draft in group for key in self.after[draft.task.key]}
            before = tuple(draft.task.key for draft in group if draft.task.key not in followed) or before
            found += group
        return found

    def _held(self, group: list[Draft], holds: list[Draft], unit: Unit) -> list[Draft]:
        """The tasks of a part with waits put in before the one that happens on that day: all else prepares it."""
        if not holds or not group:
            return [*holds, *group]
        number = _defining(group, unit)
        doing = group[number].task.key
        after = self.after[doing]
        for hold in holds:
            self.after[hold.task.key] = after
            after = (hold.task.key,)
        self.after[doing] = after
        return [*group[:number], *holds, *group[number:]]

    def link(self) -> None:
        """Each unit behind those before it."""
        questions = {
            draft.label: draft.task.key for block in self.blocks for draft in block if draft.role is Role.QUESTION
        }
        frames = self._frames()
        before = all_before([unit.before for unit in self.layout.units]) if frames else []
        framed = {
            number: (frame,)
            for occasion, frame in frames.items()
            if not is_celebration(self.layout.units[occasion].reading.text)  # what is celebrated then goes its own way
            for number, unit in enumerate(self.layout.units)
            if before[occasion] >> number & 1 and unit.reading.kind is not Kind.DECIDE
        }
        for number, unit in enumerate(self.layout.units):
            block = self.blocks[number]
            keys = _joined(*(self._exits(other) for other in unit.before))
            if unit.question and not unit.asks:
                keys = (*keys, questions[unit.question])
            if self._goes_ahead(unit, block):
                self._put_beside(unit, block, keys)
            elif number in frames:
                self._put_last(block, unit, keys)
            else:
                keys = keys or framed.get(number, ())
                for draft in block:
                    if not self.after[draft.task.key]:
                        self.after[draft.task.key] = keys
            self.drafts += block

    def _frames(self) -> dict[int, str]:
        """Occasions that begin with settling their frame, on which all hangs that prepares them: the key of that."""
        return {
            number: block[0].task.key
            for number, (unit, block) in enumerate(zip(self.layout.units, self.blocks, strict=True))
            if len(block) > 1
            and is_occasion(unit.reading)
            and block[0].task.key.endswith(_FRAME)
            and not self.after[block[0].task.key]
            and not unit.question
        }

    def _put_last(self, block: list[Draft], unit: Unit, keys: Keys) -> None:
        """The occasion itself behind what prepares it; its own frame stands before all of that."""
        group = [draft for draft in block if draft.role is Role.DOING]
        last = group[_defining(group, unit)]
        hold = next((draft for draft in block if draft.role is Role.HOLD), last)
        for draft in {hold.task.key, last.task.key}:
            self.after[draft] = _joined(self.after[draft], keys)

    def _exits(self, number: int) -> Keys:
        """What follows a unit comes after these; where it has no tasks, after what the unit follows itself."""
        found: list[str] = []
        seen: set[int] = set()
        waiting = [number]
        while waiting:
            one = waiting.pop()
            if one not in seen:
                seen.add(one)
                found += self.last[one]
                if not self.last[one]:
                    waiting.extend(self.layout.units[one].before)
        return tuple(found)

    def _goes_ahead(self, unit: Unit, block: list[Draft]) -> bool:
        """Whether its first task may go on beside what comes before, because nobody said that all of it comes after."""
        clause = unit.reading.clause
        is_told = bool(clause.after) or clause.follows or clause.step > 0 or clause.place != 0
        if self.layout.numbered or unit.question or is_told or not unit.before:
            return False
        if len(block) < 2 or not block[0].ahead:
            return False
        return not any(draft.ties.denies & block[0].ties.adds for drafts in self.by_label.values() for draft in drafts)

    def _put_beside(self, unit: Unit, block: list[Draft], keys: Keys) -> None:
        """The first task behind what comes before those before it; the doing itself behind it and them."""
        units = self.layout.units
        ahead = block[0].task.key
        sooner = _joined(*(self._exits(more) for other in unit.before for more in units[other].before))
        self.after[ahead] = () if is_budget(unit.reading) else sooner
        needs = next((draft for draft in block[1:] if draft.carries or draft.does), block[1])
        for draft in block[1:]:
            after = self.after[draft.task.key]
            if not after or ahead in after:
                after = _joined(keys, tuple(key for key in after if key != ahead))
            is_tied = draft is needs or draft.ties.wants & block[0].ties.adds
            self.after[draft.task.key] = _joined(after, (ahead,)) if is_tied else after

    def depend(self, plan: FoundPlan) -> None:
        """Tasks behind what they need of another clause that no order among clauses puts before them."""
        units = self.layout.units
        free = self.layout.untied
        if len(free) == len(units):
            return
        number_of = {unit.place.prefix: number for number, unit in enumerate(units)}
        before = all_before([unit.before for unit in units])
        for step in plan.steps:
            key = self.keys_of_steps[step.number]
            own = number_of[key.partition("-")[0]]
            needed = []
            for other in map(self.keys_of_steps.__getitem__, step.after):
                unit = number_of[other.partition("-")[0]]
                is_chance = own in free or unit in free
                if unit != own and not before[own] >> unit & 1 and not is_chance:
                    needed.append(other)
            if needed:
                self.after[key] = _joined(self.after[key], tuple(needed))

    def merge(self) -> dict[str, str]:
        """Shared preparation once. Only what comes after the same tasks: no circle can arise."""
        first: dict[tuple[object, ...], str] = {}
        instead: dict[str, str] = {}
        for draft in self.drafts:
            key = draft.task.key
            if draft.once and key not in self.only_if:
                kept = first.setdefault((draft.own, tuple(sorted(self.after[key]))), key)
                if kept != key:
                    instead[key] = kept
        if instead:
            self.drafts = [draft for draft in self.drafts if draft.task.key not in instead]
            for draft in self.drafts:
                after = self.after[draft.task.key]
                self.after[draft.task.key] = tuple(dict.fromkeys(instead.get(key, key) for key in after))
        return instead

    def sort(self) -> None:
        """Into an order that can be carried out, as close as possible to the one before; without needless edges."""
        position = {draft.task.key: number for number, draft in enumerate(self.drafts)}
        behind = [[position[key] for key in self.after[draft.task.key]] for draft in self.drafts]
        order = in_order(behind)
        assert len(order) == len(behind), "tasks of a plan wait for each other"
        reached = [0] * len(order)
        for number in order:
            implied = own = 0
            for other in behind[number]:
                implied |= reached[other]
                own |= 1 << other
            reached[number] = implied | own
            if implied & own:
                key = self.drafts[number].task.key
                self.after[key] = tuple(one for one in self.after[key] if not implied >> position[one] & 1)
        self.drafts = [self.drafts[number] for number in order]
