"""The forecast in words: the line on a card, what is likely to get in the way, and the whole of it."""

import datetime as dt
from collections.abc import Iterator, Sequence

from aiogram.utils.formatting import Bold, Italic, Text

from engine.goals import Goal, GoalStatus
from engine.planning.forecasting.model import (
    Assumption,
    Forecast,
    PredictedBlockage,
    PredictedKind,
    Prospect,
    Range,
    TaskForecast,
)
from engine.records import Outgoing
from engine.tasks import ENDED_TASKS, Task, TaskStatus
from engine.values import ChatId
from handlers import keyboards
from handlers.views.letters import letter, line, stacked
from handlers.views.signs import odds, waits_for_person
from handlers.views.times import HOUR, MONTHS, clock, day, local, moment, plural, span

ON_CARDS = frozenset(PredictedKind) - {PredictedKind.QUEUE, PredictedKind.BUSY}
"""What is worth a line on a card: a queue in a plan with several things to do is nothing that anybody mends."""
_TAKING = frozenset({PredictedKind.PERSON, PredictedKind.WORK, PredictedKind.WAIT})
MOST_ON_CARDS = 2
MOST_THAT_MATTER = 5
QUARTER = dt.timedelta(minutes=15)
"""No forecast is exact to the minute."""
_UNDER_WAY = frozenset({GoalStatus.ACTIVE, GoalStatus.BLOCKED, GoalStatus.PAUSED})
_IFS: dict[Assumption, str] = {
    Assumption.RESUMED: "it goes on now",
    Assumption.APPROVED: "it is started now",
    Assumption.RESOURCE_BACK: "what is away is back now",
}


def card_lines(goal: Goal, forecast: Forecast | None, zone: str, now: dt.datetime) -> list[str]:
    """What a card says of the future: when it is likely done, and the gravest of what may get in the way."""
    if forecast is None or forecast.prospect is not Prospect.OPEN or goal.status not in _UNDER_WAY:
        return []
    done = likely_done(forecast, zone, now)
    if not done:
        return []
    on_time = odds_in_time(goal, forecast, now)
    holds = f" · deadline holds {odds(on_time)}" if on_time is not None else ""
    return [f"📈 Likely done {done}{holds}{_given(forecast)}", *_warnings(goal, forecast, zone, now)]


def odds_in_time(goal: Goal, forecast: Forecast, now: dt.datetime) -> float | None:
    """The odds that the deadline holds; None without one, and for one that has passed since they were reckoned."""
    return forecast.on_time_odds if goal.deadline is not None and goal.deadline > now else None


def _warnings(goal: Goal, forecast: Forecast, zone: str, now: dt.datetime) -> list[str]:
    found = [one for one in forecast.predicted if one.kind in ON_CARDS]
    return [f"⚠️ {told}" for told in obstacles(goal, found, zone, now)][:MOST_ON_CARDS]


_FAR_OFF, _FAR_MORE = dt.timedelta(days=730), 4
"""An end that may be so far off, and so many times as far as the likely one, is not named: no date would be meant."""


def likely_done(forecast: Forecast, zone: str, now: dt.datetime) -> str:
    """«Thu 3 Dec (between 30 Nov and 9 Dec)»; on one day «14:30 (between 14:15 and 16:00)». Empty without an end."""
    if forecast.end is None:
        return ""
    early, middle, late = (_rounded(at) for at in (forecast.end.p10, forecast.end.p50, forecast.end.p90))
    if late - now > max(_FAR_OFF, _FAR_MORE * (middle - now)):  # a pace of which little is known yet, or that stands
        return f"{day(middle, zone, now)} (not before {_date(early, zone, now)}; how late, can't be told yet)"
    first, last = local(early, zone), local(late, zone)
    if first.date() != last.date():
        return f"{day(middle, zone, now)} (between {_date(early, zone, now)} and {_date(late, zone, now)})"
    between = f" (between {first:%H:%M} and {last:%H:%M})" if early < late else ""
    return f"{clock(middle, zone, now)}{between}"


def _shares(end: Range, zone: str, now: dt.datetime) -> str:
    """By when how many of the cases are done: by days, or by hours where all of it falls on one day."""
    ends = [_rounded(at) for at in (end.p10, end.p50, end.p90)]
    said = day if local(ends[0], zone).date() != local(ends[-1], zone).date() else clock
    early, middle, late = (said(at, zone, now) for at in ends)
    return f"In 1 case of 10 by {early}, in 5 by {middle}, in 9 by {late}."


def _rounded(at: dt.datetime) -> dt.datetime:
    """The next quarter of an hour."""
    over = (at - at.replace(minute=0, second=0, microsecond=0)) % QUARTER
    try:
        return at + (QUARTER - over) if over else at
    except OverflowError:
        return at


def _date(at: dt.datetime, zone: str, now: dt.datetime) -> str:
    """«30 Nov», with the year where it isn't this one."""
    there = local(at, zone)
    year = f" {there.year}" if there.year != local(now, zone).year else ""
    return f"{there.day} {MONTHS[there.month - 1]}{year}"


def _given(forecast: Forecast) -> str:
    ifs = [words for assumption, words in _IFS.items() if assumption in forecast.assumes]
    return f", if {' and '.join(ifs)}" if ifs else ""


