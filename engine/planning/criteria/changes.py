"""What somebody says has changed about a goal, read as facts: in which order, what falls away, what is new.

Pure. Only whole sentences of known forms are read; each fact tells what it touches, and what can't be told is left over
in the person's own words.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

from engine.goals import Goal
from engine.planning.criteria.dates import MONTH, WEEKDAY
from engine.planning.criteria.goal_text import read_priority
from engine.planning.criteria.moments import names_a_moment
from engine.planning.criteria.verbs import leading_verb
from engine.planning.criteria.wording import capitalised, clean, crop, subjects
from engine.planning.knowables import FactValue, Knowable, read_fact
from engine.planning.other_figures import is_doubtful, other_figure
from engine.tasks import ENDED_TASKS

LONGEST, MOST_FACTS = 600, 8
"""Signs, and facts, that are read at once; longer texts are stories."""
_ENOUGH = 0.5
"""The share of the words said that a criterion must have to be the one that is meant."""


class ChangeKind(StrEnum):
    """What a fact says."""

    FIRST = "first"
    LAST = "last"
    BEFORE = "before"
    DROP = "drop"
    DONE = "done"
    ADD = "add"
    REWORD = "reword"
    NAME = "name"
    PRIORITY = "priority"
    DEADLINE = "deadline"
    AWAY = "away"
    BACK = "back"
    KNOWN = "known"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One fact."""

    kind: ChangeKind
    said: str
    """The sentence."""
    criterion: int | None = None
    """Index of the criterion that it is about; None where it is about none."""
    other: int | None = None
    """BEFORE: the criterion that comes later; None for all others."""
    text: str = ""
    """ADD, REWORD: the criterion as it is to be. NAME: the goal's. PRIORITY: in a word. KNOWN: what people call it."""
    when: str = ""
    """DEADLINE: the date in words; «none» for none. AWAY, KNOWN: until when it is so; empty where that was not said."""
    name: str = ""
    """AWAY, BACK: the resource, as tasks need it. KNOWN: what is known now, as method libraries call it."""
    value: FactValue = True
    """KNOWN: what it is now; for a flag, whether it is so."""
    for_good: bool = False
    """AWAY: whether it will never be back."""
    is_doubtful: bool = False
    """REWORD: whether the words may as well tell how far it has come, or how much is left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """All that a text says."""

    changes: tuple[Change, ...] = ()
    unclear: tuple[str, ...] = ()
    """Sentences that name a change, but of what can't be told: nothing here has those words, or several things."""

    @property
    def is_clear(self) -> bool:
        """Whether all of it was understood."""
        return bool(self.changes) and not self.unclear


