"""Ordinary runs: what a command gets, what it gives back, and how its end is told."""

import asyncio
import os
import socket
from pathlib import Path

import pytest

from engine.errors import PermanentError, ResourceBlocked
from engine.workspace.sandbox.commands import MIB, Ending, SandboxCommand
from engine.workspace.sandbox.sandbox import SIDE_BY_SIDE, Sandbox
from tests.engine.workspace.sandbox.trials import MARK, SMALL, living, python, shell, small


async def test_a_run_that_ends_well_brings_its_output_in_the_order_written(box: Sandbox, tree: Path) -> None:
    result = await box.run(shell(tree, "cat hello.txt; echo two >&2; printf three"))
    assert (result.output, result.exit_code, result.ending) == ("hello\ntwo\nthree", 0, Ending.EXITED)
    assert (result.passed, result.cut, result.sandboxed) == (True, False, True)


@pytest.mark.parametrize(
    ("script", "code", "ending"),
    [
        ("exit 1", 1, Ending.EXITED),
        ("exit 127", 127, Ending.EXITED),
        ("exit 255", 255, Ending.EXITED),
        ("kill -s KILL $$", -9, Ending.SIGNALLED),
        ("kill -s TERM $$", -15, Ending.SIGNALLED),
    ],
)
async def test_the_exit_code_or_the_signal_is_told(
    box: Sandbox, tree: Path, script: str, code: int, ending: Ending
) -> None:
    result = await box.run(shell(tree, script))
    assert (result.exit_code, result.ending, result.passed) == (code, ending, False)


async def test_a_program_that_is_not_there_ends_with_the_usual_code(box: Sandbox, tree: Path) -> None:
    result = await box.run(SandboxCommand(arguments=("no-such-program",), tree=tree, limits=SMALL))
    assert (result.exit_code, result.ending) == (127, Ending.EXITED)
    assert "no-such-program" in result.output


async def test_what_is_laid_over_the_tree_is_there_instead_and_the_tree_stays(
    box: Sandbox, tree: Path, tmp_path: Path
) -> None:
    (tree / "src").mkdir()
    (tree / "src" / "a.txt").write_text("as it was\n")
    over = tmp_path / "over"
    (over / "src" / "new").mkdir(parents=True)
    (over / "src" / "a.txt").write_text("laid over\n")
    (over / "src" / "new" / "b.txt").write_text("beside it\n")
    result = await box.run(shell(tree, "cat src/a.txt src/new/b.txt; echo x >> src/a.txt", over=over))
    assert (result.exit_code, result.output) == (0, "laid over\nbeside it\n")
    assert (tree / "src" / "a.txt").read_text() == "as it was\n"
    assert (over / "src" / "a.txt").read_text() == "laid over\n"


async def test_no_shell_reads_the_arguments(box: Sandbox, tree: Path) -> None:
    words = ("$HOME; `id` && *", "", "a b", "--", "-c", "'\"\n")
    result = await box.run(python(tree, "import sys; print(sys.argv[1:])", *words))
    assert result.output == f"{list(words)}\n"


async def test_output_that_is_no_text_does_no_harm(box: Sandbox, tree: Path, tmp_path: Path) -> None:
    result = await box.run(shell(tree, r"printf '\377\376ok\000\n'", output=tmp_path / "output"))
    assert result.output == "\ufffd\ufffdok\x00\n"
    assert (tmp_path / "output").read_bytes() == b"\xff\xfeok\x00\n"


async def test_the_last_lines_are_said_and_the_file_grows_while_it_runs(
    box: Sandbox, tree: Path, tmp_path: Path
) -> None:
    output = tmp_path / "output"
    heard: list[str] = []
    seen: list[bytes] = []

    def said(text: str) -> None:
        heard.append(text)
        seen.append(output.read_bytes())

    result = await box.run(shell(tree, "echo first; sleep 0.6; echo second; sleep 0.6", output=output), said=said)
    assert heard[0] == "first\n"
    assert heard[-1] == "first\nsecond\n"
    assert seen[0].startswith(b"first\n")
    assert output.read_bytes() == b"first\nsecond\n"
    assert result.output == "first\nsecond\n"
    assert output.stat().st_mode & 0o777 == 0o600


async def test_only_the_last_of_much_output_is_said(box: Sandbox, tree: Path) -> None:
    heard: list[str] = []
    result = await box.run(shell(tree, "seq 100000; sleep 0.6", limits=small(output=MIB)), said=heard.append)
    assert all(len(text) <= 2_000 for text in heard)
    assert heard[-1].endswith("99999\n100000\n")
    assert (result.cut, result.ending, len(result.output)) == (True, Ending.EXITED, 65_536)


async def test_a_listener_to_what_is_said_that_fails_fails_the_run_and_ends_it(box: Sandbox, tree: Path) -> None:
    def said(text: str) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await box.run(python(tree, "import time; print(1, flush=True); time.sleep(600)", MARK), said=said)
    assert living(MARK) == []