def obstacles(goal: Goal, predicted: Sequence[PredictedBlockage], zone: str, now: dt.datetime) -> Iterator[str]:
    """What is likely to get in the way, in the order given; of tasks that have ended since, nothing.

    Of one that has gone on for too long, how long it is likely to take still would read like another median.
    """
    overdue = {one.task for one in predicted if one.kind is PredictedKind.OVERDUE}
    for one in predicted:
        task = goal.tasks.get(one.task)
        if one.kind in _TAKING and one.task in overdue:
            continue
        if task is not None and task.status not in ENDED_TASKS:
            yield f"«{line(task.title, 90)}» {_obstacle(task, one, zone, now)}"


def _obstacle(task: Task, one: PredictedBlockage, zone: str, now: dt.datetime) -> str:
    takes, left = _hours(one.takes), _hours(one.left)
    match one.kind:
        case PredictedKind.PERSON:
            will = "waits" if waits_for_person(task) or task.status is TaskStatus.BLOCKED else "will wait"
            return f"{will} for you; such things take {takes} at the median, there is time for {left}"
        case PredictedKind.WORK:
            return f"takes {takes} at the median, there is time for {left}"
        case PredictedKind.WAIT:
            return f"comes in {takes} at the median, there is time for {left}"
        case PredictedKind.OVERDUE:
            return f"has gone on for {_hours(one.has_taken)}; such things take {takes} at the median"
        case PredictedKind.FAILURE:
            return f"works only {odds(1 - one.odds)}"
        case PredictedKind.QUEUE:
            what = f"«{line(one.name, 40)}»" if one.name else "a free worker"
            return f"will stand in line for {what}, about {takes}"
        case PredictedKind.BUSY:
            return f"will wait about {takes} until you have a hand free"
        case PredictedKind.RESOURCE:
            back = f"until {day(one.back_at, zone, now)}" if one.back_at is not None else "and nobody knows how long"
            return f"needs «{line(one.name, 40)}», which is away {back}"


def _hours(hours: float | None) -> str:
    return span(hours * HOUR) if hours is not None else "long"


def forecast_message(goal: Goal, forecast: Forecast | None, cases: int, zone: str, now: dt.datetime) -> Outgoing:
    """All of a goal's forecast. `cases` is how many finished tasks it rests on."""
    lines: list[Text | str] = [Text("📈 ", Bold("Forecast"), f" · {line(goal.name, 150)}"), ""]
    if forecast is None or forecast.end is None or forecast.prospect is not Prospect.OPEN:
        lines.append(_nothing(goal))
        return letter(goal.chat or ChatId(0), stacked(lines), keyboards.see_goal(goal.id), goal.id)
    lines += [
        Text("Likely done ", Bold(likely_done(forecast, zone, now)), _given(forecast)),
        _shares(forecast.end, zone, now),
        *_odds(goal, forecast, zone, now),
    ]
    known = [one for one in forecast.matters if one.task in goal.tasks and one.criticality >= _RARELY]
    matter = [
        f"• {one.task}. {line(goal.tasks[one.task].title, 90)} ({odds(one.criticality)})"
        for one in sorted(known, key=_weight)[:MOST_THAT_MATTER]
    ]
    if matter:
        lines += ["", Bold("What the end hangs on most often"), *matter]
    ahead = [f"• {told}" for told in obstacles(goal, forecast.predicted, zone, now)]
    if ahead:
        lines += ["", Bold("Likely to get in the way"), *ahead]
    lines += ["", Italic(_basis(forecast, cases))]
    return letter(goal.chat or ChatId(0), stacked(lines), keyboards.see_goal(goal.id), goal.id)


_RARELY = 0.05
"""What the end hangs on less often than this is no news."""


def _weight(one: TaskForecast) -> tuple[float, dt.timedelta]:
    """What the end hangs on most often first; of what it hangs on as often, the longest."""
    length = one.end.p50 - one.start if one.end is not None and one.start is not None else dt.timedelta()
    return -round(one.criticality, 1), -length


def _nothing(goal: Goal) -> str:
    if goal.has_ended:
        return f"It is {goal.status.value}: nothing is to come."
    if goal.plan_version == 0 or goal.status in (GoalStatus.DRAFT, GoalStatus.PLANNING):
        return "There is no plan yet. Once there is one, I can tell when it is likely done."
    return "Nobody can tell just now. Please ask again in a minute."


def _odds(goal: Goal, forecast: Forecast, zone: str, now: dt.datetime) -> Iterator[str]:
    on_time = odds_in_time(goal, forecast, now)
    if goal.deadline is not None and on_time is not None:
        held = f"📅 The deadline ({moment(goal.deadline, zone, now)}) holds {odds(on_time)}"
        yield f"{held}, if nothing fails for good."
    if forecast.success_odds is not None and forecast.success_odds < 0.95:
        yield f"That no task fails for good: {odds(forecast.success_odds)}. If one does, I look for another way."
        planned = goal.figures.probability if goal.figures is not None else forecast.success_odds
        if odds(planned) != odds(forecast.success_odds):
            yield (
                f"«Goes as planned» is another thing ({odds(planned)}): there each choice leads on too, and each way of"
                " going about it brings what it is meant to."
            )


def _basis(forecast: Forecast, cases: int) -> str:
    rest = f"the plan's estimates and {plural(cases, 'finished task')}" if cases else "the plan's estimates alone"
    played = f"Played through {forecast.samples:,} times" if forecast.samples else "Reckoned"
    return f"{played}; the figures rest on {rest}. /stats shows how right I have been."