_WHO = (
    r"(?:(?:customers?|clients?|users?|boss|team|owner|investors?|people|they|we|i|he|she|(?-i:[A-Z][\w-]{1,30})|"
    r"(?:the|my|our|his|her|their) [\w-]{2,30}(?: [\w-]{2,30})?)\s+)"
)
_WANT = r"(?:now\s+)?(?:wants?|needs?|would like|prefers?|asks? for|asked for)\s+(?:to (?:have|see|do|get)\s+)?"
_RES = r"(?:the |our )?(?P<res>[\w-]{2,40}(?: [\w-]{1,40}){0,4}?)"
_UNTIL = r"(?:until|till|for|up to|before) (?P<when>.{1,60})"
_EVER = r"(?P<ever>for good|for ever|forever|permanently)"
_X, _Y = r"(?P<x>.{2,120}?|\d)", r"(?P<y>.{2,120}?|\d)"
_OURS = r"(?:(?:we|i|they) )?(?:now )?(?:(?:want|need|have|are going) to |will |shall |want |need |just )?"
_QUOTED = rf"[«\"“]?{_Y}[»\"”]?"
_CALLED = rf"(?!(?-i:when|whenever|whatever|what|once|if|after|soon|something|anything)\b){_QUOTED}"
_PROPER = rf"(?=(?-i:[«\"“A-Z])){_QUOTED}"  # «its name must be on the box» asks for something else
_GOAL, _ITS = r"(?P<goal>.{1,120}?)", r"(?:its|(?:the|this|my) goal'?s)"
_PRIORITY = r"(?P<priority>urgent|[\w-]+ priority)"
_SHALL_BE = "(?:is|has|gets|needs|should (?:be|have)|shall (?:be|have)|must (?:be|have))"
_LEFT_OUT = "(?:drop|remove|forget|cancel|clear|lift|delete|take away)"
_FORMS: tuple[tuple[ChangeKind, str], ...] = (
    (ChangeKind.PRIORITY, rf"(?:please )?(?:make|mark|set|treat|flag|give) {_GOAL} (?:as |to |an? )*{_PRIORITY}"),
    (ChangeKind.PRIORITY, r"(?:please )?(?:set|change|raise|lower|increase|reduce|move|put|bump) (?:the |its )?priority"
     rf"(?: of {_GOAL})?(?: up| down)? to (?P<priority>[\w-]+)"),
    (ChangeKind.PRIORITY, rf"(?:the |{_ITS} )?(?:new )?priority ?(?:{_SHALL_BE}|[:=])?(?: now)? ?(?P<priority>[\w-]+)"),
    (ChangeKind.PRIORITY, rf"{_GOAL} {_SHALL_BE}(?: now)? (?:an? |of )?{_PRIORITY}(?: now)?"),
    (ChangeKind.PRIORITY, r"(?P<priority>[\w-]+ priority)(?:,? please)?"),
    (ChangeKind.NAME, rf"(?:please )?(?:rename|retitle) (?:{_GOAL} )?(?:to|into|as):? {_CALLED}"),
    (ChangeKind.NAME, r"(?:please )?(?:call|name) (?P<goal>it|(?:the|this|my) goal|goal #?\d+) "
     rf"(?!(?:off|up|in|back|again|done|quits|a day)\b){_CALLED}"),
    (ChangeKind.NAME, rf"(?:please )?(?:change|set) {_ITS} (?:name|title) to:? {_QUOTED}"),
    (ChangeKind.NAME, rf"{_ITS} (?:new )?(?:name|title) (?:should|shall|must) be:? {_PROPER}"),
    (ChangeKind.DEADLINE, rf"(?:please )?(?:{_LEFT_OUT} (?:the|its|any) |(?:{_GOAL} (?:has|needs) |there is )?no )"
     r"deadline(?: any ?more| at all)?"),
    (ChangeKind.DEADLINE, r"(?:please )?(?:make )?(?:it|(?:the|this|my) goal)(?: is|['’]s| should be)? due"
     r"(?: on| by| until)? (?P<when>.{1,60})"),
    (ChangeKind.DEADLINE, rf"due(?: on| by| until)? (?P<when>(?:(?:in|the|end of|next|this) )*"
     rf"(?:\d|an? |(?:{WEEKDAY}|{MONTH}|week|month|year|tomorrow|today|tonight|yesterday)\b).{{0,50}})"),
    (ChangeKind.DEADLINE, r"(?:please )?(?:(?:i|we) (?:need|want) (?:it|(?:the|this) goal)(?: done| finished| ready)?"
     r"|(?:finish|complete) (?:it|(?:the|this) goal)) by (?P<when>.{1,60})"),
    (ChangeKind.DEADLINE, r"(?:the )?(?:new )?deadline (?:is|was|has been|gets?|has)(?: now)?(?: moved| changed| set)?"
     r"(?: (?:to|until|till|by))? (?P<when>.{1,60})"),
    (ChangeKind.DEADLINE, r"(?:the )?(?:new )?deadline ?[:=] ?(?P<when>.{1,60})"),
    (ChangeKind.DEADLINE, rf"(?:please )?(?:move|set|change|push|extend|postpone|delay) (?:the|{_ITS}) deadline "
     r"(?:to|until|till) (?P<when>.{1,60})"),
    (ChangeKind.DEADLINE, r"(?:it|this|all|everything) (?:must|has to|needs to|should) be (?:done|finished|ready) by "
     r"(?P<when>.{1,60})"),
    (ChangeKind.AWAY, rf"{_RES} (?:is|are|was|were|has|have|got) (?:now )?(?:gone|away|taken|lost|broken|down|"
     rf"unavailable|closed|shut|occupied|busy|booked(?: out| up)?|in use|in repair|under repair|out of order|ill|sick|"
     rf"on (?:holiday|vacation|leave)|not (?:there|available|free))(?: {_EVER}| {_UNTIL})?"),
    (ChangeKind.AWAY, rf"(?:(?:we|i) )?(?:lost|lose|(?:have|there is|there are) no) {_RES}(?: {_EVER}| {_UNTIL})?"),
    (ChangeKind.AWAY, rf"{_RES} (?P<ever>(?:will never|will not|won'?t|(?:is|are) (?:not|never)) (?:come|be|coming) "
     r"back)(?: any ?more| again)?"),
    (ChangeKind.AWAY, rf"(?P<ever>(?:we|i) no longer have) {_RES}"),
    (ChangeKind.AWAY, rf"(?:we|i) (?:don'?t|do not) have {_RES}(?P<ever> any ?more)?"),
    (ChangeKind.BACK, rf"{_RES} (?:is|are|works?) (?:back|there|available|up|repaired|free)?(?: ?again| ?now)?"),
    (ChangeKind.DONE, rf"{_X} (?:is|are|was|were) (?:already |all )?(?:done|finished|complete|completed|there)"
     r"(?: already| by now)?"),
    (ChangeKind.DONE, rf"(?:we|i) (?:have |'ve )?already (?:did|have|had|done|finished|completed) {_X}"),
    (ChangeKind.REWORD, rf"(?:please )?(?:change|reword|edit|update|rename|rephrase) {_X},? "
     rf"(?:to|into|so that it says):? {_QUOTED}"),
    (ChangeKind.REWORD, rf"(?P<x>(?:criterion|goal|point|number|no\.?|#) ?\d{{1,3}})"
     rf"(?: (?:is|says|reads|becomes|should be|should say|must be)(?: now)?| now (?:is|says|reads)):? {_QUOTED}"),
    (ChangeKind.REWORD, rf"(?:please )?(?:replace|swap) {_X} (?:with|by|for|against) {_QUOTED}"),
    (ChangeKind.REWORD, rf"instead of {_X}(?:,| (?=we |i |they )) ?{_OURS}{_QUOTED}"),
    (ChangeKind.REWORD, rf"(?:please )?(?:make it |let's )?{_OURS}{_QUOTED},? (?:instead of|rather than) {_X}"),
    (ChangeKind.NAME, rf"(?:please )?(?:change|set) the (?:name|title)(?: of {_GOAL})? to:? {_QUOTED}"),
    (ChangeKind.ADD, rf"{_WHO}?(?:also {_WANT}|{_WANT}also |{_WANT}(?=.*\b(?:too|as well)$)){_X}(?: too| as well)?"),
    (ChangeKind.ADD, r"(?:also )?(?:add|one more|and another) (?:a |the |as a )?(?:criterion|condition|goal)s?:? "
     rf"{_X}"),
    (ChangeKind.DROP, rf"{_WHO}?(?:no longer|don'?t|do not|doesn'?t|never) (?:want|wants|needs?|require)s? {_X}"
     r"(?: any ?more)?"),
    (ChangeKind.DROP, rf"(?:please )?(?:drop|forget|cancel|leave out|scrap|skip) (?:about )?{_X}"),
    (ChangeKind.DROP, rf"{_X} (?:is|are) (?:no longer|not) (?:needed|wanted|necessary|required)(?: any ?more)?"),
    (ChangeKind.BEFORE, rf"(?:please )?(?:{_WHO}{_WANT})?(?:do |put |move )?{_X} (?:has to |must |should )?"
     rf"(?:come |go |be )?(?:before|ahead of) {_Y}"),
    (ChangeKind.BEFORE, rf"(?:please )?(?:do |put |move )?{_Y} (?:has to |must |should )?(?:come |go )?"
     rf"(?:after|behind) {_X}"),
    (ChangeKind.FIRST, rf"(?:please )?(?:{_WHO}{_WANT})?(?:do |put |move |start with )?{_X} (?:has to |must |should )?"
     r"(?:come |go |be )?(?:first|to the (?:front|top|start))"),
    (ChangeKind.FIRST, rf"(?:please )?(?:start|begin) with {_X}"),
    (ChangeKind.FIRST, rf"first (?:do |comes? )?{_X}"),
    (ChangeKind.FIRST, rf"{_X} (?:is|are|has|have|gets?) (?:the )?(?:top|first|highest) priority(?: now)?"),
    (ChangeKind.LAST, rf"(?:please )?(?:{_WHO}{_WANT})?(?:do |put |move |leave )?{_X} (?:has to |must |should |can )?"
     r"(?:come |go |be |wait )?(?:last|for later|until the end|to the end)"),
)  # fmt: skip
_READERS = tuple((kind, re.compile(form + r"[.! ]*", re.I)) for kind, form in _FORMS)
_PASSING = re.compile(rf"(?P<fact>.{{2,120}}?),? {_UNTIL}", re.I)
_UNTIL_FIRST = re.compile(
    r"(?P<until>(?:until|till) .{2,40}?)(?:, ?| (?=(?:the|our|my|we|i|there|no) ))(?P<rest>.+)", re.I
)
_FIGURE = re.compile(r"\d[\d.,]*(?: ?%| ?[€$£])?")
_SENTENCES = re.compile(r"(?<=[.!;])\s+(?!\d)|\n+|;\s*")
_AND = re.compile(r"\s*,?\s+(?:and|then|also)\s+(?:then\s+|also\s+)?|\s*,\s*|\s*&\s*|\s*\+\s*", re.I)
_NUMBERED = re.compile(r"(?:criterion|goal|point|number|no\.?|#)\s*(\d{1,3})", re.I)
_POINTING = re.compile(r"(?:it|this|that|them|these|everything|all|the deadline|the goal|the plan)", re.I)
_ITSELF = re.compile(r"(?:it|this|that|this one|(?:the|this|that|my) goal)")
_PLACES = frozenset({ChangeKind.FIRST, ChangeKind.LAST, ChangeKind.BEFORE, ChangeKind.DROP, ChangeKind.DONE})
TRAITS = frozenset({ChangeKind.NAME, ChangeKind.PRIORITY, ChangeKind.DEADLINE})
"""What no plan rests on."""
ORDERS = frozenset({ChangeKind.FIRST, ChangeKind.LAST, ChangeKind.BEFORE})
"""Facts about the order alone."""


