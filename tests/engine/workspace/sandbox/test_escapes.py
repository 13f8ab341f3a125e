"""Attempts to get out of the sandbox: to see, reach, change or hold what is not the run's. All fail."""

import os
import socket
import subprocess
import threading
from pathlib import Path

import pytest

from engine.workspace.sandbox.sandbox import Sandbox
from tests.engine.workspace.sandbox.trials import SYSTEM_CALLS, python, shell

SECRET = "canary-4711"


async def lines_of(box: Sandbox, tree: Path, program: str, *arguments: str, **options: object) -> list[str]:
    """What a program inside printed; it must have come to its end."""
    result = await box.run(python(tree, program, *arguments, **options))
    assert result.passed, result
    return result.output.splitlines()


# what it must not read


async def test_a_file_of_the_machine_cannot_be_read_by_any_path(box: Sandbox, tree: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text(SECRET, "utf-8")
    secret.chmod(0o644)
    (tree / "link").symlink_to(secret)
    program = """
        import glob, sys
        ways = [sys.argv[1], "link", "../secret", *(root + sys.argv[1] for root in glob.glob("/proc/*/root"))]
        for way in ways + ["/proc/self/cwd/../../../" + sys.argv[1]]:
            try:
                print(open(way).read())
            except OSError:
                pass
    """
    assert await lines_of(box, tree, program, str(secret)) == []


async def test_neither_passwords_nor_keys_nor_other_peoples_folders_are_there(box: Sandbox, tree: Path) -> None:
    result = await box.run(
        shell(tree, "ls -d /etc/shadow /etc/gshadow /etc/sudoers /etc/ssl/private /home /run /sys /mnt /boot /srv")
    )
    assert [line for line in result.output.splitlines() if "No such file" not in line] == []


async def test_other_worktrees_are_not_there(box: Sandbox, tree: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "mine.txt").write_text(SECRET, "utf-8")
    program = """
        import os
        for place, _, files in os.walk("/work"):
            print(*(os.path.join(place, name) for name in files))
    """
    assert "".join(await lines_of(box, tree, program)).split() == ["/work/tree/hello.txt"]


async def test_nothing_of_gits_is_inside(box: Sandbox, tree: Path) -> None:
    (tree / ".git").write_text("gitdir: /somewhere", "utf-8")
    (tree / "vendored" / ".git" / "hooks").mkdir(parents=True)
    (tree / ".gitignore").write_text("x", "utf-8")
    result = await box.run(shell(tree, "find / -path /proc -prune -o -path /usr -prune -o -name '.git*' -print"))
    assert result.output.split() == ["/work/tree/.gitignore"]


async def test_the_environment_of_milepost_is_nowhere(
    box: Sandbox, tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MILEPOST_BOT_TOKEN", SECRET)
    program = """
        import glob, os
        print(sorted(os.environ))
        for path in glob.glob("/proc/*/environ"):
            try:
                print(*(word for word in open(path).read().split(chr(0)) if "SANDBOX" not in word), sep="\\n")
            except PermissionError:
                pass
    """
    lines = await lines_of(box, tree, program)
    wanted = {"HOME", "LANG", "LC_CTYPE", "LOGNAME", "OLDPWD", "PATH", "PWD", "SHELL", "TMPDIR", "USER"}
    assert {line.partition("=")[0] for line in lines[1:] if line} <= wanted
    assert SECRET not in "".join(lines)


async def test_no_open_file_of_ours_is_handed_in(box: Sandbox, tree: Path, tmp_path: Path) -> None:
    with open(tmp_path / "held", "w", encoding="utf-8") as held:
        os.set_inheritable(held.fileno(), True)
        program = "import os, sys; print(sorted(os.listdir('/proc/self/fd')), repr(sys.stdin.read()))"
        assert await lines_of(box, tree, program) == ["['0', '1', '2', '3'] ''"]  # 3 is the listed folder itself


async def test_processes_of_the_machine_are_not_to_be_seen(box: Sandbox, tree: Path) -> None:
    program = "import os; print(sum(name.isdecimal() for name in os.listdir('/proc')))"
    assert int((await lines_of(box, tree, program))[0]) <= 4


# what it must not reach


def serve(listener: socket.socket, reached: list[str], name: str) -> None:
    """Note whoever comes."""

    def wait() -> None:
        try:
            listener.accept() if listener.type == socket.SOCK_STREAM else listener.recv(10)
            reached.append(name)
        except OSError:
            pass

    threading.Thread(target=wait, daemon=True).start()


CALL = """
    import socket, sys
    def attempt(family, kind, address):
        with socket.socket(family, kind) as one:
            one.settimeout(5)
            try:
                one.connect(address)
                one.send(b"hello")
                print("reached", address)
            except OSError as error:
                print("failed")
    for port, kind in ((int(sys.argv[1]), socket.SOCK_STREAM), (int(sys.argv[2]), socket.SOCK_DGRAM)):
        attempt(socket.AF_INET, kind, ("127.0.0.1", port))
    attempt(socket.AF_UNIX, socket.SOCK_STREAM, sys.argv[3])
    attempt(socket.AF_UNIX, socket.SOCK_STREAM, chr(0) + sys.argv[4])
    attempt(socket.AF_INET, socket.SOCK_STREAM, ("192.0.2.1", 80))
    attempt(socket.AF_INET, socket.SOCK_DGRAM, ("192.0.2.1", 53))
"""


async def test_no_listener_of_the_machine_and_no_network_is_reached(box: Sandbox, tree: Path, tmp_path: Path) -> None:
    reached: list[str] = []
    with (
        socket.create_server(("127.0.0.1", 0)) as tcp,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp,
        socket.socket(socket.AF_UNIX) as named,
        socket.socket(socket.AF_UNIX) as abstract,
    ):
        udp.bind(("127.0.0.1", 0))
        path, name = f"/tmp/milepost-{os.getpid()}.sock", f"milepost-test-{os.getpid()}"
        named.bind(path)
        abstract.bind(f"\0{name}")
        for listener in (named, abstract):
            listener.listen()
        for listener, kind in ((tcp, "tcp"), (udp, "udp"), (named, "unix"), (abstract, "abstract")):
            serve(listener, reached, kind)
        ports = str(tcp.getsockname()[1]), str(udp.getsockname()[1])
        try:
            lines = await lines_of(box, tree, CALL, *ports, path, name)
        finally:
            os.unlink(path)
            for listener in (tcp, udp, named, abstract):
                listener.close()
    # what is sent by UDP goes into the sandbox's own loopback, where nobody listens
    assert [line for line in lines if "reached" in line] in ([], [f"reached ('127.0.0.1', {ports[1]})"])
    assert reached == []


async def test_only_ordinary_kinds_of_sockets_can_be_made(box: Sandbox, tree: Path) -> None:
    program = """
        import errno, socket
        for family in range(1, 46):
            for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW):
                try:
                    socket.socket(family, kind).close()
                    print(family)
                    break
                except OSError:
                    pass
    """
    made = {int(line) for line in await lines_of(box, tree, program)}
    assert {1, 2} <= made <= {1, 2, 10, 16}  # no vsock, which reaches the host of a virtual machine, and no packets


async def test_processes_of_the_machine_cannot_be_killed_or_traced(box: Sandbox, tree: Path) -> None:
    victim = subprocess.Popen(["/bin/sleep", "600"])
    program = (
        SYSTEM_CALLS
        + """
import signal
try:
    os.kill(int(sys.argv[1]), signal.SIGKILL)
    print("killed")
except (ProcessLookupError, PermissionError):
    print("none")
print(call((101, 117), 16, int(sys.argv[1]), 0, 0))
signal.signal(signal.SIGTERM, signal.SIG_IGN)
try:
    os.kill(-1, signal.SIGTERM)
except OSError:
    pass
"""
    )
    try:
        result = await box.run(python(tree, program, str(victim.pid)))
        assert result.output.splitlines() == ["none", "ESRCH"]
        assert victim.poll() is None
    finally:
        victim.kill()
        victim.wait()


# what it must not change


async def test_nothing_outside_its_own_disk_can_be_written(box: Sandbox, tree: Path) -> None:
    program = """
        import os
        for place in ("/", "/usr", "/usr/bin", "/etc", "/var", "/dev", "/proc", "/proc/sys/kernel", "/lib", "/home"):
            try:
                open(os.path.join(place, "planted"), "w").close()
                print(place)
            except OSError:
                pass
        for path in ("/etc/passwd", "/usr/bin/env", "/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger",
                     "/proc/1/oom_score_adj", "/proc/sys/kernel/hostname"):
            try:
                open(path, "r+").write("x")
                print(path)
            except OSError:
                pass
    """
    assert [line for line in await lines_of(box, tree, program) if line != "/proc/1/oom_score_adj"] == []


async def test_the_tree_itself_does_not_change_whatever_is_done_to_its_copy(box: Sandbox, tree: Path) -> None:
    (tree / "folder").mkdir()
    os.link(tree / "hello.txt", tree / "folder" / "same.txt")
    before = sorted((str(path), path.stat().st_mtime_ns) for path in tree.rglob("*"))
    result = await box.run(shell(tree, "echo changed > hello.txt; rm -rf folder; touch new; chmod 777 ."))
    assert result.passed
    assert sorted((str(path), path.stat().st_mtime_ns) for path in tree.rglob("*")) == before
    assert (tree / "folder" / "same.txt").read_text("utf-8") == "hello\n"


async def test_what_is_mounted_cannot_be_written(box: Sandbox, tree: Path, tmp_path: Path) -> None:
    (tmp_path / "packages").mkdir()
    (tmp_path / "packages" / "one").write_text("1", "utf-8")
    mounts = {"packages": tmp_path / "packages", "/opt/deep/down": tmp_path / "packages"}
    script = "cat packages/one /opt/deep/down/one; echo 2 > packages/one; echo 2 > /opt/deep/down/two; touch /opt/x"
    result = await box.run(shell(tree, script, mounts=mounts))
    assert result.output.startswith("11")
    assert result.exit_code != 0
    assert [path.read_text("utf-8") for path in (tmp_path / "packages").iterdir()] == ["1"]


# rights that it must not get


async def test_it_is_nobody_with_no_rights_and_cannot_become_anybody(box: Sandbox, tree: Path) -> None:
    program = """
        import os, shutil
        status = dict(line.split(":", 1) for line in open("/proc/self/status"))
        print(status["CapPrm"].strip(), status["CapEff"].strip(), status["NoNewPrivs"].strip(), os.getuid() != 0)
        for attempt in (lambda: os.setuid(0), lambda: os.setgid(0), lambda: os.setgroups([0]), lambda: os.chroot("/")):
            try:
                attempt()
                print("managed")
            except OSError:
                pass
    """
    assert await lines_of(box, tree, program) == ["0000000000000000 0000000000000000 1 True"]


async def test_a_program_that_would_make_it_root_does_not(box: Sandbox, tree: Path) -> None:
    result = await box.run(shell(tree, "cp /usr/bin/id id; chmod 6755 id; ./id -u; stat -c %A id"))
    number, mode = result.output.split()
    assert int(number) != 0
    assert mode.startswith("-rws")


@pytest.mark.sample(2)
@pytest.mark.parametrize("name", ["prlimit", "setpriv", "env", "stat", "chown", "realpath"])
async def test_variables_of_the_command_make_nobody_before_it_run_what_is_in_the_tree(
    box: Sandbox, tree: Path, name: str
) -> None:
    planted = tree / "bin" / name
    planted.parent.mkdir()
    planted.write_text("#!/bin/sh\n/usr/bin/id -u >>/work/ran\n", "utf-8")
    planted.chmod(0o755)
    environment = {"PATH": "/work/tree/bin:/usr/bin:/bin"}
    asked = shell(tree, "cat /work/ran; echo $PATH", environment=environment, collect=("hello.txt",))
    result = await box.run(asked)
    assert "No such file" in result.output
    assert result.output.endswith("/work/tree/bin:/usr/bin:/bin\n")
    assert result.collected == {"hello.txt": b"hello\n"}


REFUSED = {
    "keyctl": ((250, 219), (0, -3, 0)),
    "add_key": ((248, 217), (0, 0, 0, 0, -3)),
    "request_key": ((249, 218), (0, 0, 0, 0)),
    "memfd_create": ((319, 279), (b"memory", 0)),
    "shmget": ((29, 194), (0, 4096, 0o1600)),
    "msgget": ((68, 186), (0, 0o1600)),
    "unshare": ((272, 97), (0x10000000,)),
    "setns": ((308, 268), (0, 0)),
    "mount": ((165, 40), (b"tmpfs", b"/work/tmp", b"tmpfs", 0, 0)),
    "umount2": ((166, 39), (b"/work", 2)),
    "pivot_root": ((155, 41), (b".", b".")),
    "fsopen": ((430, 430), (b"tmpfs", 0)),
    "open_tree": ((428, 428), (-100, b"/usr", 1)),
    "open_by_handle_at": ((304, 265), (-100, 0, 0)),
    "bpf": ((321, 280), (0, 0, 0)),
    "perf_event_open": ((298, 241), (0, 0, -1, -1, 0)),
    "userfaultfd": ((323, 282), (1,)),
    "io_uring_setup": ((425, 425), (1, 0)),
    "clone3": ((435, 435), (0, 0)),
    "kexec_load": ((246, 104), (0, 0, 0, 0)),
    "syslog": ((103, 116), (3, 0, 0)),
}


async def test_doors_of_the_kernel_are_shut(box: Sandbox, tree: Path) -> None:
    program = (
        SYSTEM_CALLS + f"for name, (numbers, arguments) in {REFUSED!r}.items(): print(name, call(numbers, *arguments))"
    )
    assert await lines_of(box, tree, program) == [f"{name} ENOSYS" for name in REFUSED]


async def test_no_new_namespace_can_be_made_by_a_child(box: Sandbox, tree: Path) -> None:
    program = SYSTEM_CALLS + "print(call((56, 220), 0x10000000 | 17, 0, 0, 0, 0)); print(os.fork() >= 0)"
    assert (await lines_of(box, tree, program))[:2] == ["EPERM", "True"]


async def test_calls_of_another_machines_kind_end_the_process(box: Sandbox, tree: Path) -> None:
    if os.uname().machine != "x86_64":
        pytest.skip("only x86_64 has a second kind of calls")
    program = SYSTEM_CALLS + "print(call((0x40000000 + 39, 0)))"  # getpid, as x32 has it
    assert await lines_of(box, tree, program) == ["ENOSYS"]


async def test_nothing_can_be_typed_into_a_terminal(box: Sandbox, tree: Path) -> None:
    program = """
        import fcntl, os, pty
        try:
            os.open("/dev/tty", os.O_RDWR)
            print("it has a terminal")
        except OSError:
            pass
        ours, theirs = pty.openpty()
        for request in (0x5412, 0x541C, 0x5412 | 1 << 32):
            try:
                fcntl.ioctl(theirs, request & 0xFFFFFFFF, b"x")
                print("typed")
            except PermissionError:
                print("refused")
    """
    assert await lines_of(box, tree, program) == ["refused"] * 3
