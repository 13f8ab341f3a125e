"""Takes a criterion apart: sentences, lists, «then», conditions and order words become single clauses."""

import re
from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from engine.planning.criteria.implied import SORTED_INTO, spelled, with_implied_verbs
from engine.planning.criteria.phrasing import (
    USED_AS_VERB,
    as_doings,
    instead,
    is_later,
    is_remark,
    leads_to,
    names_a_thing,
    placed_behind,
    with_verbs,
)
from engine.planning.criteria.qualifiers import forbids
from engine.planning.criteria.verbs import NOUN_LIKE, VERBS, Kind, is_done, leading_verb
from engine.planning.criteria.wording import capitalised, clean, the

MOST_CLAUSES = 12
"""More than that in one criterion is a goal of its own; what is left stays together in the last clause."""


class Clause(Struct, frozen=True, kw_only=True, gc=False):
    """One thing that a criterion asks for, in the person's words."""

    text: str
    step: int = 0
    """Clauses of one criterion with a higher step come after those with a lower one."""
    condition: str = ""
    """What must hold for it to be done at all; empty for always."""
    negated: bool = False
    """True when it is to be done only if the condition does not hold."""
    after: str = ""
    """What it is to come after, in words; empty for nothing named."""
    before: str = ""
    """What it is to come before, in words; empty for nothing named."""
    place: int = 0
    """-1 when it is to come first of all, 1 when it is to come last, 0 otherwise."""
    follows: bool = False
    """Whether it follows what the criterion before this one asks for («Then …»)."""
    refers_back: bool = False
    """Whether its condition is told before it, perhaps by another criterion: «Otherwise …», «If so, …»."""
    whole: str = ""
    """The clause with what it comes after or before, as it was said; empty where it is the text."""
    lean: bool = False
    """One of several alike: its doing alone is a task, without preparation of its own."""
    told: str = ""
    """«doing» or «result», as the person put it, whatever it is read as; empty for anything else."""

    def excludes(self, other: "Clause") -> bool:
        """Whether only one of the two is ever done, one for «yes» and one for «no»."""
        is_same = self.condition.lower() == other.condition.lower()
        return bool(self.condition) and is_same and self.negated is not other.negated