def may_be_of_resource(text: str) -> bool:
    """Whether one of the sentences says of something that it is away or back; of what, is another question."""
    said = clean(text, LONGEST)
    forms = [reader for kind, reader in _READERS if kind in (ChangeKind.AWAY, ChangeKind.BACK)]
    parts = [_UNTIL_FIRST.sub(r"\g<rest> \g<until>", one.strip(" .!;")) for one in _SENTENCES.split(said)[:MOST_FACTS]]
    return any(form.fullmatch(part) for part in parts for form in forms)


def read_changes(text: str, goal: Goal, resources: Iterable[str] = (), facts: Iterable[Knowable] = ()) -> Heard:
    """What a text says has changed. `resources` are the names of those that are counted, beside those of the tasks;
    `facts` what may be known of the goal."""
    said = clean(text, LONGEST + 1)
    if not said or len(said) > LONGEST or said.endswith("?"):
        return Heard()
    names = {name.lower(): name for task in goal.tasks.values() for name in task.resources}
    names |= {name.lower(): name for name in resources}
    facts = tuple(facts)
    changes: list[Change] = []
    unclear: list[str] = []
    for sentence in [part.strip(" .!;") for part in _SENTENCES.split(said)][: MOST_FACTS + 1]:
        if not sentence:
            continue
        plain = _UNTIL_FIRST.sub(r"\g<rest> \g<until>", sentence)
        several = _in_parts(plain, lambda part: _read(part, goal, names))
        found = (
            several[0] if several else _read(plain, goal, names) or _known(plain, facts) or _refigured(sentence, goal)
        )
        if found is None:
            unclear.append(sentence)
        else:
            changes += several or [found]
    return Heard(changes=tuple(changes), unclear=tuple(unclear))


