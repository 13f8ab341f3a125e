"""Titles of tasks: a clause's own words put into the words of a step."""

import re

from engine.planning.criteria.numerals import shown
from engine.planning.criteria.quantities import without_rhythm
from engine.planning.criteria.reading import Reading
from engine.planning.criteria.verbs import NOUNS, Kind
from engine.planning.criteria.wording import capitalised, crop, lowered, the, word_set

_ASKED = re.compile(r"(?P<who>.{1,60}?)\s(?P<be>is|are|was|were|has|have|can|will)\s(?P<what>.+)", re.I | re.S)
_IT_DOES = re.compile(
    r"(?P<it>it|this|that)\s(?P<does>work|help|fit|sell|go(?=e)|pass(?=e)|pay)e?s(?P<how>(?:\s\w+)?)",
    re.I,
)
_MY_DOING = re.compile(r"(?:i|we)\s+(?P<what>(?!am\b)[a-z]+(?<!ed)\b.*)", re.I | re.S)
_ASKS = re.compile(r"(?:how|why|what|who|whom|where|when|which|whether)\b", re.I)
_ACTIONS = word_set("research analysis study survey investigation audit review testing")
_PLAIN = word_set(
    "theory practical literature gap market user first final internal external security code driving written oral "
    "wireframes wireframe mockups birthday online weekly competitor customer eye conference"
) | frozenset(NOUNS)
_ADJECTIVE = re.compile(r"[A-Z][a-z]{3,}(?:ory|tive|ical|ional|ual|able|ible)")
"""What begins a clause in its small form: «Exploratory analysis»."""
_LEADING = re.compile(
    r"^(?:to|on|in|into|at|for|with|without|from|by|until|before|after|via|as|onto|over|under|within|based on|"
    r"according to)\s+",
    re.I,
)
_ASIDE = re.compile(
    r"(?:,\s+(?:but|and|only|not|though|except)|\s+and\s+(?:watch|monitor|observe|wait|keep|see))\b.*$", re.I | re.S
)
_PRONOUN = re.compile(r"(?:it|them|these|those|everything|all)\b(?! (?:the|my|our|of)\b)", re.I)
_PLACED = re.compile(r"(?:to|on|in|into|at|for|via|onto|over)\s", re.I)
"""What a place stands behind; «with 500 $» is none."""
_DECIDED = re.compile(r"on\s(?!\d|\w+day\b)", re.I)
_DATED = re.compile(r"^(?:on|at|by|until|before|after|in|within|from)\s", re.I)
_SOME_DAY = re.compile(r"(?:on|at|over|during) (?:an?|the) (?:\w+day|weekend|night)\b", re.I)
_TAIL = re.compile(
    r"\s+(?:from|on|in|for|with|to|by|using|via|at|if|before|after|until|within|into|as|of \d|under|that|between|"
    r"together|over (?=\d|two|three|the)|out of|is|are)\b.*$|(?:[,(]|:(?!\d)).*$",
    re.I | re.S,
)
_BARE_PLACES = word_set("live production prod staging")


def question_of(condition: str) -> str:
    """A condition as a question that is answered with yes or no."""
    text = condition.strip(" .?!")
    match = _ASKED.fullmatch(text)
    if match is not None and len(match["who"].split()) <= 6:
        who, be, what = match["who"], match["be"].lower(), match["what"]
        who = "you" if who.lower() in {"i", "we"} else lowered(who)
        if be in {"has", "have"} and not what.split()[0].endswith(("ed", "en")):
            return crop(f"{'Does' if be == 'has' else 'Do'} {who} have {what}?")
        return crop(f"{'Are' if who == 'you' and be == 'is' else be.capitalize()} {who} {what}?")
    does = _IT_DOES.fullmatch(text)
    if does is not None:
        return f"Does {does['it'].lower()} {does['does'].lower()}{does['how']}?"
    mine = _MY_DOING.fullmatch(text)
    if mine is not None:
        return crop(f"Do you {mine['what']}?")
    bare = text.lower()
    if re.search(r"[<>≤≥]", text):
        return crop(f"Is {lowered(text)}?")
    if " " not in bare or bare.split(" ")[0] in {"still", "too", "really", "not"}:
        return crop(f"Is it {bare}?")
    return crop(f"Is this so: {text}?")


