"""Free text of people: turns of a conversation with a model, whose tools are the engine.

`talk.py`, `turns.py` and `claims.py` know no pydantic-ai; the rest is imported with the first turn.
"""
