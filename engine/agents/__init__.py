"""The model's edge: what is asked of language models, what it may cost, and what is believed of their answers.

pydantic-ai is imported here alone, and only once a model is configured and needed. A model's plan, patch or «done» is a
proposal: pure code elsewhere checks it before it acts.
"""
