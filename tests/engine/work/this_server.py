"""Which addresses a test may ask."""

from engine.work.addresses import why_refused


def only_this_server(address: str) -> str:
    """The real rule, but for the one address on which the test's server listens."""
    return "" if address == "127.0.0.1" else why_refused(address)
