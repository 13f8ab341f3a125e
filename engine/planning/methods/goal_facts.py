"""The relations of facts that a goal itself tells, before any step is done."""

TOPIC = "topic"
"""What the goal is about."""
PLAIN = "plain"
"""That a criterion calls for nothing but the doing itself."""
ASKED = "asked"
"""Whether another criterion already speaks of some words."""
CLAUSE = "clause"
"""A parameter that stands for the clause itself, so that a method can look at what is told of it."""
TOLD = frozenset({TOPIC, PLAIN, ASKED})
