"""Which files decide what the tests say."""

from dataclasses import replace

import pytest

from engine.coding.proving.protected import Protection, inner_tests, protected_changes, protection
from engine.coding.proving.weakened_tests import weakened
from engine.coding.proving.weakening import Change, WeakeningKind

T, U, C, STAND_IN = Protection


def test_a_glob_makes_a_test_of_a_file_but_of_nothing_that_decides_about_all_of_them() -> None:
    also = ("checks/**", "*_check.py", "**/pytest.ini")
    assert protection("checks/sums.py", also) is T
    assert protection("src/sums_check.py", also) is T
    assert protection("src/sums.py", also) is None
    assert protection("checks/pytest.ini", also) is protection("checks/pytest.ini")
    assert protection("checks/conftest.py", also) is U


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("tests/test_a.py", T),
        ("src/pkg/test_a.py", T),
        ("src/pkg/a_test.py", T),
        ("tests/lives.py", T),
        ("a/b_test.go", T),
        ("web/a.test.tsx", T),
        ("web/__tests__/a.js", T),
        ("tests/whole.rs", T),
        ("Tests/Test_A.PY", T),
        ("conftest.py", U),
        ("a/b/conftest.py", U),
        ("tests/data/big.json", U),
        ("pkg/testdata/x.txt", U),
        ("web/__snapshots__/a.snap", U),
        ("web/__mocks__/fs.js", U),
        ("pytest.ini", C),
        ("tox.ini", C),
        ("noxfile.py", C),
        (".coveragerc", C),
        ("jest.config.mjs", C),
        ("vite.config.ts", C),
        ("Makefile", C),
        (".cargo/config.toml", C),
        ("build.rs", C),
        ("pytest.py", STAND_IN),
        ("_pytest/__init__.py", STAND_IN),
        ("unittest.py", STAND_IN),
        ("sitecustomize.py", STAND_IN),
        ("sly.pth", STAND_IN),
        ("node_modules/jest/index.js", STAND_IN),
        ("argparse.py", STAND_IN),
        ("src/xml/__init__.py", STAND_IN),
        (".milepost-deps/difflib.py", STAND_IN),
        ("json.cpython-311-x86_64-linux-gnu.so", STAND_IN),
        ("sly-1.0.dist-info/entry_points.txt", STAND_IN),
        ("src/sly.egg-info/entry_points.txt", STAND_IN),
        ("vendor/github.com/stretchr/testify/assert/assertions.go", STAND_IN),
        ("static/vendor/graph.js", None),
        ("run_tests.sh", T),
        ("tools/runtests.py", T),
        ("shop/calendar.py", None),
        ("src/shop/json.py", None),
        ("code/shop.py", None),
        ("json.go", None),
        ("src/calc.py", None),
        ("src/latest.py", None),
        ("src/contest.go", None),
        ("README.md", None),
        ("pyproject.toml", None),
        ("", None),
    ],
)
def test_a_path_tells_why_it_is_protected(path: str, reason: Protection | None) -> None:
    assert protection(path) is reason


def test_what_the_test_command_names_is_a_test_whatever_it_is_called() -> None:
    named = Change(path="t.sh", old="sh ./p.sh", new="true", is_named=True)
    assert protected_changes([named, replace(named, path="p.sh", is_named=False)]) == {"t.sh": T}


def changed(path: str, old: str | None, new: str | None) -> Protection | None:
    return protected_changes([Change(path=path, old=old, new=new)]).get(path)


PYPROJECT = '[project]\nname = "x"\n[tool.pytest.ini_options]\naddopts = "-q"\n'


