"""Figures that only say which one to take, how it is done or until when, and words that turn a comparison round."""

import re

from engine.planning.criteria.verbs import Kind, is_done
from engine.planning.criteria.wording import word_set

UNDER = (
    r"under|below|less than|fewer than|at most|not (?:over|above)|"
    r"not? (?:more|slower|longer|higher|larger|bigger|greater|heavier) than|max(?:imum)?(?: of)?|within|<=?|≤|up to"
)
OVER = (
    r"at least|over|above|more than|greater than|not? (?:less|fewer|lower|shorter|smaller) than|not (?:under|below)|"
    r"min(?:imum)?(?: of)?|>=?|≥"
)

KEPT = (
    r"(?:[a-z-]+\s)?(?:expens\w+|bills?|budgets?|timetables?|schedules?|costs?|incomes?|spending|rents?|plans?|"
    r"routines?|fees?|menus?|salar\w+|allowances?|averages?|limits?|loss(?:es)?|profits?|turnover|figures)\b"
)
"""What is weekly by itself: it is listed, cut or drawn up once."""
PIECES_OF_WORK = frozenset(
    (verb, noun)
    for verb, nouns in {
        "pack": "boxes crates parcels orders packages suitcases bags rooms hampers",
        "send": "parcels packages orders invoices invitations",
        "hang": "pictures paintings posters lamps doors shelves",
        "carry": "boxes",
    }.items()
    for noun in nouns.split()
)
"""What is one piece of work each, by the verb: twenty boxes are not packed in one go."""

_IS_THE_AIM = frozenset(
    {
        Kind.REACH, Kind.CHANGE, Kind.SAVE, Kind.STATE, Kind.OTHER, Kind.CHECK, Kind.OPTIMISE, Kind.EXAM, Kind.COURSE,
        Kind.TRAIN, Kind.SELL, Kind.BACKTEST,
    }
)  # fmt: skip
"""Kinds of which the figure is the aim itself, wherever it stands: «Pass the exam with at least 80 %»."""
_ONE_OF_MANY = frozenset({Kind.DECIDE, Kind.BUY, Kind.FIND, Kind.HIRE})
"""Kinds that take one of many: a bound only says which, as in «Choose a play, max 60 minutes»."""
COMPARED = re.compile(rf"(?:{UNDER}|{OVER})(?![a-z])", re.I)
_UNTIL = re.compile(r"\b(?:until|till)\s+(?:(?:we|i|you|there)\s+(?:have|are|reach|get)\s+)?$", re.I)
_WITH = re.compile(r"\b(?:with|without)\s+(?:(?:a|an|total|budget|of)\s+)*$", re.I)
_TO_A_SHARE = re.compile(r"\b(?:to|for)\s+(?:about\s+|some\s+)?\d", re.I)
_WITHOUT_DOING = re.compile(r"\bwithout\s+\w+ing\b[^,;.]*$", re.I)
_THE = re.compile(
    r"^(?:import|migrate|move|transfer|enter|scan|digiti[sz]e|inform|label|print|sort|tag|pack|copy|export|convert|archive|"
    r"re-?index|rename|translate|upload)\b.*\b(?:the|our|my|their|these|those|last|all)\s$",
    re.I,
)
"""What is there already is only counted: «Import the 340 patients»."""
_WITH_ALL = re.compile(r"\bwith (?:all |the |our |both )+$", re.I)
_ALL = re.compile(r"\b(?:all|each|every one)\s+(?:of\s+)?(?:the\s+|our\s+|my\s+)?$", re.I)
_TURNS = re.compile(
    r"\b(?:no|nobody|no one|none|nothing|never|not|cannot|without|\w+n['’]t|dont|doesnt|didnt|wont|cant|mustnt)\b"
    r"[^,;.:]*$",
    re.I,
)
_OVER_PLAINLY = re.compile(r"over|above|more than|greater than|less than|fewer than|under|below", re.I)