_BY_THE_CLOCK = re.compile(
    r"(?:\d{1,2}(?::\d\d)?\s?(?:am|pm|h|o'clock|uhr)\b|\d{1,2}:\d\d|noon|midnight|midday|(?:i\s+(?:go\s+to\s+)?)?bed(?:time)?\b|"
    r"breakfast|lunch|dinner|work\b|school\b|waking|getting up)",
    re.I,
)
_PROTECTED = re.compile(r"https?://\S+|«[^«»]{0,300}»|“[^“”]{0,300}”|\"[^\"\n]{0,300}\"|`[^`\n]{0,100}`")
_ITEM = re.compile(r"(?:(?<=\s)|^)(?:\(?(\d{1,2})[.)]|[-*•–])\s+(?=\S)")
_NUMBERED_THINGS = "|".join(
    rf"(?<=\b{word}\.)"
    for word in ("ch", "chap", "vol", "pp", "fig", "sec", "nr", "art", "par", "pt", "ep", "ex", "eq", "ver")
)
"""Behind these a number goes on with the sentence: «Write ch. 5»."""
# A row of stops is taken whole, by `++`: to try each part of it takes seconds for a line of dots.
_SENTENCE = re.compile(
    r"(?<![\s.][A-Za-z])(?<!e\.g)(?<!i\.e)(?<!vs)(?<!etc)(?<![Aa]vg)(?<!max)(?<!min)(?<!incl)(?<!excl)(?<!approx)(?<!Dr)(?<!No)(?<!Mr)"
    rf"(?<!\bMrs)(?<!\bSt)(?<!\bProf)(?:(?<!\d)[.!?]++(?!(?i:{_NUMBERED_THINGS})\s*\d)\s+(?=\S)|(?<=\d)[.!?]++\s+(?=\S)(?!(?i:jan|feb|m[aä]r|apr|ma[iy]|ju[nl]|aug|sep|o[ck]t|nov|de[cz])))"
    r"|\s*;\s+|\n+"
)
_LEAD = re.compile(
    r"(?:and\s+)?(?:(?P<then>then|next|after that|after this|afterwards|subsequently|second(?:ly)?|third(?:ly)?)"
    r"|(?P<first>first of all|firstly|first|to start with|to begin with)"
    r"|(?P<last>finally|lastly|at last|in the end|at the end|last)"
    r"|(?P<else>otherwise|or else|else|if not))(?P<comma>\s*[,:])?\s+(?=\S)",
    re.I,
)
_STEPS = re.compile(
    r"\s*(?:->|→|=>)\s*|,?\s*(?:and\s+)?\b(?:then|afterwards|followed by|after which|and finally|"
    r"and after that)\b,?\s+",
    re.I,
)
_ELSE = re.compile(r"[,;]\s*(?:and\s+)?(?:otherwise|or else|if not,?)\s+", re.I)
_CONDITION_LEAD = re.compile(
    r"(?P<word>only if|only when|if|unless|in case|provided that|"
    r"as long as)\s+(?:(?P<what>[^,:]{2,120})[,:]\s+(?:then\s+)?|(?P<brief>(?:it|that|this|they)\s(?:is\s)?"
    r"(?:works?(?: out)?|goes well|went well|helps?|fits?|pays off|passes|sells|profitable|good|possible))\s+)"
    r"(?P<rest>.+)",
    re.I | re.S,
)
_CONDITION_TAIL = re.compile(
    r"(?P<rest>.+?),?\s+(?P<word>(?:but\s+)?only (?:if|when|once)|if and only if|if|unless|in case|"
    r"provided(?: that)?|as long as)"
    r"\s+(?P<what>.{2,160})",
    re.I | re.S,
)
_ASKING = re.compile(
    r"\b(?:check|see|decide|find out|determine|verify|know|test|ask|learn|wonder|clear|what|even|as)\s*$"
    r"|^ask\s+(?:(?!for\b|to\b)\S+(?:\s+|$)){1,4}$",
    re.I,
)
_ORDER_LEAD = re.compile(
    r"(?P<word>after|once(?!\s(?:a|per|each|every)\b)|when|as soon as|before)\s+(?P<what>[^,]{2,120}),\s*(?P<rest>.+)",
    re.I | re.S,
)
_ORDER_TAIL = re.compile(
    r"(?P<rest>.+?),?\s+(?:(?:right|immediately|directly|shortly)\s+)?(?P<word>after|"
    r"once(?!\s(?:a|per|each|every)\b)|when|as soon as|before)\s+(?!and\b|or\b)(?P<what>.{2,120})",
    re.I | re.S,
)
POINTERS = frozenset({"that", "this", "it", "doing that", "doing so"})
"""What points to what was said right before: «before that», «after this»."""
_JOINT = re.compile(r"(\s*,\s+and\s+|\s*,\s+|\s+and\s+|\s+&\s+)", re.I)
_COLON = re.compile(r"(?P<head>[^:\n]{3,100}):\s+(?P<list>.{5,})", re.S)
_PRONOUN = re.compile(r"\b(it|them|this|these)\b")
_SPLITTABLE = frozenset(
    {Kind.DEVELOP, Kind.DESIGN, Kind.SETUP, Kind.LEARN, Kind.READ, Kind.INTERVIEW, Kind.TEST, Kind.WRITE, Kind.HIRE,
     Kind.MIGRATE, Kind.RESEARCH, Kind.FIX, Kind.REPAIR, Kind.TIDY, Kind.MAKE, Kind.DEPLOY, Kind.PUBLISH}
)  # fmt: skip
_SPLITTABLE_CHORES = frozenset({"call", "email", "phone", "visit", "contact", "meet", "invite", "ask", "book"})


