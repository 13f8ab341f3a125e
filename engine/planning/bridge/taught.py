"""The libraries' figures with what was learned laid over them, for one person.

What was learned is of doings: a step as a method calls for it. The search wants one figure for each step and each
method. So a step gets the best odds that any method knows for it, and a method carries what its own steps fall short of
that: along any tree the product comes out the same. The tasks of a plan that was found are looked up one by one, with
their own words. Nothing is written into them: they keep the library's figures, or learning would feed on itself.
"""

import functools
import math
from collections.abc import Generator, Iterable, Mapping
from dataclasses import dataclass, replace

from engine.planning.bridge.known import KnownMethods
from engine.planning.language.domain import Domain, Method, Primitive
from engine.planning.learning.beliefs import Beliefs
from engine.planning.learning.durations import planned
from engine.planning.learning.experience import Doing, Step, does_by_hand, doing_of, doing_of_task
from engine.planning.learning.findings import P90, Basis, Hours
from engine.planning.learning.odds import sensible
from engine.planning.learning.school import is_learned
from engine.plans import PlannedTask
from engine.tasks import Estimate
from engine.values import UserId

LEAST_CHANCE = 1e-6
_MOST_KEPT = 32
"""People (and states of the memory) whose figures are kept at hand."""
_MOST_TASKS = 10_000
_A_SLICE = 40
"""Figures that are worked out before the event loop goes on: a millisecond or two."""
_OWN_CASES = 2.0
"""Cases of a method from which it is said of it how it went."""
_NOTABLY = 0.9
"""A way that went worse than this share of what its library promised is worth a word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """What to expect of one task by all that was learned."""

    odds: float
    estimate: Estimate
    before: float
    """The odds that its library gives it."""
    cases: float
    """How many cases of the group that `basis` names are behind it; older ones count less."""
    basis: Basis

    @property
    def by_own(self) -> bool:
        """Whether there are cases of this very way to do it."""
        return self.basis in (Basis.METHOD, Basis.PERSON)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a method went, beside what its library promised; both with its own steps in it."""

    odds: float
    before: float
    cases: float

    @property
    def is_worse(self) -> bool:
        """Whether it went notably worse than promised, by cases of its own."""
        return self.cases >= _OWN_CASES and self.odds < self.before * _NOTABLY


