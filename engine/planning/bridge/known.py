"""The method libraries as the bridge uses them: looked up by name, and cut down to what a problem can reach."""

from collections.abc import Iterable, Iterator, Set
from dataclasses import replace

from engine.planning.criteria.wording import stem, words
from engine.planning.htn.analysis import Analysis, analysed
from engine.planning.language.domain import Compound, Domain, Method, Parameter, Primitive
from engine.planning.language.terms import Absent, AllOf, AnyOf, Condition, Figure, Holds
from engine.planning.language.variables import given_in
from engine.planning.methods.goal_facts import ASKED, CLAUSE
from engine.planning.methods.libraries import Libraries

DEADLINE_DAYS = "deadline_days"
"""The key of the context that says how many days are left."""
GENERAL = "general"
"""The library that knows every kind of doing."""
_GENERAL_FILE = f"{GENERAL}.yaml"


class KnownMethods:
    """Libraries with what is looked up in them. Made once, in some tenths of a second, and never changed."""

    def __init__(self, libraries: Libraries) -> None:
        self.libraries = libraries
        domain = libraries.domain
        self._analysis = analysed(domain)
        tasks: list[Compound | Primitive] = [*domain.compounds, *domain.primitives]
        self._primitives = {one.name: one for one in domain.primitives}
        self._parameters = {one.name: one.parameters for one in tasks}
        self._methods: dict[str, tuple[Method, ...]] = {}
        self._callers: dict[str, dict[str, None]] = {}
        self._above: dict[str, set[str]] = {}
        for method in domain.methods:
            self._methods[method.task] = (*self.ways(method.task), method)
            for subtask in method.subtasks:
                self._above.setdefault(subtask.task, set()).add(method.task)
            for name in self.own_steps(method):
                self._callers.setdefault(name, {})[method.name] = None
        self.asked = {listed: frozenset(map(stem, words(listed))) for listed in sorted(set(_asked_words(domain)))}
        """The lists of words, each in one text, that methods want to know of whether they are spoken of elsewhere; with
        the stems of these words."""
        self.context = {key.name: key.type for key in domain.context}
        """Types of the keys of the context, by name."""
        self._called = {key.name: key.summary or key.name.replace("_", " ") for key in domain.context}
        self.members = {one.name: one.members for one in domain.types}
        """The values that a key of the context of such a type may have; empty where any will do."""
        self.quantities = frozenset(one.name for one in domain.quantities if not one.parameters)
        self.relations = frozenset(one.name for one in domain.relations)
        self.conditional: dict[Condition, list[Method | Primitive]] = {}
        """The methods and steps that look at what is known of the goal, by their conditions."""
        parts: list[Method | Primitive] = [*domain.methods, *domain.primitives]
        for one in parts:
            if any(map(given_in, one.preconditions)):
                for condition in one.preconditions:
                    self.conditional.setdefault(condition, []).append(one)
        self.summaries = {one.name: one.summary for one in domain.compounds}
        self.summaries.update((one.name, one.summary) for one in domain.methods)
        self.by_deadline = frozenset(one.task for one in domain.methods if DEADLINE_DAYS in self._looked_at(one))
        """The tasks of which some way is open only with so many days left, or so few."""
        self._odds: dict[str, Figure] = {one.name: one.probability for one in domain.primitives}
        self._odds.update((one.name, one.probability) for one in domain.methods)

    def _looked_at(self, method: Method) -> frozenset[str]:
        """The keys of the context that say whether a way, or a step of its own, is possible."""
        own = (self._primitives[name] for name in self.own_steps(method))
        conditions = (*method.preconditions, *(one for step in own for one in step.preconditions))
        return frozenset[str]().union(*map(given_in, conditions))

    def is_general(self, method: str) -> bool:
        """Whether a method is of no subject in particular; so is none at all."""
        file, _ = self.libraries.places.get(("methods", method), (_GENERAL_FILE, 0))
        return file == _GENERAL_FILE

    def called(self, key: str) -> str:
        """What people are told of a key of the context."""
        return self._called[key]

    def parameters(self, task: str) -> tuple[Parameter, ...]:
        """What a task takes. Raises `KeyError` for one that no library has."""
        return self._parameters[task]

    def told(self, task: str) -> tuple[Parameter, ...]:
        """The parameters whose values a text tells: all but the clause itself."""
        return tuple(one for one in self.parameters(task) if one.name != CLAUSE)

    def primitive(self, name: str) -> Primitive:
        """A step as its library has it. Raises `KeyError` for one that no library has."""
        return self._primitives[name]

    def has_step(self, name: str) -> bool:
        """Whether a library has a step of this name."""
        return name in self._primitives

    def odds(self, name: str) -> Figure:
        """The own odds of a method or step."""
        return self._odds.get(name, 1.0)

    def ways(self, task: str) -> tuple[Method, ...]:
        """The methods of a compound, as they are listed; none for a step."""
        return self._methods.get(task, ())

    def own_steps(self, method: Method) -> tuple[str, ...]:
        """The steps that a method always calls for itself, as often as it does."""
        return tuple(one.task for one in method.subtasks if one.task in self._primitives and not one.each)

    def callers(self, step: str) -> tuple[str, ...]:
        """The methods that always call for a step themselves."""
        return tuple(self._callers.get(step, ()))

    def above(self, task: str) -> Set[str]:
        """The compounds of which some way calls for a task."""
        return self._above.get(task, frozenset())

    def reachable(self, tasks: Iterable[str]) -> Analysis:
        """The analysed domain without what these tasks can't lead to: it is made ready in a tenth of the time."""
        seen = self._reached(tasks)
        domain = self.libraries.domain
        own = replace(
            domain,
            compounds=tuple(one for one in domain.compounds if one.name in seen),
            primitives=tuple(one for one in domain.primitives if one.name in seen),
            methods=tuple(one for one in domain.methods if one.task in seen),
        )
        return replace(self._analysis, domain=own)

    def below(self, tasks: Iterable[str]) -> tuple[list[Method], list[Primitive]]:
        """The methods and steps that these tasks may lead to."""
        seen = self._reached(tasks)
        methods = [method for name in seen for method in self._methods.get(name, ())]
        return methods, [self._primitives[name] for name in seen if name in self._primitives]

    def _reached(self, tasks: Iterable[str]) -> set[str]:
        seen: set[str] = set()
        waiting = list(tasks)
        while waiting:
            name = waiting.pop()
            if name not in seen:
                seen.add(name)
                waiting.extend(one.task for method in self._methods.get(name, ()) for one in method.subtasks)
        return seen


def _asked_words(domain: Domain) -> Iterator[str]:
    for method in domain.methods:
        for condition in flattened((*method.preconditions, *(one for child in method.subtasks for one in child.each))):
            if isinstance(condition, Holds | Absent) and condition.relation == ASKED:
                words = condition.arguments[-1]
                if isinstance(words, str):
                    yield words


def flattened(conditions: Iterable[Condition]) -> Iterator[Condition]:
    """The conditions with those inside of others in their place."""
    for condition in conditions:
        if isinstance(condition, AllOf | AnyOf):
            yield from flattened(condition.conditions)
        else:
            yield condition