def split(text: str, most: int = MOST_CLAUSES) -> tuple[Clause, ...]:
    """The clauses of one criterion, from one to `most`; a text without any words comes back as it is."""
    held: list[str] = []

    def hold(match: re.Match[str]) -> str:
        held.append(match[match.lastindex or 0])
        return match[0].removesuffix(held[-1]) + chr(0xE000 + len(held) - 1)

    masked = _PROTECTED.sub(hold, clean(text)) if len(text) < 8192 else clean(text)
    masked = spelled(SORTED_INTO.sub(hold, masked))
    clauses = _in_order(masked)
    if len(clauses) > most:
        rest = ", ".join(clause.text for clause in clauses[most - 1 :])
        clauses = (*clauses[: most - 1], replace(clauses[most - 1], text=rest, whole=""))

    def back(part: str) -> str:
        return re.sub(
            "[\ue000-\uf8ff]",
            lambda sign: held[ord(sign[0]) - 0xE000] if ord(sign[0]) - 0xE000 < len(held) else "",
            part,
        )

    return tuple(
        replace(
            c,
            text=back(c.text),
            condition=back(c.condition),
            after=back(c.after),
            before=back(c.before),
            whole=back(c.whole),
        )
        for c in clauses
    )


def _in_order(text: str) -> tuple[Clause, ...]:
    found: list[Clause] = []
    step = last = 0
    for numbered, said in _sentences(text):
        if found and is_remark(said):
            continue
        sentence = as_doings(said)
        told = "result" if is_done(said) or is_done(f"it {said}") else "doing" if leading_verb(said) is not None else ""
        lead = _lead(sentence)
        body = sentence[lead.end() :] if lead else sentence
        if found and (numbered or is_later(said) or (lead and (lead["then"] or lead["last"]))):
            step = last + 1
        parts = with_verbs([part for part in _STEPS.split(body) if part and part.strip(" ,.;")])
        for position, part in enumerate(parts):
            step += 1 if position else 0
            own = _part(part, step, lead if not position else None, found, told)
            last = max([last, *(clause.step for clause in own)])
            found += own
    return tuple(found) or (Clause(text=text.strip() or text),)


def _lead(sentence: str) -> re.Match[str] | None:
    """The order word a sentence begins with; «First aid course» and «Next.js» are none."""
    lead = _LEAD.match(sentence)
    if lead is None or lead["comma"] or lead["else"]:
        return lead
    word, rest = lead[0].split()[-1].lower(), sentence[lead.end() :]
    is_name = word in _ALSO_NAMES and (leading_verb(rest) is None or is_done(rest) or names_a_thing(rest))
    return None if is_name else lead


def standing_alone(sentence: str) -> str:
    """A sentence as it reads without those before it: «Then paint it» → «Paint it»."""
    lead = _lead(sentence)
    return capitalised(sentence[lead.end() :]) if lead is not None else sentence


_ALSO_NAMES = frozenset({"first", "second", "third", "next", "last"})
"""Order words that names begin with too: only a known verb behind them shows what is meant."""


def _sentences(text: str) -> Iterator[tuple[bool, str]]:
    """Sentences and list items, with whether the item carries a number."""
    marks = list(_ITEM.finditer(text))
    numbers = [int(mark[1]) for mark in marks if mark[1]]
    listed = numbers[:2] == [1, 2] or (len(marks) > 1 and not numbers and "\n" in text)
    if not listed:
        start = marks[0].end() if marks and marks[0].start() == 0 and len(text) > marks[0].end() else 0
        yield from ((False, part.strip()) for part in _SENTENCE.split(text[start:]) if part.strip(" .!?"))
        return
    head = text[: marks[0].start()].strip(" :\n")
    if head and leading_verb(head) is not None and not text[: marks[0].start()].rstrip().endswith(":"):
        yield False, head
    for mark, following in zip(marks, [*marks[1:], None], strict=True):
        item = text[mark.end() : following.start() if following else len(text)].strip(" ,;\n")
        if item:
            yield bool(mark[1]), item


