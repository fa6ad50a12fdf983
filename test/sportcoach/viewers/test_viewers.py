"""What standard viewers are given: shapes, an annotated picture, bodies by REP-155, layouts that name our topics."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml

from sportcoach.viewers import rep155
from sportcoach.viewers.picture import annotate
from sportcoach.viewers.shapes import GREEN, ORANGE, shapes
from sportcoach_feedback.coaching import Deviation, JointDeviation, Stage
from sportcoach_perception.frames import FusedFrame
from sportcoach_perception.skeleton import BONES, LANDMARK_INDEX

LAYOUTS = Path(__file__).parents[3] / "config" / "viewers"
STAGE = Stage(0, "squat", "execute", 0.5, 0.0, 0.0, 3, 2.0)
OFF = JointDeviation("left_knee_valgus", 20.0, 2.0, 18.0, 1.0, in_tolerance=False)
GOOD = JointDeviation("right_knee_valgus", 2.0, 2.0, 0.0, 1.0, in_tolerance=True)
DEVIATION = Deviation(0, "squat", (OFF, GOOD), 0.5, ())


@pytest.fixture
def frame() -> FusedFrame:
    rng = np.random.default_rng(0)
    world, image = (rng.random((33, size)).astype(np.float32) for size in (3, 2))
    imu = np.zeros((4, 6), np.float32)
    imu[0, 3:] = (0.0, 3.0, 4.0)
    valid = np.array([True, True, True, False])
    return FusedFrame(0, True, world, np.ones(33, np.float32), imu, valid, image=image)


def test_bones_joints_and_imus_are_drawn(frame: FusedFrame) -> None:
    drawn = shapes(frame, DEVIATION)
    groups = {group: [s for s in drawn if s.group == group] for group in {shape.group for shape in drawn}}
    assert len(groups["skeleton"][0].points) == 2 * len(BONES)
    assert [(s.colour, s.size) for s in groups["deviation"]] == [(ORANGE, 0.09), (GREEN, 0.05)]
    assert [s.text for s in groups["deviation_degrees"]] == ["+18°"]
    assert groups["deviation"][0].points[0] == pytest.approx(frame.world[LANDMARK_INDEX["left_knee"]])
    begin, end = groups["imu"][0].points
    assert begin[1] - end[1] == pytest.approx(0.02 + 0.05 * 5.0)  # up is negative y
    assert [s.text for s in groups["imu_silent"]] == ["right_ankle"]
    assert len({(s.group, s.number) for s in drawn}) == len(drawn)


def test_what_is_not_seen_is_not_drawn(frame: FusedFrame) -> None:
    frame.visibility[LANDMARK_INDEX["left_knee"]] = 0.1
    drawn = shapes(frame, DEVIATION)
    assert [s.colour for s in drawn if s.group == "deviation"] == [GREEN]
    assert shapes(replace(frame, detected=False), DEVIATION) == []


def test_the_picture_is_drawn_on_a_copy(frame: FusedFrame) -> None:
    image = np.full((240, 320, 3), 60, np.uint8)
    drawn = annotate(image, frame.skeleton, STAGE, DEVIATION, "Push the left knee out, °")
    assert (image == 60).all()
    x, y = np.round(frame.image[LANDMARK_INDEX["left_knee"]] * (320, 240)).astype(int)
    assert drawn[y, x].tolist() == [255, 122, 61]
    nobody = annotate(image, replace(frame, detected=False).skeleton, replace(STAGE, exercise=""), DEVIATION, "")
    assert (nobody == 60).all()


def test_bodies_are_those_of_rep_155(frame: FusedFrame) -> None:
    points = rep155.points(frame.skeleton)
    assert len(points) == 18
    assert points[10][:2] == pytest.approx(frame.image[LANDMARK_INDEX["right_ankle"]])
    shoulders = frame.image[[LANDMARK_INDEX["left_shoulder"], LANDMARK_INDEX["right_shoulder"]]]
    assert points[1][:2] == pytest.approx(shoulders.mean(axis=0))
    assert rep155.body_id(frame.skeleton) == "athlete"
    named = replace(frame.skeleton, athlete_id="a-7 ü")
    assert rep155.topic_of(rep155.body_id(named)) == "/humans/bodies/a7/skeleton2d"


def test_layouts_name_topics_that_are_published() -> None:
    ours = {"/markers", "/image_annotated/compressed", "/stage", "/deviation", "/cue", "/action", "/diagnostics"}
    rviz = yaml.safe_load((LAYOUTS / "rviz.rviz").read_text())
    topics = {d["Topic"]["Value"] for d in rviz["Visualization Manager"]["Displays"] if "Topic" in d}
    foxglove = json.loads((LAYOUTS / "foxglove.json").read_text())
    panels = json.dumps(foxglove["configById"])
    assert topics <= ours
    assert all(topic in panels for topic in ours)
    assert all(f'"{panel}"' in json.dumps(foxglove["layout"]) for panel in foxglove["configById"])
