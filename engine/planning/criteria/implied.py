"""What people leave out when they list what they need: «Flights» are to be booked, «3 quotes» to be got. Pure."""

import itertools
import re

from engine.planning.criteria.dates import MONTH, WEEKDAY
from engine.planning.criteria.moments import DURATION_PATTERN
from engine.planning.criteria.phrasing import BY_SOMEBODY
from engine.planning.criteria.qualifiers import OVER, UNDER
from engine.planning.criteria.verbs import NOUN_LIKE, is_done, is_state, leading_verb
from engine.planning.criteria.wording import lowered, word_set

_SHORTHAND = {
    "w/": "with ", "w/o": "without ", "abt": "about", "b4": "before", "appt": "appointment", "appts": "appointments",
    "pls": "please", "thru": "through", "ppl": "people", "tix": "tickets",
}  # fmt: skip
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_ON_DAYS = re.compile(
    r"\b(?:on )?((?:mon|tues?|wed|thu(?:rs?)?|fri|sat|sun)(?:/(?:mon|tues?|wed|thu(?:rs?)?|fri|sat|sun))+)\b", re.I
)
_STAGED = re.compile(
    r"^(?:(?:staged |gradual |phased )?roll-?out|cut[- ]?over|switch[- ]?over|canary):? (?:to |for |at )?"
    r"(?=\d{1,3}\s?%)",
    re.I,
)
_DAY_BEFORE = re.compile(r"\bthe (day|week|month) before$", re.I)
_THRICE = re.compile(r"\bthrice\b", re.I)
_TWICE = re.compile(r"\b(once|twice|(?:\d|two|three|four|five) times) (dai|week|month)ly\b", re.I)
_IN_HOURS = re.compile(r"\dh\b", re.I)
_HOURS = re.compile(rf"\b((?:{UNDER}|{OVER})\s?\d{{1,3}})(?=h\b)", re.I)
"""«Below 2h»."""
_PER = re.compile(r"(?<=[\dkhx€$£])\s?/\s?(day|week|month|year)\b", re.I)
"""«18k/month»."""
_IN_THOUSANDS = re.compile(
    r"(?<![\w.,/:-])\d{1,3}(?:(?:\.\d{3})+(?=\s?(?:€|euros?\b|eur\b|chf\b|kr\b))"
    r"|(?: \d{3})+(?= (?!k?m\b|k?g\b|ml\b)[a-z]{2}| ?[€$£]))",
    re.I,
)
"""«3.000 €», «2 000 copies»."""
_SHORT = re.compile(r"(?<![\w/])(?:w/o\s?|w/\s?(?=\w)|(?:abt|b4|appts?|pls|thru|ppl|tix)\b)|(?<=\s)\+(?=\s[a-z])", re.I)

_SIGN_AHEAD = re.compile(r"^[\s\u2190-\u21ff\u2300-\u2bff\ufe0f\u200d\U0001f000-\U0001faff]+(?=\w)")
"""Pictures before the words, which would hide the verb."""
_WEEKDAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
_DAY_BEHIND = re.compile(
    r"[a-z]+(?: (?:in|off|up|out))?(?: (?:it|them))?"
    rf"(?=\s(?:(?:the )?\d{{1,2}}(?:st|nd|rd|th)? (?:{MONTH})|(?:{MONTH}) \d{{1,2}}(?:st|nd|rd|th)?"
    rf"|(?:next )?{_WEEKDAY}"
    rf"|(?:the )?(?:first|second|third|fourth|last) {_WEEKDAY} (?:in|of) (?:{MONTH}))(?:,? 20\d\d)?(?:[.,]|$))",
    re.I,
)
"""A doing right before its day: «submit 30 April», «launch Monday»."""

