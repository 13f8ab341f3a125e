"""How people put a wish: «I want to …», «X, but Y first», remarks beside it. It all becomes plain doings in order."""

import re

from engine.planning.criteria.verbs import leading_verb

_AFTER_ALL = re.compile(
    r"^(?:all |everything |it(?: is| all)? )?(?:done|finished|ready|completed?)(?= by\b| before\b|$)"
    r"|\bafterwards\b(?!,)|\bthe (?:next|following) (?:morning|day)$",
    re.I,
)
_FIRST_OF_ALL = re.compile(
    r"(?P<doing>(?!(?:come|be|finish|arrive|put|go)\b)\S+\s(?:\S+\s)*?\S+(?<!\bat)"
    r"(?<!\bthe)(?<!\bmy)(?<!\bour)),?\sfirst(?: of all)?",
    re.I,
)
"""«Find a new job first»: before all else."""
_SPOKEN = re.compile(
    r"(?:(?:please|so|well|ok|okay|basically|also|hopefully),?\s+)*"
    r"(?:(?:i|we)(?:['’]d|\s+would|['’]ll|['’]m|['’]ve|\s+am|\s+are|\s+have|\s+will)?\s+(?:really\s+|just\s+|also\s+)?"
    r"(?:want|wanna|need|like|love|have|got|plan|hope|wish|intend|going|gonna|aim|try|trying|should|must|will|planning|"
    r"decided)(?:\s+to(?=\s)|(?<=wanna)|(?<=gonna)|(?<=should)|(?<=must)|(?<=will))"
    r"|(?:my|our|the)\s+(?:goal|aim|plan|wish|dream)\s+is\s+to|help\s+me(?:\s+to)?|please|to(?=\s+[a-z])(?!\s+(?:start|begin)\s+with))"
    r"\s+(?:be\s+able\s+to\s+|finally\s+)?(?=\w)",
    re.I,
)
_WANTED = re.compile(
    r"(?:i|we)\s+(?:really\s+)?(?:want|need|would like|['’]d like)\s+(?=(?:an?|my|our|new|more)\s)", re.I
)


_LACKING = re.compile(r"(?P<what>[^,;:.]{3,80}?)\s(?:(?:is|are)\s)?(?:needed|required)", re.I)
"""«Two more tents needed»."""


def plainly(text: str) -> str:
    """A wish as a doing: «I want to run a marathon» → «run a marathon», «I need a new bike» → «get a new bike»."""
    lead = _SPOKEN.match(text)
    if lead is not None:
        return text[lead.end() :]
    lacking = _LACKING.fullmatch(text.strip(" .!"))
    if lacking is not None:
        return f"get {lacking['what']}"
    wanted = _WANTED.match(text)
    return f"get {text[wanted.end() :]}" if wanted is not None else text


def is_remark(text: str) -> bool:
    """Whether a sentence behind others asks for nothing: «No extensions possible!», «This is very important.»."""
    return _REMARK.fullmatch(text.strip()) is not None


def is_later(text: str) -> bool:
    """Whether a sentence tells by how much later than the one before it something is: «Defence two weeks later»."""
    return _LATER.search(text) is not None


def instead(text: str, other: str) -> str:
    """What is done otherwise, in full: «Sail in July», «in August» → «Sail in August»."""
    return f"{_WHEN_BEHIND.sub('', text)} {other}" if _WHEN.match(other) else other


def placed_behind(text: str) -> tuple[str, int]:
    """A clause without an order word at its end, and where that puts it: -1 before all others, 1 behind, 0 anywhere."""
    first = _FIRST_OF_ALL.fullmatch(text)
    if first is not None and len(first["doing"].split()) > 2:
        return first["doing"], -1
    return text, 1 if _AFTER_ALL.search(text) else 0


def first_things_first(text: str) -> str:
    """«Delete it, but ask the owner first» as «ask the owner, then Delete it»."""
    return _BUT_FIRST.sub(r"\g<first>, then \g<rest>", text)


def in_stages(text: str) -> str:
    """«Release to 10%, 50% and everyone» as one release after the other; «Make 4 offers, all signed» as the making,
    and then the outcome."""
    staged = IN_STAGES.fullmatch(text.strip(" .!"))
    if staged is not None:
        shares = [one for one in _NEXT_STAGE.split(f"{staged['first']}{staged['rest']}") if one]
        return f", then {_BEFORE_MORE}, then ".join(f"{staged['head']} {share.strip()}" for share in shares)
    left = _LEFT.fullmatch(text.strip(" .!"))
    if left is not None:
        return f"{left['doing']}, then let it {left['rest']}"
    either = _EITHER.fullmatch(text.strip(" .!"))
    if either is not None and (leading_verb(either["a"]) or leading_verb(either["b"])):
        what = f"{either['a']} or {either['b']}"
        return f"decide whether to {what}, then go ahead as decided: {what}"
    ended = _ALL_SUCH.fullmatch(text.strip(" .!"))
    if ended is not None:
        return f"{ended['doing']}, then all {ended['what']} are {ended['how']}"
    return text


