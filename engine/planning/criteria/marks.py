"""What no single word of a clause tells: marks that stand among the stems that tell its place, and clauses that sound
like something larger than they are. A meeting is no feast, another room no removal, a plumber no employee. Pure."""

import re
from collections.abc import Container

from engine.planning.criteria.domains import domains
from engine.planning.criteria.kinds import BY_AUDITORS
from engine.planning.criteria.reading import Reading
from engine.planning.criteria.titles import has_no_thing, head_of
from engine.planning.criteria.verbs import Kind
from engine.planning.criteria.wording import stem, subjects, word_set, words

TRAINS_OFTEN = "trains-often"
"""Stands among the stems of clauses that ask for training with a rhythm."""
SWITCHED_OFF = "switched-off"
"""Stands among the stems of clauses that take something out of use."""

INTERNAL_AUDIT = "internal-audit"
"""Stands among the stems of clauses that look into oneself before others do."""
AUDIT_FINDINGS = "audit-findings"
"""Stands among the stems of clauses that mend what was found: the stem of «findings» alone is that of «find»."""
OUTSIDE_AUDIT = "outside-audit"
"""Stands among the stems of clauses in which others look into one."""

CLEARS_AWAY = "clears-away"
"""Stands among the stems of clauses that tear out what is there, whatever that is."""
ASKS_OFFERS = "asks-offers"
"""Stands among the stems of clauses that ask several for their price."""
ENGAGES_TRADE = "engages-trade"
"""Stands among the stems of clauses that find somebody of a trade."""
SENDS_BILL = "sends-bill"
"""Stands among the stems of clauses that send on what the work has cost."""
EXAM_PAPERS = "exam-papers"
"""Stands among the stems of clauses that go through old papers of an exam."""
CANCELS = "cancels"
"""Stands among the stems of clauses that end a contract of one's own."""
RAISES = "raises-money"
"""Stands among the stems of clauses that raise money, other than those that ask for «a raise»."""
FINDS_A_HOME = "finds-a-home"
"""Stands among the stems of clauses that look for a place to move into."""
BUYS_A_HOME = "buys-a-home"
"""Stands among the stems of clauses that buy the home itself."""
GETS_A_GRADE = "gets-a-grade"
"""Stands among the stems of clauses that ask for a mark at school: «Get a B in the next test»."""
MOVES_IN = "moves-in"
"""Stands among the stems of clauses that move into a home."""

BUSINESS_PLAN = "business-plan"
"""Stands among the stems of clauses about the plan of a firm, and not that of a floor or a meal."""

COMPARES_DATA = "compares-data"
"""Stands among the stems of clauses that compare what was measured: that needs the data first."""

TRIES_ALOUD = "tries-aloud"
"""Stands among the stems of clauses that go through a talk before it counts: «dry run»."""

_TRAININGS = frozenset({"run", "train", "jog", "swim", "cycle", "go running"})
_SWITCHING_OFF = frozenset({"switch off", "turn off"})
_HOMES = word_set("house flat apartment home condo cottage")
_PLACES = _HOMES | word_set("appartment room place premises office flatshare")
CLEARING = re.compile(
    r"(?:remove|demolish|strip|tear|rip|dismantle|take out|knock down|pull (?:down|out)|break up)\b", re.I
)
_OUT_OF_THE_WAY = re.compile(
    r"(?:move|carry|take) (?:the |all )?(?:[\w-]+ ){1,3}(?:out|aside|away)[.!]?$"
    r"|old (?:[\w-]+ ){1,3}(?:off|out|down|up)[.!]?$",
    re.I,
)
_OFFERS = re.compile(
    r"(?:get|ask|collect|compare|obtain|request)\b(?!.*\bjob\b).*\b(?:offers|quotes|quotations|estimates|bids)\b", re.I
)
_CANCELLING = re.compile(
    r"(?:cancel|terminate|end|give notice on|give up)\b.*"
    r"\b(?:contract|subscription|internet|electricity|gas|phone|lease|rent|plan)",
    re.I,
)
_FIRM_PLAN = re.compile(r"\b(?:(?:business|financial|finance|marketing|staffing) plan\b|plan (?:for|of) the\b)", re.I)
_COMPARING = re.compile(
    r"compare\b.*\b(?:before and after|results?|figures|numbers|data|periods?|index|benchmark|baseline|control|"
    r"(?:last|previous) (?:month|year))\b",
    re.I,
)
_BILLING = re.compile(r"(?:send|submit|forward)\b.{0,20}\b(?:bills?|invoices?)\b", re.I)
_GRADES = re.compile(
    r"(?:get|achieve|earn|reach|have)\s(?:at least\s)?(?:an?\s)?"
    r"(?:[a-d][+-]?|\d(?:[.,]\d)?|(?:good|better) (?:grade|mark))\s"
    r"(?:in|on|for|at)\s",
    re.I,
)
_ENGAGING = frozenset({"hire", "find", "engage", "book", "call", "get", "choose"})
SAY_ALL = frozenset(map(stem, (ASKS_OFFERS, CANCELS, CLEARS_AWAY, ENGAGES_TRADE, SENDS_BILL)))
"""Marks that alone tell where a clause stands: «Tear out the old cabinets» is no matter of cabinets."""