_SORTED: dict[str, str] = {
    "book": """flight flights hotel hotels hostel airbnb accommodation ferry van minibus coaches campsite restaurant
    appointment appointments photographer dj band caterer catering cottage cabin lodge""",
    "find": """venue hall premises childminder babysitter nanny teacher tutor sitter illustrator editor speakers
    sponsors""",
    "get": """rights insurance keys passport passports visa visas permit permits quote quotes offers estimates prizes
    vaccination vaccinations jabs ticket tickets broadband hens chickens goats data testimonials references
    statement statements valuation valuations diagnosis""",
    "buy": """furniture desk chair chairs lamp lamps sofa mattress rug curtains shelves fridge shoes boots gift gifts
    presents materials ingredients groceries frames tent clothes uniform textbooks decorations drinks snacks tools seeds
    suit suits hives cake
    compost fabric helmet wetsuit racket flowers rings cot crib pram pushchair timber wood lumber wire hinges nails
    screws bricks cement gravel tiles wallpaper mic microphone camera tripod headphones food bowl leash collar crate
    carrier blanket blankets pillows bedding toys pots pans plates cutlery kettle toaster microwave bike backpack
    suitcase jacket gloves torch batteries cables router monitor keyboard laptop printer yarn wool needles clay brushes
    canvas ink paper envelopes stamps jars wax wicks bottles feed straw hay scissors glue rope bulbs""",
    "hire": "electrician plumber plasterer roofer tiler carpenter joiner decorator",
    "write": "questionnaire agenda report essay article proposal statutes cv",
    "post": "ad advert listing",
    "take": "photo photos pictures screenshots",
    "pay": "deposit",
    "make": "playlist video trailer costumes poster posters flyer flyers leaflet leaflets banner banners",
    "have": "scan mri x-ray checkup check-up surgery haircut",
    "do": "exercises stretches homework physio",
    "send": "invitations invites",
    "run": "beta",
    "submit": "objection appeal application complaint",
    "see": "lawyer solicitor notary",
    "read": "books",
    "pass": "ielts toefl gre gmat",
}
_VERB_FOR = {noun: verb for verb, nouns in _SORTED.items() for noun in nouns.split()}
"""The last word of a thing, and what is done to have it."""
_TOLD_BY_MORE = tuple(
    (re.compile(rf"(?:.* )?(?:{thing})"), verb)
    for thing, verb in (
        ("(?:police|birth|death|marriage|medical|vaccination|energy) certificate", "get"),
        (
            r"(?!(?:.*\s)?(?:driv\w+|driver's|pilot\S*|sailing|boat\w*|hunting|radio|diving|motor\w+|forklift|software|open|source)"
            r" licen[cs]e)(?:[a-z]+ ){1,3}licen[cs]e",
            "get",
        ),
        ("(?:school|nursery|kindergarten|daycare) places?", "get"),
        ("(?:sick|doctor'?s) note", "get"),
        (
            "(?:[a-z]+ )?(?:first[- ]aid|hygiene|safety|gas|electrical|noise|insurance|fitness|health) certificate",
            "get",
        ),
        ("certificate of .*", "get"),
        (r"(?!final |board |internal )(?:[a-z]+ ){1,4}(?:approval|consent|permissions?|clearance)", "get"),
        (r"(?<!\w )feedback", "get"),
        ("guest ?list|slide ?show|photo ?(?:book|album)", "make"),
        ("(?:medical|health|eye|hearing|blood|allergy) (?:exam|examination|check|tests?)", "have"),
        ("(?:internal|legal|peer|code|final|expert) review", "have"),
        ("(?:structural|building|house|home|property|boundary) (?:survey|inspection)", "have"),
        ("survey (?:on|of) (?:(?:the|our|my|a) )?(?:new )?(?:place|house|home|flat|property|building|land)", "have"),
        ("letters? of (?:support|recommendation|reference|intent)", "get"),
        ("(?:feedback|satisfaction|follow-up) (?:survey|form)", "send"),
        ("(?:bank|savings|current) account", "open"),
        ("business plan", "write"),
        ("day trip|boat trip|(?:guided|walking|city|boat|lights) tour|excursion", "go on"),
    )
)
_LAST_OF_MORE = word_set(
    """feedback
    certificate licence license place places note list guestlist slideshow show book photobook album exam examination
    check test tests review survey inspection letter letters form account plan trip tour excursion
    approval consent permission permissions clearance"""
)
"""Words without which none of those forms is met."""
_BEHIND = re.compile(
    r"\s(?:for|from|at|in|on|of|to|with|without|by|near|within|under|over|until|till|before|after|afterwards|between|"
    r"during|about|via|across|around|online|when|if|that|who|which|as|daily|weekly|monthly|every|each|this|next|once|twice|max|"
    r"min|incl|\d)(?=\W|$).*|\s?[,(:;–—].*|\s-\s.*",
    re.I | re.S,
)
"""What follows a thing and tells more of it."""
_FIGURE = re.compile(
    r"\bat least\b|\bor (?:more|higher|better)\b|\b(?:rating|score)\b|%|\d/\d|[<>≤≥]|\bon (?:ebay|gumtree|vinted)\b"
    r"|^\d+[ -](?:hour|day|week|month)s?\b",
    re.I,
)
"""What makes of a thing an aim, or tells how long it lasts."""
_AMONG = re.compile(r"(\s*,\s*(?:and\s+)?|\s+(?:and|&)\s+)")
_OWN = re.compile(
    r"(?:the|an?|my|our|your|his|her|their|all|some|new|more|another|enough|both|each|\d\S*|one|two|three)\b", re.I
)
_ATTRIBUTES = frozenset({"market", "travel", "train", "transfer", "test", "cook", "place", "review"})
"""Verbs that as often say what a thing is for: «travel insurance»."""
ALSO_VERBS = word_set(
    """abolish accept activate adapt add adjust admire admit adopt align allocate allow alter amend approve arrange
    assess assign attach audit avoid await ban bargain bind bless block bring broadcast budget burn calculate
    calibrate carry catch categorise challenge charter chase claim classify climb collect combine compost
    confiscate connect consolidate consume control count cover crush deal decorate defend define deliver demand
    deny describe deserve destroy detect dig digitise disable discard discuss dismantle dispatch display
    distribute divide donate double drag draw dress drop dump eat eliminate empty enable encourage enforce enjoy
    enter equip estimate evict exchange exclude expand experience export extend face feed file fill filter
    finance fit fold forbid forget freeze fund give glue grade grant grind group grow guard guess halve handle
    hang heat help hide highlight hold identify ignore illustrate import incorporate insert insist insure
    introduce invent iron issue join justify keep kill label laminate lay leave lend let lift limit link load
    lock lose love lower manage manufacture mark match measure melt mend merge mix modify mop mount need
    negotiate number obtain offer open operate oppose overhaul own park pass patch phase pile plaster polish
    pool possess pour preserve press price prime process prohibit promise protect prove provide prune publish pull pump
    push quote raise rearrange receive recover recycle redesign redo refill refund refuse reject release
    relocate remove rename reorganise replace request require rescue research reserve resist restock restrict
    retain retire return reuse reward rinse rip risk roast rotate sand scrap scrape scrub seal secure seek seize
    separate serve settle sew shake shape share shelve shift shorten show shred sign simplify skip slice smell
    soak solve source spend split spray spread stack stamp steal stick stir stitch stock store stream strip
    substitute supply support survive suspend swap sweep take taste tear terminate throw tie tighten touch trace
    trade trim trust turn twist unblock uncover undo unload unlock unpack unwrap use vaccinate value vary verify
    want waste wax wear weave weigh weld widen win wipe withdraw wrap"""
)
"""Doings that are not in the tables of verbs, or stand there for something else."""
_ACTS = re.compile(r"\w+(?:\s(?:up|out|off|in|on|down))?\s(?:the|an?|my|our|your|his|her|their|all|some)\s", re.I)
_NO_ARTICLE = word_set("insurance accommodation furniture paint compost fabric broadband physio homework surgery")
_NO_THING = word_set("no without zero max min better healthier more less fewer good")
_MOST_WORDS = 5
_DATED = re.compile(rf"\b(?:(?:{MONTH})\b|{_WEEKDAY}|tomorrow|next week)\b|\d", re.I)
_FLOWN = word_set("solo training test maiden qualifying")
"""Flights that one flies oneself."""
_IN_PLACE = re.compile(r"\s(?:in|on|at|for|from|with)\s", re.I)
_ONCE = frozenset({"book", "find", "get", "buy", "run", "have"})
_BY_ONESELF = frozenset({"take", "make", "write", "do", "buy"})
"""What others do is got from them: «photos by a professional»."""
_OF_ONES_OWN = re.compile(
    r"\bfrom (?:the|our|my) (?:own )?(?:garden|allotment|field|attic|cellar|parents|neighbours?)\b"
    r"|\b(?:in|into) (?:the|our|my) (?:barn|loft|van|cellar|freezer|shed|silo|store)\b",
    re.I,
)
"""What is one's own, and is only to be there: «Hay in the barn»."""
_RHYTHM = re.compile(r"\b(?:(?:a|per|every|each) (?:day|week|month|\w+day)|afterwards|daily|weekly|monthly)\b", re.I)
_A_NEW_ONE = re.compile(
    r"(?:daily|weekly|monthly|regular|new)\s(?:[\w-]+\s){0,2}[\w-]*[^s\W](?:\s(?:for|to|from|on|about)\b|$)", re.I
)


