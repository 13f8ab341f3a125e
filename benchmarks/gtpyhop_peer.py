"""The same planning problems for GTPyhop: run by the peer's own Python, it prints JSON. Imports nothing of ours.

The domains are those of `htn_domains.py`, task by task and method by method, in the manner of the examples that come
with the peer (blocks and logistics have the state variables of its own ones): a step is a function that changes the
state it is given, or returns nothing when it can't be taken. As in its logistics example and its IPC domains all that
is known stands in the state; with `--rigid` what never changes stands beside it, as in its travel example, so that it
is not copied with every step.

    python gtpyhop_peer.py DOMAIN SECONDS [--rigid] < PROBLEM

It prints `seconds` of CPU for one call of `find_plan` and the `plan`, or `{}` when SECONDS did not suffice.
"""

import contextlib
import io
import json
import signal
import sys
import time
from types import SimpleNamespace
from typing import NoReturn, TypeAlias

with contextlib.redirect_stdout(io.StringIO()):  # it greets whoever imports it
    import gtpyhop  # type: ignore[import-not-found]  # of the peer's environment

STRATEGY = "iterative_dfs_backtracking"
State: TypeAlias = gtpyhop.State
Problem: TypeAlias = dict[str, dict[str, str]]
Tasks: TypeAlias = list[tuple[object, ...]]
rigid = SimpleNamespace(beside=None)
"""What never changes, when it stands beside the state."""


def known(state: State) -> State:
    """Where that stands which never changes."""
    return rigid.beside or state


def make(state: State, n: int, before: int) -> State | None:
    if not state.made.get(before):
        return None
    state.made[n] = True
    return state


def arrive(state: State, n: int, last: int) -> Tasks | None:
    return [] if n > last else None


def make_next(state: State, n: int, last: int) -> Tasks | None:
    return [("make", n, n - 1), ("go_on", n + 1, last)] if n <= last else None


def chain(problem: dict[str, int]) -> tuple[State, State, Tasks]:
    gtpyhop.declare_actions(make)
    gtpyhop.declare_task_methods("go_on", arrive, make_next)
    return gtpyhop.State("chain", made={0: True}), gtpyhop.State("rigid"), [("go_on", 1, problem["steps"])]


def pickup(state: State, x: str) -> State | None:
    if state.pos[x] != "table" or not state.clear[x] or state.holding["hand"]:
        return None
    state.pos[x] = "hand"
    state.clear[x] = False
    state.holding["hand"] = x
    return state


def unstack(state: State, x: str, y: str) -> State | None:
    if state.pos[x] != y or not state.clear[x] or state.holding["hand"]:
        return None
    state.pos[x] = "hand"
    state.clear[x] = False
    state.holding["hand"] = x
    state.clear[y] = True
    return state


def putdown(state: State, x: str) -> State | None:
    if state.pos[x] != "hand":
        return None
    state.pos[x] = "table"
    state.clear[x] = True
    state.holding["hand"] = False
    return state


def stack(state: State, x: str, y: str) -> State | None:
    if state.pos[x] != "hand" or not state.clear[y]:
        return None
    state.pos[x] = y
    state.clear[x] = True
    state.holding["hand"] = False
    state.clear[y] = False
    return state


def is_there(state: State, x: str, y: str) -> Tasks | None:
    return [] if state.pos[x] == y else None


def place(state: State, x: str, y: str) -> Tasks | None:
    return [("uncover", x), ("uncover", y), ("take", x), ("stack", x, y)] if state.pos[x] != y else None


def is_settled(state: State, x: str) -> Tasks | None:
    return [] if state.pos[x] == "table" else None


def settle(state: State, x: str) -> Tasks | None:
    return [("uncover", x), ("take", x), ("putdown", x)] if state.pos[x] != "table" else None


def is_clear(state: State, x: str) -> Tasks | None:
    return [] if state.clear[x] else None


def dig(state: State, x: str) -> Tasks | None:
    for z, below in state.pos.items():
        if below == x:
            return [("uncover", z), ("take", z), ("putdown", z)]
    return None


def take_from_table(state: State, x: str) -> Tasks | None:
    return [("pickup", x)] if state.pos[x] == "table" else None


def take_from_block(state: State, x: str) -> Tasks | None:
    return [("unstack", x, state.pos[x])] if state.pos[x] not in ("table", "hand") else None


