"""The JSON Schema of method files, for editors and other programs: what goes where; the texts' grammar is ours."""

from importlib import resources


def schema_text() -> str:
    """The schema as JSON."""
    return resources.files("engine.planning.methods").joinpath("schema.json").read_text("utf-8")
