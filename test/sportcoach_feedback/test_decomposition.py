"""Any movement has stages and key poses, online as in batch, a stated time late."""

from __future__ import annotations

import numpy as np
from stick_figure import FRAME, squatter, swings

from sportcoach_feedback.decomposition import DELAY, Moment, StageDecomposer, decompose, key_poses
from sportcoach_perception.angles import joint_angles

SECOND = 1_000_000_000
WORLDS = [squatter(knee) for knee in swings(count=3, seconds=2.0, rest=1.0)]
FRAMES = [(n * FRAME, world, joint_angles(world)) for n, world in enumerate(WORLDS)]


def online() -> list[tuple[int, Moment]]:
    decomposer = StageDecomposer()
    return [(frame[0], moment) for frame in FRAMES for moment in decomposer.step(*frame)]


def test_turning_points_are_key_poses() -> None:
    poses = np.array(key_poses(decompose(FRAMES)))
    for turn in (2.0, 5.0, 8.0):
        assert np.abs(poses * 1e-9 - turn).min() < 0.25


def test_what_is_told_is_never_later_than_stated_nor_in_the_future() -> None:
    told = online()
    assert told
    assert all(0 <= now - moment.stamp <= DELAY + 3 * FRAME for now, moment in told)


def test_online_and_batch_tell_the_same() -> None:
    assert tuple(moment for _, moment in online()) == decompose(FRAMES)


def test_stages_go_from_rest_to_rest() -> None:
    stages = [moment.stage for moment in decompose(FRAMES) if moment.stage != "pose"]
    assert stages[0] == "begin" and stages[-1] == "idle"
    assert {"begin", "execute", "end"} <= set(stages)


def test_standing_still_has_no_stages() -> None:
    still = squatter()
    assert decompose((n * FRAME, still, joint_angles(still)) for n in range(90)) == ()
