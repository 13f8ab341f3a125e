"""Which compound of `library/general.yaml` a clause calls for, by its kind and by what it is about."""

import re
from dataclasses import dataclass

from engine.planning.criteria.domains import domains
from engine.planning.criteria.kinds import BY_AUDITORS, BY_INSPECTORS, SERVED
from engine.planning.criteria.marks import is_engaged, is_set_afloat, is_small_matter, is_tried_at_once, lookalike
from engine.planning.criteria.nodes import is_bound, is_unread
from engine.planning.criteria.phrasing import IN_STAGES
from engine.planning.criteria.reading import Reading
from engine.planning.criteria.titles import has_no_thing, head_of, names_a_study
from engine.planning.criteria.verbs import EVENTS, Kind, is_done
from engine.planning.criteria.wording import subjects, word_set, words


@dataclass(frozen=True, slots=True, kw_only=True)
class Doing:
    """What a clause calls for."""

    task: str
    """Name of a compound."""
    plain: bool = False
    """Whether only the doing itself is called for, without preparation."""


_K = Kind
BY_KIND: dict[Kind, str] = {
    _K.RESEARCH: "any_research", _K.SETTLE: "any_settle", _K.DESIGN: "any_design", _K.DEVELOP: "any_develop",
    _K.TEST: "any_test", _K.BACKTEST: "any_backtest", _K.OPTIMISE: "any_optimise", _K.FEEDBACK: "any_use_feedback",
    _K.DEPLOY: "any_deploy", _K.MONITOR: "any_monitor", _K.LAUNCH: "any_launch", _K.PROMOTE: "any_promote",
    _K.MIGRATE: "any_migrate", _K.SETUP: "any_set_it_up", _K.FIX: "any_fix", _K.LEARN: "any_learn",
    _K.COURSE: "any_take_course", _K.READ: "any_read", _K.EXAM: "any_pass_exam", _K.COMPETE: "any_compete_in",
    _K.INTERVIEW: "any_interview", _K.RECRUIT: "any_recruit", _K.WRITE: "any_write", _K.PUBLISH: "any_publish",
    _K.PRESENT: "any_present", _K.HIRE: "any_hire", _K.APPLY: "any_apply_for", _K.SELL: "any_sell",
    _K.SAVE: "any_save_up", _K.ORGANISE: "any_organise", _K.FIND: "any_find", _K.PLAN: "any_plan",
    _K.TRAVEL: "any_travel_there", _K.MOVE: "any_move_house", _K.TRAIN: "any_train_for",
    _K.PRACTISE: "any_practise", _K.QUIT: "any_quit", _K.TIDY: "any_tidy_up", _K.REPAIR: "any_repair",
    _K.DECIDE: "any_decide_on", _K.STATE: "any_see_to",
}  # fmt: skip
"""Kinds that are not here are done in one step."""
ONE_STEP = Doing(task="any_do_it_once")
_SMALL_KINDS = frozenset({_K.CHORE, _K.BUY, _K.TIDY, _K.WAIT, _K.CHECK})
_BIG_BUYS = word_set(
    """house flat apartment home car laptop computer phone camera bike bicycle sofa insurance piano boat bed fridge
    machine tv motorbike ring land washing telescope guitar oven tractor van truck"""
)
_BUILT_BY_HAND = word_set(
    """coop hutch kennel treehouse table bench boat canoe kite raft oven pond deck terrace greenhouse playhouse sandbox
    bookcase cupboard wardrobe ramp cabin hut sauna doghouse cart sled sledge costume puppet puppets pergola carport
    birdhouse nestbox hive beehive wall path stairs swing stool chair bookshelf shelf shelves box desk"""
)
_BUILDINGS = word_set("house home extension annexe annex conservatory barn stable stables cottage dormer")
"""What is built over months, by a firm or with one."""
_BIG_PLACES = word_set("house flat apartment office room kitchen bedroom")
_FULL_PLACES = word_set("garage attic basement cellar shed wardrobe closet loft")
_SHORT_READS = word_set("call brief guidelines rules contract terms instructions letter lease small-print faq")
_BOOKS = word_set("book novel thesis textbook manual")
PEOPLE = word_set(
    """kids children visitors users customers people testers participants clients friends readers players students
    patients"""
)
_REVISING = word_set("edit revise rewrite proofread translate")
_REVISING_VERBS = tuple(sorted(_REVISING))
_LONG_SEARCHES = word_set(
    """flat apartment appartment house home job location premises investor investors co-founder cofounder venue
    office room publisher agent"""
)
_OFFICIAL = word_set(
    """permit permits permission visa mortgage loan approval licence license insurance citizenship passport certificate
    grant"""
)
_FINISHING = frozenset({"finish", "finali", "comple"})
"""How verbs begin that bring something to its end."""
_SERVING = _FINISHING | {"do", "serve"}
_RENTED = word_set(
    "shop flat apartment house office premises rooms studio workshop warehouse stall garage field land barn"
)
"""What is seen, agreed on and signed before it is rented."""
_IN_MONTHS = word_set("building planning construction work residence residency immigration student zoning operating")
"""Which permits and visas an office takes months for."""
_AT_COURT = word_set("divorce divorced custody adoption patent asylum probate guardianship citizenship naturalisation")
_DISPUTED = word_set("estate inheritance dispute claim case")
_ADOPTS = re.compile(r"adopt (?:a|our|the) (?:\w+ )?(?:child|baby|boy|girl|son|daughter)\b", re.I)
_PROPERTY = word_set(
    "house flat apartment home cottage cabin land plot building property farm company business firm shop practice"
)
"""What nobody buys or sells within a week."""
_SMALL_LESSONS = word_set(
    """chapters phrases words song songs alphabet chords basics basic poem trick tricks recipe recipes dance lines
    scales"""
)
_SHORT_DOCS = word_set(
    """ad advert description abstract bio agenda changelog summary brief faq announcement invitation cv resume policy
    policies profile schedule budget calendar rota timetable checklist spreadsheet"""
)
_ATTENDED = word_set(
    """first-aid birth antenatal baby parenting cooking baking dance dancing swimming diving sailing ski skiing riding
    lesson lessons driving music tennis golf guitar piano violin singing
    yoga pottery safety hygiene puppy lifeguard self-defence self-defense"""
)
"""Courses of which one comes home with hands that know it, and no notes."""
_JUDGED = word_set("audit audits inspection inspections diligence mot check checks")
_TRADES = word_set("plumbing tiling wiring plastering electrics flooring painting roofing landscaping")
_DOING_ONLY = frozenset(
    {_K.PLAN, _K.WRITE, _K.READ, _K.DEVELOP, _K.FIX, _K.DESIGN, _K.PUBLISH, _K.COURSE, _K.LEARN, _K.PRESENT, _K.REPAIR}
)
"""Kinds that are done one by one when they are counted, without preparation for all of them."""
_EMPTY_THING = frozenset({_K.LEARN, _K.WRITE, _K.READ, _K.FIX, _K.DEVELOP, _K.DESIGN, _K.HIRE, _K.QUIT})