async def test_files_come_back_as_they_are_and_only_when_they_are_plain_files_in_the_tree(
    box: Sandbox, tree: Path
) -> None:
    script = r"""
        mkdir -p made/deep; printf 'a\000\377\nready\nended 0\n' > made/deep/report.xml; : > empty
        ln -s /etc/passwd link; ln -s made linked; mkfifo fifo; mkdir folder; ln -s /dev/zero zero
        head -c 2000000 /dev/zero > big; ln made/deep/report.xml hard; chmod 000 made/deep/report.xml; exit 1
    """
    plain = ("made/deep/report.xml", "hard", "empty", "./empty")
    others = ("link", "linked/deep/report.xml", "fifo", "folder", "zero", "big", "missing")
    result = await box.run(shell(tree, script, collect=(*others, *plain)))
    content = b"a\0\xff\nready\nended 0\n"
    assert result.exit_code == 1
    assert result.collected == {
        **({"made/deep/report.xml": content, "hard": content} if os.getuid() == 0 else {}),
        "empty": b"",
        "./empty": b"",
    }


async def test_of_files_that_do_not_fit_together_the_first_come_back(box: Sandbox, tree: Path) -> None:
    script = "for n in 1 2 3; do head -c 400000 /dev/zero > $n; done; echo small > 4"
    result = await box.run(shell(tree, script, collect=("1", "2", "3", "4"), limits=small(collected=MIB)))
    assert {name: len(content) for name, content in result.collected.items()} == {"1": 400_000, "2": 400_000, "4": 6}


async def test_what_is_left_running_cannot_change_a_file_while_it_is_brought_back(box: Sandbox, tree: Path) -> None:
    script = "(while :; do ln -sf /etc/passwd report; rm report; echo ok > report; done) & sleep 0.2"
    result = await box.run(shell(tree, script, collect=("report",)))
    assert result.collected.get("report", b"ok\n") in (b"ok\n", b"")


@pytest.mark.parametrize(
    "command",
    [
        {"directory": "../other"},
        {"directory": "/etc"},
        {"directory": "missing"},
        {"directory": "hello.txt"},
        {"collect": ("../../etc/passwd",)},
        {"collect": ("/etc/passwd",)},
        {"mounts": {"../outside": Path("/usr")}},
        {"mounts": {"/": Path("/usr")}},
        {"mounts": {"/opt/../etc": Path("/usr")}},
        {"mounts": {"/opt/x": Path("/no/such/folder")}},
        {"output": Path("/no/such/folder/output")},
        {"tree": Path("/no/such/folder")},
        {"arguments": ()},
        {"arguments": ("a\0b",)},
        {"arguments": ("A=b", "true")},
        {"environment": {"NAME": "x\0--bind\0/\0/mnt"}},
        {"environment": {"A=B": "x"}},
        {"mounts": {"x\0--bind": Path("/usr")}},
    ],
    ids=str,
)
async def test_what_leads_out_of_the_tree_or_is_not_there_is_refused_for_good(
    box: Sandbox, tree: Path, command: dict[str, object]
) -> None:
    given = {"arguments": ("true",), "tree": tree, "limits": SMALL, **command}
    with pytest.raises(PermanentError):
        await box.run(SandboxCommand(**given))  # type: ignore[arg-type] # the dataclass's own fields