def marks_of(reading: Reading) -> frozenset[str]:
    """Marks for what no single word tells.

    Training again and again: races come after it, without a plan of their own. Taking something out of use. Buying the
    home that one moves into.
    """
    is_training = reading.count is not None and reading.count.days is not None and reading.verb in _TRAININGS
    is_home = reading.verb in {"buy", "purchase"} and bool(_HOMES & set(words(head_of(reading))))
    is_audit = reading.verb == "pass" and "audit" in words(reading.text)
    is_audit = is_audit or BY_AUDITORS.match(reading.text) is not None
    marks = {
        TRAINS_OFTEN: is_training,
        "backup": reading.verb == "back up",
        SWITCHED_OFF: reading.verb in _SWITCHING_OFF,
        BUYS_A_HOME: is_home,
        FINDS_A_HOME: reading.kind is Kind.FIND and bool(_PLACES & set(words(head_of(reading)))),
        GETS_A_GRADE: _GRADES.match(reading.text) is not None,
        COMPARES_DATA: _COMPARING.match(reading.text) is not None,
        BUSINESS_PLAN: "plan" in reading.text and _FIRM_PLAN.search(reading.text) is not None,
        TRIES_ALOUD: re.search(r"\b(?:dry[ -]run|run-?through)\b", reading.text, re.I) is not None,
        MOVES_IN: reading.verb in {"move in", "move into"},
        INTERNAL_AUDIT: re.match(r"(?:\w+ ){0,3}internal (?:audit|review)\b", reading.text, re.I) is not None,
        EXAM_PAPERS: re.search(r"\b(?:past|old|mock|practice|exam) papers\b", reading.text, re.I) is not None,
        RAISES: reading.verb == "raise",
        CANCELS: _CANCELLING.match(reading.text) is not None,
        CLEARS_AWAY: CLEARING.match(reading.text) is not None or _OUT_OF_THE_WAY.match(reading.text) is not None,
        ASKS_OFFERS: _OFFERS.match(reading.text) is not None,
        ENGAGES_TRADE: reading.verb in _ENGAGING and bool(TRADES & set(words(head_of(reading)))),
        SENDS_BILL: _BILLING.match(reading.text) is not None,
        AUDIT_FINDINGS: "findings" in words(reading.text) and re.search(r"\b(?:no|without)\b", reading.text) is None,
        OUTSIDE_AUDIT: is_audit,
    }
    return frozenset(stem(mark) for mark, holds in marks.items() if holds)


_QUESTION = re.compile(r"^ask\b.*\b(?:if|whether|how|when|what|which|who|where|why)\b", re.I)
"""What is asked, and not asked for: «Ask the insurance whether they pay»."""
_POLICY = re.compile(r"\b(?:travel|bike|phone|pet|event|trip|rain|cancellation|luggage) insurance\b", re.I)
"""Bought in an evening, and granted by nobody."""
_OF_EACH = re.compile(r"(?:[$€£]|\b(?:eur|euros?|usd|dollars?|pounds?|money|fees?|dues?|deposits?)\b)", re.I)
_MEETING = re.compile(
    r"\b(?:meeting|kick-?off|assembly|briefing|retro(?:spective)?|hearing|consultation|agm|"
    r"(?:parents?|info(?:rmation)?|staff|members?|open)['’]?s?['’]? (?:evening|night))\b"
    r"(?! (?:room|place|point|minutes|notes|hall))",
    re.I,
)
"""What people come together for to talk, and not to feast."""
_OF_WORK = re.compile(
    r"\b(?:requirements?|design|discovery|planning|kick-?off|scoping|strategy|mapping|risks?|architecture|process|roadmap|"
    r"stakeholders?|team|vision|priorit\w+|budget|data|user stor(?:y|ies)) workshop\b",
    re.I,
)
"""A workshop at which one works something out, and no feast either."""
_EACH_PAYS = re.compile(
    r"(?:every(?:one|body)?|each|all)\b[^,;]{0,40}?\b(?:paid|pays?|transfers?|transferred|contribut\w+)\b.{0,20}\d",
    re.I,
)
"""«Every singer has paid the 240 € share»."""
_HELD = word_set("hold host organise organize have run arrange do conduct call")
_USED = re.compile(r"(?:using|buying)\b", re.I)
_WOUND_DOWN = re.compile(
    r"(?:printing|selling|making|producing|sending|supporting|offering|shipping|publishing|paying|renting|supplying|"
    r"serving|running|maintaining)\b",
    re.I,
)
_IN_HAND = re.compile(r"\b(?:phone|facebook|instagram|tiktok|twitter|x|youtube|social|netflix|internet|drugs)\b", re.I)
"""What is used out of habit, and not up."""
_ROOMS = frozenset(
    stem(word)
    for word in word_set("room study bedroom nursery studio attic desk cellar workshop wardrobe shelf shelves")
)
_HOME_STEMS = frozenset(
    stem(word)
    for word in word_set("flat apartment house home van mover movers boxes landlord lease tenancy keys city country")
)
_ONLY_A_DAY = re.compile(r"(?:(?:by|on|before|in|at)\b.*)?", re.I)


