"""What kind of doing a word calls for: tables of verbs and of the nouns that stand for a doing."""

import re
from enum import StrEnum

from engine.planning.criteria.domains import (
    ALSO_DONE,
    NO_DOINGS,
    NO_PARTICIPLES,
    PAIRS,
    is_named_by_it,
    stands_for_no_doing,
)
from engine.planning.criteria.wording import word_set, words


class Kind(StrEnum):
    """A kind of doing. `doings.py` says which compound of the method libraries each calls for."""

    RESEARCH = "research"
    DESIGN = "design"
    DEVELOP = "develop"
    TEST = "test"
    BACKTEST = "backtest"
    OPTIMISE = "optimise"
    FEEDBACK = "feedback"
    DEPLOY = "deploy"
    MONITOR = "monitor"
    LAUNCH = "launch"
    PROMOTE = "promote"
    MIGRATE = "migrate"
    SETUP = "setup"
    FIX = "fix"
    LEARN = "learn"
    COURSE = "course"
    READ = "read"
    EXAM = "exam"
    COMPETE = "compete"
    INTERVIEW = "interview"
    RECRUIT = "recruit"
    WRITE = "write"
    PUBLISH = "publish"
    PRESENT = "present"
    HIRE = "hire"
    APPLY = "apply"
    BUY = "buy"
    SELL = "sell"
    SAVE = "save"
    ORGANISE = "organise"
    PLAN = "plan"
    TRAVEL = "travel"
    FIND = "find"
    MOVE = "move"
    TRAIN = "train"
    PRACTISE = "practise"
    QUIT = "quit"
    TIDY = "tidy"
    REPAIR = "repair"
    DECIDE = "decide"
    WAIT = "wait"
    CHECK = "check"
    REACH = "reach"
    CHANGE = "change"
    MAKE = "make"
    FINISH = "finish"
    RUN = "run"
    CHORE = "chore"
    SETTLE = "settle"
    STATE = "state"
    OTHER = "other"


