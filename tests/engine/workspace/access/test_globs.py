"""Globs: what they fit, which wins, and what lifts a default denial."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.workspace.access.globs import DENIED_BY_DEFAULT, Globs, fits, glob_fault
from engine.workspace.access.paths import clean_path, folded_name
from engine.workspace.access.refusals import AccessRefused
from tests.examples import examples


@pytest.mark.parametrize(
    ("glob", "path", "does"),
    [
        ("*.py", "a.py", True),
        ("*.py", "deep/down/a.py", True),
        ("*.py", "a.pyc", False),
        ("*.py", "package.py/data.txt", True),
        ("src", "src/a.py", True),
        ("src", "deep/src/a.py", True),
        ("src/", "deep/src/a.py", True),
        ("src", "src2/a.py", False),
        ("/src", "src/a.py", True),
        ("/src", "deep/src/a.py", False),
        ("src/*", "src/a.py", True),
        ("src/*", "src/deep/a.py", True),
        ("src/*.py", "src/deep/a.py", False),
        ("src/**", "src", True),
        ("src/**", "src/deep/a.py", True),
        ("src/**/a.py", "src/a.py", True),
        ("src/**/a.py", "src/x/y/a.py", True),
        ("src/**/a.py", "src/x/y/b.py", False),
        ("**/test/**/*.txt", "a/test/b/c.txt", True),
        ("**/test/**/*.txt", "a/best/b/c.txt", False),
        ("**", "anything/at/all", True),
        ("*", "anything/at/all", True),
        ("a?c", "abc", True),
        ("a?c", "a/c", False),
        ("[ab].py", "b.py", True),
        ("[!ab].py", "b.py", False),
        ("[ab.py", "[ab.py", True),
        ("SRC/A.PY", "src/a.py", True),
        ("src/a.py", "SRC/A.Py", True),
        ("STRASSE", "straße", True),
        ("e\u0301.py", "é.py", True),
        ("a+b(c).py", "a+b(c).py", True),
        ("a.py", "axpy", False),
        ("*a*a*a*a*a*a*a*a*b", "a" * 250, False),
        ("**/**/**/**/**/**/**/**/b", "a/" * 90 + "a", False),
    ],
)
def test_a_glob_fits(glob: str, path: str, does: bool) -> None:
    assert fits(glob, path) is does


def test_deny_wins_over_allow_and_the_reason_names_the_glob() -> None:
    globs = Globs(allow=("src/**", "src/secret/open.py"), deny=("src/secret",))
    assert globs.permits("src/a.py") is None
    assert globs.permits("src/secret/open.py") == "the repository's settings deny «src/secret»"
    assert globs.permits("docs/a.md") == "the repository's settings allow only «src/**», «src/secret/open.py»"
    assert Globs(allow=()).permits("a.py") == "the repository's settings allow only nothing"


@pytest.mark.parametrize(
    "path",
    [
        ".gitignore",
        "deep/.gitattributes",
        ".gitmodules",
        ".github/workflows/ci.yml",
        ".github/CODEOWNERS",
        ".env",
        ".env.production",
        "config/.ENV",
        "prod.env",
        "server.pem",
        "certs/SERVER.KEY",
        "id_rsa",
        "home/.ssh/known_hosts",
        ".aws/credentials",
        ".npmrc",
        ".gitlab-ci.yml",
        "azure-pipelines.yml",
        "Jenkinsfile",
        "JENKINSFILE.release",
        "infra/prod.tfstate",
    ],
)
def test_denied_by_default_whatever_wildcards_allow_and_lifted_by_name(path: str) -> None:
    for allow in (("**",), ("*", "**/*", "?*"), (path.split("/", maxsplit=1)[0][:1] + "*",)):
        assert "is denied unless" in str(Globs(allow=allow).permits(path))
    assert Globs(allow=(path,)).permits(path) is None
    assert Globs(allow=("**", path)).permits(path) is None
    assert "settings deny" in str(Globs(allow=("**", path), deny=(path.upper(),)).permits(path))


def test_a_name_that_lifts_one_file_lifts_no_other() -> None:
    globs = Globs(allow=("**", ".gitignore", ".github/workflows/**", ".env.example"))
    for path in (".gitignore", "deep/.gitignore", ".github/workflows/ci.yml", ".env.example"):
        assert globs.permits(path) is None, path
    for path in (".gitattributes", ".github/actions/x.yml", ".env", ".env.local", ".ssh/.gitignore", ".gitlab-ci.yml"):
        assert globs.permits(path) is not None, path


def test_a_glob_of_secrets_lifts_what_it_fits_alone() -> None:
    globs = Globs(allow=("**", "tests/fixtures/*.pem"))
    assert globs.permits("tests/fixtures/server.pem") is None
    assert globs.permits("server.pem") is not None
    assert globs.permits("tests/fixtures/.env") is not None


def test_nothing_usual_is_denied() -> None:
    usual = [
        "src/id_generator.py",
        "environment.py",
        "src/key.py",
        "keys.go",
        "gitlab.md",
        "package.json",
        "Makefile",
        "pyproject.toml",
        "README.md",
        "tests/test_env.py",
        ".editorconfig",
        ".pre-commit-config.yaml",
        "docs/🦄✨ (1).md",
        "Dockerfile",
        "日本/ファイル.txt",
        "a b/c d.txt",
    ]
    assert [(path, reason) for path in usual if (reason := Globs().permits(clean_path(path))) is not None] == []


@pytest.mark.parametrize("glob", ["", "/", "./", "../x", "a/../b", "a\\b", "a\nb", "a\0"])
def test_a_glob_that_would_never_fit_has_a_fault(glob: str) -> None:
    assert glob_fault(glob)


def test_sensible_globs_have_no_fault() -> None:
    assert [glob_fault(glob) for glob in (*DENIED_BY_DEFAULT, "**", "src/**/*.py", "a b/*", "é")] == [None] * (
        len(DENIED_BY_DEFAULT) + 4
    )


@given(path=st.text(alphabet=st.sampled_from(list("./\\ agit~1\u200c\u2024．ｇ／:\0\né")), max_size=12))
@examples(400)
def test_what_is_clean_stays_in_the_tree_and_is_no_name_of_git_that_is_not_denied(path: str) -> None:
    try:
        clean = clean_path(path)
    except AccessRefused:
        return
    parts = clean.split("/")
    assert clean
    assert not clean.startswith("/")
    assert not {"", ".", ".."} & set(parts)
    assert clean_path(clean) == clean
    if any(folded_name(part) == ".git" for part in parts):
        assert Globs(allow=("**", clean)).permits(clean) is not None
