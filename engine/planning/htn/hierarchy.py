"""What of a plan's order comes from its methods: each task after those that come before it in its method."""

from collections.abc import Sequence

from engine.planning.htn.choosing import Shape


class Hierarchy:
    """The events of a plan (steps done and methods chosen) with what each must come after because of the methods.

    Besides the `count` events there are ends: the end of event e has the number `count + e`; and joints, from
    `2 * count` on, which stand for «all of these».
    """

    def __init__(self, count: int) -> None:
        self.count = count
        self.parents: list[int] = []
        """-1 for the root."""
        self.children: list[dict[int, list[int]]] = [{} for _ in range(count)]
        """By place in the method."""
        self.is_step: list[bool] = []
        self.before: list[list[int]] = [[] for _ in range(count)]
        """For each event, what it comes after."""
        self.ends: dict[int, list[int]] = {}
        """For the number of each end that is no step's, what it stands for."""
        self.joints: list[tuple[int, ...]] = []

    def add(self, parent: int, place: int, is_step: bool) -> None:
        """The next event."""
        number = len(self.parents)
        self.parents.append(parent)
        self.is_step.append(is_step)
        if parent >= 0:
            self.children[parent].setdefault(place, []).append(number)

    def close(self, event: int, shape: Shape) -> None:
        """Order the children of an event that chose this shape of a way."""
        way, exits = shape.way, dict[int, int]()
        for child in shape.children:
            need = [exits[place] for place in way.direct[child.place]] or [event]
            own = self.children[event].get(child.place, [])
            exits[child.place] = self._follow(own, need, child.is_fan)
        self.ends[self.count + event] = [exits[place] for place in way.sinks] or [event]

    def _follow(self, own: Sequence[int], need: list[int], is_fan: bool) -> int:
        """Put what stands at one place after what it needs; the number that stands for the end of it all."""
        if not own:
            return self.joint(need)
        if is_fan:
            for number in own:
                self.before[number].extend(need)
            return self.joint([self.end_of(number) for number in own])
        for number in own:
            self.before[number].extend(need)
            need = [self.end_of(number)]
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
