"""Waiting for what goes on elsewhere: in other tasks, in threads, in processes."""

import asyncio


async def others_at_work(at_most: float = 0.01) -> None:
    """Wait until another task ends, or so many seconds: whoever looks again at once takes a core from what is waited
    for.
    """
    nobody = asyncio.get_running_loop().create_future()  # where there is no other task
    others = asyncio.all_tasks() - {asyncio.current_task()}
    await asyncio.wait({nobody, *others}, timeout=at_most, return_when=asyncio.FIRST_COMPLETED)
