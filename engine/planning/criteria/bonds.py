"""What ties one clause to another by what they are: a farewell, a day that is set, «it», a thing made and then used.

Nothing here is said with a word of order. Yet a plan that goes against it harms somebody: the old server is gone before
the new one stands, the party begins before anybody was invited.
"""

import re
from collections.abc import Iterator

from engine.planning.criteria.kinds import HAND_MADE, is_celebration
from engine.planning.criteria.marks import CANCELS, CLEARING
from engine.planning.criteria.nodes import (
    LONG_LIST,
    Node,
    has_rhythm,
    is_bound,
    is_budget,
    is_cap,
    is_left_for_after,
    is_occasion,
    is_told_then,
)
from engine.planning.criteria.reading import Reading
from engine.planning.criteria.titles import head_of
from engine.planning.criteria.verbs import Kind, is_done
from engine.planning.criteria.wording import stem, subjects, word_set, words

Pair = tuple[int, int]
"""(what comes first, what comes then), by their numbers."""

_OLD = r"(?:old|legacy|previous|former|existing)"
_GONE = (
    r"(?:switched off|turned off|shut down|taken down|decommissioned|retired|deleted|erased|wiped|removed|cancelled|"
    r"dismantled|demolished|torn down|scrapped|abolished|phased out|withdrawn|terminated|handed back)"
)
_FAREWELL = re.compile(
    rf"(?:switch off|turn off|shut down|take down|tear down|decommission|retire)\b"
    rf"|(?:switch|turn|shut|take|cut)\s(?:\w+\s){{0,2}}{_OLD}\s(?:\w+\s){{0,3}}(?:off|down)\b"
    r"|(?:switch|turn|shut)\s(?:the\s)?[\w.-]+\s(?:off|down)$"
    rf"|(?:delete|erase|wipe|cancel|close|uninstall)\s(?:\w+\s){{0,2}}{_OLD}\b"
    r"|(?:delete|cancel|close|terminate)\s(?:(?:the|our|my)\s)?(?!bank|savings)\w+\s(?:account|subscription|licen[cs]es?|plan|hosting)\b"
    rf"|(?:the\s)?{_OLD}\s.{{1,60}}\b(?:is|are|was|has been|have been)\s{_GONE}"
    rf"|(?:the\s)?{_OLD}\s(?:[\w-]+\s){{1,3}}(?:off|offline|down|gone|{_GONE})$"
    r"|(?:[\w.-]+\s){1,3}(?:decommissioned|(?:shut|turned|switched|taken) (?:off|down))$",
    re.I,
)
_WIPING = re.compile(r"(?:delete|erase|wipe|destroy)\b", re.I)
"""What ends for good only that of which it speaks: «Delete the photos»."""
_UNUSED = re.compile(r"\b(?:dead|slow(?:est)?|internal|unused|obsolete|stale|duplicate[sd]?|commented)\b", re.I)
"""What nobody relies upon."""
_STANDS = frozenset(
    {
        Kind.SETUP, Kind.MIGRATE, Kind.MOVE, Kind.DEPLOY, Kind.LAUNCH, Kind.DEVELOP, Kind.TEST, Kind.CHECK,
        Kind.MONITOR, Kind.STATE,
    }
)  # fmt: skip
"""Kinds that bring about, or look after, what takes the place of something old."""
_KEEPING = frozenset(
    stem(word)
    for word in word_set(
        """backup backups back export copy archive inventory verify transfer import redirect dns mx records new
        migrate migration move switch-over cutover reconcile"""
    )
)
_SECURES = re.compile(r"(?:sign|book|rent|lease|order|buy)\b(?! out\b)", re.I)
"""What gets the new before the old is given up: «Sign the lease»."""
_HOMES = frozenset(stem(word) for word in word_set("lease rent flat apartment house landlord tenancy kitchen bathroom"))


def is_farewell(node: Node) -> bool:
    """Whether a clause takes something away that can't be had back: «Switch off the old server»."""
    text = node.reading.text
    if _WIPING.match(text) or ("software" in node.domains and CLEARING.match(text) and not _UNUSED.search(text)):
        return True
    is_home = bool(node.own & _HOMES) or "home" in node.domains
    return _FAREWELL.match(text) is not None and ("software" in node.domains or not is_home)


