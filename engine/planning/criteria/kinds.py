"""Which kind of doing a clause asks for: its verb, overruled by the words of its thing where they tell more."""

import re

from engine.planning.criteria.domains import ERRANDS, domains
from engine.planning.criteria.implied import ALSO_VERBS
from engine.planning.criteria.phrasing import IN_STAGES
from engine.planning.criteria.qualifiers import forbids_a_doing
from engine.planning.criteria.verbs import EVENTS, NOUNS, SHORT_TEXTS, WEAK, Kind, leading_verb, noun_kind
from engine.planning.criteria.wording import subjects, word_set, words

_FAULTS = word_set(
    "bug bugs issue issues error errors crash crashes test tests build fault faults defect defects problem incident "
    "incidents outage outages downtime finding findings repeat recurrence regression regressions complaints accidents "
    "noise tickets alerts"
)
_DISTANCE = re.compile(r"\b\d+(?:\.\d+)?\s?(?:km|k|miles?|m|meters|metres)\b", re.I)
_RACES = word_set(
    """marathon half-marathon half ultramarathon ultra race triathlon duathlon relay parkrun mile sprint lap laps faster
    pb best sub hurdles"""
)
_SCREENINGS = word_set("eye blood hearing covid allergy pregnancy vision medical drug")
WITHOUT = re.compile(
    r"(?:no(?!\s(?:more|less|fewer|later)\b)|without|zero)\s+(?P<what>.+?)\s+"
    r"(?:for|until|in|on(?! \w+day\b)|during|before|after)\b.*",
    re.I | re.S,
)


_TEMPTING = re.compile(
    r"\b(?:alcohol|beer|wine|drinks?|drinking|smok\w+|cigarettes?|nicotine|vap\w+|sugar|sweets|chocolate|snacks?|"
    r"snacking|junk|fast[ -]food|coffee|caffeine|meat|soda|screens?|phone|social media|facebook|instagram|tiktok|"
    r"netflix|games?|gaming|gambling|shopping|porn|scrolling|takeaways?|crisps|cake)\b",
    re.I,
)
"""What one would like to have in spite of all: going without it until a day takes more than to keep it in mind."""
_NOT_YET = re.compile(r"(?:no|without|zero)\s.+?\s(?:until|before)\b.*", re.I | re.S)
_STAY = re.compile(
    r"\d+\s(?:nights|days)\s(?:in|at|by|near|on the|around)\s(?!a row\b|total\b|advance\b|.*\blogged\b)", re.I
)


_CELEBRATION = re.compile(
    r"(?:grand )?(?:opening|closing|launch|release|farewell|awards?|housewarming|inauguration) "
    r"(?:night|day|party|ceremony|evening|reception|gala|celebration|show|concert|gig|drinks|brunch|bash|match|game|dance)\b"
    r"|(?:public |book )?reading (?:at|in) (?:the|our|a) |the day itself,|opening (?=(?:on|at|in)\b|\()",
    re.I,
)


def is_celebration(text: str) -> bool:
    """Whether a text names an evening or a day for which people come, and no launch of a product."""
    return _CELEBRATION.match(text) is not None


def is_not_yet(text: str) -> bool:
    """Whether something is only not to be before a day: «No football until October»."""
    return _NOT_YET.fullmatch(text) is not None and _TEMPTING.search(text) is None


_HAPPENS = frozenset({Kind.INTERVIEW, Kind.ORGANISE, Kind.TRAVEL, Kind.EXAM, Kind.COURSE, Kind.TEST, Kind.FEEDBACK})
_ACTS_ON = re.compile(
    r"(?!(?:all|both|half|most|some|each|every|with|without|for|in|on|of|and|the|a|an)\b)[a-z]+(?<!s)(?<!ing)\s"
    r"(?:(?:out|up|down|off|over|in)\s)?(?:the|an?|my|our|your|their|his|her|all|every|each)\s(?!(?:day|week|month|year|hour)\b)",
    re.I,
)
"""A verb that is not known, and something that it is done to: «Transcribe the interviews» is no interview."""
_DOES_TO = re.compile(
    r"(?:[\w'’]+ ){1,3}[a-z]{3,}s (?:an?|the|their|his|her|its|our|my) ", re.I
)  # «Each class plants a bed»
_MADE_FOR = frozenset({
    Kind.MAKE, Kind.WRITE, Kind.DESIGN, Kind.DEVELOP, Kind.BUY, Kind.OTHER, Kind.STATE, Kind.FIND, Kind.HIRE,
    Kind.REPAIR,
})  # fmt: skip
_FOR_AN_EVENT = re.compile(rf"\S+\s.*?\bfor\s(?:\S+\s){{0,4}}?(?:{'|'.join(sorted(EVENTS))})\b", re.I | re.S)
"""What is made or got for somebody's day is there by then: «Sew a dress for her birthday on 14 May»."""


