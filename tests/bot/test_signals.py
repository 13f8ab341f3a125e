"""A signal is heeded at once, whichever thread of the process it meets and however the loop waits."""

import asyncio
import signal
import threading

import pytest

from bot.signals import heeding_signals


@pytest.mark.parametrize("name", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_that_meets_another_thread_wakes_the_loop(name: signal.Signals) -> None:
    before = signal.getsignal(name)
    with heeding_signals() as stopped:
        # a little later: by then the loop waits, with nothing else to wake it
        elsewhere = threading.Timer(0.05, lambda: signal.pthread_kill(threading.get_ident(), name))
        elsewhere.start()
        async with asyncio.timeout(3):
            await stopped.wait()
        elsewhere.join()
    assert signal.getsignal(name) is before
