"""What is believed at a moment of the odds, durations and answers of whatever may be done next."""

from collections.abc import Mapping
from dataclasses import replace

from engine.planning.learning.durations import SPREADS as DURATION_SPREADS
from engine.planning.learning.durations import duration_of, planned
from engine.planning.learning.durations import reading as read_durations
from engine.planning.learning.experience import Doing
from engine.planning.learning.findings import Basis, Hours, Odds
from engine.planning.learning.odds import SPREADS as ODDS_SPREADS
from engine.planning.learning.odds import odds_of
from engine.planning.learning.odds import reading as read_odds
from engine.planning.learning.pooling import LEAST, People, Pool, Reading, Spreads
from engine.planning.learning.tallies import Path, Tallies
from engine.tasks import Estimate
from engine.values import UserId

ANSWER_SPREADS = Spreads(by_depth=(0.3, 0.7), people=0.0)
"""In units of the variance among one person's answers: people differ, and most of all from the prior."""
ANSWER_HOURS = Estimate(low=1.0, likely=6.0, high=36.0)
"""How long people take to answer before anything is known of them: most within the day, one in ten the day after."""


_METHOD_DEPTH = 3
"""How far down the groups of methods are: behind work and kind."""
FAILURE_SPREADS = Spreads(by_depth=(0.5, 0.2, 0.2), people=0.0)
"""In units of the variance among failures. Some works fail at once, others only when all the time has gone by."""


class Learned:
    """The sums of one thing that is learned, with the people whose cases they are."""

    __slots__ = ("people", "tallies")

    def __init__(self) -> None:
        self.tallies = Tallies()
        self.people = People()


class Store:
    """The sums behind the beliefs."""

    __slots__ = ("answer_spreads", "answers", "duration_spreads", "durations", "failures", "odds")

    def __init__(self) -> None:
        self.odds = Learned()
        self.durations = Learned()
        self.duration_spreads = Learned()
        self.failures = Learned()
        self.answers = Learned()
        self.answer_spreads = Learned()


class Beliefs:
    """What is believed. Immutable when it comes from `learned`; from a `Memory`, good until its next case."""

    __slots__ = ("_answer_spreads", "_answers", "_duration_spreads", "_durations", "_failures", "_odds")

    def __init__(self, store: Store, fading: float) -> None:
        def pool(learned: Learned, spreads: Spreads, reading: Reading) -> Pool:
            return Pool(tallies=learned.tallies, people=learned.people, spreads=spreads, reading=reading, fading=fading)

        self._odds = pool(store.odds, ODDS_SPREADS, read_odds)
        self._durations = pool(store.durations, DURATION_SPREADS, read_durations)
        self._duration_spreads = pool(store.duration_spreads, DURATION_SPREADS, read_durations)
        self._failures = pool(store.failures, FAILURE_SPREADS, read_durations)
        self._answers = pool(store.answers, ANSWER_SPREADS, read_durations)
        self._answer_spreads = pool(store.answer_spreads, ANSWER_SPREADS, read_durations)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was lived through yet, so that all figures are those of the plan."""
        return self._odds.tallies.of(())[0] <= LEAST and self._durations.tallies.of(())[0] <= LEAST

    def get_to_know(self) -> None:
        """Look now at how each person differs from everybody, which takes a while: later no question has to wait."""
        self._odds.get_to_know()
        self._durations.get_to_know()

    def kinds(self) -> Mapping[tuple[str, str], str]:
        """By work and method: the kind of doing that there are most cases of."""
        found: dict[tuple[str, str], tuple[float, str]] = {}
        for path, cases in self._odds.tallies.groups(_METHOD_DEPTH):
            work, kind, method = path
            found[work, method] = max(found.get((work, method), (0.0, "")), (cases, kind))
        return {name: kind for name, (_, kind) in found.items()}

    def odds(self, doing: Doing, prior: float) -> Odds:
        """The odds that it works, when the plan gives it `prior` (0 to 1)."""
        return odds_of(self._odds, path_of(doing), prior, person=doing.person is not None)

    def duration(self, doing: Doing, prior: Estimate) -> Hours:
        """The hours from begin to end, when the plan estimates `prior`; also of what waits for a person to do it."""
        path, person = path_of(doing), doing.person is not None
        return duration_of(self._durations, self._duration_spreads, path, planned(prior), person=person)

    def failing(self, doing: Doing, prior: Estimate) -> Hours:
        """The hours until it is given up when it does not work, when the plan estimates `prior` for its success."""
        expected, path = self.duration(doing, prior), failing_path(doing)
        guess, (cases, share, _) = self._failures.inherited(path), self._failures.own(path)
        if cases > LEAST:
            guess = guess.learning(read_durations(cases, share, 0.0))
        return replace(expected, middle=expected.middle + guess.mean)

    def answer_time(self, person: UserId | None) -> Hours:
        """The hours a person takes to answer a question, nights included; None for somebody unknown."""
        path: Path = () if person is None else (str(person),)
        found = duration_of(self._answers, self._answer_spreads, path, planned(ANSWER_HOURS), person=False)
        return replace(found, basis=Basis.PERSON) if found.basis is Basis.WORK else found


def failing_path(doing: Doing) -> Path:
    """The groups that tell how soon something is given up: by work and kind, for failures are rarer."""
    return (doing.work, doing.kind)


def path_of(doing: Doing) -> Path:
    """The groups that a doing belongs to, from the widest to the narrowest."""
    path = (doing.work, doing.kind, doing.method)
    return path if doing.person is None else (*path, str(doing.person))