_ASKED_OF_OFFICES = frozenset({_K.CHORE, _K.BUY, _K.APPLY, _K.OTHER, _K.FINISH, _K.STATE, _K.TIDY})
_BY_HEART = re.compile(r"\bby heart\b", re.I)
_IS_ASKED = re.compile(r"(?:what|why|how|who|where|when)\b", re.I)
_ALL_OF = re.compile(r"(?:all|every|each)\b", re.I)


def doing_of(reading: Reading) -> Doing:
    """The doing that a clause calls for."""
    said = frozenset(word.removesuffix("'s").removesuffix("’s") for word in words(reading.text))
    small = lookalike(reading)
    special = (
        Doing(task=small) if small else _by_thing(reading, said) or _by_size(reading, said) or _by_manner(reading, said)
    )
    if special is not None:
        return special
    if is_bound(reading):
        return Doing(task="any_hold_to")
    if is_unread(reading):
        return Doing(task="any_do_unread")
    if reading.kind is Kind.BUY and _ANIMALS & set(words(head_of(reading))):
        return Doing(task="any_take_in")
    if _is_handiwork(reading, said):
        return Doing(task="any_do_trade")
    by_others = _by_others(reading, said)
    if by_others is not None:
        return by_others
    if is_done(reading.text):
        return Doing(task="any_bring_about") if reading.count is None else ONE_STEP
    if reading.kind is Kind.OTHER and said & _TRADES:
        return Doing(task="any_do_trade")
    task = BY_KIND.get(reading.kind)
    if task is None:
        return Doing(task="any_do_chore") if reading.kind in _SMALL_KINDS else ONE_STEP
    is_many = reading.count is not None or _ALL_OF.match(reading.thing) is not None
    counted = is_many and reading.kind in _DOING_ONLY
    return Doing(task=task, plain=counted or (not reading.thing.strip() and reading.kind in _EMPTY_THING))


