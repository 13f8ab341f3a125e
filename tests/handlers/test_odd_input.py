"""Unknown commands, files, made-up buttons, edits: each gets a short answer, and nothing is lost."""

import json

import pytest

from engine.plans import PlannedTask
from engine.records import ChatSettings
from engine.tasks import TaskStatus
from engine.values import ChatId
from handlers.small_talk import COMMANDS
from tests.handlers.conftest import ANN, BEN, Talk


async def settings(talk: Talk) -> ChatSettings:
    found = await talk.database.conversations.settings(ChatId(ANN.id))
    assert found is not None
    return found


async def test_an_unknown_command_points_to_help(talk: Talk) -> None:
    assert "I don't know /frobnicate" in await talk.say("/frobnicate now")
    assert "I don't know /frobnicate" in await talk.say(f"/frobnicate@{talk.simulator.me.username}")


@pytest.mark.sample(2)
@pytest.mark.parametrize("name", [*(name for name, _ in COMMANDS), "start", "timezone", "blockages", "frobnicate"])
async def test_a_command_that_names_another_bot_is_left_to_that_bot(talk: Talk, name: str) -> None:
    await talk.say("/goal Learn chess")
    open_question = await talk.dialogue()
    assert await talk.say(f"/{name}@other_bot") == ""
    assert await talk.dialogue() == open_question


@pytest.mark.sample(2)
@pytest.mark.parametrize("kind", ["document", "photo", "voice", "sticker"])
async def test_files_are_declined_and_the_open_question_stays(talk: Talk, kind: str) -> None:
    await talk.say("/goal Learn chess")
    talk.simulator.send_file(ANN, "a.bin", b"GIF89a", caption="see here" if kind != "sticker" else "", kind=kind)  # type: ignore[arg-type] # a literal
    said = await talk.serve(ANN.id)
    assert said.startswith("I ")
    assert "My last question is still open" in said
    assert "By when" in await talk.say("Win 3 games")


async def test_each_kind_of_file_is_declined_in_its_own_words(talk: Talk) -> None:
    for kind, words in (("document", "read files"), ("voice", "voice messages"), ("photo", "look at pictures")):
        talk.simulator.send_file(ANN, "a.bin", b"GIF89a", kind=kind)  # type: ignore[arg-type] # a literal
        assert words in await talk.serve(ANN.id)


async def test_an_edited_message_changes_nothing(talk: Talk) -> None:
    await talk.say("/goal Learn chess")
    mine = next(one for one in talk.simulator.chat(ANN.id) if not one.from_bot)
    talk.simulator.edit(ANN, ANN.id, mine.id, "/goal Learn go")
    assert "an edit changes nothing" in await talk.serve(ANN.id)


@pytest.mark.sample(6)
@pytest.mark.parametrize(
    "data",
    [
        "",
        "x",
        "g:pause",
        "g:pause:0",
        "g:pause:-1",
        "g:pause:99999999999999999999999",
        "g:nonsense:1",
        "t:done:1:1",
        "t:done:1:1:1:1:1",
        "z:hour:99",
        "z:zone:Mars/Base",
        "z:hours:22",
        "n:weeks:99999:1",
        "p:log:1:99999",
        "o:yes:123",
        "u:done:5",
        "q:5",
        "💥:💥",
        "p:alive:0:9007199254740991",
    ],
)
async def test_buttons_made_up_by_hand_are_answered(talk: Talk, data: str) -> None:
    await talk.say("/help")
    if not data:
        return
    await talk.press_data(data, talk.newest())
    assert talk.last is not None
    assert (await settings(talk)).digest_hour == 8
    assert (await settings(talk)).zone == "UTC"


@pytest.mark.sample(2)
@pytest.mark.parametrize(
    ("words", "zone"),
    [
        ("Berlin", "Europe/Berlin"),
        ("Europe/Berlin", "Europe/Berlin"),
        ("UTC+2", "Etc/GMT-2"),
        ("+5:30", "Asia/Kolkata"),
    ],
)
async def test_the_time_zone_is_set_in_words(talk: Talk, words: str, zone: str) -> None:
    await talk.say("/settings")
    await talk.press("Time zone")
    assert "it is" in await talk.say(words)
    assert (await settings(talk)).zone == zone
    assert (await settings(talk)).zone_known


