"""What becomes of a kept decomposition when its plan changes, and what it remembers of ways that were given up.

A tree may have `given_up`, a list of `{"path": [labels from the part of a clause down], "task", "arguments", "method",
"how", "step", "why", "without"}`: the way that was gone there before, the title of what failed, and in which words; a
way that a resource is missing for names it in `without`, and is open again once that is back. `failed` lists `{"task",
"arguments"}` of steps that are not to be tried again.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from engine.goals import Goal
from engine.tasks import GONE
from engine.values import JsonValue, TaskNumber

GIVEN_UP, FAILED = "given_up", "failed"
Told = Mapping[str, JsonValue]


def listed(node: JsonValue | Told, name: str) -> list[dict[str, JsonValue]]:
    """The values of that name that are objects."""
    found = node.get(name) if isinstance(node, Mapping) else None
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def text_of(node: Told, name: str) -> str:
    """The text of that name; empty where there is none."""
    value = node.get(name)
    return value if isinstance(value, str) else ""


def rekeyed(tree: JsonValue, name_of: Callable[[str], str]) -> JsonValue:
    """The tree with other keys at its leaves, and in the lists of tasks of its clauses."""

    def told(value: JsonValue) -> JsonValue:
        if isinstance(value, list):
            return [told(one) for one in value]
        if not isinstance(value, dict):
            return value
        found = {name: told(one) for name, one in value.items()}
        key, tasks = value.get("key"), value.get("tasks")
        if isinstance(key, str):
            found["key"] = name_of(key)
        if isinstance(tasks, list):
            found["tasks"] = list(dict.fromkeys(name_of(one) for one in tasks if isinstance(one, str)))
        return found

    return told(tree)


def with_memory(tree: JsonValue, old: JsonValue, given_up: Sequence[Told], failed: Iterable[Told]) -> JsonValue:
    """A tree that remembers what the one before it did, and what was given up since."""
    if not isinstance(tree, dict):
        return tree
    found = dict(tree)
    ways: list[JsonValue] = [*listed(old, GIVEN_UP), *map(dict, given_up)]
    steps: list[JsonValue] = [*listed(old, FAILED)]
    steps += [dict(one) for one in failed if dict(one) not in steps]
    if ways:
        found[GIVEN_UP] = ways
    if steps:
        found[FAILED] = steps
    return found


def relabelled(node: JsonValue, old: str, new: str) -> JsonValue:
    """A part of a tree with another name for its clause, wherever it is named."""
    match node:
        case str():
            return new + node.removeprefix(old) if node == old or node.startswith((f"{old}.", f"{old}-")) else node
        case list():
            return [relabelled(one, old, new) for one in node]
        case dict():
            return {name: relabelled(one, old, new) for name, one in node.items()}
        case _:
            return node


def keys_in(node: JsonValue) -> Iterator[str]:
    """The keys at the leaves of a part of a tree."""
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            key = one.get("key")
            if isinstance(key, str):
                yield key
            waiting.extend(reversed(list(one.values())))
        elif isinstance(one, list):
            waiting.extend(reversed(one))


def aligned(tree: JsonValue, goal: Goal) -> JsonValue:
    """A kept tree with its criteria under the places that they have now; those that are gone are gone."""
    if not isinstance(tree, dict) or "criteria" not in tree:
        return tree
    criteria: dict[int, JsonValue] = {}
    for one in listed(tree, "criteria"):
        place = _place_of(one, goal)
        if place is not None and place < GONE and place not in criteria:
            criteria[place] = moved(one, place)
    return {**tree, "criteria": [criteria[place] for place in sorted(criteria)]}


def _place_of(criterion: Told, goal: Goal) -> int | None:
    """The place of a criterion among those of the goal, by the tasks that serve it; None where they serve none."""
    numbers = [TaskNumber(int(key[1:])) for key in keys_in(dict(criterion)) if key[1:].isdecimal()]
    found = Counter(goal.tasks[one].criterion for one in numbers if one in goal.tasks)
    found.pop(None, None)
    return min(found, key=lambda place: (-found[place], place or 0)) if found else None


def moved(criterion: Told, place: int) -> dict[str, JsonValue]:
    """A criterion of a tree at another place."""
    old = criterion.get("index")
    told = dict(criterion)
    if isinstance(old, int) and old != place:
        renamed = relabelled(told.get("clauses"), f"c{old + 1}", f"c{place + 1}")
        told = {**told, "index": place, "clauses": renamed}
    return told


def regrown(
    tree: JsonValue, goal: Goal, fresh: JsonValue, change: tuple[Mapping[int, int], Mapping[str, str]]
) -> JsonValue:
    """The tree after criteria were added, edited or dropped; None where there was none.

    `change` has the place that each criterion that stays has among those that its tasks serve, and the names of the
    tasks of the fresh plan: its own for new ones, `#number` for those that stand for one.
    """
    if not isinstance(tree, dict):
        return None
    kept, names = change
    before = {_place_of(one, goal): one for one in listed(tree, "criteria")}
    found: list[JsonValue] = []
    for new in listed(rekeyed(fresh, lambda key: names.get(key, "")), "criteria"):
        place = new.get("index")
        served = kept.get(place) if isinstance(place, int) else None
        if isinstance(place, int) and served in before:
            found.append(moved(before[served], place))
        else:
            found.append(new)
    return with_memory({**tree, "criteria": found}, tree, (), ())
