"""What a handler has at hand beside the update: who writes, in which chat, where the dialogue stands, the time."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from engine.ports import Conversations
from engine.records import ChatSettings, Dialogue, Handled, Outgoing, in_topic
from engine.values import Cause, ChatId, GoalId, JsonObject, UserId

CONFIRM_FAIL, CONFIRM_CANCEL = "confirm_fail", "confirm_cancel"
CONFIRM_CODE = "confirm_code"
CONFIRMING = frozenset({CONFIRM_FAIL, CONFIRM_CANCEL, CONFIRM_CODE})
"""Dialogues in which a «yes» destroys, or lets something leave."""
TASK_LATER = "task_later"
WHICH_TASK, WHICH_GOAL, WHICH_BLOCKAGE = "which_task", "which_goal", "which_blockage"
CHANGING, PLACING = "plan_change", "plan_place"
OFFER = "offer"
SETTINGS = "settings"
SETTING_UP, SETTING_UP_CODE = "goal_setup", "code_setup"
SET_UPS = frozenset({SETTING_UP, SETTING_UP_CODE})
"""Dialogues in which a goal is set up. What else a person does meanwhile leaves them open: only their own end closes
them, and whoever leaves them."""
DIGEST, QUIET = "digest_time", "quiet_hours"
STILL, ABOUT = "still_open", "about"
"""The dialogue that asks whether words are still the answer to another one, and its fact that names that one."""
SINCE = "since"
"""The fact of a dialogue that names the message it began with: a reply to an older one is about something else."""
BEFORE = "before"
"""The fact of a dialogue that keeps the one it stands before."""
_PASSING = CONFIRMING | {
    SETTINGS, TASK_LATER, WHICH_TASK, WHICH_GOAL, WHICH_BLOCKAGE, CHANGING, PLACING, OFFER, DIGEST, QUIET,
}  # fmt: skip
"""Dialogues that whatever else a person turns to closes; only their buttons stay."""
_LONG = 200
"""Signs of a question that are kept, to be able to name it."""
_OLD = dt.timedelta(hours=6)
"""Real time after which words need not be the answer to what was asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Handed to every handler by the inbox, made anew for each update."""

    update_id: int
    chat: ChatSettings
    user: UserId
    dialogue: Dialogue | None
    """Where this person is in a dialogue, here; None in none."""
    now: dt.datetime
    is_owner: bool
    """Whether this person may use the bot at all."""
    conversations: Conversations
    """For reading; what is to be written goes into `Handled`."""
    thread: int | None = None
    """The topic of a group that the update came from; None outside topics."""
    message: int = 0
    """The message that was written or tapped; 0 for none."""
    bot: int = 0
    """The bot it was sent to: another bot counts its updates anew."""
    speed: float = 1.0
    """How many times faster than real time `now` runs."""

    @property
    def here(self) -> ChatId:
        """The chat the update came from."""
        return self.chat.chat

    @property
    def zone(self) -> str:
        """The chat's time zone, by its IANA name."""
        return self.chat.zone

    def cause(self, n: int = 0) -> Cause:
        """The cause of this update's command number `n`: the same after a crash, so that nothing happens twice."""
        return Cause(f"update:{self.bot}:{self.update_id}:{n}")

    def cause_of_album(self, album: str | None, deed: str = "") -> Cause | None:
        """The cause that all files of an album share, which come as an update each; None for one that came alone."""
        return Cause(f"album:{self.bot}:{self.here}:{album}:{deed}") if album else None

    def dialogue_of(self, name: str) -> Dialogue | None:
        """The open dialogue if it has this name; None otherwise."""
        return self.dialogue if self.dialogue is not None and self.dialogue.name == name else None

    def keep(self, *replies: Outgoing, card: GoalId | None = None, once: Cause | None = None) -> Handled:
        """Answer with these messages and leave the dialogue as it is; of what is told `once` the first time only."""
        return Handled(replies=self._in_thread(replies), dialogue=self.dialogue, card=card, once=once)

    def end(self, *replies: Outgoing, card: GoalId | None = None) -> Handled:
        """Answer with these messages; no dialogue is open from now on, but for that of a goal that is being set up."""
        return Handled(replies=self._in_thread(replies), dialogue=self.set_up, card=card)

    def leave(self, *replies: Outgoing) -> Handled:
        """Answer with these messages; the dialogue that is open, a goal's set-up too, is over."""
        return self.end(*replies) if self.front is not None else replace(self.end(*replies), dialogue=None)

    def close_set_up(self, of: int, *replies: Outgoing) -> Handled:
        """Answer with these messages; the set-up that the update `of` began is over, also behind another question."""
        found, handled = self.set_up, self.keep(*replies)
        if found is None or found.facts.get("of") != of:
            return handled
        return replace(handled, dialogue=_before(self.front, None) if self.front is not None else None)

    def ask(self, dialogue: Dialogue, *replies: Outgoing) -> Handled:
        """Answer with these messages and wait for this person's next words in `dialogue`."""
        question = str(replies[-1].payload.get("text") or "").partition("\n")[0] if replies else ""
        said: JsonObject = {"at": self.now.isoformat(), "question": question[:_LONG], SINCE: self.message}
        owned = replace(dialogue, facts={"of": self.update_id, **dialogue.facts, **said})
        if self.set_up is not None and is_same(owned, self.set_up):
            owned = replace(owned, facts={**owned.facts, SINCE: self.set_up.facts.get(SINCE, 0)})
        if dialogue.name not in SET_UPS and BEFORE not in dialogue.facts:
            owned = _before(owned, self.set_up)
        return Handled(replies=self._in_thread(replies), dialogue=owned, asks=bool(replies))

    def stay(self, handled: Handled, *replies: Outgoing) -> Handled:
        """What the set-up behind an open question has come to, and these messages; the question stays open."""
        open_still = _before(self.front, handled.dialogue) if self.front is not None else handled.dialogue
        return replace(handled, replies=(*handled.replies, *self._in_thread(replies)), dialogue=open_still, asks=False)

    def turned_away(self, handled: Handled) -> Handled:
        """What was handled, with a passing question that it had nothing to do with closed."""
        asked = handled.dialogue is not None and handled.dialogue is self.dialogue
        passing = self.dialogue is not None and self.dialogue.name in _PASSING
        return replace(handled, dialogue=self.set_up) if asked and passing else handled

    @property
    def set_up(self) -> Dialogue | None:
        """The dialogue in which a goal is being set up, also where another question stands before it; None for none."""
        if self.dialogue is None or self.dialogue.name in SET_UPS:
            return self.dialogue
        kept = self.dialogue.facts.get(BEFORE)
        if not isinstance(kept, dict) or kept.get("name") not in SET_UPS:
            return None
        facts = kept.get("facts")
        return Dialogue(name=str(kept["name"]), facts=facts if isinstance(facts, dict) else {})

    @property
    def front(self) -> Dialogue | None:
        """The open question, unless it is one of a set-up; None for none."""
        asked = self.dialogue
        about = asked.facts.get(ABOUT) if asked is not None and asked.name == STILL else None
        return None if asked is None or {asked.name, about} & SET_UPS else asked

    @property
    def is_asked(self) -> bool:
        """Whether a question is open that other things leave open."""
        return self.dialogue is not None and self.dialogue.name not in _PASSING

    @property
    def asked_since(self) -> dt.timedelta:
        """How long the open question has been open, in the bot's time; nothing without one."""
        at = self.dialogue.facts.get("at") if self.dialogue is not None else None
        return self.now - dt.datetime.fromisoformat(at) if isinstance(at, str) else dt.timedelta()

    @property
    def is_asked_long_ago(self) -> bool:
        """Whether the open question is so old that words need not be its answer."""
        return self.asked_since / self.speed > _OLD

    @property
    def is_confirming(self) -> bool:
        """Whether the open question is one in which a «yes» destroys."""
        return self.dialogue is not None and self.dialogue.name in CONFIRMING

    def _in_thread(self, replies: Sequence[Outgoing]) -> tuple[Outgoing, ...]:
        """The answers where they were asked for, though the goal they tell of is at home in another chat."""
        return tuple(in_topic(replace(one, chat=self.here), self.thread) for one in replies)


def _before(dialogue: Dialogue, set_up: Dialogue | None) -> Dialogue:
    """The dialogue as it stands before a set-up, or alone."""
    kept: JsonObject = {BEFORE: {"name": set_up.name, "facts": dict(set_up.facts)}} if set_up is not None else {}
    return replace(dialogue, facts={**{name: fact for name, fact in dialogue.facts.items() if name != BEFORE}, **kept})


def is_same(dialogue: Dialogue | None, set_up: Dialogue) -> bool:
    """Whether it is a state of the same set-up."""
    return dialogue is not None and (dialogue.name, dialogue.facts.get("of")) == (set_up.name, set_up.facts.get("of"))


def number_in(facts: JsonObject, name: str) -> int:
    """A number that a dialogue keeps; 0 (which is no id) when there is none."""
    found = facts.get(name)
    return found if isinstance(found, int) else 0