_OF_EACH = re.compile(r"[^.,;]{0,30}?\b(?:from|by|of|per) (?:each|every|person|head|pupil|child|member|family)\b", re.I)
"""A sum that each is to pay is no sum of all: «Collect 300 EUR from each pupil», «Everyone has paid 50 €»."""
_EACH_GIVES = re.compile(r"(?:every(?:one|body)?|each)\b.*\b(?:paid|pays?|transfers?|contribut\w+)\b", re.I)


_GIVEN_OUT = re.compile(r"\b(?:approved|granted|signed|agreed|accepted|issued|ordered)\b", re.I)
"""What becomes of a thing of some size: «loan of 60,000 € approved»."""


def qualifies(around: tuple[str, str], figure: str, verb: str, kind: Kind) -> bool:
    """Whether a figure only tells more of a doing: «Ask the adviser (max 200 €)», «Cut over with less than 5 minutes
    downtime», «Inform all 12,000 customers», «Run the test until 4,000 visitors».

    `around` is what stands before and behind the figure, `figure` how that itself begins.
    """
    before, behind = around
    if (
        _EACH_GIVES.match(before)
        or (verb == "collect" and _OF_EACH.match(behind))
        or (before.lower().endswith("of ") and _GIVEN_OUT.search(behind))
    ):
        return True
    if re.match(r"max|min|up to", figure, re.I) and re.search(r"\w,\s$", before) and not behind.strip(" .!"):
        return True  # «slides, max 20»
    if _UNTIL.search(before) and verb:
        return True
    if kind is Kind.DEPLOY and "%" in figure and _TO_A_SHARE.search(f"{before}{figure}"):
        return True
    in_brackets = before.count("(") > before.count(")")
    if in_brackets and is_done(before.partition("(")[0]):
        return True
    takes_one = kind in _ONE_OF_MANY or verb in {"accept", "sign"} or is_done(before)
    if takes_one and COMPARED.match(figure):
        return True
    if kind in _IS_THE_AIM:
        return False
    of_all = (_ALL.search(before) or _THE.match(before)) is not None and "%" not in figure
    return in_brackets or of_all or bool(_WITH.search(before) or _WITHOUT_DOING.search(before))


_OVER_TIME = re.compile(r"\b(?:over|within|during|in) \w+ (?:weekends|evenings|afternoons|mornings)\b", re.I)
_ASIDE = re.compile(r"\w,\s(?:(?:about|around|min\.?|max\.?|approx\.?|some|at least|up to|~)\s?)?$", re.I)
_BY_THE = re.compile(r"ed by (?:all |the |our )+$", re.I)
"""«Approved by the three teams»."""
_FINISHED = re.compile(r"\b(?:approved|reviewed|written|finished|completed|signed|agreed|published|done|ready)\b", re.I)


def describes(before: str, text: str) -> bool:
    """Whether a number of things only describes what there is to be: «Glossary with 100 terms approved»."""
    if _ASIDE.search(before) is not None and re.search(
        r"\b(?:people|guests|persons|adults|kids|questions|answers|pages|items|slides|minutes)\b", text, re.I
    ):
        return True  # «guest list with mum, about 40 people»
    if _BY_THE.search(before) is not None:
        return True
    if _OVER_TIME.search(text) is not None and re.search(r"\b(?:over|within|during|in)\s$", before, re.I):
        return True
    return _WITH_ALL.search(before) is not None or bool(_WITH.search(before) and _FINISHED.search(text))


AMOUNTS = frozenset({Kind.BUY, Kind.ORGANISE, Kind.TRAVEL, Kind.PLAN, Kind.DECIDE})
"""Kinds of which a number says how much or how large, and not how often."""
AMOUNT_VERBS = word_set(
    "buy purchase order list pack bring cook bake send book reserve pay print rent feed hang carry post borrow lend "
    "deliver"
)
_ASKS_EACH = word_set("apply talk speak write reach present pitch sell read listen")
_SIZE_OF = re.compile(
    r"\b(?:list|group|team|class|crew|audience|table|staff|archive|rotation|panel|board|jury|choir|band|pool|squad)\sof$|\bthat\s.{2,40}\sall$"
    r"|\b(?:an?|the|our|my)\s(?!total|minimum|maximum|min|max|series|round|couple)[a-z-]+\sof$",
    re.I,
)
_WITH_EACH = word_set(
    "test try trial pilot talk speak chat meet consult discuss interview play work deal agree sign partner study check"
)
"""What is done with one after the other."""
_ONE_BY_ONE_WITH = re.compile(
    r"(?:s|ing|\b(?:it|them|this|that|\w*test|trial|pilot|beta|now|again|twice|out|up|together|online|touch))\swith$",
    re.I,
)
"""«Hold meetings with 5 clients», «Try it with 30 people»."""


