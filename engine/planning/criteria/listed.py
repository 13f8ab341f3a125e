"""What ties a clause to all that a goal lists: leave that is asked for, going out, a report, what must never happen.

None of it is said with a word of order, and none is about one thing that two clauses share. A criterion that names no
thing of its own («Publish to PyPI», «Hand in by Friday») speaks of the whole goal. What nothing else ties comes as it
was listed where it can hardly be otherwise: work of hands on one place, results in a row, an end that all leads to.
"""

import re
from collections.abc import Iterator

from engine.planning.criteria.bonds import Pair, takes_out_of_use
from engine.planning.criteria.handiwork import (
    HOMES_OF_MACHINES,
    finds_its_maker,
    goes_with,
    is_result,
    is_step,
    is_told_in_turn,
    step_by_step,
)
from engine.planning.criteria.nodes import (
    FOR_ONESELF,
    LONG_LIST,
    Node,
    Order,
    grows,
    has_a_day,
    has_rhythm,
    is_bound,
    is_budget,
    is_cap,
    is_occasion,
    speaks_of_a_crowd,
)
from engine.planning.criteria.reading import Reading
from engine.planning.criteria.titles import has_no_thing, head_of
from engine.planning.criteria.verbs import Kind, is_done
from engine.planning.criteria.wording import stem, subjects, word_set, words

_LEAVE = re.compile(
    r"(?:get|ask|obtain|seek|request|receive|have)\b.*"
    r"\b(?:permission(?! slips?\b)|approval|approved|consent|go-ahead|green light)\b"
    r"|.*\b(?:ok|okay|permission|consent|approval)\b.* in writing$"
    r"|(?:every(?:one|body)|we all|all|both|(?:(?:the|our|my) )?(?:(?:whole )?family|wife|husband|partner|parents"
    r"|neighbou?rs?|landlord|owners?|co-owners?|boss|council|board))\b.{0,40}"
    r"\bagrees?(?: (?:in writing|to it|to this))?$"
    r"|legal (?:ok|okay|sign-?off|clearance)\b.*|.{3,40} (?:says? (?:yes|ok)|gives? (?:\w+ )?(?:go-ahead|ok))\b.*",
    re.I,
)
_GOES_OUT = frozenset({Kind.LAUNCH, Kind.DEPLOY, Kind.PUBLISH, Kind.PRESENT, Kind.PROMOTE})
_FOR_ONESELF = FOR_ONESELF | {Kind.SAVE}
_PROVEN = word_set("tested checked verified approved reviewed proven rehearsed")
_REPORT = re.compile(
    r"(?:write|write up|document|present|share|publish|sum up|report|discuss|show|exhibit)\b.{0,30}"
    r"\b(?:results?|findings|outcomes?|lessons|learnings|conclusions?)\b"
    r"|write (?:the |an? |our )?(?!weekly|daily|monthly)(?:[\w-]+ ){0,4}(?:report|summary)\b",
    re.I,
)
_JUDGED = re.compile(
    r"pass (?:the |an? )?(?:\w+ ){0,6}(?:audit|inspection)\b"
    r"|(?:the )?(?:\w+ ){0,3}(?:inspection|audit|acceptance|review|mot|check|survey)(?: (?:by|from|of|with) .{2,40}?)? "
    r"(?:is |was )?(?:passed|approved|accepted)\b"
    r"|re-(?:audit|inspection|test|check|assessment|review)\b"
    r"|(?:the )?(?:final|last) (?:[\w-]+ )?(?:inspection|acceptance|approval|sign-?off|walk-?through|handover|audit)\b"
    r"|(?:final |board )?decision (?:by|from|of) (?:the )?\w+\b.*"
    r"|(?:the )?(?:board|management|committee|council|client|customer|ceo|boss) (?:approves|accepts|agrees|decides)\b",
    re.I,
)
"""Others look at what was done, and say yes to it."""
_COMES_OF_IT = re.compile(
    r"\w\s(?:doubles?|triples?|rises?|grows?|falls?|drops?|increases?|decreases?|improves?|goes (?:up|down))\b", re.I
)
"""What follows from all that was done: «Organic traffic doubles»."""
_TELLS = frozenset({Kind.TEST, Kind.BACKTEST, Kind.MONITOR, Kind.CHECK, Kind.REACH, Kind.RESEARCH, Kind.INTERVIEW})
"""Kinds that find something out, as the answer to a question or what a report tells."""