_MADE = frozenset({Kind.WRITE, Kind.DESIGN, Kind.DEVELOP, Kind.PUBLISH, Kind.PLAN, Kind.RESEARCH})


def is_done_to(text: str, kind: Kind) -> bool:
    """Whether a text that is of a kind by its nouns begins with a verb that nobody knows, and what it is done to:
    «Shred the papers», «Serve predictions»."""
    first, second, *rest = *words(text)[:4], "", ""
    is_act = first in ALSO_VERBS and bool("".join(rest)) and second not in NOUNS
    is_act = is_act and kind in _HAPPENS
    is_act = is_act or (kind in _HAPPENS and _DOES_TO.match(text) is not None)
    return kind in _HAPPENS | _MADE and (_ACTS_ON.match(text) is not None or is_act)


def is_for_an_event(text: str, kind: Kind) -> bool:
    """Whether something is made or got for what has its day."""
    return kind in _MADE_FOR and _FOR_AN_EVENT.match(text) is not None


def kind_of_none(text: str) -> Kind | None:
    """The kind of a text without a verb where more than its nouns tells: «no alcohol for 90 days», «eye test»."""
    said = words(text)
    if is_not_yet(text) or forbids_a_doing(text) or _ALL_DONE.match(text):
        return Kind.OTHER
    for form, kind in ((_TEACHES, Kind.ORGANISE), (_STAY, Kind.TRAVEL), (_HOLDS_UP, Kind.MONITOR), (_PURSE, Kind.SAVE)):
        if form.match(text):
            return kind
    if "," in text and noun_kind(text) is Kind.EXAM and not {"exam", "exams", "examination"} & set(said):
        return Kind.OTHER  # «README, licence, guide»
    if BY_AUDITORS.match(text) or BY_INSPECTORS.match(text) or _TRIAL_DAY.match(text):
        return Kind.OTHER
    if _BE_SO.match(text) or _BY_ITSELF.search(text):
        return Kind.STATE
    without = WITHOUT.fullmatch(text)
    if without is not None:
        return Kind.MONITOR if _FAULTS & set(words(without["what"])) else Kind.QUIT
    if _EXAMINED.match(text):
        return Kind.EXAM
    if (said[-1:] == ["test"] and _SCREENINGS & set(said)) or (said[:1] == ["show"] and "how" in said):
        return Kind.CHORE
    return Kind.SETTLE if said[:1] == ["be"] or (said[:1] == ["more"] and len(said) < 4) else None