class Taught:
    """Figures by what was learned; each is worked out once."""

    def __init__(self, known: KnownMethods, beliefs: Beliefs, owner: UserId | None) -> None:
        self._known = known
        self._beliefs = beliefs
        self._owner = owner
        self._kinds: Mapping[tuple[str, str], str] = beliefs.kinds()
        self._chances: dict[tuple[str, str], float] = {}
        self._tasks: dict[tuple[Doing, float, Estimate], Learned | None] = {}
        self._standings: dict[str, Standing | None] = {}
        self._steps: dict[str, Primitive] = {}
        self._methods: dict[str, Method] = {}

    def laid_over(self, domain: Domain) -> Generator[None, None, Domain]:
        """The domain with learned odds, in slices. What was worked out for another goal is at hand."""
        new = [one.name for one in domain.primitives if one.name not in self._steps]
        for number, name in enumerate(new, 1):
            self._steps[name] = self._step(self._known.primitive(name))
            if not number % _A_SLICE:
                yield
        for number, method in enumerate(domain.methods, 1):
            if method.name not in self._methods:
                self._methods[method.name] = self._method(method)
                if not number % _A_SLICE:
                    yield
        return replace(
            domain,
            primitives=tuple(self._steps[one.name] for one in domain.primitives),
            methods=tuple(self._methods[one.name] for one in domain.methods),
        )

    def of_task(self, task: PlannedTask) -> Learned | None:
        """What to expect of a task; None where experience does not tell, or there is none."""
        if not is_learned(task.work):
            return None
        doing = doing_of_task(task, self._owner)
        name = (doing, task.success, task.estimate)
        if name not in self._tasks:
            if len(self._tasks) >= _MOST_TASKS:
                self._tasks.clear()
            self._tasks[name] = self._expected(doing, task.success, task.estimate)
        return self._tasks[name]

    def _expected(self, doing: Doing, success: float, estimate: Estimate) -> Learned | None:
        odds, hours = self._beliefs.odds(doing, success), self._beliefs.duration(doing, estimate)
        if odds.basis is Basis.PLAN:
            return None
        return Learned(
            odds=_moved(success, odds.chance),
            estimate=_stretched(estimate, hours),
            before=success,
            cases=odds.cases,
            basis=odds.basis,
        )

    def standing(self, method: Method) -> Standing | None:
        """How a method went; None where its odds are no plain number, or it has no steps of its own."""
        if method.name not in self._standings:
            self._standings[method.name] = self._looked_back(method)
        return self._standings[method.name]

    def _looked_back(self, method: Method) -> Standing | None:
        steps = [self._known.primitive(name) for name in self._known.own_steps(method)]
        if not steps or not isinstance(method.probability, int | float):
            return None
        odds = before = float(method.probability)
        cases = 0.0
        for one in steps:
            promised = one.probability
            if isinstance(promised, int | float):
                before *= promised
                odds *= self._chance(one, method.name)
                found = self._beliefs.odds(self._doing(one, method.name), sensible(promised))
                cases = max(cases, found.cases if found.basis in (Basis.METHOD, Basis.PERSON) else 0.0)
        return Standing(odds=odds, before=before, cases=cases)

    def _step(self, one: Primitive) -> Primitive:
        if not isinstance(one.probability, int | float):
            return one
        callers = self._known.callers(one.name)
        return replace(one, probability=max(self._chance(one, method) for method in ("", *callers)))

    def _method(self, method: Method) -> Method:
        own = method.probability
        if not isinstance(own, int | float):
            return method
        for name in self._known.own_steps(method):
            one = self._known.primitive(name)
            best = self._steps.get(name) or self._step(one)
            if isinstance(one.probability, int | float) and isinstance(best.probability, int | float):
                own *= self._chance(one, method.name) / best.probability
        return replace(method, probability=max(own, LEAST_CHANCE))

    def _chance(self, one: Primitive, method: str) -> float:
        """The odds of a step as a method calls for it; its own must be a plain number."""
        found = self._chances.get((one.name, method))
        if found is None:
            assert isinstance(one.probability, int | float)
            promised = float(one.probability)
            if is_learned(one.work):
                odds = self._beliefs.odds(self._doing(one, method), promised)
                promised = promised if odds.basis is Basis.PLAN else _moved(promised, odds.chance)
            found = self._chances[one.name, method] = promised
        return found

    def _doing(self, one: Primitive, method: str) -> Doing:
        """What a step does, as far as its template tells; else what its method mostly led to before."""
        step = Step(work=one.work, title=one.title, method=method, inputs=one.inputs)
        doing = doing_of(step, self._owner if does_by_hand(one.work, one.inputs) else None)
        in_own_words = one.title.startswith("{") and not doing.kind  # the person's own, told only by what they ask for
        return replace(doing, kind=self._kinds.get((one.work, method), "")) if in_own_words else doing


@functools.lru_cache(maxsize=_MOST_KEPT)
def taught(known: KnownMethods, beliefs: Beliefs, owner: UserId | None) -> Taught:
    """The figures for somebody. The same beliefs are asked again as long as nothing was learned."""
    return Taught(known, beliefs, owner)


def in_all(probability: float, learned: Iterable[Learned]) -> float:
    """The odds of a whole plan whose tasks turn out like this, from those that the libraries give it."""
    return probability * math.prod(one.odds / one.before for one in learned)


def _moved(before: float, chance: float) -> float:
    """The learned chance, as far beyond the bounds of what can be learned as the library's own lies."""
    return min(max(chance + before - sensible(before), LEAST_CHANCE), 1.0)


def _stretched(estimate: Estimate, hours: Hours) -> Estimate:
    """The three points of a plan, moved by how much longer it takes and how much wider that varies.

    Where nothing was learned they stay as they are to the digit.
    """
    if hours.basis is Basis.PLAN:
        return estimate
    middle, width = planned(estimate)
    low, likely, high = sorted((estimate.low, estimate.likely, estimate.high))
    shift = hours.middle - middle
    reach = (hours.sigma - width) * P90
    middle_point = likely * math.exp(shift)
    return Estimate(
        low=min(low * math.exp(shift - reach), middle_point),
        likely=middle_point,
        high=max(high * math.exp(shift + reach), middle_point),
    )