def figure(reading: Reading) -> str:
    """The target of a reading as words: «at most 200 ms», «at least $10,000 MRR»."""
    target = reading.target
    if target is None:
        return reading.text
    has_sign = target.unit[:1] in {"$", "€", "£"}
    sign, unit = (target.unit[0], target.unit[1:].strip()) if has_sign else ("", target.unit)
    return f"{'at most' if target.at_most else 'at least'} {sign}{shown(target.value)} {unit}".strip()


def head_of(reading: Reading) -> str:
    """The thing itself, without what follows it: «a website for the club» → «a website»."""
    thing = reading.thing.strip(" .!")
    pattern = _LEADING if _LEADING.match(thing) else _TAIL
    head = crop(_ASIDE.sub("", pattern.sub("", thing)) or thing or reading.text, 60)
    first, *others = head.split(" ")
    is_plain = not reading.verb and (first.lower() in _PLAIN or bool(others and _ADJECTIVE.fullmatch(first)))
    return lowered(head) if is_plain else head


def names_a_study(reading: Reading) -> bool:
    """Whether the thing is itself the looking into («the gap analysis»), not what is looked into («the market»)."""
    return bool(_ACTIONS & set(head_of(reading).lower().split(" ")))


def has_no_thing(reading: Reading) -> bool:
    """Whether a clause says where or when, but not what («submit by 31 July», «post them»)."""
    return _LEADING.match(reading.thing.strip(" .!")) is not None or _PRONOUN.match(reading.thing) is not None


def said_by(reading: Reading) -> str:
    """A clause in its own words, those that were read apart included."""
    return capitalised(reading.clause.whole) if reading.clause.whole else reading.text


def words_of(reading: Reading) -> dict[str, str | int]:
    """A clause's own words, by the names that templates know them by; `library/general.yaml` says what each is."""
    thing = reading.thing.strip(" .!")
    leads = _LEADING.match(thing) is not None
    head = head_of(reading)
    about = re.search(r"\b(?:on|of|about|into)\s+(.{2,60})$", thing)
    is_question = _ASKS.match(thing) is not None
    topic = (
        thing
        if is_question
        else " ".join(word for word in head.split(" ") if word.lower() not in _ACTIONS) or (about[1] if about else "")
    )
    is_day = leads and _DATED.match(thing) is not None and (reading.by or reading.not_before) is not None
    is_day = is_day or _SOME_DAY.match(thing) is not None or head[:1].isdigit()
    is_crowd = reading.kind is Kind.RECRUIT and not reading.verb
    is_decided = reading.kind is Kind.DECIDE and _DECIDED.match(thing) is not None
    place = (
        "it"
        if head.lower() in _BARE_PLACES or is_day or head[:1].isdigit() or not thing
        else head
        if leads
        else the(head)
    )
    return {
        "said": said_by(reading),
        "text": reading.text,
        "low": crop(_lowered(reading).rstrip("."), 80),
        "it": the(head) if is_decided else "it" if leads else head if is_question else the(head),
        "thing": f"{reading.count.number} {reading.count.noun}" if is_crowd and reading.count is not None else head,
        "topic": crop(topic, 60) if is_question else the(topic) if topic else "it",
        "place": place if _PLACED.match(thing) or not leads else "it",
        "n": reading.count.number if reading.count is not None else 1,
        "things": reading.count.noun if reading.count is not None else head,
        "activity": crop(f"{'' if reading.verb else 'do '}{lowered(without_rhythm(reading.text))}", 80),
    }


def _lowered(reading: Reading) -> str:
    """The clause as it reads behind «to»; a launch or the like that is named as a thing is gone ahead with."""
    is_named = not reading.verb and reading.kind in {Kind.LAUNCH, Kind.DEPLOY, Kind.OPTIMISE}
    if is_named:
        return f"go ahead with {the(reading.text if _NAME.match(reading.text) else lowered(reading.text))}"
    return lowered(reading.text)


_NAME = re.compile(r"[A-Z]\w+ [A-Z]\w+ [a-z]")
"""«Play Store release»."""


def fill(template: str, reading: Reading) -> str:
    """A template with the clause's own words in it."""
    return template.format_map(words_of(reading))


def length_in_words(seconds: float) -> str:
    """A length of time for a title: «1 week», «36 hours»."""
    for size, name in ((604_800, "week"), (86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size and seconds % size == 0:
            number = int(seconds // size)
            return f"{number} {name}{'' if number == 1 else 's'}"
    return f"{shown(round(seconds / 3600, 1))} hours" if seconds >= 3600 else f"{int(seconds)} seconds"
