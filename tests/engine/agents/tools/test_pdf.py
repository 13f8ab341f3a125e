"""PDFs that people send: their text, and the files that are made to do harm."""

import io

import pytest
from pypdf import PdfReader, PdfWriter

from engine.agents.tools import pdf
from engine.agents.tools.pdf import PdfBounds, is_pdf, pdf_text
from engine.errors import PermanentError
from tests.engine.agents.tools.made_pdf import a_pdf, saying


def encrypted(content: bytes, password: str, way: str) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(content)))
    writer.encrypt(password, "the owner", algorithm=way)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


async def test_the_text_comes_page_by_page() -> None:
    content = a_pdf(saying("Two want them."), saying("Three do not."))
    assert is_pdf(content)
    assert await pdf_text(content) == "(Page 1 of 2)\nTwo want them.\n\n(Page 2 of 2)\nThree do not."


@pytest.mark.long
async def test_no_more_pages_and_no_more_text_are_read_than_are_allowed_and_that_is_said() -> None:
    told = await pdf_text(a_pdf(*map(saying, ("one", "two", "three"))), PdfBounds(pages=2))
    assert told.endswith("two\n\n(The pages from 3 on were not read: it is longer than what is read of a file.)")
    assert "three" not in told
    told = await pdf_text(a_pdf(*map(saying, ("one", "two", "three"))), PdfBounds(signs=5))
    assert "(Page 2 of 3)\ntw\n\n(The pages from 3 on were not read" in told


@pytest.mark.long
async def test_of_ten_thousand_pages_the_first_are_read() -> None:
    content = a_pdf(saying("again"), kids="4 0 R " * 10_000, count=10_000)
    told = await pdf_text(content, PdfBounds(pages=3))
    assert told.count("again") == 3
    assert "(Page 3 of 10000)" in told


@pytest.mark.sample(1)
@pytest.mark.parametrize("way", ["RC4-128", "AES-256"])
async def test_what_only_its_owner_has_locked_is_read_and_what_needs_a_password_is_told(way: str) -> None:
    content = a_pdf(saying("Two want them."))
    assert "Two want them." in await pdf_text(encrypted(content, "", way))
    with pytest.raises(PermanentError, match="encrypted"):
        await pdf_text(encrypted(content, "secret", way))


@pytest.mark.sample(1)
@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.4\nnothing more",
        b"%PDF-1.7\n" + bytes(range(256)) * 40,
        a_pdf(saying("x"))[:200],
    ],
)
async def test_a_damaged_file_is_told_as_such(content: bytes) -> None:
    with pytest.raises(PermanentError, match="damaged"):
        await pdf_text(content)


async def test_a_tree_of_pages_that_holds_itself_ends() -> None:
    with pytest.raises(PermanentError):
        await pdf_text(a_pdf(saying("x"), kids="2 0 R", count=1))


async def test_pages_without_text_are_told() -> None:
    with pytest.raises(PermanentError, match="no text in it"):
        await pdf_text(a_pdf(b"0 0 300 300 re f"))


@pytest.mark.long  # a second
async def test_a_page_that_unpacks_to_a_gigabyte_harms_nobody_and_the_others_are_read() -> None:
    bomb = a_pdf(saying("before"), b"\0" * 200_000_000, saying("after"))
    assert len(bomb) < 300_000
    told = await pdf_text(bomb, PdfBounds(seconds=60))
    assert "(Page 2 of 3)\n(it can't be read)" in told
    assert "before" in told
    assert "after" in told


@pytest.mark.long  # it takes the seconds that it is given
async def test_what_takes_too_long_is_ended_and_what_was_read_until_then_is_kept() -> None:
    slow = b"BT /F1 12 Tf " + b"(a) Tj 1 0 Td " * 400_000 + b"ET"
    content = a_pdf(saying("before"), slow, kids="4 0 R " + "6 0 R " * 200, count=201)
    told = await pdf_text(content, PdfBounds(seconds=5))
    assert told.startswith("(Page 1 of 201)\nbefore")
    assert told.endswith("on were not read: the rest takes too long.)")


async def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "_MEMORY", 20 * 1024**2)
    with pytest.raises(PermanentError, match="memory"):
        await pdf_text(a_pdf(saying("x")))


async def test_without_the_library_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "find_spec", lambda name: None)
    with pytest.raises(PermanentError, match=r"milepost\[pdf\]"):
        await pdf_text(a_pdf(saying("x")))
