"""What a person's own words mean where there are buttons: generous, pure, and never a guess that destroys.

Whatever is not understood comes back as `Meaning.UNCLEAR` with its text, so that nothing said is lost.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from engine.planning.criteria.verbs import leading_verb
from handlers.reading.counts import count_in
from handlers.reading.numbers import number_in


class Meaning(StrEnum):
    """What words can mean."""

    DONE = "done"
    PROBLEM = "problem"
    SKIP = "skip"
    LATER = "later"
    COUNT = "count"
    MORE = "more"
    NUMBER = "number"
    CHOICE = "choice"
    RESOLVED = "resolved"
    INFORM = "inform"
    NOTE = "note"
    REPLAN = "replan"
    STOP = "stop"
    START = "start"
    PICK = "pick"
    CHANGE = "change"
    ADD = "add"
    DROP = "drop"
    MOVE = "move"
    REWORD = "reword"
    CANCEL = "cancel"
    UNCLEAR = "unclear"


STEPS = frozenset({Meaning.ADD, Meaning.DROP, Meaning.MOVE, Meaning.REWORD})
"""What words can want of a plan's tasks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What was meant, with what was said beyond it."""

    meaning: Meaning
    text: str = ""
    number: float = 0.0
    """A count, a measured number, or a task's number."""
    place: str = ""
    """Where a task is to be moved: `to 2`, `before 2`, `after 2`, `up`, `down`, `first`, `last`; else empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a task asks for, as far as reading an answer needs it."""

    options: Sequence[str] = ()
    measured: bool = False
    counted: bool = False
    title: str = ""
    """Its own words, with which a count may be told: «sang 2» of «Sing 3 songs»."""


def _any(*ways: str) -> str:
    return "(?:" + "|".join(ways) + ")"


_SEPARATOR = r"(?=$|[\s:,;!…–—]|[.-](?!\w))[\s:,.;!…–—-]*"  # «x-ray» and «x.com» are no «x»
_THUMB_UP, _THUMB_DOWN = "👍[🏻-🏿]?", "👎[🏻-🏿]?"
_IS = _any("i'?m", "i am", "i'?ve", "i have", "we'?ve", "we have", "it'?s", "it is", "that'?s", "that is", "this is")
_IT = rf"(?:(?:{_IS}|all|it|now|ok|okay|yes|yep|yeah)[ ,]+)*"


def _starts(text: str, pattern: str) -> str | None:
    """What follows the pattern at the begin of the text; None when it does not begin so."""
    found = re.match(rf"(?:{pattern}){_SEPARATOR}", text, re.I)
    return text[found.end() :].strip() if found else None


