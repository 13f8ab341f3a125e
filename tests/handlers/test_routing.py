"""The routers, put together."""

from tests.handlers.conftest import the_dispatcher


def test_nothing_that_an_update_passes_waits_for_a_thread() -> None:
    observers = [observer for router in the_dispatcher().chain_tail for observer in router.observers.values()]
    handlers = [handler for observer in observers for handler in observer.handlers]
    filters = [each for handler in handlers for each in handler.filters or ()]
    assert len(filters) > 100
    assert [each.magic or each.callback for each in (*handlers, *filters) if not each.awaitable] == []
