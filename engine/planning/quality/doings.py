"""What the title of a task says that is done: whether something is built, checked, or made public, and by whom."""

import functools
import re
from dataclasses import dataclass

from engine.planning.criteria.dates import DAY
from engine.planning.criteria.domains import domains
from engine.planning.criteria.kinds import kind_of_doing, kind_of_none
from engine.planning.criteria.verbs import NOUN_LIKE, Kind, is_done, leading_verb, noun_kind
from engine.planning.criteria.wording import stem, subjects, word_set, words
from engine.plans import PlannedTask

MEASURING_WORKS = word_set("measure http_check run_tests approval")
"""Works that check by themselves."""
ASKING_WORKS = word_set("person decide measure approval")
"""Works in which a person does or answers something; a measure that fetches its number asks nobody."""
PASSING_WORKS = word_set("wait subgoal measure decide approval")
"""Works in which only time passes, a number grows or an answer is awaited, or that have a plan of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doing:
    """One task, understood by its title and its work."""

    kind: Kind
    builds: bool = False
    """Whether something comes into being that may have faults."""
    checks_itself: bool = False
    """Whether the check of what it builds is a part of it."""
    checks: bool = False
    """Whether it would show faults of what came before."""
    goes_public: bool = False
    """Whether from here on others see faults."""
    ends: bool = False
    """Whether something old goes away with it, so that what is to replace it must stand."""
    replaces: bool = False
    """Whether something new takes the place of something old."""
    keeps: bool = False
    """Whether a copy of something is made, or what is to stay is set up."""
    deploys: bool = False
    """Whether something is put where it answers from then on."""
    arranges: bool = False
    """Whether it brings what an occasion needs: a place, guests, food."""
    takes_place: bool = False
    """Whether it is the occasion itself: a party that is held, a journey that is made."""
    needs_others: bool = False
    """Whether its pace is set by people outside."""
    objects: frozenset[str] = frozenset()
    """Stems of what it is about, without the doing itself."""


_BUILDING = frozenset(
    {Kind.DEVELOP, Kind.DESIGN, Kind.MIGRATE, Kind.DEPLOY, Kind.SETUP, Kind.FIX, Kind.REPAIR, Kind.OPTIMISE}
)
_PUBLIC = frozenset({Kind.LAUNCH, Kind.PUBLISH, Kind.DEPLOY, Kind.PROMOTE})
_REPLACING = frozenset({Kind.MIGRATE, Kind.DEPLOY, Kind.MOVE})
_ENDING = re.compile(
    r"(?:switch off|turn off|shut down|take down|decommission|retire|delete|remove|cancel|close|dismantle) "
    r"(?:and \w+ )?"
    r"(?:\w+ ){0,2}(?:old|legacy|previous|former|existing)\b"
    r"|(?:switch|turn|shut|take|cut) (?:\w+ ){0,2}(?:old|legacy|previous|former|existing) (?:\w+ ){0,3}(?:off|down)\b",
    re.I,
)
_KEEPING = re.compile(r"(?:back up|take (?:a|one) (?:full |last )?backup|set up (?:the |a |our )?new)\b", re.I)
_INVITING = re.compile(
    r"send (?:out )?(?:the |all )?(?:invitations|invites)\b|find (?:a |the )?(?:band|dj|venue|caterer|photographer)\b",
    re.I,
)
_ARRANGING = word_set("book reserve arrange invite order hire cater") | {"arrange a", "arrange the"}
_HOLDING = word_set("hold host throw celebrate have")
_CHECKING = frozenset({Kind.TEST, Kind.BACKTEST, Kind.CHECK, Kind.MONITOR})
_MAKING = word_set("make create produce")
_TEXTS = word_set(
    "draft thesis paper report book chapter documentation manuscript article essay proposal novel dissertation"
)
_ARRANGED = word_set(
    """when where date dates time times day days hour hours portion price money deposit payment fee meeting order
    account"""
)
"""What is fixed, set up or transferred without being built: «fix a date», «set up a standing order»."""
_UNBUILT = frozenset({"body", "language", "money", "event", "travel"})
"""Domains in which «improve» and «develop» make no thing that could be tested."""
_LIGHT = word_set(
    """have get let ask do run give hold conduct perform complete take make go put see look execute start finish
    schedule arrange organise organize request carry begin collect gather"""
)
"""Verbs that leave it to the words behind them what is done."""
_LETTING = word_set("have get let ask")
"""Light verbs behind which others do it: «have someone review it»."""


def _stems_of(text: str) -> list[str]:
    return [stem(word) for word in words(text)]


_CHECK_VERBS = frozenset(
    _stems_of(
        """test check verify validate confirm review inspect audit assess evaluate examine judge measure prove
        rehearse revise proofread compare backtest simulate monitor observe watch benchmark qa pilot demo show ensure
        reconcile approve try"""
    )
)
_CHECK_NOUNS = frozenset(
    _stems_of(
        """test check verification validation review inspection audit assessment evaluation measurement proof rehearsal
        revision backtest simulation monitoring qa pilot demo trial usability feedback approval sign-off try"""
    )
)
_APPROVING = frozenset(_stems_of("approve accept pass satisfied enough"))
"""Questions whose answer judges what was built: «Is the design approved?»."""
_CHECK_PHRASE = re.compile(
    r"try (?:it |them )?(?:out|on)\b|try [^.]{1,60} out\b|make sure\b|(?:look|go|walk) (?:back|at|over|through)\b"
    r"|play ?-?test|dry[- ]run|read [^.]{1,60} (?:again|aloud)\b|put [^.]{1,60} to (?:real )?use\b|sign off\b",
    re.I,
)
_FOR_CHECKS = re.compile(
    r"(?:test|check|review|monitor|approval|demo|pilot|trial|qa|audit)(?:s|ing)? (?:plans?|cases?|data|environments?|"
    r"machines?|set-?ups?|strateg(?:y|ies)|questions?|scripts?|servers?|devices?|users|accounts?)\b",
    re.I,
)
"""What is needed for a check, and is none itself."""
_LED = re.compile(r"(?:\[[^\]]{1,40}\]|\([^)]{1,40}\)|[^:.,«»]{1,40}:)\s+(?=\S)")
"""What stands before the doing: «Backend: », «[UI] », «Phase 2: »."""
_BEHIND = re.compile(
    r"[,:;(]|\b(?:for|of|on|in|with|without|to|from|by|against|about|at|before|after|until|that|which|because|so)\b",
    re.I,
)
"""Where the thing ends and what is said of it begins."""
_ITS_OWN_CHECK = re.compile(r"(?:[,:;]|\b(?:and|with|until|then)\b)(?P<tail>.*)", re.I | re.S)
"""What a title adds to its doing: «…, and check that people are counted rightly»."""
_SKETCHING = frozenset({"sketch", "draw up", "conceive"})
_GENERIC = subjects("list page result results step part work thing way version plan new first figures")
_OFTEN_OTHERS = frozenset({Kind.HIRE, Kind.INTERVIEW, Kind.RECRUIT, Kind.APPLY, Kind.SELL})
_OTHERS = word_set(
    """someone somebody reviewer reviewers candidate candidates customer customers client clients user users tester
    testers participant participants supervisor lawyer notary bank authority authorities landlord supplier suppliers
    contractor contractors people colleagues guests investors partner partners committee editor journal permit permits
    visa approval licence license mortgage offers conference publisher"""
)
_ASKING = word_set("have get let ask invite find meet wait convince negotiate request collect recruit answer")


def doing_of(task: PlannedTask) -> Doing:
    """What a task does. Never fails: of what can't be read nothing is claimed."""
    return _read(task.title[:200], task.work, task.resources)


