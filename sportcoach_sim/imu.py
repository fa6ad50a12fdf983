"""Accelerometers and gyroscopes at wrists and ankles: MuJoCo's ideal readings, and what a real chip makes of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import mujoco
import numpy as np
from scipy.spatial.transform import Rotation

from sportcoach_perception.frames import Floats
from sportcoach_perception.skeleton import LIMBS
from sportcoach_sim.motion import GRAVITY
from sportcoach_sim.rotations import Array

RATE: Final = 100
"""Readings per second."""

STEP: Final = 1e-3
"""Step of the difference quotients that give velocity and acceleration [s]; their error is of the order STEP^2."""


def sample_mounts(rng: np.random.Generator) -> dict[str, tuple[float, ...]]:
    """How each limb's sensor happens to be strapped on: quaternion (w, x, y, z) in the frame of forearm or shank.

    The sensor's z axis points away from the body, turned about it to the next quarter and then by about 10 degrees in
    any direction.
    """
    mounts = {}
    for limb in LIMBS:
        outward = Rotation.from_euler("x", -90.0 if limb.startswith("left") else 90.0, degrees=True)
        quarter = Rotation.from_euler("z", 90.0 * rng.integers(4), degrees=True)
        loose = Rotation.from_rotvec(np.radians(rng.normal(0.0, 6.0, 3)))
        mounts[limb] = tuple((outward * quarter * loose).as_quat(scalar_first=True).tolist())
    return mounts


class ImuReader:
    """Ideal readings of a moving model.

    Joint velocities and accelerations come from difference quotients of the positions on the configuration manifold;
    MuJoCo's inverse dynamics then gives the sensors' exact specific force and angular velocity.
    """

    def __init__(self, model: mujoco.MjModel) -> None:
        self._model = model
        self._data = mujoco.MjData(model)
        self._rows = [
            slice(int(model.sensor(f"{kind}_{limb}").adr[0]), int(model.sensor(f"{kind}_{limb}").adr[0]) + 3)
            for limb in LIMBS
            for kind in ("acc", "gyro")
        ]

    def read(self, qpos: Callable[[Array], Array], times: Array) -> Array:
        """(T, 4, 6) per limb acc [m/s^2] with gravity, gyro [rad/s], sensor frame, of the motion `qpos` at `times` [s].

        Args:
            qpos: joint positions (T, nq) at times (T,), twice differentiable.
            times: (T,).
        """
        model, data = self._model, self._data
        before, here, after = (qpos(times + shift) for shift in (-STEP, 0.0, STEP))
        result = np.zeros((len(times), len(LIMBS), 6))
        first, second = np.zeros(model.nv), np.zeros(model.nv)
        for row in range(len(times)):
            mujoco.mj_differentiatePos(model, first, STEP, before[row], here[row])
            mujoco.mj_differentiatePos(model, second, STEP, here[row], after[row])
            data.qpos[:], data.qvel[:], data.qacc[:] = here[row], (first + second) / 2.0, (second - first) / STEP
            mujoco.mj_inverse(model, data)
            result[row] = np.concatenate([data.sensordata[rows] for rows in self._rows]).reshape(len(LIMBS), 6)
        return result


@dataclass(frozen=True, slots=True)
class ImuSpec:
    """Data sheet of an IMU.

    noise: of acc [m/s^2/sqrt(Hz)] and gyro [rad/s/sqrt(Hz)].
    bias: deviation of the constant error of acc [m/s^2] and gyro [rad/s].
    range: largest reading of acc [m/s^2] and gyro [rad/s].
    bandwidth: of the low-pass filter [Hz].
    bits: of a reading.
    """

    noise: tuple[float, float]
    bias: tuple[float, float]
    range: tuple[float, float]
    bandwidth: float
    bits: int = 16


BMI270: Final = ImuSpec(
    noise=(160e-6 * GRAVITY, float(np.radians(0.007))),
    bias=(20e-3 * GRAVITY, float(np.radians(0.5))),
    range=(16.0 * GRAVITY, float(np.radians(2000.0))),
    bandwidth=40.0,
)
"""Bosch BMI270, a common chip in watches and trackers, at 100 Hz: typical values of data sheet BST-BMI270-DS000."""


class ImuSensor:
    """One chip: constant bias, white noise, range, resolution.

    Args:
        rng: draws the bias now and the noise later.
        spec: data sheet.
    """

    def __init__(self, rng: np.random.Generator, spec: ImuSpec = BMI270) -> None:
        self._rng = rng
        self._noise = np.repeat(spec.noise, 3) * np.sqrt(spec.bandwidth)
        self._bias = rng.normal(0.0, 1.0, 6) * np.repeat(spec.bias, 3)
        self._range = np.repeat(spec.range, 3)
        self._resolution = self._range / 2 ** (spec.bits - 1)

    def measure(self, ideal: Array) -> Floats:
        """(T, 6) as the chip reports the ideal readings (T, 6)."""
        raw = ideal + self._bias + self._rng.normal(0.0, 1.0, ideal.shape) * self._noise
        limited = np.clip(raw, -self._range, self._range)
        return np.asarray(np.round(limited / self._resolution) * self._resolution, np.float32)
