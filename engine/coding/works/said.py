"""What people say of code work beside the change itself: what is to leave the machine, what has to be there in the end,
and changes whose every sign is said."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from engine.values import JsonObject

_IT = (
    r"(?:it|this|that|them|everything"
    r"|(?:the|my|our|its|this)\s+(?:new\s+)?(?:branch|changes?|fix|result|work|commits?|code))"
)
_PUSH = rf"push(?:es|ed)?\s+{_IT}(?:\s+(?:upstream|to\s+(?:the\s+)?\w[\w/-]*))?"
_PULL = (
    r"(?:open|create|make|raise|submit|file|send|put up)\s+(?:an?|the)\s+(?:draft\s+)?(?:pull|merge)[ -]request"
    r"(?:\s+(?:for|with|from|on|to|against|into)\s+[^,;.]{1,80})?"
    r"|(?:open|create|make|raise|submit|file|send|put up)\s+(?:an?|the)\s+(?:PR|MR)\b(?:\s+(?:for|with)\s+it)?"
)
_PATH = r"[`«\"“]?(?P<path>[\w@+.-]+(?:/[\w@+.-]+)*)[`»\"”]?"
_LINE = r"(?:[`«\"“](?P<quoted>[^`»\"”\n]{1,300})[`»\"”]|(?P<plain>[^`«»\"“”\n]{1,200}?))"
_TEXT = r"(?:[`«\"“](?P<text>[^`»\"”\n]{1,500})[`»\"”]|(?P<word>[^\s`«»\"“”]{1,100}))"
_EXISTS = re.compile(rf"(?:there\s+is\s+)?(?:the\s+|a\s+)?(?:file\s+)?{_PATH}\s+(?:exists|is\s+there)", re.I)
_CONTAINS = re.compile(
    rf"(?:the\s+)?(?:file\s+)?{_PATH}\s+(?:contains|has|mentions|says|holds)\s+[`«\"“](?P<text>[^`»\"”\n]{{1,500}})[`»\"”]",
    re.I,
)
_EXITS = re.compile(
    rf"(?:the\s+command\s+)?{_LINE}\s+(?:exits\s+(?:with\s+)?(?:(?:exit\s+)?(?:code|status)\s+)?(?:0|zero)|returns\s+0)",
    re.I,
)
_ANSWERS = re.compile(
    r"(?:GET\s+)?(?P<url>https?://[^\s«»\"]+)\s+(?:answers|returns|responds)\s+(?:with\s+)?(?:status\s+)?(?P<status>[1-5]\d\d)",
    re.I,
)
_CREATE = re.compile(
    rf"(?:create|add|write|make)\s+(?:an?\s+|the\s+)?(?:new\s+)?(?P<file>file\s+)?(?:called\s+|named\s+)?{_PATH}\s+"
    rf"(?:with|containing|saying|that\s+(?:says|contains|holds))\s+(?:(?:just|only|exactly)\s+)?"
    rf"(?:the\s+)?(?:text\s+|content\s+|contents\s+|line\s+)?{_TEXT}(?:\s+in\s+it)?",
    re.I,
)
_REPLACE = re.compile(
    r"(?:replace|change)\s+(?:the\s+text\s+)?[`«\"“](?P<old>[^`»\"”\n]{1,300})[`»\"”]\s+(?:by|with|to|into)\s+"
    rf"[`«\"“](?P<new>[^`»\"”\n]{{1,300}})[`»\"”]\s+in\s+(?:the\s+)?(?:file\s+)?{_PATH}",
    re.I,
)
_KNOWN_FILES = frozenset({"makefile", "dockerfile", "procfile", "justfile", "gemfile", "rakefile"})
_JOINED = r"(?:\s*[,;.]\s*(?:and\s+)?|\s+and\s+)(?:then\s+|finally\s+|also\s+)?(?:please\s+)?"
_SENT_AT_THE_END = re.compile(rf"{_JOINED}(?P<tail>{_PUSH}|{_PULL})\s*[.!]?\s*$", re.I)
_HELD_AT_THE_END = re.compile(r"[,;]?\s+(?:so that|such that|until)\s+(?P<tail>\S.*?)\s*[.!]?\s*$", re.I | re.S)
_MOST = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """One of the tasks of the library `code` that words ask for outright, with what they say."""

    task: str
    arguments: tuple[str, ...]


PUSH_BRANCH, REQUEST_PULL, MAKE_HOLD = "push_branch", "request_pull", "make_hold"
CREATE_AS_SAID, REPLACE_AS_SAID = "create_as_said", "replace_as_said"
SENDING = frozenset({PUSH_BRANCH, REQUEST_PULL})
"""What leaves the machine, and so comes after all that is made."""


def split_off(text: str) -> tuple[str, ...]:
    """The change itself, then what is said behind it of sending it and of what has to hold; mostly it is all one."""
    tails: list[str] = []
    while len(tails) < _MOST:
        sent, held = _SENT_AT_THE_END.search(text), _HELD_AT_THE_END.search(text)
        found = sent or (held if held is not None and check_said(held["tail"]) is not None else None)
        if found is None or not text[: found.start()].strip():
            break
        tails.insert(0, found["tail"].strip())
        text = text[: found.start()].rstrip(" ,;.")
    return (text, *tails)


def asked_beside(text: str) -> Beside | None:
    """What words ask for that is said in full; None for all else."""
    said = text.strip().rstrip("!").strip()
    said = said.removesuffix(".") if not said.endswith("..") else said
    for pattern, task in ((_PUSH, PUSH_BRANCH), (_PULL, REQUEST_PULL)):
        if re.fullmatch(pattern, said, re.I):
            return Beside(task=task, arguments=(said,))
    if check_said(said) is not None:
        return Beside(task=MAKE_HOLD, arguments=(said,))
    if (made := _CREATE.fullmatch(said)) is not None and _is_path(made["path"], named=bool(made["file"])):
        content = made["text"] if made["text"] is not None else made["word"]
        return Beside(task=CREATE_AS_SAID, arguments=(made["path"], f"{content}\n"))
    if (changed := _REPLACE.fullmatch(said)) is not None and _is_path(changed["path"]):
        return Beside(task=REPLACE_AS_SAID, arguments=(changed["path"], changed["old"], changed["new"]))
    return None


def check_said(text: str) -> JsonObject | None:
    """The check of the work `validate` that words ask for: a file, what it contains, a command, an address.

    None where they ask for none.
    """
    return next(_checks(text.strip()), None)


def _checks(said: str) -> Iterator[JsonObject]:
    if (found := _ANSWERS.fullmatch(said)) is not None:
        yield {"url": found["url"], "status": int(found["status"])}
    if (found := _EXISTS.fullmatch(said)) is not None and _is_path(found["path"]):
        yield {"file": found["path"]}
    if (found := _CONTAINS.fullmatch(said)) is not None and _is_path(found["path"]):
        yield {"file": found["path"], "contains": found["text"]}
    if (found := _EXITS.fullmatch(said)) is not None and (words := _words(found["quoted"] or found["plain"])):
        yield {"command": [*words]}


def _words(line: str) -> list[str]:
    try:
        return shlex.split(line)
    except ValueError:
        return []


def _is_path(text: str, *, named: bool = False) -> bool:
    """Whether words name a file: «docs/a.md», «shop.py», «VERSION», «Makefile»; `named`: they call it one."""
    name = text.rpartition("/")[2]
    if ".." in text or not re.search(r"[A-Za-z]", name):
        return False
    spelled = re.fullmatch(r"\.?[\w@+-]+(?:\.[\w@+-]+)*\.[A-Za-z]\w{0,9}|\.[a-z][\w-]+", name) is not None
    return (
        "/" in text or spelled or name.isupper() or name.lower() in _KNOWN_FILES or (named and name.islower() is False)
    )