_TEACHES = re.compile(
    r"(?i)(?:[\w-]+ ){0,3}(?:re)?training (?:for|of|with) (?!an? )(?:[\w-]+ ){0,3}(?:volunteers|staff|team|employees|"
    r"colleagues|members|trainers|helpers|leaders|users|reps|parents|teachers|carers|drivers|nurses|managers|everyone)\b"
)  # «First-aid training for volunteers»: somebody is found for it, and a day
_EXAMINED = re.compile(
    r"(?:the |my )?(?:theory|driving|practical|road|citizenship|entrance|natural\w+|language|aptitude) (?:test|exam)\b",
    re.I,
)
"""What one studies for: it tests no product."""
_TRIAL_DAY = re.compile(
    r"(?:test prints?\b|dry run|(?:weekly|monthly|daily|quarterly) review\b|"
    r"(?:paid )?trial (?:days?|mornings?|sessions?|shifts?|lessons?|class(?:es)?|weeks?))\b",
    re.I,
)
"""What shows whether two suit each other: it tests no product."""
_HOLDS_UP = re.compile(
    r"(?!(?:i|we|i'll|we'll)\b).{3,60}?\b(?:runs?|works?|stays?|remains?|keeps?|operates?)\s"
    r"(?:.{0,40}\s)?(?:in parallel|without|smoothly|stable|up|online|available|green|error-free)\b.*\bfor\s"
    r"|\d+ [\w -]{3,30} (?:out|up|in place|deployed|installed|running|live|online) for \w+ (?:day|week|month)"
    r"|(?:paper|parallel|shadow|live|dry)[ -](?:trading|run|traffic|mode|operation)\b.*\bfor\s\w+ (?:day|week|month)",
    re.I,
)
"""What is to go well by itself for some time: «The nightly import runs without errors for 14 days»."""
BY_AUDITORS = re.compile(
    r"(?:\w+ ){0,2}(?:(?:re)?certification|external|surveillance|stage (?:\d|one|two)|customer|client|real) audit\b"
    r"|(?:\w+ ){0,3}audit (?:by|from|with) ",
    re.I,
)
BY_INSPECTORS = re.compile(
    r"(?:CE|FCC|UL|UKCA|organic|halal|kosher|type|product|food) (?:certification|marking)\b", re.I
)
"""What is granted to a product, and takes no studying."""
HAND_MADE = re.compile(r"(?:knit|sew|crochet|weave|carve|weld|forge|upholster|embroider|quilt|whittle|blow)\b", re.I)
"""What hands make of stuff: it is used only then."""
_ALL_DONE = re.compile(
    r"(?:all |everything |it(?: is| all)? )?(?:done|finished|ready|completed?) (?:by|before|until|in time for)\b", re.I
)
"""By when all else is to be done, whatever is on that day."""
_BE_SO = re.compile(
    r"be (?:[\w-]+ ){0,2}(?:compliant|certified|accredited|licen[cs]ed|insured|registered|vaccinated)\b", re.I
)
"""What is so by others' word or by law, and no way to live."""
_CODE = re.compile(
    r"\b(?:code|tests?|script|software|firmware|program|screener|scraper|parser|crawler|bot|backtester|importer|exporter|quer(?:y|ies))\b"
    r"|\b(?:micro)?(?:services?|endpoints?|modules?|apis?|plugins?)$",
    re.I,
)
_BY_ITSELF = re.compile(
    r"\b(?:tests?|checks?|backups?|jobs?|reports?|pipelines?|imports?) (?:run|runs|go|goes|refresh|refreshes) "
    r"(?:automatically|by itself|by themselves|nightly|hourly|daily|weekly|every (?:night|hour|day|morning))\b",
    re.I,
)
"""What a machine does again and again once it is set up."""
_FOR_WHAT = re.compile(r"\s(?:for|about|on|how)\s.*", re.I | re.S)
_LIGHT = word_set("make create prepare have take attend give")
"""Verbs that say little by themselves, so that the thing behind them may tell more."""


def kind_of_doing(verb: str, kind: Kind, thing: str) -> Kind:
    """The kind of a verb with its thing: «write an email» is no writing, «run 5 km» no chore."""
    if verb in {"run", "swim", "cycle", "ride", "row"} and _DISTANCE.search(thing):
        return Kind.TRAIN
    if verb in {"announce", "pitch"} and ("to" in words(thing) or thing[:1].isdigit()):
        return Kind.CHORE  # those who are told are known
    is_errand = re.match(r"the [a-z]", thing) is not None and not _FAR & set(words(thing))
    if verb == "go to" and (is_errand or _NEAR & set(words(thing)[:2])):
        return Kind.CHORE
    if verb == "run a" and not _RACES & set(words(thing)):
        verb, kind = "run", Kind.RUN  # «run a survey» is no race
    if verb in {"implement", "add", "apply"} and noun_kind(thing) is Kind.FEEDBACK:
        return Kind.FEEDBACK
    if kind in _OUTWARD and IN_STAGES.match(f"{verb} {thing}"):
        return Kind.DEPLOY
    said = set(words(thing))
    if verb == "ship" and not said & _SHIPPED and _TO_A_PLACE.search(thing):
        return Kind.CHORE
    if said & ERRANDS.get(verb, frozenset()):
        return Kind.CHORE
    by_words = _kind_by_object(verb, kind, thing) or _kind_by_words(verb, kind, words(thing))
    return by_words or _kind_by_nouns(verb, kind, thing, said)