def _every_day(found: re.Match[str]) -> str:
    """«mon/wed/fri» in full."""
    days = [next(day for day in _DAYS if day.lower().startswith(short[:3])) for short in found[1].lower().split("/")]
    return f"every {', '.join(days[:-1])} and {days[-1]}"


_ELSE = re.compile(r",? else (?=[a-z])")
_STILL_SO = (
    re.compile(
        r"^(?P<do>(?!if\b)[^,;.]{3,80}?),? if (?P<so>[^,;.]{3,60}?) after "
        rf"(?P<length>{DURATION_PATTERN})(?=[.!]?$)",
        re.I,
    ),
    re.compile(
        rf"^if (?P<so>[^,;.]{{3,60}}?) after (?P<length>{DURATION_PATTERN}), (?P<do>[^,;.]{{3,80}})(?=[.!]?$)", re.I
    ),
)
"""«See a doctor if it is not better after 6 weeks»: that is asked only then."""


def spelled(text: str) -> str:
    """The text without pictures before it, and with what is commonly shortened in full: «beta w/ 50 users» → «beta with
    50 users», «submit 30 April» → «submit on 30 April»."""
    full = _SHORT.sub(lambda found: _SHORTHAND.get(found[0].strip().lower(), "and"), _SIGN_AHEAD.sub("", text))
    if " after " in full:
        for asked_then in _STILL_SO:
            full = asked_then.sub(r"wait \g<length>, then \g<do> if \g<so>", full)
    if full[:3].lower() == "if ":
        full = _ELSE.sub(", otherwise ", full)
    full = _STAGED.sub("roll out to ", _ON_DAYS.sub(_every_day, full))
    full = _PER.sub(r" per \1", _HOURS.sub(r"\1 ", full) if _IN_HOURS.search(full) is not None else full)
    full = _IN_THOUSANDS.sub(lambda found: re.sub(r"[. ]", ",", found[0]), full)
    full = _THRICE.sub("three times", full)
    full = _TWICE.sub(
        lambda found: f"{found[1]} a {found[2].lower().replace('dai', 'day')}", full.replace(" & ", " and ")
    )
    full = _DAY_BEFORE.sub(r"1 \1 beforehand", full) if full.endswith(" before") else full
    due = _ONLY_A_DAY.fullmatch(full) if full[:1] in "dD" else None
    if due is not None and due["due"]:
        return f"everything done by {due['day']}"
    bare = _DAY_BEHIND.match(full)
    return full if bare is None or leading_verb(full) is None else f"{bare[0]} on{full[bare.end() :]}"


