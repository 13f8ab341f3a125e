"""Puts the tasks of all clauses into one plan: decisions shared, edges drawn, in an order that can be carried out."""

import heapq
from collections import Counter
from dataclasses import dataclass, replace

from engine.planning.drafting import Draft, Place, decision_of, drafts_of
from engine.planning.ordering import Node, Order, is_budget, matching, order_of


@dataclass(frozen=True, slots=True, kw_only=True)
class _Block:
    """The tasks of one clause."""

    drafts: tuple[Draft, ...]
    opens: str
    """Key of the task that what comes before the clause leads to."""
    gated: bool
    """Whether the clause has a decision of its own in front."""

    @property
    def last(self) -> str:
        """Key of the task that what comes after the clause follows."""
        return self.drafts[-1].task.key


def arranged(nodes: tuple[Node, ...], criteria: tuple[str, ...], zone: str, *, numbered: bool) -> tuple[Draft, ...]:
    """The tasks of all clauses, each behind what it depends on."""
    together = _arranged(nodes, criteria, zone, numbered=numbered, shared=True)
    if together is not None:
        return together
    # a question that two clauses share can close a circle that the clauses alone don't: then each asks its own
    apart = _arranged(nodes, criteria, zone, numbered=numbered, shared=False)
    assert apart is not None
    return apart


def _arranged(
    nodes: tuple[Node, ...], criteria: tuple[str, ...], zone: str, *, numbered: bool, shared: bool
) -> tuple[Draft, ...] | None:
    """The tasks in order; None where they would wait for each other."""
    order = order_of(nodes, numbered=numbered)
    said = Counter(word for node in nodes for word in node.stems)
    blocks: list[_Block] = []
    decisions: dict[tuple[int, str], str] = {}
    numbers: Counter[int] = Counter()
    for node in nodes:
        numbers[node.criterion] += 1
        after = node.reading.clause.after
        place = Place(
            prefix=f"c{node.criterion + 1}.{numbers[node.criterion]}",
            criterion=node.criterion,
            words=criteria[node.criterion],
            zone=zone,
            elsewhere=said,
            unmet=after if after and node.reading.not_before is None and not matching(after, nodes, node) else "",
        )
        blocks.append(_block(node, place, decisions if shared else {}))
    merged = _merged([draft for node in nodes for draft in _placed(node, blocks, order, numbered=numbered)])
    found = executable(merged)
    return found if len(found) == len(merged) else None


def _merged(drafts: list[Draft]) -> tuple[Draft, ...]:
    """The drafts with shared preparation once. Only what comes after the same tasks: no circle can arise."""
    first: dict[tuple[str, tuple[str, ...]], str] = {}
    instead: dict[str, str] = {}
    for draft in drafts:
        task = draft.task
        if draft.shared and task.only_if is None:
            kept = first.setdefault((task.title, tuple(sorted(task.after))), task.key)
            if kept != task.key:
                instead[task.key] = kept
    return tuple(
        replace(draft, task=replace(draft.task, after=tuple(instead.get(key, key) for key in draft.task.after)))
        for draft in drafts
        if draft.task.key not in instead
    )


def _block(node: Node, place: Place, decisions: dict[tuple[int, str], str]) -> _Block:
    """The tasks of a clause; clauses of one criterion with the same condition share the decision."""
    clause = node.reading.clause
    if not clause.condition:
        drafts = drafts_of(node.reading, place)
        return _Block(drafts=drafts, opens=drafts[0].task.key, gated=False)
    name = (node.criterion, clause.condition.lower())
    decision = None if name in decisions else decision_of(node.reading, place)
    if decision is not None:
        decisions[name] = decision.task.key
    drafts = drafts_of(node.reading, place, decided_by=(decisions[name], "No" if clause.negated else "Yes"))
    if decision is None:
        return _Block(drafts=drafts, opens=drafts[0].task.key, gated=True)
    return _Block(drafts=(decision, *drafts), opens=decision.task.key, gated=True)


def _placed(node: Node, blocks: list[_Block], order: Order, *, numbered: bool) -> list[Draft]:
    """The tasks of a clause behind what comes before it; an early first step goes on beside the clause before."""
    block, before = blocks[node.index], order.before(node.index)
    keys = tuple(blocks[other].last for other in before)
    clause = node.reading.clause
    strict = numbered or block.gated or bool(clause.after) or clause.follows or clause.step > 0 or clause.place != 0
    first, *rest = block.drafts
    if strict or not before or not first.early or not rest:
        return [_behind(draft, keys) if draft.task.key == block.opens else draft for draft in block.drafts]
    sooner = tuple(dict.fromkeys(blocks[more].last for other in before for more in order.before(other)))
    if is_budget(node.reading):
        sooner = ()
    found = [_behind(replace(first, task=replace(first.task, after=())), sooner)]
    needs_first = True
    for number, draft in enumerate(rest):
        after = keys if number == 0 else draft.task.after
        if needs_first and draft.carries:
            after, needs_first = (*after, first.task.key), False
        found.append(replace(draft, task=replace(draft.task, after=after)))
    return found


def _behind(draft: Draft, keys: tuple[str, ...]) -> Draft:
    return replace(draft, task=replace(draft.task, after=tuple(dict.fromkeys((*keys, *draft.task.after)))))


def executable(drafts: tuple[Draft, ...]) -> tuple[Draft, ...]:
    """The drafts in an order in which they can be carried out, as close as possible to the one they came in.

    Those that wait for each other are left out.
    """
    position = {draft.task.key: number for number, draft in enumerate(drafts)}
    open_before = [len(draft.task.after) for draft in drafts]
    then: dict[int, list[int]] = {}
    for number, draft in enumerate(drafts):
        for key in draft.task.after:
            then.setdefault(position[key], []).append(number)
    ready = [number for number, count in enumerate(open_before) if not count]
    heapq.heapify(ready)
    found: list[Draft] = []
    while ready:
        number = heapq.heappop(ready)
        found.append(drafts[number])
        for other in then.get(number, ()):
            open_before[other] -= 1
            if not open_before[other]:
                heapq.heappush(ready, other)
    return tuple(found)
