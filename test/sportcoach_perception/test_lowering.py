"""The picture of a squat tells how far the knees are bent, from every side."""

from __future__ import annotations

import numpy as np
import pytest

from sportcoach_perception.lowering import ENDS, end_heights, lowered
from sportcoach_perception.skeleton import LANDMARK_INDEX


@pytest.mark.parametrize("angle", [170.0, 120.0, 90.0, 45.0])
def test_the_height_of_equal_segments_gives_their_angle(angle: float) -> None:
    height, straight = np.sin(np.radians(angle) / 2.0), np.sin(np.radians(170.0) / 2.0)
    assert lowered(height, straight, 170.0) == pytest.approx(angle)


def test_no_limb_is_straighter_than_straight_nor_folded_beyond_zero() -> None:
    assert lowered(1.1, 1.0, 170.0) == pytest.approx(170.0)
    assert lowered(-0.1, 1.0, 170.0) == 0.0


def test_ends_are_read_off_the_picture_left_before_right() -> None:
    image = np.arange(66.0).reshape(33, 2)
    knee, elbow = end_heights(image)
    assert list(ENDS) == ["knee", "elbow"]
    assert knee.tolist() == [
        [image[LANDMARK_INDEX[f"{side}_{end}"], 1] for side in ("left", "right")] for end in ("hip", "ankle")
    ]
    assert elbow.tolist() == [
        [image[LANDMARK_INDEX[f"{side}_{end}"], 1] for side in ("left", "right")] for end in ("shoulder", "wrist")
    ]