_DONE_WORDS = _any("done", "finished", "completed", "ready", "through", "accomplished", "achieved", "ticked", "sorted")
_DONE = _any(
    rf"{_IT}(?:already )?{_DONE_WORDS}(?: (?:it|that|this|now|already|today)(?!\w))?",
    "(?:i|we) (?:did|made|got|finished|completed) (?:it|that|this)(?: done)?",
    "did it", "got it done", "✅+", "✔️?", "☑️?", _THUMB_UP, "💪[🏻-🏿]?", "🎉+", "yes", "yep", "yeah", "x",
)  # fmt: skip
_TO_COME = r"soon|later|tomorrow|tonight|next |in (?:\d|an? )|by (?:\d|tomorrow|tonight|next |noon|\w+day)"
_IN_PART = re.compile(rf"(?:except|but|apart from|only|partly|in part|half|almost|nearly|yet|\?|{_TO_COME})", re.I)
_NOT_DONE = _any(
    "not (?:done|finished|ready|completed?|yet|now|today)(?: yet)?", r"(?:i )?(?:haven'?t|didn'?t)\b.*",
    "isn'?t (?:done|ready).*", "no,? not yet", "still working.*", "working on it.*", "in progress.*", "almost.*",
    "nearly.*", "half done.*",
    r"(?:i |we )?(?:can(?:'?t| ?not)|won'?t)(?: do (?:it|this|that))? (?:today|(?:right )?now|tonight|this week)",
)  # fmt: skip
_PROBLEM = _any(
    "(?:there'?s |there is |i have |we have |got |big )?(?:an? )?(?:problem|issue|trouble|obstacle|difficulty)"
    "(?: with| here)?", "help", "⚠️", "🚧", _THUMB_DOWN,
    rf"(?:{_IS} |it was |it |i |we )?(?:blocked|stuck|(?:im|not )possible|failed|broken)",
)  # fmt: skip
_UNABLE = (
    r"(?:i |we )?(?:(?:can'?t|can ?not|couldn'?t|(?:\w{2,4} )?(?:un|not )able|(?:was|were|wo)n'?t (?:be )?able"
    r"|it (?:doesn'?t|does not|didn'?t) work|doesn'?t work)\b(?: (?:to )?(?:do|manage)(?: (?:it|this|that)(?!\w))?)?)"
)
_SKIP = "(?:please )?" + _any(
    "skip(?: it| this| that| the task)?", "leave (?:it|this|that) out", "not needed", "unnecessary", "irrelevant",
    "no need(?: for (?:it|this|that))?", "forget (?:it|this|that)", "drop (?:it|this|that)", "⏭️?",
)  # fmt: skip
_LATER = "(?:maybe |please |do it )*" + _any(
    "later", "not now", "snooze(?: it)?", "postpone(?: it| this)?", "remind me(?: again)?",
    "ask (?:me )?(?:again|later)", "put it off", "⏰", "💤",
)  # fmt: skip
_DAYS = _any("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WHEN = (
    r"(?:until |till |to |on |at |again )?("
    r"(?:in|after) (?:\d|an? |one|two|three|four|five|six|seven|eight|nine|ten|half|a couple).*"
    r"|(?:this |tomorrow )?(?:evening|morning|afternoon|noon)|tonight|tomorrow.*"
    rf"|(?:next|this|coming) (?:week|month|weekend|{_DAYS}).*|(?:on )?{_DAYS}(?:[ ,].*)?)"
)


def is_moment_alone(text: str) -> bool:
    """Whether a text names when, and nothing else: «tomorrow», «until Friday», «in 3 hours»."""
    return re.fullmatch(_WHEN + r"[.! ]*", " ".join(text.split()), re.I) is not None


def task_words(text: str, asked: Asked) -> Said:
    """What an answer to a task means."""
    said = " ".join(text.split())
    if asked.options:
        option = choice_in(said, asked.options)
        if option is not None:
            return Said(meaning=Meaning.CHOICE, text=option)
    wish = _wish(said)
    if wish is not None:
        return wish
    if asked.counted and (count := count_in(said, asked.title)) is not None:
        return Said(meaning=Meaning.MORE if count.more else Meaning.COUNT, number=float(count.number))
    if asked.measured and (value := number_in(said)) is not None:
        return Said(meaning=Meaning.NUMBER, number=value, text=said)
    rest = None if asked.options else _starts(said, _DONE)
    if rest is not None and re.fullmatch(r"with a (?:note|comment|word)[.! ]*", rest, re.I):
        return Said(meaning=Meaning.NOTE)
    if rest is not None and not _IN_PART.match(rest):
        return Said(meaning=Meaning.DONE, text=rest)
    return Said(meaning=Meaning.UNCLEAR, text=said)


def _wish(said: str) -> Said | None:
    """Problem, skip or later; None for none of them."""
    if re.fullmatch(_NOT_DONE + r"[.! ]*", said, re.I):
        return Said(meaning=Meaning.LATER)
    rest = _starts(said, _PROBLEM)
    if rest is not None and _OVER.match(rest) is None:  # «problem solved, thanks» tells of none
        return Said(meaning=Meaning.PROBLEM, text=rest)
    if (rest := _starts(said, _UNABLE)) is not None:
        return Said(meaning=Meaning.PROBLEM, text=said if rest else "")
    rest = _starts(said, _SKIP)
    if rest is not None:
        return Said(meaning=Meaning.SKIP, text=rest)
    return _later(said)


