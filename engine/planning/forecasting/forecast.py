"""When a goal will be done, and how likely: the entrance to forecasting. numpy is loaded at the first forecast only.

A case is one way in which things may go: how long each task takes, which attempts fail, which options are chosen. A
thousand of them are played through, with the people's hours, the worker slots and the resources that there are.
`success_odds` is the chance that no task fails for good; the end's range is that of the cases in which none does;
`deadline_odds` counts both.
"""

from collections.abc import Generator
from typing import assert_never

from engine.planning.forecasting.model import Forecast, ForecastProblem, Prospect, Range

SAMPLES = 1_000
"""Cases behind a forecast: another seed moves an end's median by about a fiftieth of its 80 % range, or less."""


def forecast(problem: ForecastProblem, *, seed: int, samples: int = SAMPLES) -> Forecast:
    """The forecast of a problem. The same problem, seed and number of samples give the same forecast.

    Takes milliseconds for hundreds of tasks; no clock, no input or output. Raises `InvalidInputError` for tasks that
    are behind others that are not there, and for tasks that wait for each other.
    """
    match problem.prospect:
        case Prospect.OPEN:
            if not problem.tasks:
                return _done(problem)
            from engine.planning.forecasting.simulation import simulate  # noqa: PLC0415 - loads numpy, late on purpose

            return simulate(problem, seed % 2**63, max(samples, 1))
        case Prospect.DONE:
            return _done(problem)
        case Prospect.ENDED:
            return _without_end(problem, success=0.0, deadline=0.0 if problem.deadline is not None else None)
        case Prospect.UNPLANNED:
            return _without_end(problem, success=None, deadline=None)
        case _:
            assert_never(problem.prospect)


def ends_of(problem: ForecastProblem, *, seed: int) -> Generator[None, None, tuple[float, ...]]:
    """The quantiles, at even shares from 0 to 1, of the hours until the end that `forecast` comes to; in slices.

    Empty where nothing is to come. Raises like `forecast`.
    """
    if problem.prospect is not Prospect.OPEN or not problem.tasks:
        return ()
    from engine.planning.forecasting import simulation  # noqa: PLC0415 - loads numpy, late on purpose

    return (yield from simulation.ends_of(problem, seed % 2**63, SAMPLES))


def _done(problem: ForecastProblem) -> Forecast:
    end = problem.done_at or problem.now
    on_time = None if problem.deadline is None else float(end <= problem.deadline)
    return Forecast(
        made_at=problem.now,
        prospect=Prospect.DONE,
        end=Range(p10=end, p50=end, p90=end),
        ends=(end,),
        success_odds=1.0,
        deadline_odds=on_time,
        on_time_odds=on_time,
        assumes=problem.assumes,
    )


def _without_end(problem: ForecastProblem, *, success: float | None, deadline: float | None) -> Forecast:
    return Forecast(
        made_at=problem.now,
        prospect=problem.prospect,
        end=None,
        success_odds=success,
        deadline_odds=deadline,
        on_time_odds=None,
        assumes=problem.assumes,
    )