def with_implied_verbs(text: str) -> str:
    """A thing that is listed without a word on what to do with it, with that word; everything else as it is.

    «Hotel near the centre» → «book the hotel near the centre», «tickets, insurance» → «get tickets, get insurance».
    """
    if len(text) > _LONGEST:
        return text
    brief = _in_short(text)
    if brief:
        return brief
    verb, parts = _verb_for(text), [text] if "(" in text else _AMONG.split(text)[::2]
    verbs = [_verb_for(part) if len(part.split()) <= _MOST_WORDS else None for part in parts]
    gets = next((own for own in verbs if own in {"buy", "get"}), None)
    if gets is not None and len(parts) > 1 and not any(map(_is_said_fully, parts)):
        verbs = [own or gets for own in verbs]
    elif verb is None:
        return text
    if text.endswith("?"):
        return f"decide whether to {verb or 'buy'} {_with_article(text.strip(' ?'))}"
    if any(_IN_PLACE.search(one) and two.lower().startswith("the ") for one, two in itertools.pairwise(parts)):
        return f"{verb or verbs[0]} {lowered(text)}"  # «Flyers in shops and the local paper»
    if len(set(verbs)) == 1 or None in verbs:
        is_list = len(parts) > 1 and None not in verbs
        return f"{verbs[0] if is_list else verb} {lowered(text) if is_list else _with_article(text)}"
    return ", ".join(f"{own} {_with_article(part)}" for own, part in zip(verbs, parts, strict=True))


