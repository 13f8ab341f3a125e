"""How people put a wish: «I want to …», «X, but Y first», remarks beside it. It all becomes plain doings in order."""

import re

from engine.planning.criteria.dates import MONTH, WEEKDAY
from engine.planning.criteria.moments import DURATION_PATTERN
from engine.planning.criteria.qualifiers import COMPARED
from engine.planning.criteria.verbs import BASES, NOUN_LIKE, VERBS, Kind, base_form, is_done, is_result, leading_verb
from engine.planning.criteria.wording import lowered, the, word_set

_AFTER_ALL = re.compile(
    r"^(?:all |everything |it(?: is| all)? )?(?:done|finished|ready|completed?)(?= (?:by|before|over|during)\b|$)"
    r"|\bafterwards\b(?!,)|\b(?:the )?(?:next|following) (?:morning|day)$",
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
_NEEDED_BY = re.compile(
    r"(?P<who>she|he|they|(?:(?:my|our|the)\s)?(?:mum|mom|dad|mother|father|parents|wife|husband|partner|son|daughter|kids|children|"
    r"baby|dog|cat|puppy|team|dog|staff|volunteers))\s+(?:also\s+)?(?:needs?|wants?)\s+"
    r"(?P<what>(?:an?|new|some|more|proper|\d+)\s.+)",
    re.I,
)
"""«She needs a new passport»."""
_LACKING = re.compile(
    r"(?P<what>[^,;:.]{3,80}?)(?<!\bif)(?<!\bas)(?<!\bwhere)(?<!\bwhen)\s(?:(?:is|are)\s)?(?:needed|required)", re.I
)
"""«Two more tents needed»."""
_SEASONS = "spring|summer|autumn|fall|winter"
_PAST = r"\w+(?:ed|en|one|ent|ought|ade|old|id)"
_TOLD_AS_PAST = (" was ", " were ", " been ", " already ")
_PASSES = re.compile(
    rf"(?:(?:it|they|this|that) )?(?:must|has to|have to|needs to|should) "
    rf"(?P<how>dry|cure|set|ferment|harden|soak|mature|rise|rest|cool|settle)(?: out| off)?(?: for)? "
    rf"(?P<length>{DURATION_PATTERN})",
    re.I,
)
"""«Must dry 4 weeks»: nobody does that."""
_LONG_DONE = re.compile(
    rf"(?!(?:if|when|once|after|as)\b).{{3,80}}\s(?:(?:was|were|has been|have been)\s(?:\w+\s)??{_PAST}\b.*"
    rf"\b(?:already|yesterday|ago|last (?:week|month|year|{_SEASONS})|in (?:{_SEASONS}))"
    rf"|(?:is|are|was|were|has been|have been) already (?:{_PAST}|there|here)\b.*)",
    re.I,
)
"""«The survey was done last autumn»: it needs no more than a look."""
_OR = re.compile(r"^or\s(?!else\b)(?=\w)", re.I)
"""What follows the criterion before, as it was listed."""
_AS_OBJECT = {"she": "her", "he": "him", "they": "them"}
_ENDS_IN_ORDER = re.compile(r"(.*?)((?:,?\s(?:first(?: of all)?|too|(?:by|before|after|until)\s.+))?)$", re.S | re.I)


def as_doings(text: str) -> str:
    """A sentence as plain doings in order, be it a wish, a result or told backwards."""
    return _VERIFIED_TOO.sub(_plain_doing, as_doing(in_stages(first_things_first(plainly(text)))))


_VERIFIED_TOO = re.compile(
    r"^(?P<doing>migrate|deploy|install|import|transfer|set up|upgrade)(?P<thing>\s(?!and\b)[^,;.]{2,60}?)?,?\sand\s"
    r"(?:verify|check|validate)(?P<rest>\s[^,;.]{2,60})$",
    re.I,
)
"""«Migrate and verify the data»: what is moved and set up is looked at anyway."""


def _plain_doing(found: re.Match[str]) -> str:
    thing, rest = found["thing"] or "", found["rest"]
    if thing and rest.strip().lower() not in {"it", "them", "that it works", "they work", "everything"}:
        return found[0]  # something else is looked at
    return f"{found['doing']}{thing or rest}"


def plainly(text: str) -> str:
    """A wish as a doing: «I want to run a marathon» → «run a marathon», «I need a new bike» → «get a new bike»."""
    text = _OR.sub("", text)
    if any(told in text for told in _TOLD_AS_PAST) and _LONG_DONE.fullmatch(text.strip(" .!")) is not None:
        return f"check that {lowered(text)}"
    passing = _PASSES.fullmatch(text.strip(" .!"))
    if passing is not None:
        return f"let it {passing['how']} for {passing['length']}"
    lead = _SPOKEN.match(text)
    if lead is not None:
        return text[lead.end() :]
    needed = _NEEDED_BY.fullmatch(text.strip(" .!"))
    if needed is not None:
        what, order = _ENDS_IN_ORDER.match(needed["what"]).groups("")  # type: ignore[union-attr]  # it matches all
        who = needed["who"].lower()
        return f"get {what} for {_AS_OBJECT.get(who) or the(who)}{order}"
    lacking = _LACKING.fullmatch(text.strip(" .!"))
    if lacking is not None:
        return f"get {lacking['what']}"
    wanted = _WANTED.match(text)
    return f"get {text[wanted.end() :]}" if wanted is not None else text


def as_doing(text: str) -> str:
    """Results as the doings that bring them about: «The garage is cleaned and tools are sorted» → «clean the garage
    and sort tools».

    What others do («The permit is granted», «The text is written by Anna») and what merely is so stay as they are.
    """
    whole = text.strip(" .!")
    parts = _AND.split(whole)
    found = [_brought_about(part) for part in parts]
    if all(found):
        return " and ".join(found)
    if found[-1] and all(_THING_ALONE.fullmatch(part) and not is_done(part) for part in parts[:-1]):
        return _brought_about(" and ".join(parts)).replace(" and ", ", ", len(parts) - 2) or text
    is_mixed = is_done(parts[-1]) and any(is_done(part) for part in parts[:-1])  # «Winners announced and prizes paid»
    return (_brought_about(whole) if len(parts) > 1 and not is_mixed else "") or text


def _brought_about(text: str) -> str:
    """One result as its doing, or nothing where it tells of none."""
    past = _I_DID.match(text)
    if past is not None and _kind_of(base_of(past["done"].lower())) in _BRINGING_ABOUT:
        return f"{base_of(past['done'].lower())}{text[past.end() :]}"
    told = RESULT.fullmatch(text)
    if told is None or BY_SOMEBODY.search(told["rest"]) or _OR_DONE.search(told["rest"]):
        return ""
    is_bare = told["be"] is None
    if not is_result(f"{told['what']} {told['done']}") if is_bare else leading_verb(told["what"]) is not None:
        return ""
    said = _AND.split(told["done"].lower())
    if _OTHERWISE.search(f"{told['what']} {told['done']}") is not None:
        return ""
    verbs = [base_of(one) for one in said]
    if any(_kind_of(verb) not in _BRINGING_ABOUT for verb in verbs) or not _DONE_BY_OTHERS.isdisjoint(said):
        return ""
    what = told["what"] if _is_name(told["what"], verbs[0]) else lowered(told["what"])
    doing = " and ".join(filter(None, (", ".join(verbs[:-1]), verbs[-1])))
    return f"{doing} {what}{told['rest']}"


def base_of(done: str) -> str:
    """«switched off» → «switch off», «sown» → «sow»."""
    if done in _IRREGULAR:
        return _IRREGULAR[done]
    participle, _, particle = done.partition(" ")
    joined = (f"{participle[:-size]} {particle}" for size in (2, 1, 3))  # «knock-ed», «remove-d», «rip-ped»
    return next((verb for verb in joined if verb in VERBS), f"{base_form(participle)} {particle}".strip())


def _kind_of(verb: str) -> Kind | None:
    first = verb.partition(" ")[0]
    return VERBS.get(verb) or VERBS.get(first) or VERBS.get(first.removeprefix("re"))  # «retiled»


def _is_name(what: str, verb: str) -> bool:
    """Whether somebody or something is called by name: «John is hired», «Product Hunt is informed»."""
    parts = what.split(" ")
    if any(not part[:1].isupper() for part in parts) or parts[0].lower() in _NO_NAMES:
        return False
    return len(parts) > 1 or _kind_of(verb) in {Kind.HIRE, Kind.INTERVIEW} or verb in _TO_PEOPLE


def is_remark(text: str) -> bool:
    """Whether a sentence behind others asks for nothing: «No extensions possible!», «This is very important.»."""
    return _REMARK.fullmatch(text.strip()) is not None


def is_later(text: str) -> bool:
    """Whether a sentence tells by how much later than the one before it something is: «Defence two weeks later»."""
    return _LATER.search(text) is not None or _PASSES.fullmatch(text.strip(" .!")) is not None


def instead(text: str, other: str) -> str:
    """What is done otherwise, in full: «Sail in July», «in August» → «Sail in August»."""
    return f"{_WHEN_BEHIND.sub('', text)} {other}" if _WHEN.match(other) else other


def placed_behind(text: str) -> tuple[str, int]:
    """A clause without an order word at its end, and where that puts it: -1 before all others, 1 behind, 0 anywhere."""
    first = _FIRST_OF_ALL.fullmatch(text)
    if first is not None and len(first["doing"].split()) > 2:
        return first["doing"], -1
    return text, 1 if _AFTER_ALL.search(text) else 0


def names_a_thing(text: str) -> bool:
    """Whether a text that may begin like a doing names something: «market day on 10 April», «planting day»."""
    first, _, rest = text.lower().partition(" ")
    is_figure = COMPARED.match(rest) is not None  # «First reply under 4 hours»
    is_dated = _DATED_AHEAD.match(rest) is not None  # «First harvest in July»
    is_outing = first in {"ride", "visit"} and rest.startswith("to ")  # «First ride to the coast»
    is_come = rest.startswith("from ")  # «First order from each»
    is_noun = first.endswith("ing") or (first in NOUN_LIKE and (is_come or not USED_AS_VERB.match(rest)))
    return is_figure or is_dated or is_outing or is_noun


def first_things_first(text: str) -> str:
    """«Delete it, but ask the owner first» as «ask the owner, then Delete it»."""
    return _BUT_FIRST.sub(r"\g<first>, then \g<rest>", text)


def in_stages(text: str) -> str:
    """«Release to 10%, 50% and everyone» as one release after the other; «Make 4 offers, all signed» as the making,
    and then the outcome."""
    live = _LIVE.fullmatch(text.strip(" .!"))
    if live is not None:
        return f"launch {lowered(live['what'])}{live['rest']}"
    is_in_shares = _SHARES.fullmatch(text.strip(" .!")) is not None
    staged = IN_STAGES.fullmatch(f"roll out to {text.strip(' .!')}" if is_in_shares else text.strip(" .!"))
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
    is_list = _FIRST_BEHIND.search(parts[0].strip()) is not None  # «Move sales first», «finance»
    for part in parts:
        bare = _FIRST_BEHIND.sub("", part.strip())
        known = leading_verb(bare)
        if known is None and verb and (_THING.match(bare) or (is_list and len(bare.split()) < 3)):
            bare = f"{verb} {bare}"
        elif known is not None:
            verb = known[0]
        elif found and _NUMBER.fullmatch(bare) and len(_NUMBER.findall(found[-1])) == 1:
            bare = _NUMBER.sub(bare, found[-1])  # «Jog 10 minutes, then 20»
        found.append(bare)
    return found


USED_AS_VERB = re.compile(
    r"(?:the|a|an|it|them|this|that|these|those|my|our|your|his|her|its|their|all|each|every|to|on|with|for|at|in|up|out|"
    r"about|over|via|through|from|against|until|some|\d\S*|[A-Z]\w*|\w+s)\b"
)
"""What stands behind a verb, and not behind a noun that is spelt like one."""
_DATED_AHEAD = re.compile(
    rf"(?:in|by|on|before|until|this|next|within)\s(?:{MONTH}|{WEEKDAY}|{DURATION_PATTERN}|\d)", re.I
)
_AND = re.compile(r"\s*,\s+(?:and\s+)?|\s+and\s+", re.I)
_THING_ALONE = re.compile(r"(?!(?:he|she|it|they|we|you|i)\b)[\w'’-]+(?: [\w'’-]+){0,2}", re.I)
"""«Bed», of «Bed, muzzle, coat bought»."""
_IRREGULAR = BASES | {
    "paid": "pay", "chosen": "choose", "told": "tell", "hung": "hang", "fed": "feed", "sewn": "sew", "sown": "sow",
    "rewritten": "rewrite", "shot": "shoot", "set up": "set up", "fitted": "put in", "dug over": "dig over",
    "torn out": "tear out", "laid": "lay", "taken out": "take out", "drawn up": "draw up", "filled in": "fill in",
    "known": "know", "understood": "understand",
}  # fmt: skip
_PARTICIPLE = rf"(?:{'|'.join(_IRREGULAR)}|[a-z-]+ed(?:\s(?:up|off|out|over|back|down|away))?)"
RESULT = re.compile(
    r"(?P<what>(?!(?:i|we|you|he|she|it|they|this|that|there|who|what|no|none|not|nobody|nothing|never|if|when)\b)"
    r"(?!(?:[\w'’-]+\s){0,5}(?:what|which|who|hasn['’]t|haven['’]t|didn['’]t)\s)\w[\w'’&-]*(?:\s[\w'’&-]+){0,6}?)(?<!\sand)(?<!\sor)\s"
    r"(?:(?P<be>is|are|has been|have been|was|were|must be|should be|gets?|needs? to be|(?:is|are) to be|will be)\s)?"
    r"(?:(?:fully|completely|successfully|properly|finally|already|all|both)\s)?"
    rf"(?P<done>{_PARTICIPLE}(?:(?:,\s{_PARTICIPLE})*,?\sand\s{_PARTICIPLE})?)"
    r"(?P<rest>(?:,?\s(?:in|on|at|to|for|with|from|into|onto|via|by|under|about|against|without|before|after|once|if|when|until|within|among|between|over|through)\b.*"
    r"|\sthe (?:(?:day|week|morning|evening|night|month) (?:after|before)|next (?:day|week|morning))\b.*|:\s.*"
    r"|\s(?:indoors|outdoors|outside|upstairs|downstairs|together|online|second-hand|clean|empty|\w+\sby\s\w+)\b.*|\s\([^\d()]*\)|,\s(?:one|two|three|each|all|both|half|incl|including|preferably|ideally|plus|max|min)\b.*)?)",
    re.I | re.S,
)
_OTHERWISE = re.compile(r"(?i)\b(?:model|curve|dress|suit|costume)(?:e?s)? fitted$|\bcertificate\b.* handed over$")
_OR_DONE = re.compile(rf"\sor\s{_PARTICIPLE}\b", re.I)
_I_DID = re.compile(
    r"(?!found (?:an?|the|our) (?:[\w-]+ )?(?:association|club|company|charity|foundation|society|business|firm|"
    r"co-?operative|party|school|union|start-?up|non-profit|ngo)\b)"
    rf"(?P<done>{_PARTICIPLE})"
    r"(?=\s(?:(?:to|with|on|for)\s)?(?:the|an?|my|our|his|her|their|all|both|\d[\d,.]*)\s(?!(?:of|in|on|at|by|to)\b))",
    re.I,
)
"""«Booked the venue», «Printed 200 copies», «Submitted to the App Store»."""
_TIMES = (
    r"(?:the\s)?end|today|tonight|tomorrow|noon|midnight|half|easter|christmas|q[1-4]|(?:mid|early|late)[\s-](?=20\d\d)|"
    r"(?:(?:mid|early|late)[\s-])?(?:(?:the|this|next|coming)\s)*(?:year|month|week|weekend|quarter|time|morning|"
    rf"evening|afternoon|night|spring|summer|autumn|fall|winter|{MONTH}|{WEEKDAY})"
)
_MEANS = r"hand|post|e?-?mail|phone|courier|train|bus|car|plane|bike|boat|ferry|air|sea"
BY_SOMEBODY = re.compile(
    rf"\bby\s(?!(?:{_TIMES}|{_MEANS})(?=\W*(?:$|\d|(?:of|at|in|on|or|and|to|for|from|with|this|next|noon|morning|"
    r"afternoon|evening|night|eve|day|(?:sun|mon)day|holidays?|sales?|latest|if|when|so)\b))"
    rf"|\d[\d.,/:-]*+\s?(?:%|percent|[ap]m\b|h\b|o['’]clock|(?:st|nd|rd|th)\b|(?:of\s)?(?:{MONTH})\b|$))",
    re.I,
)
"""«By Anna», «by summer interns», but not «by Friday», «by the end of summer» or «by post»."""
_NO_NAMES = word_set(
    "a an the all each every both my our your his her its their some everyone everybody guests neighbours names "
    "parents friends customers clients colleagues members staff team landlord tenants volunteers relatives "
    "skip marquee van truck tent band cook chef baker photographer caterer dj designer developer cleaner "
)
_TO_PEOPLE = word_set("call email phone text message notify inform tell ask invite contact thank visit meet onboard")
_DONE_BY_OTHERS = word_set(
    "accepted registered enrolled subscribed delivered shipped settled opened placed given taken held used gathered "
    "confirmed donated"
) | {"signed off", "taken out", "drawn up"}
"""What is brought about by others, or tells how a thing is («the shop is closed»)."""
_BRINGING_ABOUT = frozenset(
    {Kind.RESEARCH, Kind.DESIGN, Kind.DEVELOP, Kind.TEST, Kind.BACKTEST, Kind.OPTIMISE, Kind.DEPLOY, Kind.LAUNCH,
     Kind.PUBLISH, Kind.MIGRATE, Kind.SETUP, Kind.FIX, Kind.INTERVIEW, Kind.RECRUIT, Kind.WRITE, Kind.HIRE, Kind.BUY,
     Kind.SELL, Kind.ORGANISE, Kind.PLAN, Kind.FIND, Kind.TIDY, Kind.REPAIR, Kind.DECIDE, Kind.CHECK, Kind.CHANGE,
     Kind.MAKE, Kind.CHORE, Kind.FINISH, Kind.MOVE, Kind.PRACTISE}
)  # fmt: skip
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
_LIVE = re.compile(
    r"(?P<what>(?:(?:the|our|my|new)\s)*(?:\w+\s)?(?:website|site|web ?shop|shop|store|app|page|portal|blog)) live"
    r"(?P<rest>(?:\s(?:in|on|by|before|until|with|for)\b.*)?)",
    re.I,
)
"""«Website live in German»."""
_SHARES = re.compile(rf"{_SHARE}(?:{_BETWEEN}{_SHARE})+", re.I)
"""«25 %, then 50 %, then everyone»."""
_BEFORE_MORE = "check errors and complaints before it goes to more"
_NEXT_STAGE = re.compile(_BETWEEN, re.I)
_ALL_SUCH = re.compile(
    r"(?P<doing>\w+\s\d{1,4}\s(?P<what>[a-z][a-z -]{1,40}?)),\s+(?:all|each|both)(?:\s+of\s+them)?\s+"
    r"(?P<how>signed|accepted|approved|paid|sold|confirmed|delivered|answered|returned|published|booked)",
    re.I,
)
_LEFT = re.compile(
    r"(?P<doing>\S.*?)(?:,\s|\s)(?:(?:and|then)\s)*(?:left|leave (?:it|them)|let(?: it| them)?)\s(?:to\s)?"
    rf"(?P<rest>\w+\s(?:for\s.+|{DURATION_PATTERN}))",
    re.I,
)
_EITHER = re.compile(r"either\s(?P<a>[^,;]{3,80}?),?\sor\s(?P<b>[^,;]{3,80})", re.I)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
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


_FOUND_OUT = re.compile(
    r"\bwhat(?:ever)? (?:they|you|we|it|comes|is|was) (?:\w+ )?(?:finds?|found|say|said|hit|report\w*|shows?|up)\b",
    re.I,
)
"""What is known only when what was said before is done: «fix what they find»."""


def leads_to(first: str, then: str) -> bool:
    """Whether of two doings the first shows what the second is about: «Find the cause» and «fix the design»."""
    verbs = leading_verb(first), leading_verb(then)
    looks = verbs[0] is not None and verbs[0][1] in {Kind.FIND, Kind.RESEARCH}
    makes = verbs[0] is not None and verbs[0][1] in {Kind.DEVELOP, Kind.MAKE, Kind.SETUP, Kind.DESIGN}
    if verbs[1] is None:
        return False
    if _FOUND_OUT.search(then) is not None:
        return True
    mends = verbs[1][1] in {Kind.FIX, Kind.REPAIR, Kind.OPTIMISE}
    return (looks and mends) or (makes and verbs[1][1] in {Kind.RUN, Kind.TEST, Kind.DEPLOY, Kind.LAUNCH})