def blocks(problem: Problem) -> tuple[State, State, Tasks]:
    gtpyhop.declare_actions(pickup, unstack, putdown, stack)
    gtpyhop.declare_task_methods("place", is_there, place)
    gtpyhop.declare_task_methods("settle", is_settled, settle)
    gtpyhop.declare_task_methods("uncover", is_clear, dig)
    gtpyhop.declare_task_methods("take", take_from_table, take_from_block)
    pos = problem["position"]
    covered = set(pos.values())
    state = gtpyhop.State("blocks", pos=pos, clear={x: x not in covered for x in pos}, holding={"hand": False})
    to_do: Tasks = [("settle", x) if y == "table" else ("place", x, y) for x, y in problem["goals"]]
    return state, gtpyhop.State("rigid"), to_do


def drive_truck(state: State, truck: str, start: str, end: str) -> State | None:
    if state.truck_at[truck] != start:
        return None
    state.truck_at[truck] = end
    return state


def load_truck(state: State, x: str, truck: str, place: str) -> State | None:
    if state.at[x] != place or state.truck_at[truck] != place:
        return None
    state.at[x] = truck
    return state


def unload_truck(state: State, x: str, truck: str, place: str) -> State | None:
    if state.at[x] != truck or state.truck_at[truck] != place:
        return None
    state.at[x] = place
    return state


def fly_plane(state: State, plane: str, start: str, end: str) -> State | None:
    if state.plane_at[plane] != start:
        return None
    state.plane_at[plane] = end
    return state


def load_plane(state: State, x: str, plane: str, place: str) -> State | None:
    if state.at[x] != place or state.plane_at[plane] != place:
        return None
    state.at[x] = plane
    return state


def unload_plane(state: State, x: str, plane: str, place: str) -> State | None:
    if state.at[x] != plane or state.plane_at[plane] != place:
        return None
    state.at[x] = place
    return state


def find_truck(state: State, x: str) -> str | None:
    """A truck in the same city as the parcel."""
    in_city = known(state).in_city
    for truck in known(state).trucks:
        if in_city[state.truck_at[truck]] == in_city[state.at[x]]:
            return truck
    return None


def find_airport(state: State, place: str) -> str | None:
    """An airport in the same city."""
    for airport in known(state).airports:
        if known(state).in_city[airport] == known(state).in_city[place]:
            return airport
    return None


def is_delivered(state: State, x: str, end: str) -> Tasks | None:
    return [] if state.at[x] == end else None


def within_city(state: State, x: str, end: str) -> Tasks | None:
    start, in_city = state.at[x], known(state).in_city
    if x not in known(state).packages or start not in known(state).locations:
        return None
    if start == end or in_city[start] != in_city[end]:
        return None
    truck = find_truck(state, x)
    loading, unloading = ("load_truck", x, truck, start), ("unload_truck", x, truck, end)
    return [("bring_truck", truck, start), loading, ("bring_truck", truck, end), unloading]


def by_air(state: State, x: str, end: str) -> Tasks | None:
    in_city = known(state).in_city
    if in_city[state.at[x]] == in_city[end]:
        return None
    start, landing = find_airport(state, state.at[x]), find_airport(state, end)
    return [("deliver", x, start), ("fly", x, start, landing), ("deliver", x, end)]


def take_plane(state: State, x: str, start: str, end: str) -> Tasks | None:
    for plane in known(state).airplanes:
        loading, unloading = ("load_plane", x, plane, start), ("unload_plane", x, plane, end)
        return [("bring_plane", plane, start), loading, ("bring_plane", plane, end), unloading]
    return None


def truck_is_here(state: State, truck: str, end: str) -> Tasks | None:
    return [] if state.truck_at[truck] == end else None


def drive_there(state: State, truck: str, end: str) -> Tasks | None:
    start = state.truck_at[truck]
    return [("drive_truck", truck, start, end)] if start != end else None


def plane_is_here(state: State, plane: str, end: str) -> Tasks | None:
    return [] if state.plane_at[plane] == end else None


def fly_there(state: State, plane: str, end: str) -> Tasks | None:
    start = state.plane_at[plane]
    return [("fly_plane", plane, start, end)] if start != end else None


