"""Networks that experiments train and test: each is made once and kept, whichever experiment asks for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from collections.abc import Sequence as Rows
from dataclasses import asdict, dataclass, field
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray

from sportcoach.experiments import material, placement
from sportcoach.experiments.alone import alone
from sportcoach.experiments.trials import Measures, Setup, Trial
from sportcoach_recognition import head_scores, metrics
from sportcoach_recognition.config import FitConfig
from sportcoach_recognition.datasets.sequence import Sequence
from sportcoach_recognition.fitted import Fitted
from sportcoach_recognition.models.inputs import Inputs
from sportcoach_recognition.perturb import Perturbations
from sportcoach_recognition.training import fit

FOLDER: Final = "networks"

_PERTURBATIONS: Final = {
    material.PEOPLE: Perturbations(tempo=1.25, crop=0.85, yaw=20.0, modality_dropout=0.1),
    # What MediaPipe gets wrong depends on the view, hence no turning about gravity.
    material.SIMULATED: Perturbations(
        tempo=1.15, crop=1.0, yaw=0.0, tilt=2.0, size=0.05, drift=0.004, modality_dropout=0.2
    ),
}
_RATES: Final = {material.PEOPLE: 16.0, material.SIMULATED: material.FRAME_RATE}
_LONGEST: Final = 96
"""Steps of the longest piece of a real person's movement that is trained on."""


@dataclass(frozen=True)
class Training:
    """A network of one kind, what it learns from, and the seed.

    dataset, fold: of `material`. model: of `fitted.NETWORKS`.
    worn: sensors, of `placement.PLACES`.
    window: frames that an answer looks back on.
    sizes: of the network beyond those of the scale.
    refine: learn angles too, where there is what it takes.
    """

    dataset: str
    fold: int
    model: str
    seed: int
    worn: str = "both"
    window: int = material.WINDOW
    sizes: Mapping[str, Any] = field(default_factory=dict)
    refine: bool = True

    @property
    def refines(self) -> bool:
        """Whether the network also learns how far the landmarks' joint angles are off."""
        return self.refine and self.dataset == material.SIMULATED and self.model == "stream_gat"


def trained(setup: Setup, training: Training) -> Fitted:
    """The network: read where it was trained before, otherwise trained now, from where a killed run left it."""
    folder = setup.out / FOLDER / setup.digest(asdict(training), material.SIZES[training.dataset])
    path = folder / "network.safetensors"
    with alone(folder):
        if not path.exists():
            part = material.fold(setup, training.dataset, training.fold)
            train = [placement.wear(sequence, training.worn) for sequence in part.train]
            torch.set_num_threads(1)
            fitted = fit(train, [], material.CLASSES[training.dataset], _config(setup, training), training.seed, folder)
            fitted.save(path)
    return Fitted.load(path)


def _config(setup: Setup, training: Training) -> FitConfig:
    scale, simulated = setup.scale, training.dataset == material.SIMULATED
    # Trials of real people are shorter than their window; of simulated ones, windows are what is tested.
    sizes = {
        "rate": _RATES[training.dataset],
        "window": training.window if simulated else 256,
        **scale.networks.get(training.model, {}),
        **placement.sizes(training.model, training.worn),
        **training.sizes,
    }
    steps = scale.athlete_steps if simulated else scale.steps
    return FitConfig(
        model=training.model,
        heads=("angles",) if training.refines else (),
        steps=steps,
        batch=scale.batch,
        longest=training.window if simulated else _LONGEST,
        validate_every=max(steps // 4, 1),
        average=0.98,
        perturbations=_PERTURBATIONS[training.dataset],
        network=sizes,
    )


def trials(setup: Setup, dataset: str, model: str, **how: Any) -> list[Trial]:
    """A trial of `accuracy` for every seed and division; `how` as in Training."""
    usual = {"dataset": dataset, "model": model, "worn": "both", "window": material.WINDOW, "sizes": {}, "refine": True}
    return [
        Trial(accuracy, {**usual, **how, "seed": setup.seed + seed, "fold": fold}, material.SIZES[dataset])
        for seed in range(setup.scale.seeds)
        for fold in material.folds(setup, dataset)
    ]


def accuracy(setup: Setup, dataset: str, worn: str, window: int, **how: Any) -> Measures:
    """Trial: how well a network names what the people do who were left out, and how exact its joint angles are.

    Args:
        setup: where everything is.
        dataset: of `material`.
        worn: place of the sensors.
        window: frames.
        how: the rest of a Training.
    """
    training = Training(dataset=dataset, worn=worn, window=window, **how)
    fitted = trained(setup, training)
    test = material.fold(setup, dataset, training.fold).test
    if dataset == material.SIMULATED:
        test = [piece for piece in material.windows(test, window) if len(piece.stamps) > 1]
    return tested(fitted, [placement.wear(sequence, worn) for sequence in test])


def tested(fitted: Fitted, test: Rows[Sequence]) -> Measures:
    """Accuracy with everything, without the sensors and without the camera; Angle-Score where the truth is known."""
    truth = np.array([fitted.classes.index(sequence.label) for sequence in test])

    def matrix(view: Callable[[Inputs], Inputs] | None = None) -> NDArray[np.int64]:
        return metrics.confusion(truth, fitted.predict(test, view).argmax(1), len(fitted.classes))

    total = matrix()
    return {
        "accuracy": metrics.accuracy(total),
        "macro_f1": metrics.macro_f1(total),
        "skeleton_accuracy": metrics.accuracy(matrix(Inputs.without_imu)),
        "inertial_accuracy": metrics.accuracy(matrix(Inputs.without_pose)),
        "tested": len(test),
        "parameters": sum(parameter.numel() for parameter in fitted.networks[0].parameters()),
        **head_scores.scores(fitted.heads_compared(test)),
    }
