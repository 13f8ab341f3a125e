"""Tools of a conversation about how the chat is served: digest, quiet hours, time zone. Imports pydantic-ai."""

from dataclasses import replace
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field
from pydantic_ai import ModelRetry

from engine.agents.conversation.hands import Context, Hands, Told
from engine.records import ChatSettings
from engine.values import JsonValue

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
Hour = Annotated[int, Field(ge=0, le=23, description="an hour of the day, 0 to 23, local to the chat")]


class Arranging:
    """Settings. Setting them twice is setting them once."""

    def __init__(self, hands: Hands) -> None:
        self._conversations = hands.engine.accounts.conversations

    async def show_settings(self, ctx: Context) -> Told:
        """Time zone, digest and quiet hours of this chat."""
        return _told(await self._settings(ctx))

    async def set_digest(
        self,
        ctx: Context,
        hour: Annotated[int | None, Field(ge=0, le=23, description="0 to 23; none: no digest")],
        days: Annotated[list[str] | None, Field(description="days of the week in English; none: as now")] = None,
    ) -> Told:
        """When the summary comes, or that none comes."""
        settings = await self._settings(ctx)
        chosen = settings.digest_days
        if days:
            wrong = [day for day in days if day.lower() not in _DAYS]
            if wrong:
                raise ModelRetry(f"{wrong[0]} is no day: {', '.join(_DAYS)}")
            chosen = tuple(sorted({_DAYS.index(day.lower()) for day in days}))
        return await self._saved(replace(settings, digest_hour=hour, digest_days=chosen))

    async def set_quiet_hours(self, ctx: Context, begin: Hour | None, end: Hour | None) -> Told:
        """From when to when nothing rings; none for both: no quiet hours."""
        if (begin is None) is not (end is None) or (begin is not None and begin == end):
            raise ModelRetry("give two different hours, or none for both")
        return await self._saved(replace(await self._settings(ctx), quiet_from=begin, quiet_to=end))

    async def set_time_zone(
        self, ctx: Context, zone: Annotated[str, Field(description="an IANA name, such as Europe/Berlin")]
    ) -> Told:
        """The time zone of this chat."""
        try:
            name = ZoneInfo(zone.strip()).key
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ModelRetry(f"«{zone[:60]}» is no time zone; use a name such as Europe/Berlin") from None
        return await self._saved(replace(await self._settings(ctx), zone=name, zone_known=True))

    async def _settings(self, ctx: Context) -> ChatSettings:
        found = await self._conversations.settings(ctx.deps.chat) if ctx.deps.chat is not None else None
        if found is None:
            raise ModelRetry("this chat has no settings")
        return found

    async def _saved(self, settings: ChatSettings) -> Told:
        await self._conversations.save_settings(settings)
        return _told(settings)


def _told(settings: ChatSettings) -> Told:
    days: list[JsonValue] = [_DAYS[day] for day in settings.digest_days]
    return {
        "time_zone": settings.zone,
        "digest_hour": settings.digest_hour,
        "digest_days": days,
        "quiet_from": settings.quiet_from,
        "quiet_to": settings.quiet_to,
    }
