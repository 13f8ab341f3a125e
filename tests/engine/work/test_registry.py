"""The registry, and works of other packages."""

import sys
from pathlib import Path

import pytest

from engine.errors import InvalidInputError, NotFoundError, TemporaryError
from engine.work import Work, WorkContext, WorkOptions, WorkRegistry, builtin_registry, work
from engine.work.registry import GROUP

EXAMPLE = Path(__file__).with_name("example_work.py")


def nothing(context: WorkContext) -> None:
    """Does nothing.

    And says no more.
    """


def test_the_built_in_works_are_those_of_the_documentation() -> None:
    names = builtin_registry(WorkOptions()).names()
    assert names == {"person", "wait", "decide", "measure", "subgoal", "http_check", "command"}


def test_each_built_in_work_says_what_it_does_and_only_a_command_is_not_repeated_unasked() -> None:
    registry = builtin_registry(WorkOptions())
    works = [registry.get(name) for name in registry.names()]
    assert all(known.summary for known in works)
    assert [known.name for known in works if not known.repeatable] == ["command"]
    assert {known.name for known in works if known.exact} == {"measure", "http_check"}


def test_an_unknown_name_is_not_found() -> None:
    with pytest.raises(NotFoundError):
        WorkRegistry().get("nobody")


def test_a_function_becomes_work_by_the_registrys_decorator_and_stays_itself() -> None:
    registry = WorkRegistry()
    kept = registry.work("nothing", repeatable=False, timeout=5)(nothing)
    known = registry.get("nothing")
    assert kept is nothing
    assert known.run is nothing
    assert (known.summary, known.repeatable, known.timeout) == ("Does nothing.", False, 5)


def test_a_decorator_over_a_marked_function_is_not_bypassed() -> None:
    @work("inner")
    def inner(context: WorkContext) -> str:
        return "inner"

    def outer(context: WorkContext) -> str:
        return "outer"

    outer.__dict__.update(inner.__dict__)  # as functools.wraps does
    registry = WorkRegistry()
    registry.add_function(outer)
    assert registry.get("inner").run is outer


@pytest.mark.parametrize("name", ["", "Upper", "with-dash", "1st", "a" * 65, "ü"])
def test_a_bad_name_is_refused(name: str) -> None:
    with pytest.raises(InvalidInputError):
        WorkRegistry().add(Work(name=name, summary="", run=nothing))


def test_a_taken_name_is_refused_and_the_first_one_stays() -> None:
    registry = WorkRegistry()
    registry.add(Work(name="it", summary="first", run=nothing))
    with pytest.raises(InvalidInputError):
        registry.add(Work(name="it", summary="second", run=nothing))
    assert registry.get("it").summary == "first"


def test_work_that_neither_runs_nor_waits_is_refused() -> None:
    with pytest.raises(InvalidInputError):
        WorkRegistry().add(Work(name="idle", summary=""))


def install(folder: Path, entry_points: str, modules: dict[str, str]) -> None:
    """Lay a package out in a folder the way an installer does."""
    for name, source in modules.items():
        (folder / f"{name}.py").write_text(source, "utf-8")
    described = folder / "other_works-1.0.dist-info"
    described.mkdir()
    (described / "METADATA").write_text("Metadata-Version: 2.1\nName: other-works\nVersion: 1.0\n", "utf-8")
    (described / "entry_points.txt").write_text(f"[{GROUP}]\n{entry_points}", "utf-8")


def test_the_example_of_the_readme_is_found_and_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make_context: type[WorkContext]
) -> None:
    install(tmp_path, "word_count = readme_example:word_count\n", {"readme_example": EXAMPLE.read_text("utf-8")})
    monkeypatch.syspath_prepend(tmp_path)
    registry = builtin_registry(WorkOptions())
    registry.load_entry_points()
    found = registry.get("word_count")
    assert found.summary == "Counts the words of a text file"
    assert found.run is not None
    letter = tmp_path / "letter.txt"
    letter.write_text("three short words", "utf-8")
    assert found.run(make_context(path=str(letter))) == 3
    with pytest.raises(TemporaryError) as caught:
        found.run(make_context(path=str(tmp_path / "missing")))
    assert caught.value.delay == 60
    sys.modules.pop("readme_example")


def test_broken_works_of_others_are_logged_and_listed_and_the_good_ones_still_load(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    entries = """
raising = strange_raising:x
exiting = strange_exiting:x
missing = strange_nowhere:x
nameless = strange_good:nameless
number = strange_good:number
klass = strange_good:Klass
person = strange_good:plain
plain = strange_good:plain
described = strange_good:described
"""
    good = """
from engine.work import Work
number = 5
class Klass: pass
def plain(context): return 1
described = Work(name="quiet", summary="as a value", run=plain)
"""
    modules = {"strange_raising": "1 / 0", "strange_exiting": "raise SystemExit(3)", "strange_good": good}
    install(tmp_path, entries, modules)
    monkeypatch.syspath_prepend(tmp_path)
    registry = builtin_registry(WorkOptions())
    registry.load_entry_points()
    assert {"plain", "quiet"} <= registry.names()
    assert registry.get("person").opens is not None
    broken = {item.name: item for item in registry.broken}
    assert set(broken) == {"raising", "exiting", "missing", "nameless", "number", "klass", "person"}
    assert broken["raising"].package == "other-works"
    assert "ZeroDivisionError" in broken["raising"].reason
    assert "«raising»" in caplog.text
    sys.modules.pop("strange_good")


def test_what_is_checked_over_the_web_may_still_have_to_be_built() -> None:
    assert builtin_registry(WorkOptions()).patient() == {"http_check"}


@pytest.mark.long  # a process; bot/test_cli.py looks at what is loaded
def test_importing_the_works_leaves_the_http_client_aside() -> None:
    import subprocess  # noqa: PLC0415 - only this test starts a process

    program = "import sys, engine.work; raise SystemExit('aiohttp' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
