"""What of a plan's order comes from its methods: each task after those that come before it in its method.

All is kept in few long lists of numbers and tuples of numbers: of these the garbage collector has nothing to look
through, and it looks through all there is while everything else stands still.
"""

from collections.abc import Generator, Iterable, Iterator, Sequence

from engine.planning.htn.choosing import Shape
from engine.planning.htn.timing import SLICE
from engine.planning.slices import emptied, shortened


class Hierarchy:
    """The events of a plan (steps done and methods chosen) with what each must come after because of the methods.

    Besides the `count` events there are ends: the end of event e has the number `count + e`; and joints, from
    `2 * count` on, which stand for «all of these».
    """

    def __init__(self, count: int) -> None:
        self.count = count
        self.parents: list[int] = []
        """-1 for the root."""
        self.places: list[int] = []
        """Which subtask of its parent's method each event is."""
        self.is_step: list[bool] = []
        self.before: list[tuple[int, ...]] = []
        """For each event, what it comes after."""
        self.ends: dict[int, tuple[int, ...]] = {}
        """For the number of each end that is no step's, what it stands for."""
        self.joints: list[tuple[int, ...]] = []
        self._first: list[int] = []
        """The first child of each event, -1 for none; likewise the last, and the next child of the same parent."""
        self._last: list[int] = []
        self._next: list[int] = []

    def add(self, parent: int, place: int, is_step: bool) -> None:
        """The next event."""
        number = len(self.parents)
        self.parents.append(parent)
        self.places.append(place)
        self.is_step.append(is_step)
        self.before.append(())
        for links in (self._first, self._last, self._next):
            links.append(-1)
        if parent >= 0:
            if self._first[parent] < 0:
                self._first[parent] = number
            else:
                self._next[self._last[parent]] = number
            self._last[parent] = number

    def children(self, event: int) -> Iterator[int]:
        """Its children, in the order of their numbers."""
        child = self._first[event]
        while child >= 0:
            yield child
            child = self._next[child]

    def children_at(self, event: int, place: int) -> Iterator[int]:
        """Those that are this subtask of it."""
        return (child for child in self.children(event) if self.places[child] == place)

    def close(self, event: int, shape: Shape) -> Generator[None, None, None]:
        """Order the children of an event that chose this shape of a way; in slices, where they are many."""
        sketch, exits = shape.sketch, dict[int, int]()
        own: dict[int, list[int]] = {}
        for count, number in enumerate(self.children(event), 1):
            if not count % SLICE:
                yield
            own.setdefault(self.places[number], []).append(number)
        for number, child in enumerate(sketch.children, 1):
            if not number % SLICE:
                yield
            need = tuple(exits[place] for place in sketch.direct[child.place]) or (event,)
            exits[child.place] = self._follow(own.get(child.place, ()), need, child.is_fan)
        self.ends[self.count + event] = tuple(exits[place] for place in sketch.sinks) or (event,)

    def forget(self) -> Generator[None, None, None]:
        """Be done with it, in slices."""
        yield from emptied(self.ends)
        yield from shortened(self.before)
        yield from shortened(self.joints)

    def come_after(self, event: int, others: Iterable[int]) -> None:
        """Put an event after these."""
        self.before[event] = (*self.before[event], *others)

    def _follow(self, own: Sequence[int], need: tuple[int, ...], is_fan: bool) -> int:
        """Put what stands at one place after what it needs; the number that stands for the end of it all."""
        if not own:
            return self.joint(need)
        if is_fan:
            for number in own:
                self.come_after(number, need)
            return self.joint([self.end_of(number) for number in own])
        for number in own:
            self.come_after(number, need)
            need = (self.end_of(number),)
        return need[0]

    def end_of(self, event: int) -> int:
        """The number of the end of an event."""
        return event if self.is_step[event] else self.count + event

    def joint(self, numbers: Sequence[int]) -> int:
        """A number that stands for all of these."""
        if len(numbers) == 1:
            return numbers[0]
        self.joints.append(tuple(numbers))
        return 2 * self.count + len(self.joints) - 1

    def behind(self, number: int) -> Sequence[int]:
        """What a number that is no step's comes after or stands for."""
        if number < self.count:
            return self.before[number]
        if number < 2 * self.count:
            return self.ends[number]
        return self.joints[number - 2 * self.count]
