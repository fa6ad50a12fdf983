"""Tiny data sets in their published layouts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.io import savemat

STANDING = {
    "head": (0.0, 0.75), "shoulder": (0.2, 0.5), "elbow": (0.25, 0.25), "wrist": (0.25, 0.0), "hand": (0.25, -0.1),
    "hip": (0.1, 0.0), "knee": (0.1, -0.4), "ankle": (0.1, -0.8), "foot": (0.1, -0.85),
}  # fmt: skip
"""Half a standing figure, seen from behind: metres to the side, metres above the hips."""

LIMB_JOINTS = ("shoulder", "elbow", "wrist", "hand"), ("hip", "knee", "ankle", "foot")


def kinect(frames: int, joints: int) -> NDArray[np.float64]:
    """A figure that faces a Kinect 2.5 m away, (frames, joints, 3): its own left at negative x, y up."""
    pose = np.zeros((joints, 3))
    pose[2 if joints == 20 else 3, :2] = STANDING["head"]
    pose[0 if joints == 20 else 3, :2] = STANDING["head"]
    for first, names in zip((4, 12), LIMB_JOINTS, strict=True):
        for side, sign in ((0, -1.0), (1, 1.0)):
            for place, name in enumerate(names):
                x, y = STANDING[name]
                pose[first + 4 * side + place, :2] = sign * x, y
    pose[:, 2] = 2.5
    return np.repeat(pose[None], frames, axis=0)


def utd_mhad(root: Path, trials: list[tuple[int, int, int]], frames: int = 40, readings: int = 100) -> None:
    """Trials (action, subject, repetition); the sensor shows gravity along y and turns at 180 degrees/s about z."""
    for folder in ("Skeleton", "Inertial"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    for action, subject, repetition in trials:
        name = f"a{action}_s{subject}_t{repetition}"
        savemat(root / "Skeleton" / f"{name}_skeleton.mat", {"d_skel": np.moveaxis(kinect(frames, 20), 0, 2)})
        signal = np.tile([0.0, 1.0, 0.0, 0.0, 0.0, 180.0], (readings, 1))
        savemat(root / "Inertial" / f"{name}_inertial.mat", {"d_iner": signal})


def irds(root: Path, names: list[str], frames: int = 30) -> None:
    """Repetitions by file name."""
    root.mkdir(parents=True, exist_ok=True)
    for name in names:
        np.savetxt(root / name, kinect(frames, 25).reshape(frames, 75), delimiter=",", fmt="%.6f")


def berkeley_mhad(root: Path, trials: list[tuple[int, int, int]], seconds: float = 3.0) -> None:
    """Trials (subject, action, repetition) of all six sensors, each starting 10 ms after the one before.

    The wrists swing at 1 Hz, so far as the number of the action; the ankles only feel gravity.
    """
    for shimmer in range(1, 7):
        folder = root / f"Shimmer{shimmer:02}"
        folder.mkdir(parents=True, exist_ok=True)
        for subject, action, repetition in trials:
            times = 1.3e9 + 0.01 * shimmer + np.arange(round(seconds * 31)) / 31.0
            x = action * 0.3 * np.sin(2.0 * np.pi * times) * (shimmer <= 2)
            rows = np.stack([x, np.ones_like(x), np.zeros_like(x), times], axis=1)
            name = f"acc_h{shimmer:02}_s{subject:02}_a{action:02}_r{repetition:02}.txt"
            np.savetxt(folder / name, rows, fmt="%.6f")


def penn_action(root: Path, clips: list[tuple[str, int]], frames: int = 20, hidden: tuple[int, ...] = ()) -> None:
    """Clips (action, 1 for the training half) of a figure seen from the front, 100 pixels per metre."""
    pose = [STANDING["head"]]
    for name in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle"):
        x, y = STANDING[name]
        pose += [(x, y), (-x, y)]  # the person's left is on the right of the picture
    x, y = 100.0 * np.array(pose).T
    visible = np.ones((frames, 13))
    visible[:, list(hidden)] = 0
    (root / "labels").mkdir(parents=True, exist_ok=True)
    for number, (action, train) in enumerate(clips, start=1):
        clip = {
            "action": action, "train": train, "visibility": visible,
            "x": np.tile(240.0 + x, (frames, 1)), "y": np.tile(120.0 - y, (frames, 1)),
        }  # fmt: skip
        savemat(root / "labels" / f"{number:04}.mat", clip)


def pushup_form(root: Path, form: str, name: str, rate: float = 25.0, frames: int = 20) -> None:
    """A clip in which nobody is found in the first frame."""
    (root / form).mkdir(parents=True, exist_ok=True)
    landmarks = np.full((frames, 33, 4), 0.5, np.float32)
    landmarks[:, :, 0] = np.linspace(0.2, 0.8, 33)
    landmarks[:, :, 1] = np.linspace(0.7, 0.3, 33)
    landmarks[0] = np.nan
    np.savez(root / form / f"{name}.npz", landmarks=landmarks, fps=rate, width=640, height=360)