def _later(said: str) -> Said | None:
    """«later», with or without a moment, or a moment alone."""
    rest = _starts(said, _LATER)
    when = re.fullmatch(_WHEN + r"[.! ]*", said if rest is None else rest, re.I)
    if rest is not None or when is not None:
        return Said(meaning=Meaning.LATER, text=when[1].strip() if when is not None else rest or "")
    return None


def choice_in(said: str, options: Sequence[str]) -> str | None:
    """The option that was named: by its words, their begin, or its place («2», «the second»); None when unclear."""
    plain = _plain(said)
    if not plain:
        return None
    exact = [option for option in options if _plain(option) == plain]
    if exact:
        return exact[0]
    place = re.fullmatch(r"(?:option |number |no |the )?(\d|first|second|third|last)(?: one| option)?", plain)
    if place is not None:
        at = {"first": 1, "second": 2, "third": 3, "last": len(options)}.get(place[1]) or int(
            place[1] if place[1].isdecimal() else 0
        )
        return options[at - 1] if 0 < at <= len(options) else None
    begun = [option for option in options if _plain(option).startswith(plain)]
    if len(begun) == 1 and (len(plain) > 1 or plain in "yn"):  # of one letter, only those of yes and no
        return begun[0]
    inside = [option for option in options if re.search(rf"\b{re.escape(_plain(option))}\b", plain)]
    negated = re.search(r"\b(?:not|don'?t|never|no)\b", plain) is not None
    return inside[0] if len(inside) == 1 and not negated else None


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[^\w\s'+-]", " ", text.casefold()).split())


_BEGIN = "(?:please )?" + _any(
    "start(?: it| now)?", "go(?: ahead| for it)?", "run(?: it)?", "begin", "let'?s go", "do it", "▶️?", "🚀"
)  # fmt: skip
_START = "(?:please )?" + _any(
    _BEGIN, "yes", "yep", "yeah", "ok(?:ay)?", "fine", "approved?", "(?:looks|sounds|all) (?:good|great|fine)", "good",
    "great", "perfect", _THUMB_UP, "✅",
)  # fmt: skip
_CANCEL = "(?:please )?" + _any(
    "cancel(?: it| the goal| this)?", "stop(?: it| the goal)?", "no", "nope", "never ?mind", "forget it", "drop it",
    "abandon(?: it)?", _THUMB_DOWN, "❌",
)  # fmt: skip
_CHANGE = _any("(?:change|edit|modify|adjust)(?: it| the plan| something)?", "not quite", "almost")


def plan_words(text: str) -> Said:
    """What an answer to a plan means."""
    said = " ".join(text.split())
    step = step_in(said)
    if step is not None:
        return step
    if found := _OTHER_PLAN.fullmatch(said):
        letter = found[1] or found[2] or "a"
        place = _ORDINALS.get((found[3] or "").lower()) or 1 + "abcdefghi".index(letter.lower())
        return Said(meaning=Meaning.PICK, number=float(place))
    if _YOUR_CHOICE.fullmatch(said):
        return Said(meaning=Meaning.PICK)
    for meaning, pattern in ((Meaning.START, _START), (Meaning.CANCEL, _CANCEL), (Meaning.CHANGE, _CHANGE)):
        if re.fullmatch(rf"(?:{pattern})[.! ]*", said, re.I):
            return Said(meaning=meaning)
    return Said(meaning=Meaning.UNCLEAR, text=said)


_OTHER_PLAN = re.compile(
    r"(?:(?:please |let'?s |rather )*(?:use|take|pick|choose|go (?:with|for)|i(?:'d| would)? (?:prefer|like)) )?"
    r"(?:the )?(?:(?:plan |option |way |alternative )([a-i])|([b-i])"
    r"|(first|second|third|fourth) (?:one|plan|way|option))"
    r"(?: please| instead)*[.! ]*",
    re.I,
)
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4}
"""As plans are listed, A first."""
_YOUR_CHOICE = re.compile(
    r"(?:(?:please )?(?:you|let the bot|the bot may|milepost may) (?:pick|choose|decide)"
    r"|(?:it'?s )?(?:up to you|your choice))[.! ]*",
    re.I,
)
"""It has chosen already: the plan that was shown first."""
_A_CRITERION = r"(?: add)?(?: (?:an?|the|as|another|one|more|new))* (?:criterion|criteria|condition)\b"
_ADD_STEP = re.compile(
    rf"(?:please )?(?:add|also|insert|\+)(?!{_A_CRITERION})(?: (?:a|the|another) task)?[: ]+(.+)", re.I
)
_DROP_STEP = re.compile(
    r"(?:please )?(?:drop|remove|delete|without|skip|no)(?: task| number| no\.?)? #?(\d{1,6})[.! ]*", re.I
)
_MOVE_STEP = re.compile(
    r"(?:(?:please )?(?:move|put|do))?(?: ?task)? ?#?(\d{1,6}) (?:to )?(?:the )?"
    r"(?:(up|down|first|last|top|end|start|beginning)"
    r"|(?:(before|after|behind|above|below|to|place|position)(?: task| place| position)? )?#?(\d{1,6}))[.! ]*",
    re.I,
)
_REWORD_STEP = re.compile(
    r"(?:(?:please )?(?:reword|rename|change|edit)(?: task)? #?(\d{1,6})(?: to| as|:| =)? (?!(?:to|as)$)(.+)"
    r"|(?:task )?#?(\d{1,6}) ?(?:=|:(?!\d)) ?(.+))",
    re.I,
)
_PLACES = {
    "top": "first", "start": "first", "beginning": "first", "end": "last", "above": "before", "behind": "after",
    "below": "after", "place": "to", "position": "to",
}  # fmt: skip


