"""The order of criteria as numbers, for what is promised of it."""

import datetime as dt

from engine.planning.criteria.nodes import nodes_of
from engine.planning.criteria.ordering import order_of
from engine.planning.criteria.reading import Moment, Reading, read_criterion

AT = Moment(local=dt.datetime(2026, 11, 22, 9))  # noqa: DTZ001 - naive local time is what readings take


def read(*criteria: str) -> tuple[tuple[Reading, ...], ...]:
    return tuple(read_criterion(text, AT) for text in criteria)


def behind(*criteria: str) -> list[tuple[int, ...]]:
    """For each criterion of one clause those right before it, by their numbers from 1."""
    nodes = nodes_of(read(*criteria))
    order = order_of(nodes)
    return [tuple(one + 1 for one in order.before(node.index)) for node in nodes]