def is_small_matter(text: str) -> bool:
    """Whether it speaks of what offices grant, and wants no more than an answer or a policy."""
    return _QUESTION.search(text) is not None or _POLICY.search(text) is not None


def lookalike(reading: Reading) -> str:
    """The compound that such a clause calls for; empty for all others."""
    is_held = reading.verb in _HELD and _MEETING.search(reading.thing)
    if (is_held or (reading.kind is Kind.ORGANISE and _OF_WORK.search(reading.text))) and reading.count is None:
        return "any_hold_meeting"
    if reading.target is None and _EACH_PAYS.match(reading.text):
        return "any_collect_dues"
    match reading.kind:
        case Kind.QUIT if _USED.match(reading.thing) and not _IN_HAND.search(reading.thing):
            return "any_do_without_it"
        case Kind.QUIT if reading.verb == "stop" and _WOUND_DOWN.match(reading.thing):
            return "any_wind_down"
        case Kind.REACH if reading.verb == "collect" and _OF_EACH.search(reading.thing):
            return "any_collect_dues"
        case _:
            return ""


def is_under_one_roof(reading: Reading, elsewhere: Container[str]) -> bool:
    """Whether who moves only moves to another room, or back into one: no van is needed, and no address changes.

    `elsewhere` has the stems of all clauses of the goal.
    """
    own = {stem(word) for word in words(reading.text)}
    if own & _HOME_STEMS:
        return False
    if own & _ROOMS or re.match(r"move back in\b", reading.text, re.I):
        return True
    is_bare = _ONLY_A_DAY.fullmatch(reading.thing.strip(" .!")) is not None
    return is_bare and any(one in elsewhere for one in _ROOMS) and not any(one in elsewhere for one in _HOME_STEMS)


TRADES = word_set(
    """plumber plumbers electrician electricians roofer roofers carpenter carpenters painter painters tiler tilers
    plasterer plasterers builder builders contractor contractors handyman mason bricklayer glazier joiner decorator
    landscaper locksmith"""
)
"""They come to the house and work on it."""
_PROFESSIONS = word_set(
    """photographer lawyer solicitor attorney notary movers dj band caterer cleaner tutor coach nanny gardener
    accountant translator videographer musician babysitter architect surveyor freelancer consultant magician dogsitter
    midwife bookkeeper interpreter valuer auctioneer auditor removalist removalists editor proofreader illustrator"""
)
_FIRMS = word_set("company companies firm agency service services studio workshop garage consultancy provider office")
"""What somebody's firm is called, at the end of its name: «a moving company», «a cleaning service»."""


def is_engaged(thing: str) -> bool:
    """Whether a thing is a person or a firm that does one job for a price: «a moving company», «a plumber»."""
    said = words(thing)
    return said[-1:] != [] and (said[-1] in _FIRMS or bool((TRADES | _PROFESSIONS) & set(said)))


_TRIED_BY_CASES = word_set(
    """product prototype system systems tool tools flow flows feature features release build integration integrations
    migration import export backup backups restore strategy model models device devices firmware payment payments
    checkout form forms emails links usability accessibility everything hypothesis hypotheses concept idea game level
    levels network setup rig drone robot engine"""
)
"""What is tested by a list of cases, as software is; soil and alarms are just tested."""


def is_tried_at_once(reading: Reading) -> bool:
    """Whether what is tested is neither software nor another system: «Test the soil»."""
    named = re.search(r"\b[A-Z\d]", reading.thing) is not None
    known = _TRIED_BY_CASES & set(words(reading.text)) or "software" in domains(subjects(reading.thing))
    return not (named or known or has_no_thing(reading) or not reading.thing)


_CRAFT = word_set(
    """boat boats ship hull yacht canoe kayak dinghy raft sailboat catamaran trimaran rocket satellite balloon glider
    probe lifeboat ferry submarine"""
)
_PLACES_OF_CRAFT = word_set("marina slipway harbour harbor dock lake river sea orbit pier boatyard shipyard")
_WHEREFROM = word_set("by on in to at before until with for from into")


def is_set_afloat(thing: str) -> bool:
    """Whether what is launched is a boat or the like, and no product: «the hull», «it at the marina»."""
    told = words(thing)
    ends = next((number for number, word in enumerate(told) if word in _WHEREFROM), len(told))
    head = told[ends - 1 : ends]
    is_named = head[:1] in (["it"], ["her"], ["them"])
    return bool(_CRAFT & set(head)) or (is_named and bool(_PLACES_OF_CRAFT & set(told)))
