"""The network of the graph, one frame at a time: what steps it, and ONNX Runtime as one way to do it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np

from sportcoach_perception.errors import UserError
from sportcoach_perception.frames import Floats
from sportcoach_recognition.action import ACTIONS
from sportcoach_recognition.features import RATE
from sportcoach_recognition.weights_file import read_checked

HEADER: Final = "sportcoach"
"""Name of the metadata of an ONNX file that describes the network, as JSON."""


class Stepper(Protocol):
    """A network with the state of one stream."""

    @property
    def reads_sensors(self) -> bool:
        """Whether its answers depend on the IMU part of the features."""

    def reset(self) -> None:
        """Forget the stream."""

    def step(self, features: Floats) -> Floats:
        """Scores (5,) after one more frame of features (33, 16)."""


class OnnxStepper:
    """An exported network in ONNX Runtime, on one thread; see `export`.

    Raises:
        UserError: ONNX Runtime is not installed, or the file is missing, damaged or does not hold such a network.
    """

    def __init__(self, path: Path) -> None:
        self._session = session(path, read_checked(path)[0])
        try:
            about = json.loads(self._session.get_modelmeta().custom_metadata_map[HEADER])
            if about["actions"] != list(ACTIONS) or about["rate"] != RATE:
                raise ValueError("made for other actions or another frame rate")
            self.model_id, self.reads_sensors = str(about["model_id"]), bool(about["reads_sensors"])
        except (KeyError, ValueError) as error:
            raise UserError(f"{path} does not hold a network of this version; export it again") from error
        self._inputs = self._session.get_inputs()
        self.reset()

    def reset(self) -> None:
        """Forget the stream."""
        self._state = [np.zeros(given.shape, np.float32) for given in self._inputs[1:]]

    def step(self, features: Floats) -> Floats:
        """Scores (5,) after one more frame of features (33, 16)."""
        names = [given.name for given in self._inputs]
        scores, *self._state = self._session.run(None, dict(zip(names, [features, *self._state], strict=True)))
        answer: Floats = scores
        return answer


def session(path: Path, content: bytes) -> Any:
    """An ONNX Runtime session on one thread for the content of the file at `path`.

    Raises:
        UserError: ONNX Runtime is not installed, or it cannot read the content.
    """
    try:
        import onnxruntime
    except ImportError as error:
        raise UserError("an .onnx network needs ONNX Runtime: pip install -r requirements-onnx.txt") from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    try:
        return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # the errors of ONNX Runtime have no common base
        raise UserError(f"{path} is not a network that ONNX Runtime can read") from error