_VERBS: dict[Kind, str] = {
    Kind.RESEARCH: "research investigate explore analyse analyze survey evaluate assess examine audit "
    "characterise characterize look_into find_out understand_the compare map identify discover validate",
    Kind.DESIGN: "design redesign sketch wireframe mock_up prototype architect draw_up conceive",
    Kind.DEVELOP: "develop build implement code program construct engineer add integrate automate rewrite "
    "refactor port",
    Kind.TEST: "test try_out trial qa pilot verify user_test",
    Kind.BACKTEST: "backtest back-test simulate",
    Kind.OPTIMISE: "optimise optimize tune speed_up accelerate fine-tune improve enhance streamline",
    Kind.DEPLOY: "deploy roll_out go_live cut_over switch_over",
    Kind.MONITOR: "monitor observe watch paper_trade keep_an_eye_on keep_watching track supervise",
    Kind.LAUNCH: "launch release ship open go_public",
    Kind.PROMOTE: "promote market advertise announce pitch spread_the_word publicise publicize",
    Kind.MIGRATE: "migrate upgrade switch_to switch_from transfer convert import move_the_data",
    Kind.SETUP: "set_up install configure connect establish provision",
    Kind.FIX: "debug fix resolve",
    Kind.LEARN: "learn master study study_the understand become_fluent become_proficient teach_myself get_better_at",
    Kind.COURSE: "enrol enroll",
    Kind.READ: "read reread",
    Kind.EXAM: "pass sit certify ace",
    Kind.COMPETE: "compete",
    Kind.INTERVIEW: "interview talk_to talk_with speak_to speak_with",
    Kind.RECRUIT: "recruit enlist",
    Kind.WRITE: "write draft compose document outline edit revise proofread rewrite_the blog translate",
    Kind.PUBLISH: "publish submit post upload hand_in hand_it_in turn_in",
    Kind.PRESENT: "present demo rehearse",
    Kind.HIRE: "hire employ",
    Kind.APPLY: "apply",
    Kind.BUY: "buy purchase get_a get_an rent lease",
    Kind.SELL: "sell",
    Kind.SAVE: "invest save save_up put_aside set_aside pay_off",
    Kind.ORGANISE: "organise organize host throw arrange_a arrange_the",
    Kind.PLAN: "plan prepare_for",
    Kind.TRAVEL: "travel fly_to go_to holiday_in backpack",
    Kind.MOVE: "move relocate move_house move_to move_into move_in",
    Kind.TRAIN: "train_for run_a swim_the climb summit finish_a_marathon",
    Kind.PRACTISE: "practise practice exercise meditate work_out jog swim cycle stretch walk train journal "
    "bike_to bike_home bike_along bike_through commute go_running go_to_the_gym do_yoga sleep play",
    Kind.QUIT: "quit stop give_up cut_out",
    Kind.TIDY: "clean tidy declutter clear_out sort_out clean_out clear wash vacuum sort",
    Kind.REPAIR: "repair mend restore renovate",
    Kind.DECIDE: "decide choose pick select settle agree_on come_up_with",
    Kind.WAIT: "wait pause rest let_it",
    Kind.CHECK: "check make_sure ensure confirm review inspect",
    Kind.FIND: "find look_for search_for hunt_for locate",
    Kind.REACH: "achieve reach hit gain rank attain exceed earn get_to grow_to win have raise lose drop_to surpass "
    "collect generate score make_at_least stay keep secure",
    Kind.CHANGE: "reduce cut lower decrease shrink increase grow double boost",
    Kind.MAKE: "lay_out make create produce prepare film shoot record paint compile assemble plant bake design_and",
    Kind.FINISH: "complete finish finalise finalize do conduct perform carry_out deliver accomplish hold",
    Kind.RUN: "run execute start begin",
    Kind.CHORE: "call email e-mail phone text message pay send pick_up report screen list change back_up notify inform "
    "cut_up redirect forward deregister unsubscribe weed sow harvest teach enter apply_for lead see show_up place "
    "frame fill_in fill_out unplug empty borrow lend wrap charge drive ride scan "
    "bring water feed cook order return renew cancel dig_over rip_out tear_out knock_down strip_out lay "
    "seed insulate "
    "book reserve sign print register file ask tell thank schedule attend meet take get go visit invite contact "
    "reply respond update remove delete close hang pack unpack drop_off put give ring mow iron shave use "
    "explain discuss describe introduce rent_out hire_out lease_out lend_out "
    "contribute share talk speak spend look donate replace negotiate accept celebrate merge commit push tag switch "
    "add_up annotate test_ride test_drive test_cook test_bake switch_off onboard turn_off turn_on hand_over gather",
}  # fmt: skip

VERBS: dict[str, Kind] = {verb.replace("_", " "): kind for kind, listed in _VERBS.items() for verb in listed.split()}
"""Verbs in their base form, of one to four words."""

_NOUNS: dict[Kind, str] = {
    Kind.BACKTEST: "backtest backtests backtesting",
    Kind.FEEDBACK: "feedback suggestions",
    Kind.TEST: "testing tests test trial qa pilot usability beta",
    Kind.COURSE: "course courses class classes lessons bootcamp specialization specialisation mooc tutorial "
    "module modules",
    Kind.EXAM: "exam exams certification certificate examination licence license",
    Kind.COMPETE: "competition competitions hackathon hackathons contest contests tournament challenge challenges",
    Kind.INTERVIEW: "interview interviews",
    Kind.RESEARCH: "research analysis study survey surveys investigation audit review literature",
    Kind.DESIGN: "design mockup mockups wireframe wireframes prototype logo branding",
    Kind.DEVELOP: "implementation development mvp app website feature backend frontend api integration software",
    Kind.DEPLOY: "deployment rollout",
    Kind.MONITOR: "monitoring observation",
    Kind.LAUNCH: "launch release",
    Kind.MIGRATE: "migration upgrade",
    Kind.OPTIMISE: "optimisation optimization tuning",
    Kind.WRITE: "thesis essay article book chapter report documentation manuscript novel blog post proposal paper",
    Kind.PRESENT: "presentation talk speech",
    Kind.ORGANISE: "wedding party conference event meetup workshop festival reunion anniversary birthday premiere camp",
    Kind.TRAVEL: "trip travel holiday vacation journey",
    Kind.TRAIN: "marathon half-marathon triathlon ironman 10k 5k race",
    Kind.MOVE: "relocation",
    Kind.TIDY: "cleaning",
    Kind.REPAIR: "repair renovation",
    Kind.PRACTISE: "workout workouts exercise practice",
    Kind.RECRUIT: "testers participants volunteers",
}
NOUNS: dict[str, Kind] = {noun: kind for kind, listed in _NOUNS.items() for noun in listed.split()}

