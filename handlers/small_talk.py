"""Words that are no goal: greetings, thanks, a cry for help, an answer to nothing, and almost a command. Pure."""

import difflib
import re
from enum import StrEnum

from engine.planning.criteria.goal_text import read_priority
from handlers.reading.naming import named_task
from handlers.reading.several import is_deed, tells_of_several
from handlers.reading.words import is_enough, is_no

COMMANDS: tuple[tuple[str, str], ...] = (
    ("goal", "Set a goal"),
    ("goals", "All your goals"),
    ("status", "Show a goal"),
    ("tasks", "The tasks of a goal"),
    ("blockers", "What is in the way"),
    ("approvals", "What waits for your yes"),
    ("log", "What happened so far"),
    ("files", "The files of a goal"),
    ("forecast", "When it will be done"),
    ("note", "Keep an observation"),
    ("replan", "Ask for another plan"),
    ("fail", "Give a goal up as failed"),
    ("pause", "Start nothing new for a while"),
    ("resume", "Let a paused goal go on"),
    ("cancel", "Leave a question, or cancel a goal"),
    ("why", "Why the plan is this one; with a number, why a task"),
    ("digest", "The summary now"),
    ("stats", "How right my predictions were"),
    ("budget", "What a goal may cost"),
    ("cost", "What it has cost so far"),
    ("spent", "Report money you spent"),
    ("fix", "Fix a bug in a repository"),
    ("feature", "Add a feature to a repository"),
    ("refactor", "Give code a better shape"),
    ("tests", "Add tests to a repository"),
    ("repo", "Repositories that code goals may work in"),
    ("settings", "Time zone, digest, quiet hours"),
    ("undo", "What you can have back"),
    ("export", "All your goals as a file"),
    ("privacy", "What is kept"),
    ("help", "What you can say"),
)
"""The commands menu: names without the slash, and what they do."""


REOPEN = "reopen"
"""Said as a command is, but a button in the menu of none."""


class SmallTalk(StrEnum):
    """What such words are."""

    HELLO = "hello"
    THANKS = "thanks"
    HELP = "help"
    COMMAND = "command"
    NOTHING_ASKED = "nothing_asked"


_HELLO = re.compile(
    "(?:hi|hello|hey|hallo|hola|salut|good (?:morning|afternoon|evening|day)|moin|👋[🏻-🏿]?)"
    "(?: there| milepost| bot)?[.! ]*",
    re.I,
)
_THANKS = re.compile(
    "(?:ok(?:ay)?,? )?(?:thanks?(?: you)?|thx|cheers|great|perfect|nice|cool|🙏[🏻-🏿]?|❤️?)"
    "(?: (?:so much|a lot|milepost|bot))?[.! ]*",
    re.I,
)
_HELP = re.compile(
    r"(?:help|\?+|menu|commands?|what can (?:i|you) (?:do|say)|(?:what|how|why|who|huh|hm+|sorry)\?+"
    r"|(?:who|what) are you|what(?: i|['’])s this|what now|how does (?:this|it) work)[.!? ]*",
    re.I,
)
_NUMBER = re.compile(r"[-+−]?[\d.,' ]*\d\s?%?[.! ]*")
_ALSO = {
    "stop": "cancel", "abandon": "cancel", "reopen": "goals", "new": "goal", "add": "goal",
    "list": "goals", "all": "goals", "plan": "status", "card": "status", "show": "status", "task": "tasks",
    "todo": "tasks", "done": "tasks", "next": "tasks", "today": "digest", "summary": "digest", "history": "log",
    "blocker": "blockers", "problems": "blockers", "blockages": "blockers", "delete": "cancel",
    "when": "forecast", "eta": "forecast", "timezone": "settings", "zone": "settings", "quiet": "settings",
    "mute": "settings", "money": "cost", "costs": "cost", "spend": "spent", "cap": "budget", "limit": "budget",
    "repos": "repo", "repository": "repo", "repositories": "repo", "code": "repo",
    "bug": "fix", "bugfix": "fix", "implement": "feature",    "refactoring": "refactor", "test": "tests",
}  # fmt: skip
"""Commands that people try, and the one that leads there."""
_AS_WORDS = frozenset({"stop", "abandon", "list", "summary", "history", "plan", "timezone"})
"""Those that are understood without the slash too, because they can mean nothing else."""


def small_talk(text: str) -> SmallTalk | None:
    """What a text is that surely describes no goal; None when it may describe one."""
    said = " ".join(text.split())
    for kind, pattern in (
        (SmallTalk.HELP, _HELP),
        (SmallTalk.HELLO, _HELLO),
        (SmallTalk.THANKS, _THANKS),
        (SmallTalk.NOTHING_ASKED, _NUMBER),
    ):
        if pattern.fullmatch(said):
            return kind
    if command_said(said)[0]:
        return SmallTalk.COMMAND
    named = named_task(said)
    words = named.words if named is not None else said
    answers = is_no(said) or is_enough(said) or (" " not in said and read_priority(said) is not None)
    return SmallTalk.NOTHING_ASKED if answers or is_deed(words) or tells_of_several(text) else None