@pytest.mark.parametrize(
    ("path", "old", "new", "reason"),
    [
        ("pyproject.toml", PYPROJECT, PYPROJECT.replace('"x"', '"y"'), None),
        ("pyproject.toml", PYPROJECT, PYPROJECT.replace("-q", "-k nothing"), C),
        ("pyproject.toml", PYPROJECT, PYPROJECT + "[tool.coverage.run]\nomit = ['*']\n", C),
        ("pyproject.toml", PYPROJECT, PYPROJECT + '[project.entry-points.pytest11]\nsly = "sly"\n', C),
        ("pyproject.toml", PYPROJECT, "no [toml", C),
        ("pyproject.toml", None, PYPROJECT, C),
        ("package.json", '{"version": "1"}', '{"version": "2"}', None),
        ("package.json", '{"scripts": {"test": "jest"}}', '{"scripts": {"test": "true"}}', C),
        ("package.json", '{"scripts": {"test": "jest"}}', '{"scripts": {"test": "jest", "pretest": "x"}}', C),
        ("package.json", '{"scripts": {"lint": "a"}}', '{"scripts": {"lint": "b"}}', None),
        (
            "package.json",
            '{"scripts": {"test": "npm run unit", "unit": "jest", "postunit": "a"}}',
            '{"scripts": {"test": "npm run unit", "unit": "jest", "postunit": "true"}}',
            C,
        ),
        ("package.json", '{"scripts": {"test": "a", "lint": "b"}}', '{"scripts": {"lint": "b", "test": "a"}}', None),
        ("package.json", '{"jest": {}}', '{"jest": {"bail": 1}}', C),
        ("setup.cfg", "[metadata]\nname = a\n", "[metadata]\nname = b\n", None),
        ("setup.cfg", "[metadata]\nname = a\n", "[metadata]\nname = a\n[tool:pytest]\naddopts = -x\n", C),
        ("Cargo.toml", '[dependencies]\na = "1"\n', '[dependencies]\na = "2"\n', None),
        ("Cargo.toml", "", "[lib]\ntest = false\n", C),
        ("Cargo.toml", '[package]\nname = "a"\n', '[package]\nname = "a"\nautotests = false\n', C),
        ("Cargo.toml", '[package]\nversion = "1"\n', '[package]\nversion = "2"\n', None),
        ("go.mod", "module shop\n", "module shop\nrequire x v1.0.0\n", None),
        ("go.mod", "module shop\n", "module shop\nreplace (\n\ttestify => ./mine\n)\n", C),
        ("setup.py", "setup()\n", "setup(name='a')\n", None),
        ("requirements.txt", "rich\n", "rich\nhttpx==1\n", None),
        ("requirements-dev.txt", "rich\n", "rich\npytest-hush\n", C),
        ("requirements.txt", "rich\n", "--pre\nrich\n", C),
        ("requirements.txt", None, "rich\nhttpx==1\n", None),
        ("requirements.txt", "rich\n", None, None),
        ("requirements.txt", None, "rich\npytest\n", C),
        ("requirements.txt", "--pre\nrich\n", None, C),
        ("setup.py", None, "setup(name='a')\n", None),
        ("setup.cfg", "[metadata]\nname = a\n", None, None),
        ("setup.cfg", None, "[tool:pytest]\naddopts = -x\n", C),
        ("pyproject.toml", None, '[project]\nname = "a"\n', None),
        ("pyproject.toml", PYPROJECT, None, C),
        ("sub/go.mod", None, "module sub\n", C),
        ("sub/package.json", None, '{"name": "sub"}', C),
        ("sub/Cargo.toml", '[package]\nname = "sub"\n', None, C),
        ("package.json", '{"devDependencies": {"jest": "1"}}', '{"devDependencies": {"jest": "1", "zod": "2"}}', None),
        ("package.json", '{"devDependencies": {"jest": "1"}}', '{"devDependencies": {"jest": "file:mine"}}', C),
        ("package.json", '{"dependencies": {"zod": "1"}}', '{"dependencies": {"zod": "1", "jest": "file:mine"}}', C),
        ("package.json", '{"overrides": {}}', '{"overrides": {"a": {"jest": "file:mine"}}}', C),
        ("package.json", '{"dependencies": {"zod": "1"}}', '{"dependencies": {"zod": "2"}}', None),
        ("requirements-dev.txt", "rich\n", "rich\nPyTest-hush\n", C),
        ("setup.py", "setup()\n", "setup(entry_points={'pytest11': ['sly = sly']})\n", C),
        ("tests/test_a.py", "a", "a", None),
        ("tests/test_a.py", "a", None, T),
        ("src/a.rs", "fn a() {}", "fn a() { b() }", None),
        ("src/a.rs", "fn a() {}\n#[test]\nfn t() { x }", "fn a() {}\n#[test]\nfn t() {}", T),
        ("src/a.rs", "#[cfg(test)]\nmod t { fn x() {} }", "", T),
    ],
)
def test_of_a_mixed_file_only_what_it_says_of_tests_is_protected(
    path: str, old: str | None, new: str | None, reason: Protection | None
) -> None:
    assert changed(path, old, new) is reason


def test_what_nobody_can_read_is_protected_like_the_rest() -> None:
    unread = [Change(path=path, old=None, new=None, unread="x") for path in ("conftest.py", "setup.cfg", "shop.py")]
    assert protected_changes(unread) == {"conftest.py": U, "setup.cfg": C}
    assert [one.kind for one in weakened(unread[:1])] == [WeakeningKind.UNREADABLE]


def test_the_tests_inside_a_rust_file_are_told_from_its_code() -> None:
    tests = "#[cfg(test)]\nmod tests {\n    #[test]\n    fn x() { { } }\n}"
    assert inner_tests(f'fn a() -> &str {{ "#[test]" }}\n// #[test]\n{tests}\nfn b() {{}}\n') == tests
    assert inner_tests(None) == ""
