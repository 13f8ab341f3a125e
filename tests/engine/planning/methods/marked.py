"""Method files whose wrong lines are marked: `#! words` behind a line means that an error names it and says so."""

from engine.planning.methods.libraries import Libraries, Source, assemble
from engine.planning.methods.sources import builtin_sources

WORDS = tuple(source for source in builtin_sources() if source.file == "goal.yaml")


def load(text: str, file: str = "mine.yaml", *, thorough: bool = False) -> Libraries:
    """One library on top of the words that all share."""
    return assemble((*WORDS, Source(file=file, data=text.encode("utf-8", "surrogatepass"))), thorough=thorough)


def marks(text: str) -> list[tuple[int, str]]:
    """The marked lines with what the error must say, several separated by `|`."""
    return [
        (number, words.strip())
        for number, line in enumerate(text.split("\n"), start=1)
        if "#!" in line
        for words in line.partition("#!")[2].split("|")
    ]


def assert_told(text: str, *, thorough: bool = False) -> None:
    """Each mark has its error on its line, and there are no errors besides."""
    found = [(fault.line, str(fault)) for fault in load(text, thorough=thorough).faults]
    wanted = marks(text)
    listed = "\n".join(told for _, told in found) or "nothing is wrong"
    for line, words in wanted:
        assert any(line == where and words in told for where, told in found), f"line {line}: {words}\n{listed}"
    assert len(found) == len(wanted), listed