_HANDIWORK = re.compile(
    r"(?:tear|rip|knock|strip|demolish|tile|plaster|grout|lay|pour|put (?:up|on)|dig|knit|sew|crochet|weave|carve|weld|"
    r"rebuild|restore|reassemble|dismantle|take .{1,30} apart|sand|"
    r"put .{1,30} (?:back )?together|varnish|wire|rewire|insulate)\b",
    re.I,
)
_BUILT_IN = word_set(
    """cabinets kitchen pump boiler heating shower bathtub bath sink toilet window windows door doors floor stove panels
    stairs fence gate radiators"""
)
_ROOMS = word_set("wall walls ceiling room rooms house fence kitchen bathroom bedroom facade shed garage boat")


def _is_handiwork(reading: Reading, said: frozenset[str]) -> bool:
    """Whether a clause is work of days for hands: «Tear out the old cabinets», «Paint the walls», «Knit the back»."""
    if reading.count is not None or reading.target is not None or "software" in domains(subjects(head_of(reading))):
        return False
    if reading.kind is Kind.SETUP:
        return bool(said & _BUILT_IN)
    by_hand = _HANDIWORK.match(reading.text) is not None or (reading.verb == "paint" and bool(said & _ROOMS))
    return by_hand and reading.kind in _BY_HAND


_BY_HAND = frozenset({_K.MAKE, _K.OTHER, _K.CHORE})
_GRANTED = word_set(
    """approved granted issued registered licensed licenced certified notarised notarized patented admitted
    naturalised naturalized"""
)
"""What an office or a board does with what lies before it."""
_ANSWERED = word_set(
    """arrived accepted signed confirmed delivered shipped returned refunded reimbursed renewed countersigned answered
    paid installed connected"""
)
"""What others do in their own time."""
_OFFICES = word_set(
    """city council court ministry office authority authorities embassy consulate tax customs trademark patent visa
    passport permit licence license citizenship bank insurer publisher journal university board committee regulator"""
)
_GRANTING = word_set("accept approve grant issue confirm register license publish admit")
_RECEIVING = (["receive"], ["await"])
_ARRIVALS = word_set("delivery deliveries shipment parcel")


def _by_others(reading: Reading, said: frozenset[str]) -> Doing | None:
    """What others bring about, at their own pace: «Have the plans approved», «Trademark registered», «Get delivery»."""
    if reading.target is not None or (reading.count is not None and reading.verb):
        return None
    if reading.kind in {Kind.OTHER, Kind.FINISH} and said & SERVED and reading.verb[:6] in _SERVING:
        return Doing(task="any_serve")
    if reading.verb in {"rent", "lease"} and reading.kind is Kind.BUY and said & _RENTED:
        return Doing(task="any_have_others_do")
    return _by_what_is_done(reading, said)


def _by_what_is_done(reading: Reading, said: frozenset[str]) -> Doing | None:
    """For what offices grant, and what others answer, deliver or do for one."""
    asks = reading.verb in {"", "get", "have", "obtain", "see"}
    is_judged = said & _JUDGED and said & {"passed", "accepted", "approved"}
    if asks and (is_judged or _THROUGH.search(reading.text) or BY_AUDITORS.match(reading.text)):
        return Doing(task="any_be_judged")
    if asks and (said & _GRANTED or BY_INSPECTORS.match(reading.text)):
        return Doing(task="any_have_granted")
    if asks and said & _ANSWERED and not reading.text.lower().startswith("get accepted"):
        return Doing(task="any_have_granted" if said & _OFFICES else "any_have_others_do")
    told = words(reading.text)
    if reading.verb == "have" and said & _OFFICES and said & _GRANTING:
        return Doing(task="any_have_granted")
    if asks and _HAS_DONE.fullmatch(reading.text.strip(" .!")):
        return Doing(task="any_have_others_do")
    waits = told[:1] in _RECEIVING or (reading.kind is Kind.WAIT and reading.seconds is None)
    if waits and reading.not_before is None:
        return Doing(task="any_have_granted" if said & _OFFICES else "any_have_others_do")
    if reading.verb == "register" and said & {"company", "trademark", "patent", "business", "charity", "association"}:
        return Doing(task="any_have_granted")
    is_arrival = reading.verb in {"get", "take", "have"} and said & _ARRIVALS
    return Doing(task="any_have_others_do") if is_arrival else None