def takes_out_of_use(reading: Reading) -> bool:
    """Whether a clause ends the use of something that was relied upon: «Switch off the old server»."""
    return _FAREWELL.match(reading.text) is not None


def farewells(nodes: tuple[Node, ...]) -> Iterator[Pair]:
    """A farewell comes after all that moves, sets up, keeps or proves what is to stay; making room comes before."""
    for node in nodes:
        if is_farewell(node):
            yield from ((other.index, node.index) for other in nodes if _stays(other, node))
        elif CLEARING.match(node.reading.text):
            yield from ((node.index, other.index) for other in nodes if _takes_its_place(node, other))


def _stays(other: Node, gone: Node) -> bool:
    """Whether a clause is to hold before something goes for good."""
    if other.index == gone.index or is_farewell(other) or other.reading.clause.place > 0 or is_budget(other.reading):
        return False
    apart = bool(other.domains and gone.domains) and not other.domains & gone.domains
    if apart or (other.reading.clause.after and subjects(other.reading.clause.after) & gone.own):
        return False
    if _WIPING.match(gone.reading.text) and _FAREWELL.match(gone.reading.text) is None and not other.own & gone.own:
        return "back" in words(other.reading.text) or stem("backup") in other.stems
    if other.reading.url is not None and other.reading.url.alone:
        return _answers(gone)
    secures = _SECURES.match(other.reading.text) is not None and _FAREWELL.match(gone.reading.text) is not None
    trains = other.reading.verb == "train" and other.reading.kind is Kind.ORGANISE
    is_live = re.match(r"(?:go(?:es)? )?live\b", other.reading.text, re.I) is not None
    stands = secures or trains or is_live or other.reading.kind in _STANDS or bool(other.stems & _KEEPING)
    return stands or (other.index < gone.index and (other.reading.target is not None or bool(other.own & gone.own)))


def _answers(gone: Node) -> bool:
    """Whether a page can tell that what goes is not missed: none shows what takes the place of a contract at home."""
    return stem(CANCELS) not in gone.stems or "software" in gone.domains or bool(gone.stems & _ONLINE)


_ONLINE = frozenset(stem(word) for word in word_set("hosting host domain dns site shop web machine service system"))


def _takes_its_place(old: Node, other: Node) -> bool:
    """Whether a clause puts something where another makes room: «Install the new one»."""
    puts = other.reading.kind in {Kind.SETUP, Kind.DEVELOP, Kind.MAKE, Kind.REPAIR}
    if not puts or other.criterion <= old.criterion:
        return False
    is_next = other.criterion == old.criterion + 1
    follows = is_next and (other.reading.kind is Kind.SETUP or points_back(other.reading))
    return follows or bool(subjects(head_of(old.reading)) & other.own)


_POINTING = re.compile(
    r"^(?:it|them|these|those|they|each [a-z]+(?<!s)s)\b|\b(?:them|those)\b|\bthe \w+ ones?\b"
    r"|(?<!\bto )(?<!\bof )\bit$|^(?:run|lay|connect|bring|attach|fix|add|link|fit|tie|nail|screw|glue) .+ to it$"
    r"|^(?!see\b|make\b|take\b)\w+(?: (?:up|out|in|on|off|down))? it\b(?! (?:is|was)\b)|^repeat (?!the|an?\b)"
)
_LACKS_ITS_THING = re.compile(
    r"(?!married|retired|licen[cs]ed|insured|interested|based|registered|enrolled|qualified|certified|trained|prepared|"
    r"located|furnished|limited|learned|started|moved|stopped|agreed)"
    r"(?:[a-z]{3,}ed|proofread|sold|sent|hung|bound|sewn|cut|built|made)"
    r"(?=$|,\s[a-z]+ed\b|\sand\s[a-z]+ed\b|\s(?:together|up|by|on|in|at|and|before|until|to|with|from|once|twice|again)\b)",
    re.I,
)
"""What was done to something that was named before: «Proofread by Tom», «installed before winter»."""
_IDIOMS = re.compile(r"make it\b|see to it\b|take it easy\b|call it\b", re.I)
_POINTING_THING = re.compile(
    r"^(?:it|them|these|those|(?:everything|everyone)(?!['’]| (?:the|an?|our|my)\b))\b|"
    r"\bthe (?:rest|others|remaining ones?)\b|\b(?:them|those)\b|\b(?:or|and) \w+ (?:each|every) one\b|"
    r"\beach (?:one|of them)\b|\b(?:about|of|for|to|from|on) each$",
    re.I,
)
_ACTS_ON_SOMETHING = frozenset(
    {
        Kind.DEVELOP, Kind.TEST, Kind.PUBLISH, Kind.LAUNCH, Kind.DEPLOY, Kind.SETUP, Kind.FIX, Kind.MAKE, Kind.SELL,
        Kind.REPAIR, Kind.MIGRATE, Kind.OPTIMISE, Kind.DESIGN,
    }
)  # fmt: skip