EVENTS = word_set(
    """wedding party conference event meetup workshop festival reunion anniversary birthday offsite retreat dinner fair
    concert gala bazaar hackathon picnic barbecue bbq exhibition ceremony run tournament fundraiser celebration"""
)
"""What people come together for on a day."""

NOUN_LIKE = word_set(
    """talk record prototype audit place report list drive change frame research design test plan book market pitch
    launch release study survey review pilot demo post blog code program check call email text message order return
    water cook paint document process present run start share train travel move practice exercise walk swim play rest
    pause watch track upgrade transfer port trial sort show score raise file print sign pack interview lease rent
    debug open close stretch hit lower clear state save deliver draft"""
)
"""Verbs that are as often nouns: they count as verbs only where the sentence leaves no doubt."""

WEAK = frozenset({Kind.FINISH, Kind.RUN})
"""Verbs that say nothing by themselves: the noun behind them tells the kind."""

_AUXILIARIES = word_set("is are was were be has can works work exists passes pass answers returns responds stays")
SHORT_TEXTS = word_set(
    "email e-mail letter message note card postcard list line tweet reply invitation invitations review"
)
"""What is written in one go."""
_AFTER_VERB = word_set("if that whether the a an my our")
_DONE = word_set(
    "written rewritten done sold sent paid built made bought found won signed hung sewn taught told gone put"
)


def base_form(word: str) -> str:
    """The verb that a word is a form of («developing», «deployed» → «develop», «deploy»), or the word itself."""
    word = word.lower()
    if word in VERBS:
        return word
    for suffix, ends in (("ing", ("", "e")), ("ied", ("y",)), ("ed", ("", "e")), ("es", ("",)), ("s", ("",))):
        if word.endswith(suffix) and len(word) > len(suffix) + 2:
            root = word[: -len(suffix)]
            for end in ends:
                if root + end in VERBS:
                    return root + end
            if len(root) > 3 and root[-1] == root[-2] and root[:-1] in VERBS:
                return root[:-1]
    return word


def leading_verb(text: str) -> tuple[str, Kind] | None:
    """The verb a text begins with, in its base form, and its kind; None when it begins with none that is known."""
    first = text[:400].lower().replace(",", " ,").split(None, 4)[:4]  # four words of any verb are far shorter
    pair = "_".join(first[:2]).strip(".!?:")
    is_done_with = " ".join(first[:2]) in VERBS and first[2:3] != [] and _BEHIND_A_VERB.match(" ".join(first[2:]))
    if (
        (first[:1] and first[0].endswith("ing") and is_named_by_it(first[1:]))
        or _A_RIDE.match(text)
        or _FOR_TRAVEL.match(text)
        or (pair in PAIRS and not is_done_with)
        or first[:2] == ["do", "not"]
        or _names_a_figure(text, first)
    ):
        return None
    for length in range(len(first), 1, -1):
        phrase = " ".join(first[:length])
        if phrase in VERBS:
            return phrase, VERBS[phrase]
    if not first:
        return None
    word = first[0].strip(".!?:")
    base = word if word in VERBS else base_form(word) if word.endswith("ing") else _respelled(word)
    return (base, VERBS[base]) if base in VERBS else None