_THROUGH = re.compile(r"\bthrough (?:the |its )?(?:\w+ )?(?:inspection|audit|mot|customs|approval)\b", re.I)
_HAS_DONE = re.compile(
    r"(?:have|get) (?!(?:accepted|admitted|married|ready|started|rid)\b)\S.{0,50}?\s(?:\w{3,}ed|swept|cut|made|done)"
    r"(?: (?:by|at|in|from) .{2,40})?",
    re.I,
)
"""What one has somebody do: «Have the chimney swept», «Get it valued by an agent»."""
_ANIMALS = word_set("dog cat puppy kitten horse pony pet rabbit parrot hamster tortoise")


def _plainly(kind: Kind) -> Doing:
    return Doing(task=BY_KIND[kind], plain=True)


def _by_thing(reading: Reading, said: frozenset[str]) -> Doing | None:
    """For kinds that depend on what is bought, built, hired, written or read."""
    match reading.kind:
        case Kind.DEVELOP if said & _BUILDINGS and "software" not in domains(subjects(reading.text)):
            return Doing(task="any_build_large")
        case Kind.DEVELOP if domains(subjects(head_of(reading))) & {"home", "event"} or said & _BUILT_BY_HAND:
            return Doing(task="any_craft")
        case Kind.BUY | Kind.SELL if reading.verb in {"buy", "purchase", "sell"} and _is_property(reading):
            return Doing(task="any_buy_property" if reading.kind is Kind.BUY else "any_sell_property")
        case Kind.BUY if said & _BIG_BUYS and not re.search(r",| and ", reading.thing):
            return Doing(task="any_buy_large")
        case Kind.HIRE if is_engaged(head_of(reading)):
            return Doing(task="any_hire_service")
        case Kind.TIDY if said & _FULL_PLACES or (said & _BIG_PLACES and reading.verb != "clean"):
            return Doing(task="any_tidy_full_place")
        case Kind.FIND if said & _LONG_SEARCHES:
            return Doing(task="any_search_long")
        case Kind.READ if said & _SHORT_READS and not said & _BOOKS and reading.count is None:
            return ONE_STEP
        case Kind.READ if not said & _BOOKS and not re.search(r"['’]s\b", reading.text):
            return _plainly(Kind.READ)
        case _:
            return None


def _is_property(reading: Reading) -> bool:
    """Whether a clause is about a house, a firm or the like as a whole: «Sell the flat», not «Sell the flat screen»."""
    return not _PROPERTY.isdisjoint(words(head_of(reading))[-1:])


def _takes_months(reading: Reading, said: frozenset[str]) -> bool:
    """Whether a clause wants of an office or a court what is granted after months."""
    asks = reading.verb in {"get", "get a", "get an", "apply", "apply for", "have", "file", "", "finalise", "finalize"}
    if reading.verb in {"settle", "sort out", "clear"}:
        return bool(said & _DISPUTED)
    granted = said & _AT_COURT or (said & _OFFICIAL and said & _IN_MONTHS)
    return _ADOPTS.match(reading.text) is not None or (asks and bool(granted) and reading.target is None)


def _by_size(reading: Reading, said: frozenset[str]) -> Doing | None:
    """For what is smaller, or needs more papers, than others of its kind."""
    if _takes_months(reading, said) and reading.kind in _ASKED_OF_OFFICES:
        return Doing(task="any_get_official_slowly")
    match reading.kind:
        case Kind.CHORE | Kind.BUY if (
            said & _OFFICIAL
            and reading.verb[:3] in {"get", "app", "ren", "ask"}
            and not said & {"slip", "slips"}
            and not is_small_matter(reading.text)
        ):
            return Doing(task="any_get_official")
        case Kind.COURSE if said & _ATTENDED:
            return Doing(task="any_attend")
        case Kind.LEARN if _BY_HEART.search(reading.text):
            return ONE_STEP
        case Kind.LEARN if said & _SMALL_LESSONS:
            return Doing(task="any_learn_small")
        case Kind.WRITE if _IS_ASKED.match(reading.thing):
            return _plainly(Kind.WRITE)
        case Kind.WRITE | Kind.DEVELOP if not reading.verb.startswith(_REVISING_VERBS) and _SHORT_DOCS & (
            said if reading.kind is Kind.WRITE else {*words(head_of(reading))[-1:]}
        ):
            return Doing(task="any_write_short")
        case Kind.ORGANISE if not said & EVENTS and not reading.verb and reading.not_before is not None:
            return ONE_STEP
        case Kind.ORGANISE if not said & EVENTS:
            return Doing(task="any_arrange_small")
        case _:
            return None


