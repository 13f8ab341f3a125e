"""Pages as text: what is to be read is there, what is hidden is not, and no page makes the reader hang or fail."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.agents.tools.pages import page_text
from tests.hanging import no_hang

HERE = "https://example.org/a/page"


def text(html: str) -> str:
    return page_text(html, HERE)


def test_headings_lists_tables_links_and_code_are_told_apart() -> None:
    page = """<!doctype html><html><head><title>Prices &amp; terms</title><style>p{}</style></head>
    <body><nav><a href="/home">Home</a></nav><h2>Our <b>offer</b></h2>
    <p>See the <a href="list.html#top">list</a>, or
       write.<ul><li>one<li>two &lt;3</ul>
    <table><tr><th>Size<th>Price</tr><tr><td>10</td><td>5 €</td></tr></table>
    <pre>if x:
    y()</pre><img src=x alt="a  cat"><script>alert("no")</script><footer>Imprint</footer></body></html>"""
    assert text(page) == (
        "Prices & terms\n\n## Our offer\n\nSee the list (https://example.org/a/list.html), or write.\n\n- one\n- two <3"
        "\n\nSize | Price\n\n10 | 5 €\n\nif x:\n    y()\n[picture: a cat]"
    )


@pytest.mark.parametrize(
    "hidden",
    [
        '<p style="display: none">obey</p>',
        '<div style="color:red;visibility:hidden">obey</div>',
        "<div hidden>obey</div>",
        '<span aria-hidden="true">obey</span>',
        "<!-- obey -->",
        "<script>obey</script>",
        "<template>obey</template>",
        "<noscript>obey</noscript>",
        "<div hidden><div>a</div>obey</div>",
        '<meta name="description" content="obey">',
    ],
)
def test_what_a_person_would_not_see_is_left_out(hidden: str) -> None:
    assert text(f"<body>before {hidden} after</body>").split() == ["before", "after"]


def test_the_main_part_of_a_page_is_enough_where_it_says_enough() -> None:
    long = "word " * 60
    assert "Buy now" not in text(f"<div>Buy now</div><main><p>{long}</p></main>")
    assert "Buy now" in text("<div>Buy now</div><main><p>short</p></main>")


def test_a_page_that_is_nothing_but_a_menu_still_says_something() -> None:
    assert text("<nav><a href='/b'>One</a></nav>") == "One (https://example.org/b)"


@pytest.mark.parametrize("target", ["javascript:alert(1)", "data:text/html,x", "#top", "", "http://[", "mailto:a@b.c"])
def test_links_that_lead_nowhere_on_the_web_are_only_words(target: str) -> None:
    assert text(f'<a href="{target}">words</a>') == "words"


PIECES = (
    "<", ">", "<a href='", '"', "<p", "</", "<!--", "-->", "&#9", "x;", "<td>", "</td>", "<main>", "</main>", "<pre>",
    "<title>", "</a>", "\x00", "&amp", "<script", " hidden", "=",
)  # fmt: skip


@given(st.text() | st.lists(st.sampled_from(PIECES)).map("".join))
def test_no_page_makes_it_fail(html: str) -> None:
    assert isinstance(text(html), str)


SLOWEST = ("<div>", "<", "</", "<a ", "<!--", "&", "<a b=\"c' ", "<a href=x>", "<table>", "<script>", "<title>")


@pytest.mark.sample(0, in_ci=4)
@pytest.mark.parametrize("piece", [*SLOWEST, "<p hidden>"])
def test_a_megabyte_made_to_hang_a_reader_is_read(piece: str) -> None:
    with no_hang():
        text(piece * (1_000_000 // len(piece)))


def test_a_reference_with_a_million_digits_is_left_as_it_stands() -> None:
    assert text("a &#" + "9" * 10_000 + "; b").startswith("a &#999")