def listed_bonds(nodes: tuple[Node, ...]) -> Iterator[Pair]:
    """All such ties, those that harm most when they are missed first."""
    if len(nodes) > LONG_LIST:
        return
    asked: set[tuple[int, str]] = set()
    for node in nodes:
        name = (node.criterion, node.reading.clause.condition.lower())
        if name[1] and name in asked:
            continue  # the question is asked once, before the first clause that hangs on it
        asked.add(name)
        if _is_leave(node.reading):
            yield from ((node.index, other.index) for other in nodes if other.criterion > node.criterion)
        if goes_out_whole(node.reading):
            yield from ((other.index, node.index) for other in nodes if _readies(other, node))
        if _JUDGED.match(node.reading.text) and not node.reading.clause.after:
            yield from ((other.index, node.index) for other in nodes if _is_judged_by(other, node))
        if not node.reading.verb and (_COMES_OF_IT.search(node.reading.text) or _is_brought_down(node)):
            yield from ((other.index, node.index) for other in nodes if _brings_about(other, node))
        if _REPORT.match(node.reading.text):
            yield from ((other.index, node.index) for other in nodes if _is_told_of(other, node))
        if node.reading.clause.condition:
            earlier = (
                other for other in nodes if other.criterion < node.criterion and not other.reading.clause.condition
            )
            yield from ((other.index, node.index) for other in earlier if other.reading.kind in _TELLS)


def bounds(nodes: tuple[Node, ...]) -> Iterator[Pair]:
    """What must never happen can be told when all else is done: «No data is lost», «Nobody spends more than 15 €»."""
    for node in nodes if len(nodes) <= LONG_LIST else ():
        if is_bound(node.reading) or is_cap(node.reading):
            for other in nodes:
                aside = is_bound(other.reading) or is_cap(other.reading) or is_budget(other.reading)
                aside = aside or other.reading.clause.place > 0
                if other.criterion == node.criterion or aside:
                    continue
                # before the old is gone for good one looks whether all is well
                is_gone = takes_out_of_use(other.reading)
                yield (node.index, other.index) if is_gone else (other.index, node.index)


def _is_leave(reading: Reading) -> bool:
    """Whether a clause asks for leave to do what is listed behind it, and not for a yes to one thing of its own."""
    return _LEAVE.match(reading.text) is not None and reading.target is None and not reading.clause.after


def goes_out_whole(reading: Reading) -> bool:
    """Whether a clause brings the goal as a whole out: «Launch», «Publish to PyPI», «Cut over», «Hand in by Friday»."""
    ahead = bool(reading.clause.before) and reading.by is None  # it comes before something else
    if _IS_LIVE.fullmatch(reading.text) is not None:
        return True
    if not reading.verb and reading.kind in {Kind.LAUNCH, Kind.DEPLOY}:
        return {*words(head_of(reading))[-1:]} <= _OUTINGS and reading.target is None and not reading.clause.condition
    if reading.kind not in _GOES_OUT or not reading.verb or reading.target is not None or ahead or has_rhythm(reading):
        return False
    said = set(words(reading.thing))
    if reading.kind is Kind.DEPLOY and _TRIED_OUT & said:
        return False
    if reading.kind is Kind.PUBLISH and _WHOLE_THINGS & said:
        return True
    bare = not reading.thing.strip(" .!") or has_no_thing(reading)
    return reading.count is None and (bare or bool(_WAYS_IN & said))


_IS_LIVE = re.compile(
    r"(?:(?:it|all|everything) (?:is |goes )?)?(?:go(?:es)? )?live(?: (?:on|by|in|at|before) .+)?[.!]?"
    r"|(?:(?:the|our) )?[\w-]+ (?:is |goes )?live (?:on|by) .+",
    re.I,
)
_OUTINGS = word_set("launch release deployment rollout go-live")
_WAYS_IN = word_set("dns traffic")
_WHOLE_THINGS = word_set("application applications everything")
_TRIED_OUT = word_set("staging test testing paper dev demo beta preview sandbox pilot")
"""Where something is put so that it does not yet count."""


def _readies(other: Node, out: Node) -> bool:
    """Whether a clause is to be done before all goes out."""
    reading = other.reading
    if other.criterion == out.criterion or goes_out_whole(reading) or is_bound(reading) or reading.clause.place > 0:
        return False
    if reading.kind in _FOR_ONESELF or reading.kind in {Kind.PROMOTE, Kind.LAUNCH, Kind.MONITOR} or is_budget(reading):
        return False
    is_proof = is_done(reading.text) and bool(_PROVEN & set(words(reading.text)))
    return is_proof or (other.criterion < out.criterion and not _counts_visitors(other))