def points_back(reading: Reading) -> bool:
    """Whether a clause speaks of what was said before it: «Decorate it», «Install the new one», «Build»."""
    if reading.verb and not reading.thing.strip(" .!"):
        return reading.kind in _ACTS_ON_SOMETHING
    text = reading.text.strip(" .!")
    lacks_it = _lacks_its_thing(text)
    if lacks_it or _IDIOMS.match(text):
        return lacks_it
    head = text.partition(", ")[0]
    told = head if " " in head else text  # «Hire 3 cooks, one of them senior»
    is_so = _POINTING.search(f"{told[:1].lower()}{told[1:60]}") is not None
    return is_so or _POINTING_THING.search(reading.thing[: min(40, len(told))].strip(" .!")) is not None


def _lacks_its_thing(text: str) -> bool:
    return _LACKS_ITS_THING.match(text) is not None and is_done(f"it {text}")


_BARE = re.compile(r"\w+(?: (?:up|out|in|on|off|down))? it(?: (?:up|out|in|on|off|down|together|live))?", re.I)


def pointed(nodes: tuple[Node, ...]) -> Iterator[Pair]:
    """A criterion that speaks of «it», «them» or «the new one» comes after the one before it. One that says no more
    than «Plant it», and ends the list, comes after all that was listed to get there."""
    last = nodes[-1].criterion if nodes else 0
    for node in nodes:
        if node.criterion and node.reading.clause.step == 0 and points_back(node.reading):
            is_bare = _BARE.fullmatch(node.reading.text.strip(" .!")) is not None and node.criterion == last
            is_bare = is_bare or _lacks_its_thing(node.reading.text.strip(" .!"))
            ends, nearest = is_bare and len(nodes) <= LONG_LIST, node.criterion - 1
            yield from (
                (other.index, node.index)
                for other in nodes
                if other.criterion == nearest or (ends and other.criterion < nearest and _leads_there(other, node))
            )


def _leads_there(other: Node, end: Node) -> bool:
    """Whether a clause may be a step to what ends the list: no figure or habit, and nothing of another domain."""
    reading = other.reading
    apart = other.domains and end.domains and not other.domains & end.domains
    return not (has_rhythm(reading) or apart or reading.target is not None or is_budget(reading))


_GETTING = word_set("buy get order bring rent borrow purchase collect gather")
_MAKING = frozenset({Kind.MAKE, Kind.DEVELOP, Kind.SETUP, Kind.REPAIR})
_ASIDE = frozenset(
    {
        Kind.BUY, Kind.FIND, Kind.DECIDE, Kind.RESEARCH, Kind.PLAN, Kind.SAVE, Kind.DESIGN, Kind.ORGANISE, Kind.WRITE,
        Kind.INTERVIEW, Kind.HIRE, Kind.RECRUIT, Kind.SETTLE, Kind.MIGRATE,
    }
)  # fmt: skip
"""Kinds that may just as well come before the thing is there."""


_AS_BOUGHT = frozenset(stem(word) for word in word_set("new used second-hand secondhand cheap good"))


def used(nodes: tuple[Node, ...]) -> Iterator[Pair]:
    """What is bought or made comes before what is done with it further down: «Bake the cake», «Decorate the cake»."""
    if len(nodes) > LONG_LIST:
        return
    stages, begins = [_stage(node) for node in nodes], ["".join(words(node.reading.text)[:1]) for node in nodes]
    nouns = [_spoken_of(node.reading) for node in nodes]
    for node, stage in zip(nodes, stages, strict=True):
        uses = _uses_of(node, stage)
        for other, begin in zip(nodes, begins, strict=True):
            if (begin in uses and other.criterion > node.criterion) or _is_result_of(node, other, nouns[other.index]):
                yield node.index, other.index
        thing = subjects(head_of(node.reading)) - _AS_BOUGHT if stage <= 1 and node.reading.target is None else ()
        for other in nodes[node.index + 1 :] if thing else ():
            if other.criterion != node.criterion and other.own.issuperset(thing) and stages[other.index] > stage:
                yield node.index, other.index