_NEAR = word_set("court bed school work church hospital town trial class")
"""Where one goes without a journey; «the dentist» is no journey either."""
_FAR = word_set("sea seaside mountains coast beach lake lakes alps countryside island islands north south desert")
_TO_A_PLACE = re.compile(r"\bto\s+(?:the\s+)?[A-Z]")
_OUTWARD = frozenset({Kind.LAUNCH, Kind.DEPLOY, Kind.PUBLISH, Kind.REACH, Kind.OTHER, Kind.CHORE})
_PURSES = word_set("fund deposit savings")
_PURSE = re.compile(r"(?:\w+ ){0,2}(?:fund|savings) of (?:at least )?(?:[$€£]\s?)?\d", re.I)
_FOR_RENT = word_set(
    "skip marquee digger excavator projector scaffolding trailer generator toilets "
    "van car truck hall venue equipment tent boat bike bikes suit dress room bus"
)
_RECORDED = word_set("recordings replays footage demos")
_AT_SPORT = re.compile(
    r"(?:(?:at|in|on|with|for|before|after|regularly|hard|more|again|outside|alone|together)\b.*|\d.*|)$", re.I
)
_PROGRAMMES = word_set(
    "course courses tutorial tutorials webinar webinars "
    "movie movies film films series video videos lecture lectures talk talks match game episode episodes"
)
_STAFF = word_set(
    "leadership management reps crew "
    "staff team employees volunteers colleagues colleague everyone successor assistant apprentice her him"
)
_PEOPLE = re.compile(
    r"[A-Z][a-z]+(?: and [A-Z][a-z]+)?"
    r"|(?:the |our |my |\w+ )*(?!shoulders|numbers)\w+(?:ists|ers|ors|ants|agents|ees|ians|nurses|clerks|cooks|istas)"
)
"""Somebody's name, or what several people are: «Train Maria», «Train the receptionists»."""
_TAUGHT = re.compile(r"\s(?:to|on|in|for|how)\s.*|[ .!]+$", re.I | re.S)
_INTO = [["in"], ["on"], ["for"], ["at"], ["into"]]
"""Who enrols in something; «the kids» are enrolled by others."""
_MANY = word_set(
    "users customers people experts clients candidates owners parents students neighbours residents founders"
)
_SCHOOL = word_set(
    "chapter chapters topic topics lesson lessons notes vocabulary material maths math physics biology chemistry"
)
_VAGUELY = re.compile(
    r"(?:spend|eat|drink|move|walk|laugh|talk|take|use|go|give) (?:more|less|better|fewer|healthier)\b"
)
_TO = word_set("by on in to at before until with for")
_FITTED = word_set("model models classifier classifiers network networks transformer llm regressor detector")
_OPENED = word_set("account accounts ticket letter file depot plan savings position portfolio case deposit policy")
_SHIPPED = word_set("app product mvp version release website site store game beta v1 v2 v3 update shop")


def _kind_by_object(verb: str, kind: Kind, thing: str) -> Kind | None:
    """The kind where it matters who or what it is done to: «train Maria» is no sport, «the kids» enrol in no course
    themselves, and green electricity takes no backup."""
    said = set(words(thing))
    match kind:
        case Kind.PRACTISE if verb == "train" and (said & _STAFF or _PEOPLE.fullmatch(_TAUGHT.sub("", thing))):
            return Kind.ORGANISE
        case Kind.PRACTISE if verb == "train" and said & _FITTED:
            return Kind.DEVELOP
        case Kind.PRACTISE if verb == "work out" and not _AT_SPORT.match(thing) and not _OFTEN.search(thing):
            return Kind.CHORE
        case Kind.MONITOR if verb == "watch" and said & _RECORDED:
            return Kind.CHORE
        case Kind.COURSE if verb in {"enrol", "enroll"} and words(thing)[:1] not in _INTO:
            return Kind.CHORE
        case Kind.EXAM | Kind.INTERVIEW if said <= {"it"}:  # «Pass it»: no exam; a bare «Interview» is one's own
            return Kind.CHORE
        case Kind.MOVE if "furniture" in said and said & {"out", "aside", "away", "back"}:
            return Kind.CHORE
        case Kind.MIGRATE if verb in _CHANGING and not _is_system(thing, said):
            return Kind.OTHER
        case _:
            return None


