"""Things in an order that keeps to what comes before what."""

import heapq
from collections.abc import Sequence


def in_order(behind: Sequence[Sequence[int]]) -> list[int]:
    """The places so that each comes after those it is behind; those that wait for each other are left out."""
    waiting = [len(own) for own in behind]
    then: list[list[int]] = [[] for _ in behind]
    for number, own in enumerate(behind):
        for other in own:
            then[other].append(number)
    ready = [number for number, count in enumerate(waiting) if not count]
    heapq.heapify(ready)
    order: list[int] = []
    while ready:
        number = heapq.heappop(ready)
        order.append(number)
        for other in then[number]:
            waiting[other] -= 1
            if not waiting[other]:
                heapq.heappush(ready, other)
    return order


def all_before(behind: Sequence[Sequence[int]]) -> list[int]:
    """For each place all that come before it, near and far, as bits. There must be no circle."""
    found = [0] * len(behind)
    for number in in_order(behind):
        for other in behind[number]:
            found[number] |= found[other] | 1 << other
    return found