async def test_a_misspelt_city_brings_near_ones(talk: Talk) -> None:
    assert "Did you mean" in await talk.say("/settings Berlim")
    await talk.press("Berlin")
    assert (await settings(talk)).zone == "Europe/Berlin"


async def test_digest_and_quiet_hours_are_set_by_buttons(talk: Talk) -> None:
    await talk.say("/settings")
    await talk.press("Digest")
    await talk.press("18:00")
    await talk.press("✅ Sun")
    await talk.press("‹ Settings")
    await talk.press("Quiet hours")
    await talk.press("22:00–07:00")
    kept = await settings(talk)
    assert (kept.digest_hour, kept.digest_days) == (18, (0, 1, 2, 3, 4, 5))
    assert (kept.quiet_from, kept.quiet_to) == (22, 7)
    await talk.press("‹ Settings")
    await talk.press("Digest")
    await talk.press("Off")
    assert (await settings(talk)).digest_hour is None


async def test_commands_with_the_bots_name_work_in_a_group_and_other_talk_is_left_alone(talk: Talk) -> None:
    group = talk.simulator.open_group(ANN, "Club", supergroup=True)
    raw = await talk.simulator.call("getUpdates", {"offset": talk.offset})
    assert isinstance(raw, list)
    talk.offset = max(int(str(one["update_id"])) for one in raw if isinstance(one, dict)) + 1
    assert "What you can say" in await talk.say(f"/help@{talk.simulator.me.username}", chat=group)
    chat = {"id": group, "type": "supergroup", "title": "Club"}
    ann = {"id": ANN.id, "is_bot": False, "first_name": "Ann"}
    for extra in ({"text": "Nice weather we have today"}, {"text": "/other_bots_command"}, {"pinned_message": None}):
        message = {"message_id": 900, "date": 1, "chat": chat, "from": ann, **extra}
        handled = await talk.handle({"update_id": talk.offset, "message": message})
        assert handled is not None
        assert handled.replies == ()


async def test_the_digest_and_the_quiet_hours_are_set_in_words_too(talk: Talk) -> None:
    await talk.say("/settings")
    await talk.press("Digest")
    assert "whole hour" in await talk.say("6:30")
    assert "Monday to Friday at 05:00" in await talk.say("5 on weekdays")
    assert ((await settings(talk)).digest_hour, (await settings(talk)).digest_days) == (5, (0, 1, 2, 3, 4))
    await talk.press("Digest")
    await talk.say("off")
    assert (await settings(talk)).digest_hour is None
    await talk.press("Quiet hours")
    await talk.say("23-6")
    assert ((await settings(talk)).quiet_from, (await settings(talk)).quiet_to) == (23, 6)


@pytest.mark.sample(8)
@pytest.mark.parametrize("way", ["/settings\n{}", "/settings {}"], ids=["after", "behind"])
@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("digest 7 on weekdays", "Monday to Friday at 07:00"),
        ("7 on weekdays", "Monday to Friday at 07:00"),
        ("digest off", "Digest: off"),
        ("no digest", "Digest: off"),
        ("quiet hours 22-7", "Quiet hours: 22:00"),
        ("22-7", "Quiet hours: 22:00"),
        ("time zone: America/New_York", "New York"),
        ("time zone Tokyo", "Tokyo it is"),
        ("my zone is Istanbul", "Istanbul it is"),
        ("zone to Athens", "Athens it is"),
        ("Berlin", "Berlin it is"),
        ("quiet hours 22:30-7", "whole hour"),
    ],
)
async def test_settings_are_changed_in_words_at_once(talk: Talk, way: str, words: str, told: str) -> None:
    *first, last = way.format(words).splitlines()
    for one in first:
        await talk.say(one)
    assert told in await talk.say(last)


async def test_what_can_be_no_place_while_one_is_asked_for_is_about_something_else(talk: Talk) -> None:
    await talk.with_tasks(PlannedTask(key="a", title="Call Maria"))
    assert "I don't know a time zone" in await talk.say("/settings zone Atlantis")
    assert "Quiet hours: 22:00 to 07:00" in await talk.say("quiet hours 22-7")
    await talk.say("/settings zone Atlantis")
    assert "Lisbon it is" in await talk.say("Lisbon")
    await talk.say("/settings zone Atlantis")
    assert "100% of the goal" in await talk.say("done")


