"""Bad days of Telegram, on order: each fault is a rule that meets the next calls of a method."""

import asyncio
from dataclasses import dataclass, replace
from enum import StrEnum


class FaultKind(StrEnum):
    """What goes wrong with a call."""

    BAD_GATEWAY = "bad_gateway"  # 502, nothing is done
    TOO_MANY_REQUESTS = "too_many_requests"  # 429 with retry_after, nothing is done
    HANG = "hang"  # no answer until the faults are cleared or the caller gives up; nothing is done
    HANG_AFTER = "hang_after"  # the same, but it is done first: the moment to kill a bot between deed and answer
    LOST_ANSWER = "lost_answer"  # it is done, and the connection breaks before the answer
    DOWN = "down"  # no connection; nothing is done


AFTERWARDS = (FaultKind.HANG_AFTER, FaultKind.LOST_ANSWER)


class ConnectionLost(Exception):
    """There is no answer: the connection broke or never came about.

    Whether the call was carried out can't be told from it, as on a real network.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A rule: let `skip` matching calls pass, then spoil `times` of them."""

    kind: FaultKind
    method: str | None = None  # None: any method
    chat_id: int | None = None  # None: in any chat
    text: str = ""  # only calls whose text has this in it
    skip: int = 0
    times: int | None = 1  # None: until cleared
    retry_after: int = 5  # seconds, of TOO_MANY_REQUESTS


class Faults:
    """The rules in force, the oldest first; the first that matches a call and is not skipping meets it."""

    def __init__(self) -> None:
        self._rules: list[Fault] = []
        self.met = 0  # how many calls were spoilt
        self._cleared = asyncio.Event()

    @property
    def rules(self) -> tuple[Fault, ...]:
        """The rules that have calls left to meet."""
        return tuple(self._rules)

    def add(self, fault: Fault) -> None:
        """Put a rule in force."""
        if fault.skip < 0 or (fault.times is not None and fault.times < 1):
            raise ValueError("a fault skips 0 or more calls and meets at least one")
        self._rules.append(fault)

    def clear(self) -> None:
        """Lift all rules; calls that hang get a broken connection."""
        self._rules.clear()
        self._cleared.set()
        self._cleared = asyncio.Event()

    def take(self, method: str, chat_id: int | None, text: str = "") -> Fault | None:
        """The fault that meets this call, counted; None when it goes through. `chat_id` None: none named."""
        for index, rule in enumerate(self._rules):
            if (rule.method or method).lower() != method.lower() or rule.chat_id not in (None, chat_id):
                continue
            if rule.text not in text:
                continue
            if rule.skip:
                self._rules[index] = replace(rule, skip=rule.skip - 1)
                continue
            self.met += 1
            if rule.times == 1:
                del self._rules[index]
            elif rule.times is not None:
                self._rules[index] = replace(rule, times=rule.times - 1)
            return rule
        return None

    async def wait_cleared(self) -> None:
        """Wait until the rules are cleared."""
        await self._cleared.wait()
