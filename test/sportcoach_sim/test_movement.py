import mujoco
import numpy as np
import pytest

from sportcoach_perception.angles import ANGLE_INDEX, ANGLES, split_side
from sportcoach_perception.errors import UserError
from sportcoach_recognition.action import ACTIONS
from sportcoach_sim.athlete import Athlete, Truth
from sportcoach_sim.body import SHOE_RADIUS, TOE
from sportcoach_sim.choreography import Choreographer
from sportcoach_sim.kinematics import Kinematics
from sportcoach_sim.motion import Wobble
from sportcoach_sim.movement import movement, movements
from sportcoach_sim.plan import PlannedSet
from sportcoach_sim.posture import PoseSolver
from sportcoach_sim.subject import Subject

FAULTY = [(name, fault) for name, spec in movements().items() for fault in spec.faults]
CASES = [(name, "") for name in movements()] + FAULTY

SLIP = 0.02
"""Most that a standing foot or a planted hand may be off its place [m]."""

CHANGED = 2.5
"""More than what follows from other proportions of a moved body [degrees]."""


def truths(name: str, faults: dict[str, float], **subject: float) -> list[Truth]:
    repetitions = 2 if movement(name).alternating else 1
    with Athlete(Subject(**subject), (PlannedSet(name, repetitions, faults, rest=0.2),), 0, draw=False) as athlete:
        return [o.data for o in athlete.observe() if isinstance(o.data, Truth)]


def lowest_point(model: mujoco.MjModel, data: mujoco.MjData) -> float:
    """Of all shapes of the body [m]."""
    moving = model.geom_bodyid > 0
    up, size, kind = data.geom_xmat.reshape(-1, 3, 3)[:, 2], model.geom_size, model.geom_type
    below = np.select(
        [kind == mujoco.mjtGeom.mjGEOM_ELLIPSOID, kind == mujoco.mjtGeom.mjGEOM_CAPSULE],
        [np.linalg.norm(up * size, axis=1), np.abs(up[:, 2]) * size[:, 1] + size[:, 0]],
        np.sum(np.abs(up) * size, axis=1),
    )
    return float((data.geom_xpos[:, 2] - below)[moving].min())


@pytest.mark.parametrize(("name", "fault"), CASES)
def test_feet_and_hands_stay_in_place_and_nothing_goes_through_the_floor(name: str, fault: str) -> None:
    spec = movement(name)
    faults = {fault: spec.faults[fault].range[1]} if fault else {}
    for seed in range(2):
        rng = np.random.default_rng(seed)
        subject = Subject.sample(rng)
        with Athlete(subject, (PlannedSet(name, 2, faults),), seed, draw=False) as athlete:
            model = athlete.model
        data, kinematics, solver = mujoco.MjData(model), Kinematics(model, subject), PoseSolver(subject)
        writer, wobble = Choreographer(subject, rng), Wobble(rng, subject.variability)
        segments = [*writer.settle(movement("standing"), {}), *writer.settle(spec, faults)]
        segments += [segment for number in (1, 2) for segment in writer.repetition(spec, number, faults)]
        sole = [TOE * subject.height, 0.0, SHOE_RADIUS * subject.height - subject.lengths.ankle]
        for segment in segments:
            pose = segment.pose(np.arange(segment.begin, segment.end, 0.1), solver, wobble)
            for row, qpos in enumerate(kinematics.qpos(pose)):
                data.qpos[:] = qpos
                mujoco.mj_kinematics(model, data)
                assert lowest_point(model, data) > -0.001
                for index, side in enumerate(("left", "right")):
                    foot = data.body(f"{side}_foot")
                    toe = foot.xpos + foot.xmat.reshape(3, 3) @ sole
                    assert np.linalg.norm(toe - pose.toe[row, index]) < SLIP
                    if pose.planted[row] == 1.0:
                        assert np.linalg.norm(data.body(f"{side}_hand").xpos - pose.palm[row, index]) < SLIP


