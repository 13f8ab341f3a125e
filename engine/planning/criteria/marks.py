"""Marks on clauses for what no single word of theirs tells; they stand among the stems that tell a clause's place."""

import re

from engine.planning.criteria.kinds import BY_AUDITORS
from engine.planning.criteria.lookalikes import TRADES
from engine.planning.criteria.reading import Reading
from engine.planning.criteria.titles import head_of
from engine.planning.criteria.verbs import Kind
from engine.planning.criteria.wording import stem, word_set, words

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
        AUDIT_FINDINGS: "findings" in words(reading.text),
        OUTSIDE_AUDIT: is_audit,
    }
    return frozenset(stem(mark) for mark, holds in marks.items() if holds)