@functools.lru_cache(maxsize=4096)
def _read(title: str, work: str, resources: tuple[str, ...]) -> Doing:
    said = _said(title)
    if work == "decide":
        return Doing(kind=Kind.DECIDE, checks=not _APPROVING.isdisjoint(_stems_of(title)), objects=subjects(said.thing))
    checks = work in MEASURING_WORKS or _is_check(said, title)
    builds = not checks and work not in PASSING_WORKS and not _FOR_CHECKS.search(said.head) and _is_building(said)
    return Doing(
        kind=said.kind,
        builds=builds,
        checks_itself=builds and _checks_itself(said, title),
        checks=checks,
        goes_public=said.kind in _PUBLIC or said.stated is Kind.DEPLOY,
        ends=_ENDING.match(title) is not None,
        replaces=(said.stated or said.kind) in _REPLACING,
        keeps=_KEEPING.match(title) is not None,
        deploys=said.stated is Kind.DEPLOY,
        arranges=said.verb in _ARRANGING or _INVITING.match(title) is not None,
        takes_place=_takes_place(said),
        needs_others=_needs_others(said, title, resources),
        objects=subjects(said.thing) - frozenset(_stems_of(said.verb)) - _CHECK_VERBS - _CHECK_NOUNS - _GENERIC,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """A title in its parts."""

    verb: str
    """In its base form; empty for none."""
    kind: Kind
    thing: str
    """What the verb acts on; the whole title where there is no verb."""
    stated: Kind | None = None
    """The kind of the verb alone; None without one."""

    @property
    def head(self) -> str:
        """The thing alone, without what is said of it."""
        return _BEHIND.split(self.thing, maxsplit=1)[0]


def _said(title: str) -> _Said:
    text = title.strip()
    found = leading_verb(text)
    if is_done(text) and (found is None or found[0] in NOUN_LIKE):
        return _Said(verb="", kind=noun_kind(text) or Kind.OTHER, thing=text)
    led = _LED.match(text) if found is None else None
    if led is not None:
        text = text[led.end() :]
        found = leading_verb(text)
    if found is None:
        kind = kind_of_none(text) or noun_kind(_BEHIND.split(text, maxsplit=1)[0])
        return _Said(verb="", kind=kind or Kind.OTHER, thing=text)
    verb, stated = found
    thing = " ".join(text.split()[len(verb.split()) :])
    return _Said(verb=verb, kind=kind_of_doing(verb, stated, thing), thing=thing, stated=stated)


def _is_check(said: _Said, title: str) -> bool:
    if _CHECK_PHRASE.match(title):
        return True
    if _FOR_CHECKS.search(title):
        return False
    if not _CHECK_VERBS.isdisjoint(_stems_of(said.verb or title)[:1]):
        return True
    head = _stems_of(said.head)
    if said.verb in _LETTING:
        return not (_CHECK_NOUNS | _CHECK_VERBS).isdisjoint(_stems_of(said.thing))
    if not said.verb and not _CHECK_VERBS.isdisjoint(head):
        return True
    if not said.verb or said.verb in _LIGHT:
        return said.kind in _CHECKING or not _CHECK_NOUNS.isdisjoint(head)
    return said.kind is Kind.DEVELOP and head[-1:] in (["test"], ["check"])


def _checks_itself(said: _Said, title: str) -> bool:
    added = _ITS_OWN_CHECK.search(said.thing)
    told = _stems_of(added["tail"]) if added is not None and not _FOR_CHECKS.search(title) else []
    return not (_CHECK_VERBS | _CHECK_NOUNS).isdisjoint(told)


def _is_building(said: _Said) -> bool:
    told = set(words(said.head))
    about = domains(subjects(said.thing))
    if (about and about <= _UNBUILT) or told & _ARRANGED or said.verb in _SKETCHING:
        return False
    match said.stated:
        case Kind.WRITE:
            return said.kind is Kind.DEVELOP or (said.kind is Kind.WRITE and bool(told & _TEXTS))
        case Kind.SETUP:
            return "software" in about
        case Kind.DEVELOP if said.verb == "add":
            return "software" in about or noun_kind(said.thing) is Kind.DEVELOP
        case None | Kind.FINISH | Kind.RUN:
            return said.kind in _BUILDING
        case stated if said.verb in _MAKING:
            return said.kind in _BUILDING
        case stated:
            return stated in _BUILDING and said.kind in _BUILDING | {Kind.FEEDBACK}


def _takes_place(said: _Said) -> bool:
    is_event = noun_kind(said.thing) is Kind.ORGANISE
    is_held = is_event and (said.verb in _HOLDING or (not said.verb and DAY.search(said.thing) is not None))
    return is_held or (said.stated is Kind.TRAVEL and said.kind is Kind.TRAVEL)


def _needs_others(said: _Said, title: str, resources: tuple[str, ...]) -> bool:
    told = set(words(said.thing))
    if said.kind in _OFTEN_OTHERS or not _OTHERS.isdisjoint(words(" ".join(resources))):
        return True
    return bool(told & _OTHERS) and ((said.verb or title.lower()).split(" ")[0] in _ASKING or said.kind is Kind.TEST)