def says_size(ahead: str, verb: str, *, plain: bool) -> bool:
    """Whether a number only says how large something is, by what stands ahead of it: «Cook dinner for 12 people».

    `plain` says that it is neither money nor in a unit.
    """
    before = ahead.lower().split()[-1:]
    return (
        before in (["for"], ["into"])
        or (before in (["among"], ["between"]) and verb in {"share", "split", "divide", "distribute"})
        or _SIZE_OF.search(ahead.rstrip()) is not None
        or (before == ["with"] and not set(verb.split()) & _WITH_EACH and not _ONE_BY_ONE_WITH.search(ahead.rstrip()))
        or (before == ["to"] and not set(verb.split()) & _ASKS_EACH and plain and verb == "send")
    )


def is_turned(before: str, compare: str) -> bool:
    """Whether a word before a comparison turns it round: «never more than», «nobody spends over», «dont miss more»."""
    return _OVER_PLAINLY.fullmatch(compare) is not None and _TURNS.search(before) is not None


def starts_with_limit(text: str) -> bool:
    """Whether a text is a figure that is not to be passed: «No more than 3 complaints», «Fewer than 5 returns»."""
    return re.match(rf"(?!within|up to)(?:{UNDER})\s?[$€£\da-z]", text, re.I) is not None


def forbids(text: str) -> bool:
    """Whether a text says what must not be: «No injuries», «Never send more than one mail a week»."""
    return _FORBIDS.match(text) is not None


def forbids_a_doing(text: str) -> bool:
    """Whether it says what nobody is to do: «Dont book anything yet», «Never send it twice»."""
    return _FORBIDS_DOING.match(text) is not None


_FORBIDS_DOING = re.compile(r"(?:never|do not|don['’]?t)\b(?! (?:forget|only)\b)", re.I)
_FORBIDS = re.compile(
    r"(?:no|nobody|no one|nothing|never|none|zero|without|do not|don['’]?t)\b"
    r"(?! (?:later|less|more|fewer|slower|longer|higher|lower|shorter|larger|smaller|forget|only)\b)",
    re.I,
)


PEOPLE = word_set(
    """users customers clients members attendees backers readers listeners players leads donors guests patients
    students"""
)
GUESTS = word_set("people participants visitors volunteers runners teams companies families projects entries schools")
_TAKE_PART = re.compile(
    r"^\s?(?:[a-z-]+ ){1,2}(?:attend|come|join|show up|turn up|take part|sign up|register|visit|vote|reply|respond|"
    r"donate|participate|subscribe|accept|buy)\b",
    re.I,
)


def takes_part(before: str, noun: str, rest: str) -> bool:
    """Whether so many people do something: nobody ticks them off, one looks how many there were."""
    is_first = not before.strip() or re.fullmatch(rf"(?:{OVER})\s?", before, re.I) is not None
    return is_first and noun in PEOPLE | GUESTS and _TAKE_PART.search(rest) is not None


OF_THEM = re.compile(r"^\s?of (?:all )?(?:the|our|my|your|their|these|those) ", re.I)
"""«Call 15 of the customers»."""
OF_A_KIND = re.compile(r"^\s?[a-z]{3,}s (?=(?!across|towards|versus|besides|plus|less|has|was|this)[a-z]{3,}s\b)", re.I)
"""«25 sales reps»: the first of the two only tells which."""
NUMBERED = re.compile(r"[1-5]\d\d (?:redirect|error|page|response|status)s?\b", re.I)
"""«301 redirects»: the number is their name."""