def with_verbs(parts: list[str]) -> list[str]:
    """Parts said one after the other, each with its verb: «Build the fence first», «the beds» → «Build the beds»."""
    if len(parts) < 2:
        return parts
    found: list[str] = []
    verb = ""
    for part in parts:
        bare = _FIRST_BEHIND.sub("", part.strip())
        known = leading_verb(bare)
        if known is None and verb and _THING.match(bare):
            bare = f"{verb} {bare}"
        elif known is not None:
            verb = known[0]
        found.append(bare)
    return found


_SHARE = (
    r"(?:\d{1,3}(?:\.\d+)?\s?(?:%|percent)|half|everyone|everybody|all(?:\s\d{1,6})?|the rest)"
    r"(?:\s(?:of\s)?(?:(?:the|our|my|all)\s)?"
    r"(?:users|customers|traffic|servers|stores|members|accounts|devices|clients|people|readers|subscribers|others))?"
)
_BETWEEN = (
    r"(?:\s*(?:,|->|→)\s*(?:and\s+)?(?:then\s+|finally\s+)?|\s+(?:and\s+)?(?:then|finally)\s+|\s+and\s+)(?:to\s+)?"
)
IN_STAGES = re.compile(
    r"(?P<head>(?:gradually\s+)?(?:roll(?:ing)?(?:\s\S+){0,4}?\sout|roll\sout|release|deploy|ship|launch|open|expand|enable|"
    rf"switch\son|turn\son)\b(?:\s\S+){{0,5}}?\s(?:to|for))\s+(?P<first>{_SHARE})(?P<rest>(?:{_BETWEEN}{_SHARE})*)",
    re.I,
)
"""What goes out to a share of people, and then to more of them: the figure is whom it goes to, and no aim."""
_BEFORE_MORE = "check errors and complaints before it goes to more"
_NEXT_STAGE = re.compile(_BETWEEN, re.I)
_ALL_SUCH = re.compile(
    r"(?P<doing>\w+\s\d{1,4}\s(?P<what>[a-z][a-z -]{1,40}?)),\s+(?:all|each|both)(?:\s+of\s+them)?\s+"
    r"(?P<how>signed|accepted|approved|paid|sold|confirmed|delivered|answered|returned|published|booked)",
    re.I,
)
_LEFT = re.compile(
    r"(?P<doing>\S.*?)(?:,\s|\s)(?:(?:and|then)\s)*(?:left|leave (?:it|them)|let (?:it|them))\s(?:to\s)?"
    r"(?P<rest>\w+\sfor\s.+)",
    re.I,
)
_EITHER = re.compile(r"either\s(?P<a>[^,;]{3,80}?),?\sor\s(?P<b>[^,;]{3,80})", re.I)
_FIRST_BEHIND = re.compile(r",?\s+first$", re.I)
_THING = re.compile(r"(?:the|a|an|my|our|to \d)\b", re.I)
_WHEN = re.compile(
    r"(?:in|on|at|by|before|after)\s(?:the\s)?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mon|tue|wed|thu|fri|sat|sun"
    r"|spring|summer|autumn|fall|winter|\d|next|q[1-4])",
    re.I,
)
_WHEN_BEHIND = re.compile(rf"\s{_WHEN.pattern}[^,]*$", re.I)
_LATER = re.compile(r"\b(?:minutes?|hours?|days?|nights?|weeks?|months?|years?)\s+later[.! ]*$", re.I)
_REMARK = re.compile(
    r"no (?:\w+ ){1,3}(?:possible|allowed|permitted|accepted)[.! ]*"
    r"|(?:(?:this|that|it)(?:['’]s| is) (?:\w+ )?)?(?:important|urgent|critical|optional|crucial|asap)[.! ]*",
    re.I,
)
"""What is said about a criterion beside it, and asks for nothing: «No extensions possible!»."""
_BUT_FIRST = re.compile(
    r"^(?P<rest>[^.;]{5,120}?),?\s+but\s+(?:(?P<lead>first)\s+)?(?P<first>[^.;,]{3,80}?)"
    r"(?(lead)|\s+(?:first|beforehand))[.! ]*$",
    re.I,
)
