"""The order that steps must keep, brought down to its direct edges.

Steps are added one by one, each after all that it depends on, so that a circle can't come about. The order is kept as
chains: each step knows how far back along every chain it depends on others, which tells at once whether one step comes
before another, however many steps lie between them.
"""

from collections.abc import Generator, Iterable

from engine.planning.slices import shortened


class PartialOrder:
    """Steps by number, with those directly before each."""

    __slots__ = ("_behind", "_chain", "_place", "_tails", "after")

    def __init__(self) -> None:
        self.after: list[tuple[int, ...]] = []
        """Directly before each step, in order; what follows from other edges is left out. By number, as the three
        below; what is no step has gaps there."""
        self._chain: list[int] = []
        self._place: list[int] = []
        self._behind: list[dict[int, int]] = []
        """For each step, how far along other chains it depends on them."""
        self._tails: list[int] = []
        """The last step of each chain."""

    def forget(self) -> Generator[None, None, None]:
        """Be done with it, in slices."""
        yield from shortened(self.after)
        yield from shortened(self._behind)
        yield from shortened(self._chain)
        yield from shortened(self._place)

    def last_of(self, steps: Iterable[int]) -> list[int]:
        """Those steps that none of the others comes after, in order."""
        own = sorted(set(steps), reverse=True)
        if len(own) > 1:
            own = self._last_of_many(own)[0]
        own.reverse()
        return own

    def add(self, step: int, before: Iterable[int]) -> None:
        """A step that comes after these; its number must be higher than any before."""
        own = sorted(set(before), reverse=True)
        assert step >= len(self._chain)
        gap = step - len(self._chain)
        behind: dict[int, int] = {}
        if len(own) > 1:
            own, behind = self._last_of_many(own)
        elif own:
            behind = self._behind[own[0]]
        chain = next((self._chain[one] for one in own if self._tails[self._chain[one]] == one), None)
        if chain is None:
            if len(own) == 1:
                behind = {**behind, self._chain[own[0]]: self._place[own[0]]}
            chain = self._ended(behind)
        if chain is None:
            chain, place = len(self._tails), 0
            self._tails.append(step)
        else:
            place = self._place[self._tails[chain]] + 1
            self._tails[chain] = step
        own.reverse()
        self._chain += [*[-1] * gap, chain]
        self._place += [*[-1] * gap, place]
        self._behind += [*[behind] * gap, behind]
        self.after += [*[()] * gap, tuple(own)]

    def _ended(self, behind: dict[int, int]) -> int | None:
        """A chain whose last step is among these, so that it can go on after them; None for none. Were a new one begun
        instead, there would be ever more of them, and each step would have to know of all."""
        return next((one for one, far in behind.items() if self._place[self._tails[one]] <= far), None)

    def _last_of_many(self, own: list[int]) -> tuple[list[int], dict[int, int]]:
        """Of steps with the highest number first, those that none of the others comes after; all they depend on."""
        kept: list[int] = []
        reached: dict[int, int] = {}
        for one in own:
            chain, place = self._chain[one], self._place[one]
            if reached.get(chain, -1) >= place:
                continue
            kept.append(one)
            for other, far in self._behind[one].items():
                if reached.get(other, -1) < far:
                    reached[other] = far
            reached[chain] = place
        return kept, reached