def _part(text: str, step: int, lead: re.Match[str] | None, earlier: list[Clause], told: str) -> list[Clause]:
    text = text.strip(" ,;\n")
    place = 0 if lead is None else -1 if lead["first"] else 1 if lead["last"] else 0
    if place == 0:
        text, place = placed_behind(text)
    follows = lead is not None and bool(lead["then"]) and not earlier
    if lead is not None and lead["else"]:
        last = next((clause for clause in reversed(earlier) if clause.condition), None)
        if last is not None:
            other = Clause(text=text, step=last.step, condition=last.condition, negated=not last.negated, told=told)
            return _bare(text, other)
    pieces = _ELSE.split(text, maxsplit=1)
    clause = replace(_conditioned(pieces[0].strip()), step=step, place=place, follows=follows, told=told)
    clause = replace(clause, refers_back=lead is not None and lead["else"] is not None)
    if clause.before.lower() in POINTERS or clause.after.lower() in POINTERS:
        clause = replace(clause, whole="", follows=False)
    found = _bare(clause.text, clause, earlier)
    if len(pieces) > 1 and clause.condition:
        other = replace(clause, text=instead(clause.text, pieces[1]), negated=not clause.negated)
        found += _bare(other.text, other)
    elif len(pieces) > 1:
        found[-1] = replace(found[-1], text=text)
    return found


def _conditioned(text: str) -> Clause:
    if forbids(text):
        return Clause(text=text)
    match = _CONDITION_LEAD.match(text)
    if match is None:
        match = _CONDITION_TAIL.fullmatch(text)
        if match is not None and _ASKING.search(match["rest"]):
            match = None
    if match is None or match["rest"].count("(") != match["rest"].count(")"):
        return _ordered(Clause(text=text))
    what, word = (match["what"] or match["brief"]).strip(" .!?"), match["word"].lower()
    if what.lower() in {"possible", "needed", "necessary", "required", "any", "applicable", "not"}:
        return _ordered(Clause(text=text))
    if "if" not in word and _DONE.search(what):
        return _ordered(Clause(text=match["rest"], after=what))
    return _ordered(Clause(text=match["rest"], condition=what, negated=word == "unless"))


_DONE = re.compile(
    r"\b(?:is|are|was|were|has been|have been|gets?|being)?\s*(?:done|ready|finished|complete|completed|over|"
    r"closed|signed|live)$",
    re.I,
)


def _ordered(clause: Clause) -> Clause:
    match = _ORDER_LEAD.match(clause.text)
    if match is None:
        match = _ORDER_TAIL.fullmatch(clause.text)
        asks = match is not None and not match["what"][0].isdigit() and _ASKING.search(match["rest"]) is not None
        if match is None or asks or len(match["rest"]) < 3:
            return clause
    what = match["what"].strip(" .!?")
    if _BY_THE_CLOCK.match(what):
        return clause
    if match["word"].lower() == "before":
        return replace(clause, text=match["rest"], before=what, whole=clause.text)
    return replace(clause, text=match["rest"], after=what, whole=clause.text)


def _bare(text: str, clause: Clause, earlier: list[Clause] | None = None) -> list[Clause]:
    """The clause in as many as it has verbs or things to do side by side."""
    text = text.strip(" ,;.!\n") or text
    text = text if clause.told == "result" else with_implied_verbs(text)  # «transfer photos» are no photos to take
    known = _object(earlier[-1].text) if earlier else ""
    known = "" if _PRONOUN.fullmatch(known) else known
    colon = _COLON.fullmatch(text)
    if colon is not None:
        parts = _parts(colon["list"])
        verbs = [leading_verb(part) for part in parts]
        if len(parts) > 1 and all(verbs):
            return _sequence(parts, clause, _object(colon["head"]))
    parts = _parts(text)
    if len(parts) > 1 and leading_verb(text) is not None:
        by_verb = _by_verbs(parts)
        is_known = known or any(_object(part) and not _PRONOUN.fullmatch(_object(part)) for part in by_verb)
        if len(by_verb) > 1 and (is_known or all(len(part.split()) == 1 for part in by_verb)):
            return _sequence(by_verb, clause, known)
        things = _by_things(text, parts)
        if things:
            return [replace(clause, text=thing, whole="", lean=True) for thing in things]
    is_short = len(text.split(" ")) <= 4
    if known and earlier and _PRONOUN.search(text) and (is_short or leading_verb(text) is not None):
        step = max(clause.step, earlier[-1].step + (clause.step == earlier[-1].step))
        return [replace(clause, text=_named(text, known), step=step)]
    return [replace(clause, text=capitalised(text))]


