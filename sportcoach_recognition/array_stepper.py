"""The network that ships (`models.frame_gat`), one frame at a time, in numpy: no torch, a sixth of its time per frame.

For matrices this small, torch spends nearly all of its time between the operations.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from sportcoach_perception.errors import UserError
from sportcoach_perception.frames import Floats
from sportcoach_perception.skeleton import LANDMARKS
from sportcoach_recognition.features import CHANNELS, SENSOR_CHANNELS
from sportcoach_recognition.nodes import adjacency, node_indices
from sportcoach_recognition.weights_file import other_version, read_network

LEAK: Final = np.float32(0.2)
"""Slope of the attention's leaky rectifier below zero."""

DYNAMICS: Final = 9
"""Features of a node that are standardised: p, v, alpha a."""

LOUDEST: Final = np.float32(3.0)
"""Bound of the logarithm of a frame's weight."""

HIDDEN: Final = np.float32(1e4)
LOWEST: Final = np.float32(-10.0)
"""A joint that is not seen does not reach the maximum over the joints; nor does one that all are."""


class _Convolution:
    """`frame_gat.CausalConv`, with the past that it looks at."""

    def __init__(self, weight: Floats, bias: Floats, dilation: int) -> None:
        channels, _, kernel = weight.shape
        self._weight = np.ascontiguousarray(weight.transpose(2, 1, 0).reshape(kernel * channels, channels))
        self._bias = bias
        self._dilation, self._past_steps = dilation, dilation * (kernel - 1)
        self._past: deque[Floats] = deque(maxlen=self._past_steps)

    def reset(self, nodes: int) -> None:
        none = np.zeros((nodes, len(self._bias)), np.float32)
        self._past.extend([none] * self._past_steps)

    def step(self, h: Floats) -> Floats:
        """(N, C) to (N, C)."""
        taps = [self._past[t] for t in range(0, self._past_steps, self._dilation)]
        self._past.append(h)
        answer: Floats = np.concatenate([*taps, h], axis=1) @ self._weight + self._bias
        return h + np.maximum(answer, np.float32(0.0))


class _Attention:
    """`DenseGATConv` with the residual around it, on a graph that changes with what is seen."""

    def __init__(self, weights: Mapping[str, Floats], prefix: str) -> None:
        transform = weights[f"{prefix}.lin.weight"].T
        source, target = (weights[f"{prefix}.att_{end}"][0, 0] for end in ("src", "dst"))
        self._heads, self._width = source.shape
        scores = [transform.reshape(len(transform), *source.shape) * end for end in (source, target)]
        self._weight = np.concatenate([transform, *(score.sum(-1) for score in scores)], axis=1)
        self._bias = weights[f"{prefix}.bias"]

    def step(self, h: Floats, barred: Floats) -> Floats:
        """(N, C) to (N, C); `barred` (N, N) is minus infinity where a node does not hear another, else 0."""
        heads, channels = self._heads, self._heads * self._width
        all_at_once = h @ self._weight
        values = all_at_once[:, :channels].reshape(-1, heads, self._width).transpose(1, 0, 2)
        source, target = all_at_once[:, channels : channels + heads].T, all_at_once[:, channels + heads :].T
        score = target[:, :, None] + source[:, None, :]
        score = np.maximum(score, LEAK * score) + barred
        share = np.exp(score - np.maximum.reduce(score, axis=2, keepdims=True))
        heard = (share @ values) / np.add.reduce(share, axis=2, keepdims=True)
        answer = heard.transpose(1, 0, 2).reshape(len(h), channels) + self._bias
        zero = np.float32(0.0)
        return np.asarray(h + np.maximum(answer, zero) + np.expm1(np.minimum(answer, zero)))