def step_in(said: str) -> Said | None:
    """Adding, dropping, moving or rewording a task; None for none of them."""
    if found := _ADD_STEP.fullmatch(said):
        return Said(meaning=Meaning.ADD, text=found[1].strip())
    if found := _DROP_STEP.fullmatch(said):
        return Said(meaning=Meaning.DROP, number=float(found[1]))
    if found := _MOVE_STEP.fullmatch(said):
        word = (found[2] or found[3] or "to").lower()
        how = _PLACES.get(word, word)
        return Said(meaning=Meaning.MOVE, number=float(found[1]), place=how if found[2] else f"{how} {found[4]}")
    if found := _REWORD_STEP.fullmatch(said):
        title = (found[2] or found[4]).strip('«»"“” ')
        if found[4] and is_answer(title):
            skipped = task_words(title, Asked()) == Said(meaning=Meaning.SKIP)
            return Said(meaning=Meaning.DROP, number=float(found[3])) if skipped else None
        return Said(meaning=Meaning.REWORD, number=float(found[1] or found[3]), text=title)
    return None


def is_answer(text: str) -> bool:
    """Whether words tell how a task stands («done», «problem: no paint», «not yet», «👍»), and don't name one."""
    said = task_words(text, Asked())
    return is_yes(text) or is_no(text) or is_plain_answer(said, text) or not re.search(r"[^\W_]", text)


_RESOLVED_WORDS = _any(
    "resolved", "solved", "fixed", "repaired", "sorted(?: out)?", "done", "clear(?:ed)?", "gone", "working(?: again)?",
    "works(?: again| now)?", "back", "ready",
)  # fmt: skip
_OVER = re.compile(rf"(?:(?:is|was|has been|now) )*{_RESOLVED_WORDS}(?: now| again)*(?:[.,;!]| thank|$)", re.I)
_BLOCKAGE_WAYS = (
    (Meaning.REPLAN, "re-?plan|change the plan|plan (?:again|anew)|(?:find )?another way|work around(?: it)?"),
    (Meaning.STOP, "(?:please )?(?:stop|cancel|abandon|give up(?: on)?|end)(?: it| the goal| this goal)?(?=[.! ]*$)"),
    (Meaning.SKIP, _SKIP),
    (
        Meaning.RESOLVED,
        rf"{_IT}(?:already )?{_RESOLVED_WORDS}(?: (?:it|now|again|already)(?!\w))?|✅+|{_THUMB_UP}|yes|yep",
    ),
    (Meaning.INFORM, "(?:give |here is |here's )?(?:the |some |an )?(?:info(?:rmation)?|answer)"),
)
_DOUBT = re.compile(r"(?:i )?(?:don'?t know|no idea|not sure|waiting|still waiting)\b", re.I)


