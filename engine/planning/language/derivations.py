"""The cheapest derivation of every task, conditions aside: Knuth's generalisation of Dijkstra's algorithm."""

import heapq
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from engine.planning.language.domain import Domain


class Rule(NamedTuple):
    """One way to derive a name: what it costs itself, and the names that must be derived too, each so often."""

    head: str
    weight: int
    body: Mapping[str, int] = MappingProxyType({})


def cheapest(rules: Sequence[Rule]) -> dict[str, int]:
    """The least total weight of a derivation of each name; a name that has none is left out. Weights from 0 on."""
    users: dict[str, list[int]] = {}
    for number, rule in enumerate(rules):
        for name in rule.body:
            users.setdefault(name, []).append(number)
    missing = [len(rule.body) for rule in rules]
    totals = [rule.weight for rule in rules]
    queue = [(rule.weight, number) for number, rule in enumerate(rules) if not rule.body]
    heapq.heapify(queue)
    found: dict[str, int] = {}
    while queue:
        total, number = heapq.heappop(queue)
        name = rules[number].head
        if name in found:
            continue
        found[name] = total
        for user in users.get(name, ()):
            totals[user] += total * rules[user].body[name]
            missing[user] -= 1
            if not missing[user]:
                heapq.heappush(queue, (totals[user], user))
    return found


def least_steps(domain: Domain) -> dict[str, int]:
    """How many primitive tasks each task comes to at the least; without those that no choice of methods ever brings
    down to primitive tasks."""
    rules = [Rule(head=one.name, weight=1) for one in domain.primitives]
    for method in domain.methods:
        body = Counter(subtask.task for subtask in method.subtasks if not subtask.each)
        rules.append(Rule(head=method.task, weight=0, body=body))
    return cheapest(rules)


def reachable(roots: Iterable[str], leads_to: Mapping[str, Iterable[str]]) -> frozenset[str]:
    """All names that the roots lead to, themselves included."""
    seen = set(roots)
    waiting = list(seen)
    while waiting:
        for name in leads_to.get(waiting.pop(), ()):
            if name not in seen:
                seen.add(name)
                waiting.append(name)
    return frozenset(seen)


def last_first(leads_to: Mapping[str, Sequence[str]]) -> list[str]:
    """The names that lead to others, each behind those that it leads to; on a circle one of them comes first."""
    order: dict[str, None] = {}
    begun: set[str] = set()
    for root in leads_to:
        path = [(root, iter(leads_to[root]))] if root not in begun else []
        begun.add(root)
        while path:
            name, others = path[-1]
            for other in others:
                if other in leads_to and other not in begun:
                    begun.add(other)
                    path.append((other, iter(leads_to[other])))
                    break
            else:
                order[name] = None
                path.pop()
    return list(order)
