"""Formatting: entities count in UTF-16 units, links act, lines fit."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.content import Content

from bot.local.messages import SimEntity
from bot.local.screen.formatting import content_of, day_told, lines_within, time_told, with_note


def entity(kind: str, offset: int, length: int, url: str | None = None) -> SimEntity:
    return SimEntity(type=kind, offset=offset, length=length, url=url)


def stretches(content: Content) -> list[tuple[str, object]]:
    return [(content.plain[span.start : span.end], span.style) for span in content.spans]


def test_offsets_behind_an_emoji_count_it_twice() -> None:
    content = content_of("🎯🎉 bold x", [entity("bold", 5, 4)])
    assert stretches(content) == [("bold", "bold")]


def test_an_entity_that_reaches_beyond_the_text_ends_with_it() -> None:
    assert stretches(content_of("ab", [entity("bold", 1, 50)])) == [("b", "bold")]


def test_square_brackets_are_no_markup() -> None:
    assert content_of("[bold]x[/bold]", []).plain == "[bold]x[/bold]"


@pytest.mark.parametrize(
    ("kind", "url", "action"),
    [
        ("url", None, "app.open_address('it''s')"),
        ("text_link", "https://example.org/'x'", "app.open_address(\"https://example.org/'x'\")"),
        ("bot_command", None, "app.send_text('its')"),
    ],
)
def test_links_and_commands_act_on_a_click(kind: str, url: str | None, action: str) -> None:
    content = content_of("its", [entity(kind, 0, 3, url)])
    (meta,) = [span.style.meta for span in content.spans if not isinstance(span.style, str)]
    assert meta["@click"] == action.replace("''", "")


def test_an_unknown_kind_is_plain_text() -> None:
    assert content_of("x", [entity("custom_emoji", 0, 1)]).spans == []


@given(st.text(max_size=60), st.integers(5, 40))
def test_no_line_is_wider_than_the_bubble(text: str, width: int) -> None:
    assert all(line.cell_length <= width for line in lines_within(content_of(text, []), width))


def test_the_note_shares_the_last_line_where_it_fits() -> None:
    note = Content("12:00")
    assert [line.plain for line in with_note([Content("hello")], note, 14)] == ["hello    12:00"]
    assert [line.plain for line in with_note([Content("hello you")], note, 14)] == ["hello you", "         12:00"]
    assert [line.plain for line in with_note([], note, 5)] == ["12:00"]


def test_times_are_those_of_the_wall(monkeypatch: pytest.MonkeyPatch) -> None:
    moment = dt.datetime(2026, 3, 2, 9, 5, tzinfo=dt.UTC)
    assert time_told(moment) == moment.astimezone().strftime("%H:%M")
    assert day_told(moment).endswith("March 2026")