_CROWD = frozenset(
    stem(word)
    for word in word_set("signups users customers subscribers followers downloads stars views visitors sales revenue")
)


def _counts_visitors(node: Node) -> bool:
    return node.reading.target is not None and bool(node.stems & _CROWD)


def _is_judged_by(other: Node, judging: Node) -> bool:
    """Whether somebody's yes is to a clause, as far as one can tell: what is done before it is what they look at."""
    reading = other.reading
    aside = is_bound(reading) or is_budget(reading) or reading.kind in _FOR_ONESELF or reading.clause.place > 0
    return other.criterion < judging.criterion and not aside and not is_occasion(reading)


_DOWN = re.compile(r"\b(?:down|lower|less) (?:by )?\d", re.I)


def _is_brought_down(node: Node) -> bool:
    """Whether a clause is a figure that the doings before it are to bring down: «p95 < 150 ms», «bill below $14k»."""
    target = node.reading.target
    goes_down = target is not None and (target.at_most or _DOWN.search(node.reading.text) is not None)
    return goes_down and not (is_cap(node.reading) or is_budget(node.reading))


def _brings_about(other: Node, outcome: Node) -> bool:
    """Whether an outcome that is listed behind a clause may come of it; what goes on and on does so meanwhile."""
    reading = other.reading
    apart = outcome.reading.target is not None and bool(
        (other.domains and outcome.domains and not other.domains & outcome.domains)
        or reading.target is not None
        or reading.kind in {*_FOR_ONESELF, Kind.WRITE, Kind.ORGANISE, Kind.TRAVEL, Kind.PROMOTE, Kind.MONITOR}
    )
    listed = other.criterion < outcome.criterion and not has_rhythm(reading) and not apart
    return listed and not is_bound(reading) and not is_budget(reading)


def _is_told_of(other: Node, report: Node) -> bool:
    """Whether a report tells of a clause: of all that was found out, decided or sent out before it."""
    told = other.reading.kind in _TELLS or bool(other.reading.clause.condition) or other.reading.target is not None
    return other.criterion < report.criterion and told and not is_occasion(other.reading)


def as_listed(nodes: tuple[Node, ...], order: Order) -> Iterator[Pair]:
    """All such ties; `order` is what is known without them."""
    if len(nodes) > LONG_LIST:
        return
    yield from step_by_step(nodes)
    days = {node.criterion for node in nodes if has_a_day(node.reading)}
    in_turn = is_told_in_turn(nodes, order)
    stock = [node for node in nodes if not node.criterion and _TAKES_STOCK.match(node.reading.text)]
    for node in nodes:
        if not node.criterion or (has_rhythm(node.reading) and node.domains & HOMES_OF_MACHINES):
            continue
        is_loose = not order.before(node.index)
        if not is_loose and node.reading.clause.place >= 0 and is_result(node):
            yield from _step_after(node, nodes, is_sure=is_step(node))
        if is_loose and node.reading.clause.place >= 0:
            yield from _comes_of(node, nodes)
            yield from (
                (one.index, node.index) for one in stock if _leads_there(one, node) and not has_rhythm(node.reading)
            )
        is_day = days == {node.criterion} and _ERRANDS.isdisjoint(words(node.reading.text)[:1])
        is_last = in_turn and node.criterion == nodes[-1].criterion and _may_end(node)
        if is_last or _is_the_end(node, nodes[-1].criterion, is_day=is_day, is_loose=is_loose):
            ends = (other for other in nodes if other.criterion < node.criterion and _leads_there(other, node))
            yield from ((other.index, node.index) for other in ends)


_TAKES_STOCK = re.compile(r"(?i)(?:audit|assess|measure the baseline)\b|(?:[\w-]+\s){0,2}(?:audit|gap analysis)[.!]?$")
"""What shows, at the head of a list, what there is to be done."""
_ACTS_ON_WHAT_IS_THERE = word_set(
    """dedupe deduplicate transcribe ingest archive annotate master extend amend defend transplant evaluate send remove
    delete tag give deliver hand upload share distribute teach return show repaint label dashboard dashboards
    manufacture produce import print feedback install report"""
)
"""Doings for which something has to be there: what was listed right before is what brings it."""
_BRINGS_ABOUT = word_set("draft design write compose prepare make build develop bake cook record film shoot take")
"""Doings by which a thing first comes to be: they wait for none that it is there for, though that was listed first."""
_SAYS_SO = re.compile(
    r"(?!(?:if|when|that|who|what)\b)(?:[\w'’]+ ){1,3}"
    r"(?:decides?|approves?|accepts?|agrees?|confirms?|inspects?|arrives?|signs? (?:off|it)|votes?|replies|says yes)\b",
    re.I,
)
"""«Mum decides», «Roofer inspects it»."""


