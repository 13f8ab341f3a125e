"""The language of scripts: every form of a line, and every mistake with its reason."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.local.messages import FileKind
from bot.local.script.steps import Nonsense, Press, Remark, Say, SendFile, Wait, read_step


@pytest.mark.parametrize("line", ["", "   ", "\t"])
def test_a_blank_line_is_no_step(line: str) -> None:
    assert read_step(line) is None


@pytest.mark.parametrize(
    ("line", "step"),
    [
        ("hello", Say(text="hello")),
        ("  hello  ", Say(text="hello")),
        ("/goal Learn to sail", Say(text="/goal Learn to sail")),
        (r"one\ntwo", Say(text="one\ntwo")),
        (r"C:\\new", Say(text=r"C:\new")),
        (r"\@anna hello", Say(text="@anna hello")),
        (r"\> quoted", Say(text="> quoted")),
        (r"\# no comment", Say(text="# no comment")),
        (r"\o/", Say(text=r"\o/")),
        ("> Done", Press(label="Done")),
        (">Done with a note", Press(label="Done with a note")),
        ("# say hello first", Remark(text="# say hello first")),
        ("@wait 90", Wait(seconds=90)),
        ("@wait 0.5", Wait(seconds=0.5)),
        ("@wait 2m", Wait(seconds=120)),
        ("@wait 3 h", Wait(seconds=10_800)),
        ("@wait 1d", Wait(seconds=86_400)),
        ("@wait 1w", Wait(seconds=604_800)),
        ("@reply thanks", Say(text="thanks", reply_to=1)),
        ("@reply 5 apples", Say(text="5 apples", reply_to=1)),
        (r"@reply:3 a\nb", Say(text="a\nb", reply_to=3)),
        ("@file plan.txt", SendFile(path=Path("plan.txt"), caption="", kind=FileKind.DOCUMENT)),
        (
            '@file "my plan.txt" as asked',
            SendFile(path=Path("my plan.txt"), caption="as asked", kind=FileKind.DOCUMENT),
        ),
        ("@photo a.png look", SendFile(path=Path("a.png"), caption="look", kind=FileKind.PHOTO)),
        ("@voice a.ogg", SendFile(path=Path("a.ogg"), caption="", kind=FileKind.VOICE)),
        ("@sticker a.webp", SendFile(path=Path("a.webp"), caption="", kind=FileKind.STICKER)),
    ],
)
def test_a_line_is_the_step_it_looks_like(line: str, step: object) -> None:
    assert read_step(line) == step


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        (">", "label"),
        ("@", "no step «@»"),
        ("@anna hello", "\\@anna"),
        ("@wait", "@wait SECONDS"),
        ("@wait soon", "@wait SECONDS"),
        ("@wait -1", "@wait SECONDS"),
        ("@wait:2 5", "no step «@wait:2»"),
        ("@reply", "@reply TEXT"),
        ("@reply:0 hello", "@reply TEXT"),
        ("@file", "@file PATH"),
        ("@Document x", "no step «@Document»"),
    ],
)
def test_a_line_that_is_no_step_says_why(line: str, hint: str) -> None:
    step = read_step(line)
    assert isinstance(step, Nonsense)
    assert hint in step.reason


@given(st.text())
def test_no_line_breaks_the_reader(line: str) -> None:
    step = read_step(line)
    assert (step is None) == (not line.strip())


@given(st.text(alphabet=st.characters(exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp")), min_size=1))
def test_any_text_can_be_said_by_escaping_it(text: str) -> None:
    escaped = text.replace("\\", "\\\\")
    first = "\\" if escaped[0] in "@>#" else ""
    assert read_step(first + escaped) == Say(text=text)