def _parts(text: str) -> list[str]:
    return [part for part in _JOINT.split(text)[::2] if part.strip()]


def _by_verbs(parts: list[str]) -> list[str]:
    """Parts joined until each begins with a verb: «Write code», «and test it»."""
    single = [part.strip().lower() in VERBS for part in parts]
    found = [[parts[0]]]
    for position, part in enumerate(parts[1:], 1):
        first, _, rest = part.strip().partition(" ")
        verb = leading_verb(part)
        counts = verb is not None and first[:1].islower() and not first.lower().endswith("ing")
        if counts and first.lower() in NOUN_LIKE:
            counts = bool(USED_AS_VERB.match(rest)) or (all(single[:position]) and (single[position] or bool(rest)))
        elif counts:
            counts = bool(rest) or all(single[:position])
        if counts:
            found.append([part])
        else:
            found[-1].append(part)
    return [" and ".join(filter(None, (", ".join(group[:-1]), group[-1]))) for group in found]


def _sequence(parts: list[str], clause: Clause, known: str) -> list[Clause]:
    """Clauses of several verbs; verbs that share one thing («design, build and test it») follow each other."""
    shared = any(len(part.split()) == 1 for part in parts) or any(_PRONOUN.search(part) for part in parts[1:])
    thing = known
    last = _object(parts[-1])
    if any(len(part.split()) == 1 for part in parts) and last and not _PRONOUN.fullmatch(last):
        thing = last
    found = []
    in_turn = False
    for position, part in enumerate(parts):
        own = _object(part)
        text = (
            f"{part.strip()} {thing if thing[0].isdigit() else the(thing)}"
            if thing and _is_bare(part)
            else _named(part.strip(), thing)
        )
        if own and not _PRONOUN.fullmatch(own):
            thing = own
        in_turn = in_turn or (position > 0 and leads_to(parts[position - 1], part))
        step = clause.step + (position if shared or in_turn else 0)
        found.append(replace(clause, text=capitalised(text), step=step, whole="", lean=len(parts) > 3))
    return found


def _is_bare(part: str) -> bool:
    """Whether a part is a verb and nothing more, so that it speaks of a thing named elsewhere."""
    verb = leading_verb(part)
    return verb is None or len(part.split()) <= len(verb[0].split())


def _named(text: str, thing: str) -> str:
    return _PRONOUN.sub(lambda _: the(thing), text, count=1) if thing else text


_OBJECT_END = re.compile(
    r"\s+(?:to|on|in|for|with|from|by|at|using|about|until|via|into|of|per|against|between|among)\s+|[,;(]", re.I
)


def _object(text: str) -> str:
    """The thing that a clause acts on: «Test the app with users» → «the app»."""
    verb = leading_verb(text)
    if verb is None:
        return ""
    rest = text.split(" ", len(verb[0].split()))[len(verb[0].split()) :]
    return _OBJECT_END.split(f" {rest[0]}", maxsplit=1)[0].strip() if rest else ""


def _by_things(text: str, parts: list[str]) -> list[str]:
    """«Interview Anna, Ben and Cleo» as three; nothing where the things belong together or are no list of three."""
    verb = leading_verb(text)
    if verb is None or len(parts) < 3 or (verb[1] not in _SPLITTABLE and verb[0] not in _SPLITTABLE_CHORES):
        return []
    first, size = parts[0].split(" "), len(verb[0].split())
    head, things = " ".join(first[:size]), [" ".join(first[size:]), *parts[1:]]
    if any(not 0 < len(thing.split()) <= 4 or _OBJECT_END.search(f" {thing} ") for thing in things):
        return []
    return [f"{head} {thing.strip()}" for thing in things]
