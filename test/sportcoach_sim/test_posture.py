from functools import cache

import mujoco
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sportcoach_sim.body import SHOE_RADIUS, TOE, mjcf
from sportcoach_sim.kinematics import Kinematics
from sportcoach_sim.motion import Wobble, bump, minimum_jerk
from sportcoach_sim.posture import CONTROLS, PoseSolver, Support, mirrored, names_of, posture
from sportcoach_sim.scene import Scene
from sportcoach_sim.subject import Subject


@given(st.lists(st.floats(-100.0, 100.0), min_size=len(CONTROLS), max_size=len(CONTROLS)))
def test_mirroring_twice_changes_nothing(values: list[float]) -> None:
    vector = np.array(values)
    np.testing.assert_allclose(mirrored(mirrored(vector)), vector, atol=1e-12)


def test_unsided_names_mean_both_sides_and_unknown_ones_are_refused() -> None:
    assert names_of("elbow") == ("left_elbow", "right_elbow")
    assert names_of("knee") == ("knee",)
    with pytest.raises(KeyError):
        names_of("tail")


@cache
def model_of(seed: int) -> tuple[Subject, mujoco.MjModel]:
    subject = Subject.sample(np.random.default_rng(seed))
    return subject, mujoco.MjModel.from_xml_string(mjcf(subject, Scene()))


@settings(max_examples=30, deadline=None)
@given(
    seed=st.integers(0, 4),
    knee=st.floats(4.0, 120.0),
    shank=st.floats(0.0, 35.0),
    stance=st.floats(0.05, 0.12),
    valgus=st.floats(-20.0, 25.0),
)
def test_standing_feet_are_exactly_where_they_should_be_and_knees_as_bent(
    seed: int, knee: float, shank: float, stance: float, valgus: float
) -> None:
    subject, model = model_of(seed)
    data = mujoco.MjData(model)
    vector = posture(
        {"knee": knee, "shank": min(shank, knee), "toe_y": stance, "toe_out": 10, "valgus": valgus, "trunk": 20}
    )
    pose = PoseSolver(subject).solve(vector[None], Support.FEET)
    data.qpos[:] = Kinematics(model, subject).qpos(pose)[0]
    mujoco.mj_kinematics(model, data)
    for index, side in enumerate(("left", "right")):
        foot = data.body(f"{side}_foot")
        sole = [TOE * subject.height, 0.0, SHOE_RADIUS * subject.height - subject.lengths.ankle]
        np.testing.assert_allclose(foot.xpos + foot.xmat.reshape(3, 3) @ sole, pose.toe[0, index], atol=1e-7)
        np.testing.assert_allclose(foot.xmat.reshape(3, 3)[:, 2], [0.0, 0.0, 1.0], atol=1e-7)
        assert np.degrees(data.qpos[model.joint(f"{side}_knee").qposadr[0]]) == pytest.approx(knee, abs=0.5)


@pytest.mark.parametrize(("curve", "ends"), [(minimum_jerk, (0.0, 1.0)), (bump, (0.0, 0.0))])
def test_curves_start_and_stop_without_a_jerk(curve: object, ends: tuple[float, float]) -> None:
    h = 1e-4
    for at, value in zip((0.0, 1.0), ends, strict=True):
        before, here, after = curve(np.array([at - h, at, at + h]))  # type: ignore[operator]
        assert here == pytest.approx(value)
        assert abs(after - before) / (2.0 * h) < 1e-6
        assert abs(after - 2.0 * here + before) / h**2 < 60.0 * 2.0 * h, "curvature is of the order of the step"


def test_wobble_has_the_deviation_it_promises_and_none_without_variability() -> None:
    times = np.arange(0.0, 300.0, 0.05)
    rows = np.stack([Wobble(np.random.default_rng(seed), 1.0).at(times) for seed in range(8)])
    deviation = rows.std(axis=(0, 1))
    for name, wanted in Wobble.SWAY.items():
        assert deviation[CONTROLS.index(name)] == pytest.approx(wanted, rel=0.15)
    assert not Wobble(np.random.default_rng(0), 0.0).at(times).any()
