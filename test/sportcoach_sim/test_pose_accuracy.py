from pathlib import Path

import numpy as np
import pytest

from sportcoach_perception.frames import ImageFrame, Skeleton
from sportcoach_perception.pose import PoseEstimator
from sportcoach_sim.athlete import Athlete, Truth
from sportcoach_sim.plan import PlannedSet
from sportcoach_sim.pose_accuracy import measure
from sportcoach_sim.scene import Scene
from sportcoach_sim.subject import Subject

MODEL = Path(__file__).parents[2] / "models" / "pose_landmarker_full.task"


@pytest.mark.usefixtures("opengl")
def test_an_estimator_that_knows_the_truth_has_no_error() -> None:
    rng = np.random.default_rng((0, 0))
    subject, scene = Subject.sample(rng), Scene.sample(rng, 0.0)
    plan = (PlannedSet.sample(rng, "squat", 1, 0.5),)
    with Athlete(subject, plan, 0, scene, draw=False) as athlete:
        known = {o.data.stamp: o.data.skeleton for o in athlete.observe() if isinstance(o.data, Truth)}

    def oracle(frame: ImageFrame) -> Skeleton:
        return known[frame.stamp]

    found, table = measure(lambda: oracle, subjects=1, repetitions=1, exercises=("squat",), views={"front": 0.0})
    assert found[0].share == 1.0
    assert max(row.p95 for row in table if not row.angle.endswith("_lowered")) < 1e-3
    (lowered,) = (row for row in table if row.angle == "knee_lowered")
    assert lowered.p95 < 8.0, "perspective and legs that aren't upright"
    assert all(row.observable for row in table)


@pytest.mark.usefixtures("opengl")
@pytest.mark.skipif(not MODEL.exists(), reason="'make setup' makes the pose model")
@pytest.mark.parametrize(("name", "azimuth"), [("squat", 0.0), ("squat", 40.0), ("squat", 90.0), ("push_up", 60.0)])
def test_mediapipe_takes_the_athlete_for_a_person(name: str, azimuth: float) -> None:
    rng = np.random.default_rng(9)
    subject, scene = Subject.sample(rng), Scene.sample(rng, azimuth)
    errors, truth = [], None
    with (
        PoseEstimator(MODEL) as estimator,
        Athlete(subject, (PlannedSet(name, 1, rest=0.2),), 0, scene, frame_rate=10.0) as athlete,
    ):
        for observation in athlete.observe():
            if isinstance(observation.data, Truth):
                truth = observation.data
            elif isinstance(observation.data, ImageFrame):
                skeleton = estimator.estimate(observation.data)
                assert skeleton.detected
                offset = (skeleton.image - truth.skeleton.image)[[11, 12, 23, 24, 25, 26]] * (640, 480)
                errors.append(np.linalg.norm(offset, axis=1))
    # Shoulders, hips and knees within 5 % of the picture's height: on the right body parts.
    assert np.median(errors) < 24.0
