"""What is wrong in a file of the operator's: where it stands, and what would do."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFault:
    """Something that can't be used; `str` is one line that says so."""

    file: str
    line: int
    problem: str
    accepts: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.problem}; {self.accepts}"
