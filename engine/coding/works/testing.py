"""Whether new tests are worth something: they pass each time, reach more, and fail on versions broken on purpose."""

import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from pathlib import PurePosixPath

from engine.coding.bench import Bench, Wanted
from engine.coding.proving.coverage import Coverage
from engine.coding.proving.judging import TestsFacts, judge_tests
from engine.coding.proving.languages import language_of
from engine.coding.proving.mutants import Fate, Mutant, fate, mutants
from engine.coding.proving.mutants import Wanted as MutantsWanted
from engine.coding.proving.protected import protection
from engine.coding.proving.python_interfaces import lines_defined
from engine.coding.proving.reports import TestReport
from engine.coding.proving.verdicts import Verdict
from engine.coding.repositories import Language
from engine.coding.works.evidence import Evidence, green_run, sources_of
from engine.coding.works.names import CALLED
from engine.values import JsonObject

MOST_MUTANTS = 10
MOST_TARGETS = 5
_SHORTEST, _LONGER = 10.0, 10.0
"""A broken version gets so many seconds, or so many times what the tests took: it may never end by itself."""
_IMPORTED = re.compile(r"^\s*(?:from\s+([\w.]+)\s+import\s+([\w, ()]+)|import\s+([\w., ]+))", re.M)
_REQUIRED = re.compile(r"""(?:from|require\(|import\()\s*['"]([./][^'"]+)['"]""")


async def judged_tests(bench: Bench, seen: Evidence, told: JsonObject) -> Verdict:
    """`told` may name the `targets`, files that the tests are about; else they are those that the tests import."""
    targets = await _targets(bench, seen, told)
    before, after = (await bench.coverage(on_base=True), await bench.coverage()) if targets else (None, None)
    texts = {one.path: one.new for one in await bench.texts(targets) if one.new is not None}
    named = {path: lines for path, text in texts.items() if (lines := lines_defined(text, called_in(told)))}
    first = await green_run(bench, seen)
    return judge_tests(
        TestsFacts(
            tests=seen.tests,
            first=first,
            second=await green_run(bench, seen),
            suite=seen.suite,
            changes=seen.changes,
            targets=targets,
            covered_before=before.within(named) if before is not None and named else before,
            covered_after=after.within(named) if after is not None and named else after,
            mutants=await _fates(bench, seen, _broken(texts, after, named)) if first.passed else {},
            sources=tuple(one.path for one in sources_of(seen.texts)),
        )
    )


async def _targets(bench: Bench, seen: Evidence, told: JsonObject) -> tuple[str, ...]:
    named = told.get("targets")
    files = await bench.files()
    if isinstance(named, list) and named:
        return tuple(path for path in map(str, named) if path in files)
    also = bench.repository.terms.test_files
    code = [path for path in files if language_of(path) is not Language.OTHER and protection(path, also) is None]
    tests = [change for change in seen.texts if change.path in seen.own and change.new is not None]
    found = dict.fromkeys(path for test in tests for path in _imported(test.path, test.new or "", code))
    if not found:  # a test is often called after what it is about
        stems = {re.sub(r"^test[_-]|[_.-](?:test|spec)$", "", PurePosixPath(one.path).stem) for one in tests}
        found = dict.fromkeys(path for path in code if PurePosixPath(path).stem in stems)
    return tuple(found)[:MOST_TARGETS]


def _imported(path: str, text: str, code: Sequence[str]) -> Sequence[str]:
    """The files of the repository that a test takes something from."""
    names: set[str] = set()
    for source, what, plain in _IMPORTED.findall(text):
        names.update(one.strip() for one in plain.split(",") if one.strip())
        if source:
            names.update((source, *(f"{source}.{one.strip(' ()')}" for one in what.split(","))))
    wanted = {name.strip(".").replace(".", "/") for name in names}
    wanted |= {str(PurePosixPath(one).with_suffix("").name) for one in _REQUIRED.findall(text)}
    stems = {one: one.rpartition(".")[0].removesuffix("/__init__") for one in code}
    return [
        one for one, stem in stems.items() if any(stem == name or stem.endswith(f"/{name}") for name in wanted if name)
    ]


def called_in(told: JsonObject) -> frozenset[str]:
    """What the goal says by name that its tests are about, in a file: «total» of «shop.total», `total` and total()."""
    found = CALLED.findall(str(told.get("about") or ""))
    return frozenset(name.rpartition(".")[2] for groups in found for name in groups if name)


async def _fates(bench: Bench, seen: Evidence, broken: Sequence[Mutant]) -> Mapping[str, Fate]:
    """What the new tests say of each broken version; the versions are the same each time."""
    fates: dict[str, Fate] = {}
    took = max(_SHORTEST, _LONGER * sum(case.seconds or 0.0 for case in seen.suite.after.cases))
    for mutant in broken:
        laid = {mutant.path: mutant.text.encode()}
        wanted = Wanted(tests=seen.own, state=seen.state, with_files=laid, seconds=took)
        report: TestReport = (await bench.tests(wanted)).report
        fates[f"{mutant.path}, {mutant.words}"] = fate(report)
    return fates


def _broken(
    texts: Mapping[str, str], covered: Coverage | None, named: Mapping[str, AbstractSet[int]]
) -> Sequence[Mutant]:
    """Versions broken where something runs: in what is `named`, if a file holds it, and else anywhere in the files."""
    found: list[Mutant] = []
    each = -(-MOST_MUTANTS // max(1, len(named or texts)))
    for path in named or texts:
        seen = covered.of(path) if covered is not None else None
        ran, own = seen.covered if seen is not None else None, named.get(path)
        where = ran if own is None else own if ran is None else own & set(ran) or ran
        found += mutants(path, texts[path], language_of(path), MutantsWanted(limit=each, lines=where))
    return found[:MOST_MUTANTS]