def read_traits(text: str) -> tuple[Change, ...]:
    """What a text says of the name, the priority or the deadline of a goal that nothing else is known of yet; empty for
    anything else."""
    said = clean(text, LONGEST).strip(" .!;") if len(text.splitlines()) == 1 else ""
    one = _trait_in(said)
    return tuple(_in_parts(said, _trait_in)) or ((one,) if one is not None else ())


def _trait_in(said: str) -> Change | None:
    for kind, match in ((kind, reader.fullmatch(said)) for kind, reader in _READERS if kind in TRAITS):
        if match is not None and _ITSELF.fullmatch((match.groupdict().get("goal") or "it").lower()):
            return _trait(kind, said, match.groupdict())
    return None


def _in_parts(sentence: str, read: Callable[[str], Change | None]) -> list[Change]:
    """What the parts of a sentence say («make it urgent and rename it to Pie»), where each says something by itself and
    one is a trait of the goal: names of things have an «and», too. Empty where it is one. A long list is cut at its
    first places only."""
    for cut in islice(_AND.finditer(sentence), MOST_FACTS):
        first, rest = read(sentence[: cut.start()]), sentence[cut.end() :]
        if first is None:
            continue
        others = _in_parts(rest, read) or [one for one in (read(rest),) if one is not None]
        if others and any(one.kind in TRAITS for one in (first, *others)):
            return [first, *others]
    return []