class ArrayStepper:
    """A FrameGat with the state of one stream; what it answers to a frame differs from torch by rounding only.

    Args:
        weights: by their names in FrameGat.
        config: of the network.
    """

    WINDOW: Final = 64
    """Frames that an answer rests on, as in `frame_gat`."""

    def __init__(self, weights: Mapping[str, Floats], config: Mapping[str, Any]) -> None:
        self._indices, self._joined = node_indices(config["nodes"]), adjacency(config["nodes"])
        self._mean, self._scale = weights["mean"], 1.0 / weights["std"]
        self._embed = np.ascontiguousarray(weights["embed.weight"].T)
        self.reads_sensors = bool(self._embed[SENSOR_CHANNELS].any())
        self._place = weights["embed.bias"] + weights["joint"]
        self._convolutions = [
            _Convolution(weights[f"tcn.{layer}.conv.weight"], weights[f"tcn.{layer}.conv.bias"], dilation)
            for layer, dilation in enumerate(config["dilations"])
        ]
        self._attentions = [_Attention(weights, f"gat.{layer}") for layer in range(2)]
        self._hidden, self._hidden_bias = weights["hidden.weight"], weights["hidden.bias"]
        self._telling, self._telling_bias = weights["telling.weight"][0], weights["telling.bias"][0]
        oldest_last = np.repeat(np.exp(weights["age"]), self.WINDOW // len(weights["age"]))
        self._by_slot = np.stack([np.roll(oldest_last[::-1], slot + 1) for slot in range(self.WINDOW)])
        self._classifier, self._classifier_bias = weights["classifier.weight"], weights["classifier.bias"]
        self.reset()

    @classmethod
    def load(cls, path: Path) -> tuple[ArrayStepper, str]:
        """The network at `path` and its model id, see `model_file`.

        Raises:
            UserError: the file is missing, doesn't match its sha256, or isn't such a network.
        """
        about, weights, model_id = read_network(path)
        if (model := about.get("model", "frame_gat")) != "frame_gat":
            raise UserError(f"weights {path} are of {model}: 'sportcoach export' makes an .onnx file of them")
        try:
            stepper = cls(weights, about["config"])
            stepper.step(np.zeros((len(LANDMARKS), CHANNELS), np.float32))  # numbers of other shapes do not fit
            stepper.reset()
        except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
            raise other_version(path) from error
        return stepper, model_id

    def reset(self) -> None:
        """Forget the stream."""
        for convolution in self._convolutions:
            convolution.reset(len(self._indices))
        self._window = np.zeros((self.WINDOW, len(self._hidden_bias) + 1), np.float32)
        self._frame = 0
        self._seen = b""

    def step(self, features: Floats) -> Floats:
        """Scores (5,) after one more frame of features (33, 16)."""
        x = features[self._indices]
        seen = x[:, -1]
        x[:, :DYNAMICS] = (x[:, :DYNAMICS] - self._mean) * self._scale * seen[:, None]
        h: Floats = x @ self._embed + self._place
        for convolution in self._convolutions:
            h = convolution.step(h)
        self._look(seen)
        for attention in self._attentions:
            h = attention.step(h, self._barred)
        return self._classify(self._pool(h, seen))

    def _look(self, seen: Floats) -> None:
        """Joints that are not seen are heard by nobody but themselves."""
        pattern = seen.tobytes()
        if pattern != self._seen:
            self._seen = pattern
            heard = np.maximum(self._joined * seen, np.eye(len(seen), dtype=np.float32))
            self._barred = np.where(heard > 0.0, np.float32(0.0), np.float32(-np.inf))

    def _pool(self, h: Floats, seen: Floats) -> Floats:
        mean = seen @ h / max(float(seen.sum()), 1.0)
        peak = np.maximum(np.maximum.reduce(h - (HIDDEN * (np.float32(1.0) - seen))[:, None], axis=0), LOWEST)
        answer: Floats = self._hidden @ np.concatenate([mean, peak], dtype=np.float32) + self._hidden_bias
        return np.maximum(answer, np.float32(0.0))

    def _classify(self, pooled: Floats) -> Floats:
        """Scores of the frames of the window, in a ring: each weighted by what it tells and by its age."""
        weight = np.exp(LOUDEST * np.tanh((self._telling @ pooled + self._telling_bias) / LOUDEST))
        slot = self._frame % self.WINDOW
        self._window[slot, :-1], self._window[slot, -1] = weight * pooled, weight
        self._frame += 1
        total = self._by_slot[slot] @ self._window
        answer: Floats = self._classifier @ (total[:-1] / total[-1]) + self._classifier_bias
        return answer