async def test_a_bare_number_or_day_is_never_taken_for_a_setting(talk: Talk) -> None:
    await talk.say("/settings UTC")
    before = await settings(talk)
    for count in ("12", "+2", "25", "Friday"):
        await talk.say("/settings")
        await talk.say(count)
        assert await settings(talk) == before


async def test_words_that_fit_no_setting_are_a_new_text_and_those_behind_the_command_lead_to_its_page(
    talk: Talk,
) -> None:
    await talk.say("/settings UTC")
    before = await settings(talk)
    for words in ("Publish my book", "off", "digest the news", "Find a quiet place"):
        await talk.say("/settings")
        assert "Make this a goal?" in await talk.say(words), words
    assert "At what hour" in await talk.say("/settings digest")
    assert "Quiet hours" in await talk.say("/settings quiet sometimes")
    assert "I don't know a time zone «Mars»" in await talk.say("/settings time zone Mars")
    assert await settings(talk) == before


async def test_the_pages_of_the_settings_take_no_other_words(talk: Talk) -> None:
    await talk.say("/settings")
    await talk.press("Digest")
    assert "Make this a goal?" in await talk.say("Publish my book")
    await talk.say("/settings")
    await talk.say("/goal Learn chess")
    await talk.press("Quiet hours")
    assert "By when?" in await talk.say("Win 3 games")
    assert (await settings(talk)).quiet_from is None


async def test_in_a_group_everyone_sees_their_own_goals(talk: Talk) -> None:
    group, bot = talk.simulator.open_group(ANN, "Club"), talk.simulator.me.username
    talk.simulator.join(BEN, group)
    talk.offset = talk.simulator.say(ANN, f"/help@{bot}", chat_id=group)  # what came before is the inbox's
    for person, name in ((ANN, "Garden"), (BEN, "Cellar")):
        await talk.say(f"/goal@{bot} {name}\n- Dig 3 holes\ndeadline: none\npriority: low", person=person, chat=group)
    for person, own, other in ((ANN, "Garden", "Cellar"), (BEN, "Cellar", "Garden")):
        listed = await talk.say(f"/goals@{bot}", person=person, chat=group)
        assert own in listed
        assert other not in listed
        assert own in await talk.say(f"/tasks@{bot}", person=person, chat=group), "nobody is asked which"