def _comes_of(node: Node, nodes: tuple[Node, ...]) -> Iterator[Pair]:
    """What a clause with nothing before it is made of: the same thing that was listed before, or its maker."""
    earlier = [other for other in nodes if other.criterion < node.criterion and _may_lead(other)]
    thing = subjects(head_of(node.reading)) if node.reading.verb else frozenset()
    others = [one for one in earlier if one.reading.target is None and one.reading.verb not in {"", node.reading.verb}]
    if node.reading.verb in _BRINGS_ABOUT:
        others = [one for one in others if one.reading.verb in _BRINGS_ABOUT or one.reading.kind in _ON_ITS_OWN]
    same = [other for other in others if thing and subjects(head_of(other.reading)) == thing]
    told = words(node.reading.text)
    for other in same or [one for one in earlier if finds_its_maker(one, told)]:
        yield other.index, node.index
    if _follows(node, nodes):
        yield from _step_after(node, nodes)


def _step_after(node: Node, nodes: tuple[Node, ...], *, is_sure: bool = True) -> Iterator[Pair]:
    """A step comes after what was listed right before it, where that is a step to it; what may be none comes only after
    work on the same thing."""
    earlier = [other for other in nodes if other.criterion < node.criterion and _may_lead(other)]
    nearest = [other for other in earlier if other.criterion == earlier[-1].criterion]
    if all(_leads_there(one, node) and goes_with(one, node) and (is_sure or one.own & node.own) for one in nearest):
        yield from ((other.index, node.index) for other in nearest)


def _follows(node: Node, nodes: tuple[Node, ...]) -> bool:
    """Whether a clause with nothing before it is a step behind the one before it, as results in a row are.

    Doings are listed as they come to mind, and what prepares a feast may be done in any order.
    """
    reading, told = node.reading, words(node.reading.text)
    if (
        reading.kind in _ON_ITS_OWN
        or reading.lead is not None
        or has_rhythm(reading)
        or (reading.target is not None and not is_result(node))
    ):
        return False
    if not _ACTS_ON_WHAT_IS_THERE.isdisjoint(told[:1]):
        return True
    is_row = nodes[-1].criterion >= _A_ROW
    if reading.not_before is not None:
        return is_row and _ERRANDS.isdisjoint(told[:1])
    if reading.verb or any(is_occasion(other.reading) and other.criterion > node.criterion for other in nodes):
        return False
    return is_result(node) or _SAYS_SO.match(reading.text) is not None


_A_ROW = 3  # so many criteria behind the first make a row of steps: fewer may be listed as they come to mind
_ON_ITS_OWN = frozenset(
    {
        Kind.COURSE, Kind.LEARN, Kind.READ, Kind.EXAM, Kind.SAVE, Kind.BUY, Kind.FIND, Kind.HIRE,
        Kind.DECIDE, Kind.TRAIN, Kind.PRACTISE, Kind.COMPETE, Kind.RESEARCH, Kind.SELL, Kind.INTERVIEW, Kind.PLAN,
        Kind.SETTLE, Kind.RECRUIT, Kind.QUIT,
    }
)  # fmt: skip
"""Kinds that are begun whenever one likes."""
_SHOWN_AT_LAST = frozenset({Kind.EXAM, Kind.COMPETE, Kind.COURSE, Kind.TRAIN})  # a list may come to these in the end


_ERRANDS = word_set(
    """read call pay send submit file email renew cancel buy order book check visit see ask collect pick return start
    begin tell invite post sow plant register apply attend measure"""
)
"""What has its day for a reason of its own."""
_SINCE_THEN = re.compile(
    r"\b(?:in|over|during) (?:the|its|our|my) first (?:day|week|weekend|month|quarter|season|year|winter|summer)\b",
    re.I,
)
_REACHED = re.compile(r"(?:arrive|arrival)\b", re.I)