def _read(sentence: str, goal: Goal, names: dict[str, str]) -> Change | None:
    for kind, reader in _READERS:
        match = reader.fullmatch(sentence)
        if match is None:
            continue
        found = _change(kind, sentence, match.groupdict(), goal, names)
        if found is not None:
            return found
    return None


def _known(sentence: str, facts: tuple[Knowable, ...]) -> Change | None:
    """What is known now, for good or until a day: ways to do things are chosen by it."""
    found, when = read_fact(sentence, facts), ""
    passing = _PASSING.fullmatch(sentence) if found is None else None
    if passing is not None:
        found, when = read_fact(passing["fact"], facts), passing["when"].strip()
    if found is None:
        return None
    fact, value = found
    return Change(kind=ChangeKind.KNOWN, said=sentence, name=fact.name, text=fact.called, value=value, when=when)


def _change(
    kind: ChangeKind, said: str, parts: dict[str, str | None], goal: Goal, names: dict[str, str]
) -> Change | None:
    if not _is_the_goal(parts.get("goal"), goal):
        return None
    match kind:
        case ChangeKind.NAME | ChangeKind.PRIORITY | ChangeKind.DEADLINE:
            return _trait(kind, said, parts)
        case ChangeKind.AWAY | ChangeKind.BACK:
            return _of_resource(kind, said, parts, names)
        case ChangeKind.REWORD:
            return _reworded(said, parts["x"] or "", (parts["y"] or "").strip(" ,."), goal)
        case ChangeKind.ADD:
            text = capitalised(crop((parts["x"] or "").strip(), 200))
            is_thing = _POINTING.fullmatch(text) is None and subjects(text)
            return Change(kind=kind, said=said, text=text) if is_thing else None
        case _:
            return _placed(kind, said, parts, goal)


def _trait(kind: ChangeKind, said: str, parts: dict[str, str | None]) -> Change | None:
    if kind is ChangeKind.NAME:
        return Change(kind=kind, said=said, text=capitalised((parts["y"] or "").strip(" ,.")))
    if kind is ChangeKind.DEADLINE:
        when = (parts.get("when") or "none").strip()
        is_meant = "deadline" in said.lower() or names_a_moment(when)  # «it is due to Anna», «I need it by email»
        return Change(kind=kind, said=said, when=when) if is_meant else None
    urgency = read_priority(parts["priority"] or "")
    return Change(kind=kind, said=said, text=urgency.name.lower()) if urgency is not None else None


