"""The relations of facts that a goal itself tells, before any step is done."""

TOPIC = "topic"
"""What the goal is about."""
PLAIN = "plain"
"""That a criterion calls for nothing but the doing itself."""
ASKED = "asked"
"""Whether another criterion already speaks of some words."""
TOLD = frozenset({TOPIC, PLAIN, ASKED})
