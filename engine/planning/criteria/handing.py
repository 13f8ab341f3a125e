"""What a criterion hands over: to somebody else, to a work that another package brought, to the check of an address.

A criterion that is somebody else's to bring about becomes a goal of its own.

The rule: a criterion is somebody else's when it begins with a handle («@anna builds the site», «@anna: the site»), or
with a team, department or agency and a colon («Anna's team: the site; the shop», «The design team: mock-ups»). One's
own team («our team: …») counts too: it is not oneself. A name alone («Anna: …») may be a heading, and is none.

A criterion may also name a work that another package brought, with its inputs: then that carries it out.
"""

import re
from dataclasses import dataclass

from engine.planning.criteria.verbs import VERBS, Kind, base_form, leading_verb
from engine.planning.criteria.wording import capitalised, crop, lowered
from engine.values import JsonValue

MOST_CRITERIA = 50
_HANDLE = re.compile(
    r"(?P<who>@\w[\w.-]{0,31})(?:\s*[:–—-]\s*|,?\s+(?:(?:will|is to|has to|should|must|to)\s+)?)(?P<what>\S.*)",
    re.I | re.S,
)
_TEAM = re.compile(
    r"(?P<who>(?:[\w&.'’-]{1,30}\s+){1,4}(?i:team|department|agency|contractors?|supplier)"
    r"|(?i:(?:the\s+)?team)\s+[A-Z0-9][\w&.'’-]{0,29})\s*:\s*(?P<what>\S.*)",
    re.S,
)
_LIST = re.compile(r"\s*[;\n]\s*(?:[-*•]\s*|\d+[.)]\s*)?")
_MARKS = " .-*•–—"
_SUB_LEAD = re.compile(
    r"(?:sub-?goal|own goal|project)\s*:\s*(?P<name>[^:\n]{2,120})(?::\s*(?P<list>.+))?", re.I | re.S
)
_SUB_TAIL = re.compile(
    r"(?P<name>[^:\n]{2,120}?),?\s+\(?as (?:its own|a separate|an own|a|a sub-?) ?(?:sub-?)?(?:goal|"
    r"project)(?: of its own)?\)?(?::\s*(?P<list>.+))?\.?",
    re.I | re.S,
)

