"""JUnit's XML, as pytest, Node and many others write it, without trust: no document type, no entities, no depth.

Expat is driven by hand because a tree of a hostile file could fill the memory before anybody looks at it.
"""

from collections.abc import Mapping
from xml.parsers import expat

from engine.coding.proving.reports import (
    MESSAGE_SIGNS,
    MOST_CASES,
    Case,
    Cause,
    Outcome,
    UnreadableReportError,
    cause_of,
    seconds_of,
)

DEEPEST = 60
MESSAGES = {"failure", "error", "skipped"}


def read_junit(data: bytes) -> list[Case]:
    """The test cases in a JUnit file; UnreadableReportError when it is none, torn, or has a document type."""
    reader = _Reader()
    try:
        reader.parser.Parse(data, True)
    except (expat.ExpatError, ValueError, LookupError) as broken:  # LookupError: an encoding that nobody knows
        raise UnreadableReportError(f"no readable XML: {broken}") from broken
    if not reader.is_report:
        raise UnreadableReportError("the XML holds no test suite")
    return reader.cases


class _Reader:
    """Takes the parser's events; keeps the case it is in, and the suites around it."""

    def __init__(self) -> None:
        self.cases: list[Case] = []
        self.is_report = False
        self._suites: list[str] = []
        self._depth = 0
        self._case: Mapping[str, str] | None = None  # None: outside of a test case
        self._found: list[tuple[str, str, str]] = []  # element, its type, its message
        self._text: list[str] | None = None  # None: this text is of no interest
        self._room = 0  # signs that are still kept of it
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters
        self.parser.StartDoctypeDeclHandler = self._refuse

    def _refuse(self, *_: object) -> None:
        raise UnreadableReportError("a document type has no place in a test report")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise UnreadableReportError("the XML is nested too deep")
        if name in ("testsuite", "testsuites"):
            self.is_report = True
            self._suites.append(attributes.get("name", "") if name == "testsuite" else "")
        elif name == "testcase" and self._case is None:
            self._case, self._found = attributes, []
        elif name in MESSAGES and self._case is not None:
            self._found.append((name, attributes.get("type", ""), attributes.get("message", "")))
            self._text, self._room = [], MESSAGE_SIGNS

    def _characters(self, text: str) -> None:
        if self._text is not None and self._room > 0:
            self._text.append(text[: self._room])
            self._room -= len(text)

    def _end(self, name: str) -> None:
        self._depth -= 1
        if name in ("testsuite", "testsuites"):
            self._suites.pop()
        elif name in MESSAGES and self._text is not None and self._found:
            element, kind, message = self._found[-1]
            told = "\n".join(filter(None, (message, "".join(self._text).strip())))
            self._found[-1] = (element, kind, told)
            self._text = None
        elif name == "testcase" and self._case is not None:
            if len(self.cases) >= MOST_CASES:
                raise UnreadableReportError(f"more than {MOST_CASES} tests")
            self.cases.append(_case(self._case, self._found, self._suites))
            self._case = None


def _case(attributes: Mapping[str, str], found: list[tuple[str, str, str]], suites: list[str]) -> Case:
    outcome, message, cause = _outcome(found)
    return Case(
        id=_id(attributes, suites),
        outcome=outcome,
        file=attributes.get("file"),
        seconds=seconds_of(attributes.get("time")),
        message=message,
        cause=cause,
    )


def _outcome(found: list[tuple[str, str, str]]) -> tuple[Outcome, str, Cause | None]:
    """Worst first; a failure beside Node's «todo» is one that is expected."""
    skips = [(kind, message) for element, kind, message in found if element == "skipped"]
    expected = any(kind in ("pytest.xfail", "todo") for kind, _ in skips)
    for element, outcome in (("error", Outcome.ERROR), ("failure", Outcome.FAILED)):
        for name, _, message in found:
            if name == element and not expected:
                return outcome, message, _cause(message)
    if skips:
        return Outcome.EXPECTED_FAILURE if expected else Outcome.SKIPPED, skips[0][1], None
    return Outcome.PASSED, "", None


def _cause(message: str) -> Cause:
    if message.startswith(("failed on setup", "failed on teardown")):
        return Cause.SETUP
    if message.startswith("collection failure"):
        if "SyntaxError:" in message or "IndentationError:" in message:
            return Cause.SYNTAX
        return Cause.IMPORT if "ImportError" in message or "ModuleNotFoundError" in message else Cause.COLLECTION
    return cause_of(message)


def _id(attributes: Mapping[str, str], suites: list[str]) -> str:
    """pytest's own id where its file is told, else suites and name: «group > inner»."""
    name, owner, file = (attributes.get(key, "") for key in ("name", "classname", "file"))
    if file.endswith(".py"):
        module = file.removesuffix(".py").replace("/", ".").replace("\\", ".")
        if not owner and name == module:
            return file  # a module that can't be collected
        classes = owner.removeprefix(module).lstrip(".").split(".") if owner.startswith(module) else [owner]
        return "::".join((file, *filter(None, classes), name))
    around = [suite for suite in suites if suite and suite != owner]
    return " > ".join(filter(None, (*around, owner if owner not in ("test", name) else "", name)))
