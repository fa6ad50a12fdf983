"""Recordings in CSV files and bags: every reading, in order, on the right limb, and all of it through fusion."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportcoach_perception.errors import UserError
from sportcoach_perception.frames import Skeleton
from sportcoach_perception.imu_sources import bag_recording, csv_recording
from sportcoach_perception.imu_sources.recording import Recording
from sportcoach_perception.imu_sources.units import Units
from sportcoach_perception.interpolation import Interpolation
from sportcoach_perception.skeleton import LIMBS
from sportcoach_perception.synchronizer import Synchronizer

SIGNAL = "1,2,3,4,5,6"
NAMES = "ax,ay,az,gx,gy,gz"

CMU = "cmu_imu/parsed_h5_csv/SUB22"
PERIOD = 1_000_000_000 // 30


def write(folder: Path, text: str, name: str = "recording.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_many_sensors_row_by_row_in_any_order(tmp_path: Path) -> None:
    rows = f"right_wrist,10.02,{SIGNAL}\nleft_ankle,10.01,{SIGNAL}\nhat,10.0,{SIGNAL}\nright_wrist,10.0,{SIGNAL}\n"
    recording = csv_recording.read(write(tmp_path, f"limb,t,{NAMES}\n{rows}"), Units())
    samples = list(recording)
    assert [(s.stamp, s.limb) for s in samples] == [
        (0, "right_wrist"),
        (10_000_000, "left_ankle"),
        (20_000_000, "right_wrist"),
    ]
    assert samples[0].signal.tolist() == [1, 2, 3, 4, 5, 6]
    assert recording.carrying == ("right_wrist", "left_ankle")


@pytest.mark.parametrize("separator", csv_recording.SEPARATORS)
def test_many_sensors_side_by_side(tmp_path: Path, separator: str) -> None:
    header = "t," + ",".join(f"{limb}{separator}{name}" for limb in LIMBS for name in NAMES.split(","))
    rows = "".join(f"{index},{','.join([SIGNAL] * 4)}\n" for index in range(3))
    recording = csv_recording.read(write(tmp_path, f"{header}\n{rows}"), Units(time="ms"))
    assert [sample.limb for sample in recording] == list(LIMBS) * 3
    assert recording.stamps.tolist() == [1_000_000 * (index // 4) for index in range(12)]


def test_one_sensor_under_other_names_and_units(tmp_path: Path) -> None:
    text = "time [ms];Acc X;Acc Y;Acc Z;Gyr X;Gyr Y;Gyr Z;note\n5;1;0;0;180;0;0;first\n15;-1;0;0;0;0;0;\n"
    fields = {
        "t": "time [ms]",
        **{f"a{n}": f"Acc {n.upper()}" for n in "xyz"},
        **{f"g{n}": f"Gyr {n.upper()}" for n in "xyz"},
    }
    path = write(tmp_path, "\ufeff" + text, "phone.csv")
    recording = csv_recording.read(path, Units("g", "deg/s", "ms"), fields, {"phone.csv": "left_wrist"})
    assert recording.stamps.tolist() == [5_000_000, 15_000_000]
    np.testing.assert_allclose(recording.signals[0], [9.80665, 0, 0, np.pi, 0, 0], rtol=1e-6)
    assert recording.carrying == ("left_wrist",)


def test_broken_rows_are_counted_and_left_out(tmp_path: Path) -> None:
    rows = f"right_wrist,1,{SIGNAL}\nright_wrist,2,1,2\nright_wrist,3,x,2,3,4,5,6\n\nright_wrist,4,{SIGNAL}\nright_wri"
    recording = csv_recording.read(write(tmp_path, f"limb,t,{NAMES}\n{rows}"), Units())
    assert recording.stamps.tolist() == [1_000_000_000, 4_000_000_000]
    assert recording.malformed == 2


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no columns t, ax"),
        (f"{NAMES}\n{SIGNAL}\n", "no columns t, ax"),
        (f"t,{NAMES}\n0,{SIGNAL}\n", "no reading"),  # of a sensor that is on no limb
        (f"limb,t,{NAMES}\n", "no reading"),
    ],
)
def test_a_file_without_readings_is_refused_in_a_line(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(UserError, match=words):
        csv_recording.read(write(tmp_path, text), Units())


@given(st.binary(max_size=200), st.sampled_from([b"", f"limb,t,{NAMES}\n".encode(), f"t,{NAMES}\n".encode()]))
def test_any_file_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes, header: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(header + content)
    try:
        recording = csv_recording.read(path, Units(), limbs={"any.csv": "left_wrist"})
    except UserError:
        return
    assert np.isfinite(recording.signals).all() and (np.diff(recording.stamps) >= 0).all()


def test_a_bag_that_is_none_or_holds_no_imu_of_ours(tmp_path: Path, shared: Callable[[str], Path]) -> None:
    with pytest.raises(UserError, match="not a bag"):
        bag_recording.read(tmp_path, {})
    with pytest.raises(UserError, match="/ardrone/imu"):
        bag_recording.read(shared("data/bags/ardrone_imu_ros2"), {})


def fused(recording: Recording) -> tuple[Synchronizer, Counter[str], int]:
    """All of `recording` fused with a skeleton every 30th of a second; returns valid limbs and frames counted."""
    synchronizer = Synchronizer(Interpolation())
    frames, skeletons = [], 0
    for sample in recording:
        while skeletons * PERIOD < sample.stamp:
            frames += synchronizer.add_skeleton(Skeleton(skeletons * PERIOD, detected=True))
            skeletons += 1
        frames += synchronizer.add_imu(sample)
    frames += synchronizer.flush()
    assert [frame.stamp for frame in frames] == [index * PERIOD for index in range(skeletons)]
    return (
        synchronizer,
        Counter(limb for f in frames for limb, valid in zip(LIMBS, f.imu_valid, strict=True) if valid),
        skeletons,
    )


@pytest.mark.parametrize(
    ("bag", "topic", "count"),
    [("ardrone_imu_ros2", "/ardrone/imu", 4308), ("phidgets_imu_upside_down_ros2", "/imu/data_raw", 13964)],
)
def test_real_bags_go_through_fusion_whole(shared: Callable[[str], Path], bag: str, topic: str, count: int) -> None:
    recording = bag_recording.read(shared(f"data/bags/{bag}"), {topic: "right_wrist"})
    assert (len(recording), recording.malformed) == (count, 0)
    synchronizer, valid, skeletons = fused(recording)
    assert [(c.received, c.refused) for c in synchronizer.counts.limbs] == [(0, 0), (count, 0), (0, 0), (0, 0)]
    stamps = recording.stamps - recording.stamps[0]
    steps = np.diff(stamps)
    around = steps[np.searchsorted(stamps, np.arange(skeletons) * PERIOD, "right") - 1]  # the samples of each skeleton
    missed = (around <= 0.1e9).sum() - valid["right_wrist"]
    # A limb that comes back after half a second is not waited for by the skeleton that is there already.
    assert 0 <= missed <= (steps > 0.5e9).sum()


def test_every_cmu_recording_goes_through_fusion_whole(shared: Callable[[str], Path]) -> None:
    files = sorted(shared(f"data/{CMU}").rglob("*.csv"))
    assert files
    for path in files:
        rows = len(path.read_text(encoding="utf-8").splitlines()) - 3
        recording = csv_recording.read(path, Units())
        assert (len(recording), recording.malformed, recording.carrying) == (4 * rows, 0, LIMBS)
        synchronizer, valid, skeletons = fused(recording)
        assert [(c.received, c.refused) for c in synchronizer.counts.limbs] == [(rows, 0)] * 4
        assert set(valid.values()) == {skeletons}
        assert 8.5 < np.linalg.norm(recording.signals[:, :3], axis=1).mean() < 12.0  # gravity is in it
