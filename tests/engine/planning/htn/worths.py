"""What parts of a plan are worth, added up in floating point: another way than the planner's."""

import math

from engine.planning.language.domain import Method, Primitive


def float_of(value: object) -> float:
    assert isinstance(value, int | float)
    return float(value)


def step_value(one: Primitive) -> tuple[float, float, float, int]:
    low, likely, high = (one.estimate.low, one.estimate.likely, one.estimate.high)
    assert isinstance(low, float)
    assert isinstance(likely, float)
    assert isinstance(high, float)
    return -math.log(float_of(one.probability)), float_of(one.cost), (low + 4 * likely + high) / 6, 1


def method_value(one: Method) -> tuple[float, float, float, int]:
    return -math.log(float_of(one.probability)), float_of(one.cost), 0.0, 1


def total(
    one: tuple[float, float, float, int], other: tuple[float, float, float, int]
) -> tuple[float, float, float, int]:
    """Rounded, so that the same parts in another order come to the same."""
    return round(one[0] + other[0], 11), round(one[1] + other[1], 6), round(one[2] + other[2], 6), one[3] + other[3]
