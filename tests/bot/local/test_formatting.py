"""Formatting as Telegram normalises it, on texts that hypothesis makes up."""

import html

from hypothesis import given
from hypothesis import strategies as st

from bot.local.entities import MAX_ENTITIES, SPLITTABLE, format_text, normalise
from bot.local.markup import parse_html, utf16_length
from bot.local.messages import SimEntity
from bot.local.refusals import Refusal

TEXTS = st.text(alphabet=st.sampled_from("ab <>&\"'é\n🎯👩‍🚀x/@#"), max_size=40)
TAGS = st.sampled_from(["b", "i", "u", "s", "code", "pre", "blockquote", "tg-spoiler"])


def slice16(text, entity):
    raw = text.encode("utf-16-le")[entity.offset * 2 : (entity.offset + entity.length) * 2]
    return raw.decode("utf-16-le")


@given(TEXTS)
def test_escaped_text_comes_back_as_it_was(text):
    assert parse_html(html.escape(text).replace("&#x27;", "'")) == (text, [])


@given(TEXTS, TAGS, TEXTS)
def test_a_tag_marks_exactly_its_text(before, tag, inner):
    text, entities = parse_html(f"{html.escape(before)}<{tag}>{html.escape(inner)}</{tag}>")
    assert text == before + inner
    assert [slice16(text, entity) for entity in entities] == ([inner] if inner else [])


@given(st.text(alphabet=st.sampled_from('<>/abi ="&;lt#x3'), max_size=30))
def test_any_html_is_parsed_or_refused(source):
    try:
        text, entities = parse_html(source)
    except Refusal as refusal:
        words = refusal.description
    else:
        words = "Bad Request: can't parse entities: "
        assert all(entity.offset + entity.length <= utf16_length(text) for entity in entities)
    assert words.startswith("Bad Request: can't parse entities: ")


@st.composite
def formatted(draw):
    text = draw(st.text(alphabet="ab c\n", min_size=1, max_size=20))
    kinds = st.sampled_from([*SPLITTABLE, "code", "pre", "blockquote", "text_link"])
    stretches = st.tuples(kinds, st.integers(0, len(text) - 1), st.integers(1, len(text)))
    entities = [
        SimEntity(type=kind, offset=offset, length=min(length, len(text) - offset))
        for kind, offset, length in draw(st.lists(stretches, max_size=8))
    ]
    return text, entities


@given(formatted())
def test_what_is_kept_is_nested_or_apart_inside_the_text_and_sorted(given_):
    result = normalise(*given_)
    ends = [(one.offset, one.offset + one.length) for one in result.entities]
    for begin, end in ends:
        assert 0 <= begin < end <= utf16_length(result.text)
    for one in ends:
        for other in ends:
            apart = one[1] <= other[0] or other[1] <= one[0]
            nested = (one[0] <= other[0] and other[1] <= one[1]) or (other[0] <= one[0] and one[1] <= other[1])
            assert apart or nested
    assert ends == sorted(ends, key=lambda stretch: (stretch[0], -stretch[1]))
    assert len(ends) <= MAX_ENTITIES


@given(formatted())
def test_normalising_twice_changes_nothing(given_):
    once = normalise(*given_)
    assert normalise(once.text, list(once.entities)) == once


def kinds(text, mode="HTML"):
    result = format_text(text, mode, None)
    return [(entity.type, slice16(result.text, entity)) for entity in result.entities]


def test_crossing_styles_are_split_and_touching_ones_joined():
    bold = SimEntity(type="bold", offset=0, length=4)
    italic = SimEntity(type="italic", offset=2, length=4)
    found = [(one.type, one.offset, one.length) for one in normalise("abcdef", [bold, italic]).entities]
    assert found == [("bold", 0, 4), ("italic", 2, 2), ("italic", 4, 2)]
    assert kinds("<b>ab</b><b>cd</b>") == [("bold", "abcd")]


def test_code_holds_no_style_and_pre_knows_its_language():
    assert kinds("<code>a<b>b</b></code>") == [("code", "ab")]
    result = format_text('<pre><code class="language-python">x</code></pre>', "HTML", None)
    assert [(one.type, one.language) for one in result.entities] == [("pre", "python")]


def test_commands_addresses_and_mentions_are_found_by_themselves():
    found = kinds("/goal@milepost_bot see https://a.example/x?y=1, ask @ann1 or a@b.example #plan 1/2")
    assert found == [
        ("bot_command", "/goal@milepost_bot"),
        ("url", "https://a.example/x?y=1"),
        ("mention", "@ann1"),
        ("email", "a@b.example"),
        ("hashtag", "#plan"),
    ]


def test_links_are_completed_people_named_and_nonsense_dropped():
    result = format_text(
        '<a href="a.example">x</a><a href="tg://user?id=7">y</a><a href="no address">z</a>', "HTML", None
    )
    assert [(one.type, one.url, one.user_id) for one in result.entities] == [
        ("text_link", "http://a.example/", None),
        ("text_mention", None, 7),
    ]


def test_control_signs_vanish_and_offsets_follow():
    result = normalise("\r\n  a\rb\tc \n", [SimEntity(type="bold", offset=6, length=3)])
    assert result.text == "ab c"
    assert [slice16(result.text, one) for one in result.entities] == ["b c"]


def test_a_moment_is_kept_with_its_format():
    result = format_text('<tg-time unix="1700000000" format="Dt">then</tg-time>', "HTML", None)
    assert [(one.type, one.unix_time, one.date_time_format) for one in result.entities] == [
        ("date_time", 1700000000, "Dt")
    ]
