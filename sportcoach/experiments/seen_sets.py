"""Sets of a design as MediaPipe sees them: drawn once, kept in a folder, read again ever after."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sportcoach.experiments.set_design import DesignedSet
from sportcoach_perception import pose_model
from sportcoach_perception.pose import PoseEstimator
from sportcoach_sim.dataset import shards
from sportcoach_sim.dataset.clip import Clip
from sportcoach_sim.dataset.recording import record
from sportcoach_sim.render import check_drawing


@dataclass(frozen=True, slots=True)
class SeenSet:
    """A set of the design, and what was seen of it."""

    designed: DesignedSet
    clip: Clip


def see(designed: DesignedSet, folder: Path) -> SeenSet:
    """`designed` as kept in `folder`, where it is put when it isn't there yet.

    Raises:
        UserError: it cannot be drawn or kept, or what is kept is damaged.
    """
    path = folder / f"{designed.name}.npz"
    if not path.exists():
        check_drawing()
        with PoseEstimator(pose_model.path("full")) as estimator:
            shards.write(path, [record(designed.recipe, estimator.estimate)])
    (clip,) = shards.load(path)
    return SeenSet(designed, clip)
