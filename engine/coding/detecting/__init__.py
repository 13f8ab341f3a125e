"""Tells from a listing and a few texts how a repository is tested, linted, built and set up. Pure."""

from dataclasses import replace

from engine.coding.checking import checked_terms
from engine.coding.detecting.compiled import detect_go, detect_make, detect_rust, target_for
from engine.coding.detecting.listing import Detected, Listing, wanted
from engine.coding.detecting.node import detect_node
from engine.coding.detecting.python import detect_python
from engine.coding.repositories import Terms
from engine.errors import InvalidInputError

__all__ = ["Detected", "Listing", "detect", "wanted", "with_detected"]

_COMPILED_FIRST = (detect_go, detect_rust, detect_python, detect_node, detect_make)
_PYTHON_FIRST = (detect_python, detect_go, detect_rust, detect_node, detect_make)


def detect(listing: Listing) -> Detected:
    """How a repository seems to be worked with. Of several languages the one with tests; a Makefile fills the gaps."""
    order = _PYTHON_FIRST if listing.has("pyproject.toml") else _COMPILED_FIRST
    found = [one for one in (look(listing) for look in order) if one is not None]
    if not found:
        return Detected()
    best = next((one for one in found if one.test is not None), found[0])
    return replace(
        best,
        test=best.test or target_for(listing, "test", "tests", "check"),
        lint=best.lint or target_for(listing, "lint"),
        build=best.build or target_for(listing, "build"),
    )


def with_detected(terms: Terms, detected: Detected) -> Terms:
    """The terms with what was detected now; what a person said of files, branch and push stays.

    An approval stays where the set-up is the same to the word. What can't be shown and run as it stands is left out:
    the repository's own files are no authority.
    """
    before, set_up = terms.set_up, detected.set_up
    if before is not None and set_up is not None:
        set_up = replace(set_up, approved=before.approved)
    new = replace(
        terms,
        language=detected.language,
        test=detected.test,
        lint=detected.lint,
        build=detected.build,
        set_up=set_up,
        environment=detected.environment,
        lock_files=detected.lock_files,
    )
    try:
        return checked_terms(new)
    except InvalidInputError:
        return replace(new, test=None, lint=None, build=None, set_up=None)