def _is_system(thing: str, said: set[str]) -> bool:
    """Whether a thing runs on machines, or has a name as such things have."""
    is_named = re.search(r"[A-Z\d]", thing) is not None
    return is_named or bool(said & (_DATA | _WAYS_IN | _SYSTEMS)) or "software" in domains(subjects(thing))


def _kind_by_words(verb: str, kind: Kind, told: list[str]) -> Kind | None:
    """The kind where single words of the thing overrule the verb: «hire a van» is no hiring of people."""
    said = set(told)
    often = _OFTEN.search(" ".join(told)) is not None
    rules: tuple[tuple[Kind, bool, Kind], ...] = (
        (Kind.DEVELOP, bool(said & _PURSES), Kind.SAVE),
        (Kind.HIRE, bool(said & _FOR_RENT), Kind.BUY),
        (Kind.MONITOR, verb == "watch" and bool(said & _PROGRAMMES), Kind.PRACTISE),
        (Kind.CHORE, verb in {"tag", "merge"} and bool(said & {"publish", "release"}), Kind.LAUNCH),
        (Kind.LAUNCH, verb == "open" and bool(said & _OPENED), Kind.CHORE),
        (Kind.LAUNCH, verb == "ship" and not said & _SHIPPED and bool(told) and told[0] not in _TO, Kind.DEVELOP),
        (Kind.MOVE, verb == "move" and bool(said & _DATA), Kind.MIGRATE),
        (Kind.MOVE, verb == "move" and bool(told) and told[0] not in _WHITHER and not said & _HOUSEHOLDS, Kind.CHORE),
        (Kind.CHORE, verb == "switch" and bool(said & _WAYS_IN), Kind.DEPLOY),
        (Kind.QUIT, verb == "stop" and told[:1] in _CERTAIN and not told[-1].endswith("ing"), Kind.CHORE),
        (Kind.INTERVIEW, bool(said & _APPLICANTS), Kind.OTHER),
        (Kind.DECIDE, verb == "pick" and "up" in told[1:4], Kind.CHORE),
        (Kind.EXAM, verb == "pass" and bool(said & (_AUDITS | _SCREENINGS)), Kind.OTHER),
        (Kind.TRAIN, verb == "run a" and told[:1] != ["mile"], noun_kind(" ".join(told)) or Kind.CHORE),
        (Kind.FINISH, bool(said & SERVED), Kind.OTHER),
        (Kind.ORGANISE, verb == "throw" and told[:1] in (["away"], ["out"]), Kind.CHORE),
        (Kind.MIGRATE, verb == "import" and not said & _DATA, Kind.CHORE),
        (kind, told[:1] in (["or"], ["and"]), Kind.CHORE),
        (Kind.TRAVEL, verb == "go to" and often, Kind.PRACTISE),
        (Kind.INTERVIEW, verb.startswith(("talk", "speak")) and often, Kind.PRACTISE),
        (Kind.INTERVIEW, verb.startswith(("talk", "speak")) and not said & _MANY, Kind.CHORE),
        (Kind.RUN, verb == "run" and often, Kind.PRACTISE),
        (Kind.DEVELOP, verb == "rewrite" and "software" not in domains(subjects(" ".join(told))), Kind.WRITE),
        (Kind.WRITE, verb == "outline" and bool(told) and told[0].isdigit(), Kind.CHORE),
        (Kind.WRITE, verb == "revise" and bool(said & _SCHOOL), Kind.LEARN),
        (Kind.CHORE, bool(_VAGUELY.match(" ".join((verb, *told[:2])))), Kind.SETTLE),
        (Kind.READ, told == ["more"], Kind.SETTLE),
        (Kind.PRACTISE, told[:1] in (["better"], ["more"], ["less"]), Kind.SETTLE),
        (Kind.MAKE, "photo" in said, Kind.OTHER),
        (Kind.FIX, verb == "fix" and bool(said & _AGREED), Kind.DECIDE),
        (Kind.DECIDE, verb == "settle" and bool(said & _CLOSED), Kind.CHORE),
        (Kind.PRESENT, verb == "rehearse" and bool(said & _TRIED_BEFORE), Kind.OTHER),
        (Kind.WRITE, verb == "write" and (bool(said & _BY_HAND) or told[:1] in _ASIDE), Kind.CHORE),
    )
    return next((then for first, holds, then in rules if first is kind and holds), None)