def _in_short(text: str) -> str:
    """What is said in few words, in full: «Heat pump or gas?»; empty for all else."""
    day = _ONLY_A_DAY.fullmatch(text)
    if day is not None:
        return f"the day itself, {day['day']}"
    sent = _TO_DO.fullmatch(text)
    if sent is not None and leading_verb(text) is None and leading_verb(sent["do"]) is not None:
        who = sent["who"]
        return f"have {lowered(who) if _ANYONE.fullmatch(who) else _with_article(who)} {sent['do']}"
    if _EITHER_OR.fullmatch(text) is not None and leading_verb(text) is None:
        return f"choose {text.strip(' ?')}"
    spent = _SPENT_EACH.match(text)
    if spent is not None:
        return f"spend {'' if spent['at_most'] else 'at most '}{lowered(text)}"
    if _PAID_IN.match(text) is not None:
        return f"set aside {text}"
    return ""


_LONGEST = 200
_CLOCK = r"(?:\d{1,2}(?:[:.]\d\d)?\s?(?:am|pm|h)?|noon|midnight)"
_NTH = r"\d{1,2}(?:st|nd|rd|th|\.)?"
_ONLY_A_DAY = re.compile(
    r"(?:(?:date|when|day|(?P<due>deadline|due))(?: is)?:?\s(?:on\s)?)?"
    rf"(?P<day>(?:(?:{WEEKDAY})\.?,?\s)?(?:(?:the\s)?{_NTH}(?:\s?[-–/]\s?{_NTH})?\s(?:of\s)?(?:{MONTH})"
    rf"|(?:{MONTH})\s\d{{1,2}}(?:st|nd|rd|th)?(?:\s?[-–]\s?\d{{1,2}})?|\d{{1,2}}[./]\d{{1,2}}[./]20\d\d|20\d\d-\d\d-\d\d)"
    rf"(?:,?\s20\d\d)?(?:,?\s(?:at\s|from\s)?{_CLOCK}(?:\s?(?:[-–]|to|until|till)\s?{_CLOCK})?)?)[.!]*",
    re.I,
)
"""«Saturday, April 17, 9am to noon»: whatever all the rest is for."""
_EITHER_OR = re.compile(
    r"(?!(?:is|are|do|does|can|will|should|how|what|who|when|where|why)\b)[^,;?]{2,60} or [^,;?]{2,60}\?", re.I
)
"""«Heat pump or gas?»."""
_TO_DO = re.compile(
    r"(?P<who>(?:(?:the|our|my|an?) )?(?:(?:some|any|every)(?:one|body)|mum|mom|dad|wife|husband|partner|boss|friend|"
    r"sister|brother|neighbour|neighbor|landlord|team|staff|kids|doctor|vet|"
    r"(?!(?:offer|paper|letter|order|computer|printer|power|number|answer|colou?r|door|floor|error|motor|water|dinner|"
    r"summer|winter|weather|chapter|folder|cover|matter)\b)[a-z]{3,}(?:er|or|ist|ian))) to (?P<do>[a-z]{3,}\b.{2,})",
    re.I,
)
"""«Roofer to look at it»: others do it, and somebody sees to it. «Permission to build» is no such thing."""
_ANYONE = re.compile(r"(?:some|every|any)(?:one|body)", re.I)
_SPENT_EACH = re.compile(
    r"(?P<at_most>(?:at most|no more than|not more than|max(?:imum)?|up to|under|less than|about)\s)?"
    r"(?:[$€£]\s?\d[\d.,]*|\d[\d.,]*\s?(?:[$€£]|euros?|eur|usd|dollars?|pounds?))\s(?:a|per|each|every)\s(?:day|week|month)\s"
    r"on\s(?!average\b)[a-z]",
    re.I,
)
"""«£60 a week on food»."""
_PAID_IN = re.compile(
    r"(?:[$€£]\s?\d[\d.,]*k?|\d[\d.,]*\s?(?:[$€£]|euros?|eur|usd|dollars?|pounds?)) "
    r"(?:every|each|per|a) (?:day|week|month)\b"
    r"(?=\W*(?:$|(?:for|towards?|into|until|till|by|from (?:now|then|my|our|each|the first)|or more|minimum)\b))"
    r"(?!.*\b(?:sales|revenue|profit|income|rent)\b)",
    re.I,
)
"""«£250 every month», but not what comes in («from ads») or goes out («on food»)."""