def blockage_words(text: str) -> Said:
    """What an answer to a blockage means. Whatever is neither a wish nor a doubt is the information asked for."""
    said = " ".join(text.split())
    if said.endswith("?") or re.match(_NOT_DONE + "$", said, re.I) or _DOUBT.match(said):
        return Said(meaning=Meaning.NOTE, text=said)
    for meaning, pattern in _BLOCKAGE_WAYS:
        rest = _starts(said, pattern)
        if rest is not None:
            return Said(meaning=meaning, text=rest)
    if (later := _later(said)) is not None and _starts(said, _LATER) is not None:  # a day alone may be what was asked
        return later
    return Said(meaning=Meaning.INFORM if said else Meaning.UNCLEAR, text=said)


def is_plain_answer(said: Said, text: str) -> bool:
    """Whether a text that replies to nothing is surely meant so: «skip» is, «Skip sugar for a month» may be a goal."""
    length = len(text.split())
    match said.meaning:
        case Meaning.UNCLEAR:
            return False
        case Meaning.NUMBER:
            return re.match(r"\W?\d", text.strip()) is not None and length <= 3
        case Meaning.CHOICE:
            return length <= len(said.text.split()) + 1
        case Meaning.COUNT if leading_verb(text) is not None:
            return re.search(r"\d\W*$", text) is not None  # «sing 3» tells; «Read 5 books» may be a goal of its own
        case Meaning.DONE | Meaning.SKIP | Meaning.PROBLEM | Meaning.RESOLVED:
            if not said.text:
                return True
            before = " ".join(text.split()).removesuffix(said.text).rstrip()
            return before.endswith((":", ",", ";", "!", ".", "–", "—", "-"))
        case Meaning.LATER:
            return length <= 5
        case _:
            return length <= 4


_YES = re.compile(
    rf"(?:{_START}|sure|of course|please|make it a goal|yes,? (?:please|make it a goal|do it|cancel it))[.! ]*", re.I
)
_SURE = re.compile(
    r"(?:please )?(?:yes|yep|yeah|sure|of course|ok(?:ay)?|do it|cancel(?: it)?|it (?:has )?failed|fail it"
    rf"|{_THUMB_UP}|✅)"
    r"(?:,? (?:please|do it|cancel it|it has(?: failed)?))?[.! ]*",
    re.I,
)
_NO = re.compile(
    rf"(?:no|nope|nah|not now|no thanks?(?: you)?|never ?mind|keep (?:it|going)|don'?t|leave it"
    rf"|(?:forget|drop) (?:it|this|that)|{_THUMB_DOWN}|❌)"
    r"[.! ]*",
    re.I,
)
_ENOUGH = re.compile(
    r"(?:skip(?: it| this)?|none|no|nothing|that'?s (?:all|it)|done|enough|go on|next|continue|-|–"
    r"|(?:i have )?no idea|(?:i )?(?:don'?t|do not) know|(?:i'?m )?not sure|idk|dunno|whatever|you (?:decide|choose))"
    r"(?: yet)?[.! ]*",
    re.I,
)


def is_mere_agreement(text: str) -> bool:
    """Whether it agrees with something («ok», «great»), but does not say to begin («start», «go ahead»)."""
    said = " ".join(text.split())
    return is_yes(said) and re.fullmatch(rf"{_BEGIN}[.! ]*", said, re.I) is None


def is_yes(text: str) -> bool:
    """Whether it is a plain yes."""
    return _YES.fullmatch(text.strip()) is not None


def is_sure(text: str) -> bool:
    """Whether it is a yes to what destroys: «start» or «great», said about something else, is none."""
    return _SURE.fullmatch(text.strip()) is not None


def is_no(text: str) -> bool:
    """Whether it is a plain no."""
    return _NO.fullmatch(text.strip()) is not None


def is_enough(text: str) -> bool:
    """Whether somebody has nothing to add: «skip», «none», «that's all»."""
    return _ENOUGH.fullmatch(text.strip()) is not None