_BEHIND_A_VERB = re.compile(r"(?:at least |about )?\d|(?:the|an?|my|our|both|all|some|two|three|four|five)\b")
_A_RIDE = re.compile(
    r"(?i:train|transfer) (?:to|from) (?:the )?[A-Z]|(?i:talk .*\bat .*\b(?:conference|meet-?up|congress|school)\b)"
)
"""«Train to Vienna» is a way to get there, and «Talk at the conference» what is given there."""
_FOR_TRAVEL = re.compile(
    r"(?i:travel) (?!(?:to|by|from|with|in|around|through|across|for|alone|abroad|home|there|back|light|on|at|via|and|"
    r"together|more|less|the|a)\b)[a-z]"
)
"""«Travel adapter»."""
_DOUBLED = re.compile(r"(.)\1")
_SINGLE = {_DOUBLED.sub(r"\1", verb): verb for verb in VERBS if len(verb) > 5 and " " not in verb}
_LETTERS = frozenset("".join(sorted(verb)) for verb in VERBS if len(verb) > 5)


def _respelled(word: str) -> str:
    """A long verb in which a letter is doubled or not, or two neighbours are swapped: «anounce», «pubilsh»."""
    if len(word) < 6 or word in NOUNS:
        return word
    swaps = range(1, len(word) - 1) if "".join(sorted(word)) in _LETTERS else ()
    swapped = (f"{word[:n]}{word[n + 1]}{word[n]}{word[n + 2 :]}" for n in swaps)
    return _SINGLE.get(_DOUBLED.sub(r"\1", word)) or next((one for one in swapped if one in VERBS), word)


_FIGURES = word_set("time times rate rates size duration")
_FIGURES_OF = word_set("build load test run start open click crash read lead cycle deploy release")
_COMPARED = re.compile(
    r"[<>≤≥]|\b(?:not? (?:worse|longer)|under|below|above|at (?:most|least)|(?:less|more|fewer) than|max|min)\b",
    re.I,
)


def _names_a_figure(text: str, first: list[str]) -> bool:
    """Whether the first word belongs to a figure and is no verb: «Build time < 10 min»."""
    is_pair = len(first) > 1 and first[0] in _FIGURES_OF and first[1] in _FIGURES
    return is_pair and _COMPARED.search(text) is not None


def noun_kind(text: str) -> Kind | None:
    """The kind that the nouns of a text tell: the last telling one before «of», «on» and the like wins."""
    found, is_aside, said = None, False, words(text)[:12]
    for before, word, behind in zip(["", *said], said, [*said[1:], ""], strict=False):
        if word in NO_DOINGS or f"{word}_{behind}" in PAIRS or stands_for_no_doing(before, word, behind):
            found = None
            continue
        if word in {"of", "on", "in", "for", "with", "from", "about", "at", "to", "by"} and found is not None:
            break
        if word in {"at", "with", "via", "using", "under"}:
            break  # where or by what it is done, and not what it is: «Show a teaser at the festival»
        is_aside = is_aside or (word in _ASIDE and before != "")
        told = NOUNS.get(word, found)
        found = found if is_aside and told in _ELSEWHERE else told
    return found


_ASIDE = word_set("for on in about from to by")
_ELSEWHERE = frozenset({Kind.DEVELOP, Kind.WRITE, Kind.DESIGN, Kind.RECRUIT, Kind.ORGANISE})
"""What a thing is for, or where it stands, and not what it is: «Training for volunteers», «Results on the website»."""


_BEHIND = word_set("by on in at from to with for until before of")


def is_done(text: str) -> bool:
    """Whether a text names something to be done as a thing done: «changelog written», «design approved by Ann»."""
    bare = _BRACKETS.sub(" ", text) if "(" in text else text
    said = words(_WORK.sub(" ", bare) if "work" in bare.lower() else bare)
    if not _AUXILIARIES.isdisjoint(said[1:12]) or len(said) < 2 or said[0] in _DONE:
        return False
    ends = next((number for number, word in enumerate(said[1:], 1) if word in _BEHIND), len(said))
    ends -= ends > 2 and said[ends - 1] in _PARTICLES  # «carried out», «set up»
    word = said[ends - 1]
    if ends < 2 or not (word in _DONE or word.endswith("ed") or word in ALSO_DONE):
        return _ends_done(said, text)
    return word in _DONE or base_form(word) in VERBS or word in _PASSED or _is_participle(word, text)


