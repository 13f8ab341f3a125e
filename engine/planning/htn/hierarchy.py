"""What of a plan's order comes from its methods: each task after those that come before it in its method.

All is kept in few long rows of numbers and tuples of numbers: of these the garbage collector has nothing to look
through, and it looks through all there is while everything else stands still. They are as long as they will be from the
first event on: rows that grow side by side are all copied in the same moment.
"""

from array import array
from bisect import bisect_left, bisect_right
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
        self.parents = array("i", [-1]) * count
        """-1 for the root."""
        self.places = array("i", [0]) * count
        """Which subtask of its parent's method each event is."""
        self.is_step = bytearray(count)
        self._first = array("i", [-1]) * count
        """The first child of each event, -1 for none; likewise the last, and the next child of the same parent."""
        self._last = array("i", [-1]) * count
        self._next = array("i", [-1]) * count
        self.below: list[tuple[int, ...]] = []
        """The children of each event, in the order of their places; known once it is closed."""
        self.before: list[tuple[int, ...]] = []
        """For each event, what it comes after."""
        self.ends: list[tuple[int, ...]] = []
        """For each event that is no step, what its end stands for."""
        self.joints: list[tuple[int, ...]] = []

    def make_room(self) -> Generator[None, None, None]:
        """Be ready for all events. Apart: a list that is looked through while it is empty, and then left alone, is none
        that the garbage collector looks through while it is long."""
        for tuples in (self.below, self.before, self.ends):
            tuples.extend([()] * self.count)
            yield

    @property
    def size(self) -> int:
        """How many numbers there are."""
        return 2 * self.count + len(self.joints)

    def add(self, number: int, parent: int, place: int, is_step: bool) -> None:
        """An event; its parent came before it."""
        self.parents[number] = parent
        self.places[number] = place
        self.is_step[number] = is_step
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

    def children_at(self, event: int, place: int) -> Sequence[int]:
        """Those that are this subtask of it, once it is closed."""
        below, place_of = self.below[event], self.places.__getitem__
        return below[bisect_left(below, place, key=place_of) : bisect_right(below, place, key=place_of)]

    def close(self, event: int, shape: Shape) -> Generator[None, None, None]:
        """Order the children of an event that chose this shape of a way; in slices, where they are many."""
        sketch, exits = shape.sketch, dict[int, int]()
        own: dict[int, list[int]] = {}
        for count, number in enumerate(self.children(event), 1):
            if not count % SLICE:
                yield
            own.setdefault(self.places[number], []).append(number)
        below = array("i")
        for number, place in enumerate(sorted(own), 1):
            if not number % SLICE:
                yield
            below.extend(own[place])
        self.below[event] = tuple(below)
        for number, child in enumerate(sketch.children, 1):
            if not number % SLICE:
                yield
            need = tuple(map(exits.__getitem__, sketch.direct[child.place])) or (event,)
            here = own.get(child.place, ())
            if len(here) == 1:
                self.come_after(here[0], need)
                exits[child.place] = self.end_of(here[0])
            else:
                exits[child.place] = yield from self._follow(here, need, child.is_fan)
        self.ends[event] = tuple(map(exits.__getitem__, sketch.sinks)) or (event,)
        if len(own) > SLICE:
            yield from emptied(own)

    def forget(self) -> Generator[None, None, None]:
        """Be done with it, in slices."""
        for tuples in (self.below, self.before, self.ends, self.joints):
            yield from shortened(tuples)

    def come_after(self, event: int, others: Iterable[int]) -> None:
        """Put an event after these."""
        self.before[event] = (*self.before[event], *others)

    def _follow(self, own: Sequence[int], need: tuple[int, ...], is_fan: bool) -> Generator[None, None, int]:
        """Put what stands at one place after what it needs; the number that stands for the end of it all."""
        if not own:
            return self.joint(need)
        for count, number in enumerate(own, 1):
            if not count % SLICE:
                yield
            self.come_after(number, need)
            if not is_fan:
                need = (self.end_of(number),)
        return self.joint(list(map(self.end_of, own))) if is_fan else need[0]

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
            return self.ends[number - self.count]
        return self.joints[number - 2 * self.count]
