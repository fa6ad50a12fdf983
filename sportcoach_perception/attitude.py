"""How an IMU is turned against the room, up to a slowly wandering heading."""

from __future__ import annotations

import math
from typing import Final

Row = tuple[float, float, float]


class Attitude:
    """Integrates the gyro and pulls the vertical slowly to that of the accelerometer.

    The complementary filter of Mahony, Hamel and Pflimlin (2008, Nonlinear complementary filters on the special
    orthogonal group, IEEE Trans Autom Control 53(5), eq. 48) with a quaternion (w, x, y, z), without bias estimate.

    Attributes:
        rotation: rows of the matrix that turns sensor axes to those of the room, z up.
    """

    GAIN: Final = 0.05
    """Pull of the accelerometer [1/s]: a time constant of 20 s, so that pushes in exercise do not tilt it."""

    def __init__(self) -> None:
        self._q: tuple[float, float, float, float] | None = None
        self._gyro: Row = (0.0, 0.0, 0.0)
        self.rotation: tuple[Row, Row, Row] = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))

    def update(self, acc: Row, gyro: Row, elapsed: float) -> Row:
        """Take a sample that comes `elapsed` [s] after the one before; returns `acc` in the axes of the room.

        Args:
            acc: with gravity [m/s^2], sensor axes.
            gyro: [rad/s], sensor axes.
            elapsed: ignored at the first sample.
        """
        ax, ay, az = acc
        norm = math.sqrt(ax * ax + ay * ay + az * az) or 1.0
        ux, uy, uz = ax / norm, ay / norm, az / norm
        if self._q is None:
            self._set((1.0 + uz, uy, -ux, 0.0) if uz > -0.999 else (0.0, 1.0, 0.0, 0.0))
        else:
            zx, zy, zz = self.rotation[2]
            gx, gy, gz = self._gyro  # the mean with the sample before: a rotation that does not run ahead
            self._turn(
                (0.5 * (gx + gyro[0]) + self.GAIN * (uy * zz - uz * zy)) * elapsed,
                (0.5 * (gy + gyro[1]) + self.GAIN * (uz * zx - ux * zz)) * elapsed,
                (0.5 * (gz + gyro[2]) + self.GAIN * (ux * zy - uy * zx)) * elapsed,
                self._q,
            )
        self._gyro = gyro
        x, y, z = self.rotation
        return (
            x[0] * ax + x[1] * ay + x[2] * az,
            y[0] * ax + y[1] * ay + y[2] * az,
            z[0] * ax + z[1] * ay + z[2] * az,
        )

    def _turn(self, rx: float, ry: float, rz: float, q: tuple[float, float, float, float]) -> None:
        """Multiply by the rotation vector (rx, ry, rz) [rad] of the sensor's axes."""
        angle = math.sqrt(rx * rx + ry * ry + rz * rz)
        c, s = math.cos(0.5 * angle), math.sin(0.5 * angle) / angle if angle > 0.0 else 0.5
        x, y, z = s * rx, s * ry, s * rz
        w0, x0, y0, z0 = q
        self._set(
            (
                w0 * c - x0 * x - y0 * y - z0 * z,
                w0 * x + x0 * c + y0 * z - z0 * y,
                w0 * y - x0 * z + y0 * c + z0 * x,
                w0 * z + x0 * y - y0 * x + z0 * c,
            )
        )

    def _set(self, q: tuple[float, float, float, float]) -> None:
        norm = math.sqrt(q[0] * q[0] + q[1] * q[1] + q[2] * q[2] + q[3] * q[3])
        w, x, y, z = q[0] / norm, q[1] / norm, q[2] / norm, q[3] / norm
        self._q = w, x, y, z
        self.rotation = (
            (1.0 - 2.0 * (y * y + z * z), 2.0 * (x * y - w * z), 2.0 * (x * z + w * y)),
            (2.0 * (x * y + w * z), 1.0 - 2.0 * (x * x + z * z), 2.0 * (y * z - w * x)),
            (2.0 * (x * z - w * y), 2.0 * (y * z + w * x), 1.0 - 2.0 * (x * x + y * y)),
        )
