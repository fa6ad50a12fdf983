"""What the athlete is doing, frame by frame."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np

from sportcoach_perception.frames import Floats, FusedFrame
from sportcoach_recognition import weights_file
from sportcoach_recognition.action import ACTIONS, NOBODY, Action
from sportcoach_recognition.array_stepper import ArrayStepper
from sportcoach_recognition.features import MAX_GAP, FeatureExtractor, Resampler, Sample
from sportcoach_recognition.pictured_landmarks import PicturedLandmarks
from sportcoach_recognition.steppers import OnnxStepper, Stepper


class Decision:
    """A label that doesn't flicker: smoothed probabilities, and a margin that a new label has to win by.

    Attributes:
        probabilities: (5,) smoothed.
        label: the decision.
    """

    SMOOTHING: Final = 0.25
    """Weight of the newest distribution, 0.2 s at the network's rate."""
    MARGIN: Final = 0.15
    """By how much another label must be more probable than the present one."""

    def __init__(self, probabilities: Floats) -> None:
        self.probabilities = probabilities
        self.label = ACTIONS[int(probabilities.argmax())]

    def update(self, probabilities: Floats) -> None:
        """Take in the next distribution (5,)."""
        self.probabilities = self.probabilities + np.float32(self.SMOOTHING) * (probabilities - self.probabilities)
        best = int(self.probabilities.argmax())
        if self.probabilities[best] > self.probabilities[ACTIONS.index(self.label)] + self.MARGIN:
            self.label = ACTIONS[best]


class Recognizer:
    """Names the action of one athlete from a stream of fused frames, the same for the same frames to the last bit.

    Frames may come at any rate; inside, the stream is sampled evenly. Holes of up to `MAX_GAP` without an athlete keep
    the last decision, longer ones, stamps that go back and another athlete start anew.

    Args:
        network: at the rate of `features`.
        model_id: what to call it in the results.
    """

    def __init__(self, network: Stepper, model_id: str) -> None:
        self._network = network
        self._model_id = model_id
        self._pictured = PicturedLandmarks()
        self._resampler = Resampler()
        self._features = FeatureExtractor()
        self.reset()

    @classmethod
    def load(cls, path: str | Path | None = None) -> Recognizer:
        """The recogniser with the weights (.safetensors, or exported to .onnx) at `path`, by default the package's.

        Raises:
            UserError: missing, damaged or unfit weights.
        """
        path = Path(path) if path else weights_file.DEFAULT
        if path.suffix == ".onnx":
            exported = OnnxStepper(path)
            return cls(exported, exported.model_id)
        return cls(*ArrayStepper.load(path))

    @property
    def reads_sensors(self) -> bool:
        """Whether the IMUs have a part in the decisions."""
        return self._network.reads_sensors

    def reset(self) -> None:
        """Forget the athlete."""
        self._pictured.reset()
        self._resampler.reset()
        self._features.reset()
        self._network.reset()
        self._decision: Decision | None = None
        self._last_seen: int | None = None
        self._athlete = ""

    def step(self, frame: FusedFrame) -> Action:
        """The decision on the frames up to this one; NOBODY while no athlete is in view."""
        if self._last_seen is not None and not 0 <= frame.stamp - self._last_seen <= MAX_GAP:
            self.reset()
        if frame.detected and frame.athlete_id != self._athlete:
            self.reset()
        if frame.detected:
            self._last_seen, self._athlete = frame.stamp, frame.athlete_id
            world = self._pictured.update(frame.stamp, frame.world, frame.image, frame.aspect)
            for sample in self._resampler.feed(Sample.of(frame, world)):
                self._take_in(sample)
        return self._action(frame.stamp)

    def _take_in(self, sample: Sample) -> None:
        probabilities = _softmax(self._network.step(self._features.step(sample)))
        if self._decision is None:
            self._decision = Decision(probabilities)
        else:
            self._decision.update(probabilities)

    def _action(self, stamp: int) -> Action:
        if self._decision is None:
            return Action(stamp, NOBODY, np.zeros(len(ACTIONS), np.float32), 0.0, self._model_id)
        probabilities, label = self._decision.probabilities, self._decision.label
        return Action(stamp, label, probabilities.copy(), float(probabilities[ACTIONS.index(label)]), self._model_id)


def _softmax(scores: Floats) -> Floats:
    shares = np.exp(scores - scores.max())
    return np.asarray(shares / shares.sum())