SERVED = word_set("internship internships placement apprenticeship residency semester year term probation service")
"""What is completed by the time that it takes."""
_DATA = word_set(
    """data database databases mailbox mailboxes mail mails emails accounts files records tables repository repositories
    servers server machine machines instance instances cluster clusters vms workloads service services site sites
    website websites domains backups jobs"""
)
"""What is moved from one machine to another."""
_COPIES = word_set("backup backups database databases dump dumps snapshot snapshots")
_CHANGING = frozenset({"switch to", "switch from", "transfer", "convert", "upgrade"})
_SYSTEMS = word_set("system systems software platform tool tools app apps crm erp cms code")
"""With these in it, or a name, a change from one to the other is that of a system, with a backup and a rehearsal."""
_WHITHER = word_set("to in into out house home back away abroad from with together")
_HOUSEHOLDS = word_set("office home house flat apartment family household furniture belongings company headquarters")
"""Who moves house, or with whom."""
_WAYS_IN = word_set("dns traffic domain domains")
_CERTAIN = [["all"], ["the"], ["our"], ["their"], ["any"]]
"""What is stopped once, as «all sales» and «the ads» are, and is no habit."""
_APPLICANTS = word_set("candidate candidates applicant applicants")
_AUDITS = word_set(
    """audit audits assessment study inspection inspections diligence check checks roadworthiness mot emissions smog
    safety crash vet interview probation screening vetting clearance"""
)
"""What others look into: it is passed by being ready, not by studying."""
_AGREED = word_set(
    "date dates day time times price prices rate hours appointment meeting place budget sum fee fees rent salary terms"
)
"""What is fixed by agreeing on it, and not by mending."""
_CLOSED = word_set("estate inheritance dispute claim case debt debts bill bills account accounts affairs fine fee fees")
"""What is settled by dealing with it, and not by a choice."""
_TRIED_BEFORE = word_set("migration move upgrade deployment restore rollback failover switch copy")
"""What is rehearsed with machines, not before people."""
_ASIDE = [["down"], ["up"], ["to"], ["back"], ["in"], ["off"]]
_BY_HAND = word_set("thank-you addresses adresses address names labels envelopes hand")
"""What is written down one by one, and takes no outline."""
_OFTEN = re.compile(r"\b(?:every|each|weekly|daily|twice|times|3x|2x|4x|5x)\b", re.I)


def _kind_by_nouns(verb: str, kind: Kind, thing: str, said: set[str]) -> Kind:
    match kind:
        case Kind.WRITE if said & SHORT_TEXTS:
            return Kind.CHORE
        case Kind.REPAIR if verb == "restore" and said & _COPIES:
            return Kind.CHORE
        case Kind.WRITE if verb == "write" and _CODE.search(_FOR_WHAT.sub("", thing)):
            return Kind.DEVELOP
        case Kind.FIX if not said & _FAULTS and "software" not in domains(subjects(thing)):
            return Kind.REPAIR
        case Kind.PUBLISH if domains(subjects(thing)) == {"software"}:
            return Kind.LAUNCH
        case Kind.PLAN:
            told = noun_kind(thing)
            return told if told in {Kind.ORGANISE, Kind.TRAVEL, Kind.MIGRATE, Kind.MOVE} else kind
        case _:
            return _kind_of_thing(verb, kind, thing) if kind in WEAK or verb in _LIGHT else kind


def _kind_of_thing(verb: str, kind: Kind, thing: str) -> Kind:
    told = noun_kind(_FOR_WHAT.sub("", thing) if verb == "make" else thing)
    if told is Kind.EXAM and _SCREENINGS & set(words(thing)):
        return Kind.CHORE
    inner = leading_verb(thing) if kind in WEAK else None
    if told is None and inner is not None:
        return inner[1]
    if told is None:
        return Kind.CHORE if kind in WEAK and verb in {"start", "begin", "execute", "hold", "run", "do"} else kind
    made = {Kind.DEVELOP, Kind.DESIGN, Kind.WRITE, Kind.PRESENT, Kind.COURSE}
    if verb in {"make", "create", "prepare"} and told not in made:
        return kind
    if verb in {"have", "take", "attend", "give"} and told not in {Kind.COURSE, Kind.EXAM, Kind.PRESENT, Kind.TRAVEL}:
        return kind
    return Kind.PRESENT if verb == "give" and told is Kind.PRESENT else told