def _ends_done(said: list[str], text: str) -> bool:
    """Whether a text tells only at its end what is done to a thing: «Lease for Mill Lane signed»."""
    ahead, last = (said[:-1] if len(said) > 3 and said[-1] in _PARTICLES else said)[-2:]
    is_past = last.endswith("ed") and last not in _ASKED_FOR and base_form(last) in VERBS
    is_known = last in _DONE or last in _PASSED or is_past
    return is_known and ahead not in _BEHIND and ahead not in _ARTICLES and leading_verb(text) is None


_ASKED_FOR = word_set("needed required owed provided received agreed requested wanted promised reported used offered")
_CAUSES = word_set("have get keep make see stay")
_ARTICLES = word_set("the a an my our your his her its their all each every any some this that these those")


def is_result(text: str) -> bool:
    """Whether a text says what is to be done as a result, though it may begin like a doing: «Study guide printed»,
    «Building permit granted». A doing would say «the guide», and «Fix bugs reported» says which ones."""
    found = leading_verb(text)
    if not is_done(text):
        return False
    if found is None or found[0] in NOUN_LIKE or text.partition(" ")[0].endswith("ing"):
        return True
    said = words(text)
    ends = next((number for number, word in enumerate(said) if word in _BEHIND), len(said))
    before, done = said[: ends - 1], said[ends - 1 : ends]
    if found[0] in _CAUSES or not 1 <= len(before) <= 4 or _ARTICLES & set(before) or _ASKED_FOR & set(done):
        return False
    return not before[-1].endswith("s") and base_form(before[-1]) == before[-1]


BASES = {
    "written": "write", "sold": "sell", "sent": "send", "built": "build", "made": "make",
    "bought": "buy", "found": "find",
}  # fmt: skip
"""Participles that no rule makes, and the verbs that they are of."""


def kind_of_done(text: str) -> Kind | None:
    """The kind of what was done, where a text names a thing done: «job deployed» → deploy; None for all else."""
    said = words(_BRACKETS.sub(" ", text))
    ends = next((number for number, word in enumerate(said[1:], 1) if word in _BEHIND), len(said))
    if not is_done(text) or said[-1] == "in":  # «feedback built in»
        return None
    return VERBS.get(BASES.get(said[ends - 1], base_form(said[ends - 1])))


_BRACKETS = re.compile(r"\([^)]*\)")
_PARTICLES = word_set("out up off away down in on over back together afterwards again already")


def _is_participle(word: str, text: str) -> bool:
    """Whether a word that ends a text says that something was done: «permission obtained», «walls plastered».

    Where the text begins with a verb, or the word is a name («Uncle Fred»), it says nothing of the kind.
    """
    is_gerund = text.partition(" ")[0].endswith("ing")
    found = leading_verb(text)
    is_noun = found is not None and (len(words(text)) < 3 or found[0] in NOUN_LIKE)  # «Build cached»
    if (found is not None and not is_gerund and not is_noun) or re.search(rf"\b{word.capitalize()}\b", text):
        return False
    if re.search(r"\b(?:have|get|needs?|wants?|until)\b", text, re.I):
        return False
    of_a_verb = len(word) > 4 and (not word.endswith("eed") or word in {"agreed", "guaranteed", "freed"})
    return word in ALSO_DONE or (of_a_verb and word not in NO_PARTICIPLES)


_PASSED = word_set(
    "received handed approved accepted closed completed repaid renewed issued granted delivered confirmed decided"
)


_A_PASS = re.compile(r"(?<=[^s\W]\s)pass[.! ]*$", re.I)
_SO_MANY = re.compile(r"\d (?:answers|returns|passes|works)\b", re.I)
_WORK = re.compile(r"(?:\b(?:and|the|for|to|at|from|of|my|our|good|hard)|[&,])\sworks?\b", re.I)


def is_state(text: str) -> bool:
    """Whether a text tells how things are («the site is live») instead of what to do."""
    said = words(text)
    if said[1:2] and said[1] in _AFTER_VERB:
        return False
    said = words(
        _WORK.sub(" ", _SO_MANY.sub(" ", _A_PASS.sub("", text)))
    )  # «guests and work», «100 answers» tell of no state
    ends_done = len(said) > 1 and (said[-1] in _DONE or (said[-1].endswith("ed") and base_form(said[-1]) in VERBS))
    return ends_done or any(word in _AUXILIARIES for word in said[1:12])
