"""What is done so that a figure is reached, and how long that usually takes."""

import re
from collections.abc import Mapping

from engine.planning.criteria.doings import BY_KIND, Doing
from engine.planning.criteria.marks import TRAINS_OFTEN
from engine.planning.criteria.nodes import is_bound, is_budget, is_cap, is_money
from engine.planning.criteria.reading import Reading
from engine.planning.criteria.verbs import Kind
from engine.planning.criteria.wording import stem

LEADS: tuple[tuple[str, str], ...] = (
    (r"^(?:ask|negotiate)\b", "any_raise_a_case"),
    (r"^collect\b.*(?:[$€£]|\b(?:eur|euros?|usd|gbp|dollars?|pounds?)\b).*\bfrom\b", "any_call_in"),
    (r"\d.*\b(?:donated|pledged|raised|in donations)\b", "any_win_givers"),
    (r"^sell\b.*\b(?:tickets|seats|places|raffle|tombola)\b", "any_put_on_sale"),
    (r"^(?:secure|raise)\b.*(?:fund|invest|capital|loan|seed)", "any_win_funders"),
    (
        r"^raise\b(?!.*(?:%|percent|\bto (?:at least )?[\d.]+$)).*(?:\d|[$€£]|eur|usd|gbp|dollar|pound)",
        "any_win_givers",
    ),
    (
        r"^(?:(?:set|fix|settle|agree on|keep to) )?(?:an? |the )?(?:total )?(?:budget|costs?|spend|stay)\b",
        "any_know_the_costs",
    ),
    (r"^(?!.*\b(?:cut|reduce|lower|decrease|shrink|save)\b).*\bbudget\b", "any_know_the_costs"),
    (
        r"^(?:no more than|not more than|at most|max(?:imum)?|less than|under|below)\b.*"
        r"(?:[$€£]|\b(?:eur|usd|gbp|euros?|dollars?)\b)",
        "any_know_the_costs",
    ),
    (r"^(?:\w+ )?debts?\b", "any_pay_off_towards"),
    (r"\b(?:survey|feedback|poll)\b", "any_ask_all"),
    (
        r"(?:cut|reduce|lower|decrease|shrink|save|under|below|max|at most|less than).*(?:[$€£]|\b(?:eur|usd|gbp|"
        r"euros?|dollars?|costs?|bills?|budget|spend\w*|expenses)\b)",
        "any_cut_costs",
    ),
    (r"page ?speed|lighthouse|loading|latency", "any_make_it_faster"),
    (r"\b(?:grade|marks?|gpa|exam|test score|ielts|toefl|gmat|gre)\b", "any_train_for_marks"),
    (
        r"\b(?:churn|retention|conversion|bounce|nps|rating|stars or|stars? (?:on )?average|"
        r"average (?:of )?[\d.]+ stars?|satisf\w+|crash\w*|uptime|error rate)\b",
        "any_move_the_figure",
    ),
    (
        r"sign-?ups?|^sign up \d|registrations|registered|users|members|downloads|installs|visit|views|followers|"
        r"subscribers|stars|backers|attendees|leads|listens|plays|listeners|readers|customers (?:a|per|each)\b",
        "any_win_people",
    ),
    (
        r"mrr|arr|revenue|sales|profit|orders|customers|clients|[$€£]|\b(?:eur|usd|gbp|euros?|dollars?)\b",
        "any_win_customers",
    ),
    (
        r"\b\d+\s?(?:ms|millisec\w*|s|seconds?|fps|rps|req\S*|requests\S*|tps|µs)\b",
        "any_make_it_faster",
    ),
    (r"coverage", "any_cover_with_tests"),
    (r"^(?:lose|drop|gain|reach|get|weigh)\b.*\d\s?(?:kg|kilo\w*|lbs?|pounds)\b", "any_change_weight"),
    (r"^(?:write|read|draft)\b.*\b(?:words|pages)\b", "any_write_daily"),
)
"""What leads to a figure: (pattern of the clause in small letters, compound); the first that fits."""
_MARKED = re.compile(r"^(?:score|get|achieve|reach)\b(?!.*exam).*(?:%|percent|points|grade|mark)")
"""A mark that the exam of another criterion brings: the way to it is planned there."""
_INVESTOR = stem("investor")
"""Whose money it is, where other criteria speak of them: they are the way to it."""
_NOTHING_TO_DO = frozenset({Kind.DECIDE, Kind.MONITOR, Kind.EXAM, Kind.STATE, Kind.SAVE})