_TOOL = re.compile(r"\b([a-z]{2,})(?:ing|er)\b", re.I)
_OF_A_DOING = re.compile(r"\b(?:the|these|those|all)\s([a-z]{4,})\b(?!\s[a-z]{4,}(?<!with)(?<!from)(?<!into))", re.I)


def _uses_of(tool: Node, stage: int) -> set[str]:
    """What something is got, or mended, for, where it tells: a sewing machine to sew, a printer to print."""
    if stage != 0 and tool.reading.kind is not Kind.REPAIR:
        return set()
    roots = {root.lower() for root in _TOOL.findall(head_of(tool.reading)) if len(root) > 2}
    return {form for root in roots for form in (root, f"{root}e", root[:-1])}


def _is_result_of(first: Node, then: Node, nouns: list[str]) -> bool:
    """Whether such a noun is what came of another clause, or is told of there for the first time: «Interview 12
    nurses», «Transcribe the interviews», «Thank the nurses»."""
    verb = first.reading.verb
    if not nouns or first.criterion == then.criterion or verb == then.reading.verb or " " in verb:
        return False
    brings = first.criterion < then.criterion and first.reading.target is None and _new_thing(first.reading)
    return any((stem(noun) == stem(verb) and noun != verb) or stem(noun) == brings for noun in nouns)


def _spoken_of(reading: Reading) -> list[str]:
    """Nouns that a clause speaks of as known: «the samples» in «Sequence the samples», «data» in «Data cleaning»."""
    named = None if reading.verb else _DOING_WITH.fullmatch(reading.text)
    return [named[1].lower()] if named is not None else _OF_A_DOING.findall(reading.text)


_DOING_WITH = re.compile(r"([a-z]{4,})\s[a-z]{3,}(?:ing|tion|sis|ment)", re.I)


def _new_thing(reading: Reading) -> str:
    """The stem of what a clause speaks of for the first time: «60 soil samples», but not «the samples»."""
    told = words(head_of(reading))
    told = told[:-1] if not reading.verb and is_done(reading.text) else told
    return "" if not told or _SPOKEN_OF.match(reading.thing) else stem(told[-1])


_SPOKEN_OF = re.compile(r"(?:the|my|our|all|these|those|their|his|her|each|every)\s[\w-]+$", re.I)


_FIRST = re.compile(r"\b(?:the|my|our) first\b", re.I)


def begun(nodes: tuple[Node, ...]) -> Iterator[Pair]:
    """The first of something comes before it goes on and on: «Send the first issue», «Send an issue every 2 weeks»;
    «Train the model», «Weekly retraining»."""
    going_on = [node for node in nodes if has_rhythm(node.reading)]
    for node in nodes:
        if _FIRST.search(node.reading.text) and node not in going_on:
            thing = subjects(head_of(node.reading)) - {"first"}
            yield from ((node.index, other.index) for other in going_on if thing and thing <= other.own)
        again = {stem(f"re{node.reading.verb}"), stem(f"re-{node.reading.verb}")} if node.reading.verb else set()
        yield from ((node.index, other.index) for other in going_on if node is not other and other.stems & again)


def _stage(node: Node) -> int:
    """0 for what is got, 1 for what is made, 2 for what is done with it; -1 for what stands outside of that."""
    reading = node.reading
    if reading.verb in _GETTING and reading.kind in {Kind.BUY, Kind.CHORE, Kind.REACH}:
        return 0
    if reading.kind in _MAKING or HAND_MADE.match(reading.text):
        return 1
    return 2 if reading.kind not in _ASIDE and not re.search(rf"\b{_OLD}\b", reading.text, re.I) else -1


