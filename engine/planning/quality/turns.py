"""Whether each thing waits its turn: no check or launch of what is not there yet, no party before it is arranged."""

from collections.abc import Iterator, Mapping

from engine.planning.quality.case import Case
from engine.planning.quality.findings import Finding, Rule, Severity


def early(case: Case) -> Iterator[Finding]:
    """Tasks that could begin before what they speak of is built, before what replaces the old one stands, or before
    the occasion is arranged. Each is told once, with all that it should wait for; what comes behind it waits along
    with it.
    """
    built: dict[str, list[int]] = {}
    for place, doing in enumerate(case.doings):
        if doing.builds:
            for one in doing.objects:
                built.setdefault(one, []).append(place)
    told: dict[int, set[int]] = {}
    for place in case.graph.order:
        loose = [one for one in _needed(case, place, built) if _side_by_side(case, one, place)]
        loose += _turned_round(case, place)
        if loose and not any(
            case.graph.comes_before(one, place) and known.issuperset(loose) for one, known in told.items()
        ):
            told[place] = set(loose)
            doing = case.doings[place]
            grave = doing.ends or doing.takes_place or case.tasks[place].work == "http_check"
            yield Finding(
                rule=Rule.EARLY,
                severity=Severity.PROBLEM if grave else Severity.REMARK,
                tasks=case.keys(place, *loose),
                criterion=case.serves(place),
            )


def _needed(case: Case, place: int, built: Mapping[str, list[int]]) -> Iterator[int]:
    """What a task would have to wait for."""
    doing = case.doings[place]
    if doing.checks or doing.goes_public:
        known = {maker for one in doing.objects for maker in built.get(one, ())}
        makers = sorted(maker for maker in known if case.doings[maker].objects <= doing.objects)
        if doing.goes_public or not any(case.graph.comes_before(maker, place) for maker in makers):
            yield from makers
    elif doing.ends:
        yield from _replacing(case, place)
    elif doing.takes_place:
        yield from (one for one, other in enumerate(case.doings) if other.arranges)


def _replacing(case: Case, ending: int) -> Iterator[int]:
    """What takes the place of something old, and what keeps a copy of it; of several in a row the last."""
    replacing = [
        place
        for place, doing in enumerate(case.doings)
        if (doing.replaces or doing.keeps) and not doing.ends and place != ending
    ]
    yield from (place for place in replacing if not any(case.graph.comes_before(place, other) for other in replacing))


def _turned_round(case: Case, place: int) -> list[int]:
    """What a task stands in the way of: an address must answer before that is put up which answers there, or a party is
    over before anybody is invited.
    """
    doing = case.doings[place]
    if case.tasks[place].work == "http_check":
        ups = [one for one, other in enumerate(case.doings) if other.deploys]
        return [one for one in ups if case.graph.comes_before(place, one)] if not _any_before(case, ups, place) else []
    if doing.takes_place:
        return [one for one, other in enumerate(case.doings) if other.arranges and case.graph.comes_before(place, one)]
    return []


def _any_before(case: Case, places: list[int], then: int) -> bool:
    return any(case.graph.comes_before(one, then) for one in places)


def _side_by_side(case: Case, one: int, other: int) -> bool:
    """Whether neither waits for the other, and both could happen."""
    if one == other or case.graph.comes_before(one, other) or case.graph.comes_before(other, one):
        return False
    first, then = case.tasks[one].only_if, case.tasks[other].only_if
    return first is None or then is None or first[0] != then[0] or first[1] == then[1]