async def forward(talk: Talk, text: str, *, captioned: bool = False) -> str:
    """Forward somebody else's words to the bot; with `captioned` they stand under a picture."""
    sender = {"id": BEN.id, "is_bot": False, "first_name": BEN.first_name}
    talk.simulator.say(ANN, text)
    raw = await talk.simulator.call("getUpdates", {"offset": talk.offset})
    update = json.loads(json.dumps(raw))[0]
    update["message"]["forward_origin"] = {"type": "user", "date": 1, "sender_user": sender}
    if captioned:
        picture = {"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}
        update["message"] |= {"caption": update["message"].pop("text"), "photo": [picture]}
    await talk.handle(update)
    await talk.settle()
    return talk.newest().text


async def test_what_somebody_else_has_written_ends_no_task_and_no_goal(talk: Talk) -> None:
    await talk.with_tasks(PlannedTask(key="a", title="Call Maria"))
    assert "may be somebody else's words" in await forward(talk, "done")
    assert (await talk.goal()).task(1).status is TaskStatus.WAITING
    await talk.say("/cancel 1")
    assert "may be somebody else's words" in await forward(talk, "yes")
    assert "Please answer" not in await talk.say("no")
    assert not (await talk.goal()).has_ended


async def test_what_somebody_else_has_written_says_no_yes_to_what_cant_be_taken_back(talk: Talk) -> None:
    await talk.started("The logo is designed", "Three posters are hung up")
    assert "That can't be taken back" in await talk.say("/replan the logo is done already")
    before = await talk.goal()
    assert "may be somebody else's words" in await forward(talk, "yes")
    assert await talk.goal() == before
    assert "Counted as done" in await talk.say("yes")


async def test_what_is_forwarded_can_be_a_goal(talk: Talk) -> None:
    assert "Make this a goal?" in await forward(talk, "Bake a cake for Saturday")


@pytest.mark.sample(6)
@pytest.mark.parametrize(
    "text",
    [
        "/cancel 1", "/note hello", "/pause", "/settings digest 7", "/goal Rob a bank", "/goal@milepost_bot Rob a bank",
        "pause it", "cancel the test goal", "Call Maria: done", "1 done", "1 done 2 done", "1 tomorrow", "+1",
        "turn the digest off", "the gpu is gone until Friday", "replan: we moved", "note: hi", "start", "yes",
    ],
)  # fmt: skip
async def test_what_is_forwarded_is_no_order(talk: Talk, text: str) -> None:
    await talk.with_tasks(PlannedTask(key="a", title="Call Maria"), PlannedTask(key="b", title="Count", target_count=3))
    before = await talk.goal(), await settings(talk)
    await forward(talk, text)
    assert (await talk.goal(), await settings(talk)) == before
    asked = await talk.dialogue()
    assert asked is None or asked.name in {"offer", "told_changes"}


async def test_what_tells_of_a_task_by_its_name_is_no_goal_when_it_is_forwarded(talk: Talk) -> None:
    await talk.with_tasks(PlannedTask(key="a", title="Call Maria"))
    assert "no order" in await forward(talk, "Call Maria: done")


async def test_what_is_forwarded_starts_and_changes_no_plan(talk: Talk) -> None:
    before = await talk.set_goal("Dig 3 holes", "Sow the beans")
    for text in ("start", "go ahead", "drop 1", "move 2 before 1", "add Feed the cat", "push it"):
        await forward(talk, text)
    assert await talk.goal() == before


async def test_what_is_forwarded_is_what_a_question_for_words_gets(talk: Talk) -> None:
    await talk.say("/goal Plant a garden")
    assert "By when?" in await forward(talk, "- Dig 3 holes\n- Sow the beans")
    assert "Make this a goal?" in await forward(talk, "make it urgent"), "an order, and no date"
    await talk.say("/cancel")
    await talk.with_tasks(PlannedTask(key="a", title="Call Maria"))
    await talk.press("Problem")
    await forward(talk, "The line is dead, says the operator")
    (blockage,) = (await talk.goal()).blockages.values()
    assert "The line is dead" in blockage.description


@pytest.mark.sample(2)
@pytest.mark.parametrize("text", ["re-plan", "find another way", "stop it", "cancel"])
async def test_what_is_forwarded_is_no_order_where_a_question_asks_for_words(talk: Talk, text: str) -> None:
    await talk.with_tasks(PlannedTask(key="a", title="Call Maria"))
    await talk.say("problem: no number", reply_to=talk.with_text("🙋 Call Maria").id)
    await talk.press("Give information")
    before, asked = await talk.goal(), await talk.dialogue()
    assert "no order" in await forward(talk, text)
    assert (await talk.goal(), await talk.dialogue()) == (before, asked)


async def test_what_is_forwarded_is_no_answer_to_a_question_of_hours_ago(talk: Talk) -> None:
    await talk.say("/goal Plant a garden")
    talk.clock.advance(hours=7)
    assert "Make this a goal?" in await forward(talk, "Dig 3 holes")


async def test_a_forwarded_command_under_a_picture_does_nothing(talk: Talk) -> None:
    await talk.with_tasks(PlannedTask(key="a", title="Call Maria"))
    before = await talk.goal()
    assert "no order" in await forward(talk, "/pause", captioned=True)
    assert await talk.goal() == before


@pytest.mark.parametrize(
    ("words", "hour"),
    [
        ("turn the digest off", None),
        ("no digest, please", None),
        ("no more digests", None),
        ("send me the digest at 7 on weekdays", 7),
        ("Digest at noon", 12),
        ("write a digest of the news", 8),
    ],
)
async def test_a_setting_that_is_named_is_changed_without_being_asked_for(
    talk: Talk, words: str, hour: int | None
) -> None:
    assert ("Make this a goal?" in await talk.say(words)) is (hour == 8)
    assert (await settings(talk)).digest_hour == hour


async def test_a_setting_that_can_not_be_read_says_so(talk: Talk) -> None:
    assert "«half past six»" in await talk.say("/settings digest at half past six")
