"""What goes wrong between the athlete and the computer: on the pictures, and on the way of the sensors' readings."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sportcoach_perception.frames import ImuSample
from sportcoach_perception.skeleton import LIMBS

Picture = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class PictureFaults:
    """How a picture is spoilt. The tilt of the camera and dim rooms belong to the scene.

    occlusion: share of the picture that a piece of furniture hides, 0 to 0.45.
    exposure: time in which movement is blurred [s]; 0 freezes it.
    darkness: 0 well exposed, 1 black: less light on the chip and more noise.
    """

    occlusion: float = 0.0
    exposure: float = 0.0
    darkness: float = 0.0

    @classmethod
    def sample(cls, rng: np.random.Generator) -> PictureFaults:
        """Each fault in every third picture stream or so."""

        def now_and_then(low: float, high: float) -> float:
            return float(rng.uniform(low, high)) if rng.random() < 0.33 else 0.0

        return cls(now_and_then(0.05, 0.45), now_and_then(0.01, 0.033), now_and_then(0.2, 0.8))


class PictureSpoiler:
    """Applies the faults that need no second look at the athlete: furniture in front of it, darkness, noise.

    Args:
        faults: what to apply.
        rng: draws the furniture and the noise.
    """

    _TILE: Final = 97
    """Rows by which the noise is larger than the picture, so that it can be shifted from picture to picture."""

    def __init__(self, faults: PictureFaults, rng: np.random.Generator, shape: tuple[int, int]) -> None:
        height, width = shape
        self._rng = rng
        self._gain = 1.0 - faults.darkness
        self._noise: NDArray[np.int16] | None = None
        if faults.darkness > 0.0:
            deviation = 3.0 + 12.0 * faults.darkness
            self._noise = rng.normal(0.0, deviation, (height + self._TILE, width, 3)).astype(np.int16)
        self._hidden: tuple[slice, slice] | None = None
        if faults.occlusion > 0.0:
            rows, columns = round(faults.occlusion * height), round(faults.occlusion * width)
            places = (
                (slice(height - rows, height), slice(0, width)),
                (slice(0, height), slice(0, columns)),
                (slice(0, height), slice(width - columns, width)),
            )
            self._hidden = places[rng.integers(len(places))]
            self._furniture = rng.integers(30, 180, 3).astype(np.uint8)

    def apply(self, picture: Picture) -> Picture:
        """`picture` (h, w, 3) RGB spoilt; unchanged when nothing is wrong."""
        if self._hidden is not None:
            picture = picture.copy()
            picture[self._hidden] = self._furniture
        if self._noise is not None:
            top = int(self._rng.integers(self._TILE))
            dark = (picture * np.float32(self._gain)).astype(np.int16)
            picture = np.clip(dark + self._noise[top : top + len(picture)], 0, 255).astype(np.uint8)
        return picture


@dataclass(frozen=True, slots=True)
class LinkFaults:
    """What happens to the readings of one sensor on their way.

    offset: of the sensor's clock [s], -0.2 to 0.2; its stamps are that much late.
    drift: of the sensor's clock [parts per million].
    jitter: deviation of the stamps [s].
    burst: connection interval of Bluetooth: readings arrive together once in this time [s]; 0 at once.
    loss: share of readings that are lost.
    gap: mean length of a loss [s].
    dies: when the sensor falls silent [s].
    """

    offset: float = 0.0
    drift: float = 0.0
    jitter: float = 0.0
    burst: float = 0.0
    loss: float = 0.0
    gap: float = 0.05
    dies: float = math.inf

    @classmethod
    def sample(cls, rng: np.random.Generator) -> LinkFaults:
        """A wireless sensor as they are: wrong clock, bursts, now and then losses; one in fifty dies."""
        return cls(
            offset=float(rng.uniform(-0.2, 0.2)),
            drift=float(rng.normal(0.0, 30.0)),
            jitter=float(rng.uniform(0.0, 0.003)),
            burst=float(rng.uniform(0.015, 0.06)),
            loss=float(rng.uniform(0.0, 0.05)),
            dies=float(rng.uniform(5.0, 60.0)) if rng.random() < 0.02 else math.inf,
        )


@dataclass(frozen=True, slots=True)
class World:
    """Everything that is wrong with the world; nothing by default."""

    picture: PictureFaults = PictureFaults()
    links: dict[str, LinkFaults] = field(default_factory=dict)
    """By limb."""

    @classmethod
    def sample(cls, rng: np.random.Generator) -> World:
        """Faults of every kind, drawn at random."""
        return cls(PictureFaults.sample(rng), {limb: LinkFaults.sample(rng) for limb in LIMBS})


class ImuLink:
    """The way of one sensor's readings: which get through, with which stamp, and when.

    Losses come in gaps: a chain of two states, passing and losing (Gilbert 1960, Bell Syst Tech J 39(5):1253-1265).
    """

    def __init__(self, faults: LinkFaults, rng: np.random.Generator, period: float) -> None:
        self._faults = faults
        self._rng = rng
        self._losing = False
        readings = max(1.0, faults.gap / period)
        self._recover = 1.0 / readings
        self._fail = self._recover * faults.loss / max(1.0 - faults.loss, 1e-9)
        self._last_stamp = -(2**62)
        self._phase = rng.uniform(0.0, 1.0)

    def send(self, sample: ImuSample) -> tuple[int, ImuSample] | None:
        """Arrival [ns] and the reading as it is received of `sample` with its true stamp; None when it is lost."""
        faults, time = self._faults, sample.stamp * 1e-9
        if time >= faults.dies:
            return None
        if faults.loss > 0.0:
            self._losing = self._rng.random() < (1.0 - self._recover if self._losing else self._fail)
            if self._losing:
                return None
        shift = faults.offset + time * faults.drift * 1e-6
        shift += self._rng.normal(0.0, faults.jitter) if faults.jitter > 0.0 else 0.0
        self._last_stamp = max(sample.stamp + round(shift * 1e9), self._last_stamp + 1)
        received = ImuSample(self._last_stamp, sample.limb, sample.signal)
        if faults.burst <= 0.0:
            return sample.stamp, received
        event = math.ceil(time / faults.burst - self._phase) + self._phase
        return max(sample.stamp, round(event * faults.burst * 1e9)), received
