"""Why a task is in a plan and why the plan is as it is, from the decomposition that is kept with it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from engine.planning.bridge.tree_changes import listed, moved, text_of
from engine.planning.criteria.numerals import percent, shown, span
from engine.plans import Plan, Prospect, odds_within
from engine.values import JsonValue

_MOST_AVOIDED = 3
"""Lines about ways that were avoided, where the whole plan is explained."""
_Node = Mapping[str, JsonValue]


@dataclass(frozen=True, slots=True, kw_only=True)
class Because:
    """One link of the chain that leads to a task: what was asked for, and how it is gone about."""

    about: str
    """A criterion or clause in the person's words, or what a method is for."""
    how: str = ""
    """The way that was chosen, and why; empty where there is nothing to choose."""
    instead_of: tuple[str, ...] = ()
    """The ways that the alternatives would have gone."""
    odds: float | None = None
    """The odds that all below works out, from 0 to 1; None for criteria."""
    lessons: tuple[str, ...] = ()
    """What was learned that bears on it, a sentence each."""
    given_up: tuple[str, ...] = ()
    """What was gone about before in its place, and why no longer; oldest first."""


def why_task(plan: Plan, key: str) -> tuple[Because, ...]:
    """The chain from the criterion down to the task of that key; empty where the plan's tree does not know it."""
    return why_in_tree(plan.tree, key, tuple(one.tree for one in plan.alternatives))


def why_in_tree(tree: JsonValue, key: str, alternatives: Sequence[JsonValue] = ()) -> tuple[Because, ...]:
    """The same for a tree with those of the alternatives, which a repair may have changed since."""
    way = _way_to(tree, key)
    if not way:
        return ()
    others = [_ways(_beside(one, tree)) for one in alternatives]
    before = _given_up(tree)
    found: list[Because] = []
    for place, node in enumerate(way):
        about = text_of(node, "text") or text_of(node, "about")
        lessons = tuple(_lessons(node))
        if not about and lessons and found:  # the step itself: what is known of it belongs to what calls for it
            found[-1] = replace(found[-1], lessons=(*found[-1].lessons, *lessons))
        if not about or (found and found[-1].about == about and not text_of(node, "how")):
            continue
        own = text_of(node, "how")
        path = _path(way[: place + 1])
        told = dict.fromkeys(ways[path] for ways in others if ways.get(path, own) != own) if own else {}
        gone = before.get(tuple(label for label in path if label), ())
        told = {how: None for how in told if not gone or not any(_short(how) in one for one in gone)}
        odds, other_ways = _number(node, "probability"), tuple(told)
        found.append(
            Because(about=about, how=own, instead_of=other_ways, odds=odds, given_up=tuple(gone), lessons=lessons)
        )
    return tuple(found)


def _beside(alternative: JsonValue, tree: JsonValue) -> JsonValue:
    """An alternative's tree with its criteria where those of the same words are now; what is gone is gone there too."""
    if not isinstance(alternative, dict) or not listed(alternative, "criteria"):
        return alternative
    places = {text_of(one, "text"): one.get("index") for one in listed(tree, "criteria")}
    found: list[JsonValue] = []
    for one in listed(alternative, "criteria"):
        place = places.get(text_of(one, "text"))
        if isinstance(place, int):
            found.append(moved(one, place))
    return {**alternative, "criteria": found}


def told(chain: tuple[Because, ...]) -> tuple[str, ...]:
    """The chain in words, a line for each link."""
    lines = []
    for link in chain:
        line = f"«{link.about}»" if link.odds is None else f"{link.about}: {link.how}" if link.how else link.about
        lines.append(line)
        lines += link.given_up
        lines += [f"Another way would be {_short(other)}." for other in link.instead_of]
        lines += link.lessons
    return tuple(lines)


def why_plan(plan: Plan, left: float | None = None) -> tuple[str, ...]:
    """Why the plan is this one: the reason of the choice, its odds, and what the alternatives would mean.

    `left` is how many hours there are until the deadline; None without one.
    """
    plan = plan.lettered
    lines = [f"{plan.reason[:1].upper()}{plan.reason[1:]}."] if plan.reason else []
    if plan.prospect is not None:
        lines.append(f"Goes as planned in {percent(plan.prospect.probability)} of such cases.")
    avoided = dict.fromkeys(line for way in _walk(plan.tree) for line in _avoided(way[-1]))
    lines += list(avoided)[:_MOST_AVOIDED]
    for one in plan.alternatives:
        figures = _figures(one.prospect, plan.prospect, left) if one.prospect and plan.prospect else ()
        lines.append(f"Plan {one.letter} would be: {'; '.join([one.apart_from(plan), ', '.join(figures)])}.")
    return tuple(lines)


