"""How Go and Rust projects, and whatever has a Makefile, seem to be tested, linted, built and set up. Pure."""

import re
import tomllib

from engine.coding.detecting.listing import Detected, Listing, fetch, run
from engine.coding.repositories import DEPENDENCIES, Command, Language

_MAKEFILES = ("Makefile", "makefile", "GNUmakefile")
_TARGET = re.compile(r"^([A-Za-z0-9][\w./-]*)(?:[ \t]+[\w./-]+)*[ \t]*:(?!=|:=)", re.MULTILINE)


def detect_go(listing: Listing) -> Detected | None:
    """What is told of a Go module; None where there is none."""
    if not listing.has("go.mod"):
        return None
    fetches = listing.has("go.sum") and not listing.has("vendor/modules.txt")
    golangci = listing.has(*(f".golangci.{ending}" for ending in ("yml", "yaml", "toml", "json")))
    return Detected(
        language=Language.GO,
        test=run("go", "test", "./..."),
        lint=run("golangci-lint", "run") if golangci else run("go", "vet", "./..."),
        build=run("go", "build", "./..."),
        set_up=fetch("go", "mod", "vendor", makes="vendor") if fetches else None,
        lock_files=("go.sum",) if listing.has("go.sum") else ("go.mod",),
    )


def detect_rust(listing: Listing) -> Detected | None:
    """What is told of a Cargo package or workspace; None where there is none."""
    if not listing.has("Cargo.toml"):
        return None
    locked = listing.has("Cargo.lock")
    fetches = 'source = "' in listing.text("Cargo.lock") if locked else _has_dependencies(listing.text("Cargo.toml"))
    offline = ("--offline",) if fetches else ()
    strict = ("--locked",) if locked else ()
    return Detected(
        language=Language.RUST,
        test=run("cargo", "test", *offline),
        lint=run("cargo", "clippy", "--all-targets", *offline),
        build=run("cargo", "build", *offline),
        set_up=fetch("cargo", "fetch", *strict, makes=DEPENDENCIES) if fetches else None,
        environment={"CARGO_HOME": DEPENDENCIES} if fetches else {},
        lock_files=("Cargo.lock",) if locked else ("Cargo.toml",),
        new_files="src" if listing.has_under("src") else ".",
    )


def _has_dependencies(text: str) -> bool:
    try:
        manifest = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return False
    shared = manifest.get("workspace")
    tables = [manifest, shared if isinstance(shared, dict) else {}]
    return any(table.get(name) for table in tables for name in ("dependencies", "dev-dependencies"))


def targets(listing: Listing) -> tuple[str, ...]:
    """The targets of the Makefile, in order; empty where there is none."""
    return tuple(dict.fromkeys(_TARGET.findall(listing.text(*_MAKEFILES))))


def target_for(listing: Listing, *names: str) -> Command | None:
    """`make` with the first of these targets that the Makefile has; None where it has none."""
    there = targets(listing)
    return next((run("make", name) for name in names if name in there), None)


def detect_make(listing: Listing) -> Detected | None:
    """What is told of a project that has a Makefile and nothing else; None where there is none."""
    there = targets(listing)
    if not there:
        return None
    return Detected(build=target_for(listing, "build", "all") or run("make"))
