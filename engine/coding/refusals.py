"""What is not done with a goal's code, with the reason in words that can be shown as they stand."""

from engine.errors import RefusedError


class CodeRefused(RefusedError):
    """Nothing was changed; `reason` says why in plain words."""
