"""The work `agent`: a model in a role does a task that takes judgement, and says what came of it."""
