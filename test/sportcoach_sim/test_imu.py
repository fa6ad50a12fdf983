import mujoco
import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from sportcoach_perception.skeleton import LIMBS
from sportcoach_sim.body import mjcf
from sportcoach_sim.choreography import Choreographer
from sportcoach_sim.imu import BMI270, ImuReader, ImuSensor, sample_mounts
from sportcoach_sim.kinematics import Kinematics
from sportcoach_sim.motion import GRAVITY, Wobble
from sportcoach_sim.movement import movement
from sportcoach_sim.posture import PoseSolver
from sportcoach_sim.rotations import Array
from sportcoach_sim.scene import Scene
from sportcoach_sim.subject import Subject


class Mover:
    """Joint positions and site trajectories of some repetitions of one movement."""

    def __init__(self, name: str, repetitions: int, variability: float = 1.0) -> None:
        subject = Subject(variability=variability)
        self.model = mujoco.MjModel.from_xml_string(mjcf(subject, Scene(), sample_mounts(np.random.default_rng(3))))
        self._data = mujoco.MjData(self.model)
        self._kinematics, self._solver = Kinematics(self.model, subject), PoseSolver(subject)
        self._wobble = Wobble(np.random.default_rng(1), variability)
        writer, spec = Choreographer(subject, np.random.default_rng(2)), movement(name)
        assert list(writer.settle(spec, {})) == []
        self._segments = [s for n in range(1, repetitions + 1) for s in writer.repetition(spec, n, {})]
        self.seconds = writer.time

    def qpos(self, times: Array) -> Array:
        rows = np.zeros((len(times), self.model.nq))
        for index, segment in enumerate(self._segments):
            last = index == len(self._segments) - 1
            inside = (times >= segment.begin if index else times >= -1.0) & ((times < segment.end) | last)
            if inside.any():
                rows[inside] = self._kinematics.qpos(segment.pose(times[inside], self._solver, self._wobble))
        return rows

    def sites(self, times: Array, limb: str) -> tuple[Array, Array]:
        """Position (T, 3) and rotation (T, 3, 3) of a limb's sensor."""
        positions, rotations = [], []
        for row in self.qpos(times):
            self._data.qpos[:] = row
            mujoco.mj_kinematics(self.model, self._data)
            site = self._data.site(f"imu_{limb}")
            positions.append(site.xpos.copy())
            rotations.append(site.xmat.reshape(3, 3).copy())
        return np.array(positions), np.array(rotations)


def test_at_rest_the_accelerometer_reads_plus_g_upward() -> None:
    mover = Mover("standing", 1, variability=0.0)
    times = np.array([mover.seconds - 0.5])
    readings = ImuReader(mover.model).read(mover.qpos, times)[0]
    for row, limb in enumerate(LIMBS):
        _, rotation = mover.sites(times, limb)
        np.testing.assert_allclose(rotation[0] @ readings[row, :3], [0.0, 0.0, GRAVITY], atol=1e-6)
        np.testing.assert_allclose(readings[row, 3:], 0.0, atol=1e-9)


@pytest.mark.parametrize("name", ["squat", "jumping_jack", "push_up"])
def test_second_differences_of_the_site_agree_with_the_accelerometer(name: str) -> None:
    mover, h = Mover(name, 1), 1e-3
    times = np.arange(0.02, mover.seconds - 0.02, 0.01)
    readings = ImuReader(mover.model).read(mover.qpos, times)
    for row, limb in enumerate(LIMBS):
        before, here, after = (mover.sites(times + shift, limb) for shift in (-h, 0.0, h))
        felt = (after[0] - 2.0 * here[0] + before[0]) / h**2 + np.array([0.0, 0.0, GRAVITY])
        measured = np.einsum("tij,tj->ti", here[1], readings[:, row, :3])
        # Of the order h times the jump of the jerk where one segment follows the other, some 1000 m/s^3 in a hop.
        assert np.abs(felt - measured).max() < 0.05


def test_ten_seconds_of_gyro_give_the_orientation_within_two_degrees() -> None:
    mover = Mover("squat", 4)
    times = np.arange(0.0, 10.0, 0.01)
    readings = ImuReader(mover.model).read(mover.qpos, times)
    for row, limb in enumerate(LIMBS):
        _, rotation = mover.sites(times, limb)
        orientation = Rotation.from_matrix(rotation[0])
        for left, right in zip(readings[:-1, row, 3:], readings[1:, row, 3:], strict=True):
            orientation *= Rotation.from_rotvec(0.01 * (left + right) / 2.0)
        error = (Rotation.from_matrix(rotation[-1]).inv() * orientation).magnitude()
        assert np.degrees(error) < 2.0


def test_a_chip_adds_noise_and_bias_of_its_data_sheet_and_has_a_range() -> None:
    ideal = np.zeros((20_000, 6))
    readings = np.stack([ImuSensor(np.random.default_rng(seed)).measure(ideal[:1000]) for seed in range(60)])
    assert readings[0].dtype == np.float32
    noise = readings.std(axis=1).mean(axis=0)
    steps = np.array(BMI270.range) / 2**15 / np.sqrt(12.0)  # of the finite resolution
    wanted = np.hypot(np.array(BMI270.noise) * np.sqrt(BMI270.bandwidth), steps)
    np.testing.assert_allclose(noise, np.repeat(wanted, 3), rtol=0.05)
    bias = readings.mean(axis=1).std(axis=0)
    np.testing.assert_allclose(bias, np.repeat(BMI270.bias, 3), rtol=0.35)
    fast = ImuSensor(np.random.default_rng(0)).measure(np.full((1, 6), 1e6))
    np.testing.assert_allclose(fast[0], np.repeat(BMI270.range, 3), rtol=1e-6)


def test_mounts_point_away_from_the_body_but_never_twice_the_same() -> None:
    first, second = sample_mounts(np.random.default_rng(0)), sample_mounts(np.random.default_rng(1))
    for limb in LIMBS:
        outward = Rotation.from_quat(first[limb], scalar_first=True).apply([0.0, 0.0, 1.0])
        assert outward[1] * (1.0 if limb.startswith("left") else -1.0) > 0.85
        assert first[limb] != second[limb]