def logistics(problem: Problem) -> tuple[State, State, Tasks]:
    gtpyhop.declare_actions(drive_truck, load_truck, unload_truck, fly_plane, load_plane, unload_plane)
    gtpyhop.declare_task_methods("deliver", is_delivered, within_city, by_air)
    gtpyhop.declare_task_methods("fly", take_plane)
    gtpyhop.declare_task_methods("bring_truck", truck_is_here, drive_there)
    gtpyhop.declare_task_methods("bring_plane", plane_is_here, fly_there)
    fixed = gtpyhop.State(
        "rigid",
        packages=set(problem["position"]),
        trucks=set(problem["trucks"]),
        airplanes={"plane"},
        locations=set(problem["city_of"]),
        airports={place for place in problem["city_of"] if place.startswith("airport")},
        cities=set(problem["city_of"].values()),
        in_city=problem["city_of"],
    )
    state = gtpyhop.State(
        "logistics", at=problem["position"], truck_at=problem["trucks"], plane_at={"plane": "airport0"}
    )
    return state, fixed, [("deliver", *one) for one in problem["goals"].items()]


def assign(state: State, task: str, who: str) -> State | None:
    effort = known(state).effort[task]
    if state.hours[who] < effort:
        return None
    state.hours[who] -= effort
    state.owner[task] = who
    return state


def hire(state: State, task: str) -> State | None:
    state.owner[task] = "freelancer"
    return state


def work(state: State, task: str) -> State | None:
    state.made[task] = True
    return state


def approve(state: State, task: str, who: str) -> State | None:
    if not state.made.get(task):
        return None
    state.done[task] = True
    return state


def is_done(state: State, task: str) -> Tasks | None:
    return [] if state.done.get(task) else None


def finish(state: State, task: str) -> Tasks | None:
    if state.done.get(task):
        return None
    before = [("finish", one) for one in known(state).after[task]]
    return [*before, ("staff", task), ("work", task), ("review", task)]


def same_person(state: State, task: str) -> Tasks | None:
    for one in known(state).after[task]:
        who = state.owner[one]
        has_skill = known(state).needs[task] in known(state).has.get(who, ())
        if has_skill and state.hours[who] >= known(state).effort[task]:
            return [("assign", task, who)]
    return None


def mates(state: State, task: str) -> list[str]:
    """Those of the task's team who have the skill for it."""
    fixed = known(state)
    return [who for who in fixed.members[fixed.team_of[task]] if fixed.needs[task] in fixed.has[who]]


def team(state: State, task: str) -> Tasks | None:
    for who in mates(state, task):
        if state.hours[who] >= known(state).effort[task]:
            return [("assign", task, who)]
    return None


def freelancer(state: State, task: str) -> Tasks | None:
    return [("hire", task)]


def colleague(state: State, task: str) -> Tasks | None:
    for who in mates(state, task):
        if state.owner[task] != who:
            return [("approve", task, who)]
    return None


def owner(state: State, task: str) -> Tasks | None:
    return [("approve", task, state.owner[task])]


FIXED = ("after", "needs", "effort", "team_of", "members", "has")


def project(problem: Problem) -> tuple[State, State, Tasks]:
    gtpyhop.declare_actions(assign, hire, work, approve)
    gtpyhop.declare_task_methods("finish", is_done, finish)
    gtpyhop.declare_task_methods("staff", same_person, team, freelancer)
    gtpyhop.declare_task_methods("review", colleague, owner)
    fixed = gtpyhop.State("rigid", **{name: problem[name] for name in FIXED})
    state = gtpyhop.State("project", hours=problem["hours"], owner={}, made={}, done={})
    return state, fixed, [("finish", task) for task in problem["goals"]]


DOMAINS = {"chain": chain, "blocks": blocks, "logistics": logistics, "project": project}


class OutOfTimeError(Exception):
    """The time given did not suffice."""


def main(name: str, patience: int, is_beside: bool) -> dict[str, object]:
    """Plan the problem on standard input."""
    gtpyhop.set_verbose_level(0)
    gtpyhop.set_recursive_planning(STRATEGY)
    gtpyhop.set_current_domain(gtpyhop.Domain(name))
    state, fixed, to_do = DOMAINS[name](json.load(sys.stdin))
    if is_beside:
        rigid.beside = fixed
    else:
        vars(state).update({key: value for key, value in vars(fixed).items() if key != "__name__"})
    signal.signal(signal.SIGALRM, _give_up)
    signal.alarm(patience)
    begin = time.process_time()
    try:
        plan = gtpyhop.find_plan(state, to_do)
    except OutOfTimeError:
        return {}
    seconds = time.process_time() - begin
    signal.alarm(0)
    return {"seconds": seconds, "plan": plan}


def _give_up(*_: object) -> NoReturn:
    raise OutOfTimeError


if __name__ == "__main__":
    with contextlib.redirect_stdout(io.StringIO()):
        outcome = main(sys.argv[1], int(sys.argv[2]), "--rigid" in sys.argv)
    print(json.dumps(outcome))