async def test_output_is_not_written_through_a_link(box: Sandbox, tree: Path, tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("precious", "utf-8")
    (tmp_path / "output").symlink_to(tmp_path / "precious")
    with pytest.raises(PermanentError):
        await box.run(shell(tree, "echo gone", output=tmp_path / "output"))
    assert (tmp_path / "precious").read_text("utf-8") == "precious"


async def test_a_command_runs_in_its_folder_with_its_variables(box: Sandbox, tree: Path) -> None:
    (tree / "a folder").mkdir()
    environment = {"HOME": "/work/tree", "GREETING": "hello = you\n"}
    result = await box.run(
        shell(tree, "pwd; echo $HOME; echo $GREETING", directory="a folder", environment=environment)
    )
    assert result.output == "/work/tree/a folder\n/work/tree\nhello = you\n"


async def test_the_copy_has_links_modes_times_and_odd_names_as_they_are(box: Sandbox, tree: Path) -> None:
    (tree / "run.sh").write_text("#!/bin/sh\necho ran\n", "utf-8")
    (tree / "run.sh").chmod(0o755)
    (tree / "private").write_text("mine", "utf-8")
    (tree / "private").chmod(0o600)
    (tree / "link").symlink_to("hello.txt")
    (tree / "-odd\nname é").write_text("odd", "utf-8")
    (tree / "[a-z]*").write_text("star", "utf-8")
    os.utime(tree / "hello.txt", (1, 1_000_000_000))
    script = "./run.sh; cat private link ./-odd*; stat -c %Y hello.txt; readlink link; echo more >> private"
    result = await box.run(shell(tree, script))
    assert result.output == "ran\nminehello\nodd1000000000\nhello.txt\n"


async def test_dependencies_are_mounted_where_the_tree_has_a_folder_of_that_name(
    box: Sandbox, tree: Path, tmp_path: Path
) -> None:
    (tree / "node_modules").mkdir()
    (tree / "node_modules" / "stale").write_text("stale", "utf-8")
    (tree / "packages" / "node_modules").mkdir(parents=True)
    (tree / "packages" / "node_modules" / "kept").write_text("kept", "utf-8")
    (tmp_path / "cached").mkdir()
    (tmp_path / "cached" / "fresh").write_text("fresh", "utf-8")
    mounts = {"node_modules": tmp_path / "cached"}
    result = await box.run(shell(tree, "ls node_modules packages/node_modules; touch new packages/new", mounts=mounts))
    assert result.output == "node_modules:\nfresh\n\npackages/node_modules:\nkept\n"
    assert result.passed


async def test_the_way_to_what_is_mounted_is_the_commands_own(box: Sandbox, tree: Path, tmp_path: Path) -> None:
    (tree / "packages" / "web").mkdir(parents=True)
    (tree / "packages" / "web" / "code.js").write_text("code\n", "utf-8")
    (tmp_path / "cached").mkdir()
    (tmp_path / "cached" / "fresh").write_text("fresh", "utf-8")
    script = "cat packages/web/code.js; ls packages/web/modules; touch packages/new packages/web/new && echo made"
    result = await box.run(shell(tree, script, mounts={"packages/web/modules": tmp_path / "cached"}))
    assert result.output == "code\nfresh\nmade\n"


async def test_what_is_closed_to_writing_comes_along_and_is_the_commands_own(box: Sandbox, tree: Path) -> None:
    (tree / "closed").mkdir()
    (tree / "closed" / "file").write_text("closed\n", "utf-8")
    (tree / "closed" / "file").chmod(0o400)
    (tree / "closed").chmod(0o555)
    script = "cat closed/file; stat -c '%a %U' . closed closed/file hello.txt; chmod 755 closed && touch closed/new"
    result = await box.run(shell(tree, script))
    (tree / "closed").chmod(0o755)
    assert result.output == "closed\n755 sandbox\n555 sandbox\n400 sandbox\n644 sandbox\n"
    assert result.passed


async def test_a_compiler_and_an_interpreter_find_what_they_need(box: Sandbox, tree: Path) -> None:
    program = """
        import getpass, pathlib, socket, subprocess, sys, tempfile
        print(getpass.getuser(), pathlib.Path.home(), socket.gethostname())
        with tempfile.NamedTemporaryFile() as file:
            print(file.name.startswith("/tmp/"))
        print(subprocess.run(["awk", "BEGIN {print 1}"], capture_output=True).stdout)
        with socket.create_server(("127.0.0.1", 0)) as own, socket.create_connection(own.getsockname()):
            print("loopback")
    """
    result = await box.run(python(tree, program))
    assert result.output == "sandbox /work/home sandbox\nTrue\nb'1\\n'\nloopback\n"


async def test_a_listener_of_the_machine_is_reached_when_the_network_is_allowed(box: Sandbox, tree: Path) -> None:
    program = "import socket, sys; socket.create_connection(('localhost', int(sys.argv[1])), 5); print('reached')"
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = str(listener.getsockname()[1])
        results = [await box.run(python(tree, program, port, network=allowed)) for allowed in (True, False)]
    assert [result.passed for result in results] == [True, False]


@pytest.mark.long
async def test_eight_runs_side_by_side_do_not_meet(box: Sandbox, tree: Path) -> None:
    script = """
        for place in mine /tmp/mine /dev/shm/mine; do echo "$0" > $place; done
        id -u; sleep 0.3; cat mine /tmp/mine /dev/shm/mine
    """
    async with asyncio.TaskGroup() as group:
        commands = [SandboxCommand(arguments=("sh", "-c", script, str(n)), tree=tree, limits=SMALL) for n in range(8)]
        runs = [group.create_task(box.run(command)) for command in commands]
    lines = [run.result().output.split() for run in runs]
    assert [one[1:4] for one in lines] == [[str(n)] * 3 for n in range(8)]
    assert len({one[0] for one in lines}) == (8 if os.getuid() == 0 else 1)


async def test_no_more_runs_are_begun_than_there_are_seats(box: Sandbox, tree: Path) -> None:
    box._free = box._free[:1]
    async with asyncio.TaskGroup() as group:
        first = group.create_task(box.run(shell(tree, "sleep 0.5")))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        with pytest.raises(ResourceBlocked) as caught:
            await box.run(shell(tree, "true"))
    assert first.result().passed
    assert str(SIDE_BY_SIDE) in str(caught.value)
    assert (await box.run(shell(tree, "true"))).passed
