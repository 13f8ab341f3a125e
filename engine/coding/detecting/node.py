"""How a Node project seems to be tested, linted, built and set up. Pure."""

import json
import re
from collections.abc import Mapping

from engine.coding.detecting.listing import Detected, Listing, fetch, run
from engine.coding.repositories import Command, Language, SetUp

_NO_TESTS = "no test specified"
"""What `npm init` writes where there is no test."""
_LOCKS = {
    "pnpm-lock.yaml": "pnpm",
    "yarn.lock": "yarn",
    "package-lock.json": "npm",
    "npm-shrinkwrap.json": "npm",
}
_RUNNERS = {
    "vitest": ("npx", "vitest", "run"),
    "jest": ("npx", "jest"),
    "mocha": ("npx", "mocha"),
}
"""Test programs, for a project that has one and no script for it."""
_TEST = re.compile(r"(?:.*/)?[^/]+\.test\.[cm]?js|test/[^/]+\.[cm]?js")
_MADE = "node_modules"


def detect_node(listing: Listing) -> Detected | None:
    """What is told of a Node project; None where there is no package.json."""
    if not listing.has("package.json"):
        return None
    package = _object(listing.text("package.json"))
    scripts = {name: text for name, text in _under(package, "scripts").items() if isinstance(text, str)}
    needs = {**_under(package, "dependencies"), **_under(package, "devDependencies")}
    manager = _manager(listing, package)
    typed = listing.has("tsconfig.json") or "typescript" in needs
    newer_yarn = manager == "yarn" and listing.has(".yarnrc.yml")
    return Detected(
        language=Language.TYPESCRIPT if typed else Language.JAVASCRIPT,
        test=_test(listing, scripts, needs, manager),
        lint=run(manager, "run", "lint") if "lint" in scripts else None,
        build=run(manager, "run", "build") if "build" in scripts else None,
        set_up=_set_up(listing, manager, newer_yarn=newer_yarn) if needs else None,
        environment={"CI": "true", **({"YARN_NODE_LINKER": "node-modules"} if newer_yarn else {})},
        lock_files=tuple([name for name in _LOCKS if listing.has(name)][:1] or ["package.json"]),
        new_files="src" if listing.has_under("src") else ".",
    )


def _object(text: str) -> Mapping[str, object]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _under(value: Mapping[str, object], name: str) -> Mapping[str, object]:
    found = value.get(name)
    return found if isinstance(found, dict) else {}


def _manager(listing: Listing, package: Mapping[str, object]) -> str:
    said = str(package.get("packageManager") or "").partition("@")[0]
    if said in _LOCKS.values():
        return said
    return next((manager for lock, manager in _LOCKS.items() if listing.has(lock)), "npm")


def _test(listing: Listing, scripts: Mapping[str, str], needs: Mapping[str, object], manager: str) -> Command | None:
    if "test" in scripts and _NO_TESTS not in scripts["test"]:
        return run(manager, "test")
    for name, words in _RUNNERS.items():
        if name in needs:
            return run(*words)
    return run("node", "--test") if any(_TEST.fullmatch(file) for file in listing.files) else None


def _set_up(listing: Listing, manager: str, *, newer_yarn: bool) -> SetUp:
    locked = any(listing.has(lock) for lock, one in _LOCKS.items() if one == manager)
    match manager:
        case "pnpm":
            words = ("pnpm", "install", *(("--frozen-lockfile",) if locked else ()))
        case "yarn":
            flag = "--immutable" if newer_yarn else "--frozen-lockfile"
            words = ("yarn", "install", *((flag,) if locked else ()))
        case _:
            words = ("npm", "ci") if locked else ("npm", "install", "--no-package-lock")
    return fetch(*words, makes=_MADE)