@pytest.mark.parametrize(("name", "fault"), FAULTY)
def test_a_fault_changes_the_angles_it_should_and_only_those(name: str, fault: str) -> None:
    spec = movement(name).faults[fault]
    right = np.array([t.angles for t in truths(name, {}, variability=0.0)])
    wrong = np.array([t.angles for t in truths(name, {fault: spec.range[1]}, variability=0.0)])
    change = np.abs((wrong - right + 180.0) % 360.0 - 180.0).max(axis=0)
    for joint in {split_side(angle)[1] for angle in ANGLES}:
        worst = max(change[index] for angle, index in ANGLE_INDEX.items() if split_side(angle)[1] == joint)
        assert (worst > CHANGED) == (joint in spec.changes), f"{joint} changes by {worst:.1f} degrees"


@pytest.mark.parametrize(
    ("name", "fault", "magnitude", "angle", "worst"),
    [
        ("squat", "shallow_depth", 30.0, "left_knee", max),
        ("squat", "knee_valgus", 20.0, "left_knee_valgus", max),
        ("squat", "trunk_lean", 25.0, "trunk", max),
        ("push_up", "hip_sag", -20.0, "left_hip_flexion", min),
        ("push_up", "hip_pike", 30.0, "left_hip_flexion", max),
        ("push_up", "half_range", 40.0, "left_elbow", max),
        ("lunge", "trunk_lean", 25.0, "trunk", max),
        ("jumping_jack", "arms_not_overhead", -60.0, "left_shoulder", min),
    ],
)
def test_a_fault_has_the_magnitude_in_degrees_that_it_claims(
    name: str, fault: str, magnitude: float, angle: str, worst: object
) -> None:
    def at_turn(faults: dict[str, float]) -> float:
        turning = [t for t in truths(name, faults, variability=0.0) if t.repetition == 1 and t.progress > 0.999]
        return float(np.mean([t.angles[ANGLE_INDEX[angle]] for t in turning]))

    change = at_turn({fault: abs(magnitude)}) - at_turn({})
    # Valgus is defined at 90 degrees of flexion and is read here at 104; the rest is exact up to the stance width.
    assert change == pytest.approx(magnitude, rel=0.15)


@pytest.mark.parametrize(
    ("name", "angle", "start", "turn"),
    [
        ("squat", "left_knee", (165, 180), (65, 90)),  # Escamilla 2001
        ("push_up", "left_elbow", (160, 180), (62, 95)),  # Cogley et al. 2005, chest near the floor
        ("lunge", "left_knee", (165, 180), (80, 100)),  # Escamilla et al. 2008
        ("jumping_jack", "left_shoulder", (5, 30), (150, 180)),
        ("biceps_curl", "left_elbow", (160, 180), (35, 60)),  # Morrey et al. 1981
    ],
)
def test_movements_have_the_range_of_people(
    name: str, angle: str, start: tuple[float, float], turn: tuple[float, float]
) -> None:
    rows = [t for t in truths(name, {}) if t.repetition == 1]
    first = np.median([t.angles[ANGLE_INDEX[angle]] for t in rows if t.stage == "idle"])
    last = np.median([t.angles[ANGLE_INDEX[angle]] for t in rows if t.progress > 0.99 and t.stage == "execute"])
    assert start[0] <= first <= start[1]
    assert turn[0] <= last <= turn[1]


def test_every_movement_has_a_known_action_and_a_source() -> None:
    for spec in movements().values():
        assert spec.action in ACTIONS
        assert len(spec.source) > 20
    assert {spec.action for spec in movements().values()} == set(ACTIONS)


def test_unknown_movements_and_faults_are_refused_with_what_there_is() -> None:
    with pytest.raises(UserError, match="squat"):
        PlannedSet("moonwalk")
    with pytest.raises(UserError, match="knee_valgus"):
        PlannedSet("squat", 3, {"hip_sag": 10.0})
    with pytest.raises(UserError, match="at least one"):
        PlannedSet("squat", 0)