_SHOWN = re.compile(r"(?:please )?(?:show|list|tell)(?: me)? (?:all )?(?:the |my )?(\w+)(?: please)?")
_IT = r"(?:it|this|everything|(?:this|the|my) goal)"
_DONE_TO_IT = re.compile(
    rf"(?:please )?(pause|resume|cancel|stop|abandon|fail|reopen|re-open|replan|re-plan)(?: {_IT})?(?: please)?"
)
_WITH_WORDS = (
    ("replan", re.compile(rf"(?:please )?re-?plan(?: {_IT})?(?: ?[:;,–—-] ?| because | since )(.+)", re.I)),
    ("fail", re.compile(rf"(?:please )?fail {_IT}(?: ?[:;,–—-] ?| because | since )(.+)", re.I)),
    ("note", re.compile(r"note ?: ?(.+)", re.I)),
)
"""Commands that are told more in the same breath."""
_IS = r"(?: is|['’]?s)"
_COURTESY = re.compile(r"^please |^(?:and|so) | (?:please|now|today|so far)$")
_ASKED_IN_WORDS = (
    (
        "status",
        rf"where (?:are we|do (?:we|things|i) stand)|how{_IS} it going|how (?:far )?are we(?: doing)?|how far am i"
        rf"|(?:what{_IS} )?the status|any progress|progress",
    ),
    (
        "tasks",
        rf"what{_IS} (?:next|to do|my turn|there to do)|what (?:do i have|am i|have i)(?: got)? to do"
        r"|what (?:should|can|must|do) i do(?: next)?|my turn",
    ),
    (
        "blockers",
        rf"what{_IS} (?:in the way|blocked|blocking(?: (?:me|us|it))?)|what blocks (?:me|us|it)"
        rf"|why{_IS} it (?:stuck|blocked)",
    ),
    (
        "forecast",
        r"when (?:will it be|will we be|are we|am i|will i be) (?:done|finished|ready|through)|how long will it take",
    ),
    ("resume", "go on|continue|carry on|unpause"),
    (
        "privacy",
        "(?:delete|erase|remove) (?:all )?my (?:data|account)|forget (?:me|everything)"
        "|what do you (?:know|keep)(?: (?:of|about) me)?",
    ),
)
"""What people ask in plain words, and the command that answers it."""


def command_said(text: str) -> tuple[str, str]:
    """The command that a few words mean («tasks», «pause it», «re-plan: the office has moved»), and what they say
    beyond it; both empty when they mean none."""
    for name, pattern in _WITH_WORDS:
        if (told := pattern.fullmatch(" ".join(text.split()))) is not None:
            return name, told[1].strip()
    return command_meant(text), ""


def command_meant(text: str) -> str:
    """The command that a few words are («tasks», «pause it», «show me the log»); empty when they are none."""
    said = text.strip(" .!?").lower()
    plain = _COURTESY.sub("", said)
    for name, pattern in _ASKED_IN_WORDS:
        if re.fullmatch(pattern, plain):
            return name
    told = _SHOWN.fullmatch(said) or _DONE_TO_IT.fullmatch(said)
    word = (told[1] if told is not None else plain).replace("re-", "re")
    if word == REOPEN or any(word == name for name, _ in COMMANDS):
        return word
    return _ALSO[word] if word in _AS_WORDS else ""


_OF_A_GOAL = re.compile(
    r"(?:please )?(?:(?P<done>pause|resume|cancel|abandon|fail|re-?open) (?P<it>.+?)"
    r"|(?:show (?:me )?)?(?:the )?(?P<seen>status|tasks|blockers|log|forecast|files|cost|budget) (?:of|for)"
    r" (?P<of>.+?))(?: goal)?(?:,? please)?[.! ]*",
    re.I,
)


def said_of_goal(text: str) -> tuple[str, str]:
    """The command that a few words mean for a goal, and what they call it («cancel the fence»); both empty for none."""
    found = _OF_A_GOAL.fullmatch(" ".join(text.split()))
    if found is None:
        return "", ""
    word = (found["done"] or found["seen"]).lower().replace("-", "")
    return _ALSO[word] if word in _AS_WORDS else word, found["it"] or found["of"]


def near_command(command: str) -> str:
    """The command that a mistyped or unknown one («/taks», «/pause») may mean; empty when none is near."""
    word = command.lstrip("/").lower()
    close = difflib.get_close_matches(word, [name for name, _ in COMMANDS], n=1, cutoff=0.7)
    return _ALSO.get(word) or (close[0] if close else "")
