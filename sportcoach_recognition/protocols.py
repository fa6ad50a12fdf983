"""What is asked of each data set, by name: its classes, how it is divided, what is to be reached."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from sportcoach_perception.errors import UserError
from sportcoach_recognition import divisions
from sportcoach_recognition.datasets import berkeley_mhad, irds, penn_action, pushup_form, utd_mhad
from sportcoach_recognition.datasets.sequence import Sequence, mirrored, without_imu, without_landmarks


@dataclass(frozen=True)
class Protocol:
    """A question and how it is put.

    divide: into training and test.
    classes: the answers; empty for the labels that are found, in alphabetical order.
    label: what is asked about a sequence instead of its own label; "" leaves it out.
    settings: name of the training settings in config/train/evaluate.
    targets: figures to be reached with all there is in the set.
    in_the_mirror: makes of a sequence what it is in the mirror, where that is known; trained on likewise.
    """

    divide: divisions.Divide
    classes: tuple[str, ...] = ()
    label: Callable[[Sequence], str] = lambda sequence: sequence.label
    settings: str = ""
    targets: Mapping[str, float] = field(default_factory=dict)
    in_the_mirror: Callable[[Sequence], Sequence] | None = None

    def trained_on(self, sequences: list[Sequence]) -> list[Sequence]:
        """The sequences, with what each is in the mirror where that is known."""
        return [*sequences, *(map(self.in_the_mirror, sequences) if self.in_the_mirror else ())]

    def asked(self, sequences: list[Sequence]) -> list[Sequence]:
        """The sequences that are asked about, with the right answer as label."""
        return [replace(sequence, label=label) for sequence in sequences if (label := self.label(sequence))]


def _correctness(sequence: Sequence) -> str:
    """Repetitions too poor to be judged are left out, as published."""
    label = irds.correctness(sequence)
    return "" if label == "poor" else label


_UTD = Protocol(
    divisions.standard_subjects((2, 4, 6, 8)),
    utd_mhad.CLASSES,
    settings="utd-mhad-together",
    targets={"accuracy": 0.99},
)
_BERKELEY = Protocol(
    divisions.standard_subjects(range(8, 13)),
    berkeley_mhad.CLASSES,
    settings="berkeley-mhad-rocket",
    targets={"accuracy": 0.98},
)
_GESTURE = Protocol(
    divisions.subject_folds,
    irds.GESTURES,
    settings="irds-gesture-rocket",
    targets={"accuracy": 0.98},
    in_the_mirror=irds.in_the_mirror,
)
_CORRECTNESS = Protocol(
    divisions.subject_folds,
    ("correct", "incorrect"),
    _correctness,
    settings="irds-correctness-together",
    targets={"balanced_accuracy": 0.87, "macro_f1": 0.87},
    in_the_mirror=irds.in_the_mirror,
)
_PENN = Protocol(
    divisions.standard_parts(divisions.block_folds),
    penn_action.CLASSES,
    settings="penn-action-together",
    targets={"accuracy": 0.985},
)
_PUSHUP = Protocol(
    divisions.leave_one_out, pushup_form.CLASSES, settings="pushup-form-plank", targets={"accuracy": 0.85}
)
_VIDEOS = Protocol(divisions.standard_parts(divisions.subject_folds), settings="videos")
_BAGS = Protocol(divisions.subject_folds, settings="videos")
_SIMULATED = Protocol(
    divisions.standard_parts(divisions.subject_folds),
    settings="simulated",
    targets={"accuracy": 0.99, "refined_angle_score": 0.95},
    in_the_mirror=mirrored,
)

LEAVE_ONE_OUT: Final = "leave-one-subject-out"


def _and_one_out(name: str, protocol: Protocol) -> dict[str, Protocol]:
    return {name: protocol, LEAVE_ONE_OUT: replace(protocol, divide=divisions.leave_one_out)}


PROTOCOLS: Final[dict[str, dict[str, Protocol]]] = {
    "utd-mhad": _and_one_out("cross-subject", _UTD),
    "irds": {
        "correctness": _CORRECTNESS,
        "gesture": _GESTURE,
        f"correctness-{LEAVE_ONE_OUT}": replace(_CORRECTNESS, divide=divisions.leave_one_out),
        f"gesture-{LEAVE_ONE_OUT}": replace(_GESTURE, divide=divisions.leave_one_out),
    },
    "berkeley-mhad": _and_one_out("cross-subject", _BERKELEY),
    "penn-action": {"split": _PENN},
    "pushup-form": {"cross-source": _PUSHUP},
    "videos": _and_one_out("split", _VIDEOS),
    "bags": _and_one_out("cross-subject", _BAGS),
    "simulated": _and_one_out("cross-subject", _SIMULATED),
}
"""Protocols of every set, the standard one first."""


def protocol(dataset: str, name: str) -> Protocol:
    """The protocol `name` of a set, its standard one for "".

    Raises:
        UserError: the set has no such protocol.
    """
    known = PROTOCOLS[dataset]
    if name and name not in known:
        raise UserError(f"{dataset} has no protocol {name}; it has {', '.join(known)}")
    return known[name or next(iter(known))]


def through(modality: str, sequences: list[Sequence]) -> list[Sequence]:
    """What `modality` sees of the sequences: all there is (fused), landmarks or sensors alone.

    Raises:
        UserError: some sequence has nothing of it.
    """
    if modality == "fused":
        return sequences
    alone = [(without_imu if modality == "skeleton" else without_landmarks)(sequence) for sequence in sequences]
    if not all(len(sequence.stamps) or len(sequence.imu_stamps) for sequence in alone):
        raise UserError(f"the set has no {modality} data: choose another --modality")
    return alone
