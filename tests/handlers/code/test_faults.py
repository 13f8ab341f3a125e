"""What code work had against something, as a sentence that leaves paths as they are."""

import pytest

from engine.errors import PermanentError, RefusedError
from engine.workspace.access.refusals import AccessRefused, Refusal
from engine.workspace.git.errors import RepositoryRefused
from handlers.code.faults import code_fault


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("there is no new test in it", "There is no new test in it."),
        ("evil: line 2 of the patch doesn't fit", "evil: line 2 of the patch doesn't fit."),
        ("src/shop.py: line 2 of the patch doesn't fit", "src/shop.py: line 2 of the patch doesn't fit."),
    ],
)
def test_a_reason_becomes_a_sentence_and_a_path_at_its_begin_stays_a_path(reason: str, told: str) -> None:
    assert code_fault(RefusedError("not_taken", reason)) == told
    assert code_fault(PermanentError(reason)) == told


def test_a_refused_access_names_its_path_as_it_was_given() -> None:
    assert code_fault(AccessRefused(Refusal.MISSING, "makefile", "there is no such file")).startswith("makefile: ")


def test_what_a_person_can_do_about_their_repository_is_told() -> None:
    fault = RepositoryRefused("empty", "the repository has no commit yet", "make a first commit")
    assert code_fault(fault) == "The repository has no commit yet. What helps: make a first commit."
