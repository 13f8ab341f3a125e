"""Waiting for tasks that wait for processes of their own."""

import asyncio


async def others_at_work() -> None:
    """Wait until another task ends, or a hundredth of a second: whoever looks again at once takes a core from what is
    waited for.
    """
    others = asyncio.all_tasks() - {asyncio.current_task()}
    await asyncio.wait(others, timeout=0.01, return_when=asyncio.FIRST_COMPLETED)
