"""How people put a wish: «I want to …», «X, but Y first», remarks beside it. It all becomes plain doings in order."""

import re

from engine.planning.criteria.verbs import leading_verb

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


def plainly(text: str) -> str:
    """A wish as a doing: «I want to run a marathon» → «run a marathon», «I need a new bike» → «get a new bike»."""
    lead = _SPOKEN.match(text)
    if lead is not None:
        return text[lead.end() :]
    wanted = _WANTED.match(text)
    return f"get {text[wanted.end() :]}" if wanted is not None else text


def is_remark(text: str) -> bool:
    """Whether a sentence behind others asks for nothing: «No extensions possible!», «This is very important.»."""
    return _REMARK.fullmatch(text.strip()) is not None


def first_things_first(text: str) -> str:
    """«Delete it, but ask the owner first» as «ask the owner, then Delete it»."""
    return _BUT_FIRST.sub(r"\g<first>, then \g<rest>", text)


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


_FIRST_BEHIND = re.compile(r",?\s+first$", re.I)
_THING = re.compile(r"(?:the|a|an|my|our|to \d)\b", re.I)
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