_FOR_ONESELF = frozenset(
    {
        Kind.READ, Kind.LEARN, Kind.PRACTISE, Kind.TRAIN, Kind.QUIT, Kind.COURSE, Kind.EXAM, Kind.COMPETE, Kind.SAVE,
        Kind.DEVELOP, Kind.DEPLOY, Kind.LAUNCH, Kind.MIGRATE,
    }
)  # fmt: skip
"""Kinds that prepare no occasion unless they speak of it."""
_FRAME = frozenset(stem(word) for word in word_set("date day place venue location hall guest guests budget number"))
_SETTLING = re.compile(r"(?:settle|agree|choose|decide|fix|set|pick)\b", re.I)


def _settles(node: Node) -> bool:
    """Whether a clause settles what all else about an occasion goes by: «Agree on a place and the guests»."""
    reading = node.reading
    is_settled = reading.kind is Kind.DECIDE or _SETTLING.match(reading.text) is not None
    return is_settled and bool(subjects(head_of(reading)) & _FRAME) and reading.target is None


def occasions(nodes: tuple[Node, ...]) -> Iterator[Pair]:
    """An occasion comes after all that prepares it, and before what follows it, such as the thanks. When and where it
    is, and for whom, is settled before the rest is prepared."""
    for node in nodes:
        if not is_occasion(node.reading):
            continue
        preparing = [other for other in nodes if other.criterion != node.criterion and _is_preparing(other, node)]
        is_the_aim = node.reading.not_before is not None or _OPENING.search(node.reading.text) is not None
        is_the_aim = is_the_aim or is_celebration(node.reading.text)
        if not is_the_aim and not any(_is_festive(other) for other in preparing):
            preparing = [other for other in preparing if other.own & node.own]  # one of several aims, as it seems
        yield from (
            (first.index, then.index)
            for first in preparing
            for then in preparing
            if first.criterion != then.criterion and _settles(first) and not _settles(then)
        )
        for other in nodes:
            if other.criterion == node.criterion or is_occasion(other.reading) or is_budget(other.reading):
                continue
            is_told = other.criterion > node.criterion and is_told_then(other.reading)
            if is_told or is_left_for_after(other.reading):
                yield node.index, other.index
            elif other in preparing:
                yield other.index, node.index


_OPENING = re.compile(r"\b(?:opening|inauguration)\b", re.I)
"""What opens is ready then: staff, rooms and all."""
_FESTIVE = frozenset(
    stem(word)
    for word in word_set(
        """food music band cake caterer catering speaker speakers programme tickets decorations menu toast speech dj
        photographer sponsor sponsors tent playlist dress rings vows meal dinner groceries drinks games helpers booth"""
    )
)


def _is_festive(node: Node) -> bool:
    """Whether a clause speaks of what is prepared for an occasion."""
    return "event" in node.domains or bool(node.own & (_FESTIVE | _FRAME))


def _is_preparing(other: Node, occasion: Node) -> bool:
    """Whether a clause comes before an occasion, and is neither one of its own nor what is left afterwards."""
    is_other = any(holds(other.reading) for holds in (is_occasion, is_budget, is_cap, is_bound))
    return not is_other and not is_left_for_after(other.reading) and _prepares(other, occasion)


_ADMISSION = word_set("ticket tickets seat seats places stands booths")


def _prepares(other: Node, occasion: Node) -> bool:
    """Whether a clause is to be done before an occasion, as far as one can tell."""
    own, day = other.reading, occasion.reading.not_before
    if own.kind is Kind.SELL and other.criterion > occasion.criterion and not _ADMISSION & set(words(own.text)):
        return False  # what is shown there is sold there
    theirs = own.not_before or own.by
    if own.clause.place or (day is not None and theirs is not None and theirs.date > day.date):
        return False
    if own.kind in _FOR_ONESELF or has_rhythm(own):
        opens = own.kind is Kind.DEVELOP and _OPENING.search(occasion.reading.text) is not None
        return bool(other.own & occasion.own) or (opens and other.criterion < occasion.criterion)
    return not other.domains & {"software", "body", "language"} or bool(other.own & occasion.own)


def budgets(nodes: tuple[Node, ...]) -> Iterator[Pair]:
    """A budget for all of it is told when all else but the occasion itself is done."""
    for node in nodes:
        if is_budget(node.reading):
            for other in nodes:
                beside = is_budget(other.reading) or is_occasion(other.reading) or other.reading.clause.place > 0
                if other.criterion != node.criterion and not beside:
                    yield other.index, node.index
