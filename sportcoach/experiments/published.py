"""What the paper (TCN+GAT with RGB-IMU fusion) reports: the numbers that sentences compare ours with."""

from __future__ import annotations

from typing import Final

ACCURACY: Final = 0.924
ANGLE_SCORE: Final = 0.879
LATENCY: Final = 1.8
"""From the movement to the feedback [s]."""


def against(value: float, published: float) -> str:
    """How a share differs from the published one, in words."""
    points = 100.0 * (value - published)
    if abs(points) < 0.05:
        return f"as the paper's {published:.1%}"
    return f"{abs(points):.1f} points {'above' if points > 0 else 'below'} the paper's {published:.1%}"