def _may_end(node: Node) -> bool:
    """Whether what is told last may be what all the rest leads to: nothing that is only got, or done for itself."""
    clause, told = node.reading.clause, words(node.reading.text)[:1]
    is_errand = clause.told == "doing" and not _ERRANDS.isdisjoint(told)
    aside = node.reading.kind in _ON_ITS_OWN - _SHOWN_AT_LAST or clause.condition
    return not (aside or is_errand) and _may_lead(node)


def _is_the_end(node: Node, last: int, *, is_day: bool, is_loose: bool) -> bool:
    """Whether all that was listed before leads to a clause: the only day, near the end, what is sold or raised."""
    reading = node.reading
    if node.criterion < 2 or has_rhythm(reading) or reading.clause.condition or reading.clause.after:
        return False
    if is_day:
        return node.criterion >= last - 1 and not is_occasion(reading)
    if not is_loose:
        at_last = node.criterion == last and (grows(node) or _is_outcome(reading) or _is_how_it_is(reading))
        return bool(_REACHED.match(reading.text) or (reading.target and _SINCE_THEN.search(reading.text)) or at_last)
    if reading.target is not None or (reading.count is not None and not reading.verb):
        is_last = node.criterion == last and reading.verb == "raise"
        return is_last or (grows(node) if reading.target is not None else speaks_of_a_crowd(node))
    is_so = node.criterion == last and _is_how_it_is(reading)
    comes_then = is_so or (node.criterion >= last - 1 and (_AT_LAST.match(reading.text) or _is_outcome(reading)))
    return bool(comes_then or _REACHED.match(reading.text) or _SINCE_THEN.search(reading.text))


_AT_LAST = re.compile(
    r"(?:(?:our|the|my) )?(?:first|maiden) (?!(?:aid|draft|name|round|version|of|things?)\b)\w+\b"
    r"(?!.*\b(?:done|ready|written)\b)"
    r"|(?:send |write )?(?:\w+ )?(?:thank-you|thanks)\b",
    re.I,
)
"""What one can do only when all is there, or when all is over: «First sail on the lake», «Thank-you letters»."""
_AWARDED = re.compile(
    r"(?:the |our |my )?(?:\w+ ){0,3}(?:certificate|certification|diploma|degree|title|award|licen[cs]e|permit) "
    r"(?:is )?(?:received|issued|granted|awarded|obtained|in (?:my |our )?hands?)\b"
    r"|(?:the |our |my )?(?:\w+ ){0,2}(?:subsidy|grant|refund|deposit|bonus|prize|money)(?: \w+)? "
    r"(?:paid|received|refunded|back)\b"
    r"|(?:\w+ ){0,2}(?:rating|grade|verdict) (?:of|from|by|above)\b",
    re.I,
)
_WORKS = word_set(
    "paper thesis book manuscript report album ep film game app dossier portfolio magazine novel study statement"
)


def _is_outcome(reading: Reading) -> bool:
    """Whether a clause is what all the rest was for: the certificate, the paper handed in."""
    is_out = reading.kind is Kind.PUBLISH and not {*words(head_of(reading))[-1:]}.isdisjoint(_WORKS)
    return is_out or (not reading.verb and _AWARDED.match(reading.text) is not None)


def _is_how_it_is(reading: Reading) -> bool:
    """Whether a clause tells how things are in the end: «She stays alone for 4 hours»."""
    is_told = reading.kind is Kind.STATE and not reading.verb and _OF_ALL.match(reading.text) is not None
    return is_told and not is_done(reading.text)


_OF_ALL = re.compile(r"(?:she|he|it|they|we|everything|every(?:one|body)|all|nobody|no one|half|most)\b", re.I)


def _may_lead(other: Node) -> bool:
    """Whether anything may wait for a clause: no habit, and nothing that only the end of it all tells."""
    reading = other.reading
    is_aim = reading.target is not None and reading.kind in {Kind.CHANGE, Kind.REACH} and bool(reading.verb)
    if is_aim or has_rhythm(reading) or reading.clause.place > 0:
        return False
    return not (is_budget(reading) or is_cap(reading) or is_bound(reading))


def _leads_there(other: Node, end: Node) -> bool:
    apart = other.domains and end.domains and not other.domains & end.domains
    apart = apart or (
        end.reading.target is not None and (other.reading.kind in _FOR_ONESELF or "home" in other.domains)
    )
    return not apart and _may_lead(other)
