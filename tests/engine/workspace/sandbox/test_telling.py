"""What the script around a command tells may be forged by the command: it can do no harm."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from engine.workspace.sandbox.order import Bounds, Frames, Order, frame
from engine.workspace.sandbox.telling import Recorder, Told

LINES = st.lists(
    st.one_of(
        st.binary(max_size=40),
        st.sampled_from([b"ready", b"ended 0", b"ended x", b"folder", b"unpack 0", b"unpack", b"file 0", b"ended"]),
        st.integers(0, 10**30).map(lambda number: b"file %d %d" % (number, number)),
        st.integers(0, 60).map(lambda number: b"file 0 %d" % number),
    ),
    max_size=20,
)


@given(LINES, st.integers(0, 300))
def test_whatever_is_told_it_is_understood_or_passed_over(lines: list[bytes], most: int) -> None:
    told = Told(most)
    for line in lines:
        told.take(line + b"\n")
    told.understand()
    assert sum(len(content) for _, content in told.files) <= sum(len(line) + 1 for line in lines)
    assert all(index < 10**16 for index, _ in told.files)


def test_numbers_longer_than_python_reads_are_passed_over() -> None:
    told = Told(100_000)
    told.take(b"file " + b"1" * 5_000 + b" 3\nended " + b"9" * 5_000 + b"\nfile 2 3\nabc")
    told.understand()
    assert (told.files, told.free) == ([(2, b"abc")], None)


def test_no_more_is_kept_than_was_asked_for() -> None:
    told = Told(1_000)
    assert told.take(b"x" * 9_000)
    assert not told.take(b"x" * 1_000)
    assert not told.take(b"ready\n")
    assert told.ready_at is None


def test_files_are_told_apart_whatever_is_in_them() -> None:
    told = Told(1_000)
    told.take(b"ready\nfile 1 15\nended 7\nfile 0 ")
    told.take(b"\nfile 0 0\nended 12\n")
    told.understand()
    assert told.files == [(1, b"ended 7\nfile 0 "[:15]), (0, b"")]
    assert told.free == 12


def test_a_file_of_which_a_part_is_missing_is_none() -> None:
    told = Told(1_000)
    told.take(b"ready\nfile 0 3\nabcfile 1 26\n<testsuites></testsui")
    told.understand()
    assert told.files == [(0, b"abc")]


def test_the_recorder_keeps_the_beginning_in_a_file_and_the_end_in_memory(tmp_path) -> None:
    recorder = Recorder(4, 10, str(tmp_path / "output"))
    for chunk in (b"abcdef", b"ghij", b"klm"):
        recorder.add(chunk)
    assert (tmp_path / "output").read_bytes() == b"abcdefghij"
    assert (recorder.value(), recorder.cut, recorder.is_over) == (b"ghij", True, True)


@given(st.lists(st.tuples(st.sampled_from("sfor"), st.binary(max_size=50))), st.integers(1, 30))
def test_frames_are_read_however_they_are_cut(frames: list[tuple[str, bytes]], size: int) -> None:
    whole = b"".join(frame(kind, content) for kind, content in frames)
    reader = Frames()
    pieces = [whole[at : at + size] for at in range(0, len(whole), size)]
    assert [one for piece in pieces for one in reader.take(piece)] == frames


def test_an_order_is_the_same_on_the_other_side() -> None:
    order = Order(
        arguments=["a", "é\n"],
        environment={"A": "b"},
        tree="/tree",
        over="/over",
        exclude=["x y"],
        data={"4": bytes(range(256)).decode("latin-1")},
        output=None,
        scratch=None,
        bounds=Bounds(setup=1, wall=2, cpu=3, memory=4, held=9, processes=5, output=6, kept=7, collected=8),
    )
    line = order.packed()
    assert line.count(b"\n") == 1
    assert Order.unpacked(line) == order
    waiting = replace(order, waits=True)
    assert Order.unpacked(waiting.packed()) == waiting
    assert Order.unpacked(waiting.packed() + b"\n") == order  # it may go on already