_URL = re.compile(r"https?://[^\s«»“”\"<>]+|\bwww\.[^\s«»“”\"<>]+", re.I)
_HOST = re.compile(
    r"\b(?:[a-z0-9-]{1,40}\.){1,3}(?:com|org|net|io|dev|app|ai|co|de|eu|uk|shop|site)\b(?:/[^\s«»“”\"<>]*)?", re.I
)
_ANSWERS = re.compile(
    r"\b(?:answers?|returns?|responds?|is (?:up|online|live|reachable|available)|works|loads|opens|shows?|contains?|"
    r"displays?|says|serves|goes live|status)\b",
    re.I,
)
_IS_THERE = re.compile(r"\b(?:live|online|up|reachable|available|works|runs|loads|opens)\s(?:at|on|under)\s$", re.I)
_STATUS = re.compile(
    r"\b(?:answers?|returns?|responds?|status|code|with|http)\s(?:with\s|an?\s)?(?:http\s|status\s|code\s)*([1-5]\d\d)\b",
    re.I,
)
_CONTAINS = re.compile(
    r"\b(?:shows?|contains?|displays?|says|returns?|responds? with|answers?(?: with)?)\s+(?:the (?:text|words?)\s)?"
    r"(?:[«“\"'](?P<quoted>[^«»“”\"]{1,200})[»”\"']|(?P<bare>v?\d+(?:\.\d+)+|[^«»“”\"\d.,;][^.,;]{0,80}))",
    re.I,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SubGoal:
    """A criterion that is a goal of its own."""

    name: str
    criteria: tuple[str, ...]
    whose: str = ""
    """Who brings it about, as it was written; empty for whoever asks for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UrlCheck:
    """An address, and what it is to answer."""

    url: str
    status: int = 200
    contains: str = ""
    alone: bool = True
    """Whether the check is all that the clause asks for; otherwise it verifies what was done before."""


def own_goal(text: str) -> SubGoal | None:
    """The goal of its own that a criterion is, somebody else's or one's own; None for most."""
    match = _SUB_LEAD.fullmatch(text.strip()) or _SUB_TAIL.fullmatch(text.strip())
    if match is None:
        return handed_on(text)
    listed = re.split(rf"{_LIST.pattern}|\s*,\s+(?:and\s+)?|\s+and\s+", match["list"] or "")
    criteria = tuple(capitalised(part.strip(" .-*•")) for part in listed if part and part.strip(" .-*•"))
    return SubGoal(name=capitalised(match["name"].strip(" ,.")), criteria=criteria[:MOST_CRITERIA])


def handed_on(text: str) -> SubGoal | None:
    """Whose a criterion is, and what they are to bring about; None for what is one's own."""
    said = text.strip()
    found = _HANDLE.fullmatch(said) or _TEAM.fullmatch(said)
    if found is None or (found.re is _TEAM and leading_verb(found["who"]) is not None):  # «Build a team: …»
        return None
    listed = [_as_told(part.strip(_MARKS)) for part in _LIST.split(found["what"])]
    criteria = tuple(part for part in listed if part)[:MOST_CRITERIA]
    if not criteria:
        return None
    who, (first, *more) = capitalised(found["who"]), criteria
    name = crop(f"{who}: {lowered(first)}" + (f" and {len(more)} more" if more else ""))
    return SubGoal(name=name, criteria=criteria, whose=who)


def _as_told(text: str) -> str:
    """What they are to do as one would tell them: «builds the site» → «Build the site»."""
    first, _, rest = text.partition(" ")
    base = base_form(first)
    is_told_of = first.lower().endswith("s") and first.lower() not in VERBS and base in VERBS and rest
    return capitalised(f"{base} {rest}" if is_told_of else text)


_OWN_WORK = re.compile(
    r"(?:(?:run|use|call|do|execute|start)\s+(?:the\s+)?(?:work\s+)?)?[`«“\"]?(?P<name>[a-z][a-z0-9_]{0,63})[`»”\"]?"
    r"(?:\s*:)?(?:\s+(?:with\s+)?(?P<inputs>\S.*))?",
    re.I | re.S,
)
_INPUT = re.compile(
    r"(?P<name>[A-Za-z_]\w{0,63})=(?:\"(?P<quoted>[^\"]*)\"|«(?P<guillemets>[^»]*)»|(?P<bare>[^\s,]+))[\s,]*"
)


def named_work(text: str, works: frozenset[str]) -> tuple[str, tuple[tuple[str, JsonValue], ...]] | None:
    """«Run word_count with path=/tmp/a.txt» names a work with its inputs; None for anything else."""
    found = _OWN_WORK.fullmatch(text.strip())
    if found is None or found["name"].lower() not in works:
        return None
    told = found["inputs"] or ""
    inputs = list(_INPUT.finditer(told))
    if "".join(match[0] for match in inputs) != told:
        return None  # more is said than names and values: these are words for a person
    return found["name"].lower(), tuple((match["name"], _input(match)) for match in inputs)


def _input(match: re.Match[str]) -> JsonValue:
    """A value as JSON where it is a number, true, false or null; else its text."""
    bare = match["bare"]
    if bare is None:
        return match["quoted"] if match["quoted"] is not None else match["guillemets"]
    known = {"true": True, "false": False, "null": None}
    if bare in known:
        return known[bare]
    if re.fullmatch(r"-?\d{1,15}", bare):
        return int(bare)
    return float(bare) if re.fullmatch(r"-?\d{1,15}\.\d{1,15}", bare) else bare


def url_check(text: str, kind: Kind) -> UrlCheck | None:
    """The check of an address that a clause asks for; None where it names none, or only in passing."""
    match = _URL.search(text)
    answers = _ANSWERS.search(text[match.end() :] if match else text)
    if match is None and answers is not None:
        match = _HOST.search(text, 0, answers.start())
    if match is None:
        return None
    url = match[0].rstrip(".,;:!?)")
    url = url if url.lower().startswith("http") else f"https://{url}"
    is_there = match is not None and _IS_THERE.search(text[: match.start()]) is not None
    alone = answers is not None or url == text.strip(" .") or kind is Kind.CHECK
    if not alone and not is_there and kind not in {Kind.DEPLOY, Kind.LAUNCH, Kind.PUBLISH}:
        return None
    behind = text[match.end() :]
    status = _STATUS.search(behind)
    contains = _CONTAINS.search(behind)
    wanted = (contains["quoted"] or contains["bare"] or "").strip() if contains else ""
    if re.match(r"(?:ok|with|an?|status|http|code)\b", wanted, re.I) and contains and not contains["quoted"]:
        wanted = ""
    return UrlCheck(url=url[:2000], status=int(status[1]) if status else 200, contains=wanted, alone=alone)