def _is_the_goal(words: str | None, goal: Goal) -> bool:
    """Whether words are about the goal itself: none at all, «it», its number or its name, and no criterion of it."""
    named = (words or "it").strip(' «»"“”').casefold()
    if _ITSELF.fullmatch(named) or named in (f"goal {goal.id}", f"goal #{goal.id}", goal.name.casefold()):
        return True
    wanted = subjects(named)
    return bool(wanted) and wanted <= subjects(goal.name) and criterion_meant(named, goal) is None


def _reworded(said: str, old: str, new: str, goal: Goal) -> Change | None:
    """What a criterion says now: told in full, or only the figure of it that is another one."""
    figure, other = old.strip(), _FIGURE.search(new)
    if _FIGURE.fullmatch(figure) and other is not None:
        stands = re.compile(rf"(?<![\d.,]){re.escape(figure)}(?: (?P<thing>[\w-]+)|\b)")
        having = [(index, found) for index, text in enumerate(goal.criteria) if (found := stands.search(text))]
        if len(having) != 1:
            return None
        index, found = having[0]
        text = _with_figure(found, figure, new[other.start() :], other[0])
        return Change(kind=ChangeKind.REWORD, said=said, criterion=index, text=text)
    meant = criterion_meant(old, goal)
    if meant is None:
        return None
    text = capitalised(crop(new, 200))
    is_whole = leading_verb(text) is not None or bool(subjects(text) & subjects(goal.criteria[meant]))
    return Change(kind=ChangeKind.REWORD, said=said, criterion=meant, text=text) if is_whole else None


def _with_figure(found: re.Match[str], old: str, told: str, figure: str) -> str:
    """A criterion with another figure, and with what is counted where both name it: «1 mechanic» for «2 mechanics»."""
    text, end = found.string, found.start() + len(old)
    counted = subjects(found["thing"] or "")
    if counted and counted == subjects(told.removeprefix(figure)):
        return f"{text[: found.start()]}{told}{text[found.end() :]}"
    return f"{text[: found.start()]}{figure}{text[end:]}"


def _of_resource(kind: ChangeKind, said: str, parts: dict[str, str | None], names: dict[str, str]) -> Change | None:
    called = (parts["res"] or "").lower()
    when = (parts.get("when") or "").strip()
    if called not in names:
        return None
    return Change(kind=kind, said=said, name=names[called], when=when, for_good=bool(parts.get("ever")))


def _refigured(said: str, goal: Goal) -> Change | None:
    found = other_figure(said, goal.criteria)
    if found is None:
        return None
    index, text = found
    is_begun = any(task.criterion == index and (task.count or task.outcome) for task in goal.tasks.values())
    doubtful = is_begun or is_doubtful(said, goal.criteria[index])
    return Change(kind=ChangeKind.REWORD, said=said, criterion=index, text=text, is_doubtful=doubtful)


def _placed(kind: ChangeKind, said: str, parts: dict[str, str | None], goal: Goal) -> Change | None:
    assert kind in _PLACES
    first = criterion_meant(parts["x"] or "", goal)
    then = criterion_meant(parts.get("y") or "", goal) if kind is ChangeKind.BEFORE else None
    if first is None or (kind is ChangeKind.BEFORE and (then is None or then == first)):
        return None
    return Change(kind=kind, said=said, criterion=first, other=then)


def criterion_meant(words: str, goal: Goal) -> int | None:
    """The criterion that words name: by its number, or by most of the words; None for none, or for several alike.

    What its tasks are called counts too, for what the criterion itself does not say.
    """
    numbered = _NUMBERED.fullmatch(words.strip())
    if numbered is not None:
        index = int(numbered[1]) - 1
        return index if 0 <= index < len(goal.criteria) else None
    wanted = subjects(words)
    if not wanted:
        return None
    own = [len(wanted & subjects(text)) / len(wanted) for text in goal.criteria]
    tasks = [set[str]() for _ in goal.criteria]
    for task in goal.live_tasks:
        if task.criterion is not None and task.criterion < len(tasks) and task.status not in ENDED_TASKS:
            tasks[task.criterion] |= subjects(task.title)
    for shares in (own, [len(wanted & said) / len(wanted) for said in tasks]):
        best = max(shares, default=0.0)
        if best >= _ENOUGH:
            return shares.index(best) if shares.count(best) == 1 else None
    return None
