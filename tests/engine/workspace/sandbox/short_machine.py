"""A warden on a machine without memory: its environment says how much there is once the run has ended (FREED)."""

import os

from engine.workspace.sandbox import warden


def main() -> None:
    """Do as the warden does."""
    told = iter([0, int(os.environ["FREED"])])
    warden.machine_is_short_of_memory = lambda: True
    warden.available_memory = lambda: next(told)
    warden.main()