def _is_said_fully(part: str) -> bool:
    thing = _BEHIND.sub("", part).strip(" .!?").lower().split()
    return not thing or len(thing) > _MOST_WORDS or _says_what_is_done(part, thing)


_BY_A_PROFESSION = re.compile(r"(?:\w+ )?\w+(?:er|or|ist|ian|ant)['’]s? \w+$", re.I)
"""«Surveyor's report»: others write it."""


def _verb_for(text: str) -> str | None:
    """What is done to have the thing that a text names; None where it names no such thing, or says what is done."""
    thing = _BEHIND.sub("", text).strip(" .!?").lower()
    told, whole = thing.split(), text.strip(" .!?").lower()
    if not 0 < len(told) <= _MOST_WORDS or _FIGURE.search(text) is not None:
        return None
    verb = _VERB_FOR.get(told[-1])
    if verb is None and not _LAST_OF_MORE.isdisjoint(told):
        verb = next((verb for form, verb in _TOLD_BY_MORE if form.fullmatch(thing) or form.fullmatch(whole)), None)
    if verb == "write" and _BY_A_PROFESSION.match(thing):
        verb = "get"
    if verb is None or _says_what_is_done(text, told) or (verb == "buy" and _OF_ONES_OWN.search(text) is not None):
        return None
    if verb == "book" and not _FLOWN.isdisjoint(told):
        return None
    if told[-1].startswith("appointment") and _DATED.search(text) is not None:
        return None  # it is kept on that day, and not made then
    if re.match(r"\d+ (?:jars|bottles|boxes|bags|crates) of ", whole):
        return None  # what there is to be: «10 jars of honey»
    if (verb in _ONCE and _RHYTHM.search(text) is not None) or (verb == "read" and not told[0].isdigit()):
        return None
    return "get" if verb in _BY_ONESELF and BY_SOMEBODY.search(text) else verb


def _says_what_is_done(text: str, told: list[str]) -> bool:
    """Whether a text is a doing, or tells how things are: «Swap tickets», «Insurance paid», «Flights are cheap»."""
    found = leading_verb(text) if len(told) > 1 or not told[0].endswith("ing") else None
    if found is not None and not (found[0] in _ATTRIBUTES and found[0] in NOUN_LIKE):
        return True
    begins_so = len(told) > 1 and (told[0] in ALSO_VERBS or (_ACTS.match(text) and not _OWN.match(text)))
    if begins_so or told[0] in _NO_THING or _DONE_WITH.search(text) is not None:
        return True
    return is_done(text) or is_state(text) or _DOES.match(text) is not None


_DOES = re.compile(r"(?:[\w'’-]+\s){1,3}\w{2,}s\s(?:the|an?|my|our|your|his|her|their|its)\s", re.I)
"""«Everybody packs their desk»."""
SORTED_INTO = re.compile(
    r"(\b(?:sort|divid|split|group|separat)\w*(?:\s[^,;.]{0,60}?\binto\s|:\s))"
    r"(PART(?:,\sPART){1,6}(?:,?\s(?:and|or)\sPART)?)(?=\s*(?:$|[.;,]))".replace(
        "PART", r"[\w'’-]+(?:\s(?:away|off|out|up|over|back))?"
    ),
    re.I,
)
"""«Sort it into keep, sell and give away»: heaps, and no doings."""
_DONE_WITH = re.compile(r"\s(?:from|of|by)\s.{1,80}\s(?!hundred)\w{4,}ed(?:\s(?:in|on|up|off|out|over))?\W*$", re.I)
"""«Feedback from five readers worked in»: it has to be there for that, and is more than got."""


def _with_article(thing: str) -> str:
    """A thing behind its verb: «hotel near it» → «the hotel near it», «new passport» → «a new passport»."""
    if _A_NEW_ONE.match(thing):
        return f"a {lowered(thing)}"
    head = _BEHIND.sub("", thing).strip(" .!").split()
    last = head[-1].lower() if head else ""
    named = any(word.endswith(("'s", "’s", "s'", "s’")) for word in head)
    plain = thing if named else lowered(thing)
    several = last.endswith("s") or last in _NO_ARTICLE
    if named or several or (_OWN.match(plain) and not plain[:1].isdigit()):
        return plain
    return plain if re.match(r"(?:[2-9]|\d\d+|two|three)\s\w+s\b", plain) else f"the {plain}"