_GIVEN_BACK = re.compile(r"[$€£\d](?: \w+)? back\b|\brefund|\breimburs")
"""What comes back by itself when the papers are in: nobody is won for it."""


def towards(reading: Reading, elsewhere: Mapping[str, int]) -> Doing | None:
    """What leads to the figure of a clause; None where it is only looked up.

    `elsewhere` counts the clauses that speak of each stem.
    """
    said = reading.text.lower()
    theirs = reading.target is not None and is_money(reading.target.unit) and _INVESTOR in elsewhere
    if reading.verb in {"test", "check", "measure"} or theirs or (_MARKED.search(said) and elsewhere.get("exam")):
        return None
    if reading.kind is Kind.SAVE:
        return Doing(task=_saving(reading, said))
    if reading.kind is Kind.SELL and _is_rate(reading):
        return Doing(task="any_win_customers")
    if reading.kind is Kind.TRAIN and TRAINS_OFTEN not in elsewhere:
        return Doing(task="any_train_towards")
    if is_bound(reading) or (is_cap(reading) and not is_budget(reading)) or _GIVEN_BACK.search(said):
        return None
    lead = next((task for pattern, task in LEADS if re.search(pattern, said)), None)
    if lead in {"any_win_customers", "any_win_people"} and reading.target is not None and reading.target.at_most:
        return Doing(task="any_cut_costs" if is_money(reading.target.unit) else "any_move_the_figure")
    if lead is not None:
        return Doing(task=lead)
    if reading.kind in BY_KIND and reading.kind not in _NOTHING_TO_DO:
        return Doing(task=BY_KIND[reading.kind], plain=True)
    if reading.kind in {Kind.CHORE, Kind.OTHER}:
        return None
    unit = reading.target.unit if reading.target is not None else ""
    follows = reading.kind is Kind.CHANGE or _FIGURE_ALONE.fullmatch(unit) is not None
    return Doing(task="any_move_the_figure") if follows else None


_FIGURE_ALONE = re.compile(r"%|percent\w*|per cent|percentage points|of \d+|points?|", re.I)
"""Units of figures that follow from much else: what is counted, weighed or walked is done itself."""


def _is_rate(reading: Reading) -> bool:
    """Whether the figure is one of each day, week or month."""
    return reading.target is not None and re.search(r" per (?:day|week|month)$", reading.target.unit) is not None


def _saving(reading: Reading, said: str) -> str:
    return "any_pay_off_towards" if reading.verb == "pay off" else "any_save_towards"


_WEIGHED = re.compile(r"(?:lose|drop|gain|reach|get|weigh|keep|stay)\b", re.I)
"""What one's own weight is to do."""
_SAVED_IN_A_MONTH = 5000.0
_LONGEST_SAVING = 36.0
"""Months."""


def usual_hours(reading: Reading) -> float:
    """How long a figure usually takes to be reached: a kilogram two weeks, a purse months, a speed days."""
    target = reading.target
    if target is None or reading.not_before is not None or (reading.by is None and reading.seconds is not None):
        return 72.0
    if re.match(r"kg|kilo", target.unit, re.I) and _WEIGHED.match(reading.text):
        return 336.0 * min(abs(target.value - (target.start or 0.0)), 26.0)
    if reading.kind is Kind.SAVE:
        return max(1440.0, min(target.value / _SAVED_IN_A_MONTH, _LONGEST_SAVING) * 720.0)
    if reading.kind is Kind.SELL and _is_rate(reading):
        return 336.0
    return 336.0 if target.value >= 100 and reading.kind is Kind.REACH else 72.0