def _by_manner(reading: Reading, said: frozenset[str]) -> Doing | None:
    """For kinds that depend on how it is said."""
    match reading.kind:
        case Kind.TEST if reading.count is not None and PEOPLE & set(words(reading.count.noun)):
            return Doing(task="any_test_with_people")
        case Kind.TEST if reading.verb and reading.seconds is None and is_tried_at_once(reading):
            return ONE_STEP
        case Kind.RESEARCH if reading.verb and has_no_thing(reading):
            return ONE_STEP  # «Audit with a screen reader»
        case Kind.RESEARCH if reading.verb in {"", "complete", "do", "run", "conduct"} or names_a_study(reading):
            return Doing(task="any_study")
        case Kind.RESEARCH if reading.verb in {"compare", "map", "identify"}:
            return _plainly(Kind.RESEARCH)
        case Kind.SAVE if reading.verb == "pay off":
            return Doing(task="any_pay_off_debts")
        case Kind.LEARN if has_no_thing(reading) or re.match(r"\d", reading.thing):
            return _plainly(Kind.LEARN)
        case Kind.PRACTISE if reading.count is not None and reading.count.days is None and reading.by is None:
            return ONE_STEP
        case Kind.PRACTISE if reading.count is None and reading.seconds is None:
            return _plainly(Kind.PRACTISE)
        case _:
            return _by_making(reading, said)


def _by_making(reading: Reading, said: frozenset[str]) -> Doing | None:
    """For what is made or met in one way or another."""
    match reading.kind:
        case Kind.DEVELOP if "scratch" in said:
            return Doing(task="any_develop_from_scratch")
        case Kind.DEVELOP if "production" in said:
            return Doing(task="any_develop_for_production")
        case Kind.DEVELOP if said & {"tests", "code", "test"}:
            return _plainly(Kind.DEVELOP)
        case Kind.ORGANISE if reading.verb in {"plan", "organise", "organize", "arrange a", "arrange the"}:
            return Doing(task="any_hold_event")
        case Kind.REPAIR if reading.verb == "renovate":
            return Doing(task="any_renovate")
        case Kind.DEPLOY if IN_STAGES.match(reading.text):
            return _plainly(Kind.DEPLOY)
        case Kind.LAUNCH if is_set_afloat(reading.thing):
            return Doing(task="any_set_afloat")
        case Kind.LAUNCH if reading.verb == "open":
            return Doing(task="any_open")
        case _:
            return _by_verb(reading) or _by_meeting(reading, said)


def _by_verb(reading: Reading) -> Doing | None:
    """For kinds of which some verbs say more than the kind."""
    match reading.kind:
        case Kind.PRESENT if reading.verb in {"prepare", "write", "draft"}:
            return ONE_STEP
        case Kind.WRITE if reading.verb == "outline":
            return _plainly(Kind.WRITE)
        case Kind.FIX | Kind.REPAIR if reading.thing.lower().startswith("what"):
            return ONE_STEP
        case Kind.FINISH if reading.verb[:6] in _FINISHING and reading.count is None and not reading.seconds:
            return Doing(task="any_finish")
        case Kind.DECIDE if reading.verb == "agree on" and not re.match(r"\d|(?:one|it|them)\b", reading.thing):
            return Doing(task="any_agree_on")
        case _:
            return None


def _by_meeting(reading: Reading, said: frozenset[str]) -> Doing | None:
    """For what is met, finished, chosen or handed in."""
    match reading.kind:
        case Kind.WRITE if reading.verb in _REVISING or re.match(r"(?:proofread|edit|revis)", reading.text, re.I):
            return Doing(task="any_revise")
        case Kind.PUBLISH if has_no_thing(reading) or not reading.thing:
            return _plainly(Kind.PUBLISH)
        case Kind.OTHER if reading.verb == "pass":
            return Doing(task="any_be_judged" if said & _JUDGED else "any_bring_about")
        case Kind.OTHER if reading.verb == "interview":
            return Doing(task="any_meet_candidates")
        case Kind.EXAM if re.search(
            r"\b(?:mock|trial|(?:old|past|practi[cs]e|previous|sample) exam)", reading.text, re.I
        ):
            return ONE_STEP
        case Kind.DECIDE if re.search(r"\d|^(?:one|it|them)\b", reading.thing):
            return _plainly(Kind.DECIDE)
        case Kind.INTERVIEW if not reading.verb or reading.verb in {"have", "attend", "get"}:
            return ONE_STEP
        case Kind.CHORE if reading.verb == "visit" and re.match(r"[A-Z]", reading.thing) and "'s" not in reading.thing:
            return Doing(task="any_travel_there")
        case _:
            return None
