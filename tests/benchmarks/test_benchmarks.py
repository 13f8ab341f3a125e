"""The benchmarks still run: at tiny sizes, and never against a clock. How fast they are is for `make bench` to tell."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import __main__ as command
from benchmarks import interactive, peers, repairing
from benchmarks.figures import Figure, Wanted, as_json, as_table, beside, quantile
from benchmarks.peers import installed_peer
from benchmarks.sizes import Sizes

TINY = Sizes(
    stored=3,
    samples=2,
    goals=2,
    tasks=2,
    chain=3,
    commits=2,
    rounds=1,
    starts=1,
    planned=(10,),
    long_plans=(300,),
    files=5,
    side_by_side=2,
)
KEYS = {"name", "unit", "value", "peer", "ratio", "against", "wanted", "kept"}


@pytest.fixture(autouse=True)
def few_plans(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interactive, "PLANS", 2)


@pytest.fixture(autouse=True)
def no_peer(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The tests don't depend on whether somebody has built the peer's environment."""
    found = peers.installed_peer(tmp_path / "nothing-here")
    assert found is None
    monkeypatch.setattr(peers, "installed_peer", lambda: found)


@pytest.mark.sample(0, in_ci=3)  # over a second
@pytest.mark.parametrize(
    ("part", "figures"),
    [
        ("interactive", 8),
        ("planning", 32),
        pytest.param("throughput", 8, marks=pytest.mark.long),  # two seconds each
        pytest.param("agents", 7, marks=pytest.mark.long),
        pytest.param("code", 9 if shutil.which("bwrap") else 7, marks=pytest.mark.long),
        pytest.param("memory", 2, marks=pytest.mark.long),  # these two start the bot, aiogram and all
        pytest.param("start", 5, marks=pytest.mark.long),
    ],
)
def test_each_part_prints_one_json_object_a_line(
    part: str, figures: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main(["--json", "--only", part, "--folder", str(tmp_path)], TINY) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(lines) == len({line["name"] for line in lines}) == figures
    for line in lines:
        assert line.keys() == KEYS
        assert line["value"] > 0
    assert not [left for left in tmp_path.iterdir() if left.name.startswith("milepost-bench")]


@pytest.mark.sample(0, in_ci=1)
@pytest.mark.parametrize(
    ("part", "figure", "end"),
    [
        pytest.param("throughput", "chain of 3 tasks", ">= 1.5 x", marks=pytest.mark.long),
        ("planning", "planning: chain, 10 steps", "steps/s"),
    ],
)
def test_without_the_peer_its_ratios_are_missing_and_the_reader_is_told_how_to_get_them(
    part: str, figure: str, end: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command.main(["--only", part, "--folder", str(tmp_path)], TINY)
    told = capsys.readouterr()
    assert "make bench-peers" in told.err
    line = next(line for line in told.out.splitlines() if line.startswith(f"{figure}  "))
    assert line.endswith(end)


def test_an_environment_that_was_built_for_other_peers_does_not_count(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").touch()
    (tmp_path / ".ready").write_text("langgraph==0.1")
    assert installed_peer(tmp_path) is None
    (tmp_path / ".ready").write_text("\n".join(peers.REQUIREMENTS))
    assert installed_peer(tmp_path) == peers.Peer(python=tmp_path / "bin" / "python")


def test_a_ratio_is_the_median_of_the_ratios_within_a_round() -> None:
    figure = beside("tasks", "tasks/s", [(10.0, 1.0), (40.0, 20.0), (90.0, 30.0)], against="peer")
    assert (figure.value, figure.peer, figure.ratio) == (40.0, 20.0, 3.0)


@pytest.mark.parametrize(
    ("wanted", "kept"),
    [
        (Wanted(bound=5.0), True),
        (Wanted(bound=4.9), False),
        (Wanted(bound=2.0, at_least=True, of_ratio=True), True),
        (Wanted(bound=2.1, at_least=True, of_ratio=True), False),
        (None, None),
    ],
)
def test_a_figure_says_whether_what_is_wanted_is_there(wanted: Wanted | None, kept: bool | None) -> None:
    figure = Figure(name="a", unit="ms", value=5.0, peer=2.5, ratio=2.0, wanted=wanted)
    assert figure.is_kept is kept
    assert json.loads(as_json(figure))["kept"] is kept
    assert as_table([figure]).splitlines()[1].endswith({True: "yes", False: "NO", None: "2 x"}[kept])


def test_nothing_is_said_of_a_bound_on_a_ratio_when_the_peer_is_missing() -> None:
    assert Figure(name="a", unit="ms", value=5.0, wanted=Wanted(bound=2.0, of_ratio=True)).is_kept is None


def test_the_99th_percentile_of_a_hundred_samples_leaves_one_above_it() -> None:
    assert quantile([float(sample) for sample in range(100)], 0.99) == 98.0
    assert quantile([7.0], 0.99) == 7.0


def test_the_repair_of_a_broken_plan_is_measured_beside_planning_from_nothing_and_repeats_nothing() -> None:
    time, _, repeated = repairing.measure(replace(TINY, repaired=(180,)))
    assert (time.against, time.wanted) == ("planning from nothing", Wanted(bound=0.6, of_ratio=True))
    assert time.ratio is not None
    assert (repeated.value, repeated.is_kept) == (0, True)