def _figures(one: Prospect, shown_one: Prospect, left: float | None) -> Iterator[str]:
    """What a plan means for time, money and odds, beside the one that is shown."""
    saved = shown_one.hours.likely - one.hours.likely
    if abs(saved) >= 1.0:
        yield f"{span(abs(saved))} {'faster' if saved > 0 else 'slower'}"
    spent = one.cost - shown_one.cost
    if abs(spent) >= 0.5:
        yield f"{shown(round(abs(spent)))} {'dearer' if spent > 0 else 'cheaper'}"
    odds, others = percent(one.probability), percent(shown_one.probability)
    yield "the same odds" if odds == others else f"odds {odds} instead of {others}"
    if left is not None and one.ends and shown_one.ends:
        odds, others = percent(odds_within(one.ends, left)), percent(odds_within(shown_one.ends, left))
        if odds != others:
            yield f"deadline holds {odds} instead of {others}"


def _lessons(node: _Node) -> Iterator[str]:
    """What was learned of a node, in words."""
    yield from _avoided(node)
    learned = node.get("learned")
    if not isinstance(learned, Mapping):
        return
    cases, hours, odds = _number(learned, "cases") or 0.0, learned.get("hours"), _number(node, "probability")
    points = [float(one) for one in hours if isinstance(one, int | float)] if isinstance(hours, list) else []
    if odds is None or len(points) != 3:
        return
    of_what = "" if learned.get("own") is True else " of the like"
    before = _number(learned, "before")
    beside = f", where its library says {percent(before)}" if before and percent(before) != percent(odds) else ""
    yield (
        f"By experience this step works out in {percent(odds)} of cases{beside}, and takes"
        f" {_times(points[0], points[2])}: from {_cases(cases)}{of_what}."
    )


def _avoided(node: _Node) -> Iterator[str]:
    """The ways that were not taken because of how they went before."""
    for one in listed(node, "avoided"):
        odds, before, cases = (_number(one, name) for name in ("probability", "before", "cases"))
        if odds is not None and before is not None and cases is not None:
            yield (
                f"Experience speaks against another way, {_short(text_of(one, 'how'))}: its steps work out in"
                f" {percent(odds)} of cases, not in {percent(before)}; from {_cases(cases)}."
            )


def _cases(cases: float) -> str:
    number = max(1, round(cases))
    return f"{number} case{'' if number == 1 else 's'}"


def _times(low: float, high: float) -> str:
    """«2 to 5 days», «3 hours», «5 hours to 3 days»."""
    shortest, longest = span(low), span(high)
    if shortest == longest:
        return f"about {longest}"
    unit = longest.partition(" ")[2].rstrip("s")
    if shortest.partition(" ")[2].rstrip("s") == unit:
        return f"{shortest.partition(' ')[0]} to {longest}"
    return f"{shortest} to {longest}"


def _short(how: str) -> str:
    return how.split(";", maxsplit=1)[0].strip(" .")


def _way_to(tree: JsonValue, key: str) -> list[_Node]:
    """The nodes from the criterion down to the step of that key."""
    for way in _walk(tree):
        if way[-1].get("key") == key:
            return way
    return []


def _given_up(tree: JsonValue) -> dict[tuple[str, ...], list[str]]:
    """What was given up, in words, by its place in the tree."""
    found: dict[tuple[str, ...], list[str]] = {}
    for one in listed(tree, "given_up"):
        path = one.get("path")
        place = tuple(label for label in path if isinstance(label, str)) if isinstance(path, list) else ()
        if place:
            found.setdefault(place, []).append(_instead_of(one))
    return found


def _instead_of(one: _Node) -> str:
    """«Instead of from two sketches, because «Draw the screens» did not work: nobody had time.»"""
    how, step, why = (
        _short(text_of(one, "how")) or "the way before",
        text_of(one, "step"),
        text_of(one, "why").strip(" ."),
    )
    failed = f"«{step}» did not work" if step else ""
    return f"Instead of «{how}», because {': '.join(filter(None, (failed, why))) or 'it did not work'}."


def _ways(tree: JsonValue) -> dict[tuple[str, ...], str]:
    """How each compound of a tree is gone about, by its place in the tree."""
    return {_path(way): text_of(way[-1], "how") for way in _walk(tree) if text_of(way[-1], "how")}


def _path(way: list[_Node]) -> tuple[str, ...]:
    return tuple(text_of(node, "label") for node in way)


def _walk(tree: JsonValue) -> Iterator[list[_Node]]:
    """Every node of a tree, as the way down to it: criterion, clause, then compounds and steps."""
    waiting: list[list[_Node]] = [[node] for node in reversed([*listed(tree, "criteria"), *listed(tree, "clauses")])]
    while waiting:
        way = waiting.pop()
        yield way
        below = [*listed(way[-1], "clauses"), *listed(way[-1], "parts"), *listed(way[-1], "children")]
        waiting.extend([*way, node] for node in reversed(below))


def _number(node: _Node, name: str) -> float | None:
    value = node.get(name)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
